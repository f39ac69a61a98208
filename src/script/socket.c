#include "script/socket.h"

#include "script/scheduler.h"

#include <lauxlib.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The connect lock, when --max-parallelism was not given: a host hears from as many threads as
 * it does of Nmap, and does not wait for others. Two thousand instances that ask a server three
 * times, which takes 100 ms each, take 31 s with 20 of all, 6.4 s with 100, 1.9 s with 400 and
 * 1.6 s with 1000, at the same cost and without a loss. */
#define THREADS_OF_GROUP 20
#define THREADS_OF_ALL   1000

#define MEGABYTE ((uint64_t)1 << 20)

static const char class[] = "portolan.socket";
static const char lock_key[] = "portolan.socket lock";

/* --- the connect lock --- */

struct script_socket_lock *socket_lock_of(lua_State *lua, struct script_context *context)
{
	unsigned most = context->plan->timing.max_parallelism;
	size_t capacity = flow_net_capacity(context->flows) / 2;
	unsigned all = capacity < THREADS_OF_ALL ? (unsigned)capacity + 1 : THREADS_OF_ALL;

	if (context->sockets)
		return context->sockets;
	context->sockets = lua_newuserdatauv(lua, sizeof(*context->sockets), 0);
	socket_lock_init(context->sockets, most ? most : all, most ? most : THREADS_OF_GROUP);
	lua_rawsetp(lua, LUA_REGISTRYINDEX, lock_key);
	return context->sockets;
}

/* --- whose it is --- */

static void uncount(struct script_socket *socket)
{
	if (socket->is_counted)
		script_thread_traffic(socket->owner)->sockets--;
	socket->is_counted = false;
}

static void give_place(struct script_socket *socket)
{
	if (socket->has_place)
		socket_lock_give(socket->context->sockets, socket->owner);
	socket->has_place = false;
}

static void disown(struct script_socket *socket)
{
	uncount(socket);
	give_place(socket);
	script_cleanup_remove(&socket->cleanup);
	socket->owner = NULL;
}

static void owner_over(struct script_cleanup *cleanup)
{
	struct script_socket *socket =
		(struct script_socket *)((char *)cleanup - offsetof(struct script_socket, cleanup));

	socket_abandon(socket);
	socket_close(socket);
}

/* What it has counts as the new owner's. */
static void move(struct script_socket *socket, struct script_thread *to)
{
	if (socket->is_counted) {
		script_thread_traffic(socket->owner)->sockets--;
		script_thread_traffic(to)->sockets++;
	}
	if (socket->has_place)
		socket_lock_move(socket->context->sockets, socket->owner, to);
}

static void own(struct script_socket *socket, struct script_thread *thread)
{
	if (socket->owner == thread)
		return;
	if (socket->owner)
		move(socket, thread);
	script_cleanup_remove(&socket->cleanup);
	socket->cleanup.run = owner_over;
	script_cleanup_add(thread, &socket->cleanup);
	socket->owner = thread;
}

/* --- quotas --- */

static void stop_at(lua_State *lua, uint64_t bytes)
{
	char text[64];

	if (bytes % MEGABYTE)
		snprintf(text, sizeof(text), "byte limit %llu KB",
			 (unsigned long long)(bytes >> 10));
	else
		snprintf(text, sizeof(text), "byte limit %llu MB",
			 (unsigned long long)(bytes / MEGABYTE));
	script_stop(lua, text);
}

static bool is_beyond(uint64_t used, uint64_t most)
{
	return most && used > most;
}

void socket_check_received(lua_State *lua, const struct script_socket *socket)
{
	uint64_t most = socket->context->plan->scripts.bytes_in;

	if (is_beyond(script_thread_traffic(socket->owner)->bytes_in, most))
		stop_at(lua, most);
}

void socket_add_traffic(lua_State *lua, struct script_socket *socket, size_t bytes_out)
{
	struct script_traffic *traffic = script_thread_traffic(socket->owner);
	uint64_t most = socket->context->plan->scripts.bytes_out;

	if (is_beyond(traffic->bytes_out + bytes_out, most))
		stop_at(lua, most);
	traffic->bytes_out += bytes_out;
}

/* Sockets that nobody can reach any more are closed before somebody is stopped for them. */
void socket_count(lua_State *lua, struct script_socket *socket)
{
	struct script_traffic *traffic = script_thread_traffic(socket->owner);
	uint32_t most = socket->context->plan->scripts.sockets;
	char text[48];

	if (socket->is_counted)
		return;
	if (most && traffic->sockets >= most)
		lua_gc(lua, LUA_GCCOLLECT);
	if (most && traffic->sockets >= most) {
		snprintf(text, sizeof(text), "limit of %u open sockets", most);
		script_stop(lua, text);
	}
	traffic->sockets++;
	socket->is_counted = true;
}

/* --- life --- */

struct script_socket *socket_check(lua_State *lua, int index)
{
	return luaL_checkudata(lua, index, class);
}

void socket_begin(lua_State *lua, struct script_socket *socket)
{
	script_wait_check(lua);
	if (socket->is_busy)
		luaL_error(lua, "Invalid reuse of a socket from one thread to another.");
	socket->context = script_context_check(lua, "a socket");
	own(socket, script_thread_running(lua));
	socket->is_full = false;
	socket_check_received(lua, socket);
}

void socket_reopen(lua_State *lua, struct script_socket *socket)
{
	int value;

	socket_begin(lua, socket);
	socket_close(socket);
	for (value = 1; value <= SOCKET_VALUES; value++) {
		lua_pushnil(lua);
		lua_setiuservalue(lua, 1, value);
	}
	own(socket, script_thread_running(lua));
}

void socket_close(struct script_socket *socket)
{
	if (!socket->owner)
		return;
	if (socket->kind == SOCKET_CONNECTION)
		socket_trace(socket, true, "CLOSE");
	socket_reached(socket, socket->goal, SOCKET_CANCELLED);
	if (socket->flow)
		flow_close(socket->flow);
	datagram_close(socket->datagram);
	if (socket->kind == SOCKET_CAPTURE)
		socket->capture_close(socket);
	socket->flow = NULL;
	socket->datagram = NULL;
	socket->has_local = socket->is_tls = false;
	socket_queue_clear(&socket->received);
	socket->kind = SOCKET_CLOSED;
	socket->is_udp = socket->made_udp;
	disown(socket);
}

static int collect(lua_State *lua)
{
	socket_close(socket_check(lua, 1));
	return 0;
}

/* --- what comes in --- */

void socket_note(const struct script_socket *socket, const char *format, ...)
{
	const struct script_hooks *hooks =
		script_scheduler_hooks(script_machine_scheduler(socket->machine));
	char text[256];
	va_list args;

	if (!hooks->log)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	hooks->log(hooks->self, 1, text);
}

void socket_heard(struct script_socket *socket, const struct socket_peer *peer,
		  const uint8_t *bytes, size_t count)
{
	const struct script_instance *instance = script_thread_instance(socket->owner);
	struct script_traffic *traffic = script_thread_traffic(socket->owner);

	traffic->bytes_in += count;
	if (peer)
		socket->remote = *peer;
	if (is_beyond(traffic->bytes_in, socket->context->plan->scripts.bytes_in) ||
	    socket_queue_add(&socket->received, &instance->budget, peer, bytes, count) < 0)
		socket->is_full = true;
	else
		socket_trace_bytes(socket, false, bytes, count);
	socket_look(socket);
}

static enum socket_result result_of(enum flow_end end)
{
	if (end == FLOW_END_EOF)
		return SOCKET_EOF;
	return end == FLOW_END_DEADLINE ? SOCKET_TIMED_OUT : SOCKET_ERROR;
}

static void connected(struct script_socket *socket, struct flow *flow)
{
	flow_set_deadline(flow, UINT64_MAX);
	flow_pause(flow, true);
	socket->has_local = flow_local(flow, &socket->local, &socket->local_port);
	socket_trace(socket, true, "CONNECT");
	socket_reached(socket, SOCKET_READY, SOCKET_SUCCESS);
}

/* A handshake that the other end hung up in has failed; data without an end is data. */
static void ended(struct script_socket *socket, enum flow_end end)
{
	socket->flow = NULL;
	socket->end = result_of(end);
	socket->is_local_failure = end == FLOW_END_LOCAL;
	if (socket->goal == SOCKET_DATA && socket->received.chunks)
		socket_reached(socket, SOCKET_DATA, SOCKET_SUCCESS);
	else if (socket->goal == SOCKET_READY && socket->end == SOCKET_EOF)
		socket_reached(socket, SOCKET_READY, SOCKET_ERROR);
	else if (socket->goal == SOCKET_READY || socket->goal == SOCKET_SENT ||
		 socket->goal == SOCKET_DATA)
		socket_reached(socket, socket->goal, socket->end);
}

void socket_on_flow(void *self, struct flow *flow, const struct flow_event *event)
{
	struct script_socket *socket = self;

	switch (event->kind) {
	case FLOW_CONNECTED:
		connected(socket, flow);
		break;
	case FLOW_DATA:
		socket_heard(socket, socket->is_udp ? &socket->remote : NULL, event->data,
			     event->data_bytes);
		break;
	case FLOW_SENT:
		socket_reached(socket, SOCKET_SENT, SOCKET_SUCCESS);
		break;
	case FLOW_CLOSED:
		ended(socket, event->end);
		break;
	}
}

/* --- the class --- */

void socket_make_class(lua_State *lua)
{
	luaL_newmetatable(lua, class);
	lua_pushcfunction(lua, collect);
	lua_setfield(lua, -2, "__gc");
	lua_pushcfunction(lua, collect);
	lua_setfield(lua, -2, "__close");
	lua_newtable(lua);
	lua_setfield(lua, -2, "__metatable");
	lua_newtable(lua);
	script_add_socket_connect(lua);
	script_add_socket_send(lua);
	script_add_socket_receive(lua);
	script_add_socket_buffer(lua);
	script_add_socket_state(lua);
	script_add_socket_capture(lua);
	lua_setfield(lua, -2, "__index");
	lua_pop(lua, 1);
}

struct script_socket *socket_push_new(lua_State *lua, bool is_udp)
{
	struct script_socket *socket = lua_newuserdatauv(lua, sizeof(*socket), SOCKET_VALUES);

	*socket = (struct script_socket){
		.machine = script_machine_of(lua),
		.made_udp = is_udp,
		.is_udp = is_udp,
		.timeout_ms = SOCKET_TIMEOUT_MS,
		.received = {.machine = script_machine_of(lua)},
	};
	luaL_setmetatable(lua, class);
	return socket;
}
