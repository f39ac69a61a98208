#include "net/netlink.h"
#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/time.h>

/* The kernel fills dumps by up to 32 KiB a datagram. */
#define DATAGRAM_BYTES 65536
#define REQUEST_BYTES  256
/* The kernel answers at once; a sandbox that swallows questions must not hang us. */
#define ANSWER_WAIT_S 5

struct netlink {
	struct mnl_socket *socket;
	uint32_t seq;
	uint8_t datagram[DATAGRAM_BYTES];
};

void netlink_close(struct netlink *netlink)
{
	if (!netlink)
		return;
	if (netlink->socket)
		mnl_socket_close(netlink->socket);
	alloc_free(netlink);
}

static bool open_socket(struct netlink *netlink)
{
	const struct timeval wait = {.tv_sec = ANSWER_WAIT_S};

	netlink->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	return netlink->socket && mnl_socket_bind(netlink->socket, 0, MNL_SOCKET_AUTOPID) == 0 &&
	       setsockopt(mnl_socket_get_fd(netlink->socket), SOL_SOCKET, SO_RCVTIMEO, &wait,
			  sizeof(wait)) == 0;
}

int netlink_open(struct netlink **ret_netlink, struct diag *diag)
{
	struct netlink *netlink = alloc_zero(sizeof(*netlink));

	if (!netlink)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	if (!open_socket(netlink)) {
		int error = errno;

		netlink_close(netlink);
		return diag_set(diag, ERROR_SYSTEM,
				"cannot ask the kernel for interfaces and routes (netlink): %s",
				strerrordesc_np(error));
	}
	*ret_netlink = netlink;
	return 0;
}

static int send_request(struct netlink *netlink, struct nlmsghdr *request)
{
	request->nlmsg_seq = ++netlink->seq;
	return mnl_socket_sendto(netlink->socket, request, request->nlmsg_len) < 0 ? ERROR_SYSTEM
										   : 0;
}

/* One question's answer, while it comes in. */
struct answer {
	netlink_take *take;
	void *self;
	bool ended;
	int result, error; /* the first failure, and its errno */
};

static void fail(struct answer *answer, int result, int error)
{
	if (answer->result < 0)
		return;
	answer->result = result;
	answer->error = error;
}

static void take_end(struct answer *answer, const struct netlink_message *message)
{
	int error;

	answer->ended = true;
	/* NLMSG_DONE need not hold a number. */
	if (message->type == NLMSG_DONE && message->body.left_bytes < sizeof(int32_t))
		return;
	error = netlink_message_errno(*message);
	if (error)
		fail(answer, ERROR_SYSTEM, error);
}

static void take_message(struct answer *answer, const struct netlink_message *message)
{
	int r = 0;

	if (message->flags & NLM_F_DUMP_INTR)
		fail(answer, ERROR_BUSY, 0);
	if (message->type == NLMSG_ERROR || message->type == NLMSG_DONE) {
		take_end(answer, message);
		return;
	}
	if (!(message->flags & NLM_F_MULTI))
		answer->ended = true;
	if (message->type >= NLMSG_MIN_TYPE && answer->result == 0)
		r = answer->take(answer->self, message);
	if (r < 0)
		fail(answer, r, errno);
}

/* What was asked for earlier and came late has another number. */
static void take_datagram(struct netlink *netlink, size_t bytes, struct answer *answer)
{
	struct reader in = reader_of(netlink->datagram, bytes);
	struct netlink_message message;

	while (netlink_next_message(&in, &message))
		if (message.seq == netlink->seq)
			take_message(answer, &message);
}

static ssize_t receive(struct netlink *netlink)
{
	ssize_t count;

	do
		count = mnl_socket_recvfrom(netlink->socket, netlink->datagram, DATAGRAM_BYTES);
	while (count < 0 && errno == EINTR);
	return count;
}

/* Reads to the end even after a failure, so that the next question starts afresh. */
static int converse(struct netlink *netlink, struct nlmsghdr *request, netlink_take *take,
		    void *self)
{
	struct answer answer = {.take = take, .self = self};
	int r = send_request(netlink, request);

	if (r < 0)
		return r;
	while (!answer.ended) {
		ssize_t count = receive(netlink);

		if (count <= 0)
			return ERROR_SYSTEM;
		take_datagram(netlink, (size_t)count, &answer);
	}
	errno = answer.error;
	return answer.result;
}

int netlink_dump(struct netlink *netlink, uint16_t type, uint8_t family, netlink_take *take,
		 void *self)
{
	uint8_t space[REQUEST_BYTES] __attribute__((aligned(4)));
	struct nlmsghdr *request = mnl_nlmsg_put_header(space);
	/* All of the requests begin with the family and are shorter than this. */
	struct rtmsg *body = mnl_nlmsg_put_extra_header(request, sizeof(*body));

	request->nlmsg_type = type;
	request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	body->rtm_family = family;
	return converse(netlink, request, take, self);
}

static void put_addr(struct nlmsghdr *request, uint16_t type, const struct ip_addr *addr)
{
	mnl_attr_put(request, type, ip_bits(addr) / 8, addr->bytes);
}

int netlink_ask_route(struct netlink *netlink, const struct netlink_question *question,
		      netlink_take *take, void *self)
{
	uint8_t space[REQUEST_BYTES] __attribute__((aligned(4)));
	struct nlmsghdr *request = mnl_nlmsg_put_header(space);
	struct rtmsg *body = mnl_nlmsg_put_extra_header(request, sizeof(*body));

	request->nlmsg_type = RTM_GETROUTE;
	request->nlmsg_flags = NLM_F_REQUEST;
	body->rtm_family = question->to.family == IP_V6 ? AF_INET6 : AF_INET;
	body->rtm_dst_len = (uint8_t)ip_bits(&question->to);
	put_addr(request, RTA_DST, &question->to);
	if (question->from.family != IP_NONE) {
		body->rtm_src_len = (uint8_t)ip_bits(&question->from);
		put_addr(request, RTA_SRC, &question->from);
	}
	if (question->interface)
		mnl_attr_put_u32(request, RTA_OIF, question->interface);
	return converse(netlink, request, take, self);
}
