/* UDP flows on the kernel's sockets, all on 127.0.0.0/8 and ::1. */
#include "support.h"

#include "engine/flow.h"
#include "util/error.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOPBACK     0x7f000001
#define DEADLINE_NS  (10 * NS_PER_S)
#define SHORT_NS     (30 * NS_PER_MS)
#define PRINTER_PORT 9100
#define BIG          40000
#define MANY         200
#define CHILD_SKIPS  77

/* --- a server that sends each datagram back --- */

struct server {
	struct loop *loop;
	struct watch watch;
	int fd;
	uint16_t port;
	size_t heard, answer_bytes; /* answers of this size; 0: an echo */
	bool is_silent;
	int other_fd; /* answers come from here; 0: from where they were asked */
	struct ip_addr peer;
	uint16_t peer_port;
	int ttl;
	uint8_t options[40];
	size_t options_bytes;
};

static void learn_ancillary(struct server *server, struct msghdr *message)
{
	struct cmsghdr *part;

	for (part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
		if (part->cmsg_type == IP_TTL) {
			memcpy(&server->ttl, CMSG_DATA(part), sizeof(int));
		} else if (part->cmsg_type == IP_RECVOPTS) {
			server->options_bytes = part->cmsg_len - CMSG_LEN(0);
			memcpy(server->options, CMSG_DATA(part), server->options_bytes);
		}
	}
}

static void on_datagram(void *self, int events)
{
	static uint8_t bytes[65536];
	struct server *server = self;
	struct sockaddr_storage from;
	uint8_t ancillary[256];
	struct iovec piece = {bytes, sizeof(bytes)};
	struct msghdr message = {.msg_name = &from,
				 .msg_namelen = sizeof(from),
				 .msg_iov = &piece,
				 .msg_iovlen = 1,
				 .msg_control = ancillary,
				 .msg_controllen = sizeof(ancillary)};
	ssize_t got = recvmsg(server->fd, &message, MSG_DONTWAIT);

	if (got < 0)
		return;
	server->heard++;
	learn_ancillary(server, &message);
	ip_from_sockaddr((struct sockaddr *)&from, &server->peer, &server->peer_port);
	if (server->is_silent)
		return;
	if (server->answer_bytes)
		got = (ssize_t)server->answer_bytes;
	assert_int_equal(sendto(server->other_fd ? server->other_fd : server->fd, bytes,
				(size_t)got, 0, (struct sockaddr *)&from, message.msg_namelen),
			 got);
}

static void server_open(struct server *server, struct loop *loop, struct ip_addr at)
{
	struct sockaddr_storage address;
	socklen_t bytes = ip_to_sockaddr(&at, 0, &address);
	int yes = 1;

	memset(server, 0, sizeof(*server));
	server->loop = loop;
	server->fd = socket(address.ss_family, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(server->fd, (struct sockaddr *)&address, bytes), 0);
	assert_int_equal(getsockname(server->fd, (struct sockaddr *)&address, &bytes), 0);
	ip_from_sockaddr((struct sockaddr *)&address, &at, &server->port);
	setsockopt(server->fd, IPPROTO_IP, IP_RECVTTL, &yes, sizeof(yes));
	setsockopt(server->fd, IPPROTO_IP, IP_RECVOPTS, &yes, sizeof(yes));
	server->watch.ready = on_datagram;
	server->watch.self = server;
	assert_int_equal(
		loop_watch(loop, &server->watch, server->fd, WATCH_READ | WATCH_BACKGROUND), 0);
}

static void server_close(struct server *server)
{
	loop_unwatch(server->loop, &server->watch);
	close(server->fd);
}

/* --- the world and a client --- */

struct world {
	struct loop *loop;
	struct gate gate;
	struct flow_net *net;
	struct server server;
};

static void world_init_at(struct world *world, struct ip_addr at)
{
	struct flow_socket_config config = {0};

	memset(world, 0, sizeof(*world));
	world->loop = config.loop = loop_uv_new();
	config.gate = &world->gate;
	assert_non_null(world->loop);
	assert_int_equal(flow_socket_new(&config, &world->net), 0);
	server_open(&world->server, world->loop, at);
}

static void world_init(struct world *world)
{
	world_init_at(world, ip_v4(LOOPBACK));
}

static void world_release(struct world *world)
{
	flow_net_free(world->net);
	server_close(&world->server);
	loop_free(world->loop);
}

struct client {
	struct world *world;
	struct flow *flow;
	char trace[64]; /* C connected, D data, 0 an empty datagram, or the end's letter */
	size_t length, sizes[8], sizes_count, close_after; /* datagrams; 0: at the end */
	uint64_t rtt_ns;
	enum flow_end end;
	int system_error;
	const char *at_connect; /* is sent then, twice */
	uint16_t local_port;
	bool any_port; /* as was wished */
};

static char letter_of(const struct flow_event *event)
{
	if (event->kind == FLOW_CONNECTED)
		return 'C';
	if (event->kind == FLOW_DATA)
		return event->data_bytes ? 'D' : '0';
	return event->end == FLOW_END_REFUSED    ? 'f'
	       : event->end == FLOW_END_DEADLINE ? 'd'
	       : event->end == FLOW_END_BUDGET   ? 'b'
						 : '?';
}

static void on_event(void *self, struct flow *flow, const struct flow_event *event)
{
	struct client *client = self;
	struct ip_addr local;

	assert_true(client->length < sizeof(client->trace) - 1);
	client->trace[client->length++] = letter_of(event);
	if (event->kind == FLOW_CONNECTED) {
		client->rtt_ns = event->rtt_ns;
		assert_true(flow_local(flow, &local, &client->local_port) != client->any_port);
		if (client->at_connect) {
			flow_send(flow, client->at_connect, strlen(client->at_connect));
			flow_send(flow, client->at_connect, strlen(client->at_connect));
		}
	} else if (event->kind == FLOW_DATA) {
		assert_true(client->sizes_count < 8);
		client->sizes[client->sizes_count++] = event->data_bytes;
		if (client->sizes_count == client->close_after)
			flow_close(flow);
	} else {
		client->end = event->end;
		client->system_error = event->system_error;
	}
}

static struct flow_config config_of(struct client *client)
{
	return (struct flow_config){
		.transport = TRANSPORT_UDP,
		.to = ip_v4(LOOPBACK),
		.port = client->world->server.port,
		.ttl = -1,
		.writes = true,
		.deadline_ns = loop_time_ns(client->world->loop) + DEADLINE_NS,
		.receive_bytes_max = 1000000,
		.event = on_event,
		.self = client,
	};
}

static void must_open(struct client *client, const struct flow_config *config)
{
	assert_int_equal(flow_open(client->world->net, config, &client->flow), 0);
	assert_int_equal(client->length, 0);
}

static void must_send(struct client *client, const void *bytes, size_t count)
{
	assert_int_equal(flow_send(client->flow, bytes, count), 0);
}

/* --- tests --- */

static void a_datagram_goes_and_its_answer_comes(void **state)
{
	struct world world;
	struct client client = {.world = &world, .at_connect = "ping", .close_after = 2};
	struct flow_config config;

	world_init(&world);
	config = config_of(&client);
	must_open(&client, &config);
	loop_run(world.loop);
	assert_string_equal(client.trace, "CDD");
	assert_int_equal(client.rtt_ns, 0);
	assert_int_equal(client.sizes[0], 4);
	assert_int_equal(client.sizes[1], 4);
	assert_int_equal(world.server.heard, 2);
	assert_int_equal(world.server.peer_port, client.local_port);
	assert_int_equal(flow_net_open_count(world.net), 0);
	world_release(&world);
}

static void datagrams_keep_their_bounds_and_may_be_empty(void **state)
{
	static uint8_t big[BIG];
	struct world world;
	struct client client = {.world = &world, .close_after = 4};
	struct flow_config config;

	world_init(&world);
	config = config_of(&client);
	must_open(&client, &config);
	must_send(&client, "abc", 3); /* before it is connected */
	must_send(&client, NULL, 0);
	must_send(&client, big, sizeof(big));
	must_send(&client, "d", 1);
	loop_run(world.loop);
	assert_string_equal(client.trace, "CD0DD");
	assert_int_equal(client.sizes[0], 3);
	assert_int_equal(client.sizes[1], 0);
	assert_int_equal(client.sizes[2], BIG);
	assert_int_equal(client.sizes[3], 1);
	world_release(&world);
}

static void a_datagram_that_is_too_long_is_refused(void **state)
{
	static uint8_t big[65508];
	struct world world;
	struct client client = {.world = &world};
	struct flow_config config;

	world_init(&world);
	config = config_of(&client);
	must_open(&client, &config);
	assert_int_equal(flow_send(client.flow, big, sizeof(big)), ERROR_LIMIT);
	assert_int_equal(flow_send(client.flow, big, sizeof(big) - 1), 0);
	flow_close(client.flow);
	world_release(&world);
}

static void closed_port_of(struct world *world, struct flow_config *config)
{
	struct server gone;

	server_open(&gone, world->loop, ip_v4(LOOPBACK));
	config->port = gone.port;
	server_close(&gone);
}

static void a_port_unreachable_is_a_refusal(void **state)
{
	struct world world;
	struct client client = {.world = &world};
	struct flow_config config;

	world_init(&world);
	config = config_of(&client);
	closed_port_of(&world, &config);
	must_open(&client, &config);
	must_send(&client, "ping", 4);
	loop_run(world.loop);
	assert_string_equal(client.trace, "Cf");
	assert_int_equal(client.system_error, ECONNREFUSED);
	assert_int_equal(flow_net_open_count(world.net), 0);
	world_release(&world);
}

/* As TFTP does (RFC 1350, 4): the answer comes from another port. */
static void an_answer_from_another_port_counts_when_wished(void **state)
{
	struct world world;
	struct client client = {
		.world = &world, .at_connect = "ping", .close_after = 2, .any_port = true};
	struct client strict = {.world = &world, .at_connect = "ping"};
	struct flow_config config;

	world_init(&world);
	world.server.other_fd = socket(AF_INET, SOCK_DGRAM, 0);
	config = config_of(&client);
	config.any_port = true;
	must_open(&client, &config);
	loop_run(world.loop);
	assert_string_equal(client.trace, "CDD");

	world.server.heard = 0;
	config = config_of(&strict);
	config.deadline_ns = loop_time_ns(world.loop) + SHORT_NS;
	must_open(&strict, &config);
	loop_run(world.loop);
	assert_string_equal(strict.trace, "Cd");
	close(world.server.other_fd);
	world_release(&world);
}

static void a_refusal_is_heard_from_any_port(void **state)
{
	struct world world;
	struct client client = {.world = &world, .any_port = true};
	struct flow_config config;

	world_init(&world);
	config = config_of(&client);
	config.any_port = true;
	closed_port_of(&world, &config);
	must_open(&client, &config);
	must_send(&client, "ping", 4);
	loop_run(world.loop);
	assert_string_equal(client.trace, "Cf");
	world_release(&world);
}

/* The kernel tells an error once, here to the second send(). */
static void an_error_that_sending_hears_is_told(void **state)
{
	struct world world;
	struct client client = {.world = &world, .at_connect = "ping"};
	struct flow_config config;
	struct client other = {.world = &world, .close_after = 1};

	world_init(&world);
	config = config_of(&client);
	closed_port_of(&world, &config);
	must_open(&client, &config);
	loop_run(world.loop);
	assert_string_equal(client.trace, "Cf");
	/* And when the timer is armed already. */
	other.at_connect = NULL;
	config.self = &other;
	must_open(&other, &config);
	must_send(&other, "one", 3);
	must_send(&other, "two", 3);
	must_send(&other, "three", 5);
	loop_run(world.loop);
	assert_string_equal(other.trace, "Cf");
	world_release(&world);
}

static void silence_ends_at_the_deadline(void **state)
{
	struct world world;
	struct client client = {.world = &world};
	struct flow_config config;

	world_init(&world);
	world.server.is_silent = true;
	config = config_of(&client);
	config.deadline_ns = loop_time_ns(world.loop) + SHORT_NS;
	must_open(&client, &config);
	must_send(&client, "ping", 4);
	loop_run(world.loop);
	assert_string_equal(client.trace, "Cd");
	assert_int_equal(world.server.heard, 1);
	world_release(&world);
}

static void the_budget_cuts_a_datagram(void **state)
{
	struct world world;
	struct client client = {.world = &world}, none = {.world = &world};
	struct flow_config config;

	world_init(&world);
	config = config_of(&client);
	config.receive_bytes_max = 6;
	must_open(&client, &config);
	must_send(&client, "ping", 4);
	must_send(&client, "ping", 4);
	config.receive_bytes_max = 0;
	config.self = &none;
	must_open(&none, &config);
	must_send(&none, NULL, 0);
	must_send(&none, "ping", 4);
	loop_run(world.loop);
	assert_string_equal(client.trace, "CDDb");
	assert_int_equal(client.sizes[1], 2);
	assert_string_equal(none.trace, "C0b");
	world_release(&world);
}

static void source_port_ttl_and_options_are_as_wished(void **state)
{
	static const uint8_t options[8] = {7, 7, 4, 0, 0, 0, 0, 0}; /* record route, one slot */
	struct world world;
	struct client client = {.world = &world, .close_after = 1};
	struct client again = {.world = &world, .close_after = 1};
	struct server second;
	struct flow_config config;

	world_init(&world);
	server_open(&second, world.loop, ip_v4(LOOPBACK));
	config = config_of(&client);
	config.source = ip_v4(LOOPBACK + 7);
	closed_port_of(&world, &config);
	config.source_port = config.port; /* one that is free */
	config.port = world.server.port;
	config.ttl = 17;
	config.ip_options = options;
	config.ip_options_bytes = sizeof(options);
	must_open(&client, &config);
	must_send(&client, "ping", 4);
	/* The same source port for another endpoint at the same time. */
	config.self = &again;
	config.port = second.port;
	must_open(&again, &config);
	must_send(&again, "ping", 4);
	loop_run(world.loop);
	assert_string_equal(client.trace, "CD");
	assert_string_equal(again.trace, "CD");
	assert_int_equal(world.server.peer_port, config.source_port);
	assert_int_equal(second.peer_port, config.source_port);
	assert_int_equal(ip_v4_value(&world.server.peer), LOOPBACK + 7);
	assert_int_equal(world.server.ttl, 17);
	assert_true(world.server.options_bytes >= 7);
	assert_int_equal(world.server.options[0], 7);
	server_close(&second);
	world_release(&world);
}

static void it_works_in_ipv6(void **state)
{
	struct ip_addr loopback;
	struct world world;
	struct client client = {.world = &world, .at_connect = "ping", .close_after = 2};
	struct flow_config config;

	assert_true(ip_parse("::1", &loopback));
	world_init_at(&world, loopback);
	config = config_of(&client);
	config.to = loopback;
	config.ttl = 9;
	must_open(&client, &config);
	loop_run(world.loop);
	assert_string_equal(client.trace, "CDD");
	world_release(&world);
}

static void the_gate_knows_the_transport(void **state)
{
	struct world world;
	struct client client = {.world = &world};
	struct flow_config config;

	world_init(&world);
	config = config_of(&client);
	config.port = PRINTER_PORT;
	must_open(&client, &config);
	flow_close(client.flow);
	config.transport = TRANSPORT_TCP;
	assert_int_equal(flow_open(world.net, &config, &client.flow), ERROR_EXCLUDED);
	world_release(&world);
}

/* Refused TCP sockets are kept for reuse; none may come back as a UDP one, or the other
 * way round. */
static void sockets_of_both_kinds_do_not_mix(void **state)
{
	static struct client tcp[MANY], udp[MANY];
	struct world world;
	struct flow_config config;
	size_t i, round;

	world_init(&world);
	for (round = 0; round < 2; round++) {
		memset(tcp, 0, sizeof(tcp));
		memset(udp, 0, sizeof(udp));
		for (i = 0; i < MANY; i++) {
			udp[i] = (struct client){.world = &world, .close_after = 1};
			tcp[i].world = &world;
			config = config_of(&udp[i]);
			must_open(&udp[i], &config);
			must_send(&udp[i], "ping", 4);
			config.transport = TRANSPORT_TCP; /* nobody listens there */
			config.self = &tcp[i];
			must_open(&tcp[i], &config);
		}
		loop_run(world.loop);
		for (i = 0; i < MANY; i++) {
			assert_string_equal(udp[i].trace, "CD");
			assert_string_equal(tcp[i].trace, "f");
		}
	}
	world_release(&world);
}

/* --- in a network of its own, where the loopback can go down --- */

static bool set_loopback(bool up)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = up ? IFF_UP : 0};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	bool done = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;

	close(fd);
	return done;
}

/* Sends when nothing can leave any more: inside its first event, or later. */
struct cut_off {
	struct loop *loop;
	struct flow *flow;
	struct timer later;
	bool waits;
	size_t events, events_inside_send;
	enum flow_end end;
	int error;
};

static void send_into_nothing(void *self)
{
	struct cut_off *cut = self;
	size_t before = cut->events;

	set_loopback(false);
	flow_send(cut->flow, "ping", 4);
	cut->events_inside_send = cut->events - before;
	flow_set_deadline(cut->flow, UINT64_MAX - 1); /* does not keep the news back */
}

static void on_cut_off(void *self, struct flow *flow, const struct flow_event *event)
{
	struct cut_off *cut = self;

	cut->events++;
	cut->end = event->end;
	cut->error = event->system_error;
	if (event->kind == FLOW_CONNECTED && cut->waits)
		loop_timer_set(cut->loop, &cut->later, loop_now_ns(cut->loop) + NS_PER_MS);
	else if (event->kind == FLOW_CONNECTED)
		send_into_nothing(cut);
}

static bool is_told(bool waits)
{
	struct cut_off cut = {.waits = waits};
	struct client client = {0};
	struct ip_addr loopback;
	struct flow_config config;
	struct world world;

	/* IPv6, whose addresses go with their interface. */
	if (!set_loopback(true) || !ip_parse("::1", &loopback))
		return false;
	world_init_at(&world, loopback);
	client.world = &world;
	cut.loop = world.loop;
	cut.later.fire = send_into_nothing;
	cut.later.self = &cut;
	config = config_of(&client);
	config.to = loopback;
	config.deadline_ns += 3600 * NS_PER_S; /* it is not the deadline that tells */
	config.event = on_cut_off;
	config.self = &cut;
	if (flow_open(world.net, &config, &cut.flow) < 0)
		return false;
	alarm(20); /* instead of waiting for ever */
	loop_run(world.loop);
	world_release(&world);
	return cut.events == 2 && !cut.events_inside_send && cut.error == ENETUNREACH &&
	       cut.end == FLOW_END_NET_UNREACH;
}

static void our_own_failure_to_send_is_told(void **state)
{
	int status = 0;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		if (unshare(CLONE_NEWNET) < 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
			_exit(CHILD_SKIPS);
		_exit(is_told(false) && is_told(true) ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == CHILD_SKIPS) {
		print_message("skipped: may not make a network namespace\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_datagram_goes_and_its_answer_comes),
		cmocka_unit_test(datagrams_keep_their_bounds_and_may_be_empty),
		cmocka_unit_test(a_datagram_that_is_too_long_is_refused),
		cmocka_unit_test(a_port_unreachable_is_a_refusal),
		cmocka_unit_test(an_answer_from_another_port_counts_when_wished),
		cmocka_unit_test(a_refusal_is_heard_from_any_port),
		cmocka_unit_test(an_error_that_sending_hears_is_told),
		cmocka_unit_test(silence_ends_at_the_deadline),
		cmocka_unit_test(the_budget_cuts_a_datagram),
		cmocka_unit_test(source_port_ttl_and_options_are_as_wished),
		cmocka_unit_test(it_works_in_ipv6),
		cmocka_unit_test(the_gate_knows_the_transport),
		cmocka_unit_test(sockets_of_both_kinds_do_not_mix),
		cmocka_unit_test(our_own_failure_to_send_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
