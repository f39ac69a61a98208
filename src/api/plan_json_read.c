/* Plans as JSON, inward: from the journal, a library's user, a fleet. Not to
 * be trusted more than a command line: every value is checked, and what is
 * wrong is named by its path. Unknown keys are left alone, so that a plan of
 * a later version of the same form is still read. */
#include "api/options.h"
#include "api/plan_json.h"
#include "api/plan_parts.h"
#include "engine/technique.h"
#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_MAX  ((size_t)16 << 20)
#define PATH_BYTES 96

static int out_of_memory(struct json_reader *reader)
{
	return diag_set(reader->diag, ERROR_MEMORY, "out of memory");
}

int plan_json_wrong(struct json_reader *reader, const char *path, const char *wanted)
{
	return diag_set(reader->diag, ERROR_SYNTAX, "plan: %.90s must be %s", path, wanted);
}

static const char *join(const char *section, const char *name, char path[PATH_BYTES])
{
	snprintf(path, PATH_BYTES, "%s%s%s", section ? section : "", section ? "." : "", name);
	return path;
}

/* ---- texts ---- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* {"hex": "..."}: bytes that are no UTF-8. */
static char *hex_text(struct arena *arena, const char *hex, bool *ret_bad)
{
	size_t bytes = strlen(hex) / 2, i;
	char *text = arena_alloc(arena, bytes + 1);

	*ret_bad = strlen(hex) % 2;
	for (i = 0; text && !*ret_bad && i < bytes; i++) {
		int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);

		*ret_bad = high < 0 || low < 0 || (high == 0 && low == 0);
		if (!*ret_bad)
			text[i] = (char)(high << 4 | low);
	}
	return text;
}

static int read_text(struct json_reader *reader, const char *path, const json_t *value,
		     const char **ret_text)
{
	const json_t *hex = json_object_get(value, "hex");
	char *text;
	bool bad = false;

	if (json_is_string(value))
		text = arena_strdup(&reader->plan->arena, json_string_value(value));
	else if (json_is_string(hex))
		text = hex_text(&reader->plan->arena, json_string_value(hex), &bad);
	else
		return plan_json_wrong(reader, path, "text");
	if (bad)
		return plan_json_wrong(reader, path, "text, or pairs of hexadecimal digits but 00");
	if (!text)
		return out_of_memory(reader);
	*ret_text = text;
	return 0;
}

static int read_texts(struct json_reader *reader, const struct plan_field *field, const char *path,
		      const json_t *value)
{
	size_t count = json_array_size(value), i;
	const char **texts;
	int r = 0;

	if (!json_is_array(value))
		return plan_json_wrong(reader, path, "a list of texts");
	if (!(texts = arena_alloc(&reader->plan->arena, (count + 1) * sizeof(*texts))))
		return out_of_memory(reader);
	for (i = 0; r == 0 && i < count; i++)
		r = read_text(reader, path, json_array_get(value, i), &texts[i]);
	if (r < 0)
		return r;
	*(const char ***)((char *)reader->plan + field->offset) = texts;
	*(size_t *)(void *)((char *)reader->plan + field->offset_count) = count;
	return 0;
}

/* ---- the table of fields ---- */

static int read_number(struct json_reader *reader, const struct plan_field *field, const char *path,
		       const json_t *value)
{
	void *at = (char *)reader->plan + field->offset;
	bool whole = field->kind != FIELD_DOUBLE;
	double number = json_number_value(value);

	if (whole ? !json_is_integer(value) : !json_is_number(value))
		return plan_json_wrong(reader, path, whole ? "a whole number" : "a number");
	if (!(number >= field->minimum) || !(number <= field->maximum))
		return diag_set(reader->diag, ERROR_RANGE,
				"plan: %.90s must be from %.15g to %.15g", path, field->minimum,
				field->maximum);
	if (field->kind == FIELD_INT)
		*(int *)at = (int)json_integer_value(value);
	else if (field->kind == FIELD_UNSIGNED)
		*(unsigned *)at = (unsigned)json_integer_value(value);
	else if (field->kind == FIELD_U8)
		*(uint8_t *)at = (uint8_t)json_integer_value(value);
	else if (field->kind == FIELD_U16)
		*(uint16_t *)at = (uint16_t)json_integer_value(value);
	else if (field->kind == FIELD_SIZE)
		*(size_t *)at = (size_t)json_integer_value(value);
	else if (field->kind == FIELD_U64)
		*(uint64_t *)at = (uint64_t)json_integer_value(value);
	else
		*(double *)at = number;
	return 0;
}

static int read_field(struct json_reader *reader, const struct plan_field *field)
{
	json_t *from =
		field->section ? json_object_get(reader->root, field->section) : reader->root;
	json_t *value = json_object_get(from, field->name);
	char *at = (char *)reader->plan + field->offset;
	char path[PATH_BYTES];

	if (from && !json_is_object(from))
		return plan_json_wrong(reader, field->section, "an object");
	if (!value)
		return 0; /* the default stays */
	join(field->section, field->name, path);
	switch (field->kind) {
	case FIELD_BOOL:
		if (!json_is_boolean(value))
			return plan_json_wrong(reader, path, "true or false");
		*(bool *)at = json_is_true(value);
		return 0;
	case FIELD_TEXT:
		if (json_is_null(value))
			return 0;
		return read_text(reader, path, value, (const char **)(void *)at);
	case FIELD_TEXTS:
		return read_texts(reader, field, path, value);
	default:
		return read_number(reader, field, path, value);
	}
}

/* ---- the rest ---- */

/* "22,80-90", as portset_format() writes it. */
static bool parse_ports(const char *text, struct portset *ret_ports)
{
	while (*text) {
		char *end;
		unsigned long first, last;

		if (*text < '0' || *text > '9')
			return false;
		first = last = strtoul(text, &end, 10);
		if (*end == '-' && end[1] >= '0' && end[1] <= '9')
			last = strtoul(end + 1, &end, 10);
		if (first > last || last > 65535 || (*end && (*end != ',' || !end[1])))
			return false;
		portset_add_range(ret_ports, (uint16_t)first, (uint16_t)last);
		text = *end ? end + 1 : end;
	}
	return true;
}

static int read_ports(struct json_reader *reader, const char *path, const json_t *value,
		      struct portset *ret_ports)
{
	portset_clear(ret_ports);
	if (!json_is_string(value) || !parse_ports(json_string_value(value), ret_ports))
		return plan_json_wrong(reader, path, "ports such as \"22,80-90\"");
	return 0;
}

static int read_rules(struct json_reader *reader)
{
	const json_t *value = json_object_get(reader->root, "ports");
	char path[PATH_BYTES];
	unsigned i;
	int r;

	if (!value || json_is_null(value))
		return reader->plan->port_scan
			       ? plan_json_wrong(reader, "ports", "given for a port scan")
			       : 0;
	if (!json_is_object(value))
		return plan_json_wrong(reader, "ports", "an object");
	if (!(reader->plan->ports = alloc_zero(sizeof(*reader->plan->ports))))
		return out_of_memory(reader);
	for (i = 0; i < TRANSPORTS; i++) {
		const json_t *ports = json_object_get(value, transport_name(i));

		if (ports && (r = read_ports(reader, join("ports", transport_name(i), path), ports,
					     &reader->plan->ports->of[i])) < 0)
			return r;
	}
	return 0;
}

static int read_techniques(struct json_reader *reader)
{
	const json_t *value = json_object_get(reader->root, "techniques");
	size_t count = json_array_size(value), i;

	if (value && !json_is_array(value))
		return plan_json_wrong(reader, "techniques", "a list of names");
	if (count > PLAN_TECHNIQUES_MAX)
		return plan_json_wrong(reader, "techniques", "a shorter list");
	for (i = 0; i < count; i++) {
		const char *name = json_string_value(json_array_get(value, i));
		const struct scan_technique *technique = name ? technique_by_name(name) : NULL;

		if (!technique)
			return diag_set(
				reader->diag, ERROR_NOT_FOUND,
				"plan: techniques names \"%.80s\", which this version does not "
				"have",
				name ? name : "");
		reader->plan->techniques[i] = technique;
	}
	reader->plan->techniques_count = count;
	if (!count && reader->plan->port_scan)
		return plan_json_wrong(reader, "techniques", "given for a port scan");
	return 0;
}

/* The names are those of the formats' registry; copies, because the plan must
 * not point into the JSON. */
static int read_files(struct json_reader *reader)
{
	const json_t *value = json_object_get(json_object_get(reader->root, "output"), "files");
	struct plan_output *output = &reader->plan->output;
	size_t count = json_array_size(value), i;
	int r = 0;

	if (value && !json_is_array(value))
		return plan_json_wrong(reader, "output.files", "a list");
	if (count > PLAN_FILES_MAX)
		return plan_json_wrong(reader, "output.files", "a shorter list");
	for (i = 0; r == 0 && i < count; i++) {
		const json_t *file = json_array_get(value, i);

		r = read_text(reader, "output.files.format", json_object_get(file, "format"),
			      &output->files[i].format);
		if (r == 0)
			r = read_text(reader, "output.files.path", json_object_get(file, "path"),
				      &output->files[i].path);
	}
	output->files_count = count;
	return r;
}

static int read_names(struct json_reader *reader)
{
	static const char *const names[] = {"up", "never", "always"};
	const json_t *value = json_object_get(reader->root, "names");
	const char *text = json_string_value(value);
	unsigned i;

	for (i = 0; text && i < 3; i++)
		if (!strcmp(text, names[i])) {
			reader->plan->names = (enum plan_names)i;
			return 0;
		}
	return value ? plan_json_wrong(reader, "names", "\"up\", \"never\" or \"always\"") : 0;
}

static int read_seed(struct json_reader *reader)
{
	const json_t *value = json_object_get(reader->root, "seed");
	const char *text = json_string_value(value);
	char *end = NULL;

	if (json_is_integer(value) && json_integer_value(value) >= 0) {
		reader->plan->seed = (uint64_t)json_integer_value(value);
		return 0;
	}
	if (!value)
		return 0;
	errno = 0;
	if (text && *text >= '0' && *text <= '9')
		reader->plan->seed = strtoull(text, &end, 10);
	return end && !*end && !errno ? 0 : plan_json_wrong(reader, "seed", "a number in digits");
}

static int read_services(struct json_reader *reader)
{
	const json_t *value = json_object_get(reader->root, "services");
	struct plan *plan = reader->plan;
	const char *path = "builtin";
	int r;

	if (value && (r = read_text(reader, "services", value, &path)) < 0)
		return r;
	if (strcmp(path, "builtin")) {
		plan->services_path = path;
		r = services_load(path, &plan->services, reader->diag);
	} else if ((r = services_builtin(&plan->services)) < 0) {
		diag_set(reader->diag, r, "the built-in table of ports: %s", error_text(r));
	}
	if (r == 0 && plan->protocols_path)
		r = services_load_protocols(plan->services, plan->protocols_path, reader->diag);
	return r < 0 ? r : plan_load_payloads(plan, reader->diag);
}

static int read_program(struct json_reader *reader)
{
	const json_t *value = json_object_get(reader->root, "program");
	const char *program = json_string_value(value);

	if (!value)
		return 0;
	if (!program || (strcmp(program, "nmap") && strcmp(program, "portolan")))
		return plan_json_wrong(reader, "program", "\"nmap\" or \"portolan\"");
	reader->plan->program = strcmp(program, "nmap") ? "portolan" : "nmap";
	return 0;
}

/* What must hold between values. */
static int check_whole(struct json_reader *reader)
{
	const struct timing *timing = &reader->plan->timing;

	if (timing->min_hostgroup > timing->max_hostgroup)
		return plan_json_wrong(reader, "timing.min_hostgroup",
				       "at most timing.max_hostgroup");
	if (timing->min_rtt_ns > timing->max_rtt_ns)
		return plan_json_wrong(reader, "timing.min_rtt_ns", "at most timing.max_rtt_ns");
	if (timing->max_parallelism && timing->min_parallelism > timing->max_parallelism)
		return plan_json_wrong(reader, "timing.min_parallelism",
				       "at most timing.max_parallelism");
	if (timing->max_rate_pps > 0 && timing->min_rate_pps > timing->max_rate_pps)
		return plan_json_wrong(reader, "timing.min_rate_pps",
				       "at most timing.max_rate_pps");
	if (reader->plan->list_only && reader->plan->port_scan)
		return plan_json_wrong(reader, "list_only", "false for a port scan");
	if (reader->plan->system.wanted && !reader->plan->port_scan)
		return plan_json_wrong(reader, "system.wanted", "false without a port scan");
	if (reader->plan->path.wanted && (reader->plan->list_only || !reader->plan->privileged))
		return plan_json_wrong(reader, "path.wanted",
				       "false without raw packets (privileged)");
	return 0;
}

static int read_plan(struct json_reader *reader)
{
	const json_t *version = json_object_get(reader->root, "portolan_plan");
	const json_t *connect =
		json_object_get(json_object_get(reader->root, "discovery"), "connect");
	size_t i;
	int r = 0;

	if (!json_is_integer(version))
		return diag_set(reader->diag, ERROR_SYNTAX, "this JSON is not a portolan plan");
	if (json_integer_value(version) != PLAN_JSON_VERSION)
		return diag_set(reader->diag, ERROR_UNSUPPORTED,
				"plan: portolan_plan is %lld, and this version reads %d",
				(long long)json_integer_value(version), PLAN_JSON_VERSION);
	for (i = 0; r == 0 && i < plan_fields_count; i++)
		r = read_field(reader, &plan_fields[i]);
	if (r == 0 && connect)
		r = read_ports(reader, "discovery.connect", connect,
			       &reader->plan->discovery.connect);
	if (r < 0 || (r = read_program(reader)) < 0 || (r = read_techniques(reader)) < 0 ||
	    (r = read_rules(reader)) < 0 || (r = read_files(reader)) < 0 ||
	    (r = read_names(reader)) < 0 || (r = read_seed(reader)) < 0 ||

	    (r = plan_json_read_address(reader, "source_addr",
					json_object_get(reader->root, "source_addr"),
					&reader->plan->source_addr)) < 0 ||
	    (r = plan_json_read_packets(reader)) < 0 || (r = check_whole(reader)) < 0)
		return r;
	return read_services(reader);
}

int plan_from_json(const char *json, size_t bytes, struct plan **ret_plan, struct diag *diag)
{
	struct json_reader reader = {.diag = diag};
	json_error_t error;
	int r;

	if (bytes > BYTES_MAX)
		return diag_set(diag, ERROR_LIMIT, "plan: %zu bytes of JSON; at most %zu are read",
				bytes, BYTES_MAX);
	reader.root = json_loadb(json, bytes, JSON_REJECT_DUPLICATES, &error);
	if (!reader.root && json_error_code(&error) == json_error_out_of_memory)
		return out_of_memory(&reader);
	if (!reader.root)
		return diag_set_at(diag, ERROR_SYNTAX, (unsigned)error.line, (unsigned)error.column,
				   "plan: line %d, column %d: %.200s", error.line, error.column,
				   error.text);
	reader.plan = plan_new();
	r = reader.plan ? read_plan(&reader) : out_of_memory(&reader);
	json_decref(reader.root);
	if (r < 0)
		plan_free(reader.plan);
	else
		*ret_plan = reader.plan;
	return r;
}
