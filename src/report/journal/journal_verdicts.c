#include "report/journal/journal_verdicts.h"

#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>

/* Values of class_of; 1..CLASSES_MAX are classes[value - 1]. A host whose
 * answers vary so much that the classes run out (a hostile one: a new TTL for
 * each port) gets rows for the rest. */
enum { CLASS_NONE = 0, CLASSES_MAX = 254, CLASS_ROW = 255 };

void journal_verdicts_release(struct journal_verdicts *verdicts)
{
	alloc_free(verdicts->class_of);
	alloc_free(verdicts->classes);
	alloc_free(verdicts->fresh);
	*verdicts = (struct journal_verdicts){.ports = verdicts->ports};
}

/* Room for one more in a growing array. */
static int grow(void **array, size_t count, size_t *room, size_t each_bytes)
{
	size_t wanted = *room ? *room * 2 : 4;
	void *grown;

	if (count < *room)
		return 0;
	if (!(grown = alloc_resize(*array, wanted, each_bytes)))
		return ERROR_MEMORY;
	*array = grown;
	*room = wanted;
	return 0;
}

static bool same_class(const struct verdict *a, const struct verdict *b)
{
	return a->state == b->state && a->reason == b->reason && a->ttl == b->ttl &&
	       ip_equal(&a->from, &b->from);
}

static void class_take(struct journal_class *class, const struct verdict *verdict)
{
	if (verdict->attempt > class->verdict.attempt)
		class->verdict.attempt = verdict->attempt;
	if (!verdict->rtt_us)
		return;
	if (!class->verdict.rtt_us || verdict->rtt_us < class->verdict.rtt_us)
		class->verdict.rtt_us = verdict->rtt_us;
	if (verdict->rtt_us > class->rtt_max_us)
		class->rtt_max_us = verdict->rtt_us;
}

/* The value for class_of, or a negative error. */
static int class_find(struct journal_verdicts *verdicts, const struct verdict *verdict)
{
	size_t i = 0;
	int r;

	while (i < verdicts->classes_count && !same_class(&verdicts->classes[i].verdict, verdict))
		i++;
	if (i == CLASSES_MAX)
		return CLASS_ROW;
	if (i == verdicts->classes_count) {
		r = grow((void **)&verdicts->classes, i, &verdicts->classes_room,
			 sizeof(*verdicts->classes));
		if (r < 0)
			return r;
		verdicts->classes[verdicts->classes_count++] =
			(struct journal_class){.verdict = *verdict, .rtt_max_us = verdict->rtt_us};
	}
	class_take(&verdicts->classes[i], verdict);
	return (int)i + 1;
}

static int note_fresh(struct journal_verdicts *verdicts, enum transport transport, uint16_t number)
{
	int r = grow((void **)&verdicts->fresh, verdicts->fresh_count, &verdicts->fresh_room,
		     sizeof(*verdicts->fresh));

	if (r == 0)
		verdicts->fresh[verdicts->fresh_count++] = (uint32_t)transport << 16 | number;
	return r;
}

int journal_verdicts_note(struct journal_verdicts *verdicts, enum transport transport,
			  uint16_t number, const struct verdict *verdict,
			  struct journal_placed *ret_placed)
{
	int32_t rank =
		verdicts->ports ? journal_ports_rank(verdicts->ports, transport, number) : -1;
	int class = CLASS_ROW, r;

	if (rank < 0) { /* not planned: nothing to run together with */
		*ret_placed = (struct journal_placed){.is_row = true};
		return 0;
	}
	if (!verdicts->class_of && !(verdicts->class_of = alloc_zero(verdicts->ports->count)))
		return ERROR_MEMORY;
	if (verdict->state != PORT_OPEN && (class = class_find(verdicts, verdict)) < 0)
		return class;
	if (class != CLASS_ROW && (r = note_fresh(verdicts, transport, number)) < 0)
		return r;
	ret_placed->is_row = class == CLASS_ROW;
	ret_placed->was_row = verdicts->class_of[rank] == CLASS_ROW;
	verdicts->class_of[rank] = (uint8_t) class;
	return 0;
}

/* Ports come in order of rank; a range grows while rank and class follow. */
struct range_maker {
	const struct journal_verdicts *verdicts;
	journal_range_visit *visit;
	void *self;
	struct journal_range range; /* ports 0: none under way */
	uint8_t class;
	int64_t last_rank;
};

static int maker_flush(struct range_maker *maker)
{
	int r = maker->range.ports ? maker->visit(maker->self, &maker->range) : 0;

	maker->range.ports = 0;
	return r;
}

static int maker_take(struct range_maker *maker, enum transport transport, uint16_t number,
		      int64_t rank)
{
	uint8_t class = maker->verdicts->class_of[rank];
	struct journal_range *range = &maker->range;
	int r;

	if (class == CLASS_NONE || class == CLASS_ROW)
		return maker_flush(maker);
	if (range->ports && rank == maker->last_rank + 1 && class == maker->class &&
	    transport == range->transport) {
		range->last = number;
		range->ports++;
	} else {
		if ((r = maker_flush(maker)) < 0)
			return r;
		*range = (struct journal_range){transport, number, number, 1,
						&maker->verdicts->classes[class - 1]};
	}
	maker->last_rank = rank;
	maker->class = class;
	return 0;
}

int journal_verdicts_each(const struct journal_verdicts *verdicts, journal_range_visit *visit,
			  void *self)
{
	struct range_maker maker = {.verdicts = verdicts, .visit = visit, .self = self};
	int64_t rank = 0;
	int r;

	if (!verdicts->class_of)
		return 0;
	for (int t = 0; t < TRANSPORTS; t++) {
		const struct portset *set = &verdicts->ports->of[t];

		for (int32_t p = portset_next(set, 0); p >= 0;
		     p = portset_next(set, (uint32_t)p + 1))
			if ((r = maker_take(&maker, (enum transport)t, (uint16_t)p, rank++)) < 0)
				return r;
	}
	return maker_flush(&maker);
}

static int compare_fresh(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

int journal_verdicts_each_fresh(struct journal_verdicts *verdicts, journal_range_visit *visit,
				void *self)
{
	struct range_maker maker = {.verdicts = verdicts, .visit = visit, .self = self};
	int r;

	if (!verdicts->fresh_count)
		return 0;
	qsort(verdicts->fresh, verdicts->fresh_count, sizeof(*verdicts->fresh), compare_fresh);
	for (size_t i = 0; i < verdicts->fresh_count; i++) {
		uint32_t fresh = verdicts->fresh[i];
		enum transport transport = (enum transport)(fresh >> 16);
		uint16_t number = (uint16_t)fresh;

		if (i && fresh == verdicts->fresh[i - 1])
			continue; /* noted twice: only the last verdict counts */
		r = maker_take(&maker, transport, number,
			       journal_ports_rank(verdicts->ports, transport, number));
		if (r < 0)
			return r;
	}
	return maker_flush(&maker);
}

void journal_verdicts_fresh_done(struct journal_verdicts *verdicts)
{
	alloc_free(verdicts->fresh);
	verdicts->fresh = NULL;
	verdicts->fresh_count = verdicts->fresh_room = 0;
}
