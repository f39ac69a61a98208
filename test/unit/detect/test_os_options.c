/* TCP options in a fingerprint's letters, and the CRC of what follows a reset. */
#include "support.h"

#include "detect/os/os_options.h"

#include <string.h>

#define ROW(bytes, text)                                          \
	{                                                         \
		(const uint8_t *)(bytes), sizeof(bytes) - 1, text \
	}

static void options_become_letters(void **state)
{
	static const struct {
		const uint8_t *options;
		size_t bytes;
		const char *text;
	} rows[] = {
		ROW("", ""),
		/* Linux: MSS, SACK, timestamp with both halves, NOP, scale 7. */
		ROW("\2\4\5\264\4\2\10\12\0\0\0\1\377\377\377\377\1\3\3\7", "M5B4ST11NW7"),
		ROW("\10\12\0\0\0\0\377\377\377\377", "T01"),
		ROW("\10\12\0\0\0\1\0\0\0\0", "T10"),
		ROW("\10\12\0\0\0\0\0\0\0\0", "T00"),
		/* It goes on behind the end of the list. */
		ROW("\2\4\1\11\0\0\0\0", "M109LLLL"),
		ROW("\0\1\0\1", "LNLN"),
		/* Unknown kinds (here 5, SACK, and 254) leave no trace. */
		ROW("\1\1\5\12\0\0\0\1\0\0\0\2", "NN"),
		ROW("\376\4\1\2\3\3\12\1", "WAN"),
		ROW("\2\4\0\0\3\3\0\1", "M0W0N"),
		/* Longer than the kind needs. */
		ROW("\2\6\5\264\0\0\1\1", "M5B4NN"),
		ROW("\4\4\0\0", "S"),
		/* Malformed: all of it is lost. */
		ROW("\1\1\2", ""),
		ROW("\1\1\2\0", ""),
		ROW("\1\1\2\1", ""),
		ROW("\2\3\5\1", ""),
		ROW("\2\4\5", ""),
		ROW("\3\2\1\1", ""),
		ROW("\10\11\0\0\0\1\0\0\0", ""),
		ROW("\1\376\12\0", ""),
		ROW("\1\376\1\0", ""),
	};
	char text[OS_OPTIONS_TEXT_BYTES];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		os_options_text(rows[i].options, rows[i].bytes, text);
		if (strcmp(text, rows[i].text) != 0)
			fail_msg("row %zu is %s and not %s", i, text, rows[i].text);
	}
}

static void forty_bytes_have_fifty_letters_at_most(void **state)
{
	char text[OS_OPTIONS_TEXT_BYTES];
	uint8_t options[44];
	size_t i;

	for (i = 0; i < sizeof(options); i += 4)
		memcpy(options + i, "\2\4\377\377", 4);
	os_options_text(options, 40, text);
	assert_int_equal(strlen(text), 50);
	os_options_text(options, 44, text);
	assert_string_equal(text, "");
}

static void the_timestamp_is_found(void **state)
{
	uint32_t timestamp = 7;

	assert_true(os_options_timestamp((const uint8_t *)"\4\2\10\12\0\0\1\2\0\0\0\0", 12,
					 &timestamp));
	assert_int_equal(timestamp, 0x102);
	assert_false(os_options_timestamp((const uint8_t *)"\4\2\1\1", 4, &timestamp));
	assert_false(
		os_options_timestamp((const uint8_t *)"\4\2\10\11\0\0\1\2\0\0\0", 11, &timestamp));
	assert_false(os_options_timestamp(NULL, 0, &timestamp));
}

static void the_check_value_of_crc_32(void **state)
{
	assert_int_equal(os_crc32("123456789", 9), 0xcbf43926u);
	assert_int_equal(os_crc32("", 0), 0);
	assert_int_equal(os_crc32("a", 1), 0xe8b7be43u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_become_letters),
		cmocka_unit_test(forty_bytes_have_fifty_letters_at_most),
		cmocka_unit_test(the_timestamp_is_found),
		cmocka_unit_test(the_check_value_of_crc_32),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
