/* The real loop, on libuv. Timers are ours (loop.c); libuv is told only when
 * the first of them is due, and does what it is good at: descriptors, wakes
 * from other threads, and the thread pool of whoever uses loop_uv_handle(). */
#include "util/loop_impl.h"

#include "util/alloc.h"
#include "util/error.h"

#include <time.h>
#include <uv.h>

struct loop_uv {
	struct loop base;
	uv_loop_t uv;
	uv_timer_t alarm; /* ends the wait when our first timer is due */
	uv_async_t waker;
};

/* One watched descriptor. libuv wants its memory until the close callback, so
 * it outlives the watch; `watch` is NULL from loop_unwatch() on. */
struct uv_watch {
	uv_poll_t poll;
	struct loop_uv *loop;
	struct watch *watch;
	int fd, events;
};

static struct loop_uv *loop_uv(struct loop *loop)
{
	return (struct loop_uv *)loop;
}

static uint64_t uv_clock_ns(struct loop *loop)
{
	return uv_hrtime();
}

static uint64_t uv_wall_ns(const struct loop *loop)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* --- the wait --- */

static void on_alarm(uv_timer_t *alarm)
{
	/* It only had to end the wait: the turn fires what is due. Due before
	 * the wait begins, it fires before it, and the wait would have no end:
	 * stopping makes libuv look at descriptors without blocking. */
	uv_stop(alarm->loop);
}

static void on_waker(uv_async_t *waker)
{
	struct loop *loop = waker->data;

	if (loop->stopped)
		uv_async_send(waker); /* for the next run */
	else if (loop->woken)
		loop->woken(loop->woken_self);
}

/* Arms the alarm; false when the time has come already. libuv counts in whole
 * milliseconds: round up, so as not to spin at the end of a wait. It also runs
 * timers before it waits, and would then wait without one: so it repeats. */
static bool arm_alarm(struct loop_uv *loop, uint64_t until_ns)
{
	uint64_t now_ns = uv_hrtime(), wait_ms;

	if (until_ns <= now_ns)
		return false;
	wait_ms = (until_ns - now_ns - 1) / NS_PER_MS + 1;
	uv_update_time(&loop->uv);
	uv_timer_start(&loop->alarm, on_alarm, wait_ms, 1);
	return true;
}

static bool uv_wait(struct loop *base, uint64_t until_ns)
{
	struct loop_uv *loop = loop_uv(base);
	bool just_look = until_ns <= loop_now_ns(base);

	if (!just_look && !base->heap_count && !uv_loop_alive(&loop->uv))
		return false;
	if (!just_look && base->heap_count)
		just_look = !arm_alarm(loop, until_ns);
	/* uv_run() does not look at descriptors at all when only unreferenced
	 * handles are left, which is what background watches are. */
	uv_ref((uv_handle_t *)&loop->waker);
	base->now_is_old = true;
	uv_run(&loop->uv, just_look ? UV_RUN_NOWAIT : UV_RUN_ONCE);
	uv_unref((uv_handle_t *)&loop->waker);
	uv_timer_stop(&loop->alarm);
	return true;
}

/* --- watches --- */

static int poll_start(struct uv_watch *own);

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct uv_watch *own = poll->data;
	int seen = 0;

	if (!own->watch || own->loop->base.stopped)
		return;
	if (status < 0)
		seen = own->events & (WATCH_READ | WATCH_WRITE);
	if (events & UV_READABLE)
		seen |= WATCH_READ;
	if (events & UV_WRITABLE)
		seen |= WATCH_WRITE;
	own->watch->ready(own->watch->self, seen);
	/* libuv stops polling after an error, but an error need not be the end:
	 * a UDP socket has one for every ICMP message. */
	if (status < 0 && own->watch)
		poll_start(own);
}

static int poll_start(struct uv_watch *own)
{
	int wanted = 0;

	if (own->events & WATCH_READ)
		wanted |= UV_READABLE;
	if (own->events & WATCH_WRITE)
		wanted |= UV_WRITABLE;
	return uv_poll_start(&own->poll, wanted, on_poll) < 0 ? ERROR_SYSTEM : 0;
}

static void on_poll_closed(uv_handle_t *handle)
{
	alloc_free(handle->data);
}

static void uv_unwatch(struct loop *loop, struct watch *watch)
{
	struct uv_watch *own = watch->handle;

	watch->handle = NULL;
	own->watch = NULL;
	uv_close((uv_handle_t *)&own->poll, on_poll_closed);
}

static int watch_new(struct loop_uv *loop, struct watch *watch, int fd)
{
	struct uv_watch *own = alloc_zero(sizeof(*own));
	int r;

	if (!own)
		return ERROR_MEMORY;
	own->loop = loop;
	own->watch = watch;
	own->fd = fd;
	r = uv_poll_init(&loop->uv, &own->poll, fd);
	if (r < 0) {
		alloc_free(own);
		return r == UV_EPERM ? ERROR_UNSUPPORTED : ERROR_SYSTEM;
	}
	own->poll.data = own;
	watch->handle = own;
	return 0;
}

static int uv_watch(struct loop *base, struct watch *watch, int fd, int events)
{
	struct uv_watch *own = watch->handle;
	int r;

	if (own && own->fd != fd)
		loop_unwatch(base, watch);
	if (!watch->handle && (r = watch_new(loop_uv(base), watch, fd)) < 0)
		return r;
	own = watch->handle;
	own->events = events;
	if ((r = poll_start(own)) < 0) {
		loop_unwatch(base, watch);
		return r;
	}
	if (events & WATCH_BACKGROUND)
		uv_unref((uv_handle_t *)&own->poll);
	else
		uv_ref((uv_handle_t *)&own->poll);
	return 0;
}

/* --- the rest --- */

static void uv_wake(struct loop *loop)
{
	uv_async_send(&loop_uv(loop)->waker);
}

static void *uv_handle(struct loop *loop)
{
	return &loop_uv(loop)->uv;
}

static void uv_free(struct loop *base)
{
	struct loop_uv *loop = loop_uv(base);

	uv_close((uv_handle_t *)&loop->alarm, NULL);
	uv_close((uv_handle_t *)&loop->waker, NULL);
	/* Not UV_RUN_DEFAULT, which would wait for handles that are not ours. */
	uv_run(&loop->uv, UV_RUN_NOWAIT);
	uv_run(&loop->uv, UV_RUN_NOWAIT);
	loop_base_release(base);
	/* Busy: somebody left a handle of theirs open. It points into this
	 * memory, so a leak is the lesser evil. */
	if (uv_loop_close(&loop->uv) == 0)
		alloc_free(loop);
}

struct loop *loop_uv_new(void)
{
	static const struct loop_ops ops = {
		.clock_ns = uv_clock_ns,
		.wall_ns = uv_wall_ns,
		.wait = uv_wait,
		.watch = uv_watch,
		.unwatch = uv_unwatch,
		.wake = uv_wake,
		.uv_handle = uv_handle,
		.free = uv_free,
	};
	struct loop_uv *loop = alloc_zero(sizeof(*loop));

	if (!loop)
		return NULL;
	loop_base_init(&loop->base, &ops);
	if (uv_loop_init(&loop->uv) < 0) {
		alloc_free(loop);
		return NULL;
	}
	if (uv_async_init(&loop->uv, &loop->waker, on_waker) < 0) {
		uv_loop_close(&loop->uv);
		alloc_free(loop);
		return NULL;
	}
	loop->waker.data = loop;
	uv_unref((uv_handle_t *)&loop->waker);
	uv_timer_init(&loop->uv, &loop->alarm);
	return &loop->base;
}
