/* The simulated packet network: a link whose far end is a script. The raw engine
 * sends real packets into it and hears real packets back, on the simulated loop's frozen
 * clock; the same seed and the same sending give the same run, bit for bit.
 *
 * A scenario is plain structs. Hosts come as ranges, first match wins, and a
 * range of a million costs nothing; only what was talked to and has a limit or
 * a counter is remembered. Everything but `loss`-like shares may change with time:
 * list the same range (or port) twice with from_ns and until_ns.
 * All arrays are borrowed for the link's life. Zero is the harmless value everywhere. */
#ifndef PORTOLAN_ENGINE_LINK_SIM_H
#define PORTOLAN_ENGINE_LINK_SIM_H

#include "net/link.h"
#include "net/route.h"
#include "net/transport.h"
#include "packet/packet.h"

/* Token bucket. per_s 0: no limit. A burst of 0 counts as 1. */
struct link_sim_rate {
	uint32_t per_s, burst;
};

/* Of the simulated time; until_ns 0: for ever. */
struct link_sim_span {
	uint64_t from_ns, until_ns;
};

/* --- paths --- */

/* One direction of a path, in the order in which things befall a packet. */
struct link_sim_way {
	struct link_sim_rate policer; /* packets a second; drops what is beyond */
	uint64_t bits_per_s;          /* a slow line with a queue of ... */
	size_t queue_bytes;           /* ... so much, with what is on the line; tail drop */
	double loss;                  /* share, 0..1, of what is lost at random */
	uint64_t delay_ns, jitter_ns; /* on top of the host's; jitter is uniform */
	double reordered;             /* share that is delayed by reorder_ns more */
	uint64_t reorder_ns;
	double duplicated; /* share that arrives twice */
};

/* Limits and queues are one for all packets of the path: of the scenario, or
 * of the host entry that has its own. */
struct link_sim_path {
	struct link_sim_way out, back;
};

/* --- hosts --- */

enum link_sim_ipid {
	LINK_SIM_IPID_ZERO, /* and "don't fragment" */
	LINK_SIM_IPID_RANDOM,
	LINK_SIM_IPID_INCREMENTAL, /* one counter for all: a zombie */
	LINK_SIM_IPID_BY_TWO,
	LINK_SIM_IPID_BYTE_SWAPPED,
	LINK_SIM_IPID_PER_PEER, /* a counter for each peer: no zombie */
};

/* How TCP treats what RFC 9293 leaves odd. */
enum link_sim_tcp {
	LINK_SIM_TCP_RFC,     /* FIN, NULL, Xmas: open is silent, closed resets */
	LINK_SIM_TCP_WINDOWS, /* they are reset either way */
	LINK_SIM_TCP_BSD,     /* as RFC; FIN|ACK to an open port is dropped, too (Maimon) */
};

enum link_sim_answers {
	LINK_SIM_ECHO = 1, /* ICMP and ICMPv6 */
	LINK_SIM_TIMESTAMP = 2,
	LINK_SIM_MASK = 4,
};

struct link_sim_stack {
	uint8_t ttl;      /* initial */
	unsigned answers; /* enum link_sim_answers */
	enum link_sim_tcp tcp;
	enum link_sim_ipid ipid;
	uint16_t window, mss;     /* of a SYN-ACK; mss 0: no options */
	uint16_t rst_window_open; /* of the RST to an ACK: what the window scan looks at */
	uint16_t rst_window_closed;
	unsigned synack_repeats; /* after 1, 3, 7 ... s, as if our RST never came */
	bool sctp;               /* else SCTP is an unknown protocol */
	bool adler32;            /* SCTP's old checksum is fine, too */
	size_t quote_bytes;      /* of a packet after its IPv4 header, in ICMP errors; >= 8 */
	/* Each host has its own of these. */
	struct link_sim_rate any;      /* whatever it sends */
	struct link_sim_rate rst;      /* RSTs */
	struct link_sim_rate icmp;     /* ICMP errors, to all */
	struct link_sim_rate icmp_one; /* ICMP errors, to each destination */
};

/* Answers everything, without limits. */
extern const struct link_sim_stack link_sim_plain;
/* Linux 6: ICMP errors 1000/s (50 at once), and 1/s (6 at once) to one destination. */
extern const struct link_sim_stack link_sim_linux;
extern const struct link_sim_stack link_sim_windows;
extern const struct link_sim_stack link_sim_bsd;
/* A printer of old: one counter for the IP identification. */
extern const struct link_sim_stack link_sim_zombie;

enum link_sim_state {
	LINK_SIM_CLOSED, /* RST, ABORT, port or protocol unreachable */
	LINK_SIM_OPEN,
	LINK_SIM_SILENT,
	LINK_SIM_REJECTED, /* ICMP error of icmp_type and icmp_code from `router` */
};

struct link_sim_port {
	enum transport transport;
	uint16_t first, last;
	enum link_sim_state state;
	uint8_t icmp_type, icmp_code;
	struct ip_addr router; /* IP_NONE: the host itself */
	/* UDP and protocols without ports, open: what it says; NULL: nothing. */
	const void *answer;
	size_t answer_bytes;
	bool wants_payload; /* says it only to a probe that has a payload */
	struct link_sim_span when;
};

/* What answers for ports that ports[] does not name. */
enum link_sim_lie {
	LINK_SIM_HONEST,
	LINK_SIM_ALL_OPEN,     /* the host's own stack, every TCP port open */
	LINK_SIM_SYN_PROXY,    /* SYN-ACK, window 0, no options, lie_ttl; else silent */
	LINK_SIM_RST_FIREWALL, /* a RST to every TCP packet, checksum or not, lie_ttl */
	LINK_SIM_TARPIT,       /* SYN-ACK with a window of 10; then ACKs with window 0 */
};

/* Shares of answers. Forged copies come before the true answer, and where a
 * probe gets no answer, alone: then they say "open". */
struct link_sim_garbage {
	double wrong_cookie; /* ack, seq, vtag, identifier, quoted likewise */
	double wrong_port;   /* of the host's; quoted likewise */
	double wrong_source; /* another address (not for ICMP errors) */
	double contradicted; /* TCP: the opposite follows after contradicted_ns */
	uint64_t contradicted_ns;
	double late; /* true answers that take late_ns longer */
	uint64_t late_ns;
};

struct link_sim_host {
	struct ip_addr first, last; /* a range of equal hosts */
	struct link_sim_span when;
	/* Does not answer for itself: its router says "host unreachable". */
	bool unreachable;
	uint8_t distance;      /* routers on the way */
	struct ip_addr router; /* the first of them (the next ones have the next addresses);
				* IP_NONE: they do not say that the TTL is exceeded */
	/* In its place, all of them, one by one: `distance` addresses, those that are
	 * IP_NONE keep silent. NULL: as `router` says. */
	const struct ip_addr *routers;
	uint8_t back_distance; /* routers on the way back; 0: as many as on the way there */
	uint64_t rtt_ns, jitter_ns;
	struct mac_addr mac;                /* on-link; zero: link_sim_mac() of the address */
	const struct link_sim_stack *stack; /* NULL: link_sim_plain */
	const struct link_sim_port *ports;  /* first match wins */
	size_t ports_count;
	/* Ports not named. TRANSPORT_IP: protocols but TCP, UDP, ICMP and (where
	 * the stack has it) SCTP, which are there unless named otherwise. */
	enum link_sim_state otherwise[TRANSPORTS];
	enum link_sim_lie lie;
	uint8_t lie_ttl;                        /* as it arrives */
	const struct link_sim_path *path;       /* NULL: the scenario's */
	const struct link_sim_garbage *garbage; /* NULL: the scenario's */
};

/* --- the scenario --- */

struct link_sim_prefix {
	struct ip_addr addr;
	unsigned bits;
};

enum link_sim_tap {
	LINK_SIM_SENT,    /* link_send() took it */
	LINK_SIM_ARRIVED, /* at a host that is there; IP packet only */
	LINK_SIM_HEARD,   /* by us */
};

struct link_sim_config {
	struct link_config link;
	enum link_layer layer;
	unsigned interface, mtu; /* mtu 0: 1500 */
	/* The machine: its addresses, and for LINK_ETHERNET what is on the link. */
	struct mac_addr mac;
	const struct ip_addr *own;
	size_t own_count;
	const struct link_sim_prefix *on_link;
	size_t on_link_count;
	struct ip_addr gateway_v4, gateway_v6;
	struct mac_addr gateway_mac;
	/* The network. Packets to addresses without a host go nowhere. */
	const struct link_sim_host *hosts; /* first match wins; found by halves when all
					    * are in order and none overlap */
	size_t hosts_count;
	struct link_sim_path path;
	struct link_sim_garbage garbage;
	/* Our own side: the card's queue (link_send() takes fewer), the share of calls that
	 * find it nearly full for other reasons, the ring that we hear from. */
	struct link_sim_rate card;
	double full;
	struct link_sim_rate ring;
	uint64_t lost_at_ns; /* the interface goes down; 0: never */
	uint64_t seed;
	/* Sees every packet, in the order of time; NULL none. */
	void (*tap)(void *self, uint64_t at_ns, enum link_sim_tap where, const uint8_t *bytes,
		    size_t count);
	void *tap_self;
};

/* Not from inside link.heard: link_free(). ERROR_MEMORY. */
int link_sim_new(const struct link_sim_config *config, struct link **ret_link);

/* The truth. */
struct link_sim_way_truth {
	/* entered + duplicated = policed + queue_full + lost + delivered, and what is
	 * still under way. Delivered is what came to the other end, wanted or not. */
	uint64_t entered, policed, queue_full, lost, duplicated, delivered;
	uint64_t reordered;
};
struct link_sim_truth {
	struct link_sim_way_truth out, back;
	uint64_t refused;      /* link_send() took fewer: by how many */
	uint64_t too_long;     /* frames beyond the MTU; dropped */
	uint64_t unparsable;   /* no packet, or cut short */
	uint64_t bad_checksum; /* the host dropped it */
	uint64_t wrong_mac;    /* nobody has this hardware address */
	uint64_t to_nowhere;   /* no host there */
	uint64_t to_others;    /* answers to addresses that are neither ours nor a host's */
	uint64_t answers;      /* the hosts' own, forged ones apart */
	uint64_t any_limited, rst_limited, icmp_limited;
	uint64_t expired; /* TTL used up on the way */
	uint64_t forged, late, contradicted;
	uint64_t filtered;  /* link_filter() kept it from us */
	uint64_t ring_full; /* so did the ring */
	uint64_t no_memory; /* packets dropped for want of memory */
};
void link_sim_truth(const struct link *link, struct link_sim_truth *ret_truth);

/* --- in place of the kernel's routes --- */

/* As router_lookup(): false when there is no way. */
bool link_sim_route(const struct link *link, const struct ip_addr *to, struct route *ret_route);
/* The interface as interfaces_read() would give it; addrs has room for own_count. */
void link_sim_interface(const struct link *link, struct interface_addr *addrs,
			struct interface *ret_interface);
/* As router_neighbour(): the kernel knows the gateway. */
bool link_sim_neighbour(const struct link *link, const struct ip_addr *addr,
			struct mac_addr *ret_mac);
/* The hardware address that hosts have by default: 02 and bytes of the address. */
struct mac_addr link_sim_mac(const struct ip_addr *addr);

#endif
