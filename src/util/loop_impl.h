/* What the two loops share: the timer heap, deferred work and the turn. For
 * loop*.c only. */
#ifndef PORTOLAN_UTIL_LOOP_IMPL_H
#define PORTOLAN_UTIL_LOOP_IMPL_H

#include "util/loop.h"

#define LOOP_NEVER UINT64_MAX

struct loop_ops {
	uint64_t (*clock_ns)(struct loop *loop); /* monotonic, read anew */
	uint64_t (*wall_ns)(const struct loop *loop);
	/* Waits for descriptors and wakes until `until_ns` (LOOP_NEVER: for
	 * ever; a time passed: only looks) and serves them. False when there
	 * is nothing it could wait for. */
	bool (*wait)(struct loop *loop, uint64_t until_ns);
	int (*watch)(struct loop *loop, struct watch *watch, int fd, int events);
	void (*unwatch)(struct loop *loop, struct watch *watch);
	void (*wake)(struct loop *loop);
	void *(*uv_handle)(struct loop *loop);
	void (*free)(struct loop *loop);
};

/* Both loops begin with this. */
struct loop {
	const struct loop_ops *ops;
	struct timer **heap; /* 1-based: heap[0] is not used */
	size_t heap_count, heap_cap;
	struct deferred *deferred, **deferred_tail;
	uint64_t order;  /* given to the next timer or deferred */
	uint64_t now_ns; /* cached for the turn */
	bool now_is_old; /* read the clock at the next question */
	bool stopped;
	void (*woken)(void *self);
	void *woken_self;
};

void loop_base_init(struct loop *loop, const struct loop_ops *ops);
void loop_base_release(struct loop *loop);

#endif
