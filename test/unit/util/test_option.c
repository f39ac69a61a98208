#include "support.h"

#include "util/error.h"
#include "util/option.h"
#include "util/option_nearest.h"
#include "util/random.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* What a command line did, as text: "sn; max-retries=2; [target] ". */
struct trace {
	char text[4096];
};

static void trace_add(struct trace *trace, const char *name, const char *value, const char *end)
{
	size_t used = strlen(trace->text);

	snprintf(trace->text + used, sizeof(trace->text) - used, "%s%s%s%s", name, value ? "=" : "",
		 value ? value : "", end);
}

static int note(void *self, const struct option_row *row, const char *value, struct diag *diag)
{
	char letter[2] = {row->letter, 0};

	trace_add(self, row->name ? row->name : letter, value, "; ");
	return 0;
}

static int note_operand(void *self, const char *text, struct diag *diag)
{
	return 0;
}

#define LONG(n, v)                                 \
	{                                          \
		.name = n, .value = v, .set = note \
	}
#define SHORT(l, v)                                  \
	{                                            \
		.letter = l, .value = v, .set = note \
	}

/* A vocabulary with every trap of the real one. */
static const struct option_row rows[] = {
	LONG("max-retries", OPTION_REQUIRED),
	LONG("max-rate", OPTION_REQUIRED),
	LONG("max-rtt-timeout", OPTION_REQUIRED),
	{.name = "verbose", .letter = 'v', .value = OPTION_OPTIONAL, .set = note},
	LONG("version", OPTION_FLAG),
	LONG("version-all", OPTION_FLAG),
	LONG("oN", OPTION_REQUIRED),
	LONG("oX", OPTION_REQUIRED),
	LONG("open", OPTION_FLAG),
	LONG("iL", OPTION_REQUIRED),
	LONG("no-stylesheet", OPTION_FLAG),
	LONG("vv", OPTION_FLAG),
	LONG("ff", OPTION_FLAG),
	SHORT('o', OPTION_REQUIRED),
	SHORT('s', OPTION_REQUIRED),
	SHORT('p', OPTION_REQUIRED),
	SHORT('n', OPTION_FLAG),
	SHORT('F', OPTION_FLAG),
	SHORT('f', OPTION_FLAG),
	SHORT('P', OPTION_OPTIONAL),
	SHORT('d', OPTION_OPTIONAL),
};

static const struct option_row more[] = {
	{.letter = 's', .variant = "S", .set = note},
	{.name = "no-journal", .own = true, .set = note},
	{.name = "journey", .own = true, .set = note},
	{.name = "soon", .later = "the future"},
};

static const struct option_table more_table = {more, sizeof(more) / sizeof(more[0]), NULL};
static const struct option_table table = {rows, sizeof(rows) / sizeof(rows[0]), &more_table};
static const struct option_table plain_table = {rows, sizeof(rows) / sizeof(rows[0]), NULL};

static int parse(const char *const *argv, struct trace *ret_trace, struct diag *ret_diag)
{
	int argc = 0;

	*ret_trace = (struct trace){""};
	*ret_diag = (struct diag){0};
	while (argv[argc])
		argc++;
	return option_parse(&table, argc, (char *const *)argv, ret_trace, note_operand, NULL,
			    ret_diag);
}

#define PARSE(...) parse((const char *const[]){"x", __VA_ARGS__, NULL}, &trace, &diag)

static void one_and_two_dashes_and_abbreviations_work(void **state)
{
	struct trace trace;
	struct diag diag;

	assert_int_equal(PARSE("--max-retr", "2", "-max-ra=3", "-open", "--verbose"), 0);
	assert_string_equal(trace.text, "max-retries=2; max-rate=3; open; verbose; ");
	assert_int_equal(PARSE("-nFv3", "-P", "-PS22", "-p-", "-p", "-5", "-oN", "f"), 0);
	assert_string_equal(trace.text, "n; F; verbose=3; P; P=S22; p=-; p=-5; oN=f; ");
	assert_int_equal(PARSE("--", "--open"), 0);
	assert_string_equal(trace.text, "");
}

static void an_ambiguous_beginning_lists_what_it_may_mean(void **state)
{
	struct trace trace;
	struct diag diag;

	assert_int_equal(PARSE("--max-r", "2"), ERROR_USAGE);
	assert_string_equal(diag.text, "--max-r is short for several options: --max-retries, "
				       "--max-rate, --max-rtt-timeout");
}

static void an_unknown_option_suggests_the_nearest(void **state)
{
	struct trace trace;
	struct diag diag;

	assert_int_equal(PARSE("--max_retries", "2"), ERROR_USAGE);
	assert_non_null(strstr(diag.text, "did you mean --max-retries?"));
	assert_int_equal(PARSE("--vresion"), ERROR_USAGE);
	assert_non_null(strstr(diag.text, "did you mean --version?"));
	assert_int_equal(PARSE("--zzzzzzzz=4"), ERROR_USAGE);
	assert_string_equal(diag.text, "there is no option --zzzzzzzz=4");
	assert_int_equal(PARSE("-nQ"), ERROR_USAGE);
	assert_string_equal(diag.text, "there is no option -Q (in -nQ)");
}

static void values_where_none_belong_and_none_where_one_belongs(void **state)
{
	struct trace trace;
	struct diag diag;

	assert_int_equal(PARSE("--open=yes"), ERROR_USAGE);
	assert_string_equal(diag.text, "--open takes no value; leave out \"=yes\"");
	assert_int_equal(PARSE("--max-rate"), ERROR_USAGE);
	assert_string_equal(diag.text, "--max-rate needs a value: --max-rate <value>");
	assert_int_equal(PARSE("-np"), ERROR_USAGE);
	assert_string_equal(diag.text, "-p needs a value: -p <value>");
}

static void own_options_leave_the_others_their_abbreviations(void **state)
{
	struct trace trace;
	struct diag diag;

	assert_int_equal(PARSE("--no-"), 0);
	assert_string_equal(trace.text, "no-stylesheet; ");
	assert_int_equal(PARSE("--no-j", "--jour"), 0);
	assert_string_equal(trace.text, "no-journal; journey; ");
}

static void variants_are_not_parsed_and_missing_features_are_refused(void **state)
{
	struct trace trace;
	struct diag diag;
	char title[OPTION_TITLE_BYTES];

	assert_int_equal(PARSE("-sS"), 0);
	assert_string_equal(trace.text, "s=S; ");
	assert_ptr_equal(option_variant(&table, 's', "S"), &more[0]);
	assert_null(option_variant(&table, 's', "Q"));
	assert_string_equal(option_title(&more[0], title), "-sS");
	assert_string_equal(option_title(&rows[6], title), "-oN");
	assert_string_equal(option_title(&rows[8], title), "--open");
	assert_int_equal(PARSE("--soon"), ERROR_UNSUPPORTED);
	assert_string_equal(diag.text, "--soon needs the future, which is not there yet");
}

/* The same command line through glibc, as a trace and an order. */
static int reference(int argc, const char **argv, struct trace *ret_trace)
{
	struct option longs[sizeof(rows) / sizeof(rows[0]) + 1] = {0};
	const char *marks[] = {"", ":", "::"};
	char shorts[100] = "";
	size_t i, count = 0;
	int c, index;

	for (i = 0; i < plain_table.count; i++) {
		size_t used = strlen(shorts);

		if (rows[i].name)
			longs[count++] =
				(struct option){rows[i].name, rows[i].value, NULL, 1000 + (int)i};
		if (rows[i].letter)
			snprintf(shorts + used, sizeof(shorts) - used, "%c%s", rows[i].letter,
				 marks[rows[i].value]);
	}
	*ret_trace = (struct trace){""};
	optind = 0;
	opterr = 0;
	while ((c = getopt_long_only(argc, (char *const *)argv, shorts, longs, &index)) != -1) {
		if (c == '?')
			return ERROR_USAGE;
		for (i = 0; i < plain_table.count; i++)
			if (c == rows[i].letter || c == 1000 + (int)i)
				note(ret_trace, &rows[i], optarg, NULL);
	}
	return 0;
}

static void random_command_lines_are_read_as_the_c_library_reads_them(void **state)
{
	static const char *const words[] = {
		"-n",        "-nF",   "-Fn",   "--max-r", "--max-ra",  "-max-re",  "--max-rate=",
		"-v",        "-vv",   "-ve",   "--vers",  "--version", "-version", "--verbo=2",
		"-oN",       "-oNf",  "-oX=f", "-o",      "-op",       "-open",    "--open=1",
		"-p",        "-p-",   "-",     "--",      "---",       "--=",      "-=",
		"host",      "22",    "",      "-P",      "-PS",       "-d9",      "-dd",
		"-iL",       "-i",    "-iLf",  "-f",      "-ff",       "-fff",     "-sS",
		"--no-styl", "-no-s", "-no",   "-Q",      "-nQ",       "--bogus",  "-max-rtt-t",
		"-F=",       "-p=5",  "--ff",  "--f",     "-s",        "-oN=",     "-vers-all",
	};
	struct random random;
	int round;

	random_init(&random, 1);
	for (round = 0; round < 200000; round++) {
		const char *ours[8] = {"x"}, *order[8] = {0}, *theirs[9] = {"x"};
		int argc = 1 + (int)random_below(&random, 6), i, r;
		struct trace got = {""}, wanted;
		struct diag diag;

		for (i = 1; i < argc; i++)
			ours[i] = theirs[i] =
				words[random_below(&random, sizeof(words) / sizeof(words[0]))];
		r = option_parse(&plain_table, argc, (char *const *)ours, &got, note_operand, order,
				 &diag);
		assert_int_equal(r, reference(argc, theirs, &wanted));
		assert_string_equal(got.text, wanted.text);
		for (i = 0; r == 0 && i < argc; i++)
			assert_string_equal(order[i], theirs[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_and_two_dashes_and_abbreviations_work),
		cmocka_unit_test(an_ambiguous_beginning_lists_what_it_may_mean),
		cmocka_unit_test(an_unknown_option_suggests_the_nearest),
		cmocka_unit_test(values_where_none_belong_and_none_where_one_belongs),
		cmocka_unit_test(own_options_leave_the_others_their_abbreviations),
		cmocka_unit_test(variants_are_not_parsed_and_missing_features_are_refused),
		cmocka_unit_test(random_command_lines_are_read_as_the_c_library_reads_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
