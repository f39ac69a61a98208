#include "engine/datagram.h"

#include "util/alloc.h"
#include "util/error.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TURN_MOST 64 /* datagrams heard in one turn of the loop */

struct datagram {
	struct datagram_config config;
	struct watch watch;
	int fd;
	bool *is_gone; /* set when it is closed while it is served */
	uint8_t received[UINT16_MAX + 1];
};

static int set_hops(int fd, const struct datagram_config *config)
{
	int ttl = config->ttl;

	if (ttl < 0)
		return 0;
	if (config->family == IP_V6)
		return setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &ttl, sizeof(ttl));
	return setsockopt(fd, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
}

static int set_options(int fd, const struct datagram_config *config)
{
	char name[IFNAMSIZ] = "";
	int yes = 1;

	if (config->interface)
		snprintf(name, sizeof(name), "%s", config->interface);
	if (setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &yes, sizeof(yes)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 ||
	    set_hops(fd, config) < 0)
		return -1;
	if (!name[0])
		return 0;
	return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)strlen(name) + 1);
}

static int bind_source(int fd, const struct datagram_config *config)
{
	struct ip_addr source = config->source;
	struct sockaddr_storage from;
	socklen_t from_bytes;

	if (source.family == IP_NONE)
		source.family = (uint8_t)config->family;
	from_bytes = ip_to_sockaddr(&source, config->source_port, &from);
	return bind(fd, (struct sockaddr *)&from, from_bytes);
}

static int open_socket(const struct datagram_config *config)
{
	int family = config->family == IP_V6 ? AF_INET6 : AF_INET, error;
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	if (set_options(fd, config) == 0 && bind_source(fd, config) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* False: there is nothing more for now, or it was closed. */
static bool hear_one(struct datagram *datagram)
{
	struct sockaddr_storage who = {0};
	socklen_t who_bytes = sizeof(who);
	struct ip_addr from;
	uint16_t port;
	bool is_gone = false;
	ssize_t got = recvfrom(datagram->fd, datagram->received, sizeof(datagram->received), 0,
			       (struct sockaddr *)&who, &who_bytes);

	if (got < 0)
		return false;
	if (!ip_from_sockaddr((struct sockaddr *)&who, &from, &port))
		return true;
	datagram->is_gone = &is_gone;
	datagram->config.heard(datagram->config.self, &from, port, datagram->received, (size_t)got);
	if (is_gone)
		return false;
	datagram->is_gone = NULL;
	return datagram->watch.handle != NULL;
}

static void on_ready(void *self, int events)
{
	int left = TURN_MOST;

	while (left-- && hear_one(self))
		;
}

int datagram_open(const struct datagram_config *config, struct datagram **ret_datagram)
{
	struct datagram *datagram;

	if (loop_uv_handle(config->loop) == NULL)
		return ERROR_UNSUPPORTED;
	if (!(datagram = alloc_zero(sizeof(*datagram))))
		return ERROR_MEMORY;
	datagram->config = *config;
	datagram->config.interface = NULL;
	datagram->watch.ready = on_ready;
	datagram->watch.self = datagram;
	datagram->fd = open_socket(config);
	if (datagram->fd < 0) {
		alloc_free(datagram);
		return ERROR_SYSTEM;
	}
	*ret_datagram = datagram;
	return 0;
}

void datagram_close(struct datagram *datagram)
{
	if (!datagram)
		return;
	if (datagram->is_gone)
		*datagram->is_gone = true;
	loop_unwatch(datagram->config.loop, &datagram->watch);
	close(datagram->fd);
	alloc_free(datagram);
}

int datagram_send(struct datagram *datagram, const struct ip_addr *to, uint16_t port,
		  const void *bytes, size_t count)
{
	struct sockaddr_storage who;
	socklen_t who_bytes = ip_to_sockaddr(to, port, &who);
	int r = gate_check(datagram->config.gate, to, TRANSPORT_UDP, port, true);

	if (r < 0)
		return r;
	if (sendto(datagram->fd, bytes, count, MSG_NOSIGNAL, (struct sockaddr *)&who, who_bytes) >=
	    0)
		return 0;
	return errno == EAGAIN || errno == ENOBUFS || errno == EMSGSIZE ? ERROR_LIMIT
									: ERROR_SYSTEM;
}

int datagram_pause(struct datagram *datagram, bool paused)
{
	struct loop *loop = datagram->config.loop;

	if (!paused)
		return loop_watch(loop, &datagram->watch, datagram->fd, WATCH_READ);
	loop_unwatch(loop, &datagram->watch);
	return 0;
}

bool datagram_local(const struct datagram *datagram, struct ip_addr *ret_addr, uint16_t *ret_port)
{
	struct sockaddr_storage who = {0};
	socklen_t who_bytes = sizeof(who);

	return getsockname(datagram->fd, (struct sockaddr *)&who, &who_bytes) == 0 &&
	       ip_from_sockaddr((struct sockaddr *)&who, ret_addr, ret_port);
}
