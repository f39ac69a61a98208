/* The raw half of the sender: builds probes, tells responses apart, keeps their
 * time. One per sender. */
#ifndef PORTOLAN_ENGINE_SENDER_RAW_H
#define PORTOLAN_ENGINE_SENDER_RAW_H

#include "engine/sender.h"
#include "engine/talk.h"
#include "engine/technique.h"
#include "engine/wire.h"

/* The ports probes leave from: attempt a of phase p from first + 32 * p + a. */
#define RAW_ATTEMPTS 32u
#define RAW_PHASES   10u
#define RAW_PORTS    (RAW_ATTEMPTS * RAW_PHASES)

/* ERROR_MEMORY. Attaches itself to the sender, which frees it. */
int raw_new(struct sender *sender, const struct wire_ways *ways, struct gate *gate);
void raw_free(struct raw *raw); /* NULL is fine */
struct wire *raw_wire(struct raw *raw);
/* For the sweep, which hears first what is not one of ours: true when it took it. */
void raw_set_listener(struct raw *raw,
		      bool (*heard)(void *self, const struct packet *packet, uint64_t at_ns),
		      void *self);
/* Hears whenever the state of a hop changed. */
void raw_set_hop_listener(struct raw *raw, void (*changed)(void *self), void *self);
uint16_t raw_first_port(const struct raw *raw);
/* Raw packets beside the port scan. */
struct talks *raw_talks(struct raw *raw);

#endif
