/* Kernel sockets for flows. Making and closing one costs more than a refused
 * connection does, and a refused socket is as good as new, so they are kept.
 *
 * Idle sockets are of two kinds. Where answers are there at once (own machine,
 * bridged containers) epoll never hears of a socket; where they take a while,
 * it is registered once, edge-triggered, and stays so. An idle registered
 * socket may still have an event under way: whoever gets the socket next must
 * take an event as "look again", never as news. */
#include "engine/flow_socket.h"

#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define FILES_WANTED  100000
#define FILES_RESERVE 32   /* for outputs, journal, resolver, scripts */
#define IDLE_MAX      1024 /* more are closed */

/* --- limits --- */

/* The soft limit exists for programs that use select(); we do not. */
static size_t file_limit(void)
{
	struct rlimit limit;
	rlim_t wanted;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 256;
	wanted = limit.rlim_max < FILES_WANTED ? limit.rlim_max : FILES_WANTED;
	if (limit.rlim_cur < wanted) {
		rlim_t was = limit.rlim_cur;

		limit.rlim_cur = wanted;
		if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
			limit.rlim_cur = was;
	}
	return limit.rlim_cur < FILES_WANTED ? (size_t)limit.rlim_cur : FILES_WANTED;
}

/* "32768 60999": how many ports that is; the kernel's default when unreadable. */
static size_t ports_between(const char *text)
{
	char *between, *end;
	unsigned long first = strtoul(text, &between, 10), last = strtoul(between, &end, 10);

	if (between == text || end == between || first > last || last > 65535)
		return 60999 - 32768 + 1;
	return last - first + 1;
}

static size_t ephemeral_ports(void)
{
	int fd = open("/proc/sys/net/ipv4/ip_local_port_range", O_RDONLY | O_CLOEXEC);
	char text[64] = "";

	if (fd >= 0) {
		if (read(fd, text, sizeof(text) - 1) < 0)
			text[0] = '\0';
		close(fd);
	}
	return ports_between(text);
}

void socket_pool_init(struct socket_pool *pool, size_t most_wanted)
{
	size_t files = file_limit(), ports = ephemeral_ports();

	pool->most = files > 2 * FILES_RESERVE ? files - FILES_RESERVE : files / 2;
	if (pool->most > ports)
		pool->most = ports;
	if (most_wanted && pool->most > most_wanted)
		pool->most = most_wanted;
	if (!pool->most)
		pool->most = 1;
}

/* --- making --- */

static int set_hop_limit(int fd, const struct socket_options *options)
{
	if (options->ttl < 0)
		return 0;
	if (options->family == AF_INET6)
		return setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &options->ttl, sizeof(int));
	return setsockopt(fd, IPPROTO_IP, IP_TTL, &options->ttl, sizeof(int));
}

static int bind_source(int fd, const struct socket_options *options)
{
	struct ip_addr source = options->source;
	struct sockaddr_storage from;
	socklen_t from_bytes;
	int yes = 1;

	if (source.family == IP_NONE && !options->source_port)
		return 0;
	if (source.family == IP_NONE) /* any address, but this port */
		source.family = options->family == AF_INET6 ? IP_V6 : IP_V4;
	/* The port is chosen when we connect: bound now, each would be ours
	 * alone whatever it connects to, and we would soon run out of them. One that
	 * was wished for is shared by all our flows. */
	if (options->source_port)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	else
		setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof(yes));
	from_bytes = ip_to_sockaddr(&source, options->source_port, &from);
	return bind(fd, (struct sockaddr *)&from, from_bytes);
}

/* TCP resets when closed (SC-03), so that a connection we drop leaves nothing behind on
 * either side. UDP hears of every ICMP error, not only of those that the kernel deems fatal. */
static int set_transport(int fd, const struct socket_options *options)
{
	const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	const int yes = 1;

	if (!options->is_udp)
		return setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	if (options->family == AF_INET6)
		return setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &yes, sizeof(yes));
	return setsockopt(fd, IPPROTO_IP, IP_RECVERR, &yes, sizeof(yes));
}

static int set_ip_options(int fd, const struct socket_options *options)
{
	if (!options->ip_options_bytes)
		return 0;
	return setsockopt(fd, IPPROTO_IP, IP_OPTIONS, options->ip_options,
			  options->ip_options_bytes);
}

/* -1 with errno. */
static int make(const struct socket_options *options)
{
	int type = options->is_udp ? SOCK_DGRAM : SOCK_STREAM;
	int fd = socket(options->family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	size_t name_bytes = strlen(options->interface);
	int error;

	if (fd < 0)
		return -1;
	if (set_transport(fd, options) == 0 && set_hop_limit(fd, options) == 0 &&
	    set_ip_options(fd, options) == 0 &&
	    (!name_bytes || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, options->interface,
				       (socklen_t)name_bytes) == 0) &&
	    bind_source(fd, options) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static bool is_equal(const struct socket_options *a, const struct socket_options *b)
{
	return a->family == b->family && a->ttl == b->ttl && ip_equal(&a->source, &b->source) &&
	       strcmp(a->interface, b->interface) == 0;
}

/* Rare ones would only push out the many. */
static bool is_reusable(const struct socket_options *options)
{
	return !options->is_udp && !options->source_port && !options->ip_options_bytes;
}

/* Closes the descriptor and keeps the memory: epoll may have an event for it
 * in hand. */
static void discard(struct socket_pool *pool, struct kernel_socket *socket)
{
	close(socket->fd);
	socket->fd = -1;
	pool->open_count--;
	socket->next = pool->spare;
	pool->spare = socket;
}

static struct kernel_socket *pop_idle(struct socket_pool *pool, bool registered)
{
	struct kernel_socket *socket = pool->idle[registered];

	if (socket) {
		pool->idle[registered] = socket->next;
		pool->idle_count--;
	}
	return socket;
}

/* One that fits; those on the way that do not, made for other options, are of
 * a scan's earlier part and go. */
static struct kernel_socket *find_idle(struct socket_pool *pool,
				       const struct socket_options *options, bool registered)
{
	struct kernel_socket *socket;

	while ((socket = pop_idle(pool, registered))) {
		if (is_equal(&socket->options, options))
			return socket;
		discard(pool, socket);
	}
	return NULL;
}

static void drop_one_idle(struct socket_pool *pool)
{
	struct kernel_socket *socket = pop_idle(pool, true);

	if (!socket)
		socket = pop_idle(pool, false);
	if (socket)
		discard(pool, socket);
}

static int take_new(struct socket_pool *pool, const struct socket_options *options,
		    struct kernel_socket **ret_socket)
{
	struct kernel_socket *socket = pool->spare;
	int fd;

	if (socket)
		pool->spare = socket->next;
	else if (!(socket = alloc_zero(sizeof(*socket))))
		return ERROR_MEMORY;
	if ((fd = make(options)) < 0) {
		/* Others of this process took more descriptors than we left
		 * them: get along with fewer. */
		if (errno == EMFILE && pool->open_count)
			pool->most = pool->open_count;
		socket->next = pool->spare;
		pool->spare = socket;
		return ERROR_SYSTEM;
	}
	pool->open_count++;
	*socket = (struct kernel_socket){.options = *options, .fd = fd};
	*ret_socket = socket;
	return 0;
}

int socket_pool_take(struct socket_pool *pool, const struct socket_options *options,
		     bool registered, struct kernel_socket **ret_socket)
{
	struct kernel_socket *socket = NULL;

	if (is_reusable(options)) {
		socket = find_idle(pool, options, registered);
		if (!socket && (registered || pool->open_count >= pool->most))
			socket = find_idle(pool, options, !registered);
	}
	if (socket) {
		*ret_socket = socket;
		return 0;
	}
	if (pool->open_count >= pool->most)
		drop_one_idle(pool);
	return take_new(pool, options, ret_socket);
}

/* --- giving back --- */

/* Back to what socket() made of it; what comes late finds another port. */
static bool disconnect(int fd)
{
	const struct sockaddr nobody = {.sa_family = AF_UNSPEC};

	return connect(fd, &nobody, sizeof(nobody)) == 0;
}

void socket_pool_say_goodbye(struct kernel_socket *socket)
{
	const struct linger orderly = {0};

	if (!socket->options.is_udp)
		(void)setsockopt(socket->fd, SOL_SOCKET, SO_LINGER, &orderly, sizeof(orderly));
}

void socket_pool_give(struct socket_pool *pool, struct kernel_socket *socket, bool reusable)
{
	socket->flow = NULL;
	if (socket->used || !is_reusable(&socket->options) || pool->idle_count >= IDLE_MAX ||
	    pool->open_count > pool->most || (!reusable && !disconnect(socket->fd))) {
		discard(pool, socket);
		return;
	}
	socket->next = pool->idle[socket->registered];
	pool->idle[socket->registered] = socket;
	pool->idle_count++;
}

void socket_pool_release(struct socket_pool *pool)
{
	struct kernel_socket *socket;

	while (pool->idle_count)
		drop_one_idle(pool);
	while ((socket = pool->spare)) {
		pool->spare = socket->next;
		alloc_free(socket);
	}
}
