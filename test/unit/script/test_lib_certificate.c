/* The certificate object, as Nmap 7.93 fills it in. */
#include "lua_snippets.h"
#include "support.h"
#include "tls_identity.h"

#include "script/lib_certificate.h"
#include "script/lib_openssl.h"

#include <lauxlib.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct snippet_memory memory;
static lua_State *lua;

static X509 *identity(void)
{
	BIO *bio = BIO_new_mem_buf(tls_identity_certificate, -1);
	X509 *x509 = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	assert_non_null(x509);
	BIO_free(bio);
	return x509;
}

/* der(NAME): a seed of the fuzz harness of certificates. */
static int seed(lua_State *state)
{
	char path[200];
	size_t bytes;
	char *der;

	snprintf(path, sizeof(path), "fuzz/corpus/tls_certificate/%s", luaL_checkstring(state, 1));
	der = support_read_file(path, &bytes);
	lua_pushlstring(state, der, bytes);
	free(der);
	return 1;
}

static int open_state(void **state)
{
	X509 *x509 = identity();

	lua = snippet_state(&memory);
	lua_register(lua, "parse", lib_certificate_parse);
	lua_register(lua, "der", seed);
	lib_certificate_push(lua, x509);
	lua_setglobal(lua, "cert");
	X509_free(x509);
	lua_pushstring(lua, tls_identity_certificate);
	lua_setglobal(lua, "pem");
	return 0;
}

static int close_state(void **state)
{
	lua_close(lua);
	return memory.bytes ? -1 : 0;
}

static void names_times_and_algorithm(void **state)
{
	snippet_run(
		lua,
		"local name = { countryName = 'XX', organizationName = 'Lab, Gr\\u{f6}\\u{df}e',\n"
		"  commonName = 'www.lab.test' }\n"
		"same(cert.subject, name) same(cert.issuer, name)\n"
		"same(cert.sig_algorithm, 'ecdsa-with-SHA256')\n"
		"same(cert.validity, {\n"
		"  notBefore = { year = 2026, month = 11, day = 26, hour = 1, min = 48, sec = 42 "
		"},\n"
		"  notAfter = { year = 2126, month = 11, day = 2, hour = 1, min = 48, sec = 42 } "
		"})\n"
		"same(math.type(cert.validity.notAfter.year), 'integer')\n");
}

static void extensions_are_printed(void **state)
{
	snippet_run(
		lua,
		"same(cert.extensions, {\n"
		"  { name = 'X509v3 Subject Alternative Name', value = 'DNS:www.lab.test, ' ..\n"
		"    'DNS:*.lab.test, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:7, ' ..\n"
		"    'email:root@lab.test, URI:https://lab.test/' },\n"
		"  { name = 'X509v3 Basic Constraints', value = 'CA:FALSE' },\n"
		"  { name = 'X509v3 Subject Key Identifier', value =\n"
		"    'AC:DE:67:DE:6A:58:6A:76:C8:83:FA:E8:AD:EB:5F:17:BE:AC:31:E1' } })\n");
}

static void keys_are_described(void **state)
{
	snippet_run(lua,
		    "same(cert.pubkey, { type = 'ec', bits = 256, ecdhparams = { curve_params =\n"
		    "  { ec_curve_type = 'namedcurve', curve = 'prime256v1' } } })\n"
		    "local rsa = parse(der 'rsa').pubkey\n"
		    "same({rsa.type, rsa.exponent:todec(), rsa.modulus:num_bits()}, {'rsa', "
		    "'65537', rsa.bits})\n"
		    "same(parse(der 'dsa').pubkey.type, 'dsa')\n"
		    "local other = parse(der 'ed25519')\n"
		    "same(other.pubkey, { type = 'unknown', bits = 256 }) "
		    "same(other.sig_algorithm, 'ED25519')\n");
}

static void the_object_is_read_only_userdata(void **state)
{
	snippet_run(lua, "same(type(cert), 'userdata') same(cert.nothing, nil) same(cert[1], nil)\n"
			 "assert(tostring(cert):find('^SSL_CERT: '))\n"
			 "assert(not pcall(function() cert.x = 1 end))\n"
			 "assert(not pcall(getmetatable(cert).__index, io.stdout, 'pem'))\n"
			 "debug.setuservalue(cert, nil, 1) assert(not pcall(function() return "
			 "cert.pem end))\n");
}

static void pem_and_digest_are_of_the_der(void **state)
{
	snippet_run(lua, "same(cert.pem, pem)\n"
			 "local d = der 'rsa' local c = parse(d)\n"
			 "for _, name in ipairs { 'md5', 'sha1', 'sha256' } do\n"
			 "  same(c:digest(name), openssl.digest(name, d))\n"
			 "end\n"
			 "same(select('#', c:digest('nope')), 0)\n"
			 "assert(not pcall(c.digest, c) and not pcall(c.digest, {}, 'md5'))\n"
			 "same(parse(d .. 'tail').pem, c.pem) same(parse(d .. "
			 "'tail'):digest('md5'), openssl.md5(d))\n");
}

static void what_is_no_certificate_is_nil(void **state)
{
	snippet_run(lua, "for _, s in ipairs { '', 'garbage', der 'rsa':sub(1, -2), ('x'):rep(1 << "
			 "20) } do\n"
			 "  same(table.pack(parse(s)), {n = 1, nil})\n"
			 "end\n"
			 "assert(not pcall(parse))\n"
			 "local d = der 'rsa'\n"
			 "for i = 1, #d do\n" /* one byte of it is another */
			 "  local c = parse(d:sub(1, i - 1) .. string.char(d:byte(i) ~ 0x21) .. "
			 "d:sub(i + 1))\n"
			 "  assert(c == nil or c.pubkey.bits and c.pem and c.validity.notAfter)\n"
			 "end\n");
}

static EVP_PKEY *rsa_key(const BIGNUM *modulus)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY *key = NULL;
	OSSL_PARAM *params;

	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus);
	OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, BN_value_one());
	params = OSSL_PARAM_BLD_to_param(builder);
	assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
	assert_int_equal(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params), 1);
	OSSL_PARAM_free(params);
	OSSL_PARAM_BLD_free(builder);
	EVP_PKEY_CTX_free(context);
	return key;
}

/* By a key that is not its own, so that it can be encoded. */
static void sign(X509 *x509)
{
	BIO *bio = BIO_new_mem_buf(tls_identity_key, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);

	assert_true(X509_sign(x509, key, EVP_sha256()) > 0);
	EVP_PKEY_free(key);
	BIO_free(bio);
}

/* A certificate of our own making with what ours and OpenSSL's tools rarely have. */
static X509 *odd_certificate(const BIGNUM *modulus)
{
	X509 *x509 = X509_new();
	X509_NAME *name = X509_get_subject_name(x509);
	ASN1_OBJECT *oid = OBJ_txt2obj("1.3.6.1.4.1.99999.7", 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *extension;
	EVP_PKEY *key = rsa_key(modulus);

	X509_NAME_add_entry_by_txt(name, "OU", MBSTRING_ASC, (const unsigned char *)"first", -1, -1,
				   0);
	X509_NAME_add_entry_by_txt(name, "OU", MBSTRING_ASC, (const unsigned char *)"second", -1,
				   -1, 0);
	X509_NAME_add_entry_by_OBJ(name, oid, V_ASN1_BMPSTRING, (const unsigned char *)"\0o\0\xf6",
				   4, -1, 0);
	ASN1_OCTET_STRING_set(value, (const unsigned char *)"\x0c\x01x", 3);
	extension = X509_EXTENSION_create_by_OBJ(NULL, oid, 1, value);
	X509_add_ext(x509, extension, -1);
	ASN1_STRING_set(X509_getm_notBefore(x509), "tomorrow", -1);
	ASN1_TIME_set_string(X509_getm_notAfter(x509), "20300102030405Z");
	X509_set_pubkey(x509, key);
	sign(x509);
	EVP_PKEY_free(key);
	X509_EXTENSION_free(extension);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(oid);
	return x509;
}

static void push_odd(int bits)
{
	BIGNUM *modulus = BN_new();
	X509 *x509;

	BN_set_bit(modulus, bits - 1);
	x509 = odd_certificate(modulus);
	lib_certificate_push(lua, x509);
	lua_setglobal(lua, "odd");
	X509_free(x509);
	BN_free(modulus);
}

static void odd_certificates_are_told_as_they_are(void **state)
{
	push_odd(1024);
	snippet_run(lua,
		    "same(odd.subject.organizationalUnitName, 'second')\n"
		    "for oid, value in pairs(odd.subject) do if type(oid) == 'table' then\n"
		    "  same(oid, {'1', '3', '6', '1', '4', '1', '99999', '7'}) same(value, "
		    "'\\0o\\0\\xf6') found = true\n"
		    "end end assert(found)\n"
		    "same(odd.issuer, {})\n"
		    "same(odd.validity.notBefore, 'tomorrow') same(odd.validity.notAfter.min, 4)\n"
		    "same(odd.extensions, {{ name = '1.3.6.1.4.1.99999.7', critical = true, error "
		    "= true }})\n");
}

static void huge_keys_have_no_modulus(void **state)
{
	push_odd(LIB_OPENSSL_BITS_MAX + 1);
	snippet_run(lua, "same(odd.pubkey.type, 'rsa') same(odd.pubkey.modulus, nil)\n"
			 "same(odd.pubkey.exponent:todec(), '1') same(odd.pubkey.bits, 65537)\n");
}

static void short_memory_is_an_error(void **state)
{
	long nth, failed = 0;

	for (nth = 1; nth < 400; nth++) {
		lua = snippet_state(&memory);
		lua_pushcfunction(lua, lib_certificate_parse);
		lua_pushcfunction(lua, seed);
		lua_pushstring(lua, "rsa");
		lua_call(lua, 1, 1);
		memory.fail_after = nth;
		if (lua_pcall(lua, 1, 1, 0)) {
			assert_string_equal(lua_tostring(lua, -1), "not enough memory");
			failed++;
		}
		memory.fail_after = -1;
		lua_close(lua);
		assert_int_equal(memory.bytes, 0);
	}
	assert_true(failed > 20 && failed < 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_times_and_algorithm, open_state, close_state),
		cmocka_unit_test_setup_teardown(extensions_are_printed, open_state, close_state),
		cmocka_unit_test_setup_teardown(keys_are_described, open_state, close_state),
		cmocka_unit_test_setup_teardown(the_object_is_read_only_userdata, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(pem_and_digest_are_of_the_der, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(what_is_no_certificate_is_nil, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(odd_certificates_are_told_as_they_are, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(huge_keys_have_no_modulus, open_state, close_state),
		cmocka_unit_test(short_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
