/* The table of libraries. */
#include "lua_snippets.h"
#include "support.h"

#include "script/library.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

static void all_are_modules_and_globals(void **state)
{
	struct snippet_memory memory;
	lua_State *lua = snippet_state(&memory);

	snippet_run(lua, "for _, n in ipairs { 'lfs', 'lpeg', 'nmapdb', 'openssl', 'zlib' } do\n"
			 "  same(type(require(n)), 'table') assert(rawequal(_G[n], require(n)))\n"
			 "end\n");
	lua_close(lua);
	assert_int_equal(memory.bytes, 0);
}

static void names_are_unique(void **state)
{
	const struct script_library *a, *b;

	for (a = script_libraries; a->name; a++)
		for (b = script_libraries; b < a; b++)
			assert_string_not_equal(a->name, b->name);
}

static void opening_may_be_short_of_memory(void **state)
{
	snippet_run_short_of_memory(
		"for n, m in pairs(package.loaded) do\n"
		"  if n ~= '_G' and n ~= 'package' then package.loaded[n] = nil end\n"
		"end\n"
		"collectgarbage() reopen()");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_are_modules_and_globals),
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(opening_may_be_short_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
