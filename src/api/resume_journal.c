/* Going on from the journal: plan and finished hosts are there as data. */
#include "api/resume.h"
#include "report/journal/journal.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>

int resume_journal_plan(const char *from, struct plan **ret_plan, struct diag *diag)
{
	struct journal_scan scan = {0};
	struct journal *journal = NULL;
	char *path = journal_default_path(), *json = NULL;
	int r = journal_open(path, &journal, diag);

	if (r == 0)
		r = journal_load(journal, strtoll(from, NULL, 10), &json, &scan, diag);
	if (r == 0)
		r = plan_from_json(json, strlen(json), ret_plan, diag);
	alloc_free(json);
	journal_close(journal);
	alloc_free(path);
	return r;
}

int resume_journal_hosts(const struct plan *plan, struct addrset *done, struct diag *diag)
{
	struct journal *journal = NULL;
	char *path = plan->output.journal_path ? NULL : journal_default_path();
	int r = journal_open(path ? path : plan->output.journal_path, &journal, diag);

	if (r == 0)
		r = journal_done_hosts(journal, strtoll(plan->resume_from, NULL, 10), done, diag);
	journal_close(journal);
	alloc_free(path);
	return r;
}
