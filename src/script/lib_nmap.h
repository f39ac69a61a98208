/* The parts of the library nmap, a file each; lib_nmap.c puts them together. */
#ifndef PORTOLAN_SCRIPT_LIB_NMAP_H
#define PORTOLAN_SCRIPT_LIB_NMAP_H

#include <lua.h>
#include <stdbool.h>

/* Each adds its functions to the table on the top of the stack. May raise Lua errors. */
void script_add_nmap_mutex(lua_State *lua);
void script_add_nmap_condvar(lua_State *lua);
void script_add_nmap_state(lua_State *lua);
void script_add_nmap_ports(lua_State *lua);
void script_add_nmap_version(lua_State *lua);
void script_add_nmap_targets(lua_State *lua);
void script_add_nmap_resolve(lua_State *lua);
void script_add_nmap_interfaces(lua_State *lua);

/* For mutex and condvar: argument 1 must be neither nil nor boolean nor number. Pushes the
 * function of it that `cache` (weak) holds and returns true, or pushes nothing. */
bool script_object_cached(lua_State *lua, const char *cache);
/* Keeps the function on the top of the stack for argument 1. */
void script_object_cache(lua_State *lua, const char *cache);

#endif
