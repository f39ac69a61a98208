/* A run of scripts on the simulated loop: scripts out of texts, a host made by hand; what comes
 * back is noted as text. */
#ifndef PORTOLAN_TEST_RUNNER_FIXTURE_H
#define PORTOLAN_TEST_RUNNER_FIXTURE_H

#include "folder_fixture.h"

#include "engine/script_copy.h"
#include "script/runner.h"
#include "script/runner_impl.h"
#include "util/alloc.h"
#include "util/error.h"

#define WALL_S 1000

struct runner_fixture {
	struct plan *plan;
	struct loop *loop;
	struct resolver *resolver;
	struct services *services;
	struct gate gate;
	struct interfaces interfaces;
	struct script_trees *trees;
	struct script_selection selection;
	struct script_run *run;
	struct script_runner runner;
	struct target target, other_target;
	struct script_host *host, *other;
	struct script_order order, other_order;
	struct script_work *work;
	const char *expressions[4], *folders[1];
	char root[64];
	char said[16384];
	unsigned done;
	struct diag diag;
};

static struct runner_fixture fixture;

/* ---- what comes back ---- */

__attribute__((format(printf, 1, 2))) static inline void say(const char *format, ...)
{
	size_t at = strlen(fixture.said);
	va_list args;

	va_start(args, format);
	vsnprintf(fixture.said + at, sizeof(fixture.said) - at, format, args);
	va_end(args);
}

static inline void say_place(const char *id, const struct script_place *place)
{
	say("%s@%s", id, script_scope_name(place->scope));
	if (place->scope == SCRIPT_PORT)
		say(" %u/%s", place->number, transport_name(place->transport));
}

static inline void take_result(void *self, const struct script_place *place,
			       const struct script_result *result)
{
	(void)self;
	say_place(result->id, place);
	say(": %s%s%s%s\n", result->text, result->stopped ? " (" : "",
	    result->stopped ? result->stopped : "", result->stopped ? ")" : "");
}

static inline void take_finding(void *self, const struct script_place *place,
				const struct script_finding *finding)
{
	size_t at;

	(void)self;
	say_place(finding->source, place);
	say("! %s|%s|%s|%s|%s|%s|%g", finding->id, finding->title,
	    finding_severity_name(finding->severity), finding->seen, finding->why, finding->remedy,
	    finding->confidence);
	for (at = 0; at < finding->references_count; at++)
		say("|%s", finding->references[at]);
	say("\n");
}

static inline int take_state(void *self, enum transport transport, uint16_t number,
			     enum port_state state)
{
	const struct observation seen = {
		.kind = OBSERVED_PORT,
		.port = {.transport = transport,
			 .number = number,
			 .verdict = {.state = (uint8_t)state, .reason = REASON_SCRIPT_SET}},
	};

	say("state %u/%s %s\n", number, transport_name(transport), port_state_name(state));
	return script_host_note(self, &seen);
}

static inline int take_service(void *self, enum transport transport, uint16_t number,
			       const struct service_facts *facts)
{
	const struct observation seen = {
		.kind = OBSERVED_SERVICE,
		.service = {.transport = transport, .number = number, .facts = facts},
	};

	return script_host_note(self, &seen);
}

static inline void take_done(void *self)
{
	(void)self;
	fixture.done++;
}

static inline void take_line(void *self, int level, bool to_stderr, const char *text)
{
	(void)self;
	say("log %d%s> %s\n", level, to_stderr ? " stderr" : "", text);
}

/* ---- hosts ---- */

static inline void note_port_of(struct script_host *host, enum transport transport, uint16_t number,
				enum port_state state)
{
	const struct observation seen = {
		.kind = OBSERVED_PORT,
		.port = {.transport = transport,
			 .number = number,
			 .verdict = {.state = (uint8_t)state, .reason = REASON_SYN_ACK}},
	};

	assert_int_equal(script_host_note(host, &seen), 0);
}

static inline void note_port(enum transport transport, uint16_t number, enum port_state state)
{
	note_port_of(fixture.host, transport, number, state);
}

static inline struct script_host *make_host(struct target *target, const char *addr,
					    const char *name)
{
	struct script_host *host;

	assert_true(ip_parse(addr, &target->addr));
	target->name = (char *)(uintptr_t)name;
	host = script_host_new(target);
	assert_non_null(host);
	host->state = HOST_UP;
	host->reason = REASON_ECHO_REPLY;
	host->reason_ttl = 64;
	return host;
}

static inline struct script_order make_order(struct script_host *host)
{
	return (struct script_order){
		.scope = host ? SCRIPT_HOST : SCRIPT_PRE,
		.host = host,
		.set_state = take_state,
		.set_service = take_service,
		.result = take_result,
		.finding = take_finding,
		.done = take_done,
		.self = host,
	};
}

/* ---- the run ---- */

static inline void make_plan(void)
{
	struct plan *plan = fixture.plan = plan_new();

	assert_non_null(plan);
	snprintf(fixture.root, sizeof(fixture.root), "%s", folder);
	fixture.folders[0] = fixture.root;
	fixture.expressions[0] = "test";
	plan->scripts.wanted = true;
	plan->scripts.expressions = fixture.expressions;
	plan->scripts.expressions_count = 1;
	plan->scripts.folders = fixture.folders;
	plan->scripts.folders_count = 1;
	plan->scripts.memory_bytes = 16 << 20;
}

static inline int begin(void **state)
{
	memset(&fixture, 0, sizeof(fixture));
	if (folder_begin(state) < 0)
		return -1;
	make_folder("scripts");
	make_folder("nselib");
	make_plan();
	fixture.loop = loop_sim_new(WALL_S * NS_PER_S);
	fixture.host = make_host(&fixture.target, "10.0.0.1", NULL);
	return services_builtin(&fixture.services);
}

static inline void close_run(void)
{
	script_run_free(fixture.run);
	script_selection_release(&fixture.selection);
	script_trees_close(fixture.trees);
	fixture.run = NULL;
	fixture.trees = NULL;
}

static inline int end(void **state)
{
	close_run();
	script_host_free(fixture.host);
	script_host_free(fixture.other);
	resolver_free(fixture.resolver);
	services_free(fixture.services);
	plan_free(fixture.plan);
	loop_free(fixture.loop);
	return folder_end(state);
}

static inline void write_script(const char *id, const char *text)
{
	char name[64];
	char whole[16500];

	snprintf(name, sizeof(name), "scripts/%s.nse", id);
	snprintf(whole, sizeof(whole), "categories = {'test'}\n%s", text);
	write_file(name, whole);
}

/* Has all rules; its action has this body. */
static inline void write_action(const char *id, const char *rule, const char *body)
{
	char text[16384];

	snprintf(text, sizeof(text),
		 "%s = function() return true end action = function(host, port) %s\nend", rule,
		 body);
	write_script(id, text);
}

static inline int try_open(void)
{
	const struct script_run_config config = {
		.context = {.plan = fixture.plan,
			    .loop = fixture.loop,
			    .gate = &fixture.gate,
			    .resolver = fixture.resolver,
			    .services = fixture.services,
			    .interfaces = &fixture.interfaces},
		.trees = fixture.trees,
		.selection = &fixture.selection,
		.seed = 1,
		.log = take_line,
	};

	return script_run_new(&config, &fixture.run, &fixture.diag);
}

static inline void open_run(void)
{
	const struct plan_scripts *wish = &fixture.plan->scripts;

	assert_int_equal(script_trees_open(wish, NULL, &fixture.trees, &fixture.diag), 0);
	assert_int_equal(
		script_trees_choose(fixture.trees, wish, &fixture.selection, &fixture.diag), 0);
	if (try_open() < 0)
		fail_msg("%s", fixture.diag.text);
	assert_non_null(fixture.run);
	fixture.runner = script_run_runner(fixture.run);
}

static inline void start(struct script_order *order)
{
	assert_int_equal(fixture.runner.start(fixture.runner.self, order, &fixture.work), 0);
}

/* All of the host, to its end. */
static inline void run_host(void)
{
	if (!fixture.run)
		open_run();
	fixture.order = make_order(fixture.host);
	start(&fixture.order);
	assert_int_equal(fixture.done, 0);
	loop_run(fixture.loop);
	assert_int_equal(fixture.done, 1);
	fixture.done = 0;
}

static inline void run_phase(enum script_scope scope)
{
	if (!fixture.run)
		open_run();
	fixture.order = make_order(NULL);
	fixture.order.scope = scope;
	start(&fixture.order);
	loop_run(fixture.loop);
	assert_int_equal(fixture.done, 1);
	fixture.done = 0;
}

static inline void expect(int line, const char *said)
{
	if (strcmp(fixture.said, said) != 0)
		fail_msg("line %d: said [%s]", line, fixture.said);
	*fixture.said = '\0';
}

#define EXPECT(said) expect(__LINE__, said)

#endif
