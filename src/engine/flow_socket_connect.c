/* Connection attempts of the socket network: the queue, the batch, and what
 * the kernel's answers mean. See flow_socket.c. */
#include "engine/flow_socket.h"

#include "util/error.h"

#include <assert.h>
#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define CREW_AFTER_OPENS  1024 /* small scans stay single-threaded */
#define CREW_BATCH        24   /* below, waking a helper costs more than it brings */
#define SAMPLE_EVERY      16
#define SELF_CONNECTS_MAX 8

/* --- asking the kernel --- */

/* What connect() says: 0, or an errno. */
static int call_connect(struct socket_flow *flow)
{
	struct sockaddr_storage to;
	socklen_t to_bytes = ip_to_sockaddr(&flow->to, flow->port, &to);
	int r;

	if (flow->any_port)
		return 0;
	do
		r = connect(flow->socket->fd, (struct sockaddr *)&to, to_bytes);
	while (r < 0 && errno == EINTR);
	return r < 0 ? errno : 0;
}

static bool is_pending(int error)
{
	return error == EINPROGRESS || error == EALREADY;
}

/* How an attempt under way stands. From a near target, an ICMP error can come
 * back while connect() still holds the socket; the kernel then only notes it
 * ("soft"), and would say nothing before its next SYN, a second later. */
static int ask(struct socket_flow *flow)
{
	int error = call_connect(flow), noted = 0;
	socklen_t bytes = sizeof(noted);

	if (!is_pending(error) ||
	    getsockopt(flow->socket->fd, SOL_SOCKET, SO_ERROR, &noted, &bytes) < 0 || !noted)
		return error;
	flow->needs_disconnect = true;
	return noted;
}

/* Runs on any thread: touches nothing but its own flow. */
static void attempt(void *item)
{
	struct socket_flow *flow = item;

	if (!flow->socket)
		return;
	flow->started_ns = flow->answered_ns = socket_clock_ns();
	flow->error = call_connect(flow);
	/* A non-blocking connect() never says more than "in progress", even
	 * when the RST came back before it returned. */
	if (!is_pending(flow->error) || !flow->ask_twice)
		return;
	flow->error = ask(flow);
	flow->answered_ns = socket_clock_ns();
}

/* --- what the answer means --- */

/* Without a listener, a port in the ephemeral range may be given to us as our
 * own, and a SYN to oneself is a simultaneous open: RFC 9293, 3.5. */
static bool is_connected_to_itself(const struct socket_flow *flow)
{
	return flow->local_port == flow->port && ip_equal(&flow->local, &flow->to);
}

static void learn_local(struct socket_flow *flow)
{
	struct sockaddr_storage local;
	socklen_t local_bytes = sizeof(local);

	if (getsockname(flow->socket->fd, (struct sockaddr *)&local, &local_bytes) < 0 ||
	    !ip_from_sockaddr((struct sockaddr *)&local, &flow->local, &flow->local_port))
		flow->local_port = 0;
	flow->local.scope_id = flow->to.scope_id;
}

static void retry(struct socket_flow *flow)
{
	struct flow_socket_net *net = socket_net_of(flow);
	struct socket_options options = flow->socket->options;

	flow->local_port = 0;
	if (flow->retries++ == SELF_CONNECTS_MAX) {
		/* Nobody listens there, or we could not have had the port. */
		socket_finish(flow, FLOW_END_REFUSED, ECONNREFUSED);
		return;
	}
	flow->socket->used = true;
	socket_pool_give(&net->pool, flow->socket, false);
	flow->socket = NULL;
	if (socket_pool_take(&net->pool, &options, false, &flow->socket) < 0) {
		socket_finish(flow, FLOW_END_LOCAL, EMFILE);
		return;
	}
	flow->socket->flow = flow;
	loop_timer_cancel(net->base.loop, &flow->deadline);
	socket_queue(flow);
}

static void tell_connected(struct socket_flow *flow)
{
	struct flow_event event = {
		.kind = FLOW_CONNECTED,
		.rtt_ns = flow->answered_ns - flow->started_ns,
	};

	flow->state = SOCKET_CONNECTED;
	flow->base.net->stats.connected++;
	socket_tell(flow, &event);
}

static void connected(struct socket_flow *flow)
{
	flow->socket->used = true;
	learn_local(flow);
	if (is_connected_to_itself(flow)) {
		retry(flow);
		return;
	}
	tell_connected(flow);
	if (flow->state == SOCKET_CONNECTED)
		socket_start_data(flow);
}

/* A reset that is not a refusal: RFC 9293 has us established by then, so the
 * port is open and its owner had second thoughts. */
static void connected_and_reset(struct socket_flow *flow)
{
	int error = flow->error;

	tell_connected(flow);
	if (flow->state == SOCKET_CONNECTED)
		socket_finish(flow, FLOW_END_RESET, error);
}

static void wait_for_answer(struct socket_flow *flow)
{
	if (!flow->socket->registered && socket_register(flow, EPOLLOUT | EPOLLET) < 0)
		socket_finish(flow, FLOW_END_LOCAL, errno);
	else if (socket_arm_deadline(flow) < 0)
		socket_finish(flow, FLOW_END_LOCAL, ENOMEM);
}

/* EADDRNOTAVAIL is said both when all local ports to this endpoint are taken,
 * which passes, and when no address of ours can reach it, which does not. A
 * datagram socket has the second problem only. */
static bool is_out_of_ports(const struct socket_flow *flow)
{
	struct sockaddr_storage to;
	socklen_t to_bytes = ip_to_sockaddr(&flow->to, flow->port, &to);
	int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool can;

	if (fd < 0)
		return true;
	can = connect(fd, (struct sockaddr *)&to, to_bytes) == 0;
	close(fd);
	return can;
}

static void failed(struct socket_flow *flow)
{
	enum flow_end end = socket_end_of(flow->error);

	if (flow->error == EADDRNOTAVAIL && !is_out_of_ports(flow))
		end = FLOW_END_NO_ROUTE;
	socket_finish(flow, end, flow->error);
}

static void settle(struct socket_flow *flow)
{
	if (!flow->socket)
		socket_finish(flow, flow->made_end, flow->error);
	else if (is_pending(flow->error))
		wait_for_answer(flow);
	else if (flow->error == 0 || flow->error == EISCONN)
		connected(flow);
	else if (flow->error == ECONNRESET || flow->error == EPIPE)
		connected_and_reset(flow);
	else
		failed(flow);
}

void socket_ask_again(struct socket_flow *flow, uint64_t now_ns)
{
	int error = ask(flow);

	if (is_pending(error))
		return;
	flow->error = error;
	flow->answered_ns = now_ns;
	settle(flow);
}

/* --- the queue --- */

void socket_queue(struct socket_flow *flow)
{
	struct flow_socket_net *net = socket_net_of(flow);

	flow->state = SOCKET_QUEUED;
	flow->needs_disconnect = false;
	flow->queue_next = NULL;
	flow->queue_link = net->queue_tail;
	*net->queue_tail = flow;
	net->queue_tail = &flow->queue_next;
	loop_defer(net->base.loop, &net->turn);
}

void socket_unqueue(struct socket_flow *flow)
{
	struct flow_socket_net *net = socket_net_of(flow);

	assert(flow->queue_link); /* it is queued */
	*flow->queue_link = flow->queue_next;
	if (flow->queue_next)
		flow->queue_next->queue_link = flow->queue_link;
	else
		net->queue_tail = flow->queue_link;
	flow->queue_next = NULL;
	flow->queue_link = NULL;
}

/* Asking at once is wasted on a target that is a network away; ask now and
 * then all the same, for the next target may be near. */
static bool should_ask_twice(struct flow_socket_net *net)
{
	if (socket_is_instant(net))
		return true;
	if (++net->since_sample < SAMPLE_EVERY)
		return false;
	net->since_sample = 0;
	return true;
}

static void learn_instant(struct flow_socket_net *net, const struct socket_flow *flow)
{
	if (!flow->ask_twice || !flow->socket)
		return;
	net->instant -= net->instant / 8;
	if (!is_pending(flow->error))
		net->instant += 256 / 8;
}

static size_t take_batch(struct flow_socket_net *net)
{
	size_t count = 0;

	while (net->queue && count < SOCKET_BATCH) {
		struct socket_flow *flow = net->queue;

		socket_unqueue(flow);
		flow->state = SOCKET_CONNECTING;
		flow->ask_twice = !flow->is_udp && should_ask_twice(net);
		net->batch[count++] = flow;
	}
	return count;
}

static void attempt_all(struct flow_socket_net *net, size_t count)
{
	size_t i;

	if (!net->crew_tried && net->base.stats.opened >= CREW_AFTER_OPENS) {
		net->crew_tried = true;
		net->crew = socket_crew_new();
	}
	if (net->crew && count >= CREW_BATCH) {
		socket_crew_run(net->crew, attempt, net->batch, count);
		return;
	}
	for (i = 0; i < count; i++)
		attempt(net->batch[i]);
}

void socket_run_queue(void *self)
{
	struct flow_socket_net *net = self;
	size_t count, i;

	socket_dispatch_begin(net);
	count = take_batch(net);
	attempt_all(net, count);
	for (i = 0; i < count; i++) {
		struct socket_flow *flow = net->batch[i];

		/* Another one's event may have closed it meanwhile. */
		learn_instant(net, flow);
		if (flow->state == SOCKET_CONNECTING)
			settle(flow);
	}
	if (net->queue)
		loop_defer(net->base.loop, &net->turn);
	socket_dispatch_end(net);
}
