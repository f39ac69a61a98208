/* string: find, match, gmatch, gsub and rep are ours, so that they can be stopped. */
#include "script/lua_pattern.h"
#include "script/machine_impl.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

static size_t start_of(lua_State *lua, int argument, size_t bytes)
{
	lua_Integer start = luaL_optinteger(lua, argument, 1);

	if (start > 0)
		return (size_t)start - 1;
	if (start == 0 || start < -(lua_Integer)bytes)
		return 0;
	return bytes - (size_t)-start;
}

static int push_plain(lua_State *lua, const char *subject, size_t bytes, size_t start,
		      const char *wanted, size_t wanted_bytes)
{
	const char *found = memmem(subject + start, bytes - start, wanted, wanted_bytes);

	if (!found) {
		luaL_pushfail(lua);
		return 1;
	}
	lua_pushinteger(lua, found - subject + 1);
	lua_pushinteger(lua, found - subject + (lua_Integer)wanted_bytes);
	return 2;
}

static int push_match(lua_State *lua, size_t start, bool find)
{
	struct lua_pattern match;
	const char *from, *end = NULL;

	lua_pattern_init(&match, lua, 1, 2, true);
	for (from = match.subject + start; from <= match.subject_end; from++)
		if ((end = lua_pattern_match(&match, from)) || match.anchored)
			break;
	if (!end) {
		luaL_pushfail(lua);
		return 1;
	}
	if (!find)
		return lua_pattern_push_all(&match, from, end, true);
	lua_pushinteger(lua, from - match.subject + 1);
	lua_pushinteger(lua, end - match.subject);
	return lua_pattern_push_all(&match, from, end, false) + 2;
}

static bool has_specials(const char *pattern, size_t bytes)
{
	for (; bytes; bytes--)
		if (strchr("^$*+?.([%-", *pattern++) && pattern[-1])
			return true;
	return false;
}

static int string_find(lua_State *lua)
{
	size_t bytes, wanted_bytes, start;
	const char *subject = luaL_checklstring(lua, 1, &bytes);
	const char *wanted = luaL_checklstring(lua, 2, &wanted_bytes);

	start = start_of(lua, 3, bytes);
	if (start > bytes) {
		luaL_pushfail(lua);
		return 1;
	}
	if (lua_toboolean(lua, 4) || !has_specials(wanted, wanted_bytes))
		return push_plain(lua, subject, bytes, start, wanted, wanted_bytes);
	return push_match(lua, start, true);
}

static int string_match(lua_State *lua)
{
	size_t bytes, start;

	luaL_checklstring(lua, 1, &bytes);
	luaL_checkstring(lua, 2);
	start = start_of(lua, 3, bytes);
	if (start <= bytes)
		return push_match(lua, start, false);
	luaL_pushfail(lua);
	return 1;
}

struct progress {
	size_t start;
	size_t last; /* where the last match ended; SIZE_MAX: none yet */
};

static int gmatch_next(lua_State *lua)
{
	struct progress *progress = lua_touserdata(lua, lua_upvalueindex(3));
	const char *from, *end, *last;
	struct lua_pattern match;

	lua_pattern_init(&match, lua, lua_upvalueindex(1), lua_upvalueindex(2), false);
	last = progress->last == SIZE_MAX ? NULL : match.subject + progress->last;
	if (progress->start > (size_t)(match.subject_end - match.subject))
		return 0;
	for (from = match.subject + progress->start; from <= match.subject_end; from++) {
		end = lua_pattern_match(&match, from);
		if (!end || end == last)
			continue;
		progress->start = progress->last = (size_t)(end - match.subject);
		return lua_pattern_push_all(&match, from, end, true);
	}
	return 0;
}

static int string_gmatch(lua_State *lua)
{
	struct progress *progress;
	size_t bytes, start;

	luaL_checklstring(lua, 1, &bytes);
	luaL_checkstring(lua, 2);
	start = start_of(lua, 3, bytes);
	lua_settop(lua, 2);
	progress = lua_newuserdatauv(lua, sizeof(*progress), 0);
	*progress = (struct progress){start > bytes ? bytes + 1 : start, SIZE_MAX};
	lua_pushcclosure(lua, gmatch_next, 3);
	return 1;
}

/* The replacement text (argument 3) with its %0 to %9. */
static void add_text(const struct lua_pattern *match, luaL_Buffer *out, const char *from,
		     const char *end)
{
	size_t bytes;
	const char *text = lua_tolstring(match->lua, 3, &bytes), *text_end = text + bytes, *at;

	while ((at = memchr(text, '%', (size_t)(text_end - text)))) {
		luaL_addlstring(out, text, (size_t)(at - text));
		at++;
		if (*at == '%') {
			luaL_addchar(out, '%');
		} else if (*at == '0') {
			luaL_addlstring(out, from, (size_t)(end - from));
		} else if (*at >= '1' && *at <= '9') {
			lua_pattern_push(match, *at - '1', from, end);
			luaL_addvalue(out);
		} else {
			luaL_error(match->lua, "invalid use of '%%' in replacement string");
		}
		text = at + 1;
	}
	luaL_addlstring(out, text, (size_t)(text_end - text));
}

/* What the table or function (argument 3) says to the first capture, or to all. */
static void add_answer(const struct lua_pattern *match, luaL_Buffer *out, const char *from,
		       const char *end)
{
	lua_State *lua = match->lua;

	if (lua_type(lua, 3) == LUA_TFUNCTION) {
		lua_pushvalue(lua, 3);
		lua_call(lua, lua_pattern_push_all(match, from, end, true), 1);
	} else {
		lua_pattern_push(match, 0, from, end);
		lua_gettable(lua, 3);
	}
	if (!lua_toboolean(lua, -1)) {
		lua_pop(lua, 1);
		luaL_addlstring(out, from, (size_t)(end - from));
		return;
	}
	if (!lua_isstring(lua, -1))
		luaL_error(lua, "invalid replacement value (a %s)", luaL_typename(lua, -1));
	luaL_addvalue(out);
}

static lua_Integer replace(struct lua_pattern *match, luaL_Buffer *out, lua_Integer most)
{
	bool is_text =
		lua_type(match->lua, 3) == LUA_TNUMBER || lua_type(match->lua, 3) == LUA_TSTRING;
	const char *from = match->subject, *end, *last = NULL;
	lua_Integer count = 0;

	while (count < most) {
		end = lua_pattern_match(match, from);
		if (end && end != last) {
			count++;
			if (is_text)
				add_text(match, out, from, end);
			else
				add_answer(match, out, from, end);
			from = last = end;
		} else if (from < match->subject_end) {
			luaL_addchar(out, *from);
			from++;
		} else {
			break;
		}
		if (match->anchored)
			break;
	}
	luaL_addlstring(out, from, (size_t)(match->subject_end - from));
	return count;
}

static int string_gsub(lua_State *lua)
{
	int type = lua_type(lua, 3);
	struct lua_pattern match;
	lua_Integer count, most;
	luaL_Buffer out;
	size_t bytes;

	luaL_checklstring(lua, 1, &bytes);
	luaL_checkstring(lua, 2);
	luaL_argexpected(lua,
			 type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION ||
				 type == LUA_TTABLE,
			 3, "string/function/table");
	most = luaL_optinteger(lua, 4, (lua_Integer)bytes + 1);
	lua_pattern_init(&match, lua, 1, 2, true);
	luaL_buffinit(lua, &out);
	count = replace(&match, &out, most);
	luaL_pushresult(&out);
	lua_pushinteger(lua, count);
	return 2;
}

/* Doubles what is there already: fewer steps than pieces. */
static void fill(char *to, size_t whole, size_t done)
{
	size_t bytes;

	for (; done < whole; done += bytes) {
		bytes = done < whole - done ? done : whole - done;
		memcpy(to + done, to, bytes);
	}
}

static int string_rep(lua_State *lua)
{
	size_t bytes, between_bytes, piece, whole;
	const char *text = luaL_checklstring(lua, 1, &bytes);
	lua_Integer count = luaL_checkinteger(lua, 2);
	const char *between = luaL_optlstring(lua, 3, "", &between_bytes);
	luaL_Buffer out;
	char *to;

	if (count <= 0 || bytes + between_bytes == 0) {
		lua_pushliteral(lua, "");
		return 1;
	}
	if (__builtin_add_overflow(bytes, between_bytes, &piece) ||
	    __builtin_mul_overflow(piece, (size_t)count, &whole) || whole > SIZE_MAX / 4)
		return luaL_error(lua, "resulting string too large");
	if (count == 1) {
		lua_settop(lua, 1);
		return 1;
	}
	to = luaL_buffinitsize(lua, &out, whole);
	memcpy(to, text, bytes);
	memcpy(to + bytes, between, between_bytes);
	fill(to, whole, piece);
	luaL_pushresultsize(&out, whole - between_bytes);
	return 1;
}

/* Lua 5.3 took a string without its NUL; scripts older than 7.94 count on that. */
static int string_unpack(lua_State *lua)
{
	int arguments = lua_gettop(lua);

	lua_pushvalue(lua, lua_upvalueindex(1));
	lua_insert(lua, 1);
	for (int at = 2; at <= arguments + 1; at++)
		lua_pushvalue(lua, at);
	lua_pushvalue(lua, 1);
	lua_insert(lua, arguments + 2);
	if (lua_pcall(lua, arguments, LUA_MULTRET, 0) == LUA_OK)
		return lua_gettop(lua) - arguments - 1;
	script_check_stopped(lua);
	if (arguments < 2 || lua_type(lua, -1) != LUA_TSTRING ||
	    !strstr(lua_tostring(lua, -1), "unfinished string for format 'z'"))
		return lua_error(lua);
	lua_settop(lua, arguments + 1);
	lua_pushvalue(lua, 3);
	lua_pushlstring(lua, "", 1);
	lua_concat(lua, 2);
	lua_replace(lua, 3);
	lua_call(lua, arguments, LUA_MULTRET);
	return lua_gettop(lua);
}

/* What getmetatable("") shows is a copy: texts are everybody's, and a script that changes how
 * they are indexed would break all others. The library's table is on the top. */
static void protect_texts(lua_State *lua)
{
	lua_pushliteral(lua, "");
	lua_getmetatable(lua, -1);
	lua_createtable(lua, 0, 1);
	lua_pushvalue(lua, -4);
	lua_setfield(lua, -2, "__index");
	lua_setfield(lua, -2, "__metatable");
	lua_pop(lua, 2);
}

void script_strings_open(lua_State *lua, bool old_unpack)
{
	static const luaL_Reg functions[] = {
		{"find", string_find}, {"match", string_match}, {"gmatch", string_gmatch},
		{"gsub", string_gsub}, {"rep", string_rep},     {0},
	};

	lua_getglobal(lua, LUA_STRLIBNAME);
	luaL_setfuncs(lua, functions, 0);
	if (old_unpack) {
		lua_getfield(lua, -1, "unpack");
		lua_pushcclosure(lua, string_unpack, 1);
		lua_setfield(lua, -2, "unpack");
	}
	protect_texts(lua);
	lua_pop(lua, 1);
}
