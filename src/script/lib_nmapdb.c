#include "script/lib_nmapdb.h"

#include "detect/vendor/vendors.h"
#include "net/mac.h"
#include "net/services.h"

#include <lauxlib.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

static const char tables_key;

void lib_nmapdb_set_tables(lua_State *lua, const struct lib_nmapdb_tables *tables)
{
	lua_pushlightuserdata(lua, (void *)(uintptr_t)tables);
	lua_rawsetp(lua, LUA_REGISTRYINDEX, &tables_key);
}

static struct lib_nmapdb_tables tables_of(lua_State *lua)
{
	const struct lib_nmapdb_tables *tables;

	lua_rawgetp(lua, LUA_REGISTRYINDEX, &tables_key);
	tables = lua_touserdata(lua, -1);
	lua_pop(lua, 1);
	return tables ? *tables : (struct lib_nmapdb_tables){0};
}

/* The six bytes as they are, or their digits, with colons or without. */
static struct mac_addr check_mac(lua_State *lua, int index)
{
	struct mac_addr mac = {{0}};
	size_t bytes;
	const char *text = luaL_checklstring(lua, index, &bytes);

	if (bytes == sizeof(mac.bytes))
		memcpy(mac.bytes, text, bytes);
	else if (strlen(text) != bytes || strchr(text, '-') || !mac_parse(text, &mac))
		luaL_error(lua, "Expected a 6-byte MAC address");
	return mac;
}

static int nmapdb_mac2corp(lua_State *lua)
{
	struct mac_addr mac = check_mac(lua, 1);
	char name[VENDOR_NAME_BYTES];

	lua_pushstring(lua, vendors_find(tables_of(lua).vendors, &mac, name));
	return 1;
}

static const char *name_of(lua_State *lua, enum transport transport, uint16_t port)
{
	const struct services *services = tables_of(lua).services;

	return services ? services_name(services, transport, port) : NULL;
}

static int nmapdb_getservbyport(lua_State *lua)
{
	static const char *const names[] = {"tcp", "udp", "sctp", NULL};
	static const enum transport transports[] = {TRANSPORT_TCP, TRANSPORT_UDP, TRANSPORT_SCTP};
	lua_Integer port = luaL_checkinteger(lua, 1);
	enum transport transport = transports[luaL_checkoption(lua, 2, NULL, names)];

	if (port < 0 || port > UINT16_MAX)
		return luaL_error(lua, "Port number out of range");
	lua_pushstring(lua, name_of(lua, transport, (uint16_t)port));
	return 1;
}

static int nmapdb_getprotbynum(lua_State *lua)
{
	lua_Integer number = luaL_checkinteger(lua, 1);
	bool is = number >= 0 && number <= UINT8_MAX;

	lua_pushstring(lua, is ? name_of(lua, TRANSPORT_IP, (uint16_t)number) : NULL);
	return 1;
}

static int nmapdb_getprotbyname(lua_State *lua)
{
	const char *wanted = luaL_checkstring(lua, 1), *name;
	uint16_t number;

	for (number = 0; number <= UINT8_MAX; number++) {
		name = name_of(lua, TRANSPORT_IP, number);
		if (!name || strcasecmp(name, wanted))
			continue;
		lua_pushinteger(lua, number);
		return 1;
	}
	lua_pushnil(lua);
	return 1;
}

int lib_nmapdb_open(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"mac2corp", nmapdb_mac2corp},
		{"getservbyport", nmapdb_getservbyport},
		{"getprotbynum", nmapdb_getprotbynum},
		{"getprotbyname", nmapdb_getprotbyname},
		{0},
	};

	luaL_newlib(lua, functions);
	return 1;
}
