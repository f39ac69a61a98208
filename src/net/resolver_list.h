/* Doubly linked rings for the resolvers' queues: an element is in at most one
 * queue and leaves it without knowing which. */
#ifndef PORTOLAN_NET_RESOLVER_LIST_H
#define PORTOLAN_NET_RESOLVER_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* All zero: in no ring. A ring's head starts with ring_init(). */
struct ring {
	struct ring *next, *prev;
};

static inline void ring_init(struct ring *head)
{
	head->next = head->prev = head;
}

static inline bool ring_is_empty(const struct ring *head)
{
	return head->next == head;
}

static inline void ring_append(struct ring *head, struct ring *link)
{
	link->prev = head->prev;
	link->next = head;
	head->prev->next = link;
	head->prev = link;
}

static inline void ring_remove(struct ring *link) /* fine when in none */
{
	if (!link->next)
		return;
	link->next->prev = link->prev;
	link->prev->next = link->next;
	link->next = link->prev = NULL;
}

/* The first link, taken out; NULL when there is none. */
static inline struct ring *ring_take(struct ring *head)
{
	struct ring *first = head->next;

	if (first == head)
		return NULL;
	ring_remove(first);
	return first;
}

/* Moves all of `from` behind `to`. */
static inline void ring_splice(struct ring *to, struct ring *from)
{
	if (ring_is_empty(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	ring_init(from);
}

#define ring_entry(link, type, member) ((type *)(void *)((char *)(link)-offsetof(type, member)))

#endif
