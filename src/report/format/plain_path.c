/* The way to a host as a table of hops. */
#include "report/format/plain.h"

#include "report/format/table.h"
#include "report/format/words.h"
#include "report/format/words_system.h"

#include "util/text.h"

#include <string.h>

static void add_heading(const struct plain *plain, const struct path_facts *path)
{
	const char *protocol;

	buf_add_str(plain->out, "\nTRACEROUTE");
	if (path->probe == PATH_PORT) {
		buf_addf(plain->out, " (using port %u/%s)", path->number,
			 transport_name(path->transport));
	} else if (path->probe == PATH_PROTOCOL) {
		protocol = words_path_protocol(plain->context->plan, path);
		buf_addf(plain->out, " (using proto %u/%s)", path->number,
			 protocol ? protocol : "unknown");
	}
	buf_add_char(plain->out, '\n');
}

static void add_address_cell(const struct plain *plain, struct table *table,
			     const struct path_hop *hop, struct buf *cell)
{
	char name[WORDS_NAME_BYTES];
	size_t bare;

	buf_clear(cell);
	if (hop->name)
		text_clean_host_name(hop->name, name, sizeof(name));
	words_add_named(cell, hop->name ? name : NULL, &hop->from, plain->terminal);
	if (plain->context->plan->path.mmdb_paths_count) {
		buf_add_str(cell, " [");
		bare = cell->len;
		words_add_place(cell, &hop->place, plain->terminal);
		if (cell->len == bare)
			buf_cut(cell, bare - 2);
		else
			buf_add_char(cell, ']');
	}
	table_add(table, buf_str(cell), NULL);
}

static void add_hop(const struct plain *plain, struct table *table, const struct path_hop *hop,
		    struct buf *cell)
{
	char text[32];

	snprintf(text, sizeof(text), "%u", hop->ttl);
	table_add(table, text, NULL);
	if (hop->has_rtt)
		snprintf(text, sizeof(text), "%.2f ms", hop->rtt_us / 1000.0);
	else
		snprintf(text, sizeof(text), "--");
	table_add(table, text, NULL);
	add_address_cell(plain, table, hop, cell);
	table_end_row(table);
}

/* Silent hops in a row are one row. Gives how many. */
static size_t add_silent(struct table *table, const struct path_hop *hops, size_t count, bool each)
{
	size_t silent = 1;
	char text[32];

	while (!each && silent < count && hops[silent].from.family == IP_NONE)
		silent++;
	snprintf(text, sizeof(text), "%u", hops[0].ttl);
	table_add(table, text, NULL);
	if (silent > 1)
		snprintf(text, sizeof(text), "... %u", hops[silent - 1].ttl);
	else
		snprintf(text, sizeof(text), "...");
	table_add(table, text, NULL);
	table_end_row(table);
	return silent;
}

/* Gives how many hops that stands for. */
static size_t add_same(struct table *table, const struct path_facts *path)
{
	char addr[IP_TEXT_BYTES], text[IP_TEXT_BYTES + 48];
	size_t same = path->same_hops;

	if (!same || path->same_as.family == IP_NONE)
		return 0;
	ip_format(&path->same_as, addr);
	if (same == 1)
		snprintf(text, sizeof(text), "Hop 1 is the same as for %s", addr);
	else
		snprintf(text, sizeof(text), "Hops 1-%zu are the same as for %s", same, addr);
	table_add(table, "-", NULL);
	table_add_wide(table, text);
	table_end_row(table);
	return same < path->hops_count ? same : path->hops_count;
}

static void add_hops(const struct plain *plain, struct table *table, const struct path_facts *path)
{
	bool each = format_debugging(plain->context) >= 1;
	size_t at = each ? 0 : add_same(table, path);
	struct buf cell = BUF_INIT;

	while (at < path->hops_count) {
		const struct path_hop *hop = &path->hops[at];

		if (hop->from.family == IP_NONE) {
			at += add_silent(table, hop, path->hops_count - at, each);
		} else {
			add_hop(plain, table, hop, &cell);
			at++;
		}
	}
	if (!buf_ok(&cell))
		plain->out->failed = true;
	buf_release(&cell);
}

void plain_add_path(const struct plain *plain, const struct host_report *host)
{
	const struct path_facts *path = host->path;
	struct table table;

	if (!path || !path->hops_count)
		return;
	add_heading(plain, path);
	table_init(&table, 3);
	table_add(&table, "HOP", NULL);
	table_add(&table, "RTT", NULL);
	table_add(&table, "ADDRESS", NULL);
	table_end_row(&table);
	add_hops(plain, &table, path);
	table_print(&table, plain->out);
	table_release(&table);
	if (path->incomplete)
		buf_add_str(plain->out, "The trace did not finish\n");
}
