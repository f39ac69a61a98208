/* require: modules are found by the machine's owner and nowhere else, so no module of the system
 * can stand in for one of ours. A module's memory is the run's: the next script uses it, too. */
#include "script/machine_impl.h"

#include "util/buf.h"
#include "util/files.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

#define SOURCE_BYTES_MAX (4u << 20)

static const char injections[] = "portolan.injections";

/* Stack indices of require(): its argument, the module's file, what the module returned. */
enum { NAME = 1, PATH, MODULE };

static void inject(lua_State *lua)
{
	lua_getfield(lua, LUA_REGISTRYINDEX, injections);
	lua_pushvalue(lua, NAME);
	if (lua_gettable(lua, -2) == LUA_TFUNCTION) {
		lua_pushvalue(lua, MODULE);
		lua_call(lua, 1, 0);
	}
	lua_settop(lua, MODULE);
}

static bool find(lua_State *lua, const char *name, unsigned tree, struct script_module *ret_module)
{
	const struct script_machine_config *config = script_machine_config(script_machine_of(lua));
	const char *relative;
	bool found;

	if (!config->find || strchr(name, '/') || strstr(name, "..") || name[0] == '.')
		return false;
	relative = luaL_gsub(lua, name, ".", "/");
	relative = lua_pushfstring(lua, "%s.lua", relative);
	found = config->find(config->self, tree, relative, ret_module);
	lua_settop(lua, NAME);
	return found;
}

/* A file that cannot be read is no matter: loading it says so. */
static void note_file(struct script_machine *machine, const char *path)
{
	struct buf text = BUF_INIT;

	if (!machine->wants_raw && file_read(path, SOURCE_BYTES_MAX, &text, NULL) == 0)
		script_note_source(machine, buf_str(&text), text.len);
	buf_release(&text);
}

/* Leaves the file's path and its function. */
static void compile(lua_State *lua, const struct script_module *module)
{
	const char *path = lua_pushstring(lua, module->file.name), *chunk;
	int status;

	script_chunk_place(lua, path, module->tree);
	if (module->file.text)
		script_note_source(script_machine_of(lua), module->file.text, module->file.bytes);
	else
		note_file(script_machine_of(lua), path);
	chunk = lua_pushfstring(lua, "@%s", path);
	status = module->file.text
			 ? luaL_loadbufferx(lua, module->file.text, module->file.bytes, chunk, "t")
			 : luaL_loadfilex(lua, path, "t");
	if (status != LUA_OK)
		luaL_error(lua, "error loading module '%s' from file '%s':\n\t%s",
			   lua_tostring(lua, NAME), path, lua_tostring(lua, -1));
	lua_replace(lua, MODULE);
}

/* Calls the function as Lua's loaders do, with name and file; leaves what it returned. */
static int run(lua_State *lua, unsigned tree)
{
	struct script_machine *machine = script_machine_of(lua);
	struct script_loading loading = {lua_tostring(lua, NAME), tree, machine->loading};
	int status;

	lua_pushvalue(lua, NAME);
	lua_pushvalue(lua, PATH);
	machine->loading = &loading;
	status = lua_pcall(lua, 2, 1, 0);
	machine->loading = loading.before;
	return status;
}

/* What it returned counts, then what it registered itself as. */
static void keep(lua_State *lua, unsigned tree)
{
	if (lua_isnil(lua, MODULE)) {
		lua_pop(lua, 1);
		if (!script_loaded_push(lua, tree, NAME))
			lua_pushboolean(lua, true);
	} else {
		inject(lua);
	}
	script_loaded_set(lua, tree, NAME, MODULE);
}

static int load_module(lua_State *lua)
{
	const struct script_module *module = lua_touserdata(lua, PATH);
	unsigned tree = module->tree;

	lua_settop(lua, NAME);
	compile(lua, module);
	if (run(lua, tree) != LUA_OK)
		return lua_error(lua);
	keep(lua, tree);
	lua_pushvalue(lua, PATH);
	return 2;
}

/* load_module() at the cost of the run. */
static int load_charged(lua_State *lua, struct script_module *module)
{
	struct script_machine *machine = script_machine_of(lua);
	uint32_t charged = script_charge(machine, 0);
	int status;

	lua_pushcfunction(lua, load_module);
	lua_pushvalue(lua, NAME);
	lua_pushlightuserdata(lua, module);
	status = lua_pcall(lua, 2, 2, 0);
	script_charge(machine, charged);
	script_check_stopped(lua);
	return status == LUA_OK ? 2 : lua_error(lua);
}

static bool is_loading(lua_State *lua, const char *name, unsigned tree)
{
	const struct script_loading *loading = script_machine_of(lua)->loading;

	while (loading && (loading->tree != tree || strcmp(loading->name, name) != 0))
		loading = loading->before;
	return loading;
}

static int load_preloaded(lua_State *lua, const char *name, unsigned tree)
{
	luaL_getsubtable(lua, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
	if (lua_getfield(lua, -1, name) == LUA_TNIL)
		return luaL_error(lua, "module '%s' not found:\n\tno library '%s'", name, name);
	lua_pushvalue(lua, NAME);
	lua_pushliteral(lua, ":preload:");
	lua_call(lua, 2, 1);
	lua_pushliteral(lua, ":preload:");
	lua_replace(lua, PATH);
	keep(lua, tree);
	return 1;
}

/* Returns the module, and its file when it was loaded by this call. */
static int require(lua_State *lua)
{
	const char *name = luaL_checkstring(lua, NAME);
	unsigned tree = script_tree_of_caller(lua);
	struct script_module module;

	lua_settop(lua, NAME);
	if (script_loaded_push(lua, tree, NAME))
		return 1;
	if (!find(lua, name, tree, &module))
		return load_preloaded(lua, name, tree);
	if (module.tree != tree && script_loaded_push(lua, module.tree, NAME))
		return 1;
	if (is_loading(lua, name, module.tree))
		return luaL_error(lua, "module '%s' requires itself", name);
	return load_charged(lua, &module);
}

void script_modules_open(lua_State *lua)
{
	static const char *const closed[] = {"loadlib",    "cpath",     "path",
					     "searchpath", "searchers", NULL};
	const char *const *name;

	lua_getglobal(lua, LUA_LOADLIBNAME);
	for (name = closed; *name; name++) {
		lua_pushnil(lua);
		lua_setfield(lua, -2, *name);
	}
	script_loaded_push_view(lua);
	lua_setfield(lua, -2, "loaded");
	lua_pop(lua, 1);
	lua_pushcfunction(lua, require);
	lua_setglobal(lua, "require");
}
