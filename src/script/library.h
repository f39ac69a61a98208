/* The C libraries that scripts can require: one file each, one line each in libraries.c. */
#ifndef PORTOLAN_SCRIPT_LIBRARY_H
#define PORTOLAN_SCRIPT_LIBRARY_H

#include <lua.h>
#include <stdbool.h>

struct script_library {
	const char *name;   /* for require: "zlib" */
	lua_CFunction open; /* leaves the library's table on the stack, as luaopen_*() do */
	bool global;        /* also a global of that name (nse-api.md 1.3) */
};

/* Ends with a NULL name. */
extern const struct script_library script_libraries[];

/* Registers all of them, so that require() finds them; those with `global` are set. May
 * raise a Lua error (memory). */
void script_libraries_open(lua_State *lua);

/* Adds the engine's functions to the Lua library stdnse, which is on the stack. */
int script_inject_stdnse(lua_State *lua);

int script_open_nmap(lua_State *lua);
int script_open_nmap_socket(lua_State *lua);
int script_open_portolan(lua_State *lua);

#endif
