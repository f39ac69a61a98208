/* Where scripts stand in a run: before its first target, on each host that is through, after its
 * last; what they know of a host, what they change, and the targets they add. The runner is
 * this test's. */
#include "world.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define MS(x) ((x)*NS_PER_MS)

struct scripted;

struct script_work {
	struct scripted *scripted;
	struct script_order order;
	struct timer timer;
	struct script_work *next;
};

struct scripted {
	struct world world;
	struct sink inner;
	struct flow_sim_host hosts[2];
	struct script_runner runner;
	struct script_work *works;
	uint64_t takes_ns;
	/* What happened, in order: "pre> host:10.0.0.1> ..." */
	char story[1024];
	unsigned results, findings, states_set, started, stopped;
	const char *pre_adds[4], *host_adds; /* targets */
	int add_said;
	bool sets_state, sets_service;
	struct service_facts service_seen;
	char service_name[64];
};

static void tell(struct scripted *scripted, const char *what, const char *which)
{
	size_t at = strlen(scripted->story);

	snprintf(scripted->story + at, sizeof(scripted->story) - at, "%s%s ", what, which);
}

static int observe(void *self, const struct observation *seen)
{
	struct scripted *scripted = self;
	char addr[IP_TEXT_BYTES];

	switch (seen->kind) {
	case OBSERVED_SCRIPT:
		scripted->results++;
		break;
	case OBSERVED_FINDING:
		scripted->findings++;
		break;
	case OBSERVED_SCRIPTS_DONE:
		tell(scripted, "done:", script_scope_name(seen->scripts_done));
		break;
	case OBSERVED_HOST_DONE:
		tell(scripted, "reported:", ip_format(&seen->target->addr, addr));
		break;
	case OBSERVED_PORT:
		scripted->states_set += seen->port.verdict.reason == REASON_SCRIPT_SET;
		break;
	case OBSERVED_SERVICE:
		snprintf(scripted->service_name, sizeof(scripted->service_name), "%s",
			 seen->service.facts->name);
		return 0; /* the world takes only those of hosts it knows */
	default:
		break;
	}
	return scripted->inner.observe(scripted->inner.self, seen);
}

static void add(struct scripted *scripted, const char *target)
{
	if (target)
		scripted->add_said = run_add_target(scripted->world.run, target);
}

static void look_at_host(struct scripted *scripted, const struct script_order *order)
{
	const struct script_port *port = script_host_port(order->host, TRANSPORT_TCP, 22);

	assert_int_equal(order->host->state, HOST_UP);
	assert_non_null(port);
	assert_int_equal(port->state, PORT_OPEN);
	assert_int_equal(script_host_next(order->host, TRANSPORT_TCP, PORT_CLOSED, -1)->number, 20);
	assert_int_equal(script_host_next(order->host, TRANSPORT_TCP, PORT_CLOSED, 21)->number, 23);
	assert_null(script_host_next(order->host, TRANSPORT_TCP, PORT_CLOSED, 25));
	assert_null(script_host_port(order->host, TRANSPORT_TCP, 26));
	assert_null(script_host_port(order->host, TRANSPORT_UDP, 22));
	assert_true(order->host->has_rtt);
}

static void change(struct scripted *scripted, const struct script_order *order)
{
	const struct service_facts facts = {.end = SERVICE_HARD, .name = "mine", .confidence = 10};

	if (scripted->sets_state) {
		assert_int_equal(order->set_state(order->self, TRANSPORT_TCP, 21, PORT_OPEN), 0);
		assert_int_equal(order->set_state(order->self, TRANSPORT_TCP, 21, PORT_OPEN), 0);
		assert_int_equal(order->set_state(order->self, TRANSPORT_TCP, 99, PORT_OPEN), 0);
		assert_int_equal(script_host_port(order->host, TRANSPORT_TCP, 21)->reason,
				 REASON_SCRIPT_SET);
	}
	if (scripted->sets_service) {
		assert_int_equal(order->set_service(order->self, TRANSPORT_TCP, 22, &facts), 0);
		assert_int_equal(order->set_service(order->self, TRANSPORT_TCP, 99, &facts), 0);
		assert_string_equal(script_host_port(order->host, TRANSPORT_TCP, 22)->facts->name,
				    "mine");
	}
}

static void say(struct script_work *work)
{
	struct scripted *scripted = work->scripted;
	const struct script_order *order = &work->order;
	const struct script_place place = {.scope = order->scope};
	const struct script_result result = {.id = "a", .text = "b"};
	const struct script_finding finding = {.id = "c", .title = "d"};

	order->result(order->self, &place, &result);
	order->finding(order->self, &place, &finding);
	if (order->scope == SCRIPT_HOST) {
		look_at_host(scripted, order);
		change(scripted, order);
		add(scripted, scripted->host_adds);
	}
}

static void forget(struct script_work *work)
{
	struct script_work **link = &work->scripted->works;

	while (*link != work)
		link = &(*link)->next;
	*link = work->next;
	loop_timer_cancel(work->scripted->world.loop, &work->timer);
	alloc_free(work);
}

static void over(void *self)
{
	struct script_work *work = self;
	struct script_order order = work->order;

	say(work);
	forget(work);
	order.done(order.self);
}

static int start(void *self, const struct script_order *order, struct script_work **ret_work)
{
	struct scripted *scripted = self;
	struct script_work *work = alloc_zero(sizeof(*work));
	char addr[IP_TEXT_BYTES];
	size_t i;

	if (!work)
		return ERROR_MEMORY;
	scripted->started++;
	tell(scripted, order->host ? "host:" : script_scope_name(order->scope),
	     order->host ? ip_format(&order->host->target->addr, addr) : "");
	for (i = 0; order->scope == SCRIPT_PRE && i < 4; i++)
		add(scripted, scripted->pre_adds[i]);
	if (order->scope == SCRIPT_POST)
		add(scripted, scripted->pre_adds[0]);
	*work = (struct script_work){
		.scripted = scripted,
		.order = *order,
		.timer = {.fire = over, .self = work},
		.next = scripted->works,
	};
	if (loop_timer_set(scripted->world.loop, &work->timer,
			   loop_now_ns(scripted->world.loop) + scripted->takes_ns) < 0) {
		alloc_free(work);
		return ERROR_MEMORY;
	}
	scripted->works = work;
	*ret_work = work;
	return 0;
}

static void stop(void *self, struct script_work *work)
{
	struct scripted *scripted = self;

	scripted->stopped++;
	forget(work);
}

static void begin(struct scripted *scripted)
{
	static const struct flow_sim_port open[] = {{.first = 22, .last = 22}};
	static const char *const targets[] = {"10.0.0.1-2"};
	struct world *world = &scripted->world;

	memset(scripted, 0, sizeof(*scripted));
	scripted->hosts[0] = (struct flow_sim_host){.first = world_ip("10.0.0.1"),
						    .last = world_ip("10.0.0.9"),
						    .rtt_ns = MS(1),
						    .ports = open,
						    .ports_count = 1,
						    .otherwise = FLOW_END_REFUSED};
	world_init(world, scripted->hosts, 1, 0, targets, 1, 20, 25, 1);
	scripted->inner = world->sink;
	world->sink = (struct sink){scripted, observe};
	scripted->takes_ns = MS(50);
	scripted->runner = (struct script_runner){
		.self = scripted, .phases = true, .start = start, .stop = stop};
	world->scripts = &scripted->runner;
}

static void end(struct scripted *scripted)
{
	world_release(&scripted->world);
	assert_null(scripted->works);
}

static void they_come_before_on_and_after(void **state)
{
	static struct scripted scripted;

	begin(&scripted);
	world_run(&scripted.world);
	assert_string_equal(scripted.story, "pre done:pre host:10.0.0.1 host:10.0.0.2 "
					    "reported:10.0.0.1 reported:10.0.0.2 post done:post ");
	assert_int_equal(scripted.results, 4);
	assert_int_equal(scripted.findings, 4);
	end(&scripted);
}

static void without_phases_only_hosts_have_them(void **state)
{
	static struct scripted scripted;

	begin(&scripted);
	scripted.runner.phases = false;
	world_run(&scripted.world);
	assert_string_equal(scripted.story, "host:10.0.0.1 host:10.0.0.2 "
					    "reported:10.0.0.1 reported:10.0.0.2 ");
	end(&scripted);
}

static void what_they_set_is_a_fact(void **state)
{
	static struct scripted scripted;

	begin(&scripted);
	scripted.sets_state = scripted.sets_service = true;
	world_run(&scripted.world);
	assert_int_equal(scripted.states_set, 2);
	assert_int_equal(world_find(&scripted.world, "10.0.0.1")->ports[21], PORT_OPEN);
	assert_string_equal(scripted.service_name, "mine");
	end(&scripted);
}

static void added_targets_are_scanned_once(void **state)
{
	static struct scripted scripted;

	begin(&scripted);
	scripted.pre_adds[0] = "10.0.0.5";
	scripted.pre_adds[1] = "10.0.0.5";
	scripted.pre_adds[2] = "10.0.0.1"; /* is a target already */
	scripted.host_adds = "10.0.0.6";
	world_run(&scripted.world);
	assert_int_equal(scripted.add_said, ERROR_USAGE); /* after the scan */
	assert_non_null(strstr(scripted.story, "reported:10.0.0.5"));
	assert_non_null(strstr(scripted.story, "reported:10.0.0.6"));
	assert_int_equal(scripted.world.done_facts, 4);
	assert_int_equal(scripted.world.end.end.hosts_total, 4);
	assert_non_null(strstr(scripted.story, "post done:post"));
	end(&scripted);
}

static void nonsense_is_no_target(void **state)
{
	static struct scripted scripted;
	char nonsense[2000];

	memset(nonsense, 'a', sizeof(nonsense));
	nonsense[sizeof(nonsense) - 1] = '\0';
	begin(&scripted);
	scripted.host_adds = nonsense;
	scripted.runner.phases = false;
	world_run(&scripted.world);
	assert_int_equal(scripted.add_said, ERROR_SYNTAX);
	assert_int_equal(scripted.world.done_facts, 2);
	end(&scripted);
}

static void a_cancelled_run_stops_them(void **state)
{
	static const uint64_t moments[] = {MS(10), MS(75), MS(1000)};
	static struct scripted scripted;
	size_t i;

	for (i = 0; i < 3; i++) {
		struct timer timer = {.fire = world_cancel_run, .self = &scripted.world};

		begin(&scripted);
		scripted.takes_ns = i == 2 ? MS(700) : MS(50);
		assert_int_equal(loop_timer_set(scripted.world.loop, &timer,
						loop_now_ns(scripted.world.loop) + moments[i]),
				 0);
		world_run(&scripted.world);
		assert_int_equal(scripted.world.end.end.outcome, RUN_CANCELLED);
		assert_int_equal(scripted.stopped, i == 0 ? 1 : 2);
		assert_null(strstr(scripted.story, "post"));
		end(&scripted);
	}
}

static void the_hosts_clock_runs(void **state)
{
	static struct scripted scripted;

	begin(&scripted);
	scripted.takes_ns = 20 * NS_PER_S;
	scripted.world.plan->timing.host_timeout_ns = 5 * NS_PER_S;
	world_run(&scripted.world);
	assert_int_equal(scripted.stopped, 2);
	assert_true(world_find(&scripted.world, "10.0.0.1")->timed_out);
	assert_non_null(strstr(scripted.story, "post done:post"));
	end(&scripted);
}

static void without_memory_the_run_ends(void **state)
{
	static struct scripted scripted;
	bool hit = true;
	long nth;

	for (nth = 0; hit && nth < 4000; nth++) {
		struct diag diag;

		begin(&scripted);
		scripted.pre_adds[0] = "10.0.0.5";
		scripted.host_adds = "10.0.0.6";
		scripted.sets_service = false;
		alloc_fault_after(nth);
		(void)world_try(&scripted.world, &diag);
		hit = alloc_fault_hit();
		alloc_fault_after(-1);
		end(&scripted);
	}
	assert_false(hit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_come_before_on_and_after),
		cmocka_unit_test(without_phases_only_hosts_have_them),
		cmocka_unit_test(what_they_set_is_a_fact),
		cmocka_unit_test(added_targets_are_scanned_once),
		cmocka_unit_test(nonsense_is_no_target),
		cmocka_unit_test(a_cancelled_run_stops_them),
		cmocka_unit_test(the_hosts_clock_runs),
		cmocka_unit_test(without_memory_the_run_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
