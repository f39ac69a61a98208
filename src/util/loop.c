/* The half of the loop that both implementations share: a binary heap of
 * timers ordered by (due, order of setting), so that equal runs fire equally,
 * and the turn: deferred work, due timers, then a wait.
 *
 * A turn only does what was asked for before it began: a callback that defers
 * or sets a timer for "now" is served in the next turn, after the descriptors
 * had theirs, so nothing can starve them. */
#include "util/loop_impl.h"

#include "util/alloc.h"
#include "util/error.h"

#define HEAP_FIRST_CAP 64

void loop_base_init(struct loop *loop, const struct loop_ops *ops)
{
	loop->ops = ops;
	loop->deferred_tail = &loop->deferred;
	loop->order = 1;
	loop->now_is_old = true;
}

/* Timers and deferred work outlive the loop in their owners' memory: leave
 * them as "not set", so that a later cancel finds nothing to do. */
void loop_base_release(struct loop *loop)
{
	size_t i;

	for (i = 1; i <= loop->heap_count; i++)
		loop->heap[i]->heap_index = 0;
	while (loop->deferred)
		loop_defer_cancel(loop, loop->deferred);
	alloc_free(loop->heap);
}

void loop_free(struct loop *loop)
{
	if (loop)
		loop->ops->free(loop);
}

uint64_t loop_time_ns(struct loop *loop)
{
	loop->now_ns = loop->ops->clock_ns(loop);
	loop->now_is_old = false;
	return loop->now_ns;
}

uint64_t loop_now_ns(const struct loop *loop)
{
	/* The cache is not part of what const promises; every loop is heap
	 * memory, so the cast is sound. */
	return loop->now_is_old ? loop_time_ns((struct loop *)loop) : loop->now_ns;
}

uint64_t loop_wall_ns(const struct loop *loop)
{
	return loop->ops->wall_ns(loop);
}

/* --- timers --- */

static bool is_before(const struct timer *a, const struct timer *b)
{
	return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static void heap_place(struct loop *loop, struct timer *timer, size_t at)
{
	loop->heap[at] = timer;
	timer->heap_index = at;
}

static void heap_sift(struct loop *loop, struct timer *timer, size_t at)
{
	struct timer **heap = loop->heap;

	while (at > 1 && is_before(timer, heap[at / 2])) {
		heap_place(loop, heap[at / 2], at);
		at /= 2;
	}
	for (;;) {
		size_t child = at * 2;

		if (child > loop->heap_count)
			break;
		if (child < loop->heap_count && is_before(heap[child + 1], heap[child]))
			child++;
		if (!is_before(heap[child], timer))
			break;
		heap_place(loop, heap[child], at);
		at = child;
	}
	heap_place(loop, timer, at);
}

static bool heap_grow(struct loop *loop)
{
	size_t cap = loop->heap_cap ? loop->heap_cap * 2 : HEAP_FIRST_CAP;
	struct timer **heap = alloc_resize(loop->heap, cap, sizeof(*heap));

	if (!heap)
		return false;
	loop->heap = heap;
	loop->heap_cap = cap;
	return true;
}

int loop_timer_set(struct loop *loop, struct timer *timer, uint64_t due_ns)
{
	size_t at = timer->heap_index;

	if (!at) {
		if (loop->heap_count + 1 >= loop->heap_cap && !heap_grow(loop))
			return ERROR_MEMORY;
		at = ++loop->heap_count;
	}
	timer->due_ns = due_ns;
	timer->order = loop->order++;
	heap_sift(loop, timer, at);
	return 0;
}

void loop_timer_cancel(struct loop *loop, struct timer *timer)
{
	size_t at = timer->heap_index;
	struct timer *last;

	if (!at)
		return;
	timer->heap_index = 0;
	last = loop->heap[loop->heap_count--];
	if (last != timer)
		heap_sift(loop, last, at);
}

static void run_timers(struct loop *loop)
{
	uint64_t limit = loop->order, now_ns;

	if (!loop->heap_count)
		return;
	now_ns = loop_now_ns(loop);
	while (loop->heap_count && !loop->stopped) {
		struct timer *timer = loop->heap[1];

		if (timer->due_ns > now_ns || timer->order >= limit)
			break;
		loop_timer_cancel(loop, timer);
		timer->fire(timer->self);
	}
}

/* --- deferred work --- */

void loop_defer(struct loop *loop, struct deferred *deferred)
{
	if (deferred->link)
		return;
	deferred->order = loop->order++;
	deferred->next = NULL;
	deferred->link = loop->deferred_tail;
	*loop->deferred_tail = deferred;
	loop->deferred_tail = &deferred->next;
}

void loop_defer_cancel(struct loop *loop, struct deferred *deferred)
{
	if (!deferred->link)
		return;
	*deferred->link = deferred->next;
	if (deferred->next)
		deferred->next->link = deferred->link;
	else
		loop->deferred_tail = deferred->link;
	deferred->next = NULL;
	deferred->link = NULL;
}

static void run_deferred(struct loop *loop)
{
	uint64_t limit = loop->order;

	while (loop->deferred && loop->deferred->order < limit && !loop->stopped) {
		struct deferred *deferred = loop->deferred;

		loop_defer_cancel(loop, deferred);
		deferred->run(deferred->self);
	}
}

/* --- descriptors and wakes --- */

int loop_watch(struct loop *loop, struct watch *watch, int fd, int events)
{
	return loop->ops->watch(loop, watch, fd, events);
}

void loop_unwatch(struct loop *loop, struct watch *watch)
{
	if (watch->handle)
		loop->ops->unwatch(loop, watch);
}

void loop_on_wake(struct loop *loop, void (*woken)(void *self), void *self)
{
	loop->woken = woken;
	loop->woken_self = self;
}

void loop_wake(struct loop *loop)
{
	loop->ops->wake(loop);
}

void *loop_uv_handle(struct loop *loop)
{
	return loop->ops->uv_handle(loop);
}

/* --- the turn --- */

static uint64_t next_due_ns(const struct loop *loop)
{
	if (loop->deferred)
		return 0;
	return loop->heap_count ? loop->heap[1]->due_ns : LOOP_NEVER;
}

int loop_run(struct loop *loop)
{
	loop->now_is_old = true;
	while (!loop->stopped) {
		run_deferred(loop);
		run_timers(loop);
		if (loop->stopped || !loop->ops->wait(loop, next_due_ns(loop)))
			break;
	}
	loop->stopped = false;
	return 0;
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}
