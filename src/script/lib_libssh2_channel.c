/* The library libssh2: channels. One is its session's, and ends with that; what libssh2 calls a
 * channel lies in a userdata that holds the session. */
#include "script/lib_libssh2.h"

#include <lauxlib.h>

#define READ_BYTES 2048
#define TERMINAL   "vanilla"

static const char class[] = "portolan.ssh2 channel";

enum { CHANNEL = 2, DATA, REQUEST = DATA, MESSAGE, TERM = DATA, MODES, WIDTH, HEIGHT, X, Y };
enum { NO_PTY = 2, CHANNEL_MADE };

struct channel {
	struct ssh_session *session; /* its user value */
	LIBSSH2_CHANNEL *channel;    /* NULL: not opened */
};

static struct channel *check_channel(lua_State *lua, int index)
{
	struct channel *channel = luaL_checkudata(lua, index, class);

	luaL_argcheck(lua, channel->channel && channel->session->ssh, index, "channel is closed");
	return channel;
}

/* Of session and channel, arguments 1 and 2. */
static struct ssh_session *begin(lua_State *lua)
{
	struct ssh_session *session = ssh_begin(lua);
	struct channel *channel = check_channel(lua, CHANNEL);

	luaL_argcheck(lua, channel->session == session, CHANNEL, "channel of another session");
	session->channel = channel->channel;
	return session;
}

/* --- open_channel --- */

static long ask_pty(lua_State *lua, struct ssh_session *session)
{
	return libssh2_channel_request_pty(session->channel, TERMINAL);
}

static int tell_channel(lua_State *lua, struct ssh_session *session)
{
	if (session->result)
		return luaL_error(lua, "Requesting pty");
	lua_settop(lua, CHANNEL_MADE);
	return 1;
}

static long open_one(lua_State *lua, struct ssh_session *session)
{
	session->channel = libssh2_channel_open_session(session->ssh);
	return session->channel ? 0 : libssh2_session_last_errno(session->ssh);
}

static int opened(lua_State *lua, struct ssh_session *session)
{
	static const struct ssh_operation operation = {ask_pty, tell_channel};
	struct channel *channel = lua_touserdata(lua, CHANNEL_MADE);

	if (!session->channel)
		return luaL_error(lua, "Opening channel");
	channel->channel = session->channel;
	if (lua_toboolean(lua, NO_PTY))
		return tell_channel(lua, session);
	return ssh_run(lua, session, &operation);
}

static int open_channel(lua_State *lua)
{
	static const struct ssh_operation operation = {open_one, opened};
	struct ssh_session *session = ssh_begin(lua);
	struct channel *channel;

	lua_settop(lua, NO_PTY);
	channel = lua_newuserdatauv(lua, sizeof(*channel), 1);
	*channel = (struct channel){.session = session};
	lua_pushvalue(lua, 1);
	lua_setiuservalue(lua, -2, 1);
	luaL_setmetatable(lua, class);
	return ssh_run(lua, session, &operation);
}

/* --- requests --- */

/* The request's name is on the top. */
static int told(lua_State *lua, struct ssh_session *session)
{
	if (session->result < 0)
		return luaL_error(lua, "Error sending %s request", lua_tostring(lua, -1));
	return 0;
}

static long ask_pty_ex(lua_State *lua, struct ssh_session *session)
{
	unsigned term_bytes, modes_bytes;
	const char *term = ssh_text(lua, TERM, &term_bytes);
	const char *modes = ssh_text(lua, MODES, &modes_bytes);

	return libssh2_channel_request_pty_ex(
		session->channel, term, term_bytes, modes, modes_bytes,
		(int)lua_tointeger(lua, WIDTH), (int)lua_tointeger(lua, HEIGHT),
		(int)lua_tointeger(lua, X), (int)lua_tointeger(lua, Y));
}

static int channel_request_pty_ex(lua_State *lua)
{
	static const struct ssh_operation operation = {ask_pty_ex, told};
	struct ssh_session *session = begin(lua);
	int index;

	lua_settop(lua, Y);
	ssh_check_text(lua, TERM);
	ssh_check_text(lua, MODES);
	for (index = WIDTH; index <= Y; index++)
		luaL_checkinteger(lua, index);
	lua_pushliteral(lua, "pty-req");
	return ssh_run(lua, session, &operation);
}

static long start(lua_State *lua, struct ssh_session *session)
{
	unsigned request_bytes, message_bytes;
	const char *request = ssh_text(lua, REQUEST, &request_bytes);
	const char *message = ssh_text(lua, MESSAGE, &message_bytes);

	return libssh2_channel_process_startup(session->channel, request, request_bytes, message,
					       message ? message_bytes : 0);
}

/* Session, channel, request and message (or nil) are the stack. */
static int request(lua_State *lua, struct ssh_session *session)
{
	static const struct ssh_operation operation = {start, told};

	ssh_check_text(lua, REQUEST);
	if (!lua_isnil(lua, MESSAGE))
		ssh_check_text(lua, MESSAGE);
	lua_pushvalue(lua, REQUEST);
	return ssh_run(lua, session, &operation);
}

static int channel_request(lua_State *lua)
{
	struct ssh_session *session = begin(lua);

	lua_settop(lua, MESSAGE);
	return request(lua, session);
}

static int channel_shell(lua_State *lua)
{
	struct ssh_session *session = begin(lua);

	lua_settop(lua, CHANNEL);
	lua_pushliteral(lua, "shell");
	lua_pushnil(lua);
	return request(lua, session);
}

static int channel_exec(lua_State *lua)
{
	struct ssh_session *session = begin(lua);

	luaL_checkstring(lua, 3);
	lua_settop(lua, 3);
	lua_pushliteral(lua, "exec");
	lua_insert(lua, REQUEST);
	return request(lua, session);
}

/* --- data --- */

/* What is read lies in a userdata on the top. */
static long read_stream(lua_State *lua, struct ssh_session *session, int stream)
{
	return libssh2_channel_read_ex(session->channel, stream, lua_touserdata(lua, -1),
				       READ_BYTES);
}

static long read_out(lua_State *lua, struct ssh_session *session)
{
	return read_stream(lua, session, 0);
}

static long read_err(lua_State *lua, struct ssh_session *session)
{
	return read_stream(lua, session, SSH_EXTENDED_DATA_STDERR);
}

static int tell_data(lua_State *lua, struct ssh_session *session)
{
	if (session->result < 0)
		return luaL_error(lua, "Reading from channel");
	if (session->result == 0)
		lua_pushnil(lua);
	else
		lua_pushlstring(lua, lua_touserdata(lua, -1), (size_t)session->result);
	return 1;
}

static int channel_read(lua_State *lua)
{
	static const struct ssh_operation operation = {read_out, tell_data};
	struct ssh_session *session = begin(lua);

	lua_newuserdatauv(lua, READ_BYTES, 0);
	return ssh_run(lua, session, &operation);
}

static int channel_read_stderr(lua_State *lua)
{
	static const struct ssh_operation operation = {read_err, tell_data};
	struct ssh_session *session = begin(lua);

	lua_newuserdatauv(lua, READ_BYTES, 0);
	return ssh_run(lua, session, &operation);
}

static long write_data(lua_State *lua, struct ssh_session *session)
{
	size_t bytes;
	const char *data = lua_tolstring(lua, DATA, &bytes);

	return libssh2_channel_write_ex(session->channel, 0, data, bytes);
}

static int tell_written(lua_State *lua, struct ssh_session *session)
{
	if (session->result < 0)
		return luaL_error(lua, "Writing to channel");
	lua_pushinteger(lua, session->result);
	return 1;
}

static int channel_write(lua_State *lua)
{
	static const struct ssh_operation operation = {write_data, tell_written};
	struct ssh_session *session = begin(lua);

	luaL_checkstring(lua, DATA);
	return ssh_run(lua, session, &operation);
}

/* --- the end --- */

static int channel_eof(lua_State *lua)
{
	lua_pushboolean(lua, libssh2_channel_eof(check_channel(lua, 1)->channel) == 1);
	return 1;
}

static int tell_nothing(lua_State *lua, struct ssh_session *session)
{
	return 0;
}

static long send_eof(lua_State *lua, struct ssh_session *session)
{
	return libssh2_channel_send_eof(session->channel);
}

static int channel_send_eof(lua_State *lua)
{
	static const struct ssh_operation operation = {send_eof, tell_nothing};

	return ssh_run(lua, begin(lua), &operation);
}

static long close_it(lua_State *lua, struct ssh_session *session)
{
	return libssh2_channel_close(session->channel);
}

static int channel_close(lua_State *lua)
{
	static const struct ssh_operation operation = {close_it, tell_nothing};

	return ssh_run(lua, begin(lua), &operation);
}

void ssh_add_channels(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"open_channel", open_channel},
		{"channel_request_pty_ex", channel_request_pty_ex},
		{"channel_request", channel_request},
		{"channel_shell", channel_shell},
		{"channel_exec", channel_exec},
		{"channel_read", channel_read},
		{"channel_read_stderr", channel_read_stderr},
		{"channel_write", channel_write},
		{"channel_eof", channel_eof},
		{"channel_send_eof", channel_send_eof},
		{"channel_close", channel_close},
		{0},
	};

	luaL_newmetatable(lua, class);
	lua_newtable(lua);
	lua_setfield(lua, -2, "__metatable");
	lua_pop(lua, 1);
	luaL_setfuncs(lua, functions, 0);
}
