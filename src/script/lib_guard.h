/* Things of other libraries in C functions that may raise: a Lua error leaves a function
 * without running what follows, so what must be freed lies in a guard on the Lua stack. Lua
 * frees it when the function returns, when an error passes and, at the latest, when it
 * collects garbage. */
#ifndef PORTOLAN_SCRIPT_LIB_GUARD_H
#define PORTOLAN_SCRIPT_LIB_GUARD_H

#include <lua.h>

struct lib_guard {
	void *thing; /* NULL: nothing to free */
	void (*free)(void *thing);
};

/* Pushes an empty guard, to be closed with the running function: fill in `thing` at once.
 * Raises memory errors. */
struct lib_guard *lib_guard_push(lua_State *lua, void (*free)(void *thing));
/* The same, but it lives until Lua collects it: for what is kept in the registry. */
struct lib_guard *lib_guard_push_kept(lua_State *lua, void (*free)(void *thing));

#endif
