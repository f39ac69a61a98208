#include "support.h"

#include "api/words.h"
#include "util/error.h"
#include "util/random.h"

#include <string.h>

static void split_quoted(const char *text, const char *wanted)
{
	struct words words = {0};
	struct buf joined = BUF_INIT;
	size_t i;

	assert_int_equal(words_split_quoted(text, &words), 0);
	for (i = 0; i < words.list.count; i++)
		buf_addf(&joined, "[%s]", words.list.items[i]);
	assert_string_equal(buf_str(&joined), wanted);
	buf_release(&joined);
	words_release(&words);
}

static void quotes_count_where_a_word_begins(void **state)
{
	struct words words;

	split_quoted(" -sL\t-n ", "[-sL][-n]");
	split_quoted("-sL \"c d\" 'e \" f'", "[-sL][c d][e \" f]");
	split_quoted("c\"d e\"f", "[c\"d][e\"f]");
	split_quoted("\"\" x", "[][x]");
	split_quoted("", "");
	assert_int_equal(words_split_quoted("-n \"c d", &words), ERROR_SYNTAX);
}

static void the_echo_is_written_as_the_reference_writes_it(void **state)
{
	const char *const words[] = {"/usr/bin/nmap", "-n", "a b", "x\"y", "", "\\", "z"};
	struct buf out = BUF_INIT;

	words_echo(words, 7, &out);
	assert_string_equal(buf_str(&out), "/usr/bin/nmap -n \"a b\" x\\\"y  \\\\ z");
	buf_release(&out);
}

static void an_echo_is_undone_exactly(void **state)
{
	struct random random;
	int round;

	random_init(&random, 7);
	for (round = 0; round < 20000; round++) {
		char texts[4][6];
		const char *words[4];
		struct buf echo = BUF_INIT;
		struct words back;
		size_t i, j, count = 1 + random_below(&random, 4);

		for (i = 0; i < count; i++) {
			size_t bytes = random_below(&random, 6);

			for (j = 0; j < bytes; j++)
				texts[i][j] = "a \"\\'\t"[random_below(&random, 6)];
			texts[i][bytes] = 0;
			words[i] = texts[i];
		}
		words_echo(words, count, &echo);
		assert_int_equal(words_split_echo(buf_str(&echo), &back), 0);
		if (count == 1 && !texts[0][0]) {
			assert_int_equal(back.list.count, 0);
		} else {
			assert_int_equal(back.list.count, count);
			for (i = 0; i < count; i++)
				assert_string_equal(back.list.items[i], words[i]);
		}
		words_release(&back);
		buf_release(&echo);
	}
}

static int split(void *self)
{
	struct words words = {0};
	int r = words_split_echo("a b c d e f g h i j", &words);

	words_release(&words);
	if (r == 0)
		r = words_split_quoted("a b c d e f g h i j", &words);
	words_release(&words);
	return r;
}

static void splitting_survives_short_memory(void **state)
{
	support_each_allocation_fails(split, NULL, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_count_where_a_word_begins),
		cmocka_unit_test(the_echo_is_written_as_the_reference_writes_it),
		cmocka_unit_test(an_echo_is_undone_exactly),
		cmocka_unit_test(splitting_survives_short_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
