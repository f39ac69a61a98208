/* Reads nmap-mac-prefixes: lines are gathered in an array, sorted, and written out again in the
 * form that vendors.c searches (vendors_rows.h). Nmap stops at the first bad line; here the rest
 * of the file still counts, as a name that is missing would be told to nobody. */
#include "detect/vendor/vendors.h"
#include "detect/vendor/vendors_rows.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/files.h"
#include "util/text.h"

#include <stdlib.h>
#include <string.h>

#define FILE_BYTES  (64u << 20)
#define PREFIX_BITS (4 * VENDOR_DIGITS_MAX)

struct entry {
	uint64_t order; /* the digits, left-aligned; then how many: as their text sorts */
	const char *name;
	uint32_t name_bytes;
	uint32_t place; /* the line's number */
};

struct entries {
	struct entry *list;
	size_t count, room;
};

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Gives what is behind the prefix, or NULL: it is none. */
static const char *take_prefix(const char *at, const char *end, uint64_t *ret_order)
{
	uint64_t value = 0;
	unsigned digits = 0;

	for (; at < end && digits <= VENDOR_DIGITS_MAX && hex_value(*at) >= 0; at++, digits++)
		value = value << 4 | (uint64_t)hex_value(*at);
	if ((digits != 6 && digits != 7 && digits != 9) || at == end || !is_blank(*at))
		return NULL;
	*ret_order = value << (PREFIX_BITS - 4 * digits) << 4 | digits;
	return at;
}

/* A name is shown as it stands: one line, no controls, and it fits. */
static bool is_name(const char *at, size_t bytes)
{
	size_t i;

	if (!bytes || bytes >= VENDOR_NAME_BYTES)
		return false;
	for (i = 0; i < bytes; i++)
		if ((unsigned char)at[i] < ' ' || at[i] == 0x7f)
			return false;
	return true;
}

static bool take_entry(const char *at, const char *end, struct entry *entry)
{
	at = take_prefix(at, end, &entry->order);
	while (at && at < end && is_blank(*at))
		at++;
	while (at && end > at && is_blank(end[-1]))
		end--;
	if (!at || !is_name(at, (size_t)(end - at)))
		return false;
	entry->name = at;
	entry->name_bytes = (uint32_t)(end - at);
	return true;
}

static int add_entry(struct entries *entries, const struct entry *entry)
{
	size_t room = entries->room ? entries->room * 2 : 1024;
	struct entry *list;

	if (entries->count == entries->room) {
		list = alloc_resize(entries->list, room, sizeof(*list));
		if (!list)
			return ERROR_MEMORY;
		entries->list = list;
		entries->room = room;
	}
	entries->list[entries->count++] = *entry;
	return 0;
}

static int parse_line(struct entries *entries, const char *at, const char *end, uint32_t number,
		      struct diag *diag)
{
	struct entry entry = {.place = number};
	const char *first = at;

	while (first < end && is_blank(*first))
		first++;
	if (first == end || *at == '#')
		return 0;
	if (take_entry(at, end, &entry))
		return add_entry(entries, &entry);
	if (diag && !diag->line)
		diag_set_at(diag, 0, number, 1,
			    "line skipped: write 6, 7 or 9 hex digits, a blank and a name");
	return 0;
}

static int by_prefix_then_place(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

/* Bytes that became \xHH can make a name too long; half a character is none. */
static void cut_name(struct buf *rows, size_t name_at)
{
	size_t end = name_at + VENDOR_NAME_BYTES - 1;

	if (rows->len <= end)
		return;
	while (end > name_at && (rows->data[end] & 0xc0) == 0x80)
		end--;
	buf_cut(rows, end);
}

/* Nearly all are, and then there is nothing to make safe: is_name() saw to the controls. */
static bool is_ascii(const struct entry *entry)
{
	unsigned char all = 0;
	uint32_t i;

	for (i = 0; i < entry->name_bytes; i++)
		all |= (unsigned char)entry->name[i];
	return all < 0x80;
}

static void add_row(struct buf *rows, const struct entry *entry)
{
	unsigned digits = (unsigned)(entry->order & 15), at = PREFIX_BITS;
	size_t name_at;

	for (; digits; digits--, at -= 4)
		buf_add_char(rows, "0123456789ABCDEF"[entry->order >> at & 15]);
	buf_add_char(rows, '\t');
	name_at = rows->len;
	if (is_ascii(entry)) {
		buf_add(rows, entry->name, entry->name_bytes);
	} else {
		text_add_safe(rows, entry->name, entry->name_bytes);
		cut_name(rows, name_at);
	}
	buf_add_char(rows, '\n');
}

static int write_rows(struct entries *entries, struct buf *rows)
{
	size_t i;

	if (entries->count)
		qsort(entries->list, entries->count, sizeof(*entries->list), by_prefix_then_place);
	for (i = 0; i < entries->count; i++)
		if (!i || entries->list[i].order != entries->list[i - 1].order)
			add_row(rows, &entries->list[i]);
	return buf_ok(rows) ? 0 : ERROR_MEMORY;
}

static int parse_lines(struct entries *entries, const char *at, size_t bytes, struct diag *diag)
{
	const char *end = at + bytes;
	uint32_t number = 0;
	int r = 0;

	while (r == 0 && at < end) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));

		r = parse_line(entries, at, feed ? feed : end, ++number, diag);
		at = feed ? feed + 1 : end;
	}
	return r;
}

int vendors_parse(const void *text, size_t bytes, struct vendors **ret_vendors, struct diag *diag)
{
	struct vendors *vendors = alloc_zero(sizeof(*vendors));
	struct entries entries = {0};
	int r = !vendors ? ERROR_MEMORY : bytes > FILE_BYTES ? ERROR_LIMIT : 0;

	if (diag)
		*diag = (struct diag){0};
	if (r == 0)
		r = parse_lines(&entries, bytes ? text : "", bytes, diag);
	if (r == 0)
		r = write_rows(&entries, &vendors->rows);
	alloc_free(entries.list);
	if (r < 0) {
		vendors_free(vendors);
		return r;
	}
	*ret_vendors = vendors;
	return 0;
}

int vendors_load(const char *path, struct vendors **ret_vendors, struct diag *diag)
{
	struct buf text = BUF_INIT;
	int r = file_read(path, FILE_BYTES, &text, diag);

	if (r == 0)
		r = vendors_parse(text.data, text.len, ret_vendors, diag);
	buf_release(&text);
	return r == ERROR_MEMORY ? diag_set(diag, r, "cannot read %s: out of memory", path) : r;
}
