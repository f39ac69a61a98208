/* pcap_open(), pcap_receive(), pcap_close() (nse-api.md 10.2): frames that pass by. A capture is
 * heard only while a script waits for a frame; what passes meanwhile waits with the kernel. */
#include "script/socket.h"

#include "net/capture.h"
#include "net/interface.h"
#include "script/lib_interface.h"
#include "util/error.h"

#include <lauxlib.h>
#include <string.h>

#define SNAP_MOST 65535

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

static int open_it(lua_State *lua, struct script_socket *socket,
		   const struct capture_config *config)
{
	struct capture *capture = NULL;
	struct diag diag = {0};

	if (capture_open(config, &capture, &diag) < 0) {
		socket_note(socket, "%s", diag.text);
		return luaL_error(lua, "can't open pcap reader on %s", lua_tostring(lua, 2));
	}
	socket->capture = capture;
	socket->capture_close = close_capture;
	socket->kind = SOCKET_CAPTURE;
	return 0;
}

static int socket_pcap_open(lua_State *lua)
{
	struct script_socket *socket = socket_check(lua, 1);
	const char *device = luaL_checkstring(lua, 2);
	lua_Integer snap = luaL_checkinteger(lua, 3);
	bool promiscuous = lua_toboolean(lua, 4);
	const char *filter = luaL_checkstring(lua, 5);
	struct capture_config config = {
		.promiscuous = promiscuous, .filter = filter, .heard = heard, .self = socket};
	bool any = !strcmp(device, "any");

	if (socket->kind != SOCKET_CLOSED)
		return luaL_error(lua, "socket is already open");
	socket_reopen(lua, socket);
	socket_count(lua, socket);
	config.loop = socket->context->loop;
	config.sockets = socket->context->raw;
	config.snap = snap > 0 && snap < SNAP_MOST ? (size_t)snap : 0;
	config.interface = any ? NULL : script_interface_find(socket->context, device);
	if (!config.sockets || (!any && !config.interface))
		return luaL_error(lua, "can't open pcap reader on %s", device);
	return open_it(lua, socket, &config);
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
		return luaL_error(lua, "not enough memory");
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
