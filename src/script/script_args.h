/* The text of --script-args (nse-api.md 4) as a tree, and as the Lua table that scripts see.
 * Knows the grammar; not which script asks for what. */
#ifndef PORTOLAN_SCRIPT_SCRIPT_ARGS_H
#define PORTOLAN_SCRIPT_SCRIPT_ARGS_H

#include "util/arena.h"
#include "util/buf.h"
#include "util/diag.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#define SCRIPT_ARGS_BYTES_MAX (256u << 10)
#define SCRIPT_ARGS_DEPTH_MAX 64

/* Not NUL-terminated; may hold any byte. */
struct script_text {
	const char *at;
	size_t bytes;
};

enum script_arg_kind {
	SCRIPT_ARG_STRING,
	SCRIPT_ARG_TABLE,
};

/* One field. A positional one (`named` is false) is appended to its table; of two with the same
 * key the later counts. */
struct script_arg {
	const struct script_arg *next; /* in the same table, as written */
	bool named;
	struct script_text key;
	enum script_arg_kind kind;
	struct script_text string;       /* of a string */
	const struct script_arg *fields; /* of a table */
};

struct script_args {
	struct arena arena; /* holds the fields; texts lie in `text` */
	char *text;
	const struct script_arg *fields; /* of the outermost table */
};

#define SCRIPT_ARGS_INIT               \
	{                              \
		ARENA_INIT, NULL, NULL \
	}

/* `file_text` is what --script-args-file holds, `option` what --script-args says; either may be
 * NULL. ERROR_SYNTAX with the words of the reference, ERROR_LIMIT, ERROR_MEMORY. Release with
 * script_args_release(); nothing is to be released after an error. */
int script_args_parse(const struct buf *file_text, const char *option, struct script_args *ret_args,
		      struct diag *diag);
/* The same with the file still to be read; path may be NULL. */
int script_args_load(const char *path, const char *option, struct script_args *ret_args,
		     struct diag *diag);
void script_args_release(struct script_args *args);

/* Leaves the arguments as a table on the stack. May raise a Lua error (memory, stack). */
void script_args_push(lua_State *lua, const struct script_args *args);

#endif
