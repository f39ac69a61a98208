/* nmap.set_port_version: what a script found to run on a port replaces what was known
 * (nse-api.md 9.2). */
#include "script/lib_nmap.h"

#include "engine/service_copy.h"
#include "script/context.h"
#include "script/site.h"
#include "util/alloc.h"
#include "util/error.h"

#include <lauxlib.h>
#include <string.h>

#define CONFIDENCE_PROBED  10
#define CONFIDENCE_WRAPPED 8
#define CONFIDENCE_TABLE   3
#define CPES_MAX           64 /* of a list, looked at */

/* Pushes the text at the index, cut, with a dot for what cannot be printed. NULL: it is none. */
static const char *push_clean(lua_State *lua, int index, size_t most)
{
	size_t bytes, at;
	const char *text;
	luaL_Buffer clean;

	if (!lua_isstring(lua, index)) {
		lua_pushnil(lua);
		return NULL;
	}
	lua_pushvalue(lua, index);
	text = lua_tolstring(lua, -1, &bytes);
	if (bytes > most)
		bytes = most;
	luaL_buffinitsize(lua, &clean, bytes);
	for (at = 0; at < bytes; at++)
		luaL_addchar(&clean, text[at] >= ' ' && text[at] <= '~' ? text[at] : '.');
	luaL_pushresult(&clean);
	lua_remove(lua, -2);
	return lua_tostring(lua, -1);
}

/* Texts of the table stay on the stack as long as they are needed; empty ones are none. */
static const char *read_text(lua_State *lua, int version, const char *field, size_t most)
{
	const char *text;

	lua_getfield(lua, version, field);
	text = push_clean(lua, -1, most);
	lua_remove(lua, -2);
	return text && *text ? text : NULL;
}

static void read_texts(lua_State *lua, int version, struct service_facts *facts)
{
	facts->name = read_text(lua, version, "name", SERVICE_NAME_MAX);
	facts->product = read_text(lua, version, "product", SERVICE_PRODUCT_MAX);
	facts->version = read_text(lua, version, "version", SERVICE_VERSION_MAX);
	facts->extrainfo = read_text(lua, version, "extrainfo", SERVICE_EXTRAINFO_MAX);
	facts->hostname = read_text(lua, version, "hostname", SERVICE_HOSTNAME_MAX);
	facts->ostype = read_text(lua, version, "ostype", SERVICE_OSTYPE_MAX);
	facts->devicetype = read_text(lua, version, "devicetype", SERVICE_DEVICE_MAX);
	if (facts->end != SERVICE_HARD)
		facts->fingerprint = read_text(lua, version, "service_fp", SERVICE_FINGERPRINT_MAX);
}

static bool read_tunnel(lua_State *lua, int version)
{
	bool tunnel = false;
	const char *name;

	if (lua_getfield(lua, version, "service_tunnel") != LUA_TNIL) {
		name = lua_tostring(lua, -1);
		tunnel = name && !strcmp(name, "ssl");
		if (!tunnel && (!name || strcmp(name, "none") != 0))
			luaL_error(lua, "invalid value for port.version.service_tunnel");
	}
	lua_pop(lua, 1);
	return tunnel;
}

/* The first of each part counts: a service has one application, one system, one device. */
static void keep_cpe(struct service_facts *facts, const char *cpe)
{
	const char **of = NULL;

	if (!cpe || strncmp(cpe, "cpe:/", 5) != 0)
		return;
	if (cpe[5] == 'a')
		of = &facts->cpe_a;
	else if (cpe[5] == 'h')
		of = &facts->cpe_h;
	else if (cpe[5] == 'o')
		of = &facts->cpe_o;
	if (of && !*of)
		*of = cpe;
}

static void read_cpes(lua_State *lua, int version, struct service_facts *facts)
{
	int type = lua_getfield(lua, version, "cpe"), list = lua_gettop(lua);
	lua_Integer at;

	if (type == LUA_TNIL)
		return;
	if (type != LUA_TTABLE)
		luaL_error(lua, "port.version 'cpe' field must be a table");
	luaL_checkstack(lua, CPES_MAX + 8, NULL);
	for (at = 1; at <= CPES_MAX && lua_geti(lua, list, at) != LUA_TNIL; at++) {
		keep_cpe(facts, push_clean(lua, -1, SERVICE_CPE_MAX));
		lua_remove(lua, -2);
	}
}

static struct service_facts facts_of(enum service_end end)
{
	struct service_facts facts = {.end = end, .confidence = CONFIDENCE_TABLE};

	if (end == SERVICE_HARD || end == SERVICE_SOFT)
		facts.confidence = CONFIDENCE_PROBED;
	else if (end == SERVICE_WRAPPED)
		facts.confidence = CONFIDENCE_WRAPPED;
	return facts;
}

/* What the host knows of a tunnel's TLS stays; a copy, since the host forgets its own. */
static int set_service(const struct script_site *site, const struct script_port *port,
		       struct service_facts *facts)
{
	const struct service_facts *copy;
	int r;

	if (facts->tunnel && port->facts && port->facts->tunnel)
		facts->tls = port->facts->tls;
	copy = service_copy_new(facts, SERVICE_WHOLE);
	if (!copy)
		return ERROR_MEMORY;
	r = site->order.set_service(site->order.self, port->transport, port->number, copy);
	alloc_free((void *)(uintptr_t)copy);
	return r;
}

static enum service_end check_end(lua_State *lua, int index)
{
	static const char *const names[] = {"hardmatched", "softmatched", "nomatch",
					    "tcpwrapped",  "incomplete",  NULL};
	static const enum service_end ends[] = {SERVICE_HARD, SERVICE_SOFT, SERVICE_UNKNOWN,
						SERVICE_WRAPPED, SERVICE_INCOMPLETE};

	return ends[luaL_checkoption(lua, index, names[0], names)];
}

static int nmap_set_port_version(lua_State *lua)
{
	const struct script_site *site = script_site_check(lua, 1);
	struct script_site_port wanted;
	bool may_be = script_check_port(lua, 2, &wanted);
	struct service_facts facts = facts_of(check_end(lua, 3));
	const struct script_port *port;
	int version;

	lua_settop(lua, 3);
	luaL_checkstack(lua, 20, NULL);
	if (lua_getfield(lua, 2, "version") != LUA_TTABLE)
		return luaL_error(lua, "port 'version' field must be a table");
	version = lua_gettop(lua);
	facts.tunnel = read_tunnel(lua, version);
	read_texts(lua, version, &facts);
	read_cpes(lua, version, &facts);
	if (facts.end == SERVICE_WRAPPED && !facts.name)
		facts.name = "tcpwrapped";
	port = may_be ? script_host_port(site->order.host, wanted.transport, wanted.number) : NULL;
	if (port && set_service(site, port, &facts) < 0)
		return luaL_error(lua, "not enough memory");
	return 0;
}

void script_add_nmap_version(lua_State *lua)
{
	lua_pushcfunction(lua, nmap_set_port_version);
	lua_setfield(lua, -2, "set_port_version");
}
