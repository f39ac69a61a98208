/* What the parts of the simulated packet network share. For link_sim*.c only.
 *
 *   link_sim.c            the link: sending, hearing, filter, life
 *   link_sim_queue.c      what is under way, by time
 *   link_sim_path.c       what befalls a packet between here and there
 *   link_sim_host.c       arrival: which host, does it take the packet
 *   link_sim_fragments.c  fragments become a packet
 *   link_sim_stack.c      what a host's stack says to TCP, UDP, ICMP
 *   link_sim_sctp.c       and to SCTP
 *   link_sim_answer.c     an answer's way into the path: limits, TTL, identification
 *   link_sim_garbage.c    forged answers
 *   link_sim_neighbour.c  ARP and neighbour discovery
 *   link_sim_route.c      in place of the kernel's routes
 */
#ifndef PORTOLAN_ENGINE_LINK_SIM_IMPL_H
#define PORTOLAN_ENGINE_LINK_SIM_IMPL_H

#include "engine/link_sim.h"
#include "packet/ethernet.h"
#include "util/hash.h"
#include "util/random.h"

/* --- pieces --- */

struct sim_bucket {
	uint64_t level; /* tokens * 1e9, so that every whole rate is exact */
	uint64_t at_ns;
	bool begun; /* else full */
};
/* Takes one token if there is one. */
bool sim_take(struct sim_bucket *bucket, const struct link_sim_rate *rate, uint64_t now_ns);

/* Of a host, or of a host with one peer. */
struct sim_memory {
	struct sim_bucket any, rst, icmp;
	uint16_t ipid;
};

struct sim_way_state {
	struct sim_bucket policer;
	uint64_t busy_until_ns;
};
struct sim_path_state {
	struct sim_way_state out, back;
};

/* --- what is under way --- */

enum sim_event {
	SIM_ARRIVES, /* at its destination's host */
	SIM_HEARD,   /* by us */
	SIM_LOST,    /* the interface goes down */
};

#define SIM_INLINE_BYTES 128 /* most probes and answers; longer ones are on the heap */

struct sim_slot {
	enum sim_event event;
	uint32_t count;
	uint8_t *big; /* NULL: the bytes are inline */
	struct sim_slot *next_free;
	uint8_t bytes[SIM_INLINE_BYTES];
};

struct sim_pending {
	uint64_t due_ns, order;
	struct sim_slot *slot;
};

struct sim_chunk;

struct sim_queue {
	struct sim_pending *heap;
	size_t count, cap;
	uint64_t order;
	struct sim_slot *free;
	struct sim_chunk *chunks;
};

/* Copies the bytes. ERROR_MEMORY: the queue is as it was. */
int sim_queue_add(struct sim_queue *queue, uint64_t due_ns, enum sim_event event,
		  const uint8_t *bytes, size_t count);
/* UINT64_MAX: empty. */
uint64_t sim_queue_due_ns(const struct sim_queue *queue);
/* The first; give it back with sim_queue_recycle(). Not when empty. */
struct sim_slot *sim_queue_take(struct sim_queue *queue);
void sim_queue_recycle(struct sim_queue *queue, struct sim_slot *slot);
void sim_queue_release(struct sim_queue *queue);

static inline const uint8_t *sim_slot_bytes(const struct sim_slot *slot)
{
	return slot->big ? slot->big : slot->bytes;
}

/* --- fragments on their way to be one packet --- */

#define SIM_PARTIALS       8u
#define SIM_PARTIAL_HEADER 60u
#define SIM_PARTIAL_BYTES  2048u
#define SIM_UNIT_BYTES     8u

struct sim_partial {
	uint8_t id[2], addrs[8], protocol;
	bool used;
	size_t header_bytes; /* of the first fragment; 0: not here yet */
	size_t whole_bytes;  /* after the header; 0: not known yet */
	size_t units;        /* that are there */
	bool has[SIM_PARTIAL_BYTES / SIM_UNIT_BYTES];
	uint8_t bytes[SIM_PARTIAL_HEADER + SIM_PARTIAL_BYTES]; /* the header ends at HEADER */
};

/* --- the network --- */

struct link_sim {
	struct link base;
	struct link_sim_config config;
	size_t header_bytes; /* of the link layer */
	bool hosts_in_order; /* by address, no two with the same one: they can be searched */
	struct random random;
	struct timer timer; /* set exactly when something is under way */
	struct sim_queue queue;
	struct sim_path_state *paths; /* [0] the scenario's, [1 + i] that of hosts[i] */
	struct hash_map *memories;    /* host and peer -> struct sim_memory */
	struct sim_bucket card, ring;
	bool down;
	bool filters, filter_all_protocols;
	uint16_t filter_first, filter_last;
	struct link_stats stats;
	struct link_sim_truth truth;
	struct sim_partial *partials; /* NULL: there was no fragment yet */
	size_t partials_next;
	uint8_t *scratch; /* where answers are built: header_bytes and a packet */
};

/* A probe at its host, on the way to its answer. */
struct sim_exchange {
	struct link_sim *sim;
	const struct link_sim_host *host;
	const struct link_sim_stack *stack;
	const struct packet *probe;
	const uint8_t *bytes; /* the probe's, from the IP header on */
	size_t count;
	uint64_t now_ns;
	struct mac_addr mac; /* whose frames answers are in */
	bool answered;
};

bool sim_chance(struct link_sim *sim, double share);
/* Arms the loop's timer for the queue's first; see link_sim.c. */
int sim_arm(struct link_sim *sim);
bool sim_is_during(const struct link_sim_span *span, uint64_t now_ns);
bool sim_hosts_are_in_order(const struct link_sim_config *config);
/* NULL: nobody. */
const struct link_sim_host *sim_find_host(const struct link_sim *sim, const struct ip_addr *addr,
					  uint64_t now_ns);
bool sim_is_own(const struct link_sim *sim, const struct ip_addr *addr);
bool sim_is_on_link(const struct link_sim *sim, const struct ip_addr *addr);
struct mac_addr sim_mac_of(const struct link_sim *sim, const struct link_sim_host *host,
			   const struct ip_addr *addr);

/* A frame's way out to the host, or back from it, from `from_ns` on; extra_ns is
 * waited at the far end. `host` may be NULL: nobody has the address. */
void sim_travel_out(struct link_sim *sim, const struct link_sim_host *host, uint64_t from_ns,
		    const uint8_t *bytes, size_t count);
void sim_travel_back(struct link_sim *sim, const struct link_sim_host *host, uint64_t from_ns,
		     uint64_t extra_ns, const uint8_t *bytes, size_t count);
/* From one host to another, for what is spoofed: no path, only its delay. */
void sim_travel_between(struct link_sim *sim, const struct link_sim_host *to, uint64_t from_ns,
			const uint8_t *bytes, size_t count);

/* A frame is there. */
void sim_arrive(struct link_sim *sim, uint64_t now_ns, const uint8_t *bytes, size_t count);
/* True when a fragment was the last that its packet waited for; the bytes of the whole are
 * valid until the next fragment. */
bool sim_reassemble(struct link_sim *sim, const struct packet *packet, const uint8_t *ip,
		    size_t count, const uint8_t **ret_whole, size_t *ret_count);
/* Frames that are no IP, and packets that ask for a neighbour: true when it was one. */
void sim_arp(struct link_sim *sim, uint64_t now_ns, const uint8_t *bytes, size_t count);
bool sim_nd(struct link_sim *sim, uint64_t now_ns, const struct packet *packet);

/* Says what the stack says. */
void sim_stack(struct sim_exchange *exchange);
void sim_sctp(struct sim_exchange *exchange);

/* The state of a port (or protocol), and its entry where it has one. */
enum link_sim_state sim_port_state(const struct sim_exchange *exchange, enum transport transport,
				   uint16_t port, const struct link_sim_port **ret_port);

/* An empty answer of the probe's kind: addresses and ports turned round. */
struct packet sim_reply(const struct sim_exchange *exchange);
/* What TCP says; the window of a RST is the caller's. */
struct packet sim_syn_ack(const struct sim_exchange *exchange);
struct packet sim_rst(const struct sim_exchange *exchange);
struct packet sim_init_ack(const struct sim_exchange *exchange);

/* Sends an answer within the host's limits. Fills in the identification, and the TTL where
 * it is 0. */
void sim_answer(struct sim_exchange *exchange, struct packet *answer);
/* An ICMP error of either family, from the host or (not IP_NONE) a router. */
void sim_error(struct sim_exchange *exchange, const struct ip_addr *from, uint8_t type,
	       uint8_t code, uint32_t rest);
/* A named port's own error, or the family's usual one for it. */
void sim_reject(struct sim_exchange *exchange, const struct link_sim_port *port);
/* Builds the packet into a frame of the host and lets it travel. */
void sim_launch(struct sim_exchange *exchange, const struct packet *answer, uint64_t extra_ns);

/* Forged copies of `answer`; and answers in the name of a host that says nothing. */
void sim_forge(struct sim_exchange *exchange, const struct packet *answer);
void sim_forge_alone(struct sim_exchange *exchange);

#endif
