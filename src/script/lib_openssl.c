/* Digests, MACs, random bytes and the lists of algorithms. */
#include "script/lib_openssl.h"

#include "script/lib_guard.h"
#include "util/alloc.h"

#include <ctype.h>
#include <lauxlib.h>
#include <openssl/err.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define RANDOM_BYTES_MAX (64 << 20)
#define NAMES_MAX        1024

struct world {
	OSSL_LIB_CTX *context;
	OSSL_PROVIDER *base, *legacy;
};

static const char world_key;

static void world_free(void *thing)
{
	struct world *world = thing;

	if (world->legacy)
		OSSL_PROVIDER_unload(world->legacy);
	if (world->base)
		OSSL_PROVIDER_unload(world->base);
	OSSL_LIB_CTX_free(world->context);
	alloc_free(world);
}

/* Where the module with the legacy algorithms is not installed, the others still work. */
static bool world_load(struct world *world)
{
	world->context = OSSL_LIB_CTX_new();
	if (!world->context)
		return false;
	world->base = OSSL_PROVIDER_load(world->context, "default");
	world->legacy = OSSL_PROVIDER_load(world->context, "legacy");
	ERR_clear_error();
	return world->base;
}

OSSL_LIB_CTX *lib_openssl_context(lua_State *lua)
{
	struct lib_guard *guard;
	struct world *world;

	lua_rawgetp(lua, LUA_REGISTRYINDEX, &world_key);
	guard = lua_touserdata(lua, -1);
	lua_pop(lua, 1);
	if (guard && guard->thing)
		return ((struct world *)guard->thing)->context;
	guard = lib_guard_push_kept(lua, world_free);
	guard->thing = world = alloc_zero(sizeof(*world));
	if (!world || !world_load(world)) {
		luaL_error(lua, "OpenSSL error: no context");
		return NULL;
	}
	lua_rawsetp(lua, LUA_REGISTRYINDEX, &world_key);
	return world->context;
}

int lib_openssl_raise(lua_State *lua)
{
	char text[256];

	ERR_error_string_n(ERR_get_error(), text, sizeof(text));
	ERR_clear_error();
	return luaL_error(lua, "OpenSSL error: %s", text);
}

static void digest_free(void *thing)
{
	EVP_MD_free(thing);
}

/* Names such as "RSA-SHA256" are not the providers', but OpenSSL knows whose they are. */
static EVP_MD *digest_fetch(OSSL_LIB_CTX *context, const char *name)
{
	EVP_MD *digest = EVP_MD_fetch(context, name, NULL);
	const EVP_MD *alias;

	if (!digest && (alias = EVP_get_digestbyname(name)))
		digest = EVP_MD_fetch(context, EVP_MD_get0_name(alias), NULL);
	ERR_clear_error();
	return digest;
}

const EVP_MD *lib_openssl_push_digest(lua_State *lua, const char *name)
{
	OSSL_LIB_CTX *context = lib_openssl_context(lua);
	struct lib_guard *guard = lib_guard_push(lua, digest_free);

	guard->thing = digest_fetch(context, name);
	return guard->thing;
}

void lib_openssl_push_hash(lua_State *lua, const EVP_MD *digest, const void *data, size_t bytes)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	unsigned hash_bytes = 0;

	ERR_clear_error();
	if (!EVP_Digest(data, bytes, hash, &hash_bytes, digest, NULL))
		lib_openssl_raise(lua);
	lua_pushlstring(lua, (const char *)hash, hash_bytes);
}

static const EVP_MD *known_digest(lua_State *lua, const char *name)
{
	const EVP_MD *digest = lib_openssl_push_digest(lua, name);

	if (!digest)
		luaL_error(lua, "Unknown digest algorithm: %s", name);
	return digest;
}

static int hash_of(lua_State *lua, const char *name, int index)
{
	size_t bytes;
	const char *data = luaL_checklstring(lua, index, &bytes);

	lib_openssl_push_hash(lua, known_digest(lua, name), data, bytes);
	return 1;
}

static int openssl_digest(lua_State *lua)
{
	return hash_of(lua, luaL_checkstring(lua, 1), 2);
}

/* md4(), md5() and so on: the digest's name is the closure's. */
static int openssl_named_digest(lua_State *lua)
{
	return hash_of(lua, lua_tostring(lua, lua_upvalueindex(1)), 1);
}

static int openssl_hmac(lua_State *lua)
{
	const char *name = luaL_checkstring(lua, 1);
	size_t key_bytes, data_bytes, mac_bytes = 0;
	const char *key = luaL_checklstring(lua, 2, &key_bytes);
	const char *data = luaL_checklstring(lua, 3, &data_bytes);
	const EVP_MD *digest = known_digest(lua, name);
	unsigned char mac[EVP_MAX_MD_SIZE];

	ERR_clear_error();
	if (!EVP_Q_mac(lib_openssl_context(lua), "HMAC", NULL, EVP_MD_get0_name(digest), NULL, key,
		       key_bytes, (const unsigned char *)data, data_bytes, mac, sizeof(mac),
		       &mac_bytes))
		return lib_openssl_raise(lua);
	lua_pushlstring(lua, (const char *)mac, mac_bytes);
	return 1;
}

/* Seven bits to a byte; the lowest, which DES uses for parity, stays 0. */
static int openssl_des_string_to_key(lua_State *lua)
{
	size_t bytes, i;
	const unsigned char *text = (const unsigned char *)luaL_checklstring(lua, 1, &bytes);
	unsigned char key[8];
	uint64_t bits = 0;

	if (bytes != 7)
		return luaL_error(lua, "String must have length of 7 bytes.");
	for (i = 0; i < 7; i++)
		bits = bits << 8 | text[i];
	for (i = 0; i < 8; i++)
		key[i] = (unsigned char)((bits >> (49 - 7 * i) & 0x7f) << 1);
	lua_pushlstring(lua, (const char *)key, sizeof(key));
	return 1;
}

static int openssl_rand_bytes(lua_State *lua)
{
	lua_Integer bytes = luaL_checkinteger(lua, 1);
	luaL_Buffer buffer;
	char *room;

	if (bytes < 0 || bytes > RANDOM_BYTES_MAX)
		return luaL_error(lua, "Couldn't allocate memory.");
	room = luaL_buffinitsize(lua, &buffer, (size_t)bytes);
	ERR_clear_error();
	if (RAND_bytes((unsigned char *)room, (int)bytes) != 1)
		return lib_openssl_raise(lua);
	luaL_pushresultsize(&buffer, (size_t)bytes);
	return 1;
}

/* Names that OpenSSL hands to callbacks, out of which no Lua error may jump. They live as long
 * as the context. */
struct names {
	const char *all[NAMES_MAX];
	size_t count;
};

static void names_add(const char *name, void *arg)
{
	struct names *names = arg;

	if (names->count < NAMES_MAX && !isdigit((unsigned char)*name)) /* not an OID */
		names->all[names->count++] = name;
}

static void names_add_digest(EVP_MD *digest, void *arg)
{
	EVP_MD_names_do_all(digest, names_add, arg);
}

static void names_add_cipher(EVP_CIPHER *cipher, void *arg)
{
	EVP_CIPHER_names_do_all(cipher, names_add, arg);
}

static int names_compare(const void *a, const void *b)
{
	return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

static void push_lower(lua_State *lua, const char *name)
{
	luaL_Buffer buffer;

	luaL_buffinit(lua, &buffer);
	for (; *name; name++)
		luaL_addchar(&buffer, (char)tolower((unsigned char)*name));
	luaL_pushresult(&buffer);
}

static int push_names(lua_State *lua, struct names *names)
{
	lua_Integer row = 0;
	size_t i;

	qsort(names->all, names->count, sizeof(*names->all), names_compare);
	lua_createtable(lua, (int)names->count, 0);
	for (i = 0; i < names->count; i++) {
		if (i && !names_compare(&names->all[i - 1], &names->all[i]))
			continue;
		push_lower(lua, names->all[i]);
		lua_rawseti(lua, -2, ++row);
	}
	return 1;
}

static int openssl_supported_digests(lua_State *lua)
{
	struct names names = {.count = 0};

	EVP_MD_do_all_provided(lib_openssl_context(lua), names_add_digest, &names);
	return push_names(lua, &names);
}

static int openssl_supported_ciphers(lua_State *lua)
{
	struct names names = {.count = 0};

	EVP_CIPHER_do_all_provided(lib_openssl_context(lua), names_add_cipher, &names);
	return push_names(lua, &names);
}

static void add_digests(lua_State *lua)
{
	static const char *const names[] = {"md4", "md5", "sha1", "ripemd160"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		lua_pushstring(lua, names[i]);
		lua_pushcclosure(lua, openssl_named_digest, 1);
		lua_setfield(lua, -2, names[i]);
	}
}

int lib_openssl_open(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"digest", openssl_digest},
		{"hmac", openssl_hmac},
		{"encrypt", lib_openssl_encrypt},
		{"decrypt", lib_openssl_decrypt},
		{"DES_string_to_key", openssl_des_string_to_key},
		{"rand_bytes", openssl_rand_bytes},
		{"rand_pseudo_bytes", openssl_rand_bytes},
		{"supported_digests", openssl_supported_digests},
		{"supported_ciphers", openssl_supported_ciphers},
		{0},
	};

	lib_openssl_context(lua);
	luaL_newlib(lua, functions);
	add_digests(lua);
	lib_openssl_add_bignums(lua);
	return 1;
}
