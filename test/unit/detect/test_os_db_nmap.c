/* Nmap's own reference prints, where nmap-common is installed. */
#include "os_fixture.h"

#include "detect/os/os_match.h"

#include <stdlib.h>
#include <time.h>

static double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t count_lines(const char *path, const char *start)
{
	FILE *file = fopen(path, "re");
	size_t count = 0;
	char line[4096];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		count += strncmp(line, start, strlen(start)) == 0;
	fclose(file);
	return count;
}

static void all_of_nmaps_entries_are_read(void **state)
{
	double start = seconds_now(), took;
	struct os_db *db = nmap_db();

	took = seconds_now() - start;
	print_message("%zu entries, %zu classes, %zu CPEs, %.1f ms, %zu bytes an entry\n",
		      os_db_entries(db), os_db_classes(db), os_db_cpes(db), took * 1000,
		      os_db_bytes(db) / os_db_entries(db));
	assert_true(os_db_entries(db) > 5000);
	assert_int_equal(os_db_left_out(db), 0);
	assert_int_equal(os_db_entries(db), count_lines(NMAP_OS_DB, "Fingerprint "));
	assert_int_equal(os_db_classes(db), count_lines(NMAP_OS_DB, "Class "));
	assert_int_equal(os_db_cpes(db), count_lines(NMAP_OS_DB, "CPE "));
	assert_int_equal(os_db_points(db, OS_SEQ_TI), 100);
	assert_int_equal(os_db_points(db, OS_T4_R), 100);
	assert_int_equal(os_db_points(db, OS_IE_DFI), 40);
	assert_true(os_db_bytes(db) < 4u << 20);
	os_db_free(db);
}

/* One value that satisfies the first alternative. */
static void value_for(const char *expression, char *value, size_t room)
{
	size_t length = strcspn(expression, "|"), low = strcspn(expression, "|-");

	if (*expression == '>')
		snprintf(value, room, "%lX", strtoul(expression + 1, NULL, 16) + 1);
	else if (*expression == '<')
		snprintf(value, room, "%lX", strtoul(expression + 1, NULL, 16) - 1);
	else
		snprintf(value, room, "%.*s", (int)(low < length ? low : length), expression);
}

static void print_for(const struct os_db *db, size_t place, struct os_fingerprint *ret_print)
{
	char value[OS_VALUE_MAX + 1];
	const char *expression;
	int attribute;

	*ret_print = (struct os_fingerprint){0};
	for (attribute = 0; attribute < OS_ATTRIBUTES; attribute++)
		if ((expression = os_db_expression(db, place, attribute))) {
			value_for(expression, value, sizeof(value));
			assert_true(os_fingerprint_set(ret_print, attribute, value, strlen(value)));
		}
}

static void each_entry_fits_itself(void **state)
{
	struct os_db *db = nmap_db();
	struct os_fingerprint print;
	size_t i;

	for (i = 0; i < os_db_entries(db); i++) {
		print_for(db, i, &print);
		if (os_score_accuracy(os_match_entry(db, i, &print, OS_MATCH_NOW)) != 1)
			fail_msg("line %u: %s", os_db_entry(db, i).line, os_db_entry(db, i).name);
	}
	os_db_free(db);
}

/* The quick way over the whole database, against one entry after the other. */
static void the_list_is_what_entries_score(void **state)
{
	struct os_db *db = nmap_db();
	struct os_matches matches;
	struct os_fingerprint print;
	double took = 0;
	size_t i, k, rounds = 0;

	for (i = 0; i < os_db_entries(db); i += 97, rounds++) {
		print_for(db, i, &print);
		took -= seconds_now();
		assert_int_equal(os_match_all(db, &print, OS_MATCH_NOW, &matches), 0);
		took += seconds_now();
		assert_true(matches.count > 0 && matches.result != OS_MATCH_NONE);
		assert_true(matches.list[0].accuracy == 1);
		for (k = 0; k < matches.count; k++) {
			const struct os_match *match = &matches.list[k];
			struct os_score score =
				os_match_entry(db, match->entry, &print, OS_MATCH_NOW);

			assert_true(os_score_accuracy(score) == match->accuracy);
			assert_true(match->accuracy >= OS_MATCH_THRESHOLD);
			assert_true(!k || matches.list[k - 1].accuracy >= match->accuracy);
		}
	}
	print_message("%.2f ms a print\n", took * 1000 / (double)rounds);
	os_db_free(db);
}

/* What Nmap 7.93 saw of a Linux 6.x in a namespace (no SACK, no window scaling, no
 * echo replies; 26 November 2026), and what it guessed. */
static void guesses_are_those_of_nmap_793(void **state)
{
	static const char seen[] =
		"SEQ(SP=100%GCD=1%ISR=10C%TI=Z%CI=Z%TS=20)\n"
		"OPS(O1=M5B4NNT11%O2=M5B4NNT11%O3=M5B4NNT11%O4=M5B4NNT11%O5=M5B4NNT11%O6=M5B4NNT11)"
		"\n"
		"WIN(W1=FE88%W2=FE88%W3=FE88%W4=FE88%W5=FE88%W6=FE88)\n"
		"ECN(R=Y%DF=Y%T=40%W=FAF0%O=M5B4%CC=Y%Q=)\n"
		"T1(R=Y%DF=Y%T=40%S=O%A=S+%F=AS%RD=0%Q=)\n"
		"T2(R=N)\n"
		"T3(R=N)\n"
		"T4(R=Y%DF=Y%T=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)\n"
		"T5(R=Y%DF=Y%T=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)\n"
		"T6(R=Y%DF=Y%T=40%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)\n"
		"T7(R=Y%DF=Y%T=40%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)\n"
		"U1(R=Y%DF=N%T=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)\n"
		"IE(R=N)\n";
	static const struct {
		const char *name;
		unsigned percent;
	} guesses[] = {
		{"Linux 3.1", 94},
		{"Linux 3.2", 94},
		{"AXIS 210A or 211 Network Camera (Linux 2.6.17)", 94},
		{"MikroTik RouterOS 6.0", 92},
		{"ASUS RT-N56U WAP (Linux 3.4)", 92},
		{"Linux 3.16", 92},
		{"Linux 4.15 - 5.6", 92},
		{"Linux 5.4", 92},
		{"Linux 5.3 - 5.4", 92},
		{"Linux 2.6.32", 91},
	};
	const struct os_fingerprint print = print_of(seen);
	struct os_db *db = nmap_db();
	struct os_matches matches;
	size_t i;

	if (os_db_entries(db) != 5678) {
		os_db_free(db);
		print_message("SKIPPED: not the file of Nmap 7.93\n");
		skip();
	}
	assert_int_equal(os_match_all(db, &print, OS_MATCH_793, &matches), 0);
	assert_int_equal(os_match_guesses(&matches), 10);
	for (i = 0; i < 10; i++) {
		assert_string_equal(os_db_entry(db, matches.list[i].entry).name, guesses[i].name);
		assert_int_equal(os_match_percent(matches.list[i].accuracy), guesses[i].percent);
	}
	os_db_free(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_nmaps_entries_are_read),
		cmocka_unit_test(each_entry_fits_itself),
		cmocka_unit_test(guesses_are_those_of_nmap_793),
		cmocka_unit_test(the_list_is_what_entries_score),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
