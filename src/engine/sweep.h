/* A stateless pass over targets x probes, for spaces too large to keep state
 * of (DESIGN section 5). A permutation gives the order; the cookie in each probe
 * tells attempt and time of what comes back, and the permutation's inverse its
 * position, so that a bit a position is all that is kept, for the 2^20 of a
 * chunk at a time. What stays silent is asked again, as the measured loss wants:
 * all of it where little is silent or loss shows, else a sample that tells how
 * much was missed. The pace is found on the way, by asking known responders again
 * (canaries, one probe in a hundred).
 *
 * Memory: 128 KiB a chunk, four chunks, and 300 KiB; a byte a probe for each live target
 * until it is reported (at once, when there is one probe a target). */
#ifndef PORTOLAN_ENGINE_SWEEP_H
#define PORTOLAN_ENGINE_SWEEP_H

#include "engine/pacer.h"
#include "engine/target_space.h"
#include "engine/technique.h"
#include "engine/wire.h"

struct sweep;

struct sweep_probe {
	const struct scan_technique *technique;
	uint16_t port; /* 0 for ICMP */
};

/* A live target: for the call only. */
struct swept {
	struct ip_addr addr;
	struct verdict up; /* the first answer of its own */
	uint16_t up_port;
	const struct sweep *sweep;
	uint32_t sweep_probes; /* how many the sweep has */
	const uint8_t *heard;  /* a byte a probe: see swept_verdict() */
	uint8_t ttl;
};
/* The verdict of each probe, silence included. */
struct verdict swept_verdict(const struct swept *swept, uint32_t probe);
const struct sweep_probe *swept_probe(const struct swept *swept, uint32_t probe);

struct sweep_config {
	struct loop *loop;
	struct wire *wire;
	struct pacer *pacer; /* --min-rate, --max-rate */
	const struct plan *plan;
	const struct target_space *space; /* borrowed, not empty */
	const struct sweep_probe *probes; /* borrowed */
	uint32_t probes_count;
	uint16_t first_port; /* probes leave from this one and the next three */
	/* All probes of a live target have their verdict. */
	void (*live)(void *self, const struct swept *swept);
	/* A target's first answer to a probe says that the port is open. */
	void (*opened)(void *self, const struct packet *packet);
	/* May more be sent, or is there enough to digest? sweep_kick() when that changes. */
	bool (*hungry)(void *self);
	void (*finished)(void *self);
	void *self;
};

int sweep_new(const struct sweep_config *config, struct sweep **ret_sweep);
void sweep_free(struct sweep *sweep); /* NULL is fine */
void sweep_start(struct sweep *sweep);
void sweep_kick(struct sweep *sweep);
/* Ends soon: live targets so far are given to live(), then finished(). */
void sweep_stop(struct sweep *sweep);
/* Ends at once: what is live so far is given to live(); finished() is not called. */
void sweep_give_up(struct sweep *sweep);
/* A packet came in: true when it was an answer to the sweep. */
bool sweep_hear(void *sweep, const struct packet *packet, uint64_t at_ns);

struct sweep_stats {
	double planned; /* probes of our share, without resends */
	double passed;  /* positions of it that are settled */
	uint64_t sent, resent, answered, duplicates, excluded, canaries;
	double rate_pps, loss; /* found */
	/* Probes that would have been answered but for loss: estimate and 95 % bounds. */
	double missed, missed_low, missed_high;
	bool broken; /* the way out was lost: what is left was not asked */
};
void sweep_stats(const struct sweep *sweep, struct sweep_stats *ret_stats);

#endif
