/* Flows on the kernel's sockets, built for millions of short attempts.
 *
 * An attempt. flow_open() only queues; the next turn of the loop calls
 * connect() for all of them in one batch, shared with helper threads when it
 * is large. Where the target is near, its answer is there before the next
 * system call, so connect() is called a second time at once: it then says
 * "refused" and leaves the socket as good as new, "connected", or "pending".
 * So a closed port costs two system calls; no socket is made or closed, and
 * neither epoll nor a timer is touched. Measured over veth (6.18, two
 * processors): 9 us a port on one thread, 8 of them the stack's own work, which
 * two threads halve; with socket() and close() per port, 15 us. If answers
 * mostly take longer, the second call is left to epoll's event.
 *
 * Events. epoll has an instance of its own, watched by the loop as a single
 * descriptor, so that a connection costs the loop nothing. An event only says
 * "look again": it may be of the socket's user before.
 *
 * Ends. A flow may be closed by any callback, also while it waits in the same
 * batch. It is marked as ended, and its memory stays until the dispatch that
 * may still look at it is through. */
#include "engine/flow_socket.h"

#include "util/alloc.h"
#include "util/error.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

uint64_t socket_clock_ns(void)
{
	struct timespec now;

	/* The clock of loop_uv.c; the loop itself belongs to one thread. */
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

enum flow_end socket_end_of(int error)
{
	switch (error) {
	case ECONNREFUSED:
		return FLOW_END_REFUSED;
	case ECONNRESET:
	case EPIPE:
		return FLOW_END_RESET;
	case ETIMEDOUT:
		return FLOW_END_TIMED_OUT;
	case EHOSTUNREACH:
	case EHOSTDOWN:
		return FLOW_END_HOST_UNREACH;
	case ENETUNREACH:
	case ENETDOWN:
		return FLOW_END_NET_UNREACH;
	case ENOPROTOOPT:
		return FLOW_END_NO_PROTO;
	case EACCES:
	case EPERM:
		return FLOW_END_PROHIBITED;
	case EADDRNOTAVAIL:
	case EADDRINUSE:
	case EAGAIN:
	case ENOBUFS:
	case ENOMEM:
	case EMFILE:
	case ENFILE:
	case ECONNABORTED:
		return FLOW_END_LOCAL;
	default: /* ENONET, EINVAL, EAFNOSUPPORT, ENODEV ...: no way there */
		return FLOW_END_NO_ROUTE;
	}
}

/* --- the end of flows --- */

void socket_dispatch_begin(struct flow_socket_net *net)
{
	net->dispatching++;
}

void socket_dispatch_end(struct flow_socket_net *net)
{
	struct socket_flow *flow;

	if (--net->dispatching)
		return;
	while ((flow = net->graveyard)) {
		net->graveyard = flow->queue_next;
		alloc_free(flow);
	}
}

/* Is the socket as socket() made it? Before connect(), of course, and also
 * after connect() has said an error, which leaves it clean. */
static bool is_clean(const struct socket_flow *flow)
{
	if (flow->state == SOCKET_QUEUED)
		return true;
	return flow->state == SOCKET_CONNECTING && !flow->needs_disconnect && flow->error != 0 &&
	       flow->error != EISCONN && flow->error != EINPROGRESS && flow->error != EALREADY;
}

/* Everything but telling and freeing. */
static void take_off(struct socket_flow *flow)
{
	struct flow_socket_net *net = socket_net_of(flow);

	if (flow->state == SOCKET_QUEUED && flow->queue_link)
		socket_unqueue(flow);
	loop_timer_cancel(net->base.loop, &flow->deadline);
	if (flow->socket && flow->orderly && flow->state == SOCKET_CONNECTED)
		socket_pool_say_goodbye(flow->socket);
	if (flow->socket)
		socket_pool_give(&net->pool, flow->socket, is_clean(flow));
	flow->socket = NULL;
	buf_release(&flow->unsent);
	*flow->link = flow->next;
	if (flow->next)
		flow->next->link = flow->link;
	net->base.open_count--;
	flow->state = SOCKET_ENDED;
}

static void bury(struct socket_flow *flow)
{
	struct flow_socket_net *net = socket_net_of(flow);

	if (!net->dispatching) {
		alloc_free(flow);
		return;
	}
	flow->queue_next = net->graveyard;
	net->graveyard = flow;
}

void socket_tell(struct socket_flow *flow, const struct flow_event *event)
{
	flow->event(flow->self, &flow->base, event);
}

void socket_finish(struct socket_flow *flow, enum flow_end end, int error)
{
	struct flow_event event = {.kind = FLOW_CLOSED, .end = end, .system_error = error};

	if (flow->state == SOCKET_CONNECTING && flow->answered_ns > flow->started_ns &&
	    end != FLOW_END_DEADLINE)
		event.rtt_ns = flow->answered_ns - flow->started_ns;
	flow_net_count_end(flow->base.net, end);
	take_off(flow);
	socket_tell(flow, &event);
	bury(flow);
}

/* --- deadlines --- */

int socket_arm_deadline(struct socket_flow *flow)
{
	return loop_timer_set(socket_net_of(flow)->base.loop, &flow->deadline, flow->deadline_ns);
}

/* The event just told may have moved the deadline. */
static void extend_or_finish(struct socket_flow *flow)
{
	if (flow->deadline_ns <= loop_now_ns(socket_net_of(flow)->base.loop) ||
	    socket_arm_deadline(flow) < 0)
		socket_finish(flow, FLOW_END_DEADLINE, 0);
}

/* The answer may have come while we were busy elsewhere; what is there in time
 * must not be taken for silence. */
static void on_deadline(void *self)
{
	struct socket_flow *flow = self;
	struct flow_socket_net *net = socket_net_of(flow);

	socket_dispatch_begin(net);
	if (flow->state == SOCKET_CONNECTING)
		socket_ask_again(flow, socket_clock_ns());
	else if (flow->state == SOCKET_CONNECTED)
		socket_serve_data(flow, EPOLLIN);
	if ((flow->state == SOCKET_CONNECTING || flow->state == SOCKET_CONNECTED) &&
	    !loop_timer_is_set(&flow->deadline))
		extend_or_finish(flow);
	socket_dispatch_end(net);
}

/* --- epoll --- */

int socket_register(struct socket_flow *flow, uint32_t events)
{
	struct kernel_socket *socket = flow->socket;
	struct epoll_event wanted = {.events = events, .data.ptr = socket};

	if (epoll_ctl(socket_net_of(flow)->epoll_fd,
		      socket->registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket->fd, &wanted) < 0)
		return ERROR_SYSTEM;
	socket->registered = true;
	if (flow->state == SOCKET_CONNECTED)
		flow->interest = events;
	return 0;
}

static void on_ready(void *self, int events)
{
	struct flow_socket_net *net = self;
	struct epoll_event ready[SOCKET_BATCH];
	int count = epoll_wait(net->epoll_fd, ready, SOCKET_BATCH, 0), i;
	uint64_t now_ns = socket_clock_ns();

	socket_dispatch_begin(net);
	for (i = 0; i < count; i++) {
		struct kernel_socket *socket = ready[i].data.ptr;
		struct socket_flow *flow = socket->flow;

		if (!flow)
			continue;
		if (flow->state == SOCKET_CONNECTING)
			socket_ask_again(flow, now_ns);
		else if (flow->state == SOCKET_CONNECTED)
			socket_serve_data(flow, ready[i].events);
	}
	socket_dispatch_end(net);
}

/* --- the interface --- */

static void take_socket(struct flow_socket_net *net, const struct flow_config *config,
			struct socket_flow *flow, int *ret_r)
{
	struct socket_options options = {
		.source = config->source,
		.family = config->to.family == IP_V6 ? AF_INET6 : AF_INET,
		.ttl = config->ttl,
		.is_udp = config->transport == TRANSPORT_UDP,
		.source_port = config->source_port,
	};
	if (config->interface)
		snprintf(options.interface, sizeof(options.interface), "%s", config->interface);
	if (options.family == AF_INET && config->ip_options_bytes) {
		assert(config->ip_options_bytes <= sizeof(options.ip_options));
		options.ip_options_bytes = (uint8_t)config->ip_options_bytes;
		memcpy(options.ip_options, config->ip_options, config->ip_options_bytes);
	}
	*ret_r = socket_pool_take(&net->pool, &options, !socket_is_instant(net), &flow->socket);
	if (*ret_r == 0) {
		flow->socket->flow = flow;
	} else if (*ret_r == ERROR_SYSTEM) {
		flow->error = errno;
		/* bind() has no port to run out of: the source is not ours. */
		flow->made_end = errno == EADDRNOTAVAIL ? FLOW_END_NO_ROUTE : socket_end_of(errno);
		*ret_r = 0;
	}
}

static int net_open(struct flow_net *base, const struct flow_config *config, struct flow **ret_flow)
{
	struct flow_socket_net *net = (struct flow_socket_net *)base;
	struct socket_flow *flow = alloc_zero(sizeof(*flow));
	int r;

	if (!flow)
		return ERROR_MEMORY;
	flow->base.net = base;
	flow->to = config->to;
	flow->port = config->port;
	flow->is_udp = config->transport == TRANSPORT_UDP;
	flow->deadline_ns = config->deadline_ns;
	flow->budget_bytes = config->receive_bytes_max;
	flow->orderly = config->orderly;
	flow->any_port = config->any_port && flow->is_udp;
	flow->tells_sent = config->tells_sent;
	flow->event = config->event;
	flow->self = config->self;
	flow->deadline.fire = on_deadline;
	flow->deadline.self = flow;
	take_socket(net, config, flow, &r);
	if (r < 0) {
		alloc_free(flow);
		return r;
	}
	flow->next = net->flows;
	flow->link = &net->flows;
	if (flow->next)
		flow->next->link = &flow->next;
	net->flows = flow;
	socket_queue(flow);
	*ret_flow = &flow->base;
	return 0;
}

static int net_send(struct flow *base, const void *bytes, size_t count)
{
	struct socket_flow *flow = (struct socket_flow *)base;
	int r;

	if (flow->state == SOCKET_ENDED || flow->is_broken)
		return 0;
	if ((r = socket_add_unsent(flow, bytes, count)) < 0)
		return r;
	if (flow->state == SOCKET_CONNECTED && flow->socket)
		socket_flush(flow);
	return 0;
}

static void net_close(struct flow *base)
{
	struct socket_flow *flow = (struct socket_flow *)base;

	if (flow->state == SOCKET_ENDED)
		return; /* its last event is being told */
	take_off(flow);
	bury(flow);
}

static void net_set_deadline(struct flow *base, uint64_t deadline_ns)
{
	struct socket_flow *flow = (struct socket_flow *)base;

	flow->deadline_ns = deadline_ns;
	/* A queued flow, or one in its CONNECTED event, is armed later; a broken one's
	 * timer is about to say so. */
	if (loop_timer_is_set(&flow->deadline) && !flow->is_broken)
		socket_arm_deadline(flow);
}

static bool net_local(const struct flow *base, struct ip_addr *ret_addr, uint16_t *ret_port)
{
	const struct socket_flow *flow = (const struct socket_flow *)base;

	if (flow->state != SOCKET_CONNECTED || !flow->local_port)
		return false;
	*ret_addr = flow->local;
	*ret_port = flow->local_port;
	return true;
}

static size_t net_unsent(const struct flow *base)
{
	return ((const struct socket_flow *)base)->unsent.len;
}

static void net_pause(struct flow *base, bool paused)
{
	struct socket_flow *flow = (struct socket_flow *)base;

	if (flow->state == SOCKET_CONNECTED && flow->paused != paused)
		socket_pause(flow, paused);
}

static int net_send_error(const struct flow *base)
{
	return ((const struct socket_flow *)base)->send_error;
}

static void net_redirect(struct flow *base,
			 void (*event)(void *self, struct flow *flow,
				       const struct flow_event *event),
			 void *self)
{
	struct socket_flow *flow = (struct socket_flow *)base;

	flow->event = event;
	flow->self = self;
}

static size_t net_capacity(const struct flow_net *base)
{
	return ((const struct flow_socket_net *)base)->pool.most;
}

static void net_free(struct flow_net *base)
{
	struct flow_socket_net *net = (struct flow_socket_net *)base;

	while (net->flows)
		net_close(&net->flows->base);
	loop_defer_cancel(net->base.loop, &net->turn);
	loop_unwatch(net->base.loop, &net->watch);
	socket_crew_free(net->crew);
	socket_pool_release(&net->pool);
	if (net->epoll_fd >= 0)
		close(net->epoll_fd);
	alloc_free(net);
}

int flow_socket_new(const struct flow_socket_config *config, struct flow_net **ret_net)
{
	static const struct flow_net_ops ops = {
		.open = net_open,
		.send = net_send,
		.close = net_close,
		.set_deadline = net_set_deadline,
		.local = net_local,
		.unsent = net_unsent,
		.pause = net_pause,
		.send_error = net_send_error,
		.redirect = net_redirect,
		.capacity = net_capacity,
		.free = net_free,
	};
	struct flow_socket_net *net = alloc_zero(sizeof(*net));
	int r = ERROR_SYSTEM;

	if (!net)
		return ERROR_MEMORY;
	net->base.ops = &ops;
	net->base.gate = config->gate;
	net->base.loop = config->loop;
	net->queue_tail = &net->queue;
	net->instant = 256;
	net->turn.run = socket_run_queue;
	net->turn.self = net;
	net->watch.ready = on_ready;
	net->watch.self = net;
	socket_pool_init(&net->pool, config->max_open);
	net->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (net->epoll_fd < 0 || (r = loop_watch(net->base.loop, &net->watch, net->epoll_fd,
						 WATCH_READ | WATCH_BACKGROUND)) < 0) {
		net_free(&net->base);
		return r;
	}
	*ret_net = &net->base;
	return 0;
}
