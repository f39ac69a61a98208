/* Which ports: features.md section 4, and the ports of connect discovery. */
#include "api/plan_parts.h"
#include "engine/technique.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

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
	int r;

	if (settings->service_file) {
		plan->services_path = arena_strdup(&plan->arena, settings->service_file);
		if (!plan->services_path)
			return out_of_memory(diag);
	} else if (plan_find_file(settings, request, "nmap-services", plan, &plan->services_path) <
		   0) {
		return out_of_memory(diag);
	}
	if (plan->services_path)
		return services_load(plan->services_path, &plan->services, diag);
	if ((r = services_builtin(&plan->services)) < 0)
		diag_set(diag, r, "the built-in table of ports: %s", error_text(r));
	return r;
}

static int load_protocols(struct settings *settings, const struct plan_request *request,
			  struct plan *plan, struct diag *diag)
{
	if (plan_find_file(settings, request, "nmap-protocols", plan, &plan->protocols_path) < 0)
		return out_of_memory(diag);
	if (!plan->protocols_path)
		return 0;
	return services_load_protocols(plan->services, plan->protocols_path, diag);
}

static bool asks_udp(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->techniques_count; i++)
		if (plan->techniques[i]->probe == PROBE_UDP)
			return true;
	for (i = 0; i < plan->discovery.pings_count; i++)
		if (plan->discovery.pings[i].technique->probe == PROBE_UDP)
			return true;
	return false;
}

int plan_load_payloads(struct plan *plan, struct diag *diag)
{
	int r;

	if (!asks_udp(plan))
		return 0;
	if (plan->payloads_path)
		return payloads_load(plan->payloads_path, &plan->payloads, diag);
	if ((r = payloads_builtin(&plan->payloads)) < 0)
		diag_set(diag, r, "the built-in UDP payloads: %s", error_text(r));
	return r;
}

/* nmap-payloads in the data folder if it is there, else our own. */
static int find_payloads(struct settings *settings, const struct plan_request *request,
			 struct plan *plan, struct diag *diag)
{
	if (asks_udp(plan) &&
	    plan_find_file(settings, request, "nmap-payloads", plan, &plan->payloads_path) < 0)
		return out_of_memory(diag);
	return plan_load_payloads(plan, diag);
}

int plan_parse_ports(struct settings *settings, const struct plan *plan,
		     const struct port_list_use *use, const char *text,
		     struct port_rules *ret_rules, struct diag *diag)
{
	const struct port_list_request request = {
		.services = plan->services,
		.transports = use->transports,
		.prefixes = use->prefixes,
		.warn = settings->warn,
		.self = settings->self,
	};
	struct diag why = {0};
	int r = port_list_parse(text, &request, ret_rules, &why);

	if (r < 0)
		diag_set_at(diag, r, why.line, why.column, "%s: %.600s", use->option, why.text);
	return r;
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

/* What IPv6 has as extension headers cannot be asked for as protocols (SC-13). */
static void remove_extensions(struct settings *settings, struct portset *protocols)
{
	static const uint8_t extensions[] = {0, 43, 44, 50, 51, 60, 135, 139, 140, 253, 254};
	bool removed = false;
	size_t i;

	for (i = 0; i < sizeof(extensions); i++)
		removed |= portset_remove(protocols, extensions[i]);
	if (removed)
		settings_warn(settings,
			      "Warning: protocols that are extension headers of IPv6 (0, 43, "
			      "44, 50, 51, 60, 135, 139, 140, 253, 254) are left out.");
}

/* -sO: all, those of -p, or with -F those that have a name. Counts and shares
 * know nothing of protocols. */
static void choose_protocols(struct settings *settings, struct plan *plan, struct scratch *scratch)
{
	struct portset *protocols = &plan->ports->of[TRANSPORT_IP];
	int32_t number;

	if (!settings->ports)
		portset_add_range(protocols, 0, 255);
	portset_remove_all(protocols, &scratch->excluded.of[TRANSPORT_IP]);
	for (number = 0; settings->uses[USE_FAST] && number < 256; number++)
		if (!services_knows(plan->services, TRANSPORT_IP, (uint16_t)number))
			portset_remove(protocols, (uint16_t)number);
	if (settings->uses[USE_V6])
		remove_extensions(settings, protocols);
}

static int choose_ports(const struct settings *settings, struct plan *plan,
			enum transport transport, struct scratch *scratch)
{
	struct portset *ports = &plan->ports->of[transport];
	bool narrowed = settings->top_ports != NUMBER_UNSET || settings->port_ratio >= 0;

	if (!settings->ports)
		portset_add_range(ports, 0, 65535);
	portset_remove_all(ports, &scratch->excluded.of[transport]);
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

static const char *const scanned_words[TRANSPORTS] = {"tcp port", "udp port", "sctp port",
						      "IP protocol"};

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
	if (settings->ports &&
	    (r = plan_parse_ports(settings, plan, &(struct port_list_use){"-p", transports, true},
				  settings->ports, plan->ports, diag)) < 0)
		return r;
	for (transport = 0; transport < TRANSPORTS; transport++) {
		if (!(transports >> transport & 1)) {
			portset_clear(&plan->ports->of[transport]);
			continue;
		}
		if (transport == TRANSPORT_IP)
			choose_protocols(settings, plan, scratch);
		else
			choose_ports(settings, plan, transport, scratch);
		if (!plan->ports->of[transport].count)
			settings_warn(settings, "Warning: no %s is left to scan, so none will be.",
				      scanned_words[transport]);
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
			r = plan_parse_ports(
				settings, plan,
				&(struct port_list_use){titles[i], 1u << TRANSPORT_TCP, false},
				settings->ping_ports[uses[i]], rules, diag);
	if (r == 0) {
		if (rules->of[TRANSPORT_TCP].count)
			*connect = rules->of[TRANSPORT_TCP];
		portset_remove_all(connect, &excluded->of[TRANSPORT_TCP]);
		if (!connect->count && !plan->discovery.skip && !plan->list_only)
			r = diag_set(diag, ERROR_CONFLICT,
				     "--exclude-ports leaves no port to find hosts by; name others "
				     "with -PS<ports>, or take all to be up with -Pn");
	}
	alloc_free(rules);
	return r;
}

static int parse_excluded(struct settings *settings, struct plan *plan,
			  struct port_rules *ret_excluded, struct diag *diag)
{
	const struct port_list_use use = {"--exclude-ports", (1u << TRANSPORTS) - 1, true};

	if (!settings->exclude_ports)
		return 0;
	plan->exact_ports = true;
	return plan_parse_ports(settings, plan, &use, settings->exclude_ports, ret_excluded, diag);
}

int plan_set_ports(struct settings *settings, const struct plan_request *request, struct plan *plan,
		   struct diag *diag)
{
	struct scratch *scratch = NULL;
	int r;

	if ((r = load_services(settings, request, plan, diag)) < 0 ||
	    (r = load_protocols(settings, request, plan, diag)) < 0)
		return r;
	if (!(scratch = alloc_zero(sizeof(*scratch))))
		return out_of_memory(diag);
	r = parse_excluded(settings, plan, &scratch->excluded, diag);
	if (r == 0 && plan->port_scan)
		r = set_scan_ports(settings, plan, scratch, diag);
	if (r == 0 && plan->privileged)
		r = plan_set_pings(settings, plan, &scratch->excluded, diag);
	else if (r == 0)
		r = set_discovery_ports(settings, plan, &scratch->excluded, diag);
	alloc_free(scratch);
	return r < 0 ? r : find_payloads(settings, request, plan, diag);
}
