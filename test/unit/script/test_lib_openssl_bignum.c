/* Bignums of the library openssl. */
#include "lua_snippets.h"
#include "support.h"

static struct snippet_memory memory;
static lua_State *lua;

static int open_state(void **state)
{
	lua = snippet_state(&memory);
	snippet_run(lua, "dec, hx, bin = openssl.bignum_dec2bn, openssl.bignum_hex2bn, "
			 "openssl.bignum_bin2bn");
	return 0;
}

static int close_state(void **state)
{
	lua_close(lua);
	return memory.bytes ? -1 : 0;
}

static void numbers_are_read_and_printed(void **state)
{
	snippet_run(lua, "local b = bin('\\1\\2')\n"
			 "same({tostring(b), type(b), b:tobin(), b:todec(), b:tohex(), "
			 "b:num_bits(), b:num_bytes()},\n"
			 "  {'0102', 'userdata', '\\1\\2', '258', '0102', 9, 2})\n"
			 "b = bin('')\n"
			 "same({tostring(b), b:tobin(), b:todec(), b:num_bits(), b:num_bytes()}, "
			 "{'0', '', '0', 0, 0})\n"
			 "b = dec('-12345')\n"
			 "same({openssl.bignum_bn2bin(b), openssl.bignum_bn2dec(b), "
			 "openssl.bignum_bn2hex(b)},\n"
			 "  {'09', '-12345', '-3039'})\n"
			 "same(hx('fF'):todec(), '255') same(hx('ab\\0cd'):tohex(), 'AB')\n");
}

static void what_is_no_number_is_read_as_far_as_it_is(void **state)
{
	snippet_run(lua, "for digits, value in pairs { [''] = '0', zz = '0', ['12zz'] = '12', "
			 "['-'] = '0' } do\n"
			 "  same(dec(digits):todec(), value)\n"
			 "end\n"
			 "same(hx('xyz'):todec(), '0') same(hx(''):todec(), '0')\n");
}

static void multiple_precision_integers_of_rfc_4251(void **state)
{
	snippet_run(lua, "same(hex(dec('0'):tompi()), '00000000')\n"
			 "same(hex(hx('9a378f9b2e332a7'):tompi()), '0000000809a378f9b2e332a7')\n"
			 "same(hex(hx('80'):tompi()), '000000020080')\n"
			 "same(hex(openssl.bignum_bn2mpi(hx('-80'))), '000000020080')\n");
}

static void they_calculate(void **state)
{
	snippet_run(lua, "same(tostring(openssl.bignum_add(dec '17', dec '-5')), '0C')\n"
			 "local q, r = openssl.bignum_div(dec '17', dec '5')\n"
			 "same({q:todec(), r:todec()}, {'3', '2'})\n"
			 "q, r = openssl.bignum_div(dec '17', dec '0')\n"
			 "same({q:todec(), r:todec()}, {'0', '0'})\n"
			 "local p = openssl.bignum_mod_exp\n"
			 "same(p(dec '4', dec '13', dec '497'):todec(), '445')\n"
			 "same(p(dec '4', dec '13', dec '500'):todec(), '364')\n"
			 "same(p(dec '4', dec '13', dec '0'):todec(), '0')\n");
}

static void bits_are_set_and_cleared_in_place(void **state)
{
	snippet_run(lua,
		    "local b = dec '0'\n"
		    "same(select('#', b:set_bit(9)), 0) same(tostring(b), '0200')\n"
		    "same({b:is_bit_set(9), b:is_bit_set(8), b:is_bit_set(-1), b:is_bit_set(1 << "
		    "40)},\n"
		    "  {true, false, false, false})\n"
		    "b = dec '7' b:clear_bit(1) b:clear_bit(900) b:clear_bit(-1) b:set_bit(-1)\n"
		    "same(b:todec(), '5')\n"
		    "openssl.bignum_set_bit(b, 4) openssl.bignum_clear_bit(b, 0)\n"
		    "same(openssl.bignum_is_bit_set(b, 4), true) same(b:todec(), '20')\n");
}

static void primes_are_told(void **state)
{
	snippet_run(
		lua,
		"same({dec '7':is_prime(), dec '8':is_prime(), dec '0':is_prime()}, {true, false, "
		"false})\n"
		"local function safe(n) return table.pack(dec(n):is_safe_prime()) end\n"
		"same(safe '7', {n = 2, true, true}) same(safe '13', {n = 2, false, true})\n"
		"same(safe '12', {n = 2, false, false})\n"
		"same(table.pack(openssl.bignum_is_safe_prime(dec '23', 5, true)), {n = 2, true, "
		"true})\n"
		/* RFC 2409, 6.1: the first Oakley group is of a safe prime. */
		"local oakley = hx('FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD1' ..\n"
		"  '29024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6D' ..\n"
		"  'F25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A63A3620FFFFFFFFFFFFFFFF')\n"
		"same({oakley:is_safe_prime()}, {true, true}) same(oakley:num_bits(), 768)\n");
}

static void random_numbers_have_at_most_their_bits(void **state)
{
	snippet_run(lua,
		    "for _, f in ipairs { openssl.bignum_rand, openssl.bignum_pseudo_rand } do\n"
		    "  for bits = 0, 70 do assert(f(bits):num_bits() <= bits) end\n"
		    "  same(f(-1):todec(), '0')\n"
		    "  local least = 64\n"
		    "  for _ = 1, 200 do least = math.min(least, f(64):num_bits()) end\n"
		    "  assert(least < 64)\n"
		    "end\n");
}

static void other_values_are_refused(void **state)
{
	snippet_run(
		lua,
		"raises(\"bad argument #1 to 'bignum_add' (BIGNUM expected, got number)\",\n"
		"  function() openssl.bignum_add(1, 2) end)\n"
		"raises(\"bad argument #1 to 'bignum_bn2dec' (BIGNUM expected, got FILE*)\",\n"
		"  function() openssl.bignum_bn2dec(io.stdout) end)\n"
		"same(dec '1'.nothing, nil) assert(dec '1' ~= dec '1')\n"
		"assert(not pcall(function() local b = dec '1' b.x = 1 end))\n"
		"local b = dec '1' debug.setuservalue(b, {}, 1) assert(not pcall(b.todec, b))\n");
}

static void large_numbers_are_refused(void **state)
{
	snippet_run(
		lua,
		"local long = 'OpenSSL error: error:01800072:bignum routines::bignum too long'\n"
		"local most = bin(('\\255'):rep(8192))\n"
		"same(most:num_bits(), 65536) same(dec(most:todec()):tohex(), most:tohex())\n"
		"raises(long, openssl.bignum_add, most, dec '1')\n"
		"raises(long, openssl.bignum_mod_exp, dec '2', dec '2', most)\n"
		"raises(long, most.is_prime, most)\n"
		"assert(not pcall(bin, ('\\255'):rep(8193)) and not pcall(openssl.bignum_rand, "
		"65537))\n"
		"assert(not pcall(most.set_bit, most, 65536) and not pcall(most.set_bit, most, 1 "
		"<< 31))\n"
		"assert(not pcall(dec, ('9'):rep(1 << 20)) and not pcall(hx, ('F'):rep(1 << "
		"20)))\n");
}

/* Lua's limit on memory counts what numbers are made of. */
static void their_memory_is_luas(void **state)
{
	memory.limit_bytes = 4 << 20;
	snippet_run(lua, "local all = {}\n"
			 "local ok, e = pcall(function()\n"
			 "  for i = 1, 2000 do all[i] = dec '0' all[i]:set_bit(65535) end\n"
			 "end)\n"
			 "assert(not ok and e == 'not enough memory' and #all < 600)\n"
			 "all = nil\n");
	assert_true(memory.most_bytes <= memory.limit_bytes);
	memory.limit_bytes = 0;
}

static void short_memory_is_an_error(void **state)
{
	snippet_run_short_of_memory(
		"local b = openssl.bignum_dec2bn('123456789123456789')\n"
		"b:set_bit(4000) b:todec() b:tohex() b:tobin() b:tompi()\n"
		"openssl.bignum_div(b, openssl.bignum_mod_exp(b, b, b))\n"
		"openssl.bignum_add(b, openssl.bignum_rand(99)):is_safe_prime()\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(numbers_are_read_and_printed, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(what_is_no_number_is_read_as_far_as_it_is,
						open_state, close_state),
		cmocka_unit_test_setup_teardown(multiple_precision_integers_of_rfc_4251, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(they_calculate, open_state, close_state),
		cmocka_unit_test_setup_teardown(bits_are_set_and_cleared_in_place, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(primes_are_told, open_state, close_state),
		cmocka_unit_test_setup_teardown(random_numbers_have_at_most_their_bits, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(other_values_are_refused, open_state, close_state),
		cmocka_unit_test_setup_teardown(large_numbers_are_refused, open_state, close_state),
		cmocka_unit_test_setup_teardown(their_memory_is_luas, open_state, close_state),
		cmocka_unit_test(short_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
