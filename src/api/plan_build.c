#include "api/plan_check.h"
#include "api/plan_parts.h"
#include "api/words.h"
#include "engine/technique.h"
#include "util/error.h"
#include "util/random.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

static int out_of_memory(struct diag *diag)
{
	return diag_set(diag, ERROR_MEMORY, "out of memory");
}

/* Copies of borrowed texts that live as long as the plan. NULL stays NULL. */
static int keep(struct plan *plan, const char *text, const char **ret_copy)
{
	*ret_copy = text ? arena_strdup(&plan->arena, text) : NULL;
	return text && !*ret_copy ? ERROR_MEMORY : 0;
}

static int keep_all(struct plan *plan, const char *const *items, size_t count, char ***ret_items,
		    size_t *ret_count)
{
	char **copies = arena_alloc(&plan->arena, (count + 1) * sizeof(*copies));
	size_t i;

	if (!copies)
		return ERROR_MEMORY;
	for (i = 0; i < count; i++)
		if (!(copies[i] = arena_strdup(&plan->arena, items[i])))
			return ERROR_MEMORY;
	*ret_items = copies;
	*ret_count = count;
	return 0;
}

static int keep_list(struct plan *plan, const struct text_list *list, char ***ret_items,
		     size_t *ret_count)
{
	return keep_all(plan, list->items, list->count, ret_items, ret_count);
}

static int set_targets(const struct settings *settings, struct plan *plan, struct diag *diag)
{
	struct target_config *targets = &plan->targets;
	const unsigned *uses = settings->uses;

	if (keep_list(plan, &settings->operands, &targets->expressions,
		      &targets->expressions_count) < 0 ||
	    keep_all(plan, &settings->input_file, settings->input_file ? 1 : 0,
		     &targets->input_files, &targets->input_files_count) < 0 ||
	    keep_list(plan, &settings->excludes, &targets->excludes, &targets->excludes_count) <
		    0 ||
	    keep_list(plan, &settings->exclude_files, &targets->exclude_files,
		      &targets->exclude_files_count) < 0)
		return out_of_memory(diag);
	targets->random = uses[USE_RANDOM] > 0;
	targets->random_count = targets->random ? (uint64_t)settings->random_count : 0;
	targets->families = uses[USE_V4] ? RESOLVE_V4 : uses[USE_V6] ? RESOLVE_V6 : RESOLVE_BOTH;
	targets->families_forced = uses[USE_V4] || uses[USE_V6];
	targets->unique = uses[USE_UNIQUE] > 0;
	targets->resolve_all = uses[USE_RESOLVE_ALL] > 0;
	return 0;
}

static void set_discovery(const struct settings *settings, struct plan *plan)
{
	const unsigned *uses = settings->uses;

	plan->list_only = uses[USE_LIST] > 0;
	plan->port_scan = !uses[USE_LIST] && !uses[USE_PING_ONLY];
	plan->discovery.skip = uses[USE_PING_SKIP] > 0;
	plan->discovery.ignore_reset = uses[USE_IGNORE_RST] > 0;
	plan->discovery.randomize = uses[USE_RANDOMIZE] > 0;
	if (uses[USE_NO_NAMES])
		plan->names = NAMES_NEVER;
	else if (uses[USE_ALL_NAMES] || uses[USE_LIST])
		plan->names = NAMES_ALWAYS;
	plan->system_dns = uses[USE_SYSTEM_DNS] > 0;
}

/* The row that asks for a technique: a letter of -s, but for the idle scan. */
static const struct option_row *row_of(const struct settings *settings,
				       const struct scan_technique *technique)
{
	const char letter[2] = {technique->letter, 0};

	if (technique->letter)
		return option_variant(settings->table, 's', letter);
	return strcmp(technique->name, "idle") ? NULL : option_by_name(settings->table, "sI");
}

static int add_technique(struct plan *plan, const struct scan_technique *technique)
{
	if (!technique || plan->techniques_count == PLAN_TECHNIQUES_MAX)
		return ERROR_UNSUPPORTED;
	plan->techniques[plan->techniques_count++] = technique;
	return 0;
}

/* What was asked for and has no technique behind it. */
static int check_built_in(const struct settings *settings, const struct plan *plan,
			  struct diag *diag)
{
	char typed[128] = "";
	unsigned use;
	size_t i;

	for (use = USE_TCP_FIRST; use <= USE_LAST_SCAN; use++) {
		bool found = !settings->uses[use];

		for (i = 0; !found && i < plan->techniques_count; i++)
			found = row_of(settings, plan->techniques[i])->mark == use;
		if (!found)
			check_add_title(settings, use, typed, sizeof(typed));
	}
	if (!typed[0] && plan->techniques_count)
		return 0;
	return diag_set(diag, ERROR_UNSUPPORTED, "%s: the scan type is not built into this program",
			typed[0] ? typed : "-sT");
}

/* The techniques that were asked for, in their order; if none, the best there is (SC-01). */
static int set_techniques(const struct settings *settings, struct plan *plan, struct diag *diag)
{
	const struct scan_technique *const *all;
	size_t count, i;

	if (!plan->port_scan)
		return 0;
	all = technique_all(&count);
	for (i = 0; i < count; i++) {
		const struct option_row *row = row_of(settings, all[i]);

		if (row && settings->uses[row->mark])
			(void)add_technique(plan, all[i]);
	}
	if (!plan->techniques_count)
		(void)add_technique(plan, technique_by_letter(plan->privileged ? 'S' : 'T'));
	return check_built_in(settings, plan, diag);
}

/* Answers come to us only when the kernel knows the address, or through which
 * interface to listen was said. */
static bool is_ours(const struct ip_addr *addr)
{
	struct ifaddrs *all = NULL, *at;
	bool found = false;

	if (getifaddrs(&all) < 0)
		return true;
	for (at = all; at && !found; at = at->ifa_next) {
		struct ip_addr own;
		uint16_t port;

		found = at->ifa_addr && ip_from_sockaddr(at->ifa_addr, &own, &port) &&
			own.family == addr->family && ip_value_of(&own) == ip_value_of(addr);
	}
	freeifaddrs(all);
	return found;
}

static int check_source(struct settings *settings, const struct plan *plan, struct diag *diag)
{
	/* To say what the way would be is harmless. */
	if (settings->uses[USE_EXPLAIN_ROUTE] || is_ours(&plan->source_addr))
		return 0;
	if (!plan->source_interface)
		return diag_set(diag, ERROR_CONFLICT,
				"-S %.80s is no address of this machine; say with -e <interface> "
				"where to send and to listen, if that is meant",
				settings->source_addr);
	if (!plan->discovery.skip)
		settings_warn(settings,
			      "Warning: -S %.80s is no address of this machine: answers go "
			      "elsewhere, so hosts will seem down without -Pn.",
			      settings->source_addr);
	return 0;
}

static int set_source(struct settings *settings, struct plan *plan, struct diag *diag)
{
	const char *name = settings->source_interface, *scope = NULL;
	int family = settings->uses[USE_V4] ? IP_V4 : settings->uses[USE_V6] ? IP_V6 : IP_NONE;

	if (settings->ttl != NUMBER_UNSET)
		plan->ttl = (int)settings->ttl;
	if (name && !if_nametoindex(name))
		return diag_set(
			diag, ERROR_NOT_FOUND,
			"-e: there is no network interface \"%.80s\"; \"ip link\" lists those "
			"there are",
			name);
	if (keep(plan, name, &plan->source_interface) < 0 || keep(plan, name, &scope) < 0)
		return out_of_memory(diag);
	plan->targets.scope_interface = (char *)scope;
	if (!settings->source_addr)
		return 0;
	if (!ip_parse(settings->source_addr, &plan->source_addr))
		return diag_set(diag, ERROR_SYNTAX, "-S takes an address, not \"%.80s\"",
				settings->source_addr);
	if (family && plan->source_addr.family != family)
		return diag_set(diag, ERROR_CONFLICT,
				"-S %.80s is no IPv%d address, and -%d was given",
				settings->source_addr, family, family);
	return check_source(settings, plan, diag);
}

static int set_output(const struct settings *settings, struct plan *plan, struct diag *diag)
{
	struct plan_output *output = &plan->output;
	const unsigned *uses = settings->uses;
	size_t i;

	for (i = 0; i < settings->files_count; i++) {
		output->files[i].format = settings->files[i].format;
		if (keep(plan, settings->files[i].path, &output->files[i].path) < 0)
			return out_of_memory(diag);
	}
	output->files_count = settings->files_count;
	output->append = uses[USE_APPEND] > 0;
	output->verbosity = settings->verbosity;
	output->debugging = settings->debugging;
	output->verbosity_zero = uses[USE_SILENT] > 0;
	output->reasons = uses[USE_REASON] || settings->verbosity >= 2 || settings->debugging >= 1;
	output->open_only = uses[USE_OPEN] > 0;
	output->packet_trace = uses[USE_PACKET_TRACE] || settings->debugging >= 3;
	output->no_stylesheet = uses[USE_NO_STYLESHEET] > 0;
	output->stats_every_ns = settings->stats_every.ns;
	output->noninteractive = uses[USE_NONINTERACTIVE] > 0;
	output->journal = !uses[USE_NO_JOURNAL];
	if (keep(plan, settings->stylesheet, &output->stylesheet) < 0 ||
	    keep(plan, settings->journal, &output->journal_path) < 0)
		return out_of_memory(diag);
	return 0;
}

static int set_run(const struct settings *settings, struct plan *plan, struct diag *diag)
{
	if (keep_list(plan, &settings->dns_servers, (char ***)&plan->dns_servers,
		      &plan->dns_servers_count) < 0 ||
	    keep_list(plan, &settings->route_to, &plan->route_to, &plan->route_to_count) < 0)
		return out_of_memory(diag);
	plan->explain_routes = settings->uses[USE_EXPLAIN_ROUTE] > 0;
	plan->sequential_ports = settings->uses[USE_SEQUENTIAL] > 0;
	plan->dry_run = settings->uses[USE_DRY_RUN] > 0;
	plan->explain = settings->uses[USE_EXPLAIN] > 0;
	plan->json = settings->uses[USE_JSON] > 0;
	plan->seed =
		settings->seed == NUMBER_UNSET ? random_system_seed() : (uint64_t)settings->seed;
	return 0;
}

/* "nmap" when called so, by whatever path. */
static const char *program_of(const char *typed)
{
	const char *slash = strrchr(typed, '/');

	return strcmp(slash ? slash + 1 : typed, "nmap") ? "portolan" : "nmap";
}

static int set_command_line(const char *const *order, size_t count, struct plan *plan,
			    struct diag *diag)
{
	struct buf echo = BUF_INIT;
	char **words;
	int r = 0;

	plan->program = program_of(order[0]);
	words_echo(order, count, &echo);
	if (!buf_ok(&echo) || keep(plan, buf_str(&echo), &plan->command_line) < 0 ||
	    keep_all(plan, order, count, &words, &plan->argc) < 0)
		r = out_of_memory(diag);
	else
		plan->argv = (const char *const *)words;
	buf_release(&echo);
	return r;
}

int plan_from_settings(struct settings *settings, const struct plan_request *request,
		       const char *const *order, size_t order_count, struct plan **ret_plan,
		       struct diag *diag)
{
	struct plan *plan = plan_new();
	int r;

	if (!plan)
		return out_of_memory(diag);
	plan->privileged = settings_privileged(settings);
	set_discovery(settings, plan);
	plan_set_timing(settings, &plan->timing);
	if ((r = plan_check_datadir(settings, request, diag)) < 0 ||
	    (r = set_command_line(order, order_count, plan, diag)) < 0 ||
	    (r = set_targets(settings, plan, diag)) < 0 ||
	    (r = set_techniques(settings, plan, diag)) < 0 ||
	    (r = set_source(settings, plan, diag)) < 0 ||
	    (r = set_output(settings, plan, diag)) < 0 || (r = set_run(settings, plan, diag)) < 0 ||
	    (r = plan_set_packets(settings, request, plan, diag)) < 0 ||
	    (r = plan_set_ports(settings, request, plan, diag)) < 0 ||
	    (r = plan_set_idle(settings, plan, diag)) < 0 ||
	    (r = plan_set_version(settings, request, plan, diag)) < 0 ||
	    (r = plan_set_system(settings, request, plan, diag)) < 0 ||
	    (r = plan_set_scripts(settings, request, plan, diag)) < 0) {
		plan_free(plan);
		return r;
	}
	plan_set_sweep(settings, plan);
	*ret_plan = plan;
	return 0;
}
