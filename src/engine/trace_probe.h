/* The packets of one host's trace: how they look for each TTL, and which of them an answer
 * is about. Knows layouts; no time, no order. */
#ifndef PORTOLAN_ENGINE_TRACE_PROBE_H
#define PORTOLAN_ENGINE_TRACE_PROBE_H

#include "engine/path.h"
#include "engine/path_hint.h"

#define TRACE_TTL_MAX   30u
#define TRACE_SENDS_MAX 3u /* of each TTL */
#define TRACE_PLACES    (TRACE_TTL_MAX * TRACE_SENDS_MAX)

/* The caller fills in all but `kind` and `dst_port`; trace_probe_init() does these. */
struct trace_probe {
	const struct scan_technique *technique; /* with build() */
	uint16_t port;
	struct ip_addr from, to;
	const struct payload *payload; /* UDP; NULL none */
	int scan_flags;                /* --scanflags; -1 none */
	uint16_t first_port;           /* of TRACE_PLACES of ours, in a row ... */
	bool one_port;                 /* ... or the only one */
	uint32_t base;                 /* at random; tells our packets */
	enum packet_kind kind;
	uint16_t dst_port;
};

void trace_probe_init(struct trace_probe *probe);

/* The `send`-th packet (from 0) of a TTL. scratch: PROBE_SCRATCH_BYTES that live as long
 * as the packet. */
void trace_probe_build(const struct trace_probe *probe, unsigned ttl, unsigned send,
		       uint8_t *scratch, struct packet *ret_packet);

/* Is it an answer to one of them (quoted: what an ICMP error quotes; else NULL)? *ret_ttl is 0
 * when it does not tell to which. */
bool trace_probe_answered(const struct trace_probe *probe, const struct packet *packet,
			  const struct packet *quoted, unsigned *ret_ttl, unsigned *ret_send);

/* What it is called in facts. */
void trace_probe_facts(const struct trace_probe *probe, struct path_facts *facts);

#endif
