/* Whole runs with scripts in Lua: the runner of the script room behind the engine's stage. */
#include "world.h"

#include "../unit/script/folder_fixture.h"

#include "script/runner.h"
#include "util/error.h"

struct whole {
	struct world world;
	struct sink inner;
	struct flow_sim_host hosts[1];
	struct script_trees *trees;
	struct script_selection selection;
	struct script_run *scripts;
	struct script_runner runner;
	struct services *services;
	const char *folders[1], *expressions[1];
	char said[4096];
};

static struct whole whole;

static void say_result(const struct observation *seen)
{
	const struct script_place *place = &seen->script.place;
	size_t at = strlen(whole.said);
	char addr[IP_TEXT_BYTES] = "";

	if (seen->target)
		ip_format(&seen->target->addr, addr);
	snprintf(whole.said + at, sizeof(whole.said) - at, "%s %s %s %u: %s\n",
		 seen->script.result->id, script_scope_name(place->scope), addr, place->number,
		 seen->script.result->text);
}

static int observe(void *self, const struct observation *seen)
{
	(void)self;
	if (seen->kind == OBSERVED_RUN_BEGIN)
		script_run_attach(whole.scripts, whole.world.run);
	if (seen->kind == OBSERVED_SCRIPT)
		say_result(seen);
	return whole.inner.observe(whole.inner.self, seen);
}

static int begin(void **state)
{
	static const struct flow_sim_port open[] = {{.first = 22, .last = 22}};
	static const char *const targets[] = {"10.0.0.1"};
	struct plan_scripts *wish;

	memset(&whole, 0, sizeof(whole));
	if (folder_begin(state) < 0)
		return -1;
	make_folder("scripts");
	whole.hosts[0] = (struct flow_sim_host){.first = world_ip("10.0.0.1"),
						.last = world_ip("10.0.0.9"),
						.rtt_ns = NS_PER_MS,
						.ports = open,
						.ports_count = 1,
						.otherwise = FLOW_END_REFUSED};
	world_init(&whole.world, whole.hosts, 1, 0, targets, 1, 20, 25, 1);
	whole.inner = whole.world.sink;
	whole.world.sink = (struct sink){&whole, observe};
	whole.folders[0] = folder;
	whole.expressions[0] = "test";
	wish = &whole.world.plan->scripts;
	wish->wanted = true;
	wish->expressions = whole.expressions;
	wish->expressions_count = 1;
	wish->folders = whole.folders;
	wish->folders_count = 1;
	return services_builtin(&whole.services);
}

static void write_script(const char *id, const char *text)
{
	char name[64], whole_text[4096];

	snprintf(name, sizeof(name), "scripts/%s.nse", id);
	snprintf(whole_text, sizeof(whole_text),
		 "categories = {'test'}\nlocal function yes() return true end\n%s", text);
	write_file(name, whole_text);
}

static void make_scripts(void)
{
	const struct plan_scripts *wish = &whole.world.plan->scripts;
	struct diag diag = {0};

	world_names(&whole.world, NULL, 0);
	assert_int_equal(script_trees_open(wish, NULL, &whole.trees, &diag), 0);
	assert_int_equal(script_trees_choose(whole.trees, wish, &whole.selection, &diag), 0);
	if (script_run_new(&(struct script_run_config){.context = {.plan = whole.world.plan,
								   .loop = whole.world.loop,
								   .flows = whole.world.flows,
								   .gate = &whole.world.gate,
								   .resolver = whole.world.resolver,
								   .services = whole.services},
						       .trees = whole.trees,
						       .selection = &whole.selection},
			   &whole.scripts, &diag) < 0)
		fail_msg("%s", diag.text);
	whole.runner = script_run_runner(whole.scripts);
	whole.world.scripts = &whole.runner;
}

static int end(void **state)
{
	run_free(whole.world.run);
	whole.world.run = NULL;
	script_run_free(whole.scripts);
	script_selection_release(&whole.selection);
	script_trees_close(whole.trees);
	services_free(whole.services);
	world_release(&whole.world);
	return folder_end(state);
}

static void scripts_run_in_all_phases(void **state)
{
	write_script("a", "prerule = yes hostrule = yes portrule = yes postrule = yes "
			  "action = function(host, port) nmap.socket.sleep(0.1) "
			  "return SCRIPT_TYPE .. (port and port.state or '') end");
	make_scripts();
	world_run(&whole.world);
	assert_string_equal(whole.said, "a pre  0: prerule\n"
					"a host 10.0.0.1 0: hostrule\n"
					"a port 10.0.0.1 22: portruleopen\n"
					"a post  0: postrule\n");
}

static void targets_that_scripts_add_are_scanned(void **state)
{
	write_script(
		"a",
		"prerule = yes hostrule = yes postrule = yes action = function(host) "
		"if not host then local n, why = nmap.add_targets('10.0.0.5', ('a'):rep(2000), "
		"'10.0.0.5') "
		"return n .. (why or '') .. nmap.new_targets_num() .. nmap.add_targets() end "
		"nmap.add_targets('10.0.0.6') return 'x' end");
	make_scripts();
	world_run(&whole.world);
	assert_string_equal(whole.said, "a pre  0: 211\n"
					"a host 10.0.0.1 0: x\n"
					"a host 10.0.0.5 0: x\n"
					"a host 10.0.0.6 0: x\n"
					"a post  0: 0failed to add new targets.20\n");
	assert_int_equal(whole.world.done_facts, 3);
}

static void what_scripts_set_is_seen_by_later_ones(void **state)
{
	write_script("a", "hostrule = yes action = function(host) nmap.set_port_state(host, "
			  "{number = 21, protocol = 'tcp'}, 'open') nmap.set_port_version(host, "
			  "{number = 22, protocol = 'tcp', version = {name = 'mine'}}) end");
	write_script("b", "dependencies = {'a'} portrule = yes action = function(host, port) "
			  "return port.service .. "
			  "nmap.get_port_state(host, {number = 21, protocol = 'tcp'}).reason end");
	make_scripts();
	world_run(&whole.world);
	assert_string_equal(whole.said, "b port 10.0.0.1 22: minescript-set\n");
	assert_int_equal(world_find(&whole.world, "10.0.0.1")->ports[21], PORT_OPEN);
	assert_int_equal(world_find(&whole.world, "10.0.0.1")->services, 1);
}

static void cancelled_runs_stop_scripts(void **state)
{
	struct timer timer = {.fire = world_cancel_run, .self = &whole.world};

	write_script("a", "hostrule = yes action = function() nmap.socket.sleep(100) end");
	make_scripts();
	assert_int_equal(loop_timer_set(whole.world.loop, &timer, 50 * NS_PER_S), 0);
	world_run(&whole.world);
	assert_int_equal(whole.world.end.end.outcome, RUN_CANCELLED);
	assert_string_equal(whole.said, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
		TEST(scripts_run_in_all_phases),
		TEST(targets_that_scripts_add_are_scanned),
		TEST(what_scripts_set_is_seen_by_later_ones),
		TEST(cancelled_runs_stop_scripts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
