/* What scripted servers of the simulated network can be told to do. */
#include "support.h"

#include "engine/flow.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define RTT_NS      (20 * NS_PER_MS)
#define DEADLINE_NS (5 * NS_PER_S)
#define HOST        0x0a000001
#define LOSSY       0x0a000002
#define NOBODY      0x0a000003

enum place { LATE = 1, DRIPS, POURS, ECHOES, RESETS, BUSY, ANSWERS, BINARY, CLOSED };

static const struct flow_sim_reply replies[] = {
	{.begins = "GET ", .send = "HTTP/1.0 200 OK\r\n\r\n", .closes = true},
	{.begins = "QUIT", .closes = true},
	{.begins = "a\0b", .begins_bytes = 3, .send = "\0\1", .send_bytes = 2},
	{.begins = "mute"},
	{.send = "what?", .delay_ns = NS_PER_S},
};
static const struct flow_sim_reply datagrams[] = {
	{.begins = "ping", .send = "pong"},
	{.begins = "empty", .send = ""},
	{.begins = "mute"},
};

#define AT(place) .first = (place), .last = (place)

static const struct flow_sim_port ports[] = {
	{AT(LATE), .banner = "late", .banner_delay_ns = NS_PER_S},
	{AT(DRIPS), .banner = "drip", .drip_ns = NS_PER_S},
	{AT(POURS), .banner = "0123456789", .endless = true},
	{AT(ECHOES), .echo = true},
	{AT(RESETS), .banner = "hi", .reset_on_data = true},
	{AT(BUSY), .banner = "mine", .most = 2},
	{AT(ANSWERS), .replies = replies, .replies_count = 5},
	{AT(BINARY), .banner = "a\0b", .banner_bytes = 3, .closes = true},
	{AT(ANSWERS), .transport = TRANSPORT_UDP, .replies = datagrams, .replies_count = 3},
	{AT(CLOSED), .transport = TRANSPORT_UDP, .connect = FLOW_END_REFUSED},
};

struct world {
	struct loop *loop;
	struct gate gate;
	struct flow_net *net;
	struct flow_sim_host hosts[2];
};

static int world_try(struct world *world)
{
	struct flow_sim_config config = {.hosts = world->hosts, .hosts_count = 2, .seed = 1};

	memset(world, 0, sizeof(*world));
	world->hosts[0] = (struct flow_sim_host){
		.first = ip_v4(HOST),
		.last = ip_v4(HOST),
		.rtt_ns = RTT_NS,
		.ports = ports,
		.ports_count = sizeof(ports) / sizeof(ports[0]),
		.otherwise = FLOW_END_HOST_UNREACH,
	};
	world->hosts[1] = world->hosts[0];
	world->hosts[1].first = world->hosts[1].last = ip_v4(LOSSY);
	world->hosts[1].loss = 0.5;
	if (!(world->loop = config.loop = loop_sim_new(0)))
		return ERROR_MEMORY;
	config.gate = &world->gate;
	return flow_sim_new(&config, &world->net);
}

static void world_init(struct world *world)
{
	assert_int_equal(world_try(world), 0);
}

static void world_release(struct world *world)
{
	flow_net_free(world->net);
	loop_free(world->loop);
}

struct client {
	struct world *world;
	struct flow *flow;
	char trace[64];
	size_t length;
	char received[512];
	size_t received_bytes;
	uint64_t rtt_ns, data_ns, ended_ns; /* of the first data */
	const char *say;                    /* at connect */
	bool closes_at_data;
};

static char letter_of(const struct flow_event *event)
{
	static const char ends[] = {
		[FLOW_END_EOF] = 'e',      [FLOW_END_RESET] = 'r',  [FLOW_END_REFUSED] = 'f',
		[FLOW_END_DEADLINE] = 'd', [FLOW_END_BUDGET] = 'b', [FLOW_END_HOST_UNREACH] = 'h',
		[FLOW_END_LOCAL] = 'l',
	};

	if (event->kind == FLOW_CONNECTED)
		return 'C';
	if (event->kind == FLOW_DATA)
		return event->data_bytes ? 'D' : '0';
	return ends[event->end] ? ends[event->end] : '?';
}

static void on_event(void *self, struct flow *flow, const struct flow_event *event)
{
	struct client *client = self;
	uint64_t now_ns = loop_now_ns(client->world->loop);

	assert_true(client->length < sizeof(client->trace) - 1);
	client->trace[client->length++] = letter_of(event);
	if (event->kind == FLOW_CONNECTED) {
		client->rtt_ns = event->rtt_ns;
		if (client->say)
			assert_int_equal(flow_send(flow, client->say, strlen(client->say)), 0);
	} else if (event->kind == FLOW_DATA) {
		if (!client->data_ns)
			client->data_ns = now_ns;
		assert_true(client->received_bytes + event->data_bytes < sizeof(client->received));
		memcpy(client->received + client->received_bytes, event->data, event->data_bytes);
		client->received_bytes += event->data_bytes;
		if (client->closes_at_data)
			flow_close(flow);
	} else {
		client->ended_ns = now_ns;
	}
}

static int open_at(struct client *client, enum transport transport, uint32_t to, uint16_t port)
{
	const struct flow_config config = {
		.transport = transport,
		.to = ip_v4(to),
		.port = port,
		.ttl = -1,
		.deadline_ns = loop_now_ns(client->world->loop) + DEADLINE_NS,
		.writes = true,
		.receive_bytes_max = 100,
		.event = on_event,
		.self = client,
	};

	return flow_open(client->world->net, &config, &client->flow);
}

static void must_open(struct client *client, enum place place)
{
	assert_int_equal(open_at(client, TRANSPORT_TCP, HOST, (uint16_t)place), 0);
}

static void must_open_udp(struct client *client, uint32_t to, enum place place)
{
	assert_int_equal(open_at(client, TRANSPORT_UDP, to, (uint16_t)place), 0);
}

static void send_text(struct client *client, const char *text)
{
	assert_int_equal(flow_send(client->flow, text, strlen(text)), 0);
}

/* --- TCP --- */

static void a_banner_comes_late_or_drop_by_drop(void **state)
{
	struct world world;
	struct client late = {.world = &world}, drips = {.world = &world};

	world_init(&world);
	must_open(&late, LATE);
	must_open(&drips, DRIPS);
	loop_run(world.loop);
	assert_string_equal(late.trace, "CDd");
	assert_int_equal(late.data_ns, 2 * RTT_NS + NS_PER_S);
	assert_string_equal(drips.trace, "CDDDDd");
	assert_string_equal(drips.received, "drip");
	assert_int_equal(drips.data_ns, 2 * RTT_NS);
	world_release(&world);
}

static void an_endless_one_is_ended_by_the_budget(void **state)
{
	struct world world;
	struct client client = {.world = &world};

	world_init(&world);
	must_open(&client, POURS);
	loop_run(world.loop);
	assert_string_equal(client.trace, "CDDDDDDDDDDb");
	assert_int_equal(client.received_bytes, 100);
	assert_true(client.ended_ns < NS_PER_S);
	world_release(&world);
}

static void an_echo_takes_a_round_trip(void **state)
{
	struct world world;
	struct client client = {.world = &world, .say = "hello", .closes_at_data = true};

	world_init(&world);
	must_open(&client, ECHOES);
	send_text(&client, "before ");
	loop_run(world.loop);
	assert_string_equal(client.trace, "CD");
	assert_string_equal(client.received, "before ");
	assert_int_equal(client.data_ns, 2 * RTT_NS);
	world_release(&world);
}

static void data_may_bring_a_reset(void **state)
{
	struct world world;
	struct client client = {.world = &world, .say = "x"};

	world_init(&world);
	must_open(&client, RESETS);
	loop_run(world.loop);
	assert_string_equal(client.trace, "CDr");
	assert_int_equal(client.ended_ns, 2 * RTT_NS);
	world_release(&world);
}

static void the_first_reply_that_fits_is_given(void **state)
{
	static const struct {
		const char *say, *trace;
		size_t bytes;
	} expected[] = {
		{"GET / HTTP/1.0", "CDe", 19},
		{"QUIT", "Ce", 0},
		{"mute", "Cd", 0},
		{"GE", "CDd", 5},
		{NULL, "Cd", 0},
	};
	struct world world;
	size_t i;

	world_init(&world);
	for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		struct client client = {.world = &world, .say = expected[i].say};

		must_open(&client, ANSWERS);
		loop_run(world.loop);
		assert_string_equal(client.trace, expected[i].trace);
		assert_int_equal(client.received_bytes, expected[i].bytes);
	}
	world_release(&world);
}

static void bytes_of_all_values_are_said_and_heard(void **state)
{
	struct world world;
	struct client client = {.world = &world}, banner = {.world = &world};

	world_init(&world);
	must_open(&client, ANSWERS);
	assert_int_equal(flow_send(client.flow, "a\0bc", 4), 0);
	must_open(&banner, BINARY);
	loop_run(world.loop);
	assert_int_equal(client.received_bytes, 2);
	assert_memory_equal(client.received, "\0\1", 2);
	assert_string_equal(banner.trace, "CDe");
	assert_memory_equal(banner.received, "a\0b", 3);
	world_release(&world);
}

static void only_so_many_are_served_at_once(void **state)
{
	struct world world;
	struct client clients[5];
	size_t i;

	world_init(&world);
	for (i = 0; i < 5; i++) {
		clients[i] = (struct client){.world = &world};
		must_open(&clients[i], BUSY);
	}
	clients[0].closes_at_data = true;               /* makes room for the third */
	clients[2].closes_at_data = true;               /* and this one for the fifth: */
	flow_set_deadline(clients[3].flow, 2 * RTT_NS); /* the fourth gives up */
	loop_run(world.loop);
	assert_string_equal(clients[0].trace, "CD");
	assert_string_equal(clients[1].trace, "CDd");
	assert_string_equal(clients[2].trace, "CD");
	assert_string_equal(clients[3].trace, "Cd");
	assert_string_equal(clients[4].trace, "CDd");
	assert_int_equal(clients[0].data_ns, 2 * RTT_NS);
	assert_int_equal(clients[2].data_ns, 3 * RTT_NS);
	assert_int_equal(clients[4].data_ns, 4 * RTT_NS);
	world_release(&world);
}

static void a_server_with_its_hands_full_may_be_left(void **state)
{
	struct world world;
	struct client clients[4];
	size_t i;

	world_init(&world);
	for (i = 0; i < 4; i++) {
		clients[i] = (struct client){.world = &world};
		must_open(&clients[i], BUSY);
	}
	loop_run(world.loop); /* all end at the same time */
	assert_string_equal(clients[1].trace, "CDd");
	assert_int_equal(flow_net_open_count(world.net), 0);
	for (i = 0; i < 4; i++)
		must_open(&clients[i], BUSY);
	flow_close(clients[3].flow);
	world_release(&world); /* the others are still open */
}

/* --- UDP --- */

static void a_datagram_has_its_answer(void **state)
{
	struct world world;
	struct client client = {.world = &world, .say = "ping"};

	world_init(&world);
	must_open_udp(&client, HOST, ANSWERS);
	send_text(&client, "mute");
	send_text(&client, "empty");
	loop_run(world.loop);
	assert_string_equal(client.trace, "C0Dd");
	assert_string_equal(client.received, "pong");
	assert_int_equal(client.rtt_ns, 0);
	assert_int_equal(client.data_ns, RTT_NS);
	world_release(&world);
}

static void a_closed_port_refuses_the_first_datagram(void **state)
{
	struct world world;
	struct client quiet = {.world = &world}, closed = {.world = &world, .say = "x"};
	struct client other = {.world = &world, .say = "x"}, nobody = {.world = &world, .say = "x"};

	world_init(&world);
	must_open_udp(&quiet, HOST, CLOSED);
	must_open_udp(&closed, HOST, CLOSED);
	must_open_udp(&other, HOST, (enum place)99);
	must_open_udp(&nobody, NOBODY, CLOSED);
	loop_run(world.loop);
	assert_string_equal(quiet.trace, "Cd");
	assert_string_equal(closed.trace, "Cf");
	assert_int_equal(closed.ended_ns, RTT_NS);
	assert_string_equal(other.trace, "Ch");
	assert_string_equal(nobody.trace, "Cd");
	world_release(&world);
}

static void each_datagram_may_be_lost(void **state)
{
	struct world world;
	struct client client = {.world = &world};
	size_t i;

	world_init(&world);
	must_open_udp(&client, LOSSY, ANSWERS);
	for (i = 0; i < 24; i++)
		send_text(&client, "ping");
	loop_run(world.loop);
	assert_in_range(client.received_bytes, 4 * 4, 4 * 20);
	world_release(&world);
}

static void ports_of_both_transports_are_apart(void **state)
{
	struct world world;
	struct client client = {.world = &world};

	world_init(&world);
	must_open(&client, CLOSED);
	loop_run(world.loop);
	assert_string_equal(client.trace, "h");
	world_release(&world);
}

static int talk(void *self)
{
	static const enum place places[] = {BUSY, ANSWERS, POURS, ECHOES};
	struct world world;
	struct client clients[5] = {0};
	int r = world_try(&world);
	size_t i;

	for (i = 0; r == 0 && i < 5; i++) {
		clients[i].world = &world;
		r = open_at(&clients[i], i < 4 ? TRANSPORT_TCP : TRANSPORT_UDP, HOST,
			    (uint16_t)places[i % 4]);
		if (r == 0)
			r = flow_send(clients[i].flow, "GET /", 5);
	}
	if (r == 0)
		loop_run(world.loop);
	for (i = 0; r == 0 && i < 5; i++)
		if (clients[i].trace[clients[i].length - 1] == 'l')
			r = ERROR_MEMORY;
	world_release(&world);
	return r;
}

static void each_allocation_may_fail(void **state)
{
	support_each_allocation_fails(talk, NULL, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_banner_comes_late_or_drop_by_drop),
		cmocka_unit_test(an_endless_one_is_ended_by_the_budget),
		cmocka_unit_test(an_echo_takes_a_round_trip),
		cmocka_unit_test(data_may_bring_a_reset),
		cmocka_unit_test(the_first_reply_that_fits_is_given),
		cmocka_unit_test(bytes_of_all_values_are_said_and_heard),
		cmocka_unit_test(only_so_many_are_served_at_once),
		cmocka_unit_test(a_server_with_its_hands_full_may_be_left),
		cmocka_unit_test(a_datagram_has_its_answer),
		cmocka_unit_test(a_closed_port_refuses_the_first_datagram),
		cmocka_unit_test(each_datagram_may_be_lost),
		cmocka_unit_test(ports_of_both_transports_are_apart),
		cmocka_unit_test(each_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
