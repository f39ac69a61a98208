/* What every network of flows promises, asked of both: the simulated one and
 * the kernel's sockets on 127.0.0.1, with servers of this process's own. */
#include "support.h"

#include "engine/flow.h"
#include "util/alloc.h"
#include "util/error.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOPBACK     0x7f000001
#define SERVED_MAX   64
#define DEADLINE_NS  (10 * NS_PER_S)
#define SHORT_NS     (30 * NS_PER_MS)
#define SEND_MAX     (1024 * 1024)
#define PRINTER_PORT 9100

/* Where the tests connect to. */
enum place { STAYS, CLOSES, REFUSES, SILENT, PLACES };

static const char banner[] = "hello";

struct server {
	struct loop *loop;
	struct watch watch;
	int fd, filler[2];
	bool closes;
	int served[SERVED_MAX];
	size_t served_count;
};

struct world {
	struct loop *loop;
	struct gate gate;
	struct addrset *excludes;
	struct flow_net *net;
	uint16_t ports[PLACES];
	struct server servers[PLACES]; /* sockets only */
	struct flow_sim_port script[PLACES];
	struct flow_sim_host host;
	bool is_simulated;
};

/* --- servers of the real network --- */

static void on_accept(void *self, int events)
{
	struct server *server = self;
	int fd = accept(server->fd, NULL, NULL);

	if (fd < 0)
		return;
	(void)!write(fd, banner, strlen(banner));
	assert_true(server->served_count < SERVED_MAX);
	if (server->closes)
		close(fd);
	else
		server->served[server->served_count++] = fd;
}

static struct sockaddr_in address_of(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(LOOPBACK)};
}

static uint16_t server_open(struct server *server, struct loop *loop)
{
	struct sockaddr_in address = address_of(0);
	socklen_t bytes = sizeof(address);

	server->loop = loop;
	server->filler[0] = server->filler[1] = -1;
	server->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_true(server->fd >= 0);
	assert_int_equal(bind(server->fd, (struct sockaddr *)&address, bytes), 0);
	assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address, &bytes), 0);
	return ntohs(address.sin_port);
}

static int server_listen(struct server *server, bool closes)
{
	server->closes = closes;
	server->watch.ready = on_accept;
	server->watch.self = server;
	assert_int_equal(listen(server->fd, 128), 0);
	return loop_watch(server->loop, &server->watch, server->fd, WATCH_READ | WATCH_BACKGROUND);
}

/* A listener that never accepts drops SYNs once its queue is full. */
static void server_fall_silent(struct server *server, uint16_t port)
{
	struct sockaddr_in address = address_of(port);
	size_t i;

	assert_int_equal(listen(server->fd, 0), 0);
	for (i = 0; i < 2; i++) {
		server->filler[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(server->filler[i], (struct sockaddr *)&address, sizeof(address));
	}
}

static void server_close(struct server *server)
{
	size_t i;

	loop_unwatch(server->loop, &server->watch);
	for (i = 0; i < server->served_count; i++)
		close(server->served[i]);
	for (i = 0; i < 2; i++)
		if (server->filler[i] >= 0)
			close(server->filler[i]);
	close(server->fd);
}

/* --- worlds --- */

static int world_init_sim(struct world *world, size_t max_open)
{
	struct flow_sim_config config = {.gate = &world->gate, .max_open = max_open, .seed = 1};
	uint16_t i;

	for (i = 0; i < PLACES; i++) {
		world->ports[i] = (uint16_t)(1000 + i);
		world->script[i].first = world->script[i].last = world->ports[i];
	}
	world->script[STAYS].banner = banner;
	world->script[CLOSES].banner = banner;
	world->script[CLOSES].closes = true;
	world->script[REFUSES].connect = FLOW_END_REFUSED;
	world->script[SILENT].connect = FLOW_END_DEADLINE;
	world->host.first = world->host.last = ip_v4(LOOPBACK);
	world->host.rtt_ns = NS_PER_MS;
	world->host.ports = world->script;
	world->host.ports_count = PLACES;
	world->host.otherwise = FLOW_END_REFUSED;
	if (!(world->loop = loop_sim_new(0)))
		return ERROR_MEMORY;
	config.loop = world->loop;
	config.hosts = &world->host;
	config.hosts_count = 1;
	return flow_sim_new(&config, &world->net);
}

static int world_init_sockets(struct world *world, size_t max_open)
{
	struct flow_socket_config config = {.gate = &world->gate, .max_open = max_open};
	size_t i;
	int r;

	if (!(world->loop = loop_uv_new()))
		return ERROR_MEMORY;
	config.loop = world->loop;
	if ((r = flow_socket_new(&config, &world->net)) < 0)
		return r;
	for (i = 0; i < PLACES; i++)
		world->ports[i] = server_open(&world->servers[i], world->loop);
	server_fall_silent(&world->servers[SILENT], world->ports[SILENT]);
	if ((r = server_listen(&world->servers[STAYS], false)) < 0)
		return r;
	return server_listen(&world->servers[CLOSES], true);
}

static int world_try(struct world *world, bool simulated, size_t max_open)
{
	memset(world, 0, sizeof(*world));
	world->is_simulated = simulated;
	return simulated ? world_init_sim(world, max_open) : world_init_sockets(world, max_open);
}

static void world_init(struct world *world, void **state, size_t max_open)
{
	assert_int_equal(world_try(world, *(bool *)*state, max_open), 0);
}

static void world_release(struct world *world)
{
	size_t i;

	flow_net_free(world->net);
	for (i = 0; i < PLACES; i++)
		if (world->servers[i].fd)
			server_close(&world->servers[i]);
	loop_free(world->loop);
	addrset_free(world->excludes);
}

/* --- a client that writes down what happened --- */

struct client {
	struct world *world;
	struct flow *flow;
	char trace[64]; /* C connected, D data, one letter per end */
	size_t length;
	char received[256];
	size_t received_bytes;
	uint64_t rtt_ns, ended_ns;
	enum flow_end end;
	enum flow_event_kind close_at; /* FLOW_CLOSED: not at all before */
	bool close_it, reopen, pauses, never_goes_on;
	size_t heard_paused;
	struct timer goes_on;
	struct client *victim; /* closed in our first event */
	uint64_t extend_ns;    /* at data: moves the deadline */
	bool is_local_known;
	struct ip_addr local;
	uint16_t local_port;
};

static int client_open(struct client *client, enum place place, uint64_t in_ns, uint64_t budget);

static char letter_of(const struct flow_event *event)
{
	static const char ends[] = {
		[FLOW_END_EOF] = 'e',      [FLOW_END_RESET] = 'r',  [FLOW_END_REFUSED] = 'f',
		[FLOW_END_DEADLINE] = 'd', [FLOW_END_BUDGET] = 'b', [FLOW_END_LOCAL] = 'l',
	};

	if (event->kind == FLOW_CONNECTED)
		return 'C';
	if (event->kind == FLOW_DATA)
		return 'D';
	return event->end < sizeof(ends) && ends[event->end] ? ends[event->end] : '?';
}

static void go_on(void *self)
{
	struct client *client = self;

	client->heard_paused = client->length;
	flow_pause(client->flow, false);
}

static void pause_for_a_while(struct client *client)
{
	struct loop *loop = client->world->loop;

	flow_pause(client->flow, true);
	client->goes_on.fire = go_on;
	client->goes_on.self = client;
	if (!client->never_goes_on)
		loop_timer_set(loop, &client->goes_on, loop_time_ns(loop) + SHORT_NS);
}

static void on_event(void *self, struct flow *flow, const struct flow_event *event)
{
	struct client *client = self;
	struct client *victim = client->victim;

	assert_ptr_equal(flow, client->flow);
	assert_true(client->length < sizeof(client->trace) - 1);
	client->trace[client->length++] = letter_of(event);
	if (event->kind == FLOW_CONNECTED && client->pauses)
		pause_for_a_while(client);
	if (event->kind == FLOW_CONNECTED)
		client->is_local_known = flow_local(flow, &client->local, &client->local_port);
	if (event->kind == FLOW_DATA) {
		assert_true(client->received_bytes + event->data_bytes < sizeof(client->received));
		memcpy(client->received + client->received_bytes, event->data, event->data_bytes);
		client->received_bytes += event->data_bytes;
		if (client->extend_ns)
			flow_set_deadline(flow,
					  loop_now_ns(client->world->loop) + client->extend_ns);
	} else {
		client->rtt_ns = event->rtt_ns;
	}
	if (event->kind == FLOW_CLOSED) {
		client->end = event->end;
		client->ended_ns = loop_time_ns(client->world->loop);
	}
	client->victim = NULL;
	if (victim)
		flow_close(victim->flow);
	if (client->close_it && event->kind == client->close_at)
		flow_close(flow);
	if (client->reopen && event->kind == FLOW_CLOSED) {
		client->reopen = false;
		assert_int_equal(client_open(client, REFUSES, DEADLINE_NS, 0), 0);
	}
}

static struct client client_of(struct world *world)
{
	return (struct client){.world = world};
}

static int client_open(struct client *client, enum place place, uint64_t in_ns, uint64_t budget)
{
	struct flow_config config = {
		.to = ip_v4(LOOPBACK),
		.port = client->world->ports[place],
		.ttl = -1,
		.writes = true,
		.deadline_ns = loop_time_ns(client->world->loop) + in_ns,
		.receive_bytes_max = budget,
		.event = on_event,
		.self = client,
	};

	return flow_open(client->world->net, &config, &client->flow);
}

static void must_open(struct client *client, enum place place, uint64_t in_ns, uint64_t budget)
{
	assert_int_equal(client_open(client, place, in_ns, budget), 0);
}

/* --- the contract --- */

static void no_event_comes_from_inside_open(void **state)
{
	struct world world;
	struct client clients[PLACES];
	size_t i;

	world_init(&world, state, 0);
	for (i = 0; i < PLACES; i++) {
		clients[i] = client_of(&world);
		must_open(&clients[i], (enum place)i, SHORT_NS, 0);
		assert_int_equal(clients[i].length, 0);
	}
	assert_int_equal(flow_net_open_count(world.net), PLACES);
	loop_run(world.loop);
	for (i = 0; i < PLACES; i++)
		assert_true(clients[i].length > 0);
	assert_int_equal(flow_net_open_count(world.net), 0);
	world_release(&world);
}

static void a_refusal_is_one_event_with_its_rtt(void **state)
{
	struct flow_net_stats stats;
	struct world world;
	struct client client;

	world_init(&world, state, 0);
	client = client_of(&world);
	must_open(&client, REFUSES, DEADLINE_NS, 0);
	loop_run(world.loop);
	assert_string_equal(client.trace, "f");
	assert_in_range(client.rtt_ns, 1, NS_PER_S);
	if (world.is_simulated)
		assert_int_equal(client.rtt_ns, NS_PER_MS);
	flow_net_stats(world.net, &stats);
	assert_int_equal(stats.opened, 1);
	assert_int_equal(stats.refused, 1);
	world_release(&world);
}

static void a_paused_flow_hears_nothing_until_it_goes_on(void **state)
{
	struct world world;
	struct client client;

	world_init(&world, state, 0);
	client = client_of(&world);
	client.pauses = true;
	must_open(&client, CLOSES, DEADLINE_NS, 100);
	loop_run(world.loop);
	assert_int_equal(client.heard_paused, 1);
	assert_string_equal(client.trace, "CDe");
	assert_string_equal(client.received, banner);
	world_release(&world);
}

static void a_paused_flow_has_its_deadline(void **state)
{
	struct world world;
	struct client client;

	world_init(&world, state, 0);
	client = client_of(&world);
	client.pauses = client.never_goes_on = true;
	must_open(&client, CLOSES, 10 * SHORT_NS, 100);
	loop_run(world.loop);
	assert_string_equal(client.trace, "Cd");
	world_release(&world);
}

static void a_banner_is_read_to_its_end(void **state)
{
	struct world world;
	struct client client;

	world_init(&world, state, 0);
	client = client_of(&world);
	must_open(&client, CLOSES, DEADLINE_NS, 1000);
	loop_run(world.loop);
	assert_string_equal(client.trace, "CDe");
	assert_string_equal(client.received, banner);
	world_release(&world);
}

static void a_connection_that_stays_ends_at_its_deadline(void **state)
{
	struct world world;
	struct client client;
	uint64_t before_ns;

	world_init(&world, state, 0);
	client = client_of(&world);
	before_ns = loop_time_ns(world.loop);
	must_open(&client, STAYS, SHORT_NS, 1000);
	loop_run(world.loop);
	assert_string_equal(client.trace, "CDd");
	assert_true(client.ended_ns >= before_ns + SHORT_NS);
	world_release(&world);
}

static void silence_ends_at_the_deadline(void **state)
{
	struct flow_net_stats stats;
	struct world world;
	struct client client;
	uint64_t before_ns;

	world_init(&world, state, 0);
	client = client_of(&world);
	before_ns = loop_time_ns(world.loop);
	must_open(&client, SILENT, SHORT_NS, 0);
	loop_run(world.loop);
	assert_string_equal(client.trace, "d");
	assert_int_equal(client.rtt_ns, 0);
	assert_true(client.ended_ns >= before_ns + SHORT_NS);
	flow_net_stats(world.net, &stats);
	assert_int_equal(stats.timed_out, 1);
	world_release(&world);
}

static void a_deadline_moves_both_ways(void **state)
{
	struct world world;
	struct client early, late;
	uint64_t before_ns;

	world_init(&world, state, 0);
	early = late = client_of(&world);
	before_ns = loop_time_ns(world.loop);
	must_open(&early, SILENT, 3600 * NS_PER_S, 0);
	must_open(&late, STAYS, 20 * NS_PER_MS, 1000);
	late.extend_ns = 60 * NS_PER_MS;
	flow_set_deadline(early.flow, before_ns + SHORT_NS);
	loop_run(world.loop);
	assert_string_equal(early.trace, "d");
	assert_string_equal(late.trace, "CDd");
	assert_true(late.ended_ns >= before_ns + 60 * NS_PER_MS);
	world_release(&world);
}

static void the_budget_is_kept_to_the_byte(void **state)
{
	struct world world;
	struct client three, five, none;

	world_init(&world, state, 0);
	three = five = none = client_of(&world);
	must_open(&three, STAYS, DEADLINE_NS, 3);
	must_open(&five, CLOSES, DEADLINE_NS, 5);
	must_open(&none, STAYS, DEADLINE_NS, 0);
	loop_run(world.loop);
	assert_string_equal(three.trace, "CDb");
	assert_string_equal(three.received, "hel");
	assert_string_equal(five.trace, "CDe");
	assert_string_equal(none.trace, "Cb");
	world_release(&world);
}

static void a_flow_may_be_closed_in_any_event(void **state)
{
	struct world world;
	struct client at_connect, at_data, at_end;

	world_init(&world, state, 0);
	at_connect = at_data = at_end = client_of(&world);
	at_connect.close_it = at_data.close_it = at_end.close_it = true;
	at_connect.close_at = FLOW_CONNECTED;
	at_data.close_at = FLOW_DATA;
	at_end.close_at = FLOW_CLOSED;
	must_open(&at_connect, CLOSES, DEADLINE_NS, 100);
	must_open(&at_data, CLOSES, DEADLINE_NS, 100);
	must_open(&at_end, CLOSES, DEADLINE_NS, 100);
	loop_run(world.loop);
	assert_string_equal(at_connect.trace, "C");
	assert_string_equal(at_data.trace, "CD");
	assert_string_equal(at_end.trace, "CDe");
	assert_int_equal(flow_net_open_count(world.net), 0);
	world_release(&world);
}

static void an_event_may_close_other_flows(void **state)
{
	struct world world;
	struct client killers[3], victims[3];
	const enum place places[3] = {REFUSES, CLOSES, SILENT};
	size_t i;

	world_init(&world, state, 0);
	for (i = 0; i < 3; i++) {
		killers[i] = victims[i] = client_of(&world);
		killers[i].victim = &victims[i];
		must_open(&killers[i], REFUSES, DEADLINE_NS, 0);
		must_open(&victims[i], places[i], DEADLINE_NS, 100);
	}
	loop_run(world.loop);
	for (i = 0; i < 3; i++) {
		assert_string_equal(killers[i].trace, "f");
		assert_string_equal(victims[i].trace, "");
	}
	assert_int_equal(flow_net_open_count(world.net), 0);
	world_release(&world);
}

static void a_flow_may_be_closed_before_it_began(void **state)
{
	struct world world;
	struct client first, second, third;

	world_init(&world, state, 0);
	first = second = third = client_of(&world);
	must_open(&first, REFUSES, DEADLINE_NS, 0);
	must_open(&second, REFUSES, DEADLINE_NS, 0);
	must_open(&third, STAYS, DEADLINE_NS, 0);
	flow_close(third.flow);
	flow_close(first.flow);
	loop_run(world.loop);
	assert_string_equal(first.trace, "");
	assert_string_equal(second.trace, "f");
	assert_string_equal(third.trace, "");
	world_release(&world);
}

static void the_gate_is_asked_first(void **state)
{
	struct ip_addr loopback = ip_v4(LOOPBACK);
	struct flow_config config = {
		.to = loopback, .port = PRINTER_PORT, .ttl = -1, .writes = true, .event = on_event};
	struct world world;
	struct client client;

	world_init(&world, state, 0);
	client = client_of(&world);
	assert_int_equal(flow_open(world.net, &config, &client.flow), ERROR_EXCLUDED);
	world.gate.excludes = world.excludes = addrset_new();
	assert_int_equal(addrset_add(world.excludes, &loopback), 0);
	assert_int_equal(client_open(&client, REFUSES, DEADLINE_NS, 0), ERROR_EXCLUDED);
	assert_int_equal(flow_net_open_count(world.net), 0);
	assert_int_equal(world.gate.refused, 2);
	loop_run(world.loop);
	assert_string_equal(client.trace, "");
	world_release(&world);
}

static void capacity_is_a_limit_and_an_end_makes_room(void **state)
{
	struct world world;
	struct client first, second, third;

	world_init(&world, state, 2);
	first = second = third = client_of(&world);
	assert_int_equal(flow_net_capacity(world.net), 2);
	first.reopen = true;
	must_open(&first, REFUSES, DEADLINE_NS, 0);
	must_open(&second, SILENT, SHORT_NS, 0);
	assert_int_equal(client_open(&third, REFUSES, DEADLINE_NS, 0), ERROR_LIMIT);
	loop_run(world.loop);
	assert_string_equal(first.trace, "ff");
	assert_string_equal(second.trace, "d");
	must_open(&third, CLOSES, DEADLINE_NS, 100);
	loop_run(world.loop);
	assert_string_equal(third.trace, "CDe");
	world_release(&world);
}

static void freeing_the_network_drops_flows_silently(void **state)
{
	struct world world;
	struct client clients[PLACES];
	size_t i;

	world_init(&world, state, 0);
	for (i = 0; i < PLACES; i++) {
		clients[i] = client_of(&world);
		must_open(&clients[i], (enum place)i, DEADLINE_NS, 100);
	}
	flow_net_free(world.net);
	world.net = NULL;
	loop_run(world.loop);
	for (i = 0; i < PLACES; i++)
		assert_int_equal(clients[i].length, 0);
	world_release(&world);
}

static void the_local_end_is_known_once_connected(void **state)
{
	struct ip_addr addr;
	uint16_t port;
	struct world world;
	struct client client;

	world_init(&world, state, 0);
	client = client_of(&world);
	must_open(&client, STAYS, SHORT_NS, 0);
	assert_false(flow_local(client.flow, &addr, &port));
	loop_run(world.loop);
	assert_true(client.is_local_known);
	assert_int_equal(client.local.family, IP_V4);
	assert_true(client.local_port > 0);
	world_release(&world);
}

static void sends_wait_for_the_connection_within_a_limit(void **state)
{
	char *bytes = calloc(1, SEND_MAX + 1);
	struct world world;
	struct client client;

	assert_non_null(bytes);
	world_init(&world, state, 0);
	client = client_of(&world);
	must_open(&client, STAYS, SHORT_NS, 1000);
	assert_int_equal(flow_send(client.flow, bytes, SEND_MAX + 1), ERROR_LIMIT);
	assert_int_equal(flow_send(client.flow, bytes, SEND_MAX), 0);
	assert_int_equal(flow_send(client.flow, bytes, 1), ERROR_LIMIT);
	loop_run(world.loop);
	assert_true(client.end == FLOW_END_DEADLINE);
	world_release(&world);
	free(bytes);
}

/* --- resources --- */

static int open_and_talk(void *self)
{
	struct world world;
	struct client clients[PLACES];
	int r = world_try(&world, *(bool *)self, 0), each;
	size_t i;

	for (i = 0; i < PLACES && r == 0; i++) {
		clients[i] = client_of(&world);
		each = client_open(&clients[i], (enum place)i, SHORT_NS, 100);
		if (each == 0)
			each = flow_send(clients[i].flow, "x", 1);
		r = each;
	}
	if (world.loop)
		loop_run(world.loop);
	/* Short of memory later on, a flow ends for local reasons. */
	for (i = 0; i < PLACES && r == 0; i++)
		if (clients[i].end == FLOW_END_LOCAL)
			r = ERROR_MEMORY;
	world_release(&world);
	return r;
}

static void short_memory_is_reported_and_nothing_leaks(void **state)
{
	support_each_allocation_fails(open_and_talk, *state, 100);
}

static size_t open_files(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void no_descriptor_is_left_behind(void **state)
{
	size_t before = open_files();

	assert_int_equal(open_and_talk(*state), 0);
	assert_int_equal(open_files(), before);
}

int main(void)
{
	bool simulated = true, sockets = false;
#define BOTH(test)                                             \
	{#test " (simulated)", test, NULL, NULL, &simulated},  \
	{                                                      \
#test " (sockets)", test, NULL, NULL, &sockets \
	}
	const struct CMUnitTest tests[] = {
		BOTH(no_event_comes_from_inside_open),
		BOTH(a_refusal_is_one_event_with_its_rtt),
		BOTH(a_banner_is_read_to_its_end),
		BOTH(a_paused_flow_hears_nothing_until_it_goes_on),
		BOTH(a_paused_flow_has_its_deadline),
		BOTH(a_connection_that_stays_ends_at_its_deadline),
		BOTH(silence_ends_at_the_deadline),
		BOTH(a_deadline_moves_both_ways),
		BOTH(the_budget_is_kept_to_the_byte),
		BOTH(a_flow_may_be_closed_in_any_event),
		BOTH(an_event_may_close_other_flows),
		BOTH(a_flow_may_be_closed_before_it_began),
		BOTH(the_gate_is_asked_first),
		BOTH(capacity_is_a_limit_and_an_end_makes_room),
		BOTH(freeing_the_network_drops_flows_silently),
		BOTH(the_local_end_is_known_once_connected),
		BOTH(sends_wait_for_the_connection_within_a_limit),
		BOTH(short_memory_is_reported_and_nothing_leaks),
		BOTH(no_descriptor_is_left_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
