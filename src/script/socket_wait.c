/* The operation of a socket. What is received, or a timeout, does not end it at once: the loop
 * first looks at the network again, since what is there already counts. */
#include "script/socket.h"

#include <lauxlib.h>

#define QUIET_TURNS  2 /* of the loop; between two there is a look at the network */
#define TRY_AGAIN_NS (50 * NS_PER_MS)
#define MS_MAX       1e12

static struct script_socket *socket_of(struct script_wait *wait)
{
	return (struct script_socket *)((char *)wait - offsetof(struct script_socket, wait));
}

static bool is_satisfied(const struct script_socket *socket)
{
	return socket->received.chunks && socket->received.bytes >= socket->want_bytes &&
	       socket->received.lines >= socket->want_lines;
}

static void settle(struct script_socket *socket)
{
	socket->quiet_turns = 0;
	loop_defer(socket->context->loop, &socket->settle);
}

static void on_settle(void *self)
{
	struct script_socket *socket = self;

	if (++socket->quiet_turns < QUIET_TURNS)
		loop_defer(socket->context->loop, &socket->settle);
	else if (socket->goal == SOCKET_DATA && socket->received.chunks)
		socket_reached(socket, SOCKET_DATA, SOCKET_SUCCESS);
	else
		socket_reached(socket, socket->goal, SOCKET_TIMED_OUT);
}

static void on_timer(void *self)
{
	settle(self);
}

static void stop_reading(struct script_socket *socket, bool stop)
{
	if (socket->flow)
		flow_pause(socket->flow, stop);
	else if (socket->datagram)
		datagram_pause(socket->datagram, stop);
}

/* Everything but waking. */
static void stop(struct script_socket *socket)
{
	struct loop *loop = socket->context->loop;

	loop_timer_cancel(loop, &socket->timer);
	loop_defer_cancel(loop, &socket->settle);
	if (socket->goal == SOCKET_DATA)
		stop_reading(socket, true);
	if (socket->query)
		resolver_cancel(socket->context->resolver, socket->query);
	socket->query = NULL;
	if (socket->context->sockets)
		socket_lock_leave(socket->context->sockets, &socket->waiter);
	socket->goal = SOCKET_IDLE;
}

void socket_reached(struct script_socket *socket, enum socket_goal goal, enum socket_result result)
{
	if (socket->goal != goal || goal == SOCKET_IDLE)
		return;
	stop(socket);
	socket->result = result;
	script_wake(&socket->wait);
}

void socket_abandon(struct script_socket *socket)
{
	if (socket->goal != SOCKET_IDLE)
		stop(socket);
	socket->is_busy = false;
}

static void cancelled(struct script_wait *wait)
{
	socket_abandon(socket_of(wait));
}

void socket_look(struct script_socket *socket)
{
	if (socket->goal != SOCKET_DATA)
		return;
	if (socket->is_full)
		socket_reached(socket, SOCKET_DATA, SOCKET_SUCCESS);
	else if (!is_satisfied(socket))
		return;
	else if (socket->is_udp || socket->received.bytes >= SOCKET_READ_BYTES)
		socket_reached(socket, SOCKET_DATA, SOCKET_SUCCESS);
	else
		settle(socket);
}

uint64_t socket_deadline_ns(const struct script_socket *socket)
{
	lua_Number ms = socket->timeout_ms;

	if (ms < 0 || ms > MS_MAX)
		return UINT64_MAX;
	return loop_now_ns(socket->context->loop) + (uint64_t)ms * NS_PER_MS;
}

int socket_wait_long(lua_State *lua, struct script_socket *socket, enum socket_goal goal,
		     lua_KFunction then)
{
	socket->wait = (struct script_wait){.cancelled = cancelled};
	socket->is_busy = true;
	socket->goal = goal;
	socket->settle.run = on_settle;
	socket->settle.self = socket;
	if (goal == SOCKET_DATA)
		stop_reading(socket, false);
	return script_wait(lua, &socket->wait, then);
}

int socket_wait(lua_State *lua, struct script_socket *socket, enum socket_goal goal,
		lua_KFunction then)
{
	uint64_t deadline_ns = socket_deadline_ns(socket);

	socket->timer.fire = on_timer;
	socket->timer.self = socket;
	if (deadline_ns != UINT64_MAX &&
	    loop_timer_set(socket->context->loop, &socket->timer, deadline_ns) < 0)
		return luaL_error(lua, "not enough memory");
	return socket_wait_long(lua, socket, goal, then);
}

static void on_try_again(void *self)
{
	socket_reached(self, SOCKET_PLACE, SOCKET_SUCCESS);
}

int socket_try_later(lua_State *lua, struct script_socket *socket, lua_KFunction then)
{
	struct loop *loop = socket->context->loop;

	socket->timer.fire = on_try_again;
	socket->timer.self = socket;
	if (loop_timer_set(loop, &socket->timer, loop_now_ns(loop) + TRY_AGAIN_NS) < 0)
		return luaL_error(lua, "not enough memory");
	return socket_wait_long(lua, socket, SOCKET_PLACE, then);
}

struct script_socket *socket_resumed(lua_State *lua, lua_KContext context)
{
	struct script_socket *socket = socket_of((struct script_wait *)context);

	socket->is_busy = false;
	return socket;
}

int socket_failed(lua_State *lua, enum socket_result result)
{
	static const char *const texts[] = {
		[SOCKET_SUCCESS] = "ERROR", [SOCKET_TIMED_OUT] = "TIMEOUT",   [SOCKET_EOF] = "EOF",
		[SOCKET_ERROR] = "ERROR",   [SOCKET_CANCELLED] = "CANCELLED",
	};

	lua_pushnil(lua);
	lua_pushstring(lua, texts[result]);
	return 2;
}

int socket_refuse_closed(lua_State *lua, const struct script_socket *socket)
{
	return socket_refused(lua, socket->kind == SOCKET_CAPTURE
					   ? "invalid operation on pcap socket"
					   : "socket must be connected");
}

int socket_refused(lua_State *lua, const char *text)
{
	lua_pushboolean(lua, false);
	lua_pushstring(lua, text);
	return 2;
}
