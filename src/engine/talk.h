/* Raw packets with one host outside of its port scan: OS detection, the path to it,
 * later scripts. A talk finds the way, sends packets exactly as they are given, and hears
 * what comes from the host and every ICMP error about what was sent to it. Which
 * answer belongs to which question is its user's to know. Private to a run's stages
 * and what they hand talks to.
 *
 * Memory: about 200 bytes a talk; no descriptor. */
#ifndef PORTOLAN_ENGINE_TALK_H
#define PORTOLAN_ENGINE_TALK_H

#include "engine/target.h"
#include "net/route.h"
#include "packet/packet.h"
#include "util/loop.h"

struct wire;
struct hop;
struct timing;

/* All talks of a run; borrows the run's wire. */
struct talks;
struct talk;

/* Source ports that the links let answers in for, beside those of the port scan. */
#define TALK_PORTS 1024u

struct talks_config {
	struct wire *wire;
	struct loop *loop;
	uint16_t first_port; /* of TALK_PORTS of them; with -g the only one */
	bool one_port;       /* -g */
	/* Called before each packet: how long it must wait for the plan's rate; 0: not at all.
	 * NULL: no such limit. sent() is told afterwards, answered() by talk_answered(); both may
	 * be NULL. */
	uint64_t (*wait_ns)(void *self);
	void (*sent)(void *self);
	void (*answered)(void *self);
	void *self;
};

int talks_new(const struct talks_config *config, struct talks **ret_talks); /* ERROR_MEMORY */
void talks_free(struct talks *talks); /* after the last talk_close(); NULL is fine */
/* For the owner of the wire: what came in, and that a next hop's state changed. */
void talks_hear(struct talks *talks, const struct packet *packet, uint64_t at_ns);
void talks_hop_changed(struct talks *talks, struct hop *hop);

enum talk_way {
	TALK_READY,  /* packets can be sent */
	TALK_ASKING, /* the next hop's hardware address is being asked for */
	TALK_LOST,   /* no route, no such neighbour, or the link is gone */
};

struct talk_config {
	struct ip_addr to;
	/* The way changed; from the loop, also once soon after talk_open(). */
	void (*way)(void *self, enum talk_way way);
	/* From the host itself, or an ICMP error from whoever about a packet to it: then
	 * `quoted` is what the error quotes, else NULL. Checksums of replies are not judged. at_ns
	 * is loop time, the kernel's own stamp where there is one. */
	void (*heard)(void *self, const struct packet *packet, const struct packet *quoted,
		      uint64_t at_ns);
	void *self;
};

int talk_open(struct talks *talks, const struct talk_config *config,
	      struct talk **ret_talk); /* ERROR_MEMORY */
void talk_close(struct talk *talk);    /* NULL is fine; nothing is called any more */

enum talk_way talk_way(const struct talk *talk);
/* Where it goes; NULL: no route. Its source is our address, route->local our own machine. */
const struct route *talk_route(const struct talk *talk);
/* Is it on the link itself, with no router between? */
bool talk_is_neighbour(const struct talk *talk);

/* A source port of the reserved ones: number `place` (mod TALK_PORTS); with -g always that. */
uint16_t talk_port(const struct talks *talks, unsigned place);

/* Sends now. TTL, IP ID and everything else are as in the packet (no --ttl, --data,
 * --ip-options); its addresses are filled in, decoys, --badsum, -f and the gate apply. The TTL 0 is
 * drawn from 37 to 59, or that of --ttl. *ret_sent_ns (may be NULL) is loop time. 0;
 * ERROR_LIMIT: not just now (*ret_wait_ns, may be NULL, says when to come back); ERROR_EXCLUDED:
 * the gate; ERROR_SYSTEM: the way is lost; ERROR_RANGE: the packet cannot be built. */
int talk_send(struct talk *talk, struct packet *packet, uint64_t *ret_sent_ns,
	      uint64_t *ret_wait_ns);
/* What was heard answers a packet that was sent: for the run's counts. */
void talk_answered(struct talk *talk);

#endif
