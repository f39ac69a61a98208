#define PCRE2_CODE_UNIT_WIDTH 8
#include "api/version.h"
#include <portolan_config.h>

#include <ares.h>
#include <jansson.h>
#include <libssh2.h>
#include <lua.h>
#include <openssl/opensslv.h>
#include <pcre2.h>
#include <sqlite3.h>
#include <string.h>
#include <uv.h>
#include <zlib.h>

const char *version_nmap_token(void)
{
	return "7.99-portolan." PORTOLAN_VERSION;
}

const char *version_of_title(const char *title)
{
	return strcmp(title, "Nmap") ? PORTOLAN_VERSION : version_nmap_token();
}

/* The first line is parsed by wrappers: python3-nmap wants "Nmap version
 * <number>.<number>... ( <url> )". */
void version_print(const char *program, struct buf *out)
{
	if (!strcmp(program, "nmap"))
		buf_addf(out, "Nmap version %s ( %s )\n", version_nmap_token(), PORTOLAN_URL);
	else
		buf_addf(out, "portolan version %s ( %s )\n", PORTOLAN_VERSION, PORTOLAN_URL);
	buf_addf(out, "Platform: %s\n", PORTOLAN_PLATFORM);
	buf_addf(out,
		 "Compiled with: liblua-%s.%s.%s openssl-%s libssh2-%s libz-%s libpcre2-%d.%d ",
		 LUA_VERSION_MAJOR, LUA_VERSION_MINOR, LUA_VERSION_RELEASE, OPENSSL_VERSION_STR,
		 LIBSSH2_VERSION, ZLIB_VERSION, PCRE2_MAJOR, PCRE2_MINOR);
	buf_addf(out, "libuv-%s c-ares-%s sqlite-%s jansson-%s ipv6\n", uv_version_string(),
		 ares_version(NULL), sqlite3_libversion(), JANSSON_VERSION);
	buf_add_str(out, "Compiled without:\n");
	buf_add_str(out, "Available nsock engines: epoll poll select\n");
}
