/* lfs, behind its gate. */
#include "lua_snippets.h"
#include "support.h"

#include "script/lib_lfs.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct snippet_memory memory;
static lua_State *lua;
static char folder[40];
static char asked[1000];

static bool below_folder(void *self, const char *path, bool writing)
{
	size_t used = strlen(asked);

	snprintf(asked + used, sizeof(asked) - used, "%c%s ", writing ? 'w' : 'r', path);
	return !strncmp(path, folder, strlen(folder));
}

static const struct lib_lfs_gate gate = {below_folder, NULL};

static int open_state(void **state)
{
	snprintf(folder, sizeof(folder), "/tmp/portolan-lfs-XXXXXX");
	assert_non_null(mkdtemp(folder));
	lua = snippet_state(&memory);
	lib_lfs_set_gate(lua, &gate);
	lua_pushstring(lua, folder);
	lua_setglobal(lua, "folder");
	*asked = 0;
	return 0;
}

static int close_state(void **state)
{
	lua_close(lua);
	return rmdir(folder) || memory.bytes ? -1 : 0;
}

static void without_a_gate_all_is_closed(void **state)
{
	lib_lfs_set_gate(lua, NULL);
	snippet_run(lua, "local closed = 'files are closed to scripts: --script-allow files'\n"
			 "for _, f in ipairs { lfs.mkdir, lfs.rmdir } do\n"
			 "  same(table.pack(f(folder .. '/a')), {n = 2, nil, closed})\n"
			 "end\n"
			 "same(table.pack(lfs.link(folder, folder .. '/a', true)), {n = 3, nil, "
			 "closed, 13})\n"
			 "raises('cannot open ' .. folder .. ': ' .. closed, lfs.dir, folder)\n"
			 "same(lfs.get_path_separator(), '/')\n");
	assert_string_equal(asked, "");
}

static void a_new_state_has_no_gate(void **state)
{
	struct snippet_memory fresh;
	lua_State *other = snippet_state(&fresh);

	snippet_run(other, "same(select(2, lfs.mkdir('/tmp/x')),\n"
			   "  'files are closed to scripts: --script-allow files')");
	lua_close(other);
}

static void the_gate_hears_path_and_purpose(void **state)
{
	char wanted[300];

	snippet_run(lua,
		    "lfs.mkdir('/m') lfs.rmdir('/r') lfs.link('/o', '/n') pcall(lfs.dir, '/d')\n"
		    "lfs.link(folder .. '/o', '/n', true)\n");
	snprintf(wanted, sizeof(wanted), "w/m w/r w/o r/d w%s/o w/n ", folder);
	assert_string_equal(asked, wanted);
}

static void folders_are_made_and_removed(void **state)
{
	snippet_run(lua,
		    "local new = folder .. '/new'\n"
		    "same(table.pack(lfs.mkdir(new)), {n = 1, true})\n"
		    "same(table.pack(lfs.mkdir(new)), {n = 2, nil, 'File exists'})\n"
		    "same(table.pack(lfs.rmdir(new)), {n = 1, true})\n"
		    "same(table.pack(lfs.rmdir(new)), {n = 2, nil, 'No such file or directory'})\n"
		    "raises(\"bad argument #1 to 'mkdir' (path with a zero byte)\",\n"
		    "  function() lfs.mkdir(new .. '\\0x') end)\n");
}

static void links_are_made(void **state)
{
	snippet_run(
		lua,
		"local a, b, c = folder .. '/a', folder .. '/b', folder .. '/c'\n"
		"io.open(a, 'w'):write('x'):close()\n"
		"same(table.pack(lfs.link(a, b)), {n = 1, true})\n"
		"same(table.pack(lfs.link(a, c, true)), {n = 1, true})\n"
		"for _, p in ipairs { b, c } do local f = io.open(p) same(f:read('a'), 'x') "
		"f:close() end\n"
		"os.remove(a) assert(not io.open(c)) os.remove(b) os.remove(c)\n"
		"same(table.pack(lfs.link(a, b)), {n = 3, nil, 'No such file or directory', 2})\n");
}

static void folders_are_read(void **state)
{
	snippet_run(lua,
		    "io.open(folder .. '/file', 'w'):close()\n"
		    "local names = {} for name in lfs.dir(folder) do names[#names + 1] = name end\n"
		    "table.sort(names) same(names, {'.', '..', 'file'})\n"
		    "local f, s = lfs.dir(folder) while f(s) do end\n"
		    "raises(\"bad argument #1 to 'f' (closed directory)\", function() f(s) end)\n"
		    "f, s = lfs.dir(folder) assert(s:next()) s:close() s:close()\n"
		    "raises(\"calling 'next' on bad self (closed directory)\", function() s:next() "
		    "end)\n"
		    "assert(not pcall(f, nil) and not pcall(f, io.stdout))\n"
		    "os.remove(folder .. '/file')\n"
		    "raises('cannot open ' .. folder .. '/no: No such file or directory', lfs.dir, "
		    "folder .. '/no')\n");
}

static void no_folder_stays_open(void **state)
{
	snippet_run(lua,
		    "local kept = {} for i = 1, 2000 do kept[i] = table.pack(lfs.dir(folder)) end");
}

static void short_memory_is_an_error(void **state)
{
	/* The gate of a new state is closed: this is about errors that are made. */
	snippet_run_short_of_memory("lfs.mkdir('/tmp/x') pcall(lfs.dir, '/tmp')\n"
				    "local ok, e = pcall(lfs.dir, '/tmp') return #e > 20");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_a_gate_all_is_closed, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(a_new_state_has_no_gate, open_state, close_state),
		cmocka_unit_test_setup_teardown(the_gate_hears_path_and_purpose, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(folders_are_made_and_removed, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(links_are_made, open_state, close_state),
		cmocka_unit_test_setup_teardown(folders_are_read, open_state, close_state),
		cmocka_unit_test_setup_teardown(no_folder_stays_open, open_state, close_state),
		cmocka_unit_test(short_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
