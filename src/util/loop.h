/* The event loop: timers, file descriptors and wake-ups, and the only source
 * of time. Two implementations: loop_uv.c (libuv, the system's clock) and
 * loop_sim.c (no descriptors, a clock that jumps to the next timer), so that
 * everything above it runs unchanged under a frozen clock.
 * One loop belongs to one thread; only loop_wake() may be called from others. */
#ifndef PORTOLAN_UTIL_LOOP_H
#define PORTOLAN_UTIL_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NS_PER_US 1000ULL
#define NS_PER_MS 1000000ULL
#define NS_PER_S  1000000000ULL

struct loop;

/* A timer's memory is the caller's; set all to zero, then `fire` and `self`.
 * Timers due at the same instant fire in the order they were set. */
struct timer {
	void (*fire)(void *self);
	void *self;
	uint64_t due_ns, order; /* the loop's */
	size_t heap_index;      /* the loop's; 0 when not set */
};

/* Work for the next turn of the loop; memory is the caller's, as a timer's.
 * Costs no system call and no heap, and cannot fail. */
struct deferred {
	void (*run)(void *self);
	void *self;
	uint64_t order;                /* the loop's */
	struct deferred *next, **link; /* the loop's; link is NULL when not pending */
};

/* WATCH_BACKGROUND: this watch alone does not keep loop_run() going. */
enum watch_events { WATCH_READ = 1, WATCH_WRITE = 2, WATCH_BACKGROUND = 4 };

/* A watched descriptor; memory is the caller's. `ready` gets watch_events; an
 * error on the descriptor counts as everything watched for. */
struct watch {
	void (*ready)(void *self, int events);
	void *self;
	void *handle; /* the loop's */
};

/* Real loop: NULL when memory or descriptors are short. */
struct loop *loop_uv_new(void);
/* Simulated loop: monotonic clock at 0, wall clock at wall_ns. */
struct loop *loop_sim_new(uint64_t wall_ns);
/* NULL is fine. Watches must be off and foreign libuv handles closed (their
 * close callbacks may be outstanding: they run here). */
void loop_free(struct loop *loop);

/* Monotonic now, updated once per turn of the loop; loop_time_ns() reads the
 * clock anew. Wall clock in ns since 1970. */
uint64_t loop_now_ns(const struct loop *loop);
uint64_t loop_time_ns(struct loop *loop);
uint64_t loop_wall_ns(const struct loop *loop);

/* (Re)arms; fires once when the monotonic clock reaches due_ns, never early
 * (UINT64_MAX: never; it still keeps a real loop_run() waiting).
 * ERROR_MEMORY, and then the timer is as it was: only when more timers are set
 * than ever before, so re-arming a set timer cannot fail. */
int loop_timer_set(struct loop *loop, struct timer *timer, uint64_t due_ns);
void loop_timer_cancel(struct loop *loop, struct timer *timer); /* fine when not set */
static inline bool loop_timer_is_set(const struct timer *timer)
{
	return timer->heap_index != 0;
}

/* Runs once in the next turn, after what was deferred earlier and before the
 * timers of that turn. Does nothing when it is pending already. */
void loop_defer(struct loop *loop, struct deferred *deferred);
void loop_defer_cancel(struct loop *loop, struct deferred *deferred); /* fine when not pending */
static inline bool loop_defer_is_pending(const struct deferred *deferred)
{
	return deferred->link != NULL;
}

/* Calls watch->ready while fd is ready for `events` (level-triggered). Called
 * again for a watched fd it changes the events. ERROR_MEMORY, ERROR_SYSTEM;
 * ERROR_UNSUPPORTED on the simulated loop and for descriptors that cannot be
 * waited for (files). */
int loop_watch(struct loop *loop, struct watch *watch, int fd, int events);
void loop_unwatch(struct loop *loop, struct watch *watch); /* fine when not watched */

/* Registers the one callback that loop_wake() runs on the loop's thread, soon,
 * perhaps once for several calls. loop_wake() is thread- and signal-safe. */
void loop_on_wake(struct loop *loop, void (*woken)(void *self), void *self);
void loop_wake(struct loop *loop);

/* Runs until loop_stop(), or until nothing is left to wait for: no timer, no
 * deferred work, no watch but background ones, no foreign libuv work. The
 * simulated loop jumps its clock from timer to timer. A stop takes effect
 * after the callback that asked for it; asked for between runs, the next
 * loop_run() returns at once. What was not done yet is kept for the next run.
 * 0. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* Escape hatch for libraries that need libuv itself (the system resolver's
 * threads); NULL on the simulated loop. */
void *loop_uv_handle(struct loop *loop);

#endif
