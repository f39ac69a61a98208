#include "support.h"

#include "net/mac.h"

#include <string.h>

static void texts_are_upper_case_with_colons(void **state)
{
	const struct mac_addr mac = {{0x00, 0x1a, 0xff, 0x09, 0xa0, 0x5e}};
	char text[MAC_TEXT_BYTES];

	assert_string_equal(mac_format(&mac, text), "00:1A:FF:09:A0:5E");
	assert_ptr_equal(mac_format(&mac, text), text);
}

static void three_ways_of_writing_are_read(void **state)
{
	static const char *const texts[] = {"00:1A:FF:09:A0:5E", "00-1a-fF-09-a0-5e",
					    "001aff09A05e"};
	const struct mac_addr wanted = {{0x00, 0x1a, 0xff, 0x09, 0xa0, 0x5e}};
	struct mac_addr mac;

	for (int i = 0; i < 3; i++) {
		assert_true(mac_parse(texts[i], &mac));
		assert_true(mac_equal(&mac, &wanted));
	}
}

static void anything_but_a_whole_address_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"0",
		"00",
		"00:",
		"00:1a:ff:09:a0",
		"00:1a:ff:09:a0:",
		"00:1a:ff:09:a0:5",
		"00:1a:ff:09:a0:5e:",
		"00:1a:ff:09:a0:5e0",
		"00:1a-ff:09:a0:5e",
		"00:1aff:09:a0:5e",
		"001a:ff:09:a0:5e",
		"001aff09a05",
		"001aff09a05e0",
		"0:1a:ff:09:a0:5e",
		"00:1g:ff:09:a0:5e",
		"00.1a.ff.09.a0.5e",
		" 00:1a:ff:09:a0:5e",
		"0x1aff09a05e",
	};
	struct mac_addr mac = {{9, 9, 9, 9, 9, 9}}, before = mac;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (mac_parse(texts[i], &mac))
			fail_msg("%s", texts[i]);
		assert_true(mac_equal(&mac, &before));
	}
}

static void every_byte_counts(void **state)
{
	struct mac_addr a = {{1, 2, 3, 4, 5, 6}}, b = a;

	assert_true(mac_equal(&a, &b));
	for (int i = 0; i < 6; i++) {
		b.bytes[i]++;
		assert_false(mac_equal(&a, &b));
		b.bytes[i]--;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_upper_case_with_colons),
		cmocka_unit_test(three_ways_of_writing_are_read),
		cmocka_unit_test(anything_but_a_whole_address_is_refused),
		cmocka_unit_test(every_byte_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
