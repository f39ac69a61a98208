/* Draft signatures of responses that nothing recognises. */
#include "support.h"

#include "detect/service/draft.h"
#include "detect/service/matcher.h"

#include <string.h>

/* The line, and that a database made of it matches the response to the same fields. */
static void drafts(const char *response, size_t bytes, const char *line)
{
	struct buf out = BUF_INIT, text = BUF_INIT;
	struct text_file one = {.name = "draft"};
	struct matcher *matcher = NULL;
	struct match_result found;
	struct probe_db *db = NULL;
	struct diag diag = {0};
	struct draft draft;

	draft_match("x", (const uint8_t *)response, bytes, &out, &draft);
	assert_string_equal(buf_str(&out), line);
	buf_addf(&text, "Probe TCP NULL q||\n%s", buf_str(&out));
	one.text = text.data;
	one.bytes = text.len;
	if (probe_db_parse(&one, 1, MANNER_BEST, &db, &diag))
		fail_msg("%s", diag.text);
	assert_int_equal(matcher_new(db, NULL, NULL, &matcher), 0);
	assert_int_equal(matcher_check(matcher), 0);
	assert_true(matcher_match(matcher, probe_db_null(db), (const uint8_t *)response, bytes,
				  false, &found));
	assert_string_equal(found.fields[MATCH_VERSION] ? found.fields[MATCH_VERSION] : "",
			    draft.version);
	assert_string_equal(found.fields[MATCH_PRODUCT] ? found.fields[MATCH_PRODUCT] : "",
			    draft.product);
	matcher_free(matcher);
	probe_db_free(db);
	buf_release(&out);
	buf_release(&text);
}

#define DRAFTS(response, line) drafts(response, sizeof(response) - 1, line)

static void the_version_behind_a_product_is_captured(void **state)
{
	DRAFTS("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
	       "match x m|^SSH-2\\.0-OpenSSH_(\\d[\\w.+~]*) Debian-2\\r\\n| p/OpenSSH/ v/$1/\n");
	DRAFTS("220 ProFTPD 1.3.5 ready\r\n",
	       "match x m|^220 ProFTPD (\\d[\\w.+~]*) ready\\r\\n| p/ProFTPD/ v/$1/\n");
	DRAFTS("nginx/1.2.3 x", "match x m|^nginx/(\\d[\\w.+~]*) x| p/nginx/ v/$1/\n");
	DRAFTS("* zork v1.2. (c)",
	       "match x m|^\\* zork v(\\d[\\w.+~]*)\\. \\(c\\)| p/zork/ v/$1/\n");
}

static void without_a_version_it_is_the_words(void **state)
{
	DRAFTS("hello|you $there\nsecond line", "match x m|^hello\\x7cyou \\$there\\n|\n");
	DRAFTS("10 4 2", "match x m|^10 4 2|\n");
	DRAFTS("time 1764123456 pid 12345", "match x m|^time \\d+ pid \\d+|\n");
	DRAFTS("x", "match x m|^x|\n");
}

static void binary_is_written_byte_by_byte(void **state)
{
	DRAFTS("\0\1\xff ab", "match x m|^\\x00\\x01\\xff ab|\n");
	DRAFTS("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0more",
	       "match x m|^\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00"
	       "\\x00\\x00|\n");
}

static void it_is_of_limited_length(void **state)
{
	DRAFTS("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1.23456789 more",
	       "match x m|^aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa "
	       "(\\d[\\w.+~]*)| p/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/ "
	       "v/$1/\n");
	DRAFTS("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	       "match x m|^aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|\n");
}

static void a_probe_line_reads_back(void **state)
{
	static const uint8_t sent[] = "A\\b|\r\n\t\0\xff";
	struct buf out = BUF_INIT;
	struct probe_db *db = NULL;
	struct diag diag = {0};

	draft_probe("UDP", "Name", sent, 9, &out);
	assert_string_equal(buf_str(&out), "Probe UDP Name q|A\\\\b\\x7c\\r\\n\\t\\x00\\xff|\n");
	assert_int_equal(probe_db_parse(&(struct text_file){"d", out.data, out.len}, 1, MANNER_BEST,
					&db, &diag),
			 0);
	assert_int_equal(probe_db_probe(db, 0)->bytes_count, 9);
	assert_memory_equal(probe_db_probe(db, 0)->bytes, sent, 9);
	probe_db_free(db);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_version_behind_a_product_is_captured),
		cmocka_unit_test(without_a_version_it_is_the_words),
		cmocka_unit_test(binary_is_written_byte_by_byte),
		cmocka_unit_test(it_is_of_limited_length),
		cmocka_unit_test(a_probe_line_reads_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
