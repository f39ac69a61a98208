/* data/os/: every entry says where it comes from, no two of different stacks look alike, and
 * what was measured (data/os/samples) is recognised. */
#include "os_fixture.h"

#include "detect/os/os_attributes.h"
#include "detect/os/os_builtin.h"
#include "detect/os/os_expression.h"
#include "detect/os/os_match.h"
#include "util/buf.h"

#include <stdlib.h>

#define OWN_AT_LEAST 0.95 /* of a measured print, by an entry of its own stack */
#define LEAD         0.03 /* that is better than any other's by so much at least */
#define TOO_CLOSE    0.98 /* of two entries of different stacks */
#define SAMPLES_MAX  (1u << 20)

/* Systems that have one stack: their prints may be equal. */
static const char *const one_stack[][3] = {
	{"Linux", "Android", "RouterOS"}, {"FreeBSD", "JUNOS", ""},   {"Mac OS X", "macOS", "iOS"},
	{"NetBSD", "RTOS", ""},           {"Solaris", "illumos", ""},
};

static bool in_stack(size_t stack, const char *family)
{
	size_t i;

	for (i = 0; i < 3; i++)
		if (!strcmp(one_stack[stack][i], family))
			return true;
	return false;
}

static bool same_stack(const char *a, const char *b)
{
	size_t i;

	for (i = 0; i < sizeof(one_stack) / sizeof(one_stack[0]); i++)
		if (in_stack(i, a) && in_stack(i, b))
			return true;
	return !strcmp(a, b);
}

static struct os_db *our_db(void)
{
	struct os_db *db = NULL;
	struct diag diag = {0};

	if (os_db_parse(builtin_os, builtin_os_count, NULL, NULL, &db, &diag) < 0)
		fail_msg("%s", diag.text);
	return db;
}

static const char *family_of(const struct os_db *db, size_t place)
{
	return os_db_entry(db, place).classes[0].family;
}

static double accuracy_of(const struct os_db *db, size_t place, const struct os_fingerprint *print)
{
	return os_score_accuracy(os_match_entry(db, place, print, OS_MATCH_NOW));
}

static void names_are_there_once_and_have_classes(void **state)
{
	struct os_db *db = our_db();
	size_t i, k;

	assert_true(os_db_entries(db) >= 25);
	for (i = 0; i < os_db_entries(db); i++) {
		struct os_entry entry = os_db_entry(db, i);

		if (!entry.classes_count || !entry.classes[0].cpes_count)
			fail_msg("%s:%u: no Class or CPE", entry.file, entry.line);
		for (k = 0; k < i; k++)
			if (!strcmp(os_db_entry(db, k).name, entry.name))
				fail_msg("%s:%u: %s is there twice", entry.file, entry.line,
					 entry.name);
	}
	os_db_free(db);
}

/* The line before `at` of a text; NULL at its begin. */
static const char *line_before(const char *text, const char *at)
{
	if (at == text)
		return NULL;
	for (at--; at > text && at[-1] != '\n';)
		at--;
	return at;
}

static void every_entry_says_where_it_comes_from(void **state)
{
	size_t i, found = 0;

	for (i = 0; i < builtin_os_count; i++) {
		const char *text = builtin_os[i].text, *at = text;

		for (; (at = strstr(at, "\nFingerprint ")); at++, found++) {
			const char *above = line_before(text, at + 1);

			if (!above || strncmp(above, "# Source: ", 10) != 0)
				fail_msg("%s: no source:%.60s", builtin_os[i].name, at);
		}
	}
	assert_true(found > 0);
}

/* What a bracket allows: the MSS of Ethernet where it is open, else its begin. */
static const char *typical_number(const char *at, struct buf *out)
{
	const char *end = strchr(at, ']');

	assert_non_null(end);
	if (at[1] == '>')
		buf_add_str(out, "5B4");
	else
		buf_add(out, at + 1, strcspn(at + 1, "-]"));
	return end + 1;
}

/* One value that an expression allows: of its first alternative, and the begin of ranges. */
static void typical_value(const char *expression, struct buf *out)
{
	const char *at = expression + (*expression == '>');
	size_t bytes;

	for (; *at && *at != '|' && *at != '-'; at += bytes) {
		bytes = strcspn(at, "[|-");
		buf_add(out, at, bytes);
		if (at[bytes] == '[') {
			at = typical_number(at + bytes, out);
			bytes = 0;
		}
	}
	if (*expression == '>')
		buf_add_char(out, '1'); /* a digit more */
}

static struct os_fingerprint typical_of(const struct os_db *db, size_t place)
{
	struct os_fingerprint print = {0};
	int attribute;

	for (attribute = 0; attribute < OS_ATTRIBUTES; attribute++) {
		const char *expression = os_db_expression(db, place, attribute);
		struct buf value = BUF_INIT;

		if (expression) {
			typical_value(expression, &value);
			assert_true(os_fingerprint_set(&print, attribute, buf_str(&value),
						       strlen(buf_str(&value))));
			assert_true(os_expression_matches(expression, buf_str(&value),
							  os_attribute_nests(attribute)));
		}
		buf_release(&value);
	}
	return print;
}

static void no_system_looks_like_one_of_another_stack(void **state)
{
	struct os_db *db = our_db();
	size_t i, k;

	for (i = 0; i < os_db_entries(db); i++) {
		struct os_fingerprint print = typical_of(db, i);

		for (k = 0; k < os_db_entries(db); k++) {
			double accuracy = accuracy_of(db, k, &print);

			if (k == i && accuracy < 1)
				fail_msg("%s does not fit itself", os_db_entry(db, i).name);
			if (accuracy >= TOO_CLOSE &&
			    !same_stack(family_of(db, i), family_of(db, k)))
				fail_msg("%s fits %s to %u %%", os_db_entry(db, i).name,
					 os_db_entry(db, k).name, os_match_percent(accuracy));
		}
	}
	os_db_free(db);
}

/* The rest of the line that begins with `what`; "" when there is none. */
static void line_of(const char *text, const char *what, char *ret_line, size_t bytes)
{
	const char *at = strstr(text, what);

	*ret_line = 0;
	if (at) {
		at += strlen(what);
		snprintf(ret_line, bytes, "%.*s", (int)strcspn(at, "\n"), at);
	}
}

static bool has_generation(const struct os_db *db, size_t place, const char *version)
{
	struct os_entry entry = os_db_entry(db, place);
	size_t i, digits = strcspn(version, ".");

	for (i = 0; i < entry.classes_count; i++)
		if (entry.classes[i].generation &&
		    !strncmp(entry.classes[i].generation, version, digits) &&
		    entry.classes[i].generation[digits] == '.')
			return true;
	return !*version;
}

/* The best entry of the sample's family. */
struct verdict {
	double own;
	size_t best;
};

static struct verdict judge(const struct os_db *db, const struct os_fingerprint *print,
			    const char *family)
{
	struct verdict verdict = {0};
	size_t i;

	for (i = 0; i < os_db_entries(db); i++) {
		double accuracy = accuracy_of(db, i, print);

		if (!strcmp(family, family_of(db, i)) && accuracy > verdict.own) {
			verdict.own = accuracy;
			verdict.best = i;
		}
	}
	return verdict;
}

/* Systems of the same stack may be near, but not as near. */
static void check_others(const struct os_db *db, const struct text_file *file,
			 const struct os_fingerprint *print, const char *family, double own)
{
	size_t i;

	for (i = 0; i < os_db_entries(db); i++) {
		double accuracy = accuracy_of(db, i, print);
		double lead = same_stack(family, family_of(db, i)) ? 0 : LEAD;

		if (strcmp(family, family_of(db, i)) != 0 && accuracy >= own - lead)
			fail_msg("%s looks like %s: %.3f, not %.3f", file->name,
				 os_db_entry(db, i).name, accuracy, own);
	}
}

static struct os_fingerprint print_of_sample(const struct text_file *file)
{
	const char *tests = file->text;

	assert_non_null(strstr(tests, "# Source: measured "));
	while (*tests == '#')
		tests += strcspn(tests, "\n") + 1;
	return print_of(tests);
}

static void check_sample(const struct os_db *db, const struct text_file *file)
{
	struct os_fingerprint print = print_of_sample(file);
	char family[64], version[64];
	struct verdict verdict;

	line_of(file->text, "# Family: ", family, sizeof(family));
	line_of(file->text, "# Generation: ", version, sizeof(version));
	verdict = judge(db, &print, family);
	if (verdict.own < OWN_AT_LEAST)
		fail_msg("%s: only %.3f", file->name, verdict.own);
	check_others(db, file, &print, family, verdict.own);
	if (!has_generation(db, verdict.best, version))
		fail_msg("%s: %s is not %s", file->name, os_db_entry(db, verdict.best).name,
			 version);
}

static void what_was_measured_is_recognised(void **state)
{
	struct text_files files = {0};
	struct os_db *db = our_db();
	struct diag diag = {0};
	char path[4096];
	size_t i;

	snprintf(path, sizeof(path), "%s/data/os/samples", getenv("PORTOLAN_SOURCE_ROOT"));
	if (text_files_read(path, ".txt", SAMPLES_MAX, &files, &diag) < 0)
		fail_msg("%s", diag.text);
	assert_true(files.count >= 10);
	for (i = 0; i < files.count; i++)
		check_sample(db, &files.all[i]);
	text_files_release(&files);
	os_db_free(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_there_once_and_have_classes),
		cmocka_unit_test(every_entry_says_where_it_comes_from),
		cmocka_unit_test(no_system_looks_like_one_of_another_stack),
		cmocka_unit_test(what_was_measured_is_recognised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
