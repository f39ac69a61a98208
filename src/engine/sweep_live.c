/* Live targets and what each of their probes heard. With one probe a target
 * they are given on at once and nothing is kept. */
#include "engine/sweep_private.h"
#include "engine/verdict_merge.h"

#include "util/alloc.h"
#include "util/error.h"

#define LIVES_LEAST 1024u

/* A verdict in a byte: two bits of state, six of reason (there are fewer). */
static uint8_t pack(const struct verdict *verdict)
{
	unsigned state = verdict->state == PORT_OPEN ? 3 : verdict->state == PORT_FILTERED ? 1 : 2;

	return (uint8_t)(state << 6 | (verdict->reason & 63u));
}

static struct verdict unpack(const struct scan_technique *technique, uint8_t heard)
{
	enum reason reason = heard & 63u;

	switch (heard >> 6) {
	case 1:
		return verdict_of(PORT_FILTERED, reason);
	case 2:
		return verdict_of(technique->letter == 'A' ? PORT_UNFILTERED : PORT_CLOSED, reason);
	case 3:
		return verdict_of(PORT_OPEN, reason);
	default:
		return technique->on_silence;
	}
}

struct verdict swept_verdict(const struct swept *swept, uint32_t probe)
{
	struct verdict verdict =
		unpack(swept->sweep->config.probes[probe].technique, swept->heard[probe]);

	if (swept->heard[probe]) {
		verdict.ttl = swept->ttl;
		verdict.attempt = 1;
	}
	return verdict;
}

const struct sweep_probe *swept_probe(const struct swept *swept, uint32_t probe)
{
	return &swept->sweep->config.probes[probe];
}

static void give(struct sweep *sweep, const struct live *live)
{
	const struct swept swept = {
		.addr = target_space_at(sweep->config.space, live->target),
		.up = live->up,
		.up_port = live->up_port,
		.sweep = sweep,
		.sweep_probes = sweep->config.probes_count,
		.heard = live->heard,
		.ttl = live->ttl,
	};

	sweep->config.live(sweep->config.self, &swept);
}

/* The only probe of its target. */
static void give_single(struct sweep *sweep, uint128 target, const struct verdict *verdict)
{
	const uint8_t heard = pack(verdict);
	const struct swept swept = {
		.addr = target_space_at(sweep->config.space, target),
		.up = *verdict,
		.up_port = sweep->config.probes[0].port,
		.sweep = sweep,
		.sweep_probes = sweep->config.probes_count,
		.heard = &heard,
		.ttl = verdict->ttl,
	};

	sweep->config.live(sweep->config.self, &swept);
}

static struct live **bucket_of(const struct sweep *sweep, uint128 target)
{
	uint64_t mixed = ((uint64_t)target ^ (uint64_t)(target >> 64)) * 0x9e3779b97f4a7c15ull;

	return &sweep->lives[(mixed >> 20) & sweep->lives_mask];
}

static void table_grow(struct sweep *sweep)
{
	size_t size = sweep->lives ? sweep->lives_mask + 1 : 0, i;
	size_t wanted = size ? size * 2 : LIVES_LEAST;
	struct live **old = sweep->lives, **wider;

	if (sweep->lives_count < size || !(wider = alloc_array(wanted, sizeof(*wider))))
		return;
	sweep->lives = wider;
	sweep->lives_mask = wanted - 1;
	for (i = 0; i < size; i++) {
		struct live *live = old[i], *next;

		for (; live; live = next) {
			struct live **bucket = bucket_of(sweep, live->target);

			next = live->next;
			live->next = *bucket;
			*bucket = live;
		}
	}
	alloc_free(old);
}

static struct live *live_find(const struct sweep *sweep, uint128 target)
{
	struct live *live = sweep->lives ? *bucket_of(sweep, target) : NULL;

	while (live && live->target != target)
		live = live->next;
	return live;
}

static struct live *live_add(struct sweep *sweep, uint128 target)
{
	struct live *live, **bucket;

	table_grow(sweep);
	if (!sweep->lives || !(live = alloc_zero(sizeof(*live) + sweep->config.probes_count)))
		return NULL;
	bucket = bucket_of(sweep, target);
	live->target = target;
	live->next = *bucket;
	*bucket = live;
	sweep->lives_count++;
	return live;
}

static void note(const struct sweep *sweep, struct live *live, uint32_t probe,
		 const struct verdict *verdict, bool from_target)
{
	live->heard[probe] = pack(verdict);
	if (from_target && live->up.state == PORT_UNKNOWN) {
		live->up = *verdict;
		live->up_port = sweep->config.probes[probe].port;
		live->ttl = verdict->ttl;
	}
}

int live_note(struct sweep *sweep, uint128 target, uint32_t probe, const struct verdict *verdict,
	      bool from_target)
{
	struct live *live;

	if (sweep->config.probes_count == 1) {
		if (from_target)
			give_single(sweep, target, verdict);
		return 0;
	}
	/* What a router says of a target is kept only if the target is live. */
	live = live_find(sweep, target);
	if (!live && !(live = live_add(sweep, target)))
		return ERROR_MEMORY;
	note(sweep, live, probe, verdict, from_target);
	return 0;
}

void live_revise(struct sweep *sweep, uint128 target, uint32_t probe, const struct verdict *verdict,
		 bool from_target)
{
	const struct scan_technique *technique = sweep->config.probes[probe].technique;
	struct live *live = live_find(sweep, target);
	struct verdict old;

	if (!live)
		return;
	old = unpack(technique, live->heard[probe]);
	if (!live->heard[probe])
		old = verdict_none(); /* late: its chunk is through */
	if (verdict_replaces(technique, (enum port_state)old.state,
			     (enum port_state)verdict->state))
		note(sweep, live, probe, verdict, from_target);
}

static struct live *pop(struct sweep *sweep, size_t *at)
{
	for (; sweep->lives && *at <= sweep->lives_mask; (*at)++) {
		struct live *live = sweep->lives[*at];

		if (!live)
			continue;
		sweep->lives[*at] = live->next;
		sweep->lives_count--;
		return live;
	}
	return NULL;
}

static int by_target(const void *a, const void *b)
{
	const struct live *const *x = a, *const *y = b;

	return (*x)->target < (*y)->target ? -1 : (*x)->target > (*y)->target;
}

/* In the order of the targets, where there is memory to sort them. */
void live_give_all(struct sweep *sweep)
{
	size_t count = sweep->lives_count, i = 0, at = 0;
	struct live **all = alloc_array(count, sizeof(struct live *)), *live;

	while (all && i < count && (live = pop(sweep, &at)))
		all[i++] = live;
	if (all && i)
		qsort(all, i, sizeof(struct live *), by_target);
	for (count = 0; count < i; count++) {
		if (all[count]->up.state != PORT_UNKNOWN)
			give(sweep, all[count]);
		alloc_free(all[count]);
	}
	alloc_free(all);
	at = 0;
	while ((live = pop(sweep, &at))) {
		if (live->up.state != PORT_UNKNOWN)
			give(sweep, live);
		alloc_free(live);
	}
}

void live_free_all(struct sweep *sweep)
{
	struct live *live;
	size_t at = 0;

	while ((live = pop(sweep, &at)))
		alloc_free(live);
	alloc_free(sweep->lives);
	sweep->lives = NULL;
}
