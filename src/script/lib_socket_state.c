/* Methods of sockets that wait for nothing (nse-api.md 10.2). */
#include "script/socket.h"

#include "script/lib_certificate.h"

#include <lauxlib.h>
#include <math.h>

static int socket_close_it(lua_State *lua)
{
	struct script_socket *socket = socket_check(lua, 1);

	if (socket->kind == SOCKET_CLOSED)
		return socket_refused(lua, "socket already closed");
	socket_close(socket);
	socket->timeout_ms = SOCKET_TIMEOUT_MS;
	socket->bind_addr = (struct ip_addr){0};
	socket->bind_port = 0;
	lua_pushnil(lua);
	lua_setiuservalue(lua, 1, SOCKET_BUFFER);
	lua_pushboolean(lua, true);
	return 1;
}

static int socket_set_timeout(lua_State *lua)
{
	struct script_socket *socket = socket_check(lua, 1);
	lua_Number ms = floor(luaL_checknumber(lua, 2));

	if (!(ms >= -1))
		return luaL_error(lua, "Negative timeout: %f", ms);
	socket->timeout_ms = ms;
	lua_pushboolean(lua, true);
	return 1;
}

static int socket_get_info(lua_State *lua)
{
	const struct script_socket *socket = socket_check(lua, 1);
	char text[IP_TEXT_BYTES];

	if (socket->kind != SOCKET_CONNECTION && socket->kind != SOCKET_DATAGRAMS)
		return socket_refuse_closed(lua, socket);
	lua_pushboolean(lua, true);
	lua_pushstring(lua, socket->has_local ? ip_format(&socket->local, text) : "");
	lua_pushinteger(lua, socket->local_port);
	lua_pushstring(lua, ip_format(&socket->remote.addr, text));
	lua_pushinteger(lua, socket->remote.port);
	return 5;
}

static int socket_bind(lua_State *lua)
{
	struct script_socket *socket = socket_check(lua, 1);
	const char *text = luaL_optstring(lua, 2, NULL);
	lua_Integer port = luaL_checkinteger(lua, 3);
	struct ip_addr addr = {0};

	luaL_argcheck(lua, port >= 0 && port <= UINT16_MAX, 3, "port number out of range");
	if (text && !ip_parse(text, &addr))
		return socket_refused(lua, "getaddrinfo: Name or service not known");
	socket->bind_addr = addr;
	socket->bind_port = (uint16_t)port;
	lua_pushboolean(lua, true);
	return 1;
}

static int socket_get_ssl_certificate(lua_State *lua)
{
	const struct script_socket *socket = socket_check(lua, 1);
	const char *der;
	size_t bytes;

	if (socket->kind == SOCKET_CLOSED || socket->kind == SOCKET_CAPTURE)
		return socket_refuse_closed(lua, socket);
	if (!socket->is_tls)
		return luaL_error(lua, "not a SSL socket");
	if (lua_getiuservalue(lua, 1, SOCKET_CERTIFICATE) != LUA_TSTRING)
		return 1; /* nil: an anonymous cipher */
	der = lua_tolstring(lua, -1, &bytes);
	lib_certificate_push_der(lua, der, bytes);
	return 1;
}

void script_add_socket_state(lua_State *lua)
{
	static const luaL_Reg methods[] = {
		{"close", socket_close_it},
		{"set_timeout", socket_set_timeout},
		{"get_info", socket_get_info},
		{"bind", socket_bind},
		{"get_ssl_certificate", socket_get_ssl_certificate},
		{0},
	};

	luaL_setfuncs(lua, methods, 0);
}
