#include "support.h"

#include "api/options.h"
#include "engine/technique.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MS 1000000ull

struct asked {
	const char *environment, *datadir, *datadir_variable;
	struct plan *plan;
	enum request_kind kind;
	struct diag diag;
	struct buf warnings;
};

static void note_warning(void *self, const char *text)
{
	buf_addf(self, "%s\n", text);
}

static int ask(struct asked *asked, const char *const *argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	plan_free(asked->plan);
	asked->plan = NULL;
	asked->diag = (struct diag){0};
	buf_release(&asked->warnings);
	return plan_from_argv(
		&(struct plan_request){
			.argc = argc,
			.argv = (char *const *)argv,
			.environment = asked->environment,
			.datadir = asked->datadir,
			.datadir_variable = asked->datadir_variable,
			.warn = note_warning,
			.self = &asked->warnings,
		},
		&asked->kind, &asked->plan, &asked->diag);
}

#define ASK(...) ask(asked, (const char *const[]){"portolan", __VA_ARGS__, NULL})

/* Succeeds, or the test fails with the sentence. */
#define PLAN(...)                                         \
	do {                                              \
		if (ASK(__VA_ARGS__) < 0)                 \
			fail_msg("%s", asked->diag.text); \
	} while (0)

static int begin(void **state)
{
	*state = calloc(1, sizeof(struct asked));
	return *state ? 0 : -1;
}

static int end(void **state)
{
	struct asked *asked = *state;

	plan_free(asked->plan);
	buf_release(&asked->warnings);
	free(asked);
	return 0;
}

static void assert_ports(const struct portset *ports, const char *wanted)
{
	struct buf text = BUF_INIT;

	portset_format(ports, &text);
	assert_string_equal(buf_str(&text), wanted);
	buf_release(&text);
}

static void a_bare_target_gives_the_defaults(void **state)
{
	struct asked *asked = *state;

	PLAN("example.org");
	assert_int_equal(asked->plan->techniques_count, 1);
	assert_string_equal(asked->plan->techniques[0]->name, "tcp-connect");
	assert_int_equal(asked->plan->ports->of[TRANSPORT_TCP].count, 1000);
	assert_int_equal(asked->plan->ports->of[TRANSPORT_UDP].count, 0);
	assert_ports(&asked->plan->discovery.connect, "80,443");
	assert_int_equal(asked->plan->targets.families, RESOLVE_BOTH);
	assert_int_equal(asked->plan->timing.level, 3);
	assert_true(asked->plan->output.journal);
	assert_int_equal(asked->plan->names, NAMES_UP);
	assert_int_equal(asked->plan->ttl, -1);
	assert_string_equal(asked->plan->program, "portolan");
	assert_string_equal(asked->plan->command_line, "portolan example.org");
}

static void the_command_line_is_echoed_options_first(void **state)
{
	const char *const argv[] = {"/opt/nmap", "a b", "-sn", "x\"y", "-n", NULL};
	struct asked *asked = *state;

	assert_int_equal(ask(asked, argv), 0);
	assert_string_equal(asked->plan->command_line, "/opt/nmap -sn -n \"a b\" x\\\"y");
	assert_string_equal(asked->plan->program, "nmap");
	assert_int_equal(asked->plan->argc, 5);
	assert_string_equal(asked->plan->argv[3], "a b");
	assert_string_equal(asked->plan->targets.expressions[1], "x\"y");
}

static void the_environment_comes_first(void **state)
{
	struct asked *asked = *state;
	char text[2049];

	asked->environment = "-sL  -n \"c d\"";
	PLAN("host");
	assert_string_equal(asked->plan->command_line, "portolan -sL -n \"c d\" host");
	assert_int_equal(ask(asked, (const char *const[]){"portolan", NULL}), 0);
	assert_int_equal(asked->kind, REQUEST_SCAN);
	asked->environment = "-sL \"c";
	assert_int_equal(ASK("host"), ERROR_SYNTAX);
	memset(text, 'a', 2048);
	text[2048] = 0;
	asked->environment = text;
	assert_int_equal(ASK("host"), ERROR_LIMIT);
	text[2047] = 0;
	assert_int_equal(ASK("host"), 0);
}

static void explicit_timing_beats_the_template_in_any_order(void **state)
{
	struct asked *asked = *state;
	const struct timing *timing;

	PLAN("--max-retries", "3", "-T5", "--host-timeout", "0", "h");
	timing = &asked->plan->timing;
	assert_int_equal(timing->max_retries, 3);
	assert_int_equal(timing->host_timeout_ns, 0);
	assert_int_equal(timing->initial_rtt_ns, 250 * MS);
	PLAN("--scan-delay", "2s", "h");
	timing = &asked->plan->timing;
	assert_int_equal(timing->max_scan_delay_tcp_ns, 2000 * MS);
	assert_int_equal(timing->max_scan_delay_udp_ns, 2000 * MS);
	PLAN("--max-scan-delay", "2s", "--scan-delay", "3s", "h");
	assert_int_equal(asked->plan->timing.max_scan_delay_tcp_ns, 2000 * MS);
	PLAN("-T1", "--max-parallelism", "7", "h");
	assert_int_equal(asked->plan->timing.max_parallelism, 7);
	PLAN("-T1", "--min-parallelism", "7", "h");
	assert_int_equal(asked->plan->timing.max_parallelism, 7);
	PLAN("--open", "h");
	assert_true(asked->plan->timing.defeat_rst_ratelimit);
}

/* The values are what nmap 7.93 -d reports for the same options. */
static void round_trip_limits_move_each_other(void **state)
{
	struct asked *asked = *state;
	const struct timing *timing;

	PLAN("--min-rtt-timeout", "2s", "--max-rtt-timeout", "1s", "--initial-rtt-timeout", "3s",
	     "h");
	timing = &asked->plan->timing;
	assert_int_equal(timing->initial_rtt_ns, 1000 * MS);
	assert_int_equal(timing->min_rtt_ns, 1000 * MS);
	assert_int_equal(timing->max_rtt_ns, 1000 * MS);
	PLAN("--min-rtt-timeout", "20s", "h");
	timing = &asked->plan->timing;
	assert_int_equal(timing->initial_rtt_ns, 20000 * MS);
	assert_int_equal(timing->max_rtt_ns, 20000 * MS);
	PLAN("-T4", "--initial-rtt-timeout", "20s", "h");
	timing = &asked->plan->timing;
	assert_int_equal(timing->min_rtt_ns, 100 * MS);
	assert_int_equal(timing->max_rtt_ns, 20000 * MS);
}

static void ping_ports_become_one_list(void **state)
{
	struct asked *asked = *state;

	PLAN("-PA25,22", "-PS22,http", "h");
	assert_ports(&asked->plan->discovery.connect, "22,25,80");
	PLAN("-PS", "h");
	assert_ports(&asked->plan->discovery.connect, "80");
	PLAN("--exclude-ports", "T:443", "h");
	assert_ports(&asked->plan->discovery.connect, "80");
	assert_int_equal(ASK("--exclude-ports", "80,443", "h"), ERROR_CONFLICT);
	PLAN("--exclude-ports", "80,443", "-Pn", "h");
	assert_true(asked->plan->discovery.skip);
}

static void ports_are_chosen_as_asked(void **state)
{
	struct asked *asked = *state;
	struct portset fast;

	PLAN("-p", "T:22,25,U:53", "h");
	assert_ports(&asked->plan->ports->of[TRANSPORT_TCP], "22,25");
	PLAN("-F", "h");
	fast = asked->plan->ports->of[TRANSPORT_TCP];
	assert_int_equal(fast.count, 100);
	PLAN("--top-ports", "100", "h");
	assert_memory_equal(&fast, &asked->plan->ports->of[TRANSPORT_TCP], sizeof(fast));
	PLAN("-p", "1-100", "--top-ports", "2", "h");
	assert_int_equal(asked->plan->ports->of[TRANSPORT_TCP].count, 2);
	assert_true(portset_has(&asked->plan->ports->of[TRANSPORT_TCP], 80));
	PLAN("-p", "1-100", "--top-ports", "2", "--exclude-ports", "80", "h");
	assert_int_equal(asked->plan->ports->of[TRANSPORT_TCP].count, 2);
	assert_false(portset_has(&asked->plan->ports->of[TRANSPORT_TCP], 80));
	PLAN("-p", "5,6,7", "--exclude-ports", "6", "-r", "h");
	assert_ports(&asked->plan->ports->of[TRANSPORT_TCP], "5,7");
	assert_true(asked->plan->sequential_ports);
	PLAN("--port-ratio", "0.9999", "h");
	assert_int_equal(asked->plan->ports->of[TRANSPORT_TCP].count, 0);
	assert_string_equal(buf_str(&asked->warnings),
			    "Warning: no tcp port is left to scan, so none will be.\n");
	PLAN("-sn", "--top-ports", "5", "h");
	assert_null(asked->plan->ports);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Closed to anyone but root, who sees everything: the test's user is another one for a while. */
static void assert_closed_folder_is_refused(struct asked *asked, char *folder)
{
	uid_t self = getuid();

	assert_int_equal(chmod(folder, self ? 0 : 0700), 0);
	if (!self)
		assert_int_equal(setresuid(65534, 65534, 0), 0);
	assert_int_equal(ASK("--datadir", folder, "h"), ERROR_NOT_FOUND);
	if (!self)
		assert_int_equal(setresuid(0, 0, 0), 0);
	assert_non_null(strstr(asked->diag.text, "Permission denied"));
	assert_int_equal(chmod(folder, 0700), 0);
}

static void a_data_folder_that_cannot_be_used_is_refused(void **state)
{
	struct asked *asked = *state;
	char folder[] = "/tmp/portolan-data-XXXXXX", path[64];

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/file", folder);
	assert_int_equal(ASK("--datadir", path, "h"), ERROR_NOT_FOUND);
	assert_non_null(strstr(asked->diag.text, "--datadir cannot use the folder \"/tmp/"));
	assert_non_null(strstr(asked->diag.text, "No such file"));
	assert_non_null(strstr(asked->diag.text, "or leave the option out"));
	write_file(path, "");
	assert_int_equal(ASK("--datadir", path, "h"), ERROR_NOT_FOUND);
	assert_non_null(strstr(asked->diag.text, "Not a directory"));
	assert_int_equal(ASK("--datadir", "", "h"), ERROR_NOT_FOUND);
	assert_closed_folder_is_refused(asked, folder);

	/* The environment's only if it counts. */
	asked->datadir = path;
	asked->datadir_variable = "NMAPDIR";
	assert_int_equal(ASK("h"), ERROR_NOT_FOUND);
	assert_non_null(strstr(asked->diag.text, "NMAPDIR names the folder \"/tmp/"));
	assert_non_null(strstr(asked->diag.text, "unset the variable"));
	PLAN("--datadir", folder, "h");
	asked->datadir = folder;
	PLAN("h");
	unlink(path);
	rmdir(folder);
}

static void tables_of_ports_may_be_the_users(void **state)
{
	struct asked *asked = *state;
	char folder[] = "/tmp/portolan-data-XXXXXX", path[64];

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/nmap-services", folder);
	write_file(path, "one 7/tcp 0.5\ntwo 2000/tcp 0.4\nthree 3/udp 0.3\n");
	PLAN("--datadir", folder, "h");
	assert_ports(&asked->plan->ports->of[TRANSPORT_TCP], "7,2000");
	assert_string_equal(asked->plan->services_path, path);
	asked->datadir = folder;
	PLAN("--top-ports", "1", "h");
	assert_ports(&asked->plan->ports->of[TRANSPORT_TCP], "7");
	/* No frequencies: what is low or named, and no top of anything (PO-12). */
	write_file(path, "one 7/tcp\ntwo 2000/tcp\n");
	asked->datadir = NULL;
	PLAN("--servicedb", path, "h");
	assert_ports(&asked->plan->ports->of[TRANSPORT_TCP], "7,2000");
	PLAN("--datadir", folder, "h");
	assert_ports(&asked->plan->ports->of[TRANSPORT_TCP], "1-1024,2000");
	assert_int_equal(ASK("--datadir", folder, "--top-ports", "3", "h"), ERROR_CONFLICT);
	unlink(path);
	rmdir(folder);
}

static void verbosity_adds_up(void **state)
{
	struct asked *asked = *state;

	PLAN("-v", "-vv", "h");
	assert_int_equal(asked->plan->output.verbosity, 3);
	assert_true(asked->plan->output.reasons);
	PLAN("-v", "h");
	assert_false(asked->plan->output.reasons);
	PLAN("-vvvvvvvvvvvvvvv", "h");
	assert_int_equal(asked->plan->output.verbosity, 10);
	PLAN("-v0", "h");
	assert_true(asked->plan->output.verbosity_zero);
	PLAN("-dd", "h");
	assert_int_equal(asked->plan->output.debugging, 2);
	assert_int_equal(asked->plan->output.verbosity, 2);
	assert_true(asked->plan->output.reasons);
	PLAN("-d3", "h");
	assert_int_equal(asked->plan->output.verbosity, 3);
	assert_true(asked->plan->output.packet_trace);
	PLAN("--vv", "--debug=1", "h");
	assert_int_equal(asked->plan->output.debugging, 1);
	assert_int_equal(asked->plan->output.verbosity, 1);
}

static void files_keep_their_formats(void **state)
{
	struct asked *asked = *state;
	const struct plan_output *output;

	PLAN("-oA", "base", "-oJ", "f.json", "-oC=f.csv", "--append-output", "h");
	output = &asked->plan->output;
	assert_int_equal(output->files_count, 5);
	assert_string_equal(output->files[0].format, "normal");
	assert_string_equal(output->files[0].path, "base.nmap");
	assert_string_equal(output->files[1].path, "base.gnmap");
	assert_string_equal(output->files[2].path, "base.xml");
	assert_string_equal(output->files[3].format, "ndjson");
	assert_string_equal(output->files[4].format, "csv");
	assert_true(output->append);
}

static void the_rest_of_the_plan_is_filled(void **state)
{
	struct asked *asked = *state;

	PLAN("-iL", "in", "-iR", "5", "--exclude", "a,b", "--excludefile", "ex", "--unique",
	     "--resolve-all", "-4", "-n", "-S", "127.0.0.1", "-e", "lo", "--ttl", "7", "--seed",
	     "9", "--dns-servers", "10.0.0.1, 10.0.0.2", "--no-journal", "--discovery-ignore-rst",
	     "--rH", "--stats-every", "250ms", "--dry-run", "--json", "--explain", "--webxml", "h");
	assert_string_equal(asked->plan->targets.input_files[0], "in");
	assert_int_equal(asked->plan->targets.random_count, 5);
	assert_int_equal(asked->plan->targets.excludes_count, 2);
	assert_string_equal(asked->plan->targets.excludes[1], "b");
	assert_string_equal(asked->plan->targets.exclude_files[0], "ex");
	assert_true(asked->plan->targets.unique && asked->plan->targets.resolve_all);
	assert_int_equal(asked->plan->targets.families, RESOLVE_V4);
	assert_true(asked->plan->targets.families_forced);
	assert_int_equal(asked->plan->names, NAMES_NEVER);
	assert_int_equal(asked->plan->source_addr.family, IP_V4);
	assert_string_equal(asked->plan->source_interface, "lo");
	assert_string_equal(asked->plan->targets.scope_interface, "lo");
	assert_int_equal(asked->plan->ttl, 7);
	assert_int_equal(asked->plan->seed, 9);
	assert_int_equal(asked->plan->dns_servers_count, 2);
	assert_string_equal(asked->plan->dns_servers[1], "10.0.0.2");
	assert_false(asked->plan->output.journal);
	assert_true(asked->plan->discovery.ignore_reset && asked->plan->discovery.randomize);
	assert_int_equal(asked->plan->output.stats_every_ns, 250 * MS);
	assert_true(asked->plan->dry_run && asked->plan->json && asked->plan->explain);
	assert_non_null(asked->plan->output.stylesheet);
}

static void help_and_version_come_at_once(void **state)
{
	struct asked *asked = *state;

	assert_int_equal(ask(asked, (const char *const[]){"portolan", NULL}), 0);
	assert_int_equal(asked->kind, REQUEST_USAGE);
	assert_int_equal(ASK("-n", "-h", "--bogus"), 0);
	assert_int_equal(asked->kind, REQUEST_HELP);
	assert_int_equal(ASK("-V", "-h"), 0);
	assert_int_equal(asked->kind, REQUEST_VERSION);
	assert_int_equal(ASK("--thc"), 0);
	assert_int_equal(asked->kind, REQUEST_GREETING);
	assert_null(asked->plan);
}

static int build(void *self)
{
	const char *const argv[] = {"portolan", "-PS22", "--exclude", "a,b",  "-oA", "x",
				    "-p",       "1-9",   "-n",        "host", NULL};
	struct asked asked = {.environment = "-T4 -v"};
	int r = ask(&asked, argv);

	plan_free(asked.plan);
	buf_release(&asked.warnings);
	return r;
}

static void short_memory_loses_nothing(void **state)
{
	support_each_allocation_fails(build, NULL, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_bare_target_gives_the_defaults, begin, end),
		cmocka_unit_test_setup_teardown(the_command_line_is_echoed_options_first, begin,
						end),
		cmocka_unit_test_setup_teardown(the_environment_comes_first, begin, end),
		cmocka_unit_test_setup_teardown(explicit_timing_beats_the_template_in_any_order,
						begin, end),
		cmocka_unit_test_setup_teardown(round_trip_limits_move_each_other, begin, end),
		cmocka_unit_test_setup_teardown(ping_ports_become_one_list, begin, end),
		cmocka_unit_test_setup_teardown(ports_are_chosen_as_asked, begin, end),
		cmocka_unit_test_setup_teardown(a_data_folder_that_cannot_be_used_is_refused, begin,
						end),
		cmocka_unit_test_setup_teardown(tables_of_ports_may_be_the_users, begin, end),
		cmocka_unit_test_setup_teardown(verbosity_adds_up, begin, end),
		cmocka_unit_test_setup_teardown(files_keep_their_formats, begin, end),
		cmocka_unit_test_setup_teardown(the_rest_of_the_plan_is_filled, begin, end),
		cmocka_unit_test_setup_teardown(help_and_version_come_at_once, begin, end),
		cmocka_unit_test(short_memory_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
