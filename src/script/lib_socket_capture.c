/* pcap_open(), pcap_receive(), pcap_close() (nse-api.md 10.2): frames that pass by. A capture is
 * heard only while a script waits for a frame; what passes meanwhile waits with the kernel. */
#include "script/socket.h"

#include "net/capture.h"
#include "net/interface.h"
#include "script/lib_interface.h"
#include "util/error.h"

#include <lauxlib.h>
#include <string.h>

#define SNAP_MOST   65535
#define CANNOT_OPEN "can't open pcap reader on %s"

/* Arguments of pcap_open(). */
enum { DEVICE = 2, SNAP, PROMISCUOUS, FILTER };

/* Stands before a frame's bytes in the queue. */
struct frame_head {
	uint64_t wall_ns;
	size_t wire_bytes, link_bytes;
};

static void close_capture(struct script_socket *socket)
{
	capture_close(socket->capture);
	socket->capture = NULL;
}

/* One at a time. */
static void heard(void *self, const struct capture_frame *frame)
{
	struct script_socket *socket = self;
	const struct script_budget *budget = &script_thread_instance(socket->owner)->budget;
	const struct frame_head head = {frame->wall_ns, frame->wire_bytes, frame->link_bytes};

	(void)capture_pause(socket->capture, true);
	script_thread_traffic(socket->owner)->bytes_in += frame->count;
	if (socket_queue_add(&socket->received, budget, &socket->remote, &head, sizeof(head)) < 0 ||
	    socket_queue_add(&socket->received, budget, &socket->remote, frame->bytes,
			     frame->count) < 0)
		socket->is_full = true;
	socket_reached(socket, SOCKET_FRAME, SOCKET_SUCCESS);
}

/* Where argument 2 says: NULL for all interfaces. Raises when there is none of that name. */
static const struct interface *check_device(lua_State *lua, const struct script_socket *socket)
{
	const char *device = lua_tostring(lua, DEVICE);
	const struct interface *found;

	if (!strcmp(device, "any"))
		return NULL;
	found = script_interface_find(socket->context, device);
	if (!found)
		luaL_error(lua, CANNOT_OPEN, device);
	return found;
}

static int try_open(lua_State *lua, struct script_socket *socket, struct diag *diag)
{
	lua_Integer snap = lua_tointeger(lua, SNAP);
	const struct capture_config config = {
		.loop = socket->context->loop,
		.sockets = socket->context->raw,
		.interface = check_device(lua, socket),
		.snap = snap > 0 && snap < SNAP_MOST ? (size_t)snap : 0,
		.promiscuous = lua_toboolean(lua, PROMISCUOUS),
		.filter = lua_tostring(lua, FILTER),
		.heard = heard,
		.self = socket,
	};
	struct capture *capture = NULL;
	int r = capture_open(&config, &capture, diag);

	if (r < 0)
		return r;
	socket->capture = capture;
	socket->capture_close = close_capture;
	socket->kind = SOCKET_CAPTURE;
	return 0;
}

static int open_it(lua_State *lua, struct script_socket *socket);

static int tried_later(lua_State *lua, int status, lua_KContext context)
{
	struct script_socket *socket = socket_resumed(lua, context);

	if (socket->result == SOCKET_CANCELLED)
		return luaL_error(lua, CANNOT_OPEN, lua_tostring(lua, DEVICE));
	return open_it(lua, socket);
}

static int open_it(lua_State *lua, struct script_socket *socket)
{
	struct diag diag = {0};
	int r = try_open(lua, socket, &diag);

	if (r == 0)
		return 0;
	/* There are only so many sockets for captures: others will give theirs back. */
	if (r == ERROR_LIMIT)
		return socket_try_later(lua, socket, tried_later);
	socket_note(socket, "%s", diag.text);
	return luaL_error(lua, CANNOT_OPEN, lua_tostring(lua, DEVICE));
}

static int socket_pcap_open(lua_State *lua)
{
	struct script_socket *socket = socket_check(lua, 1);

	luaL_checkstring(lua, DEVICE);
	luaL_checkinteger(lua, SNAP);
	luaL_checkstring(lua, FILTER);
	lua_settop(lua, FILTER);
	if (socket->kind != SOCKET_CLOSED)
		return luaL_error(lua, "socket is already open");
	socket_reopen(lua, socket);
	socket_count(lua, socket);
	if (!socket->context->raw)
		return luaL_error(lua, CANNOT_OPEN, lua_tostring(lua, DEVICE));
	return open_it(lua, socket);
}

/* true, wire length, link header, the rest, time. */
static int push_frame(lua_State *lua, struct script_socket *socket)
{
	struct frame_head head;
	const char *text;
	size_t bytes;

	lua_pushboolean(lua, true);
	socket_queue_push(lua, &socket->received, 2, &socket->remote);
	text = lua_tolstring(lua, -1, &bytes);
	memcpy(&head, text, sizeof(head));
	lua_pushinteger(lua, (lua_Integer)head.wire_bytes);
	lua_pushlstring(lua, text + sizeof(head), head.link_bytes);
	lua_pushlstring(lua, text + sizeof(head) + head.link_bytes,
			bytes - sizeof(head) - head.link_bytes);
	lua_pushnumber(lua, (lua_Number)head.wall_ns / (lua_Number)NS_PER_S);
	lua_remove(lua, -5);
	return 5;
}

static int received(lua_State *lua, int status, lua_KContext context)
{
	struct script_socket *socket = socket_resumed(lua, context);

	if (socket->result == SOCKET_CANCELLED)
		return socket_failed(lua, SOCKET_CANCELLED);
	(void)capture_pause(socket->capture, true);
	socket_check_received(lua, socket);
	if (socket->received.chunks == 2)
		return push_frame(lua, socket);
	if (socket->is_full)
		return script_out_of_memory(lua);
	return socket_failed(lua, socket->result);
}

static int socket_pcap_receive(lua_State *lua)
{
	struct script_socket *socket = socket_check(lua, 1);

	if (socket->kind != SOCKET_CAPTURE)
		return luaL_error(lua, "not a pcap socket");
	socket_begin(lua, socket);
	socket->result = SOCKET_SUCCESS;
	socket_queue_clear(&socket->received); /* of a wait that was given up */
	if (capture_pause(socket->capture, false) < 0)
		return luaL_error(lua, "not enough memory");
	return socket_wait(lua, socket, SOCKET_FRAME, received);
}

void script_add_socket_capture(lua_State *lua)
{
	static const luaL_Reg methods[] = {
		{"pcap_open", socket_pcap_open},
		{"pcap_receive", socket_pcap_receive},
		{0},
	};

	luaL_setfuncs(lua, methods, 0);
	lua_getfield(lua, -1, "close");
	lua_setfield(lua, -2, "pcap_close");
}
