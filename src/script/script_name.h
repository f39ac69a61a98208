/* Names of script files, and folders of them. Knows paths, not what is in a file. */
#ifndef PORTOLAN_SCRIPT_SCRIPT_NAME_H
#define PORTOLAN_SCRIPT_SCRIPT_NAME_H

#include "util/arena.h"
#include "util/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum script_kind {
	SCRIPT_KIND_NONE,
	SCRIPT_KIND_FILE,
	SCRIPT_KIND_FOLDER,      /* the name ends in `/` */
	SCRIPT_KIND_BARE_FOLDER, /* it is one, but the name does not */
};

enum script_kind script_kind_of(const char *path);
bool script_is_builtin(const char *path); /* script_builtin.h */
bool script_is_same_file(const char *path, const char *other);
/* Base name without ".nse"; NULL: memory. */
char *script_id_of(struct arena *arena, const char *path);
/* The name's last part. */
const char *script_base_of(const char *path);

/* The *.nse files of a folder, not of folders in it, in order of their bytes. */
struct script_file_names {
	char **all; /* base names */
	size_t count, room;
};

/* ERROR_NOT_FOUND, ERROR_IO, ERROR_MEMORY. Release also after an error. */
int script_names_read(const char *folder, struct script_file_names *ret_names, struct diag *diag);
void script_names_release(struct script_file_names *names);

#endif
