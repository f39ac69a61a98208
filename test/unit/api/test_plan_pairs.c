/* Options two by two against nmap 7.93 (test/golden/options/pairs.tsv: first,
 * second, its exit status; no targets, as root, in a namespace). Ours is the
 * same, except where a feature comes later and in the cases named below. */
#include "support.h"

#include "api/words.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN "test/golden/options/pairs.tsv"

/* Where we differ on purpose. */
struct difference {
	const char *first, *second, *why;
};

static const struct difference differences[] = {
	{"-oN a", "-oA b", "nmap forgets b.nmap without a word"},
	{"-oA b", "-oX -", "nmap forgets b.xml without a word"},
	{"-6", "-sI 127.0.0.9", "nmap finds out when the scan begins"},
};

static bool is_on_purpose(const char *first, const char *second)
{
	size_t i;

	for (i = 0; i < sizeof(differences) / sizeof(differences[0]); i++)
		if (!strcmp(differences[i].first, first) && !strcmp(differences[i].second, second))
			return true;
	return false;
}

static int run(const char *first, const char *second, struct diag *ret_diag)
{
	char arguments[256], program[] = "nmap", *argv[16] = {program};
	enum request_kind kind;
	struct plan *plan = NULL;
	struct words words;
	int r;

	snprintf(arguments, sizeof(arguments), "%s %s", first, second);
	assert_int_equal(words_split_quoted(arguments, &words), 0);
	assert_true(words.list.count < 15);
	memcpy(argv + 1, words.list.items, words.list.count * sizeof(*argv));
	*ret_diag = (struct diag){0};
	r = plan_from_argv(&(struct plan_request){.argc = (int)words.list.count + 1,
						  .argv = argv,
						  .raw_possible = true},
			   &kind, &plan, ret_diag);
	plan_free(plan);
	words_release(&words);
	return r;
}

static size_t check(const char *first, const char *second, const char *status)
{
	struct diag diag;
	int r = run(first, second, &diag);
	int ours = r == 0 ? 0 : r == ERROR_USAGE ? 255 : 1;

	if (ours == strtol(status, NULL, 10) || r == ERROR_UNSUPPORTED ||
	    is_on_purpose(first, second))
		return 0;
	print_message("%s %s: exit status %d, nmap's %s: %s\n", first, second, ours, status,
		      diag.text);
	return 1;
}

static void pairs_of_options_end_as_they_do_in_nmap(void **state)
{
	char *golden = support_read_file(GOLDEN, NULL), *rest = golden, *line;
	size_t rows = 0, wrong = 0;

	while ((line = strsep(&rest, "\n")) && (rest || *line)) {
		const char *first = strsep(&line, "\t"), *second = strsep(&line, "\t");

		if (*first == '#')
			continue;
		assert_non_null(line);
		wrong += check(first, second, line);
		rows++;
	}
	assert_true(rows > 2000);
	assert_int_equal(wrong, 0);
	free(golden);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs_of_options_end_as_they_do_in_nmap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
