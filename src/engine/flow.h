/* A flow is one conversation of ours: a TCP connection, or a UDP socket that
 * speaks with one endpoint; non-blocking, with a deadline and a byte budget,
 * told by events. Two networks offer flows: flow_socket.c (the kernel's
 * sockets) and flow_sim.c (scripted hosts on a frozen clock). flow_tls.h puts TLS or
 * DTLS on either. */
#ifndef PORTOLAN_ENGINE_FLOW_H
#define PORTOLAN_ENGINE_FLOW_H

#include "engine/gate.h"
#include "net/ip.h"
#include "net/transport.h"
#include "util/loop.h"

struct flow;
struct flow_net;

enum flow_event_kind {
	FLOW_CONNECTED, /* handshake done; UDP: the socket is there */
	FLOW_DATA,      /* bytes arrived; UDP: one datagram */
	FLOW_CLOSED,    /* the end: by the peer, an error, the deadline or the budget; last event */
	FLOW_SENT,      /* nothing waits to be sent any more; only with `tells_sent` */
};

/* Why a flow ended; also how a connection attempt failed. */
enum flow_end {
	FLOW_END_NONE,
	FLOW_END_EOF,          /* the peer closed */
	FLOW_END_RESET,        /* RST after the handshake */
	FLOW_END_REFUSED,      /* RST to our SYN: ECONNREFUSED */
	FLOW_END_DEADLINE,     /* our deadline passed */
	FLOW_END_BUDGET,       /* byte budget used up */
	FLOW_END_TIMED_OUT,    /* the kernel gave up: ETIMEDOUT */
	FLOW_END_HOST_UNREACH, /* EHOSTUNREACH, EHOSTDOWN */
	FLOW_END_NET_UNREACH,  /* ENETUNREACH */
	FLOW_END_NO_PROTO,     /* ENOPROTOOPT: ICMP protocol unreachable */
	FLOW_END_PROHIBITED,   /* EACCES, EPERM: administratively prohibited, or our own rules */
	FLOW_END_NO_ROUTE,     /* ENONET and kin */
	FLOW_END_TLS,          /* the TLS handshake or a record of it failed */
	FLOW_END_LOCAL, /* our own machine: no descriptors, ports or memory; try again later */
};

struct flow_event {
	enum flow_event_kind kind;
	enum flow_end end; /* FLOW_CLOSED */
	/* From our SYN to the answer: FLOW_CONNECTED, and FLOW_CLOSED of an
	 * attempt that was answered (refused, unreachable ...); else 0. UDP: 0. */
	uint64_t rtt_ns;
	int system_error;    /* errno behind `end`; 0 none */
	const uint8_t *data; /* FLOW_DATA; for the call only */
	size_t data_bytes;   /* 0: an empty datagram */
};

struct flow_tls_wish; /* engine/flow_tls.h */

struct flow_config {
	enum transport transport;        /* TRANSPORT_TCP or TRANSPORT_UDP */
	const struct flow_tls_wish *tls; /* NULL: in the clear; borrowed for the call */
	struct ip_addr to;
	uint16_t port;
	struct ip_addr source; /* bind to it; IP_NONE: the kernel's choice */
	uint16_t source_port;  /* 0: any */
	/* --ip-options of the SYN and all after it, IPv4 only; borrowed for the call. */
	const uint8_t *ip_options;
	size_t ip_options_bytes; /* up to 40 */
	const char *interface;   /* SO_BINDTODEVICE; NULL none; borrowed for the call */
	int ttl;                 /* -1: the kernel's */
	bool writes;             /* payload will be sent: the gate's never-write list applies (as
				  * it does to TLS, whose handshake is payload) */
	/* TCP: flow_close() says good-bye (FIN) once connected; else it resets. A scan leaves
	 * no ports in TIME_WAIT, a conversation leaves no errors in a server's log. */
	bool orderly;
	/* UDP: datagrams from any port of `to` count (TFTP answers from another one than was
	 * asked: RFC 1350, 4), not only those from `port`. */
	bool any_port;
	/* FLOW_SENT is wanted, after a flow_send() of a connected flow that left flow_unsent(). */
	bool tells_sent;
	uint64_t deadline_ns; /* loop_now_ns() time at which it ends */
	/* Budget: the flow ends with FLOW_END_BUDGET at the first byte beyond
	 * it; a datagram that crosses it is cut. 0: none may be read (connect scan). */
	uint64_t receive_bytes_max;
	/* Events arrive from the loop, never from inside flow_open(),
	 * flow_send() or flow_close(). After FLOW_CLOSED the flow is gone;
	 * flow_close() may be called in any event, on any flow. */
	void (*event)(void *self, struct flow *flow, const struct flow_event *event);
	void *self;
};

/* The capacity: how many flows may be open at once (rlimit, ephemeral ports). */
size_t flow_net_capacity(const struct flow_net *net);
size_t flow_net_open_count(const struct flow_net *net);

/* ERROR_EXCLUDED (gate), ERROR_LIMIT (capacity), ERROR_MEMORY. Refusals of the
 * system that concern only this endpoint come as FLOW_CLOSED. The SYN leaves
 * in the next turn of the loop, together with those of that turn. A UDP flow sends
 * nothing by itself: FLOW_CONNECTED comes in that turn. */
int flow_open(struct flow_net *net, const struct flow_config *config, struct flow **ret_flow);
/* Queues bytes; UDP: one datagram, which may be empty. ERROR_EXCLUDED: the flow was opened
 * without `writes`, so the gate never allowed it; ERROR_LIMIT when more than 1 MiB would
 * wait, or a datagram is too long; ERROR_MEMORY. */
int flow_send(struct flow *flow, const void *bytes, size_t count);
/* Ends the connection (FIN if `orderly`, else RST) and drops it without an event. */
void flow_close(struct flow *flow);
/* Moves the deadline. */
void flow_set_deadline(struct flow *flow, uint64_t deadline_ns);
/* Stops or goes on reading: what arrives waits with the system, whose window fills up. A
 * paused flow learns of its end when it goes on, or by its deadline. TLS: what was read already
 * may still be told. From FLOW_CONNECTED on. */
void flow_pause(struct flow *flow, bool paused);
/* Bytes that wait to be sent. */
size_t flow_unsent(const struct flow *flow);
/* Did sending fail? The errno, 0 if not. Such a flow may still be read. */
int flow_send_error(const struct flow *flow);
/* Our end of the connection; false before it is connected, and with any_port. */
bool flow_local(const struct flow *flow, struct ip_addr *ret_addr, uint16_t *ret_port);

struct flow_socket_config {
	struct loop *loop;
	struct gate *gate; /* borrowed */
	size_t max_open;   /* 0: sized from RLIMIT_NOFILE (raised to its hard limit) */
};
int flow_socket_new(const struct flow_socket_config *config, struct flow_net **ret_net);

/* What a scripted server says to what it hears: what one flow_send() brought, one datagram, or
 * one record of TLS. The first that fits is taken; without one it says nothing. */
struct flow_sim_reply {
	const char *begins;  /* with this; NULL: anything */
	size_t begins_bytes; /* 0: up to its NUL */
	const char *send;    /* NULL: nothing; on UDP "" is an empty datagram */
	size_t send_bytes;   /* 0: up to its NUL */
	uint64_t delay_ns;   /* that it thinks about it */
	bool closes;         /* TCP: and hangs up */
};

/* The server's side of TLS, or on UDP of DTLS. */
struct flow_sim_tls {
	const char *certificate, *key; /* PEM */
	const char *alpn;              /* accepted when it is offered; NULL none */
	uint16_t version_most;         /* as on the wire: 0x0303 is TLS 1.2; 0 any */
	bool asks_certificate;         /* insists on one of the client's */
};

/* One scripted host of the simulated network. Arrays and texts are borrowed.
 * UDP: there is no banner, and `connect` is what the first datagram comes to; loss and
 * rate limit are of each datagram. */
struct flow_sim_port {
	uint16_t first, last;
	enum flow_end
		connect;    /* FLOW_END_NONE: accepts; FLOW_END_DEADLINE: silent; others as named */
	const char *banner; /* sent after accepting; NULL none */
	bool closes;        /* closes after the banner; else the connection stays */
	enum transport transport; /* TRANSPORT_TCP, or TRANSPORT_UDP */
	size_t banner_bytes;      /* 0: up to its NUL */
	uint64_t banner_delay_ns; /* from accepting to the banner */
	uint64_t drip_ns;         /* between two bytes of the banner; 0: all at once */
	bool endless;             /* the banner for ever, once in a round trip and a millisecond */
	bool echo;                /* sends back what it hears */
	bool reset_on_data;       /* resets when it hears something */
	/* Connections served at once; the others are accepted, and wait in the backlog until
	 * one of those closes. 0: no limit. */
	unsigned most;
	const struct flow_sim_reply *replies;
	size_t replies_count;
	const struct flow_sim_tls *tls; /* NULL: in the clear */
};
struct flow_sim_host {
	struct ip_addr first, last; /* a range of equal hosts */
	uint64_t rtt_ns;
	double loss; /* share of attempts that stay unanswered, drawn from the seed */
	const struct flow_sim_port *ports; /* first match wins */
	size_t ports_count;
	enum flow_end otherwise; /* ports not listed */
	unsigned answers_per_s;  /* rate limit of each host's answers, a second's worth
				  * at once; 0 none */
};
struct flow_sim_config {
	struct loop *loop; /* a loop_sim */
	struct gate *gate;
	const struct flow_sim_host *hosts; /* first match wins; others are silent */
	size_t hosts_count;
	size_t max_open; /* 0: no limit */
	uint64_t seed;
};
int flow_sim_new(const struct flow_sim_config *config, struct flow_net **ret_net);
/* Drops open flows without events; NULL is fine. Not from inside an event. */
void flow_net_free(struct flow_net *net);

struct flow_net_stats {
	uint64_t opened, connected, refused, timed_out, local_errors;
};
void flow_net_stats(const struct flow_net *net, struct flow_net_stats *ret_stats);

/* For implementations: a network and a flow begin with these. open() is asked
 * only for what capacity and gate allow. */
struct flow_net_ops {
	int (*open)(struct flow_net *, const struct flow_config *, struct flow **);
	int (*send)(struct flow *, const void *, size_t);
	void (*close)(struct flow *);
	void (*set_deadline)(struct flow *, uint64_t);
	bool (*local)(const struct flow *, struct ip_addr *, uint16_t *);
	size_t (*unsent)(const struct flow *); /* bytes queued and not yet sent */
	void (*pause)(struct flow *, bool);
	int (*send_error)(const struct flow *);
	/* From now on its events go there. */
	void (*redirect)(struct flow *, void (*)(void *, struct flow *, const struct flow_event *),
			 void *);
	size_t (*capacity)(const struct flow_net *);
	void (*free)(struct flow_net *);
};
struct flow_net {
	const struct flow_net_ops *ops;
	struct loop *loop;
	struct gate *gate;
	size_t open_count;
	struct flow_net_stats stats;
	struct flow_net *tls; /* flow_tls.c's, above this one; NULL until wished for */
};
struct flow {
	struct flow_net *net;
	bool writes; /* the gate has allowed payload */
};

#endif
