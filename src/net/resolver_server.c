/* c-ares is given one try of LINGER_MS per attempt, and the deadlines are ours:
 * an attempt that was given up stays with c-ares for a while, because slow
 * servers do answer, the answer is as good as any, and it tells how slow they
 * are. Memory is bounded by OUTSTANDING_MOST attempts of about 400 bytes.
 *
 * c-ares calls back from within its functions. While it sends, a failure is kept
 * for server_send() to return; otherwise replies come from the loop's turn. */
#include "net/resolver_server.h"

#include "net/resolver_list.h"
#include "util/alloc.h"
#include "util/error.h"

#include <ares.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#define CLASS_IN         1
#define LINGER_MS        5000
#define SWEEP_NS         (1 * NS_PER_S) /* how often c-ares is asked to drop what lingered */
#define OUTSTANDING_MOST 30000          /* ids are 16 bits: leave most of them unused */
#define RECEIVE_BYTES    (1 << 20)
#define SOCKETS_MOST     8 /* c-ares has one UDP and one TCP socket per server */

struct dns_socket {
	struct server *server;
	struct watch watch;
	int fd; /* -1: free */
	int events;
	bool is_deaf; /* could not be watched yet */
};

struct server {
	struct window window;
	struct server_config config;
	char interface[IFNAMSIZ];
	ares_channel channel;
	struct ring attempts; /* all that c-ares has */
	unsigned outstanding;
	struct timer sweep;
	struct dns_socket sockets[SOCKETS_MOST];
	const struct attempt *sending; /* NULL: not in ares_query() */
	int send_error;
	bool is_dropping;
};

struct attempt {
	struct ring link;
	struct server *server;
	void *ask; /* NULL: forgotten */
	uint64_t sent_ns;
	uint32_t sample;
	bool has_outcome; /* counted in the window */
	bool is_retry;
};

/* --- sockets --- */

static void socket_ready(void *self, int events)
{
	struct dns_socket *sock = self;
	struct server *server = sock->server;
	int fd = sock->fd;

	ares_process_fd(server->channel, events & WATCH_READ ? fd : ARES_SOCKET_BAD,
			events & WATCH_WRITE ? fd : ARES_SOCKET_BAD);
}

static struct dns_socket *socket_of(struct server *server, int fd)
{
	size_t i;

	for (i = 0; i < SOCKETS_MOST; i++)
		if (server->sockets[i].fd == fd)
			return &server->sockets[i];
	return NULL;
}

static bool socket_watch(struct dns_socket *sock)
{
	sock->is_deaf =
		loop_watch(sock->server->config.loop, &sock->watch, sock->fd, sock->events) < 0;
	return !sock->is_deaf;
}

static void socket_changed(void *self, ares_socket_t fd, int readable, int writable)
{
	struct server *server = self;
	struct dns_socket *sock = socket_of(server, fd);
	int events = (readable ? WATCH_READ : 0) | (writable ? WATCH_WRITE : 0);

	if (!events) {
		if (!sock)
			return;
		loop_unwatch(server->config.loop, &sock->watch);
		sock->is_deaf = false;
		sock->fd = -1;
		return;
	}
	if (!sock && !(sock = socket_of(server, -1)))
		return;
	sock->fd = fd;
	sock->events = events;
	socket_watch(sock);
}

/* c-ares cannot be told that its socket is not watched, for lack of memory or
 * descriptors; what was sent through it would only time out. */
static bool sockets_listen(struct server *server)
{
	bool all = true;
	size_t i;

	for (i = 0; i < SOCKETS_MOST; i++)
		if (server->sockets[i].is_deaf && !socket_watch(&server->sockets[i]))
			all = false;
	return all;
}

/* A server on this machine is reached through lo whatever interface scans; a
 * link-local one only through its own link (c-ares 1.18 knows no zones). */
static int socket_configure(ares_socket_t fd, int type, void *self)
{
	const struct server *server = self;
	const struct ip_addr *addr = &server->config.at.addr;
	int index = (int)addr->scope_id;

	if (index)
		return setsockopt(fd, SOL_SOCKET, SO_BINDTOIFINDEX, &index, sizeof(index));
	if (!server->interface[0] || ip_is_loopback(addr))
		return 0;
	return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, server->interface,
			  (socklen_t)strlen(server->interface) + 1);
}

/* --- making and freeing --- */

static void ares_set_up(void)
{
	/* Only sets c-ares' memory functions; never undone, since another
	 * user of the library in this process may have called it too. */
	ares_library_init(ARES_LIB_INIT_ALL);
}

static int ares_error(int status)
{
	return status == ARES_ENOMEM ? ERROR_MEMORY : ERROR_SYSTEM;
}

static int channel_open(struct server *server)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	char lookups[] = "b", nowhere[] = "/dev/null";
	struct in_addr placeholder = {htonl(INADDR_LOOPBACK)};
	struct ares_options options = {
		/* c-ares would report SERVFAIL as "connection refused". */
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP,
		.timeout = LINGER_MS,
		.tries = 1,
		.lookups = lookups,
		.resolvconf_path = nowhere,
		.servers = &placeholder,
		.nservers = 1,
		.socket_receive_buffer_size = RECEIVE_BYTES,
		.sock_state_cb = socket_changed,
		.sock_state_cb_data = server,
	};
	int status;

	pthread_once(&once, ares_set_up);
	status = ares_init_options(&server->channel, &options,
				   ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
					   ARES_OPT_LOOKUPS | ARES_OPT_RESOLVCONF |
					   ARES_OPT_SERVERS | ARES_OPT_DOMAINS |
					   ARES_OPT_SOCK_RCVBUF | ARES_OPT_SOCK_STATE_CB);
	if (status == ARES_SUCCESS)
		ares_set_socket_configure_callback(server->channel, socket_configure, server);
	return status == ARES_SUCCESS ? 0 : ares_error(status);
}

static int channel_aim(struct server *server)
{
	const struct dns_server *at = &server->config.at;
	struct ares_addr_port_node node = {
		.family = at->addr.family == IP_V6 ? AF_INET6 : AF_INET,
		.udp_port = at->port,
		.tcp_port = at->port,
	};
	int status;

	memcpy(&node.addr, at->addr.bytes, at->addr.family == IP_V6 ? 16 : 4);
	status = ares_set_servers_ports(server->channel, &node);
	return status == ARES_SUCCESS ? 0 : ares_error(status);
}

static void sweep_due(void *self)
{
	struct server *server = self;

	ares_process_fd(server->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	if (server->outstanding)
		loop_timer_set(server->config.loop, &server->sweep,
			       loop_now_ns(server->config.loop) + SWEEP_NS);
	server->config.swept(server->config.self);
}

int server_new(const struct server_config *config, struct server **ret_server)
{
	struct server *server = alloc_zero(sizeof(*server));
	size_t i;
	int r;

	if (!server)
		return ERROR_MEMORY;
	server->config = *config;
	if (config->interface)
		snprintf(server->interface, sizeof(server->interface), "%s", config->interface);
	window_init(&server->window);
	ring_init(&server->attempts);
	server->sweep = (struct timer){.fire = sweep_due, .self = server};
	for (i = 0; i < SOCKETS_MOST; i++)
		server->sockets[i] = (struct dns_socket){
			.server = server,
			.watch = {.ready = socket_ready, .self = &server->sockets[i]},
			.fd = -1};
	if ((r = channel_open(server)) < 0 || (r = channel_aim(server)) < 0) {
		server_free(server);
		return r;
	}
	*ret_server = server;
	return 0;
}

void server_free(struct server *server)
{
	if (!server)
		return;
	server->is_dropping = true;
	if (server->channel)
		ares_destroy(server->channel);
	loop_timer_cancel(server->config.loop, &server->sweep);
	alloc_free(server);
}

void server_rest(struct server *server)
{
	loop_timer_cancel(server->config.loop, &server->sweep);
	if (!server->outstanding)
		return;
	server->is_dropping = true;
	ares_cancel(server->channel);
	server->is_dropping = false;
}

/* --- attempts --- */

/* Whether the status means that the server itself has spoken. */
static bool status_is_heard(int status)
{
	switch (status) {
	case ARES_SUCCESS:
	case ARES_ENODATA:
	case ARES_ENOTFOUND:
	case ARES_EFORMERR:
	case ARES_ESERVFAIL:
	case ARES_ENOTIMP:
		return true;
	default:
		return false;
	}
}

/* REFUSED is what forwarders say when they have too many queries at once, so
 * it counts as a loss. */
static void window_note(struct attempt *attempt, int status)
{
	struct window *window = &attempt->server->window;
	uint64_t now_ns = loop_now_ns(attempt->server->config.loop);
	uint64_t rtt_ns = now_ns - attempt->sent_ns;

	if (attempt->has_outcome && status_is_heard(status))
		window_answered_late(window, rtt_ns, now_ns);
	if (attempt->has_outcome)
		return;
	attempt->has_outcome = true;
	if (status_is_heard(status))
		window_answered(window, attempt->sample, rtt_ns, now_ns);
	else
		window_lost(window, attempt->sample, attempt->is_retry);
}

static struct reply reply_of(int status, const void *message, int bytes)
{
	switch (status) {
	case ARES_SUCCESS:
	case ARES_ENODATA:
	case ARES_ENOTFOUND:
		if (message && bytes > 0)
			return (struct reply){0, message, (size_t)bytes};
		return (struct reply){.error = ERROR_NOT_FOUND};
	case ARES_EFORMERR:
	case ARES_ESERVFAIL:
	case ARES_ENOTIMP:
	case ARES_EREFUSED:
	case ARES_EBADNAME:
	case ARES_EBADQUERY:
	case ARES_EBADRESP:
		return (struct reply){.error = ERROR_SYSTEM};
	case ARES_ENOMEM:
		return (struct reply){.error = ERROR_MEMORY};
	default:
		return (struct reply){.error = ERROR_IO};
	}
}

/* No outcome will be waited for: the window has the place back. */
static void attempt_settle(struct attempt *attempt)
{
	if (!attempt->has_outcome)
		window_dropped(&attempt->server->window, attempt->sample);
	attempt->has_outcome = true;
}

static void attempt_ended(void *self, int status, int timeouts, unsigned char *message, int bytes)
{
	struct attempt *attempt = self;
	struct server *server = attempt->server;
	struct reply reply = reply_of(status, message, bytes);

	ring_remove(&attempt->link);
	server->outstanding--;
	if (server->is_dropping) {
		attempt_settle(attempt);
	} else {
		window_note(attempt, status);
		if (server->sending == attempt)
			server->send_error = reply.error ? reply.error : ERROR_IO;
		else if (attempt->ask)
			server->config.replied(attempt->ask, attempt, &reply);
	}
	alloc_free(attempt);
}

const struct window *server_window(const struct server *server)
{
	return &server->window;
}

unsigned server_room(const struct server *server)
{
	return server->outstanding < OUTSTANDING_MOST ? window_room(&server->window) : 0;
}

int server_send(struct server *server, const struct server_question *question, void *ask,
		struct attempt **ret_attempt)
{
	struct attempt *attempt = alloc_zero(sizeof(*attempt));
	struct loop *loop = server->config.loop;

	if (!attempt)
		return ERROR_MEMORY;
	if (!loop_timer_is_set(&server->sweep) &&
	    loop_timer_set(loop, &server->sweep, loop_now_ns(loop) + SWEEP_NS) < 0) {
		alloc_free(attempt);
		return ERROR_MEMORY;
	}
	attempt->server = server;
	attempt->ask = ask;
	attempt->is_retry = question->is_retry;
	attempt->sent_ns = loop_now_ns(loop);
	attempt->sample = window_sent(&server->window, attempt->sent_ns);
	ring_append(&server->attempts, &attempt->link);
	server->outstanding++;
	server->sending = attempt;
	server->send_error = 0;
	*ret_attempt = attempt;
	ares_query(server->channel, question->name, CLASS_IN, (int)question->type, attempt_ended,
		   attempt);
	server->sending = NULL;
	if (server->send_error || sockets_listen(server))
		return server->send_error;
	attempt_forget(attempt);
	return ERROR_MEMORY;
}

void attempt_give_up(struct attempt *attempt)
{
	if (!attempt->has_outcome)
		window_lost(&attempt->server->window, attempt->sample, attempt->is_retry);
	attempt->has_outcome = true;
}

void attempt_forget(struct attempt *attempt)
{
	attempt->ask = NULL;
	attempt_settle(attempt);
}

const struct server *attempt_server(const struct attempt *attempt)
{
	return attempt->server;
}
