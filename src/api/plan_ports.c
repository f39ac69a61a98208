/* Which ports: features.md section 4, and the ports of connect discovery. */
#include "api/plan_parts.h"
#include "engine/technique.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_PORTS 1000
#define FAST_PORTS    100

static int out_of_memory(struct diag *diag)
{
	return diag_set(diag, ERROR_MEMORY, "out of memory");
}

/* --servicedb, else nmap-services in the data folder if it is there, else our own. */
static int load_services(struct settings *settings, const struct plan_request *request,
			 struct plan *plan, struct diag *diag)
{
	const char *folder = settings->datadir ? settings->datadir : request->datadir;
	const char *path = settings->service_file;
	char *found = NULL;
	int r;

	if (!path && folder) {
		if (!(found = alloc_printf("%s/nmap-services", folder)))
			return out_of_memory(diag);
		if (!access(found, R_OK))
			path = found;
	}
	if (path && !(plan->services_path = arena_strdup(&plan->arena, path)))
		r = out_of_memory(diag);
	else if (path)
		r = services_load(path, &plan->services, diag);
	else if ((r = services_builtin(&plan->services)) < 0)
		diag_set(diag, r, "the built-in table of ports: %s", error_text(r));
	alloc_free(found);
	return r;
}

/* Reads a list; what is wrong with it is told under the option's name. */
static int parse_list(struct settings *settings, const struct plan *plan, const char *option,
		      const char *text, unsigned transports, bool prefixes,
		      struct port_rules *ret_rules, struct diag *diag)
{
	const struct port_list_request request = {
		.services = plan->services,
		.transports = transports,
		.prefixes = prefixes,
		.warn = settings->warn,
		.self = settings->self,
	};
	struct diag why = {0};
	int r = port_list_parse(text, &request, ret_rules, &why);

	if (r < 0)
		diag_set_at(diag, r, why.line, why.column, "%s: %.600s", option, why.text);
	return r;
}

static void remove_all(struct portset *set, const struct portset *gone)
{
	int32_t port;

	for (port = portset_next(gone, 0); port >= 0; port = portset_next(gone, (uint32_t)port + 1))
		portset_remove(set, (uint16_t)port);
}

static void keep_common(struct portset *set, const struct portset *other)
{
	int32_t port;

	for (port = portset_next(set, 0); port >= 0; port = portset_next(set, (uint32_t)port + 1))
		if (!portset_has(other, (uint16_t)port))
			portset_remove(set, (uint16_t)port);
}

/* A services file without frequencies (PO-12): the low ports and all named. */
static void add_named(const struct services *services, enum transport transport,
		      const struct portset *among, bool low, struct portset *ret_set)
{
	int32_t port;

	for (port = portset_next(among, 0); port >= 0;
	     port = portset_next(among, (uint32_t)port + 1))
		if ((low && port >= 1 && port <= 1024) ||
		    services_knows(services, transport, (uint16_t)port))
			portset_add(ret_set, (uint16_t)port);
}

/* Which of `among` are scanned when counts or shares decide, or nothing was said. */
static void add_frequent(const struct settings *settings, const struct plan *plan,
			 enum transport transport, const struct portset *among,
			 struct portset *ret_set)
{
	bool fast = settings->uses[USE_FAST] || settings->uses[USE_SERVICE_FILE];
	uint32_t count = fast ? FAST_PORTS : DEFAULT_PORTS;

	if (settings->top_ports != NUMBER_UNSET)
		count = (uint32_t)settings->top_ports;
	else if (settings->port_ratio >= 0)
		count = 65536;
	else if (services_is_old_style(plan->services))
		return add_named(plan->services, transport, among, !fast, ret_set);
	services_top(plan->services, transport, count, among, ret_set);
}

/* The scratch sets are large, so they are on the heap, together. */
struct scratch {
	struct port_rules excluded;
	struct portset among, frequent;
};

static int choose_ports(const struct settings *settings, struct plan *plan,
			enum transport transport, struct scratch *scratch)
{
	struct portset *ports = &plan->ports->of[transport];
	bool narrowed = settings->top_ports != NUMBER_UNSET || settings->port_ratio >= 0;

	if (!settings->ports)
		portset_add_range(ports, 0, 65535);
	remove_all(ports, &scratch->excluded.of[transport]);
	if (settings->ports && !narrowed)
		return 0;
	scratch->among = *ports;
	portset_clear(ports);
	add_frequent(settings, plan, transport, &scratch->among, ports);
	if (settings->port_ratio >= 0) {
		portset_clear(&scratch->frequent);
		services_at_least(plan->services, transport, settings->port_ratio, &scratch->among,
				  &scratch->frequent);
		keep_common(ports, &scratch->frequent);
	}
	return 0;
}

static int set_scan_ports(struct settings *settings, struct plan *plan, struct scratch *scratch,
			  struct diag *diag)
{
	unsigned transports = 0, transport;
	size_t i;
	int r;

	if ((settings->top_ports != NUMBER_UNSET || settings->port_ratio >= 0) &&
	    services_is_old_style(plan->services))
		return diag_set(
			diag, ERROR_CONFLICT,
			"--top-ports and --port-ratio need frequencies, and %.400s has none; name "
			"the ports with -p",
			plan->services_path ? plan->services_path : "the table of ports");
	if (!(plan->ports = alloc_zero(sizeof(*plan->ports))))
		return out_of_memory(diag);
	for (i = 0; i < plan->techniques_count; i++)
		transports |= 1u << plan->techniques[i]->transport;
	if (settings->ports && (r = parse_list(settings, plan, "-p", settings->ports, transports,
					       true, plan->ports, diag)) < 0)
		return r;
	for (transport = 0; transport < TRANSPORTS; transport++) {
		if (!(transports >> transport & 1)) {
			portset_clear(&plan->ports->of[transport]);
			continue;
		}
		choose_ports(settings, plan, transport, scratch);
		if (!plan->ports->of[transport].count)
			settings_warn(settings,
				      "Warning: no %s port is left to scan, so none will be.",
				      transport_name(transport));
	}
	return 0;
}

/* SYN, ACK and SCTP pings without raw packets: one list of connections. */
static int set_discovery_ports(struct settings *settings, struct plan *plan,
			       const struct port_rules *excluded, struct diag *diag)
{
	static const unsigned uses[] = {USE_PING_SYN, USE_PING_ACK, USE_PING_BOTH};
	static const char *const titles[] = {"-PS", "-PA", "-PB"};
	struct portset *connect = &plan->discovery.connect;
	struct port_rules *rules = alloc_zero(sizeof(*rules));
	size_t i;
	int r = 0;

	if (!rules)
		return out_of_memory(diag);
	for (i = 0; r == 0 && i < 3; i++)
		if (settings->uses[uses[i]])
			r = parse_list(settings, plan, titles[i], settings->ping_ports[uses[i]],
				       1u << TRANSPORT_TCP, false, rules, diag);
	if (r == 0) {
		if (rules->of[TRANSPORT_TCP].count)
			*connect = rules->of[TRANSPORT_TCP];
		remove_all(connect, &excluded->of[TRANSPORT_TCP]);
		if (!connect->count && !plan->discovery.skip && !plan->list_only)
			r = diag_set(diag, ERROR_CONFLICT,
				     "--exclude-ports leaves no port to find hosts by; name others "
				     "with -PS<ports>, or take all to be up with -Pn");
	}
	alloc_free(rules);
	return r;
}

int plan_set_ports(struct settings *settings, const struct plan_request *request, struct plan *plan,
		   struct diag *diag)
{
	struct scratch *scratch = NULL;
	int r = load_services(settings, request, plan, diag);

	if (r < 0)
		return r;
	if (!(scratch = alloc_zero(sizeof(*scratch))))
		return out_of_memory(diag);
	if (settings->exclude_ports)
		r = parse_list(settings, plan, "--exclude-ports", settings->exclude_ports,
			       (1u << TRANSPORTS) - 1, true, &scratch->excluded, diag);
	if (r == 0 && plan->port_scan)
		r = set_scan_ports(settings, plan, scratch, diag);
	if (r == 0)
		r = set_discovery_ports(settings, plan, &scratch->excluded, diag);
	alloc_free(scratch);
	return r;
}
