#include "support.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/loop.h"
#include "util/random.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#define TIMERS 500

/* What happened, in order. */
struct trace {
	struct loop *loop;
	char text[256];
	size_t length;
};

struct actor {
	struct trace *trace;
	char name;
	struct timer timer;
	struct deferred deferred;
	struct actor *other;
	void (*act)(struct actor *actor);
	uint64_t fired_ns;
	int rounds;
};

static void note(struct actor *actor)
{
	struct trace *trace = actor->trace;

	actor->fired_ns = loop_now_ns(trace->loop);
	if (trace->length < sizeof(trace->text) - 1)
		trace->text[trace->length++] = actor->name;
	if (actor->act)
		actor->act(actor);
}

static void on_fire(void *self)
{
	note(self);
}

static struct actor actor_of(struct trace *trace, char name)
{
	return (struct actor){.trace = trace, .name = name};
}

static void wire(struct actor *actor)
{
	actor->timer.fire = on_fire;
	actor->timer.self = actor;
	actor->deferred.run = on_fire;
	actor->deferred.self = actor;
}

static struct loop *new_loop(void **state)
{
	struct loop *(*make)(void) = *(struct loop * (**)(void)) * state;
	struct loop *loop = make();

	assert_non_null(loop);
	return loop;
}

static struct loop *make_sim(void)
{
	return loop_sim_new(1700000000 * NS_PER_S);
}

/* --- both loops --- */

static void timers_fire_in_order_of_due_then_of_setting(void **state)
{
	struct loop *loop = new_loop(state);
	struct trace trace = {.loop = loop};
	struct actor a[5];
	uint64_t now_ns = loop_now_ns(loop);
	const uint64_t due_ms[5] = {3, 1, 3, 0, 1};
	size_t i;

	for (i = 0; i < 5; i++) {
		a[i] = actor_of(&trace, (char)('a' + i));
		wire(&a[i]);
		assert_int_equal(loop_timer_set(loop, &a[i].timer, now_ns + due_ms[i] * NS_PER_MS),
				 0);
		assert_true(loop_timer_is_set(&a[i].timer));
	}
	assert_int_equal(loop_run(loop), 0);
	assert_string_equal(trace.text, "dbeac");
	for (i = 0; i < 5; i++) {
		assert_true(a[i].fired_ns >= now_ns + due_ms[i] * NS_PER_MS);
		assert_false(loop_timer_is_set(&a[i].timer));
	}
	loop_free(loop);
}

static void a_timer_may_be_moved_and_cancelled(void **state)
{
	struct loop *loop = new_loop(state);
	struct trace trace = {.loop = loop};
	struct actor a = actor_of(&trace, 'a'), b = actor_of(&trace, 'b'), c = a;
	uint64_t now_ns = loop_now_ns(loop);

	c.name = 'c';
	wire(&a);
	wire(&b);
	wire(&c);
	loop_timer_set(loop, &a.timer, now_ns + NS_PER_MS);
	loop_timer_set(loop, &b.timer, now_ns + 2 * NS_PER_MS);
	loop_timer_set(loop, &c.timer, now_ns);
	loop_timer_set(loop, &a.timer, now_ns + 3 * NS_PER_MS);
	loop_timer_cancel(loop, &c.timer);
	loop_timer_cancel(loop, &c.timer);
	loop_run(loop);
	assert_string_equal(trace.text, "ba");
	loop_free(loop);
}

static void on_count(void *self)
{
	(*(size_t *)self)++;
}

/* Against a plain sorted search, with timers moved and cancelled at random. */
static void the_heap_keeps_its_order_under_change(void **state)
{
	struct loop *loop = loop_sim_new(0);
	struct timer timers[TIMERS] = {0};
	struct random random;
	size_t i, fired = 0, expected = 0;

	random_init(&random, 7);
	for (i = 0; i < TIMERS; i++) {
		timers[i].fire = on_count;
		timers[i].self = &fired;
	}
	for (i = 0; i < 20 * TIMERS; i++) {
		struct timer *timer = &timers[random_below(&random, TIMERS)];

		if (random_below(&random, 3))
			assert_int_equal(
				loop_timer_set(loop, timer, 1 + random_below(&random, 1000)), 0);
		else
			loop_timer_cancel(loop, timer);
	}
	for (i = 0; i < TIMERS; i++)
		expected += loop_timer_is_set(&timers[i]);
	assert_true(expected > TIMERS / 4);
	loop_run(loop);
	assert_int_equal(fired, expected);
	loop_free(loop);
}

static void reset_at_once(struct actor *actor)
{
	if (actor->rounds-- > 0)
		loop_timer_set(actor->trace->loop, &actor->timer, 0);
}

static void a_timer_set_for_now_waits_for_the_next_turn(void **state)
{
	struct loop *loop = new_loop(state);
	struct trace trace = {.loop = loop};
	struct actor a = actor_of(&trace, 'a'), b = actor_of(&trace, 'b');
	uint64_t now_ns = loop_now_ns(loop);

	wire(&a);
	wire(&b);
	a.act = reset_at_once;
	a.rounds = 2;
	loop_timer_set(loop, &a.timer, 0);
	loop_timer_set(loop, &b.timer, now_ns);
	loop_run(loop);
	/* b may be overtaken within a turn, but not for ever. */
	assert_int_equal(trace.length, 4);
	assert_non_null(strchr(trace.text, 'b'));
	loop_free(loop);
}

static void cancel_other(struct actor *actor)
{
	loop_timer_cancel(actor->trace->loop, &actor->other->timer);
	loop_defer_cancel(actor->trace->loop, &actor->other->deferred);
}

static void a_callback_may_cancel_what_is_due_too(void **state)
{
	struct loop *loop = new_loop(state);
	struct trace trace = {.loop = loop};
	struct actor a = actor_of(&trace, 'a'), b = actor_of(&trace, 'b');

	wire(&a);
	wire(&b);
	a.act = cancel_other;
	a.other = &b;
	loop_timer_set(loop, &a.timer, 0);
	loop_timer_set(loop, &b.timer, 0);
	loop_run(loop);
	loop_defer(loop, &a.deferred);
	loop_defer(loop, &b.deferred);
	loop_run(loop);
	assert_string_equal(trace.text, "aa");
	loop_free(loop);
}

static void defer_again(struct actor *actor)
{
	if (actor->rounds-- > 0)
		loop_defer(actor->trace->loop, &actor->deferred);
}

static void deferred_work_runs_once_in_order_and_lets_timers_in(void **state)
{
	struct loop *loop = new_loop(state);
	struct trace trace = {.loop = loop};
	struct actor a = actor_of(&trace, 'a'), b = actor_of(&trace, 'b'),
		     t = actor_of(&trace, 't');

	wire(&a);
	wire(&b);
	wire(&t);
	a.act = defer_again;
	a.rounds = 1;
	loop_timer_set(loop, &t.timer, 0);
	loop_defer(loop, &a.deferred);
	loop_defer(loop, &b.deferred);
	loop_defer(loop, &b.deferred);
	assert_true(loop_defer_is_pending(&b.deferred));
	assert_int_equal(trace.length, 0);
	loop_run(loop);
	assert_string_equal(trace.text, "abta");
	loop_free(loop);
}

static void stop(struct actor *actor)
{
	loop_stop(actor->trace->loop);
}

static void stop_keeps_the_rest_for_the_next_run(void **state)
{
	struct loop *loop = new_loop(state);
	struct trace trace = {.loop = loop};
	struct actor a = actor_of(&trace, 'a'), b = actor_of(&trace, 'b'),
		     c = actor_of(&trace, 'c');

	wire(&a);
	wire(&b);
	wire(&c);
	a.act = stop;
	b.act = stop;
	loop_defer(loop, &a.deferred);
	loop_timer_set(loop, &b.timer, 0);
	loop_timer_set(loop, &c.timer, 0);
	loop_run(loop);
	assert_string_equal(trace.text, "a");
	loop_run(loop);
	assert_string_equal(trace.text, "ab");
	loop_stop(loop);
	loop_run(loop);
	assert_string_equal(trace.text, "ab");
	loop_run(loop);
	assert_string_equal(trace.text, "abc");
	loop_free(loop);
}

static void freeing_the_loop_leaves_its_timers_unset(void **state)
{
	struct loop *loop = new_loop(state);
	struct trace trace = {.loop = loop};
	struct actor a = actor_of(&trace, 'a'), b = actor_of(&trace, 'b');

	wire(&a);
	wire(&b);
	loop_timer_set(loop, &a.timer, 5);
	loop_defer(loop, &a.deferred);
	loop_defer(loop, &b.deferred);
	loop_free(loop);
	assert_false(loop_timer_is_set(&a.timer));
	assert_false(loop_defer_is_pending(&a.deferred));
	assert_false(loop_defer_is_pending(&b.deferred));
}

/* The moment may pass between looking at the clock and going to sleep. */
static void a_timer_due_any_moment_is_not_slept_over(void **state)
{
	struct loop *loop = new_loop(state);
	struct trace trace = {.loop = loop};
	struct actor a = actor_of(&trace, 'a');
	size_t i;

	wire(&a);
	for (i = 0; i < 200; i++) {
		loop_timer_set(loop, &a.timer, loop_time_ns(loop) + i * 20);
		loop_run(loop);
	}
	assert_int_equal(trace.length, 200);
	loop_free(loop);
}

static void on_wake(void *self)
{
	struct trace *trace = self;

	trace->text[trace->length++] = 'w';
	loop_stop(trace->loop);
}

static void a_wake_reaches_the_loop(void **state)
{
	struct loop *loop = new_loop(state);
	struct trace trace = {.loop = loop};
	struct actor late = actor_of(&trace, 'l');

	wire(&late);
	loop_on_wake(loop, on_wake, &trace);
	loop_timer_set(loop, &late.timer, loop_now_ns(loop) + 3600 * NS_PER_S);
	loop_wake(loop);
	loop_wake(loop);
	loop_run(loop);
	assert_string_equal(trace.text, "w");
	loop_timer_cancel(loop, &late.timer);
	loop_free(loop);
}

/* More timers than the heap holds at first, so that it grows as well. */
static int many_timers(void *self)
{
	struct loop *(*make)(void) = *(struct loop * (**)(void)) self;
	struct loop *loop = make();
	struct timer timers[100] = {0};
	size_t i, fired = 0;
	int r = 0;

	if (!loop)
		return ERROR_MEMORY;
	for (i = 0; i < 100 && r == 0; i++) {
		timers[i].fire = on_count;
		timers[i].self = &fired;
		r = loop_timer_set(loop, &timers[i], i);
		assert_true(r == 0 || !loop_timer_is_set(&timers[i]));
	}
	loop_run(loop);
	assert_int_equal(fired, r == 0 ? 100 : i - 1);
	loop_free(loop);
	return r;
}

static void short_memory_is_reported(void **state)
{
	support_each_allocation_fails(many_timers, *state, 100);
}

/* --- the simulated loop --- */

static void simulated_time_jumps_and_stands_still_between(void **state)
{
	struct loop *loop = loop_sim_new(1700000000 * NS_PER_S);
	struct trace trace = {.loop = loop};
	struct actor a = actor_of(&trace, 'a'), b = actor_of(&trace, 'b');

	wire(&a);
	wire(&b);
	assert_int_equal(loop_now_ns(loop), 0);
	loop_timer_set(loop, &a.timer, 7200 * NS_PER_S);
	loop_timer_set(loop, &b.timer, 7200 * NS_PER_S + 1);
	loop_run(loop);
	assert_int_equal(a.fired_ns, 7200 * NS_PER_S);
	assert_int_equal(b.fired_ns, 7200 * NS_PER_S + 1);
	assert_int_equal(loop_time_ns(loop), 7200 * NS_PER_S + 1);
	assert_int_equal(loop_wall_ns(loop), 1700007200 * NS_PER_S + 1);
	assert_null(loop_uv_handle(loop));
	loop_free(loop);
}

static void the_simulated_loop_has_no_descriptors(void **state)
{
	struct loop *loop = loop_sim_new(0);
	struct watch watch = {0};

	assert_int_equal(loop_watch(loop, &watch, 0, WATCH_READ), ERROR_UNSUPPORTED);
	loop_unwatch(loop, &watch);
	loop_free(loop);
}

/* --- the real loop --- */

struct reader_end {
	struct loop *loop;
	struct watch watch;
	int fd;
	int calls, events;
	bool keep;
};

static void on_ready(void *self, int events)
{
	struct reader_end *end = self;
	char byte;

	end->calls++;
	end->events = events;
	if (events & WATCH_READ)
		(void)!read(end->fd, &byte, 1);
	if (!end->keep || end->calls == 2)
		loop_unwatch(end->loop, &end->watch);
}

static struct reader_end end_of(struct loop *loop, int fd)
{
	return (struct reader_end){.loop = loop, .fd = fd};
}

static void a_watch_is_level_triggered_and_keeps_the_loop_going(void **state)
{
	struct loop *loop = loop_uv_new();
	struct reader_end end;
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	end = end_of(loop, fds[0]);
	end.keep = true;
	end.watch.ready = on_ready;
	end.watch.self = &end;
	assert_int_equal(write(fds[1], "ab", 2), 2);
	assert_int_equal(loop_watch(loop, &end.watch, fds[0], WATCH_READ), 0);
	loop_run(loop);
	assert_int_equal(end.calls, 2);
	assert_int_equal(end.events, WATCH_READ);
	loop_unwatch(loop, &end.watch);
	loop_free(loop);
	close(fds[0]);
	close(fds[1]);
}

static void a_watch_may_change_its_events_and_its_descriptor(void **state)
{
	struct loop *loop = loop_uv_new();
	struct reader_end end;
	int fds[2], others[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, others), 0);
	end = end_of(loop, fds[0]);
	end.watch.ready = on_ready;
	end.watch.self = &end;
	assert_int_equal(loop_watch(loop, &end.watch, fds[0], WATCH_READ), 0);
	assert_int_equal(loop_watch(loop, &end.watch, fds[0], WATCH_WRITE), 0);
	loop_run(loop);
	assert_int_equal(end.events, WATCH_WRITE);
	assert_int_equal(loop_watch(loop, &end.watch, fds[0], WATCH_READ), 0);
	assert_int_equal(loop_watch(loop, &end.watch, others[0], WATCH_WRITE), 0);
	loop_run(loop);
	assert_int_equal(end.calls, 2);
	loop_free(loop);
	close(fds[0]);
	close(fds[1]);
	close(others[0]);
	close(others[1]);
}

static void a_background_watch_is_served_but_does_not_keep_the_loop(void **state)
{
	struct loop *loop = loop_uv_new();
	struct trace trace = {.loop = loop};
	struct actor a = actor_of(&trace, 'a');
	struct reader_end end;
	int fds[2];

	wire(&a);
	a.act = defer_again;
	a.rounds = 1;
	assert_int_equal(pipe(fds), 0);
	end = end_of(loop, fds[0]);
	end.watch.ready = on_ready;
	end.watch.self = &end;
	assert_int_equal(loop_watch(loop, &end.watch, fds[0], WATCH_READ | WATCH_BACKGROUND), 0);
	loop_run(loop);
	assert_int_equal(end.calls, 0);
	assert_int_equal(write(fds[1], "a", 1), 1);
	loop_defer(loop, &a.deferred);
	loop_run(loop);
	assert_int_equal(end.calls, 1);
	loop_free(loop);
	close(fds[0]);
	close(fds[1]);
}

static void a_file_cannot_be_watched(void **state)
{
	struct loop *loop = loop_uv_new();
	struct watch watch = {0};
	int fd = open("/proc/self/exe", O_RDONLY);

	assert_true(fd >= 0);
	assert_int_equal(loop_watch(loop, &watch, fd, WATCH_READ), ERROR_UNSUPPORTED);
	assert_int_equal(loop_watch(loop, &watch, -1, WATCH_READ), ERROR_SYSTEM);
	loop_run(loop);
	loop_free(loop);
	close(fd);
}

/* A connected UDP socket reports each ICMP answer as an error, and lives on. */
static void on_udp_error(void *self, int events)
{
	struct reader_end *end = self;
	char byte;

	end->calls++;
	assert_int_equal(recv(end->fd, &byte, 1, MSG_DONTWAIT), -1);
	if (end->calls < 3)
		assert_int_equal(send(end->fd, "x", 1, 0), 1);
	else
		loop_unwatch(end->loop, &end->watch);
}

static void a_watch_survives_errors_of_its_descriptor(void **state)
{
	struct loop *loop = loop_uv_new();
	struct sockaddr_in to = {.sin_family = AF_INET};
	socklen_t to_bytes = sizeof(to);
	struct reader_end end;
	int closed = socket(AF_INET, SOCK_DGRAM, 0), fd = socket(AF_INET, SOCK_DGRAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(closed, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(getsockname(closed, (struct sockaddr *)&to, &to_bytes), 0);
	close(closed);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	end = end_of(loop, fd);
	end.watch.ready = on_udp_error;
	end.watch.self = &end;
	assert_int_equal(loop_watch(loop, &end.watch, fd, WATCH_READ), 0);
	assert_int_equal(send(fd, "x", 1, 0), 1);
	loop_run(loop);
	assert_int_equal(end.calls, 3);
	loop_free(loop);
	close(fd);
}

static void *wake_it(void *loop)
{
	loop_wake(loop);
	return NULL;
}

static void another_thread_may_wake_the_loop(void **state)
{
	struct loop *loop = loop_uv_new();
	struct trace trace = {.loop = loop};
	struct actor late = actor_of(&trace, 'l');
	pthread_t thread;

	wire(&late);
	loop_on_wake(loop, on_wake, &trace);
	loop_timer_set(loop, &late.timer, loop_now_ns(loop) + 3600 * NS_PER_S);
	assert_int_equal(pthread_create(&thread, NULL, wake_it, loop), 0);
	loop_run(loop);
	pthread_join(thread, NULL);
	assert_string_equal(trace.text, "w");
	loop_timer_cancel(loop, &late.timer);
	loop_free(loop);
}

struct worker {
	struct loop *loop;
	uv_work_t work;
	uint64_t worked_ns, done_ns;
	bool done;
};

static void work_on_thread(uv_work_t *work)
{
	struct worker *worker = work->data;

	worker->worked_ns = uv_hrtime();
}

static void work_done(uv_work_t *work, int status)
{
	struct worker *worker = work->data;

	worker->done = true;
	worker->done_ns = loop_now_ns(worker->loop);
}

static void foreign_libuv_work_keeps_the_loop_and_sees_the_time(void **state)
{
	struct worker worker = {.loop = loop_uv_new()};

	worker.work.data = &worker;
	uv_queue_work(loop_uv_handle(worker.loop), &worker.work, work_on_thread, work_done);
	loop_run(worker.loop);
	assert_true(worker.done);
	assert_true(worker.done_ns >= worker.worked_ns);
	loop_free(worker.loop);
}

static void the_wall_clock_is_the_systems(void **state)
{
	struct loop *loop = loop_uv_new();
	uint64_t before_s = (uint64_t)time(NULL);

	assert_true(loop_wall_ns(loop) / NS_PER_S >= before_s);
	loop_free(loop);
}

static void dawdle(struct actor *actor)
{
	uint64_t until_ns = loop_time_ns(actor->trace->loop) + NS_PER_MS / 4;

	loop_timer_set(actor->trace->loop, &actor->other->timer, until_ns);
	/* Past the due time, by a clock the loop does not look at meanwhile. */
	while (uv_hrtime() <= until_ns)
		;
}

/* libuv's own alarm is then due before its wait begins, which once let it wait
 * for ever: a descriptor that stays silent is all that could have woken it. */
static void a_timer_that_falls_due_while_others_run_is_not_slept_through(void **state)
{
	struct loop *loop = loop_uv_new();
	struct trace trace = {.loop = loop};
	struct actor first = actor_of(&trace, 'a'), second = actor_of(&trace, 'b');

	wire(&first);
	wire(&second);
	first.act = dawdle;
	first.other = &second;
	loop_timer_set(loop, &first.timer, loop_time_ns(loop));
	loop_run(loop);
	assert_string_equal(trace.text, "ab");
	loop_free(loop);
}

int main(void)
{
	struct loop *(*sim)(void) = make_sim, *(*real)(void) = loop_uv_new;
#define BOTH(test)                                      \
	{#test " (simulated)", test, NULL, NULL, &sim}, \
	{                                               \
#test, test, NULL, NULL, &real          \
	}
	const struct CMUnitTest tests[] = {
		BOTH(timers_fire_in_order_of_due_then_of_setting),
		BOTH(a_timer_may_be_moved_and_cancelled),
		BOTH(a_timer_set_for_now_waits_for_the_next_turn),
		BOTH(a_callback_may_cancel_what_is_due_too),
		BOTH(deferred_work_runs_once_in_order_and_lets_timers_in),
		BOTH(stop_keeps_the_rest_for_the_next_run),
		BOTH(freeing_the_loop_leaves_its_timers_unset),
		BOTH(a_timer_due_any_moment_is_not_slept_over),
		BOTH(a_wake_reaches_the_loop),
		BOTH(short_memory_is_reported),
		cmocka_unit_test(the_heap_keeps_its_order_under_change),
		cmocka_unit_test(a_timer_that_falls_due_while_others_run_is_not_slept_through),
		cmocka_unit_test(simulated_time_jumps_and_stands_still_between),
		cmocka_unit_test(the_simulated_loop_has_no_descriptors),
		cmocka_unit_test(a_watch_is_level_triggered_and_keeps_the_loop_going),
		cmocka_unit_test(a_watch_may_change_its_events_and_its_descriptor),
		cmocka_unit_test(a_background_watch_is_served_but_does_not_keep_the_loop),
		cmocka_unit_test(a_file_cannot_be_watched),
		cmocka_unit_test(a_watch_survives_errors_of_its_descriptor),
		cmocka_unit_test(another_thread_may_wake_the_loop),
		cmocka_unit_test(foreign_libuv_work_keeps_the_loop_and_sees_the_time),
		cmocka_unit_test(the_wall_clock_is_the_systems),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
