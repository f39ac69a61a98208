/* Options of OS detection and paths: what they make of a plan, and what is said
 * when they can do nothing. */
#include "support.h"

#include "api/options.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct asked {
	const char *datadir;
	bool raw_possible;
	struct plan *plan;
	struct diag diag;
	struct buf warnings;
	char folder[64];
};

static void note_warning(void *self, const char *text)
{
	buf_addf(self, "%s\n", text);
}

static int ask(struct asked *asked, const char *const *argv)
{
	enum request_kind kind;
	int argc = 0;

	while (argv[argc])
		argc++;
	plan_free(asked->plan);
	asked->plan = NULL;
	asked->diag = (struct diag){0};
	buf_release(&asked->warnings);
	return plan_from_argv(&(struct plan_request){.argc = argc,
						     .argv = (char *const *)argv,
						     .datadir = asked->datadir,
						     .raw_possible = asked->raw_possible,
						     .warn = note_warning,
						     .self = &asked->warnings},
			      &kind, &asked->plan, &asked->diag);
}

#define ASK(...) ask(asked, (const char *const[]){"portolan", __VA_ARGS__, NULL})
#define PLAN(...)                                         \
	do {                                              \
		if (ASK(__VA_ARGS__) < 0)                 \
			fail_msg("%s", asked->diag.text); \
	} while (0)
#define REFUSED(error, words, ...)                                \
	do {                                                      \
		assert_int_equal(ASK(__VA_ARGS__), error);        \
		assert_non_null(strstr(asked->diag.text, words)); \
	} while (0)

static void warned(struct asked *asked, const char *words)
{
	if (!strstr(buf_str(&asked->warnings), words))
		fail_msg("no \"%s\" in \"%s\"", words, buf_str(&asked->warnings));
}

static void not_warned(struct asked *asked)
{
	if (asked->warnings.len)
		fail_msg("warned: %s", buf_str(&asked->warnings));
}

static const char *at(struct asked *asked, const char *name)
{
	static char paths[4][256];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", asked->folder, name);
	return path;
}

static int begin(void **state)
{
	struct asked *asked = calloc(1, sizeof(*asked));

	*state = asked;
	if (!asked)
		return -1;
	asked->raw_possible = true;
	snprintf(asked->folder, sizeof(asked->folder), "/tmp/portolan-system-XXXXXX");
	return mkdtemp(asked->folder) ? 0 : -1;
}

static int end(void **state)
{
	struct asked *asked = *state;
	int r = rmdir(asked->folder);

	plan_free(asked->plan);
	buf_release(&asked->warnings);
	free(asked);
	return r;
}

static void nothing_is_done_unless_asked(void **state)
{
	struct asked *asked = *state;

	PLAN("h");
	assert_false(asked->plan->system.wanted || asked->plan->path.wanted);
	not_warned(asked);
}

static void the_usual_is_five_rounds_and_our_own_prints(void **state)
{
	struct asked *asked = *state;
	const struct plan_system *system;

	PLAN("-O", "h");
	system = &asked->plan->system;
	assert_true(system->wanted);
	assert_false(system->limit || system->guess || system->all || system->old_xml);
	assert_int_equal(system->tries, 5);
	assert_int_equal(system->probes_max, 0);
	assert_null(system->db_path);
	assert_false(asked->plan->path.wanted || asked->plan->version.wanted);
	not_warned(asked);
	PLAN("-O2", "-sT", "h");
	assert_true(asked->plan->system.wanted);
	PLAN("-O", "-6", "-sU", "h");
	assert_true(asked->plan->system.wanted);
	not_warned(asked);
}

static void each_manner_is_kept(void **state)
{
	struct asked *asked = *state;

	PLAN("-O", "--osscan-limit", "h");
	assert_true(asked->plan->system.limit);
	assert_false(asked->plan->system.guess || asked->plan->system.all);
	PLAN("-O", "--osscan-guess", "h");
	assert_true(asked->plan->system.guess);
	assert_false(asked->plan->system.limit);
	PLAN("-O", "--fuzzy", "h");
	assert_true(asked->plan->system.guess);
	PLAN("-O", "--osscan-all", "h");
	assert_true(asked->plan->system.all);
	assert_false(asked->plan->system.old_xml);
	PLAN("-O", "--deprecated-xml-osclass", "h");
	assert_true(asked->plan->system.old_xml);
	PLAN("-O", "--max-os-tries", "1", "--max-os-probes", "65535", "h");
	assert_int_equal(asked->plan->system.tries, 1);
	assert_int_equal(asked->plan->system.probes_max, 65535);
	not_warned(asked);
	REFUSED(ERROR_RANGE, "1 to 50", "-O", "--max-os-tries", "51", "h");
	REFUSED(ERROR_RANGE, "1 to 65535", "-O", "--max-os-probes", "0", "h");
	REFUSED(ERROR_SYNTAX, "long gone", "-O1", "h");
}

static void it_needs_ports_and_raw_packets(void **state)
{
	struct asked *asked = *state;

	REFUSED(ERROR_CONFLICT, "port scan", "-sn", "-O", "h");
	REFUSED(ERROR_CONFLICT, "port scan", "-sL", "-O", "h");
	PLAN("-sO", "-O", "h");
	assert_false(asked->plan->system.wanted);
	warned(asked, "-O looks at ports");
	PLAN("-sI", "10.0.0.1", "-Pn", "-O", "h");
	assert_true(asked->plan->system.wanted);
	warned(asked, "zombie or not");
	asked->raw_possible = false;
	REFUSED(ERROR_CONFLICT, "CAP_NET_RAW", "-O", "h");
	REFUSED(ERROR_CONFLICT, "CAP_NET_RAW", "--traceroute", "h");
}

static void paths_are_traced_to_any_host(void **state)
{
	struct asked *asked = *state;

	PLAN("--traceroute", "h");
	assert_true(asked->plan->path.wanted);
	assert_false(asked->plan->system.wanted);
	PLAN("--traceroute", "-sn", "h");
	assert_true(asked->plan->path.wanted);
	PLAN("--traceroute", "-sO", "h");
	assert_true(asked->plan->path.wanted);
	PLAN("--traceroute", "-sT", "h");
	assert_true(asked->plan->path.wanted);
	not_warned(asked);
	PLAN("--traceroute", "-sL", "h");
	assert_false(asked->plan->path.wanted);
	warned(asked, "-sL sends none");
	REFUSED(ERROR_CONFLICT, "zombie", "--traceroute", "-sI", "10.0.0.1", "h");
}

static void a_is_services_systems_and_paths(void **state)
{
	struct asked *asked = *state;

	PLAN("-A", "h");
	assert_true(asked->plan->version.wanted && asked->plan->system.wanted &&
		    asked->plan->path.wanted);
	assert_true(asked->plan->scripts.standard && asked->plan->scripts.wanted);
	not_warned(asked);
	PLAN("-A", "-sO", "h");
	assert_false(asked->plan->version.wanted || asked->plan->system.wanted);
	assert_true(asked->plan->path.wanted);
	warned(asked, "-sV looks at ports");
	warned(asked, "-O looks at ports");
	PLAN("-A", "--unprivileged", "--osscan-guess", "h");
	assert_true(asked->plan->version.wanted);
	assert_false(asked->plan->system.wanted || asked->plan->path.wanted);
	warned(asked, "do nothing without -O, which -A does with raw packets only");
	PLAN("-A", "--unprivileged", "-sn", "h");
	assert_false(asked->plan->system.wanted || asked->plan->path.wanted);
	PLAN("-A", "--unprivileged", "-sL", "h");
	assert_false(asked->plan->path.wanted);
}

static void what_does_nothing_is_said(void **state)
{
	struct asked *asked = *state;

	PLAN("--osscan-limit", "h");
	assert_false(asked->plan->system.wanted);
	warned(asked, "do nothing without -O.");
	PLAN("--max-os-tries", "2", "-sn", "h");
	warned(asked, "do nothing without -O.");
	PLAN("--osdb", "/nonexistent", "h");
	assert_null(asked->plan->system.db_path);
	warned(asked, "do nothing without -O.");
	PLAN("--mmdb", "/nonexistent", "h");
	warned(asked, "does nothing without it");
	PLAN("-A", "--osscan-limit", "--mmdb", "/dev/null", "h");
	assert_null(strstr(buf_str(&asked->warnings), "nothing"));
}

static void prints_come_from_the_file_or_the_folder(void **state)
{
	struct asked *asked = *state;
	FILE *file;

	asked->datadir = asked->folder;
	PLAN("-O", "h");
	assert_null(asked->plan->system.db_path);
	assert_int_equal(mkdir(at(asked, "os"), 0700), 0);
	PLAN("-O", "h");
	assert_string_equal(asked->plan->system.db_path, at(asked, "os"));
	assert_non_null(file = fopen(at(asked, "nmap-os-db"), "w"));
	fclose(file);
	PLAN("-O", "h");
	assert_string_equal(asked->plan->system.db_path, at(asked, "nmap-os-db"));
	asked->datadir = NULL;
	PLAN("-A", "--datadir", asked->folder, "h");
	assert_string_equal(asked->plan->system.db_path, at(asked, "nmap-os-db"));
	PLAN("-O", "--datadir", asked->folder, "--osdb", "/dev/null", "h");
	assert_string_equal(asked->plan->system.db_path, "/dev/null");
	PLAN("--datadir", asked->folder, "h");
	assert_null(asked->plan->system.db_path);
	unlink(at(asked, "nmap-os-db"));
	rmdir(at(asked, "os"));
}

static void a_file_that_is_not_there_is_told_at_once(void **state)
{
	struct asked *asked = *state;

	REFUSED(ERROR_NOT_FOUND, "--osdb: /nonexistent", "-O", "--osdb", "/nonexistent", "h");
	REFUSED(ERROR_NOT_FOUND, "--mmdb: /nonexistent", "--traceroute", "--mmdb", "/dev/null",
		"--mmdb", "/nonexistent", "h");
}

static void several_files_of_places_are_kept_in_order(void **state)
{
	struct asked *asked = *state;
	const struct plan_path *path;

	PLAN("--traceroute", "--mmdb", "/dev/null", "--mmdb", "/dev/zero", "h");
	path = &asked->plan->path;
	assert_int_equal(path->mmdb_paths_count, 2);
	assert_string_equal(path->mmdb_paths[0], "/dev/null");
	assert_string_equal(path->mmdb_paths[1], "/dev/zero");
	not_warned(asked);
}

static void it_is_explained(void **state)
{
	struct asked *asked = *state;
	struct buf out = BUF_INIT;

	PLAN("-sS", "-p1", "-O", "--max-os-probes", "9", "--max-os-tries", "1", "--osscan-limit",
	     "--traceroute", "--mmdb", "/dev/null", "10.0.0.1");
	plan_explain(asked->plan, 1, &out);
	assert_non_null(strstr(buf_str(&out), "\nSystems     of hosts that are up and have an open "
					      "and a closed TCP port, by the built-in reference "
					      "prints; at most 9 probes to each, up to 1 round, "
					      "probes only while they can change the answer\n"));
	assert_non_null(strstr(buf_str(&out), "\nPaths       traced to each host that is up"));
	assert_non_null(strstr(buf_str(&out), "networks from /dev/null\n"));
	assert_non_null(strstr(buf_str(&out), "; for systems and paths further ones\n"));
	buf_release(&out);
	PLAN("-sS", "-p1", "-O", "--osdb", "/dev/null", "10.0.0.1");
	plan_explain(asked->plan, 1, &out);
	assert_non_null(strstr(buf_str(&out), "by the reference prints of /dev/null; up to 5 "
					      "rounds, all probes of each\n"));
	assert_null(strstr(buf_str(&out), "\nPaths"));
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_done_unless_asked, begin, end),
		cmocka_unit_test_setup_teardown(the_usual_is_five_rounds_and_our_own_prints, begin,
						end),
		cmocka_unit_test_setup_teardown(each_manner_is_kept, begin, end),
		cmocka_unit_test_setup_teardown(it_needs_ports_and_raw_packets, begin, end),
		cmocka_unit_test_setup_teardown(paths_are_traced_to_any_host, begin, end),
		cmocka_unit_test_setup_teardown(a_is_services_systems_and_paths, begin, end),
		cmocka_unit_test_setup_teardown(what_does_nothing_is_said, begin, end),
		cmocka_unit_test_setup_teardown(prints_come_from_the_file_or_the_folder, begin,
						end),
		cmocka_unit_test_setup_teardown(a_file_that_is_not_there_is_told_at_once, begin,
						end),
		cmocka_unit_test_setup_teardown(several_files_of_places_are_kept_in_order, begin,
						end),
		cmocka_unit_test_setup_teardown(it_is_explained, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
