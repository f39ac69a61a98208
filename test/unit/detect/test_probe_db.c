/* Probe files on disk: one, a folder, the compiled-in ones, and Nmap's. */
#include "support.h"

#include "detect/service/probes.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NMAPS "/usr/share/nmap/nmap-service-probes"

static char folder[64];

static void put(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_non_null(file = fopen(path, "w"));
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void take_away(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(unlink(path), 0);
}

static int make_folder(void **state)
{
	snprintf(folder, sizeof(folder), "/tmp/portolan-probes-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	return rmdir(folder);
}

static int load(const char *name, struct probe_db **ret_db, struct diag *diag)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return probe_db_load(path, ret_db, diag);
}

static void one_file_is_of_nmaps_manner(void **state)
{
	struct probe_db *db = NULL;
	struct diag diag = {0};

	put("mine", "Probe TCP B q|x|\nrarity 9\nProbe TCP A q|y|\nrarity 1\nmatch a m/x/\n");
	assert_int_equal(load("mine", &db, &diag), 0);
	assert_int_equal(probe_db_manner(db), MANNER_FIRST);
	assert_string_equal(probe_db_probe(db, 0)->name, "B");
	assert_string_equal(probe_db_file(db, probe_db_line(db, 0)->file), "mine");
	probe_db_free(db);
	take_away("mine");
}

static void a_folder_is_of_ours_and_read_by_name(void **state)
{
	struct probe_db *db = NULL;
	struct diag diag = {0};
	char name[16];
	int i;

	for (i = 0; i < 10; i++) { /* made in no order: 0 7 4 1 8 ... */
		snprintf(name, sizeof(name), "%d.probe", i * 7 % 10);
		put(name, "Probe TCP A q|y|\nmatch one m/x/\n");
	}
	put(".c.probe", "not looked at");
	put("README", "nor this");
	assert_int_equal(load("", &db, &diag), 0);
	assert_int_equal(probe_db_manner(db), MANNER_BEST);
	assert_int_equal(probe_db_lines(db), 10);
	for (i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "%d.probe", i);
		assert_string_equal(probe_db_file(db, probe_db_line(db, (size_t)i)->file), name);
		take_away(name);
	}
	probe_db_free(db);
	take_away(".c.probe");
	take_away("README");
}

static void what_cannot_be_read_is_told(void **state)
{
	struct probe_db *db = NULL;
	struct diag diag = {0};

	assert_int_equal(load("none", &db, &diag), ERROR_NOT_FOUND);
	assert_non_null(strstr(diag.text, "none: No such file"));
	assert_int_equal(load("", &db, &diag), ERROR_NOT_FOUND);
	assert_non_null(strstr(diag.text, "*.probe"));
	put("bad", "Probe TCP A q|y|\nrarity 77\n");
	assert_int_equal(load("bad", &db, &diag), ERROR_SYNTAX);
	assert_non_null(strstr(diag.text, "/bad, line 2, column 8: rarity"));
	take_away("bad");
	assert_int_equal(probe_db_load("/dev/zero", &db, &diag), ERROR_LIMIT);
	assert_non_null(strstr(diag.text, "32 MiB"));
	assert_null(db);
}

static int load_folder(void *self)
{
	struct probe_db *db = NULL;
	int r = load("", &db, NULL);

	probe_db_free(db);
	return r;
}

static void short_memory_is_survived(void **state)
{
	put("a.probe", "Probe TCP A q|y|\nmatch one m/x/\n");
	put("b.probe", "Probe TCP B q|y|\n");
	support_each_allocation_fails(load_folder, NULL, 100);
	take_away("a.probe");
	take_away("b.probe");
}

static void the_compiled_in_ones_are_sound(void **state)
{
	struct probe_db *db = NULL;
	size_t i;

	assert_int_equal(probe_db_builtin(&db), 0);
	assert_int_equal(probe_db_manner(db), MANNER_BEST);
	for (i = 0; i < probe_db_lines(db); i++)
		assert_int_equal(probe_db_line(db, i)->id, i);
	probe_db_free(db);
}

/* The numbers of version 7.93 (features.md SV-02). */
static void nmaps_own_file_is_read(void **state)
{
	struct probe_db *db = NULL;
	struct diag diag = {0};
	size_t i, soft = 0;

	if (access(NMAPS, R_OK)) {
		print_message("SKIPPED: " NMAPS " is not there (package nmap-common)\n");
		skip();
	}
	if (probe_db_load(NMAPS, &db, &diag))
		fail_msg("%s", diag.text);
	for (i = 0; i < probe_db_lines(db); i++)
		soft += probe_db_line(db, i)->soft;
	if (probe_db_probes(db) == 148) {
		assert_int_equal(probe_db_lines(db) - soft, 11721);
		assert_int_equal(soft, 196);
	} else {
		print_message("another version of " NMAPS ": %zu probes, %zu lines\n",
			      probe_db_probes(db), probe_db_lines(db));
		assert_true(probe_db_probes(db) > 148 && probe_db_lines(db) > 11000);
	}
	assert_true(probe_db_excludes(db, TRANSPORT_TCP, 9100));
	assert_int_equal(probe_db_null(db)->total_wait_ms, 6000);
	assert_int_equal(probe_db_null(db)->id, 0);
	probe_db_free(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_file_is_of_nmaps_manner, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(a_folder_is_of_ours_and_read_by_name, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(what_cannot_be_read_is_told, make_folder,
						remove_folder),
		cmocka_unit_test_setup_teardown(short_memory_is_survived, make_folder,
						remove_folder),
		cmocka_unit_test(the_compiled_in_ones_are_sound),
		cmocka_unit_test(nmaps_own_file_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
