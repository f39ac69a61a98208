/* Options of service detection: what they make of a plan, and what is said
 * when they can do nothing. */
#include "support.h"

#include "api/options.h"
#include "util/alloc.h"
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

static void warned(struct asked *asked, const char *words)
{
	if (!strstr(buf_str(&asked->warnings), words))
		fail_msg("no \"%s\" in \"%s\"", words, buf_str(&asked->warnings));
}

static const char *at(struct asked *asked, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", asked->folder, name);
	return path;
}

static void put(struct asked *asked, const char *name, const char *text)
{
	FILE *file = fopen(at(asked, name), "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int begin(void **state)
{
	struct asked *asked = calloc(1, sizeof(*asked));

	*state = asked;
	if (!asked)
		return -1;
	asked->raw_possible = true;
	snprintf(asked->folder, sizeof(asked->folder), "/tmp/portolan-version-XXXXXX");
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

static void nothing_is_looked_at_unless_asked(void **state)
{
	struct asked *asked = *state;

	PLAN("h");
	assert_false(asked->plan->version.wanted);
	assert_int_equal(asked->plan->version.intensity, 7);
	assert_int_equal(asked->warnings.len, 0);
}

static void the_usual_is_intensity_7_and_our_own_probes(void **state)
{
	struct asked *asked = *state;

	PLAN("-sV", "h");
	assert_true(asked->plan->version.wanted);
	assert_int_equal(asked->plan->version.intensity, 7);
	assert_false(asked->plan->version.all_ports || asked->plan->version.trace);
	assert_null(asked->plan->version.probes_path);
	assert_int_equal(asked->warnings.len, 0);
	PLAN("-sSVU", "h");
	assert_true(asked->plan->version.wanted);
	PLAN("-sR", "h");
	assert_true(asked->plan->version.wanted);
	warned(asked, "-sR is an old spelling");
}

static void the_last_word_on_intensity_holds(void **state)
{
	struct asked *asked = *state;

	PLAN("-sV", "--version-intensity", "0", "h");
	assert_int_equal(asked->plan->version.intensity, 0);
	PLAN("-sV", "--version-intensity", "5", "--version-light", "h");
	assert_int_equal(asked->plan->version.intensity, 2);
	PLAN("-sV", "--version-light", "--version-all", "h");
	assert_int_equal(asked->plan->version.intensity, 9);
	PLAN("-sV", "--version-all", "--version-intensity=4", "h");
	assert_int_equal(asked->plan->version.intensity, 4);
	assert_int_equal(ASK("-sV", "--version-intensity", "10", "h"), ERROR_RANGE);
}

static void tracing_raises_debugging_by_one(void **state)
{
	struct asked *asked = *state;

	PLAN("-sV", "--version-trace", "h");
	assert_true(asked->plan->version.trace);
	assert_int_equal(asked->plan->output.debugging, 1);
	assert_int_equal(asked->plan->output.verbosity, 0);
	PLAN("-d2", "-sV", "--version-trace", "h");
	assert_int_equal(asked->plan->output.debugging, 3);
	PLAN("-d10", "-sV", "--version-trace", "h");
	assert_int_equal(asked->plan->output.debugging, 10);
	PLAN("-sV", "--packet-trace", "h");
	assert_true(asked->plan->version.trace);
	assert_int_equal(asked->plan->output.debugging, 0);
}

static void all_ports_is_kept(void **state)
{
	struct asked *asked = *state;

	PLAN("-sV", "--allports", "h");
	assert_true(asked->plan->version.all_ports);
	assert_int_equal(asked->warnings.len, 0);
}

static void what_does_nothing_is_said(void **state)
{
	struct asked *asked = *state;

	PLAN("-sn", "-sV", "h");
	assert_false(asked->plan->version.wanted);
	warned(asked, "none are scanned");
	PLAN("-sL", "-sV", "h");
	assert_false(asked->plan->version.wanted);
	warned(asked, "none are scanned");
	PLAN("-sO", "-sV", "h");
	assert_false(asked->plan->version.wanted);
	warned(asked, "ignored with -sO");
	PLAN("--version-light", "h");
	warned(asked, "do nothing without -sV");
	PLAN("--versiondb", "/nonexistent", "h");
	warned(asked, "do nothing without -sV");
	PLAN("-sI", "10.0.0.1", "-Pn", "-sV", "h");
	warned(asked, "zombie or not");
}

static void a_looks_at_services_and_says_what_is_left_out(void **state)
{
	struct asked *asked = *state;

	PLAN("-A", "h");
	assert_true(asked->plan->version.wanted);
	assert_true(asked->plan->scripts.standard && asked->plan->scripts.version);
	assert_int_equal(ASK("-sn", "-A", "h"), ERROR_CONFLICT);
	assert_int_equal(ASK("-sI", "10.0.0.1", "-A", "h"), ERROR_CONFLICT);
	asked->raw_possible = false;
	PLAN("-sn", "-A", "h");
	assert_false(asked->plan->version.wanted);
	warned(asked, "-A looks at open ports");
}

static void a_probe_file_is_read_before_anything_is_sent(void **state)
{
	struct asked *asked = *state;
	const char *path = at(asked, "mine");

	put(asked, "mine", "Probe TCP A q|x|\nmatch a m/x/\n");
	PLAN("-sV", "--versiondb", path, "h");
	assert_string_equal(asked->plan->version.probes_path, path);
	put(asked, "mine", "Probe TCP A q|x|\nmatch a\n");
	assert_int_equal(ASK("-sV", "--versiondb", path, "h"), ERROR_SYNTAX);
	assert_non_null(strstr(asked->diag.text, "/mine, line 2, column 8: the service's name"));
	assert_non_null(strstr(asked->diag.text, "--versiondb"));
	assert_int_equal(asked->diag.line, 2);
	put(asked, "mine", "Probe TCP A q|x|\nmatch a m/x/\nmatch b m/a*/\nmatch c m/(/\n");
	assert_int_equal(ASK("-sV", "--versiondb", path, "h"), ERROR_SYNTAX);
	assert_non_null(strstr(asked->diag.text, "mine:3: the pattern cannot be used"));
	unlink(path);
	assert_int_equal(ASK("-sV", "--versiondb", path, "h"), ERROR_NOT_FOUND);
	assert_non_null(strstr(asked->diag.text, path));
}

static void the_data_folder_may_hold_probes(void **state)
{
	struct asked *asked = *state;

	put(asked, "services", "a file, as in /etc");
	PLAN("-sV", "--datadir", asked->folder, "h");
	assert_null(asked->plan->version.probes_path);
	unlink(at(asked, "services"));
	assert_int_equal(mkdir(at(asked, "services"), 0700), 0);
	assert_int_equal(ASK("-sV", "--datadir", asked->folder, "h"), ERROR_NOT_FOUND);
	put(asked, "services/a.probe", "Probe TCP A q|x|\n");
	PLAN("-sV", "--datadir", asked->folder, "h");
	assert_string_equal(asked->plan->version.probes_path, at(asked, "services"));
	put(asked, "nmap-service-probes", "Probe TCP A q|x|\n");
	asked->datadir = asked->folder;
	PLAN("-sV", "h");
	assert_string_equal(asked->plan->version.probes_path, at(asked, "nmap-service-probes"));
	PLAN("-sV", "--versiondb", at(asked, "services"), "h");
	assert_string_equal(asked->plan->version.probes_path, at(asked, "services"));
	unlink(at(asked, "nmap-service-probes"));
	unlink(at(asked, "services/a.probe"));
	rmdir(at(asked, "services"));
}

static void the_plan_says_what_will_be_done(void **state)
{
	struct asked *asked = *state;
	struct buf out = BUF_INIT;

	PLAN("-sV", "--version-light", "--allports", "h");
	plan_explain(asked->plan, 1, &out);
	assert_non_null(strstr(buf_str(&out), "Services    of open ports, at intensity 2, by the "
					      "built-in probes; printers and controllers too\n"));
	buf_clear(&out);
	PLAN("h");
	plan_explain(asked->plan, 1, &out);
	assert_null(strstr(buf_str(&out), "Services"));
	buf_release(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_looked_at_unless_asked),
		TEST(the_usual_is_intensity_7_and_our_own_probes),
		TEST(the_last_word_on_intensity_holds),
		TEST(tracing_raises_debugging_by_one),
		TEST(all_ports_is_kept),
		TEST(what_does_nothing_is_said),
		TEST(a_looks_at_services_and_says_what_is_left_out),
		TEST(a_probe_file_is_read_before_anything_is_sent),
		TEST(the_data_folder_may_hold_probes),
		TEST(the_plan_says_what_will_be_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
