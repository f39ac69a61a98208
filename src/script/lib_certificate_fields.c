/* What a certificate says, as tables. */
#include "script/lib_certificate.h"
#include "script/lib_guard.h"
#include "script/lib_openssl.h"

#include <lauxlib.h>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <string.h>

/* Attributes or extensions of a certificate that are read. */
#define ROWS_MAX 1000

static void bio_free(void *thing)
{
	BIO_free(thing);
}

/* A place that OpenSSL prints to; its guard is pushed. */
static BIO *push_printer(lua_State *lua)
{
	struct lib_guard *guard = lib_guard_push(lua, bio_free);

	guard->thing = BIO_new(BIO_s_mem());
	if (!guard->thing)
		lib_openssl_raise(lua);
	return guard->thing;
}

static void push_printed(lua_State *lua, BIO *printer)
{
	char *text = NULL;
	long bytes = BIO_get_mem_data(printer, &text);

	lua_pushlstring(lua, bytes > 0 ? text : "", bytes > 0 ? (size_t)bytes : 0);
}

/* An OID as an array of its numbers, as strings. */
static void push_oid(lua_State *lua, const ASN1_OBJECT *object)
{
	char text[256], *from = text, *end;
	lua_Integer row = 0;

	lua_newtable(lua);
	if (OBJ_obj2txt(text, sizeof(text), object, 1) <= 0)
		return;
	for (; from; from = end ? end + 1 : NULL) {
		end = strchr(from, '.');
		lua_pushlstring(lua, from, end ? (size_t)(end - from) : strlen(from));
		lua_rawseti(lua, -2, ++row);
	}
}

static void push_attribute_name(lua_State *lua, const ASN1_OBJECT *object)
{
	int nid = OBJ_obj2nid(object);

	if (nid == NID_undef)
		push_oid(lua, object);
	else
		lua_pushstring(lua, OBJ_nid2ln(nid));
}

/* The bytes as they are in the certificate, whatever characters they stand for: Nmap's way. */
static void push_bytes(lua_State *lua, const ASN1_STRING *string)
{
	lua_pushlstring(lua, (const char *)ASN1_STRING_get0_data(string),
			(size_t)ASN1_STRING_length(string));
}

static void add_name(lua_State *lua, const char *field, const X509_NAME *name)
{
	int count = X509_NAME_entry_count(name), i;
	const X509_NAME_ENTRY *entry;

	lua_newtable(lua);
	for (i = 0; i < count && i < ROWS_MAX; i++) {
		entry = X509_NAME_get_entry(name, i);
		push_attribute_name(lua, X509_NAME_ENTRY_get_object(entry));
		push_bytes(lua, X509_NAME_ENTRY_get_data(entry));
		lua_rawset(lua, -3);
	}
	lua_setfield(lua, -2, field);
}

static void add_integer(lua_State *lua, const char *field, lua_Integer value)
{
	lua_pushinteger(lua, value);
	lua_setfield(lua, -2, field);
}

static void add_string(lua_State *lua, const char *field, const char *value)
{
	lua_pushstring(lua, value);
	lua_setfield(lua, -2, field);
}

static void push_time(lua_State *lua, const struct tm *time)
{
	lua_createtable(lua, 0, 6);
	add_integer(lua, "year", time->tm_year + 1900);
	add_integer(lua, "month", time->tm_mon + 1);
	add_integer(lua, "day", time->tm_mday);
	add_integer(lua, "hour", time->tm_hour);
	add_integer(lua, "min", time->tm_min);
	add_integer(lua, "sec", time->tm_sec);
}

/* As it is written, if it cannot be read. */
static void add_time(lua_State *lua, const char *field, const ASN1_TIME *at)
{
	struct tm time;

	if (ASN1_TIME_to_tm(at, &time))
		push_time(lua, &time);
	else
		push_bytes(lua, at);
	lua_setfield(lua, -2, field);
}

static void add_validity(lua_State *lua, const X509 *x509)
{
	lua_newtable(lua);
	add_time(lua, "notBefore", X509_get0_notBefore(x509));
	add_time(lua, "notAfter", X509_get0_notAfter(x509));
	lua_setfield(lua, -2, "validity");
}

/* OpenSSL's long name, or else the OID in digits. */
static void push_object_name(lua_State *lua, const ASN1_OBJECT *object)
{
	char text[256];

	lua_pushstring(lua, OBJ_obj2txt(text, sizeof(text), object, 0) > 0 ? text : "");
}

static void add_algorithm(lua_State *lua, const X509 *x509)
{
	push_object_name(lua, X509_get0_tbs_sigalg(x509)->algorithm);
	lua_setfield(lua, -2, "sig_algorithm");
}

static int push_pem(lua_State *lua)
{
	BIO *printer = push_printer(lua);

	if (!PEM_write_bio(printer, PEM_STRING_X509, "", lua_touserdata(lua, 1),
			   (long)lua_tointeger(lua, 2)))
		return lib_openssl_raise(lua);
	push_printed(lua, printer);
	return 1;
}

static void add_pem(lua_State *lua, const void *der, size_t bytes)
{
	lua_pushcfunction(lua, push_pem);
	lua_pushlightuserdata(lua, (void *)(uintptr_t)der);
	lua_pushinteger(lua, (lua_Integer)bytes);
	lua_call(lua, 2, 1);
	lua_setfield(lua, -2, "pem");
}

static void add_true(lua_State *lua, const char *field)
{
	lua_pushboolean(lua, true);
	lua_setfield(lua, -2, field);
}

/* A function of its own for its guard. */
static int push_extension(lua_State *lua)
{
	X509_EXTENSION *extension = lua_touserdata(lua, 1);
	BIO *printer = push_printer(lua);

	lua_newtable(lua);
	push_object_name(lua, X509_EXTENSION_get_object(extension));
	lua_setfield(lua, -2, "name");
	if (X509_EXTENSION_get_critical(extension))
		add_true(lua, "critical");
	if (X509V3_EXT_print(printer, extension, X509V3_EXT_DEFAULT, 0)) {
		push_printed(lua, printer);
		lua_setfield(lua, -2, "value");
	} else {
		add_true(lua, "error");
	}
	return 1;
}

static void add_extensions(lua_State *lua, const X509 *x509)
{
	int count = X509_get_ext_count(x509), i;

	if (count <= 0)
		return;
	lua_newtable(lua);
	for (i = 0; i < count && i < ROWS_MAX; i++) {
		lua_pushcfunction(lua, push_extension);
		lua_pushlightuserdata(lua, X509_get_ext(x509, i));
		lua_call(lua, 1, 1);
		lua_rawseti(lua, -2, i + 1);
	}
	lua_setfield(lua, -2, "extensions");
}

/* A key that is only for RSA-PSS is "unknown", as in Nmap. */
static const char *key_type(const EVP_PKEY *key)
{
	switch (key ? EVP_PKEY_get_base_id(key) : EVP_PKEY_NONE) {
	case EVP_PKEY_RSA:
	case EVP_PKEY_RSA2:
		return "rsa";
	case EVP_PKEY_DSA:
		return "dsa";
	case EVP_PKEY_DH:
	case EVP_PKEY_DHX:
		return "dh";
	case EVP_PKEY_EC:
		return "ec";
	default:
		return "unknown";
	}
}

static void number_free(void *thing)
{
	BN_free(thing);
}

/* A function of its own for its guard: the number of that name in the key; nil if it is too large
 * for a bignum. */
static int push_number(lua_State *lua)
{
	struct lib_guard *guard = lib_guard_push(lua, number_free);
	BIGNUM *number = NULL;

	EVP_PKEY_get_bn_param(lua_touserdata(lua, 1), lua_tostring(lua, 2), &number);
	guard->thing = number;
	if (number && BN_num_bits(number) <= LIB_OPENSSL_BITS_MAX)
		lib_openssl_push_bignum(lua, number);
	else
		lua_pushnil(lua);
	return 1;
}

static void add_number(lua_State *lua, const char *field, EVP_PKEY *key, const char *name)
{
	lua_pushcfunction(lua, push_number);
	lua_pushlightuserdata(lua, key);
	lua_pushstring(lua, name);
	lua_call(lua, 2, 1);
	lua_setfield(lua, -2, field);
}

/* Curves without a name are not told of. */
static void add_curve(lua_State *lua, const EVP_PKEY *key)
{
	char name[80];

	if (!EVP_PKEY_get_group_name(key, name, sizeof(name), NULL))
		return;
	lua_newtable(lua);
	lua_newtable(lua);
	add_string(lua, "ec_curve_type", "namedcurve");
	add_string(lua, "curve", name);
	lua_setfield(lua, -2, "curve_params");
	lua_setfield(lua, -2, "ecdhparams");
}

static void add_key(lua_State *lua, X509 *x509)
{
	EVP_PKEY *key = X509_get0_pubkey(x509); /* NULL: an algorithm that OpenSSL does not know */
	const char *type = key_type(key);

	lua_newtable(lua);
	add_string(lua, "type", type);
	add_integer(lua, "bits", key ? EVP_PKEY_get_bits(key) : 0);
	if (*type == 'r') {
		add_number(lua, "exponent", key, OSSL_PKEY_PARAM_RSA_E);
		add_number(lua, "modulus", key, OSSL_PKEY_PARAM_RSA_N);
	}
	if (*type == 'e')
		add_curve(lua, key);
	lua_setfield(lua, -2, "pubkey");
}

void lib_certificate_add_fields(lua_State *lua, X509 *x509, const void *der, size_t bytes)
{
	add_name(lua, "subject", X509_get_subject_name(x509));
	add_name(lua, "issuer", X509_get_issuer_name(x509));
	add_algorithm(lua, x509);
	add_validity(lua, x509);
	add_pem(lua, der, bytes);
	add_extensions(lua, x509);
	add_key(lua, x509);
	ERR_clear_error();
}
