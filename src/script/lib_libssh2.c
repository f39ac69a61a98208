/* The library libssh2 (nse-api.md 13.6): sessions. */
#include "script/lib_libssh2.h"

#include "script/socket.h"

#include <lauxlib.h>
#include <stdio.h>

#define MD5_BYTES  16
#define SHA1_BYTES 20

enum { HOST_ARGUMENT = 2, PORT_ARGUMENT };

/* --- session_open --- */

static long shake_hands(lua_State *lua, struct ssh_session *session)
{
	return libssh2_session_handshake(session->ssh, SSH_NO_DESCRIPTOR);
}

static int shaken(lua_State *lua, struct ssh_session *session)
{
	if (session->result) {
		ssh_give_up(lua, session);
		return luaL_error(lua, "Unable to complete libssh2 handshake.");
	}
	session->is_connected = true;
	lua_settop(lua, 1);
	return 1;
}

static int connected(lua_State *lua, int status, lua_KContext context)
{
	static const struct ssh_operation handshake = {shake_hands, shaken};
	struct ssh_session *session = (struct ssh_session *)context;

	if (!lua_toboolean(lua, -2)) {
		ssh_release(session);
		return lua_error(lua);
	}
	lua_pop(lua, 2);
	return ssh_run(lua, session, &handshake);
}

static int session_open(lua_State *lua)
{
	struct ssh_session *session;

	script_thread_check(lua, "session_open");
	luaL_checkinteger(lua, 2);
	lua_settop(lua, 2);
	script_wait_check(lua);
	session = ssh_push_new(lua);
	lua_insert(lua, 1);
	socket_push_new(lua, false);
	lua_pushvalue(lua, -1);
	lua_setiuservalue(lua, 1, SSH_SOCKET);
	lua_getfield(lua, -1, "connect");
	lua_insert(lua, -2);
	lua_pushvalue(lua, HOST_ARGUMENT);
	lua_pushvalue(lua, PORT_ARGUMENT);
	lua_pushliteral(lua, "tcp");
	lua_callk(lua, 4, 2, (lua_KContext)session, connected);
	return connected(lua, LUA_OK, (lua_KContext)session);
}

/* --- the others --- */

static int session_close(lua_State *lua)
{
	struct ssh_session *session = ssh_check(lua, 1);

	if (!session->ssh)
		return 0;
	script_wait_check(lua);
	return ssh_close(lua, ssh_begin(lua));
}

/* How long the server may be silent; 0 and less: as long as it may to any socket. */
static int set_timeout(lua_State *lua)
{
	struct ssh_session *session = ssh_check(lua, 1);
	lua_Integer ms = luaL_checkinteger(lua, 2);

	luaL_argcheck(lua, session->ssh, 1, "session is closed");
	lua_getiuservalue(lua, 1, SSH_SOCKET);
	lua_getfield(lua, -1, "set_timeout");
	lua_insert(lua, -2);
	lua_pushinteger(lua, ms > 0 ? ms : SOCKET_TIMEOUT_MS);
	lua_call(lua, 2, 0);
	return 0;
}

/* At most SHA1_BYTES. */
static void push_hex(lua_State *lua, const char *bytes, size_t count)
{
	char text[3 * SHA1_BYTES + 1];
	size_t at;

	for (at = 0; at < count; at++)
		snprintf(text + 3 * at, 4, "%02X:", (unsigned char)bytes[at]);
	lua_pushlstring(lua, text, 3 * at - 1);
}

static int hostkey_hash(lua_State *lua)
{
	static const char *const names[] = {"md5", "sha1", NULL};
	struct ssh_session *session = ssh_check(lua, 1);
	bool is_md5 = luaL_checkoption(lua, 2, "sha1", names) == 0;
	const char *hash;

	luaL_argcheck(lua, session->ssh, 1, "session is closed");
	hash = libssh2_hostkey_hash(session->ssh,
				    is_md5 ? LIBSSH2_HOSTKEY_HASH_MD5 : LIBSSH2_HOSTKEY_HASH_SHA1);
	if (!hash)
		return socket_refused(lua, "could not get hostkey hash");
	push_hex(lua, hash, is_md5 ? MD5_BYTES : SHA1_BYTES);
	return 1;
}

int lib_libssh2_open(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"session_open", session_open},
		{"session_close", session_close},
		{"set_timeout", set_timeout},
		{"hostkey_hash", hostkey_hash},
		{0},
	};

	ssh_make_class(lua);
	luaL_newlib(lua, functions);
	ssh_add_authentication(lua);
	ssh_add_keys(lua);
	ssh_add_channels(lua);
	return 1;
}
