#include "support.h"

#include "util/error.h"
#include "util/json_write.h"
#include "util/random.h"
#include "util/text.h"

#include <jansson.h>
#include <locale.h>
#include <string.h>

static void values_nest(void **state)
{
	struct buf out = BUF_INIT;
	struct json_writer json = json_write_on(&out);

	json_write_object(&json, NULL);
	json_write_uint(&json, "u", UINT64_MAX);
	json_write_int(&json, "i", INT64_MIN);
	json_write_array(&json, "a");
	json_write_bool(&json, NULL, true);
	json_write_object(&json, NULL);
	json_write_object_end(&json);
	json_write_word(&json, NULL, "w");
	json_write_array_end(&json);
	json_write_word_begin(&json, "p");
	buf_add_str(&out, "1-2");
	json_write_word_end(&json);
	json_write_object_end(&json);
	assert_string_equal(buf_str(&out), "{\"u\":18446744073709551615,\"i\":-9223372036854775808,"
					   "\"a\":[true,{},\"w\"],\"p\":\"1-2\"}");
	buf_release(&out);
}

static void numbers_know_no_locale(void **state)
{
	struct buf out = BUF_INIT;
	struct json_writer json = json_write_on(&out);

	setlocale(LC_ALL, "de_DE.UTF-8");
	json_write_fixed(&json, NULL, 1.0005, 3);
	json_write_fixed(&json, NULL, 0, 2);
	json_write_fixed(&json, NULL, -2.5, 1);
	json_write_fixed(&json, NULL, -0.0001, 2);
	json_write_fixed(&json, NULL, 12.999, 0);
	setlocale(LC_ALL, "C");
	assert_string_equal(buf_str(&out), "1.001,0.00,-2.5,0.00,13");
	buf_release(&out);
}

static void assert_text(const char *text, const char *expected)
{
	struct buf out = BUF_INIT;
	struct json_writer json = json_write_on(&out);

	json_write_text(&json, "k", text);
	assert_string_equal(buf_str(&out), expected);
	buf_release(&out);
}

static void texts_are_escaped(void **state)
{
	assert_text("", "\"k\":\"\"");
	assert_text("caf\xc3\xa9 \xf0\x9f\x98\x80", "\"k\":\"caf\xc3\xa9 \xf0\x9f\x98\x80\"");
	assert_text("a\"b\\c\n\t\x1b[31m\x7f",
		    "\"k\":\"a\\\"b\\\\c\\u000a\\u0009\\u001b[31m\\u007f\"");
	assert_text("\xe2\x80\xae"
		    "evil\xc2\x85",
		    "\"k\":\"\\u202eevil\\u0085\"");
	assert_text("\xf3\xa0\x81\x81", "\"k\":\"\\udb40\\udc41\""); /* a tag character */
	assert_text("\xff", "\"k\":\"\xef\xbf\xbd\",\"k_b64\":\"/w==\"");
	assert_text("a\xc3", "\"k\":\"a\xef\xbf\xbd\",\"k_b64\":\"YcM=\"");
	assert_text("a\xed\xa0\x80", "\"k\":\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\","
				     "\"k_b64\":\"Ye2ggA==\"");
}

static void times_are_utc_with_milliseconds(void **state)
{
	struct buf out = BUF_INIT;
	struct json_writer json = json_write_on(&out);

	json_write_time(&json, "t", 1795216499123999999ull);
	assert_string_equal(buf_str(&out), "\"t\":\"2026-11-20T23:14:59.123Z\"");
	buf_release(&out);
}

/* Whatever the bytes: jansson reads it, it is UTF-8, and the bytes come back. */
static void random_bytes_survive(void **state)
{
	uint64_t seed = random_system_seed();
	struct buf out = BUF_INIT;
	struct random random;

	print_message("seed %llu\n", (unsigned long long)seed);
	random_init(&random, seed);
	for (int round = 0; round < 3000; round++) {
		char text[24] = "";
		size_t bytes = random_below(&random, sizeof(text));
		struct json_writer json = json_write_on(&out);
		json_error_t error;
		json_t *read;

		for (size_t i = 0; i < bytes; i++)
			text[i] = (char)(1 + random_below(&random, round % 3 ? 255 : 127));
		buf_clear(&out);
		json_write_object(&json, NULL);
		json_write_text(&json, "k", text);
		json_write_object_end(&json);
		assert_true(text_is_utf8(out.data, out.len));
		read = json_loadb((const char *)out.data, out.len, JSON_REJECT_DUPLICATES, &error);
		if (!read)
			fail_msg("%s: %s", error.text, buf_str(&out));
		if (text_is_utf8(text, strlen(text)))
			assert_string_equal(json_string_value(json_object_get(read, "k")), text);
		else
			assert_non_null(json_object_get(read, "k_b64"));
		json_decref(read);
	}
	buf_release(&out);
}

static int build(void *self)
{
	struct buf out = BUF_INIT;
	struct json_writer json = json_write_on(&out);
	bool ok;

	json_write_object(&json, NULL);
	for (int i = 0; i < 50; i++)
		json_write_text(&json, "key", "some\xff text");
	json_write_object_end(&json);
	ok = buf_ok(&out);
	buf_release(&out);
	return ok ? 0 : ERROR_MEMORY;
}

static void short_memory_is_kept_in_the_buffer(void **state)
{
	support_each_allocation_fails(build, NULL, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_nest),
		cmocka_unit_test(numbers_know_no_locale),
		cmocka_unit_test(texts_are_escaped),
		cmocka_unit_test(times_are_utc_with_milliseconds),
		cmocka_unit_test(random_bytes_survive),
		cmocka_unit_test(short_memory_is_kept_in_the_buffer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
