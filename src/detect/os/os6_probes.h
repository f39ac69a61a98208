/* The probes of IPv6 OS detection (os-detection.md B1): their bytes and their order. Knows
 * no time and no answers. */
#ifndef PORTOLAN_DETECT_OS_OS6_PROBES_H
#define PORTOLAN_DETECT_OS_OS6_PROBES_H

#include "packet/packet.h"

/* In the order in which they are sent. */
#define OS6_PROBE_LIST(X) \
	X(S1)             \
	X(S2)             \
	X(S3)             \
	X(S4) X(S5) X(S6) X(IE1) X(IE2) X(NS) X(U1) X(TECN) X(T2) X(T3) X(T4) X(T5) X(T6) X(T7)

enum os6_probe {
#define OS6_PROBE_ENUM(name) OS6_##name,
	OS6_PROBE_LIST(OS6_PROBE_ENUM)
#undef OS6_PROBE_ENUM
		OS6_PROBES
};

#define OS6_SEQUENCE_PROBES 6u  /* S1 to S6 */
#define OS6_TCP_PROBES      13u /* S1 to S6, TECN, T2 to T7 */
#define OS6_FLOW_LABEL      0x12345u
#define OS6_ECHO_ID         0xabcdu

const char *os6_probe_name(enum os6_probe probe);
/* By name, not terminated; negative: there is none. */
int os6_probe_find(const char *name, size_t bytes);
/* Its place among the TCP probes; negative: it is none of them. */
int os6_probe_tcp(enum os6_probe probe);

/* What the probes to one host have in common. */
struct os6_base {
	struct ip_addr source, target;
	int32_t open_tcp, closed_tcp; /* negative: none, and its probes are left out */
	uint16_t udp_port;            /* ours for U1 */
	uint16_t closed_udp;
	uint16_t tcp_ports[OS6_TCP_PROBES]; /* ours */
	uint32_t seq;                       /* of S1; each TCP probe has the next */
	uint32_t acks[OS6_TCP_PROBES];
	uint8_t hop_limit; /* of all but NS */
};

/* May it be sent? `neighbour`: the target is on the link itself. */
bool os6_probe_applies(const struct os6_base *base, enum os6_probe probe, bool neighbour);

#define OS6_PAYLOAD_BYTES 300u

struct os6_packet {
	struct packet packet; /* points into payload: not to be moved */
	uint8_t payload[OS6_PAYLOAD_BYTES];
};

void os6_probe_make(const struct os6_base *base, enum os6_probe probe,
		    struct os6_packet *ret_packet);

#endif
