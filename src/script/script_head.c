#include "script/script_head.h"

#include "script/script_head_sandbox.h"
#include "script/script_name.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/files.h"

#include <lauxlib.h>
#include <string.h>

#define STRINGS_MAX 256 /* of a field */

/* Index of the script's environment while its fields are read. */
#define ENVIRONMENT 2

struct reading {
	const char *path, *id;
	const struct buf *text;
	struct arena *arena;
	struct script_head *head;
};

static struct reading *reading_of(lua_State *lua)
{
	return lua_touserdata(lua, 1);
}

/* Our own memory is short, not Lua's: said alike. */
static void *need(lua_State *lua, void *memory)
{
	if (!memory)
		luaL_error(lua, "%s", error_text(ERROR_MEMORY));
	return memory;
}

static int get_field(lua_State *lua, const char *name)
{
	lua_pushstring(lua, name);
	return lua_rawget(lua, ENVIRONMENT);
}

/* ---- running ---- */

static void run(lua_State *lua)
{
	struct reading *reading = reading_of(lua);
	const char *name = lua_pushfstring(lua, "@%s", reading->path);

	if (luaL_loadbufferx(lua, (const char *)reading->text->data, reading->text->len, name,
			     "t") != LUA_OK)
		lua_error(lua);
	lua_pushvalue(lua, ENVIRONMENT);
	lua_setupvalue(lua, -2, 1);
	lua_call(lua, 0, 0);
	lua_settop(lua, ENVIRONMENT);
}

/* ---- fields ---- */

static const char *const *read_strings(lua_State *lua, const char *name)
{
	struct reading *reading = reading_of(lua);
	size_t count = get_field(lua, name) == LUA_TTABLE ? lua_rawlen(lua, -1) : 0, i;
	const char **strings;

	if (count > STRINGS_MAX)
		luaL_error(lua, "%s has too many entries in the '%s' array", reading->path, name);
	strings = need(lua, arena_alloc(reading->arena, (count + 1) * sizeof(*strings)));
	for (i = 0; i < count; i++) {
		if (lua_rawgeti(lua, -1, (lua_Integer)i + 1) != LUA_TSTRING)
			luaL_error(lua, "%s has non-string entries in the '%s' array",
				   reading->path, name);
		strings[i] = need(lua, arena_strdup(reading->arena, lua_tostring(lua, -1)));
		lua_pop(lua, 1);
	}
	lua_pop(lua, 1);
	return strings;
}

/* Replaces a table of strings on top of the stack by its text. */
static void join_strings(lua_State *lua)
{
	size_t count = lua_rawlen(lua, -1), i;

	lua_pushliteral(lua, "");
	for (i = 1; i <= count && i <= STRINGS_MAX; i++) {
		if (lua_rawgeti(lua, -2, (lua_Integer)i) == LUA_TSTRING) {
			lua_pushstring(lua, lua_rawlen(lua, -2) ? ", " : "");
			lua_insert(lua, -2);
			lua_concat(lua, 3);
		} else {
			lua_pop(lua, 1);
		}
	}
	lua_remove(lua, -2);
}

static const char *read_text(lua_State *lua, const char *name)
{
	const char *text = NULL;
	int type = get_field(lua, name);

	if (type == LUA_TTABLE && !head_sandbox_is_callable(lua, -1)) {
		join_strings(lua);
		type = LUA_TSTRING;
	}
	if (type == LUA_TSTRING)
		text = need(lua, arena_strdup(reading_of(lua)->arena, lua_tostring(lua, -1)));
	lua_pop(lua, 1);
	return text;
}

static void check_action(lua_State *lua)
{
	const char *path = reading_of(lua)->path;

	if (get_field(lua, "action") == LUA_TNIL)
		luaL_error(lua, "%s is missing required field: 'action'", path);
	if (!head_sandbox_is_callable(lua, -1))
		luaL_error(lua,
			   "%s field 'action' is of improper type '%s', expected type 'function'",
			   path, luaL_typename(lua, -1));
	lua_pop(lua, 1);
}

static unsigned read_rules(lua_State *lua)
{
	static const char *const names[] = {"prerule", "hostrule", "portrule", "postrule"};
	unsigned rules = 0, i;

	for (i = 0; i < 4; i++) {
		if (get_field(lua, names[i]) != LUA_TNIL) {
			if (!head_sandbox_is_callable(lua, -1))
				luaL_error(lua, "%s must be a function!", names[i]);
			rules |= 1u << i;
		}
		lua_pop(lua, 1);
	}
	if (!rules)
		luaL_error(lua, "%s is missing required function: 'rule'", reading_of(lua)->path);
	return rules;
}

static int read_fields(lua_State *lua)
{
	struct script_head *head = reading_of(lua)->head;

	head_sandbox_push_environment(lua, reading_of(lua)->path, reading_of(lua)->id);
	run(lua);
	check_action(lua);
	head->rules = read_rules(lua);
	head->categories = read_strings(lua, "categories");
	head->dependencies = read_strings(lua, "dependencies");
	head->description = read_text(lua, "description");
	head->author = read_text(lua, "author");
	head->license = read_text(lua, "license");
	return 0;
}

/* ---- the whole ---- */

static int failed(lua_State *lua, const struct head_sandbox *sandbox, const char *path,
		  struct diag *diag)
{
	const char *words = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1)
							     : "an error that is no text";
	int error = ERROR_SYNTAX;

	if (sandbox->memory_short || strcmp(words, error_text(ERROR_MEMORY)) == 0)
		error = ERROR_MEMORY;
	else if (sandbox->steps_left < 0)
		error = ERROR_LIMIT;
	return diag_set(diag, error, "Failed to load %.200s: %.400s", path, words);
}

static int read_in_sandbox(struct reading *reading, struct diag *diag)
{
	struct head_sandbox sandbox;
	lua_State *lua = head_sandbox_new(&sandbox);
	int r = 0;

	if (!lua)
		return diag_set(diag, ERROR_MEMORY, "%s", error_text(ERROR_MEMORY));
	lua_pushcfunction(lua, read_fields);
	lua_pushlightuserdata(lua, reading);
	if (lua_pcall(lua, 1, 0, 0) != LUA_OK)
		r = failed(lua, &sandbox, reading->path, diag);
	lua_close(lua);
	return r;
}

int script_head_read(const char *path, struct arena *arena, struct script_head *ret_head,
		     struct diag *diag)
{
	struct script_head head = {0};
	struct buf text = BUF_INIT;
	struct reading reading = {path, script_id_of(arena, path), &text, arena, &head};
	int r;

	if (!reading.id)
		return diag_set(diag, ERROR_MEMORY, "%s", error_text(ERROR_MEMORY));
	r = file_read(path, SCRIPT_FILE_BYTES_MAX, &text, diag);
	if (r == 0)
		r = read_in_sandbox(&reading, diag);
	buf_release(&text);
	if (r == 0)
		*ret_head = head;
	return r;
}
