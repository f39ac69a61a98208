#include "support.h"

#include "net/host_name.h"
#include "util/error.h"

#include <string.h>

static void expect(const char *text, const char *normal)
{
	char name[HOST_NAME_BYTES];

	assert_int_equal(host_name_normalize(text, name), 0);
	assert_string_equal(name, normal);
}

static void expect_none(const char *text)
{
	char name[HOST_NAME_BYTES] = "untouched";

	assert_int_equal(host_name_normalize(text, name), ERROR_SYNTAX);
	assert_string_equal(name, "untouched");
}

static void names_become_lower_case_without_a_dot_at_the_end(void **state)
{
	expect("Example.COM", "example.com");
	expect("example.com.", "example.com");
	expect("a", "a");
	expect("1a.2b", "1a.2b");
	expect("_dmarc.x-y.example", "_dmarc.x-y.example");
	expect("4.3.2.1.in-addr.arpa", "4.3.2.1.in-addr.arpa");
}

static void international_names_become_a_labels(void **state)
{
	expect("b\xc3\xbc"
	       "cher.example",
	       "xn--bcher-kva.example");
	expect("B\xc3\x9c"
	       "CHER.example",
	       "xn--bcher-kva.example");
	expect("xn--bcher-kva.example", "xn--bcher-kva.example");
	/* A non-transitional sharp s keeps its own label. */
	expect("stra\xc3\x9f"
	       "e.example",
	       "xn--strae-oqa.example");
}

static void what_is_no_host_name_is_refused(void **state)
{
	expect_none("");
	expect_none(".");
	expect_none("a..b");
	expect_none(".a");
	expect_none("a..");
	expect_none("a b");
	expect_none("a/24");
	expect_none("host:80");
	expect_none("fe80::1");
	expect_none("a\\.b");
	expect_none("\xff\xfe.example");
	expect_none("a\tb");
}

static void mistyped_addresses_are_no_names(void **state)
{
	expect_none("10.0.300");
	expect_none("256.1.1.1");
	expect_none("1234");
	expect_none("1.2.3.4.");
}

static void limits_are_63_a_label_and_253_a_name(void **state)
{
	char label[65], name[300] = "";
	int i;

	memset(label, 'x', 64);
	label[64] = '\0';
	expect_none(label);
	label[63] = '\0';
	expect(label, label);
	for (i = 0; i < 4; i++)
		snprintf(name + 62 * i, sizeof(name) - 62u * (unsigned)i, "%.61s.", label);
	snprintf(name + 248, 10, "abcde"); /* 253 in all */
	expect(name, name);
	snprintf(name + 248, 10, "abcdef");
	expect_none(name);
}

static void a_long_text_costs_no_time(void **state)
{
	static char text[1 << 20];
	size_t i;

	for (i = 0; i + 2 < sizeof(text); i += 2) {
		text[i] = (char)0xc3;
		text[i + 1] = (char)0xbc;
	}
	expect_none(text);
}

static void localhost_and_single_labels_are_known(void **state)
{
	assert_true(host_name_is_localhost("localhost"));
	assert_true(host_name_is_localhost("a.localhost"));
	assert_false(host_name_is_localhost("notlocalhost"));
	assert_false(host_name_is_localhost("localhost.example"));
	assert_true(host_name_is_single_label("printer"));
	assert_false(host_name_is_single_label("printer.lan"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_become_lower_case_without_a_dot_at_the_end),
		cmocka_unit_test(international_names_become_a_labels),
		cmocka_unit_test(what_is_no_host_name_is_refused),
		cmocka_unit_test(mistyped_addresses_are_no_names),
		cmocka_unit_test(limits_are_63_a_label_and_253_a_name),
		cmocka_unit_test(a_long_text_costs_no_time),
		cmocka_unit_test(localhost_and_single_labels_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
