/* All scripts in some folders: what --script chooses among, and what each says of itself. A
 * folder's script.db tells names and categories; where there is none the heads of its files do,
 * and they are remembered in a cache. Reads folders; runs no script but for its head. */
#ifndef PORTOLAN_SCRIPT_SCRIPT_INDEX_H
#define PORTOLAN_SCRIPT_SCRIPT_INDEX_H

#include "script/script_head.h"
#include "script/script_select.h"
#include "util/diag.h"

struct script_index;

/* Scripts of which nothing has to be read: as script_cache_write() writes them. */
struct script_known {
	const char *folder;
	const char *heads;
	size_t bytes;
};

/* `known` (NULL: none) comes first, then folders in order: of two scripts with one id the first
 * counts. One that does not exist is left out. cache_folder (made when missing) may be NULL; a
 * cache that cannot be read or written is done without. ERROR_SYNTAX and others for a script.db or
 * a file that cannot be understood, named in diag; ERROR_MEMORY. Free with script_index_free(). */
int script_index_read(const struct script_known *known, const struct script_folders *folders,
		      const char *cache_folder, struct script_index **ret_index, struct diag *diag);
void script_index_free(struct script_index *index); /* NULL is fine */

/* In order of folders, then of names (or of the lines of script.db). Lives as the index does. */
const struct script_entries *script_index_entries(const struct script_index *index);
/* The head of any script file, read when it is not known yet; lives as the index does. Errors as
 * of script_head_read(). */
int script_index_head(struct script_index *index, const char *path,
		      const struct script_head **ret_head, struct diag *diag);

/* --script-updatedb: writes the folder's script.db anew, from the heads of its files. The old one
 * stays when that fails. ERROR_IO, ERROR_PERMISSION, and as of script_head_read(). */
int script_index_update_db(const char *folder, struct diag *diag);

#endif
