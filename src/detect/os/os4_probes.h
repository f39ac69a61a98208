/* The packets of IPv4 OS detection (os-detection.md A2, A3): what each of a round's probes
 * looks like. Knows no order of time, no network. */
#ifndef PORTOLAN_DETECT_OS_OS4_PROBES_H
#define PORTOLAN_DETECT_OS_OS4_PROBES_H

#include "packet/packet.h"

/* In the order in which they are sent. */
enum os4_probe {
	OS4_SEQ_1,
	OS4_SEQ_6 = OS4_SEQ_1 + 5,
	OS4_IE_1,
	OS4_IE_2,
	OS4_U1,
	OS4_OPS_1, /* SEQ 1 to 6 again, where they had no answer */
	OS4_OPS_6 = OS4_OPS_1 + 5,
	OS4_ECN,
	OS4_T1, /* SEQ 1 once more */
	OS4_T2,
	OS4_T3,
	OS4_T4,
	OS4_T5,
	OS4_T6,
	OS4_T7,
	OS4_PROBES
};

/* Which port of the target a probe goes to. */
enum os4_to { OS4_TO_OPEN, OS4_TO_CLOSED, OS4_TO_UDP, OS4_TO_NONE };
enum os4_to os4_probe_to(enum os4_probe probe);

/* TCP probes leave from ports 0 to 19 of a round, U1 from the one behind. */
#define OS4_PORTS 21u
/* The place among them; OS4_PORTS: a probe without ports. */
unsigned os4_probe_place(enum os4_probe probe);

/* What is drawn for a round, and where its probes go. */
struct os4_values {
	uint32_t seq, ack;            /* B and A */
	uint16_t echo_id;             /* of IE1; IE2 has the next */
	uint8_t udp_ttl;              /* of U1: 51 to 64 */
	uint16_t src_port[OS4_PORTS]; /* by place */
	uint16_t open, closed, closed_udp;
};

/* Addresses, and where TTL and IP ID are 0, they are the sender's to choose. The payload is
 * static. */
void os4_probe_build(enum os4_probe probe, const struct os4_values *values,
		     struct packet *ret_packet);

#endif
