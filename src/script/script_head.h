/* What a script says of itself (nse-api.md 2.1): its fields, and which rules it has. The file's
 * top level is run for that, in a Lua state of its own that is thrown away: no library, no file,
 * no process, bounded memory and steps. Libraries are stand-ins that answer anything. */
#ifndef PORTOLAN_SCRIPT_SCRIPT_HEAD_H
#define PORTOLAN_SCRIPT_SCRIPT_HEAD_H

#include "util/arena.h"
#include "util/diag.h"

#include <stddef.h>

#define SCRIPT_FILE_BYTES_MAX  (4u << 20)
#define SCRIPT_HEAD_MEMORY_MAX (32u << 20)
#define SCRIPT_HEAD_STEPS_MAX  10000000u /* instructions of Lua's machine */

enum script_rule {
	SCRIPT_RULE_PRE = 1 << 0,
	SCRIPT_RULE_HOST = 1 << 1,
	SCRIPT_RULE_PORT = 1 << 2,
	SCRIPT_RULE_POST = 1 << 3,
};

struct script_head {
	const char *const *categories;   /* as written; ends with NULL */
	const char *const *dependencies; /* ends with NULL */
	const char *description;         /* NULL when there is none, as the next two */
	const char *author;              /* several are joined by ", " */
	const char *license;
	unsigned rules; /* of enum script_rule */
};

/* Texts go to the arena, also after an error. ERROR_NOT_FOUND, ERROR_IO, ERROR_LIMIT, ERROR_MEMORY;
 * ERROR_SYNTAX for what cannot be loaded or lacks a field. diag names the file. */
int script_head_read(const char *path, struct arena *arena, struct script_head *ret_head,
		     struct diag *diag);

#endif
