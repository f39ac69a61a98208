/* The library `nmapdb` (nse-api.md 13.7): names of ports, protocols and vendors. */
#ifndef PORTOLAN_SCRIPT_LIB_NMAPDB_H
#define PORTOLAN_SCRIPT_LIB_NMAPDB_H

#include <lua.h>

struct services;
struct vendors;

/* The tables of this scan. */
struct lib_nmapdb_tables {
	const struct services *services; /* NULL: no port and no protocol has a name */
	const struct vendors *vendors;   /* NULL: the compiled-in one */
};

int lib_nmapdb_open(lua_State *lua);
/* The tables are kept: they must live as long as the state. NULL: there are none, as before the
 * first call. May raise a memory error. */
void lib_nmapdb_set_tables(lua_State *lua, const struct lib_nmapdb_tables *tables);

#endif
