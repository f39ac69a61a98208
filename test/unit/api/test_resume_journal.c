#include "support.h"

#include "api/options.h"
#include "api/resume.h"
#include "report/journal/journal.h"
#include "util/alloc.h"
#include "util/error.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/portolan-state-XXXXXX";

static int make_folder(void **state)
{
	return mkdtemp(folder) ? setenv("XDG_STATE_HOME", folder, 1) : -1;
}

static int remove_entry(const char *path, const struct stat *info, int flag, struct FTW *at)
{
	return remove(path);
}

static int remove_folder(void **state)
{
	return nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static int plan_of(const char *const *argv, struct plan **ret_plan, struct diag *diag)
{
	enum request_kind kind;
	int argc = 0;

	while (argv[argc])
		argc++;
	return plan_from_argv(&(struct plan_request){.argc = argc, .argv = (char *const *)argv},
			      &kind, ret_plan, diag);
}

static void see_host(struct sink *sink, uint32_t addr, bool incomplete)
{
	static uint64_t index;
	struct target target = {.index = index++, .addr = ip_v4(addr), .refs = 1};
	struct observation seen = {
		.wall_ns = 1700000000000000000u, .kind = OBSERVED_HOST_DONE, .target = &target};

	seen.done.state = HOST_UP;
	seen.done.ports_scanned = true;
	seen.done.incomplete = incomplete;
	assert_int_equal(sink->observe(sink->self, &seen), 0);
}

/* A scan that is through with 10.0.0.<first> and not with the next; its id. */
static int64_t keep_scan(const struct plan *plan, uint32_t first)
{
	char *json = plan_to_json(plan);
	const struct journal_begin begin = {.plan = plan, .plan_json = json, .start_s = 1700000000};
	struct journal_writer *writer;
	struct diag diag = {0};
	struct sink sink;
	int64_t id;

	assert_int_equal(journal_writer_new(&begin, &writer, &diag), 0);
	sink = journal_writer_sink(writer);
	sink.observe(sink.self, &(struct observation){.kind = OBSERVED_RUN_BEGIN,
						      .wall_ns = 1700000000000000000u});
	see_host(&sink, 0x0a000000 + first, false);
	see_host(&sink, 0x0a000000 + first + 1, true);
	id = journal_writer_finish(writer, &diag);
	if (id <= 0)
		fail_msg("%s", diag.text);
	journal_writer_free(writer);
	alloc_free(json);
	return id;
}

static void assert_done(const struct plan *plan, const char *wanted)
{
	struct addrset *done = NULL;
	char said[16] = "";
	struct diag diag = {0};
	uint32_t i;

	if (resume_done_hosts(plan, &done, &diag) < 0)
		fail_msg("%s", diag.text);
	for (i = 1; i <= 9; i++) {
		struct ip_addr addr = ip_v4(0x0a000000 + i);

		if (addrset_has(done, &addr))
			said[strlen(said)] = (char)('0' + i);
	}
	assert_string_equal(said, wanted);
	addrset_free(done);
}

static void a_chain_of_resumed_scans_knows_all_finished_hosts(void **state)
{
	struct plan *first = NULL, *second = NULL, *third = NULL;
	struct diag diag = {0};
	char id[24];

	assert_int_equal(plan_of((const char *const[]){"portolan", "-p1", "10.0.0.1-9", NULL},
				 &first, &diag),
			 0);
	snprintf(id, sizeof(id), "%lld", (long long)keep_scan(first, 1));
	if (plan_of((const char *const[]){"portolan", "--resume", id, NULL}, &second, &diag) < 0)
		fail_msg("%s", diag.text);
	assert_string_equal(second->resume_from, id);
	assert_string_equal(second->targets.expressions[0], "10.0.0.1-9");
	assert_true(second->output.append);
	assert_done(second, "1");
	keep_scan(second, 5);
	/* 0 is the newest. */
	assert_int_equal(
		plan_of((const char *const[]){"portolan", "--resume", "0", NULL}, &third, &diag),
		0);
	assert_string_not_equal(third->resume_from, "0");
	assert_done(third, "15");
	plan_free(first);
	plan_free(second);
	plan_free(third);
}

static void a_scan_that_is_not_there_is_told_of(void **state)
{
	struct plan *plan = NULL;
	struct diag diag = {0};

	assert_true(plan_of((const char *const[]){"portolan", "--resume", "999", NULL}, &plan,
			    &diag) < 0);
	assert_non_null(strstr(diag.text, "999"));
	assert_null(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chain_of_resumed_scans_knows_all_finished_hosts),
		cmocka_unit_test(a_scan_that_is_not_there_is_told_of),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
