#include "script/library.h"

#include <lauxlib.h>
#include <lualib.h>

int luaopen_lpeg(lua_State *lua); /* of Debian's lua-lpeg */

const struct script_library script_libraries[] = {
	{"lpeg", luaopen_lpeg, true},
	{"nmap", script_open_nmap, true},
	{"nmap.socket", script_open_nmap_socket, false},
	{0},
};

void script_libraries_open(lua_State *lua)
{
	const struct script_library *library;

	for (library = script_libraries; library->name; library++) {
		luaL_requiref(lua, library->name, library->open, library->global);
		lua_pop(lua, 1);
	}
}
