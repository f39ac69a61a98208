/* The parts of the socket network, which flow_socket.c describes. For
 * flow_socket*.c only. */
#ifndef PORTOLAN_ENGINE_FLOW_SOCKET_H
#define PORTOLAN_ENGINE_FLOW_SOCKET_H

#include "engine/flow_impl.h"
#include "util/buf.h"

#include <net/if.h>

/* --- flow_socket_pool.c: kernel sockets, made, kept and reused --- */

#define SOCKET_IP_OPTIONS_MAX 40

/* What a socket was made for; only an equal wish may reuse it. */
struct socket_options {
	struct ip_addr source;
	int family, ttl;
	char interface[IFNAMSIZ];
	/* Any of these makes it a socket of its own: not reused. */
	bool is_udp;
	uint16_t source_port;
	uint8_t ip_options_bytes, ip_options[SOCKET_IP_OPTIONS_MAX];
};

/* Known to epoll by its address, which stays valid as long as the pool. */
struct kernel_socket {
	struct kernel_socket *next;
	struct socket_flow *flow; /* its user; NULL when idle */
	struct socket_options options;
	int fd;
	bool registered; /* with epoll */
	bool used;       /* was connected: not for reuse */
};

struct socket_pool {
	/* Idle sockets by kernel_socket.registered; and memory of closed ones. */
	struct kernel_socket *idle[2], *spare;
	size_t idle_count, open_count;
	size_t most; /* descriptors it may have */
};

void socket_pool_init(struct socket_pool *pool, size_t most_wanted);
void socket_pool_release(struct socket_pool *pool); /* all sockets must be idle */
/* 0; ERROR_MEMORY; or ERROR_SYSTEM with errno. A registered socket is only
 * given when wished for, or when there is no other. */
int socket_pool_take(struct socket_pool *pool, const struct socket_options *options,
		     bool registered, struct kernel_socket **ret_socket);
/* Closing it later sends FIN, not RST. */
void socket_pool_say_goodbye(struct kernel_socket *socket);
/* The socket is reset to what socket() makes, or closed. */
void socket_pool_give(struct socket_pool *pool, struct kernel_socket *socket, bool reusable);

/* --- flow_socket_crew.c: work shared with helper threads --- */

struct socket_crew;

/* NULL when there is but one processor, or no threads can be had. */
struct socket_crew *socket_crew_new(void);
void socket_crew_free(struct socket_crew *crew); /* NULL is fine */
/* Calls work() once for each item, from several threads; back when all is done. */
void socket_crew_run(struct socket_crew *crew, void (*work)(void *item), void *const *items,
		     size_t count);

/* --- the network and its flows --- */

enum socket_state {
	SOCKET_QUEUED,     /* for the next turn's connect() */
	SOCKET_CONNECTING, /* connect() was called; `error` is what it said last */
	SOCKET_CONNECTED,
	SOCKET_ENDED, /* told, or closed by its owner; freed when nobody looks */
};

struct socket_flow {
	struct flow base;
	struct socket_flow *next, **link;             /* all flows of the network */
	struct socket_flow *queue_next, **queue_link; /* QUEUED; or the graveyard */
	struct kernel_socket *socket;                 /* NULL: could not be made, see `error` */
	enum socket_state state;
	int error;
	enum flow_end made_end; /* why there is no socket */
	bool ask_twice;
	bool orderly;
	bool any_port; /* the socket is not connected: it says to whom, and looks who answers */
	bool needs_disconnect; /* the error was asked for, not said by connect() */
	bool is_udp;
	bool is_broken; /* sending a datagram failed with `error`; not told yet */
	bool paused;
	bool tells_sent;
	int send_error;    /* what it can't be written to for */
	uint8_t retries;   /* after connecting to itself */
	uint32_t interest; /* epoll events asked for once connected */
	uint64_t started_ns, answered_ns;
	struct timer deadline;
	uint64_t deadline_ns, budget_bytes;
	struct buf unsent; /* UDP: each datagram behind its length, two bytes */
	struct ip_addr to, local;
	uint16_t port, local_port;
	void (*event)(void *self, struct flow *flow, const struct flow_event *event);
	void *self;
};

#define SOCKET_BATCH         512   /* connects, and epoll events, in one turn */
#define SOCKET_RECEIVE_BYTES 16384 /* from one connection in one turn */

struct flow_socket_net {
	struct flow_net base;
	int epoll_fd;
	struct watch watch;
	struct deferred turn;
	struct socket_pool pool;
	struct socket_crew *crew;
	bool crew_tried;
	unsigned instant; /* 0..256: share of answers that are there at once */
	unsigned since_sample;
	struct socket_flow *flows, *queue, **queue_tail, *graveyard;
	unsigned dispatching; /* depth: > 0 keeps ended flows in the graveyard */
	void *batch[SOCKET_BATCH];
	uint8_t receive[UINT16_MAX + 1]; /* holds any datagram */
};

/* Are answers mostly there as soon as connect() is back? */
static inline bool socket_is_instant(const struct flow_socket_net *net)
{
	return net->instant >= 32; /* an eighth */
}

static inline struct flow_socket_net *socket_net_of(struct socket_flow *flow)
{
	return (struct flow_socket_net *)flow->base.net;
}

/* flow_socket.c */
enum flow_end socket_end_of(int error);
uint64_t socket_clock_ns(void);
void socket_tell(struct socket_flow *flow, const struct flow_event *event);
/* Tells FLOW_CLOSED and ends the flow. */
void socket_finish(struct socket_flow *flow, enum flow_end end, int error);
void socket_dispatch_begin(struct flow_socket_net *net);
void socket_dispatch_end(struct flow_socket_net *net);
int socket_arm_deadline(struct socket_flow *flow);
/* Asks epoll for `events`; ERROR_SYSTEM. */
int socket_register(struct socket_flow *flow, uint32_t events);

/* flow_socket_connect.c */
void socket_queue(struct socket_flow *flow);
void socket_unqueue(struct socket_flow *flow);
void socket_run_queue(void *net);
/* Asks the kernel how the attempt stands, and acts on it. */
void socket_ask_again(struct socket_flow *flow, uint64_t now_ns);

/* flow_socket_data.c */
int socket_add_unsent(struct socket_flow *flow, const void *bytes, size_t count);
void socket_start_data(struct socket_flow *flow);
void socket_serve_data(struct socket_flow *flow, uint32_t events);
void socket_flush(struct socket_flow *flow);
void socket_pause(struct socket_flow *flow, bool paused);

#endif
