/* The scanned ports of a host, numbered: rank 0 is the first scanned port, rank
 * 1 the next one, over all transports in their order. Ranks make a verdict cost
 * one byte a scanned port, and let a range of the journal mean "every scanned
 * port from first to last": the thousand scattered ports of a default scan, all
 * closed, are one row. Knows no database. */
#ifndef PORTOLAN_REPORT_JOURNAL_PORTS_H
#define PORTOLAN_REPORT_JOURNAL_PORTS_H

#include "net/portset.h"
#include "net/transport.h"

struct journal_ports {
	struct portset of[TRANSPORTS];
	uint32_t before[TRANSPORTS][1024]; /* rank of the first port of each word of the set */
	uint32_t count;                    /* of all ports: one past the last rank */
};

/* After `of` was filled. */
void journal_ports_number(struct journal_ports *ports);
/* -1: the port is not among the scanned ones. */
int32_t journal_ports_rank(const struct journal_ports *ports, enum transport transport,
			   uint16_t number);
/* Adds the ports of "1,3-4,80" (portset_format()); false when it is damaged. */
bool journal_ports_parse(const char *text, struct portset *ret_set);
/* "tcp" and so on back to their number; -1 when unknown. */
int journal_transport_parse(const char *text);

#endif
