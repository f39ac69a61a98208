/* Calls to the C libraries of scripts: the input is a program of one-byte steps, which push
 * values of all kinds and call functions and methods with what is on the stack. What they return
 * stays there for the next calls. The first two bytes say after how many allocations there is no
 * more memory; 0 is never. */
#include "net/services.h"
#include "script/lib_certificate.h"
#include "script/lib_nmapdb.h"
#include "script/library.h"
#include "util/alloc.h"
#include "util/reader.h"

#include <assert.h>
#include <lauxlib.h>
#include <lualib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define MEMORY_BYTES ((size_t)6 << 20)
#define VALUES_MAX   24
#define STEPS_MAX    120

struct memory {
	size_t bytes;
	unsigned left; /* allocations; 0: without end */
	bool short_of;
};

static void *allocate(void *self, void *old, size_t old_bytes, size_t bytes)
{
	struct memory *memory = self;
	void *new;

	old_bytes = old ? old_bytes : 0;
	if (bytes > old_bytes) {
		if (memory->left && !--memory->left)
			memory->short_of = true;
		if (memory->short_of || memory->bytes - old_bytes + bytes > MEMORY_BYTES)
			return NULL;
	}
	if (!bytes) {
		alloc_free(old);
		memory->bytes -= old_bytes;
		return NULL;
	}
	new = alloc_resize(old, bytes, 1);
	if (new)
		memory->bytes += bytes - old_bytes;
	return new;
}

static struct services *services; /* for all runs */
static struct lib_nmapdb_tables tables;

/* Names of strings that functions take: algorithms, formats. */
static const char *const words[] = {
	"md5",
	"sha256",
	"shake256",
	"rc4",
	"aes-128-cbc",
	"aes-128-gcm",
	"bf-cbc",
	"des",
	"des3-wrap",
	"rc2-cbc",
	"aes-128-ccm",
	"aes-256-xts",
	"chacha20",
	"id-aes128-wrap",
	"*a",
	"*l",
	"sync",
	"full",
	"finish",
	"tcp",
	"0123456789abcdef",
	"-12",
	"0000000000",
	"pem",
	"subject",
	"extensions",
};

/* The n-th function of all libraries, in the order of their names: the same in every run. */
static const char pick_function[] =
	"local list = {}\n"
	"for _, l in ipairs { 'lfs', 'nmapdb', 'openssl', 'zlib' } do\n"
	"  local names = {}\n"
	"  for n, f in pairs(package.loaded[l]) do\n"
	"    if type(f) == 'function' then names[#names + 1] = n end end\n"
	"  table.sort(names)\n"
	"  for _, n in ipairs(names) do list[#list + 1] = package.loaded[l][n] end\n"
	"end\n"
	"list[#list + 1] = ...\n"
	"local primes = { [openssl.bignum_is_prime] = true, [openssl.bignum_is_safe_prime] = "
	"true,\n"
	"  [openssl.bignum_mod_exp] = true }\n"
	"local methods = { 'read', 'read', 'write', 'flush', 'close', 'lines', 'adler', 'digest', "
	"'next',\n"
	"  'tobin', 'todec', 'tohex', 'tompi', 'set_bit', 'clear_bit', 'is_bit_set', 'num_bits', "
	"'pem' }\n"
	/* Slow for large numbers: their bounds are tested elsewhere. */
	"local function small(...)\n"
	"  for i = 1, select('#', ...) do local ok, b = pcall(openssl.bignum_num_bits, (select(i, "
	"...)))\n"
	"    if ok and b > 200 then return false end end\n"
	"  return true\n"
	"end\n"
	"return function(n, ...)\n"
	"  local f = list[n % #list + 1]\n"
	"  if not primes[f] or small(...) then return f(...) end\n"
	"end, function(n, o, ...)\n"
	"  local f = o[methods[n % #methods + 1]]\n"
	"  if type(f) == 'function' then return f(o, ...) end\n"
	"  return f, tostring(o)\n"
	"end, function(source) local first = source return function(...)\n"
	"  local x = first first = nil return x end end\n";

enum { CALL = 1, METHOD, CALLBACK, FIRST };

static void push_bytes(lua_State *lua, struct reader *in)
{
	size_t bytes = read_u8(in);
	const uint8_t *from;

	if (bytes >= 0xf0)
		bytes = (bytes - 0xef) * 256;
	if (bytes > in->left_bytes)
		bytes = in->left_bytes;
	from = reader_take(in, bytes);
	lua_pushlstring(lua, from ? (const char *)from : "", from ? bytes : 0);
}

static void push_integer(lua_State *lua, struct reader *in)
{
	static const lua_Integer some[] = {
		-1,
		0,
		1,
		7,
		15,
		16,
		31,
		47,
		65535,
		65536,
		INT32_MAX,
		INT32_MIN,
		-15,
		1000,
		(lua_Integer)1 << 32,
		LUA_MAXINTEGER,
		LUA_MININTEGER,
	};

	lua_pushinteger(lua, some[read_u8(in) % (sizeof(some) / sizeof(*some))]);
}

/* A source or a sink: the value on top, once; then nil. */
static void push_callback(lua_State *lua)
{
	lua_pushvalue(lua, CALLBACK);
	lua_pushvalue(lua, -2);
	lua_call(lua, 1, 1);
}

/* Calls with the last `count` values, which stay or are taken; what is returned stays. */
static void call(lua_State *lua, int function, int number, int count, bool take)
{
	int most = lua_gettop(lua) - FIRST, first, i;

	if (count > most)
		count = most;
	first = lua_gettop(lua) - count + 1;
	lua_pushvalue(lua, function);
	lua_insert(lua, first);
	lua_pushinteger(lua, number);
	lua_insert(lua, first + 1);
	if (!take)
		for (i = 0; i < count + 2; i++)
			lua_pushvalue(lua, first + i);
	if (lua_pcall(lua, count + 1, LUA_MULTRET, 0))
		lua_pop(lua, 1);
	if (!take) {
		lua_remove(lua, first + 1);
		lua_remove(lua, first);
	}
}

static void make_room(lua_State *lua)
{
	while (lua_gettop(lua) > FIRST + VALUES_MAX)
		lua_remove(lua, FIRST + 1);
}

static void step(lua_State *lua, struct reader *in)
{
	uint8_t what = read_u8(in);

	switch (what >> 5) {
	case 0:
		push_bytes(lua, in);
		break;
	case 1:
		lua_pushstring(lua, words[what % (sizeof(words) / sizeof(*words))]);
		break;
	case 2:
		push_integer(lua, in);
		break;
	case 3:
		if (what & 1)
			push_callback(lua);
		else if (what & 2)
			lua_pushboolean(lua, what & 4);
		else if (what & 4)
			lua_pushnumber(lua, what / 3.0);
		else
			lua_pushnil(lua);
		break;
	case 4:
	case 5:
		call(lua, CALL, read_u8(in), what & 7, what & 8);
		break;
	default:
		call(lua, METHOD, read_u8(in), 1 + (what & 3), what & 8);
		break;
	}
	make_room(lua);
}

static struct memory *memory_of(lua_State *lua)
{
	void *memory;

	lua_getallocf(lua, &memory);
	return memory;
}

static int run(lua_State *lua)
{
	struct reader *in = lua_touserdata(lua, 1);
	int steps;

	luaL_checkstack(lua, 100, NULL);
	lib_nmapdb_set_tables(lua, &tables);
	luaL_requiref(lua, "_G", luaopen_base, 1);
	luaL_requiref(lua, "package", luaopen_package, 1);
	luaL_requiref(lua, "table", luaopen_table, 1);
	luaL_requiref(lua, "string", luaopen_string, 1);
	script_libraries_open(lua);
	lua_settop(lua, 0);
	luaL_loadstring(lua, pick_function);
	lua_pushcfunction(lua, lib_certificate_parse);
	lua_call(lua, 1, FIRST - 1);
	lua_pushnil(lua); /* FIRST: never an empty stack */
	memory_of(lua)->left = read_be16(in);
	for (steps = 0; steps < STEPS_MAX && in->left_bytes; steps++)
		step(lua, in);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct memory memory = {0};
	struct reader in = reader_of(data, bytes);
	lua_State *lua;

	if (!services && services_builtin(&services))
		return 0;
	tables.services = services;
	lua = lua_newstate(allocate, &memory);
	if (!lua)
		return 0;
	lua_pushcfunction(lua, run);
	lua_pushlightuserdata(lua, &in);
	lua_pcall(lua, 1, 0, 0);
	lua_close(lua);
	assert(!memory.bytes);
	return 0;
}
