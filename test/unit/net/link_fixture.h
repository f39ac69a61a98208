/* Links in a network namespace of the test's own: a child process makes it,
 * and it goes when the child does. Inside, CHECK() instead of cmocka's. */
#ifndef PORTOLAN_TEST_LINK_FIXTURE_H
#define PORTOLAN_TEST_LINK_FIXTURE_H

#include "support.h"

#include "net/link.h"
#include "util/error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_SKIPS    77
#define SMALL_RING     65536 /* 32 slots */
#define DEADLINE_NS    (20 * NS_PER_S)
#define KEPT           256
#define KEPT_BYTES     1514
#define ETHERNET_BYTES 14
#define CHECK(condition)                                                                \
	do {                                                                            \
		if (!(condition)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			_exit(1);                                                       \
		}                                                                       \
	} while (0)

int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

/* Runs body() in a namespace without interfaces but lo, which is down. Skips,
 * saying so, where none can be made; with CI=true that is a failure. */
static inline void in_network(void (*body)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		if (geteuid() != 0 || unshare(CLONE_NEWNET) < 0)
			_exit(CHILD_SKIPS);
		body();
		_exit(__lsan_do_recoverable_leak_check && __lsan_do_recoverable_leak_check());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CHILD_SKIPS) {
		if (getenv("CI") && !strcmp(getenv("CI"), "true"))
			fail_msg("no network namespace or no tun: these tests need root");
		print_message("skipped: no network namespace or no tun, these tests need root\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static inline void sh(const char *command)
{
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	if (system(command) != 0) {
		fprintf(stderr, "failed: %s\n", command);
		_exit(1);
	}
}

/* a0 and b0: what leaves by one arrives on the other. The kernel says nothing
 * of its own on them. */
static inline void make_veth(void)
{
	sh("echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6;"
	   "ip link add a0 type veth peer name b0 &&"
	   "ip link set a0 arp off up && ip link set b0 arp off up");
}

/* t0, without an address and down: IFF_TUN carries packets, IFF_TAP frames. */
static inline int open_tun(short type)
{
	struct ifreq request = {.ifr_flags = type | IFF_NO_PI};
	int fd = open("/dev/net/tun", O_RDWR);

	snprintf(request.ifr_name, sizeof(request.ifr_name), "t0");
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) {
		fprintf(stderr, "no tun interface: %s\n", strerror(errno));
		_exit(CHILD_SKIPS);
	}
	return fd;
}

static inline struct interface interface_of(const char *name, enum interface_kind kind)
{
	struct interface interface = {
		.index = if_nametoindex(name), .kind = kind, .up = true, .mtu = 1500};

	CHECK(interface.index);
	snprintf(interface.name, sizeof(interface.name), "%s", name);
	return interface;
}

static inline struct link_sockets *sockets_for(struct interface *interface, size_t count)
{
	const struct interfaces all = {.at = interface, .count = count};
	struct link_sockets *sockets = NULL;
	struct diag diag = {0};

	if (link_sockets_open(&all, &sockets, &diag) < 0)
		fprintf(stderr, "%s\n", diag.text);
	CHECK(sockets);
	return sockets;
}

/* --- an ear: a loop, and what links told it --- */

struct ear {
	struct loop *loop;
	unsigned heard, wanted, lost;
	uint64_t first_ns, last_ns;
	size_t bytes[KEPT]; /* of each of the first, and the bytes themselves */
	uint8_t kept[KEPT][KEPT_BYTES];
};

static inline void ear_heard(void *self, struct link *link, const struct link_seen *seen)
{
	struct ear *ear = self;

	if (ear->heard < KEPT) {
		ear->bytes[ear->heard] = seen->count;
		memcpy(ear->kept[ear->heard], seen->bytes,
		       seen->count < KEPT_BYTES ? seen->count : KEPT_BYTES);
	}
	if (!ear->heard)
		ear->first_ns = seen->at_ns;
	ear->last_ns = seen->at_ns;
	if (++ear->heard == ear->wanted)
		loop_stop(ear->loop);
}

static inline void ear_lost(void *self, struct link *link)
{
	struct ear *ear = self;

	ear->lost++;
	loop_stop(ear->loop);
}

static inline struct link_config ear_init(struct ear *ear)
{
	memset(ear, 0, sizeof(*ear));
	ear->loop = loop_uv_new();
	return (struct link_config){
		.loop = ear->loop, .heard = ear_heard, .lost = ear_lost, .self = ear};
}

static inline void on_deadline(void *self)
{
	fprintf(stderr, "nothing came for 20 s\n");
	_exit(1);
}

/* Runs the loop until a callback stops it. */
static inline void ear_run(struct ear *ear)
{
	struct timer deadline = {.fire = on_deadline};

	CHECK(loop_timer_set(ear->loop, &deadline, loop_time_ns(ear->loop) + DEADLINE_NS) == 0);
	loop_run(ear->loop);
	loop_timer_cancel(ear->loop, &deadline);
}

/* Runs the loop until `count` more frames were heard. */
static inline void ear_hear(struct ear *ear, unsigned count)
{
	ear->wanted = ear->heard + count;
	ear_run(ear);
}

/* Runs the loop for the turns that are due now. */
static inline void ear_turn(struct ear *ear)
{
	struct timer now = {.fire = (void (*)(void *))loop_stop, .self = ear->loop};

	CHECK(loop_timer_set(ear->loop, &now, loop_time_ns(ear->loop) + 5 * NS_PER_MS) == 0);
	loop_run(ear->loop);
}

/* --- bytes --- */

struct bytes {
	uint8_t at[KEPT_BYTES];
	size_t count;
};

static inline void add(struct bytes *bytes, const void *more, size_t count)
{
	memcpy(bytes->at + bytes->count, more, count);
	bytes->count += count;
}

static inline struct bytes ipv4(uint8_t protocol, uint16_t fragment, const char *to, uint16_t port,
				uint8_t mark)
{
	const uint8_t transport[20] = {0,    9, port >> 8, port & 255, 0, 0,    0,
				       mark, 0, 0,         0,          0, 0x50, 2};
	uint8_t header[20] = {0x45, 0, 0, 40, mark, 1, fragment >> 8, fragment & 255, 64, protocol};
	struct bytes packet = {.count = 0};
	uint32_t sum = 0;

	inet_pton(AF_INET, to, header + 12);
	header[15] ^= to[0] == '1' && to[1] == '2' ? 0 : 3; /* from a neighbour; or from itself */
	inet_pton(AF_INET, to, header + 16);
	for (int i = 0; i < 20; i += 2)
		sum += header[i] << 8 | header[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	header[10] = (uint8_t)(~sum >> 8);
	header[11] = (uint8_t)~sum;
	add(&packet, header, sizeof(header));
	add(&packet, transport, sizeof(transport));
	return packet;
}

static inline struct bytes ipv6(uint8_t next, const char *to, uint16_t port, uint8_t mark)
{
	const uint8_t transport[20] = {0,    9, port >> 8, port & 255, 0, 0,    0,
				       mark, 0, 0,         0,          0, 0x50, 2};
	uint8_t header[40] = {0x60, 0, 0, 0, 0, 20, next, 64};
	struct bytes packet = {.count = 0};

	inet_pton(AF_INET6, to, header + 8);
	inet_pton(AF_INET6, to, header + 24);
	add(&packet, header, sizeof(header));
	add(&packet, transport, sizeof(transport));
	return packet;
}

/* To everyone, so that the other end takes it whoever it is. */
static inline struct bytes ethernet(uint16_t type, const struct bytes *payload)
{
	const uint8_t header[14] = {255, 255, 255, 255, 255, 255,       2,
				    0,   0,   0,   0,   1,   type >> 8, type & 255};
	struct bytes frame = {.count = 0};

	add(&frame, header, sizeof(header));
	if (payload)
		add(&frame, payload->at, payload->count);
	while (frame.count < 60)
		add(&frame, "", 1);
	return frame;
}

static inline int send_one(struct link *link, const struct bytes *bytes)
{
	const struct link_frame frame = {bytes->at, bytes->count};

	return link_send(link, &frame, 1);
}

static inline bool ear_kept(const struct ear *ear, unsigned i, const struct bytes *bytes)
{
	return ear->bytes[i] == bytes->count && !memcmp(ear->kept[i], bytes->at, bytes->count);
}

#endif
