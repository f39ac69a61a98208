/* Calls to every C function that scripts have, from inside a running script: a portrule on a
 * host of its own, with workers, waits, and tables whose metamethods raise. The input is a program:
 * the first two bytes say which allocation fails once (0: none); then one byte picks a function,
 * the next tells how many arguments follow, and each argument is a byte, some with more. What calls
 * return is kept and can be an argument again; the last two are what the script returns. */
#include "engine/gate.h"
#include "net/services.h"
#include "script/library.h"
#include "script/runner_impl.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/reader.h"

#include <assert.h>
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define CALLS_MAX     100
#define ARGUMENTS_MAX 5

/* Kept values are a ring in `kept`. What needs long for large numbers is left out: primes and
 * powers have bounds of their own, tested elsewhere. */
static const char script_text[] =
	"categories = {}\n"
	"portrule = function() return true end\n"
	"local names, functions = {}, {}\n"
	"local slow = { bignum_is_prime = 1, bignum_is_safe_prime = 1, bignum_mod_exp = 1,\n"
	"  bignum_pseudo_rand = 1, bignum_rand = 1 }\n"
	"for _, l in ipairs { 'nmap', 'nmap.socket', 'portolan', 'nmapdb', 'lfs', 'zlib', "
	"'openssl' } do\n"
	"  local ok, lib = pcall(require, l)\n"
	"  for n, f in pairs(ok and lib or {}) do\n"
	"    if type(f) == 'function' and not slow[n] then\n"
	"      names[#names + 1] = l .. n functions[l .. n] = f end end\n"
	"end\n"
	"table.sort(names)\n"
	"local own = {\n"
	"  function(t, k, v) t[k] = v return t end,\n"
	"  function(...) return { ... } end,\n"
	"  function(a, b) return setmetatable({}, { __index = function() return a end,\n"
	"    __tostring = function() return b end, __len = function() return b end,\n"
	"    __pairs = function() return b, a end }) end,\n"
	"  function(f, ...) return coroutine.wrap(f)(...) end,\n"
	"  function(f, ...) return pcall(f, ...) end,\n"
	"  function(t) return t.registry, t.version end,\n"
	"  function(f) return function() error(f) end end,\n"
	"  function(o, k, ...) return o[k](o, ...) end,\n"
	"}\n"
	"local inject = _G.fuzz.inject()\n"
	"for _, n in ipairs { 'base', 'gethostport', 'getid', 'getinfo', 'gettid', 'isworker',\n"
	"  'new_thread', 'silent_require' } do own[#own + 1] = inject[n] end\n"
	"local all = {}\n"
	"for _, n in ipairs(names) do all[#all + 1] = functions[n] end\n"
	"for _, f in ipairs(own) do all[#all + 1] = f end\n"
	"action = function(host, port)\n"
	"  local kept, at = {}, 0\n"
	"  local function keep(ok, ...)\n"
	"    for i = 1, math.min(select('#', ...), 8) do at = at % 16 + 1 kept[at] = (select(i, "
	"...)) end\n"
	"  end\n"
	"  local function step(f, ...) if f then keep(pcall(f, ...)) return true end end\n"
	"  while step(_G.fuzz.next_call(all, kept, host, port)) do end\n"
	"  return kept[at], kept[(at + 14) % 16 + 1]\n"
	"end\n";

static const char *const words[] = {
	"",
	"number",
	"protocol",
	"state",
	"version",
	"ip",
	"targetname",
	"_Target",
	"name",
	"product",
	"cpe",
	"service_tunnel",
	"service_fp",
	"tcp",
	"udp",
	"sctp",
	"open",
	"closed",
	"open|filtered",
	"hardmatched",
	"softmatched",
	"tcpwrapped",
	"ssl",
	"none",
	"cpe:/a:b:c",
	"id",
	"title",
	"severity",
	"seen",
	"why",
	"remedy",
	"references",
	"confidence",
	"high",
	"10.0.0.1",
	"fd00::1",
	"a.test",
	"inet",
	"inet6",
	"lock",
	"trylock",
	"done",
	"running",
	"wait",
	"signal",
	"broadcast",
	"stdout",
	"lo",
	"nselib/data/x",
	"/etc/passwd",
	"send",
	"connect",
	"close",
	"receive",
	"set_timeout",
	"md5",
	"aes-128-cbc",
	"0123456789abcdef",
	"read",
	"write",
	"*a",
	"nmap.new_try",
};

static struct services *services; /* for all runs */
static struct reader program;
static unsigned calls;

static lua_Integer pick_integer(void)
{
	static const lua_Integer some[] = {
		0, 1, 2, 80, 443, -1, 65535, 65536, LUA_MAXINTEGER, LUA_MININTEGER,
	};

	return some[read_u8(&program) % (sizeof(some) / sizeof(*some))];
}

static void push_bytes(lua_State *lua)
{
	size_t bytes = read_u8(&program);
	const uint8_t *from;

	if (bytes > program.left_bytes)
		bytes = program.left_bytes;
	from = reader_take(&program, bytes);
	lua_pushlstring(lua, from ? (const char *)from : "", from ? bytes : 0);
}

enum { FUNCTIONS = 1, KEPT, HOST, PORT };

static void push_simple(lua_State *lua, unsigned which)
{
	if (which & 1)
		lua_pushboolean(lua, which & 2);
	else if (which & 2)
		lua_pushnumber(lua, which / 7.0);
	else if (which & 4)
		lua_newtable(lua);
	else
		lua_pushnil(lua);
}

static void push_argument(lua_State *lua)
{
	unsigned what = read_u8(&program), which = what & 31;

	switch (what >> 5) {
	case 0:
		push_simple(lua, which);
		break;
	case 1:
	case 2:
		lua_pushstring(lua, words[(what - 32) % (sizeof(words) / sizeof(*words))]);
		break;
	case 3:
		lua_pushinteger(lua, pick_integer());
		break;
	case 4:
		lua_rawgeti(lua, KEPT, which % 16 + 1);
		break;
	case 5:
		lua_pushvalue(lua, which & 1 ? PORT : HOST);
		break;
	case 6:
		push_bytes(lua);
		break;
	default:
		lua_rawgeti(lua, FUNCTIONS,
			    (lua_Integer)(read_u8(&program) % lua_rawlen(lua, FUNCTIONS)) + 1);
	}
}

/* functions, kept, host, port -> a function and its arguments; nothing: the end. */
static int next_call(lua_State *lua)
{
	unsigned count, i;

	if (!program.left_bytes || calls++ == CALLS_MAX)
		return 0;
	lua_rawgeti(lua, FUNCTIONS,
		    (lua_Integer)(read_u8(&program) % lua_rawlen(lua, FUNCTIONS)) + 1);
	count = read_u8(&program) % (ARGUMENTS_MAX + 1);
	for (i = 0; i < count; i++)
		push_argument(lua);
	return (int)count + 1;
}

static int inject(lua_State *lua)
{
	lua_settop(lua, 0);
	lua_newtable(lua);
	script_inject_stdnse(lua);
	return 1;
}

static int add_own(lua_State *lua)
{
	static const luaL_Reg functions[] = {{"next_call", next_call}, {"inject", inject}, {0}};

	luaL_newlib(lua, functions);
	lua_setglobal(lua, "fuzz");
	return 0;
}

/* ---- the run, less its trees ---- */

static int set_state(void *self, enum transport transport, uint16_t number, enum port_state state)
{
	const struct observation seen = {
		.kind = OBSERVED_PORT,
		.port = {.transport = transport,
			 .number = number,
			 .verdict = {.state = (uint8_t)state, .reason = REASON_SCRIPT_SET}},
	};

	return script_host_note(self, &seen);
}

static int set_service(void *self, enum transport transport, uint16_t number,
		       const struct service_facts *facts)
{
	const struct observation seen = {
		.kind = OBSERVED_SERVICE,
		.service = {.transport = transport, .number = number, .facts = facts},
	};

	return script_host_note(self, &seen);
}

static size_t told; /* so that every byte is looked at */

static void take_result(void *self, const struct script_place *place,
			const struct script_result *result)
{
	size_t i;

	(void)self;
	assert(place->scope == SCRIPT_PORT);
	told += strlen(result->id) + strlen(result->text);
	for (i = 0; i < result->nodes_count; i++)
		told += result->nodes[i].text ? strlen(result->nodes[i].text) : 0;
}

static void take_finding(void *self, const struct script_place *place,
			 const struct script_finding *finding)
{
	size_t i;

	(void)self;
	assert(place->scope == SCRIPT_PORT);
	told += strlen(finding->id) + strlen(finding->seen) + strlen(finding->source);
	for (i = 0; i < finding->references_count; i++)
		told += strlen(finding->references[i]);
}

static unsigned orders_done;

static void take_done(void *self)
{
	(void)self;
	orders_done++;
}

struct scene {
	struct plan *plan;
	struct gate gate;
	struct flow_net *flows;
	struct target target;
	struct script_host *host;
	struct script_run *run;
	struct script_choice choice;
	struct script *script;
};

static const struct script_limits limits = {
	.quota = {.busy_ns = 300000000,
		  .instructions = 300000,
		  .steps = 300000,
		  .memory_bytes = 8 << 20,
		  .nesting = 1000},
	.workers = 20,
	.timeout_ns = 100 * NS_PER_S,
};

static int load_script(struct scene *scene)
{
	const struct text_file file = {"fuzz.nse", script_text, sizeof(script_text) - 1};
	char *why = NULL;
	int r = script_load(scene->run->machine, &file, &limits.quota, NULL, &scene->script, &why);

	alloc_free(why);
	if (r < 0)
		return r;
	scene->script->level = 1;
	scene->run->set = (struct script_set){&scene->script, &scene->choice, 1};
	return 0;
}

static int make_flows(struct scene *scene, struct loop *loop)
{
	static const struct flow_sim_port open[] = {{.first = 80, .last = 443}};
	static struct flow_sim_host host = {.rtt_ns = NS_PER_MS, .ports = open, .ports_count = 1};
	const struct flow_sim_config config = {
		.hosts = &host,
		.hosts_count = 1,
		.loop = loop,
		.gate = &scene->gate,
		.seed = 1,
	};

	host.first = host.last = scene->target.addr;
	host.otherwise = FLOW_END_REFUSED;
	return flow_sim_new(&config, &scene->flows);
}

static int make_run(struct scene *scene)
{
	const struct script_machine_config config = {.seed = 1};
	struct script_run *run = scene->run = alloc_zero(sizeof(*run));
	struct script_hooks hooks = script_run_hooks;
	lua_State *lua;

	if (!run || script_machine_new(&config, &run->machine) < 0)
		return ERROR_MEMORY;
	hooks.self = run;
	run->context = (struct script_context){
		.plan = scene->plan,
		.loop = loop_sim_new(NS_PER_S),
		.gate = &scene->gate,
		.services = services,
		.interfaces = &run->interfaces,
		.intensity = -1,
	};
	if (!run->context.loop || make_flows(scene, run->context.loop) < 0 ||
	    resolver_sim_new(run->context.loop, NULL, 0, &run->context.resolver) < 0)
		return ERROR_MEMORY;
	run->context.flows = scene->flows;
	script_machine_set_context(run->machine, &run->context);
	if (script_scheduler_new(run->machine, run->context.loop, &limits, &hooks,
				 &run->scheduler) < 0)
		return ERROR_MEMORY;
	lua = script_machine_lua(run->machine);
	lua_pushcfunction(lua, add_own);
	return lua_pcall(lua, 0, 0, 0) == LUA_OK ? load_script(scene) : ERROR_MEMORY;
}

static int make_scene(struct scene *scene)
{
	static const uint16_t ports[] = {80, 443};
	size_t i;

	scene->plan = plan_new();
	ip_parse("10.0.0.1", &scene->target.addr);
	scene->host = script_host_new(&scene->target);
	if (!scene->plan || !scene->host)
		return ERROR_MEMORY;
	for (i = 0; i < 2; i++)
		if (set_state(scene->host, TRANSPORT_TCP, ports[i], PORT_OPEN) < 0)
			return ERROR_MEMORY;
	return make_run(scene);
}

static void release_scene(struct scene *scene)
{
	struct script_run *run = scene->run;
	struct loop *loop = run ? run->context.loop : NULL;
	struct resolver *resolver = run ? run->context.resolver : NULL;

	if (run) {
		script_scheduler_free(run->scheduler);
		if (scene->script)
			script_free(run->machine, scene->script);
		script_machine_free(run->machine);
		alloc_free(run);
	}
	flow_net_free(scene->flows);
	resolver_free(resolver);
	loop_free(loop);
	script_host_free(scene->host);
	plan_free(scene->plan);
}

/* What waits for ever (a lock that nobody gives back) is stopped. */
static void run_order(struct scene *scene, unsigned fault)
{
	const struct script_order order = {
		.scope = SCRIPT_HOST,
		.host = scene->host,
		.set_state = set_state,
		.set_service = set_service,
		.result = take_result,
		.finding = take_finding,
		.done = take_done,
		.self = scene->host,
	};
	struct script_work *work;

	orders_done = calls = 0;
	if (fault)
		alloc_fault_after(fault);
	if (script_run_begin(scene->run, &order, &work) == 0) {
		loop_run(scene->run->context.loop);
		if (!orders_done)
			script_run_stop(scene->run, work);
	}
	alloc_fault_after(-1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct scene scene = {0};
	unsigned fault;

	if (!services && services_builtin(&services))
		return 0;
	program = reader_of(data, bytes);
	fault = read_be16(&program);
	if (make_scene(&scene) == 0)
		run_order(&scene, fault);
	release_scene(&scene);
	return 0;
}
