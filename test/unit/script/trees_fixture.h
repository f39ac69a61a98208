/* Trees and a machine with all that a run has, less hosts. */
#ifndef PORTOLAN_TEST_TREES_FIXTURE_H
#define PORTOLAN_TEST_TREES_FIXTURE_H

#include "folder_fixture.h"

#include "script/context.h"
#include "script/scheduler.h"
#include "script/trees.h"
#include "util/error.h"

#include <lauxlib.h>
#include <lua.h>

#define FIXTURE_FOLDERS 4

struct trees_fixture {
	struct plan_scripts wish;
	const char *folders[FIXTURE_FOLDERS], *expressions[8];
	const char *cache;
	struct script_trees *trees;
	struct script_selection selection;
	struct plan *plan;
	struct loop *loop;
	struct script_context context;
	struct script_machine *machine;
	struct script_scheduler *scheduler;
	struct script_set set;
	char skipped[512], warned[512];
	struct diag diag;
};

static const struct script_quota trees_quota = {
	.busy_ns = 2 * NS_PER_S,
	.memory_bytes = 64 << 20,
};

/* Both lists end with NULL. */
static inline void trees_wish(struct trees_fixture *fixture, const char *const *folders,
			      const char *const *expressions)
{
	memset(fixture, 0, sizeof(*fixture));
	for (; folders && *folders; folders++)
		fixture->folders[fixture->wish.folders_count++] = *folders;
	for (; expressions && *expressions; expressions++)
		fixture->expressions[fixture->wish.expressions_count++] = *expressions;
	fixture->wish.folders = fixture->folders;
	fixture->wish.expressions = fixture->expressions;
}

static inline void trees_note_skipped(void *self, const char *path)
{
	struct trees_fixture *fixture = self;

	snprintf(fixture->skipped, sizeof(fixture->skipped), "%s", path);
}

static inline void trees_note_warning(void *self, const char *text)
{
	struct trees_fixture *fixture = self;

	snprintf(fixture->warned, sizeof(fixture->warned), "%s", text);
}

static inline int trees_choose(struct trees_fixture *fixture)
{
	int r = script_trees_open(&fixture->wish, fixture->cache, &fixture->trees, &fixture->diag);

	if (r < 0)
		return r;
	script_trees_speak(fixture->trees, false, trees_note_warning, fixture);
	return script_trees_choose(fixture->trees, &fixture->wish, &fixture->selection,
				   &fixture->diag);
}

static inline int trees_make_machine(struct trees_fixture *fixture)
{
	static const struct script_limits no_limits;
	static const struct script_hooks no_hooks;
	struct script_machine_config config = {.seed = 1};
	int r;

	script_trees_configure(fixture->trees, &config);
	fixture->plan = plan_new();
	fixture->loop = loop_sim_new(1000 * NS_PER_S);
	if (!fixture->plan || !fixture->loop)
		return ERROR_MEMORY;
	fixture->context = (struct script_context){.plan = fixture->plan,
						   .loop = fixture->loop,
						   .trees = fixture->trees,
						   .intensity = -1};
	if ((r = script_machine_new(&config, &fixture->machine)) < 0)
		return r;
	script_machine_set_context(fixture->machine, &fixture->context);
	if ((r = script_scheduler_new(fixture->machine, fixture->loop, &no_limits, &no_hooks,
				      &fixture->scheduler)) < 0)
		return r;
	return script_trees_prepare(fixture->machine);
}

/* Chooses and loads. */
static inline int trees_load(struct trees_fixture *fixture)
{
	int r;

	if ((r = trees_choose(fixture)) < 0 || (r = trees_make_machine(fixture)) < 0)
		return r;
	return script_set_load(fixture->trees, fixture->machine, &fixture->selection, &trees_quota,
			       trees_note_skipped, fixture, &fixture->set, &fixture->diag);
}

static inline void trees_end(struct trees_fixture *fixture)
{
	if (fixture->machine) {
		script_scheduler_free(fixture->scheduler);
		script_set_release(fixture->machine, &fixture->set);
	}
	script_machine_free(fixture->machine);
	loop_free(fixture->loop);
	plan_free(fixture->plan);
	script_selection_release(&fixture->selection);
	script_trees_close(fixture->trees);
}

#endif
