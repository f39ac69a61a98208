/* Files that are read whole, and folders of them. Knows nothing of what is in them. */
#ifndef PORTOLAN_UTIL_FILES_H
#define PORTOLAN_UTIL_FILES_H

#include "util/buf.h"
#include "util/diag.h"

#include <stdbool.h>
#include <stdio.h>

/* One text of a set, as parsers of several take them. */
struct text_file {
	const char *name; /* a path, for messages */
	const void *text;
	size_t bytes;
};

/* Adds what is left in the file. ERROR_IO; ERROR_LIMIT when it is more than `most` bytes;
 * ERROR_MEMORY. `name` is for the words in diag. */
int file_read_rest(FILE *file, const char *name, size_t most, struct buf *text, struct diag *diag);
/* The same of a path; missing is ERROR_NOT_FOUND. */
int file_read(const char *path, size_t most, struct buf *text, struct diag *diag);

struct text_files {
	struct text_file *all; /* names and texts are owned */
	size_t count;
	size_t room;
	bool folder; /* the path was one */
};

/* The file, or the files of a folder whose names end in `suffix`, in order of their names; no
 * more than `most` bytes in all. A folder without any is ERROR_NOT_FOUND. Release also after
 * an error. */
int text_files_read(const char *path, const char *suffix, size_t most, struct text_files *ret_files,
		    struct diag *diag);
void text_files_release(struct text_files *files);

#endif
