#include "script/site.h"

#include "script/context.h"
#include "util/alloc.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#define PORTS_FIRST 16

/* ---- ports that scripts are offered (features.md NS-09) ---- */

static const enum transport offered_transports[] = {TRANSPORT_TCP, TRANSPORT_UDP, TRANSPORT_SCTP};
static const enum port_state offered_states[] = {PORT_OPEN, PORT_OPEN_FILTERED, PORT_UNFILTERED};

static bool add_port(struct script_site *site, size_t *room, const struct script_port *port)
{
	size_t wanted = *room ? 2 * *room : PORTS_FIRST;
	struct script_site_port *ports;

	if (site->ports_count == *room) {
		if (!(ports = alloc_resize(site->ports, wanted, sizeof(*ports))))
			return false;
		site->ports = ports;
		*room = wanted;
	}
	site->ports[site->ports_count++] = (struct script_site_port){
		.transport = port->transport,
		.number = port->number,
	};
	return true;
}

static bool find_ports(struct script_site *site)
{
	const struct script_host *host = site->order.host;
	const struct script_port *port;
	size_t transport, state, room = 0;

	for (transport = 0; transport < 3; transport++)
		for (state = 0; state < 3; state++)
			for (port = NULL;
			     (port = script_host_next(host, offered_transports[transport],
						      offered_states[state],
						      port ? port->number : -1));)
				if (!add_port(site, &room, port))
					return false;
	return true;
}

struct script_site *script_site_new(struct script_context *context,
				    const struct script_order *order)
{
	struct script_site *site = alloc_zero(sizeof(*site));

	if (!site)
		return NULL;
	site->order = *order;
	site->context = context;
	site->registry = LUA_NOREF;
	if (order->scope != SCRIPT_HOST)
		return site;
	script_host_sort(order->host);
	if (find_ports(site))
		return site;
	script_site_free(site);
	return NULL;
}

void script_site_free(struct script_site *site)
{
	if (!site)
		return;
	alloc_free(site->ports);
	alloc_free(site);
}

void script_site_open(lua_State *lua, struct script_site *site)
{
	struct script_context *context = site->context;

	if (site->order.scope == SCRIPT_HOST) {
		lua_newtable(lua);
		site->registry = luaL_ref(lua, LUA_REGISTRYINDEX);
	}
	site->next = context->sites;
	site->link = &context->sites;
	if (site->next)
		site->next->link = &site->next;
	context->sites = site;
}

void script_site_close(lua_State *lua, struct script_site *site)
{
	luaL_unref(lua, LUA_REGISTRYINDEX, site->registry);
	*site->link = site->next;
	if (site->next)
		site->next->link = site->link;
}

/* ---- whose an instance is ---- */

struct script_site *script_site_of(const struct script_instance *instance)
{
	return instance->host;
}

struct script_place script_site_place(const struct script_instance *instance)
{
	const struct script_site_port *port = instance->port;

	switch (instance->phase) {
	case SCRIPT_PRERULE:
		return (struct script_place){.scope = SCRIPT_PRE};
	case SCRIPT_POSTRULE:
		return (struct script_place){.scope = SCRIPT_POST};
	case SCRIPT_PORTRULE:
		return (struct script_place){SCRIPT_PORT, port->transport, port->number};
	default:
		return (struct script_place){.scope = SCRIPT_HOST};
	}
}

const char *script_site_text(const struct script_instance *instance, char text[SCRIPT_SITE_TEXT])
{
	const struct script_site *site = script_site_of(instance);
	const struct script_site_port *port = instance->port;
	char addr[IP_TEXT_BYTES];

	*text = '\0';
	if (site->order.scope != SCRIPT_HOST)
		return text;
	ip_format(&site->order.host->target->addr, addr);
	if (!port)
		snprintf(text, SCRIPT_SITE_TEXT, "%s", addr);
	else
		snprintf(text, SCRIPT_SITE_TEXT, strchr(addr, ':') ? "[%s]:%u" : "%s:%u", addr,
			 port->number);
	return text;
}

/* ---- arguments ---- */

typedef bool fits(const struct target *target, const void *wanted);

static bool is_target(const struct target *target, const void *wanted)
{
	return target == wanted;
}

static bool has_addr(const struct target *target, const void *wanted)
{
	struct ip_addr addr;

	return ip_parse(wanted, &addr) && ip_equal(&addr, &target->addr);
}

static bool has_name(const struct target *target, const void *wanted)
{
	return target->name && !strcmp(target->name, wanted);
}

static struct script_site *find(lua_State *lua, fits *is, const void *wanted)
{
	const struct script_context *context = script_context_of(lua);
	struct script_site *site;

	for (site = context ? context->sites : NULL; site; site = site->next)
		if (site->order.scope == SCRIPT_HOST && is(site->order.host->target, wanted))
			return site;
	return NULL;
}

/* Pushes two values. */
static struct script_site *find_by_text(lua_State *lua, int index)
{
	struct script_site *site = NULL;
	bool has_ip = lua_getfield(lua, index, "ip") == LUA_TSTRING;

	if (has_ip)
		site = find(lua, has_addr, lua_tostring(lua, -1));
	if (lua_getfield(lua, index, "targetname") != LUA_TSTRING && !has_ip)
		luaL_error(lua, "host table does not have a 'ip' or 'targetname' field");
	if (!site && !has_ip)
		site = find(lua, has_name, lua_tostring(lua, -1));
	return site;
}

struct script_site *script_site_check(lua_State *lua, int index)
{
	struct script_site *site = NULL;
	int top = lua_gettop(lua);

	luaL_checktype(lua, index, LUA_TTABLE);
	if (lua_getfield(lua, index, "_Target") == LUA_TLIGHTUSERDATA)
		site = find(lua, is_target, lua_touserdata(lua, -1));
	if (!site)
		site = find_by_text(lua, index);
	if (!site)
		luaL_argerror(lua, index, "host is not being processed right now");
	lua_settop(lua, top);
	return site;
}

enum transport script_check_transport(lua_State *lua, int index)
{
	static const char *const names[] = {"tcp", "udp", "sctp", NULL};
	static const enum transport transports[] = {TRANSPORT_TCP, TRANSPORT_UDP, TRANSPORT_SCTP};

	return transports[luaL_checkoption(lua, index, NULL, names)];
}

static enum transport transport_of(lua_State *lua, const char *name)
{
	if (!strcmp(name, "tcp"))
		return TRANSPORT_TCP;
	if (!strcmp(name, "udp"))
		return TRANSPORT_UDP;
	if (strcmp(name, "sctp") != 0)
		luaL_error(lua, "port 'protocol' field must be \"udp\", \"sctp\" or \"tcp\"");
	return TRANSPORT_SCTP;
}

bool script_check_port(lua_State *lua, int index, struct script_site_port *ret_port)
{
	lua_Integer number;
	int is;

	luaL_checktype(lua, index, LUA_TTABLE);
	lua_getfield(lua, index, "number");
	number = lua_tointegerx(lua, -1, &is);
	if (!is)
		luaL_error(lua, "port 'number' field must be an integer");
	if (lua_getfield(lua, index, "protocol") != LUA_TSTRING)
		luaL_error(lua, "port 'protocol' field must be a string");
	ret_port->transport = transport_of(lua, lua_tostring(lua, -1));
	ret_port->number = (uint16_t)number;
	lua_pop(lua, 2);
	return number >= 0 && number <= UINT16_MAX;
}

const struct script_port *script_check_known_port(lua_State *lua, int index,
						  const struct script_site *site)
{
	struct script_site_port port;

	if (!script_check_port(lua, index, &port))
		return NULL;
	return script_host_port(site->order.host, port.transport, port.number);
}
