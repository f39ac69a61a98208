/* The data path of the socket network: what is received and sent once a
 * connection stands. Level-triggered, one read per flow and turn, so that a
 * torrent on one flow is no drought on the others. */
#include "engine/flow_socket.h"

#include "util/error.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static int update_interest(struct socket_flow *flow)
{
	uint32_t events = EPOLLIN | EPOLLRDHUP | (flow->unsent.len ? EPOLLOUT : 0);

	return events == flow->interest ? 0 : socket_register(flow, events);
}

void socket_start_data(struct socket_flow *flow)
{
	if (update_interest(flow) < 0)
		socket_finish(flow, FLOW_END_LOCAL, errno);
	else if (!loop_timer_is_set(&flow->deadline) && socket_arm_deadline(flow) < 0)
		socket_finish(flow, FLOW_END_LOCAL, ENOMEM);
}

/* --- receiving --- */

static void receive(struct socket_flow *flow)
{
	struct flow_socket_net *net = socket_net_of(flow);
	struct flow_event event = {.kind = FLOW_DATA, .data = net->receive};
	size_t most = sizeof(net->receive);
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
		socket_finish(flow, FLOW_END_EOF, 0);
	} else if (errno != EAGAIN && errno != EINTR) {
		socket_finish(flow, socket_end_of(errno), errno);
	}
}

/* --- sending --- */

void socket_flush(struct socket_flow *flow)
{
	ssize_t sent = 0;

	while (flow->unsent.len) {
		sent = send(flow->socket->fd, flow->unsent.data, flow->unsent.len, MSG_NOSIGNAL);
		if (sent < 0)
			break;
		buf_drop_front(&flow->unsent, (size_t)sent);
	}
	/* Nobody will take the rest; the reading side tells what happened. */
	if (sent < 0 && errno != EAGAIN && errno != EINTR)
		buf_clear(&flow->unsent);
	if (!flow->unsent.len)
		buf_release(&flow->unsent);
	/* No room in epoll, which knew this descriptor before: the deadline
	 * ends what can't go on. Before the first registration, it will be made
	 * with the right events anyway. */
	if (flow->interest)
		update_interest(flow);
}

void socket_serve_data(struct socket_flow *flow, uint32_t events)
{
	if (events & EPOLLOUT)
		socket_flush(flow);
	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		receive(flow);
}
