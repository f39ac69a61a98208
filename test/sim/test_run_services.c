/* The service stage of whole runs: when hosts enter it, and what ends it. The detector is a
 * scripted one, that takes its time. */
#include "world.h"

#include "engine/detector.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define MS(x) ((x)*NS_PER_MS)

struct detect_work {
	struct slow *slow;
	struct detect_order order;
	struct timer timer;
	size_t told;
};

struct slow {
	struct loop *loop;
	uint64_t takes_ns;
	unsigned started, stopped, ports;
	uint16_t first_port;
	uint64_t first_start_ns;
	bool refuses;
	bool one_by_one; /* a port is told each takes_ns */
};

static void work_over(void *self)
{
	struct detect_work *work = self;
	const struct detect_order order = work->order;
	const struct script_finding finding = {.id = "open", .severity = FINDING_HIGH};
	struct service_facts facts = {.end = SERVICE_HARD, .name = "thing", .confidence = 10};

	for (; work->told < order.ports_count; work->told++) {
		if (order.ports[work->told].state == PORT_OPEN_FILTERED)
			order.opened(order.self, &order.ports[work->told]);
		facts.finding = order.ports[work->told].number == 80 ? &finding : NULL;
		order.found(order.self, &order.ports[work->told], &facts);
		if (work->slow->one_by_one && work->told + 1 < order.ports_count) {
			work->told++;
			assert_int_equal(loop_timer_set(work->slow->loop, &work->timer,
							loop_now_ns(work->slow->loop) +
								work->slow->takes_ns),
					 0);
			return;
		}
	}
	alloc_free(work);
	order.done(order.self);
}

static int slow_start(void *self, const struct detect_order *order, struct detect_work **ret_work)
{
	struct slow *slow = self;
	struct detect_work *work;

	if (slow->refuses)
		return ERROR_MEMORY;
	work = alloc_zero(sizeof(*work));
	assert_non_null(work);
	work->slow = slow;
	work->order = *order;
	work->timer.fire = work_over;
	work->timer.self = work;
	if (!slow->started++)
		slow->first_start_ns = loop_now_ns(slow->loop);
	slow->ports += (unsigned)order->ports_count;
	slow->first_port = order->ports[0].number;
	assert_int_equal(
		loop_timer_set(slow->loop, &work->timer, loop_now_ns(slow->loop) + slow->takes_ns),
		0);
	*ret_work = work;
	return 0;
}

static void slow_stop(void *self, struct detect_work *work)
{
	struct slow *slow = self;

	slow->stopped++;
	loop_timer_cancel(slow->loop, &work->timer);
	alloc_free(work);
}

static const struct flow_sim_port web[] = {
	{.first = 22, .last = 22},
	{.first = 80, .last = 80},
};

struct scene {
	struct world world;
	struct slow slow;
	struct detector detector;
	struct flow_sim_host hosts[2];
};

static void begin(struct scene *scene, uint64_t takes_ns)
{
	static const char *const targets[] = {"10.0.0.1", "10.0.0.2"};

	memset(scene, 0, sizeof(*scene));
	for (int i = 0; i < 2; i++)
		scene->hosts[i] = (struct flow_sim_host){
			.first = world_ip(targets[i]),
			.last = world_ip(targets[i]),
			.rtt_ns = i ? MS(300) : MS(1),
			.ports = web,
			.ports_count = 2,
			.otherwise = FLOW_END_REFUSED,
		};
	world_init(&scene->world, scene->hosts, 2, 0, targets, 2, 1, 100, 1);
	scene->slow.loop = scene->world.loop;
	scene->slow.takes_ns = takes_ns;
	scene->detector =
		(struct detector){.self = &scene->slow, .start = slow_start, .stop = slow_stop};
	scene->world.services = &scene->detector;
}

static void open_ports_are_looked_at_and_no_host_waits(void **state)
{
	struct scene scene;
	struct world_host *near, *far;

	(void)state;
	begin(&scene, MS(5000));
	world_run(&scene.world);
	near = world_find(&scene.world, "10.0.0.1");
	far = world_find(&scene.world, "10.0.0.2");
	assert_int_equal(scene.slow.started, 2);
	assert_int_equal(scene.slow.ports, 4);
	assert_int_equal(scene.slow.first_port, 22);
	assert_int_equal(near->services, 2);
	assert_int_equal(far->services, 2);
	assert_int_equal(near->findings, 80);
	assert_int_equal(far->findings, 80);
	/* The near host's services were asked while the far one's ports still were. */
	assert_true(scene.slow.first_start_ns < far->done_ns - MS(5000));
	assert_int_equal(scene.world.end.end.outcome, RUN_COMPLETE);
	world_release(&scene.world);
}

static void a_host_without_open_ports_has_no_such_stage(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, MS(10));
	scene.hosts[0].ports_count = 0;
	scene.hosts[1].ports_count = 0;
	world_run(&scene.world);
	assert_int_equal(scene.slow.started, 0);
	assert_true(world_find(&scene.world, "10.0.0.1")->done);
	world_release(&scene.world);
}

static void the_host_timeout_holds_there_too(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, MS(60000));
	if (!scene.world.plan)
		return;
	scene.world.plan->timing.host_timeout_ns = MS(20000);
	world_run(&scene.world);
	assert_int_equal(scene.slow.stopped, 2);
	assert_true(world_find(&scene.world, "10.0.0.1")->timed_out);
	assert_int_equal(world_find(&scene.world, "10.0.0.1")->services, 0);
	assert_true(world_ms(&scene.world) < 30000);
	world_release(&scene.world);
}

static void a_cancelled_run_stops_it(void **state)
{
	struct scene scene;
	struct timer timer = {.fire = world_cancel_run, .self = &scene.world};

	(void)state;
	begin(&scene, MS(60000));
	assert_int_equal(loop_timer_set(scene.world.loop, &timer, MS(10000)), 0);
	world_run(&scene.world);
	assert_int_equal(scene.slow.stopped, 2);
	assert_true(world_find(&scene.world, "10.0.0.1")->incomplete);
	assert_int_equal(scene.world.end.end.outcome, RUN_CANCELLED);
	world_release(&scene.world);
}

static void a_detector_that_cannot_begin_is_told(void **state)
{
	struct scene scene;

	(void)state;
	begin(&scene, MS(10));
	scene.slow.refuses = true;
	world_run(&scene.world);
	assert_true(world_find(&scene.world, "10.0.0.1")->incomplete);
	assert_int_equal(world_find(&scene.world, "10.0.0.1")->open, 2);
	world_release(&scene.world);
}

/* ---- how far it is ---- */

struct watcher {
	struct scene *scene;
	struct timer timer;
	double last, before_services, between;
	unsigned looks;
};

static void look(void *self)
{
	struct watcher *watcher = self;
	struct world *world = &watcher->scene->world;
	struct run_progress progress;

	run_progress(world->run, &progress);
	assert_true(progress.fraction >= watcher->last);
	assert_true(progress.fraction <= 1.0);
	watcher->last = progress.fraction;
	watcher->looks++;
	if (!watcher->scene->slow.started)
		watcher->before_services = progress.fraction;
	/* Of two hosts with two ports each: the first port was told of each, the second not. */
	if (world->hosts_count == 2 && world->hosts[0].services == 1 &&
	    world->hosts[1].services == 1)
		watcher->between = progress.fraction;
	if (!run_is_finished(world->run))
		assert_int_equal(loop_timer_set(world->loop, &watcher->timer,
						loop_now_ns(world->loop) + MS(20)),
				 0);
}

static void progress_never_goes_back_and_ends_at_one(void **state)
{
	struct scene scene;
	struct watcher watcher = {.scene = &scene, .timer = {.fire = look, .self = &watcher}};

	(void)state;
	begin(&scene, MS(8000));
	scene.slow.one_by_one = true;
	assert_int_equal(loop_timer_set(scene.world.loop, &watcher.timer, MS(1)), 0);
	world_run(&scene.world);
	assert_true(watcher.last < 1.0);
	loop_timer_cancel(scene.world.loop, &watcher.timer);
	look(&watcher);
	assert_true(watcher.looks > 100);
	/* Ports are half of it, each service its share of the other half. */
	assert_true(watcher.before_services <= 0.5);
	assert_true(watcher.between > 0.74 && watcher.between < 0.76);
	assert_true(watcher.last == 1.0);
	world_release(&scene.world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_ports_are_looked_at_and_no_host_waits),
		cmocka_unit_test(a_host_without_open_ports_has_no_such_stage),
		cmocka_unit_test(the_host_timeout_holds_there_too),
		cmocka_unit_test(a_cancelled_run_stops_it),
		cmocka_unit_test(a_detector_that_cannot_begin_is_told),
		cmocka_unit_test(progress_never_goes_back_and_ends_at_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
