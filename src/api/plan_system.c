/* OS detection and traces of paths: features.md sections 7 and 14. */
#include "api/plan_parts.h"
#include "util/error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int out_of_memory(struct diag *diag)
{
	return diag_set(diag, ERROR_MEMORY, "out of memory");
}

/* --osdb, else what the data folder has, else NULL: our own. */
static int find_prints(const struct settings *settings, const struct plan_request *request,
		       struct plan *plan)
{
	const char **path = &plan->system.db_path;
	int r;

	if (settings->os_db) {
		*path = arena_strdup(&plan->arena, settings->os_db);
		return *path ? 0 : ERROR_MEMORY;
	}
	r = plan_find_file(settings, request, "nmap-os-db", plan, path);
	return r < 0 || *path ? r : plan_find_file(settings, request, "os", plan, path);
}

static void set_flags(const struct settings *settings, struct plan_system *system)
{
	system->limit = settings->os_flags & OS_LIMIT;
	system->guess = settings->os_flags & OS_GUESS;
	system->all = settings->os_flags & OS_ALL;
	system->old_xml = settings->os_flags & OS_OLD_XML;
	if (settings->os_tries != NUMBER_UNSET)
		system->tries = (uint8_t)settings->os_tries;
	if (settings->os_probes != NUMBER_UNSET)
		system->probes_max = (uint16_t)settings->os_probes;
}

/* Told where something was asked for that will not be done. */
static void warn_of_systems(struct settings *settings)
{
	const unsigned *uses = settings->uses;

	if (settings_want(settings, USE_OS) && uses[USE_PROTOCOLS])
		settings_warn(settings, "Warning: -O looks at ports, not at protocols: it is "
					"ignored with -sO.");
	else if (uses[USE_OS] && uses[USE_IDLE])
		settings_warn(settings, "Warning: -O sends packets to the target, which then sees "
					"who we are, zombie or not.");
	if (uses[USE_OS_HOW] && !settings_want(settings, USE_OS))
		settings_warn(settings, "Warning: options of OS detection do nothing without -O%s.",
			      uses[USE_AGGRESSIVE] ? ", which -A does with raw packets only" : "");
}

static void warn_of_paths(struct settings *settings)
{
	const unsigned *uses = settings->uses;

	if (uses[USE_TRACEROUTE] && uses[USE_LIST])
		settings_warn(settings, "Warning: --traceroute sends packets, and -sL sends none: "
					"it is ignored.");
	if (uses[USE_MMDB] && !settings_want(settings, USE_TRACEROUTE))
		settings_warn(settings, "Warning: --mmdb says where the hops of --traceroute are, "
					"and does nothing without it.");
}

static int keep_mmdbs(const struct settings *settings, struct plan *plan)
{
	const struct text_list *list = &settings->mmdbs;
	const char **kept = arena_alloc(&plan->arena, (list->count + 1) * sizeof(*kept));
	size_t i;

	if (!kept)
		return ERROR_MEMORY;
	for (i = 0; i < list->count; i++)
		if (!(kept[i] = arena_strdup(&plan->arena, list->items[i])))
			return ERROR_MEMORY;
	plan->path.mmdb_paths = kept;
	plan->path.mmdb_paths_count = list->count;
	return 0;
}

/* What is in them the session reads; that they are not there is told at once. */
static int check_readable(const char *option, const char *path, struct diag *diag)
{
	if (access(path, R_OK) == 0)
		return 0;
	return diag_set(diag, errno == ENOENT ? ERROR_NOT_FOUND : ERROR_IO,
			"%s: %.400s cannot be read: %s; name another, or leave the option out",
			option, path, strerror(errno));
}

static int check_files(const struct plan *plan, struct diag *diag)
{
	const struct plan_path *path = &plan->path;
	size_t i;
	int r = 0;

	if (plan->system.db_path)
		r = check_readable("--osdb", plan->system.db_path, diag);
	for (i = 0; r == 0 && path->wanted && i < path->mmdb_paths_count; i++)
		r = check_readable("--mmdb", path->mmdb_paths[i], diag);
	return r;
}

int plan_set_system(struct settings *settings, const struct plan_request *request,
		    struct plan *plan, struct diag *diag)
{
	struct plan_system *system = &plan->system;

	warn_of_systems(settings);
	warn_of_paths(settings);
	set_flags(settings, system);
	system->wanted = settings_want(settings, USE_OS) && plan->port_scan &&
			 !settings->uses[USE_PROTOCOLS];
	plan->path.wanted = settings_want(settings, USE_TRACEROUTE) && !plan->list_only;
	if (system->wanted && find_prints(settings, request, plan) < 0)
		return out_of_memory(diag);
	if (keep_mmdbs(settings, plan) < 0)
		return out_of_memory(diag);
	return check_files(plan, diag);
}
