/* Each way to run away is cut, in time, whatever the script catches; its memory comes back, and
 * the next script runs as if nothing had been. */
#include "machine_fixture.h"

#include <time.h>

#define MEMORY  ((size_t)16 << 20)
#define BUSY_NS (300 * NS_PER_MS)

/* AddressSanitizer looks through the whole stack at each longjmp(). */
#ifdef __SANITIZE_ADDRESS__
#define LATE_NS NS_PER_S
#else
#define LATE_NS (100 * NS_PER_MS)
#endif

static const struct script_machine_config plain;
static const struct script_limits limits = {
	.quota = {.busy_ns = BUSY_NS, .steps = 3000000, .memory_bytes = MEMORY, .nesting = 20000},
	.workers = 100,
};

static struct fixture fixture;

static uint64_t processor_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void collect(void)
{
	lua_gc(script_machine_lua(fixture.machine), LUA_GCCOLLECT);
	lua_gc(script_machine_lua(fixture.machine), LUA_GCCOLLECT);
}

static void cut_with(const struct script_limits *with, const char *body, const char *reason)
{
	uint64_t before_ns, spent_ns;
	struct script *script;
	size_t before;

	assert_int_equal(fixture_open(&fixture, &plain, with), 0);
	script = fixture_action(&fixture, "s.nse", body);
	collect();
	before = script_machine_bytes(fixture.machine);
	before_ns = processor_ns();
	fixture_run(&fixture);
	spent_ns = processor_ns() - before_ns;
	if (fixture.end != SCRIPT_STOPPED || strncmp(fixture.text, reason, strlen(reason)) != 0)
		fail_msg("%s: said [%s] end %d [%s]", body, fixture.said, fixture.end,
			 fixture.text);
	/* Processor time, so that other work on the machine does not count. */
	if (spent_ns > BUSY_NS + LATE_NS)
		fail_msg("%s: took %llu ms", body, (unsigned long long)(spent_ns / NS_PER_MS));
	collect();
	if (script_machine_bytes(fixture.machine) > before + (64 << 10))
		fail_msg("%s: keeps %zu bytes", body,
			 script_machine_bytes(fixture.machine) - before);
	assert_non_null(script);
	fixture.said[0] = '\0';
	fixture.groups_done = 0;
	script_free(fixture.machine, fixture.scripts[--fixture.count]);
	assert_string_equal(fixture_do(&fixture, "return 'next'"), "s: next\n");
	fixture_close(&fixture);
}

static void cut(const char *body, const char *reason)
{
	cut_with(&limits, body, reason);
}

static void endless_loops_are_cut(void **state)
{
	cut("while true do end", "stopped: time limit 0.3 s");
	cut("while true do pcall(error) end", "stopped: time");
	cut("local function f() while true do end end while true do pcall(f) end", "stopped: time");
	cut("local function f() while true do end end "
	    "while true do xpcall(f, function() while true do end end) end",
	    "stopped: time");
	cut("local co = coroutine.wrap(function() while true do end end) pcall(co) "
	    "while true do end",
	    "stopped: time");
	cut("while true do coroutine.wrap(function() for i = 1, 900 do end end)() end",
	    "stopped: time");
	cut("local function spawn(n) for i = 1, 20 do if n > 0 then "
	    "coroutine.wrap(spawn)(n - 1) end end end while true do spawn(9) end",
	    "stopped: time");
	cut("require 'endless'", "stopped: time");
	cut("while true do pcall(require, 'endless') end", "stopped: time");
	cut("while true do pcall(require('stdnse').silent_require, 'endless') end",
	    "stopped: time");
	cut("local t <close> = setmetatable({}, {__close = function() while true do end end}) "
	    "while true do end",
	    "stopped: time");
	cut("return setmetatable({}, {__tostring = function() while true do end end})",
	    "stopped: time");
}

/* Not by the clock of the test: most of that time is the loop's. */
static void endless_sleeping_of_no_time_is_cut(void **state)
{
	assert_int_equal(fixture_open(&fixture, &plain, &limits), 0);
	fixture_do(&fixture, "while true do nmap.socket.sleep(0) end");
	assert_int_equal(fixture.end, SCRIPT_STOPPED);
	fixture_close(&fixture);
}

static void instructions_are_counted(void **state)
{
	const struct script_limits few = {.quota = {.instructions = 1000000}};

	cut_with(&few, "while true do end", "stopped: instruction limit 1000000");
	cut_with(&few, "while true do pcall(coroutine.wrap(function() end)) end",
		 "stopped: instruction limit 1000000");
}

static void endless_allocation_is_cut(void **state)
{
	cut("local t = {} while true do t[#t + 1] = {} end", "stopped: memory limit 16 MB");
	cut("local s = 'x' while true do s = s .. s end", "stopped: memory limit 16 MB");
	cut("return ('x'):rep(1 << 40)", "stopped: memory limit 16 MB");
	cut("return ('x'):rep(20000000)", "stopped: memory limit 16 MB");
	cut("local t = {} while true do pcall(function() while true do t[#t + 1] = {} end end) end",
	    "stopped: memory limit 16 MB");
	cut("local t = {} for i = 1, 1e9 do t[i] = coroutine.create(print) end",
	    "stopped: memory limit 16 MB");
	cut("return table.concat(setmetatable({}, {__len = function() return 1 << 40 end, "
	    "__index = function() return 'xxxxxxxxxxxxxxxx' end}))",
	    "stopped: ");
	cut("local t = {} for i = 1, 1e9 do local u = {} for j = 1, 10 do u[j] = i end "
	    "nmap.registry[i] = nil t[i] = u end",
	    "stopped: memory limit 16 MB");
	cut("local s = ('x'):rep(1 << 20) return s:gsub('x', s)", "stopped: memory limit 16 MB");
	cut("return nmap.get_random_bytes(1 << 40)", "stopped: ");
}

static void patterns_are_cut(void **state)
{
	cut("return ('a'):rep(5000):find('.-.-.-.-.-.-b')", "stopped: limit of 3000000 steps");
	cut("return ('a'):rep(30):match(('a*'):rep(30) .. 'b')", "stopped: ");
	cut("local s = ('a'):rep(30000) while true do pcall(string.find, s, 'a*a*b') end",
	    "stopped: limit of 3000000 steps");
	cut("for x in ('('):rep(60000):gmatch('%b()') do end", "stopped: limit of 3000000 steps");
	cut("return (('a'):rep(60000):gsub('a*b', ''))", "stopped: limit of 3000000 steps");
}

static void c_loops_are_cut(void **state)
{
	cut("return table.move({}, 1, 1 << 50, 2)", "stopped: limit of 3000000 steps");
	cut("return table.insert(setmetatable({}, {__len = function() return 1 << 50 end}), 1, 1)",
	    "stopped: limit of 3000000 steps");
	cut("return table.remove(setmetatable({}, {__len = function() return 1 << 50 end}), 1)",
	    "stopped: limit of 3000000 steps");
	cut("return table.sort(setmetatable({}, {__len = function() return 1 << 30 end, __index = "
	    "function() return 1 end, __newindex = function() end}))",
	    "stopped: ");
	cut("return table.concat(setmetatable({}, {__index = rawlen}), '', 1, 1 << 50)",
	    "stopped: ");
	cut("while true do collectgarbage() end", "stopped: time");
}

static void string_rep_of_nothing_ends(void **state)
{
	assert_int_equal(fixture_open(&fixture, &plain, &limits), 0);
	assert_string_equal(fixture_do(&fixture, "return #(''):rep(1 << 62)"), "s: 0\n");
	fixture_close(&fixture);
}

static void deep_recursion_is_cut(void **state)
{
	const struct script_limits roomy = {.quota = {.busy_ns = BUSY_NS, .nesting = 20000}};

	cut_with(&roomy, "local function f() return 1 + f() end return f()",
		 "stopped: nesting limit 20000");
	cut_with(&roomy, "local function f() pcall(f) f() end while true do f() end", "stopped: ");
	cut_with(&roomy,
		 "local function f() local ok, e = pcall(coroutine.wrap(f)) return e end "
		 "while true do f() end",
		 "stopped: ");
	cut_with(&roomy,
		 "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) "
		 "return t[k + 1] end while true do pcall(function() return t[1] end) end",
		 "stopped: ");
}

/* With the shared budget of an instance. */
static void workers_are_cut(void **state)
{
	cut("local n = require('stdnse').new_thread while true do n(function() "
	    "nmap.socket.sleep(1) end) end",
	    "stopped: limit of 100 worker threads");
	cut("local n = require('stdnse').new_thread for i = 1, 50 do n(function() while true do "
	    "end "
	    "end) end nmap.socket.sleep(100)",
	    "stopped: time");
	cut("local n = require('stdnse').new_thread local function f() n(f) n(f) end f() "
	    "nmap.socket.sleep(100)",
	    "stopped: limit of 100 worker threads");
}

static void finalizers_in_lua_never_run(void **state)
{
	assert_int_equal(fixture_open(&fixture, &plain, &limits), 0);
	fixture_do(&fixture, "local m = {__gc = function() while true do end end} "
			     "local t = setmetatable({}, m) local lp = require 'lpeg' "
			     "getmetatable(lp.P(1)).__gc = m.__gc "
			     "return type(m.__gc) .. type(getmetatable(t).__gc)");
	assert_string_equal(fixture.said, "s: functionfunction\n");
	collect();
	fixture_close(&fixture);
}

static void total_memory_is_bounded(void **state)
{
	const struct script_machine_config small = {.memory_bytes = 8 << 20};
	const struct script_limits none = {0};

	assert_int_equal(fixture_open(&fixture, &small, &none), 0);
	fixture_do(&fixture, "local t = {} while true do t[#t + 1] = {} end");
	assert_int_equal(fixture.end, SCRIPT_STOPPED);
	assert_string_equal(fixture.text, "stopped: memory limit of all scripts 8 MB");
	fixture_close(&fixture);
}

/* What one script asked for is not charged to another who is there when it is freed or kept. */
static void memory_is_charged_to_who_asked(void **state)
{
	assert_int_equal(fixture_open(&fixture, &plain, &limits), 0);
	fixture_action(&fixture, "a.nse",
		       "nmap.registry.big = ('x'):rep(6 << 20) nmap.socket.sleep(1) return 'a'");
	fixture_action(&fixture, "b.nse", "local s = ('y'):rep(6 << 20) return 'b'");
	fixture_run(&fixture);
	assert_string_equal(fixture.said, "b: b\na: a\n");
	fixture_close(&fixture);
}

/* What is freed in another's time is given back to who asked for it. */
static void memory_is_given_back_to_who_asked(void **state)
{
	assert_int_equal(fixture_open(&fixture, &plain, &limits), 0);
	fixture_action(&fixture, "a.nse", "nmap.registry.big = ('x'):rep(6 << 20) return 'a'");
	fixture_action(&fixture, "b.nse",
		       "nmap.socket.sleep(1) nmap.registry.big = nil for i = 1, 300 do "
		       "collectgarbage() end local t = {} for i = 1, 1000 do t[i] = {} end "
		       "return 'b'");
	fixture_run(&fixture);
	assert_string_equal(fixture.said, "a: a\nb: b\n");
	fixture_close(&fixture);
}

/* A table that another grows is the other's from then on. */
static void grown_memory_is_who_grew_its(void **state)
{
	const struct script_limits roomy = {.quota = {.memory_bytes = 32 << 20}};

	assert_int_equal(fixture_open(&fixture, &plain, &roomy), 0);
	fixture_action(&fixture, "a.nse",
		       "local t = {} for i = 1, 1 << 19 do t[i] = i end nmap.registry.t = t "
		       "nmap.socket.sleep(2) return #('x'):rep(14 << 20)");
	fixture_action(&fixture, "b.nse",
		       "nmap.socket.sleep(1) local t = nmap.registry.t t[#t + 1] = 1 return 'b'");
	fixture_run(&fixture);
	assert_string_equal(fixture.said, "b: b\na: 14680064\n");
	fixture_close(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(endless_loops_are_cut),
		cmocka_unit_test(endless_sleeping_of_no_time_is_cut),
		cmocka_unit_test(instructions_are_counted),
		cmocka_unit_test(endless_allocation_is_cut),
		cmocka_unit_test(patterns_are_cut),
		cmocka_unit_test(c_loops_are_cut),
		cmocka_unit_test(string_rep_of_nothing_ends),
		cmocka_unit_test(deep_recursion_is_cut),
		cmocka_unit_test(workers_are_cut),
		cmocka_unit_test(finalizers_in_lua_never_run),
		cmocka_unit_test(total_memory_is_bounded),
		cmocka_unit_test(memory_is_charged_to_who_asked),
		cmocka_unit_test(memory_is_given_back_to_who_asked),
		cmocka_unit_test(grown_memory_is_who_grew_its),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
