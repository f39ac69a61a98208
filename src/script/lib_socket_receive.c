/* receive(), receive_lines(), receive_bytes() (nse-api.md 10.2). */
#include "script/socket.h"

#include <lauxlib.h>

/* All of a stream; as many datagrams as were asked for. */
static int push_received(lua_State *lua, struct script_socket *socket)
{
	size_t chunks = 0;

	if (socket->is_udp || socket->kind == SOCKET_DATAGRAMS)
		chunks = socket_queue_find(&socket->received, socket->want_bytes,
					   socket->want_lines);
	lua_pushboolean(lua, true);
	socket_queue_push(lua, &socket->received, chunks, &socket->remote);
	return 2;
}

int socket_received(lua_State *lua, int status, lua_KContext context)
{
	struct script_socket *socket = socket_resumed(lua, context);

	if (socket->result == SOCKET_CANCELLED)
		return socket_failed(lua, SOCKET_CANCELLED);
	if (socket->owner)
		socket_check_received(lua, socket);
	if (socket->received.chunks)
		return push_received(lua, socket);
	if (socket->is_full)
		return script_out_of_memory(lua);
	return socket_failed(lua, socket->result);
}

int socket_receive(lua_State *lua, struct script_socket *socket, size_t bytes, size_t lines,
		   lua_KFunction then)
{
	socket->want_bytes = bytes;
	socket->want_lines = lines;
	socket->result = SOCKET_SUCCESS;
	if (socket_queue_find(&socket->received, bytes, lines))
		return then(lua, LUA_OK, (lua_KContext)&socket->wait);
	if (socket->kind == SOCKET_CONNECTION && !socket->flow) {
		socket->result = socket->end;
		return then(lua, LUA_OK, (lua_KContext)&socket->wait);
	}
	return socket_wait(lua, socket, SOCKET_DATA, then);
}

static int receive(lua_State *lua, size_t bytes, size_t lines)
{
	struct script_socket *socket = socket_check(lua, 1);

	if (socket->kind != SOCKET_CONNECTION && socket->kind != SOCKET_DATAGRAMS)
		return socket_refuse_closed(lua, socket);
	socket_begin(lua, socket);
	return socket_receive(lua, socket, bytes, lines, socket_received);
}

static size_t check_count(lua_State *lua)
{
	lua_Integer count = luaL_checkinteger(lua, 2);

	return count < 0 ? 0 : (size_t)count;
}

static int socket_receive_any(lua_State *lua)
{
	return receive(lua, 0, 0);
}

static int socket_receive_bytes(lua_State *lua)
{
	return receive(lua, check_count(lua), 0);
}

static int socket_receive_lines(lua_State *lua)
{
	return receive(lua, 0, check_count(lua));
}

void script_add_socket_receive(lua_State *lua)
{
	static const luaL_Reg methods[] = {
		{"receive", socket_receive_any},
		{"receive_bytes", socket_receive_bytes},
		{"receive_lines", socket_receive_lines},
		{0},
	};

	luaL_setfuncs(lua, methods, 0);
}
