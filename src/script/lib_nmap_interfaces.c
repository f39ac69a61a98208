/* nmap: the machine's network interfaces (nse-api.md 9.1). */
#include "script/lib_nmap.h"

#include "script/context.h"

#include <lauxlib.h>
#include <string.h>

static const char *const link_names[] = {
	[INTERFACE_ETHERNET] = "ethernet",
	[INTERFACE_LOOPBACK] = "loopback",
	[INTERFACE_POINT] = "p2p",
	[INTERFACE_OTHER] = "other",
};

static void set_text(lua_State *lua, const char *field, const char *text)
{
	lua_pushstring(lua, text);
	lua_setfield(lua, -2, field);
}

static void set_addr(lua_State *lua, const char *field, const struct ip_addr *addr)
{
	char text[IP_TEXT_BYTES];

	set_text(lua, field, ip_format(addr, text));
}

static void set_ethernet(lua_State *lua, const struct interface *interface,
			 const struct interface_addr *addr)
{
	struct ip_addr broadcast;

	lua_pushlstring(lua, (const char *)interface->mac.bytes, sizeof(interface->mac.bytes));
	lua_setfield(lua, -2, "mac");
	if (addr->addr.family != IP_V4)
		return;
	broadcast = ip_last_of(&addr->addr, addr->prefix_bits);
	set_addr(lua, "broadcast", &broadcast);
}

static void push_interface(lua_State *lua, const struct interface *interface,
			   const struct interface_addr *addr)
{
	lua_createtable(lua, 0, 9);
	set_text(lua, "device", interface->name);
	set_text(lua, "shortname", interface->name);
	set_addr(lua, "address", &addr->addr);
	lua_pushinteger(lua, addr->prefix_bits);
	lua_setfield(lua, -2, "netmask");
	lua_pushinteger(lua, interface->mtu);
	lua_setfield(lua, -2, "mtu");
	set_text(lua, "link", link_names[interface->kind]);
	set_text(lua, "up", interface->up ? "up" : "down");
	if (interface->kind == INTERFACE_ETHERNET)
		set_ethernet(lua, interface, addr);
}

static int push_failure(lua_State *lua, const char *why)
{
	lua_pushboolean(lua, false);
	lua_pushstring(lua, why);
	return 2;
}

static int nmap_get_interface_info(lua_State *lua)
{
	const struct interfaces *all =
		script_context_check(lua, "nmap.get_interface_info")->interfaces;
	const char *name = luaL_checkstring(lua, 1);
	const struct interface *interface = all ? interfaces_by_name(all, name) : NULL;

	if (!interface || !interface->addrs_count)
		return push_failure(lua, "failed to find interface");
	push_interface(lua, interface, &interface->addrs[0]);
	return 1;
}

static int nmap_list_interfaces(lua_State *lua)
{
	const struct interfaces *all =
		script_context_check(lua, "nmap.list_interfaces")->interfaces;
	lua_Integer count = 0;
	size_t at, addr;

	if (!all)
		return push_failure(lua, "failed to read the interfaces");
	lua_newtable(lua);
	for (at = 0; at < all->count; at++)
		for (addr = 0; addr < all->at[at].addrs_count; addr++) {
			push_interface(lua, &all->at[at], &all->at[at].addrs[addr]);
			lua_rawseti(lua, -2, ++count);
		}
	return 1;
}

void script_add_nmap_interfaces(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"get_interface_info", nmap_get_interface_info},
		{"list_interfaces", nmap_list_interfaces},
		{0},
	};

	luaL_setfuncs(lua, functions, 0);
}
