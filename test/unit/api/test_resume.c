#include "support.h"

#include "api/options.h"
#include "api/resume.h"
#include "report/format.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void assert_arguments(const char *path, const char *wanted)
{
	struct buf joined = BUF_INIT;
	struct words words;
	struct diag diag = {0};
	size_t bytes, i;
	char *text = support_read_file(path, &bytes);

	if (resume_arguments(text, bytes, &words, &diag) < 0)
		fail_msg("%s", diag.text);
	for (i = 0; i < words.list.count; i++)
		buf_addf(&joined, "%s[%s]", i ? " " : "", words.list.items[i]);
	assert_string_equal(buf_str(&joined), wanted);
	buf_release(&joined);
	words_release(&words);
	free(text);
}

static void arguments_come_back_as_they_were_typed(void **state)
{
	const char *ping = "[-sn] [-n] [-v] [-oA] [ping] [--exclude-ports] [5] [--data-string] "
			   "[a \"b c\" \\ d] [127.0.0.1-2] [10.99.0.4]";
	const char *down = "[-n] [-v] [--reason] [-p] [1] [-oA] [down] [--max-retries] [0] "
			   "[10.99.0.1-3] [127.0.0.2]";

	assert_arguments("test/golden/resume/ping.nmap", ping);
	assert_arguments("test/golden/resume/ping.gnmap", ping);
	assert_arguments("test/golden/resume/ping.xml", ping);
	assert_arguments("test/golden/resume/down.nmap", down);
	assert_arguments("test/golden/resume/down.xml", down);
}

/* The set as text: "127.0.0.1 127.0.0.3 ". */
static void describe(struct addrset *done, struct buf *out)
{
	char text[IP_TEXT_BYTES];
	size_t i;

	for (i = 0; i < addrset_ranges(done); i++) {
		struct ip_addr first, last;

		addrset_range_at(done, i, &first, &last);
		for (;; ip_add(&first, 1, &first)) {
			buf_addf(out, "%s ", ip_format(&first, text));
			if (ip_equal(&first, &last))
				break;
		}
	}
}

static void assert_finished_in(const char *text, size_t bytes, bool scans_ports, const char *wanted)
{
	struct addrset *done = addrset_new();
	struct buf said = BUF_INIT;

	assert_int_equal(resume_finished(text, bytes, scans_ports, done), 0);
	describe(done, &said);
	assert_string_equal(buf_str(&said), wanted);
	buf_release(&said);
	addrset_free(done);
}

static void assert_finished(const char *path, bool scans_ports, const char *wanted)
{
	size_t bytes;
	char *text = support_read_file(path, &bytes);

	assert_finished_in(text, bytes, scans_ports, wanted);
	free(text);
}

static void logs_of_the_reference_tell_their_finished_hosts(void **state)
{
	static const char *const suffixes[] = {"nmap", "gnmap", "xml"};
	char path[128];
	size_t i;

	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "test/golden/resume/down.%s", suffixes[i]);
		assert_finished(path, true, "10.99.0.1 10.99.0.2 10.99.0.3 127.0.0.2 ");
		snprintf(path, sizeof(path), "test/golden/resume/cut.%s", suffixes[i]);
		assert_finished(path, true, "127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4 ");
		snprintf(path, sizeof(path), "test/golden/resume/ping.%s", suffixes[i]);
		assert_finished(path, false, "10.99.0.4 127.0.0.1 127.0.0.2 ");
		snprintf(path, sizeof(path), "test/golden/resume/six.%s", suffixes[i]);
		assert_finished(path, true, "::1 ");
	}
	assert_finished("test/golden/resume/late.nmap", true, "127.0.0.1 ");
	assert_finished("test/golden/resume/late.gnmap", true, "127.0.0.1 ");
	assert_finished("test/golden/resume/local.nmap", true, "127.0.0.1 127.0.0.7 ");
}

/* Where a host's block ends in the log. */
static size_t block_end(const char *text, unsigned host, const char *begins, const char *ends)
{
	char heading[64];
	const char *at;

	snprintf(heading, sizeof(heading), begins, host);
	at = strstr(text, heading);
	assert_non_null(at);
	at = strstr(at, ends);
	assert_non_null(at);
	return (size_t)(at - text) + strlen(ends);
}

static void cut_anywhere(const char *path, const char *begins, const char *ends)
{
	size_t bytes, cut, ends_at[5];
	char *text = support_read_file(path, &bytes);
	unsigned host;

	for (host = 1; host <= 4; host++)
		ends_at[host] = block_end(text, host, begins, ends);
	for (cut = 0; cut <= bytes; cut++) {
		struct addrset *done = addrset_new();
		char *exact = malloc(cut + 1); /* a sanitizer sees a read past the end */

		memcpy(exact, text, cut);
		assert_int_equal(resume_finished(exact, cut, true, done), 0);
		for (host = 1; host <= 4; host++) {
			struct ip_addr addr = ip_v4(0x7f000000 + host);
			bool finished = addrset_has(done, &addr);

			if (finished != (cut >= ends_at[host]))
				fail_msg("%s cut at %zu: 127.0.0.%u", path, cut, host);
		}
		free(exact);
		addrset_free(done);
	}
	free(text);
}

static void a_host_counts_exactly_when_its_block_is_whole(void **state)
{
	cut_anywhere("test/golden/resume/cut.nmap", "report for 127.0.0.%u\n", "tcpmux\n\n");
	cut_anywhere("test/golden/resume/cut.gnmap", "Host: 127.0.0.%u ()\tStatus: Up\n",
		     "tcpmux///\n");
	cut_anywhere("test/golden/resume/cut.xml", "addr=\"127.0.0.%u\"", "</host>");
}

static void hosts_that_were_not_through_do_not_count(void **state)
{
	static const char normal[] = "# Nmap\n"
				     "Nmap scan report for a (b) (10.0.0.1) [host down]\n"
				     "Incomplete scan report for 10.0.0.2\n"
				     "Host is up.\n\n"
				     "Nmap scan report for 10.0.0.3\n";
	static const char grepable[] = "# Incomplete: Host: 10.0.0.2 ()\tStatus: Up\n"
				       "Host: 10.0.0.1 ()\tStatus: Timeout\n"
				       "Host: junk ()\tPorts: \n";
	static const char xml[] = "<nmaprun>\n<hosthint><address addr=\"10.0.0.2\" "
				  "addrtype=\"ipv4\"/></hosthint>\n"
				  "<host>\n<address addr=\"00:01:02:03:04:05\" addrtype=\"mac\"/>"
				  "\n<address addr=\"10.0.0.1\" addrtype=\"ipv4\"/>\n</host>"
				  "<host>\n<address addr=\"10.0.0.3\" addrtype=\"ipv4\"/>";

	assert_finished_in(normal, sizeof(normal) - 1, true, "10.0.0.1 ");
	assert_finished_in(grepable, sizeof(grepable) - 1, true, "10.0.0.1 ");
	assert_finished_in(xml, sizeof(xml) - 1, true, "10.0.0.1 ");
}

/* A log that was cut, gone on with, and cut again. */
static void a_block_that_was_cut_before_an_earlier_resume_does_not_count(void **state)
{
	static const char normal[] =
		"# Nmap 7.93 scan initiated x as: nmap h\n"
		"Nmap scan report for 10.0.0.1\nHost is up.\n\nPORT STATE\n"
		"22/tcp clo# Nmap 7.93 scan initiated x as: nmap --append-output\n"
		"Nmap scan report for 10.0.0.2\nHost is up.\n\nPORT STATE\n"
		"22/tcp closed\n\n";
	static const char xml[] =
		"<nmaprun><host starttime=\"1\">\n<address addr=\"10.0.0.1\" addrtype=\"ipv4\"/>\n"
		"<hostnames>\n"
		"<host starttime=\"1\">\n<address addr=\"10.0.0.2\" addrtype=\"ipv4\"/>\n</host>\n";

	assert_finished_in(normal, sizeof(normal) - 1, true, "10.0.0.2 ");
	assert_finished_in(xml, sizeof(xml) - 1, true, "10.0.0.2 ");
}

/* ---- our own logs ---- */

static void write_host(struct format_writer *writer, uint32_t addr, enum host_state state,
		       bool incomplete)
{
	static const struct port_report ports[] = {
		{.number = 1, .transport = TRANSPORT_TCP, .verdict = {.state = PORT_CLOSED}}};
	const struct host_report host = {
		.addr = ip_v4(addr),
		.state = state,
		.ports_scanned = state == HOST_UP,
		.incomplete = incomplete,
		.ports = ports,
		.ports_count = state == HOST_UP ? 1 : 0,
	};

	format_writer_event(writer, &(struct format_event){.kind = FORMAT_HOST, .host = &host});
}

/* A log without an end: the run was killed. */
static void write_log(const char *format, const struct plan *plan, struct buf *log)
{
	const struct format_context context = {
		.plan = plan,
		.program = "portolan",
		.version = "7.99",
		.url = "u",
	};
	struct format_writer *writer;
	struct out *out;

	assert_int_equal(out_open_buf(log, &out), 0);
	assert_int_equal(format_writer_new(format_by_name(format), &context, out, &writer), 0);
	format_writer_event(writer, &(struct format_event){.kind = FORMAT_BEGIN});
	write_host(writer, 0x0a000001, HOST_UP, false);
	write_host(writer, 0x0a000002, HOST_DOWN, false);
	write_host(writer, 0x0a000003, HOST_UP, true);
	write_host(writer, 0x0a000004, HOST_UP, false);
	write_host(writer, 0x0a000005, HOST_UP, true);
	assert_int_equal(format_writer_free(writer, NULL), 0);
}

static void our_own_logs_tell_their_finished_hosts(void **state)
{
	static const char *const formats[] = {"normal", "grepable", "xml"};
	char program[] = "portolan", verbose[] = "-v", ports[] = "-p1", net[] = "10.0.0.0/29 x\"y";
	char *argv[] = {program, verbose, ports, net};
	enum request_kind kind;
	struct plan *plan = NULL;
	struct diag diag = {0};
	size_t i;

	assert_int_equal(plan_from_argv(&(struct plan_request){.argc = 4, .argv = argv}, &kind,
					&plan, &diag),
			 0);
	for (i = 0; i < 3; i++) {
		struct buf log = BUF_INIT;
		struct words words;

		write_log(formats[i], plan, &log);
		assert_finished_in((const char *)log.data, log.len, true,
				   "10.0.0.1 10.0.0.2 10.0.0.4 ");
		assert_int_equal(resume_arguments((const char *)log.data, log.len, &words, &diag),
				 0);
		assert_int_equal(words.list.count, 3);
		assert_string_equal(words.list.items[2], net);
		words_release(&words);
		buf_release(&log);
	}
	plan_free(plan);
}

static int plan_for(const char *path, struct plan **ret_plan, struct diag *diag)
{
	char program[] = "nmap", option[] = "--resume", full[4096],
	     *argv[] = {program, option, full};
	enum request_kind kind;

	snprintf(full, sizeof(full), "%s/%s", getenv("PORTOLAN_SOURCE_ROOT"), path);
	return plan_from_argv(&(struct plan_request){.argc = 3, .argv = argv}, &kind, ret_plan,
			      diag);
}

static void a_log_gives_the_plan_of_its_scan(void **state)
{
	struct plan *plan = NULL;
	struct addrset *done = NULL;
	struct buf said = BUF_INIT;
	struct diag diag = {0};

	if (plan_for("test/golden/resume/cut.xml", &plan, &diag) < 0)
		fail_msg("%s", diag.text);
	assert_true(plan->output.append);
	assert_string_equal(plan->targets.expressions[0], "127.0.0.1-9");
	assert_string_equal(plan->command_line, "nmap --append-output -n -p 1 -oA cut "
						"--max-hostgroup 1 --scan-delay 600ms -sT -Pn "
						"127.0.0.1-9");
	assert_int_equal(plan->output.files_count, 3);
	assert_int_equal(resume_done_hosts(plan, &done, &diag), 0);
	describe(done, &said);
	assert_string_equal(buf_str(&said), "127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4 ");
	buf_release(&said);
	addrset_free(done);
	plan_free(plan);
}

static void assert_refused(const char *content, const char *words)
{
	char path[] = "/tmp/portolan-resume-XXXXXX";
	char program[] = "x", option[] = "--resume", *argv[] = {program, option, path};
	int fd = mkstemp(path);
	enum request_kind kind;
	struct plan *plan = NULL;
	struct diag diag = {0};

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)), (ssize_t)strlen(content));
	close(fd);
	if (plan_from_argv(&(struct plan_request){.argc = 3, .argv = argv}, &kind, &plan, &diag) >=
		    0 ||
	    !strstr(diag.text, words))
		fail_msg("\"%s\": %s", content, diag.text);
	unlink(path);
}

static void what_is_no_log_is_refused_in_words(void **state)
{
	assert_refused("short", "too short");
	assert_refused("a text that is long enough but no log\n", "does not say how");
	assert_refused("# Nmap 7.93 scan initiated x as: \n", "without arguments");
	assert_refused("# Nmap 7.93 scan initiated x as: nmap\n", "without arguments");
	assert_refused("# Nmap 7.93 scan initiated x as: nmap --resume f\n", "--resume itself");
	assert_refused("# Nmap 7.93 scan initiated x as: nmap -sS h\n", "raw packets");
	assert_refused("# Nmap 7.93 scan initiated x as: nmap --bogus h\n", "no option --bogus");
}

static int resume(void *self)
{
	struct plan *plan = NULL;
	struct addrset *done = NULL;
	struct diag diag = {0};
	int r = plan_for("test/golden/resume/ping.gnmap", &plan, &diag);

	/* It names --data-string, which comes later: that is the good end. */
	if (r == ERROR_UNSUPPORTED)
		r = plan_for("test/golden/resume/down.xml", &plan, &diag);
	if (r == 0)
		r = resume_done_hosts(plan, &done, &diag);
	addrset_free(done);
	plan_free(plan);
	return r;
}

static void short_memory_loses_nothing(void **state)
{
	support_each_allocation_fails(resume, NULL, 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_come_back_as_they_were_typed),
		cmocka_unit_test(logs_of_the_reference_tell_their_finished_hosts),
		cmocka_unit_test(a_host_counts_exactly_when_its_block_is_whole),
		cmocka_unit_test(hosts_that_were_not_through_do_not_count),
		cmocka_unit_test(a_block_that_was_cut_before_an_earlier_resume_does_not_count),
		cmocka_unit_test(our_own_logs_tell_their_finished_hosts),
		cmocka_unit_test(a_log_gives_the_plan_of_its_scan),
		cmocka_unit_test(what_is_no_log_is_refused_in_words),
		cmocka_unit_test(short_memory_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
