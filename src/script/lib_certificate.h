/* Certificates as scripts see them (nse-api.md 13.4): one object, complete when it is made, so
 * that nothing of OpenSSL's outlives the call. */
#ifndef PORTOLAN_SCRIPT_LIB_CERTIFICATE_H
#define PORTOLAN_SCRIPT_LIB_CERTIFICATE_H

#include <lua.h>
#include <openssl/x509.h>
#include <stddef.h>

/* Larger certificates are not read. */
#define LIB_CERTIFICATE_BYTES_MAX ((size_t)256 << 10)

/* nmap.socket.parse_ssl_certificate(der): the object or nil. */
int lib_certificate_parse(lua_State *lua);

/* Pushes the object of a certificate, or nil for bytes that do not begin with one. May raise
 * memory errors. `der` and `x509` are only read; `der` must not move when Lua collects. */
void lib_certificate_push_der(lua_State *lua, const void *der, size_t bytes);
void lib_certificate_push(lua_State *lua, X509 *x509);

/* Of lib_certificate_fields.c: adds all fields to the table on top. */
void lib_certificate_add_fields(lua_State *lua, X509 *x509, const void *der, size_t bytes);

#endif
