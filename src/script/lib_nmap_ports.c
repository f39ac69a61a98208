/* nmap: what is known of ports, and what scripts say of them (nse-api.md 9.2). */
#include "script/lib_nmap.h"

#include "script/context.h"
#include "script/port_table.h"
#include "script/site.h"
#include "util/error.h"

#include <lauxlib.h>

static int push_port(lua_State *lua, const struct script_site *site, const struct script_port *port)
{
	if (port)
		script_push_port(lua, port, site->context->services);
	else
		lua_pushnil(lua);
	return 1;
}

static int nmap_get_port_state(lua_State *lua)
{
	const struct script_site *site = script_site_check(lua, 1);

	return push_port(lua, site, script_check_known_port(lua, 2, site));
}

static enum port_state check_state(lua_State *lua, int index)
{
	static const char *const names[] = {"open",       "closed",        "filtered",
					    "unfiltered", "open|filtered", "closed|filtered",
					    NULL};
	static const enum port_state states[] = {PORT_OPEN,          PORT_CLOSED,
						 PORT_FILTERED,      PORT_UNFILTERED,
						 PORT_OPEN_FILTERED, PORT_CLOSED_FILTERED};

	return states[luaL_checkoption(lua, index, NULL, names)];
}

/* A port that is none is behind all others. */
static int nmap_get_ports(lua_State *lua)
{
	const struct script_site *site = script_site_check(lua, 1);
	enum transport transport = script_check_transport(lua, 3);
	enum port_state state = check_state(lua, 4);
	struct script_site_port before;
	int after = -1;

	if (!lua_isnil(lua, 2))
		after = script_check_port(lua, 2, &before) ? before.number : UINT16_MAX;
	return push_port(lua, site, script_host_next(site->order.host, transport, state, after));
}

static int nmap_set_port_state(lua_State *lua)
{
	static const char *const names[] = {"open", "closed", NULL};
	static const enum port_state states[] = {PORT_OPEN, PORT_CLOSED};
	struct script_site *site = script_site_check(lua, 1);
	const struct script_port *port = script_check_known_port(lua, 2, site);
	enum port_state state = states[luaL_checkoption(lua, 3, NULL, names)];

	if (port && port->state != state &&
	    site->order.set_state(site->order.self, port->transport, port->number, state) < 0)
		return luaL_error(lua, "not enough memory");
	return 0;
}

void script_add_nmap_ports(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"get_port_state", nmap_get_port_state},
		{"get_ports", nmap_get_ports},
		{"set_port_state", nmap_set_port_state},
		{0},
	};

	luaL_setfuncs(lua, functions, 0);
}
