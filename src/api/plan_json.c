/* Plans as JSON, outward. Numbers, texts and flags go by the table of fields;
 * what is left has a function each: techniques by name, ports as "22,80-90",
 * the table of ports by its path, the seed as digits (JSON numbers end at 2^53
 * in many readers). Texts that are not UTF-8, such as odd file names, are
 * {"hex": "..."}. */
#include "api/plan_json.h"
#include "api/options.h"
#include "engine/technique.h"
#include "util/alloc.h"
#include "util/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* All of these give NULL when memory is short; json_object_set_new() and
 * json_array_append_new() take that as their failure. */
static json_t *text_value(const char *text)
{
	struct buf hex = BUF_INIT;
	json_t *value;
	size_t i;

	if (!text)
		return json_null();
	if (text_is_utf8(text, strlen(text)))
		return json_string(text);
	for (i = 0; text[i]; i++)
		buf_addf(&hex, "%02x", (unsigned char)text[i]);
	value = buf_ok(&hex) ? json_pack("{s:s}", "hex", buf_str(&hex)) : NULL;
	buf_release(&hex);
	return value;
}

static json_t *texts_value(const char *const *texts, size_t count)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; array && i < count; i++)
		if (json_array_append_new(array, text_value(texts[i])) < 0) {
			json_decref(array);
			array = NULL;
		}
	return array;
}

static json_t *field_value(const struct plan *plan, const struct plan_field *field)
{
	const void *at = (const char *)plan + field->offset;

	switch (field->kind) {
	case FIELD_BOOL:
		return json_boolean(*(const bool *)at);
	case FIELD_INT:
		return json_integer(*(const int *)at);
	case FIELD_UNSIGNED:
		return json_integer(*(const unsigned *)at);
	case FIELD_U8:
		return json_integer(*(const uint8_t *)at);
	case FIELD_U16:
		return json_integer(*(const uint16_t *)at);
	case FIELD_SIZE:
		return json_integer((json_int_t) * (const size_t *)at);
	case FIELD_U64:
		return json_integer((json_int_t) * (const uint64_t *)at);
	case FIELD_DOUBLE:
		return json_real(*(const double *)at);
	case FIELD_TEXT:
		return text_value(*(const char *const *)at);
	case FIELD_TEXTS:
		return texts_value(
			*(const char *const *const *)at,
			*(const size_t *)(const void *)((const char *)plan + field->offset_count));
	}
	return NULL;
}

static json_t *ports_value(const struct portset *ports)
{
	struct buf text = BUF_INIT;
	json_t *value;

	portset_format(ports, &text);
	value = buf_ok(&text) ? json_string(buf_str(&text)) : NULL;
	buf_release(&text);
	return value;
}

static json_t *rules_value(const struct port_rules *rules)
{
	json_t *object = rules ? json_object() : json_null();
	unsigned i;

	for (i = 0; rules && object && i < TRANSPORTS; i++)
		if (rules->of[i].count && json_object_set_new(object, transport_name(i),
							      ports_value(&rules->of[i])) < 0) {
			json_decref(object);
			object = NULL;
		}
	return object;
}

static json_t *techniques_value(const struct plan *plan)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; array && i < plan->techniques_count; i++)
		if (json_array_append_new(array, json_string(plan->techniques[i]->name)) < 0) {
			json_decref(array);
			array = NULL;
		}
	return array;
}

static json_t *files_value(const struct plan_output *output)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; array && i < output->files_count; i++) {
		json_t *file = json_object();

		if (!file ||
		    json_object_set_new(file, "format", text_value(output->files[i].format)) < 0 ||
		    json_object_set_new(file, "path", text_value(output->files[i].path)) < 0 ||
		    json_array_append(array, file) < 0) {
			json_decref(array);
			array = NULL;
		}
		json_decref(file);
	}
	return array;
}

static json_t *seed_value(uint64_t seed)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, seed);
	return json_string(digits);
}

/* What the table cannot say. False: memory. */
static bool add_rest(const struct plan *plan, json_t *root)
{
	static const char *const names[] = {"up", "never", "always"};
	json_t *discovery = json_object_get(root, "discovery");
	json_t *output = json_object_get(root, "output");
	const char *services = plan->services_path ? plan->services_path : "builtin";

	return json_object_set_new(root, "program", text_value(plan->program)) == 0 &&
	       json_object_set_new(root, "techniques", techniques_value(plan)) == 0 &&
	       json_object_set_new(root, "ports", rules_value(plan->ports)) == 0 &&
	       json_object_set_new(root, "services", text_value(services)) == 0 &&
	       json_object_set_new(root, "names", json_string(names[plan->names])) == 0 &&
	       json_object_set_new(root, "source_addr", plan_json_address(&plan->source_addr)) ==
		       0 &&
	       json_object_set_new(root, "seed", seed_value(plan->seed)) == 0 &&
	       json_object_set_new(discovery, "connect", ports_value(&plan->discovery.connect)) ==
		       0 &&
	       json_object_set_new(output, "files", files_value(&plan->output)) == 0 &&
	       plan_json_add_packets(plan, root);
}

static bool add_fields(const struct plan *plan, json_t *root)
{
	size_t i;

	for (i = 0; i < plan_fields_count; i++) {
		const struct plan_field *field = &plan_fields[i];
		json_t *into = field->section ? json_object_get(root, field->section) : root;

		if (!into) {
			into = json_object();
			if (json_object_set_new(root, field->section, into) < 0)
				return false;
		}
		if (json_object_set_new(into, field->name, field_value(plan, field)) < 0)
			return false;
	}
	return true;
}

char *plan_to_json(const struct plan *plan)
{
	json_t *root = json_pack("{s:i}", "portolan_plan", PLAN_JSON_VERSION);
	char *dump = NULL, *copy;

	if (root && add_fields(plan, root) && add_rest(plan, root))
		dump = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(17));
	copy = dump ? alloc_strdup(dump) : NULL;
	free(dump); /* jansson's own memory */
	json_decref(root);
	return copy;
}
