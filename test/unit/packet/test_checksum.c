#include "support.h"

#include "packet/checksum.h"
#include "util/random.h"

#include <stdbool.h>
#include <string.h>

/* RFC 1071, 3: 00 01 f2 03 f4 f5 f6 f7 add up to ddf2. */
static void the_example_of_rfc_1071(void **state)
{
	static const uint8_t bytes[] = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};

	assert_int_equal(checksum_fold(checksum_add(0, bytes, 8)), 0xffff & ~0xddf2);
	assert_int_equal(checksum_fold(checksum_add(0, bytes, 0)), 0xffff);
	/* A last odd byte is the high one of its word. */
	assert_int_equal(checksum_fold(checksum_add(0, bytes, 3)), 0xffff & ~0xf201);
	/* Numbers may be added as they are. */
	assert_int_equal(checksum_fold(checksum_add(0xf4f5f6f7, bytes, 4)), 0xffff & ~0xddf2);
	assert_int_equal(checksum_fold(UINT64_MAX), 0);
}

static uint16_t plain(const uint8_t *bytes, size_t count)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += i % 2 ? bytes[i] : bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void any_length_and_place_agree_with_the_plain_sum(void **state)
{
	static uint8_t bytes[4096];
	struct random random;

	random_init(&random, 1);
	for (int round = 0; round < 2000; round++) {
		size_t count = random_below(&random, round % 50 ? 80 : 4000);
		size_t from = random_below(&random, 9), half = count / 4 * 2;
		uint8_t fill = round % 3 ? 0 : 0xff;

		for (size_t i = 0; i < count; i++)
			bytes[from + i] = round % 3 == 1 ? (uint8_t)random_u64(&random) : fill;
		assert_int_equal(checksum_fold(checksum_add(0, bytes + from, count)),
				 plain(bytes + from, count));
		assert_int_equal(checksum_fold(checksum_add(checksum_add(0, bytes + from, half),
							    bytes + from + half, count - half)),
				 plain(bytes + from, count));
	}
}

static void the_longest_packet_does_not_overflow(void **state)
{
	static uint8_t bytes[65575];

	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(checksum_fold(checksum_add(UINT32_MAX, bytes, sizeof(bytes))),
			 plain(bytes, sizeof(bytes)));
}

/* RFC 1624, 4: with HC 0xdd2f, m 0x5555 and m' 0x3285 the checksum is 0, not 0xffff. */
static void the_example_of_rfc_1624(void **state)
{
	assert_int_equal(checksum_update16(0xdd2f, 0x5555, 0x3285), 0x0000);
}

static void a_changed_word_updates_the_sum(void **state)
{
	uint8_t bytes[32];
	struct random random;

	random_init(&random, 2);
	for (int round = 0; round < 20000; round++) {
		size_t at = random_below(&random, 14) * 2;
		uint16_t before, old16, new16;
		uint32_t old32, new32;

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (uint8_t)random_u64(&random);
		before = plain(bytes, sizeof(bytes));
		old16 = (uint16_t)(bytes[at] << 8 | bytes[at + 1]);
		old32 = (uint32_t)old16 << 16 | (uint32_t)bytes[at + 2] << 8 | bytes[at + 3];
		bytes[at] = (uint8_t)random_u64(&random);
		bytes[at + 1] = (uint8_t)random_u64(&random);
		new16 = (uint16_t)(bytes[at] << 8 | bytes[at + 1]);
		assert_int_equal(checksum_update16(before, old16, new16),
				 plain(bytes, sizeof(bytes)));
		bytes[at + 2] = (uint8_t)random_u64(&random);
		bytes[at + 3] = (uint8_t)random_u64(&random);
		new32 = (uint32_t)new16 << 16 | (uint32_t)bytes[at + 2] << 8 | bytes[at + 3];
		assert_int_equal(checksum_update32(before, old32, new32),
				 plain(bytes, sizeof(bytes)));
	}
}

static uint32_t plain_crc32c(const uint8_t *bytes, size_t count)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < count; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

/* The first is the usual check value, the others stand in RFC 3720, B.4. */
static void crc32c_has_the_known_values(void **state)
{
	uint8_t bytes[32] = {0};

	assert_int_equal(checksum_crc32c("123456789", 9), 0xe3069283);
	assert_int_equal(checksum_crc32c(bytes, 0), 0);
	assert_int_equal(checksum_crc32c(bytes, 32), 0x8a9136aa);
	memset(bytes, 0xff, 32);
	assert_int_equal(checksum_crc32c(bytes, 32), 0x62a8ab43);
	for (int i = 0; i < 32; i++)
		bytes[i] = (uint8_t)i;
	assert_int_equal(checksum_crc32c(bytes, 32), 0x46dd794e);
}

static void every_row_of_the_crc_table_is_right(void **state)
{
	for (int i = 0; i < 256; i++) {
		uint8_t byte = (uint8_t)i;

		assert_int_equal(checksum_crc32c(&byte, 1), plain_crc32c(&byte, 1));
	}
}

static void adler32_has_the_known_values(void **state)
{
	static uint8_t bytes[70000];

	assert_int_equal(checksum_adler32("Wikipedia", 9), 0x11e60398);
	assert_int_equal(checksum_adler32("", 0), 1);
	/* Python: zlib.adler32(b"\xff" * 70000) */
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(checksum_adler32(bytes, sizeof(bytes)), 0x2a286e81);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_rfc_1071),
		cmocka_unit_test(any_length_and_place_agree_with_the_plain_sum),
		cmocka_unit_test(the_longest_packet_does_not_overflow),
		cmocka_unit_test(the_example_of_rfc_1624),
		cmocka_unit_test(a_changed_word_updates_the_sum),
		cmocka_unit_test(crc32c_has_the_known_values),
		cmocka_unit_test(every_row_of_the_crc_table_is_right),
		cmocka_unit_test(adler32_has_the_known_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
