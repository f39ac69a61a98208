#include "detect/vendor/vendors.h"

#include "detect/vendor/vendors_rows.h"
#include "net/builtin.h"
#include "util/alloc.h"

#include <string.h>

static const unsigned digits_longest_first[] = {9, 7, 6};

struct rows {
	const char *at, *end;
};

/* A line without its LF; name NULL: it is a comment. */
struct row {
	const char *prefix, *name, *end;
};

static struct rows rows_of(const struct vendors *vendors)
{
	const char *text = (const char *)builtin_vendors_tsv;

	if (!vendors)
		return (struct rows){text, text + builtin_vendors_tsv_bytes};
	text = vendors->rows.len ? (const char *)vendors->rows.data : "";
	return (struct rows){text, text + vendors->rows.len};
}

/* The row that the byte `at` is in, of rows that begin at `first`. */
static struct row row_around(const char *first, const char *at, const char *end)
{
	const char *before = memrchr(first, '\n', (size_t)(at - first));
	const char *start = before ? before + 1 : first;
	const char *feed = memchr(at, '\n', (size_t)(end - at));
	struct row row = {.prefix = start, .end = feed ? feed : end};
	const char *tab = memchr(start, '\t', (size_t)(row.end - start));

	row.name = tab && *start != '#' ? tab + 1 : NULL;
	return row;
}

/* `key` is a prefix with the TAB behind it. */
static int compare(const struct row *row, const char *key, size_t key_bytes)
{
	size_t bytes = (size_t)(row->end - row->prefix);
	int order = memcmp(row->prefix, key, bytes < key_bytes ? bytes : key_bytes);

	return !order && bytes < key_bytes ? -1 : order;
}

static bool find_key(struct rows rows, const char *key, size_t key_bytes, struct row *ret_row)
{
	while (rows.at < rows.end) {
		const char *middle = rows.at + (rows.end - rows.at) / 2;
		struct row row = row_around(rows.at, middle, rows.end);
		int order = compare(&row, key, key_bytes);

		if (!order) {
			*ret_row = row;
			return true;
		}
		if (order > 0)
			rows.end = row.prefix;
		else
			rows.at = row.end < rows.end ? row.end + 1 : rows.end;
	}
	return false;
}

static const char *copy_name(const struct row *row, char name[VENDOR_NAME_BYTES])
{
	size_t bytes = (size_t)(row->end - row->name);

	if (bytes >= VENDOR_NAME_BYTES)
		bytes = VENDOR_NAME_BYTES - 1;
	memcpy(name, row->name, bytes);
	name[bytes] = '\0';
	return name;
}

const char *vendors_find(const struct vendors *vendors, const struct mac_addr *mac,
			 char name[VENDOR_NAME_BYTES])
{
	static const char hex[] = "0123456789ABCDEF";
	const struct rows rows = rows_of(vendors);
	char key[VENDOR_DIGITS_MAX + 1];
	struct row row;
	size_t i;

	for (i = 0; i < VENDOR_DIGITS_MAX; i++)
		key[i] = hex[i % 2 ? mac->bytes[i / 2] & 15 : mac->bytes[i / 2] >> 4];
	for (i = 0; i < sizeof(digits_longest_first) / sizeof(*digits_longest_first); i++) {
		key[digits_longest_first[i]] = '\t';
		if (find_key(rows, key, digits_longest_first[i] + 1, &row) && row.name)
			return copy_name(&row, name);
	}
	return NULL;
}

/* ---- the other way: a vendor's prefix ---- */

/* Digits of our own table: 0-9 and A-F. */
static unsigned digit_value(char digit)
{
	return (unsigned)(digit <= '9' ? digit - '0' : digit - 'A' + 10);
}

static void take_prefix(const struct row *row, unsigned digits, struct mac_addr *ret_mac)
{
	unsigned i;

	*ret_mac = (struct mac_addr){{0}};
	for (i = 0; i < digits; i++)
		ret_mac->bytes[i / 2] |= (uint8_t)(digit_value(row->prefix[i]) << (i % 2 ? 0 : 4));
}

static bool search_digits(struct rows rows, unsigned digits, const char *part, struct row *ret_row)
{
	char name[VENDOR_NAME_BYTES];

	while (rows.at < rows.end) {
		struct row row = row_around(rows.at, rows.at, rows.end);

		if (row.name && row.name - row.prefix == (ptrdiff_t)digits + 1 &&
		    strcasestr(copy_name(&row, name), part)) {
			*ret_row = row;
			return true;
		}
		rows.at = row.end < rows.end ? row.end + 1 : rows.end;
	}
	return false;
}

unsigned vendors_search(const struct vendors *vendors, const char *part, struct mac_addr *ret_mac)
{
	size_t i = sizeof(digits_longest_first) / sizeof(*digits_longest_first);
	struct row row;

	while (*part && i--) {
		if (!search_digits(rows_of(vendors), digits_longest_first[i], part, &row))
			continue;
		take_prefix(&row, digits_longest_first[i], ret_mac);
		return digits_longest_first[i];
	}
	return 0;
}

void vendors_free(struct vendors *vendors)
{
	if (!vendors)
		return;
	buf_release(&vendors->rows);
	alloc_free(vendors);
}
