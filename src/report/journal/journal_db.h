/* The journal's database: opening it with the right settings, its version, its
 * errors in words, and rows bound and read column by column. */
#ifndef PORTOLAN_REPORT_JOURNAL_DB_H
#define PORTOLAN_REPORT_JOURNAL_DB_H

#include "net/ip.h"
#include "util/diag.h"

#include <sqlite3.h>

#define JOURNAL_SCHEMA_VERSION 5
#define JOURNAL_APPLICATION_ID 0x50544c4e /* "PTLN" */

enum journal_db_use { JOURNAL_READS, JOURNAL_WRITES };

/* JOURNAL_WRITES fills an empty file with the schema, and brings one of an
 * older version to ours; JOURNAL_READS wants one that is there, and leaves it as it
 * is: what an older version has not is NULL. ERROR_NOT_FOUND, ERROR_CORRUPT, ERROR_UNSUPPORTED (a
 * newer version), ERROR_PERMISSION, ERROR_IO, ERROR_BUSY, ERROR_MEMORY. */
int journal_db_open(const char *path, enum journal_db_use use, sqlite3 **ret_db, struct diag *diag);
void journal_db_close(sqlite3 *db); /* NULL is fine */

/* The error SQLite just reported, as ours, and in words that name the file. */
int journal_db_error(sqlite3 *db, struct diag *diag);
/* One or more statements without results. */
int journal_db_exec(sqlite3 *db, const char *sql, struct diag *diag);
int journal_db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret_stmt, struct diag *diag);

/* A statement whose columns are bound, or read, left to right. */
struct journal_row {
	sqlite3_stmt *stmt;
	int column;
};

static inline struct journal_row journal_row_of(sqlite3_stmt *stmt)
{
	return (struct journal_row){stmt, 0};
}

void row_put_int(struct journal_row *row, int64_t value);
void row_put_double(struct journal_row *row, double value);
void row_put_null(struct journal_row *row);
void row_put_word(struct journal_row *row, const char *text);  /* static ASCII */
void row_put_bytes(struct journal_row *row, const char *text); /* a stranger's; NULL is fine */
void row_put_blob(struct journal_row *row, const void *bytes, size_t count); /* 0: NULL */
void row_put_text_of(struct journal_row *row, const struct ip_addr *addr);   /* IP_NONE: NULL */
void row_put_key_of(struct journal_row *row, const struct ip_addr *addr);
/* Runs a bound statement that gives no rows, and makes it ready again. */
int row_run(struct journal_row *row, sqlite3 *db, struct diag *diag);

int64_t row_int(struct journal_row *row);
double row_double(struct journal_row *row, double unknown); /* that for NULL */
bool row_is_null(const struct journal_row *row);
/* NULL for NULL; lives until the next step. */
const char *row_text(struct journal_row *row);
/* The bytes of a blob or text, until the next step; 0 for NULL. */
const uint8_t *row_blob(struct journal_row *row, size_t *ret_count);
/* Text of an address back; IP_NONE for NULL and for what is none. */
struct ip_addr row_address(struct journal_row *row);
/* Key and scope, two columns. */
struct ip_addr row_key(struct journal_row *row);

#endif
