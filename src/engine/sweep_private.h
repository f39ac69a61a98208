/* The inside of a sweep, for sweep*.c only. */
#ifndef PORTOLAN_ENGINE_SWEEP_PRIVATE_H
#define PORTOLAN_ENGINE_SWEEP_PRIVATE_H

#include "engine/attempts.h"
#include "engine/cookie.h"
#include "engine/pace.h"
#include "engine/permutation.h"
#include "engine/rtt.h"
#include "engine/sweep.h"
#include "packet/template.h"
#include "util/random.h"

#define SWEEP_CHUNK      (1u << 20)
#define SWEEP_CHUNKS     4u
#define SWEEP_WAYS       64u
#define SWEEP_TECHNIQUES 8u
#define SWEEP_CANARIES   8192u
#define SWEEP_KNOWN      1024u
#define SWEEP_MEMORY     512.0 /* of canaries */

/* What the two low bits of the note say. */
enum sweep_mark { MARK_CANARY, MARK_FIRST, MARK_SECOND, MARK_LATER };

enum chunk_state {
	CHUNK_FREE,
	CHUNK_PASS,   /* each position once */
	CHUNK_RESEND, /* the silent ones again */
	CHUNK_SETTLE, /* waiting for answers */
};

struct chunk {
	enum chunk_state state;
	uint128 first;
	uint32_t count, heard_count, cursor;
	uint32_t count_out;       /* nothing could or might be sent there */
	unsigned sends;           /* to each position (sampled ones: one more) */
	uint32_t sample_step;     /* RESEND: each so-manieth silent one; 1 all */
	uint32_t sampled;         /* sent in this round */
	struct attempts attempts; /* that were answered */
	uint32_t found;           /* heard from targets since this round began */
	uint64_t due_ns;          /* SETTLE: until then */
	uint64_t *heard;          /* SWEEP_CHUNK bits */
};

/* Where packets to some targets leave, with the probes ready to be stamped. */
struct way {
	const struct route *route;
	struct hop *hop;
	bool generic; /* no templates: built one by one */
	bool has_template[SWEEP_TECHNIQUES];
	bool has_ack[SWEEP_TECHNIQUES];
	struct packet_template *templates; /* SWEEP_TECHNIQUES */
};

struct canary {
	uint128 position;
	uint64_t sent_ns;
	bool waiting, expired;
};

struct live {
	struct live *next;
	uint128 target;
	struct verdict up;
	uint16_t up_port;
	uint8_t ttl;
	uint8_t heard[]; /* a byte a probe: state << 6 | reason */
};

struct sweep {
	struct sweep_config config;
	struct cookie_key key;
	struct permutation permutation;
	uint128 next, end; /* positions of our share */
	uint128 share;     /* how many it has */
	struct chunk chunks[SWEEP_CHUNKS];
	const struct scan_technique *techniques[SWEEP_TECHNIQUES];
	size_t techniques_count;
	uint8_t *technique_of; /* a probe's technique, by index */
	uint32_t *place_of;    /* of a port among many probes of one kind; NULL: few */
	struct chunk *held;    /* the position that could not be sent just now */
	uint32_t held_place;
	uint64_t judged_ns, drops_seen;
	struct way ways[SWEEP_WAYS], *last_way;
	size_t ways_count;
	struct pace pace;
	struct rtt rtt;
	struct random random;
	struct deferred turn_soon;
	struct timer turn_later;
	bool started, stopping, finished, broken;

	struct canary *canaries;               /* SWEEP_CANARIES, by position */
	uint16_t canary_queue[SWEEP_CANARIES]; /* in the order of sending */
	uint32_t canary_head, canary_count;
	uint64_t canary_ns;         /* when the last was sent */
	uint128 known[SWEEP_KNOWN]; /* positions that answered lately */
	uint32_t known_count, known_next;

	struct live **lives; /* by target, chained */
	size_t lives_mask, lives_count;

	struct lately lately; /* what became of canaries */
	double missed, missed_least, missed_variance, settled;
	uint64_t sent, resent, answered, duplicates, excluded, canaries_sent;
};

/* sweep_send.c: 0, ERROR_EXCLUDED, ERROR_LIMIT, ERROR_SYSTEM, ERROR_NOT_FOUND (no
 * way to it), ERROR_BUSY (the next hop is being asked for). */
int sweep_send_position(struct sweep *sweep, uint128 position, enum sweep_mark mark);
void sweep_free_ways(struct sweep *sweep);
/* What the cookie of a probe to this address is made of: no two techniques have the same. */
struct cookie_of sweep_cookie_of(const struct sweep *sweep, const struct ip_addr *to,
				 uint32_t probe);

/* sweep_chunk.c */
bool chunk_heard(const struct chunk *chunk, uint32_t place);
/* What a router says of a target is an answer, but not found by asking again. */
void chunk_note_heard(struct chunk *chunk, uint32_t place, bool from_target, unsigned attempt);
/* The next position to send to, and as which attempt; false: nothing just now, and
 * *ret_due_ns says until when (UINT64_MAX: all is done). */
bool sweep_next_position(struct sweep *sweep, uint64_t now_ns, struct chunk **ret_chunk,
			 uint32_t *ret_place, uint64_t *ret_due_ns);
struct chunk *sweep_chunk_of(struct sweep *sweep, uint128 position, uint32_t *ret_place);
double sweep_loss(const struct sweep *sweep);

/* How long answers usually take at most: a known responder that is silent for longer
 * was lost. The timeout, which has a floor of 100 ms, is for the unknown. */
uint64_t sweep_usual_ns(const struct sweep *sweep);

/* sweep_canary.c */
/* Before each probe. */
void canary_maybe_send(struct sweep *sweep, uint64_t now_ns);
void canary_note_known(struct sweep *sweep, uint128 position);
void canary_answered(struct sweep *sweep, uint128 position, uint64_t at_ns);
/* Those that stayed silent for so long are lost. */
void canary_expire(struct sweep *sweep, uint64_t now_ns);

/* sweep_live.c: notes an answer of the target itself; ERROR_MEMORY. */
int live_note(struct sweep *sweep, uint128 target, uint32_t probe, const struct verdict *verdict,
	      bool from_target);
/* The same for a second answer to a probe, where that holds (SC-21) and the target is kept. */
void live_revise(struct sweep *sweep, uint128 target, uint32_t probe, const struct verdict *verdict,
		 bool from_target);
void live_give_all(struct sweep *sweep);
void live_free_all(struct sweep *sweep);

#endif
