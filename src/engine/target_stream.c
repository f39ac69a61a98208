/* A queue of expressions, read ahead of the one being walked so that names are
 * being resolved while others are scanned. Order is kept: the target given out
 * is always the front item's, and a name whose answer is still out holds up
 * what stands behind it, never what is asked.
 *
 * How far ahead: with 2 % loss a window of n names meets a lost query almost
 * surely, and then waits about a second for its retry, so a list of names
 * advances by about n a second. Hence some thousands; an item is a few hundred bytes. */
#include "engine/target.h"

#include "engine/target_input.h"
#include "engine/target_item.h"
#include "engine/target_random.h"
#include "engine/target_rules.h"
#include "util/alloc.h"
#include "util/error.h"

#include <net/if.h>
#include <stdatomic.h>

#define AHEAD_MAX 16384
/* Jumps over barred stretches, and items that yield nothing, in one call. */
#define BUDGET_STEPS 20000

struct target_stream {
	struct target_stream_config config;
	struct target_input input;
	struct target_expr_grammar grammar; /* of -iL lines */
	struct target_filter filter;
	struct target_seen seen;
	struct target_rules_memory *rules;
	struct target_random *random; /* NULL unless -iR */
	uint64_t random_left;

	struct target_item *queue[AHEAD_MAX]; /* a ring */
	size_t front, queued;
	bool input_ended;
	bool input_later; /* nothing to read for now */
	bool watched;     /* ... and `readable` will tell when there is */
	struct watch readable;
	struct timer slice; /* after a pause */

	struct target_walk walk; /* of the front item's current part */
	bool walking, waiting;
	struct target_item *skipped; /* lives until the next call */
	uint64_t next_index;
	int error;
	int input_error; /* becomes error when all that stood before it is through */
	struct diag diag;
};

static void stream_fail(struct target_stream *stream, int error)
{
	stream->error = diag_set(&stream->diag, error, "%s.", error_text(error));
}

static void stream_wake(struct target_stream *stream)
{
	if (!stream->waiting)
		return;
	stream->waiting = false;
	if (stream->config.wake)
		stream->config.wake(stream->config.self);
}

static void input_readable(void *self, int events)
{
	struct target_stream *stream = self;

	loop_unwatch(stream->config.loop, &stream->readable);
	stream->watched = stream->input_later = false;
	stream_wake(stream);
}

static void slice_over(void *self)
{
	stream_wake(self);
}

/* Only the front item's answer lets the stream move. */
static void item_answered(void *self, struct target_item *item, int error)
{
	struct target_stream *stream = self;

	if (error < 0)
		stream_fail(stream, error);
	if (error < 0 || (stream->queued && item == stream->queue[stream->front]))
		stream_wake(stream);
}

/* Reads one expression into the queue. False when there is none for now. */
static bool queue_read(struct target_stream *stream, bool wait)
{
	struct target_expr_grammar grammar = stream->grammar;
	struct target_item *item;
	enum target_read got;
	const char *word;
	bool from_file;
	int r;

	got = target_input_next(&stream->input, wait, &word, &from_file, &stream->diag);
	stream->input_later = got == TARGET_READ_LATER;
	stream->input_ended = got == TARGET_READ_END || got == TARGET_READ_FAILED;
	stream->input_error = got == TARGET_READ_FAILED ? ERROR_IO : 0;
	if (got != TARGET_READ_WORD)
		return false;
	grammar.ports = from_file;
	r = target_item_new(word, &grammar, stream->config.targets, stream->config.resolver,
			    item_answered, stream, &item);
	if (r < 0) {
		stream_fail(stream, r);
		return false;
	}
	stream->queue[(stream->front + stream->queued++) % AHEAD_MAX] = item;
	return true;
}

/* Reads ahead what is there to read, and has the loop tell when there is more.
 * Without a loop it is tried again whenever an item has gone. */
static void queue_fill(struct target_stream *stream)
{
	struct loop *loop = stream->config.loop;

	while (stream->queued < AHEAD_MAX && !stream->input_ended && !stream->input_later)
		if (!queue_read(stream, false))
			break;
	if (stream->input_later && !stream->watched && loop)
		stream->watched = loop_watch(loop, &stream->readable,
					     target_input_fd(&stream->input), WATCH_READ) == 0;
}

static void queue_drop_front(struct target_stream *stream)
{
	target_item_free(stream->queue[stream->front], stream->config.resolver);
	stream->front = (stream->front + 1) % AHEAD_MAX;
	stream->queued--;
	stream->walking = false;
	stream->input_later = stream->watched;
}

static void warn_of_mask(const struct target_stream *stream, const struct target_item *item,
			 const struct target_expr *part)
{
	struct diag diag;

	if (!part->mask_cut || !stream->config.warn)
		return;
	diag_set(&diag, 0, "The mask of \"%.400s\" is longer than an address: one host is scanned.",
		 item->text);
	stream->config.warn(stream->config.self, diag.text);
}

static void warn_of_others(const struct target_stream *stream, const struct target_item *item)
{
	char text[IP_TEXT_BYTES];
	struct diag diag;
	size_t i, count = 0;

	if (!stream->config.warn || item->scanned_count != 1)
		return;
	for (i = 0; i < item->addrs_count; i++)
		count += item->addrs[i].family == item->addrs[0].family;
	if (count < 2)
		return;
	diag_set(&diag, 0,
		 "\"%.300s\" resolves to %zu addresses: %s is scanned (--resolve-all scans all).",
		 item->name, count, ip_format(&item->addrs[0], text));
	stream->config.warn(stream->config.self, diag.text);
}

/* The front item comes to be walked. An error other than of memory is the item's. */
static int front_begin(struct target_stream *stream, struct target_item *item)
{
	struct diag diag, why;
	int r;

	warn_of_others(stream, item);
	if (!item->expr.ports || !stream->config.ports)
		return 0;
	r = target_rules_get(stream->rules, item->expr.ports, stream->config.ports, &item->rules,
			     &diag);
	if (r == 0 || r == ERROR_MEMORY)
		return r;
	diag_set(&why, r, "The ports of \"%.200s\" are of no use: %.350s", item->text, diag.text);
	return target_item_fail(item, why.text);
}

/* Goes on to the item's next part. False when there is none or it has failed. */
static bool front_part(struct target_stream *stream, struct target_item *item)
{
	struct target_expr part;

	if (!item->walked) {
		int r = front_begin(stream, item);

		if (r < 0)
			stream_fail(stream, r);
		if (r < 0 || item->state == TARGET_ITEM_FAILED)
			return false;
	}
	if (!target_item_next_part(item, &stream->grammar, &part))
		return false;
	warn_of_mask(stream, item, &part);
	target_walk_begin(&stream->walk, &part, &stream->filter);
	stream->walking = true;
	return true;
}

static void front_remember(struct target_stream *stream, const struct ip_addr *addr)
{
	if (stream->filter.seen &&
	    target_walk_remember(&stream->walk, stream->filter.seen, addr) < 0)
		stream_fail(stream, ERROR_MEMORY);
}

static enum target_step front_next(struct target_stream *stream, struct target_item *item,
				   unsigned *budget, struct ip_addr *ret_addr)
{
	while (stream->walking || front_part(stream, item)) {
		enum target_step step =
			target_walk_next(&stream->walk, &stream->filter, budget, ret_addr);

		if (step == TARGET_STEP_ADDR)
			front_remember(stream, ret_addr);
		if (step != TARGET_STEP_END)
			return step;
		front_remember(stream, NULL);
		stream->walking = false;
	}
	return TARGET_STEP_END;
}

static enum target_step random_next(struct target_stream *stream, unsigned *budget,
				    struct ip_addr *ret_addr)
{
	struct ip_addr last;

	while (stream->random_left && target_random_next(stream->random, ret_addr)) {
		stream->random_left--;
		if (!target_filter_bars(&stream->filter, ret_addr, &last))
			return TARGET_STEP_ADDR;
		if (!*budget)
			return TARGET_STEP_PAUSE;
		--*budget;
	}
	return TARGET_STEP_END;
}

static int copy_others(const struct target_item *item, const struct ip_addr *named,
		       struct target *target)
{
	size_t i;

	target->others = alloc_array(item->addrs_count, sizeof(*target->others));
	if (!target->others)
		return ERROR_MEMORY;
	for (i = 0; i < item->addrs_count; i++)
		if (&item->addrs[i] != named)
			target->others[target->others_count++] = item->addrs[i];
	return 0;
}

/* item: NULL when the address was drawn. */
static enum target_next give(struct target_stream *stream, const struct target_item *item,
			     const struct ip_addr *addr, struct target **ret_target)
{
	const struct ip_addr *named = item ? target_item_named(item, addr) : NULL;
	struct target *target = alloc_zero(sizeof(*target));

	if (!target)
		goto no_memory;
	atomic_init(&target->refs, 1);
	target->addr = *addr;
	if (named && !(target->name = alloc_strdup(item->name)))
		goto no_memory;
	if (named && item->scanned_count == 1 && item->addrs_count > 1 &&
	    copy_others(item, named, target) < 0)
		goto no_memory;
	if (item && item->rules) {
		target_rules_ref(item->rules);
		target->rules = item->rules;
		target->ports = &item->rules->ports;
	}
	target->index = stream->next_index++;
	*ret_target = target;
	return TARGET_READY;
no_memory:
	target_unref(target);
	stream_fail(stream, ERROR_MEMORY);
	return TARGET_END;
}

/* Takes the failed front item out; it is kept until the next call. */
static enum target_next give_up(struct target_stream *stream, struct target_skipped *ret_skipped)
{
	stream->skipped = stream->queue[stream->front];
	stream->queue[stream->front] = NULL;
	queue_drop_front(stream);
	ret_skipped->expression = stream->skipped->text;
	ret_skipped->why = stream->skipped->why;
	return TARGET_BAD;
}

static enum target_next wait_for_wake(struct target_stream *stream)
{
	stream->waiting = true;
	return TARGET_WAIT;
}

/* Lets others work for a moment, where there is a loop to come back from. */
static bool pause_for_others(struct target_stream *stream, unsigned *budget)
{
	struct loop *loop = stream->config.loop;

	*budget = BUDGET_STEPS;
	return loop && loop_timer_set(loop, &stream->slice, loop_now_ns(loop)) == 0;
}

/* The address to give next, of `*ret_item` or drawn (NULL). TARGET_READY when
 * there is one; TARGET_BAD when the front item is to be given up. */
static enum target_next find_next(struct target_stream *stream, struct target_item **ret_item,
				  struct ip_addr *ret_addr)
{
	unsigned budget = BUDGET_STEPS;

	while (!stream->error) {
		struct target_item *item = NULL;
		enum target_step step;

		queue_fill(stream);
		if (!stream->queued && !stream->input_ended) {
			if (stream->watched)
				return wait_for_wake(stream);
			queue_read(stream, true);
			continue;
		}
		if (stream->queued) {
			item = stream->queue[stream->front];
			if (item->state == TARGET_ITEM_ASKING)
				return wait_for_wake(stream);
			if (item->state == TARGET_ITEM_FAILED)
				return TARGET_BAD;
			step = front_next(stream, item, &budget, ret_addr);
		} else if (stream->input_error) {
			break;
		} else {
			step = random_next(stream, &budget, ret_addr);
		}
		*ret_item = item;
		if (step == TARGET_STEP_ADDR)
			return stream->error ? TARGET_END : TARGET_READY;
		if (step == TARGET_STEP_END && !item)
			break;
		if (step == TARGET_STEP_END && item->state == TARGET_ITEM_READY) {
			queue_drop_front(stream);
			budget -= budget > 0;
		}
		if (!budget && pause_for_others(stream, &budget))
			return wait_for_wake(stream);
	}
	return TARGET_END;
}

enum target_next target_stream_next(struct target_stream *stream, struct target **ret_target,
				    struct target_skipped *ret_skipped)
{
	struct target_item *item = NULL;
	struct ip_addr addr;

	target_item_free(stream->skipped, stream->config.resolver);
	stream->skipped = NULL;
	switch (find_next(stream, &item, &addr)) {
	case TARGET_READY:
		return give(stream, item, &addr, ret_target);
	case TARGET_BAD:
		return give_up(stream, ret_skipped);
	case TARGET_WAIT:
		return TARGET_WAIT;
	default:
		break;
	}
	if (!stream->error)
		stream->error = stream->input_error;
	return TARGET_END;
}

int target_stream_error(const struct target_stream *stream, struct diag *ret_diag)
{
	if (stream->error && ret_diag)
		*ret_diag = stream->diag;
	return stream->error;
}

void target_stream_free(struct target_stream *stream)
{
	if (!stream)
		return;
	if (stream->config.loop) {
		loop_unwatch(stream->config.loop, &stream->readable);
		loop_timer_cancel(stream->config.loop, &stream->slice);
	}
	while (stream->queued)
		queue_drop_front(stream);
	target_item_free(stream->skipped, stream->config.resolver);
	target_input_close(&stream->input);
	target_random_free(stream->random);
	target_rules_memory_free(stream->rules);
	addrset_free(stream->seen.set);
	alloc_free(stream);
}

static int stream_set_up(struct target_stream *stream, struct diag *diag)
{
	const struct target_config *targets = stream->config.targets;
	int r;

	if (targets->random && !(targets->families & RESOLVE_V4))
		return diag_set(diag, ERROR_USAGE, "-iR draws IPv4 addresses: leave out -6.");
	stream->grammar.ports = true;
	if (targets->scope_interface)
		stream->grammar.scope_id = if_nametoindex(targets->scope_interface);
	stream->filter.excludes = stream->config.excludes;
	stream->filter.done = stream->config.done;
	stream->readable = (struct watch){.ready = input_readable, .self = stream};
	stream->slice = (struct timer){.fire = slice_over, .self = stream};
	if (targets->unique) {
		stream->filter.seen = &stream->seen;
		stream->seen.set = addrset_new();
	}
	stream->rules = target_rules_memory_new(stream->config.seed);
	if (!stream->rules || (targets->unique && !stream->seen.set))
		return diag_set(diag, ERROR_MEMORY, "Out of memory.");
	if (targets->random) {
		r = target_random_new(stream->config.excludes, stream->config.seed,
				      &stream->random);
		if (r < 0)
			return diag_set(diag, r, "Out of memory.");
		stream->random_left = targets->random_count ? targets->random_count : UINT64_MAX;
	}
	return target_input_open(&stream->input, targets, diag);
}

int target_stream_new(const struct target_stream_config *config, struct target_stream **ret_stream,
		      struct diag *diag)
{
	struct target_stream *stream = alloc_zero(sizeof(*stream));
	int r;

	if (!stream)
		return diag_set(diag, ERROR_MEMORY, "Out of memory.");
	stream->config = *config;
	stream->next_index = config->first_index;
	r = stream_set_up(stream, diag);
	if (r < 0) {
		target_stream_free(stream);
		return r;
	}
	*ret_stream = stream;
	return 0;
}
