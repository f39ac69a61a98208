/* Scripts: features.md section 6. Which there are the session finds out; here is what was
 * asked for, and what scripts may use. */
#include "api/plan_parts.h"
#include "util/duration.h"
#include "util/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int out_of_memory(struct diag *diag)
{
	return diag_set(diag, ERROR_MEMORY, "out of memory");
}

static int keep(struct plan *plan, const char *text, const char **ret_kept)
{
	*ret_kept = text ? arena_strdup(&plan->arena, text) : NULL;
	return text && !*ret_kept ? ERROR_MEMORY : 0;
}

/* ---- --script-limits ---- */

static int parse_time(const char *text, uint64_t *ret_ns)
{
	return duration_parse(text, ret_ns, NULL);
}

/* "64", "64K", "5000M", "1G": K is 1024 of bytes and 1000 of all else. */
static int parse_amount(const char *text, uint64_t each, uint64_t *ret_amount)
{
	static const char units[] = "KMG";
	const char *unit;
	uint64_t scale = 1;
	char *end;
	unsigned long long number;

	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno || end == text || *text == '-')
		return ERROR_SYNTAX;
	if (*end) {
		unit = strchr(units, *end >= 'a' && *end <= 'z' ? *end - 32 : *end);
		if (!unit || end[1])
			return ERROR_SYNTAX;
		for (; unit >= units; unit--)
			scale *= each;
	}
	if (number > INT64_MAX / scale)
		return ERROR_RANGE;
	*ret_amount = number * scale;
	return 0;
}

static int parse_limit(struct plan_scripts *scripts, const char *name, const char *value)
{
	uint64_t amount = 0;
	int r;

	if (!strcmp(name, "cpu"))
		return parse_time(value, &scripts->busy_ns);
	if (!strcmp(name, "memory"))
		return parse_amount(value, 1024, &scripts->memory_bytes);
	if (!strcmp(name, "in"))
		return parse_amount(value, 1024, &scripts->bytes_in);
	if (!strcmp(name, "out"))
		return parse_amount(value, 1024, &scripts->bytes_out);
	if (!strcmp(name, "instructions"))
		return parse_amount(value, 1000, &scripts->instructions);
	if (strcmp(name, "sockets"))
		return ERROR_NOT_FOUND;
	r = parse_amount(value, 1000, &amount);
	if (r == 0 && amount > UINT16_MAX)
		return ERROR_RANGE;
	scripts->sockets = (uint32_t)amount;
	return r;
}

static int set_limit(struct plan_scripts *scripts, const char *item, struct diag *diag)
{
	const char *equals = strchr(item, '=');
	size_t bytes = equals ? (size_t)(equals - item) : 0;
	char name[16];

	if (!equals || bytes >= sizeof(name))
		return diag_set(diag, ERROR_SYNTAX,
				"--script-limits takes a list such as cpu=60s,memory=128M, not "
				"\"%.80s\"",
				item);
	memcpy(name, item, bytes);
	name[bytes] = '\0';
	switch (parse_limit(scripts, name, equals + 1)) {
	case 0:
		return 0;
	case ERROR_NOT_FOUND:
		return diag_set(
			diag, ERROR_SYNTAX,
			"--script-limits knows cpu, memory, instructions, sockets, in and out, "
			"not \"%.20s\"",
			name);
	default:
		return diag_set(diag, ERROR_RANGE,
				"--script-limits: \"%.80s\" is no amount for %s; 0 is no limit",
				equals + 1, name);
	}
}

static int set_limits(const struct settings *settings, struct plan_scripts *scripts,
		      struct diag *diag)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < settings->script_limits.count; i++)
		r = set_limit(scripts, settings->script_limits.items[i], diag);
	return r;
}

/* ---- --script-allow ---- */

static int set_grants(const struct settings *settings, struct plan_scripts *scripts,
		      struct diag *diag)
{
	size_t i;

	for (i = 0; i < settings->script_allow.count; i++) {
		const char *item = settings->script_allow.items[i];

		if (!strcmp(item, "files"))
			scripts->files = true;
		else if (!strcmp(item, "processes"))
			scripts->processes = true;
		else
			return diag_set(diag, ERROR_SYNTAX,
					"--script-allow knows files and processes, not \"%.80s\"",
					item);
	}
	return 0;
}

/* ---- where they are ---- */

static bool has_folder(const char *folder, const char *name)
{
	char path[4096];
	struct stat about;

	return snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path) &&
	       stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static int set_folders(const struct settings *settings, const struct plan_request *request,
		       struct plan *plan)
{
	struct plan_scripts *scripts = &plan->scripts;
	const char *folder = plan_datadir(settings, request);

	if (!folder)
		return 0;
	if (keep(plan, folder, &scripts->datadir) < 0)
		return ERROR_MEMORY;
	if (!has_folder(folder, "scripts") && !has_folder(folder, "nselib"))
		return 0;
	scripts->folders = arena_alloc(&plan->arena, sizeof(*scripts->folders));
	if (!scripts->folders)
		return ERROR_MEMORY;
	scripts->folders[0] = scripts->datadir;
	scripts->folders_count = 1;
	return 0;
}

/* ---- which ---- */

static int set_expressions(const struct settings *settings, struct plan *plan)
{
	struct plan_scripts *scripts = &plan->scripts;
	const struct text_list *typed = &settings->scripts;
	const char *const *items = typed->items;
	size_t i, count = typed->count;

	if (scripts->help) {
		items = (const char *const *)&settings->script_help;
		count = 1;
	}
	scripts->expressions =
		arena_alloc(&plan->arena, (count + 1) * sizeof(*scripts->expressions));
	if (!scripts->expressions)
		return ERROR_MEMORY;
	for (i = 0; i < count; i++)
		if (keep(plan, items[i], &scripts->expressions[i]) < 0)
			return ERROR_MEMORY;
	scripts->expressions_count = count;
	return 0;
}

static void warn_of_idle_options(struct settings *settings, const struct plan *plan)
{
	const unsigned *uses = settings->uses;
	const struct plan_scripts *scripts = &plan->scripts;

	if ((uses[USE_SCRIPT_HOW] || uses[USE_SCRIPT_TRACE]) && !scripts->wanted && !scripts->help)
		settings_warn(settings, "Warning: options of scripts do nothing without -sC or "
					"--script.");
	if (uses[USE_IDLE] && (scripts->standard || uses[USE_SCRIPT]))
		settings_warn(settings,
			      "Warning: scripts connect to the target, which then sees who "
			      "we are, zombie or not.");
}

int plan_set_scripts(struct settings *settings, const struct plan_request *request,
		     struct plan *plan, struct diag *diag)
{
	struct plan_scripts *scripts = &plan->scripts;
	const unsigned *uses = settings->uses;
	int r;

	scripts->help = uses[USE_SCRIPT_HELP] > 0;
	scripts->update_db = uses[USE_SCRIPT_DB] > 0;
	scripts->standard = !scripts->help && (uses[USE_SCRIPTS] || uses[USE_AGGRESSIVE]);
	scripts->version = !scripts->help && plan->version.wanted;
	scripts->wanted = scripts->standard || scripts->version || uses[USE_SCRIPT];
	scripts->trace = uses[USE_SCRIPT_TRACE] || plan->output.packet_trace;
	scripts->timeout_ns = plan->timing.script_timeout_ns;
	if (set_expressions(settings, plan) < 0 ||
	    keep(plan, settings->script_args, &scripts->args) < 0 ||
	    keep(plan, settings->script_args_file, &scripts->args_file) < 0 ||
	    set_folders(settings, request, plan) < 0)
		return out_of_memory(diag);
	warn_of_idle_options(settings, plan);
	r = set_grants(settings, scripts, diag);
	return r < 0 ? r : set_limits(settings, scripts, diag);
}
