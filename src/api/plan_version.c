/* Service detection: features.md section 5. */
#include "api/plan_parts.h"
#include "detect/service/matcher.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define CHECKED_LINES 2000u

static int out_of_memory(struct diag *diag)
{
	return diag_set(diag, ERROR_MEMORY, "out of memory");
}

static bool is_folder(const char *path)
{
	struct stat about;

	return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

/* --versiondb, else what the data folder has, else NULL: our own. */
static int find_probes(const struct settings *settings, const struct plan_request *request,
		       struct plan *plan)
{
	const char **path = &plan->version.probes_path;
	int r;

	if (settings->version_db) {
		*path = arena_strdup(&plan->arena, settings->version_db);
		return *path ? 0 : ERROR_MEMORY;
	}
	if ((r = plan_find_file(settings, request, "nmap-service-probes", plan, path)) < 0 || *path)
		return r;
	r = plan_find_file(settings, request, "services", plan, path);
	if (*path && !is_folder(*path))
		*path = NULL;
	return r;
}

static void note_first(void *self, const char *text)
{
	struct diag *why = self;

	if (!*why->text)
		(void)diag_set(why, ERROR_SYNTAX, "%s", text);
}

/* Its patterns, too, as many as take no time that anybody sees: those of Nmap's own file
 * would take 40 ms, and a bad one there is told when it is first needed. */
static int check_patterns(const struct probe_db *db, struct diag *why)
{
	struct matcher *matcher = NULL;
	size_t bad = 0;

	if (probe_db_lines(db) > CHECKED_LINES)
		return 0;
	if (matcher_new(db, note_first, why, &matcher) < 0)
		return diag_set(why, ERROR_MEMORY, "out of memory");
	bad = matcher_check(matcher);
	matcher_free(matcher);
	return bad ? ERROR_SYNTAX : 0;
}

/* Read once now, so that a mistake in it is told before anything is sent. */
static int check_probes(const char *path, struct diag *diag)
{
	struct probe_db *db = NULL;
	struct diag why = {0};
	int r = probe_db_load(path, &db, &why);

	if (r == 0)
		r = check_patterns(db, &why);
	probe_db_free(db);
	if (r < 0)
		return diag_set_at(diag, r, why.line, why.column,
				   "the probes of -sV: %.500s; mend it, name another with "
				   "--versiondb, or leave it out to use the built-in ones",
				   why.text);
	return 0;
}

/* Told where something was asked for that will not be done. */
static void warn_of_idle_options(struct settings *settings, const struct plan *plan)
{
	const unsigned *uses = settings->uses;
	const char *asked = uses[USE_AGGRESSIVE] ? "-A" : "-sV";

	if (uses[USE_AGGRESSIVE] || uses[USE_VERSION]) {
		if (!plan->port_scan)
			settings_warn(
				settings,
				"Warning: %s looks at open ports, and none are scanned: it is "
				"ignored.",
				asked);
		else if (uses[USE_PROTOCOLS])
			settings_warn(
				settings,
				"Warning: -sV looks at ports, not at protocols: it is ignored "
				"with -sO.");
		else if (uses[USE_IDLE])
			settings_warn(settings,
				      "Warning: %s connects to the target, which then sees who we "
				      "are, zombie or not.",
				      asked);
	} else if (uses[USE_VERSION_HOW]) {
		settings_warn(settings,
			      "Warning: options of service detection do nothing without -sV.");
	}
}

int plan_set_version(struct settings *settings, const struct plan_request *request,
		     struct plan *plan, struct diag *diag)
{
	struct plan_version *version = &plan->version;
	const unsigned *uses = settings->uses;

	warn_of_idle_options(settings, plan);
	version->wanted = (uses[USE_VERSION] || uses[USE_AGGRESSIVE]) && plan->port_scan &&
			  !uses[USE_PROTOCOLS];
	if (settings->version_intensity != NUMBER_UNSET)
		version->intensity = (uint8_t)settings->version_intensity;
	version->all_ports = uses[USE_ALL_PORTS] > 0;
	version->trace = uses[USE_VERSION_TRACE] || plan->output.packet_trace;
	if (!version->wanted)
		return 0;
	if (find_probes(settings, request, plan) < 0)
		return out_of_memory(diag);
	return version->probes_path ? check_probes(version->probes_path, diag) : 0;
}
