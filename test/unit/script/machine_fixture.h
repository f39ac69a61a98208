/* A machine, a scheduler on the simulated loop, and scripts out of texts; what they say and how
 * they end is noted as text. */
#ifndef PORTOLAN_TEST_MACHINE_FIXTURE_H
#define PORTOLAN_TEST_MACHINE_FIXTURE_H

#include "support.h"

#include "script/scheduler.h"
#include "util/alloc.h"
#include "util/error.h"

#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIXTURE_SCRIPTS 64

struct fixture {
	struct loop *loop;
	struct script_machine *machine;
	struct script_scheduler *scheduler;
	struct script *scripts[FIXTURE_SCRIPTS];
	size_t count;
	char said[16384]; /* "id: result\n", "id! text\n" and so on */
	unsigned started, ended, groups_done;
	enum script_end end; /* of the last one */
	char text[4096];     /* of the last one's end */
	char path[512];
};

/* test/unit/script/modules/. */
static inline bool fixture_find(void *self, unsigned tree, const char *relative,
				struct script_module *ret_module)
{
	struct fixture *fixture = self;

	snprintf(fixture->path, sizeof(fixture->path), "%s/test/unit/script/modules/%s",
		 getenv("PORTOLAN_SOURCE_ROOT"), relative);
	*ret_module = (struct script_module){.file = {.name = fixture->path}};
	return access(fixture->path, R_OK) == 0;
}

static inline void fixture_say(struct fixture *fixture, const char *id, const char *mark,
			       const char *text)
{
	size_t at = strlen(fixture->said);

	snprintf(fixture->said + at, sizeof(fixture->said) - at, "%s%s%s\n", id, mark, text);
}

static inline void fixture_result(void *self, lua_State *lua,
				  const struct script_instance *instance, int results)
{
	const char *text = results ? luaL_tolstring(lua, -results, NULL) : "";

	fixture_say(self, instance->script->id, ": ", text);
}

static inline int fixture_arguments(void *self, lua_State *lua,
				    const struct script_instance *instance)
{
	if (instance->host)
		lua_pushstring(lua, instance->host);
	if (instance->port)
		lua_pushstring(lua, instance->port);
	return (instance->host != NULL) + (instance->port != NULL);
}

static inline void fixture_started(void *self, const struct script_instance *instance)
{
	((struct fixture *)self)->started++;
}

static inline void fixture_ended(void *self, const struct script_instance *instance,
				 enum script_end end, const char *text)
{
	struct fixture *fixture = self;

	fixture->ended++;
	fixture->end = end;
	snprintf(fixture->text, sizeof(fixture->text), "%s", text ? text : "");
}

static inline void fixture_write(void *self, bool to_stderr, const char *text)
{
	fixture_say(self, to_stderr ? "stderr" : "stdout", "> ", text);
}

static inline void fixture_log(void *self, int level, const char *text)
{
	fixture_say(self, "log", "> ", text);
}

static inline void fixture_done(void *self)
{
	((struct fixture *)self)->groups_done++;
}

/* On this loop, which is closed with it; NULL: memory was short. */
static inline int fixture_open_on(struct fixture *fixture, struct loop *loop,
				  const struct script_machine_config *config,
				  const struct script_limits *limits)
{
	const struct script_hooks hooks = {
		.self = fixture,
		.arguments = fixture_arguments,
		.result = fixture_result,
		.started = fixture_started,
		.ended = fixture_ended,
		.log = fixture_log,
		.write = fixture_write,
	};

	struct script_machine_config with = *config;

	memset(fixture, 0, sizeof(*fixture));
	if (!with.find) {
		with.find = fixture_find;
		with.self = fixture;
	}
	fixture->loop = loop;
	if (!fixture->loop || script_machine_new(&with, &fixture->machine) < 0 ||
	    script_scheduler_new(fixture->machine, fixture->loop, limits, &hooks,
				 &fixture->scheduler) < 0)
		return ERROR_MEMORY;
	return 0;
}

static inline int fixture_open(struct fixture *fixture, const struct script_machine_config *config,
			       const struct script_limits *limits)
{
	return fixture_open_on(fixture, loop_sim_new(1000 * NS_PER_S), config, limits);
}

static inline void fixture_close(struct fixture *fixture)
{
	script_scheduler_free(fixture->scheduler);
	if (!fixture->machine) {
		loop_free(fixture->loop);
		return;
	}
	while (fixture->count)
		script_free(fixture->machine, fixture->scripts[--fixture->count]);
	script_machine_free(fixture->machine);
	loop_free(fixture->loop);
}

static const struct script_quota fixture_quota = {
	.busy_ns = 2 * NS_PER_S,
	.instructions = 400000000,
	.steps = 20000000,
	.memory_bytes = 16 << 20,
	.nesting = 20000,
};

static inline int fixture_load(struct fixture *fixture, const char *name, const char *text,
			       char **ret_text)
{
	const struct text_file file = {name, text, strlen(text)};
	int r = script_load(fixture->machine, &file, &fixture_quota, NULL,
			    &fixture->scripts[fixture->count], ret_text);

	if (r == 0)
		fixture->count++;
	return r;
}

/* A script whose action has this body. */
static inline struct script *fixture_action(struct fixture *fixture, const char *name,
					    const char *body)
{
	char text[8192], *why;

	snprintf(text, sizeof(text),
		 "prerule = function() return true end postrule = prerule "
		 "hostrule = prerule portrule = prerule action = function(...) %s\nend",
		 body);
	if (fixture_load(fixture, name, text, &why) < 0)
		fail_msg("%s", why);
	return fixture->scripts[fixture->count - 1];
}

static inline void fixture_add(struct script_group *group, struct script *script, void *port)
{
	const struct script_job job = {.script = script, .port = port};

	assert_int_equal(script_group_add(group, &job), 0);
}

static inline struct script_group *fixture_group(struct fixture *fixture, enum script_phase phase,
						 void *host)
{
	struct script_group *group =
		script_group_new(fixture->scheduler, phase, host, fixture_done, fixture);

	assert_non_null(group);
	return group;
}

/* Everything loaded, in one group, to its end. */
static inline void fixture_run(struct fixture *fixture)
{
	struct script_group *group = fixture_group(fixture, SCRIPT_PRERULE, NULL);
	size_t at;

	for (at = 0; at < fixture->count; at++)
		fixture_add(group, fixture->scripts[at], NULL);
	script_group_start(group);
	loop_run(fixture->loop);
	assert_int_equal(fixture->groups_done, 1);
	assert_int_equal(fixture->started, fixture->ended);
	assert_int_equal(script_scheduler_alive(fixture->scheduler), 0);
}

/* One action; what it returned. */
static inline const char *fixture_do(struct fixture *fixture, const char *body)
{
	fixture_action(fixture, "s.nse", body);
	fixture_run(fixture);
	return fixture->said;
}

#endif
