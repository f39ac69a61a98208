/* Bignums. A number lies in Lua's memory, as a string of its bytes, and is OpenSSL's only while
 * a function runs: so Lua's limit on memory counts all of them, and no error can leak one. */
#include "script/lib_guard.h"
#include "script/lib_openssl.h"

#include <lauxlib.h>
#include <openssl/err.h>
#include <stdbool.h>
#include <string.h>

#define BIGNUM_TYPE "BIGNUM"

/* No instruction count ends a C function, so these bound its time. Measured in 2026: 4 ms for
 * printing, a second for a power, 0.1 s for a prime of 2048 bits and so some 8 for one of 8192,
 * twice that if it is a safe one. */
#define BITS_MAX       LIB_OPENSSL_BITS_MAX
#define SLOW_BITS_MAX  16384
#define PRIME_BITS_MAX 8192

/* The bytes (big-endian) are the first user value. */
struct bignum {
	bool negative;
};

static void number_free(void *thing)
{
	BN_free(thing);
}

static void scratch_free(void *thing)
{
	BN_CTX_free(thing);
}

/* A number or scratch room for the running function; its guard is pushed. */
static BIGNUM *new_number(lua_State *lua)
{
	struct lib_guard *guard = lib_guard_push(lua, number_free);

	guard->thing = BN_new();
	if (!guard->thing)
		lib_openssl_raise(lua);
	return guard->thing;
}

static BN_CTX *new_scratch(lua_State *lua)
{
	struct lib_guard *guard = lib_guard_push(lua, scratch_free);

	guard->thing = BN_CTX_new_ex(lib_openssl_context(lua));
	if (!guard->thing)
		lib_openssl_raise(lua);
	return guard->thing;
}

static void bound(lua_State *lua, const BIGNUM *number, int bits)
{
	if (BN_num_bits(number) <= bits)
		return;
	ERR_raise(ERR_LIB_BN, BN_R_BIGNUM_TOO_LONG);
	lib_openssl_raise(lua);
}

/* OpenSSL's own number for the bignum at that index of the stack. */
static BIGNUM *check_number(lua_State *lua, int index)
{
	const struct bignum *bignum = luaL_checkudata(lua, index, BIGNUM_TYPE);
	BIGNUM *number = new_number(lua);
	const char *bytes;
	size_t count;

	ERR_clear_error();
	lua_getiuservalue(lua, index, 1);
	bytes = lua_tolstring(lua, -1, &count);
	if (!bytes || count > BITS_MAX / 8 ||
	    !BN_bin2bn((const unsigned char *)bytes, (int)count, number))
		lib_openssl_raise(lua);
	BN_set_negative(number, bignum->negative);
	lua_pop(lua, 1);
	return number;
}

static void push_bytes(lua_State *lua, const BIGNUM *number)
{
	luaL_Buffer buffer;
	size_t count = (size_t)BN_num_bytes(number);
	char *room = luaL_buffinitsize(lua, &buffer, count);

	BN_bn2bin(number, (unsigned char *)room);
	luaL_pushresultsize(&buffer, count);
}

/* Gives the bignum at that index another value. */
static void store(lua_State *lua, int index, const BIGNUM *number)
{
	struct bignum *bignum = lua_touserdata(lua, index);

	bound(lua, number, BITS_MAX);
	push_bytes(lua, number);
	lua_setiuservalue(lua, index, 1);
	bignum->negative = BN_is_negative(number);
}

static int bin2bn(lua_State *lua)
{
	size_t count;
	const char *bytes = luaL_checklstring(lua, 1, &count);
	BIGNUM *number = new_number(lua);

	luaL_argcheck(lua, count <= BITS_MAX / 8, 1, "number too long");
	if (!BN_bin2bn((const unsigned char *)bytes, (int)count, number))
		return lib_openssl_raise(lua);
	lib_openssl_push_bignum(lua, number);
	return 1;
}

/* Digits as far as they go: "12zz" is 12, and what has none is 0, as OpenSSL and Nmap have it. */
static int read_digits(lua_State *lua, int (*read)(BIGNUM **number, const char *digits))
{
	const char *digits = luaL_checkstring(lua, 1);
	BIGNUM *number = new_number(lua);

	luaL_argcheck(lua, strlen(digits) <= BITS_MAX / 3, 1, "number too long");
	ERR_clear_error();
	if (!read(&number, digits)) {
		if (ERR_peek_error())
			return lib_openssl_raise(lua);
		BN_zero(number);
	}
	lib_openssl_push_bignum(lua, number);
	return 1;
}

static int dec2bn(lua_State *lua)
{
	return read_digits(lua, BN_dec2bn);
}

static int hex2bn(lua_State *lua)
{
	return read_digits(lua, BN_hex2bn);
}

static int random_number(lua_State *lua)
{
	lua_Integer bits = luaL_checkinteger(lua, 1);
	BIGNUM *number = new_number(lua);

	luaL_argcheck(lua, bits <= BITS_MAX, 1, "too many bits");
	ERR_clear_error();
	if (bits > 0 && !BN_rand(number, (int)bits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY))
		return lib_openssl_raise(lua);
	lib_openssl_push_bignum(lua, number);
	return 1;
}

static int bn2bin(lua_State *lua)
{
	push_bytes(lua, check_number(lua, 1));
	return 1;
}

/* Four bytes of length, then the number: with a zero byte before it if its first bit is set,
 * which would be the sign. The sign itself is not told. */
static int bn2mpi(lua_State *lua)
{
	BIGNUM *number = check_number(lua, 1);
	luaL_Buffer buffer;
	size_t count;
	char *room;

	BN_set_negative(number, 0);
	count = (size_t)BN_bn2mpi(number, NULL);
	room = luaL_buffinitsize(lua, &buffer, count);
	BN_bn2mpi(number, (unsigned char *)room);
	luaL_pushresultsize(&buffer, count);
	return 1;
}

static void text_free(void *thing)
{
	OPENSSL_free(thing);
}

static int print_digits(lua_State *lua, char *(*print)(const BIGNUM *number))
{
	const BIGNUM *number = check_number(lua, 1);
	struct lib_guard *text = lib_guard_push(lua, text_free);

	text->thing = print(number);
	if (!text->thing)
		return lib_openssl_raise(lua);
	lua_pushstring(lua, text->thing);
	return 1;
}

static int bn2dec(lua_State *lua)
{
	return print_digits(lua, BN_bn2dec);
}

static int bn2hex(lua_State *lua)
{
	return print_digits(lua, BN_bn2hex);
}

static int add(lua_State *lua)
{
	const BIGNUM *a = check_number(lua, 1), *b = check_number(lua, 2);
	BIGNUM *sum = new_number(lua);

	if (!BN_add(sum, a, b))
		return lib_openssl_raise(lua);
	lib_openssl_push_bignum(lua, sum);
	return 1;
}

/* By zero it gives 0 and 0, as Nmap does. */
static int divide(lua_State *lua)
{
	const BIGNUM *a = check_number(lua, 1), *b = check_number(lua, 2);
	BIGNUM *quotient = new_number(lua), *rest = new_number(lua);

	if (!BN_is_zero(b) && !BN_div(quotient, rest, a, b, new_scratch(lua)))
		return lib_openssl_raise(lua);
	lib_openssl_push_bignum(lua, quotient);
	lib_openssl_push_bignum(lua, rest);
	return 2;
}

/* A modulus of zero gives 0, as Nmap does. */
static int mod_exp(lua_State *lua)
{
	const BIGNUM *base = check_number(lua, 1), *power = check_number(lua, 2);
	const BIGNUM *modulus = check_number(lua, 3);
	BIGNUM *result = new_number(lua);

	bound(lua, base, SLOW_BITS_MAX);
	bound(lua, power, SLOW_BITS_MAX);
	bound(lua, modulus, SLOW_BITS_MAX);
	if (!BN_is_zero(modulus) && !BN_mod_exp(result, base, power, modulus, new_scratch(lua)))
		return lib_openssl_raise(lua);
	lib_openssl_push_bignum(lua, result);
	return 1;
}

static int num_bits(lua_State *lua)
{
	lua_pushinteger(lua, BN_num_bits(check_number(lua, 1)));
	return 1;
}

static int num_bytes(lua_State *lua)
{
	lua_pushinteger(lua, BN_num_bytes(check_number(lua, 1)));
	return 1;
}

/* OpenSSL's functions on bits do nothing when there is no such bit, and neither do these. */
static int check_bit(lua_State *lua, int index)
{
	lua_Integer bit = luaL_checkinteger(lua, index);

	return bit < 0 || bit >= BITS_MAX ? -1 : (int)bit;
}

static int set_bit(lua_State *lua)
{
	BIGNUM *number = check_number(lua, 1);
	lua_Integer bit = luaL_checkinteger(lua, 2);

	luaL_argcheck(lua, bit < BITS_MAX, 2, "number too long");
	if (bit >= 0 && !BN_set_bit(number, (int)bit))
		return lib_openssl_raise(lua);
	store(lua, 1, number);
	return 0;
}

static int clear_bit(lua_State *lua)
{
	BIGNUM *number = check_number(lua, 1);
	int bit = check_bit(lua, 2);

	if (bit >= 0)
		BN_clear_bit(number, bit); /* fails for bits beyond the number: those are clear */
	ERR_clear_error();
	store(lua, 1, number);
	return 0;
}

static int is_bit_set(lua_State *lua)
{
	const BIGNUM *number = check_number(lua, 1);
	int bit = check_bit(lua, 2);

	lua_pushboolean(lua, bit >= 0 && BN_is_bit_set(number, bit));
	return 1;
}

static bool prime(lua_State *lua, const BIGNUM *number)
{
	BN_CTX *scratch = new_scratch(lua);
	int answer;

	bound(lua, number, PRIME_BITS_MAX);
	ERR_clear_error();
	answer = BN_check_prime(number, scratch, NULL);
	if (answer < 0)
		lib_openssl_raise(lua);
	return answer;
}

static int is_prime(lua_State *lua)
{
	lua_pushboolean(lua, prime(lua, check_number(lua, 1)));
	return 1;
}

/* A prime p is safe if (p - 1) / 2 is one, too. */
static int is_safe_prime(lua_State *lua)
{
	const BIGNUM *number = check_number(lua, 1);
	BIGNUM *half = new_number(lua);
	bool is = prime(lua, number), is_safe = false;

	if (is) {
		if (!BN_rshift1(half, number))
			return lib_openssl_raise(lua);
		is_safe = prime(lua, half);
	}
	lua_pushboolean(lua, is_safe);
	lua_pushboolean(lua, is);
	return 2;
}

static void push_methods(lua_State *lua)
{
	static const luaL_Reg methods[] = {
		{"num_bits", num_bits},
		{"num_bytes", num_bytes},
		{"tobin", bn2bin},
		{"tompi", bn2mpi},
		{"todec", bn2dec},
		{"tohex", bn2hex},
		{"is_bit_set", is_bit_set},
		{"set_bit", set_bit},
		{"clear_bit", clear_bit},
		{"is_prime", is_prime},
		{"is_safe_prime", is_safe_prime},
		{0},
	};

	luaL_newlib(lua, methods);
}

void lib_openssl_push_bignum(lua_State *lua, const BIGNUM *number)
{
	struct bignum *bignum;

	bound(lua, number, BITS_MAX);
	bignum = lua_newuserdatauv(lua, sizeof(*bignum), 1);
	bignum->negative = BN_is_negative(number);
	push_bytes(lua, number);
	lua_setiuservalue(lua, -2, 1);
	if (luaL_newmetatable(lua, BIGNUM_TYPE)) {
		push_methods(lua);
		lua_setfield(lua, -2, "__index");
		lua_pushcfunction(lua, bn2hex);
		lua_setfield(lua, -2, "__tostring");
	}
	lua_setmetatable(lua, -2);
}

void lib_openssl_add_bignums(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"bignum_bin2bn", bin2bn},
		{"bignum_dec2bn", dec2bn},
		{"bignum_hex2bn", hex2bn},
		{"bignum_rand", random_number},
		{"bignum_pseudo_rand", random_number},
		{"bignum_bn2bin", bn2bin},
		{"bignum_bn2mpi", bn2mpi},
		{"bignum_bn2dec", bn2dec},
		{"bignum_bn2hex", bn2hex},
		{"bignum_add", add},
		{"bignum_div", divide},
		{"bignum_mod_exp", mod_exp},
		{"bignum_num_bits", num_bits},
		{"bignum_num_bytes", num_bytes},
		{"bignum_set_bit", set_bit},
		{"bignum_clear_bit", clear_bit},
		{"bignum_is_bit_set", is_bit_set},
		{"bignum_is_prime", is_prime},
		{"bignum_is_safe_prime", is_safe_prime},
		{0},
	};

	luaL_setfuncs(lua, functions, 0);
}
