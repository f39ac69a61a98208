/* The same answers, and the same complaints, as Lua's own functions: on chosen patterns, and on
 * many made at random. */
#include "support.h"

#include "script/machine.h"
#include "util/random.h"

#include <lauxlib.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS 60000

static struct script_machine *machine;
static lua_State *theirs, *ours;

static const char compare_text[] =
	"local subject, pattern, replacement, init = ...\n"
	"local out = {}\n"
	"local function note(...)\n"
	"  for i = 1, select('#', ...) do\n"
	"    out[#out + 1] = tostring((select(i, ...)))\n"
	"  end\n"
	"  out[#out + 1] = '|'\n"
	"end\n"
	"note(pcall(function() return string.find(subject, pattern, init) end))\n"
	"note(pcall(function() return string.match(subject, pattern, init) end))\n"
	"note(pcall(function() return string.gsub(subject, pattern, replacement) end))\n"
	"note(pcall(function() return string.gsub(subject, pattern, '<%0>', init) end))\n"
	"note(pcall(function() return string.gsub(subject, pattern, function(...) note(...) "
	"return select(2, ...) end) end))\n"
	"note(pcall(function() return string.gsub(subject, pattern, {a = 'A', ab = 1, b = false}) "
	"end))\n"
	"note(pcall(function() for a, b in string.gmatch(subject, pattern, init) do note(a, b) end "
	"end))\n"
	"return table.concat(out, ' ')\n";

static int open_both(void **state)
{
	const struct script_machine_config config = {0};

	assert_int_equal(script_machine_new(&config, &machine), 0);
	ours = script_machine_lua(machine);
	theirs = luaL_newstate();
	luaL_openlibs(theirs);
	assert_int_equal(luaL_loadbuffer(ours, compare_text, strlen(compare_text), "=c"), LUA_OK);
	assert_int_equal(luaL_loadbuffer(theirs, compare_text, strlen(compare_text), "=c"), LUA_OK);
	return 0;
}

static int close_both(void **state)
{
	lua_close(theirs);
	script_machine_free(machine);
	return 0;
}

struct text {
	const char *bytes;
	size_t count;
};

static void ask(lua_State *lua, const struct text *subject, const struct text *pattern,
		const struct text *replacement, lua_Integer init)
{
	lua_settop(lua, 1);
	lua_pushvalue(lua, 1);
	lua_pushlstring(lua, subject->bytes, subject->count);
	lua_pushlstring(lua, pattern->bytes, pattern->count);
	lua_pushlstring(lua, replacement->bytes, replacement->count);
	lua_pushinteger(lua, init);
	if (lua_pcall(lua, 4, 1, 0) != LUA_OK)
		fail_msg("%s", lua_tostring(lua, -1));
}

static void same(const struct text *subject, const struct text *pattern,
		 const struct text *replacement, lua_Integer init)
{
	size_t our_count, their_count;
	const char *our, *their;

	ask(ours, subject, pattern, replacement, init);
	ask(theirs, subject, pattern, replacement, init);
	our = lua_tolstring(ours, -1, &our_count);
	their = lua_tolstring(theirs, -1, &their_count);
	if (our_count != their_count || memcmp(our, their, our_count) != 0)
		fail_msg("subject '%s' pattern '%s' replacement '%s' init %lld:\n%s\n%s",
			 subject->bytes, pattern->bytes, replacement->bytes, (long long)init, our,
			 their);
}

static void chosen_patterns_do_the_same(void **state)
{
	static const char *const patterns[] = {
		"",          "^",          "$",
		"^$",        "a",          "^a-$",
		"a*",        "a+",         "a-",
		"a-b",       "(a*)(b*)",   "(a*(b*))",
		"()a()",     "%b()",       "%b(",
		"%b",        "%f[%w]",     "%f",
		"%f[",       "[",          "[a",
		"[]",        "[]]",        "[^]]",
		"[^",        "[a-",        "[a-]",
		"[%a-z]",    "[%]]",       "[%",
		"%",         "(",          ")",
		"(a",        "a)",         "(a)%1",
		"(a)%2",     "(%1)",       "%1",
		"%0",        "(a)(b)%2%1", "()%1",
		"[a-b-c]+",  "%a%A%d%D",   "%s*",
		"%x+%p",     "%u%l",       "%g%c",
		".-%s",      "a?b?",       "a$b",
		"$a",        "a^b",        "^^a",
		"%%",        "%z",         "[^%s]+",
		"((((a))))", "(.)(.)%2",   "[%w_]+",
		"x*()",      "(a-)(b?)$",  "\xff-[\x80-\xff]",
	};
	static const char *const subjects[] = {
		"", "a", "ab ab", "aabb(a(b)c)", "foo bar_9 ]%", "\xff\xfe", "AaBb-1 \t\n"};
	static const char *const replacements[] = {"",   "x%0", "%1%2", "%",
						   "%9", "%a",  "%%",   "[%1]"};

	for (size_t p = 0; p < sizeof(patterns) / sizeof(patterns[0]); p++)
		for (size_t s = 0; s < sizeof(subjects) / sizeof(subjects[0]); s++)
			for (size_t r = 0; r < sizeof(replacements) / sizeof(replacements[0]); r++)
				same(&(struct text){subjects[s], strlen(subjects[s])},
				     &(struct text){patterns[p], strlen(patterns[p])},
				     &(struct text){replacements[r], strlen(replacements[r])},
				     (lua_Integer)r - 4);
	same(&(struct text){"a\0b", 3}, &(struct text){"[^%z]+%z", 8}, &(struct text){"x", 1}, 1);
	same(&(struct text){"\0\0b", 3}, &(struct text){"%Z+", 3}, &(struct text){"x", 1}, 1);
}

static struct text make(struct random *random, char *to, size_t most, const char *from,
			size_t from_count)
{
	size_t count = random_below(random, most), at;

	for (at = 0; at < count; at++)
		to[at] = from[random_below(random, from_count)];
	to[count] = '\0';
	return (struct text){to, count};
}

static void random_patterns_do_the_same(void **state)
{
	static const char in_pattern[] = "aab.%%%[]()^$*+-?bfdsw12AS \0-",
			  in_subject[] = "aaabbb()1 A\0";
	static const char in_replacement[] = "x%%0129";
	char pattern[12], subject[14], replacement[5];
	struct random random;

	random_init(&random, 5);
	for (int round = 0; round < ROUNDS; round++) {
		struct text p =
			make(&random, pattern, sizeof(pattern), in_pattern, sizeof(in_pattern) - 1);
		struct text s =
			make(&random, subject, sizeof(subject), in_subject, sizeof(in_subject) - 1);
		struct text r = make(&random, replacement, sizeof(replacement), in_replacement,
				     sizeof(in_replacement) - 1);

		same(&s, &p, &r, (lua_Integer)random_below(&random, 9) - 4);
	}
}

static const char table_text[] =
	"local out = {}\n"
	"local function note(...) for i = 1, select('#', ...) do out[#out + 1] = "
	"tostring((select(i, ...))) end out[#out + 1] = ';' end\n"
	"local function proxy(t) return setmetatable({}, {__len = function() return #t end, "
	"__index = t, __newindex = t}) end\n"
	"local function show(t) local s = {} for i = 0, 9 do s[#s + 1] = tostring(t[i]) end "
	"return table.concat(s, ',') end\n"
	"for _, make in ipairs {function(t) return t end, proxy} do\n"
	"  for at = -1, 6 do for to = -1, 6 do\n"
	"    local t = make {5, 3, 4, 1}\n"
	"    note(pcall(table.insert, t, at, to)) note(show(t))\n"
	"    t = make {5, 3, 4, 1} note(pcall(table.remove, t, at)) note(show(t))\n"
	"    t = make {5, 3, 4, 1} note(pcall(table.concat, t, '+', at, to))\n"
	"    t = make {5, 3, 4, 1} local r = table.move(t, at, 3, to) note(show(t), r == t)\n"
	"    r = table.move(t, 1, 4, at, make {}) note(show(r))\n"
	"  end end\n"
	"  local t = make {5, 3, 4, 1} table.sort(t) note(show(t))\n"
	"  table.sort(t, function(a, b) return a > b end) note(show(t))\n"
	"  t = make {} note(table.remove(t), table.remove(t, 0), pcall(table.remove, t, 2))\n"
	"  table.insert(t, 7) note(show(t), pcall(table.insert, t)) note(pcall(table.concat, "
	"{{}}))\n"
	"  note(pcall(table.sort, {1, 'a'})) note(pcall(table.insert, 1, 1))\n"
	"end\n"
	"for i = -1, 5 do note(('ab'):rep(i), ('ab'):rep(i, '-'), (''):rep(i, '+')) end\n"
	"note(pcall(string.rep, 'x', math.maxinteger)) note(pcall(string.rep)) \n"
	"note(xpcall(function(a) return a + 1 end, print, 4))\n"
	"note(xpcall(error, function(m) return 'h' .. m end, 'e')) note(pcall(xpcall, print))\n"
	"note(load('return ...', 'n', 't')(7), load('return x', 'n', nil, {x = 8})())\n"
	"note(load('= =')) local env = {} load('y = 1', 'n', 't', env)() note(env.y)\n"
	"note(getmetatable(setmetatable({}, {__metatable = 'p'})), pcall(setmetatable, 1))\n"
	"note(pcall(setmetatable, setmetatable({}, {__metatable = 1}), {}))\n"
	"note(coroutine.wrap(function(...) return select('#', ...), coroutine.isyieldable() end)"
	"(nil, nil))\n"
	"return (table.concat(out, ' '):gsub('0x%x+', 'P'):gsub('#%d', '#N'))\n";

static void other_functions_do_the_same(void **state)
{
	const char *our, *their;

	if (luaL_loadstring(ours, table_text) != LUA_OK || lua_pcall(ours, 0, 1, 0) != LUA_OK)
		fail_msg("%s", lua_tostring(ours, -1));
	if (luaL_loadstring(theirs, table_text) != LUA_OK || lua_pcall(theirs, 0, 1, 0) != LUA_OK)
		fail_msg("%s", lua_tostring(theirs, -1));
	our = lua_tostring(ours, -1);
	their = lua_tostring(theirs, -1);
	for (size_t at = 0; our[at] || their[at]; at++)
		if (our[at] != their[at])
			fail_msg("at %zu:\n%.120s\n%.120s", at, our + (at > 60 ? at - 60 : 0),
				 their + (at > 60 ? at - 60 : 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chosen_patterns_do_the_same),
		cmocka_unit_test(random_patterns_do_the_same),
		cmocka_unit_test(other_functions_do_the_same),
	};

	return cmocka_run_group_tests(tests, open_both, close_both);
}
