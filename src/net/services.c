#include "net/services.h"

#include "net/services_table.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

static bool has_room(struct service_table *table)
{
	uint32_t cap = table->cap ? table->cap * 2 : 64;
	struct service_row *rows;

	if (table->count < table->cap)
		return true;
	rows = alloc_resize(table->rows, cap, sizeof(*rows));
	if (!rows)
		return false;
	table->rows = rows;
	table->cap = cap;
	return true;
}

static bool add_name(struct buf *names, const char *name, size_t bytes, uint32_t *ret_offset)
{
	static const char unknown[] = "unknown";

	if (!names->len)
		buf_add(names, unknown, sizeof(unknown));
	*ret_offset = SERVICE_UNKNOWN;
	if (bytes != sizeof(unknown) - 1 || memcmp(name, unknown, bytes)) {
		*ret_offset = (uint32_t)names->len;
		buf_add(names, name, bytes);
		buf_add_char(names, '\0');
	}
	return buf_ok(names);
}

int service_table_add(struct service_table *table, uint16_t port, const char *name,
		      size_t name_bytes, double frequency)
{
	uint32_t offset;

	if (portset_has(&table->known, port))
		return 0;
	if (!has_room(table) || !add_name(&table->names, name, name_bytes, &offset))
		return ERROR_MEMORY;
	table->rows[table->count] = (struct service_row){
		.frequency = frequency, .name = offset, .place = table->count, .port = port};
	table->count++;
	portset_add(&table->known, port);
	return 0;
}

static int more_frequent_first(const void *left, const void *right)
{
	const struct service_row *a = left, *b = right;

	if (a->frequency != b->frequency)
		return a->frequency > b->frequency ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static uint32_t ports_below(const struct service_table *table, uint16_t port)
{
	uint64_t word = table->known.words[port >> 6] & ((1ULL << (port & 63)) - 1);

	return table->below[port >> 6] + (uint32_t)__builtin_popcountll(word);
}

int service_table_finish(struct service_table *table)
{
	uint16_t below = 0;

	table->row_of = alloc_array(table->count, sizeof(*table->row_of));
	if (!table->row_of)
		return ERROR_MEMORY;
	for (size_t word = 0; word < 1024; word++) {
		table->below[word] = below;
		below = (uint16_t)(below + __builtin_popcountll(table->known.words[word]));
	}
	if (table->count)
		qsort(table->rows, table->count, sizeof(*table->rows), more_frequent_first);
	for (uint32_t i = 0; i < table->count; i++)
		table->row_of[ports_below(table, table->rows[i].port)] = (uint16_t)i;
	return 0;
}

void service_table_release(struct service_table *table)
{
	buf_release(&table->names);
	alloc_free(table->rows);
	alloc_free(table->row_of);
	memset(table, 0, sizeof(*table));
}

void services_free(struct services *services)
{
	if (!services)
		return;
	for (int i = 0; i < TRANSPORTS; i++)
		service_table_release(&services->of[i]);
	alloc_free(services);
}

static const struct service_row *find(const struct services *services, enum transport transport,
				      uint16_t port)
{
	const struct service_table *table = &services->of[transport];

	if (!portset_has(&table->known, port))
		return NULL;
	return &table->rows[table->row_of[ports_below(table, port)]];
}

static const char *name_of(const struct service_table *table, const struct service_row *row)
{
	return (const char *)table->names.data + row->name;
}

const char *services_name(const struct services *services, enum transport transport, uint16_t port)
{
	const struct service_row *row = find(services, transport, port);

	if (!row || row->name == SERVICE_UNKNOWN)
		return NULL;
	return name_of(&services->of[transport], row);
}

bool services_knows(const struct services *services, enum transport transport, uint16_t port)
{
	return portset_has(&services->of[transport].known, port);
}

double services_frequency(const struct services *services, enum transport transport, uint16_t port)
{
	const struct service_row *row = find(services, transport, port);

	return row ? row->frequency : 0;
}

bool services_is_old_style(const struct services *services)
{
	return services->old_style;
}

void services_top(const struct services *services, enum transport transport, uint32_t count,
		  const struct portset *among, struct portset *ret_set)
{
	const struct service_table *table = &services->of[transport];

	for (uint32_t i = 0; i < table->count && count; i++) {
		if (among && !portset_has(among, table->rows[i].port))
			continue;
		portset_add(ret_set, table->rows[i].port);
		count--;
	}
}

void services_at_least(const struct services *services, enum transport transport, double ratio,
		       const struct portset *among, struct portset *ret_set)
{
	const struct service_table *table = &services->of[transport];

	for (uint32_t i = 0; i < table->count && table->rows[i].frequency >= ratio; i++)
		if (!among || portset_has(among, table->rows[i].port))
			portset_add(ret_set, table->rows[i].port);
}

size_t services_match(const struct services *services, enum transport transport,
		      const char *pattern, struct portset *ret_set)
{
	const struct service_table *table = &services->of[transport];
	size_t matched = 0;

	for (uint32_t i = 0; i < table->count; i++) {
		if (!text_matches(pattern, name_of(table, &table->rows[i])))
			continue;
		portset_add(ret_set, table->rows[i].port);
		matched++;
	}
	return matched;
}
