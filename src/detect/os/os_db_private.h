/* Inside of the database, for its parser and for matching.
 *
 * Reference files repeat themselves: 73,826 test lines of Nmap's 7.93 file are 15,202
 * different ones, made of some 10,000 different expressions. So an entry is 13 numbers of
 * rows (different test lines), and a row is numbers of cells (an attribute and
 * an expression). Matching looks at each cell once, adds up each row once, and then
 * adds 13 numbers an entry. */
#ifndef PORTOLAN_DETECT_OS_OS_DB_PRIVATE_H
#define PORTOLAN_DETECT_OS_OS_DB_PRIVATE_H

#include "detect/os/os_attributes.h"
#include "detect/os/os_db.h"
#include "util/arena.h"

struct os_cell {
	const char *expression;
	uint8_t attribute;
	bool implied; /* R, that the file does not say */
};

struct os_print_entry {
	const char *name;
	uint32_t line, first_class;
	uint16_t file, classes;
	uint32_t rows[OS_TESTS]; /* 0: the test is not compared; row 0 has no cells */
};

/* A growable array; `all` is the heap's. */
#define OS_LIST(type)               \
	struct {                    \
		type *all;          \
		size_t count, room; \
	}

struct os_db {
	struct arena strings;
	size_t strings_bytes;
	OS_LIST(struct os_print_entry) entries;
	OS_LIST(struct os_class) classes;
	OS_LIST(const char *) cpes;
	OS_LIST(struct os_cell) cells;
	OS_LIST(uint32_t) row_ends;  /* row i is row_cells [end of i-1, end of i) */
	OS_LIST(uint32_t) row_cells; /* places of cells */
	OS_LIST(const char *) files;
	size_t left_out;
	uint16_t points[OS_ATTRIBUTES];
};

/* Reads texts into an empty database. */
int os_db_fill(struct os_db *db, const struct text_file *texts, size_t count, os_db_say *say,
	       void *self, struct diag *diag);

#endif
