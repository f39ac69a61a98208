/* --script-args as trees and as Lua tables: the vectors of nse-api.md 4. */
#include "support.h"

#include "script/script_args.h"
#include "util/alloc.h"
#include "util/error.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The table as text: positional values first, then keys in order. */
static const char describe[] =
	"local function show(v)\n"
	"  if type(v) ~= 'table' then return '\"' .. v .. '\"' end\n"
	"  local out, keys = {}, {}\n"
	"  for _, each in ipairs(v) do out[#out + 1] = show(each) end\n"
	"  for k in pairs(v) do if type(k) == 'string' then keys[#keys + 1] = k end end\n"
	"  table.sort(keys)\n"
	"  for _, k in ipairs(keys) do out[#out + 1] = '[' .. k .. ']=' .. show(v[k]) end\n"
	"  return '{' .. table.concat(out, ',') .. '}'\n"
	"end\n"
	"return show(...)\n";

static void show(const struct script_args *args, char *ret_text, size_t size)
{
	lua_State *lua = luaL_newstate();

	luaL_openlibs(lua);
	assert_int_equal(luaL_loadstring(lua, describe), LUA_OK);
	script_args_push(lua, args);
	assert_int_equal(lua_pcall(lua, 1, 1, 0), LUA_OK);
	assert_true(lua_rawlen(lua, -1) < size);
	snprintf(ret_text, size, "%s", lua_tostring(lua, -1));
	lua_close(lua);
}

static void expect_both(const char *file, const char *option, const char *expected)
{
	struct script_args args;
	struct buf text = BUF_INIT;
	char shown[512];

	if (file)
		buf_add_str(&text, file);
	assert_int_equal(script_args_parse(file ? &text : NULL, option, &args, NULL), 0);
	show(&args, shown, sizeof(shown));
	assert_string_equal(shown, expected);
	script_args_release(&args);
	buf_release(&text);
}

static void expect(const char *option, const char *expected)
{
	expect_both(NULL, option, expected);
}

static void expect_none(const char *option)
{
	struct script_args args = {.text = (char *)"untouched"};
	struct diag diag = {0};

	assert_int_equal(script_args_parse(NULL, option, &args, &diag), ERROR_SYNTAX);
	assert_string_equal(diag.text, "arguments did not parse!");
	assert_string_equal(args.text, "untouched");
}

static void names_have_values(void **state)
{
	expect("a=1,b=2", "{[a]=\"1\",[b]=\"2\"}");
	expect(" a = 1 , b = two words ", "{[a]=\"1\",[b]=\"two words\"}");
	expect("a=http://h/p?q:1;z", "{[a]=\"http://h/p?q:1;z\"}");
	expect("\"key k\"=v", "{[key k]=\"v\"}");
	expect("\"x\"=", "{[x]=\"\"}");
	expect("a=,b=", "{[a]=\"\",[b]=\"\"}");
	expect("a=  ,b", "{\"b\",[a]=\"\"}");
	expect("=x", "{[]=\"x\"}");
	(void)state;
}

static void the_later_of_two_counts(void **state)
{
	expect("a=1,a=2", "{[a]=\"2\"}");
	(void)state;
}

static void flags_are_positions(void **state)
{
	expect("flag", "{\"flag\"}");
	expect("\"quoted flag\"", "{\"quoted flag\"}");
	expect(",a", "{\"\",\"a\"}");
	expect("a,,b", "{\"a\",\"\",\"b\"}");
	expect("a,", "{\"a\",\"\"}");
	expect(" ", "{\"\"}");
	(void)state;
}

static void tables_nest(void **state)
{
	expect("y={1,2,{k=v}}", "{[y]={\"1\",\"2\",{[k]=\"v\"}}}");
	expect("{a,b}", "{{\"a\",\"b\"}}");
	expect("a={},b={ }", "{[a]={\"\"},[b]={\"\"}}");
	expect("a={ {b} , c }", "{[a]={{\"b\"},\"c\"}}");
	expect("a={\n b=1\n c=2\n}", "{[a]={\"\",[b]=\"1\",[c]=\"2\"}}");
	expect("{a\n,b}", "{{\"a\",\"\",\"b\"}}");
	expect("{a,\n b}", "{{\"a\",\"b\"}}");
	(void)state;
}

static void quotes_keep_all_but_their_own_escapes(void **state)
{
	expect("a=\"q\\\"uo,te\",b='s\\'q',c=\"back\\\\slash\\n\"",
	       "{[a]=\"q\"uo,te\",[b]=\"s'q\",[c]=\"back\\slash\\n\"}");
	expect("\"a\nb\"", "{\"a\nb\"}");
	expect("'a\"b'", "{\"a\"b\"}");
	expect("a= \"x\" ,b", "{\"b\",[a]=\"x\"}");
	(void)state;
}

/* As Debian's 7.93 answered. */
static void a_quote_that_is_never_closed_is_a_character(void **state)
{
	expect("'a", "{\"'a\"}");
	expect("a,\"b", "{\"a\",\"\"b\"}");
	expect("a=\"x\\", "{[a]=\"\"x\\\"}");
	expect("\"a\\\"", "{\"\"a\\\"\"}");
	expect("a\"b", "{\"a\"b\"}");
	(void)state;
}

static void a_brace_too_many_ends_the_text(void **state)
{
	expect("a=}", "{[a]=\"\"}");
	expect("a}b=2", "{\"a\"}");
	(void)state;
}

static void lines_are_fields(void **state)
{
	expect("a=1\n\nb", "{\"b\",[a]=\"1\"}");
	expect("a=\n1", "{\"1\",[a]=\"\"}");
	expect("a\n=1", "{\"a\",[]=\"1\"}");
	expect("x\n", "{\"x\",\"\"}");
	expect("a\r\nb", "{\"a\",\"b\"}");
	expect("a =\t1", "{[a]=\"1\"}");
	expect("a\vb", "{\"a\vb\"}");
	expect("a\v", "{\"a\"}");
	(void)state;
}

static void what_is_none_does_not_parse(void **state)
{
	expect_none("a==b");
	expect_none("a=b=c");
	expect_none("a=\"x\"y");
	expect_none("a={unclosed");
	expect_none("a{b}");
	expect_none("\"a\" b");
	expect_none("a={b}c");
	expect_none("{a}={b}");
	(void)state;
}

static void nothing_is_an_empty_table(void **state)
{
	expect(NULL, "{}");
	expect("", "{}");
	(void)state;
}

static void a_file_comes_first_and_ends_in_a_comma(void **state)
{
	const char *file = "a=1\nb=2,c={x,y}\n\nd=4,\n";

	expect_both(file, NULL, "{\"\",\"\",[a]=\"1\",[b]=\"2\",[c]={\"x\",\"y\"},[d]=\"4\"}");
	expect_both(file, "q=1",
		    "{\"\",[a]=\"1\",[b]=\"2\",[c]={\"x\",\"y\"},[d]=\"4\",[q]=\"1\"}");
	expect_both("a=1,,", NULL, "{\"\",[a]=\"1\"}");
	expect_both("a=1,,", "a=2", "{[a]=\"2\"}");
	expect_both("\na=1", NULL, "{\"\",[a]=\"1\"}");
	(void)state;
}

static void files_are_read(void **state)
{
	char path[] = "/tmp/portolan-args-XXXXXX";
	int fd = mkstemp(path);
	struct script_args args;
	struct diag diag = {0};
	char shown[64];

	assert_int_equal(write(fd, "a=1", 3), 3);
	close(fd);
	assert_int_equal(script_args_load(path, "b", &args, NULL), 0);
	show(&args, shown, sizeof(shown));
	assert_string_equal(shown, "{\"b\",[a]=\"1\"}");
	script_args_release(&args);
	unlink(path);
	assert_int_equal(script_args_load("/nonexistent/x", "b", &args, &diag), ERROR_NOT_FOUND);
	assert_string_equal(diag.text, "no path to file/directory: /nonexistent/x is not a file");
	(void)state;
}

static void depth_and_size_are_bounded(void **state)
{
	static char text[SCRIPT_ARGS_BYTES_MAX + 1];
	struct script_args args;

	memset(text, '{', 63);
	memset(text + 63, '}', 63);
	text[126] = '\0';
	assert_int_equal(script_args_parse(NULL, text, &args, NULL), 0);
	script_args_release(&args);
	for (size_t i = 0; i < 200; i++)
		memcpy(text + 3 * i, "{},", 4);
	assert_int_equal(script_args_parse(NULL, text, &args, NULL), 0);
	script_args_release(&args);
	memset(text, '{', 64);
	memset(text + 64, '}', 64);
	text[128] = '\0';
	assert_int_equal(script_args_parse(NULL, text, &args, NULL), ERROR_LIMIT);
	memset(text, 'a', SCRIPT_ARGS_BYTES_MAX - 2);
	text[SCRIPT_ARGS_BYTES_MAX - 2] = '\0';
	assert_int_equal(script_args_parse(NULL, text, &args, NULL), 0);
	script_args_release(&args);
	text[SCRIPT_ARGS_BYTES_MAX - 2] = 'a';
	text[SCRIPT_ARGS_BYTES_MAX - 1] = '\0';
	assert_int_equal(script_args_parse(NULL, text, &args, NULL), ERROR_LIMIT);
	(void)state;
}

static int parse_once(void *self)
{
	struct script_args args;
	int r = script_args_parse(NULL, "a={\"b\\\"\",c},d", &args, NULL);

	(void)self;
	if (r == 0)
		script_args_release(&args);
	return r;
}

static void short_memory_is_an_error(void **state)
{
	support_each_allocation_fails(parse_once, NULL, 50);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_have_values),
		cmocka_unit_test(the_later_of_two_counts),
		cmocka_unit_test(flags_are_positions),
		cmocka_unit_test(tables_nest),
		cmocka_unit_test(quotes_keep_all_but_their_own_escapes),
		cmocka_unit_test(a_quote_that_is_never_closed_is_a_character),
		cmocka_unit_test(a_brace_too_many_ends_the_text),
		cmocka_unit_test(lines_are_fields),
		cmocka_unit_test(what_is_none_does_not_parse),
		cmocka_unit_test(nothing_is_an_empty_table),
		cmocka_unit_test(a_file_comes_first_and_ends_in_a_comma),
		cmocka_unit_test(files_are_read),
		cmocka_unit_test(depth_and_size_are_bounded),
		cmocka_unit_test(short_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
