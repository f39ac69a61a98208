/* The block of an unrecognised service: written, and read back. */
#include "support.h"

#include "detect/service/submission.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

#define HEAD "SF-Port22-TCP:V=7.991SVN%I=7%D=11/21%Time=6B00E011%P=x86_64-unknown-linux-gnu"

static const struct submission usual = {.transport = TRANSPORT_TCP,
					.port = 22,
					.intensity = 7,
					.month = 11,
					.day = 21,
					.time_s = 0x6B00E011,
					.version = "7.991SVN",
					.platform = "x86_64-unknown-linux-gnu"};

static char *built(const struct submission_answer *answers, size_t count, bool more)
{
	struct submission submission = usual;
	struct buf out = BUF_INIT;

	submission.answers = answers;
	submission.answers_count = count;
	submission_build(&submission, more, &out);
	return buf_detach(&out);
}

static void one_is(const char *response, size_t bytes, const char *wanted)
{
	const struct submission_answer answer = {"NULL", (const uint8_t *)response, bytes, bytes};
	char *text = built(&answer, 1, false), expected[256];

	snprintf(expected, sizeof(expected), "%s%%r(NULL,%zX,\"%s\");", HEAD, bytes, wanted);
	assert_string_equal(text, expected);
	alloc_free(text);
}

/* formats.md 2.9, but for its folds. */
static void the_example_of_the_specification_is_built(void **state)
{
	static const char banner[] = "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u2\r\n";
	const struct submission_answer answers[] = {{"NULL", (const uint8_t *)banner, 40, 40},
						    {"Second", (const uint8_t *)banner, 40, 40}};
	char *text = built(answers, 2, false);

	assert_string_equal(
		text,
		HEAD "%r(NULL,28,\"SSH-2\\.0-OpenSSH_9\\.2p1\\x20Debian-2\\+deb12u2\\r\\n\")"
		     "%r(Second,28,\"SSH-2\\.0-OpenSSH_9\\.2p1\\x20Debian-2\\+deb12u2\\r\\n\");");
	alloc_free(text);
}

static void bytes_are_escaped(void **state)
{
	one_is("a\0b", 3, "a\\0b");
	one_is("\0", 1, "\\0");
	one_is("\0"
	       "1\0",
	       3, "\\x001\\0");
	one_is("\\?\"[]().*+$^|", 13, "\\\\\\?\\\"\\[\\]\\(\\)\\.\\*\\+\\$\\^\\|");
	one_is("!#%&',-/:;<=>@_`{}~", 19, "!#%&',-/:;<=>@_`{}~");
	one_is("\r\n\t\v \x7f\x80\xff", 8, "\\r\\n\\t\\x0b\\x20\\x7f\\x80\\xff");
}

static void tunnels_and_transports_are_told(void **state)
{
	struct submission submission = usual;
	struct buf out = BUF_INIT;

	submission.tls = true;
	submission.transport = TRANSPORT_UDP;
	submission_build(&submission, false, &out);
	assert_string_equal(buf_str(&out), "SF-Port22-UDP:V=7.991SVN%T=SSL%I=7%D=11/21%"
					   "Time=6B00E011%P=x86_64-unknown-linux-gnu;");
	buf_release(&out);
}

static size_t letters_in(const char *text, char letter)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == letter;
	return count;
}

static void long_answers_are_cut_and_many_left_out(void **state)
{
	static uint8_t response[3000];
	struct submission_answer answers[20];
	char *text;
	size_t i;

	memset(response, 'z', sizeof(response));
	for (i = 0; i < 20; i++)
		answers[i] = (struct submission_answer){"A", response, 3000, 5000};
	text = built(answers, 1, false);
	assert_int_equal(letters_in(text, 'z'), 900);
	assert_non_null(strstr(text, "%r(A,1388,\"z"));
	alloc_free(text);
	text = built(answers, 1, true);
	assert_int_equal(letters_in(text, 'z'), 1300);
	alloc_free(text);
	text = built(answers, 20, false); /* 80 + 3 * 913 > 2200 */
	assert_int_equal(letters_in(text, 'z'), 3 * 900);
	alloc_free(text);
	text = built(answers, 20, true);
	assert_int_equal(letters_in(text, 'z'), 8 * 1300);
	alloc_free(text);
	answers[0].bytes = 0;
	text = built(answers, 2, false);
	assert_int_equal(letters_in(text, '"'), 2);
	alloc_free(text);
}

static const char pasted[] =
	"Some words before it.\n"
	"SF-Port22-TCP:V=7.991SVN%I=7%D=11/21%Time=6B00E011%P=x86_64-unknown-linux-\n"
	"SF:gnu%r(NULL,28,\"SSH-2\\.0-OpenSSH_9\\.2p1\\x20Debian-2\\+deb12u2\\r\\n\")%r(Sec\n"
	"SF:ond,428,\"\\0\\x001\\\\\\n\");\n"
	"=====NEXT SERVICE FINGERPRINT=====\r\n"
	"  SF-Port53-UDP:V=1%T=SSL%Later=1%I=9%D=1/2%Time=F%P=p%r(A,1,\"\\xF\r\n"
	"  SF:f\");\n";

static void a_folded_block_is_read(void **state)
{
	struct arena arena = ARENA_INIT;
	struct submission found;
	struct diag diag = {0};
	size_t taken, more;

	assert_int_equal(submission_parse(&arena, pasted, strlen(pasted), &found, &taken, &diag),
			 0);
	assert_int_equal(found.port, 22);
	assert_int_equal(found.transport, TRANSPORT_TCP);
	assert_false(found.tls);
	assert_int_equal(found.intensity, 7);
	assert_int_equal(found.month, 11);
	assert_int_equal(found.day, 21);
	assert_int_equal(found.time_s, 0x6B00E011);
	assert_string_equal(found.version, "7.991SVN");
	assert_string_equal(found.platform, "x86_64-unknown-linux-gnu");
	assert_int_equal(found.answers_count, 2);
	assert_string_equal(found.answers[0].probe, "NULL");
	assert_int_equal(found.answers[0].bytes, 40);
	assert_memory_equal(found.answers[0].response, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u2\r\n",
			    40);
	assert_string_equal(found.answers[1].probe, "Second");
	assert_int_equal(found.answers[1].total_bytes, 0x428);
	assert_int_equal(found.answers[1].bytes, 5);
	assert_memory_equal(found.answers[1].response, "\0\0001\\\n", 5);
	assert_int_equal(submission_parse(&arena, pasted + taken, strlen(pasted) - taken, &found,
					  &more, &diag),
			 0);
	assert_int_equal(found.port, 53);
	assert_true(found.tls);
	assert_int_equal(found.answers[0].response[0], 0xff);
	taken += more;
	assert_int_equal(submission_parse(&arena, pasted + taken, strlen(pasted) - taken, &found,
					  &more, &diag),
			 ERROR_NOT_FOUND);
	arena_release(&arena);
}

static void mistakes_are_told_with_their_place(void **state)
{
	static const struct {
		const char *text;
		unsigned line, column;
		const char *words;
	} cases[] = {
		{"x\nSF-Port99999-TCP:V=1;", 2, 13, "0 to 65535"},
		{"SF-Port-TCP:V=1;", 1, 8, "0 to 65535"},
		{"SF-Port1TCP:V=1;", 1, 9, "transport"},
		{"SF-Port1-XYZ:V=1;", 1, 10, "TCP, UDP or SCTP"},
		{"SF-Port1-TCP;V=1;", 1, 13, ": should stand"},
		{"SF-Port1-TCP:V;", 1, 15, "KEY=VALUE"},
		{"SF-Port1-TCP:V=1%I=x;", 1, 20, "intensity"},
		{"SF-Port1-TCP:V=1%I=10;", 1, 22, "intensity"},
		{"SF-Port1-TCP:V=1%D=13/1;", 1, 24, "month"},
		{"SF-Port1-TCP:V=1%Time=x;", 1, 23, "hexadecimal"},
		{"SF-Port1-TCP:V=1", 1, 17, "; is missing"},
		{"SF-Port1-TCP:V=1%r(,1,\"x\");", 1, 20, "probe's name"},
		{"SF-Port1-TCP:V=1%r(A,x,\"x\");", 1, 22, "probe's name"},
		{"SF-Port1-TCP:V=1%r(A,1,\"x", 1, 26, "cut here"},
		{"SF-Port1-TCP:V=1%r(A,1,\"x\nSF-Port", 1, 26, "cut here"},
		{"SF-Port1-TCP:V=1%r(A,1,\"x\";", 1, 27, ") should stand"},
		{"SF-Port1-TCP:V=1%r(A,1,\"\\q\");", 1, 27, "escape"},
		{"SF-Port1-TCP:V=1%r(A,1,\"\nSF:\\xg0\");", 2, 8, "escape"},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arena arena = ARENA_INIT;
		struct submission found;
		struct diag diag = {0};
		size_t taken;

		if (submission_parse(&arena, cases[i].text, strlen(cases[i].text), &found, &taken,
				     &diag) != ERROR_SYNTAX ||
		    diag.line != cases[i].line || diag.column != cases[i].column ||
		    !strstr(diag.text, cases[i].words))
			fail_msg("%s: %u:%u %s", cases[i].text, diag.line, diag.column, diag.text);
		arena_release(&arena);
	}
}

static void too_many_answers_are_refused(void **state)
{
	struct arena arena = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct submission found;
	struct diag diag = {0};
	size_t taken;

	buf_add_str(&text, HEAD);
	for (int i = 0; i < SUBMISSION_ANSWERS_MAX; i++)
		buf_add_str(&text, "%r(A,1,\"x\")");
	buf_add_str(&text, ";");
	assert_int_equal(submission_parse(&arena, buf_str(&text), text.len, &found, &taken, &diag),
			 0);
	assert_int_equal(found.answers_count, SUBMISSION_ANSWERS_MAX);
	buf_cut(&text, text.len - 1);
	buf_add_str(&text, "%r(A,1,\"x\");");
	assert_int_equal(submission_parse(&arena, buf_str(&text), text.len, &found, &taken, &diag),
			 ERROR_LIMIT);
	buf_release(&text);
	arena_release(&arena);
}

static int parse_once(void *self)
{
	struct arena arena = ARENA_INIT;
	struct submission found;
	size_t taken;
	int r = submission_parse(&arena, pasted, strlen(pasted), &found, &taken, NULL);

	arena_release(&arena);
	return r;
}

static void short_memory_is_survived(void **state)
{
	support_each_allocation_fails(parse_once, NULL, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_specification_is_built),
		cmocka_unit_test(bytes_are_escaped),
		cmocka_unit_test(tunnels_and_transports_are_told),
		cmocka_unit_test(long_answers_are_cut_and_many_left_out),
		cmocka_unit_test(a_folded_block_is_read),
		cmocka_unit_test(mistakes_are_told_with_their_place),
		cmocka_unit_test(too_many_answers_are_refused),
		cmocka_unit_test(short_memory_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
