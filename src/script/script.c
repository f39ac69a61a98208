#include "script/script.h"
#include "script/machine_impl.h"

#include "util/alloc.h"
#include "util/error.h"

#include <lauxlib.h>
#include <string.h>

const char *const script_phase_names[SCRIPT_PHASES] = {"prerule", "hostrule", "portrule",
						       "postrule"};

static const char silent_marker[] = "portolan.silent";

struct load {
	struct script *script;
	const struct text_file *file;
	const struct script_inspect *inspect;
	bool silent;
	char *text;
};

void script_push_silent_marker(lua_State *lua)
{
	luaL_getsubtable(lua, LUA_REGISTRYINDEX, silent_marker);
}

bool script_is_silent_marker(lua_State *lua, int index)
{
	bool is;

	index = lua_absindex(lua, index);
	lua_pushliteral(lua, "portolan.silent");
	is = lua_rawget(lua, LUA_REGISTRYINDEX) == LUA_TTABLE && lua_rawequal(lua, -1, index);
	lua_pop(lua, 1);
	return is;
}

/* The text as the body of a function of its environment, so that one chunk serves many; in one
 * line with its first, so that line numbers stay. */
struct pieces {
	const char *text[3];
	size_t bytes[3];
	int next;
};

static const char *next_piece(lua_State *lua, void *self, size_t *ret_bytes)
{
	struct pieces *pieces = self;

	while (pieces->next < 3) {
		*ret_bytes = pieces->bytes[pieces->next];
		if (*ret_bytes)
			return pieces->text[pieces->next++];
		pieces->next++;
	}
	*ret_bytes = 0;
	return NULL;
}

static void compile(lua_State *lua, const struct text_file *file)
{
	static const char before[] = "return function(_ENV, ...) ", after[] = "\nend";
	const char *text = file->text, *line;
	size_t bytes = file->bytes;
	struct pieces pieces = {{before, text, after}, {sizeof(before) - 1, bytes, 4}, 0};

	if (bytes && text[0] == '#') {
		line = memchr(text, '\n', bytes);
		pieces.text[1] = line ? line : text + bytes;
		pieces.bytes[1] = bytes - (size_t)(pieces.text[1] - text);
	}
	lua_pushfstring(lua, "@%s", file->name);
	if (lua_load(lua, next_piece, &pieces, lua_tostring(lua, -1), "t") != LUA_OK)
		lua_error(lua);
	lua_remove(lua, -2);
	lua_call(lua, 0, 1);
	luaL_checktype(lua, -1, LUA_TFUNCTION);
}

void script_push_environment(lua_State *lua, const struct script *script)
{
	lua_createtable(lua, 0, 8);
	lua_pushstring(lua, script->path);
	lua_setfield(lua, -2, "SCRIPT_PATH");
	lua_pushstring(lua, script->id);
	lua_setfield(lua, -2, "SCRIPT_NAME");
	lua_createtable(lua, 0, 1);
	lua_pushglobaltable(lua);
	lua_setfield(lua, -2, "__index");
	lua_setmetatable(lua, -2);
}

static int raw_field(lua_State *lua, const char *name)
{
	lua_pushstring(lua, name);
	return lua_rawget(lua, -2);
}

static void check_action(lua_State *lua, const struct script *script)
{
	int type = raw_field(lua, "action");

	lua_pop(lua, 1);
	if (type == LUA_TNIL)
		luaL_error(lua, "%s is missing required field: 'action'", script->path);
	if (type != LUA_TFUNCTION)
		luaL_error(lua,
			   "%s field 'action' is of improper type '%s', expected type 'function'",
			   script->path, lua_typename(lua, type));
}

static void check_rules(lua_State *lua, struct script *script)
{
	int phase, type;

	for (phase = 0; phase < SCRIPT_PHASES; phase++) {
		type = raw_field(lua, script_phase_names[phase]);
		lua_pop(lua, 1);
		if (type == LUA_TNIL)
			continue;
		if (type != LUA_TFUNCTION)
			luaL_error(lua, "%s must be a function!", script_phase_names[phase]);
		script->phases |= 1u << phase;
	}
	if (!script->phases)
		luaL_error(lua, "%s is missing required function: 'rule'", script->path);
}

static void read_names(lua_State *lua, const struct script *script, const char *field,
		       struct script_names *names)
{
	lua_Unsigned count, at;

	if (raw_field(lua, field) != LUA_TTABLE)
		luaL_error(lua, "%s field '%s' is of improper type '%s', expected type 'table'",
			   script->path, field, luaL_typename(lua, -1));
	count = lua_rawlen(lua, -1);
	names->all = alloc_array(count, sizeof(*names->all));
	if (!names->all) {
		luaL_error(lua, "not enough memory");
		return;
	}
	for (at = 0; at < count; at++) {
		if (lua_rawgeti(lua, -1, (lua_Integer)at + 1) != LUA_TSTRING)
			luaL_error(lua, "%s has non-string entries in the '%s' array", script->path,
				   field);
		names->all[at] = alloc_strdup(lua_tostring(lua, -1));
		if (!names->all[at])
			luaL_error(lua, "not enough memory");
		names->count++;
		lua_pop(lua, 1);
	}
	lua_pop(lua, 1);
}

/* Holes have no border to count to: every value must be a string, wherever it is. */
static void check_strings(lua_State *lua, const struct script *script, const char *field)
{
	if (raw_field(lua, field) == LUA_TTABLE) {
		for (lua_pushnil(lua); lua_next(lua, -2); lua_pop(lua, 1))
			if (lua_type(lua, -1) != LUA_TSTRING)
				luaL_error(lua, "%s has non-string entries in the '%s' array",
					   script->path, field);
	}
	lua_pop(lua, 1);
}

static int load_all(lua_State *lua)
{
	struct load *load = lua_touserdata(lua, 1);
	struct script *script = load->script;
	uint32_t charged = script_charge(script_machine_of(lua), 0);

	compile(lua, load->file);
	lua_pushvalue(lua, -1);
	script->chunk = luaL_ref(lua, LUA_REGISTRYINDEX);
	script_charge(script_machine_of(lua), charged);
	script_push_environment(lua, script);
	lua_newtable(lua);
	lua_setfield(lua, -2, "categories");
	lua_newtable(lua);
	lua_setfield(lua, -2, "dependencies");
	lua_pushvalue(lua, -2);
	lua_pushvalue(lua, -2);
	lua_call(lua, 1, 0);
	check_action(lua, script);
	check_strings(lua, script, "categories");
	check_strings(lua, script, "dependencies");
	read_names(lua, script, "categories", &script->categories);
	read_names(lua, script, "dependencies", &script->dependencies);
	check_rules(lua, script);
	if (load->inspect)
		load->inspect->look(load->inspect->self, lua, script);
	return 0;
}

/* Called with the coroutine that failed (2), its error on its top. */
static int describe(lua_State *lua)
{
	struct load *load = lua_touserdata(lua, 1);
	lua_State *coroutine = lua_tothread(lua, 2);
	const char *text;

	lua_xmove(coroutine, lua, 1);
	load->silent = script_is_silent_marker(lua, 3);
	if (lua_isstring(lua, 3))
		text = lua_tostring(lua, 3);
	else
		text = lua_pushfstring(lua, "(error object is a %s value)", luaL_typename(lua, 3));
	luaL_traceback(lua, coroutine, text, 0);
	load->text = alloc_strdup(lua_tostring(lua, -1));
	return 0;
}

static int run_load(struct script_machine *machine, struct script_budget *budget, struct load *load)
{
	lua_State *lua = script_machine_lua(machine), *coroutine = lua_tothread(lua, -1);
	bool suspended;
	int status, results;

	lua_pushcfunction(coroutine, load_all);
	lua_pushlightuserdata(coroutine, load);
	script_budget_enter(machine, budget, coroutine);
	status = script_resume(coroutine, lua, 1, &results, &suspended);
	script_budget_leave(machine);
	if (status == LUA_OK)
		return 0;
	if (status == LUA_YIELD) {
		load->text = alloc_strdup("a script may not wait while it is loaded");
		return load->text ? ERROR_SYNTAX : ERROR_MEMORY;
	}
	lua_pushcfunction(lua, describe);
	lua_pushlightuserdata(lua, load);
	lua_pushvalue(lua, -3);
	if (lua_pcall(lua, 2, 0, 0) != LUA_OK)
		lua_pop(lua, 1);
	if (!load->text || (status == LUA_ERRMEM && !budget->stopped))
		return ERROR_MEMORY;
	return load->silent ? ERROR_UNSUPPORTED : ERROR_SYNTAX;
}

static int new_coroutine(lua_State *lua)
{
	lua_newthread(lua);
	return 1;
}

static int load_in_coroutine(struct script_machine *machine, const struct script_quota *quota,
			     struct load *load)
{
	lua_State *lua = script_machine_lua(machine);
	struct script_budget budget = {.quota = *quota};
	int r;

	if (script_budget_open(machine, &budget) < 0)
		return ERROR_MEMORY;
	lua_pushcfunction(lua, new_coroutine);
	r = lua_pcall(lua, 0, 1, 0) == LUA_OK ? run_load(machine, &budget, load) : ERROR_MEMORY;
	lua_settop(lua, 0);
	load->script->meddles = script_machine_mend(machine) != NULL;
	script_budget_close(machine, &budget);
	return r;
}

static char *id_of(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	size_t bytes = strlen(name);

	if (bytes > 4 && !strcmp(name + bytes - 4, ".nse"))
		bytes -= 4;
	return alloc_strndup(name, bytes);
}

int script_load(struct script_machine *machine, const struct text_file *file,
		const struct script_quota *quota, const struct script_inspect *inspect,
		struct script **ret_script, char **ret_text)
{
	struct load load = {.file = file, .inspect = inspect};
	int r = ERROR_MEMORY;

	*ret_text = NULL;
	if (!(load.script = alloc_zero(sizeof(*load.script))))
		return ERROR_MEMORY;
	load.script->chunk = LUA_NOREF;
	load.script->path = alloc_strdup(file->name);
	load.script->id = id_of(file->name);
	script_note_source(machine, file->text, file->bytes);
	if (load.script->path && load.script->id)
		r = load_in_coroutine(machine, quota, &load);
	if (r == 0) {
		*ret_script = load.script;
		return 0;
	}
	script_free(machine, load.script);
	if (r == ERROR_SYNTAX)
		*ret_text = load.text;
	else
		alloc_free(load.text);
	return r;
}

static void names_release(struct script_names *names)
{
	while (names->count)
		alloc_free(names->all[--names->count]);
	alloc_free(names->all);
}

void script_free(struct script_machine *machine, struct script *script)
{
	if (!script)
		return;
	luaL_unref(script_machine_lua(machine), LUA_REGISTRYINDEX, script->chunk);
	names_release(&script->categories);
	names_release(&script->dependencies);
	alloc_free(script->path);
	alloc_free(script->id);
	alloc_free(script);
}
