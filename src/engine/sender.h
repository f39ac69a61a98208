/* Sends the probes of all hosts: takes the next probe of a host that has
 * work, within the windows of host and run, the delays and the rates, and
 * hands each answer to the host's stage. The loop reads: decide, do, note. */
#ifndef PORTOLAN_ENGINE_SENDER_H
#define PORTOLAN_ENGINE_SENDER_H

#include "engine/flow.h"
#include "engine/host.h"
#include "engine/pace.h"
#include "engine/pacer.h"
#include "engine/plan.h"

struct raw;
struct wire;

struct sender {
	struct loop *loop;
	struct flow_net *flows;
	const struct plan *plan;
	struct raw *raw;  /* NULL: no raw packets */
	struct pace pace; /* of raw probes */
	struct pacer pacer;
	struct window window;     /* the run's, of connections */
	struct window raw_window; /* of raw probes: bounds memory, not the network */
	struct rtt rtt;           /* of all hosts: for those without samples */
	struct host *ready_first, *ready_last;
	struct deferred turn_soon; /* both run sender_turn() */
	struct timer turn_later;
	struct probe *spare;          /* probe records to use again */
	uint64_t start_ns, resume_ns; /* not before, after a local failure */
	uint64_t sent, answered, resent, lost, unsent;
	uint64_t beside_answered; /* of `sent`, by talks: no measure of loss */
	struct lately lately;     /* loss, of hosts without a limit of their own */
	/* What the silent would have answered but for loss, summed over hosts; the
	 * least of what might be said; the variance of the sum. */
	double missed, missed_least, missed_variance;
	bool stopped;
	/* There is room that no host fills: the run starts one more. False: it
	 * has none to start. */
	bool (*hungry)(void *self);
	/* A sentence for people. */
	void (*warn)(void *self, const struct host *host, const char *text);
	void *self;
};

void sender_init(struct sender *sender, struct loop *loop, struct flow_net *flows,
		 const struct plan *plan);
void sender_release(struct sender *sender); /* no host may be under way */

/* Starts asking: technique and ports are borrowed until finished() or stop.
 * place_of tells each port's place in the order (for raw techniques). */
void sender_start(struct sender *sender, struct host *host, const struct scan_technique *technique,
		  const uint16_t *order, const uint16_t *place_of, uint32_t order_count,
		  void (*verdict)(struct host *, uint16_t, const struct verdict *),
		  void (*finished)(struct host *));
/* The same for discovery: each of the first `count` places of `pings` is a probe of
 * its own; places is 0, 1, 2 ... */
void sender_start_pings(struct sender *sender, struct host *host, const struct plan_ping *pings,
			const uint16_t *places, uint32_t count,
			void (*verdict)(struct host *, uint16_t, const struct verdict *),
			void (*finished)(struct host *));
/* The port (or protocol) behind what verdict() was told of. */
uint16_t sender_port(const struct host *host, uint16_t value);
/* Raw: finds the way to a host, once: host->hop and host->route. ERROR_NOT_FOUND: none. */
int sender_route(struct sender *sender, struct host *host);
/* Before a host is freed. */
void sender_forget(struct sender *sender, struct host *host);
/* Drops what is in flight and what is waiting; finished() is not called. */
void sender_stop(struct sender *sender, struct host *host);
/* Something changed (a host has work, a rate has credit): turn soon. */
void sender_kick(struct sender *sender);
/* No more turns, ever. */
void sender_halt(struct sender *sender);

/* How many ports are reported silent only because every one of their sends was
 * lost: the estimate, and the bounds that hold the truth with 95 %. Rests on the loss
 * of sends whose retransmission was answered; all < 0 while nothing was answered. */
void sender_missed(const struct sender *sender, double *ret_missed, double *ret_low,
		   double *ret_high);

#endif
