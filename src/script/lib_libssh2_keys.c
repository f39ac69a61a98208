/* The library libssh2: keys. Files of keys are read as all files are: if the machine may. */
#include "script/lib_libssh2.h"

#include "script/lib_guard.h"
#include "script/machine.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/files.h"

#include <lauxlib.h>
#include <openssl/evp.h>

#define KEY_FILE_BYTES ((size_t)1 << 20)

enum { USER = 2, KEY, PASSPHRASE, PUBLIC_KEY };

/* --- read_publickey --- */

/* Pushes what the base64 text says. */
static void push_decoded(lua_State *lua, const char *text, size_t bytes)
{
	size_t padding = 0;
	luaL_Buffer decoded;
	unsigned char *room = (unsigned char *)luaL_buffinitsize(lua, &decoded, bytes / 4 * 3 + 4);
	int count = EVP_DecodeBlock(room, (const unsigned char *)text, (int)bytes);

	while (padding < 2 && padding < bytes && text[bytes - padding - 1] == '=')
		padding++;
	if (count < (int)padding)
		luaL_error(lua, "Error reading file");
	luaL_pushresultsize(&decoded, (size_t)count - padding);
}

static void free_text(void *text)
{
	alloc_free(text);
}

/* Pushes the text of the file. */
static void push_file(lua_State *lua, const char *path)
{
	struct lib_guard *guard = lib_guard_push(lua, free_text);
	struct buf text = BUF_INIT;
	struct diag diag = {0};
	int r;

	if (!script_may_read(lua, path))
		luaL_error(lua, "Error reading file");
	r = file_read(path, KEY_FILE_BYTES, &text, &diag);
	guard->thing = text.data;
	if (r < 0)
		luaL_error(lua, "Error reading file");
	lua_pushlstring(lua, (const char *)text.data, text.len);
}

static int read_publickey(lua_State *lua)
{
	static const char blanks[] = " \t\r\n";
	const char *text;

	push_file(lua, luaL_checkstring(lua, 1));
	text = lua_tostring(lua, -1);
	text += strcspn(text, blanks);
	text += strspn(text, blanks);
	push_decoded(lua, text, strcspn(text, blanks));
	return 1;
}

/* --- publickey_canauth --- */

/* libssh2 asks for a signature once the server would take the key. */
static int on_acceptable(LIBSSH2_SESSION *ssh, unsigned char **signature, size_t *bytes,
			 const unsigned char *data, size_t data_bytes, void **abstract)
{
	struct ssh_session *session = *abstract;

	session->is_acceptable = true;
	return LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED;
}

static long offer_key(lua_State *lua, struct ssh_session *session)
{
	void *self = session;
	unsigned bytes;
	const unsigned char *key = (const unsigned char *)ssh_text(lua, KEY, &bytes);

	return libssh2_userauth_publickey(session->ssh, lua_tostring(lua, USER), key, bytes,
					  on_acceptable, &self);
}

static int tell_acceptable(lua_State *lua, struct ssh_session *session)
{
	if (!session->is_acceptable && session->result != LIBSSH2_ERROR_AUTHENTICATION_FAILED &&
	    session->result)
		return luaL_error(lua, "Invalid public key: %s", ssh_error_text(session));
	lua_pushboolean(lua, session->is_acceptable || !session->result);
	return 1;
}

static int publickey_canauth(lua_State *lua)
{
	static const struct ssh_operation operation = {offer_key, tell_acceptable};
	struct ssh_session *session = ssh_begin(lua);

	ssh_check_text(lua, USER);
	ssh_check_text(lua, KEY);
	session->is_acceptable = false;
	return ssh_run(lua, session, &operation);
}

/* --- userauth_publickey, userauth_publickey_frommemory --- */

/* Without a passphrase there is an empty one: libssh2 takes its length, and OpenSSL, given none,
 * would ask at the terminal. */
static const char *passphrase(lua_State *lua)
{
	const char *text = lua_tostring(lua, PASSPHRASE);

	return text ? text : "";
}

static long try_file(lua_State *lua, struct ssh_session *session)
{
	unsigned bytes;
	const char *user = ssh_text(lua, USER, &bytes);

	return libssh2_userauth_publickey_fromfile_ex(session->ssh, user, bytes,
						      lua_tostring(lua, PUBLIC_KEY),
						      lua_tostring(lua, KEY), passphrase(lua));
}

static long try_memory(lua_State *lua, struct ssh_session *session)
{
	unsigned user_bytes, key_bytes, public_bytes;
	const char *user = ssh_text(lua, USER, &user_bytes);
	const char *key = ssh_text(lua, KEY, &key_bytes);
	const char *public_key = ssh_text(lua, PUBLIC_KEY, &public_bytes);

	return libssh2_userauth_publickey_frommemory(session->ssh, user, user_bytes, public_key,
						     public_key ? public_bytes : 0, key, key_bytes,
						     passphrase(lua));
}

static void check_arguments(lua_State *lua)
{
	lua_settop(lua, PUBLIC_KEY);
	ssh_check_text(lua, USER);
	ssh_check_text(lua, KEY);
	luaL_optstring(lua, PASSPHRASE, NULL);
	luaL_optstring(lua, PUBLIC_KEY, NULL);
}

static bool may_read_keys(lua_State *lua)
{
	return script_may_read(lua, lua_tostring(lua, KEY)) &&
	       (lua_isnil(lua, PUBLIC_KEY) || script_may_read(lua, lua_tostring(lua, PUBLIC_KEY)));
}

/* A file that may not be read is as one that is not there. */
static int userauth_publickey(lua_State *lua)
{
	static const struct ssh_operation operation = {try_file, ssh_tell_success};
	struct ssh_session *session = ssh_begin(lua);

	check_arguments(lua);
	if (may_read_keys(lua))
		return ssh_run(lua, session, &operation);
	lua_pushboolean(lua, false);
	return 1;
}

static int userauth_publickey_frommemory(lua_State *lua)
{
	static const struct ssh_operation operation = {try_memory, ssh_tell_success};
	struct ssh_session *session = ssh_begin(lua);

	check_arguments(lua);
	return ssh_run(lua, session, &operation);
}

void ssh_add_keys(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"read_publickey", read_publickey},
		{"publickey_canauth", publickey_canauth},
		{"userauth_publickey", userauth_publickey},
		{"userauth_publickey_frommemory", userauth_publickey_frommemory},
		{0},
	};

	luaL_setfuncs(lua, functions, 0);
}
