/* The heads of all scripts of one folder, from its cache where that is not too old. */
#ifndef PORTOLAN_SCRIPT_SCRIPT_FOLDER_H
#define PORTOLAN_SCRIPT_SCRIPT_FOLDER_H

#include "script/script_cache.h"
#include "util/diag.h"

/* Records in order of names; texts go to the arena, also after an error. cache_folder may be NULL.
 * Errors as of script_names_read() and script_head_read(). */
int script_folder_read(const char *folder, const char *cache_folder, struct arena *arena,
		       struct script_records *ret_records, struct diag *diag);

/* A new file takes the place of `path` at once, or the old stays. ERROR_IO, ERROR_PERMISSION. */
int script_file_replace(const char *path, const struct buf *text, struct diag *diag);

#endif
