/* How an operation of libssh2 goes on: a step; then what it said is sent; then, unless that was
 * all, what the server says is awaited. */
#include "script/lib_libssh2.h"

#include "script/socket.h"

#include <errno.h>
#include <lauxlib.h>
#include <string.h>

/* --- what libssh2 reads and writes --- */

ssize_t ssh_take(libssh2_socket_t fd, void *bytes, size_t count, int flags, void **abstract)
{
	struct ssh_session *session = *abstract;

	if (session->is_ending)
		return -ECONNRESET;
	if (!session->in_bytes)
		return -EAGAIN;
	if (count > session->in_bytes)
		count = session->in_bytes;
	memcpy(bytes, session->in, count);
	session->in += count;
	session->in_bytes -= count;
	return (ssize_t)count;
}

ssize_t ssh_give(libssh2_socket_t fd, const void *bytes, size_t count, int flags, void **abstract)
{
	struct ssh_session *session = *abstract;
	size_t room = sizeof(session->out) - session->out_bytes;

	if (session->is_ending)
		return -EPIPE;
	if (!room)
		return -EAGAIN;
	if (count > room)
		count = room;
	memcpy(session->out + session->out_bytes, bytes, count);
	session->out_bytes += count;
	return (ssize_t)count;
}

/* --- what operations have in common --- */

void ssh_check_text(lua_State *lua, int index)
{
	size_t bytes;

	luaL_checklstring(lua, index, &bytes);
	luaL_argcheck(lua, bytes <= SSH_TEXT_BYTES, index, "string too long");
}

const char *ssh_text(lua_State *lua, int index, unsigned *ret_bytes)
{
	size_t bytes;
	const char *text = lua_tolstring(lua, index, &bytes);

	*ret_bytes = (unsigned)bytes;
	return text;
}

int ssh_tell_success(lua_State *lua, struct ssh_session *session)
{
	lua_pushboolean(lua, session->result == 0);
	return 1;
}

const char *ssh_error_text(struct ssh_session *session)
{
	char *text = NULL;

	libssh2_session_last_error(session->ssh, &text, NULL, 0);
	return text ? text : "";
}

/* --- an operation --- */

/* Who waits can't be the running thread. So an operation of its own that has not come to its end
 * was left by an error, in the middle of what libssh2 does. */
struct ssh_session *ssh_begin(lua_State *lua)
{
	struct ssh_session *session = ssh_check(lua, 1);
	struct script_thread *thread = script_thread_check(lua, "libssh2");

	if (session->lua || (session->user && session->user != thread))
		luaL_error(lua, "Invalid reuse of a session from one thread to another.");
	luaL_argcheck(lua, session->ssh, 1, "session is closed");
	if (session->user)
		session->has_failed = true;
	session->user = NULL;
	ssh_own(lua, session);
	return session;
}

void ssh_give_up(lua_State *lua, struct ssh_session *session)
{
	session->user = NULL;
	session->has_failed = true;
	if (session->is_connected)
		return;
	lua_getiuservalue(lua, 1, SSH_SOCKET);
	socket_close(socket_check(lua, -1));
	lua_pop(lua, 1);
	ssh_release(session);
}

static int fail(lua_State *lua, struct ssh_session *session)
{
	ssh_give_up(lua, session);
	lua_getiuservalue(lua, 1, SSH_FAILURE);
	if (lua_isnil(lua, -1))
		lua_pushliteral(lua, "ERROR");
	return lua_error(lua);
}

static void step(lua_State *lua, struct ssh_session *session)
{
	session->lua = lua;
	session->result = session->operation->step(lua, session);
	session->lua = NULL;
	session->is_over = session->result != LIBSSH2_ERROR_EAGAIN;
	script_check_stopped(lua);
	if (!session->is_full && !session->has_raised)
		return;
	ssh_give_up(lua, session);
	if (session->is_full)
		luaL_error(lua, "not enough memory");
	lua_getiuservalue(lua, 1, SSH_ERROR);
	lua_error(lua);
}

/* Pushes a method of the socket and its arguments; gives their number. */
static int push_transfer(lua_State *lua, struct ssh_session *session)
{
	session->is_sending = session->out_bytes != 0;
	lua_getiuservalue(lua, 1, SSH_SOCKET);
	lua_getfield(lua, -1, session->is_sending ? "send" : "receive");
	lua_insert(lua, -2);
	if (!session->is_sending)
		return 1;
	lua_pushlstring(lua, session->out, session->out_bytes);
	session->out_bytes = 0;
	return 2;
}

/* Pops what the method gave. libssh2 has read all that it was given before. */
static void take_transfer(lua_State *lua, struct ssh_session *session)
{
	if (!session->ssh)
		luaL_error(lua, "session is closed");
	if (!lua_toboolean(lua, -2)) {
		lua_setiuservalue(lua, 1, SSH_FAILURE);
		fail(lua, session);
	}
	if (!session->is_sending) {
		session->in = lua_tolstring(lua, -1, &session->in_bytes);
		lua_setiuservalue(lua, 1, SSH_RECEIVED);
		lua_pop(lua, 1);
	} else {
		lua_pop(lua, 2);
	}
}

static int go_on(lua_State *lua, struct ssh_session *session);

static int transferred(lua_State *lua, int status, lua_KContext context)
{
	struct ssh_session *session = (struct ssh_session *)context;

	take_transfer(lua, session);
	return go_on(lua, session);
}

static int go_on(lua_State *lua, struct ssh_session *session)
{
	int arguments;

	for (;;) {
		if (!session->is_over)
			step(lua, session);
		if (session->is_over && !session->out_bytes)
			break;
		arguments = push_transfer(lua, session);
		lua_callk(lua, arguments, 2, (lua_KContext)session, transferred);
		take_transfer(lua, session);
	}
	session->user = NULL;
	return session->operation->done(lua, session);
}

int ssh_run(lua_State *lua, struct ssh_session *session, const struct ssh_operation *operation)
{
	script_wait_check(lua);
	if (session->has_failed)
		return fail(lua, session);
	session->operation = operation;
	session->is_over = session->is_full = session->has_raised = false;
	session->user = session->owner;
	return go_on(lua, session);
}
