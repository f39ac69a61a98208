/* How many frames a second this machine hands to an interface: the yardstick
 * of the benches. Only ever for a namespace of one's own.
 *
 *	blast [bare|packet|ip|xdp] INTERFACE MAC SECONDS
 *
 * bare: a loop of sendmmsg() on a packet socket, and nothing else. packet, ip,
 * xdp: the same frames through link_send() of that back end. Prints one line:
 * mode, frames a second, frames refused. The frame is a SYN from 10.99.0.1 to
 * 10.99.0.2. */
#include "net/link.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <netinet/ether.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH       256
#define FRAME_BYTES 58

static const uint8_t syn[] = {
	0x45, 0, 0, 44,   0, 1, 0, 0, 64, 6, 0x66, 0x04, 10,   99, 0, 1, 10, 99, 0, 2, /* IPv4 */
	0xc0, 0, 0, 9,    0, 0, 0, 1, 0,  0, 0,    0,    0x60, 2,  4, 0, 0,  0,  0, 0,
	2,    4, 5, 0xb4, /* TCP */
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void make_frame(const char *mac, uint8_t frame[FRAME_BYTES])
{
	struct ether_addr *to = ether_aton(mac);

	if (!to)
		errx(2, "%s is no MAC address", mac);
	memcpy(frame, to, 6);
	memset(frame + 6, 2, 6);
	frame[12] = 8;
	frame[13] = 0;
	memcpy(frame + 14, syn, sizeof(syn));
}

static void say(const char *mode, uint64_t sent, uint64_t refused, uint64_t took_ns)
{
	printf("%s %.0f pps, %llu refused\n", mode, (double)sent * 1e9 / (double)took_ns,
	       (unsigned long long)refused);
}

static int open_bare(unsigned interface)
{
	const struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_ifindex = (int)interface};
	const int on = 1;
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		err(1, "packet socket");
	setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on));
	return fd;
}

static void blast_bare(const struct interface *interface, uint8_t *frame, uint64_t for_ns)
{
	static struct mmsghdr messages[BATCH];
	struct iovec part = {.iov_base = frame, .iov_len = FRAME_BYTES};
	int fd = open_bare(interface->index);
	uint64_t start_ns = now_ns(), sent = 0, refused = 0;

	for (int i = 0; i < BATCH; i++)
		messages[i].msg_hdr = (struct msghdr){.msg_iov = &part, .msg_iovlen = 1};
	while (now_ns() - start_ns < for_ns) {
		int r = sendmmsg(fd, messages, BATCH, MSG_DONTWAIT);

		if (r > 0)
			sent += (uint64_t)r;
		else
			refused++;
	}
	say("bare", sent, refused, now_ns() - start_ns);
	close(fd);
}

static void on_heard(void *self, struct link *link, const struct link_seen *seen)
{
}

static void on_lost(void *self, struct link *link)
{
	errx(1, "the interface went down");
}

static struct link *open_link(const char *mode, const struct link_config *config,
			      struct interface *interface)
{
	const struct interfaces all = {.at = interface, .count = 1};
	struct link_sockets *sockets = NULL;
	struct link *link = NULL;
	struct diag diag = {0};
	int r = link_sockets_open(&all, &sockets, &diag);

	if (r == 0 && !strcmp(mode, "xdp"))
		r = link_xdp_new(config, sockets, interface, &link, &diag);
	else if (r == 0 && !strcmp(mode, "ip"))
		r = link_ip_new(config, sockets, interface, 0, &link, &diag);
	else if (r == 0)
		r = link_packet_new(config, sockets, interface, 0, &link, &diag);
	if (r < 0)
		errx(1, "%s", diag.text);
	link_sockets_free(sockets);
	return link;
}

static void blast_link(const char *mode, struct interface *interface, const uint8_t *frame,
		       uint64_t for_ns)
{
	const struct link_config config = {
		.loop = loop_uv_new(), .heard = on_heard, .lost = on_lost};
	struct link *link = open_link(mode, &config, interface);
	size_t skip = link_layer(link) == LINK_IP ? 14 : 0;
	struct link_frame frames[BATCH];
	struct link_stats stats;
	uint64_t start_ns;

	for (int i = 0; i < BATCH; i++)
		frames[i] = (struct link_frame){frame + skip, FRAME_BYTES - skip};
	start_ns = now_ns();
	while (now_ns() - start_ns < for_ns) {
		if (link_send(link, frames, BATCH) < 0)
			errx(1, "cannot send");
		link_poll(link, BATCH);
	}
	link_stats(link, &stats);
	say(mode, stats.sent, stats.dropped_sending, now_ns() - start_ns);
	link_free(link);
	loop_free(config.loop);
}

int main(int argc, char **argv)
{
	const char *mode = argc == 5 ? argv[1] : "bare";
	struct interface interface = {.kind = INTERFACE_ETHERNET, .up = true, .mtu = 1500};
	uint8_t frame[FRAME_BYTES];
	uint64_t for_ns;

	if (argc < 4 || argc > 5)
		errx(2, "usage: blast [bare|packet|ip|xdp] INTERFACE MAC SECONDS");
	snprintf(interface.name, sizeof(interface.name), "%s", argv[argc - 3]);
	if (!(interface.index = if_nametoindex(interface.name)))
		err(1, "%s", interface.name);
	make_frame(argv[argc - 2], frame);
	for_ns = (uint64_t)(strtod(argv[argc - 1], NULL) * 1e9);
	if (!strcmp(mode, "bare"))
		blast_bare(&interface, frame, for_ns);
	else
		blast_link(mode, &interface, frame, for_ns);
	return 0;
}
