/* Places of addresses, from files that test/lab/mmdb.py writes. */
#include "support.h"

#include "net/geo.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* libmaxminddb before 1.12 forgets what it made of damaged metadata (its pull request 356). */
const char *__lsan_default_suppressions(void) /* NOLINT(*-reserved-identifier) */
	__attribute__((visibility("default")));
const char *__lsan_default_suppressions(void) /* NOLINT(*-reserved-identifier) */
{
	return "leak:libmaxminddb";
}

static char folder[] = "/tmp/portolan-geo-XXXXXX";
static const char *const names[] = {"country", "asn", "merged", "flat", "odd"};

static const char *at(const char *name)
{
	static char paths[4][128];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s.mmdb", folder, name);
	return path;
}

static int make_files(void **state)
{
	char command[4200];

	if (!mkdtemp(folder))
		return -1;
	snprintf(command, sizeof(command), "python3 -B %s/test/lab/mmdb.py %s",
		 getenv("PORTOLAN_SOURCE_ROOT"), folder);
	return system(command);
}

static int remove_files(void **state)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(at(names[i]));
	return rmdir(folder);
}

static struct geo *geo_of(const char *first, const char *second)
{
	const char *paths[] = {first ? at(first) : NULL, second ? at(second) : NULL};
	struct geo *geo = NULL;
	struct diag diag = {0};

	if (geo_open(paths, second ? 2 : first ? 1 : 0, &geo, &diag) < 0)
		fail_msg("%s", diag.text);
	return geo;
}

static struct geo_place place_of(const struct geo *geo, const char *text)
{
	struct ip_addr addr;
	struct geo_place place;

	memset(&place, 'x', sizeof(place));
	assert_true(ip_parse(text, &addr));
	geo_find(geo, &addr, &place);
	return place;
}

static void is(const struct geo *geo, const char *text, const char *country, uint32_t asn,
	       const char *organization)
{
	struct geo_place place = place_of(geo, text);

	assert_string_equal(place.country, country);
	assert_int_equal(place.asn, asn);
	assert_string_equal(place.organization, organization);
}

static void countries_are_found(void **state)
{
	struct geo *geo = geo_of("country", NULL);

	is(geo, "10.1.2.3", "DE", 0, "");
	is(geo, "10.2.255.255", "FR", 0, "");
	is(geo, "10.3.0.0", "CH", 0, ""); /* registered there */
	is(geo, "10.5.0.0", "", 0, "");
	is(geo, "fd00:1::9", "JP", 0, "");
	is(geo, "fd00:2::9", "", 0, "");
	geo_free(geo);
}

static void networks_are_found(void **state)
{
	struct geo *geo = geo_of("asn", NULL);

	is(geo, "10.1.2.3", "", 64500, "Example Networks");
	is(geo, "10.2.1.1", "", 0, "");
	assert_int_equal(place_of(geo, "10.2.200.1").asn, 4200000001u);
	is(geo, "fd00::1", "", 64501, "Sixth \u00c9cole");
	geo_free(geo);
}

static void names_fit_and_are_safe_to_show(void **state)
{
	struct geo *geo = geo_of("asn", NULL);

	assert_int_equal(strlen(place_of(geo, "10.2.200.1").organization),
			 GEO_ORGANIZATION_BYTES - 1);
	is(geo, "10.4.0.1", "", 64502, "tab and \\x1B[31m\\xFF");
	geo_free(geo);
}

static void several_files_add_up_and_the_first_counts(void **state)
{
	struct geo *geo = geo_of("country", "asn");

	is(geo, "10.1.2.3", "DE", 64500, "Example Networks");
	is(geo, "10.3.0.0", "CH", 0, "");
	geo_free(geo);
	geo = geo_of("country", "merged");
	is(geo, "10.1.2.3", "DE", 64510, "Merged");
	is(geo, "10.9.0.1", "", 64511, "Inside traits");
	geo_free(geo);
	geo = geo_of("merged", "country");
	is(geo, "10.1.2.3", "AT", 64510, "Merged");
	geo_free(geo);
}

static void flat_files_will_do(void **state)
{
	struct geo *geo = geo_of("flat", NULL);

	is(geo, "10.1.0.1", "NL", 64520, "Flat");
	is(geo, "10.2.0.1", "BE", 64521, "Flatter");
	is(geo, "fd00:1::9", "", 0, ""); /* the file has IPv4 only */
	geo_free(geo);
}

static void what_is_of_another_kind_is_passed_over(void **state)
{
	struct geo *geo = geo_of("odd", NULL);
	struct ip_addr none = {.family = IP_NONE};
	struct geo_place place;

	is(geo, "10.1.0.1", "", 0, "");
	is(geo, "10.2.0.1", "", 0, "");
	is(geo, "10.3.0.1", "", 0, "");
	geo_find(geo, &none, &place);
	assert_int_equal(place.asn, 0);
	geo_free(geo);
	geo = geo_of(NULL, NULL);
	is(geo, "10.1.0.1", "", 0, "");
	geo_free(geo);
	geo_free(NULL);
}

static void no_file_is_named_with_the_remedy(void **state)
{
	const char *paths[] = {at("country"), at("missing"), folder};
	struct geo *geo = NULL;
	struct diag diag = {0};

	assert_int_equal(geo_open(paths, 2, &geo, &diag), ERROR_NOT_FOUND);
	assert_non_null(strstr(diag.text, "missing.mmdb"));
	assert_int_equal(geo_open(&paths[2], 1, &geo, &diag), ERROR_IO);
	assert_non_null(strstr(diag.text, folder));
	assert_null(geo);
}

static void put(const char *bytes, size_t count)
{
	FILE *file = fopen(at("odd"), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, count, file), count);
	assert_int_equal(fclose(file), 0);
}

static void look_at_some(const struct geo *geo)
{
	static const char *const texts[] = {"10.1.2.3", "10.2.200.1", "0.0.0.0", "255.255.255.255",
					    "fd00::1",  "::",         "ffff::"};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct geo_place place = place_of(geo, texts[i]);

		assert_true(strlen(place.organization) < sizeof(place.organization));
	}
}

static size_t opened_when(const char *bytes, size_t count)
{
	const char *path = at("odd");
	struct geo *geo = NULL;
	struct diag diag = {0};
	int r;

	put(bytes, count);
	r = geo_open(&path, 1, &geo, &diag);
	if (r < 0) {
		assert_true(r == ERROR_CORRUPT || r == ERROR_IO);
		assert_non_null(strstr(diag.text, "odd.mmdb"));
		return 0;
	}
	look_at_some(geo);
	geo_free(geo);
	return 1;
}

/* The metadata come last, so what is cut off behind is missed; in front it is the tree. */
static void files_that_were_cut_are_refused(void **state)
{
	size_t bytes = 0, count, opened = 0;
	char *whole = support_read_file("fuzz/corpus/geo/asn.mmdb", &bytes);

	for (count = 0; count < bytes; count += 7)
		opened += opened_when(whole, count);
	assert_int_equal(opened, 0);
	assert_int_equal(opened_when(whole, bytes), 1);
	for (count = 1; count < bytes; count += 11)
		(void)opened_when(whole + count, bytes - count);
	free(whole);
}

static void files_with_a_wrong_byte_do_no_harm(void **state)
{
	size_t bytes = 0, i, opened = 0;
	char *whole = support_read_file("fuzz/corpus/geo/asn.mmdb", &bytes);

	for (i = 0; i < bytes; i++) {
		char right = whole[i];

		whole[i] = (char)~right;
		opened += opened_when(whole, bytes);
		whole[i] = right;
	}
	assert_true(opened > bytes / 2);
	free(whole);
}

static int open_and_look(void *self)
{
	const char *path = at("asn");
	struct geo *geo = NULL;
	struct diag diag = {0};
	int r = geo_open(&path, 1, &geo, &diag);

	if (r == 0)
		look_at_some(geo);
	geo_free(geo);
	return r;
}

static void memory_may_be_short(void **state)
{
	support_each_allocation_fails(open_and_look, NULL, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(countries_are_found),
		cmocka_unit_test(networks_are_found),
		cmocka_unit_test(names_fit_and_are_safe_to_show),
		cmocka_unit_test(several_files_add_up_and_the_first_counts),
		cmocka_unit_test(flat_files_will_do),
		cmocka_unit_test(what_is_of_another_kind_is_passed_over),
		cmocka_unit_test(no_file_is_named_with_the_remedy),
		cmocka_unit_test(memory_may_be_short),
		cmocka_unit_test(files_that_were_cut_are_refused),
		cmocka_unit_test(files_with_a_wrong_byte_do_no_harm),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
