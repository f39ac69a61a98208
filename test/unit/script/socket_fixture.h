/* Scripts with sockets: the fixture of the machine, and a simulated network of scripted servers
 * below it. 10.0.0.1 is the server; what else there is says socket_hosts. */
#ifndef PORTOLAN_TEST_SOCKET_FIXTURE_H
#define PORTOLAN_TEST_SOCKET_FIXTURE_H

#include "machine_fixture.h"
#include "tls_identity.h"

#include "net/addrset.h"
#include "script/context.h"
#include "script/library.h"

#define SOCKET_RTT_NS (20 * NS_PER_MS)

/* Ports of the server. */
enum socket_place {
	GREETS = 1, /* "hello\nworld", and hangs up */
	ECHOES,
	LINES, /* "l1\nl2\nl3\npartial" */
	MUTE,
	RESETS, /* when it hears something */
	DRIPS,  /* a byte each 100 ms */
	POURS,  /* for ever */
	TWO,    /* "abc", asked for "defgh" 0.4 s later */
	SECURE, /* TLS; echoes, greets */
	SECRET, /* the same over UDP */
	DATAGRAMS,
	STEPS, /* 40000 bytes at once */
	SLOW_ECHO,
	REFUSES,     /* no server from here on; UDP: an ICMP error */
	HANGS_UP,    /* when it hears something */
	SILENT = 99, /* no answer to the SYN */
	PRINTER = 9100,
};

#define SOCKET_AT(place) .first = (place), .last = (place)

/* Flows at a time; 0: no limit. For the next world. */
static size_t socket_world_most;

static char socket_steps[40000];

static const struct flow_sim_tls socket_tls = {.certificate = tls_identity_certificate,
					       .key = tls_identity_key};
static const struct flow_sim_reply socket_two[] = {
	{.begins = "go", .send = "abc"},
	{.send = "defgh", .delay_ns = 400 * NS_PER_MS},
};
static const struct flow_sim_reply socket_late[] = {{.send = "late", .delay_ns = NS_PER_S}};
static const struct flow_sim_reply socket_hangs_up[] = {{.closes = true}};
static const struct flow_sim_reply socket_datagrams[] = {
	{.begins = "empty", .send = ""},
	{.begins = "ask", .send = "answer"},
};
static const struct flow_sim_port socket_ports[] = {
	{SOCKET_AT(GREETS), .banner = "hello\nworld", .closes = true},
	{SOCKET_AT(ECHOES), .echo = true},
	{SOCKET_AT(LINES), .banner = "l1\nl2\nl3\npartial"},
	{SOCKET_AT(MUTE)},
	{SOCKET_AT(RESETS), .reset_on_data = true},
	{SOCKET_AT(DRIPS), .banner = "0123456789abcdefghijklmnopqrstuvwxyz",
	 .drip_ns = 100 * NS_PER_MS},
	{SOCKET_AT(POURS), .banner = socket_steps, .banner_bytes = sizeof(socket_steps),
	 .endless = true},
	{SOCKET_AT(TWO), .replies = socket_two, .replies_count = 2},
	{SOCKET_AT(SECURE), .banner = "220 hello\n", .echo = true, .tls = &socket_tls},
	{SOCKET_AT(SECRET), .transport = TRANSPORT_UDP, .echo = true, .tls = &socket_tls},
	{SOCKET_AT(DATAGRAMS), .transport = TRANSPORT_UDP, .replies = socket_datagrams,
	 .replies_count = 2},
	{SOCKET_AT(REFUSES), .transport = TRANSPORT_UDP, .connect = FLOW_END_REFUSED},
	{SOCKET_AT(STEPS), .banner = socket_steps, .banner_bytes = sizeof(socket_steps)},
	{SOCKET_AT(SLOW_ECHO), .replies = socket_late, .replies_count = 1},
	{SOCKET_AT(HANGS_UP), .replies = socket_hangs_up, .replies_count = 1},
	{SOCKET_AT(SILENT), .connect = FLOW_END_DEADLINE},
	{SOCKET_AT(PRINTER), .banner = "ready"},
};

struct socket_world {
	struct fixture fixture;
	struct gate gate;
	struct flow_net *flows;
	struct resolver *resolver;
	struct plan *plan;
	struct script_context context;
	struct flow_sim_host host;
	struct resolver_sim_entry names[4];
	char traced[16384];
};

static inline void socket_world_trace(void *self, const char *line)
{
	struct socket_world *world = self;
	size_t at = strlen(world->traced);

	snprintf(world->traced + at, sizeof(world->traced) - at, "%s\n", line);
}

/* 0, or ERROR_MEMORY (to be closed all the same). */
static inline int socket_world_open(struct socket_world *world)
{
	static const struct script_machine_config plain;
	const struct script_limits limits = {.quota = {.memory_bytes = 16 << 20}};
	struct flow_sim_config config = {.gate = &world->gate,
					 .hosts = &world->host,
					 .hosts_count = 1,
					 .seed = 1,
					 .max_open = socket_world_most};
	int r;

	memset(world, 0, sizeof(*world));
	memset(socket_steps, 's', sizeof(socket_steps));
	world->host = (struct flow_sim_host){
		.first = ip_v4(0x0a000001),
		.last = ip_v4(0x0a0000ff),
		.rtt_ns = SOCKET_RTT_NS,
		.ports = socket_ports,
		.ports_count = sizeof(socket_ports) / sizeof(socket_ports[0]),
		.otherwise = FLOW_END_REFUSED,
	};
	world->names[0] = (struct resolver_sim_entry){
		.name = "server.test", .addr = ip_v4(0x0a000001), .delay_ns = 50 * NS_PER_MS};
	world->names[1] = (struct resolver_sim_entry){
		.name = "slow.test", .delay_ns = NS_PER_S, .error = ERROR_TIMED_OUT};
	if ((r = fixture_open(&world->fixture, &plain, &limits)) < 0)
		return r;
	config.loop = world->fixture.loop;
	if ((r = flow_sim_new(&config, &world->flows)) < 0 ||
	    (r = resolver_sim_new(config.loop, world->names, 2, &world->resolver)) < 0)
		return r;
	if (!(world->plan = plan_new()))
		return ERROR_MEMORY;
	world->context = (struct script_context){
		.plan = world->plan,
		.loop = config.loop,
		.flows = world->flows,
		.gate = &world->gate,
		.resolver = world->resolver,
		.self = world,
	};
	script_machine_set_context(world->fixture.machine, &world->context);
	return script_machine_inject(world->fixture.machine, "stdnse", script_inject_stdnse);
}

static inline void socket_world_close(struct socket_world *world)
{
	struct loop *loop = world->fixture.loop;

	script_scheduler_free(world->fixture.scheduler);
	world->fixture.scheduler = NULL;
	if (world->flows)
		assert_int_equal(flow_net_open_count(world->flows), 0);
	while (world->fixture.count)
		script_free(world->fixture.machine, world->fixture.scripts[--world->fixture.count]);
	script_machine_free(world->fixture.machine);
	flow_net_free(world->flows);
	resolver_free(world->resolver);
	plan_free(world->plan);
	loop_free(loop);
}

#endif
