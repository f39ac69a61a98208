/* encrypt() and decrypt(). */
#include "script/lib_guard.h"
#include "script/lib_openssl.h"

#include <lauxlib.h>
#include <limits.h>
#include <openssl/err.h>
#include <stdbool.h>

/* What a cipher writes beyond its input: a block for padding, or for a wrapped key's check. */
#define SPARE_BYTES ((size_t)2 * EVP_MAX_BLOCK_LENGTH)

struct text {
	const unsigned char *bytes;
	size_t count;
};

struct request {
	struct text key, iv, data;
	bool encrypt, padding;
};

static void cipher_free(void *thing)
{
	EVP_CIPHER_free(thing);
}

static void run_free(void *thing)
{
	EVP_CIPHER_CTX_free(thing);
}

/* As for digests: OpenSSL knows aliases that providers do not. */
static EVP_CIPHER *cipher_fetch(OSSL_LIB_CTX *context, const char *name)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(context, name, NULL);
	const EVP_CIPHER *alias;

	if (!cipher && (alias = EVP_get_cipherbyname(name)))
		cipher = EVP_CIPHER_fetch(context, EVP_CIPHER_get0_name(alias), NULL);
	ERR_clear_error();
	return cipher;
}

static const EVP_CIPHER *known_cipher(lua_State *lua, const char *name)
{
	OSSL_LIB_CTX *context = lib_openssl_context(lua);
	struct lib_guard *guard = lib_guard_push(lua, cipher_free);

	guard->thing = cipher_fetch(context, name);
	if (!guard->thing)
		luaL_error(lua, "Unknown cipher algorithm: %s", name);
	return guard->thing;
}

static EVP_CIPHER_CTX *new_run(lua_State *lua)
{
	struct lib_guard *guard = lib_guard_push(lua, run_free);

	guard->thing = EVP_CIPHER_CTX_new();
	if (!guard->thing)
		lib_openssl_raise(lua);
	return guard->thing;
}

static struct text text_of(lua_State *lua, int index)
{
	struct text text;

	text.bytes = (const unsigned char *)luaL_checklstring(lua, index, &text.count);
	luaL_argcheck(lua, text.count < INT_MAX - SPARE_BYTES, index, "string too long");
	return text;
}

/* The run knows better than the cipher: some take ivs of several lengths. */
static void check_iv(lua_State *lua, const struct request *request, const EVP_CIPHER_CTX *run)
{
	int bytes = EVP_CIPHER_CTX_get_iv_length(run);

	if (request->iv.count && (int)request->iv.count != bytes)
		luaL_error(lua, "Length of iv is %d; should be %d", (int)request->iv.count, bytes);
}

/* RC4 of no key would read beyond it (3.0), so that no cipher that has a key gets none. */
static bool take_key(EVP_CIPHER_CTX *run, const struct request *request)
{
	if (!request->key.count && EVP_CIPHER_CTX_get_key_length(run)) {
		ERR_raise(ERR_LIB_EVP, EVP_R_INVALID_KEY_LENGTH);
		return false;
	}
	return EVP_CIPHER_CTX_set_key_length(run, (int)request->key.count);
}

static bool choose(EVP_CIPHER_CTX *run, const EVP_CIPHER *cipher, bool encrypt)
{
	EVP_CIPHER_CTX_set_flags(run, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
	return EVP_CipherInit_ex2(run, cipher, NULL, NULL, encrypt, NULL);
}

static bool start(EVP_CIPHER_CTX *run, const struct request *request)
{
	const unsigned char *iv = request->iv.count ? request->iv.bytes : NULL;

	return take_key(run, request) &&
	       EVP_CipherInit_ex2(run, NULL, request->key.bytes, iv, request->encrypt, NULL) &&
	       EVP_CIPHER_CTX_set_padding(run, request->padding);
}

/* `room` holds the data's length and SPARE_BYTES. */
static bool finish(EVP_CIPHER_CTX *run, const struct request *request, char *room,
		   size_t *ret_bytes)
{
	unsigned char *out = (unsigned char *)room;
	int first = 0, last = 0;

	if (!EVP_CipherUpdate(run, out, &first, request->data.bytes, (int)request->data.count) ||
	    !EVP_CipherFinal_ex(run, out + first, &last))
		return false;
	*ret_bytes = (size_t)first + (size_t)last;
	return true;
}

static int crypt(lua_State *lua, bool encrypt)
{
	const char *name = luaL_checkstring(lua, 1);
	struct request request = {.key = text_of(lua, 2), .encrypt = encrypt};
	const EVP_CIPHER *cipher;
	EVP_CIPHER_CTX *run;
	luaL_Buffer buffer;
	size_t bytes;
	char *room;

	if (!lua_isnoneornil(lua, 3))
		request.iv = text_of(lua, 3);
	request.data = text_of(lua, 4);
	request.padding = lua_toboolean(lua, 5);
	cipher = known_cipher(lua, name);
	run = new_run(lua);
	ERR_clear_error();
	if (!choose(run, cipher, encrypt))
		return lib_openssl_raise(lua);
	check_iv(lua, &request, run);
	room = luaL_buffinitsize(lua, &buffer, request.data.count + SPARE_BYTES);
	if (!start(run, &request) || !finish(run, &request, room, &bytes))
		return lib_openssl_raise(lua);
	luaL_pushresultsize(&buffer, bytes);
	return 1;
}

int lib_openssl_encrypt(lua_State *lua)
{
	return crypt(lua, true);
}

int lib_openssl_decrypt(lua_State *lua)
{
	return crypt(lua, false);
}
