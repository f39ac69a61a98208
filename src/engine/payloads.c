#include "engine/payloads.h"

#include "engine/payloads_table.h"
#include "net/builtin.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/files.h"

#include <string.h>

#define PORTS       65536u
#define ENTRIES_MAX (1u << 18)
#define FILE_BYTES  (16u << 20)

/* Payloads by port, and for each port where its own begin (those of the next
 * begin where they end). */
struct payloads {
	struct buf bytes;
	struct payload *all;
	uint32_t begin[PORTS + 1];
};

int payload_table_add(struct payload_table *table, const struct payload_entry *entry)
{
	struct payload_entry *entries;
	size_t room = table->room ? table->room * 2 : 64;

	if (table->count >= ENTRIES_MAX)
		return ERROR_LIMIT;
	if (table->count == table->room) {
		if (!(entries = alloc_resize(table->entries, room, sizeof(*entries))))
			return ERROR_MEMORY;
		table->entries = entries;
		table->room = room;
	}
	table->entries[table->count++] = *entry;
	return 0;
}

void payload_table_release(struct payload_table *table)
{
	buf_release(&table->bytes);
	alloc_free(table->entries);
	*table = (struct payload_table){.bytes = BUF_INIT};
}

/* Counting sort: payloads of a port keep their order. */
static void sort_entries(struct payloads *payloads, const struct payload_table *table)
{
	const uint8_t *bytes = payloads->bytes.data;
	size_t i;

	for (i = 0; i < table->count; i++)
		payloads->begin[table->entries[i].port + 1u]++;
	for (i = 0; i < PORTS; i++)
		payloads->begin[i + 1] += payloads->begin[i];
	for (i = table->count; i-- > 0;) {
		const struct payload_entry *entry = &table->entries[i];

		payloads->all[--payloads->begin[entry->port + 1u]] = (struct payload){
			.bytes = bytes ? bytes + entry->at : (const uint8_t *)"",
			.count = entry->count,
			.src_port = entry->src_port,
		};
	}
}

/* While sorting, begin[port + 1] came down from the port's end to its start. */
static void shift_begins(struct payloads *payloads, size_t count)
{
	memmove(payloads->begin, payloads->begin + 1, PORTS * sizeof(payloads->begin[0]));
	payloads->begin[PORTS] = (uint32_t)count;
}

static int check_counts(const struct payloads *payloads, struct diag *diag)
{
	size_t port;

	for (port = 0; port < PORTS; port++)
		if (payloads->begin[port + 1] - payloads->begin[port] > PAYLOADS_PER_PORT_MAX)
			return diag_set(diag, ERROR_LIMIT, "port %zu has more than %u payloads",
					port, PAYLOADS_PER_PORT_MAX);
	return 0;
}

static int payloads_new(struct payload_table *table, struct payloads **ret_payloads)
{
	struct payloads *payloads = alloc_zero(sizeof(*payloads));

	if (payloads)
		payloads->all =
			alloc_array(table->count ? table->count : 1, sizeof(*payloads->all));
	if (!payloads || !payloads->all) {
		payloads_free(payloads);
		return ERROR_MEMORY;
	}
	payloads->bytes = table->bytes;
	table->bytes = (struct buf)BUF_INIT;
	sort_entries(payloads, table);
	shift_begins(payloads, table->count);
	*ret_payloads = payloads;
	return 0;
}

int payloads_parse(const void *text, size_t bytes, struct payloads **ret_payloads,
		   struct diag *diag)
{
	struct payload_table table = {.bytes = BUF_INIT};
	struct payloads *payloads = NULL;
	int r = payload_table_parse(&table, text, bytes, diag);

	if (r == 0)
		r = payloads_new(&table, &payloads);
	payload_table_release(&table);
	if (r == 0)
		r = check_counts(payloads, diag);
	if (r < 0) {
		payloads_free(payloads);
		return r;
	}
	*ret_payloads = payloads;
	return 0;
}

int payloads_builtin(struct payloads **ret_payloads)
{
	return payloads_parse(builtin_payloads, builtin_payloads_bytes, ret_payloads, NULL);
}

int payloads_load(const char *path, struct payloads **ret_payloads, struct diag *diag)
{
	struct buf text = BUF_INIT;
	int r = file_read(path, FILE_BYTES, &text, diag);

	if (r == 0)
		r = payloads_parse(text.data, text.len, ret_payloads, diag);
	buf_release(&text);
	return r;
}

void payloads_free(struct payloads *payloads)
{
	if (!payloads)
		return;
	buf_release(&payloads->bytes);
	alloc_free(payloads->all);
	alloc_free(payloads);
}

const struct payload *payloads_of(const struct payloads *payloads, uint16_t port, size_t *ret_count)
{
	*ret_count = payloads->begin[port + 1u] - payloads->begin[port];
	return *ret_count ? payloads->all + payloads->begin[port] : NULL;
}
