/* Networks that lie, and honest hosts that look like it. */
#include "raw_world.h"

#include <string.h>

#define MS(x) ((x)*NS_PER_MS)

struct watched {
	struct raw_world world;
	struct sink inner;
	unsigned liars;
	struct liar_finding finding; /* the last */
	bool before_done;            /* it came before its host was done */
};

static int observe(void *self, const struct observation *seen)
{
	struct watched *watched = self;

	if (seen->kind == OBSERVED_LIAR) {
		watched->liars++;
		watched->finding = seen->liar;
		watched->before_done = !raw_world_host(&watched->world, &seen->target->addr)->done;
	}
	return watched->inner.observe(watched->inner.self, seen);
}

/* -sS of a server at 10.7.0.1 that may lie, with answers 5 routers away. */
static struct link_sim_host *begin(struct watched *watched, unsigned first, unsigned last)
{
	struct raw_world *world = &watched->world;

	memset(watched, 0, sizeof(*watched));
	raw_world_init(world, LINK_IP, 9);
	watched->inner = world->sink;
	world->sink = (struct sink){watched, observe};
	raw_world_technique(world, "tcp-syn");
	raw_world_ports(world, TRANSPORT_TCP, first, last);
	raw_world_target(world, "10.7.0.1");
	return net_world_add(&world->net, "10.7.0.1", "10.7.0.1");
}

static void finds(enum link_sim_lie lie, uint8_t ttl, enum liar_kind kind)
{
	static struct watched watched;
	struct link_sim_host *host = begin(&watched, 1, 1000);

	host->lie = lie;
	host->lie_ttl = ttl;
	raw_world_run(&watched.world);
	assert_int_equal(watched.liars, 1);
	assert_int_equal(watched.finding.kind, kind);
	assert_true(watched.before_done);
	if (ttl)
		assert_int_equal(watched.finding.ttl, ttl);
	assert_non_null(strstr(watched.world.warning, "Note: "));
	assert_non_null(strstr(watched.world.warning, "10.7.0.1"));
	/* Ports are told as they answered, and none that was not to be scanned. */
	assert_int_equal(raw_world_find(&watched.world, "10.7.0.1")->verdicts, 1000);
	raw_world_release(&watched.world);
}

static void a_syn_proxy_is_told(void **state)
{
	finds(LINK_SIM_SYN_PROXY, 250, LIAR_SYN_PROXY);
	finds(LINK_SIM_SYN_PROXY, 255, LIAR_SYN_PROXY);
}

static void a_tarpit_is_told(void **state)
{
	finds(LINK_SIM_TARPIT, 60, LIAR_TARPIT);
}

static void a_host_with_all_ports_open_is_told(void **state)
{
	finds(LINK_SIM_ALL_OPEN, 0, LIAR_ALL_OPEN);
}

static void a_firewall_that_resets_is_told(void **state)
{
	finds(LINK_SIM_RST_FIREWALL, 252, LIAR_RST_FIREWALL);
}

static void accuses_nobody(struct watched *watched)
{
	raw_world_run(&watched->world);
	assert_int_equal(watched->liars, 0);
	assert_int_equal(watched->world.warnings, 0);
	raw_world_release(&watched->world);
}

/* As many as a host of containers, or of a media server, has. */
static void honest_hosts_are_not_accused(void **state)
{
	static const struct link_sim_port busy[] = {
		{.transport = TRANSPORT_TCP, .first = 1, .last = 400, .state = LINK_SIM_OPEN},
		{.transport = TRANSPORT_TCP, .first = 8000, .last = 9000, .state = LINK_SIM_OPEN},
	};
	static struct watched watched;
	struct link_sim_host *host = begin(&watched, 1, 1000);

	accuses_nobody(&watched); /* the usual server */
	host = begin(&watched, 1, 1000);
	host->ports = busy;
	host->ports_count = 2;
	accuses_nobody(&watched);
	host = begin(&watched, 8100, 8200); /* all that is asked is open */
	host->ports = busy;
	host->ports_count = 2;
	accuses_nobody(&watched);
	host = begin(&watched, 1, 65535);
	host->ports = busy;
	host->ports_count = 2;
	accuses_nobody(&watched);
	host = begin(&watched, 1, 1000); /* resets everything, by its own stack */
	host->ports_count = 0;
	host->lie = LINK_SIM_RST_FIREWALL;
	host->lie_ttl = 59;
	accuses_nobody(&watched);
}

/* They are asked only where there is something to suspect. */
static void an_honest_host_is_asked_nothing_more(void **state)
{
	static struct watched watched;
	struct link_sim_truth truth;

	begin(&watched, 300, 399)->ports_count = 0; /* all closed */
	watched.world.plan->discovery.skip = true;
	raw_world_run(&watched.world);
	raw_world_truth(&watched.world, &truth);
	assert_int_equal(truth.answers, 100);
	raw_world_release(&watched.world);
	begin(&watched, 300, 399)->lie = LINK_SIM_ALL_OPEN;
	watched.world.plan->discovery.skip = true;
	raw_world_run(&watched.world);
	raw_world_truth(&watched.world, &truth);
	assert_in_range(truth.answers, 105, 110); /* canaries */
	raw_world_release(&watched.world);
}

static void excluded_ports_keep_others_from_being_asked(void **state)
{
	static struct watched watched;

	begin(&watched, 300, 399)->lie = LINK_SIM_ALL_OPEN;
	watched.world.plan->exact_ports = true;
	accuses_nobody(&watched);
}

static void all_ports_may_have_been_asked(void **state)
{
	static struct watched watched;

	begin(&watched, 1, 65535)->lie = LINK_SIM_ALL_OPEN;
	raw_world_run(&watched.world);
	assert_int_equal(watched.liars, 1);
	assert_int_equal(watched.finding.kind, LIAR_ALL_OPEN);
	assert_int_equal(raw_world_find(&watched.world, "10.7.0.1")->verdicts, 65535);
	raw_world_release(&watched.world);
}

static void loss_hides_no_liar(void **state)
{
	static struct watched watched;
	struct link_sim_host *host = begin(&watched, 1, 1000);

	host->lie = LINK_SIM_SYN_PROXY;
	host->lie_ttl = 250;
	net_world_lose(&watched.world.net, 0.1);
	raw_world_run(&watched.world);
	assert_int_equal(watched.liars, 1);
	assert_int_equal(watched.finding.kind, LIAR_SYN_PROXY);
	raw_world_release(&watched.world);
}

/* A sweep's hosts are looked at, too. */
static void a_sweep_finds_liars(void **state)
{
	static struct watched watched;
	struct link_sim_host *host = begin(&watched, 1, 80);

	host->lie = LINK_SIM_SYN_PROXY;
	host->lie_ttl = 250;
	watched.world.plan->sweep.wanted = watched.world.plan->sweep.special = true;
	raw_world_run(&watched.world);
	assert_int_equal(watched.liars, 1);
	assert_int_equal(watched.finding.kind, LIAR_SYN_PROXY);
	raw_world_release(&watched.world);
}

/* -p8080 10.7.0.0/22, the second /24 of which is behind a SYN proxy. */
static void scan_prefixes(struct watched *watched, bool sweep, enum link_sim_lie lie)
{
	struct raw_world *world = &watched->world;
	struct link_sim_host *host = begin(watched, 8080, 8080);

	ip_parse("10.7.1.0", &host->first);
	ip_parse("10.7.1.255", &host->last);
	host->lie = lie;
	host->lie_ttl = 250;
	host = net_world_add(&world->net, "10.7.2.0", "10.7.2.255");
	host->lie = LINK_SIM_ALL_OPEN; /* what a usual stack says is not odd */
	world->plan->targets.expressions_count = 0;
	raw_world_target(world, "10.7.0.0/22");
	world->plan->sweep.wanted = world->plan->sweep.special = sweep;
	raw_world_run(world);
}

static void a_prefix_behind_a_proxy_is_one_note(void **state)
{
	static struct watched watched;
	int sweep;

	for (sweep = 0; sweep < 2; sweep++) {
		scan_prefixes(&watched, sweep, LINK_SIM_SYN_PROXY);
		assert_int_equal(watched.world.warnings, 1);
		assert_non_null(strstr(watched.world.warning,
				       "Note: 256 addresses of 10.7.1.0/24 answer alike"));
		raw_world_release(&watched.world);
		scan_prefixes(&watched, sweep, LINK_SIM_ALL_OPEN);
		assert_int_equal(watched.world.warnings, 0);
		raw_world_release(&watched.world);
	}
}

static void a_check_may_be_cut_short(void **state)
{
	static struct watched watched;
	uint64_t at_ns;

	for (at_ns = MS(20); at_ns < MS(400); at_ns += MS(9)) {
		struct timer timer = {.fire = raw_world_cancel, .self = &watched.world};
		struct link_sim_host *host = begin(&watched, 1, 200);

		host->lie = LINK_SIM_ALL_OPEN;
		assert_int_equal(loop_timer_set(watched.world.net.loop, &timer, at_ns), 0);
		raw_world_run(&watched.world);
		loop_timer_cancel(watched.world.net.loop, &timer);
		raw_world_release(&watched.world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_syn_proxy_is_told),
		cmocka_unit_test(a_tarpit_is_told),
		cmocka_unit_test(a_host_with_all_ports_open_is_told),
		cmocka_unit_test(a_firewall_that_resets_is_told),
		cmocka_unit_test(honest_hosts_are_not_accused),
		cmocka_unit_test(an_honest_host_is_asked_nothing_more),
		cmocka_unit_test(excluded_ports_keep_others_from_being_asked),
		cmocka_unit_test(all_ports_may_have_been_asked),
		cmocka_unit_test(loss_hides_no_liar),
		cmocka_unit_test(a_sweep_finds_liars),
		cmocka_unit_test(a_prefix_behind_a_proxy_is_one_note),
		cmocka_unit_test(a_check_may_be_cut_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
