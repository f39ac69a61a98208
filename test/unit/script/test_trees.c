/* Which library whose code gets, and what scripts may read, with folders made for it. */
#include "trees_fixture.h"

#include "script/script_builtin.h"

/* A script whose top level is `body`; it can run. */
static void write_script(const char *name, const char *body)
{
	char text[4096];

	snprintf(text, sizeof(text), "%s\naction = function() end prerule = action\n", body);
	write_file(name, text);
}

static void make_tree(const char *name)
{
	char path[128];

	make_folder(name);
	snprintf(path, sizeof(path), "%s/scripts", name);
	make_folder(path);
	snprintf(path, sizeof(path), "%s/scripts/script.db", name);
	write_file(path, ""); /* so that scripts are not run for their heads */
	snprintf(path, sizeof(path), "%s/nselib", name);
	make_folder(path);
}

static int set_up(void **state)
{
	if (folder_begin(state) < 0)
		return -1;
	make_tree("a");
	make_tree("b");
	return 0;
}

/* Loads a script with both trees. */
static void load(struct trees_fixture *fixture, const char *script)
{
	const char *const folders[] = {in_folder("a"), in_folder("b"), NULL};
	const char *const expressions[] = {script, NULL};

	trees_wish(fixture, folders, expressions);
	if (trees_load(fixture) < 0)
		fail_msg("%s", fixture->diag.text);
}

/* The value of an expression in the machine, as text. */
static const char *value(struct trees_fixture *fixture, const char *expression)
{
	static char text[1024];
	lua_State *lua = script_machine_lua(fixture->machine);

	lua_pushfstring(lua, "return %s", expression);
	if (luaL_dostring(lua, lua_tostring(lua, -1)))
		fail_msg("%s", lua_tostring(lua, -1));
	snprintf(text, sizeof(text), "%s", luaL_tolstring(lua, -1, NULL));
	lua_settop(lua, 0);
	return text;
}

/* nmap.registry.said after the body has run as top level of a script of that name. */
static const char *says_as(const char *name, const char *body)
{
	struct trees_fixture fixture;
	static char text[1024];

	write_script(name, body);
	load(&fixture, in_folder(name));
	snprintf(text, sizeof(text), "%s", value(&fixture, "nmap.registry.said"));
	trees_end(&fixture);
	return text;
}

#define SAY "nmap.registry.said = "

/* ---- modules ---- */

static void libraries_that_are_compiled_in_are_there(void **state)
{
	assert_string_equal(says_as("a/scripts/t.nse", "local s, path = require 'stdnse' " SAY
						       "path .. ' ' .. type(s.output_table)"),
			    "portolan:lualib/stdnse.lua function");
	assert_string_equal(
		says_as("a/scripts/t.nse", "local _, e = pcall(require, 'no.such') " SAY "e"),
		"module 'no.such' not found:\n\tno library 'no.such'");
	assert_string_equal(says_as("a/scripts/t.nse",
				    "local json = require 'json' "
				    "local _, e = pcall(json.generate, function() end) " SAY
				    "require 'json' == json"),
			    "true");
}

/* Both trees have `one`, which needs `two`; a has no `two` of its own. */
static void write_libraries(void)
{
	write_file("a/nselib/one.lua", "return {name = 'a.one', two = require 'two'}");
	write_file("b/nselib/one.lua", "return {name = 'b.one', two = require 'two'}");
	write_file("b/nselib/two.lua", "return {name = 'b.two', one = function() return "
				       "require('one').name end}");
}

static void each_tree_gets_its_own_library(void **state)
{
	static const char body[] = "local one = require 'one' " SAY
				   "one.name .. ' ' .. one.two.name .. ' ' .. one.two.one()";

	write_libraries();
	assert_string_equal(says_as("a/scripts/t.nse", body), "a.one b.two b.one");
	assert_string_equal(says_as("b/scripts/t.nse", body), "b.one b.two b.one");
	assert_string_equal(says_as("t.nse", body), "a.one b.two b.one");
}

static void a_library_is_loaded_once_for_all_who_get_it(void **state)
{
	static const char body[] = "nmap.registry.seen = nmap.registry.seen or {} "
				   "table.insert(nmap.registry.seen, (require 'two'))";
	const char *const folders[] = {in_folder("a"), in_folder("b"), NULL};
	const char *const both[] = {in_folder("a/scripts/t.nse"), in_folder("b/scripts/u.nse"),
				    NULL};
	struct trees_fixture fixture;

	write_libraries();
	write_script("a/scripts/t.nse", body);
	write_script("b/scripts/u.nse", body);
	trees_wish(&fixture, folders, both);
	if (trees_load(&fixture) < 0)
		fail_msg("%s", fixture.diag.text);
	assert_string_equal(value(&fixture, "#nmap.registry.seen"), "2");
	assert_string_equal(value(&fixture, "nmap.registry.seen[1] == nmap.registry.seen[2]"),
			    "true");
	trees_end(&fixture);
}

/* The environment that stdnse.module() makes ends at _G, which is the same for all. */
static void a_function_requires_for_its_own_tree(void **state)
{
	write_libraries();
	write_file(
		"b/nselib/late.lua",
		"local stdnse = require 'stdnse' _ENV = stdnse.module('late', stdnse.seeall) "
		"function one() return require 'one' end "
		"function careful() local _, m = pcall(require, 'one') return m end "
		"function silent() return stdnse.silent_require 'one' end "
		"function inside() return coroutine.wrap(function() return require 'one' end)() "
		"end function compiled() local m = load(\"return require 'one'\")() return m end "
		"return _ENV");
	assert_string_equal(
		says_as("a/scripts/t.nse",
			"local late, names = require 'late', {} for _, f in ipairs {'one', "
			"'careful', 'silent', 'inside', 'compiled'} do names[#names + 1] = "
			"late[f]().name end " SAY
			"table.concat(names, ' ') .. ' ' .. require('one').name"),
		"b.one b.one b.one b.one b.one a.one");
}

/* Their own stdnse gets the engine's functions, too. */
static void every_stdnse_is_given_the_functions_of_the_engine(void **state)
{
	static const char body[] =
		"local s = require 'stdnse' " SAY
		"tostring(rawget(s, 'mine')) .. ' ' .. type(s.gethostport) .. ' ' .. "
		"type(s.silent_require)";

	write_file("b/nselib/stdnse.lua", "return {mine = true}");
	assert_string_equal(says_as("a/scripts/t.nse", body), "nil function function");
	assert_string_equal(says_as("b/scripts/t.nse", body), "true function function");
}

/* A module that registers itself, through a function of another tree, is its own tree's. */
static void modules_register_themselves(void **state)
{
	write_libraries();
	write_file("b/nselib/self.lua",
		   "local stdnse = require 'stdnse' _ENV = stdnse.module('self', stdnse.seeall) "
		   "friend = require 'friend' function name() return 'b.self' end");
	write_file("b/nselib/friend.lua", "return require 'self'._NAME");
	write_file("b/nselib/other.lua", "return require 'self'.friend");
	write_file("a/nselib/self.lua", "return {name = function() return 'a.self' end}");
	assert_string_equal(says_as("b/scripts/t.nse",
				    "local s = require 'self' " SAY "s.name() .. ' ' .. s.friend"),
			    "b.self self");
	assert_string_equal(says_as("a/scripts/t.nse", "local f, s = require 'other', require "
						       "'self' " SAY "f .. ' ' .. s.name()"),
			    "self a.self");
}

static void package_loaded_is_what_the_caller_gets(void **state)
{
	write_libraries();
	assert_string_equal(says_as("b/scripts/t.nse",
				    "local one, found = require 'one', '' for name, m in "
				    "pairs(package.loaded) do if m == one or name == 'string' then "
				    "found = found .. #name end end " SAY
				    "(found == '36' or found == '63') and "
				    "package.loaded.one.name .. tostring(package.loaded.three)"),
			    "b.onenil");
	assert_string_equal(says_as("b/scripts/t.nse",
				    "local one = require 'one' package.loaded.one = nil " SAY
				    "tostring(one == require 'one')"),
			    "false");
	assert_string_equal(says_as("b/scripts/t.nse",
				    "package.loaded.three = {n = 3} " SAY "require('three').n"),
			    "3");
	assert_string_equal(
		says_as("b/scripts/t.nse", SAY "tostring(pcall(setmetatable, package.loaded, {}))"),
		"false");
}

static void a_circle_of_modules_is_an_error(void **state)
{
	write_file("a/nselib/hen.lua", "return {egg = require 'egg'}");
	write_file("a/nselib/egg.lua", "return {hen = require 'hen'}");
	assert_string_equal(says_as("a/scripts/t.nse",
				    "local _, e = pcall(require, 'hen') local _, again = "
				    "pcall(require, 'hen') " SAY
				    "tostring(e == again) .. e:match(\"module 'hen'.*\")"),
			    "truemodule 'hen' requires itself");
}

static void a_module_that_fails_says_where(void **state)
{
	write_file("a/nselib/bad.lua", "return 1 +");
	assert_string_equal(says_as("a/scripts/t.nse", "local _, e = pcall(require, 'bad') " SAY
						       "e:gsub('/tmp/[^/]*', '')"),
			    "error loading module 'bad' from file '/a/nselib/bad.lua':\n\t"
			    "/a/nselib/bad.lua:1: unexpected symbol near <eof>");
}

/* ---- globals ---- */

static void globals_are_strict(void **state)
{
	static const char body[] =
		"local function e(f) local _, e = pcall(f) return e:gsub('.*: ', '') end "
		"mine = 1 " SAY "mine .. e(function() return unknown end) .. "
		"e(function() _G.made = 1 end) .. tostring(_G == require('same'))";

	write_file("b/nselib/same.lua", "return _G");
	assert_string_equal(says_as("a/scripts/t.nse", body),
			    "1variable 'unknown' is not declared"
			    "assign to undeclared variable 'made'true");
}

/* ---- files ---- */

/* Which of the paths can be opened, by number; "+" where all ways agree. */
static const char *readable(const char *paths)
{
	char body[2048];

	snprintf(body, sizeof(body),
		 "local dir, ok = SCRIPT_PATH:match('(.*)/a/scripts'), '' "
		 "for i, p in ipairs {%s} do p = p:gsub('^~', dir) local f = io.open(p) "
		 "local l = loadfile(p) if (f ~= nil) ~= (l ~= nil) or (f ~= nil) ~= "
		 "pcall(dofile, p) then ok = ok .. '!' end if f then ok = ok .. i f:close() end "
		 "end " SAY "ok",
		 paths);
	return says_as("a/scripts/t.nse", body);
}

static void scripts_read_data_of_trees_only(void **state)
{
	make_folder("a/nselib/data");
	make_folder("a/other");
	make_folder("b/nmap-folder");
	write_file("a/nselib/data/x.lst", "return 1");
	write_file("b/nselib/y.lua", "return 1");
	write_file("b/nmap-services", "return 1");
	write_file("b/private", "return 1");
	write_file("nmap-secret", "return 1");
	write_file("a/other/nmap-x", "return 1");
	write_file("b/nmap-folder/x", "return 1");
	assert_int_equal(symlink(in_folder("nmap-secret"), in_folder("a/nselib/link")), 0);
	assert_int_equal(symlink(in_folder("nmap-secret"), in_folder("a/nmap-link")), 0);
	assert_int_equal(symlink(in_folder("b/nselib/y.lua"), in_folder("a/nselib/inside")), 0);
	assert_string_equal(readable("'~/a/nselib/data/x.lst', '~/b/nselib/y.lua', "
				     "'~/b/nmap-services', '~/a/nselib/../nmap-services', "
				     "'~/a/nselib/inside', '~/b/nselib/../nmap-services'"),
			    "12356");
	assert_string_equal(
		readable("'~/b/private', '~/nmap-secret', '~/a/other/nmap-x', '~/a/nselib/link', "
			 "'~/a/nmap-link', '~/a/nselib/../../nmap-secret', '~/a/nselib', "
			 "'~/b/nmap-folder', '~/b/nmap-folder/x', '/etc/passwd', "
			 "'~/a/scripts/t.nse', "
			 "'portolan:lualib/stdnse.lua', ''"),
		"");
	assert_string_equal(
		says_as("a/scripts/t.nse", "local _, e = pcall(io.lines, '/etc/passwd') " SAY "e"),
		"/etc/passwd: Permission denied");
}

/* A module is not read through a link that leads out of its tree. */
static void modules_do_not_come_from_elsewhere(void **state)
{
	write_file("module.lua", "return 1");
	assert_int_equal(symlink(in_folder("module.lua"), in_folder("a/nselib/away.lua")), 0);
	assert_string_equal(says_as("a/scripts/t.nse", SAY "tostring(pcall(require, 'away'))"),
			    "false");
}

static void data_files_are_fetched(void **state)
{
	struct trees_fixture fixture;

	make_folder("b/nselib/data");
	write_file("b/nselib/data/x.lst", "x");
	write_file("a/nmap-services", "x");
	write_file("b/nmap-services", "x");
	write_file("secret", "x");
	write_script("a/scripts/t.nse", "");
	load(&fixture, in_folder("a/scripts/t.nse"));
	assert_string_equal(script_trees_fetch(fixture.trees, "nselib/data/x.lst"),
			    in_folder("b/nselib/data/x.lst"));
	assert_string_equal(script_trees_fetch(fixture.trees, "nmap-services"),
			    in_folder("a/nmap-services"));
	assert_null(script_trees_fetch(fixture.trees, "nselib/data"));
	assert_null(script_trees_fetch(fixture.trees, "nmap-nothing"));
	assert_null(script_trees_fetch(fixture.trees, "../secret"));
	assert_null(script_trees_fetch(fixture.trees, "/etc/passwd"));
	trees_end(&fixture);
}

/* Where nselib/ itself is a link, what is in its target counts. */
static void a_linked_library_folder_is_one(void **state)
{
	make_folder("c");
	assert_int_equal(symlink(in_folder("b/nselib"), in_folder("c/nselib")), 0);
	write_file("b/nselib/linked.lua", "return 'linked'");
	write_script("t.nse", SAY "require 'linked'");
	{
		const char *const folders[] = {in_folder("c/"), NULL};
		const char *const expressions[] = {in_folder("t.nse"), NULL};
		struct trees_fixture fixture;

		trees_wish(&fixture, folders, expressions);
		assert_int_equal(trees_load(&fixture), 0);
		assert_string_equal(value(&fixture, "nmap.registry.said"), "linked");
		assert_string_equal(script_trees_fetch(fixture.trees, "nselib/linked.lua"),
				    in_folder("c/nselib/linked.lua"));
		trees_end(&fixture);
	}
}

/* ---- Lua 5.3 ---- */

static bool is_old(const char *datafiles)
{
	const char *const folders[] = {in_folder("a"), NULL};
	struct script_machine_config config = {.seed = 1};
	struct trees_fixture fixture;

	if (datafiles)
		write_file("a/nselib/datafiles.lua", datafiles);
	trees_wish(&fixture, folders, NULL);
	assert_int_equal(trees_choose(&fixture), 0);
	assert_int_equal(fixture.selection.count, 0);
	script_trees_configure(fixture.trees, &config);
	trees_end(&fixture);
	return config.old_unpack;
}

static void trees_for_lua_5_3_are_told(void **state)
{
	struct script_machine_config config = {.seed = 1};
	struct trees_fixture fixture;

	assert_true(is_old(NULL));
	assert_true(is_old("local io = require 'io'"));
	assert_true(is_old(""));
	assert_false(is_old("local nmapdb = require \"nmapdb\""));
	trees_wish(&fixture, NULL, NULL);
	assert_int_equal(trees_choose(&fixture), 0);
	script_trees_configure(fixture.trees, &config);
	assert_false(config.old_unpack);
	trees_end(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_TREES(test) cmocka_unit_test_setup_teardown(test, set_up, folder_end)
		WITH_TREES(libraries_that_are_compiled_in_are_there),
		WITH_TREES(each_tree_gets_its_own_library),
		WITH_TREES(a_library_is_loaded_once_for_all_who_get_it),
		WITH_TREES(a_function_requires_for_its_own_tree),
		WITH_TREES(every_stdnse_is_given_the_functions_of_the_engine),
		WITH_TREES(modules_register_themselves),
		WITH_TREES(package_loaded_is_what_the_caller_gets),
		WITH_TREES(a_circle_of_modules_is_an_error),
		WITH_TREES(a_module_that_fails_says_where),
		WITH_TREES(globals_are_strict),
		WITH_TREES(scripts_read_data_of_trees_only),
		WITH_TREES(modules_do_not_come_from_elsewhere),
		WITH_TREES(data_files_are_fetched),
		WITH_TREES(a_linked_library_folder_is_one),
		WITH_TREES(trees_for_lua_5_3_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
