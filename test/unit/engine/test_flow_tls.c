/* TLS and DTLS flows over the simulated network, whose servers speak it with the same
 * OpenSSL, and over the kernel's sockets with a server thread. */
#include "support.h"
#include "tls_identity.h"

#include "engine/flow_tls.h"
#include "util/alloc.h"
#include "util/error.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RTT_NS      (20 * NS_PER_MS)
#define DEADLINE_NS (5 * NS_PER_S)
#define HOST        0x0a000001
#define BIG         200000

enum place {
	GREETS = 1,
	ECHOES,
	CLOSES,
	POURS,
	OLD,
	ALPN,
	DEMANDS,
	DEMANDS_LATE,
	PLAIN,
	MUTE,
	DRIPS,
	HANGS_UP,
	RESETS,
	DATAGRAMS,
	GARBAGE,
	REFUSES,
};

#define IDENTITY .certificate = tls_identity_certificate, .key = tls_identity_key

static const struct flow_sim_tls any = {IDENTITY};
static const struct flow_sim_tls old = {IDENTITY, .version_most = 0x0301};
static const struct flow_sim_tls alpn = {IDENTITY, .alpn = "http/1.1"};
static const struct flow_sim_tls demands = {IDENTITY, .version_most = 0x0303,
					    .asks_certificate = true};
static const struct flow_sim_tls demands_late = {IDENTITY, .asks_certificate = true};
static const struct flow_sim_reply garbage[] = {
	{.send = "\x16\x03\x03\xff\xff garbage", .send_bytes = 13}};
static const struct flow_sim_reply hangs_up[] = {{.closes = true}};

#define AT(place) .first = (place), .last = (place)

static const struct flow_sim_port ports[] = {
	{AT(GREETS), .banner = "220 hello", .tls = &any},
	{AT(ECHOES), .echo = true, .tls = &any},
	{AT(CLOSES), .banner = "bye", .closes = true, .tls = &any},
	{AT(POURS), .banner = "0123456789", .endless = true, .tls = &any},
	{AT(OLD), .banner = "old", .tls = &old},
	{AT(ALPN), .banner = "http", .tls = &alpn},
	{AT(DEMANDS), .banner = "never", .tls = &demands},
	{AT(DEMANDS_LATE), .banner = "never", .tls = &demands_late},
	{AT(PLAIN), .banner = "SSH-2.0-x\r\n"},
	{AT(MUTE), .echo = false},
	{AT(DRIPS), .banner = "\x16\x03\x03\x40\x00", .banner_bytes = 5, .drip_ns = NS_PER_S / 2,
	 .endless = true},
	{AT(HANGS_UP), .replies = hangs_up, .replies_count = 1},
	{AT(RESETS), .reset_on_data = true},
	{AT(DATAGRAMS), .transport = TRANSPORT_UDP, .echo = true, .tls = &any},
	{AT(MUTE), .transport = TRANSPORT_UDP},
	{AT(GARBAGE), .replies = garbage, .replies_count = 1},
	{AT(REFUSES), .connect = FLOW_END_REFUSED},
};

struct world {
	struct loop *loop;
	struct gate gate;
	struct flow_net *net;
	struct flow_sim_host host;
};

static int world_try(struct world *world)
{
	struct flow_sim_config config = {.hosts = &world->host, .hosts_count = 1, .seed = 1};

	memset(world, 0, sizeof(*world));
	world->host = (struct flow_sim_host){
		.first = ip_v4(HOST),
		.last = ip_v4(HOST),
		.rtt_ns = RTT_NS,
		.ports = ports,
		.ports_count = sizeof(ports) / sizeof(ports[0]),
	};
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

static const struct flow_tls_wish no_wish;

struct client {
	struct world *world;
	struct flow *flow;
	char trace[16]; /* C connected, D data (once), an end's letter */
	size_t length;
	uint8_t *received; /* BIG, or NULL: counted only */
	size_t received_bytes, pieces;
	uint64_t rtt_ns, connected_ns, ended_ns;
	const char *say;
	char version[16], cipher[64], alpn[32], subject[64], name[32];
	bool has_facts, closes_at_connect, closes_at_data;
	const struct flow_tls_wish *begins_later; /* TLS on the flow in the clear */
	int begun;
	bool pauses;
	size_t heard_paused;
	struct timer goes_on;
};

static char letter_of(enum flow_end end)
{
	static const char letters[] = {
		[FLOW_END_EOF] = 'e',      [FLOW_END_RESET] = 'r',  [FLOW_END_REFUSED] = 'f',
		[FLOW_END_DEADLINE] = 'd', [FLOW_END_BUDGET] = 'b', [FLOW_END_LOCAL] = 'l',
		[FLOW_END_TLS] = 't',
	};

	return letters[end] ? letters[end] : '?';
}

static void copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

static void learn_facts(struct client *client, const struct flow *flow)
{
	const struct service_tls *facts = flow_tls_facts(flow);

	if (!facts)
		return;
	client->has_facts = true;
	copy(client->version, sizeof(client->version), facts->version);
	copy(client->cipher, sizeof(client->cipher), facts->cipher);
	copy(client->alpn, sizeof(client->alpn), facts->alpn);
	copy(client->name, sizeof(client->name), facts->server_name);
	copy(client->subject, sizeof(client->subject), facts->certificate.subject);
}

static void on_event(void *self, struct flow *flow, const struct flow_event *event);

static void begin_tls(struct client *client)
{
	const struct flow_config config = {
		.tls = client->begins_later,
		.receive_bytes_max = BIG,
		.event = on_event,
		.self = client,
	};

	client->begins_later = NULL;
	client->begun = flow_tls_start(client->flow, &config, &client->flow);
	if (client->begun < 0)
		flow_close(client->flow);
	else
		assert_int_equal(client->length, 0);
}

static void on_event(void *self, struct flow *flow, const struct flow_event *event)
{
	struct client *client = self;

	assert_ptr_equal(flow, client->flow);
	assert_true(client->length < sizeof(client->trace) - 1);
	if (event->kind == FLOW_DATA) {
		if (client->received)
			memcpy(client->received + client->received_bytes, event->data,
			       event->data_bytes);
		client->received_bytes += event->data_bytes;
		if (client->pieces++ == 0)
			client->trace[client->length++] = 'D';
		if (client->closes_at_data)
			flow_close(flow);
		return;
	}
	client->rtt_ns = event->rtt_ns;
	learn_facts(client, flow);
	if (event->kind == FLOW_CLOSED) {
		client->trace[client->length++] = letter_of(event->end);
		client->ended_ns = loop_now_ns(client->world->loop);
		return;
	}
	if (client->begins_later) {
		begin_tls(client);
		return;
	}
	client->trace[client->length++] = 'C';
	if (client->pauses)
		flow_pause(flow, true);
	client->connected_ns = loop_now_ns(client->world->loop);
	if (client->say)
		assert_int_equal(flow_send(flow, client->say, strlen(client->say)), 0);
	if (client->closes_at_connect)
		flow_close(flow);
}

static struct flow_config config_of(struct client *client, enum place place,
				    const struct flow_tls_wish *wish)
{
	return (struct flow_config){
		.tls = wish,
		.to = ip_v4(HOST),
		.port = (uint16_t)place,
		.ttl = -1,
		.deadline_ns = loop_now_ns(client->world->loop) + DEADLINE_NS,
		.writes = true,
		.receive_bytes_max = 100000,
		.event = on_event,
		.self = client,
	};
}

static int open_at(struct client *client, enum place place, const struct flow_tls_wish *wish)
{
	struct flow_config config = config_of(client, place, wish);

	return flow_open(client->world->net, &config, &client->flow);
}

static void talk_with(struct client *client, enum place place, const struct flow_tls_wish *wish)
{
	assert_int_equal(open_at(client, place, wish), 0);
	assert_int_equal(client->length, 0);
	loop_run(client->world->loop);
	assert_int_equal(flow_net_open_count(client->world->net), 0);
}

static void talk(struct client *client, enum place place)
{
	talk_with(client, place, &no_wish);
}

/* --- what goes well --- */

static void a_handshake_tells_its_facts(void **state)
{
	uint8_t received[16] = "";
	struct world world;
	struct client client = {.world = &world, .received = received};
	const struct flow_tls_wish wish = {.server_name = "www.lab.test."};

	world_init(&world);
	talk_with(&client, GREETS, &wish);
	assert_string_equal(client.trace, "CDd");
	assert_string_equal(received, "220 hello");
	assert_string_equal(client.version, "TLSv1.3");
	assert_true(strncmp(client.cipher, "TLS_", 4) == 0);
	assert_string_equal(client.alpn, "");
	assert_string_equal(client.name, "www.lab.test");
	assert_string_equal(client.subject, "CN=www.lab.test,O=Lab\\, Größe,C=XX");
	world_release(&world);
}

static void connecting_takes_the_handshake_but_its_rtt_is_tcps(void **state)
{
	struct world world;
	struct client client = {.world = &world, .closes_at_connect = true};

	world_init(&world);
	talk(&client, GREETS);
	assert_string_equal(client.trace, "C");
	assert_int_equal(client.connected_ns, 2 * RTT_NS);
	assert_int_equal(world.net->stats.connected, 1);
	world_release(&world);
}

/* Opens in the clear, and begins TLS once connected. */
static void talk_later(struct client *client, enum place place, const struct flow_tls_wish *wish)
{
	struct flow_config config = config_of(client, place, NULL);

	client->begins_later = wish;
	config.receive_bytes_max = UINT64_MAX;
	assert_int_equal(flow_open(client->world->net, &config, &client->flow), 0);
	loop_run(client->world->loop);
	assert_int_equal(flow_net_open_count(client->world->net), 0);
}

static void tls_begins_on_a_flow_in_the_clear(void **state)
{
	uint8_t received[16] = "";
	struct world world;
	struct client client = {.world = &world, .received = received};
	const struct flow_tls_wish wish = {.server_name = "www.lab.test"};

	world_init(&world);
	talk_later(&client, GREETS, &wish);
	assert_string_equal(client.trace, "CDd");
	assert_string_equal(received, "220 hello");
	assert_int_equal(client.connected_ns, 2 * RTT_NS);
	assert_string_equal(client.name, "www.lab.test");
	assert_string_equal(client.subject, "CN=www.lab.test,O=Lab\\, Größe,C=XX");
	world_release(&world);
}

static void a_handshake_that_begins_late_fails_alike(void **state)
{
	static const struct {
		enum place place;
		const char *trace;
	} rows[] = {{PLAIN, "t"}, {MUTE, "d"}, {HANGS_UP, "e"}, {RESETS, "r"}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct world world;
		struct client client = {.world = &world};

		world_init(&world);
		talk_later(&client, rows[i].place, &no_wish);
		assert_string_equal(client.trace, rows[i].trace);
		world_release(&world);
	}
}

static void tls_begins_once_and_where_we_may_speak(void **state)
{
	struct world world;
	struct client client = {.world = &world};
	struct flow_config config;
	struct flow *flow;

	world_init(&world);
	assert_int_equal(open_at(&client, GREETS, &no_wish), 0);
	config = config_of(&client, GREETS, &no_wish);
	assert_int_equal(flow_tls_start(client.flow, &config, &flow), ERROR_USAGE);
	flow_close(client.flow);
	config.tls = NULL;
	config.writes = false;
	assert_int_equal(flow_open(world.net, &config, &client.flow), 0);
	config.tls = &no_wish;
	assert_int_equal(flow_tls_start(client.flow, &config, &flow), ERROR_EXCLUDED);
	flow_close(client.flow);
	world_release(&world);
}

static void hear_again(void *self)
{
	struct client *client = self;

	client->heard_paused = client->received_bytes;
	flow_pause(client->flow, false);
}

static void a_paused_flow_is_not_read(void **state)
{
	struct world world;
	struct client client = {.world = &world, .pauses = true};

	world_init(&world);
	client.goes_on = (struct timer){.fire = hear_again, .self = &client};
	loop_timer_set(world.loop, &client.goes_on, NS_PER_S);
	talk(&client, POURS);
	assert_int_equal(client.heard_paused, 0);
	assert_string_equal(client.trace, "CDd");
	assert_true(client.received_bytes > 1000);
	world_release(&world);
}

static void what_is_sent_early_waits_for_the_handshake(void **state)
{
	uint8_t received[16] = "";
	struct world world;
	struct client client = {.world = &world, .received = received, .closes_at_data = true};

	world_init(&world);
	assert_int_equal(open_at(&client, ECHOES, &no_wish), 0);
	assert_int_equal(flow_send(client.flow, "early", 5), 0);
	loop_run(world.loop);
	assert_string_equal(client.trace, "CD");
	assert_string_equal(received, "early");
	world_release(&world);
}

static void much_goes_there_and_back(void **state)
{
	uint8_t *sent = malloc(BIG), *received = calloc(1, BIG);
	struct world world;
	struct client client = {.world = &world, .received = received};
	struct flow_config config;
	size_t i;

	for (i = 0; i < BIG; i++)
		sent[i] = (uint8_t)(i * 7 + i / 256);
	world_init(&world);
	config = config_of(&client, ECHOES, &no_wish);
	config.receive_bytes_max = BIG;
	assert_int_equal(flow_open(world.net, &config, &client.flow), 0);
	assert_int_equal(flow_send(client.flow, sent, BIG), 0);
	loop_run(world.loop);
	assert_string_equal(client.trace, "CDd");
	assert_int_equal(client.received_bytes, BIG);
	assert_memory_equal(sent, received, BIG);
	free(sent);
	free(received);
	world_release(&world);
}

static void too_much_is_refused(void **state)
{
	uint8_t *much = calloc(1, 1024 * 1024);
	struct world world;
	struct client client = {.world = &world};

	world_init(&world);
	assert_int_equal(open_at(&client, ECHOES, &no_wish), 0);
	assert_int_equal(flow_send(client.flow, much, 1000000), 0);
	assert_int_equal(flow_send(client.flow, much, 1000000), ERROR_LIMIT);
	flow_close(client.flow);
	free(much);
	world_release(&world);
}

static void the_oldest_version_is_spoken(void **state)
{
	struct world world;
	struct client client = {.world = &world};

	world_init(&world);
	talk(&client, OLD);
	assert_string_equal(client.trace, "CDd");
	assert_string_equal(client.version, "TLSv1");
	assert_non_null(strstr(client.cipher, "ECDSA"));
	world_release(&world);
}

static void alpn_is_offered_and_told(void **state)
{
	static const char *const offered[] = {"h2", "http/1.1"};
	struct world world;
	struct client client = {.world = &world};
	const struct flow_tls_wish wish = {.alpn = offered, .alpn_count = 2};

	world_init(&world);
	talk_with(&client, ALPN, &wish);
	assert_string_equal(client.alpn, "http/1.1");
	assert_string_equal(client.name, "");
	world_release(&world);
}

static void an_address_is_no_server_name(void **state)
{
	static const char *const names[] = {"192.0.2.1", "2001:db8::1", "", ".", "a b", NULL};
	struct world world;
	size_t i;

	world_init(&world);
	for (i = 0; i < 6; i++) {
		struct client client = {.world = &world};
		const struct flow_tls_wish wish = {.server_name = names[i]};

		talk_with(&client, CLOSES, &wish);
		assert_string_equal(client.trace, "CDe");
		assert_true(client.has_facts);
		assert_string_equal(client.name, "");
	}
	world_release(&world);
}

/* A resumed handshake of TLS 1.0 is one round trip shorter, and shows no certificate. */
static void a_session_is_resumed(void **state)
{
	struct tls_memory *memory = tls_memory_new();
	const struct flow_tls_wish wish = {.memory = memory};
	struct world world;
	struct client first = {.world = &world}, second = {.world = &world};
	struct client plain = {.world = &world}, third = {.world = &world};
	uint64_t between_ns;

	world_init(&world);
	talk_with(&first, OLD, &wish);
	between_ns = loop_now_ns(world.loop);
	talk_with(&second, OLD, &wish);
	assert_string_equal(second.trace, "CDd");
	assert_int_equal(first.connected_ns, 3 * RTT_NS);
	assert_int_equal(second.connected_ns - between_ns, 2 * RTT_NS);
	assert_string_equal(second.subject, first.subject);
	/* One that failed with the session spoils it: the next is a whole one. */
	talk_with(&plain, PLAIN, &wish);
	between_ns = loop_now_ns(world.loop);
	talk_with(&third, OLD, &wish);
	assert_int_equal(third.connected_ns - between_ns, 3 * RTT_NS);
	world_release(&world);
	tls_memory_free(memory);
}

static void a_ticket_of_tls_1_3_is_no_harm(void **state)
{
	struct tls_memory *memory = tls_memory_new();
	const struct flow_tls_wish wish = {.memory = memory};
	struct world world;
	size_t i;

	world_init(&world);
	for (i = 0; i < 3; i++) {
		struct client client = {.world = &world};

		talk_with(&client, GREETS, &wish);
		assert_string_equal(client.trace, "CDd");
		assert_non_null(strstr(client.subject, "lab.test"));
	}
	/* To another kind of server with it, and to one that fails. */
	struct client old_one = {.world = &world}, plain = {.world = &world};

	talk_with(&old_one, OLD, &wish);
	assert_string_equal(old_one.trace, "CDd");
	talk_with(&plain, PLAIN, &wish);
	assert_string_equal(plain.trace, "t");
	world_release(&world);
	tls_memory_free(memory);
}

static void datagrams_keep_their_bounds(void **state)
{
	uint8_t received[16] = "";
	struct world world;
	struct client client = {.world = &world, .received = received};
	struct flow_config config;

	world_init(&world);
	config = config_of(&client, DATAGRAMS, &no_wish);
	config.transport = TRANSPORT_UDP;
	assert_int_equal(flow_open(world.net, &config, &client.flow), 0);
	assert_int_equal(flow_send(client.flow, "one", 3), 0);
	assert_int_equal(flow_send(client.flow, "", 0), 0);
	assert_int_equal(flow_send(client.flow, "three", 5), 0);
	loop_run(world.loop);
	assert_string_equal(client.trace, "CDd");
	assert_int_equal(client.pieces, 2);
	assert_string_equal(received, "onethree");
	assert_string_equal(client.version, "DTLSv1.2");
	assert_string_equal(client.subject, "CN=www.lab.test,O=Lab\\, Größe,C=XX");
	world_release(&world);
}

/* --- ends --- */

static void each_end_is_told_as_it_was(void **state)
{
	static const struct {
		enum place place;
		const char *trace;
	} expected[] = {
		{PLAIN, "t"},  {MUTE, "d"},     {DRIPS, "d"},   {HANGS_UP, "e"},
		{RESETS, "r"}, {CLOSES, "CDe"}, {GARBAGE, "t"}, {REFUSES, "f"},
	};
	struct world world;
	size_t i;

	world_init(&world);
	for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		struct client client = {.world = &world};
		uint64_t before_ns = loop_now_ns(world.loop);

		talk(&client, expected[i].place);
		assert_string_equal(client.trace, expected[i].trace);
		assert_true(client.ended_ns - before_ns <= DEADLINE_NS);
		if (expected[i].place == REFUSES)
			assert_int_equal(client.rtt_ns, RTT_NS);
		assert_int_equal(client.has_facts, expected[i].place == CLOSES);
	}
	world_release(&world);
}

static void a_certificate_is_told_when_the_handshake_fails_later(void **state)
{
	struct world world;
	struct client client = {.world = &world};

	world_init(&world);
	talk(&client, DEMANDS);
	assert_string_equal(client.trace, "t");
	assert_true(client.has_facts);
	assert_string_equal(client.subject, "CN=www.lab.test,O=Lab\\, Größe,C=XX");
	world_release(&world);
}

/* In TLS 1.3 the client is through before the server has asked in vain. */
static void an_alert_may_come_after_the_handshake(void **state)
{
	struct world world;
	struct client client = {.world = &world};

	world_init(&world);
	talk(&client, DEMANDS_LATE);
	assert_string_equal(client.trace, "Ct");
	assert_true(client.has_facts);
	world_release(&world);
}

static void a_silent_datagram_server_ends_at_the_deadline(void **state)
{
	struct world world;
	struct client client = {.world = &world};
	struct flow_config config;

	world_init(&world);
	config = config_of(&client, MUTE, &no_wish);
	config.transport = TRANSPORT_UDP;
	assert_int_equal(flow_open(world.net, &config, &client.flow), 0);
	loop_run(world.loop);
	assert_string_equal(client.trace, "d");
	assert_int_equal(client.ended_ns, DEADLINE_NS);
	world_release(&world);
}

static void the_budget_counts_bytes_inside(void **state)
{
	struct world world;
	struct client client = {.world = &world}, none = {.world = &world};
	struct flow_config config;

	world_init(&world);
	config = config_of(&client, POURS, &no_wish);
	config.receive_bytes_max = 95;
	assert_int_equal(flow_open(world.net, &config, &client.flow), 0);
	config.receive_bytes_max = 0;
	config.self = &none;
	assert_int_equal(flow_open(world.net, &config, &none.flow), 0);
	loop_run(world.loop);
	assert_string_equal(client.trace, "CDb");
	assert_int_equal(client.received_bytes, 95);
	assert_string_equal(none.trace, "Cb");
	world_release(&world);
}

static void a_deadline_may_be_moved(void **state)
{
	struct world world;
	struct client client = {.world = &world};

	world_init(&world);
	assert_int_equal(open_at(&client, MUTE, &no_wish), 0);
	flow_set_deadline(client.flow, NS_PER_S);
	loop_run(world.loop);
	assert_string_equal(client.trace, "d");
	assert_int_equal(client.ended_ns, NS_PER_S);
	world_release(&world);
}

static void open_flows_go_with_the_network(void **state)
{
	struct world world;
	struct client client = {.world = &world}, other = {.world = &world};
	struct ip_addr local;
	uint16_t port;

	world_init(&world);
	assert_int_equal(open_at(&client, GREETS, &no_wish), 0);
	assert_int_equal(open_at(&other, GREETS, &no_wish), 0);
	assert_false(flow_local(client.flow, &local, &port));
	assert_null(flow_tls_facts(client.flow));
	assert_int_equal(flow_net_open_count(world.net), 2);
	world_release(&world);
	assert_int_equal(client.length, 0);
}

static void tls_counts_as_writing_for_the_gate(void **state)
{
	struct world world;
	struct client client = {.world = &world};
	struct flow_config config;

	world_init(&world);
	config = config_of(&client, GREETS, &no_wish);
	config.port = 9100;
	config.writes = false;
	assert_int_equal(flow_open(world.net, &config, &client.flow), ERROR_EXCLUDED);
	config.tls = NULL;
	assert_int_equal(flow_open(world.net, &config, &client.flow), 0);
	world_release(&world);
}

static void flows_in_the_clear_have_no_facts(void **state)
{
	struct world world;
	struct client client = {.world = &world};

	world_init(&world);
	talk_with(&client, PLAIN, NULL);
	assert_string_equal(client.trace, "CDd");
	assert_false(client.has_facts);
	world_release(&world);
}

static int whole_talk(void *self)
{
	struct world world;
	struct client client = {.world = &world, .say = NULL};
	struct tls_memory *memory = NULL;
	struct flow_tls_wish wish = {.server_name = "www.lab.test"};
	int r = world_try(&world);

	if (r == 0 && !(memory = wish.memory = tls_memory_new()))
		r = ERROR_MEMORY;
	if (r == 0 && (r = open_at(&client, CLOSES, &wish)) == 0) {
		r = flow_send(client.flow, "hello", 5);
		loop_run(world.loop);
		if (r == 0 && client.trace[client.length - 1] == 'l')
			r = ERROR_MEMORY;
		else if (r == 0)
			assert_string_equal(client.trace, "CDe");
	}
	world_release(&world);
	tls_memory_free(memory);
	return r;
}

/* The same, begun on a flow that is there. */
static int late_talk(void *self)
{
	struct world world;
	struct client client = {.world = &world, .begins_later = &no_wish};
	struct flow_config config;
	int r = world_try(&world);

	if (r == 0) {
		config = config_of(&client, CLOSES, NULL);
		r = flow_open(world.net, &config, &client.flow);
	}
	if (r == 0) {
		loop_run(world.loop);
		if (client.begun < 0 || client.trace[client.length - 1] == 'l')
			r = ERROR_MEMORY;
		else
			assert_string_equal(client.trace, "CDe");
	}
	world_release(&world);
	return r;
}

static void each_allocation_may_fail(void **state)
{
	support_each_allocation_fails(whole_talk, NULL, 400);
	support_each_allocation_fails(late_talk, NULL, 400);
}

/* --- sockets --- */

/* The same for all servers, so that one resumes what another began. */
static uint8_t ticket_keys[80] = "this is no secret";

struct served {
	int fd;
	uint16_t port;
	pthread_t thread;
	bool is_udp, is_reused;
	unsigned renegotiations;
	char heard[16];
};

/* Hears one datagram, and forgets it; stays with its sender. */
static BIO *meet_datagrams(int fd)
{
	struct sockaddr_in from = {0};
	socklen_t bytes = sizeof(from);
	BIO *bio = BIO_new_dgram(fd, BIO_NOCLOSE);
	BIO_ADDR *peer = BIO_ADDR_new();
	uint8_t lost[2000];

	assert_true(recvfrom(fd, lost, sizeof(lost), 0, (struct sockaddr *)&from, &bytes) > 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&from, bytes), 0);
	BIO_ADDR_rawmake(peer, AF_INET, &from.sin_addr, sizeof(from.sin_addr), from.sin_port);
	BIO_ctrl(bio, BIO_CTRL_DGRAM_SET_CONNECTED, 0, peer);
	BIO_ADDR_free(peer);
	return bio;
}

/* Reads until what was asked for has been done; false: the client has had enough. */
static bool await_handshake(SSL *ssl)
{
	struct pollfd wait = {.fd = SSL_get_fd(ssl), .events = POLLIN};
	uint8_t byte;
	int r;

	while (SSL_renegotiate_pending(ssl)) {
		poll(&wait, 1, 1000);
		r = SSL_read(ssl, &byte, 1);
		if (r > 0 || SSL_get_error(ssl, r) != SSL_ERROR_WANT_READ)
			return false;
	}
	return true;
}

static void renegotiate(const struct served *served, SSL *ssl)
{
	unsigned i;

	fcntl(SSL_get_fd(ssl), F_SETFL, O_NONBLOCK);
	for (i = 0; i < served->renegotiations; i++)
		if (SSL_renegotiate(ssl) != 1 || SSL_do_handshake(ssl) != 1 ||
		    !await_handshake(ssl))
			return;
	SSL_write(ssl, "again", 5);
}

/* One connection: handshake, greeting, one read, closing alert. */
static void *serve(void *self)
{
	struct served *served = self;
	SSL_CTX *context = SSL_CTX_new(served->is_udp ? DTLS_server_method() : TLS_server_method());
	BIO *certificate = BIO_new_mem_buf(tls_identity_certificate, -1);
	BIO *key = BIO_new_mem_buf(tls_identity_key, -1);
	X509 *x509 = PEM_read_bio_X509(certificate, NULL, NULL, NULL);
	EVP_PKEY *pkey = PEM_read_bio_PrivateKey(key, NULL, NULL, NULL);
	int fd = served->is_udp ? served->fd : accept(served->fd, NULL, NULL);
	BIO *bio = served->is_udp ? meet_datagrams(fd) : BIO_new_socket(fd, BIO_CLOSE);
	SSL *ssl;

	SSL_CTX_set_tlsext_ticket_keys(context, ticket_keys, sizeof(ticket_keys));
	if (served->renegotiations)
		SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
	SSL_CTX_use_certificate(context, x509);
	SSL_CTX_use_PrivateKey(context, pkey);
	ssl = SSL_new(context);
	SSL_set_bio(ssl, bio, bio);
	if (SSL_accept(ssl) == 1 && SSL_write(ssl, "greeting", 8) == 8) {
		SSL_read(ssl, served->heard, sizeof(served->heard) - 1);
		served->is_reused = SSL_session_reused(ssl);
		if (served->renegotiations)
			renegotiate(served, ssl);
		SSL_shutdown(ssl);
	}
	SSL_free(ssl);
	X509_free(x509);
	EVP_PKEY_free(pkey);
	BIO_free(certificate);
	BIO_free(key);
	SSL_CTX_free(context);
	return NULL;
}

static void served_start(struct served *served, enum transport transport)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t bytes = sizeof(address);

	served->is_udp = transport == TRANSPORT_UDP;
	served->fd = socket(AF_INET, served->is_udp ? SOCK_DGRAM : SOCK_STREAM, 0);
	assert_int_equal(bind(served->fd, (struct sockaddr *)&address, bytes), 0);
	assert_int_equal(served->is_udp ? 0 : listen(served->fd, 4), 0);
	assert_int_equal(getsockname(served->fd, (struct sockaddr *)&address, &bytes), 0);
	served->port = ntohs(address.sin_port);
	assert_int_equal(pthread_create(&served->thread, NULL, serve, served), 0);
}

/* Talks over sockets with a server thread. */
static void talk_for_real(struct client *client, struct served *served, enum transport transport,
			  const struct flow_tls_wish *wish)
{
	struct world *world = client->world;
	struct flow_socket_config net = {.gate = &world->gate};
	struct flow_config config;

	world->loop = net.loop = loop_uv_new();
	assert_int_equal(flow_socket_new(&net, &world->net), 0);
	served_start(served, transport);
	config = config_of(client, GREETS, wish);
	config.transport = transport;
	config.to = ip_v4(INADDR_LOOPBACK);
	config.port = served->port;
	config.deadline_ns = loop_time_ns(world->loop) + 20 * NS_PER_S;
	assert_int_equal(flow_open(world->net, &config, &client->flow), 0);
	loop_run(world->loop);
	pthread_join(served->thread, NULL);
	close(served->fd);
	world_release(world);
}

static void it_works_over_sockets(void **state)
{
	uint8_t received[16] = "";
	struct world world = {0};
	struct client client = {.world = &world, .received = received, .say = "question"};
	struct served served = {0};

	talk_for_real(&client, &served, TRANSPORT_TCP, &no_wish);
	assert_string_equal(client.trace, "CDe");
	assert_string_equal(received, "greeting");
	assert_string_equal(served.heard, "question");
	assert_string_equal(client.version, "TLSv1.3");
	assert_string_equal(client.subject, "CN=www.lab.test,O=Lab\\, Größe,C=XX");
}

static void it_begins_late_over_sockets(void **state)
{
	uint8_t received[16] = "";
	struct world world = {0};
	struct client client = {
		.world = &world, .received = received, .say = "question", .begins_later = &no_wish};
	struct served served = {0};

	talk_for_real(&client, &served, TRANSPORT_TCP, NULL);
	assert_string_equal(client.trace, "CDe");
	assert_string_equal(received, "greeting");
	assert_string_equal(served.heard, "question");
}

static void a_ticket_of_tls_1_3_resumes(void **state)
{
	struct tls_memory *memory = tls_memory_new();
	const struct flow_tls_wish wish = {.memory = memory};
	size_t i;

	for (i = 0; i < 3; i++) {
		struct world world = {0};
		struct client client = {.world = &world, .say = "question"};
		struct served served = {0};

		talk_for_real(&client, &served, TRANSPORT_TCP, &wish);
		assert_string_equal(client.trace, "CDe");
		assert_string_equal(client.version, "TLSv1.3");
		assert_int_equal(served.is_reused, i > 0);
		assert_string_equal(client.subject, "CN=www.lab.test,O=Lab\\, Größe,C=XX");
	}
	tls_memory_free(memory);
}

static void a_server_that_renegotiates_on_and_on_is_left(void **state)
{
	struct world world = {0};
	struct client client = {.world = &world, .say = "question"};
	struct served served = {.renegotiations = 2}, tireless = {.renegotiations = 100};

	talk_for_real(&client, &served, TRANSPORT_TCP, &no_wish);
	assert_string_equal(client.trace, "CDe");
	assert_int_equal(client.received_bytes, 8 + 5);
	client = (struct client){.world = &world, .say = "question"};
	talk_for_real(&client, &tireless, TRANSPORT_TCP, &no_wish);
	assert_string_equal(client.trace, "CDt");
}

/* The server's first datagram gets lost: only a timer of ours brings the second. */
static void a_lost_datagram_is_sent_again(void **state)
{
	uint8_t received[16] = "";
	struct world world = {0};
	struct client client = {.world = &world, .received = received, .say = "question"};
	struct served served = {0};

	talk_for_real(&client, &served, TRANSPORT_UDP, &no_wish);
	assert_string_equal(client.trace, "CDe");
	assert_string_equal(received, "greeting");
	assert_string_equal(served.heard, "question");
	assert_string_equal(client.version, "DTLSv1.2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handshake_tells_its_facts),
		cmocka_unit_test(connecting_takes_the_handshake_but_its_rtt_is_tcps),
		cmocka_unit_test(tls_begins_on_a_flow_in_the_clear),
		cmocka_unit_test(a_handshake_that_begins_late_fails_alike),
		cmocka_unit_test(tls_begins_once_and_where_we_may_speak),
		cmocka_unit_test(a_paused_flow_is_not_read),
		cmocka_unit_test(what_is_sent_early_waits_for_the_handshake),
		cmocka_unit_test(it_begins_late_over_sockets),
		cmocka_unit_test(much_goes_there_and_back),
		cmocka_unit_test(too_much_is_refused),
		cmocka_unit_test(the_oldest_version_is_spoken),
		cmocka_unit_test(alpn_is_offered_and_told),
		cmocka_unit_test(an_address_is_no_server_name),
		cmocka_unit_test(a_session_is_resumed),
		cmocka_unit_test(a_ticket_of_tls_1_3_is_no_harm),
		cmocka_unit_test(datagrams_keep_their_bounds),
		cmocka_unit_test(each_end_is_told_as_it_was),
		cmocka_unit_test(a_certificate_is_told_when_the_handshake_fails_later),
		cmocka_unit_test(an_alert_may_come_after_the_handshake),
		cmocka_unit_test(a_silent_datagram_server_ends_at_the_deadline),
		cmocka_unit_test(the_budget_counts_bytes_inside),
		cmocka_unit_test(a_deadline_may_be_moved),
		cmocka_unit_test(open_flows_go_with_the_network),
		cmocka_unit_test(tls_counts_as_writing_for_the_gate),
		cmocka_unit_test(flows_in_the_clear_have_no_facts),
		cmocka_unit_test(each_allocation_may_fail),
		cmocka_unit_test(it_works_over_sockets),
		cmocka_unit_test(a_ticket_of_tls_1_3_resumes),
		cmocka_unit_test(a_server_that_renegotiates_on_and_on_is_left),
		cmocka_unit_test(a_lost_datagram_is_sent_again),
	};

	signal(SIGPIPE, SIG_IGN); /* the servers' */
	flow_tls_prepare();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
