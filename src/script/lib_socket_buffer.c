/* receive_buf() (nse-api.md 10.2): what is received until a delimiter. The buffer is a user value
 * of the socket; the other methods do not see it. */
#include "script/socket.h"

#include "script/lua_pattern.h"

#include <lauxlib.h>

enum { DELIMITER_ARGUMENT = 2, KEEP_ARGUMENT, TOP = KEEP_ARGUMENT };

/* Where the delimiter is, as string.find() counts. */
struct match {
	lua_Integer first, last;
};

static bool find_pattern(lua_State *lua, int buffer, struct match *ret_match)
{
	struct lua_pattern match;
	const char *from, *end;

	lua_pattern_init(&match, lua, buffer, DELIMITER_ARGUMENT, true);
	for (from = match.subject; from <= match.subject_end; from++) {
		match.depth = match.count = 0;
		if ((end = lua_pattern_match(&match, from))) {
			*ret_match = (struct match){from - match.subject + 1, end - match.subject};
			return true;
		}
		if (match.anchored)
			break;
	}
	return false;
}

static bool ask_function(lua_State *lua, int buffer, struct match *ret_match)
{
	int is_first, is_last;

	lua_pushvalue(lua, DELIMITER_ARGUMENT);
	lua_pushvalue(lua, buffer);
	lua_call(lua, 1, 2);
	if (lua_isnil(lua, -2)) {
		lua_pop(lua, 2);
		return false;
	}
	ret_match->first = lua_tointegerx(lua, -2, &is_first);
	ret_match->last = lua_tointegerx(lua, -1, &is_last);
	if (!is_first || !is_last)
		luaL_error(lua, "invalid indices for match");
	lua_pop(lua, 2);
	return true;
}

static bool find(lua_State *lua, int buffer, struct match *ret_match)
{
	lua_Integer bytes = (lua_Integer)lua_rawlen(lua, buffer);
	bool found = lua_type(lua, DELIMITER_ARGUMENT) == LUA_TFUNCTION
			     ? ask_function(lua, buffer, ret_match)
			     : find_pattern(lua, buffer, ret_match);

	if (found &&
	    (ret_match->first < 1 || ret_match->first > ret_match->last || ret_match->last > bytes))
		luaL_error(lua, "invalid indices for match");
	return found;
}

/* Leaves the rest in the buffer; the buffer is on the top. */
static int split(lua_State *lua, const struct match *match)
{
	size_t bytes, last = (size_t)match->last;
	size_t end = lua_toboolean(lua, KEEP_ARGUMENT) ? last : (size_t)match->first - 1;
	const char *text = lua_tolstring(lua, -1, &bytes);

	lua_pushboolean(lua, true);
	lua_pushlstring(lua, text, end);
	lua_pushlstring(lua, text + last, bytes - last);
	lua_setiuservalue(lua, 1, SOCKET_BUFFER);
	return 2;
}

static int go_on(lua_State *lua, struct script_socket *socket);

static int received(lua_State *lua, int status, lua_KContext context)
{
	struct script_socket *socket;

	lua_settop(lua, TOP);
	if (socket_received(lua, status, context) != 2 || !lua_toboolean(lua, -2))
		return 2;
	socket = socket_check(lua, 1);
	lua_getiuservalue(lua, 1, SOCKET_BUFFER);
	lua_insert(lua, -2);
	lua_concat(lua, 2);
	lua_setiuservalue(lua, 1, SOCKET_BUFFER);
	lua_settop(lua, TOP);
	return go_on(lua, socket);
}

static int go_on(lua_State *lua, struct script_socket *socket)
{
	struct match match;

	if (lua_getiuservalue(lua, 1, SOCKET_BUFFER) != LUA_TSTRING) {
		lua_pushliteral(lua, "");
		lua_pushvalue(lua, -1);
		lua_setiuservalue(lua, 1, SOCKET_BUFFER);
		lua_replace(lua, TOP + 1);
	}
	if (lua_rawlen(lua, TOP + 1) && find(lua, TOP + 1, &match))
		return split(lua, &match);
	lua_settop(lua, TOP);
	/* The delimiter's function may have used the socket. */
	socket_begin(lua, socket);
	if (socket->kind != SOCKET_CONNECTION && socket->kind != SOCKET_DATAGRAMS)
		return socket_refuse_closed(lua, socket);
	return socket_receive(lua, socket, 0, 0, received);
}

static int socket_receive_buf(lua_State *lua)
{
	struct script_socket *socket = socket_check(lua, 1);
	int type = lua_type(lua, DELIMITER_ARGUMENT);

	if (type != LUA_TFUNCTION && type != LUA_TSTRING && type != LUA_TNUMBER)
		return luaL_error(lua, "function/string expected, got %s",
				  luaL_typename(lua, DELIMITER_ARGUMENT));
	luaL_checktype(lua, KEEP_ARGUMENT, LUA_TBOOLEAN);
	lua_settop(lua, TOP);
	lua_tostring(lua, DELIMITER_ARGUMENT); /* a number becomes its text */
	if (socket->kind != SOCKET_CONNECTION && socket->kind != SOCKET_DATAGRAMS)
		return socket_refuse_closed(lua, socket);
	return go_on(lua, socket);
}

void script_add_socket_buffer(lua_State *lua)
{
	static const luaL_Reg methods[] = {{"receive_buf", socket_receive_buf}, {0}};

	luaL_setfuncs(lua, methods, 0);
}
