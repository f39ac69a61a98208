#include "script/library.h"

#include "script/lib_dnet.h"
#include "script/lib_lfs.h"
#include "script/lib_libssh2.h"
#include "script/lib_nmapdb.h"
#include "script/lib_openssl.h"
#include "script/lib_zlib.h"

#include <lauxlib.h>
#include <lualib.h>

int luaopen_lpeg(lua_State *lua); /* of Debian's lua-lpeg */

const struct script_library script_libraries[] = {
	{"lfs", lib_lfs_open, true},
	{"libssh2", lib_libssh2_open, true},
	{"lpeg", luaopen_lpeg, true},
	{"nmap", script_open_nmap, true},
	{"nmap.socket", script_open_nmap_socket, false},
	{"nmap.dnet", script_open_nmap_dnet, false},
	{"nmapdb", lib_nmapdb_open, true},
	{"openssl", lib_openssl_open, true},
	{"portolan", script_open_portolan, false},
	{"zlib", lib_zlib_open, true},
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
