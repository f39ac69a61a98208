/* nmap.resolve: names to addresses (nse-api.md 9.1); waits instead of holding everybody up. */
#include "script/lib_nmap.h"

#include "script/context.h"
#include "script/thread.h"
#include "util/error.h"

#include <lauxlib.h>
#include <string.h>

#define ADDRS_MAX 64 /* the rest of them is left out */

/* A userdata on the stack of the function that waits. */
struct question {
	struct script_wait wait;
	struct resolver *resolver;
	struct resolver_query *query;
	size_t count; /* 0: there is no answer */
	struct ip_addr addrs[ADDRS_MAX];
};

static int push_failure(lua_State *lua)
{
	lua_pushboolean(lua, false);
	lua_pushliteral(lua, "Failed to resolve");
	return 2;
}

static int push_addrs(lua_State *lua, const struct ip_addr *addrs, size_t count)
{
	char text[IP_TEXT_BYTES];
	size_t at;

	lua_pushboolean(lua, true);
	lua_createtable(lua, (int)count, 0);
	for (at = 0; at < count; at++) {
		lua_pushstring(lua, ip_format(&addrs[at], text));
		lua_rawseti(lua, -2, (lua_Integer)at + 1);
	}
	return 2;
}

static void answered(void *self, const struct resolver_answer *answer)
{
	struct question *question = self;

	question->query = NULL;
	if (!answer->error)
		question->count = answer->addrs_count < ADDRS_MAX ? answer->addrs_count : ADDRS_MAX;
	if (question->count)
		memcpy(question->addrs, answer->addrs, question->count * sizeof(*question->addrs));
	script_wake(&question->wait);
}

static void cancelled(struct script_wait *wait)
{
	struct question *question =
		(struct question *)((char *)wait - offsetof(struct question, wait));

	if (question->query)
		resolver_cancel(question->resolver, question->query);
}

static int go_on(lua_State *lua, int status, lua_KContext context)
{
	const struct question *question =
		(struct question *)((char *)context - offsetof(struct question, wait));

	return question->count ? push_addrs(lua, question->addrs, question->count)
			       : push_failure(lua);
}

/* An address is its own answer, if it is of a family that was asked for. */
static int push_itself(lua_State *lua, const struct ip_addr *addr, int families)
{
	int family = addr->family == IP_V6 ? RESOLVE_V6 : RESOLVE_V4;

	return family & families ? push_addrs(lua, addr, 1) : push_failure(lua);
}

static int ask(lua_State *lua, const char *name, int families)
{
	struct resolver *resolver = script_context_check(lua, "nmap.resolve")->resolver;
	struct question *question;
	int r;

	if (!resolver)
		return push_failure(lua);
	script_wait_check(lua);
	question = lua_newuserdatauv(lua, sizeof(*question), 0);
	*question = (struct question){.wait = {.cancelled = cancelled}, .resolver = resolver};
	r = resolver_forward(resolver, name, families, answered, question, &question->query);
	if (r == ERROR_MEMORY)
		return luaL_error(lua, "not enough memory");
	if (r < 0)
		return push_failure(lua);
	return script_wait(lua, &question->wait, go_on);
}

static int nmap_resolve(lua_State *lua)
{
	static const char *const names[] = {"unspec", "inet", "inet6", NULL};
	static const int families[] = {RESOLVE_BOTH, RESOLVE_V4, RESOLVE_V6};
	const char *name = luaL_checkstring(lua, 1);
	int wanted = families[luaL_checkoption(lua, 2, names[0], names)];
	struct ip_addr addr;

	if (ip_parse(name, &addr))
		return push_itself(lua, &addr, wanted);
	return ask(lua, name, wanted);
}

void script_add_nmap_resolve(lua_State *lua)
{
	lua_pushcfunction(lua, nmap_resolve);
	lua_setfield(lua, -2, "resolve");
}
