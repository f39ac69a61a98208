/* The life of a session: its memory, its thread, its end. */
#include "script/lib_libssh2.h"

#include <lauxlib.h>
#include <stddef.h>
#include <string.h>

#define FREE_TRIES 8

static const char class[] = "portolan.ssh2";

/* --- memory --- */

struct ssh_block {
	struct ssh_block *next, **link;
	size_t bytes; /* with this head */
	size_t unused;
};

_Static_assert(sizeof(struct ssh_block) % 16 == 0, "what follows is aligned as the head is");

static void *ask(struct ssh_session *session, void *old, size_t old_bytes, size_t bytes)
{
	uint32_t charged = script_charge(session->machine, session->account);
	void *self, *memory;
	lua_Alloc function = lua_getallocf(script_machine_lua(session->machine), &self);

	memory = function(self, old, old_bytes, bytes);
	script_charge(session->machine, charged);
	return memory;
}

static void give_back(struct ssh_session *session, struct ssh_block *block)
{
	void *self;
	lua_Alloc function = lua_getallocf(script_machine_lua(session->machine), &self);

	function(self, block, block->bytes, 0);
}

static void link_block(struct ssh_session *session, struct ssh_block *block)
{
	block->next = session->blocks;
	block->link = &session->blocks;
	if (block->next)
		block->next->link = &block->next;
	session->blocks = block;
}

static void unlink_block(struct ssh_block *block)
{
	*block->link = block->next;
	if (block->next)
		block->next->link = block->link;
}

static void *resize(struct ssh_session *session, struct ssh_block *old, size_t count)
{
	struct ssh_block *block = NULL;
	size_t bytes = sizeof(*block) + count;

	if (old)
		unlink_block(old);
	if (!session->is_ending && count < SIZE_MAX / 2)
		block = ask(session, old, old ? old->bytes : 0, bytes);
	if (!block) {
		session->is_full = true;
		if (old)
			link_block(session, old);
		return NULL;
	}
	block->bytes = bytes;
	link_block(session, block);
	return block + 1;
}

void *ssh_allocate(struct ssh_session *session, size_t bytes)
{
	return resize(session, NULL, bytes);
}

static void *on_alloc(size_t count, void **abstract)
{
	return resize(*abstract, NULL, count);
}

static void *on_realloc(void *memory, size_t count, void **abstract)
{
	return resize(*abstract, memory ? (struct ssh_block *)memory - 1 : NULL, count);
}

static void on_free(void *memory, void **abstract)
{
	struct ssh_block *block = memory ? (struct ssh_block *)memory - 1 : NULL;

	if (!block)
		return;
	unlink_block(block);
	give_back(*abstract, block);
}

static void free_forgotten(struct ssh_session *session)
{
	struct ssh_block *block;

	while ((block = session->blocks)) {
		unlink_block(block);
		give_back(session, block);
	}
}

/* --- the end --- */

/* The host's key of a server whose signature is wrong is lost even so, by libssh2 1.10: some
 * hundred bytes of OpenSSL's.
 *
 * What libssh2 was in the middle of holds things of OpenSSL, which only its own way out of a
 * failure frees. From is_ending on the connection fails, so nothing waits. */
static void leave_operation(struct ssh_session *session)
{
	if (session->is_connected)
		libssh2_session_disconnect(session->ssh, "");
	else
		libssh2_session_handshake(session->ssh, SSH_NO_DESCRIPTOR);
}

void ssh_release(struct ssh_session *session)
{
	int tries;

	script_cleanup_remove(&session->cleanup);
	session->owner = session->user = NULL;
	session->in_bytes = session->out_bytes = 0;
	if (!session->ssh)
		return;
	session->is_ending = true;
	leave_operation(session);
	for (tries = 0; tries < FREE_TRIES; tries++)
		if (libssh2_session_free(session->ssh) != LIBSSH2_ERROR_EAGAIN)
			break;
	session->ssh = NULL;
	free_forgotten(session);
}

static void owner_over(struct script_cleanup *cleanup)
{
	ssh_release(
		(struct ssh_session *)((char *)cleanup - offsetof(struct ssh_session, cleanup)));
}

static int closed(lua_State *lua, int status, lua_KContext context)
{
	struct ssh_session *session = (struct ssh_session *)context;

	ssh_release(session);
	lua_getiuservalue(lua, 1, SSH_SOCKET);
	lua_getfield(lua, -1, "close");
	lua_insert(lua, -2);
	lua_call(lua, 1, 0);
	return 0;
}

static bool can_say_goodbye(const struct ssh_session *session)
{
	return session->is_connected && !session->has_failed && !session->user;
}

int ssh_close(lua_State *lua, struct ssh_session *session)
{
	lua_settop(lua, 1);
	if (!session->ssh)
		return 0;
	if (can_say_goodbye(session))
		libssh2_session_disconnect(session->ssh, "Normal Shutdown");
	if (!session->out_bytes)
		return closed(lua, LUA_OK, (lua_KContext)session);
	session->user = session->owner;
	lua_getiuservalue(lua, 1, SSH_SOCKET);
	lua_getfield(lua, -1, "send");
	lua_insert(lua, -2);
	lua_pushlstring(lua, session->out, session->out_bytes);
	session->out_bytes = 0;
	lua_callk(lua, 2, 0, (lua_KContext)session, closed);
	return closed(lua, LUA_OK, (lua_KContext)session);
}

static int collect(lua_State *lua)
{
	ssh_release(ssh_check(lua, 1));
	return 0;
}

/* --- the class --- */

struct ssh_session *ssh_check(lua_State *lua, int index)
{
	return luaL_checkudata(lua, index, class);
}

void ssh_own(lua_State *lua, struct ssh_session *session)
{
	struct script_thread *thread = script_thread_running(lua);

	if (session->owner == thread)
		return;
	script_cleanup_remove(&session->cleanup);
	session->cleanup.run = owner_over;
	script_cleanup_add(thread, &session->cleanup);
	session->owner = thread;
	session->account = script_thread_instance(thread)->budget.account;
}

static void set_up(struct ssh_session *session)
{
	session->ssh = libssh2_session_init_ex(on_alloc, on_free, on_realloc, session);
	if (!session->ssh)
		return;
	libssh2_session_set_blocking(session->ssh, 0);
	libssh2_session_callback_set(session->ssh, LIBSSH2_CALLBACK_RECV, (void *)ssh_take);
	libssh2_session_callback_set(session->ssh, LIBSSH2_CALLBACK_SEND, (void *)ssh_give);
}

struct ssh_session *ssh_push_new(lua_State *lua)
{
	struct ssh_session *session = lua_newuserdatauv(lua, sizeof(*session), SSH_VALUES);

	memset(session, 0, sizeof(*session));
	session->machine = script_machine_of(lua);
	luaL_setmetatable(lua, class);
	ssh_own(lua, session);
	set_up(session);
	if (!session->ssh)
		luaL_error(lua, "not enough memory");
	return session;
}

void ssh_make_class(lua_State *lua)
{
	static const luaL_Reg methods[] = {{"__gc", collect}, {"__close", collect}, {0}};

	luaL_newmetatable(lua, class);
	luaL_setfuncs(lua, methods, 0);
	lua_newtable(lua);
	lua_setfield(lua, -2, "__metatable");
	lua_pop(lua, 1);
}
