#include "support.h"

#include "detect/vendor/vendors.h"
#include "net/builtin.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char name[VENDOR_NAME_BYTES];

static struct mac_addr mac_of(const char *text)
{
	struct mac_addr mac;

	assert_true(mac_parse(text, &mac));
	return mac;
}

static const char *find(const struct vendors *vendors, const char *text)
{
	const struct mac_addr mac = mac_of(text);

	return vendors_find(vendors, &mac, name);
}

static void is(const struct vendors *vendors, const char *text, const char *wanted)
{
	const char *found = find(vendors, text);

	if (!wanted && !found)
		return;
	if (!wanted || !found || strcmp(found, wanted))
		fail_msg("%s is '%s', not '%s'", text, found ? found : "(none)",
			 wanted ? wanted : "(none)");
}

static struct vendors *parsed(const char *text, struct diag *diag)
{
	struct vendors *vendors = NULL;

	assert_int_equal(vendors_parse(text, strlen(text), &vendors, diag), 0);
	return vendors;
}

static void the_longest_prefix_names_the_vendor(void **state)
{
	struct diag diag;
	struct vendors *vendors = parsed("0A0B0C twenty-four\n"
					 "0a0b0c1 twenty-eight\n"
					 "0A0B0C123 thirty-six\n"
					 "0A0B0C2 the other\n"
					 "0A0B0D345 alone\n",
					 &diag);

	assert_int_equal(diag.line, 0);
	is(vendors, "0A:0B:0C:12:30:00", "thirty-six");
	is(vendors, "0A:0B:0C:12:3F:FF", "thirty-six");
	is(vendors, "0A:0B:0C:12:40:00", "twenty-eight");
	is(vendors, "0A:0B:0C:10:00:00", "twenty-eight");
	is(vendors, "0A:0B:0C:2F:FF:FF", "the other");
	is(vendors, "0A:0B:0C:00:00:00", "twenty-four");
	is(vendors, "0A:0B:0C:FF:FF:FF", "twenty-four");
	is(vendors, "0A:0B:0D:34:50:00", "alone");
	is(vendors, "0A:0B:0D:34:60:00", NULL);
	is(vendors, "0A:0B:0B:FF:FF:FF", NULL);
	vendors_free(vendors);
}

static void the_first_and_the_last_row_are_found(void **state)
{
	char text[64 * 40] = "";
	struct diag diag;
	unsigned rows, i;

	for (rows = 1; rows <= 40; rows++) {
		struct vendors *vendors;
		char mac[MAC_TEXT_BYTES], wanted[16];

		snprintf(text + strlen(text), 64, "%06X v%u\n", (rows - 1) * 2, rows - 1);
		vendors = parsed(text, &diag);
		for (i = 0; i < rows * 2; i++) {
			snprintf(mac, sizeof(mac), "00:00:%02X:01:02:03", i);
			snprintf(wanted, sizeof(wanted), "v%u", i / 2);
			is(vendors, mac, i % 2 ? NULL : wanted);
		}
		vendors_free(vendors);
	}
}

static void what_is_written_in_any_order_and_form_is_read(void **state)
{
	struct diag diag;
	struct vendors *vendors = parsed("FFFFFF last of all\r\n"
					 "# 000001 a comment\n"
					 "\n"
					 "  \t\n"
					 "000002\t \tTabs  and blanks \t\n"
					 "000000 zero\n"
					 "abCDef Mixed Case\n"
					 "000000 zero again\n"
					 "000003 no line feed",
					 &diag);

	assert_int_equal(diag.line, 0);
	is(vendors, "FF:FF:FF:FF:FF:FF", "last of all");
	is(vendors, "00:00:00:00:00:00", "zero");
	is(vendors, "00:00:01:00:00:00", NULL);
	is(vendors, "00:00:02:00:00:00", "Tabs  and blanks");
	is(vendors, "AB:CD:EF:00:00:00", "Mixed Case");
	is(vendors, "00:00:03:00:00:00", "no line feed");
	vendors_free(vendors);
}

static void bad_lines_are_skipped_and_the_first_is_told(void **state)
{
	static const char *const bad[] = {
		"00001 five digits",
		"00000112 eight digits",
		"0000011234 ten digits",
		"000001",
		"000001 ",
		"000001\t\t",
		"00000G letter",
		" 000001 behind a blank",
		"000001:a colon",
		"000001 a \x1b[31mcontrol",
		"000001 a\x7f",
		"000001 two\twords",
		"00:00:01 colons",
		"vendor",
	};
	char text[256];
	struct diag diag;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct vendors *vendors;

		snprintf(text, sizeof(text), "000000 good\n%s\n%s\n000002 better\n", bad[i],
			 bad[i]);
		vendors = parsed(text, &diag);
		if (diag.line != 2 || !*diag.text)
			fail_msg("'%s': line %u", bad[i], diag.line);
		is(vendors, "00:00:00:00:00:00", "good");
		is(vendors, "00:00:01:12:34:56", NULL);
		is(vendors, "00:00:02:00:00:00", "better");
		vendors_free(vendors);
	}
}

static void names_have_a_length(void **state)
{
	char text[300];
	struct diag diag;
	struct vendors *vendors;

	snprintf(text, sizeof(text), "000000 %0*d\n", VENDOR_NAME_BYTES - 1, 0);
	vendors = parsed(text, &diag);
	assert_int_equal(diag.line, 0);
	assert_int_equal(strlen(find(vendors, "00:00:00:00:00:00")), VENDOR_NAME_BYTES - 1);
	vendors_free(vendors);
	snprintf(text, sizeof(text), "000000 %0*d\n", VENDOR_NAME_BYTES, 0);
	vendors = parsed(text, &diag);
	assert_int_equal(diag.line, 1);
	vendors_free(vendors);
}

/* A byte that is no text takes four; what has no room behind it is cut, but never within a
 * character. */
static void bytes_that_are_no_text_are_shown_as_such(void **state)
{
	char text[300];
	size_t zeros;

	for (zeros = 0; zeros < 4; zeros++) {
		struct diag diag;
		struct vendors *vendors;

		snprintf(text, sizeof(text), "000000 \xff%0*d\xe2\x82\xac\n", (int)(120 + zeros),
			 0);
		vendors = parsed(text, &diag);
		assert_int_equal(diag.line, 0);
		assert_non_null(find(vendors, "00:00:00:00:00:00"));
		assert_memory_equal(name, "\\xFF0", 5);
		assert_int_equal(strlen(name), zeros ? 124 + zeros : 127);
		vendors_free(vendors);
	}
}

static void nothing_is_a_table_too(void **state)
{
	struct diag diag;
	struct vendors *vendors = NULL;
	struct mac_addr mac;

	assert_int_equal(vendors_parse(NULL, 0, &vendors, &diag), 0);
	is(vendors, "00:00:00:00:00:00", NULL);
	assert_int_equal(vendors_search(vendors, "a", &mac), 0);
	vendors_free(vendors);
	vendors_free(NULL);
}

static void a_vendor_has_a_first_prefix(void **state)
{
	struct diag diag;
	struct vendors *vendors = parsed("0A0B0C123 Harbour Tiny\n"
					 "0A0B0C1 Harbour Small\n"
					 "FF0B0C HARBOUR WORKS\n"
					 "EE0B0C Harbour Works\n",
					 &diag);
	struct mac_addr mac;

	assert_int_equal(vendors_search(vendors, "harbour", &mac), 6);
	assert_memory_equal(mac.bytes, "\xee\x0b\x0c\0\0\0", 6);
	assert_int_equal(vendors_search(vendors, "bour sma", &mac), 7);
	assert_memory_equal(mac.bytes, "\x0a\x0b\x0c\x10\0\0", 6);
	assert_int_equal(vendors_search(vendors, "TINY", &mac), 9);
	assert_memory_equal(mac.bytes, "\x0a\x0b\x0c\x12\x30\0", 6);
	assert_int_equal(vendors_search(vendors, "harbours", &mac), 0);
	assert_int_equal(vendors_search(vendors, "EE0B", &mac), 0);
	assert_int_equal(vendors_search(vendors, "", &mac), 0);
	vendors_free(vendors);
}

/* ---- the table that is compiled in ---- */

static void the_built_in_table_knows_well_known_cards(void **state)
{
	struct mac_addr mac;

	is(NULL, "00:0C:29:AA:BB:CC", "VMware");
	is(NULL, "B8:27:EB:00:00:00", "Raspberry Pi Foundation");
	is(NULL, "52:54:00:00:00:02", "QEMU virtual NIC");
	is(NULL, "08:00:27:00:00:02", "Oracle VirtualBox virtual NIC");
	is(NULL, "00:00:0C:00:00:00", "Cisco Systems");
	is(NULL, "02:00:00:00:00:02", NULL); /* locally administered */
	is(NULL, "70:B3:D5:FF:FF:FF", NULL); /* the registry's own, and private ones: nobody */
	assert_int_equal(vendors_search(NULL, "cisco", &mac), 6);
	assert_memory_equal(mac.bytes, "\0\0\x0c\0\0\0", 6);
	assert_int_equal(vendors_search(NULL, "Made by tools", &mac), 0);
}

/* What the search rests on: lines in the order of their bytes, each once, of the three lengths;
 * names short and printable. Each is found by its own prefix. */
static void the_built_in_table_is_in_order(void **state)
{
	static const char hex[] = "0123456789ABCDEF";
	const char *at = (const char *)builtin_vendors_tsv;
	const char *end = at + builtin_vendors_tsv_bytes;
	char before[16] = "", prefix[16];
	unsigned count[10] = {0};

	while (at < end) {
		const char *feed = strchrnul(at, '\n'), *tab = at + strcspn(at, "\t\n");
		struct mac_addr mac = {{0}};
		size_t digits, i;

		assert_true(feed < end);
		if (*at == '#') {
			assert_int_equal(*before, 0);
			at = feed + 1;
			continue;
		}
		assert_true(tab < feed && tab - at <= 9);
		digits = tab - at;
		snprintf(prefix, sizeof(prefix), "%.*s\t", (int)digits, at);
		assert_true(strcmp(before, prefix) < 0);
		memcpy(before, prefix, sizeof(prefix));
		for (i = 0; i < digits; i++) {
			const char *digit = strchr(hex, at[i]);

			assert_non_null(digit);
			mac.bytes[i / 2] |= (digit - hex) << (i % 2 ? 0 : 4);
		}
		assert_in_range(feed - tab, 2, VENDOR_NAME_BYTES);
		for (i = 1; tab + i < feed; i++)
			assert_in_range(tab[i], ' ', '~');
		assert_non_null(vendors_find(NULL, &mac, name));
		if (digits == 9)
			assert_true(strlen(name) == (size_t)(feed - tab - 1) &&
				    !memcmp(name, tab + 1, strlen(name)));
		count[digits]++;
		at = feed + 1;
	}
	assert_true(count[6] > 30000 && count[7] > 4000 && count[9] > 5000);
	assert_int_equal(count[0] + count[1] + count[2] + count[3] + count[4] + count[5] + count[8],
			 0);
}

static void a_lookup_takes_no_memory(void **state)
{
	alloc_fault_after(0);
	is(NULL, "00:0C:29:AA:BB:CC", "VMware");
	assert_false(alloc_fault_hit());
	alloc_fault_after(-1);
}

/* ---- files ---- */

static int parse_short_of_memory(void *self)
{
	struct vendors *vendors = NULL;
	int r = vendors_parse(self, strlen(self), &vendors, NULL);

	vendors_free(vendors);
	return r;
}

static void every_allocation_may_fail(void **state)
{
	static char text[3000 * 16];
	size_t at = 0;
	unsigned i;

	for (i = 0; i < 2500; i++)
		at += snprintf(text + at, sizeof(text) - at, "%06X some\n", i);
	support_each_allocation_fails(parse_short_of_memory, text, 100);
}

static void a_file_is_loaded_or_it_is_said_why(void **state)
{
	char path[] = "/tmp/portolan-vendors-XXXXXX";
	struct vendors *vendors = NULL;
	struct diag diag = {0};
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "000001 One\nodd\n", 15), 15);
	close(fd);
	assert_int_equal(vendors_load(path, &vendors, &diag), 0);
	assert_int_equal(diag.line, 2);
	is(vendors, "00:00:01:00:00:00", "One");
	vendors_free(vendors);
	unlink(path);
	assert_int_equal(vendors_load(path, &vendors, &diag), ERROR_NOT_FOUND);
	assert_non_null(strstr(diag.text, path));
	assert_int_equal(vendors_load("/", &vendors, &diag), ERROR_IO);
	assert_int_equal(diag.line, 0);
	assert_non_null(strstr(diag.text, "cannot read /"));
}

/* Debian's file, where it is: 200 prefixes of it, and each is what the file says. */
static void nmaps_own_file_gives_its_own_answers(void **state)
{
	static const char path[] = "/usr/share/nmap/nmap-mac-prefixes";
	FILE *file = fopen(path, "re");
	struct vendors *vendors = NULL;
	unsigned number = 0, checked = 0;
	struct diag diag;
	char line[256];

	if (!file)
		skip();
	assert_int_equal(vendors_load(path, &vendors, &diag), 0);
	assert_int_equal(diag.line, 0);
	while (fgets(line, sizeof(line), file)) {
		char text[MAC_TEXT_BYTES];

		line[strcspn(line, "\n")] = 0;
		if (*line == '#' || ++number % 150)
			continue;
		snprintf(text, sizeof(text), "%.2s:%.2s:%.2s:00:00:00", line, line + 2, line + 4);
		is(vendors, text, line + 7);
		checked++;
	}
	assert_true(checked >= 200);
	fclose(file);
	vendors_free(vendors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_longest_prefix_names_the_vendor),
		cmocka_unit_test(the_first_and_the_last_row_are_found),
		cmocka_unit_test(what_is_written_in_any_order_and_form_is_read),
		cmocka_unit_test(bad_lines_are_skipped_and_the_first_is_told),
		cmocka_unit_test(names_have_a_length),
		cmocka_unit_test(bytes_that_are_no_text_are_shown_as_such),
		cmocka_unit_test(nothing_is_a_table_too),
		cmocka_unit_test(a_vendor_has_a_first_prefix),
		cmocka_unit_test(the_built_in_table_knows_well_known_cards),
		cmocka_unit_test(the_built_in_table_is_in_order),
		cmocka_unit_test(a_lookup_takes_no_memory),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(a_file_is_loaded_or_it_is_said_why),
		cmocka_unit_test(nmaps_own_file_gives_its_own_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
