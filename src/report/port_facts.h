/* The verdicts of one host's ports in one byte a port: each byte is an index
 * into a short list of different verdicts. */
#ifndef PORTOLAN_REPORT_PORT_FACTS_H
#define PORTOLAN_REPORT_PORT_FACTS_H

#include "net/port_list.h"
#include "report/host_report.h"

/* The place of each port among those that a rule set names. */
struct port_places {
	const struct port_rules *rules;    /* borrowed */
	uint32_t before[TRANSPORTS][1024]; /* members before each word of the set */
	uint32_t count;
};
void port_places_init(struct port_places *places, const struct port_rules *rules);

struct port_facts {
	const struct port_places *places; /* borrowed */
	uint8_t *kinds;                   /* by place; 0: no verdict yet */
	struct verdict *verdicts;         /* kind k is verdicts[k - 1] */
	size_t verdicts_count, verdicts_cap;
};

/* Takes a verdict; a later one replaces an earlier. *ret_before is the state
 * that was known. ERROR_MEMORY; ERROR_RANGE for a port that was not asked for. */
int port_facts_add(struct port_facts *facts, enum transport transport, uint16_t port,
		   const struct verdict *verdict, enum port_state *ret_before);
/* All ports with a verdict, by transport then number; alloc_free(). NULL with
 * 0 for none. ERROR_MEMORY. */
int port_facts_list(const struct port_facts *facts, struct port_report **ret_ports,
		    size_t *ret_count);
size_t port_facts_bytes(const struct port_facts *facts);
void port_facts_release(struct port_facts *facts);

#endif
