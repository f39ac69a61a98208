/* A scan technique is one const descriptor that answers every question about
 * itself: what it sends, what silence and each response mean. Ways to ask
 * whether a host is up are techniques too ("pings"): most are scan techniques
 * put to that use. The registries are technique/all.def (scans) and
 * technique/pings.def (what only discovery uses). */
#ifndef PORTOLAN_ENGINE_TECHNIQUE_H
#define PORTOLAN_ENGINE_TECHNIQUE_H

#include "engine/flow.h"
#include "engine/payloads.h"
#include "engine/verdict.h"
#include "net/transport.h"
#include "packet/packet.h"

/* How a technique asks, which is also how its responses are told apart. */
enum probe_kind {
	PROBE_FLOW,      /* a connection: the kernel's sockets */
	PROBE_TCP,       /* ports, and the cookie in seq or ack */
	PROBE_UDP,       /* ports */
	PROBE_SCTP,      /* ports, and the cookie in the vtag */
	PROBE_ICMP,      /* the identifier, from the cookie */
	PROBE_PROTOCOL,  /* the IP protocol number is the port */
	PROBE_NEIGHBOUR, /* ARP or neighbour discovery: the address */
};

#define PROBE_SCRATCH_BYTES 32u

/* One probe to be built. The technique fills in everything of the packet but
 * the IP header's addresses, TTL, identification and options. */
struct probe_request {
	struct ip_addr from, to;
	uint16_t port;     /* or IP protocol number */
	uint16_t src_port; /* tells the attempt */
	/* A MAC over target and port, with the attempt in its low bits: TCP puts it in
	 * seq, and in ack too when ACK is set; SCTP in the vtag or the initiate
	 * tag; ICMP its low 16 bits in the identifier. Never 0. */
	uint32_t cookie;
	int scan_flags; /* --scanflags: TCP flags instead of the technique's; -1 none */
	const struct payload *payload; /* UDP: one of the port's; NULL none */
	/* PROBE_SCRATCH_BYTES for a payload that differs from probe to probe; the
	 * packet points into it, so it must live as long. */
	uint8_t *scratch;
};

/* What came back and was matched to a probe: its addresses, ports and cookie
 * are right. */
struct response {
	const struct packet *packet; /* as it came */
	const struct packet *quoted; /* an ICMP error's quote of our probe; else NULL */
	bool from_target;            /* packet->ip.src is the probe's target */
	uint16_t port;               /* of the probe: for protocol scans the protocol asked */
	bool without_syn;            /* --scanflags took the SYN out of the probe */
};

struct scan_technique {
	const char *name;     /* "tcp-connect" */
	char letter;          /* of -s<letter>; 0: not a scan */
	const char *help;     /* one line for --help */
	const char *task;     /* "Connect Scan": progress lines, formats.md 2.14 */
	const char *scaninfo; /* "connect": XML scaninfo type; NULL: the DTD has none */
	enum transport transport;
	enum probe_kind probe;
	int order;          /* of execution, SC-19 */
	int scaninfo_order; /* of scaninfo elements, formats.md 4.3 */
	struct verdict on_silence;
	/* PROBE_FLOW: the verdict of a finished connection attempt. PORT_UNKNOWN:
	 * none (ask again). */
	struct verdict (*judge_flow)(const struct flow_event *event);
	/* The others: the probe's packet, and what a response says. PORT_UNKNOWN:
	 * nothing, the probe stays open. ttl, from, attempt and rtt_us are filled in
	 * by the caller. NULL build: PROBE_NEIGHBOUR, whose frames the wire builds (its
	 * judge asks only for the family of packet->ip.src), and idle. */
	void (*build)(const struct probe_request *request, struct packet *ret_packet);
	struct verdict (*judge)(const struct response *seen);
	/* What a response says, besides, of another port of its host. NULL: none of
	 * this technique's ever does. False: this one does not. */
	bool (*also)(const struct response *seen, uint16_t *ret_port, struct verdict *ret_verdict);
	/* An open port answers with a SYN-ACK, a closed one with a RST: engine/liars.h looks
	 * at such answers. */
	bool handshake;
	/* No probe of its own is judged: engine/idle.h runs it (build and judge are NULL). */
	bool idle;
};

/* All scan techniques, by order. */
const struct scan_technique *const *technique_all(size_t *ret_count);
/* All that only discovery uses. */
const struct scan_technique *const *ping_all(size_t *ret_count);
const struct scan_technique *technique_by_letter(char letter);    /* NULL */
const struct scan_technique *technique_by_name(const char *name); /* scans and pings; NULL */

#endif
