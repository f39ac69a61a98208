#include "script/host_table.h"

#include <lauxlib.h>

#define OS_MATCHES_MAX 8 /* more say nothing */

/* ---- fields of the table on the top of the stack ---- */

static void set_text(lua_State *lua, const char *field, const char *text)
{
	if (!text)
		return;
	lua_pushstring(lua, text);
	lua_setfield(lua, -2, field);
}

static void set_bytes(lua_State *lua, const char *field, const uint8_t *bytes, size_t count)
{
	lua_pushlstring(lua, (const char *)bytes, count);
	lua_setfield(lua, -2, field);
}

static void set_integer(lua_State *lua, const char *field, lua_Integer value)
{
	lua_pushinteger(lua, value);
	lua_setfield(lua, -2, field);
}

static void set_number(lua_State *lua, const char *field, lua_Number value)
{
	lua_pushnumber(lua, value);
	lua_setfield(lua, -2, field);
}

static void set_addr(lua_State *lua, const char *field, const struct ip_addr *addr)
{
	char text[IP_TEXT_BYTES];

	set_text(lua, field, ip_format(addr, text));
}

static void set_packed_addr(lua_State *lua, const char *field, const struct ip_addr *addr)
{
	set_bytes(lua, field, addr->bytes, addr->family == IP_V6 ? 16 : 4);
}

static void set_mac(lua_State *lua, const char *field, const struct mac_addr *mac)
{
	set_bytes(lua, field, mac->bytes, sizeof(mac->bytes));
}

/* ---- parts ---- */

/* Seconds; what was not measured is a microsecond below zero, as in the reference. */
static void set_times(lua_State *lua, const struct script_host *host, const struct plan *plan)
{
	uint64_t timeout_ns = host->has_rtt ? host->timeout_ns : plan->timing.initial_rtt_ns;

	lua_createtable(lua, 0, 3);
	set_number(lua, "srtt", host->has_rtt ? (lua_Number)host->srtt_ns / 1e9 : -1e-6);
	set_number(lua, "rttvar", host->has_rtt ? (lua_Number)host->rttvar_ns / 1e9 : -1e-6);
	set_number(lua, "timeout", (lua_Number)timeout_ns / 1e9);
	lua_setfield(lua, -2, "times");
}

static void set_route(lua_State *lua, const struct script_host *host,
		      const struct interfaces *interfaces)
{
	const struct route *route = host->route;
	const struct interface *interface = NULL;

	set_integer(lua, "interface_mtu", route ? route->mtu : 0);
	if (!route)
		return;
	lua_pushboolean(lua, route->local || route->next_hop.family == IP_NONE);
	lua_setfield(lua, -2, "directly_connected");
	if (route->source.family != IP_NONE)
		set_packed_addr(lua, "bin_ip_src", &route->source);
	if (interfaces)
		interface = interfaces_by_index(interfaces, route->interface);
	if (!interface)
		return;
	set_text(lua, "interface", interface->name);
	if (interface->kind == INTERFACE_ETHERNET)
		set_mac(lua, "mac_addr_src", &interface->mac);
}

static void set_macs(lua_State *lua, const struct script_host *host)
{
	if (host->has_mac)
		set_mac(lua, "mac_addr", &host->mac);
	if (host->has_next_hop)
		set_mac(lua, "mac_addr_next_hop", &host->next_hop);
}

static void set_hops(lua_State *lua, const struct path_facts *path)
{
	const struct path_hop *hop;
	size_t at;

	if (!path)
		return;
	lua_createtable(lua, (int)path->hops_count, 0);
	for (at = 0; at < path->hops_count; at++) {
		hop = &path->hops[at];
		lua_newtable(lua);
		if (hop->from.family != IP_NONE)
			set_addr(lua, "ip", &hop->from);
		set_text(lua, "name", hop->name);
		if (hop->has_rtt)
			set_number(lua, "srtt", hop->rtt_us / 1e6);
		lua_rawseti(lua, -2, (lua_Integer)at + 1);
	}
	lua_setfield(lua, -2, "traceroute");
}

static void push_texts(lua_State *lua, const char *const *texts, size_t count)
{
	size_t at;

	lua_createtable(lua, (int)count, 0);
	for (at = 0; at < count; at++) {
		lua_pushstring(lua, texts[at]);
		lua_rawseti(lua, -2, (lua_Integer)at + 1);
	}
}

static void push_class(lua_State *lua, const struct system_class *class)
{
	lua_createtable(lua, 0, 5);
	set_text(lua, "vendor", class->vendor);
	set_text(lua, "osfamily", class->family);
	set_text(lua, "osgen", class->generation);
	set_text(lua, "type", class->type);
	push_texts(lua, class->cpes, class->cpes_count);
	lua_setfield(lua, -2, "cpe");
}

static void push_match(lua_State *lua, const struct system_match *match)
{
	size_t at;

	lua_createtable(lua, 0, 2);
	set_text(lua, "name", match->name);
	lua_createtable(lua, (int)match->classes_count, 0);
	for (at = 0; at < match->classes_count; at++) {
		push_class(lua, &match->classes[at]);
		lua_rawseti(lua, -2, (lua_Integer)at + 1);
	}
	lua_setfield(lua, -2, "classes");
}

static void set_system(lua_State *lua, const struct system_facts *system)
{
	size_t at;

	if (!system)
		return;
	set_text(lua, "os_fp", system->fingerprint);
	if (system->result != SYSTEM_MATCHED || !system->perfect_count ||
	    system->perfect_count > OS_MATCHES_MAX)
		return;
	lua_createtable(lua, (int)system->perfect_count, 0);
	for (at = 0; at < system->perfect_count && at < system->matches_count; at++) {
		push_match(lua, &system->matches[at]);
		lua_rawseti(lua, -2, (lua_Integer)at + 1);
	}
	lua_setfield(lua, -2, "os");
}

void script_push_host(lua_State *lua, const struct script_host *host,
		      const struct script_context *context)
{
	const struct target *target = host->target;

	luaL_checkstack(lua, 12, NULL);
	lua_createtable(lua, 0, 12);
	lua_pushlightuserdata(lua, (void *)(uintptr_t)target);
	lua_setfield(lua, -2, "_Target");
	set_addr(lua, "ip", &target->addr);
	set_packed_addr(lua, "bin_ip", &target->addr);
	set_text(lua, "name", host->name ? host->name : "");
	set_text(lua, "targetname", target->name);
	set_text(lua, "reason", reason_name(host->reason));
	set_integer(lua, "reason_ttl", host->reason_ttl);
	set_times(lua, host, context->plan);
	set_route(lua, host, context->interfaces);
	set_macs(lua, host);
	set_hops(lua, host->path);
	set_system(lua, host->system);
}
