/* A few hundred command lines: exit status against nmap's, and our words,
 * all in test/golden/options/matrix.tsv. */
#include "support.h"

#include "api/words.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN "test/golden/options/matrix.tsv"

enum column { ARGUMENTS, NMAP, OURS, CLASS, WHY, WORDS, COLUMNS };

struct outcome {
	int exit_status;
	const char *class;
	struct buf said;
};

static void note_warning(void *self, const char *text)
{
	buf_addf(self, "[%s]", text);
}

static const char *class_of(int r, enum request_kind kind)
{
	static const char *const kinds[] = {"scan",    "help",   "usage",
					    "version", "iflist", "greeting"};

	switch (r) {
	case 0:
		return kinds[kind];
	case ERROR_USAGE:
		return "wrong usage";
	case ERROR_UNSUPPORTED:
		return "later";
	case ERROR_CONFLICT:
		return "conflict";
	case ERROR_PERMISSION:
		return "no privilege";
	case ERROR_EXISTS:
		return "twice";
	case ERROR_IO:
	case ERROR_NOT_FOUND:
		return "not found";
	default:
		return "bad value";
	}
}

static void run(const char *arguments, struct outcome *ret_outcome)
{
	char program[] = "nmap", *argv[64] = {program};
	enum request_kind kind = REQUEST_SCAN;
	struct outcome outcome = {.said = BUF_INIT};
	struct plan *plan = NULL;
	struct words words;
	struct diag diag = {0};
	int r;

	assert_int_equal(words_split_quoted(arguments, &words), 0);
	assert_true(words.list.count < 63);
	if (words.list.count)
		memcpy(argv + 1, words.list.items, words.list.count * sizeof(*argv));
	r = plan_from_argv(
		&(struct plan_request){
			.argc = (int)words.list.count + 1,
			.argv = argv,
			.raw_possible = true,
			.warn = note_warning,
			.self = &outcome.said,
		},
		&kind, &plan, &diag);
	if (r < 0)
		buf_add_str(&outcome.said, diag.text);
	outcome.class = class_of(r, kind);
	outcome.exit_status = r == 0 ? kind == REQUEST_USAGE ? 255 : 0 : r == ERROR_USAGE ? 255 : 1;
	assert_true((r == 0 && kind == REQUEST_SCAN) == (plan != NULL));
	plan_free(plan);
	words_release(&words);
	*ret_outcome = outcome;
}

static void split_row(char *line, char *ret_columns[COLUMNS])
{
	size_t i;

	for (i = 0; i < COLUMNS; i++) {
		ret_columns[i] = strsep(&line, "\t");
		if (!ret_columns[i])
			fail_msg("a row of " GOLDEN " has %zu columns", i);
	}
}

static void check_row(char *columns[COLUMNS], struct buf *out)
{
	char status[12];
	struct outcome outcome;

	run(columns[ARGUMENTS], &outcome);
	snprintf(status, sizeof(status), "%d", outcome.exit_status);
	buf_addf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", columns[ARGUMENTS], columns[NMAP], status,
		 outcome.class, columns[WHY], buf_str(&outcome.said));
	/* A difference is deliberate, or it is a mistake. */
	if (strcmp(status, columns[NMAP]) && strcmp(outcome.class, "later") && !columns[WHY][0])
		fail_msg("%s: exit status %s, nmap's %s: %s", columns[ARGUMENTS], status,
			 columns[NMAP], buf_str(&outcome.said));
	buf_release(&outcome.said);
}

static void write_golden(const char *text)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/" GOLDEN, getenv("PORTOLAN_SOURCE_ROOT"));
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void command_lines_end_as_they_should(void **state)
{
	char *golden = support_read_file(GOLDEN, NULL), *copy = strdup(golden), *rest = copy, *line;
	struct buf out = BUF_INIT;
	size_t rows = 0;

	while ((line = strsep(&rest, "\n")) && (rest || *line)) {
		char *columns[COLUMNS];

		if (line[0] == '#') {
			buf_addf(&out, "%s\n", line);
			continue;
		}
		split_row(line, columns);
		check_row(columns, &out);
		rows++;
	}
	assert_true(rows > 300);
	if (getenv("PORTOLAN_GOLDEN"))
		write_golden(buf_str(&out));
	else
		assert_string_equal(buf_str(&out), golden);
	buf_release(&out);
	free(copy);
	free(golden);
}

/* Nothing that was typed is passed over in silence: every row whose feature
 * comes later is refused with its name in the sentence. */
static void every_option_of_a_later_version_is_refused_by_name(void **state)
{
	struct option_walk walk = {portolan_options(), 0};
	const struct option_row *row;

	while ((row = option_next(&walk))) {
		char title[OPTION_TITLE_BYTES], arguments[256];
		const char *value = !row->value_name                     ? ""
				    : !strcmp(row->value_name, "<time>") ? " 1s"
				    : row->maximum                       ? " 8"
									 : " x";
		struct outcome outcome;

		if (!row->later)
			continue;
		snprintf(arguments, sizeof(arguments), "%s%s -p 1 127.0.0.1",
			 option_title(row, title), row->variant ? "" : value);
		run(arguments, &outcome);
		if (strcmp(outcome.class, "later") || outcome.exit_status != 1 ||
		    !strstr(buf_str(&outcome.said), title))
			fail_msg("%s: %s: %s", arguments, outcome.class, buf_str(&outcome.said));
		buf_release(&outcome.said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command_lines_end_as_they_should),
		cmocka_unit_test(every_option_of_a_later_version_is_refused_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
