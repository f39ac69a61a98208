/* What the files that read a database share: what is known while its texts are
 * read, the tables that find repetitions, growing lists. */
#ifndef PORTOLAN_DETECT_OS_OS_DB_LOAD_H
#define PORTOLAN_DETECT_OS_OS_DB_LOAD_H

#include "detect/os/os_db_private.h"
#include "detect/os/os_intern.h"
#include "detect/os/os_test_line.h"

#include <stdbool.h>

/* A part of a text. */
struct os_words {
	const char *at;
	size_t bytes;
};

enum os_block { OS_BLOCK_NONE, OS_BLOCK_POINTS, OS_BLOCK_ENTRY, OS_BLOCK_SKIPPED };

/* Where a CPE of the entry would belong. */
enum os_class_place { OS_CLASS_MISSING, OS_CLASS_EMPTY, OS_CLASS_THERE };

struct os_load {
	struct os_db *db;
	const struct text_file *texts;
	os_db_say *say; /* may be NULL */
	void *self;
	struct diag *diag;
	struct os_intern strings, lines, cells;
	uint16_t file;
	uint32_t line;
	enum os_block block;
	bool has_points, has_entry; /* in this text */
	bool db_has_points;
	uint16_t points[OS_ATTRIBUTES]; /* of the block that is read */
	uint32_t tests_seen;            /* bits; in this block */
	enum os_class_place class_place;
	size_t classes_before, cpes_before;
};

/* A new zeroed element of an OS_LIST, or NULL. */
#define OS_ADD(list)                                                                 \
	((__typeof__((list)->all))os_list_add((void **)&(list)->all, &(list)->count, \
					      &(list)->room, sizeof(*(list)->all)))
void *os_list_add(void **all, size_t *count, size_t *room, size_t each_bytes);

/* The database's own copy, one for equal texts; NULL: memory. */
const char *os_load_string(struct os_load *load, struct os_words text);

/* Adds a test line to the last entry. ERROR_MEMORY; what is wrong with the line goes
 * to *ret_words, and 0 is given. */
int os_load_test(struct os_load *load, struct os_words line, const char **ret_words);

void os_load_release(struct os_load *load);

#endif
