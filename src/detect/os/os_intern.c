#include "detect/os/os_intern.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/hash.h"

#include <stdbool.h>
#include <string.h>

#define ROOM_FIRST 1024u

/* Small, so that many fit into the processor's cache. */
struct os_intern_place {
	uint32_t hash;
	uint32_t number; /* in `all`, from 1; 0: free */
};

static uint32_t hash_of(const char *text, size_t bytes, uint32_t tag)
{
	static const struct hash_key key = {0x6f73207072696e74u, 0x7265666572656e63u};

	return (uint32_t)hash_bytes(key, text, bytes) + tag * 0x9e3779b9u;
}

static bool is_it(const struct os_interned *one, const char *text, size_t bytes, uint32_t tag)
{
	return one->tag == tag && one->bytes == bytes && memcmp(one->text, text, bytes) == 0;
}

const struct os_interned *os_intern_find(const struct os_intern *table, const char *text,
					 size_t bytes, uint32_t tag)
{
	uint32_t hash = hash_of(text, bytes, tag);
	size_t at;

	if (!table->room)
		return NULL;
	for (at = hash & (table->room - 1); table->places[at].number;
	     at = (at + 1) & (table->room - 1)) {
		const struct os_interned *one = &table->all[table->places[at].number - 1];

		if (table->places[at].hash == hash && is_it(one, text, bytes, tag))
			return one;
	}
	return NULL;
}

static void put(struct os_intern_place *places, size_t room, struct os_intern_place place)
{
	size_t at = place.hash & (room - 1);

	while (places[at].number)
		at = (at + 1) & (room - 1);
	places[at] = place;
}

static int grow(struct os_intern *table)
{
	size_t room = table->room ? table->room * 2 : ROOM_FIRST, i;
	struct os_intern_place *places = alloc_array(room, sizeof(*places));
	struct os_interned *all = alloc_resize(table->all, room / 2, sizeof(*all));

	if (all)
		table->all = all;
	if (!places || !all) {
		alloc_free(places);
		return ERROR_MEMORY;
	}
	for (i = 0; i < table->room; i++)
		if (table->places[i].number)
			put(places, room, table->places[i]);
	alloc_free(table->places);
	table->places = places;
	table->room = room;
	return 0;
}

int os_intern_add(struct os_intern *table, const char *text, size_t bytes, uint32_t tag,
		  uint32_t value)
{
	if (table->count >= table->room / 2 && grow(table) < 0)
		return ERROR_MEMORY;
	table->all[table->count++] = (struct os_interned){text, (uint32_t)bytes, value, tag};
	put(table->places, table->room,
	    (struct os_intern_place){hash_of(text, bytes, tag), (uint32_t)table->count});
	return 0;
}

void os_intern_release(struct os_intern *table)
{
	alloc_free(table->all);
	alloc_free(table->places);
	*table = (struct os_intern){.all = NULL};
}
