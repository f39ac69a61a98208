/* One host's trace: which TTL is asked next, when, and what the answers make of the path
 * (features.md TR-02). Knows TTLs, addresses and times; sends nothing and has no clock.
 *
 * It begins at the distance that the host seems to have, counts down to 1, or to a hop
 * that another trace went through, and then up, if it was not at the target yet. */
#ifndef PORTOLAN_ENGINE_TRACE_H
#define PORTOLAN_ENGINE_TRACE_H

#include "engine/trace_cache.h"
#include "engine/trace_probe.h"

#include <stdbool.h>

#define TRACE_START      10u /* when nothing is known */
#define TRACE_YOUNG_MOST 10u /* of all traces of a run */
#define TRACE_TIMEOUT_NS 1000000000ULL

struct trace_config {
	struct ip_addr target;
	uint8_t start;             /* 1 .. TRACE_TTL_MAX */
	uint8_t sends;             /* of a TTL, 1 .. TRACE_SENDS_MAX */
	uint64_t young_ns;         /* at first; see trace_young_ns() */
	struct trace_cache *cache; /* of the run; borrowed */
};

enum trace_state { TRACE_UNASKED, TRACE_WAITING, TRACE_ANSWERED, TRACE_SILENT };

struct trace_hop {
	struct ip_addr from; /* TRACE_ANSWERED */
	uint8_t state;       /* enum trace_state */
	uint8_t sent;        /* how often */
	bool cached;
	uint32_t rtt_us;
	uint64_t sent_ns[TRACE_SENDS_MAX];
};

struct trace {
	struct trace_config config;
	struct trace_hop hops[TRACE_TTL_MAX + 1]; /* by TTL */
	uint8_t down;        /* the next TTL on the way down; 0: all were asked */
	uint8_t top;         /* the highest that was asked */
	uint8_t reached;     /* where the target answered; 0 not yet */
	bool missed;         /* a router answered that no other trace had met */
	uint32_t slowest_us; /* round trip */
	uint32_t probes_sent;
};

/* How long an answer may well be under way, of a usual round trip; until then a probe is
 * "young". */
uint64_t trace_young_ns(uint64_t rtt_ns);

void trace_init(struct trace *trace, const struct trace_config *config);

/* Time passes: probes are given up, or are due again. Before trace_next(). */
void trace_pass(struct trace *trace, uint64_t now_ns);
/* The TTL to ask now; 0: none now. */
uint8_t trace_next(const struct trace *trace, uint64_t now_ns);
/* It was sent: gives its number among the sends of that TTL, from 0. */
unsigned trace_sent(struct trace *trace, uint8_t ttl, uint64_t now_ns);
/* Somebody answered. ttl 0: it is not known what; the highest that waits is meant. */
void trace_answer(struct trace *trace, unsigned ttl, unsigned send, const struct ip_addr *from,
		  uint64_t at_ns);

/* Probes that are young. */
unsigned trace_young(const struct trace *trace, uint64_t now_ns);
/* When time changes something; UINT64_MAX: not by itself. */
uint64_t trace_due_ns(const struct trace *trace, uint64_t now_ns);
/* What is below the start is known: others may share it. */
bool trace_is_down(const struct trace *trace);
bool trace_is_done(const struct trace *trace);

/* The number of hops, once done: up to the target, else all that were asked. */
uint8_t trace_count(const struct trace *trace);
/* The highest TTL that answered, 0 none: how far it is at least. */
uint8_t trace_length(const struct trace *trace);
/* Puts what is known into the cache, for others. ERROR_MEMORY: others ask themselves. */
int trace_share(const struct trace *trace);
/* Up to which TTL this path is that of an earlier target: then hops that were silent this
 * time are filled in. 0: none is. Before trace_share(). */
uint8_t trace_join(struct trace *trace, struct ip_addr *ret_same_as);

#endif
