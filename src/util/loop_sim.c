/* The simulated loop: no descriptors, and a clock that stands still while
 * callbacks run and jumps to the next timer when they are through. */
#include "util/loop_impl.h"

#include "util/alloc.h"
#include "util/error.h"

#include <stdatomic.h>

struct loop_sim {
	struct loop base;
	uint64_t clock_ns, wall_ns;
	atomic_bool wake_pending;
};

static uint64_t sim_clock_ns(struct loop *loop)
{
	return ((struct loop_sim *)loop)->clock_ns;
}

static uint64_t sim_wall_ns(const struct loop *loop)
{
	const struct loop_sim *sim = (const struct loop_sim *)loop;

	return sim->wall_ns + sim->clock_ns;
}

static bool sim_wait(struct loop *loop, uint64_t until_ns)
{
	struct loop_sim *sim = (struct loop_sim *)loop;

	if (atomic_exchange(&sim->wake_pending, false)) {
		if (loop->woken)
			loop->woken(loop->woken_self);
		return true;
	}
	if (until_ns == LOOP_NEVER)
		return false; /* no timer, or none that will ever fire */
	if (until_ns > sim->clock_ns)
		sim->clock_ns = until_ns;
	loop->now_is_old = true;
	return true;
}

static int sim_watch(struct loop *loop, struct watch *watch, int fd, int events)
{
	return ERROR_UNSUPPORTED;
}

static void sim_unwatch(struct loop *loop, struct watch *watch)
{
}

static void sim_wake(struct loop *loop)
{
	atomic_store(&((struct loop_sim *)loop)->wake_pending, true);
}

static void *sim_uv_handle(struct loop *loop)
{
	return NULL;
}

static void sim_free(struct loop *loop)
{
	loop_base_release(loop);
	alloc_free(loop);
}

struct loop *loop_sim_new(uint64_t wall_ns)
{
	static const struct loop_ops ops = {
		.clock_ns = sim_clock_ns,
		.wall_ns = sim_wall_ns,
		.wait = sim_wait,
		.watch = sim_watch,
		.unwatch = sim_unwatch,
		.wake = sim_wake,
		.uv_handle = sim_uv_handle,
		.free = sim_free,
	};
	struct loop_sim *sim = alloc_zero(sizeof(*sim));

	if (!sim)
		return NULL;
	loop_base_init(&sim->base, &ops);
	sim->wall_ns = wall_ns;
	return &sim->base;
}
