#include "net/capture.h"

#include "net/capture_filter.h"
#include "net/link_sockets.h"
#include "util/alloc.h"
#include "util/error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <string.h>
#include <sys/socket.h>

#define FRAME_MOST 65550u /* an Ethernet header and the longest packet */
#define TURN_MOST  64     /* frames in one turn of the loop */

struct capture {
	struct capture_config config;
	struct watch watch;
	bool watched;
	int fd;
	size_t link_bytes;
	bool *is_gone; /* set when it is closed while it is served */
	uint8_t frame[FRAME_MOST];
};

/* ---- the filter ---- */

static int attach(int fd, struct sock_filter *code, unsigned length)
{
	struct sock_fprog program = {.len = (unsigned short)length, .filter = code};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program))
		       ? ERROR_SYSTEM
		       : 0;
}

/* Nothing passes: for a socket that is not used, or not yet. */
static int shut(int fd)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);

	return attach(fd, &nothing, 1);
}

static void drain(int fd)
{
	char byte;

	while (recv(fd, &byte, 1, MSG_DONTWAIT | MSG_TRUNC) >= 0)
		;
}

static int use_filter(int fd, const struct capture_filter *filter, struct diag *diag)
{
	drain(fd);
	if (attach(fd, filter->code, filter->length) == 0)
		return 0;
	return diag_set(diag, ERROR_SYSTEM, "the filter was refused: %s", strerrordesc_np(errno));
}

/* ---- frames ---- */

static uint64_t stamp_of(struct msghdr *message, struct loop *loop)
{
	struct cmsghdr *part;

	for (part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part))
		if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPNS) {
			struct timespec at;

			memcpy(&at, CMSG_DATA(part), sizeof(at));
			return (uint64_t)at.tv_sec * NS_PER_S + (uint64_t)at.tv_nsec;
		}
	return loop_wall_ns(loop);
}

static size_t cut(const struct capture *capture, size_t count)
{
	if (count > sizeof(capture->frame))
		count = sizeof(capture->frame);
	return capture->config.snap && count > capture->config.snap ? capture->config.snap : count;
}

/* False: there is nothing more for now. */
static bool hear_one(struct capture *capture)
{
	char control[CMSG_SPACE(sizeof(struct timespec))];
	struct iovec part = {capture->frame, sizeof(capture->frame)};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control)};
	ssize_t count = recvmsg(capture->fd, &message, MSG_DONTWAIT | MSG_TRUNC);
	struct capture_frame frame = {.bytes = capture->frame};

	if (count < 0)
		return false;
	frame.wire_bytes = (size_t)count;
	frame.count = cut(capture, (size_t)count);
	frame.link_bytes = capture->link_bytes < frame.count ? capture->link_bytes : frame.count;
	frame.wall_ns = stamp_of(&message, capture->config.loop);
	capture->config.heard(capture->config.self, &frame);
	return true;
}

static void ready(void *self, int events)
{
	struct capture *capture = self;
	bool gone = false;
	int left = TURN_MOST;

	(void)events;
	capture->is_gone = &gone;
	while (left-- && !gone && capture->watched && hear_one(capture))
		;
	if (!gone)
		capture->is_gone = NULL;
}

/* ---- opening ---- */

static size_t link_header_of(const struct interface *interface)
{
	bool bare = interface && interface->kind != INTERFACE_ETHERNET &&
		    interface->kind != INTERFACE_LOOPBACK;

	return bare ? 0 : ETHER_HDR_LEN;
}

static int listen_on(struct capture *capture)
{
	const struct interface *interface = capture->config.interface;
	const int on = 1;
	struct packet_mreq promiscuous = {.mr_type = PACKET_MR_PROMISC};
	struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};

	if (interface)
		promiscuous.mr_ifindex = at.sll_ifindex = (int)interface->index;
	if (setsockopt(capture->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) != 0 ||
	    bind(capture->fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		return ERROR_SYSTEM;
	/* Without it what is for us is heard. */
	if (capture->config.promiscuous && interface)
		(void)setsockopt(capture->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous,
				 sizeof(promiscuous));
	return 0;
}

static void leave(const struct capture *capture)
{
	struct packet_mreq promiscuous = {.mr_type = PACKET_MR_PROMISC};

	if (!capture->config.promiscuous || !capture->config.interface)
		return;
	promiscuous.mr_ifindex = (int)capture->config.interface->index;
	(void)setsockopt(capture->fd, SOL_PACKET, PACKET_DROP_MEMBERSHIP, &promiscuous,
			 sizeof(promiscuous));
}

static int fill(struct capture *capture, struct diag *diag)
{
	struct capture_filter filter;
	int r;

	capture->link_bytes = link_header_of(capture->config.interface);
	r = capture_filter_compile(capture->config.filter, capture->link_bytes > 0, &filter, diag);
	if (r < 0)
		return r;
	r = link_sockets_take_packet(capture->config.sockets, &capture->fd, diag);
	if (r == 0 && (shut(capture->fd) < 0 || listen_on(capture) < 0))
		r = diag_set(diag, ERROR_SYSTEM, "%s", strerrordesc_np(errno));
	if (r == 0)
		r = use_filter(capture->fd, &filter, diag);
	alloc_free(filter.code);
	return r;
}

int capture_open(const struct capture_config *config, struct capture **ret_capture,
		 struct diag *diag)
{
	struct capture *capture = alloc_zero(sizeof(*capture));
	int r;

	if (!capture)
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	capture->config = *config;
	capture->fd = -1;
	capture->watch = (struct watch){.ready = ready, .self = capture};
	r = fill(capture, diag);
	if (r < 0) {
		capture_close(capture);
		return r;
	}
	*ret_capture = capture;
	return 0;
}

int capture_pause(struct capture *capture, bool pause)
{
	struct loop *loop = capture->config.loop;
	int r = 0;

	if (pause && capture->watched)
		loop_unwatch(loop, &capture->watch);
	else if (!pause && !capture->watched)
		r = loop_watch(loop, &capture->watch, capture->fd, WATCH_READ);
	if (r == 0)
		capture->watched = !pause;
	return r;
}

void capture_close(struct capture *capture)
{
	if (!capture)
		return;
	(void)capture_pause(capture, true);
	if (capture->is_gone)
		*capture->is_gone = true;
	if (capture->fd >= 0) {
		leave(capture);
		(void)shut(capture->fd);
		drain(capture->fd);
		link_sockets_give_packet(capture->config.sockets, capture->fd);
	}
	alloc_free(capture);
}
