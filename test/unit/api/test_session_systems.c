/* What a session reads for OS detection and paths. */
#include "support.h"

#include "api/session_systems.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define POINTS "MatchPoints\nSEQ(SP=25)\n\n"

struct reading {
	struct plan *plan;
	struct session_systems systems;
	struct diag diag;
	struct buf warnings;
	unsigned warned;
	char file[64];
};

static void note_warning(void *self, const char *text)
{
	struct reading *reading = self;

	buf_addf(&reading->warnings, "%s\n", text);
	reading->warned++;
}

static int begin(void **state)
{
	struct reading *reading = calloc(1, sizeof(*reading));
	int fd;

	*state = reading;
	if (!reading || !(reading->plan = plan_new()))
		return -1;
	reading->systems.warn = note_warning;
	reading->systems.self = reading;
	snprintf(reading->file, sizeof(reading->file), "/tmp/portolan-systems-XXXXXX");
	fd = mkstemp(reading->file);
	return fd < 0 ? -1 : close(fd);
}

static int end(void **state)
{
	struct reading *reading = *state;
	int r = unlink(reading->file);

	session_systems_close(&reading->systems);
	plan_free(reading->plan);
	buf_release(&reading->warnings);
	free(reading);
	return r;
}

static void put(const struct reading *reading, const char *text)
{
	FILE *file = fopen(reading->file, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static int load(struct reading *reading)
{
	return session_systems_load(&reading->systems, reading->plan, &reading->diag);
}

static void nothing_is_read_unless_asked(void **state)
{
	struct reading *reading = *state;
	const char *paths[] = {"/nonexistent"};

	reading->plan->system.db_path = "/nonexistent";
	reading->plan->path.mmdb_paths = paths;
	reading->plan->path.mmdb_paths_count = 1;
	assert_int_equal(load(reading), 0);
	assert_null(reading->systems.db);
	assert_null(reading->systems.geo);
	assert_null(session_systems_detector(&reading->systems));
}

static void without_a_file_our_own_prints_are_taken(void **state)
{
	struct reading *reading = *state;
	struct loop *loop = loop_sim_new(0);

	assert_non_null(loop);
	reading->plan->system.wanted = true;
	assert_int_equal(
		session_systems_open(&reading->systems, reading->plan, loop, &reading->diag), 0);
	assert_non_null(reading->systems.db);
	assert_non_null(session_systems_detector(&reading->systems));
	assert_int_equal(reading->warned, 0);
	session_systems_close(&reading->systems);
	loop_free(loop);
}

static void entries_with_mistakes_are_named_and_left_out(void **state)
{
	struct reading *reading = *state;

	reading->plan->system.wanted = true;
	reading->plan->system.db_path = reading->file;
	put(reading, POINTS "Fingerprint a\nSEQ(SP=1)\n\nFingerprint b\nSEQ(XX=1)\n");
	assert_int_equal(load(reading), 0);
	assert_int_equal(os_db_entries(reading->systems.db), 1);
	assert_int_equal(reading->warned, 1);
	assert_non_null(strstr(buf_str(&reading->warnings), reading->file));
	assert_non_null(strstr(buf_str(&reading->warnings), "line 8"));
}

static void many_mistakes_are_counted(void **state)
{
	struct reading *reading = *state;
	struct buf text = BUF_INIT;
	int i;

	buf_add_str(&text, POINTS);
	for (i = 0; i < 12; i++)
		buf_add_str(&text, "Fingerprint b\nSEQ(XX=1)\n\n");
	put(reading, buf_str(&text));
	buf_release(&text);
	reading->plan->system.wanted = true;
	reading->plan->system.db_path = reading->file;
	assert_int_equal(load(reading), 0);
	assert_int_equal(reading->warned, 6);
	assert_non_null(strstr(buf_str(&reading->warnings), "\n7 more of its entries"));
}

static void a_file_without_points_cannot_be_used(void **state)
{
	struct reading *reading = *state;

	reading->plan->system.wanted = true;
	reading->plan->system.db_path = reading->file;
	put(reading, "Fingerprint a\nSEQ(SP=1)\n");
	assert_int_equal(load(reading), ERROR_SYNTAX);
	assert_non_null(strstr(reading->diag.text, reading->file));
	assert_non_null(strstr(reading->diag.text, "--osdb"));
}

static char *place_file(const char *name)
{
	static char paths[2][4096];
	static unsigned turn;
	char *path = paths[turn++ % 2];

	snprintf(path, sizeof(paths[0]), "%s/fuzz/corpus/geo/%s.mmdb",
		 getenv("PORTOLAN_SOURCE_ROOT"), name);
	return path;
}

static void places_are_of_the_files_named(void **state)
{
	struct reading *reading = *state;
	const char *paths[] = {place_file("country"), place_file("asn")};
	struct ip_addr addr;
	struct path_place place;

	reading->plan->path.wanted = true;
	reading->plan->path.mmdb_paths = paths;
	reading->plan->path.mmdb_paths_count = 2;
	assert_int_equal(load(reading), 0);
	assert_true(ip_parse("10.1.2.3", &addr));
	session_systems_place(&reading->systems, &addr, &place);
	assert_string_equal(place.country, "DE");
	assert_string_equal(place.organization, "Example Networks");
	assert_int_equal(place.asn, 64500);
	assert_true(ip_parse("10.77.2.3", &addr));
	session_systems_place(&reading->systems, &addr, &place);
	assert_null(place.country);
	assert_null(place.organization);
	assert_int_equal(place.asn, 0);
}

static void a_damaged_file_of_places_is_named(void **state)
{
	struct reading *reading = *state;
	const char *paths[] = {reading->file};

	put(reading, "no database");
	reading->plan->path.wanted = true;
	reading->plan->path.mmdb_paths = paths;
	reading->plan->path.mmdb_paths_count = 1;
	assert_int_equal(load(reading), ERROR_CORRUPT);
	assert_non_null(strstr(reading->diag.text, reading->file));
}

static int load_and_close(void *self)
{
	struct reading *reading = self;
	int r = load(reading);

	session_systems_close(&reading->systems);
	return r;
}

static void memory_may_be_short(void **state)
{
	struct reading *reading = *state;
	const char *paths[] = {place_file("country")};

	reading->plan->system.wanted = reading->plan->path.wanted = true;
	reading->plan->path.mmdb_paths = paths;
	reading->plan->path.mmdb_paths_count = 1;
	support_each_allocation_fails(load_and_close, reading, 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_read_unless_asked, begin, end),
		cmocka_unit_test_setup_teardown(without_a_file_our_own_prints_are_taken, begin,
						end),
		cmocka_unit_test_setup_teardown(entries_with_mistakes_are_named_and_left_out, begin,
						end),
		cmocka_unit_test_setup_teardown(many_mistakes_are_counted, begin, end),
		cmocka_unit_test_setup_teardown(a_file_without_points_cannot_be_used, begin, end),
		cmocka_unit_test_setup_teardown(places_are_of_the_files_named, begin, end),
		cmocka_unit_test_setup_teardown(a_damaged_file_of_places_is_named, begin, end),
		cmocka_unit_test_setup_teardown(memory_may_be_short, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
