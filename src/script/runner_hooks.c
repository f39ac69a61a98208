/* What becomes of a script that runs: its arguments, its result, lines for those who debug. */
#include "script/host_table.h"
#include "script/port_table.h"
#include "script/runner_impl.h"
#include "script/value.h"
#include "util/alloc.h"
#include "util/error.h"

#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#define STOPPED "stopped: "

void script_run_log(const struct script_run *run, int level, const char *format, ...)
{
	struct buf text = BUF_INIT;
	va_list args;

	if (level > script_context_debugging(&run->context) || !run->config.log)
		return;
	va_start(args, format);
	buf_vaddf(&text, format, args);
	va_end(args);
	run->config.log(run->config.self, level, false, buf_str(&text));
	buf_release(&text);
}

/* "Starting http-title against 10.0.0.1:80." and so on; `after` ends the line. */
static void log_instance(const struct script_run *run, const char *before,
			 const struct script_instance *instance, const char *after)
{
	int debugging = script_context_debugging(&run->context);
	char at[SCRIPT_SITE_TEXT], tag[24] = "";

	if (!debugging)
		return;
	if (debugging > 1)
		snprintf(tag, sizeof(tag), " M:%llu", (unsigned long long)instance->number);
	script_site_text(instance, at);
	script_run_log(run, 1, "%s%s%s%s%s%s", before, instance->script->id, tag,
		       *at ? " against " : "", at, after);
}

static void push_registered_host(lua_State *lua, const struct script_run *run,
				 const struct script_site *site)
{
	script_push_host(lua, site->order.host, &run->context);
	lua_rawgeti(lua, LUA_REGISTRYINDEX, site->registry);
	lua_setfield(lua, -2, "registry");
}

static void push_port(lua_State *lua, const struct script_run *run, const struct script_site *site,
		      const struct script_site_port *port)
{
	const struct script_port *known =
		script_host_port(site->order.host, port->transport, port->number);

	if (!known)
		luaL_error(lua, "the port is gone");
	script_push_port(lua, known, run->context.services);
}

static int push_arguments(void *self, lua_State *lua, const struct script_instance *instance)
{
	const struct script_site *site = script_site_of(instance);

	if (site->order.scope != SCRIPT_HOST)
		return 0;
	push_registered_host(lua, self, site);
	if (!instance->port)
		return 1;
	push_port(lua, self, site, instance->port);
	return 2;
}

static void give(const struct script_run *run, const struct script_instance *instance,
		 struct script_result *result)
{
	const struct script_site *site = script_site_of(instance);
	const struct script_place place = script_site_place(instance);

	result->id = instance->script->id;
	result->took_ns = loop_now_ns(run->context.loop) - instance->start_ns;
	site->order.result(site->order.self, &place, result);
}

static void read_result(void *self, lua_State *lua, const struct script_instance *instance,
			int results)
{
	struct script_value value = {0};
	int first = lua_gettop(lua) - results + 1, r;

	lua_settop(lua, first + 1);
	r = script_value_read(lua, first, first + 1, &value);
	if (r == ERROR_USAGE)
		lua_error(lua);
	if (r < 0)
		luaL_error(lua, "not enough memory");
	if (r == 0)
		return;
	if (!*value.result.text)
		script_run_log(self, 1, "Bug in %s: no string output.", instance->script->id);
	give(self, instance, &value.result);
	script_value_release(&value);
}

static void give_text(const struct script_run *run, const struct script_instance *instance,
		      const char *text, const char *stopped)
{
	struct script_result result = {.text = text, .stopped = stopped};

	give(run, instance, &result);
}

static void log_failure(const struct script_run *run, const struct script_instance *instance,
			const char *text)
{
	struct buf after = BUF_INIT;

	buf_addf(&after, " threw an error!\n%s\n", text);
	log_instance(run, "", instance, buf_str(&after));
	buf_release(&after);
}

static void log_reason(const struct script_run *run, const struct script_instance *instance,
		       const char *text)
{
	struct buf after = BUF_INIT;

	buf_addf(&after, ". Reason: %s", text);
	log_instance(run, "Finished ", instance, buf_str(&after));
	buf_release(&after);
}

static const char *what_stopped(const char *text)
{
	size_t bytes = sizeof(STOPPED) - 1;

	return strncmp(text, STOPPED, bytes) ? text : text + bytes;
}

static void started(void *self, const struct script_instance *instance)
{
	/* Said when the rule has matched: most do not. */
}

static void matched(void *self, const struct script_instance *instance)
{
	log_instance(self, "Starting ", instance, ".");
}

static void ended(void *self, const struct script_instance *instance, enum script_end end,
		  const char *text)
{
	const struct script_run *run = self;

	switch (end) {
	case SCRIPT_FAILED:
		log_failure(run, instance, text);
		if (!script_context_debugging(&run->context))
			give_text(run, instance, SCRIPT_FAILED_TEXT, NULL);
		break;
	case SCRIPT_STOPPED:
		log_reason(run, instance, text);
		give_text(run, instance, "", what_stopped(text));
		break;
	case SCRIPT_QUIET:
		log_reason(run, instance, text);
		break;
	case SCRIPT_TIMED_OUT:
		log_instance(run, "", instance, " timed out");
		break;
	case SCRIPT_BROKEN:
		log_instance(run, "", instance, " yielded unexpectedly and cannot be resumed");
		break;
	case SCRIPT_DONE:
		log_instance(run, "Finished ", instance, ".");
		break;
	case SCRIPT_NO_MATCH:
	case SCRIPT_CANCELLED:
		break;
	}
}

static void log_line(void *self, int level, const char *text)
{
	script_run_log(self, level, "%s", text);
}

static void write_line(void *self, bool to_stderr, const char *text)
{
	const struct script_run *run = self;

	if (run->config.log)
		run->config.log(run->config.self, 0, to_stderr, text);
}

const struct script_hooks script_run_hooks = {
	.arguments = push_arguments,
	.result = read_result,
	.matched = matched,
	.started = started,
	.ended = ended,
	.log = log_line,
	.write = write_line,
};
