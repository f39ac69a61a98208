/* Help, manual page, completions and the explanation of a plan. */
#include "support.h"

#include "api/settings.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t longest_line(const char *text)
{
	size_t most = 0;

	while (*text) {
		size_t bytes = strcspn(text, "\n");

		most = bytes > most ? bytes : most;
		text += bytes + (text[bytes] == '\n');
	}
	return most;
}

static void help_shows_every_option_within_a_hundred_columns(void **state)
{
	struct option_walk walk = {portolan_options(), 0};
	const struct option_row *row;
	struct buf out = BUF_INIT;

	options_print_help(&out);
	assert_true(longest_line(buf_str(&out)) <= 100);
	while ((row = option_next(&walk))) {
		char title[OPTION_TITLE_BYTES];

		option_title(row, title);
		if (!row->hidden && !strstr(buf_str(&out), title))
			fail_msg("%s is not in the help", title);
		if (row->hidden && row->name && !strcmp(row->name, "thc"))
			assert_null(strstr(buf_str(&out), title));
	}
	assert_non_null(strstr(buf_str(&out), "\n  --script-trace"));
	assert_non_null(strstr(buf_str(&out), "\n  --badsum"));
	assert_non_null(strstr(buf_str(&out), "\n  --open"));
	assert_non_null(strstr(buf_str(&out), "portolan show"));
	buf_release(&out);
}

/* Runs a checker over the text when the machine has it; skips when not. */
static int check_with(const char *tool, const char *command, struct buf *text)
{
	char path[] = "/tmp/portolan-print-XXXXXX", line[512];
	int fd, r;

	snprintf(line, sizeof(line), "command -v %s >/dev/null 2>&1", tool);
	if (system(line) != 0)
		return 0;
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text->data, text->len), (ssize_t)text->len);
	close(fd);
	snprintf(line, sizeof(line), "test -z \"$(%s %s 2>&1 >/dev/null)\"", command, path);
	r = system(line);
	unlink(path);
	return r;
}

static void the_manual_page_is_clean(void **state)
{
	struct buf out = BUF_INIT;

	options_print_man(&out);
	assert_true(buf_ok(&out));
	assert_non_null(strstr(buf_str(&out), "\\-\\-top\\-ports"));
	assert_int_equal(check_with("groff", "groff -man -ww -Tutf8", &out), 0);
	assert_int_equal(check_with("mandoc", "mandoc -T lint -W error", &out), 0);
	buf_release(&out);
}

static void the_shells_accept_their_completions(void **state)
{
	static const char *const shells[][3] = {
		{"bash", "bash -n", "--top-ports"},
		{"zsh", "zsh -n", "--top-ports"},
		{"fish", "fish --no-execute", "top-ports"},
	};
	size_t i;

	for (i = 0; i < 3; i++) {
		struct buf out = BUF_INIT;

		options_print_completion(shells[i][0], &out);
		assert_true(buf_ok(&out));
		assert_non_null(strstr(buf_str(&out), shells[i][2]));
		assert_int_equal(check_with(shells[i][0], shells[i][1], &out), 0);
		buf_release(&out);
	}
}

static struct plan *plan_of(int argc, const char *const *argv)
{
	enum request_kind kind;
	struct plan *plan = NULL;
	struct diag diag = {0};

	if (plan_from_argv(&(struct plan_request){.argc = argc, .argv = (char *const *)argv}, &kind,
			   &plan, &diag) < 0)
		fail_msg("%s", diag.text);
	return plan;
}

static void a_plan_is_explained_in_numbers(void **state)
{
	const char *const argv[] = {"portolan", "-p",  "22,80", "-T4",    "--seed",
				    "5",        "-oX", "f.xml", "--open", "192.0.2.0/24"};
	struct plan *plan = plan_of(10, argv);
	struct buf out = BUF_INIT;

	plan_explain(plan, 256, &out);
	assert_string_equal(
		buf_str(&out),
		"Targets     256 addresses: 192.0.2.0/24\n"
		"Hosts up    those that answer a connection to port 80,443 (a refusal counts)\n"
		"Ports       2 of tcp, by tcp-connect, in random order: 22,80\n"
		"Connections up to 1,024 if all hosts are up, and one more for each silent port\n"
		"Names       addresses are looked up: of hosts that are up\n"
		"Timing      -T4: answers are waited for 500 ms at first, then 100 ms to 1.25 s as "
		"hosts show; at most 6 retries\n"
		"Files       xml: f.xml\n"
		"Journal     the usual one\n"
		"Seed        5\n");
	buf_release(&out);
	plan_free(plan);
}

static void assert_explained(const char *const *argv, const char *const *wanted)
{
	enum request_kind kind;
	struct plan *plan = NULL;
	struct diag diag = {0};
	struct buf out = BUF_INIT;
	int argc = 0;

	while (argv[argc])
		argc++;
	if (plan_from_argv(&(struct plan_request){.argc = argc,
						  .argv = (char *const *)argv,
						  .raw_possible = true},
			   &kind, &plan, &diag) < 0)
		fail_msg("%s", diag.text);
	plan_explain(plan, 100, &out);
	for (; *wanted; wanted++)
		if (!strstr(buf_str(&out), *wanted))
			fail_msg("%s is not in %s", *wanted, buf_str(&out));
	buf_release(&out);
	plan_free(plan);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static void raw_plans_are_explained_too(void **state)
{
	assert_explained(LIST("portolan", "-p1", "h"),
			 LIST("those that answer icmp-echo, tcp-syn 443, tcp-ack 80, "
			      "icmp-timestamp; those of the local net ARP or ND\n",
			      "by tcp-syn", "\nProbes      up to 500 if",
			      "\nPackets     as usual\n"));
	assert_explained(
		LIST("portolan", "-sU", "-PU7,9", "-Pn", "-f", "-PS", "-D", "ME,10.0.0.9", "-g",
		     "53", "--ttl", "3", "--badsum", "--adler32", "--data", "00", "--ip-options",
		     "R", "--scanflags", "3", "--send-ip", "--pcap", "x", "-sS", "h"),
		LIST("all targets are taken to be up\n",
		     "as IP packets, no frames, from port 53, TTL 3, TCP flags 0x03, 1 bytes of "
		     "data, 40 bytes of IP options, in fragments of 8 bytes, 1 decoys, and we are "
		     "number 1, wrong checksums, Adler-32 for SCTP\nCapture     x\n"));
	assert_explained(LIST("portolan", "--spoof-mac", "010203040506", "-PU7,9", "-PM", "-sn",
			      "--discovery-ignore-rst", "h"),
			 LIST("frames from 01:02:03:04:05:06\n", "answer udp 7 9, icmp-mask; those",
			      "(a reset does not count)\n"));
	assert_explained(LIST("portolan", "-sA", "--shard", "2/4", "-p1-4", "h"),
			 LIST("share 2 of 4; special-purpose addresses only where they were named",
			      "up to 100, and again", "those that answer the sweep"));
	assert_explained(LIST("portolan", "-sI", "10.0.0.9", "-Pn", "h"),
			 LIST("Zombie      10.0.0.9, asked at port 80\n",
			      "but neighbours must answer ARP or ND"));
}

static void long_port_lists_are_cut_between_numbers(void **state)
{
	const char *const argv[] = {"portolan", "-F", "-Pn", "192.0.2.1"};
	struct plan *plan = plan_of(4, argv);
	struct buf out = BUF_INIT;

	plan_explain(plan, -1, &out);
	assert_non_null(strstr(buf_str(&out), ", ...\n"));
	assert_non_null(strstr(buf_str(&out), "no end of them"));
	assert_non_null(strstr(buf_str(&out), "all targets are taken to be up"));
	buf_release(&out);
	plan_free(plan);
}

static int print_all(void *self)
{
	struct buf out = BUF_INIT;
	bool ok;

	options_print_help(&out);
	options_print_man(&out);
	options_print_completion("zsh", &out);
	ok = buf_ok(&out);
	buf_release(&out);
	return ok ? 0 : ERROR_MEMORY;
}

static void printing_notices_short_memory(void **state)
{
	support_each_allocation_fails(print_all, NULL, 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(help_shows_every_option_within_a_hundred_columns),
		cmocka_unit_test(the_manual_page_is_clean),
		cmocka_unit_test(the_shells_accept_their_completions),
		cmocka_unit_test(a_plan_is_explained_in_numbers),
		cmocka_unit_test(raw_plans_are_explained_too),
		cmocka_unit_test(long_port_lists_are_cut_between_numbers),
		cmocka_unit_test(printing_notices_short_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
