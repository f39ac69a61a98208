#include "report/journal/journal_db.h"
#include "util/text.h"

#include <string.h>

/* Binding fails for memory alone, and then the step that follows fails too. */
void row_put_int(struct journal_row *row, int64_t value)
{
	sqlite3_bind_int64(row->stmt, ++row->column, value);
}

void row_put_double(struct journal_row *row, double value)
{
	sqlite3_bind_double(row->stmt, ++row->column, value);
}

void row_put_null(struct journal_row *row)
{
	sqlite3_bind_null(row->stmt, ++row->column);
}

void row_put_word(struct journal_row *row, const char *text)
{
	sqlite3_bind_text(row->stmt, ++row->column, text, -1, SQLITE_STATIC);
}

/* Kept byte for byte: as text where it is, so that people can read it, else as a blob. */
void row_put_bytes(struct journal_row *row, const char *text)
{
	size_t bytes = text ? strlen(text) : 0;

	if (!text)
		row_put_null(row);
	else if (text_is_utf8(text, bytes))
		sqlite3_bind_text64(row->stmt, ++row->column, text, bytes, SQLITE_TRANSIENT,
				    SQLITE_UTF8);
	else
		sqlite3_bind_blob64(row->stmt, ++row->column, text, bytes, SQLITE_TRANSIENT);
}

void row_put_blob(struct journal_row *row, const void *bytes, size_t count)
{
	if (count)
		sqlite3_bind_blob64(row->stmt, ++row->column, bytes, count, SQLITE_TRANSIENT);
	else
		row_put_null(row);
}

void row_put_text_of(struct journal_row *row, const struct ip_addr *addr)
{
	char text[IP_TEXT_BYTES];

	if (addr->family == IP_NONE)
		row_put_null(row);
	else
		sqlite3_bind_text(row->stmt, ++row->column, ip_format(addr, text), -1,
				  SQLITE_TRANSIENT);
}

void row_put_key_of(struct journal_row *row, const struct ip_addr *addr)
{
	sqlite3_bind_blob(row->stmt, ++row->column, addr->bytes, (int)ip_bits(addr) / 8,
			  SQLITE_TRANSIENT);
	row_put_int(row, addr->scope_id);
}

int row_run(struct journal_row *row, sqlite3 *db, struct diag *diag)
{
	int r = sqlite3_step(row->stmt) == SQLITE_DONE ? 0 : journal_db_error(db, diag);

	sqlite3_reset(row->stmt);
	return r;
}

int64_t row_int(struct journal_row *row)
{
	return sqlite3_column_int64(row->stmt, row->column++);
}

double row_double(struct journal_row *row, double unknown)
{
	bool known = !row_is_null(row);
	double value = sqlite3_column_double(row->stmt, row->column++);

	return known ? value : unknown;
}

bool row_is_null(const struct journal_row *row)
{
	return sqlite3_column_type(row->stmt, row->column) == SQLITE_NULL;
}

const char *row_text(struct journal_row *row)
{
	return (const char *)sqlite3_column_text(row->stmt, row->column++);
}

const uint8_t *row_blob(struct journal_row *row, size_t *ret_count)
{
	const void *bytes = sqlite3_column_blob(row->stmt, row->column);
	int count = sqlite3_column_bytes(row->stmt, row->column++);

	*ret_count = bytes ? (size_t)count : 0;
	return bytes;
}

struct ip_addr row_address(struct journal_row *row)
{
	const char *text = row_text(row);
	struct ip_addr addr = {.family = IP_NONE};
	char bare[IP_TEXT_BYTES];

	if (!text || ip_parse(text, &addr))
		return addr;
	/* The interface a zone names may be gone, or be another machine's. */
	snprintf(bare, sizeof(bare), "%.*s", (int)strcspn(text, "%"), text);
	if (!ip_parse(bare, &addr))
		addr = (struct ip_addr){.family = IP_NONE};
	return addr;
}

struct ip_addr row_key(struct journal_row *row)
{
	const void *key = sqlite3_column_blob(row->stmt, row->column);
	int bytes = sqlite3_column_bytes(row->stmt, row->column++);
	struct ip_addr addr = {.family = IP_NONE};

	if (key && (bytes == 4 || bytes == 16)) {
		memcpy(addr.bytes, key, (size_t)bytes);
		addr.family = bytes == 4 ? IP_V4 : IP_V6;
	}
	addr.scope_id = (uint32_t)row_int(row);
	return addr;
}
