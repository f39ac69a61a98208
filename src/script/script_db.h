/* script.db (nse-api.md 2.4): names and categories of the scripts in a folder. Read by a parser
 * of its grammar; nothing in it is executed. */
#ifndef PORTOLAN_SCRIPT_SCRIPT_DB_H
#define PORTOLAN_SCRIPT_SCRIPT_DB_H

#include "util/arena.h"
#include "util/buf.h"
#include "util/diag.h"

#include <stddef.h>

#define SCRIPT_DB_BYTES_MAX (8u << 20)

struct script_db_entry {
	const char *file_name;
	const char *const *categories; /* ends with NULL; lower case */
};

struct script_db {
	struct arena arena;
	struct script_db_entry *all;
	size_t count, room;
};

#define SCRIPT_DB_INIT                 \
	{                              \
		ARENA_INIT, NULL, 0, 0 \
	}

/* Entries as written:
 *     file    <- (Entry / ';')*            blanks and Lua comments may stand between words
 *     Entry   <- "Entry" '('? '{' (field (',' / ';'))* '}' ')'?
 *     field   <- "filename" '=' string / "categories" '=' '{' (string (',' / ';'))* '}'
 *     string  <- in " or ', with the escapes \\ \" \' \n
 * ERROR_SYNTAX with line and column; ERROR_MEMORY. Nothing is to be released after an error. */
int script_db_parse(const char *text, size_t bytes, struct script_db *ret_db, struct diag *diag);
void script_db_release(struct script_db *db);

/* Adds the text of a script.db. Entries are sorted in place, by file name; their categories are
 * written sorted and without repetition. */
int script_db_write(struct script_db_entry *entries, size_t count, struct buf *text);

#endif
