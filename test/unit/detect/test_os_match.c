/* Scores, the list of matches, and what is said of it (formats.md 9.8, 2.10). */
#include "os_fixture.h"

#include "detect/os/os_match.h"
#include "util/buf.h"

#define POINTS                                                                              \
	"MatchPoints\nSEQ(SP=25%GCD=75)\nECN(R=100%DF=20%W=15%Q=20)\nT2(R=80%DF=20%O=10)\n" \
	"U1(R=50%IPL=100)\n\n"

static struct os_score score(const char *entry, const char *print)
{
	const struct os_fingerprint seen = print_of(print);
	struct os_score result;
	struct os_db *db;
	char text[1000];

	snprintf(text, sizeof(text), "%sFingerprint x\n%s\n", POINTS, entry);
	db = db_of(text);
	result = os_match_entry(db, 0, &seen, OS_MATCH_NOW);
	os_db_free(db);
	return result;
}

static void points_of_what_both_have(void **state)
{
	static const struct {
		const char *entry, *print;
		uint32_t matched, possible;
	} rows[] = {
		{"SEQ(SP=1-5%GCD=1)", "SEQ(SP=3%GCD=1)", 100, 100},
		{"SEQ(SP=1-5%GCD=1)", "SEQ(SP=6%GCD=1)", 75, 100},
		{"SEQ(SP=1-5)", "SEQ(SP=3%GCD=1)", 25, 25},
		{"SEQ(SP=1-5%GCD=1)", "SEQ(GCD=2)", 0, 75},
		{"SEQ(R=N)", "SEQ(GCD=2)", 0, 0},
		/* An empty value is one. */
		{"ECN(R=Y%Q=)", "ECN(R=Y%Q=)", 120, 120},
		{"ECN(R=Y%Q=)", "ECN(R=Y%Q=R)", 100, 120},
		{"ECN(R=Y%Q=)", "ECN(R=Y%DF=Y)", 100, 100},
		/* R=N against answers costs R's points alone. */
		{"ECN(R=N)", "ECN(R=Y%DF=Y%Q=)", 0, 100},
		{"ECN(DF=Y%Q=)", "ECN(R=N)", 0, 100},
		{"ECN(R=Y|N%DF=Y)", "ECN(R=N)", 100, 100},
		{"T2(R=Y%O=M[>500]L)", "T2(R=Y%O=M5B4L)", 90, 90},
		/* Without points: not compared. */
		{"SEQ(TI=I)\nU1(R=N)", "SEQ(TI=RD)\nU1(R=N)", 50, 50},
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct os_score is = score(rows[i].entry, rows[i].print);

		if (is.matched != rows[i].matched || is.possible != rows[i].possible)
			fail_msg("row %zu: %u of %u", i, is.matched, is.possible);
	}
	assert_true(os_score_accuracy((struct os_score){0, 0}) == 0);
}

static void what_is_implied_is_not_compared_in_the_old_manner(void **state)
{
	const struct os_fingerprint seen = print_of("ECN(R=Y%DF=Y%Q=RU)");
	struct os_db *db = db_of(POINTS "Fingerprint a\nECN(DF=Y%Q=R|)\n\n"
					"Fingerprint b\nECN(R=Y%DF=Y%Q=R|)\n");
	struct os_matches matches;

	assert_int_equal(os_match_entry(db, 0, &seen, OS_MATCH_793).possible, 40);
	assert_int_equal(os_match_entry(db, 0, &seen, OS_MATCH_793).matched, 40);
	assert_int_equal(os_match_entry(db, 1, &seen, OS_MATCH_793).possible, 140);
	assert_int_equal(os_match_entry(db, 0, &seen, OS_MATCH_NOW).possible, 140);
	assert_int_equal(os_match_entry(db, 0, &seen, OS_MATCH_NOW).matched, 120);
	assert_int_equal(os_match_all(db, &seen, OS_MATCH_793, &matches), 0);
	assert_int_equal(matches.perfect, 2);
	os_db_free(db);
}

/* An entry each. */
struct row {
	const char *name, *classes;
	const char *tests;
};

#define PERFECT "ECN(R=Y%DF=Y%W=5%Q=)\nT2(R=Y%DF=Y%O=)\n"
/* 265 points are compared; these lack 15, 20, 35 and 40 of them. */
#define AT_94 "ECN(R=Y%DF=Y%W=6%Q=)\nT2(R=Y%DF=Y%O=)\n"
#define AT_92 "ECN(R=Y%DF=Y%W=5%Q=R)\nT2(R=Y%DF=Y%O=)\n"
#define AT_86 "ECN(R=Y%DF=Y%W=6%Q=R)\nT2(R=Y%DF=Y%O=)\n"
#define AT_84 "ECN(R=Y%DF=N%W=5%Q=R)\nT2(R=Y%DF=Y%O=)\n"

static struct os_db *db_with(const struct row *rows, size_t count)
{
	struct buf text = BUF_INIT;
	struct os_db *db;
	size_t i;

	buf_add_str(&text, POINTS);
	for (i = 0; i < count; i++)
		buf_addf(&text, "Fingerprint %s\n%s%s\n", rows[i].name, rows[i].classes,
			 rows[i].tests);
	db = db_of(buf_str(&text));
	buf_release(&text);
	return db;
}

static struct os_matches match(const struct os_db *db)
{
	const struct os_fingerprint seen = print_of(PERFECT);
	struct os_matches matches;

	assert_int_equal(os_match_all(db, &seen, OS_MATCH_NOW, &matches), 0);
	return matches;
}

static void the_best_come_first_and_names_once(void **state)
{
	static const struct row rows[] = {
		{"a", "", AT_92}, {"b", "", AT_84}, {"c", "", AT_94}, {"d", "", AT_92},
		{"a", "", AT_94}, {"c", "", AT_92}, {"e", "", AT_86}, {"c", "", AT_94},
	};
	static const uint32_t wanted[] = {2, 4, 3, 6};
	struct os_db *db = db_with(rows, sizeof(rows) / sizeof(rows[0]));
	struct os_matches matches = match(db);
	size_t i;

	assert_int_equal(matches.result, OS_MATCH_SOME);
	assert_int_equal(matches.count, 4);
	assert_int_equal(matches.perfect, 0);
	for (i = 0; i < 4; i++)
		assert_int_equal(matches.list[i].entry, wanted[i]);
	assert_true(matches.list[0].accuracy == 250.0 / 265);
	assert_int_equal(os_match_percent(matches.list[0].accuracy), 94);
	assert_int_equal(os_match_guesses(&matches), 4);
	os_db_free(db);
}

static void nothing_reaches_the_threshold(void **state)
{
	static const struct row rows[] = {{"b", "", AT_84}};
	struct os_db *db = db_with(rows, 1);
	struct os_matches matches = match(db);

	assert_int_equal(matches.result, OS_MATCH_NONE);
	assert_int_equal(matches.count, 0);
	assert_int_equal(os_match_guesses(&matches), 0);
	os_db_free(db);
}

static struct os_matches match_many(size_t imperfect, size_t perfect)
{
	struct row rows[100];
	char names[100][8];
	struct os_matches matches;
	struct os_db *db;
	size_t i;

	for (i = 0; i < imperfect + perfect; i++) {
		snprintf(names[i], sizeof(names[i]), "n%zu", i);
		rows[i] = (struct row){names[i], "", i < imperfect ? AT_92 : PERFECT};
	}
	db = db_with(rows, imperfect + perfect);
	matches = match(db);
	os_db_free(db);
	return matches;
}

static void the_list_has_an_end(void **state)
{
	struct os_matches matches = match_many(50, 0);

	assert_int_equal(matches.result, OS_MATCH_SOME);
	assert_int_equal(matches.count, OS_MATCHES_MAX);
	assert_int_equal(matches.list[35].entry, 35);
	assert_int_equal(os_match_guesses(&matches), 10);
	matches = match_many(40, 5);
	assert_int_equal(matches.count, OS_MATCHES_MAX);
	assert_int_equal(matches.perfect, 5);
	assert_int_equal(matches.list[4].entry, 44);
	assert_int_equal(matches.list[5].entry, 0);
	assert_int_equal(matches.list[35].entry, 30);
	matches = match_many(40, 36);
	assert_int_equal(matches.result, OS_MATCH_SOME);
	assert_int_equal(matches.perfect, 36);
	matches = match_many(40, 37);
	assert_int_equal(matches.result, OS_MATCH_TOO_MANY);
	assert_int_equal(matches.perfect, 36);
}

static struct os_summary summary_of(const struct os_db *db, bool guess, struct arena *arena)
{
	struct os_matches matches = match(db);
	struct os_summary summary;

	assert_int_equal(os_match_summary(db, &matches, guess, arena, &summary), 0);
	return summary;
}

static void perfect_matches_are_summed_up(void **state)
{
	static const struct row rows[] = {
		{"a", "Class Linux|Linux|2.6.X|general purpose\nCPE cpe:/o:l:2.6\n", PERFECT},
		{"b", "Class Linux|Linux|3.X|general purpose\nCPE cpe:/o:l:3\n", PERFECT},
		{"c", "Class Linux|Linux|2.6|WAP\nCPE cpe:/o:l:2.6\n", PERFECT},
		{"d", "Class Acme|WidgetOS||router\n", PERFECT},
		{"e", "Class Other|OtherOS|1|phone\nCPE cpe:/o:other\n", AT_94},
	};
	struct os_db *db = db_with(rows, 5);
	struct os_summary summary;
	struct arena arena = ARENA_INIT;

	summary = summary_of(db, true, &arena);
	assert_false(summary.guessing);
	assert_int_equal(summary.types_count, 3);
	assert_string_equal(summary.types[0], "general purpose");
	assert_string_equal(summary.types[1], "WAP");
	assert_string_equal(summary.types[2], "router");
	assert_int_equal(summary.running_count, 2);
	/* "2.6" is part of what is there. */
	assert_string_equal(summary.running[0].name, "Linux 2.6.X|3.X");
	assert_true(summary.running[0].certain);
	assert_string_equal(summary.running[1].name, "Acme WidgetOS");
	assert_int_equal(summary.cpes_count, 2);
	assert_string_equal(summary.cpes[1], "cpe:/o:l:3");
	arena_release(&arena);
	os_db_free(db);
}

static void guesses_are_summed_up_if_wanted(void **state)
{
	static const struct row rows[] = {
		{"a", "Class A|A|1|x\n", AT_94},
		{"b", "Class B|B|2|y\nClass A|A|2|x\n", AT_86},
	};
	struct os_db *db = db_with(rows, 2);
	struct os_summary summary;
	struct arena arena = ARENA_INIT;

	summary = summary_of(db, true, &arena);
	assert_true(summary.guessing);
	assert_int_equal(summary.running_count, 2);
	assert_string_equal(summary.running[0].name, "A 1|2");
	assert_int_equal(summary.running[0].percent, 94);
	assert_false(summary.running[0].certain);
	assert_int_equal(summary.running[1].percent, 86);
	summary = summary_of(db, false, &arena);
	assert_int_equal(summary.running_count + summary.types_count + summary.cpes_count, 0);
	arena_release(&arena);
	os_db_free(db);
}

static void what_is_far_below_the_best_is_no_guess(void **state)
{
	struct os_matches matches = {
		.result = OS_MATCH_SOME, .count = 3, .list = {{0, 0.96}, {1, 0.87}, {2, 0.86}}};
	static const struct row rows[] = {{"a", "Class A|A|1|x\n", AT_94},
					  {"b", "Class B|B|1|x\n", AT_94},
					  {"c", "Class C|C|1|x\n", AT_94}};
	struct os_db *db = db_with(rows, 3);
	struct os_summary summary;
	struct arena arena = ARENA_INIT;

	assert_int_equal(os_match_guesses(&matches), 2);
	assert_int_equal(os_match_summary(db, &matches, true, &arena, &summary), 0);
	assert_int_equal(summary.running_count, 2);
	arena_release(&arena);
	os_db_free(db);
}

static void too_many_kinds_are_not_told(void **state)
{
	struct row rows[9];
	char classes[9][40], names[9][4];
	struct os_summary summary;
	struct arena arena = ARENA_INIT;
	size_t i, count;

	for (i = 0; i < 9; i++) {
		snprintf(names[i], sizeof(names[i]), "n%zu", i);
		snprintf(classes[i], sizeof(classes[i]), "Class V|F|1|t%zu\n", i);
		rows[i] = (struct row){names[i], classes[i], PERFECT};
	}
	for (count = 8; count <= 9; count++) {
		struct os_db *db = db_with(rows, count);

		summary = summary_of(db, false, &arena);
		assert_int_equal(summary.types_count, count == 8 ? 8 : 0);
		assert_int_equal(summary.running_count, count == 8 ? 1 : 0);
		os_db_free(db);
	}
	arena_release(&arena);
}

static void ten_imperfect_classes_are_enough(void **state)
{
	struct row rows[11];
	char classes[11][40], names[11][4];
	struct os_summary summary;
	struct arena arena = ARENA_INIT;
	struct os_db *db;
	size_t i;

	for (i = 0; i < 11; i++) {
		snprintf(names[i], sizeof(names[i]), "n%zu", i);
		snprintf(classes[i], sizeof(classes[i]), "Class V|V|%c|t\n", (char)('a' + i));
		rows[i] = (struct row){names[i], classes[i], AT_94};
	}
	db = db_with(rows, 11);
	summary = summary_of(db, true, &arena);
	assert_int_equal(summary.running_count, 1);
	assert_string_equal(summary.running[0].name, "V a|b|c|d|e|f|g|h|i|j");
	arena_release(&arena);
	os_db_free(db);
}

static void classes_are_told_once(void **state)
{
	static const struct row rows[] = {
		{"a", "Class A|A|1|x\nClass A|A||x\n", PERFECT},
		{"b", "Class A|A|1|x\nClass A|A|1|y\n", PERFECT},
		{"c", "Class C|C|1|x\n", AT_94},
	};
	struct os_db *db = db_with(rows, 3);
	struct os_class_match classes[OS_MATCHES_MAX];
	struct os_matches matches = match(db);

	assert_int_equal(os_match_classes(db, &matches, classes), 3);
	assert_null(classes[1].found->generation);
	assert_string_equal(classes[2].found->type, "y");
	matches.result = OS_MATCH_TOO_MANY;
	assert_int_equal(os_match_classes(db, &matches, classes), 0);
	os_db_free(db);
}

static int match_some(void *self)
{
	const struct os_fingerprint seen = print_of(PERFECT);
	struct os_matches matches;
	struct os_summary summary;
	struct arena arena = ARENA_INIT;
	int r = os_match_all(self, &seen, OS_MATCH_NOW, &matches);

	if (r == 0)
		r = os_match_summary(self, &matches, false, &arena, &summary);
	arena_release(&arena);
	return r;
}

static void memory_may_be_short(void **state)
{
	static const struct row rows[] = {{"a", "Class A|A|1|x\nClass A|A|2|x\n", PERFECT}};
	struct os_db *db = db_with(rows, 1);

	support_each_allocation_fails(match_some, db, 50);
	os_db_free(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(points_of_what_both_have),
		cmocka_unit_test(what_is_implied_is_not_compared_in_the_old_manner),
		cmocka_unit_test(the_best_come_first_and_names_once),
		cmocka_unit_test(nothing_reaches_the_threshold),
		cmocka_unit_test(the_list_has_an_end),
		cmocka_unit_test(perfect_matches_are_summed_up),
		cmocka_unit_test(guesses_are_summed_up_if_wanted),
		cmocka_unit_test(what_is_far_below_the_best_is_no_guess),
		cmocka_unit_test(too_many_kinds_are_not_told),
		cmocka_unit_test(ten_imperfect_classes_are_enough),
		cmocka_unit_test(classes_are_told_once),
		cmocka_unit_test(memory_may_be_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
