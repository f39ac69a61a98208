/* Whole runs on a simulated network: what a scan must find, however bad the
 * network, and what it must not depend on. */
#include "world.h"

#include "engine/technique.h"
#include "util/alloc.h"

#include <string.h>

#define MS(x) ((x)*NS_PER_MS)

static const struct flow_sim_port web[] = {
	{.first = 22, .last = 22},
	{.first = 80, .last = 80},
	{.first = 100, .last = 199, .connect = FLOW_END_DEADLINE},
	{.first = 200, .last = 209, .connect = FLOW_END_HOST_UNREACH},
};

static struct flow_sim_host server(const char *first, const char *last, uint64_t rtt_ns,
				   double loss)
{
	return (struct flow_sim_host){
		.first = world_ip(first),
		.last = world_ip(last),
		.rtt_ns = rtt_ns,
		.loss = loss,
		.ports = web,
		.ports_count = sizeof(web) / sizeof(web[0]),
		.otherwise = FLOW_END_REFUSED,
	};
}

static void assert_web_server(const struct world_host *host)
{
	assert_int_equal(host->state, HOST_UP);
	assert_true(host->done);
	assert_false(host->incomplete);
	assert_int_equal(host->verdicts, 1000);
	assert_int_equal(host->open, 2);
	assert_int_equal(host->filtered, 110);
	assert_int_equal(host->closed, 888);
	assert_int_equal(host->ports[22], PORT_OPEN);
	assert_int_equal(host->ports[150], PORT_FILTERED);
	assert_int_equal(host->ports[205], PORT_FILTERED);
	assert_int_equal(host->ports[1000], PORT_CLOSED);
}

static void every_port_gets_its_verdict(void **state)
{
	const struct flow_sim_host hosts[] = {server("10.0.0.1", "10.0.0.1", MS(1), 0)};
	const char *targets[] = {"10.0.0.1"};
	struct world world;

	world_init(&world, hosts, 1, 0, targets, 1, 1, 1000, 1);
	world_run(&world);
	assert_web_server(world_find(&world, "10.0.0.1"));
	assert_int_equal(world.end.end.outcome, RUN_COMPLETE);
	assert_int_equal(world.end.end.hosts_total, 1);
	assert_int_equal(world.end.end.hosts_up, 1);
	world_release(&world);
}

static void a_dead_host_is_down_after_two_tries_each(void **state)
{
	const char *targets[] = {"10.0.0.9"};
	struct world world;

	world_init(&world, NULL, 0, 0, targets, 1, 1, 1000, 1);
	world_run(&world);
	assert_int_equal(world_find(&world, "10.0.0.9")->state, HOST_DOWN);
	assert_int_equal(world_find(&world, "10.0.0.9")->reason, REASON_NO_RESPONSE);
	assert_int_equal(world.end.end.probes_sent, 4);
	assert_int_equal(world.port_facts, 0);
	assert_in_range(world_ms(&world), 2000, 2100);
	world_release(&world);
}

static void a_near_host_is_asked_one_port_only(void **state)
{
	const struct flow_sim_host hosts[] = {server("10.0.0.0", "10.0.0.255", MS(1), 0)};
	const char *targets[] = {"10.0.0.0/24"};
	struct world world;

	world_init(&world, hosts, 1, 0, targets, 1, 0, 0, 1);
	world_run(&world);
	assert_int_equal(world.end.end.hosts_up, 256);
	assert_int_equal(world.end.end.probes_sent, 256);
	world_release(&world);
}

/* No barrier: the first nine hosts are done long before the slow one. */
static void a_slow_host_delays_only_itself(void **state)
{
	struct flow_sim_host hosts[] = {
		server("10.0.0.1", "10.0.0.1", MS(900), 0),
		server("10.0.0.2", "10.0.0.10", MS(1), 0),
	};
	const char *targets[] = {"10.0.0.1-10"};
	struct world world;
	uint64_t slow_ns;
	unsigned i;

	world_init(&world, hosts, 2, 0, targets, 1, 1, 1000, 1);
	world_run(&world);
	assert_int_equal(world.hosts_count, 10);
	slow_ns = world_find(&world, "10.0.0.1")->done_ns;
	for (i = 0; i < 10; i++) {
		assert_web_server(&world.hosts[i]);
		assert_true(world.hosts[i].done_ns == slow_ns ||
			    world.hosts[i].done_ns * 3 < slow_ns);
	}
	world_release(&world);
}

/* Connections show neither TTL nor options; that everything is open they show. */
static void a_host_that_accepts_everything_is_told(void **state)
{
	static const struct flow_sim_port all[] = {{.first = 0, .last = 65535}};
	struct flow_sim_host hosts[] = {server("10.0.0.1", "10.0.0.1", MS(1), 0)};
	const char *targets[] = {"10.0.0.1"};
	struct world world;

	hosts[0].ports = all;
	hosts[0].ports_count = 1;
	world_init(&world, hosts, 1, 0, targets, 1, 1, 1000, 1);
	world_run(&world);
	assert_int_equal(world_find(&world, "10.0.0.1")->verdicts, 1000);
	assert_int_equal(world.warnings, 1);
	assert_non_null(strstr(world.warning, "10.0.0.1 answers every TCP port alike (SYN-ACK)"));
	world_release(&world);
}

static void a_seed_replays_bit_for_bit(void **state)
{
	const struct flow_sim_host hosts[] = {server("10.0.0.0", "10.0.0.255", MS(7), 0.05)};
	const char *targets[] = {"10.0.0.0/26"};
	uint64_t digests[3];
	int i;

	for (i = 0; i < 3; i++) {
		struct world world;

		world_init(&world, hosts, 1, 0, targets, 1, 1, 50, i < 2 ? 42 : 43);
		world_run(&world);
		digests[i] = world.digest;
		world_release(&world);
	}
	assert_int_equal(digests[0], digests[1]);
	assert_int_not_equal(digests[0], digests[2]);
}

/* Open ports behind loss: the windows close, the bench is recalled, and
 * nothing open is missed, for every seed. */
static void loss_costs_time_not_answers(void **state)
{
	static const struct flow_sim_port all[] = {{.first = 1, .last = 500}};
	struct flow_sim_host hosts[] = {{
		.first = world_ip("10.0.0.1"),
		.last = world_ip("10.0.0.1"),
		.rtt_ns = MS(20),
		.loss = 0.05,
		.ports = all,
		.ports_count = 1,
		.otherwise = FLOW_END_REFUSED,
	}};
	const char *targets[] = {"10.0.0.1"};
	uint64_t seed, missed = 0, sent = 0;

	for (seed = 1; seed <= 20; seed++) {
		struct world world;

		world_init(&world, hosts, 1, 0, targets, 1, 1, 1000, seed);
		world.plan->discovery.skip = true;
		world_run(&world);
		missed += 500 - world.open_facts;
		sent += world.end.end.probes_sent;
		assert_int_equal(world.hosts[0].verdicts, 1000);
		assert_true(world.end.end.estimated_missed < 0.001);
		world_release(&world);
	}
	/* 20 x 500 ports at 5 % loss: two sends alone would miss 25. */
	assert_true(missed <= 3);
	assert_true(sent < 20 * 1000 * 3 / 2);
}

static void few_descriptors_are_enough(void **state)
{
	const struct flow_sim_host hosts[] = {server("10.0.0.1", "10.0.0.3", MS(5), 0)};
	const char *targets[] = {"10.0.0.1-3"};
	struct world world;
	int i;

	world_init(&world, hosts, 1, 3, targets, 1, 1, 1000, 1);
	world_run(&world);
	for (i = 0; i < 3; i++)
		assert_web_server(&world.hosts[i]);
	world_release(&world);
}

static void host_timeout_reports_what_was_known(void **state)
{
	const struct flow_sim_host hosts[] = {server("10.0.0.1", "10.0.0.1", MS(50), 0)};
	const char *targets[] = {"10.0.0.1"};
	struct world world;

	world_init(&world, hosts, 1, 0, targets, 1, 1, 10000, 1);
	world.plan->timing.host_timeout_ns = MS(300);
	world_run(&world);
	assert_true(world.hosts[0].timed_out);
	assert_false(world.hosts[0].incomplete);
	assert_true(world.hosts[0].verdicts > 0);
	assert_true(world.hosts[0].verdicts < 10000);
	assert_in_range(world_ms(&world), 300, 450);
	world_release(&world);
}

static void rates_are_kept(void **state)
{
	const struct flow_sim_host hosts[] = {server("10.0.0.1", "10.0.0.1", MS(1), 0)};
	const char *targets[] = {"10.0.0.1"};
	struct world world;

	world_init(&world, hosts, 1, 0, targets, 1, 1, 90, 1);
	world.plan->discovery.skip = true;
	world.plan->timing.max_rate_pps = 10;
	world_run(&world);
	assert_in_range(world_ms(&world), 8800, 9200);
	world_release(&world);

	/* A silent host at -T3 alone would take far longer than 1 s per window. */
	world_init(&world, NULL, 0, 0, targets, 1, 1, 1000, 1);
	world.plan->discovery.skip = true;
	world.plan->timing.min_rate_pps = 1000;
	world_run(&world);
	assert_in_range(world_ms(&world), 2000, 3300);
	assert_int_equal(world.hosts[0].filtered, 1000);
	world_release(&world);
}

static void scan_delay_is_kept_per_host(void **state)
{
	const struct flow_sim_host hosts[] = {server("10.0.0.1", "10.0.0.2", MS(1), 0)};
	const char *targets[] = {"10.0.0.1-2"};
	struct world world;

	world_init(&world, hosts, 1, 0, targets, 1, 1, 20, 1);
	world.plan->discovery.skip = true;
	world.plan->timing.scan_delay_ns = MS(100);
	world_run(&world);
	assert_in_range(world_ms(&world), 1900, 2200);
	world_release(&world);
}

static void max_retries_zero_sends_once(void **state)
{
	const char *targets[] = {"10.0.0.1"};
	struct world world;

	world_init(&world, NULL, 0, 0, targets, 1, 1, 100, 1);
	world.plan->discovery.skip = true;
	world.plan->timing.max_retries = 0;
	world_run(&world);
	assert_int_equal(world.end.end.probes_sent, 100);
	assert_int_equal(world.warnings, 1);
	assert_non_null(strstr(world.warning, "retransmission cap hit (0)"));
	world_release(&world);
}

static void discovery_ignores_resets_when_told(void **state)
{
	const struct flow_sim_host hosts[] = {{
		.first = world_ip("10.0.0.1"),
		.last = world_ip("10.0.0.1"),
		.rtt_ns = MS(1),
		.otherwise = FLOW_END_REFUSED,
	}};
	const char *targets[] = {"10.0.0.1"};
	struct world world;

	world_init(&world, hosts, 1, 0, targets, 1, 0, 0, 1);
	world_run(&world);
	assert_int_equal(world.hosts[0].state, HOST_UP);
	assert_int_equal(world.hosts[0].reason, REASON_CONN_REFUSED);
	world_release(&world);
	world_init(&world, hosts, 1, 0, targets, 1, 0, 0, 1);
	world.plan->discovery.ignore_reset = true;
	world_run(&world);
	assert_int_equal(world.hosts[0].state, HOST_DOWN);
	world_release(&world);
}

static void names_come_beside_the_ports(void **state)
{
	const struct flow_sim_host hosts[] = {server("10.0.0.1", "10.0.0.2", MS(1), 0)};
	const struct resolver_sim_entry names[] = {
		{.name = "slow.test", .addr = world_ip("10.0.0.1"), .delay_ns = MS(5000)},
		{.name = "fast.test", .addr = world_ip("10.0.0.2"), .delay_ns = MS(1)},
	};
	const char *targets[] = {"10.0.0.1-2"};
	struct world world;

	world_init(&world, hosts, 1, 0, targets, 1, 1, 1000, 1);
	world.plan->names = NAMES_UP;
	world_names(&world, names, 2);
	world_run(&world);
	assert_string_equal(world_find(&world, "10.0.0.1")->name, "slow.test");
	assert_string_equal(world_find(&world, "10.0.0.2")->name, "fast.test");
	assert_true(world_find(&world, "10.0.0.2")->done_ns < MS(5000));
	world_release(&world);
}

static void a_list_scan_sends_nothing(void **state)
{
	const struct resolver_sim_entry names[] = {
		{.name = "a.test", .addr = world_ip("10.0.0.1"), .delay_ns = MS(3)},
	};
	const char *targets[] = {"10.0.0.0/30"};
	struct world world;

	world_init(&world, NULL, 0, 0, targets, 1, 0, 0, 1);
	world.plan->list_only = true;
	world.plan->names = NAMES_UP;
	world_names(&world, names, 1);
	world_run(&world);
	assert_int_equal(world.end.end.probes_sent, 0);
	assert_int_equal(world.done_facts, 4);
	assert_int_equal(world_find(&world, "10.0.0.1")->state, HOST_UNKNOWN);
	assert_string_equal(world_find(&world, "10.0.0.1")->name, "a.test");
	assert_int_equal(world.end.end.hosts_total, 4);
	assert_int_equal(world.end.end.hosts_up, 0);
	world_release(&world);
}

static void a_cancelled_run_reports_hosts_under_way(void **state)
{
	const struct flow_sim_host hosts[] = {server("10.0.0.1", "10.0.0.1", MS(50), 0)};
	const char *targets[] = {"10.0.0.1", "10.0.0.2"};
	struct world world;
	struct timer timer = {0};

	world_init(&world, hosts, 1, 0, targets, 2, 1, 10000, 1);
	timer.self = &world;
	timer.fire = world_cancel_run;
	loop_timer_set(world.loop, &timer, MS(400));
	world_run(&world);
	assert_int_equal(world.end.end.outcome, RUN_CANCELLED);
	assert_true(world_find(&world, "10.0.0.1")->incomplete);
	assert_true(world_find(&world, "10.0.0.1")->verdicts > 0);
	assert_false(world_find(&world, "10.0.0.2")->done);
	world_release(&world);
}

static void targets_that_make_no_sense_are_skipped(void **state)
{
	const struct flow_sim_host hosts[] = {server("10.0.0.1", "10.0.0.1", MS(1), 0)};
	const char *targets[] = {"no.such.name.test", "10.0.0.1", "10.0.0.300"};
	struct world world;

	world_init(&world, hosts, 1, 0, targets, 3, 1, 1000, 1);
	world_run(&world);
	assert_int_equal(world.skipped, 2);
	assert_web_server(world_find(&world, "10.0.0.1"));
	world_release(&world);
}

static void what_was_done_before_is_left_out(void **state)
{
	const struct flow_sim_host hosts[] = {server("10.0.0.1", "10.0.0.2", MS(1), 0)};
	const char *targets[] = {"10.0.0.1-2"};
	const struct ip_addr first = world_ip("10.0.0.1"), second = world_ip("10.0.0.2");
	struct world world;

	world_init(&world, hosts, 1, 0, targets, 1, 1, 1000, 1);
	world.done = addrset_new();
	assert_int_equal(addrset_add(world.done, &first), 0);
	world_run(&world);
	assert_int_equal(world.end.end.hosts_total, 1);
	assert_web_server(world_find(&world, "10.0.0.2"));
	assert_int_equal(world.warnings, 0);
	world_release(&world);

	world_init(&world, hosts, 1, 0, targets, 1, 1, 1000, 1);
	world.done = addrset_new();
	assert_int_equal(addrset_add_range(world.done, &first, &second), 0);
	world_run(&world);
	assert_int_equal(world.end.end.hosts_total, 0);
	assert_non_null(strstr(world.warning, "Nothing is left"));
	world_release(&world);
}

/* A million hosts, a hundred of them up, in bounded memory. */
static void a_million_hosts_are_swept(void **state)
{
	const struct flow_sim_host hosts[] = {{
		.first = world_ip("10.7.0.0"),
		.last = world_ip("10.7.0.99"),
		.rtt_ns = MS(10),
		.otherwise = FLOW_END_REFUSED,
	}};
	const char *targets[] = {"10.0.0.0/12"};
	struct world world;

	world_init(&world, hosts, 1, 20000, targets, 1, 0, 0, 1);
	world.plan->timing.min_parallelism = 10000;
	world_run(&world);
	assert_int_equal(world.end.end.hosts_total, 1 << 20);
	assert_int_equal(world.end.end.hosts_up, 100);
	world_release(&world);
}

static void a_host_of_65535_ports(void **state)
{
	const struct flow_sim_host hosts[] = {server("10.0.0.1", "10.0.0.1", MS(1), 0.01)};
	const char *targets[] = {"10.0.0.1"};
	struct world world;

	world_init(&world, hosts, 1, 0, targets, 1, 1, 65535, 1);
	world_run(&world);
	assert_int_equal(world.hosts[0].verdicts, 65535);
	assert_int_equal(world.hosts[0].open, 2);
	assert_in_range(world.hosts[0].filtered, 110, 112);
	world_release(&world);
}

/* Whatever allocation fails, the run ends by itself: by saying that it cannot
 * begin, by saying that it failed, or with every host accounted for. */
static void short_memory_ends_a_run_in_order(void **state)
{
	const struct flow_sim_host hosts[] = {server("10.0.0.1", "10.0.0.2", MS(1), 0.1)};
	const char *targets[] = {"10.0.0.1-3"};
	struct diag diag;
	long nth;

	for (nth = 0; nth < 2000; nth++) {
		struct world world;
		int r, struck;

		world_init(&world, hosts, 1, 0, targets, 1, 90, 120, 1);
		world_names(&world, NULL, 0);
		world.plan->names = NAMES_UP;
		alloc_fault_after(nth);
		r = world_try(&world, &diag);
		struck = alloc_fault_hit();
		alloc_fault_after(-1);
		if (r == 0) {
			assert_true(run_is_finished(world.run));
			assert_int_equal(world.ends, 1);
			assert_int_equal(world.host_facts, world.done_facts);
			assert_int_equal(world.end.end.hosts_total, world.done_facts);
		}
		world_release(&world);
		if (!struck)
			return;
		if (r == 0 && world.end.end.outcome == RUN_COMPLETE)
			assert_int_equal(world.done_facts, 3);
	}
	fail_msg("still allocating");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_port_gets_its_verdict),
		cmocka_unit_test(a_dead_host_is_down_after_two_tries_each),
		cmocka_unit_test(a_near_host_is_asked_one_port_only),
		cmocka_unit_test(a_slow_host_delays_only_itself),
		cmocka_unit_test(a_host_that_accepts_everything_is_told),
		cmocka_unit_test(a_seed_replays_bit_for_bit),
		cmocka_unit_test(loss_costs_time_not_answers),
		cmocka_unit_test(few_descriptors_are_enough),
		cmocka_unit_test(host_timeout_reports_what_was_known),
		cmocka_unit_test(rates_are_kept),
		cmocka_unit_test(scan_delay_is_kept_per_host),
		cmocka_unit_test(max_retries_zero_sends_once),
		cmocka_unit_test(discovery_ignores_resets_when_told),
		cmocka_unit_test(names_come_beside_the_ports),
		cmocka_unit_test(a_list_scan_sends_nothing),
		cmocka_unit_test(a_cancelled_run_reports_hosts_under_way),
		cmocka_unit_test(targets_that_make_no_sense_are_skipped),
		cmocka_unit_test(what_was_done_before_is_left_out),
		cmocka_unit_test(a_million_hosts_are_swept),
		cmocka_unit_test(a_host_of_65535_ports),
		cmocka_unit_test(short_memory_ends_a_run_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
