/* Any sequence of calls on a few sockets, by several threads at once, with any arguments, against
 * scripted servers: each byte of the input is a call, or an argument of one. Whatever comes of
 * them, all ends, and nothing stays behind. */
#include "../test/support/tls_identity.c"

#include "net/resolver.h"
#include "script/context.h"
#include "script/scheduler.h"
#include "script/socket_lock.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/error.h"

#include <assert.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define CALLS_MAX 200

static const struct script_limits limits = {
	.quota = {.busy_ns = 2 * NS_PER_S,
		  .instructions = 400000,
		  .steps = 100000,
		  .memory_bytes = 2 << 20,
		  .nesting = 1000},
	.workers = 10,
	.timeout_ns = 300 * NS_PER_S,
};

static const char filler[3000];
static const struct flow_sim_tls tls = {.certificate = tls_identity_certificate,
					.key = tls_identity_key};
static const struct flow_sim_reply replies[] = {
	{.begins = "a", .send = "answer"},
	{.begins = "b", .send = "bye\n", .closes = true},
	{.begins = "c", .send = "", .delay_ns = NS_PER_S},
};

#define AT(number) .first = (number), .last = (number)
#define SAYS       .replies = replies, .replies_count = 3

static const struct flow_sim_port ports[] = {
	{AT(0), .banner = "one\ntwo\nthree", .closes = true},
	{AT(1), .echo = true},
	{AT(2), .banner = "0123456789", .drip_ns = 700 * NS_PER_MS},
	{AT(3), .banner = filler, .banner_bytes = sizeof(filler), .endless = true},
	{AT(4), .reset_on_data = true},
	{AT(5), .banner = "safe", .echo = true, .tls = &tls},
	{AT(6), .connect = FLOW_END_DEADLINE},
	{AT(7), .connect = FLOW_END_HOST_UNREACH},
	{AT(8), .most = 1, SAYS},
	{AT(0), .transport = TRANSPORT_UDP, SAYS},
	{AT(1), .transport = TRANSPORT_UDP, .echo = true},
	{AT(2), .transport = TRANSPORT_UDP, .connect = FLOW_END_REFUSED},
	{AT(5), .transport = TRANSPORT_UDP, .echo = true, .tls = &tls},
};

static const struct flow_sim_host hosts[] = {{
	.first = {.family = IP_V4, .bytes = {10, 0, 0, 1}},
	.last = {.family = IP_V4, .bytes = {10, 0, 0, 9}},
	.rtt_ns = 5 * NS_PER_MS,
	.loss = 0.05,
	.ports = ports,
	.ports_count = sizeof(ports) / sizeof(ports[0]),
	.otherwise = FLOW_END_REFUSED,
}};

static const struct resolver_sim_entry names[] = {
	{.name = "a.test",
	 .addr = {.family = IP_V4, .bytes = {10, 0, 0, 1}},
	 .delay_ns = 30 * NS_PER_MS},
	{.name = "b.test", .delay_ns = NS_PER_S, .error = ERROR_TIMED_OUT},
};

/* %s: an argument, out of the table below. */
static const char *const calls[] = {
	"s:connect(%s, %s)",
	"s:connect(%s, %s, %s)",
	"s:connect('10.0.0.1', %s, 'ssl')",
	"s:connect('10.0.0.1', %s, 'udp')",
	"s:connect('10.0.0.1', %s)",
	"s:reconnect_ssl()",
	"s:send(%s)",
	"s:sendto(%s, %s, %s)",
	"s:receive()",
	"s:receive_bytes(%s)",
	"s:receive_lines(%s)",
	"s:receive_buf(%s, true)",
	"s:receive_buf(%s, false)",
	"s:receive_buf(function(b) s:close() return #b, #b end, %s)",
	"s:close()",
	"s:set_timeout(%s)",
	"s:get_info()",
	"s:bind(%s, %s)",
	"s:get_ssl_certificate()",
	"s:get_ssl_certificate().digest(%s)",
	"nmap.socket.get_stats()",
	"nmap.socket.sleep(0.4)",
	"nmap.new_socket(%s, %s)",
	"collectgarbage()",
	"getmetatable(s).x(%s)",
	"(function() local c <close> = s end)()",
	"s[%s](s, %s)",
};

static const char *const arguments[] = {
	"'10.0.0.1'",
	"'a.test'",
	"'b.test'",
	"'nobody'",
	"{ip = '10.0.0.2', targetname = 'a.test'}",
	"{targetname = 'b.test'}",
	"{number = 1, protocol = 'tcp'}",
	"{number = 1, protocol = 'udp'}",
	"0",
	"1",
	"2",
	"3",
	"4",
	"5",
	"6",
	"8",
	"9100",
	"-1",
	"1e9",
	"0.5",
	"'tcp'",
	"'udp'",
	"'ssl'",
	"'\\n'",
	"'%d+'",
	"'['",
	"''",
	"('b'):rep(70000)",
	"nil",
	"true",
	"function(b) return b:find('3') end",
	"{}",
};

struct input {
	const uint8_t *at, *end;
};

static unsigned next(struct input *input, size_t most)
{
	return input->at < input->end ? *input->at++ % (unsigned)most : 0;
}

static void add_call(struct buf *text, struct input *input)
{
	const char *call = calls[next(input, sizeof(calls) / sizeof(calls[0]))], *mark;

	buf_add_str(text, "pcall(function() ");
	while ((mark = strstr(call, "%s"))) {
		buf_add(text, call, (size_t)(mark - call));
		buf_add_str(text, arguments[next(input, sizeof(arguments) / sizeof(arguments[0]))]);
		call = mark + 2;
	}
	buf_addf(text, "%s end)\n", call);
}

/* Threads, whose calls are on one socket of three each. */
static void write_script(struct buf *text, struct input *input)
{
	unsigned count = 0;

	buf_add_str(text, "prerule = function() return true end\n"
			  "action = function()\nlocal all = {nmap.new_socket(), "
			  "nmap.new_socket('udp'), nmap.new_socket()}\n"
			  "for _, t in ipairs(all) do t:set_timeout(900) end\n"
			  "start(function() local s = all[1]\n");
	while (input->at < input->end && count++ < CALLS_MAX) {
		unsigned what = next(input, 16);

		if (what == 0)
			buf_addf(text, "end) start(function() local s = all[%u]\n",
				 1 + next(input, 3));
		else if (what < 4)
			buf_addf(text, "s = all[%u]\n", what);
		else
			add_call(text, input);
	}
	buf_add_str(text, "end)\nnmap.socket.sleep(200)\nend\n");
}

/* --- the world --- */

static void started(void *self, const struct script_instance *instance)
{
}

static void ended(void *self, const struct script_instance *instance, enum script_end end,
		  const char *text)
{
	assert(end != SCRIPT_BROKEN);
}

static void log_nothing(void *self, int level, const char *text)
{
}

static void trace(void *self, const char *line)
{
}

static int start_worker(lua_State *lua)
{
	script_worker_start(lua, lua_gettop(lua) - 1);
	return 0;
}

struct world {
	struct loop *loop;
	struct gate gate;
	struct plan *plan;
	struct flow_net *flows;
	struct resolver *resolver;
	struct script_machine *machine;
	struct script_scheduler *scheduler;
	struct script_context context;
};

static void world_init(struct world *world)
{
	const struct script_machine_config machine = {.memory_bytes = 16 << 20};
	const struct script_hooks hooks = {.started = started, .ended = ended, .log = log_nothing};
	struct flow_sim_config net = {
		.gate = &world->gate, .hosts = hosts, .hosts_count = 1, .seed = 1};

	*world = (struct world){.loop = loop_sim_new(0), .plan = plan_new()};
	net.loop = world->loop;
	assert(world->plan && flow_sim_new(&net, &world->flows) == 0);
	assert(resolver_sim_new(world->loop, names, 2, &world->resolver) == 0);
	assert(script_machine_new(&machine, &world->machine) == 0);
	assert(script_scheduler_new(world->machine, world->loop, &limits, &hooks,
				    &world->scheduler) == 0);
	world->plan->scripts.sockets = 3;
	world->plan->scripts.bytes_in = 1 << 20;
	world->plan->scripts.bytes_out = 1 << 20;
	world->plan->timing.max_parallelism = 2;
	lua_register(script_machine_lua(world->machine), "start", start_worker);
	world->context = (struct script_context){.plan = world->plan,
						 .loop = world->loop,
						 .flows = world->flows,
						 .gate = &world->gate,
						 .resolver = world->resolver,
						 .trace = trace};
	script_machine_set_context(world->machine, &world->context);
}

static void run(struct world *world, struct script *script)
{
	struct script_job job = {.script = script};
	struct script_group *group =
		script_group_new(world->scheduler, SCRIPT_PRERULE, NULL, NULL, NULL);

	assert(group && script_group_add(group, &job) == 0);
	script_group_start(group);
	loop_run(world->loop);
	assert(script_scheduler_alive(world->scheduler) == 0);
	assert(flow_net_open_count(world->flows) == 0);
	assert(!world->context.sockets ||
	       (world->context.sockets->holders == 0 && world->context.sockets->waiting == 0));
}

static void world_release(struct world *world)
{
	script_scheduler_free(world->scheduler);
	script_machine_free(world->machine);
	flow_net_free(world->flows);
	resolver_free(world->resolver);
	plan_free(world->plan);
	loop_free(world->loop);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct input input = {data, data + bytes};
	struct buf text = BUF_INIT;
	struct text_file file = {"fuzz.nse", NULL, 0};
	struct script *script = NULL;
	struct world world;
	char *why = NULL;

	write_script(&text, &input);
	file.text = (const uint8_t *)buf_str(&text);
	file.bytes = text.len;
	if (getenv("FUZZ_SHOW"))
		fprintf(stderr, "%s", buf_str(&text));
	world_init(&world);
	assert(script_load(world.machine, &file, &limits.quota, NULL, &script, &why) == 0);
	run(&world, script);
	alloc_free(why);
	script_scheduler_free(world.scheduler);
	world.scheduler = NULL;
	script_free(world.machine, script);
	world_release(&world);
	buf_release(&text);
	return 0;
}
