/* What the files of the library `openssl` share (nse-api.md 13.3), and what certificates need
 * of it. A Lua state has an OpenSSL context of its own, with the legacy algorithms, so that
 * those are not offered to the rest of the process. */
#ifndef PORTOLAN_SCRIPT_LIB_OPENSSL_H
#define PORTOLAN_SCRIPT_LIB_OPENSSL_H

#include <lua.h>
#include <openssl/bn.h>
#include <openssl/evp.h>

/* lua_CFunction: leaves the library's table. Reads OpenSSL's module `legacy` from its file, so
 * it comes before files are out of reach. */
int lib_openssl_open(lua_State *lua);

/* The context of this state, made when it is first asked for; lives as long as the state. */
OSSL_LIB_CTX *lib_openssl_context(lua_State *lua);
/* The digest of that name or NULL, in a guard that is pushed. */
const EVP_MD *lib_openssl_push_digest(lua_State *lua, const char *name);
/* Pushes the digest of the bytes; raises what OpenSSL says. */
void lib_openssl_push_hash(lua_State *lua, const EVP_MD *digest, const void *data, size_t bytes);

/* Raises "OpenSSL error: TEXT" of OpenSSL's oldest error, and forgets the others. */
int lib_openssl_raise(lua_State *lua);

/* encrypt() and decrypt(). */
int lib_openssl_encrypt(lua_State *lua);
int lib_openssl_decrypt(lua_State *lua);

/* Adds the functions bignum_*() to the table on top. */
void lib_openssl_add_bignums(lua_State *lua);
/* Larger numbers are errors: they bound what a C function's time is. */
#define LIB_OPENSSL_BITS_MAX 65536
/* Pushes a bignum with the value of `number`, which is only read. Raises memory errors. */
void lib_openssl_push_bignum(lua_State *lua, const BIGNUM *number);

#endif
