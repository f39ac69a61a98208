/* What is under way: a heap of (due, order) over slots that never move and are
 * used again, so that a packet costs no allocation once the network has been as
 * busy before. Four children a node: half the levels of a binary heap, and siblings lie
 * side by side; it is where most of an exchange's time goes. */
#include "engine/link_sim_impl.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define CHUNK_SLOTS    128
#define HEAP_FIRST_CAP 256
#define CHILDREN       4

struct sim_chunk {
	struct sim_chunk *next;
	struct sim_slot slots[CHUNK_SLOTS];
};

static bool is_before(const struct sim_pending *a, const struct sim_pending *b)
{
	return a->due_ns != b->due_ns ? a->due_ns < b->due_ns : a->order < b->order;
}

static int grow_heap(struct sim_queue *queue)
{
	size_t cap = queue->cap ? queue->cap * 2 : HEAP_FIRST_CAP;
	struct sim_pending *heap = alloc_resize(queue->heap, cap, sizeof(*heap));

	if (!heap)
		return ERROR_MEMORY;
	queue->heap = heap;
	queue->cap = cap;
	return 0;
}

static int grow_slots(struct sim_queue *queue)
{
	struct sim_chunk *chunk = alloc_zero(sizeof(*chunk));
	size_t i;

	if (!chunk)
		return ERROR_MEMORY;
	chunk->next = queue->chunks;
	queue->chunks = chunk;
	for (i = 0; i < CHUNK_SLOTS; i++)
		sim_queue_recycle(queue, &chunk->slots[i]);
	return 0;
}

static int take_slot(struct sim_queue *queue, size_t count, struct sim_slot **ret_slot)
{
	uint8_t *big = NULL;

	if (!queue->free && grow_slots(queue) < 0)
		return ERROR_MEMORY;
	if (count > SIM_INLINE_BYTES && !(big = alloc_zero(count)))
		return ERROR_MEMORY;
	*ret_slot = queue->free;
	queue->free = queue->free->next_free;
	(*ret_slot)->big = big;
	return 0;
}

static void push(struct sim_queue *queue, const struct sim_pending *pending)
{
	struct sim_pending *heap = queue->heap;
	size_t at = queue->count++, parent;

	for (; at; at = parent) {
		parent = (at - 1) / CHILDREN;
		if (!is_before(pending, &heap[parent]))
			break;
		heap[at] = heap[parent];
	}
	heap[at] = *pending;
}

int sim_queue_add(struct sim_queue *queue, uint64_t due_ns, enum sim_event event,
		  const uint8_t *bytes, size_t count)
{
	struct sim_pending pending = {.due_ns = due_ns};

	if (queue->count >= queue->cap && grow_heap(queue) < 0)
		return ERROR_MEMORY;
	if (take_slot(queue, count, &pending.slot) < 0)
		return ERROR_MEMORY;
	pending.slot->event = event;
	pending.slot->count = (uint32_t)count;
	if (count)
		memcpy(pending.slot->big ? pending.slot->big : pending.slot->bytes, bytes, count);
	pending.order = queue->order++;
	push(queue, &pending);
	return 0;
}

uint64_t sim_queue_due_ns(const struct sim_queue *queue)
{
	return queue->count ? queue->heap[0].due_ns : UINT64_MAX;
}

static size_t first_child(const struct sim_queue *queue, size_t parent)
{
	size_t child = parent * CHILDREN + 1, first = child, i;

	for (i = child + 1; i < child + CHILDREN && i < queue->count; i++)
		if (is_before(&queue->heap[i], &queue->heap[first]))
			first = i;
	return first;
}

struct sim_slot *sim_queue_take(struct sim_queue *queue)
{
	struct sim_pending *heap = queue->heap;
	struct sim_slot *slot = heap[0].slot;
	struct sim_pending last = heap[--queue->count];
	size_t at = 0, child;

	while (at * CHILDREN + 1 < queue->count) {
		child = first_child(queue, at);
		if (!is_before(&heap[child], &last))
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = last;
	return slot;
}

void sim_queue_recycle(struct sim_queue *queue, struct sim_slot *slot)
{
	alloc_free(slot->big);
	slot->big = NULL;
	slot->next_free = queue->free;
	queue->free = slot;
}

void sim_queue_release(struct sim_queue *queue)
{
	struct sim_chunk *chunk;

	while (queue->count)
		sim_queue_recycle(queue, sim_queue_take(queue));
	while ((chunk = queue->chunks)) {
		queue->chunks = chunk->next;
		alloc_free(chunk);
	}
	alloc_free(queue->heap);
}
