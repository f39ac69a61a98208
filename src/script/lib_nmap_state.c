/* nmap: what was asked for, and where files are (nse-api.md 9.1). */
#include "script/lib_nmap.h"

#include "detect/service/probes.h"
#include "script/context.h"
#include "script/site.h"
#include "script/trees.h"
#include "util/error.h"
#include "util/files.h"

#include <lauxlib.h>
#include <string.h>

#define INTENSITY_BY_NAME  9
#define TTL_DEFAULT        64
#define RESOLV_CONF        "/etc/resolv.conf"
#define RESOLV_CONF_BYTES  (64u << 10)
#define NAME_SERVERS_BLANK " \t\r"

static const struct plan *plan_of(lua_State *lua, const char *function)
{
	return script_context_check(lua, function)->plan;
}

static bool is_by_name(lua_State *lua)
{
	const struct script_thread *thread = script_thread_running(lua);

	return thread && script_thread_instance(thread)->by_name;
}

static int nmap_debugging(lua_State *lua)
{
	lua_pushinteger(lua, script_context_debugging(script_context_check(lua, "nmap.debugging")));
	return 1;
}

static int nmap_verbosity(lua_State *lua)
{
	int level = script_context_verbosity(script_context_check(lua, "nmap.verbosity"));

	lua_pushinteger(lua, level + is_by_name(lua));
	return 1;
}

static int nmap_timing_level(lua_State *lua)
{
	lua_pushinteger(lua, plan_of(lua, "nmap.timing_level")->timing.level);
	return 1;
}

static int nmap_version_intensity(lua_State *lua)
{
	const struct script_context *context = script_context_check(lua, "nmap.version_intensity");

	if (is_by_name(lua))
		lua_pushinteger(lua, INTENSITY_BY_NAME);
	else if (context->intensity >= 0)
		lua_pushinteger(lua, context->intensity);
	else
		lua_pushinteger(lua, context->plan->version.intensity);
	return 1;
}

static int nmap_have_ssl(lua_State *lua)
{
	lua_pushboolean(lua, true);
	return 1;
}

static int nmap_is_privileged(lua_State *lua)
{
	lua_pushboolean(lua, plan_of(lua, "nmap.is_privileged")->privileged);
	return 1;
}

static int nmap_address_family(lua_State *lua)
{
	bool six = plan_of(lua, "nmap.address_family")->targets.families == RESOLVE_V6;

	lua_pushstring(lua, six ? "inet6" : "inet");
	return 1;
}

static int nmap_get_interface(lua_State *lua)
{
	lua_pushstring(lua, plan_of(lua, "nmap.get_interface")->source_interface);
	return 1;
}

static int nmap_get_ttl(lua_State *lua)
{
	int ttl = plan_of(lua, "nmap.get_ttl")->ttl;

	lua_pushinteger(lua, ttl < 0 ? TTL_DEFAULT : ttl);
	return 1;
}

static int nmap_get_payload_length(lua_State *lua)
{
	const struct plan_packets *packets = &plan_of(lua, "nmap.get_payload_length")->packets;

	lua_pushinteger(lua, packets->has_data ? (lua_Integer)packets->data_bytes : 0);
	return 1;
}

static int nmap_fetchfile(lua_State *lua)
{
	const struct script_context *context = script_context_check(lua, "nmap.fetchfile");
	const char *name = luaL_checkstring(lua, 1);

	lua_pushstring(lua, context->trees ? script_trees_fetch(context->trees, name) : NULL);
	return 1;
}

static int nmap_port_is_excluded(lua_State *lua)
{
	const struct script_context *context = script_context_check(lua, "nmap.port_is_excluded");
	const struct plan_version *version = &context->plan->version;
	lua_Integer number = luaL_checkinteger(lua, 1);
	enum transport transport = script_check_transport(lua, 2);
	bool is = false;

	if (version->wanted && !version->all_ports && number >= 0 && number <= UINT16_MAX)
		is = (context->gate &&
		      gate_never_writes(context->gate, transport, (uint16_t)number)) ||
		     (context->probes &&
		      probe_db_excludes(context->probes, transport, (uint16_t)number));
	lua_pushboolean(lua, is);
	return 1;
}

/* ---- name servers ---- */

/* One line of resolv.conf: its address goes to the list on the top of the stack. */
static void read_line(lua_State *lua, char *line)
{
	char *rest = NULL;
	const char *word = strtok_r(line, NAME_SERVERS_BLANK, &rest), *addr;

	if (!word || strcmp(word, "nameserver") != 0)
		return;
	addr = strtok_r(NULL, NAME_SERVERS_BLANK, &rest);
	if (!addr)
		return;
	lua_pushstring(lua, addr);
	lua_rawseti(lua, -2, (lua_Integer)lua_rawlen(lua, -2) + 1);
}

/* A string of Lua holds the text meanwhile, so that an error leaves nothing behind. */
static void add_system_servers(lua_State *lua)
{
	struct buf text = BUF_INIT;
	char *copy, *line, *rest = NULL;
	size_t bytes;

	if (file_read(RESOLV_CONF, RESOLV_CONF_BYTES, &text, NULL) < 0 ||
	    text.len >= RESOLV_CONF_BYTES) {
		buf_release(&text);
		return;
	}
	bytes = text.len;
	copy = lua_newuserdatauv(lua, RESOLV_CONF_BYTES, 0);
	memcpy(copy, buf_str(&text), bytes + 1);
	buf_release(&text);
	lua_insert(lua, -2);
	for (line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		read_line(lua, line);
}

static int nmap_get_dns_servers(lua_State *lua)
{
	const struct plan *plan = plan_of(lua, "nmap.get_dns_servers");
	size_t at;

	lua_newtable(lua);
	if (!plan->dns_servers_count)
		add_system_servers(lua);
	for (at = 0; at < plan->dns_servers_count; at++) {
		lua_pushstring(lua, plan->dns_servers[at]);
		lua_rawseti(lua, -2, (lua_Integer)at + 1);
	}
	return 1;
}

void script_add_nmap_state(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"debugging", nmap_debugging},
		{"verbosity", nmap_verbosity},
		{"timing_level", nmap_timing_level},
		{"version_intensity", nmap_version_intensity},
		{"have_ssl", nmap_have_ssl},
		{"is_privileged", nmap_is_privileged},
		{"address_family", nmap_address_family},
		{"get_interface", nmap_get_interface},
		{"get_ttl", nmap_get_ttl},
		{"get_payload_length", nmap_get_payload_length},
		{"get_dns_servers", nmap_get_dns_servers},
		{"port_is_excluded", nmap_port_is_excluded},
		{"fetchfile", nmap_fetchfile},
		{0},
	};

	luaL_setfuncs(lua, functions, 0);
}
