/* -6 -O in whole runs on a simulated packet network, of which the hosts are like no system that
 * our model knows. */
#include "raw_world.h"

#include "detect/os/os6_print.h"
#include "detect/os/os_scan.h"
#include "util/alloc.h"

#include <string.h>

#define MS(x) ((x)*NS_PER_MS)

struct watched {
	struct raw_world world;
	struct sink inner;
	struct os_scan *scan;
	struct system_detector detector;
	unsigned told;
	struct system_facts facts; /* of the last host; its texts are not valid */
	struct os6_print print;
	struct os_scan_line line;
};

static int observe(void *self, const struct observation *seen)
{
	struct watched *watched = self;

	if (seen->kind == OBSERVED_SYSTEM) {
		watched->told++;
		watched->facts = *seen->system;
		memset(&watched->print, 0, sizeof(watched->print));
		if (seen->system->fingerprint)
			assert_int_equal(os6_print_parse(seen->system->fingerprint,
							 strlen(seen->system->fingerprint),
							 &watched->print, &watched->line, NULL,
							 NULL),
					 0);
	}
	return watched->inner.observe(watched->inner.self, seen);
}

static struct link_sim_host *begin_with(struct watched *watched, enum link_layer layer,
					const char *name)
{
	struct os_scan_config config = {.own_data = true, .version = "1", .platform = "sim"};
	struct raw_world *world = &watched->world;
	struct link_sim_host *host;

	memset(watched, 0, sizeof(*watched));
	raw_world_init(world, layer, 9);
	watched->inner = world->sink;
	world->sink = (struct sink){watched, observe};
	world->plan->system.wanted = true;
	world->plan->system.tries = 5;
	raw_world_technique(world, "tcp-syn");
	raw_world_ports(world, TRANSPORT_TCP, 79, 81);
	raw_world_target(world, name);
	host = net_world_add(&world->net, name, name);
	world->net.stack.quote_bytes = 400;
	config.plan = world->plan;
	config.loop = world->net.loop;
	assert_int_equal(os_scan_new(&config, &watched->scan), 0);
	watched->detector = os_scan_detector(watched->scan);
	world->systems = &watched->detector;
	return host;
}

/* Behind routers. */
static struct link_sim_host *begin(struct watched *watched)
{
	return begin_with(watched, LINK_IP, "fd77::7");
}

static void end(struct watched *watched)
{
	raw_world_release(&watched->world);
	os_scan_free(watched->scan);
}

static bool seen(const struct watched *watched, enum os6_probe probe)
{
	return watched->print.replies[probe].seen;
}

static void a_stranger_is_asked_everything_and_has_no_name(void **state)
{
	static struct watched watched;

	begin(&watched);
	raw_world_run(&watched.world);
	assert_int_equal(watched.told, 1);
	assert_int_equal(watched.facts.result, SYSTEM_NONE);
	assert_int_equal(watched.facts.ip_version, 6);
	assert_int_equal(watched.facts.matches_count, 0);
	assert_int_equal(watched.facts.types_count, 0);
	assert_false(watched.facts.incomplete || watched.facts.unreliable);
	assert_null(watched.facts.unfit);
	assert_int_equal(watched.facts.open_tcp, 80);
	assert_int_equal(watched.facts.closed_tcp, 79);
	assert_true(seen(&watched, OS6_S1) && seen(&watched, OS6_S6) && seen(&watched, OS6_IE1));
	assert_true(seen(&watched, OS6_U1) && seen(&watched, OS6_T5));
	assert_int_equal(watched.line.ip_version, 6);
	assert_int_equal(watched.line.open_tcp, 80);
	assert_true(watched.facts.probes_answered >= 10);
	assert_true(watched.facts.probes_sent >= watched.facts.probes_answered);
	end(&watched);
}

static void without_an_open_port_what_is_left_is_asked(void **state)
{
	static struct watched watched;

	begin(&watched)->ports_count = 0;
	raw_world_run(&watched.world);
	assert_int_equal(watched.told, 1);
	assert_int_equal(watched.facts.result, SYSTEM_NONE);
	assert_true(watched.facts.unreliable);
	assert_int_equal(watched.facts.open_tcp, -1);
	assert_true(seen(&watched, OS6_IE1) && seen(&watched, OS6_T5));
	assert_false(seen(&watched, OS6_S1) || seen(&watched, OS6_T4));
	end(&watched);
}

static void neighbours_are_solicited(void **state)
{
	static struct watched watched;

	begin_with(&watched, LINK_ETHERNET, "fd00::7");
	raw_world_run(&watched.world);
	assert_int_equal(watched.told, 1);
	assert_int_equal(watched.facts.distance_by, 'D');
	assert_int_equal(watched.facts.distance, 1);
	assert_true(seen(&watched, OS6_NS));
	end(&watched);
	begin(&watched);
	raw_world_run(&watched.world);
	assert_int_not_equal(watched.facts.distance_by, 'D');
	assert_false(seen(&watched, OS6_NS));
	end(&watched);
}

static void what_is_lost_is_sent_again(void **state)
{
	static struct watched watched;

	begin(&watched);
	net_world_lose(&watched.world.net, 0.15);
	raw_world_run(&watched.world);
	assert_int_equal(watched.told, 1);
	assert_true(seen(&watched, OS6_S1) && seen(&watched, OS6_S6) && seen(&watched, OS6_IE1));
	assert_true(seen(&watched, OS6_U1) && seen(&watched, OS6_T5) && seen(&watched, OS6_T7));
	end(&watched);
}

static void probes_of_a_host_are_bounded(void **state)
{
	static struct watched watched;

	begin(&watched);
	watched.world.plan->system.probes_max = 8;
	raw_world_run(&watched.world);
	assert_int_equal(watched.facts.probes_sent, 8);
	end(&watched);
}

static void one_source_port_will_do(void **state)
{
	static struct watched watched;

	begin(&watched);
	watched.world.plan->packets.has_source_port = true;
	watched.world.plan->packets.source_port = 4053;
	raw_world_run(&watched.world);
	assert_true(seen(&watched, OS6_S1) && seen(&watched, OS6_S6) && seen(&watched, OS6_U1));
	assert_true(seen(&watched, OS6_T5) && seen(&watched, OS6_TECN));
	end(&watched);
}

static void a_hosts_time_can_run_out(void **state)
{
	static struct watched watched;

	begin(&watched);
	watched.world.plan->timing.host_timeout_ns = MS(500);
	raw_world_run(&watched.world);
	assert_int_equal(watched.told, 0);
	assert_true(raw_world_find(&watched.world, "fd77::7")->timed_out);
	end(&watched);
}

static void a_lost_way_is_told(void **state)
{
	static struct watched watched;

	begin(&watched);
	watched.world.net.config.lost_at_ns = MS(800);
	raw_world_run(&watched.world);
	assert_int_equal(watched.told, 1);
	assert_true(watched.facts.incomplete);
	end(&watched);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stranger_is_asked_everything_and_has_no_name),
		cmocka_unit_test(without_an_open_port_what_is_left_is_asked),
		cmocka_unit_test(neighbours_are_solicited),
		cmocka_unit_test(what_is_lost_is_sent_again),
		cmocka_unit_test(probes_of_a_host_are_bounded),
		cmocka_unit_test(one_source_port_will_do),
		cmocka_unit_test(a_hosts_time_can_run_out),
		cmocka_unit_test(a_lost_way_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
