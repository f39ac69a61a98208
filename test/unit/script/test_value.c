/* What scripts return, as results: every vector of nse-api.md 7.4, and what would have no
 * end. */
#include "support.h"

#include "engine/script_copy.h"
#include "script/value.h"
#include "util/error.h"

#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

/* The values as text: "1.2 key=text", kinds but texts in brackets. */
static void describe(const struct script_result *result, struct buf *out)
{
	buf_clear(out);
	for (size_t i = 0; i < result->nodes_count; i++) {
		const struct script_node *node = &result->nodes[i];

		buf_addf(out, i ? " %u:" : "%u:", node->depth);
		if (node->key)
			buf_addf(out, "%s=", node->key);
		if (node->kind != SCRIPT_TEXT)
			buf_addf(out, "(%s)", script_kind_name(node->kind));
		if (node->text)
			buf_add_str(out, node->text);
	}
}

static int run(lua_State *lua, const char *code, struct script_value *value)
{
	lua_settop(lua, 0);
	if (luaL_loadstring(lua, code) != LUA_OK || lua_pcall(lua, 0, 2, 0) != LUA_OK)
		fail_msg("%s", lua_tostring(lua, -1));
	return script_value_read(lua, 1, 2, value);
}

static void check(lua_State *lua, const char *code, const char *text, const char *nodes)
{
	struct script_value value = {0};
	struct buf described = BUF_INIT;

	assert_int_equal(run(lua, code, &value), 1);
	assert_int_equal(lua_gettop(lua), 2);
	describe(&value.result, &described);
	if (strcmp(value.result.text, text) != 0 || strcmp(buf_str(&described), nodes) != 0)
		fail_msg("%s\ngives text \"%s\"\nand nodes %s", code, value.result.text,
			 buf_str(&described));
	assert_false(value.result.cut);
	buf_release(&described);
	script_value_release(&value);
}

static int open_lua(void **state)
{
	lua_State *lua = luaL_newstate();

	luaL_openlibs(lua);
	*state = lua;
	return lua ? 0 : -1;
}

static int close_lua(void **state)
{
	lua_close(*state);
	return 0;
}

static void each_vector_gives_its_text_and_its_value(void **state)
{
	static const struct {
		const char *code, *text, *nodes;
	} vectors[] = {
		{"return 'line1\\nline2'", "line1\nline2", ""},
		{"return '\\n  a\\n  b'", "\n  a\n  b", ""},
		{"return 'a\\nb\\n'", "a\nb\n", ""},
		{"return ''", "", ""},
		{"return true", "true", "0:(boolean)true"},
		{"return false", "false", "0:(boolean)false"},
		{"return 42", "42", "0:(number)42"},
		{"return 1.5", "1.5", "0:(number)1.5"},
		{"return {}", "", "0:(table)"},
		{"return {'a','b',3,true}", "\n  a\n  b\n  3\n  true",
		 "0:(table) 1:a 1:b 1:(number)3 1:(boolean)true"},
		{"return {a=1}, 'custom'", "custom", "0:(table) 1:a=(number)1"},
		{"return nil, 'x'", "x", ""},
		{"return false, 'x'", "x", "0:(boolean)false"},
		{"return 'value', 'x'", "x", "0:value"},
		{"return {a=1}, ''", "", "0:(table) 1:a=(number)1"},
		{"return {a=1}, 5", "5", "0:(table) 1:a=(number)1"},
		{"return {a=1}, false", "\n  a: 1", "0:(table) 1:a=(number)1"},
		{"return setmetatable({a=1}, {__tostring=function() return 'mine' end})", "mine",
		 "0:(table) 1:a=(number)1"},
		{"return {{s=setmetatable({q=1}, {__tostring=function() return 'mine' end})}}",
		 "\n  \n    s: mine", "0:(table) 1:(table) 2:s=(table) 3:q=(number)1"},
		{"return {{{'x'}},{k={{y='z'}}}}",
		 "\n  \n    \n      x\n  \n    k: \n      \n        y: z",
		 "0:(table) 1:(table) 2:(table) 3:x 1:(table) 2:k=(table) 3:(table) 4:y=z"},
		{"return {1,2,[5]='five',[true]='t',[1.5]='f',s='str'}", "\n  1\n  2\n  s: str",
		 "0:(table) 1:(number)1 1:(number)2 1:s=str"},
		{"return {k='l1\\nl2'}", "\n  k: l1\nl2", "0:(table) 1:k=l1\nl2"},
		{"return 'caf\\xc3\\xa9'", "caf\xc3\xa9", ""},
		{"return {-0.0, 2^53|0, 2^53, 1/0, 1e100}",
		 "\n  -0.0\n  9007199254740992\n  9.007199254741e+15\n  inf\n  1e+100",
		 "0:(table) 1:(number)-0.0 1:(number)9007199254740992 "
		 "1:(number)9.007199254741e+15 1:(number)inf 1:(number)1e+100"},
		{"return {list={'x'}}", "\n  list: \n    x", "0:(table) 1:list=(table) 2:x"},
		{"return 'a\\0b\\0'", "a\\x00b\\x00", ""},
		{"return {['k\\0']='\\0'}", "\n  k\\x00: \\x00", "0:(table) 1:k\\x00=\\x00"},
	};

	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
		check(*state, vectors[i].code, vectors[i].text, vectors[i].nodes);
}

static void nothing_returned_is_no_result(void **state)
{
	struct script_value value = {0};

	assert_int_equal(run(*state, "return nil", &value), 0);
	assert_int_equal(run(*state, "return nil, false", &value), 0);
	assert_int_equal(run(*state, "return", &value), 0);
}

static void pairs_may_order_what_is_shown(void **state)
{
	check(*state,
	      "local names, i = {'z', 'a', 'z'}, 0\n"
	      "return setmetatable({}, {__pairs=function(t) local i = 0 return function()\n"
	      "i = i + 1 if names[i] then return names[i], i end end, t end})",
	      "\n  z: 1\n  a: 2\n  z: 3", "0:(table) 1:z=(number)1 1:a=(number)2 1:z=(number)3");
	/* Whatever a script did to the global. */
	check(*state, "next = nil return {k='v'}", "\n  k: v", "0:(table) 1:k=v");
}

static void other_values_are_their_tostring(void **state)
{
	struct script_value value = {0};

	assert_int_equal(run(*state, "return {f=print}", &value), 1);
	assert_int_equal(value.result.nodes_count, 2);
	assert_int_equal(value.result.nodes[1].kind, SCRIPT_TEXT);
	assert_memory_equal(value.result.nodes[1].text, "function: ", 10);
	script_value_release(&value);
}

static void a_table_that_holds_itself_ends(void **state)
{
	struct script_value value = {0};
	struct buf described = BUF_INIT;

	assert_int_equal(run(*state, "local t = {'a'} t.me = {t} return t", &value), 1);
	assert_string_equal(value.result.text, "\n  a\n  me: \n    ...");
	describe(&value.result, &described);
	assert_string_equal(buf_str(&described), "0:(table) 1:a 1:me=(table) 2:...");
	assert_true(value.result.cut);
	buf_release(&described);
	script_value_release(&value);
	/* The same table twice beside itself is no circle. */
	check(*state, "local t = {'a'} return {t, t}", "\n  \n    a\n  \n    a",
	      "0:(table) 1:(table) 2:a 1:(table) 2:a");
}

static void check_bounds(const struct script_value *value)
{
	const struct script_result *result = &value->result;

	assert_true(result->cut);
	assert_true(strlen(result->text) <= SCRIPT_OUTPUT_MAX);
	assert_true(result->nodes_count <= SCRIPT_NODES_MAX);
	assert_string_equal(result->text + strlen(result->text) - 3, "...");
	assert_string_equal(result->nodes[result->nodes_count - 1].text, "...");
	for (size_t i = 0; i < result->nodes_count; i++)
		assert_true(result->nodes[i].depth <= SCRIPT_DEPTH_MAX);
}

static void what_has_no_end_is_cut(void **state)
{
	static const char *const codes[] = {
		"local t = {} for i = 1, 100000 do t[i] = i end return t",
		"local t = {} for i = 1, 300 do t = {t} end return t",
		"local t = {} for i = 1, 40 do t = {t, t, k=t} end return t",
		"return setmetatable({}, {__index=function(t, i) return 'x' end})",
		"return setmetatable({}, {__index=function(t, i) return ('x'):rep(i) end})",
		("return setmetatable({}, {__pairs=function() return function() return 'k', 1 end "
		 "end})"),
		"return {('x'):rep(1 << 21), 'last'}",
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		struct script_value value = {0};

		assert_int_equal(run(*state, codes[i], &value), 1);
		check_bounds(&value);
		script_value_release(&value);
	}
}

static void keys_that_are_not_shown_have_an_end_too(void **state)
{
	struct script_value value = {0};

	assert_int_equal(
		run(*state,
		    "return setmetatable({}, {__pairs=function() return function() return 1, 1 end "
		    "end})",
		    &value),
		1);
	assert_true(value.result.cut);
	script_value_release(&value);
}

static void a_metamethod_that_fails_is_told(void **state)
{
	static const char *const codes[] = {
		"return setmetatable({}, {__tostring=function() error('no', 0) end})",
		"return setmetatable({}, {__pairs=function() error('no', 0) end})",
		"return setmetatable({}, {__index=function() error('no', 0) end})",
		"return {'a', {setmetatable({}, {__tostring=function() error('no', 0) end})}}",
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		struct script_value value = {0};

		assert_int_equal(run(*state, codes[i], &value), ERROR_USAGE);
		assert_string_equal(lua_tostring(*state, -1), "no");
	}
}

static void a_metamethod_cannot_yield(void **state)
{
	struct script_value value = {0};

	assert_int_equal(
		run(*state,
		    "return setmetatable({}, {__tostring=function() coroutine.yield() end})",
		    &value),
		ERROR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_vector_gives_its_text_and_its_value),
		cmocka_unit_test(nothing_returned_is_no_result),
		cmocka_unit_test(pairs_may_order_what_is_shown),
		cmocka_unit_test(other_values_are_their_tostring),
		cmocka_unit_test(a_table_that_holds_itself_ends),
		cmocka_unit_test(what_has_no_end_is_cut),
		cmocka_unit_test(keys_that_are_not_shown_have_an_end_too),
		cmocka_unit_test(a_metamethod_that_fails_is_told),
		cmocka_unit_test(a_metamethod_cannot_yield),
	};

	return cmocka_run_group_tests(tests, open_lua, close_lua);
}
