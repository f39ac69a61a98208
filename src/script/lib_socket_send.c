/* send() and sendto() (nse-api.md 10.2). */
#include "script/socket.h"

#include "util/error.h"

#include <errno.h>
#include <lauxlib.h>
#include <string.h>

#define PIECE_BYTES ((size_t)256 << 10) /* of what a flow holds for sending */

enum { DATA_ARGUMENT = 2, SENDTO_DATA = 4, SENDTO_HOST };

/* --- over a connection --- */

static int succeeded(lua_State *lua)
{
	lua_pushboolean(lua, true);
	return 1;
}

static bool is_broken(const struct script_socket *socket)
{
	return !socket->flow || flow_send_error(socket->flow) != 0;
}

static int send_more(lua_State *lua, struct script_socket *socket);

static int sent(lua_State *lua, int status, lua_KContext context)
{
	struct script_socket *socket = socket_resumed(lua, context);

	if (socket->result != SOCKET_SUCCESS)
		return socket_failed(lua, socket->result);
	if (is_broken(socket))
		return socket_failed(lua, SOCKET_ERROR);
	return send_more(lua, socket);
}

static size_t piece_of(const struct script_socket *socket, size_t count)
{
	size_t left = count - socket->sent_bytes;

	return socket->is_udp || left < PIECE_BYTES ? left : PIECE_BYTES;
}

static int send_more(lua_State *lua, struct script_socket *socket)
{
	size_t count, piece;
	const char *bytes = lua_tolstring(lua, DATA_ARGUMENT, &count);

	while (socket->sent_bytes < count) {
		piece = piece_of(socket, count);
		if (flow_send(socket->flow, bytes + socket->sent_bytes, piece) < 0 ||
		    is_broken(socket))
			return socket_failed(lua, SOCKET_ERROR);
		socket->sent_bytes += piece;
		if (flow_unsent(socket->flow))
			return socket_wait(lua, socket, SOCKET_SENT, sent);
	}
	return succeeded(lua);
}

static int send_first(lua_State *lua, struct script_socket *socket)
{
	size_t count;
	const char *bytes = lua_tolstring(lua, DATA_ARGUMENT, &count);

	if (!socket->flow)
		return socket_failed(lua, socket->end);
	socket_add_traffic(lua, socket, count);
	socket_trace_bytes(socket, true, bytes, count);
	socket->sent_bytes = 0;
	if (!count && socket->is_udp && flow_send(socket->flow, bytes, 0) < 0)
		return socket_failed(lua, SOCKET_ERROR);
	return send_more(lua, socket);
}

static int reopened(lua_State *lua, int status, lua_KContext context)
{
	struct script_socket *socket = socket_resumed(lua, context);

	if (socket->result != SOCKET_SUCCESS)
		return socket_failed(lua, socket->result);
	return send_first(lua, socket);
}

/* A datagram's ICMP error ends a flow, but no socket. */
static int reopen(lua_State *lua, struct script_socket *socket)
{
	lua_getiuservalue(lua, 1, SOCKET_SERVER_NAME);
	socket->deadline_ns = 0;
	if (socket_open_flow(socket, lua_tostring(lua, -1)) < 0)
		return socket_failed(lua, SOCKET_ERROR);
	return socket_wait_long(lua, socket, SOCKET_READY, reopened);
}

static int socket_send(lua_State *lua)
{
	struct script_socket *socket = socket_check(lua, 1);

	luaL_checkstring(lua, DATA_ARGUMENT);
	if (socket->kind != SOCKET_CONNECTION && socket->kind != SOCKET_DATAGRAMS)
		return socket_refuse_closed(lua, socket);
	socket_begin(lua, socket);
	if (socket->kind == SOCKET_DATAGRAMS)
		return socket_failed(lua, SOCKET_ERROR);
	if (socket->is_udp && is_broken(socket)) {
		if (socket->flow)
			flow_close(socket->flow);
		socket->flow = NULL;
		return reopen(lua, socket);
	}
	return send_first(lua, socket);
}

/* --- without a connection --- */

static void on_datagram(void *self, const struct ip_addr *from, uint16_t port, const uint8_t *bytes,
			size_t count)
{
	const struct socket_peer peer = {*from, port};

	socket_heard(self, &peer, bytes, count);
}

static int open_datagrams(lua_State *lua, struct script_socket *socket)
{
	const struct script_context *context = socket->context;
	const struct datagram_config config = {
		.loop = context->loop,
		.gate = context->gate,
		.family = socket->remote.addr.family,
		.source = socket->bind_addr,
		.source_port = socket->bind_port,
		.interface = context->plan->source_interface,
		.ttl = context->plan->ttl,
		.heard = on_datagram,
		.self = socket,
	};
	int r;

	socket_count(lua, socket);
	if ((r = datagram_open(&config, &socket->datagram)) < 0)
		return r;
	socket->kind = SOCKET_DATAGRAMS;
	socket->is_udp = true;
	socket->has_local = datagram_local(socket->datagram, &socket->local, &socket->local_port);
	return 0;
}

static void note_failure(const struct script_socket *socket, int error)
{
	char addr[IP_TEXT_BYTES];

	socket_note(socket, "sendto %s port %u: %s", ip_format(&socket->remote.addr, addr),
		    socket->remote.port,
		    error == ERROR_SYSTEM ? strerror(errno) : error_text(error));
}

static int send_datagram(lua_State *lua, struct script_socket *socket)
{
	size_t count;
	const char *bytes = lua_tolstring(lua, SENDTO_DATA, &count);
	int r;

	socket_add_traffic(lua, socket, count);
	r = datagram_send(socket->datagram, &socket->remote.addr, socket->remote.port, bytes,
			  count);
	if (r < 0) {
		note_failure(socket, r);
		return socket_failed(lua, SOCKET_ERROR);
	}
	socket_trace_bytes(socket, true, bytes, count);
	return succeeded(lua);
}

static int resolved(lua_State *lua, int status, lua_KContext context)
{
	struct script_socket *socket = socket_resumed(lua, context);
	int r;

	if (socket->result == SOCKET_CANCELLED)
		return socket_failed(lua, SOCKET_CANCELLED);
	if (socket->name_error)
		return socket_push_name_error(lua, socket->name_error);
	if (socket->kind == SOCKET_CLOSED && (r = open_datagrams(lua, socket)) < 0) {
		note_failure(socket, r);
		socket_close(socket);
		return socket_failed(lua, SOCKET_ERROR);
	}
	return send_datagram(lua, socket);
}

static int socket_sendto(lua_State *lua)
{
	struct script_socket *socket = socket_check(lua, 1);
	struct socket_wish wish;

	lua_settop(lua, SENDTO_DATA);
	luaL_checkstring(lua, SENDTO_DATA);
	socket_read_wish(lua, socket, 0, &wish);
	if (socket->kind == SOCKET_CAPTURE)
		return socket_refuse_closed(lua, socket);
	/* On a connection the kernel looks at nothing but the data; Nmap's rpc library counts
	 * on that. */
	if (socket->kind == SOCKET_CONNECTION) {
		lua_pushvalue(lua, SENDTO_DATA);
		lua_replace(lua, DATA_ARGUMENT);
		lua_settop(lua, DATA_ARGUMENT);
		return socket_send(lua);
	}
	socket_begin(lua, socket);
	if (!wish.is_udp)
		return socket_failed(lua, SOCKET_ERROR);
	socket->remote.port = wish.port;
	return socket_resolve(lua, socket, SENDTO_HOST, resolved);
}

void script_add_socket_send(lua_State *lua)
{
	static const luaL_Reg methods[] = {{"send", socket_send}, {"sendto", socket_sendto}, {0}};

	luaL_setfuncs(lua, methods, 0);
}
