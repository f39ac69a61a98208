/* What a port or a host is found to be, and why (features.md SC-20,
 * formats.md 4.4). A verdict is a state and its reason, never one alone. */
#ifndef PORTOLAN_ENGINE_VERDICT_H
#define PORTOLAN_ENGINE_VERDICT_H

#include "net/ip.h"

#include <stdint.h>

/* The numbers order equal counts in "Not shown" (formats.md 2.5). */
enum port_state {
	PORT_UNKNOWN = 0,
	PORT_CLOSED = 1,
	PORT_OPEN = 2,
	PORT_FILTERED = 3,
	PORT_UNFILTERED = 6,
	PORT_OPEN_FILTERED = 7,
	PORT_CLOSED_FILTERED = 8,
	PORT_STATES
};

enum host_state { HOST_UNKNOWN, HOST_UP, HOST_DOWN, HOST_SKIPPED };

/*        name                 text */
#define REASON_LIST(X)                                \
	X(RESET, "reset")                             \
	X(CONN_REFUSED, "conn-refused")               \
	X(SYN_ACK, "syn-ack")                         \
	X(SPLIT_HANDSHAKE_SYN, "split-handshake-syn") \
	X(UDP_RESPONSE, "udp-response")               \
	X(PROTO_RESPONSE, "proto-response")           \
	X(PERM_DENIED, "perm-denied")                 \
	X(NET_UNREACH, "net-unreach")                 \
	X(HOST_UNREACH, "host-unreach")               \
	X(PROTO_UNREACH, "proto-unreach")             \
	X(PORT_UNREACH, "port-unreach")               \
	X(ECHO_REPLY, "echo-reply")                   \
	X(DEST_UNREACH, "dest-unreach")               \
	X(SOURCE_QUENCH, "source-quench")             \
	X(NET_PROHIBITED, "net-prohibited")           \
	X(HOST_PROHIBITED, "host-prohibited")         \
	X(ADMIN_PROHIBITED, "admin-prohibited")       \
	X(TIME_EXCEEDED, "time-exceeded")             \
	X(TIMESTAMP_REPLY, "timestamp-reply")         \
	X(ADDRESSMASK_REPLY, "addressmask-reply")     \
	X(NO_IPID_CHANGE, "no-ipid-change")           \
	X(IPID_CHANGE, "ipid-change")                 \
	X(ARP_RESPONSE, "arp-response")               \
	X(ND_RESPONSE, "nd-response")                 \
	X(TCP_RESPONSE, "tcp-response")               \
	X(NO_RESPONSE, "no-response")                 \
	X(INIT_ACK, "init-ack")                       \
	X(ABORT, "abort")                             \
	X(LOCALHOST_RESPONSE, "localhost-response")   \
	X(SCRIPT_SET, "script-set")                   \
	X(UNKNOWN_RESPONSE, "unknown-response")       \
	X(USER_SET, "user-set")                       \
	X(NO_ROUTE, "no-route")                       \
	X(BEYOND_SCOPE, "beyond-scope")               \
	X(REJECT_ROUTE, "reject-route")               \
	X(PARAM_PROBLEM, "param-problem")

enum reason {
#define REASON_ENUM(name, text) REASON_##name,
	REASON_LIST(REASON_ENUM)
#undef REASON_ENUM
		REASONS
};

struct verdict {
	uint8_t state;       /* enum port_state */
	uint8_t reason;      /* enum reason */
	uint8_t ttl;         /* of the response; 0 when not seen (connect scans) */
	uint8_t attempt;     /* which send was answered, from 1; 0 when none was */
	uint32_t rtt_us;     /* of that send; 0 when not measured */
	struct ip_addr from; /* who answered when not the target, else IP_NONE */
};

/* A verdict by its two halves, the rest 0; and none at all. */
static inline struct verdict verdict_of(enum port_state state, enum reason reason)
{
	return (struct verdict){.state = (uint8_t)state, .reason = (uint8_t)reason};
}

static inline struct verdict verdict_none(void)
{
	return (struct verdict){.state = PORT_UNKNOWN};
}

const char *port_state_name(enum port_state state); /* "open|filtered" ... */
const char *host_state_name(enum host_state state); /* "up", "down", "unknown", "skipped" */
const char *reason_name(enum reason reason);
/* Back from the texts; -1 when unknown. For the journal and for files. */
int port_state_parse(const char *text);
int reason_parse(const char *text);

#endif
