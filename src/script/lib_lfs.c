#include "script/lib_lfs.h"

#include "script/lib_guard.h"

#include <dirent.h>
#include <errno.h>
#include <lauxlib.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "directory metatable"

static const char gate_key;

void lib_lfs_set_gate(lua_State *lua, const struct lib_lfs_gate *gate)
{
	lua_pushlightuserdata(lua, (void *)(uintptr_t)gate);
	lua_rawsetp(lua, LUA_REGISTRYINDEX, &gate_key);
}

static bool allowed(lua_State *lua, const char *path, bool writing)
{
	const struct lib_lfs_gate *gate;

	lua_rawgetp(lua, LUA_REGISTRYINDEX, &gate_key);
	gate = lua_touserdata(lua, -1);
	lua_pop(lua, 1);
	return gate && gate->allowed(gate->self, path, writing);
}

/* A path has no NUL: what the gate sees is what the system gets. */
static const char *check_path(lua_State *lua, int index)
{
	size_t bytes;
	const char *path = luaL_checklstring(lua, index, &bytes);

	luaL_argcheck(lua, strlen(path) == bytes, index, "path with a zero byte");
	return path;
}

/* nil, the error's text and, for functions that give it, its number. */
static int push_error(lua_State *lua, const char *text, int number, int results)
{
	lua_pushnil(lua);
	lua_pushstring(lua, text ? text : strerror(number));
	lua_pushinteger(lua, number);
	lua_settop(lua, lua_gettop(lua) - 3 + results);
	return results;
}

static int change(lua_State *lua, int (*call)(const char *path))
{
	const char *path = check_path(lua, 1);

	if (!allowed(lua, path, true))
		return push_error(lua, LIB_LFS_CLOSED, EACCES, 2);
	if (call(path))
		return push_error(lua, NULL, errno, 2);
	lua_pushboolean(lua, true);
	return 1;
}

static int make_folder(const char *path)
{
	return mkdir(path, 0775);
}

static int lfs_mkdir(lua_State *lua)
{
	return change(lua, make_folder);
}

static int lfs_rmdir(lua_State *lua)
{
	return change(lua, rmdir);
}

static int lfs_link(lua_State *lua)
{
	const char *old = check_path(lua, 1), *new = check_path(lua, 2);
	int r;

	if (!allowed(lua, old, true) || !allowed(lua, new, true))
		return push_error(lua, LIB_LFS_CLOSED, EACCES, 3);
	r = lua_toboolean(lua, 3) ? symlink(old, new) : link(old, new);
	if (r)
		return push_error(lua, NULL, errno, 3);
	lua_pushboolean(lua, true);
	return 1;
}

/* The names of a folder are read at once, so that no script keeps it open: they are in the
 * user value, from `next` on. */
struct folder {
	lua_Integer next; /* 0: closed */
};

static struct folder *check_folder(lua_State *lua)
{
	struct folder *folder = luaL_checkudata(lua, 1, FOLDER);

	luaL_argcheck(lua, folder->next, 1, "closed directory");
	return folder;
}

static int folder_close(lua_State *lua)
{
	struct folder *folder = luaL_checkudata(lua, 1, FOLDER);

	folder->next = 0;
	lua_pushnil(lua);
	lua_setiuservalue(lua, 1, 1);
	return 0;
}

static int folder_next(lua_State *lua)
{
	struct folder *folder = check_folder(lua);

	if (lua_getiuservalue(lua, 1, 1) == LUA_TTABLE &&
	    lua_rawgeti(lua, -1, folder->next++) == LUA_TSTRING)
		return 1;
	folder_close(lua);
	lua_pushnil(lua);
	return 1;
}

static struct folder *push_folder(lua_State *lua)
{
	static const luaL_Reg methods[] = {{"next", folder_next}, {"close", folder_close}, {0}};
	struct folder *folder = lua_newuserdatauv(lua, sizeof(*folder), 1);

	folder->next = 1;
	if (luaL_newmetatable(lua, FOLDER)) {
		luaL_newlib(lua, methods);
		lua_setfield(lua, -2, "__index");
	}
	lua_setmetatable(lua, -2);
	return folder;
}

static void handle_close(void *thing)
{
	closedir(thing);
}

static DIR *open_folder(lua_State *lua, const char *path)
{
	struct lib_guard *guard = lib_guard_push(lua, handle_close);

	guard->thing = opendir(path);
	if (!guard->thing)
		luaL_error(lua, "cannot open %s: %s", path, strerror(errno));
	return guard->thing;
}

static int lfs_dir(lua_State *lua)
{
	const char *path = check_path(lua, 1);
	const struct dirent *entry;
	lua_Integer row = 0;
	DIR *handle;

	if (!allowed(lua, path, false))
		return luaL_error(lua, "cannot open %s: %s", path, LIB_LFS_CLOSED);
	handle = open_folder(lua, path);
	lua_pushcfunction(lua, folder_next);
	push_folder(lua);
	lua_newtable(lua);
	while ((entry = readdir(handle))) {
		lua_pushstring(lua, entry->d_name);
		lua_rawseti(lua, -2, ++row);
	}
	lua_setiuservalue(lua, -2, 1);
	return 2;
}

static int lfs_get_path_separator(lua_State *lua)
{
	lua_pushliteral(lua, "/");
	return 1;
}

int lib_lfs_open(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"dir", lfs_dir},
		{"mkdir", lfs_mkdir},
		{"rmdir", lfs_rmdir},
		{"link", lfs_link},
		{"get_path_separator", lfs_get_path_separator},
		{0},
	};

	luaL_newlib(lua, functions);
	return 1;
}
