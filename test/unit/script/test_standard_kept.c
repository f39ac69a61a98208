#include "machine_fixture.h"

static const struct script_machine_config plain;
static const struct script_limits limits = {.quota = {.memory_bytes = 16 << 20}};

static struct fixture fixture;

static int begin(void **state)
{
	return fixture_open(&fixture, &plain, &limits);
}

static int end(void **state)
{
	fixture_close(&fixture);
	return 0;
}

/* What the second script says, which runs when the first is over. */
static const char *after(const char *bad, const char *good)
{
	const char *said;

	fixture_action(&fixture, "bad.nse", bad);
	fixture_action(&fixture, "good.nse", good);
	fixture_run(&fixture);
	said = strstr(fixture.said, "good: ");
	if (!said)
		fail_msg("%s %s", fixture.said, fixture.text);
	return said;
}

static void what_a_script_spoils_is_put_back_when_it_ends(void **state)
{
	assert_string_equal(after("string.find = nil table.insert = nil math.floor = 7 math.pi = 3 "
				  "nmap.clock = nil _G.pairs = nil _G.utf8 = nil os.time = print "
				  "getmetatable('').__index = nil coroutine.wrap = nil "
				  "package.loaded = {} nmap.registry = nil error('and it fails')",
				  "local list = {} table.insert(list, (('ab'):find('b'))) "
				  "for _ in pairs(list) do end "
				  "coroutine.wrap(function() list.x = nmap.registry end)() "
				  "return list[1] .. math.floor(math.pi) .. type(nmap.clock()) "
				  ".. type(os.time()) .. utf8.char(65) .. type(list.x) "
				  ".. tostring(require 'string' == string)"),
			    "good: 23numbernumberAtabletrue\n");
}

static void what_a_script_adds_stays(void **state)
{
	assert_string_equal(after("string.shout = function(s) return s .. '!' end nmap.more = 1",
				  "return ('hey'):shout() .. nmap.more"),
			    "good: hey!1\n");
}

static void it_is_said_whose_fault_it_was(void **state)
{
	assert_string_equal(fixture_do(&fixture, "math.floor = nil return 'done'"),
			    "s: done\nlog> Bug in s: it changes math.floor for all scripts; put "
			    "back.\n");
}

static void cancel(void *self)
{
	script_group_cancel(self);
}

static void a_cancelled_script_leaves_nothing_spoilt(void **state)
{
	struct timer timer = {.fire = cancel};

	fixture_action(&fixture, "bad.nse", "string.rep = nil nmap.socket.sleep(9)");
	timer.self = fixture_group(&fixture, SCRIPT_PRERULE, NULL);
	fixture_add(timer.self, fixture.scripts[0], NULL);
	script_group_start(timer.self);
	assert_int_equal(loop_timer_set(fixture.loop, &timer, NS_PER_S), 0);
	loop_run(fixture.loop);
	assert_int_equal(fixture.end, SCRIPT_CANCELLED);
	assert_null(script_machine_mend(fixture.machine));
	assert_non_null(strstr(fixture.said, "string.rep"));
}

/* Its file is run for its fields, and that is when it is caught: from then on others get their
 * turn only after what it spoils is put back. */
static void nobody_sees_what_a_main_chunk_spoils(void **state)
{
	char *why;

	assert_int_equal(fixture_load(&fixture, "bad.nse",
				      "string.upper = nil prerule = function() return true end "
				      "action = function() nmap.registry.seen = 1 "
				      "nmap.socket.sleep(5) return 'bad' end",
				      &why),
			 0);
	assert_null(script_machine_mend(fixture.machine));
	fixture_action(&fixture, "good.nse",
		       "while not nmap.registry.seen do end return ('good'):upper()");
	fixture_run(&fixture);
	assert_string_equal(fixture.said,
			    "log> Bug in bad: it changes string.upper for all scripts; put back.\n"
			    "good: GOOD\nbad: bad\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_a_script_spoils_is_put_back_when_it_ends,
						begin, end),
		cmocka_unit_test_setup_teardown(what_a_script_adds_stays, begin, end),
		cmocka_unit_test_setup_teardown(it_is_said_whose_fault_it_was, begin, end),
		cmocka_unit_test_setup_teardown(a_cancelled_script_leaves_nothing_spoilt, begin,
						end),
		cmocka_unit_test_setup_teardown(nobody_sees_what_a_main_chunk_spoils, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
