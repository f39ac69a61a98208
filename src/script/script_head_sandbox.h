/* The Lua state in which a script's top level runs for its head. */
#ifndef PORTOLAN_SCRIPT_SCRIPT_HEAD_SANDBOX_H
#define PORTOLAN_SCRIPT_SCRIPT_HEAD_SANDBOX_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* Lives as long as the state. */
struct head_sandbox {
	size_t memory_left;
	long steps_left;
	bool memory_short; /* an allocation was refused: ours, or over the limit */
};

/* NULL: memory. lua_close() it. */
lua_State *head_sandbox_new(struct head_sandbox *sandbox);
/* Leaves on the stack a new environment for one script. May raise. */
void head_sandbox_push_environment(lua_State *lua, const char *path, const char *id);
/* Whether a value can be called, as far as can be told: a stand-in can. */
bool head_sandbox_is_callable(lua_State *lua, int index);

#endif
