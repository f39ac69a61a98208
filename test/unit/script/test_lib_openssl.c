/* openssl: known answers of RFCs and NIST, and the errors as Nmap 7.93 words them. */
#include "lua_snippets.h"
#include "support.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

static struct snippet_memory memory;
static lua_State *lua;

static int open_state(void **state)
{
	lua = snippet_state(&memory);
	return 0;
}

static int close_state(void **state)
{
	lua_close(lua);
	return memory.bytes ? -1 : 0;
}

static void digests_of_abc(void **state)
{
	snippet_run(lua, /* RFC 1320, RFC 1321, FIPS 180-4, RIPEMD-160's paper */
		    "same(hex(openssl.md4('abc')), 'a448017aaf21d8525fc10ae87aa6729d')\n"
		    "same(hex(openssl.md5('abc')), '900150983cd24fb0d6963f7d28e17f72')\n"
		    "same(hex(openssl.sha1('abc')), 'a9993e364706816aba3e25717850c26c9cd0d89d')\n"
		    "same(hex(openssl.ripemd160('abc')),\n"
		    "  '8eb208f7e05d987a9b044a8e98c6b087f15a0bfc')\n"
		    "same(hex(openssl.digest('sha256', 'abc')),\n"
		    "  'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')\n"
		    "same(openssl.digest('SHA256', 'x'), openssl.digest('RSA-SHA256', 'x'))\n"
		    "same(hex(openssl.md5('')), 'd41d8cd98f00b204e9800998ecf8427e')\n");
}

static void unknown_digests_are_told(void **state)
{
	snippet_run(lua,
		    "raises('Unknown digest algorithm: nope', openssl.digest, 'nope', 'abc')\n"
		    "raises('Unknown digest algorithm: nope', openssl.hmac, 'nope', 'k', 'abc')\n"
		    "raises(\"bad argument #1 to 'md5' (string expected, got no value)\",\n"
		    "  function() openssl.md5() end)\n");
}

static void macs_of_rfc_2202(void **state)
{
	snippet_run(
		lua,
		"local key, data = ('\\x0b'):rep(16), 'Hi There'\n"
		"same(hex(openssl.hmac('md5', key, data)), '9294727a3638bb1c13f48ef8158bfc9d')\n"
		"same(hex(openssl.hmac('md5', 'Jefe', 'what do ya want for nothing?')),\n"
		"  '750c783e6ab0b503eaa86e310a5db738')\n"
		"same(hex(openssl.hmac('sha1', ('\\x0b'):rep(20), data)),\n"
		"  'b617318655057264e28bc0b6fb378c8ef146be00')\n"
		"same(hex(openssl.hmac('md5', '', 'abc')), 'dd2701993d29fdd0b032c233cec63403')\n");
}

static void ciphers_give_known_answers(void **state)
{
	/* SP 800-38A F.2.1; RC4 as Wikipedia shows it; the rest as 7.93 answers. */
	snippet_run(
		lua,
		"local key = bytes '2b7e151628aed2a6abf7158809cf4f3c'\n"
		"local iv = bytes '000102030405060708090a0b0c0d0e0f'\n"
		"local plain = bytes '6bc1bee22e409f96e93d7e117393172a'\n"
		"local out = openssl.encrypt('aes-128-cbc', key, iv, plain)\n"
		"same(hex(out), '7649abac8119b246cee98e9b12e9197d')\n"
		"same(openssl.decrypt('aes-128-cbc', key, iv, out), plain)\n"
		"same(hex(openssl.encrypt('rc4', 'Key', nil, 'Plaintext')), 'bbf316e8d940af0ad3')\n"
		"same(hex(openssl.encrypt('des', ('k'):rep(8), nil, ('d'):rep(8))),\n"
		"  'b647f1d58abd23a6')\n"
		"same(hex(openssl.encrypt('bf-cbc', ('k'):rep(5), '', ('d'):rep(8))),\n"
		"  '96c023b6d0a8fa7b')\n");
}

static void padding_is_added_only_when_asked_for(void **state)
{
	snippet_run(lua,
		    "local k, iv = ('k'):rep(16), ('\\0'):rep(16)\n"
		    "local function e(data, pad) return openssl.encrypt('aes-128-cbc', k, iv, "
		    "data, pad) end\n"
		    "same(#e(('d'):rep(16)), 16) same(#e(('d'):rep(16), true), 32) same(#e('', "
		    "true), 16)\n"
		    "same(openssl.decrypt('aes-128-cbc', k, iv, e('short', true), true), 'short')\n"
		    "raises('OpenSSL error: error:1C80006B:Provider routines::wrong final block "
		    "length',\n"
		    "  e, ('d'):rep(15))\n");
}

/* 7.93 took an iv that begins with a zero byte as none. */
static void an_iv_may_begin_with_zero(void **state)
{
	snippet_run(lua, "local k, d = ('k'):rep(16), ('d'):rep(16)\n"
			 "local iv = '\\0' .. ('i'):rep(15)\n"
			 "local out = openssl.encrypt('aes-128-cbc', k, iv, d)\n"
			 "assert(out ~= openssl.encrypt('aes-128-cbc', k, nil, d))\n"
			 "same(openssl.decrypt('aes-128-cbc', k, iv, out), d)\n"
			 "same(openssl.encrypt('aes-128-cbc', k, nil, d),\n"
			 "  openssl.encrypt('aes-128-ecb', k, nil, d))\n");
}

static void wrong_keys_and_ivs_are_told(void **state)
{
	snippet_run(
		lua,
		"local k, d, e = ('k'):rep(16), ('d'):rep(16), openssl.encrypt\n"
		"local length = 'OpenSSL error: error:03000082:digital envelope routines::' ..\n"
		"  'invalid key length'\n"
		"raises('Unknown cipher algorithm: nope', e, 'nope', k, nil, d)\n"
		"raises('Length of iv is 3; should be 16', e, 'aes-128-cbc', k, 'abc', d)\n"
		"raises('Length of iv is 4; should be 0', e, 'aes-128-ecb', k, 'abcd', d)\n"
		"raises('Length of iv is 12; should be 7', e, 'aes-128-ccm', k, ('i'):rep(12), d)\n"
		"raises(length, e, 'aes-128-cbc', 'short', nil, d)\n"
		"raises(length, e, 'aes-128-cbc', '', nil, d)\n"
		"raises(length, e, 'rc4', '', nil, d)\n");
}

static void des_keys_are_spread(void **state)
{
	snippet_run(lua, "local f = openssl.DES_string_to_key\n"
			 "same(hex(f('1234567')), '30988c6642a8d86e')\n"
			 "same(f(('\\255'):rep(7)), ('\\254'):rep(8))\n"
			 "raises('String must have length of 7 bytes.', f, '123456')\n"
			 "raises('String must have length of 7 bytes.', f, '12345678')\n");
}

static void random_bytes_are_as_many_as_asked(void **state)
{
	snippet_run(lua, "for _, f in ipairs { openssl.rand_bytes, openssl.rand_pseudo_bytes } do\n"
			 "  same(#f(0), 0) same(#f(100), 100) assert(f(16) ~= f(16))\n"
			 "  raises(\"Couldn't allocate memory.\", f, -1)\n"
			 "  raises(\"Couldn't allocate memory.\", f, 1 << 40)\n"
			 "end\n");
}

static void supported_algorithms_are_sorted_and_work(void **state)
{
	snippet_run(
		lua,
		"local digests, ciphers = openssl.supported_digests(), "
		"openssl.supported_ciphers()\n"
		"local function has(list, name)\n"
		"  for i, n in ipairs(list) do if i > 1 then assert(list[i - 1] < n) end end\n"
		"  for _, n in ipairs(list) do if n == name then return true end end\n"
		"end\n"
		"assert(has(digests, 'md4') and has(digests, 'sha256'))\n"
		"assert(has(ciphers, 'rc4') and has(ciphers, 'aes-128-cbc'))\n"
		"for _, n in ipairs(digests) do pcall(openssl.digest, n, 'x') end\n"
		"for _, n in ipairs(ciphers) do\n"
		"  for k = 1, 64 do\n"
		"    local _, e = pcall(openssl.encrypt, n, ('k'):rep(k), nil, ('d'):rep(32))\n"
		"    assert(not e:find('Unknown'), n)\n"
		"    pcall(openssl.decrypt, n, ('k'):rep(k), ('i'):rep(16), ('d'):rep(47), true)\n"
		"  end\n"
		"end\n");
}

/* What scripts may use is not offered to the rest of the process. */
static void the_process_keeps_its_algorithms(void **state)
{
	snippet_run(lua, "assert(openssl.encrypt('rc4', 'Key', nil, 'x'))");
	assert_null(EVP_MD_fetch(NULL, "MD4", NULL));
	assert_null(EVP_CIPHER_fetch(NULL, "RC4", NULL));
	assert_false(OSSL_PROVIDER_available(NULL, "legacy"));
}

static void short_memory_is_an_error(void **state)
{
	snippet_run_short_of_memory(
		"openssl.hmac('md5', 'k', ('x'):rep(999))\n"
		"openssl.encrypt('aes-128-cbc', ('k'):rep(16), nil, ('d'):rep(4096))\n"
		"openssl.rand_bytes(5000)\n"
		"openssl.supported_ciphers()\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(digests_of_abc, open_state, close_state),
		cmocka_unit_test_setup_teardown(unknown_digests_are_told, open_state, close_state),
		cmocka_unit_test_setup_teardown(macs_of_rfc_2202, open_state, close_state),
		cmocka_unit_test_setup_teardown(ciphers_give_known_answers, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(padding_is_added_only_when_asked_for, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(an_iv_may_begin_with_zero, open_state, close_state),
		cmocka_unit_test_setup_teardown(wrong_keys_and_ivs_are_told, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(des_keys_are_spread, open_state, close_state),
		cmocka_unit_test_setup_teardown(random_bytes_are_as_many_as_asked, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(supported_algorithms_are_sorted_and_work,
						open_state, close_state),
		cmocka_unit_test_setup_teardown(the_process_keeps_its_algorithms, open_state,
						close_state),
		cmocka_unit_test(short_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
