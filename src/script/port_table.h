/* The table `port` that scripts get (nse-api.md 8.2). */
#ifndef PORTOLAN_SCRIPT_PORT_TABLE_H
#define PORTOLAN_SCRIPT_PORT_TABLE_H

#include "engine/script_host.h"
#include "net/services.h"

#include <lua.h>

/* Pushes a new one. services: NULL: no port has a name. May raise a memory error. */
void script_push_port(lua_State *lua, const struct script_port *port,
		      const struct services *services);

#endif
