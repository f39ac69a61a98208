#include "script/port_table.h"

#include <lauxlib.h>

#define CONFIDENCE_TABLE 3.0

static void set_text(lua_State *lua, const char *field, const char *text)
{
	if (!text)
		return;
	lua_pushstring(lua, text);
	lua_setfield(lua, -2, field);
}

static void set_integer(lua_State *lua, const char *field, lua_Integer value)
{
	lua_pushinteger(lua, value);
	lua_setfield(lua, -2, field);
}

static bool is_probed(const struct service_facts *facts)
{
	return facts->end == SERVICE_HARD || facts->end == SERVICE_SOFT ||
	       facts->end == SERVICE_WRAPPED;
}

static const char *name_of(const struct script_port *port, const struct services *services)
{
	if (port->facts && port->facts->name)
		return port->facts->name;
	return services ? services_name(services, port->transport, port->number) : NULL;
}

static lua_Number confidence_of(const struct script_port *port, const char *name)
{
	if (port->facts && is_probed(port->facts))
		return port->facts->confidence;
	return name ? CONFIDENCE_TABLE : 0.0;
}

static void set_cpes(lua_State *lua, const struct service_facts *facts)
{
	const char *const cpes[] = {facts->cpe_a, facts->cpe_h, facts->cpe_o};
	lua_Integer count = 0;
	size_t at;

	lua_newtable(lua);
	for (at = 0; at < 3; at++) {
		if (!cpes[at])
			continue;
		lua_pushstring(lua, cpes[at]);
		lua_rawseti(lua, -2, ++count);
	}
	lua_setfield(lua, -2, "cpe");
}

static void set_version(lua_State *lua, const struct script_port *port, const char *name)
{
	static const struct service_facts nothing = {.end = SERVICE_UNKNOWN};
	const struct service_facts *facts = port->facts ? port->facts : &nothing;

	lua_createtable(lua, 0, 12);
	set_text(lua, "name", name);
	lua_pushnumber(lua, confidence_of(port, name));
	lua_setfield(lua, -2, "name_confidence");
	set_text(lua, "product", facts->product);
	set_text(lua, "version", facts->version);
	set_text(lua, "extrainfo", facts->extrainfo);
	set_text(lua, "hostname", facts->hostname);
	set_text(lua, "ostype", facts->ostype);
	set_text(lua, "devicetype", facts->devicetype);
	set_text(lua, "service_tunnel", facts->tunnel ? "ssl" : "none");
	set_text(lua, "service_fp", facts->fingerprint);
	set_text(lua, "service_dtype", is_probed(facts) ? "probed" : "table");
	set_cpes(lua, facts);
	lua_setfield(lua, -2, "version");
}

void script_push_port(lua_State *lua, const struct script_port *port,
		      const struct services *services)
{
	const char *name = name_of(port, services);

	luaL_checkstack(lua, 6, NULL);
	lua_createtable(lua, 0, 7);
	set_integer(lua, "number", port->number);
	set_text(lua, "protocol", transport_name(port->transport));
	set_text(lua, "state", port_state_name(port->state));
	set_text(lua, "reason", reason_name(port->reason));
	set_integer(lua, "reason_ttl", port->ttl);
	set_text(lua, "service", name);
	set_version(lua, port, name);
}
