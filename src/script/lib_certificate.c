#include "script/lib_certificate.h"

#include "script/lib_guard.h"
#include "script/lib_openssl.h"

#include <lauxlib.h>
#include <openssl/err.h>
#include <stdint.h>

#define CERTIFICATE "SSL_CERT"

/* User values. */
enum { FIELDS = 1, DER, USER_VALUES = DER };

/* The digest of the DER; nothing for an algorithm that is not known. */
static int certificate_digest(lua_State *lua)
{
	const char *der, *name;
	const EVP_MD *digest;
	size_t bytes;

	luaL_checkudata(lua, 1, CERTIFICATE);
	name = luaL_checkstring(lua, 2);
	digest = lib_openssl_push_digest(lua, name);
	lua_getiuservalue(lua, 1, DER);
	der = lua_tolstring(lua, -1, &bytes);
	if (!digest || !der)
		return 0;
	lib_openssl_push_hash(lua, digest, der, bytes);
	return 1;
}

static int certificate_index(lua_State *lua)
{
	luaL_checkudata(lua, 1, CERTIFICATE);
	lua_getiuservalue(lua, 1, FIELDS);
	luaL_checktype(lua, -1, LUA_TTABLE);
	lua_pushvalue(lua, 2);
	lua_rawget(lua, -2);
	return 1;
}

static void set_metatable(lua_State *lua)
{
	if (luaL_newmetatable(lua, CERTIFICATE)) {
		lua_pushcfunction(lua, certificate_index);
		lua_setfield(lua, -2, "__index");
	}
	lua_setmetatable(lua, -2);
}

static void push_object(lua_State *lua, X509 *x509, const void *der, size_t bytes)
{
	luaL_checkstack(lua, LUA_MINSTACK, "certificate");
	lua_newuserdatauv(lua, 0, USER_VALUES);
	lua_pushlstring(lua, der, bytes);
	lua_setiuservalue(lua, -2, DER);
	lua_newtable(lua);
	lib_certificate_add_fields(lua, x509, der, bytes);
	lua_pushcfunction(lua, certificate_digest);
	lua_setfield(lua, -2, "digest");
	lua_setiuservalue(lua, -2, FIELDS);
	set_metatable(lua);
}

static void x509_free(void *thing)
{
	X509_free(thing);
}

static void bytes_free(void *thing)
{
	OPENSSL_free(thing);
}

/* Leaves the object or nil on top of the guards of those who are called for it. */
static void push_parsed(lua_State *lua, const unsigned char *der, size_t bytes)
{
	struct lib_guard *guard = lib_guard_push(lua, x509_free);
	const unsigned char *end = der;

	if (bytes <= LIB_CERTIFICATE_BYTES_MAX)
		guard->thing = d2i_X509(NULL, &end, (long)bytes);
	ERR_clear_error();
	if (guard->thing)
		push_object(lua, guard->thing, der, (size_t)(end - der));
	else
		lua_pushnil(lua);
}

/* Functions of their own, so that their guards end with them. */
static int parse_der(lua_State *lua)
{
	push_parsed(lua, lua_touserdata(lua, 1), (size_t)lua_tointeger(lua, 2));
	return 1;
}

static int encode(lua_State *lua)
{
	struct lib_guard *guard = lib_guard_push(lua, bytes_free);
	unsigned char *der = NULL;
	int bytes = i2d_X509(lua_touserdata(lua, 1), &der);

	guard->thing = der;
	if (bytes > 0 && (size_t)bytes <= LIB_CERTIFICATE_BYTES_MAX)
		push_object(lua, lua_touserdata(lua, 1), der, (size_t)bytes);
	else
		lua_pushnil(lua);
	ERR_clear_error();
	return 1;
}

void lib_certificate_push_der(lua_State *lua, const void *der, size_t bytes)
{
	luaL_checkstack(lua, 4, "certificate");
	lua_pushcfunction(lua, parse_der);
	lua_pushlightuserdata(lua, (void *)(uintptr_t)der);
	lua_pushinteger(lua, (lua_Integer)bytes);
	lua_call(lua, 2, 1);
}

void lib_certificate_push(lua_State *lua, X509 *x509)
{
	luaL_checkstack(lua, 4, "certificate");
	lua_pushcfunction(lua, encode);
	lua_pushlightuserdata(lua, x509);
	lua_call(lua, 1, 1);
}

int lib_certificate_parse(lua_State *lua)
{
	size_t bytes;
	const char *der = luaL_checklstring(lua, 1, &bytes);

	lib_certificate_push_der(lua, der, bytes);
	return 1;
}
