/* What raw discovery asks: features.md section 2. A list for both families; the
 * engine leaves out what a target's family does not have. */
#include "api/plan_parts.h"
#include "engine/technique.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

/* One kind of question. Without ports it asks once. */
struct ping_kind {
	const char *technique;
	uint16_t marks[2];
	bool has_ports;
	uint8_t transport;
	const char *title, *usual; /* usual: the port without any ping option; NULL: not asked */
};

/* In the order of HD-06; the usual ones are HD-01's, and those with -PB. */
static const struct ping_kind kinds[] = {
	{"icmp-echo", {USE_PING_ECHO, USE_PING_BOTH}, false, 0, NULL, ""},
	{"tcp-syn", {USE_PING_SYN}, true, TRANSPORT_TCP, "-PS", "443"},
	{"tcp-ack", {USE_PING_ACK, USE_PING_BOTH}, true, TRANSPORT_TCP, "-PA", "80"},
	{"icmp-timestamp", {USE_PING_STAMP, USE_PING_BOTH}, false, 0, NULL, ""},
	{"udp", {USE_PING_UDP}, true, TRANSPORT_UDP, "-PU", NULL},
	{"sctp-init", {USE_PING_SCTP}, true, TRANSPORT_SCTP, "-PY", NULL},
	{"ip-protocol", {USE_PING_PROTO}, true, TRANSPORT_IP, "-PO", NULL},
	{"icmp-mask", {USE_PING_MASK}, false, 0, NULL, NULL},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static int out_of_memory(struct diag *diag)
{
	return diag_set(diag, ERROR_MEMORY, "out of memory");
}

/* ---- a list that grows, then is kept by the plan ---- */

struct pings {
	struct plan_ping *at;
	size_t count, cap;
};

static int add_ping(struct pings *pings, const struct scan_technique *technique, uint16_t port)
{
	if (pings->count == pings->cap) {
		size_t cap = pings->cap ? pings->cap * 2 : 16;
		struct plan_ping *at = alloc_resize(pings->at, cap, sizeof(*at));

		if (!at)
			return ERROR_MEMORY;
		pings->at = at;
		pings->cap = cap;
	}
	pings->at[pings->count++] = (struct plan_ping){technique, port};
	return 0;
}

static int add_ports(struct pings *pings, const struct scan_technique *technique,
		     const struct portset *ports)
{
	int32_t port;
	int r = 0;

	for (port = portset_next(ports, 0); r == 0 && port >= 0;
	     port = portset_next(ports, (uint32_t)port + 1))
		r = add_ping(pings, technique, (uint16_t)port);
	return r;
}

/* ---- which are asked ---- */

static bool any_asked(const struct settings *settings)
{
	unsigned use;

	for (use = USE_PING_SYN; use <= USE_PING_MASK; use++)
		if (settings->uses[use])
			return true;
	return false;
}

/* The ports as typed, those that are usual, or NULL when the kind is not asked. */
static const char *ports_of(const struct settings *settings, const struct ping_kind *kind, bool any)
{
	size_t i;

	for (i = 0; i < 2 && kind->marks[i]; i++)
		if (settings->uses[kind->marks[i]])
			return kind->has_ports ? settings->ping_ports[kind->marks[i]] : "";
	/* -PB is the usual set but for the ports of -PA. */
	return any && !settings->uses[USE_PING_BOTH] ? NULL : kind->usual;
}

static int add_listed(struct settings *settings, struct plan *plan, const struct ping_kind *kind,
		      const struct scan_technique *technique, const struct port_rules *excluded,
		      const char *text, struct pings *pings, struct diag *diag)
{
	const struct port_list_use use = {kind->title, 1u << kind->transport, false};
	struct port_rules *rules = alloc_zero(sizeof(*rules));
	int r;

	if (!rules)
		return out_of_memory(diag);
	r = plan_parse_ports(settings, plan, &use, text, rules, diag);
	if (r == 0) {
		portset_remove_all(&rules->of[kind->transport], &excluded->of[kind->transport]);
		if (add_ports(pings, technique, &rules->of[kind->transport]) < 0)
			r = out_of_memory(diag);
	}
	alloc_free(rules);
	return r;
}

static int add_kind(struct settings *settings, struct plan *plan, const struct ping_kind *kind,
		    const struct port_rules *excluded, const char *text, struct pings *pings,
		    struct diag *diag)
{
	const struct scan_technique *technique = technique_by_name(kind->technique);

	if (!technique)
		return diag_set(diag, ERROR_UNSUPPORTED,
				"the ping %s is not built into this program", kind->technique);
	if (kind->has_ports)
		return add_listed(settings, plan, kind, technique, excluded, text, pings, diag);
	return add_ping(pings, technique, 0) < 0 ? out_of_memory(diag) : 0;
}

static int keep(struct plan *plan, const struct pings *pings, struct diag *diag)
{
	size_t bytes = pings->count * sizeof(*pings->at);
	struct plan_ping *copy = bytes ? arena_alloc(&plan->arena, bytes) : NULL;

	if (!bytes)
		return diag_set(diag, ERROR_CONFLICT,
				"--exclude-ports leaves no port to find hosts by; name others "
				"with -PS<ports>, or take all to be up with -Pn");
	if (!copy)
		return out_of_memory(diag);
	memcpy(copy, pings->at, bytes);
	plan->discovery.pings = copy;
	plan->discovery.pings_count = pings->count;
	return 0;
}

int plan_set_pings(struct settings *settings, struct plan *plan, const struct port_rules *excluded,
		   struct diag *diag)
{
	bool any = any_asked(settings);
	struct pings pings = {0};
	size_t i;
	int r = 0;

	plan->discovery.neighbours =
		!settings->uses[USE_NO_NEIGHBOURS] && settings->layer != LAYER_IP;
	if (plan->list_only || plan->discovery.skip)
		return 0;
	for (i = 0; r == 0 && i < KINDS; i++) {
		const char *ports = ports_of(settings, &kinds[i], any);

		if (ports)
			r = add_kind(settings, plan, &kinds[i], excluded, ports, &pings, diag);
	}
	if (r == 0)
		r = keep(plan, &pings, diag);
	alloc_free(pings.at);
	return r;
}
