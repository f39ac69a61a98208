/* What only the kernel's sockets can show: everything on 127.0.0.0/8 and ::1,
 * or in a network namespace of the test's own. */
#include "support.h"

#include "engine/flow.h"
#include "util/error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOPBACK      0x7f000001
#define DEADLINE_NS   (20 * NS_PER_S)
#define SHORT_NS      (30 * NS_PER_MS)
#define MANY          5000
#define WINDOW        300
#define TORRENT_BYTES (8 * 1024 * 1024)
#define LETTER_BYTES  (1024 * 1024)
#define CHILD_SKIPS   77

/* --- a server of one connection at a time --- */

enum manner { GREETS, RESETS, POURS, READS_LETTER, GREETS_AND_LISTENS };

struct server {
	struct loop *loop;
	struct watch listening, talking;
	enum manner manner;
	int fd, peer;
	uint16_t port;
	struct ip_addr peer_addr;
	uint16_t peer_port;
	size_t letter_bytes;
	uint64_t letter_sum;
	int ended; /* GREETS_AND_LISTENS: how the client took its leave; 0 not yet, 1 EOF, errno */
};

static void reset_and_close(int fd)
{
	const struct linger reset = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(fd);
}

static void on_talk(void *self, int events)
{
	static uint8_t bytes[65536];
	struct server *server = self;
	ssize_t got, i;

	if (server->manner == POURS) {
		(void)!send(server->peer, bytes, sizeof(bytes), MSG_DONTWAIT | MSG_NOSIGNAL);
		return;
	}
	got = recv(server->peer, bytes, sizeof(bytes), MSG_DONTWAIT);
	server->ended = got == 0 ? 1 : got < 0 ? errno : 0;
	for (i = 0; i < got; i++)
		server->letter_sum = server->letter_sum * 31 + bytes[i];
	if (got > 0)
		server->letter_bytes += (size_t)got;
	if (server->letter_bytes < LETTER_BYTES && got > 0)
		return;
	loop_unwatch(server->loop, &server->talking);
	close(server->peer);
	server->peer = -1;
}

static void on_accept(void *self, int events)
{
	struct server *server = self;
	struct sockaddr_storage from;
	socklen_t bytes = sizeof(from);

	server->peer = accept(server->fd, (struct sockaddr *)&from, &bytes);
	assert_true(server->peer >= 0);
	ip_from_sockaddr((struct sockaddr *)&from, &server->peer_addr, &server->peer_port);
	if (server->manner == RESETS) {
		reset_and_close(server->peer);
	} else if (server->manner == GREETS) {
		assert_int_equal(write(server->peer, "hello", 5), 5);
		close(server->peer);
	} else {
		if (server->manner == GREETS_AND_LISTENS)
			assert_int_equal(write(server->peer, "hello", 5), 5);
		server->talking.ready = on_talk;
		server->talking.self = server;
		assert_int_equal(
			loop_watch(server->loop, &server->talking, server->peer,
				   WATCH_BACKGROUND |
					   (server->manner == POURS ? WATCH_WRITE : WATCH_READ)),
			0);
	}
}

/* Bound to every address, so that the port is ours wherever we connect. */
static void server_bind(struct server *server, struct loop *loop, uint16_t port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
	socklen_t bytes = sizeof(address);

	memset(server, 0, sizeof(*server));
	server->loop = loop;
	server->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(server->fd, (struct sockaddr *)&address, bytes), 0);
	assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address, &bytes), 0);
	server->port = ntohs(address.sin_port);
}

static void server_open(struct server *server, struct loop *loop, enum manner manner)
{
	server_bind(server, loop, 0);
	server->manner = manner;
	server->listening.ready = on_accept;
	server->listening.self = server;
	assert_int_equal(listen(server->fd, 128), 0);
	assert_int_equal(
		loop_watch(loop, &server->listening, server->fd, WATCH_READ | WATCH_BACKGROUND), 0);
}

static void server_close(struct server *server)
{
	loop_unwatch(server->loop, &server->listening);
	if (server->talking.handle) {
		loop_unwatch(server->loop, &server->talking);
		close(server->peer);
	}
	close(server->fd);
}

/* --- the world and a client --- */

struct world {
	struct loop *loop;
	struct gate gate;
	struct flow_net *net;
};

static void world_init(struct world *world)
{
	struct flow_socket_config config = {0};

	memset(world, 0, sizeof(*world));
	world->loop = config.loop = loop_uv_new();
	config.gate = &world->gate;
	assert_non_null(world->loop);
	assert_int_equal(flow_socket_new(&config, &world->net), 0);
}

static void world_release(struct world *world)
{
	flow_net_free(world->net);
	loop_free(world->loop);
}

struct client {
	struct world *world;
	struct flow *flow;
	bool connected, closed;
	enum flow_end end;
	int system_error;
	uint64_t rtt_ns;
	size_t received_bytes, largest;
	struct client *stops; /* is closed when we end */
	const uint8_t *letter;
	struct ip_addr local;
	unsigned sent; /* FLOW_SENT */
	bool pauses, waited;
	int send_error;
	struct timer later;
};

static void say_something(void *self)
{
	struct client *client = self;

	assert_false(client->closed);
	assert_int_equal(flow_send_error(client->flow), 0);
	assert_int_equal(flow_send(client->flow, "x", 1), 0);
	client->send_error = flow_send_error(client->flow);
	flow_pause(client->flow, false);
}

static void pause_for_a_while(struct client *client)
{
	struct loop *loop = client->world->loop;

	flow_pause(client->flow, true);
	client->later.fire = say_something;
	client->later.self = client;
	loop_timer_set(loop, &client->later, loop_time_ns(loop) + 10 * SHORT_NS);
}

static void on_event(void *self, struct flow *flow, const struct flow_event *event)
{
	struct client *client = self;
	uint16_t port;

	assert_false(client->closed);
	if (event->kind == FLOW_CONNECTED) {
		assert_false(client->connected);
		client->connected = true;
		flow_local(flow, &client->local, &port);
		if (client->letter)
			assert_int_equal(flow_send(flow, client->letter, LETTER_BYTES), 0);
		client->waited = flow_unsent(flow) > 0;
		if (client->pauses)
			pause_for_a_while(client);
	} else if (event->kind == FLOW_SENT) {
		assert_int_equal(flow_unsent(flow), 0);
		client->sent++;
	} else if (event->kind == FLOW_DATA) {
		client->received_bytes += event->data_bytes;
		if (client->largest < event->data_bytes)
			client->largest = event->data_bytes;
	} else {
		client->closed = true;
		client->end = event->end;
		client->system_error = event->system_error;
		client->rtt_ns = event->rtt_ns;
		if (client->stops)
			flow_close(client->stops->flow);
	}
}

static struct flow_config config_of(struct client *client, uint16_t port)
{
	return (struct flow_config){
		.to = ip_v4(LOOPBACK),
		.port = port,
		.ttl = -1,
		.writes = true,
		.deadline_ns = loop_time_ns(client->world->loop) + DEADLINE_NS,
		.receive_bytes_max = 1000,
		.event = on_event,
		.self = client,
	};
}

static void must_open(struct client *client, const struct flow_config *config)
{
	assert_int_equal(flow_open(client->world->net, config, &client->flow), 0);
}

/* --- many --- */

struct crowd {
	struct world *world;
	uint16_t port;
	uint32_t next;
	struct client clients[MANY];
	size_t refused, local;
};

static void on_crowd_event(void *self, struct flow *flow, const struct flow_event *event);

static void open_more(struct crowd *crowd)
{
	struct flow_net *net = crowd->world->net;

	while (crowd->next < MANY && flow_net_open_count(net) < WINDOW &&
	       flow_net_open_count(net) < flow_net_capacity(net)) {
		struct client *client = &crowd->clients[crowd->next];
		struct flow_config config;

		*client = (struct client){.world = crowd->world};
		config = config_of(client, crowd->port);
		config.to = ip_v4(LOOPBACK + crowd->next % 250);
		config.event = on_crowd_event;
		config.self = crowd;
		must_open(client, &config);
		crowd->next++;
	}
}

static void on_crowd_event(void *self, struct flow *flow, const struct flow_event *event)
{
	struct crowd *crowd = self;

	assert_int_equal(event->kind, FLOW_CLOSED);
	if (event->end == FLOW_END_REFUSED)
		crowd->refused++;
	else if (event->end == FLOW_END_LOCAL)
		crowd->local++;
	open_more(crowd);
}

/* Enough for helper threads to be called, and for sockets to be reused. */
static void thousands_of_refusals_are_told_once_each(void **state)
{
	static struct crowd crowd;
	struct server closed;
	struct world world;

	world_init(&world);
	server_bind(&closed, world.loop, 0);
	crowd = (struct crowd){.world = &world, .port = closed.port};
	open_more(&crowd);
	loop_run(world.loop);
	assert_int_equal(crowd.next, MANY);
	assert_int_equal(crowd.refused, MANY);
	assert_int_equal(flow_net_open_count(world.net), 0);
	world_release(&world);
	close(closed.fd);
}

/* --- ends --- */

static void a_reset_after_the_handshake_is_an_open_port(void **state)
{
	struct server server;
	struct client client;
	struct flow_config config;
	struct world world;

	world_init(&world);
	server_open(&server, world.loop, RESETS);
	client = (struct client){.world = &world};
	config = config_of(&client, server.port);
	must_open(&client, &config);
	loop_run(world.loop);
	assert_true(client.connected);
	assert_int_equal(client.end, FLOW_END_RESET);
	server_close(&server);
	world_release(&world);
}

/* Takes all that wait, and drops them. */
static void reset_all(void *self)
{
	struct server *server = self;
	int fd;

	while ((fd = accept(server->fd, NULL, NULL)) >= 0)
		reset_and_close(fd);
}

/* Once targets are known to take their time, connect() is asked on epoll's
 * event only, and the reset has come by then. */
static void a_reset_seen_late_is_an_open_port_too(void **state)
{
	struct server server, silent;
	struct client quiet[40], clients[8];
	struct flow_config config;
	struct world world;
	struct deferred resets = {.run = reset_all, .self = &server};
	int filler;
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(LOOPBACK)};
	size_t i;

	world_init(&world);
	server_bind(&server, world.loop, 0);
	assert_int_equal(listen(server.fd, 128), 0);
	server_bind(&silent, world.loop, 0);
	assert_int_equal(listen(silent.fd, 0), 0);
	address.sin_port = htons(silent.port);
	filler = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	(void)!connect(filler, (struct sockaddr *)&address, sizeof(address));
	for (i = 0; i < 40; i++) {
		quiet[i] = (struct client){.world = &world};
		config = config_of(&quiet[i], silent.port);
		config.deadline_ns = loop_time_ns(world.loop) + SHORT_NS;
		must_open(&quiet[i], &config);
	}
	loop_run(world.loop);
	for (i = 0; i < 40; i++)
		assert_int_equal(quiet[i].end, FLOW_END_DEADLINE);
	for (i = 0; i < 8; i++) {
		clients[i] = (struct client){.world = &world};
		config = config_of(&clients[i], server.port);
		must_open(&clients[i], &config);
	}
	/* After the connects of this turn, before their events. */
	loop_defer(world.loop, &resets);
	loop_run(world.loop);
	for (i = 0; i < 8; i++) {
		assert_true(clients[i].connected);
		assert_int_equal(clients[i].end, FLOW_END_RESET);
	}
	close(filler);
	close(silent.fd);
	server_close(&server);
	world_release(&world);
}

/* --- data --- */

static void a_torrent_does_not_starve_a_trickle(void **state)
{
	struct server torrent, trickle;
	struct client loud, quiet;
	struct flow_config config;
	struct world world;

	world_init(&world);
	server_open(&torrent, world.loop, POURS);
	server_open(&trickle, world.loop, GREETS);
	loud = quiet = (struct client){.world = &world};
	config = config_of(&loud, torrent.port);
	config.receive_bytes_max = TORRENT_BYTES;
	must_open(&loud, &config);
	quiet.stops = &loud;
	config = config_of(&quiet, trickle.port);
	must_open(&quiet, &config);
	loop_run(world.loop);
	assert_int_equal(quiet.end, FLOW_END_EOF);
	assert_int_equal(quiet.received_bytes, 5);
	assert_false(loud.closed);
	assert_true(loud.received_bytes < TORRENT_BYTES);
	assert_true(loud.largest <= 16384);
	server_close(&torrent);
	server_close(&trickle);
	world_release(&world);
}

static void a_torrent_ends_at_its_budget(void **state)
{
	struct server torrent;
	struct client loud;
	struct flow_config config;
	struct world world;

	world_init(&world);
	server_open(&torrent, world.loop, POURS);
	loud = (struct client){.world = &world};
	config = config_of(&loud, torrent.port);
	config.receive_bytes_max = TORRENT_BYTES / 8 + 1;
	must_open(&loud, &config);
	loop_run(world.loop);
	assert_int_equal(loud.end, FLOW_END_BUDGET);
	assert_int_equal(loud.received_bytes, TORRENT_BYTES / 8 + 1);
	server_close(&torrent);
	world_release(&world);
}

static void a_long_letter_arrives_whole(void **state)
{
	uint8_t *letter = calloc(1, LETTER_BYTES);
	struct server reader;
	struct client client;
	struct flow_config config;
	struct world world;
	uint64_t sum = 0;
	size_t i;

	assert_non_null(letter);
	for (i = 0; i < LETTER_BYTES; i++) {
		letter[i] = (uint8_t)(i * 7 + i / 251);
		sum = sum * 31 + letter[i];
	}
	world_init(&world);
	server_open(&reader, world.loop, READS_LETTER);
	client = (struct client){.world = &world, .letter = letter};
	config = config_of(&client, reader.port);
	must_open(&client, &config);
	loop_run(world.loop);
	assert_int_equal(client.end, FLOW_END_EOF);
	assert_int_equal(reader.letter_bytes, LETTER_BYTES);
	assert_true(reader.letter_sum == sum);
	server_close(&reader);
	world_release(&world);
	free(letter);
}

static void it_is_told_when_nothing_waits_any_more(void **state)
{
	uint8_t *letter = calloc(1, LETTER_BYTES);
	bool asked;
	int i;

	for (i = 0; i < 2; i++) {
		struct server reader;
		struct client client;
		struct flow_config config;
		struct world world;

		asked = i > 0;
		world_init(&world);
		server_open(&reader, world.loop, READS_LETTER);
		client = (struct client){.world = &world, .letter = letter};
		config = config_of(&client, reader.port);
		config.tells_sent = asked;
		must_open(&client, &config);
		loop_run(world.loop);
		assert_int_equal(client.end, FLOW_END_EOF);
		assert_int_equal(client.sent, asked && client.waited);
		server_close(&reader);
		world_release(&world);
	}
	free(letter);
}

static uint64_t spent_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* Nobody wants to know of the reset, and the loop sleeps; until something is sent. */
static void a_reset_while_paused_is_seen_in_sending(void **state)
{
	struct server server;
	struct client client;
	struct flow_config config;
	struct world world;
	uint64_t begin_ns;

	world_init(&world);
	server_open(&server, world.loop, RESETS);
	client = (struct client){.world = &world, .pauses = true};
	config = config_of(&client, server.port);
	must_open(&client, &config);
	begin_ns = spent_ns();
	loop_run(world.loop);
	assert_true(spent_ns() - begin_ns < SHORT_NS);
	assert_true(client.send_error == ECONNRESET || client.send_error == EPIPE);
	assert_true(client.closed);
	server_close(&server);
	world_release(&world);
}

/* --- options --- */

/* --- taking one's leave --- */

static void leave_when_greeted(void *self, struct flow *flow, const struct flow_event *event)
{
	struct client *client = self;

	assert_int_not_equal(event->kind, FLOW_CLOSED);
	client->connected = true;
	if (event->kind == FLOW_DATA)
		flow_close(flow);
}

/* Keeps the loop going until the server has seen the end. */
static void wait_for_end(void *self)
{
	struct server *server = self;
	static struct timer timer;

	timer.fire = wait_for_end;
	timer.self = server;
	if (!server->ended)
		assert_int_equal(loop_timer_set(server->loop, &timer,
						loop_time_ns(server->loop) + NS_PER_MS),
				 0);
}

/* How the server sees a client off that closed after the greeting. */
static int leave(bool orderly)
{
	struct world world;
	struct server server;
	struct client client = {.world = &world};
	struct flow_config config;

	world_init(&world);
	server_open(&server, world.loop, GREETS_AND_LISTENS);
	config = config_of(&client, server.port);
	config.orderly = orderly;
	config.event = leave_when_greeted;
	must_open(&client, &config);
	wait_for_end(&server);
	assert_int_equal(loop_run(world.loop), 0);
	assert_true(client.connected);
	assert_int_equal(flow_net_open_count(world.net), 0);
	server_close(&server);
	world_release(&world);
	return server.ended;
}

static void an_orderly_flow_says_good_bye_another_resets(void **state)
{
	(void)state;
	assert_int_equal(leave(true), 1); /* EOF */
	assert_int_equal(leave(false), ECONNRESET);
}

static void send_unasked(void *self, struct flow *flow, const struct flow_event *event)
{
	struct client *client = self;

	client->connected = client->connected || event->kind == FLOW_CONNECTED;
	if (event->kind != FLOW_CONNECTED)
		return;
	assert_int_equal(flow_send(flow, "boo", 3), ERROR_EXCLUDED);
	flow_close(flow);
}

/* The gate was asked about listening only. */
static void a_flow_opened_to_listen_does_not_send(void **state)
{
	struct world world;
	struct server server;
	struct client client = {.world = &world};
	struct flow_config config;

	(void)state;
	world_init(&world);
	server_open(&server, world.loop, READS_LETTER);
	config = config_of(&client, server.port);
	config.writes = false;
	config.event = send_unasked;
	must_open(&client, &config);
	wait_for_end(&server);
	assert_int_equal(loop_run(world.loop), 0);
	assert_true(client.connected);
	assert_int_equal(server.letter_bytes, 0);
	server_close(&server);
	world_release(&world);
}

static void a_source_is_bound_and_a_strangers_has_no_route(void **state)
{
	struct server server;
	struct client ours, strange;
	struct flow_config config;
	struct world world;

	world_init(&world);
	server_open(&server, world.loop, GREETS);
	ours = strange = (struct client){.world = &world};
	config = config_of(&ours, server.port);
	config.source = ip_v4(LOOPBACK + 8);
	config.ttl = 7;
	must_open(&ours, &config);
	config = config_of(&strange, server.port);
	config.source = ip_v4(0xc000024d); /* 192.0.2.77 */
	must_open(&strange, &config);
	loop_run(world.loop);
	assert_int_equal(ours.end, FLOW_END_EOF);
	assert_int_equal(ip_v4_value(&ours.local), LOOPBACK + 8);
	assert_int_equal(ip_v4_value(&server.peer_addr), LOOPBACK + 8);
	assert_int_equal(strange.end, FLOW_END_NO_ROUTE);
	assert_int_equal(strange.system_error, EADDRNOTAVAIL);
	server_close(&server);
	world_release(&world);
}

static void sockets_are_not_reused_for_other_options(void **state)
{
	struct server closed, server;
	struct client first, second;
	struct flow_config config;
	struct world world;

	world_init(&world);
	server_bind(&closed, world.loop, 0);
	server_open(&server, world.loop, GREETS);
	first = second = (struct client){.world = &world};
	config = config_of(&first, closed.port);
	config.source = ip_v4(LOOPBACK + 8);
	must_open(&first, &config);
	loop_run(world.loop);
	assert_int_equal(first.end, FLOW_END_REFUSED);
	config = config_of(&second, server.port);
	must_open(&second, &config);
	loop_run(world.loop);
	assert_int_equal(ip_v4_value(&server.peer_addr), LOOPBACK);
	server_close(&server);
	close(closed.fd);
	world_release(&world);
}

static void an_unknown_interface_ends_the_flow(void **state)
{
	struct client client;
	struct flow_config config;
	struct world world;

	world_init(&world);
	client = (struct client){.world = &world};
	config = config_of(&client, 9);
	config.interface = "nosuch0";
	must_open(&client, &config);
	loop_run(world.loop);
	assert_true(client.end == FLOW_END_NO_ROUTE || client.end == FLOW_END_PROHIBITED);
	world_release(&world);
}

/* Same port in both families, held but not listened on in IPv6. */
static void ipv6_is_refused_alike(void **state)
{
	struct sockaddr_in6 address = {.sin6_family = AF_INET6, .sin6_addr = in6addr_loopback};
	socklen_t bytes = sizeof(address);
	int closed = socket(AF_INET6, SOCK_STREAM, 0);
	struct client client;
	struct flow_config config;
	struct world world;

	if (closed < 0 || bind(closed, (struct sockaddr *)&address, bytes) < 0) {
		if (closed >= 0)
			close(closed);
		print_message("skipped: no ::1 here\n");
		skip();
	}
	getsockname(closed, (struct sockaddr *)&address, &bytes);
	world_init(&world);
	client = (struct client){.world = &world};
	config = config_of(&client, ntohs(address.sin6_port));
	assert_true(ip_parse("::1", &config.to));
	must_open(&client, &config);
	loop_run(world.loop);
	assert_int_equal(client.end, FLOW_END_REFUSED);
	assert_int_equal(client.system_error, ECONNREFUSED);
	world_release(&world);
	close(closed);
}

/* --- in processes and namespaces of their own --- */

/* The child says by its exit status whether `body` held. */
static void in_child(bool (*body)(void), bool own_network)
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		if (own_network && unshare(CLONE_NEWNET) < 0 &&
		    unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
			_exit(CHILD_SKIPS);
		_exit(body() ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CHILD_SKIPS) {
		print_message("skipped: may not make a network namespace\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static bool limited_crowd(void)
{
	static struct crowd crowd;
	const struct rlimit limit = {64, 64};
	struct flow *flow;
	struct flow_config config;
	struct server closed;
	struct world world;
	size_t most;

	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return false;
	world_init(&world);
	server_bind(&closed, world.loop, 0);
	crowd = (struct crowd){.world = &world, .port = closed.port};
	most = flow_net_capacity(world.net);
	if (most < 8 || most > 50)
		return false;
	open_more(&crowd);
	config = config_of(&crowd.clients[0], closed.port);
	if (flow_open(world.net, &config, &flow) != ERROR_LIMIT)
		return false;
	loop_run(world.loop);
	return crowd.refused == MANY && flow_net_open_count(world.net) == 0;
}

static void sixty_four_descriptors_are_enough(void **state)
{
	in_child(limited_crowd, false);
}

/* Somebody else takes the descriptors we counted on. */
static bool robbed_crowd(void)
{
	static struct crowd crowd;
	const struct rlimit limit = {64, 64};
	struct server closed;
	struct world world;
	int fd, last = -1;

	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		return false;
	world_init(&world);
	server_bind(&closed, world.loop, 0);
	crowd = (struct crowd){.world = &world, .port = closed.port};
	while ((fd = dup(0)) >= 0)
		last = fd;
	close(last);
	close(last - 1);
	open_more(&crowd);
	loop_run(world.loop);
	/* Those opened before we knew are told so; the others find their way
	 * with the two that are left. */
	return crowd.local > 0 && crowd.local < 64 && crowd.refused == MANY - crowd.local &&
	       flow_net_capacity(world.net) == 2;
}

static void stolen_descriptors_lower_the_capacity(void **state)
{
	in_child(robbed_crowd, false);
}

static bool loopback_up(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	bool up = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;

	close(fd);
	return up;
}

static bool set_port_range(const char *range)
{
	int fd = open("/proc/sys/net/ipv4/ip_local_port_range", O_WRONLY);
	bool set = fd >= 0 && write(fd, range, strlen(range)) == (ssize_t)strlen(range);

	close(fd);
	return set;
}

/* With one local port to choose from, connecting to it is connecting to
 * oneself, whatever else is tried. */
static bool connect_to_oneself(void)
{
	struct flow_net_stats stats;
	struct client client;
	struct flow_config config;
	struct world world;

	if (!loopback_up() || !set_port_range("40000 40000"))
		_exit(CHILD_SKIPS);
	world_init(&world);
	client = (struct client){.world = &world};
	config = config_of(&client, 40000);
	must_open(&client, &config);
	loop_run(world.loop);
	flow_net_stats(world.net, &stats);
	return !client.connected && client.end == FLOW_END_REFUSED && stats.connected == 0;
}

static void connecting_to_oneself_is_no_open_port(void **state)
{
	in_child(connect_to_oneself, true);
}

static bool run_out_of_ports(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(1000), .sin_addr.s_addr = htonl(LOOPBACK)};
	struct server server;
	struct client client;
	struct flow_config config;
	struct world world;
	int taken;

	if (!loopback_up() || !set_port_range("40000 40000"))
		_exit(CHILD_SKIPS);
	world_init(&world);
	server_bind(&server, world.loop, 1000);
	listen(server.fd, 8);
	taken = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(taken, (struct sockaddr *)&address, sizeof(address)) < 0)
		return false;
	client = (struct client){.world = &world};
	config = config_of(&client, 1000);
	must_open(&client, &config);
	loop_run(world.loop);
	return client.end == FLOW_END_LOCAL && client.system_error == EADDRNOTAVAIL;
}

static void no_local_port_left_is_our_own_trouble(void **state)
{
	in_child(run_out_of_ports, true);
}

static bool go_nowhere(void)
{
	struct client client;
	struct flow_config config;
	struct world world;

	if (!loopback_up())
		_exit(CHILD_SKIPS);
	world_init(&world);
	client = (struct client){.world = &world};
	config = config_of(&client, 80);
	config.to = ip_v4(0xc0000201); /* 192.0.2.1; the namespace has no route */
	must_open(&client, &config);
	loop_run(world.loop);
	return client.end == FLOW_END_NET_UNREACH && client.system_error == ENETUNREACH &&
	       client.rtt_ns == 0;
}

static void no_route_is_net_unreach_without_an_rtt(void **state)
{
	in_child(go_nowhere, true);
}

/* One source port for connections to two endpoints, with options in their packets. */
static void a_source_port_may_be_shared(void **state)
{
	static const uint8_t options[4] = {1, 1, 1, 0}; /* no operation */
	struct server servers[2], gone;
	struct client clients[2];
	struct flow_config config;
	struct world world;
	size_t i;

	world_init(&world);
	server_bind(&gone, world.loop, 0);
	server_close(&gone);
	for (i = 0; i < 2; i++) {
		server_open(&servers[i], world.loop, GREETS);
		clients[i] = (struct client){.world = &world};
		config = config_of(&clients[i], servers[i].port);
		config.source_port = gone.port;
		config.ttl = 9;
		config.ip_options = options;
		config.ip_options_bytes = sizeof(options);
		must_open(&clients[i], &config);
	}
	loop_run(world.loop);
	for (i = 0; i < 2; i++) {
		assert_true(clients[i].connected);
		assert_int_equal(clients[i].end, FLOW_END_EOF);
		assert_int_equal(servers[i].peer_port, gone.port);
		server_close(&servers[i]);
	}
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thousands_of_refusals_are_told_once_each),
		cmocka_unit_test(a_reset_after_the_handshake_is_an_open_port),
		cmocka_unit_test(a_reset_seen_late_is_an_open_port_too),
		cmocka_unit_test(a_torrent_does_not_starve_a_trickle),
		cmocka_unit_test(a_torrent_ends_at_its_budget),
		cmocka_unit_test(a_long_letter_arrives_whole),
		cmocka_unit_test(it_is_told_when_nothing_waits_any_more),
		cmocka_unit_test(a_reset_while_paused_is_seen_in_sending),
		cmocka_unit_test(an_orderly_flow_says_good_bye_another_resets),
		cmocka_unit_test(a_flow_opened_to_listen_does_not_send),
		cmocka_unit_test(a_source_is_bound_and_a_strangers_has_no_route),
		cmocka_unit_test(sockets_are_not_reused_for_other_options),
		cmocka_unit_test(an_unknown_interface_ends_the_flow),
		cmocka_unit_test(ipv6_is_refused_alike),
		cmocka_unit_test(sixty_four_descriptors_are_enough),
		cmocka_unit_test(stolen_descriptors_lower_the_capacity),
		cmocka_unit_test(connecting_to_oneself_is_no_open_port),
		cmocka_unit_test(no_local_port_left_is_our_own_trouble),
		cmocka_unit_test(no_route_is_net_unreach_without_an_rtt),
		cmocka_unit_test(a_source_port_may_be_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
