#include "lua_snippets.h"

#include "support.h"

#include "script/library.h"
#include "util/alloc.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

/* clang-format off */
static const char prelude[] =
	"function same(a, b)\n"
	"  local function text(v)\n"
	"    if type(v) ~= 'table' then return math.type(v) == 'float' and ('%.17g'):format(v) or\n"
	"      type(v) == 'string' and ('%q'):format(v) or tostring(v) end\n"
	"    local rows = {}\n"
	"    for k, x in pairs(v) do rows[#rows + 1] = '[' .. text(k) .. ']=' .. text(x) end\n"
	"    table.sort(rows)\n"
	"    return '{' .. table.concat(rows, ',') .. '}'\n"
	"  end\n"
	"  if text(a) ~= text(b) then error(text(a) .. ' is not ' .. text(b), 2) end\n"
	"end\n"
	"function raises(text, f, ...)\n"
	"  local ok, e = pcall(f, ...)\n"
	"  if ok then error('no error, but not ' .. text, 2) end\n"
	"  e = tostring(e):gsub('^[^:]*:%d+: ', '')\n"
	"  if e ~= text then error(e .. ' is not ' .. text, 2) end\n"
	"end\n"
	"function hex(s) return (s:gsub('.', function(c) return ('%02x'):format(c:byte()) end)) end\n"
	"function bytes(h) return (h:gsub('%s*(%x%x)%s*', function(d) return string.char(tonumber(d, 16)) end)) end\n";
/* clang-format on */

static bool refused(struct snippet_memory *memory, size_t old_bytes, size_t bytes)
{
	if (bytes <= old_bytes)
		return false;
	if (memory->limit_bytes && memory->bytes - old_bytes + bytes > memory->limit_bytes)
		return true;
	if (memory->fail_after > 0)
		memory->fail_after--;
	return !memory->fail_after;
}

static void *allocate(void *self, void *old, size_t old_bytes, size_t bytes)
{
	struct snippet_memory *memory = self;
	void *new;

	if (!old)
		old_bytes = 0;
	if (!bytes) {
		memory->bytes -= old_bytes;
		alloc_free(old);
		return NULL;
	}
	if (refused(memory, old_bytes, bytes))
		return NULL;
	new = alloc_resize(old, bytes, 1);
	assert_non_null(new);
	memory->bytes += bytes - old_bytes;
	if (memory->bytes > memory->most_bytes)
		memory->most_bytes = memory->bytes;
	return new;
}

static int reopen(lua_State *lua)
{
	script_libraries_open(lua);
	return 0;
}

static int open_all(lua_State *lua)
{
	luaL_openlibs(lua);
	script_libraries_open(lua);
	if (luaL_dostring(lua, prelude))
		return lua_error(lua);
	lua_register(lua, "reopen", reopen);
	return 0;
}

static lua_State *new_state(struct snippet_memory *memory)
{
	lua_State *lua;

	*memory = (struct snippet_memory){.fail_after = -1};
	lua = lua_newstate(allocate, memory);
	assert_non_null(lua);
	return lua;
}

static void must(lua_State *lua, int status)
{
	if (status)
		fail_msg("%s", lua_tostring(lua, -1));
}

lua_State *snippet_state(struct snippet_memory *memory)
{
	lua_State *lua = new_state(memory);

	lua_pushcfunction(lua, open_all);
	must(lua, lua_pcall(lua, 0, 0, 0));
	return lua;
}

void snippet_run(lua_State *lua, const char *chunk)
{
	must(lua, luaL_loadbuffer(lua, chunk, strlen(chunk), "=snippet"));
	must(lua, lua_pcall(lua, 0, 0, 0));
	lua_settop(lua, 0);
}

/* Everything of one try: opening the libraries, too. */
static bool tried(const char *chunk, long fail_after)
{
	struct snippet_memory memory;
	lua_State *lua = snippet_state(&memory);
	int status;

	must(lua, luaL_loadbuffer(lua, chunk, strlen(chunk), "=snippet"));
	memory.fail_after = fail_after;
	status = lua_pcall(lua, 0, 1, 0);
	memory.fail_after = -1;
	if (status && !strstr(lua_tostring(lua, -1), "not enough memory"))
		fail_msg("at %ld: %s", fail_after, lua_tostring(lua, -1));
	if (!status && lua_isboolean(lua, -1) && !lua_toboolean(lua, -1))
		status = LUA_ERRMEM;
	lua_close(lua);
	assert_int_equal(memory.bytes, 0);
	return !status;
}

void snippet_run_short_of_memory(const char *chunk)
{
	long fail_after = 1;

	while (!tried(chunk, fail_after))
		fail_after++;
	assert_true(fail_after > 1);
}
