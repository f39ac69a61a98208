/* Large scans on the simulated network: the results are exact, memory is bounded by the
 * engine's own limits, and the rate finds its way under a policer. */
#include "raw_scan.h"

#include <math.h>

#define MS(x)    ((x)*NS_PER_MS)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define POLICER_PPS  20000
#define SETTLE_SEEDS 6
#define MEASURED_S   16
#define SETTLED_S    10 /* by then the rate has settled */
#define ALL_PORTS    65535u
#define MILLION      1048576u
#define MILLION_LIVE 20972u /* 2 % */

static uint16_t all_ports[ALL_PORTS];

static void report(const char *what, const struct raw_scan *scan,
		   const struct raw_scan_result *result)
{
	print_message("%s: %llu of %llu found, estimate of missed %.1f [%g, %g], %llu packets, "
		      "%.2f s simulated\n",
		      what, (unsigned long long)result->found,
		      (unsigned long long)result->answerable, scan->end.end.missed,
		      scan->end.end.missed_low, scan->end.end.missed_high,
		      (unsigned long long)result->sent, result->seconds);
}

static void run_exact(struct raw_scan *scan, const char *what, uint64_t answerable)
{
	struct raw_scan_result result;

	raw_scan_run(scan);
	raw_scan_compare(scan, &result);
	report(what, scan, &result);
	assert_int_equal(result.answerable, answerable);
	assert_int_equal(result.found, answerable);
	assert_int_equal(result.wrong, 0);
	assert_true(raw_scan_estimated(scan, 0));
}

static void a_sweep_of_a_million_hosts(void **state)
{
	static const uint16_t port = 443;
	struct raw_scan scan;

	raw_scan_init(&scan, LINK_IP, "10.16.0.0", MILLION, &port, 1, true, 1);
	net_world_add(&scan.net, "10.20.0.0", "10.20.81.235");
	run_exact(&scan, "a million hosts", MILLION_LIVE);
	raw_scan_release(&scan);
}

static const struct link_sim_port five_open[] = {
	{.transport = TRANSPORT_TCP, .first = 22, .last = 22, .state = LINK_SIM_OPEN},
	{.transport = TRANSPORT_TCP, .first = 80, .last = 80, .state = LINK_SIM_OPEN},
	{.transport = TRANSPORT_TCP, .first = 443, .last = 443, .state = LINK_SIM_OPEN},
	{.transport = TRANSPORT_TCP, .first = 8080, .last = 8080, .state = LINK_SIM_OPEN},
	{.transport = TRANSPORT_TCP, .first = 60000, .last = 60000, .state = LINK_SIM_OPEN},
};

static void all_ports_init(struct raw_scan *scan, enum link_sim_state otherwise)
{
	struct link_sim_host *host;

	raw_scan_init(scan, LINK_ETHERNET, "10.0.0.7", 1, all_ports, ALL_PORTS, false, 1);
	host = net_world_add(&scan->net, "10.0.0.7", "10.0.0.7");
	host->ports = five_open;
	host->ports_count = COUNT(five_open);
	host->otherwise[TRANSPORT_TCP] = otherwise;
}

static void all_ports_of_a_host_that_resets(void **state)
{
	struct raw_scan scan;

	all_ports_init(&scan, LINK_SIM_CLOSED);
	run_exact(&scan, "all ports, closed", ALL_PORTS);
	raw_scan_release(&scan);
}

static void all_ports_of_a_silent_host(void **state)
{
	struct raw_scan scan;

	all_ports_init(&scan, LINK_SIM_SILENT);
	run_exact(&scan, "all ports, silent", COUNT(five_open));
	raw_scan_release(&scan);
}

static void all_ports_behind_loss(void **state)
{
	struct raw_scan scan;

	all_ports_init(&scan, LINK_SIM_SILENT);
	net_world_lose(&scan.net, 0.03);
	run_exact(&scan, "all ports, silent, 3 % loss", COUNT(five_open));
	raw_scan_release(&scan);
}

/* ---- a policer ---- */

static double rate_between(const struct raw_scan *scan, unsigned from_s, unsigned to_s)
{
	double sent = 0;
	unsigned i;

	for (i = from_s; i < to_s; i++)
		sent += scan->sent_in[i];
	return sent / (to_s - from_s);
}

/* Its share of the policer's rate. */
static double settled_share(struct raw_scan *scan, const char *what)
{
	struct raw_scan_result result;
	double share;

	raw_scan_run(scan);
	raw_scan_compare(scan, &result);
	report(what, scan, &result);
	assert_true(result.seconds > MEASURED_S);
	share = rate_between(scan, SETTLED_S, MEASURED_S) / POLICER_PPS;
	print_message("%s: after %d s, %.3f of the policer's rate\n", what, SETTLED_S, share);
	assert_int_equal(result.wrong, 0);
	assert_true(result.found * 1000 >= result.answerable * 999);
	assert_true(share > 0.75 && share < 1.05);
	return share;
}

static void a_sweep_settles_under_a_policer(void **state)
{
	static const uint16_t ports[] = {80, 81, 82, 83, 84};
	struct raw_scan scan;
	double sum = 0;
	uint64_t seed;

	for (seed = 1; seed <= SETTLE_SEEDS; seed++) {
		raw_scan_init(&scan, LINK_IP, "10.64.0.0", 65536, ports, COUNT(ports), true, seed);
		net_world_add(&scan.net, "10.64.0.0", "10.64.255.255");
		net_world_police(&scan.net, POLICER_PPS, 500);
		sum += settled_share(&scan, "sweep, policer");
		raw_scan_release(&scan);
	}
	/* Now and then more is tried; on the whole it is less. */
	assert_true(sum / SETTLE_SEEDS > 0.8 && sum / SETTLE_SEEDS < 1.0);
}

static void a_track_settles_under_a_policer(void **state)
{
	struct raw_scan scan;
	double sum = 0;
	uint64_t seed;

	for (seed = 1; seed <= SETTLE_SEEDS; seed++) {
		raw_scan_init(&scan, LINK_IP, "10.7.0.0", 6, all_ports, ALL_PORTS, false, seed);
		net_world_add(&scan.net, "10.7.0.0", "10.7.0.7")->otherwise[TRANSPORT_TCP] =
			LINK_SIM_CLOSED;
		net_world_police(&scan.net, POLICER_PPS, 500);
		sum += settled_share(&scan, "track, policer");
		raw_scan_release(&scan);
	}
	/* Now and then more is tried; on the whole it is less. */
	assert_true(sum / SETTLE_SEEDS > 0.8 && sum / SETTLE_SEEDS < 1.0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sweep_of_a_million_hosts),
		cmocka_unit_test(all_ports_of_a_host_that_resets),
		cmocka_unit_test(all_ports_of_a_silent_host),
		cmocka_unit_test(all_ports_behind_loss),
		cmocka_unit_test(a_sweep_settles_under_a_policer),
		cmocka_unit_test(a_track_settles_under_a_policer),
	};
	uint32_t i;

	for (i = 0; i < ALL_PORTS; i++)
		all_ports[i] = (uint16_t)(i + 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
