/* The way out and in for packets: finds the route and the hardware address,
 * fills in the IP header, applies what the user wants of packets (features.md
 * section 9), passes the gate, and hands frames to links in batches; what
 * comes in is taken apart and given to one listener. Knows no probes: the raw
 * half of the sender and the sweep are above it, links below.
 *
 * Memory: 120 bytes a next hop in use, 516 KiB of batch a link. */
#ifndef PORTOLAN_ENGINE_WIRE_H
#define PORTOLAN_ENGINE_WIRE_H

#include "engine/gate.h"
#include "engine/plan.h"
#include "net/link.h"
#include "net/route.h"
#include "packet/ethernet.h"

struct wire;

/* Where routes and links come from: the machine (wire_system.c), or a simulated
 * network. All functions may be called at any time; what they give is theirs and stays
 * valid as long as the ways do. */
struct wire_ways {
	int (*route)(void *self, const struct ip_addr *to, const struct route **ret_route);
	/* What the system knows already; NULL: nothing. */
	bool (*neighbour)(void *self, unsigned interface, const struct ip_addr *addr,
			  struct mac_addr *ret_mac);
	/* A link on the route's interface; the caller frees it. `ip_layer`: IP packets are
	 * wanted even where frames could be sent. ret_mac: our hardware address on it. */
	int (*open)(void *self, const struct route *route, bool ip_layer,
		    const struct link_config *config, struct link **ret_link,
		    struct mac_addr *ret_mac, struct diag *diag);
	void *self;
};

/* A next hop: the target itself, or a gateway that many targets share. */
struct hop;

enum hop_state {
	HOP_READY,  /* packets can be sent */
	HOP_ASKING, /* its hardware address is being asked for */
	HOP_SILENT, /* it did not answer */
	HOP_BROKEN, /* the link is gone, or could not be opened */
};

struct wire_config {
	struct loop *loop;
	struct gate *gate;
	const struct wire_ways *ways;
	const struct plan *plan;
	/* The ports that probes are sent from, for the links' filters. */
	uint16_t first_port, last_port;
	bool all_protocols; /* protocol scans: hear them all */
	/* A packet came in that is no neighbour's answer. */
	void (*heard)(void *self, const struct packet *packet, uint64_t at_ns);
	/* A neighbour told its hardware address, asked or not. */
	void (*neighbour)(void *self, const struct ip_addr *addr, const struct mac_addr *mac,
			  bool has_mac, uint64_t at_ns);
	/* The packet that it told it with, over IPv6; afterwards. NULL: not wanted. */
	void (*advertisement)(void *self, const struct packet *packet, uint64_t at_ns);
	/* A hop's state changed. */
	void (*hop_changed)(void *self, struct hop *hop);
	/* A sentence for people: a link was lost or could not be opened. */
	void (*warn)(void *self, const char *text);
	void *self;
};

int wire_new(const struct wire_config *config, struct wire **ret_wire);
void wire_free(struct wire *wire); /* NULL is fine */

/* The hop towards `to`, one reference more. *ret_route is where it goes.
 * ERROR_NOT_FOUND: no route. */
int wire_hop(struct wire *wire, const struct ip_addr *to, struct hop **ret_hop,
	     const struct route **ret_route);
/* The same, but all neighbours of a link share one hop: the kernel finds their
 * hardware addresses. For sweeps, which cannot wait for each. */
int wire_hop_shared(struct wire *wire, const struct ip_addr *to, struct hop **ret_hop,
		    const struct route **ret_route);
void hop_unref(struct wire *wire, struct hop *hop); /* NULL is fine */
enum hop_state hop_state(const struct hop *hop);
/* Is it the target's own link, where neighbours are found by ARP or ND? */
bool hop_is_neighbour(const struct hop *hop);
bool hop_mac(const struct hop *hop, struct mac_addr *ret_mac);
/* Asks for its hardware address (a few times, then HOP_SILENT). HOP_READY hops
 * and those being asked are left alone. */
void hop_resolve(struct wire *wire, struct hop *hop);

/* Sends a packet: addresses, TTL, identification and options of the IP header are
 * filled in here (ip.protocol, kind and the rest are the caller's; ip.ttl 0: as the plan says,
 * else random 37 to 59). Once per decoy. 0; ERROR_EXCLUDED (the gate), ERROR_LIMIT (no
 * room just now: later), ERROR_SYSTEM (the hop is broken), ERROR_RANGE (too long). */
int wire_send(struct wire *wire, struct hop *hop, const struct route *route,
	      const struct ip_addr *to, struct packet *packet);
/* The same, but all is as the packet has it: no --ttl, --data, --ip-options; a TTL or an
 * IPv4 identification of 0 is drawn as above. For probes whose form is the question. */
int wire_send_exactly(struct wire *wire, struct hop *hop, const struct route *route,
		      const struct ip_addr *to, struct packet *packet);
/* The same in another's name: from packet->ip.src to packet->ip.dst as they are, once (no
 * decoys). The gate is asked for the destination. */
int wire_send_as(struct wire *wire, struct hop *hop, struct packet *packet);
/* One ARP request or neighbour solicitation for `to` on its link. As above. */
int wire_ask_neighbour(struct wire *wire, struct hop *hop, const struct route *route,
		       const struct ip_addr *to);
/* For the sweep, which stamps frames itself: room for one of at most `most` bytes
 * in the batch of the hop's link (NULL: no room just now), then its length. The
 * Ethernet header, where the link has one (hop_header() gives its length), is
 * part of the frame. The gate is the caller's to ask: wire_allows(). */
uint8_t *wire_room(struct wire *wire, struct hop *hop, size_t most);
void wire_put(struct wire *wire, struct hop *hop, size_t bytes);
size_t hop_header(const struct hop *hop, const struct ip_addr *to, uint8_t *ret_header);
bool wire_allows(struct wire *wire, const struct ip_addr *to, enum transport transport,
		 uint16_t port);

/* What was sent leaves now, not at the end of the turn. */
void wire_flush(struct wire *wire);
/* Hears what has come in. */
void wire_poll(struct wire *wire);

struct wire_stats {
	uint64_t sent, sent_bytes, received, received_bytes;
	uint64_t dropped_sending, dropped_receiving;
};
void wire_stats(const struct wire *wire, struct wire_stats *ret_stats);

/* Everything that is sent and heard, from the IP header on or, with
 * `ethernet`, from the frame's (ARP). For --packet-trace and --pcap. */
typedef void wire_tap(void *self, bool sent, bool ethernet, const uint8_t *bytes, size_t count);
void wire_set_tap(struct wire *wire, wire_tap *tap, void *self); /* NULL: off */

#endif
