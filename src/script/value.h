/* From what a script's action returned to a result (nse-api.md 7.1, 7.3): its text, and its
 * value as nodes. Knows no engine and no port. */
#ifndef PORTOLAN_SCRIPT_VALUE_H
#define PORTOLAN_SCRIPT_VALUE_H

#include "engine/script_result.h"
#include "util/arena.h"
#include "util/buf.h"

#include <lua.h>

/* What stands where a result would be too large, too deep or would hold itself. */
#define SCRIPT_VALUE_MORE "..."

struct script_value {
	struct script_result result; /* text, nodes, cut; the rest is the caller's to fill in */
	struct arena arena;
	struct buf text, nodes;
	size_t bytes; /* of all texts of the nodes */
};

/* Reads the two values at these indices of the stack, which stays as it is. Runs
 * __tostring, __pairs and __index of what it meets, on this thread and so under its limits;
 * they cannot yield.
 *
 * 1: a result, to script_value_release(). 0: the script has none. ERROR_MEMORY. ERROR_USAGE: a
 * metamethod raised an error, which is pushed. */
int script_value_read(lua_State *lua, int first, int second, struct script_value *ret_value);
void script_value_release(struct script_value *value); /* a zeroed one is fine */

#endif
