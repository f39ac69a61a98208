/* The system of a host to which no raw packet can be sent: what else is known of it must do. */
#include "world.h"

#include "detect/os/os_scan.h"
#include "engine/detector.h"
#include "util/alloc.h"

#include <string.h>

#define MS(x) ((x)*NS_PER_MS)

struct watched {
	struct world world;
	struct sink inner;
	struct flow_sim_host host;
	struct os_scan *scan;
	struct system_detector systems;
	struct detector services;
	unsigned told;
	bool services_were_known;
	struct system_facts facts; /* of its pointers only those to constants count */
	char best[64];
};

static int observe(void *self, const struct observation *seen)
{
	struct watched *watched = self;

	if (seen->kind == OBSERVED_SYSTEM) {
		watched->told++;
		watched->facts = *seen->system;
		watched->services_were_known =
			world_find(&watched->world, "10.0.0.1")->services == 1;
		if (seen->system->guesses_count)
			snprintf(watched->best, sizeof(watched->best), "%s",
				 seen->system->guesses[0].family);
	}
	return watched->inner.observe(watched->inner.self, seen);
}

/* A service that says which system it runs on. */
struct detect_work {
	struct detect_order order;
	struct timer timer;
};

static void say(void *self)
{
	struct detect_work *work = self;
	const struct detect_order order = work->order;
	const struct service_facts facts = {.end = SERVICE_HARD,
					    .name = "ssh",
					    .ostype = "FreeBSD",
					    .cpe_o = "cpe:/o:freebsd:freebsd",
					    .confidence = 10};

	alloc_free(work);
	order.found(order.self, &order.ports[0], &facts);
	order.done(order.self);
}

static int services_start(void *self, const struct detect_order *order,
			  struct detect_work **ret_work)
{
	struct watched *watched = self;
	struct detect_work *work = alloc_zero(sizeof(*work));

	assert_non_null(work);
	*work = (struct detect_work){.order = *order, .timer = {.fire = say, .self = work}};
	assert_int_equal(loop_timer_set(watched->world.loop, &work->timer,
					loop_now_ns(watched->world.loop) + MS(10)),
			 0);
	*ret_work = work;
	return 0;
}

static void services_stop(void *self, struct detect_work *work)
{
	struct watched *watched = self;

	loop_timer_cancel(watched->world.loop, &work->timer);
	alloc_free(work);
}

static void begin(struct watched *watched)
{
	static const struct flow_sim_port open[] = {{.first = 22, .last = 22}};
	static const char *const targets[] = {"10.0.0.1"};
	struct world *world = &watched->world;
	struct os_scan_config config = {.own_data = true};

	memset(watched, 0, sizeof(*watched));
	watched->host = (struct flow_sim_host){.first = world_ip("10.0.0.1"),
					       .last = world_ip("10.0.0.1"),
					       .rtt_ns = MS(1),
					       .ports = open,
					       .ports_count = 1,
					       .otherwise = FLOW_END_REFUSED};
	world_init(world, &watched->host, 1, 0, targets, 1, 20, 25, 1);
	watched->inner = world->sink;
	world->sink = (struct sink){watched, observe};
	config.plan = world->plan;
	config.loop = world->loop;
	assert_int_equal(os_scan_new(&config, &watched->scan), 0);
	watched->systems = os_scan_detector(watched->scan);
	watched->services =
		(struct detector){.self = watched, .start = services_start, .stop = services_stop};
	world->systems = &watched->systems;
}

static void end(struct watched *watched)
{
	world_release(&watched->world);
	os_scan_free(watched->scan);
}

static void what_services_say_is_weighed(void **state)
{
	static struct watched watched;

	(void)state;
	begin(&watched);
	watched.world.services = &watched.services;
	world_run(&watched.world);
	assert_int_equal(watched.told, 1);
	assert_true(watched.services_were_known);
	assert_int_equal(watched.facts.result, SYSTEM_NONE);
	assert_int_equal(watched.facts.probes_sent, 0);
	assert_int_equal(watched.facts.open_tcp, 22);
	assert_int_equal(watched.facts.closed_tcp, 20);
	assert_false(watched.facts.unreliable);
	assert_null(watched.facts.fingerprint);
	assert_string_equal(watched.best, "FreeBSD");
	end(&watched);
}

static void without_any_nothing_is_made_up(void **state)
{
	static struct watched watched;

	(void)state;
	begin(&watched);
	world_run(&watched.world);
	assert_int_equal(watched.told, 1);
	assert_int_equal(watched.facts.matches_count, 0);
	assert_int_equal(watched.facts.evidence_count, 0);
	end(&watched);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_services_say_is_weighed),
		cmocka_unit_test(without_any_nothing_is_made_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
