/* The service scan, with the signatures that are compiled in, against a host with a thousand
 * ports of which none says what it is: all are told, soon enough, and for little. */
#include "support.h"

#include "detect/service/service_scan.h"
#include "util/alloc.h"

#include <malloc.h>
#include <string.h>

/* ASan's own count, where it is. */
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

static size_t bytes_now(void)
{
	return __sanitizer_get_current_allocated_bytes ? __sanitizer_get_current_allocated_bytes()
						       : mallinfo2().uordblks;
}

#define S(x)  ((x)*NS_PER_S)
#define PORTS 1000u
#define FIRST 30001u

struct many {
	struct loop *loop;
	struct gate gate;
	struct flow_sim_host host;
	struct flow_net *flows;
	struct plan *plan;
	struct probe_db *db;
	struct matcher *matcher;
	struct service_scan *scan;
	struct detector detector;
	struct detect_work *work;
	struct target target;
	struct detect_port ports[PORTS];
	unsigned told[PORTS], ends[SERVICE_ENDS], done;
	size_t bytes_before, bytes_most, open_most;
	uint64_t last_ns, longest_ns;
	struct timer sample;
};

static void opened(void *self, const struct detect_port *port)
{
	(void)self;
	(void)port;
}

static void found(void *self, const struct detect_port *port, const struct service_facts *facts)
{
	struct many *many = self;

	many->told[port->number - FIRST]++;
	many->ends[facts->end]++;
	many->last_ns = loop_now_ns(many->loop);
	if (many->longest_ns < facts->took_ns)
		many->longest_ns = facts->took_ns;
}

static void done(void *self)
{
	struct many *many = self;

	many->done++;
	many->work = NULL;
	loop_timer_cancel(many->loop, &many->sample);
}

/* Ten times a second: what is there at the busiest. */
static void sample(void *self)
{
	struct many *many = self;
	size_t bytes = bytes_now(), open = flow_net_open_count(many->flows);

	if (many->bytes_most < bytes)
		many->bytes_most = bytes;
	if (many->open_most < open)
		many->open_most = open;
	(void)loop_timer_set(many->loop, &many->sample, loop_now_ns(many->loop) + 100 * NS_PER_MS);
}

static void many_init(struct many *many, const struct flow_sim_port *server, size_t count,
		      size_t max_open)
{
	struct flow_sim_config flows = {.hosts_count = 1, .max_open = max_open, .seed = 1};
	struct service_scan_config config = {0};
	size_t i;

	memset(many, 0, sizeof(*many));
	assert_true(ip_parse("10.0.0.1", &many->target.addr));
	many->host = (struct flow_sim_host){.first = many->target.addr,
					    .last = many->target.addr,
					    .rtt_ns = 10 * NS_PER_MS,
					    .ports = server,
					    .ports_count = count,
					    .otherwise = FLOW_END_REFUSED};
	flows.hosts = &many->host;
	flows.gate = &many->gate;
	config.loop = flows.loop = many->loop = loop_sim_new(1700000000 * NS_PER_S);
	assert_int_equal(flow_sim_new(&flows, &many->flows), 0);
	config.flows = many->flows;
	config.plan = many->plan = plan_new();
	many->plan->version.wanted = true;
	many->plan->version.intensity = 7;
	assert_int_equal(probe_db_builtin(&many->db), 0);
	assert_int_equal(matcher_new(many->db, NULL, NULL, &many->matcher), 0);
	config.db = many->db;
	config.matcher = many->matcher;
	for (i = 0; i < PORTS; i++)
		many->ports[i] = (struct detect_port){.transport = TRANSPORT_TCP,
						      .number = (uint16_t)(FIRST + i),
						      .state = PORT_OPEN};
	assert_int_equal(service_scan_new(&config, &many->scan), 0);
	many->detector = service_scan_detector(many->scan);
}

static void many_start(struct many *many)
{
	const struct detect_order order = {
		.target = &many->target,
		.ports = many->ports,
		.ports_count = PORTS,
		.opened = opened,
		.found = found,
		.done = done,
		.self = many,
	};

	many->bytes_before = bytes_now();
	many->sample.fire = sample;
	many->sample.self = many;
	sample(many);
	assert_int_equal(many->detector.start(many->detector.self, &order, &many->work), 0);
}

static void many_run(struct many *many)
{
	many_start(many);
	assert_int_equal(loop_run(many->loop), 0);
	assert_int_equal(many->done, 1);
	for (size_t i = 0; i < PORTS; i++)
		assert_int_equal(many->told[i], 1);
	assert_int_equal(flow_net_open_count(many->flows), 0);
	print_message("%u ports: %.1f s, the longest %.1f s; at the busiest %zu connections and "
		      "%zu KiB\n",
		      PORTS, (double)many->last_ns / NS_PER_S, (double)many->longest_ns / NS_PER_S,
		      many->open_most, (many->bytes_most - many->bytes_before) >> 10);
}

static void many_release(struct many *many)
{
	service_scan_free(many->scan);
	matcher_free(many->matcher);
	probe_db_free(many->db);
	flow_net_free(many->flows);
	plan_free(many->plan);
	loop_free(many->loop);
}

static const struct flow_sim_port silent = {.first = FIRST, .last = FIRST + PORTS - 1};

static void a_thousand_silent_ports_take_minutes_not_hours(void **state)
{
	struct many many;

	(void)state;
	many_init(&many, &silent, 1, 0);
	many_run(&many);
	assert_int_equal(many.ends[SERVICE_UNKNOWN], PORTS);
	assert_true(many.last_ns < S(180));
	assert_true(many.bytes_most - many.bytes_before < 100 * 40 << 10);
	many_release(&many);
}

/* Fifty descriptors: few ports at a time, and none is forgotten. */
static void few_descriptors_are_enough(void **state)
{
	struct many many;

	(void)state;
	many_init(&many, &silent, 1, 50);
	many_run(&many);
	assert_int_equal(many.ends[SERVICE_UNKNOWN], PORTS);
	assert_true(many.open_most <= 50);
	many_release(&many);
}

/* From one place to another. */
#define PLACES(from, to) .first = FIRST + (from), .last = FIRST + (to)-1

/* Of the flood a little is enough: it is all matched again and again. */
static const struct flow_sim_port hostile[] = {
	{PLACES(0, 10), .banner = "noise without an end, over and over again, ", .endless = true},
	{PLACES(10, 200), .banner = "a byte, and another, and so on", .drip_ns = S(1)},
	{PLACES(200, 400), .echo = true},
	{PLACES(400, 700), .reset_on_data = true},
	{PLACES(700, PORTS), .banner = "", .closes = true},
};

/* Of each response 4 KiB are taken and 1.3 KiB kept, whatever comes; the simulated network's
 * own bytes are counted, too. */
static void hostile_ports_end_and_cost_little(void **state)
{
	static const size_t descriptors[] = {0, 50};
	struct many many;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		many_init(&many, hostile, 5, descriptors[i]);
		many_run(&many);
		assert_int_equal(many.ends[SERVICE_HARD], 200); /* echo is a service */
		assert_int_equal(many.ends[SERVICE_WRAPPED], 300);
		assert_int_equal(many.ends[SERVICE_UNKNOWN], 500);
		assert_true(many.bytes_most - many.bytes_before < 100 * 160 << 10);
		assert_true(many.longest_ns <= S(61));
		many_release(&many);
	}
}

static void stop_now(void *self)
{
	struct many *many = self;

	loop_timer_cancel(many->loop, &many->sample);
	many->detector.stop(many->detector.self, many->work);
}

static void a_stop_amid_a_thousand_leaves_nothing(void **state)
{
	struct many many;
	struct timer stop = {.fire = stop_now, .self = &many};

	(void)state;
	many_init(&many, hostile, 5, 50);
	many_start(&many);
	assert_int_equal(loop_timer_set(many.loop, &stop, S(20)), 0);
	assert_int_equal(loop_run(many.loop), 0);
	assert_int_equal(many.done, 0);
	assert_int_equal(loop_now_ns(many.loop), S(20)); /* no timer is left */
	assert_int_equal(flow_net_open_count(many.flows), 0);
	many_release(&many);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thousand_silent_ports_take_minutes_not_hours),
		cmocka_unit_test(few_descriptors_are_enough),
		cmocka_unit_test(hostile_ports_end_and_cost_little),
		cmocka_unit_test(a_stop_amid_a_thousand_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
