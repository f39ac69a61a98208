/* The reference prints that operating systems are told apart by, in the grammar of
 * formats.md 8 (os-detection.md A10): Nmap's nmap-os-db, or several files of our
 * own. Read-only once it is made; shared by threads. Knows texts and tables, no
 * network and no time. */
#ifndef PORTOLAN_DETECT_OS_OS_DB_H
#define PORTOLAN_DETECT_OS_OS_DB_H

#include "util/files.h"

#include <stddef.h>
#include <stdint.h>

struct os_db;

/* Texts are never NULL but for what says so; all belong to the database. Equal texts
 * of one database are one pointer. */
struct os_class {
	const char *vendor, *family, *type;
	const char *generation;  /* NULL: none */
	const char *const *cpes; /* "cpe:/o:..." */
	size_t cpes_count;
};

struct os_entry {
	const char *name;
	const char *file; /* as the text was named */
	uint32_t line;    /* of "Fingerprint", from 1 */
	const struct os_class *classes;
	size_t classes_count;
};

#define OS_DB_LINE_MAX 2047u       /* bytes of a line, without its end */
#define OS_DB_TEXT_MAX (32u << 20) /* bytes of all texts */
#define OS_POINTS_MAX  10000u      /* of one attribute */

/* Hears of blocks that were left out, a sentence each with file and line. */
typedef void os_db_say(void *self, const char *text);

/* Several texts make one database; their entries follow each other. The first needs a
 * MatchPoints block before its entries; another text may have one if it says the same,
 * so that each file can also be used alone.
 * A block with a mistake in a test (a name nobody knows, an attribute twice, no ")", an
 * expression that means nothing) is left out whole, and `say` (may be NULL) hears of it: half
 * an entry would match too much. Mistakes in MatchPoints, Class and CPE lines are
 * ERROR_SYNTAX, too much text ERROR_LIMIT, with file and line in the diag's text;
 * ERROR_MEMORY. */
int os_db_parse(const struct text_file *texts, size_t count, os_db_say *say, void *self,
		struct os_db **ret_db, struct diag *diag);
/* From a file, or a folder of *.fp files in order of their names. ERROR_NOT_FOUND, ERROR_IO,
 * or as above. */
int os_db_load(const char *path, os_db_say *say, void *self, struct os_db **ret_db,
	       struct diag *diag);
/* Our own, data/os/, compiled in. ERROR_MEMORY. */
int os_db_builtin(struct os_db **ret_db);
void os_db_free(struct os_db *db); /* NULL is fine */

size_t os_db_entries(const struct os_db *db);
struct os_entry os_db_entry(const struct os_db *db, size_t place);
size_t os_db_classes(const struct os_db *db);
size_t os_db_cpes(const struct os_db *db);
size_t os_db_left_out(const struct os_db *db); /* blocks that say() heard of */
/* What it takes, without the texts that were read. */
size_t os_db_bytes(const struct os_db *db);
/* Points of an attribute (enum os_attribute); 0: not compared. */
unsigned os_db_points(const struct os_db *db, int attribute);
/* The entry's expression for an attribute; NULL: it has none. */
const char *os_db_expression(const struct os_db *db, size_t place, int attribute);

#endif
