/* The inside of the wire, for wire*.c only. */
#ifndef PORTOLAN_ENGINE_WIRE_PRIVATE_H
#define PORTOLAN_ENGINE_WIRE_PRIVATE_H

#include "engine/wire.h"
#include "util/random.h"

#define WIRE_BATCH_FRAMES 256u
#define WIRE_BATCH_BYTES  (512u * 1024)
#define WIRE_HOP_BUCKETS  4096u

/* A link and what waits to leave through it. */
struct wire_port {
	struct wire_port *next;
	struct wire *wire;
	struct link *link; /* NULL: could not be opened */
	unsigned interface;
	bool ip_layer, lost;
	struct mac_addr mac;
	struct link_frame frames[WIRE_BATCH_FRAMES];
	size_t frames_count, bytes_used;
	uint8_t *bytes; /* WIRE_BATCH_BYTES */
};

struct hop {
	struct hop *next; /* of its bucket */
	struct wire *wire;
	struct wire_port *port;
	const struct route *route; /* of the first target that used it */
	struct ip_addr addr;       /* the gateway, or the target itself */
	unsigned refs;
	bool neighbour; /* addr is the target */
	enum hop_state state;
	bool has_mac;
	struct mac_addr mac;
	unsigned asked;
	struct timer again;
};

struct wire {
	struct wire_config config;
	struct wire_port *ports;
	struct hop *hops[WIRE_HOP_BUCKETS];
	size_t hops_count;
	struct random random;
	struct deferred flush_soon;
	struct timer flush_later;
	struct wire_stats stats;
	wire_tap *tap;
	void *tap_self;
	bool hearing; /* inside link_poll(): not again */
	uint8_t scratch[PACKET_BYTES_MAX + ETHERNET_HEADER_BYTES]; /* one packet being made */
};

/* wire_hop.c */
void wire_learn(struct wire *wire, unsigned interface, const struct ip_addr *addr,
		const struct mac_addr *mac);
void wire_break_hops(struct wire *wire, struct wire_port *port);
void wire_free_hops(struct wire *wire);

/* wire.c: the port for a route, opened at the first need; NULL: memory. */
struct wire_port *wire_port_for(struct wire *wire, const struct route *route, bool by_kernel);
/* Puts whole frames (link header included) into the batch. ERROR_LIMIT, ERROR_SYSTEM,
 * ERROR_RANGE. */
int wire_queue(struct wire *wire, struct wire_port *port, const uint8_t *bytes, size_t count);
/* Room for so many frames and bytes? Flushes to make it. */
bool wire_has_room(struct wire *wire, struct wire_port *port, size_t frames, size_t bytes);

#endif
