/* Going on from the journal: plan and finished hosts are there as data. A
 * scan that was itself gone on with leans on the one before it, so the chain
 * is followed to its begin. */
#include "api/resume.h"
#include "report/journal/journal.h"
#include "util/alloc.h"
#include "util/error.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define CHAIN_MAX 1000

static int open_default(const char *path, struct journal **ret_journal, struct diag *diag)
{
	char *usual = path ? NULL : journal_default_path();
	int r;

	if (!path && !usual)
		return diag_set(diag, ERROR_NOT_FOUND,
				"there is no journal to go on from: HOME is not set");
	r = journal_open(path ? path : usual, ret_journal, diag);
	alloc_free(usual);
	return r;
}

/* The stored plan, and the scan's own number (0 asks for the newest). */
static int load_plan(struct journal *journal, int64_t id, struct plan **ret_plan, int64_t *ret_id,
		     struct diag *diag)
{
	struct journal_scan scan = {0};
	char *json = NULL;
	int r = journal_load(journal, id, &json, &scan, diag);

	if (r == 0)
		r = plan_from_json(json, strlen(json), ret_plan, diag);
	if (r == 0)
		*ret_id = scan.id;
	alloc_free(json);
	return r;
}

int resume_journal_plan(const char *from, struct plan **ret_plan, struct diag *diag)
{
	struct journal *journal = NULL;
	struct plan *plan = NULL;
	char number[24], *kept;
	int64_t id = 0;
	int r = open_default(NULL, &journal, diag);

	if (r == 0)
		r = load_plan(journal, strtoll(from, NULL, 10), &plan, &id, diag);
	journal_close(journal);
	if (r < 0)
		return r;
	assert(plan);
	/* The number, not what was typed: the newest is another one tomorrow. */
	snprintf(number, sizeof(number), "%" PRId64, id);
	if (!(kept = arena_strdup(&plan->arena, number))) {
		plan_free(plan);
		return diag_set(diag, ERROR_MEMORY, "out of memory");
	}
	plan->resume_from = kept;
	*ret_plan = plan;
	return 0;
}

/* Adds what scan *id has finished; *id becomes the scan it went on from, or 0. */
static int add_scan(struct journal *journal, int64_t *id, struct addrset *done, struct diag *diag)
{
	struct plan *plan = NULL;
	int64_t own = 0, before = 0;
	int r = journal_done_hosts(journal, *id, done, diag);

	if (r == 0)
		r = load_plan(journal, *id, &plan, &own, diag);
	if (r == 0 && plan && plan->resume_from && resume_is_journal(plan->resume_from))
		before = strtoll(plan->resume_from, NULL, 10);
	else if (r == 0 && plan && plan->resume_from)
		r = resume_log_hosts(plan, done, diag);
	plan_free(plan);
	/* Only backwards: a damaged journal must not lead in a circle. */
	*id = before < *id ? before : 0;
	return r;
}

int resume_journal_hosts(const struct plan *plan, struct addrset *done, struct diag *diag)
{
	struct journal *journal = NULL;
	int64_t id = strtoll(plan->resume_from, NULL, 10);
	int links, r = open_default(plan->output.journal_path, &journal, diag);

	for (links = 0; r == 0 && id > 0 && links < CHAIN_MAX; links++)
		r = add_scan(journal, &id, done, diag);
	journal_close(journal);
	return r;
}
