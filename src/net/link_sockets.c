/* What needs CAP_NET_RAW is socket(), and nothing after it: rings, filters and
 * bind() do not (seen on Linux 6.18; test_link_sockets.c holds it). A packet
 * socket belongs to no interface before bind(), so a pool serves whichever
 * interfaces the targets turn out to need. */
#include "net/link_sockets.h"

#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* A machine may have hundreds of interfaces (one a container), a scan leaves by
 * a few: 32 descriptors at most are kept for frames, 2 for AF_XDP. */
#define PACKET_MOST  32 /* for interfaces */
#define CAPTURE_MOST 64 /* and for captures */
#define XDP_MOST     2
/* Room for what the card has not sent yet; the usual limit holds 270 small frames. */
#define SEND_BUFFER_BYTES (8 << 20)

struct link_sockets {
	int raw_v4, raw_v6; /* -1: the machine has no such family */
	size_t packet_count, xdp_count;
	int packet[PACKET_MOST + CAPTURE_MOST];
	int xdp[XDP_MOST];
};

static void widen_send_buffer(int fd)
{
	int bytes = SEND_BUFFER_BYTES;

	/* Past the system's limit only CAP_NET_ADMIN may go. */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
}

static int open_one(int family, int protocol, int *ret_fd)
{
	int fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);

	if (fd < 0)
		return errno == EPERM || errno == EACCES          ? ERROR_PERMISSION
		       : errno == EMFILE || errno == ENFILE       ? ERROR_LIMIT
		       : errno == EAFNOSUPPORT || errno == EINVAL ? ERROR_UNSUPPORTED
								  : ERROR_SYSTEM;
	widen_send_buffer(fd);
	*ret_fd = fd;
	return 0;
}

/* IPPROTO_RAW: with the header, in either family, and nothing is heard. */
static int open_raw_v4(int *ret_fd)
{
	const int on = 1;
	int r = open_one(AF_INET, IPPROTO_RAW, ret_fd);

	if (r < 0)
		return r;
	setsockopt(*ret_fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	/* Without it the system says "sent" of what its queue had no room for. */
	setsockopt(*ret_fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
	return 0;
}

static int open_raw_v6(int *ret_fd)
{
	const int on = 1;
	int r = open_one(AF_INET6, IPPROTO_RAW, ret_fd);

	if (r < 0)
		return r;
	setsockopt(*ret_fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
	return 0;
}

static size_t usable_count(const struct interfaces *interfaces, bool ethernet_only)
{
	size_t count = 0;

	for (size_t i = 0; i < interfaces->count; i++) {
		const struct interface *at = &interfaces->at[i];

		if (at->up && at->kind != INTERFACE_OTHER &&
		    (!ethernet_only || at->kind == INTERFACE_ETHERNET))
			count++;
	}
	return count;
}

static int open_pools(struct link_sockets *sockets, const struct interfaces *interfaces)
{
	size_t packets = usable_count(interfaces, false), xdps = usable_count(interfaces, true);
	int r;

	packets += xdps; /* an Ethernet interface may be used for frames and for IP packets */

	while (sockets->packet_count < packets && sockets->packet_count < PACKET_MOST) {
		if ((r = open_one(AF_PACKET, 0, &sockets->packet[sockets->packet_count])) < 0)
			return r;
		sockets->packet_count++;
	}
	/* Kernels without AF_XDP are fine. */
	while (sockets->xdp_count < xdps && sockets->xdp_count < XDP_MOST &&
	       open_one(AF_XDP, 0, &sockets->xdp[sockets->xdp_count]) == 0)
		sockets->xdp_count++;
	return 0;
}

static int open_all(struct link_sockets *sockets, const struct interfaces *interfaces)
{
	int r;

	if ((r = open_raw_v4(&sockets->raw_v4)) < 0 && r != ERROR_UNSUPPORTED)
		return r;
	if ((r = open_raw_v6(&sockets->raw_v6)) < 0 && r != ERROR_UNSUPPORTED)
		return r;
	return open_pools(sockets, interfaces);
}

static int explain(int error, struct diag *diag)
{
	switch (error) {
	case ERROR_PERMISSION:
		return diag_set(diag, error,
				"raw sockets are not allowed: they need root or CAP_NET_RAW");
	case ERROR_LIMIT:
		return diag_set(diag, error, "raw sockets: too many open files (ulimit -n)");
	default:
		return diag_set(diag, error, "raw sockets: %s", error_text(error));
	}
}

int link_sockets_open(const struct interfaces *interfaces, struct link_sockets **ret_sockets,
		      struct diag *diag)
{
	struct link_sockets *sockets = alloc_zero(sizeof(*sockets));
	int r;

	if (!sockets)
		return ERROR_MEMORY;
	sockets->raw_v4 = sockets->raw_v6 = -1;
	if ((r = open_all(sockets, interfaces)) < 0) {
		link_sockets_free(sockets);
		return explain(r, diag);
	}
	*ret_sockets = sockets;
	return 0;
}

static void close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

int link_sockets_reserve(struct link_sockets *sockets, size_t count, struct diag *diag)
{
	size_t most = sizeof(sockets->packet) / sizeof(sockets->packet[0]);
	int r;

	for (; count && sockets->packet_count < most; count--) {
		if ((r = open_one(AF_PACKET, 0, &sockets->packet[sockets->packet_count])) < 0)
			return explain(r, diag);
		sockets->packet_count++;
	}
	return 0;
}

void link_sockets_give_packet(struct link_sockets *sockets, int fd)
{
	if (sockets->packet_count < sizeof(sockets->packet) / sizeof(sockets->packet[0]))
		sockets->packet[sockets->packet_count++] = fd;
	else
		close(fd);
}

void link_sockets_free(struct link_sockets *sockets)
{
	if (!sockets)
		return;
	close_if_open(sockets->raw_v4);
	close_if_open(sockets->raw_v6);
	while (sockets->packet_count)
		close(sockets->packet[--sockets->packet_count]);
	while (sockets->xdp_count)
		close(sockets->xdp[--sockets->xdp_count]);
	alloc_free(sockets);
}

int link_sockets_take_packet(struct link_sockets *sockets, int *ret_fd, struct diag *diag)
{
	if (sockets->packet_count) {
		*ret_fd = sockets->packet[--sockets->packet_count];
		return 0;
	}
	/* Who kept the privileges may have more. */
	if (open_one(AF_PACKET, 0, ret_fd) == 0)
		return 0;
	return diag_set(diag, ERROR_LIMIT, "no raw socket left for one more interface");
}

int link_sockets_dup_raw(const struct link_sockets *sockets, enum ip_family family, int *ret_fd)
{
	int fd = family == IP_V4 ? sockets->raw_v4 : sockets->raw_v6;

	if (fd < 0)
		return ERROR_UNSUPPORTED;
	fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return ERROR_LIMIT;
	*ret_fd = fd;
	return 0;
}

int link_sockets_take_xdp(struct link_sockets *sockets, int *ret_fd)
{
	if (!sockets->xdp_count)
		return ERROR_UNSUPPORTED;
	*ret_fd = sockets->xdp[--sockets->xdp_count];
	return 0;
}
