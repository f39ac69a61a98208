#include "detect/os/os_intern.h"

#include "util/alloc.h"
#include "util/hash.h"

#include <string.h>

#define ROOM_FIRST 1024u

static struct os_interned *find(const struct os_intern *table, const char *text, size_t bytes,
				uint32_t hash, uint32_t tag)
{
	size_t at = hash & (table->room - 1);
	struct os_interned *place = &table->places[at];

	while (place->text && (place->hash != hash || place->tag != tag || place->bytes != bytes ||
			       memcmp(place->text, text, bytes) != 0)) {
		at = (at + 1) & (table->room - 1);
		place = &table->places[at];
	}
	return place;
}

static int grow(struct os_intern *table)
{
	struct os_intern larger = {.room = table->room ? table->room * 2 : ROOM_FIRST,
				   .count = table->count};
	size_t i, at;

	if (!(larger.places = alloc_array(larger.room, sizeof(*larger.places))))
		return -1;
	for (i = 0; i < table->room; i++) {
		if (!table->places[i].text)
			continue;
		at = table->places[i].hash & (larger.room - 1);
		while (larger.places[at].text)
			at = (at + 1) & (larger.room - 1);
		larger.places[at] = table->places[i];
	}
	os_intern_release(table);
	*table = larger;
	return 0;
}

struct os_interned *os_intern_place(struct os_intern *table, const char *text, size_t bytes,
				    uint32_t tag)
{
	static const struct hash_key key = {0x6f73207072696e74u, 0x7265666572656e63u};
	uint32_t hash;
	struct os_interned *place;

	if (table->count >= table->room / 2 && grow(table) < 0)
		return NULL;
	hash = (uint32_t)hash_bytes(key, text, bytes) + tag * 0x9e3779b9u;
	place = find(table, text, bytes, hash, tag);
	if (!place->text) {
		place->hash = hash;
		place->tag = tag;
		table->count++;
	}
	return place;
}

void os_intern_release(struct os_intern *table)
{
	alloc_free(table->places);
	*table = (struct os_intern){NULL, 0, 0};
}
