/* The idle scan (features.md SC-14 to SC-16): what a target answers to packets
 * in a zombie's name moves the zombie's packet counter, which anyone may ask for.
 *
 * A state machine without I/O or clock: the caller sends what
 * idle_next_packet() gives, hands in what comes from the zombie, and comes back
 * at idle_wake_ns(). One zombie, one target after the other. IPv4 only. */
#ifndef PORTOLAN_ENGINE_IDLE_H
#define PORTOLAN_ENGINE_IDLE_H

#include "engine/idle_ids.h"
#include "engine/timing.h"
#include "engine/verdict.h"
#include "packet/packet.h"

enum idle_status {
	IDLE_READY,   /* for a target: none yet, or all ports of the last have verdicts */
	IDLE_WORKING, /* looks at the zombie (once), or scans */
	IDLE_FAILED,  /* for good: idle_why() */
};

struct idle_config {
	struct ip_addr own, zombie;
	uint16_t zombie_port;        /* any; open or closed, it must reset a SYN-ACK */
	uint16_t src_port;           /* we ask from this and the 255 ports above: at most 65280 */
	bool one_port;               /* all from src_port: -g */
	uint32_t group_max;          /* ports at once, --max-parallelism; 0: 100 */
	const struct timing *timing; /* kept */
	uint64_t seed;
	/* Every port's verdict, once: open or closed|filtered. */
	void (*verdict)(void *self, uint16_t port, const struct verdict *verdict);
	void *self;
};

struct idle;

/* NULL when memory is short. Free with idle_free(). */
struct idle *idle_new(const struct idle_config *config);
void idle_free(struct idle *idle); /* NULL is fine */

/* Scans the next target; the idle must be IDLE_READY. The first one's name is
 * also used to see whether packets in another's name reach the zombie. `ports`
 * is kept until it is ready again. */
void idle_scan(struct idle *idle, const struct ip_addr *target, const uint16_t *ports, size_t count,
	       uint64_t now_ns);

/* Leaves the target where it is: IDLE_READY, no more verdicts. Nothing to do when
 * IDLE_FAILED. */
void idle_stop(struct idle *idle);

/* The next packet that is to leave now; all is filled in but TTL and
 * identification. Source addresses are not always ours. Call until false. */
bool idle_next_packet(struct idle *idle, uint64_t now_ns, struct packet *ret_packet);
/* A packet came in; others' are ignored. Then ask for the next packet. */
void idle_heard(struct idle *idle, uint64_t now_ns, const struct packet *packet);
/* When idle_next_packet() should be called at the latest; UINT64_MAX: never. */
uint64_t idle_wake_ns(const struct idle *idle);

enum idle_status idle_status(const struct idle *idle);
const char *idle_why(const struct idle *idle);      /* IDLE_FAILED: a sentence's end */
enum ids_class idle_class(const struct idle *idle); /* of the zombie, once looked at */
bool idle_is_checked(const struct idle *idle);      /* it was found to be of use */
uint64_t idle_ports_done(const struct idle *idle);  /* of this target */

#endif
