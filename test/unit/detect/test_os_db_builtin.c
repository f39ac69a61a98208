/* data/os/: what is compiled in is what lies there, and all of it can be read. */
#include "support.h"

#include "detect/os/os_attributes.h"
#include "detect/os/os_builtin.h"
#include "detect/os/os_db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void complain(void *self, const char *text)
{
	size_t *count = self;

	print_message("%s\n", text);
	(*count)++;
}

static void the_first_file_holds_the_points_and_the_others_entries(void **state)
{
	size_t i;

	assert_true(builtin_os_count > 0);
	assert_string_equal(builtin_os[0].name, "00-points.fp");
	for (i = 0; i < builtin_os_count; i++) {
		bool points =
			memmem(builtin_os[i].text, builtin_os[i].bytes, "\nMatchPoints\n", 13);

		if (points != (i == 0))
			fail_msg("%s: only the first file has points", builtin_os[i].name);
	}
	assert_null(builtin_os[builtin_os_count].name);
}

static void nothing_in_it_is_left_out(void **state)
{
	struct os_db *db = NULL, *folder = NULL;
	struct diag diag = {0};
	char path[4096];
	size_t faults = 0;

	if (os_db_parse(builtin_os, builtin_os_count, complain, &faults, &db, &diag) < 0)
		fail_msg("%s", diag.text);
	assert_int_equal(faults, 0);
	assert_int_equal(os_db_points(db, OS_SEQ_TI), 100);
	os_db_free(db);

	assert_int_equal(os_db_builtin(&db), 0);
	snprintf(path, sizeof(path), "%s/data/os", getenv("PORTOLAN_SOURCE_ROOT"));
	if (os_db_load(path, complain, &faults, &folder, &diag) < 0)
		fail_msg("%s", diag.text);
	assert_int_equal(os_db_entries(db), os_db_entries(folder));
	os_db_free(db);
	os_db_free(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_file_holds_the_points_and_the_others_entries),
		cmocka_unit_test(nothing_in_it_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
