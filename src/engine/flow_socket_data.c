/* The data path of the socket network: what is received and sent once a
 * connection stands. Level-triggered, one read per flow and turn, so that a
 * torrent on one flow is no drought on the others. */
#include "engine/flow_socket.h"

#include "util/error.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* A paused flow's errors are not to be reported again and again: edge-triggered, once. */
static int update_interest(struct socket_flow *flow)
{
	uint32_t events = (flow->paused ? (uint32_t)EPOLLET : EPOLLIN | EPOLLRDHUP) |
			  (flow->unsent.len ? EPOLLOUT : 0);

	return events == flow->interest ? 0 : socket_register(flow, events);
}

void socket_start_data(struct socket_flow *flow)
{
	if (flow->is_broken)
		socket_finish(flow, socket_end_of(flow->error), flow->error);
	else if (update_interest(flow) < 0)
		socket_finish(flow, FLOW_END_LOCAL, errno);
	else if (!loop_timer_is_set(&flow->deadline) && socket_arm_deadline(flow) < 0)
		socket_finish(flow, FLOW_END_LOCAL, ENOMEM);
}

/* --- receiving --- */

/* The kernel tells of a reset once: to whoever asked first, and that may have been send(). */
static void finish_at_end(struct socket_flow *flow)
{
	if (flow->send_error == ECONNRESET)
		socket_finish(flow, socket_end_of(flow->send_error), flow->send_error);
	else
		socket_finish(flow, FLOW_END_EOF, 0);
}

static void receive_bytes(struct socket_flow *flow)
{
	struct flow_socket_net *net = socket_net_of(flow);
	struct flow_event event = {.kind = FLOW_DATA, .data = net->receive};
	size_t most = SOCKET_RECEIVE_BYTES;
	ssize_t got;

	/* With the budget used up, one byte tells more data from the end. */
	if (flow->budget_bytes < most)
		most = flow->budget_bytes ? (size_t)flow->budget_bytes : 1;
	got = recv(flow->socket->fd, net->receive, most, 0);
	if (got > 0 && !flow->budget_bytes) {
		socket_finish(flow, FLOW_END_BUDGET, 0);
	} else if (got > 0) {
		flow->budget_bytes -= (size_t)got;
		event.data_bytes = (size_t)got;
		socket_tell(flow, &event);
	} else if (got == 0) {
		finish_at_end(flow);
	} else if (errno != EAGAIN && errno != EINTR) {
		socket_finish(flow, socket_end_of(errno), errno);
	}
}

/* The copy of a datagram that came back with an ICMP error. */
static void drop_error(struct socket_flow *flow)
{
	uint8_t copy[1];

	(void)!recv(flow->socket->fd, copy, sizeof(copy), MSG_ERRQUEUE | MSG_DONTWAIT);
}

static void tell_datagram(struct socket_flow *flow, const uint8_t *bytes, size_t count)
{
	struct flow_event event = {.kind = FLOW_DATA, .data = bytes, .data_bytes = count};
	bool is_beyond = count > flow->budget_bytes;

	if (is_beyond)
		event.data_bytes = (size_t)flow->budget_bytes;
	flow->budget_bytes -= event.data_bytes;
	if (event.data_bytes || !count)
		socket_tell(flow, &event);
	if (is_beyond && flow->state == SOCKET_CONNECTED)
		socket_finish(flow, FLOW_END_BUDGET, 0);
}

static ssize_t receive_from(struct socket_flow *flow, uint8_t *bytes, size_t room)
{
	struct sockaddr_storage who = {0};
	socklen_t who_bytes = sizeof(who);
	struct ip_addr from;
	uint16_t port;
	ssize_t got;

	if (!flow->any_port)
		return recv(flow->socket->fd, bytes, room, 0);
	got = recvfrom(flow->socket->fd, bytes, room, 0, (struct sockaddr *)&who, &who_bytes);
	if (got < 0)
		return got;
	if (ip_from_sockaddr((struct sockaddr *)&who, &from, &port)) {
		from.scope_id = flow->to.scope_id;
		if (ip_equal(&from, &flow->to))
			return got;
	}
	errno = EAGAIN; /* a stranger's */
	return -1;
}

static ssize_t send_to(struct socket_flow *flow, const uint8_t *bytes, size_t count)
{
	struct sockaddr_storage to;
	socklen_t to_bytes;

	if (!flow->any_port)
		return send(flow->socket->fd, bytes, count, MSG_NOSIGNAL);
	to_bytes = ip_to_sockaddr(&flow->to, flow->port, &to);
	return sendto(flow->socket->fd, bytes, count, MSG_NOSIGNAL, (struct sockaddr *)&to,
		      to_bytes);
}

static void receive_datagram(struct socket_flow *flow)
{
	struct flow_socket_net *net = socket_net_of(flow);
	ssize_t got;

	if (flow->is_broken) {
		socket_finish(flow, socket_end_of(flow->error), flow->error);
		return;
	}
	got = receive_from(flow, net->receive, sizeof(net->receive));
	if (got >= 0)
		tell_datagram(flow, net->receive, (size_t)got);
	else if (errno == EMSGSIZE) /* path MTU: learnt by the kernel, no end of ours */
		drop_error(flow);
	else if (errno != EAGAIN && errno != EINTR)
		socket_finish(flow, socket_end_of(errno), errno);
}

static void receive(struct socket_flow *flow)
{
	if (flow->paused)
		return;
	if (flow->is_udp)
		receive_datagram(flow);
	else
		receive_bytes(flow);
}

/* --- sending --- */

int socket_add_unsent(struct socket_flow *flow, const void *bytes, size_t count)
{
	struct buf *unsent = &flow->unsent;
	size_t before = unsent->len;

	if (count > FLOW_SEND_QUEUE_MAX - before || (flow->is_udp && count > FLOW_DATAGRAM_MAX))
		return ERROR_LIMIT;
	if (flow->is_udp)
		buf_add_be16(unsent, (uint16_t)count);
	buf_add(unsent, bytes, count);
	if (buf_ok(unsent))
		return 0;
	unsent->failed = false; /* what was queued before is whole */
	buf_cut(unsent, before);
	return ERROR_MEMORY;
}

/* Sends one piece of what waits; -1 with errno. */
static int send_some(struct socket_flow *flow)
{
	struct buf *unsent = &flow->unsent;
	size_t head = flow->is_udp ? 2 : 0, count = unsent->len;
	ssize_t sent;

	if (flow->is_udp)
		count = (size_t)unsent->data[0] << 8 | unsent->data[1];
	sent = send_to(flow, unsent->data + head, count);
	if (sent < 0)
		return -1;
	buf_drop_front(unsent, head + (flow->is_udp ? count : (size_t)sent));
	return 0;
}

/* A failed connection's reading side tells what happened. A datagram's error is told once
 * by the kernel, which was now; our turn to tell is the loop's next. */
static void note_failure(struct socket_flow *flow, int error)
{
	struct loop *loop = socket_net_of(flow)->base.loop;

	buf_clear(&flow->unsent);
	flow->send_error = error;
	if (!flow->is_udp)
		return;
	flow->is_broken = true;
	flow->error = error;
	if (loop_timer_is_set(&flow->deadline))
		loop_timer_set(loop, &flow->deadline, loop_now_ns(loop)); /* so it can't fail */
}

void socket_flush(struct socket_flow *flow)
{
	int r = 0;

	while (flow->unsent.len && r == 0)
		r = send_some(flow);
	if (r < 0 && errno != EAGAIN && errno != EINTR)
		note_failure(flow, errno);
	if (!flow->unsent.len)
		buf_release(&flow->unsent);
	/* No room in epoll, which knew this descriptor before: the deadline
	 * ends what can't go on. Before the first registration, it will be made
	 * with the right events anyway. */
	if (flow->interest)
		update_interest(flow);
}

static void flush_and_tell(struct socket_flow *flow)
{
	const struct flow_event sent = {.kind = FLOW_SENT};
	bool waited = flow->unsent.len > 0;

	socket_flush(flow);
	if (waited && !flow->unsent.len && flow->tells_sent)
		socket_tell(flow, &sent);
}

void socket_pause(struct socket_flow *flow, bool paused)
{
	flow->paused = paused;
	/* In its CONNECTED event it is not registered yet. A broken one's timer was on its way
	 * while nobody wanted to know. */
	if (flow->interest && update_interest(flow) < 0)
		flow->send_error = errno;
	if (!paused && flow->is_broken)
		loop_timer_set(socket_net_of(flow)->base.loop, &flow->deadline,
			       loop_now_ns(socket_net_of(flow)->base.loop));
}

void socket_serve_data(struct socket_flow *flow, uint32_t events)
{
	if (events & EPOLLOUT)
		flush_and_tell(flow);
	if (flow->state != SOCKET_CONNECTED)
		return;
	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		receive(flow);
}
