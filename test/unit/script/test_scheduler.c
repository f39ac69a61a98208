#include "machine_fixture.h"

static const struct script_machine_config plain;
static const struct script_limits limits = {.quota = {.memory_bytes = 16 << 20}};

static struct fixture fixture;

static void begin(const struct script_limits *with)
{
	assert_int_equal(fixture_open(&fixture, &plain, with), 0);
}

static void says(int line, const char *body, const char *expected)
{
	begin(&limits);
	fixture_do(&fixture, body);
	if (strcmp(fixture.said, expected) != 0)
		fail_msg("line %d: said [%s] end %d [%s]", line, fixture.said, fixture.end,
			 fixture.text);
	fixture_close(&fixture);
}

#define SAYS(body, expected) says(__LINE__, body, expected)

static void ends(int line, const char *body, enum script_end end, const char *part)
{
	begin(&limits);
	fixture_do(&fixture, body);
	if (fixture.end != end || !strstr(fixture.text, part))
		fail_msg("line %d: said [%s] end %d [%s]", line, fixture.said, fixture.end,
			 fixture.text);
	fixture_close(&fixture);
}

#define ENDS(body, end, part) ends(__LINE__, body, end, part)

static void action_gives_its_result(void **state)
{
	SAYS("return 'hello'", "s: hello\n");
	SAYS("return SCRIPT_NAME .. SCRIPT_TYPE .. SCRIPT_PATH", "s: sprerules.nse\n");
	SAYS("return debug.getinfo(1, 'S').short_src .. debug.getinfo(1, 'l').currentline",
	     "s: s.nse1\n");
}

static void rule_that_says_no_is_no_match(void **state)
{
	char *why;

	begin(&limits);
	assert_int_equal(fixture_load(&fixture, "n.nse",
				      "prerule = function() return nil end "
				      "action = function() return 'ran' end",
				      &why),
			 0);
	fixture_run(&fixture);
	assert_string_equal(fixture.said, "");
	assert_int_equal(fixture.end, SCRIPT_NO_MATCH);
	fixture_close(&fixture);
}

static void forced_script_skips_its_rule(void **state)
{
	struct script_job job = {.forced = true};
	struct script_group *group;
	char *why;

	begin(&limits);
	fixture_load(&fixture, "n.nse",
		     "prerule = function() error 'asked' end action = function() return 'ran' end",
		     &why);
	group = fixture_group(&fixture, SCRIPT_PRERULE, NULL);
	job.script = fixture.scripts[0];
	assert_int_equal(script_group_add(group, &job), 0);
	script_group_start(group);
	loop_run(fixture.loop);
	assert_string_equal(fixture.said, "n: ran\n");
	fixture_close(&fixture);
}

static void rule_and_action_get_host_and_port(void **state)
{
	struct script_group *group;

	begin(&limits);
	fixture_action(&fixture, "a.nse",
		       "return table.concat({...}, '+') .. SCRIPT_TYPE .. select('#', ...)");
	group = fixture_group(&fixture, SCRIPT_PORTRULE, "host");
	fixture_add(group, fixture.scripts[0], "80");
	fixture_add(group, fixture.scripts[0], "81");
	script_group_start(group);
	loop_run(fixture.loop);
	assert_string_equal(fixture.said, "a: host+80portrule2\na: host+81portrule2\n");
	fixture_close(&fixture);
}

/* Levels hold for all of a group, whatever the phases of its jobs. */
static void group_holds_jobs_of_several_phases(void **state)
{
	static const char body[] = "nmap.socket.sleep(1) return SCRIPT_TYPE .. select('#', ...)";
	struct script_group *group;

	begin(&limits);
	fixture_action(&fixture, "a.nse", body);
	fixture_action(&fixture, "b.nse", body);
	fixture.scripts[0]->level = 2;
	fixture.scripts[1]->level = 1;
	group = fixture_group(&fixture, SCRIPT_HOSTRULE, "host");
	fixture_add(group, fixture.scripts[0], NULL);
	fixture_add(group, fixture.scripts[1], NULL);
	script_group_set_phase(group, SCRIPT_PORTRULE);
	fixture_add(group, fixture.scripts[0], "80");
	fixture_add(group, fixture.scripts[1], "80");
	script_group_start(group);
	loop_run(fixture.loop);
	assert_string_equal(fixture.said, "b: hostrule1\nb: portrule2\n"
					  "a: hostrule1\na: portrule2\n");
	assert_int_equal(fixture.groups_done, 1);
	fixture_close(&fixture);
}

/* Levels first; within one, port by port. */
static void jobs_for_ports_go_port_by_port(void **state)
{
	static const char body[] = "return SCRIPT_TYPE:sub(1, 1) .. (select(2, ...) or '')";
	static char names[3][8] = {"80", "81", "82"};
	const struct script_ports ports = {names, 3, sizeof(names[0])}, none = {0};
	const struct script_limits few = {.threads = 2};
	struct script_group *group;
	struct script_job job = {0};
	size_t at;

	begin(&few);
	fixture_action(&fixture, "a.nse", body);
	fixture_action(&fixture, "b.nse", body);
	fixture_action(&fixture, "c.nse", body);
	fixture.scripts[0]->level = fixture.scripts[1]->level = 1;
	fixture.scripts[2]->level = 2;
	group = fixture_group(&fixture, SCRIPT_HOSTRULE, "host");
	for (at = 0; at < 3; at++)
		fixture_add(group, fixture.scripts[at], NULL);
	script_group_set_phase(group, SCRIPT_PORTRULE);
	job.script = fixture.scripts[0];
	assert_int_equal(script_group_add_for_ports(group, &job), 0); /* there are none yet */
	script_group_set_ports(group, &none);
	assert_int_equal(script_group_add_for_ports(group, &job), 0);
	script_group_set_ports(group, &ports);
	for (at = 0; at < 3; at++) {
		job.script = fixture.scripts[at];
		assert_int_equal(script_group_add_for_ports(group, &job), 0);
	}
	script_group_start(group);
	loop_run(fixture.loop);
	assert_string_equal(fixture.said, "a: h\nb: h\na: p80\nb: p80\na: p81\nb: p81\na: p82\n"
					  "b: p82\nc: h\nc: p80\nc: p81\nc: p82\n");
	assert_int_equal(fixture.groups_done, 1);
	fixture_close(&fixture);
}

/* File-level locals and globals are each instance's own; the registry is everybody's. */
static void each_instance_runs_the_file_anew(void **state)
{
	struct script_group *group;
	char *why;

	begin(&limits);
	assert_int_equal(
		fixture_load(&fixture, "a.nse",
			     "local n = 0 g = (g or 0) + 1 portrule = function() n = n + 1 "
			     "nmap.registry.n = (nmap.registry.n or 0) + 1 return true end "
			     "action = function() return n .. g .. nmap.registry.n end",
			     &why),
		0);
	group = fixture_group(&fixture, SCRIPT_PORTRULE, "host");
	fixture_add(group, fixture.scripts[0], "80");
	fixture_add(group, fixture.scripts[0], "81");
	script_group_start(group);
	loop_run(fixture.loop);
	assert_string_equal(fixture.said, "a: 111\na: 112\n");
	fixture_close(&fixture);
}

static void errors_end_as_the_interface_says(void **state)
{
	ENDS("error 'oops'", SCRIPT_FAILED, "s.nse:1: oops\nstack traceback:");
	ENDS("error {}", SCRIPT_FAILED, "(error object is a table value)");
	ENDS("nmap.new_try()(false, 'TIMEOUT')", SCRIPT_QUIET, "TIMEOUT");
	ENDS("nmap.new_try()()", SCRIPT_QUIET, "nil");
	ENDS("coroutine.yield()", SCRIPT_BROKEN, "");
	ENDS("return setmetatable({}, {__tostring = function() error 'late' end})", SCRIPT_FAILED,
	     "late");
}

static void new_try_passes_and_catches(void **state)
{
	SAYS("return select('#', nmap.new_try()(true, 1, 2))", "s: 2\n");
	SAYS("local ok, e = pcall(nmap.new_try(function() nmap.socket.sleep(1) GONE = 1 end), nil, "
	     "'m') return e.errtype .. e.message .. GONE",
	     "s: nmap.new_trym1\n");
	SAYS("return nmap.new_try()('odd', 7)",
	     "log> the first value given to a function of nmap.new_try() is neither true nor "
	     "false\ns: 7\n");
}

static void sleeping_takes_the_loops_time(void **state)
{
	SAYS("local t = nmap.clock_ms() nmap.socket.sleep(1.5) return nmap.clock_ms() - t",
	     "s: 1500.0\n");
	SAYS("return nmap.clock()", "s: 1000.0\n");
	ENDS("nmap.socket.sleep(-1)", SCRIPT_FAILED,
	     "argument to sleep (-1.0) must not be negative");
	SAYS("local ok, e = pcall(table.sort, {1, 2, 3}, function() nmap.socket.sleep(0) end) "
	     "return e",
	     "s: s.nse:1: attempt to yield across a C-call boundary\n");
}

/* Nothing of the wait is left that could end another one early. */
static void wait_that_cannot_be_is_not_begun(void **state)
{
	SAYS("local _, e = pcall(table.sort, {1, 2}, function() coroutine.wrap(function() "
	     "nmap.socket.sleep(1) end)() end) nmap.socket.sleep(5) "
	     "return nmap.clock() .. e:match('attempt.*')",
	     "s: 1005.0attempt to yield across a C-call boundary\n");
}

static void suspension_goes_through_coroutines(void **state)
{
	SAYS("local co = coroutine.create(function(a) nmap.socket.sleep(1) "
	     "local b = coroutine.yield(a + 1) nmap.socket.sleep(1) return b + 1 end) "
	     "local _, x = coroutine.resume(co, 1) local _, y = coroutine.resume(co, 10) "
	     "return x .. ' ' .. y .. ' ' .. coroutine.status(co) .. nmap.clock()",
	     "s: 2 11 dead1002.0\n");
	SAYS("local f = coroutine.wrap(function() local g = coroutine.wrap(function() "
	     "nmap.socket.sleep(1) coroutine.yield(1) nmap.socket.sleep(1) error 'in' end) "
	     "coroutine.yield(g()) g() end) local a = f() local _, e = pcall(f) return a .. e",
	     "s: 1s.nse:1: s.nse:1: in\n");
	SAYS("local co = coroutine.create(function() end) coroutine.resume(co) "
	     "return select(2, coroutine.resume(co))",
	     "s: cannot resume dead coroutine\n");
	SAYS("return select(2, coroutine.resume(coroutine.running()))",
	     "s: cannot resume non-suspended coroutine\n");
	SAYS("return tostring(coroutine.close(coroutine.create(print)))", "s: true\n");
}

/* A coroutine that the engine suspended is resumed by the engine alone. */
static void waiting_coroutine_is_not_anothers_to_resume(void **state)
{
	begin(&limits);
	fixture_action(&fixture, "a.nse",
		       "nmap.registry.co = coroutine.create(function() nmap.socket.sleep(5) end) "
		       "return (coroutine.resume(nmap.registry.co))");
	fixture_action(&fixture, "b.nse",
		       "nmap.socket.sleep(1) local _, e = coroutine.resume(nmap.registry.co) "
		       "return e .. tostring(pcall(coroutine.close, nmap.registry.co))");
	fixture_run(&fixture);
	assert_string_equal(fixture.said,
			    "b: cannot resume non-suspended coroutinefalse\na: true\n");
	fixture_close(&fixture);
}

static void levels_run_one_after_another(void **state)
{
	char *why;

	begin(&limits);
	fixture_load(&fixture, "b.nse",
		     "dependencies = {'a', 'unselected'} prerule = function() return true end "
		     "action = function() return nmap.clock() end",
		     &why);
	fixture_action(&fixture, "a.nse", "nmap.socket.sleep(3) return 'first'");
	fixture_action(&fixture, "c.nse", "return 'early'");
	assert_int_equal(script_set_levels(fixture.scripts, 3, &why), 0);
	assert_int_equal(fixture.scripts[0]->level, 2);
	assert_int_equal(fixture.scripts[1]->level, 1);
	fixture_run(&fixture);
	assert_string_equal(fixture.said, "c: early\na: first\nb: 1003.0\n");
	fixture_close(&fixture);
}

static void circle_of_dependencies_is_told(void **state)
{
	static const char *const names[] = {"a", "b", "c"};
	char text[256], name[8], *why;
	size_t at;

	begin(&limits);
	for (at = 0; at < 3; at++) {
		snprintf(name, sizeof(name), "%s.nse", names[at]);
		snprintf(text, sizeof(text), "dependencies = {'%s'} prerule = print action = print",
			 at == 0   ? "b"
			 : at == 1 ? "c"
				   : "b");
		assert_int_equal(fixture_load(&fixture, name, text, &why), 0);
	}
	assert_int_equal(script_set_levels(fixture.scripts, 3, &why), ERROR_CONFLICT);
	assert_string_equal(why, "circular dependency in chain `b->c->b`");
	alloc_free(why);
	fixture_close(&fixture);
}

static void hosts_do_not_wait_for_each_other(void **state)
{
	struct script_group *slow, *quick;

	begin(&limits);
	fixture_action(&fixture, "a.nse",
		       "if ... == 'slow' then nmap.socket.sleep(9) end return ...");
	fixture_action(&fixture, "b.nse", "return ...");
	fixture.scripts[0]->level = 1;
	fixture.scripts[1]->level = 2;
	slow = fixture_group(&fixture, SCRIPT_HOSTRULE, "slow");
	quick = fixture_group(&fixture, SCRIPT_HOSTRULE, "quick");
	for (size_t at = 2; at-- > 0;) {
		fixture_add(slow, fixture.scripts[at], NULL);
		fixture_add(quick, fixture.scripts[at], NULL);
	}
	script_group_start(slow);
	script_group_start(quick);
	loop_run(fixture.loop);
	assert_string_equal(fixture.said, "a: quick\nb: quick\na: slow\nb: slow\n");
	assert_int_equal(fixture.groups_done, 2);
	fixture_close(&fixture);
}

static void no_more_threads_than_the_limit(void **state)
{
	const struct script_limits two = {.threads = 2};
	char expected[64] = "";

	begin(&two);
	for (int at = 0; at < 5; at++)
		fixture_action(&fixture, "s.nse", "nmap.socket.sleep(1) return nmap.clock()");
	fixture_run(&fixture);
	snprintf(expected, sizeof(expected),
		 "s: 1001.0\ns: 1001.0\ns: 1002.0\ns: 1002.0\ns: 1003.0\n");
	assert_string_equal(fixture.said, expected);
	fixture_close(&fixture);
}

static void timeout_ends_base_and_workers(void **state)
{
	const struct script_limits five = {.timeout_ns = 5 * NS_PER_S};

	begin(&five);
	fixture_do(&fixture, "nmap.socket.sleep(6) return 'late'");
	assert_string_equal(fixture.said, "");
	assert_int_equal(fixture.end, SCRIPT_TIMED_OUT);
	assert_int_equal(loop_now_ns(fixture.loop), 5 * NS_PER_S);
	fixture_close(&fixture);
}

static bool count_one(void *self, const struct script_instance *instance)
{
	(*(unsigned *)self)++;
	return true;
}

static void cancel_group(void *self)
{
	unsigned alive = 0;

	script_scheduler_each(fixture.scheduler, count_one, &alive);
	assert_int_equal(alive, 2);
	script_group_cancel(self);
}

static void cancelled_group_is_over_at_once(void **state)
{
	struct timer timer = {.fire = cancel_group};

	begin(&limits);
	fixture_action(&fixture, "a.nse", "nmap.socket.sleep(100) return 'late'");
	fixture_action(&fixture, "b.nse",
		       "nmap.mutex('m')('lock') nmap.condvar('c')('wait') return 'late'");
	timer.self = fixture_group(&fixture, SCRIPT_PRERULE, NULL);
	fixture_add(timer.self, fixture.scripts[0], NULL);
	fixture_add(timer.self, fixture.scripts[1], NULL);
	script_group_start(timer.self);
	assert_int_equal(loop_timer_set(fixture.loop, &timer, NS_PER_S), 0);
	loop_run(fixture.loop);
	assert_string_equal(fixture.said, "");
	assert_int_equal(fixture.end, SCRIPT_CANCELLED);
	assert_int_equal(fixture.groups_done, 1);
	assert_int_equal(loop_now_ns(fixture.loop), NS_PER_S);
	fixture_close(&fixture);
}

static void cancel_quietly(void *self)
{
	script_group_cancel(self);
}

/* The line of a mutex forgets who was stopped in it. */
static void cancelled_waiter_leaves_the_line(void **state)
{
	struct timer timer = {.fire = cancel_quietly};
	struct script_group *group;

	begin(&limits);
	fixture_action(&fixture, "a.nse",
		       "nmap.mutex('m')('lock') nmap.socket.sleep(3) nmap.mutex('m')('done') "
		       "nmap.socket.sleep(1)");
	fixture_action(&fixture, "b.nse", "nmap.mutex('m')('lock') return 'late'");
	fixture_action(&fixture, "c.nse",
		       "nmap.socket.sleep(2) nmap.mutex('m')('lock') return nmap.clock()");
	group = fixture_group(&fixture, SCRIPT_PRERULE, NULL);
	fixture_add(group, fixture.scripts[0], NULL);
	fixture_add(group, fixture.scripts[2], NULL);
	script_group_start(group);
	timer.self = fixture_group(&fixture, SCRIPT_PRERULE, NULL);
	fixture_add(timer.self, fixture.scripts[1], NULL);
	script_group_start(timer.self);
	assert_int_equal(loop_timer_set(fixture.loop, &timer, NS_PER_S), 0);
	loop_run(fixture.loop);
	assert_string_equal(fixture.said, "c: 1003.0\na: \n");
	assert_int_equal(fixture.groups_done, 2);
	fixture_close(&fixture);
}

static void scheduler_freed_in_mid_run_leaves_nothing(void **state)
{
	struct script_group *group;

	begin(&limits);
	fixture_action(&fixture, "a.nse", "nmap.socket.sleep(100)");
	group = fixture_group(&fixture, SCRIPT_PRERULE, NULL);
	fixture_add(group, fixture.scripts[0], NULL);
	script_group_start(group);
	fixture_close(&fixture);
	begin(&limits);
	fixture_close(&fixture);
}

/* A busy script yields to the others between two instructions. */
static void busy_script_lets_others_run(void **state)
{
	begin(&limits);
	fixture_action(&fixture, "busy.nse", "while not nmap.registry.seen do end return 'saw it'");
	fixture_action(&fixture, "idle.nse", "nmap.registry.seen = true return 'here'");
	fixture_run(&fixture);
	assert_string_equal(fixture.said, "idle: here\nbusy: saw it\n");
	fixture_close(&fixture);
}

static void busy_coroutine_lets_others_run(void **state)
{
	begin(&limits);
	fixture_action(&fixture, "busy.nse",
		       "local function spin() while not nmap.registry.seen do end return 'saw' end "
		       "local _, r = coroutine.resume(coroutine.create(spin)) return r");
	fixture_action(&fixture, "short.nse",
		       "while not nmap.registry.seen do coroutine.wrap(function() end)() end "
		       "return 'saw'");
	fixture_action(&fixture, "idle.nse", "nmap.registry.seen = true return 'here'");
	fixture_run(&fixture);
	assert_non_null(strstr(fixture.said, "idle: here\n"));
	assert_non_null(strstr(fixture.said, "busy: saw\n"));
	assert_non_null(strstr(fixture.said, "short: saw\n"));
	fixture_close(&fixture);
}

static void script_load_says_what_is_wrong(void **state)
{
	static const char *const cases[][2] = {
		{"prerule = print", "x.nse is missing required field: 'action'"},
		{"prerule = print action = 1",
		 "x.nse field 'action' is of improper type 'number', expected type 'function'"},
		{"action = print", "x.nse is missing required function: 'rule'"},
		{"action = print hostrule = 3", "hostrule must be a function!"},
		{"action = print prerule = print categories = {'a', 1}",
		 "x.nse has non-string entries in the 'categories' array"},
		{"action = print prerule = print dependencies = {x = {}}",
		 "x.nse has non-string entries in the 'dependencies' array"},
		{"action = = ", "x.nse:1: unexpected symbol near '='"},
		{"\n\nerror 'third'", "x.nse:3: third"},
		{"while true do end", "stopped: "},
		{"nmap.socket.sleep(1)", "only a running script can wait"},
		{"coroutine.yield()", "attempt to yield"},
		{"\x1bLua", "unexpected symbol"},
	};
	char *why;

	begin(&limits);
	for (size_t at = 0; at < sizeof(cases) / sizeof(cases[0]); at++) {
		assert_int_equal(fixture_load(&fixture, "/d/x.nse", cases[at][0], &why),
				 ERROR_SYNTAX);
		if (!strstr(why, cases[at][1]))
			fail_msg("%s: %s", cases[at][0], why);
		alloc_free(why);
	}
	assert_int_equal(fixture_load(&fixture, "/d/x.nse",
				      "#!/usr/bin/x\nlocal c = categories table.insert(c, 'safe') "
				      "action = print postrule = print hostrule = print -- end",
				      &why),
			 0);
	assert_string_equal(fixture.scripts[0]->id, "x");
	assert_string_equal(fixture.scripts[0]->categories.all[0], "safe");
	assert_int_equal(fixture.scripts[0]->phases, 1 << SCRIPT_HOSTRULE | 1 << SCRIPT_POSTRULE);
	fixture_close(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(action_gives_its_result),
		cmocka_unit_test(rule_that_says_no_is_no_match),
		cmocka_unit_test(forced_script_skips_its_rule),
		cmocka_unit_test(rule_and_action_get_host_and_port),
		cmocka_unit_test(group_holds_jobs_of_several_phases),
		cmocka_unit_test(jobs_for_ports_go_port_by_port),
		cmocka_unit_test(each_instance_runs_the_file_anew),
		cmocka_unit_test(errors_end_as_the_interface_says),
		cmocka_unit_test(new_try_passes_and_catches),
		cmocka_unit_test(sleeping_takes_the_loops_time),
		cmocka_unit_test(wait_that_cannot_be_is_not_begun),
		cmocka_unit_test(suspension_goes_through_coroutines),
		cmocka_unit_test(waiting_coroutine_is_not_anothers_to_resume),
		cmocka_unit_test(levels_run_one_after_another),
		cmocka_unit_test(circle_of_dependencies_is_told),
		cmocka_unit_test(hosts_do_not_wait_for_each_other),
		cmocka_unit_test(no_more_threads_than_the_limit),
		cmocka_unit_test(timeout_ends_base_and_workers),
		cmocka_unit_test(cancelled_group_is_over_at_once),
		cmocka_unit_test(cancelled_waiter_leaves_the_line),
		cmocka_unit_test(scheduler_freed_in_mid_run_leaves_nothing),
		cmocka_unit_test(busy_script_lets_others_run),
		cmocka_unit_test(busy_coroutine_lets_others_run),
		cmocka_unit_test(script_load_says_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
