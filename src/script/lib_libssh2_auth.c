/* The library libssh2: what a user says to prove who it is, but for keys. */
#include "script/lib_libssh2.h"

#include <lauxlib.h>
#include <string.h>

enum { USER = 2, PASSWORD, CALLBACK = PASSWORD };

/* --- userauth_list --- */

static long ask_methods(lua_State *lua, struct ssh_session *session)
{
	unsigned bytes;
	const char *user = ssh_text(lua, USER, &bytes);

	session->text = libssh2_userauth_list(session->ssh, user, bytes);
	return session->text ? 0 : libssh2_session_last_errno(session->ssh);
}

static void push_names(lua_State *lua, const char *text)
{
	lua_Integer count = 0;
	size_t bytes;

	lua_newtable(lua);
	for (; *text; text += bytes + (text[bytes] == ',')) {
		bytes = strcspn(text, ",");
		lua_pushlstring(lua, text, bytes);
		lua_seti(lua, -2, ++count);
	}
}

static int tell_methods(lua_State *lua, struct ssh_session *session)
{
	if (session->text) {
		push_names(lua, session->text);
		return 1;
	}
	if (libssh2_userauth_authenticated(session->ssh)) {
		lua_pushliteral(lua, "none_auth");
		return 1;
	}
	lua_pushboolean(lua, false);
	lua_pushfstring(lua, "userauth_list: %s", ssh_error_text(session));
	return 2;
}

static int userauth_list(lua_State *lua)
{
	static const struct ssh_operation operation = {ask_methods, tell_methods};
	struct ssh_session *session = ssh_begin(lua);

	ssh_check_text(lua, USER);
	return ssh_run(lua, session, &operation);
}

/* --- userauth_banner --- */

#if LIBSSH2_VERSION_NUM >= 0x010b00
static const char *banner_of(struct ssh_session *session)
{
	char *banner = NULL;

	return libssh2_userauth_banner(session->ssh, &banner) ? NULL : banner;
}
#else
/* That libssh2 keeps it to itself. */
static const char *banner_of(struct ssh_session *session)
{
	return NULL;
}
#endif

static int userauth_banner(lua_State *lua)
{
	const char *banner = banner_of(ssh_begin(lua));

	if (!banner)
		return 0;
	lua_pushstring(lua, banner);
	return 1;
}

/* --- userauth_password --- */

static long try_password(lua_State *lua, struct ssh_session *session)
{
	unsigned user_bytes, bytes;
	const char *user = ssh_text(lua, USER, &user_bytes);
	const char *password = ssh_text(lua, PASSWORD, &bytes);

	return libssh2_userauth_password_ex(session->ssh, user, user_bytes, password, bytes, NULL);
}

static int userauth_password(lua_State *lua)
{
	static const struct ssh_operation operation = {try_password, ssh_tell_success};
	struct ssh_session *session = ssh_begin(lua);

	ssh_check_text(lua, USER);
	ssh_check_text(lua, PASSWORD);
	return ssh_run(lua, session, &operation);
}

/* --- userauth_keyboard_interactive --- */

/* What the server asked, while the script's function is called. */
struct inquiry {
	struct ssh_session *session;
	const char *name, *instruction;
	size_t name_bytes, instruction_bytes;
	size_t count;
	const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompts;
	LIBSSH2_USERAUTH_KBDINT_RESPONSE *responses;
};

static void push_prompts(lua_State *lua, const struct inquiry *inquiry)
{
	size_t at;

	lua_newtable(lua);
	for (at = 0; at < inquiry->count; at++) {
		lua_pushlstring(lua, (const char *)inquiry->prompts[at].text,
				inquiry->prompts[at].length);
		lua_seti(lua, -2, (lua_Integer)at + 1);
	}
}

/* libssh2 frees them, by our own function; what cannot be had is an empty answer. */
static void fill_response(lua_State *lua, const struct inquiry *inquiry, size_t at)
{
	LIBSSH2_USERAUTH_KBDINT_RESPONSE *response = &inquiry->responses[at];
	size_t bytes;
	const char *text = lua_tolstring(lua, -1, &bytes);

	if (!text || bytes > SSH_TEXT_BYTES)
		return;
	response->text = ssh_allocate(inquiry->session, bytes + 1);
	if (!response->text)
		return;
	memcpy(response->text, text, bytes);
	response->length = (unsigned)bytes;
}

/* The inquiry, the function and the user's name; protected. */
static int answer(lua_State *lua)
{
	const struct inquiry *inquiry = lua_touserdata(lua, 1);
	size_t at;

	lua_pushlstring(lua, inquiry->name, inquiry->name_bytes);
	lua_pushlstring(lua, inquiry->instruction, inquiry->instruction_bytes);
	push_prompts(lua, inquiry);
	lua_call(lua, 4, 1);
	if (!lua_istable(lua, -1))
		luaL_error(lua, "table of answers expected, got %s", luaL_typename(lua, -1));
	for (at = 0; at < inquiry->count; at++) {
		lua_geti(lua, -1, (lua_Integer)at + 1);
		fill_response(lua, inquiry, at);
		lua_pop(lua, 1);
	}
	return 0;
}

/* An error waits in SSH_ERROR until libssh2 is done with the step. */
static void on_inquiry(const char *name, int name_bytes, const char *instruction,
		       int instruction_bytes, int count,
		       const LIBSSH2_USERAUTH_KBDINT_PROMPT *prompts,
		       LIBSSH2_USERAUTH_KBDINT_RESPONSE *responses, void **abstract)
{
	struct ssh_session *session = *abstract;
	lua_State *lua = session->lua;
	struct inquiry inquiry = {
		.session = session,
		.name = name ? name : "",
		.instruction = instruction ? instruction : "",
		.name_bytes = name && name_bytes > 0 ? (size_t)name_bytes : 0,
		.instruction_bytes =
			instruction && instruction_bytes > 0 ? (size_t)instruction_bytes : 0,
		.count = count > 0 ? (size_t)count : 0,
		.prompts = prompts,
		.responses = responses,
	};

	if (!lua || session->has_raised)
		return;
	lua_pushcfunction(lua, answer);
	lua_pushlightuserdata(lua, &inquiry);
	lua_pushvalue(lua, CALLBACK);
	lua_pushvalue(lua, USER);
	if (lua_pcall(lua, 3, 0, 0) == LUA_OK)
		return;
	session->has_raised = true;
	lua_setiuservalue(lua, 1, SSH_ERROR);
}

static long try_answers(lua_State *lua, struct ssh_session *session)
{
	unsigned bytes;
	const char *user = ssh_text(lua, USER, &bytes);

	return libssh2_userauth_keyboard_interactive_ex(session->ssh, user, bytes, on_inquiry);
}

static int userauth_keyboard_interactive(lua_State *lua)
{
	static const struct ssh_operation operation = {try_answers, ssh_tell_success};
	struct ssh_session *session = ssh_begin(lua);

	ssh_check_text(lua, USER);
	luaL_checktype(lua, CALLBACK, LUA_TFUNCTION);
	luaL_checkstack(lua, LUA_MINSTACK, NULL);
	return ssh_run(lua, session, &operation);
}

void ssh_add_authentication(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"userauth_list", userauth_list},
		{"userauth_banner", userauth_banner},
		{"userauth_password", userauth_password},
		{"userauth_keyboard_interactive", userauth_keyboard_interactive},
		{0},
	};

	luaL_setfuncs(lua, functions, 0);
}
