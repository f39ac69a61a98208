/* The probes of one host under one technique: which port next, whether again,
 * when to give up (features.md TM-07). Pure: no clock, no I/O; what is sent
 * and heard is told to it, so a test plays any history.
 *
 * Every port is in exactly one place: not yet asked (behind `cursor`), in
 * flight, waiting to be asked again, on the bench (asked often enough unless
 * the limit rises), or done. Costs 8 bytes a port that was met with silence,
 * and 2 bits a port where late answers count. */
#ifndef PORTOLAN_ENGINE_PROBER_H
#define PORTOLAN_ENGINE_PROBER_H

#include "engine/attempts.h"

#include <stdbool.h>
#include <stdint.h>

struct probe_again {
	uint16_t port;
	uint8_t attempts; /* sends so far */
	uint8_t failures; /* of our own machine */
	uint32_t sent_ms; /* of the last send, in the run's time */
};

struct probe_again_list {
	struct probe_again *at;
	uint32_t head, count, cap; /* a ring */
};

struct prober {
	const uint16_t *order; /* borrowed: ports in the order to ask */
	uint32_t order_count, cursor;
	struct probe_again_list again, bench;
	uint32_t in_flight, done;
	/* Raw probes: what was heard of each place of the order, two bits each
	 * (prober_heard()), so that a late answer finds its port wherever it waits;
	 * place_of tells a port's place, NULL: the value is the place. */
	uint8_t *heard;
	const uint16_t *place_of;
	unsigned retries_cap; /* --max-retries */
	unsigned sends_least; /* sends that the measured loss asks for; 0: two */
	/* A port is asked again so much later at the earliest, new ones go before; 0: at
	 * once. now_ms is set by whoever asks for the next probe. */
	uint32_t again_wait_ms, now_ms;
	bool again_held;          /* no port is asked again for now; set by whoever asks */
	struct attempts attempts; /* that were answered */
	unsigned best_attempt;    /* the highest of them */
	bool cap_hit;             /* a port would have been asked again but for the cap */
};

enum prober_next {
	PROBER_SEND,   /* ret_probe is to be sent */
	PROBER_WAIT,   /* nothing to send until something in flight is heard of */
	PROBER_SILENT, /* nothing more to send: prober_take_silent() has the rest */
	PROBER_DONE
};

void prober_init(struct prober *prober, const uint16_t *order, uint32_t order_count,
		 unsigned retries_cap);
void prober_release(struct prober *prober);

/* Keeps what is heard of each port. place_of is borrowed. ERROR_MEMORY. */
int prober_track(struct prober *prober, const uint16_t *place_of);
/* 0: nothing yet; else what prober_note_heard() was told. */
unsigned prober_heard(const struct prober *prober, uint16_t port);
void prober_note_heard(struct prober *prober, uint16_t port, unsigned what); /* 1 .. 3 */
/* Was it asked at all? False, too, without prober_track(). */
bool prober_was_asked(const struct prober *prober, uint16_t port);
/* An answer came for a port that was asked and is not in flight: it is taken from where it
 * waits. False: it was done before. */
bool prober_answered_late(struct prober *prober, uint16_t port, unsigned attempt);
/* Nothing can be sent any more: all that is not in flight is as silent as it
 * would be (give_up), or gets no verdict at all (abandon). */
void prober_give_up(struct prober *prober);
void prober_abandon(struct prober *prober);
/* The loss asks for so many sends before a port is given up. */
void prober_want_sends(struct prober *prober, unsigned sends);
/* How often a port that stays silent is asked, as things stand. */
unsigned prober_sends(const struct prober *prober);

/* What to do next. PROBER_SEND moves the port to in flight. */
enum prober_next prober_next(struct prober *prober, struct probe_again *ret_probe);
/* Is there something prober_next() would send? */
bool prober_has_work(const struct prober *prober);
/* How long until the first that waits may be asked again; 0: now, or none waits. */
uint32_t prober_wait_ms(const struct prober *prober);
/* A probe in flight was answered for good: its port is done. Gives how many of its
 * sends were lost before (0: the first was answered). */
unsigned prober_answered(struct prober *prober, const struct probe_again *probe);
/* No answer in time: again, or the bench. ERROR_MEMORY: the port counts as
 * silent at once, so that nothing hangs; the caller gives its verdict. */
int prober_unanswered(struct prober *prober, const struct probe_again *probe);
/* It never left our machine: again, without counting. */
int prober_unsent(struct prober *prober, const struct probe_again *probe);
/* It is out of the question (excluded): done without a verdict. */
void prober_dropped(struct prober *prober);
/* After PROBER_SILENT: the next port that stayed silent; false when none is left. */
bool prober_take_silent(struct prober *prober, struct probe_again *ret_probe);

#endif
