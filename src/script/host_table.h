/* The table `host` that scripts get (nse-api.md 8.1), less its registry. */
#ifndef PORTOLAN_SCRIPT_HOST_TABLE_H
#define PORTOLAN_SCRIPT_HOST_TABLE_H

#include "engine/script_host.h"
#include "script/context.h"

/* Pushes a new one. May raise a memory error. */
void script_push_host(lua_State *lua, const struct script_host *host,
		      const struct script_context *context);

#endif
