/* The idle scan (engine/idle.h) on the wire: what it asks for is sent, what the zombie says
 * is handed in, and verdicts go the way of all others. One zombie for the run,
 * and one host at a time. */
#ifndef PORTOLAN_ENGINE_SENDER_IDLE_H
#define PORTOLAN_ENGINE_SENDER_IDLE_H

#include "engine/sender.h"

struct sender_idle;

struct sender_idle_config {
	struct sender *sender; /* with raw packets; its plan names the zombie */
	/* The zombie is good, or a host is left out: a sentence for people. */
	void (*say)(void *self, const struct host *host, const char *text);
	/* It is of no use, or no more: a sentence. Hosts are left incomplete from now on. */
	void (*failed)(void *self, const char *why);
	void *self;
};

/* ERROR_MEMORY. Hears the sender's raw packets until it is freed. */
int sender_idle_new(const struct sender_idle_config *config, struct sender_idle **ret_idle);
void sender_idle_free(struct sender_idle *idle); /* NULL is fine */

/* Asks for a host's ports; no other may be under way. As sender_start(): the ports are
 * borrowed until finished() or stop, neither callback is called from in here. */
void sender_idle_start(struct sender_idle *idle, struct host *host, const uint16_t *ports,
		       uint32_t count,
		       void (*verdict)(struct host *, uint16_t, const struct verdict *),
		       void (*finished)(struct host *));
/* Leaves the host, if it is that under way; finished() is not called. NULL idle is fine. */
void sender_idle_stop(struct sender_idle *idle, const struct host *host);

#endif
