/* The parts of the simulated network, which flow_sim.c describes. For flow_sim*.c only. */
#ifndef PORTOLAN_ENGINE_FLOW_SIM_PRIVATE_H
#define PORTOLAN_ENGINE_FLOW_SIM_PRIVATE_H

#include "engine/flow_tls_private.h"
#include "util/hash.h"
#include "util/random.h"

enum sim_state {
	SIM_SYN_SENT,
	SIM_WAITING, /* accepted by the kernel; the server has its hands full */
	SIM_SERVED,
	SIM_SPENT, /* our budget is used up; told next */
	SIM_ENDED,
};

/* Bytes under way, or an end; in one direction these form a queue. */
struct sim_chunk {
	struct sim_chunk *next;
	uint64_t due_ns, drip_ns;
	enum flow_end end; /* NONE: bytes */
	bool is_round;     /* no bytes: the banner is said anew */
	size_t bytes, done;
	uint8_t data[];
};

struct sim_chunks {
	struct sim_chunk *first, *last;
};

/* How the script wants something to be said. */
struct sim_pace {
	uint64_t delay_ns, drip_ns;
};

/* A server that serves `most` at once. */
struct sim_service {
	unsigned served;
	struct sim_flow *waiting, **waiting_tail;
};

struct sim_flow {
	struct flow base;
	struct sim_flow *next, **link; /* all open flows of the network */
	struct timer timer;
	enum sim_state state;
	enum flow_end answer; /* NONE accepts; DEADLINE: no answer will come */
	bool is_udp, paused;
	const struct flow_sim_host *host; /* NULL: nobody */
	const struct flow_sim_port *port; /* NULL: not in the script */
	struct sim_service *service;      /* NULL: no limit */
	struct sim_flow *waiting_next, **waiting_link;
	struct sim_tls *tls; /* the server's side; NULL: in the clear */
	uint64_t rtt_ns, deadline_ns;
	uint64_t next_ns;          /* the next step of one that is not served yet */
	struct sim_chunks inbound; /* under way to us */
	struct sim_chunks unheard; /* sent by us before anybody listened */
	size_t unheard_bytes;
	uint64_t budget_bytes;
	struct ip_addr to, local;
	uint16_t to_port, local_port;
	void (*event)(void *self, struct flow *flow, const struct flow_event *event);
	void *self;
};

struct flow_sim {
	struct flow_net base;
	struct flow_sim_config config;
	struct random random;
	struct hash_map *limits;   /* address -> struct sim_limit */
	struct hash_map *services; /* address and port -> struct sim_service */
	struct sim_flow *flows;
	BIO_METHOD *tls_method; /* NULL until needed, as the next */
	struct sim_tls_context *tls_contexts;
	uint8_t receive[UINT16_MAX + 1];
};

/* --- flow_sim_script.c: what a served connection hears and says --- */

/* All give 0 or ERROR_MEMORY. */
int sim_chunks_add(struct sim_chunks *queue, const struct sim_chunk *head, const void *bytes);
struct sim_chunk *sim_chunks_pop(struct sim_chunks *queue); /* alloc_free() it */
void sim_chunks_release(struct sim_chunks *queue);
/* The server begins with a connection, or hears what we sent in one piece. */
int sim_script_begin(struct sim_flow *flow);
int sim_script_hear(struct sim_flow *flow, const uint8_t *bytes, size_t count);
int sim_script_greet(struct sim_flow *flow);
int sim_script_greet_again(struct sim_flow *flow); /* the next round of an endless one */
/* Puts bytes, or an end, on the wire; they arrive a round trip and the pace's delay
 * from now, and after all that is under way. */
int sim_script_post(struct sim_flow *flow, const struct sim_pace *pace, const void *bytes,
		    size_t count);
int sim_script_post_end(struct sim_flow *flow, enum flow_end end);

/* --- flow_sim_tls.c: the server's side of TLS --- */

/* ERROR_MEMORY; ERROR_SYNTAX: a script whose PEM is none. */
int sim_tls_begin(struct sim_flow *flow);
/* What came from the wire; the script hears what was in it. */
int sim_tls_hear(struct sim_flow *flow, const uint8_t *bytes, size_t count);
int sim_tls_say(struct sim_flow *flow, const struct sim_pace *pace, const void *bytes,
		size_t count);
void sim_tls_close(struct sim_flow *flow); /* a closing alert */
void sim_tls_free(struct sim_tls *tls);    /* NULL is fine */
void sim_tls_release(struct flow_sim *sim);
/* What was heard inside. */
int sim_script_hear_inside(struct sim_flow *flow, const uint8_t *bytes, size_t count);

#endif
