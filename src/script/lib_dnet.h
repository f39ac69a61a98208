/* The library `nmap.dnet` (nse-api.md 11): raw frames and packets. */
#ifndef PORTOLAN_SCRIPT_LIB_DNET_H
#define PORTOLAN_SCRIPT_LIB_DNET_H

#include <lua.h>

/* For script_libraries: leaves its table on the stack. */
int script_open_nmap_dnet(lua_State *lua);

#endif
