/* What a script says of itself, told by running its top level where it can do no harm. */
#include "folder_fixture.h"

#include "script/script_head.h"
#include "script/script_name.h"
#include "util/arena.h"
#include "util/error.h"

static struct arena arena;

static struct script_head read_head(const char *text)
{
	struct script_head head;
	struct diag diag = {0};

	write_file("s.nse", text);
	if (script_head_read(in_folder("s.nse"), &arena, &head, &diag) < 0)
		fail_msg("%s", diag.text);
	return head;
}

/* `words` follow the path, which stands where "PATH" does at their beginning. */
static void expect_error(const char *text, int error, const char *words)
{
	struct script_head head = {.rules = 99};
	struct diag diag = {0};
	char expected[400];
	const char *path = in_folder("s.nse");
	bool named = strncmp(words, "PATH", 4) == 0;

	write_file("s.nse", text);
	assert_int_equal(script_head_read(path, &arena, &head, &diag), error);
	snprintf(expected, sizeof(expected), "Failed to load %s: %s%s", path, named ? path : "",
		 named ? words + 4 : words);
	assert_string_equal(diag.text, expected);
	assert_int_equal(head.rules, 99);
}

#define RULE   "portrule = function() return true end\n"
#define ACTION "action = function() return 1 end\n"

static void all_fields_are_told(void **state)
{
	struct script_head head =
		read_head("local shortport = require \"shortport\"\n"
			  "description = [[\nWhat it does.\n]]\n"
			  "author = {\"A B\", \"C\"}\nlicense = \"free\"\n"
			  "categories = {\"Default\", \"safe\"}\ndependencies = {\"first\"}\n"
			  "portrule = shortport.port_or_service(80, \"http\")\n"
			  "prerule = function() end\n" ACTION);

	(void)state;
	assert_string_equal(head.description, "What it does.\n");
	assert_string_equal(head.author, "A B, C");
	assert_string_equal(head.license, "free");
	assert_string_equal(head.categories[0], "Default");
	assert_string_equal(head.categories[1], "safe");
	assert_null(head.categories[2]);
	assert_string_equal(head.dependencies[0], "first");
	assert_null(head.dependencies[1]);
	assert_int_equal(head.rules, SCRIPT_RULE_PORT | SCRIPT_RULE_PRE);
}

static void what_is_missing_is_empty(void **state)
{
	struct script_head head = read_head("hostrule = print postrule = print action = print");

	(void)state;
	assert_null(head.description);
	assert_null(head.author);
	assert_null(head.license);
	assert_null(head.categories[0]);
	assert_null(head.dependencies[0]);
	assert_int_equal(head.rules, SCRIPT_RULE_HOST | SCRIPT_RULE_POST);
}

static void a_script_knows_its_name(void **state)
{
	struct script_head head =
		read_head("description = SCRIPT_NAME .. ' ' .. SCRIPT_PATH\n" RULE ACTION);
	char expected[300];

	(void)state;
	snprintf(expected, sizeof(expected), "s %s", in_folder("s.nse"));
	assert_string_equal(head.description, expected);
}

static void missing_and_wrong_fields_are_told(void **state)
{
	(void)state;
	expect_error(RULE, ERROR_SYNTAX, "PATH is missing required field: 'action'");
	expect_error(RULE "action = 'x'", ERROR_SYNTAX,
		     "PATH field 'action' is of improper type 'string', expected type 'function'");
	expect_error(ACTION, ERROR_SYNTAX, "PATH is missing required function: 'rule'");
	expect_error(ACTION "hostrule = {}", ERROR_SYNTAX, "hostrule must be a function!");
	expect_error(RULE ACTION "categories = {'x', {}}", ERROR_SYNTAX,
		     "PATH has non-string entries in the 'categories' array");
	expect_error(RULE ACTION "dependencies = {1}", ERROR_SYNTAX,
		     "PATH has non-string entries in the 'dependencies' array");
	expect_error("\nx = = 1", ERROR_SYNTAX, "PATH:2: unexpected symbol near '='");
	expect_error("error({})", ERROR_SYNTAX, "an error that is no text");
	expect_error("\x1bLua", ERROR_SYNTAX, "attempt to load a binary chunk (mode is 't')");
}

static void a_file_that_is_not_there_is_told(void **state)
{
	struct script_head head;
	struct diag diag = {0};

	(void)state;
	assert_int_equal(script_head_read(in_folder("none.nse"), &arena, &head, &diag),
			 ERROR_NOT_FOUND);
	assert_non_null(strstr(diag.text, in_folder("none.nse")));
}

/* Libraries are not there: whatever is asked of them must let the file load. */
static void top_level_code_may_compute(void **state)
{
	struct script_head head = read_head(
		"local lib = require 'lib'\n"
		"local string = require 'string'\n"
		"local ok, other = pcall(require, 'openssl')\n"
		"local a, b, c = lib.three()\n"
		"local sum = (a + 1) * b - -c // 2 .. 'x'\n"
		"if lib.level() > 3 or #lib > 0 or lib < 2 then error('compared') end\n"
		"for _, x in ipairs(lib) do error('ipairs') end\n"
		"for _, x in pairs(lib.all) do error('pairs') end\n"
		"for x in lib.words('a b') do error('words') end\n"
		"for x in string.gmatch(lib.text(), '.') do error('gmatch') end\n"
		"local n = tonumber(lib.number()) or 5\n"
		"local list = {lib.a, lib.b, 3, 'x', lib.c}\n"
		"table.sort(list, function(x, y) return x < y end)\n"
		"lib.table.field = 7\n"
		"local made = setmetatable({}, {__index = function() return n end})\n"
		"description = 'n' .. string.format('%d', made.x) .. lib.text .. tostring(lib.y)\n"
		"author = lib.name\n"
		"_, portrule, hostrule = lib.rules()\n"
		"action = lib.action\n");

	(void)state;
	assert_string_equal(head.description, "n5");
	assert_null(head.author);
	assert_int_equal(head.rules, SCRIPT_RULE_PORT | SCRIPT_RULE_HOST);
}

/* Ours stand before Lua's own, and take what these take. */
static void functions_given_too_little_or_too_much_raise(void **state)
{
	struct script_head head = read_head(
		"local lib, failures = require 'lib', 0\n"
		"local all = {tonumber, setmetatable, pcall, require, table.sort, string.rep,\n"
		"  string.find, string.format}\n"
		"for i = 1, #all do\n"
		"  if not pcall(all[i]) then failures = failures + 1 end\n"
		"  pcall(all[i], lib) pcall(all[i], nil, lib) pcall(all[i], {}, {}, {})\n"
		"  pcall(all[i], table.unpack({}, 1, 5000))\n"
		"end\n"
		"pcall(setmetatable, lib, {}) pcall(setmetatable, {}, lib)\n"
		"if tonumber('10', 16) ~= 16 or tonumber('7') ~= 7 then error('tonumber') end\n"
		"description = failures .. lib.x:y(lib) .. ('%s'):format('!')\n" RULE ACTION);

	(void)state;
	assert_string_equal(head.description, "7!");
}

static void nothing_outside_can_be_reached(void **state)
{
	static const char script[] =
		"local reach = {'io', 'os', 'debug', 'package', 'coroutine', 'load', 'loadfile',\n"
		"  'dofile', 'collectgarbage', 'print', 'warn', 'xpcall'}\n"
		"for _, name in ipairs(reach) do\n"
		"  if type(_G[name]) ~= 'table' or rawget(_G, name) then error(name) end\n"
		"  if type(require(name)) ~= 'table' or rawget(require(name), 1) then error(name) "
		"end\n"
		"end\n"
		"os.execute('touch %s') io.open('%s', 'w'):write('x') load('x = 1')()\n" RULE
			ACTION;
	char text[1024];

	(void)state;
	snprintf(text, sizeof(text), script, in_folder("made"), in_folder("made"));
	read_head(text);
	assert_int_equal(script_kind_of(in_folder("made")), SCRIPT_KIND_NONE);
}

static void endless_loops_are_cut(void **state)
{
	static const char words[] = "PATH:1: more than 10000000 steps outside of functions";

	(void)state;
	expect_error("while true do end", ERROR_LIMIT, words);
	expect_error("while true do pcall(function() while true do end end) end", ERROR_LIMIT,
		     words);
	expect_error("while true do table.sort({3, 2, 1}, function() while true do end end) end",
		     ERROR_LIMIT, words);
	expect_error("local mt = {__index = function() while true do end end} "
		     "local x = setmetatable({}, mt).y",
		     ERROR_LIMIT, words);
	expect_error("setmetatable({}, {__gc = function() while true do end end})", ERROR_SYNTAX,
		     "PATH:1: a finalizer outside of functions");
}

static void memory_is_bounded(void **state)
{
	(void)state;
	expect_error("local s = ('x'):rep(1000) while true do s = s .. s end", ERROR_MEMORY,
		     "not enough memory");
	expect_error("local t = {} for i = 1, 1e9 do t[i] = i end", ERROR_MEMORY,
		     "not enough memory");
	expect_error("local function f() return f() + 1 end f()", ERROR_MEMORY,
		     "not enough memory");
}

static int read_once(void *self)
{
	struct arena own = ARENA_INIT;
	struct script_head head;
	int r = script_head_read(in_folder("s.nse"), &own, &head, NULL);

	(void)self;
	arena_release(&own);
	return r;
}

static void short_memory_is_an_error(void **state)
{
	(void)state;
	write_file("s.nse",
		   "categories = {'a'} description = 'x' author = {'b', 'c'}\n" RULE ACTION);
	support_each_allocation_fails(read_once, NULL, 2000);
}

/* Counts of nse-api.md 2.1. */
static void all_scripts_of_nmap_7_93_tell_their_heads(void **state)
{
	struct script_file_names names;
	struct script_head head;
	struct diag diag = {0};
	unsigned rules[4] = {0}, dependent = 0;
	char path[512];

	(void)state;
	if (script_names_read("/usr/share/nmap/scripts", &names, NULL) < 0 || names.count != 604) {
		script_names_release(&names);
		print_message("SKIPPED: nmap-common 7.93 is not installed\n");
		skip();
	}
	for (size_t i = 0; i < names.count; i++) {
		snprintf(path, sizeof(path), "/usr/share/nmap/scripts/%s", names.all[i]);
		if (script_head_read(path, &arena, &head, &diag) < 0)
			fail_msg("%s", diag.text);
		assert_non_null(head.description);
		assert_non_null(head.author);
		for (unsigned rule = 0; rule < 4; rule++)
			rules[rule] += head.rules >> rule & 1;
		dependent += head.dependencies[0] != NULL;
	}
	assert_int_equal(rules[0], 69);
	assert_int_equal(rules[1], 81);
	assert_int_equal(rules[2], 470);
	assert_int_equal(rules[3], 11);
	assert_int_equal(dependent, 90);
	script_names_release(&names);
}

static int end(void **state)
{
	arena_release(&arena);
	return folder_end(state);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(all_fields_are_told),
		IN_FOLDER(what_is_missing_is_empty),
		IN_FOLDER(a_script_knows_its_name),
		IN_FOLDER(missing_and_wrong_fields_are_told),
		IN_FOLDER(a_file_that_is_not_there_is_told),
		IN_FOLDER(top_level_code_may_compute),
		IN_FOLDER(functions_given_too_little_or_too_much_raise),
		IN_FOLDER(nothing_outside_can_be_reached),
		IN_FOLDER(endless_loops_are_cut),
		IN_FOLDER(memory_is_bounded),
		IN_FOLDER(short_memory_is_an_error),
		IN_FOLDER(all_scripts_of_nmap_7_93_tell_their_heads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
