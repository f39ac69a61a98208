#include "support.h"

#include "net/resolver_answer.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/error.h"

#include <string.h>

/* --- building messages --- */

static void add_name(struct buf *out, const char *name)
{
	size_t label;

	for (; *name; name += label + (name[label] == '.')) {
		label = strcspn(name, ".");
		buf_add_char(out, (char)label);
		buf_add(out, name, label);
	}
	buf_add_char(out, 0);
}

static void begin(struct buf *out, const char *name, unsigned type, unsigned rcode,
		  unsigned answers)
{
	buf_add_be16(out, 0x1234);
	buf_add_be16(out, (uint16_t)(0x8180 | rcode));
	buf_add_be16(out, 1);
	buf_add_be16(out, (uint16_t)answers);
	buf_add_be32(out, 0);
	add_name(out, name);
	buf_add_be16(out, (uint16_t)type);
	buf_add_be16(out, 1);
}

static void add_record(struct buf *out, const char *owner, unsigned type, const void *data,
		       size_t bytes)
{
	add_name(out, owner);
	buf_add_be16(out, (uint16_t)type);
	buf_add_be16(out, 1);
	buf_add_be32(out, 60);
	buf_add_be16(out, (uint16_t)bytes);
	buf_add(out, data, bytes);
}

static void add_alias(struct buf *out, const char *owner, unsigned type, const char *to)
{
	struct buf data = BUF_INIT;

	add_name(&data, to);
	add_record(out, owner, type, data.data, data.len);
	buf_release(&data);
}

/* Parses an exact copy, so that the sanitizer sees a read too far; releases. */
static int parse(struct buf *message, const char *asked, enum dns_type type,
		 struct dns_answer *ret_answer)
{
	uint8_t *exact = malloc(message->len);
	int r;

	memset(ret_answer, 0, sizeof(*ret_answer));
	memcpy(exact, message->data, message->len);
	r = dns_answer_parse(exact, message->len, asked, type, ret_answer);
	free(exact);
	buf_release(message);
	return r;
}

static void expect_addrs(const struct dns_answer *answer, const char *texts)
{
	struct buf all = BUF_INIT;
	char text[IP_TEXT_BYTES];
	size_t i;

	for (i = 0; i < answer->addrs.count; i++)
		buf_addf(&all, "%s%s", i ? " " : "", ip_format(&answer->addrs.addrs[i], text));
	assert_string_equal(buf_str(&all), texts);
	buf_release(&all);
}

/* --- tests --- */

static void all_addresses_are_given_in_order_and_once(void **state)
{
	struct buf message = BUF_INIT;
	struct dns_answer answer;

	begin(&message, "h.test", DNS_A, 0, 4);
	add_record(&message, "h.test", DNS_A, "\x0a\0\0\x02", 4);
	add_record(&message, "H.TEST", DNS_A, "\x0a\0\0\x01", 4);
	add_record(&message, "h.test", DNS_A, "\x0a\0\0\x02", 4);
	add_record(&message, "other.test", DNS_A, "\x0a\0\0\x03", 4);
	assert_int_equal(parse(&message, "h.test", DNS_A, &answer), 0);
	expect_addrs(&answer, "10.0.0.2 10.0.0.1");
	assert_false(answer.is_alias);
	addr_list_release(&answer.addrs);
}

static void aliases_are_followed_in_any_order(void **state)
{
	struct buf message = BUF_INIT;
	struct dns_answer answer;
	uint8_t v6[16] = {0x20, 1, 0xd, 0xb8, [15] = 1};

	begin(&message, "a.test", DNS_AAAA, 0, 3);
	add_record(&message, "c.test", DNS_AAAA, v6, 16);
	add_alias(&message, "b.test", DNS_CNAME, "c.test");
	add_alias(&message, "a.test", DNS_CNAME, "b.test");
	assert_int_equal(parse(&message, "a.test", DNS_AAAA, &answer), 0);
	expect_addrs(&answer, "2001:db8::1");
	addr_list_release(&answer.addrs);
}

static void an_alias_alone_is_told_to_be_asked(void **state)
{
	struct buf message = BUF_INIT;
	struct dns_answer answer;

	begin(&message, "a.test", DNS_A, 0, 2);
	add_alias(&message, "a.test", DNS_CNAME, "b.test");
	add_alias(&message, "b.test", DNS_CNAME, "c.test");
	assert_int_equal(parse(&message, "a.test", DNS_A, &answer), 0);
	assert_true(answer.is_alias);
	assert_string_equal(answer.name, "c.test");
}

static void an_alias_of_itself_leads_nowhere(void **state)
{
	struct buf message = BUF_INIT;
	struct dns_answer answer;

	begin(&message, "a.test", DNS_A, 0, 1);
	add_alias(&message, "a.test", DNS_CNAME, "a.test");
	assert_int_equal(parse(&message, "a.test", DNS_A, &answer), ERROR_NOT_FOUND);
}

static void a_reverse_name_may_be_delegated(void **state)
{
	struct buf message = BUF_INIT;
	struct dns_answer answer;

	begin(&message, "1.0.0.10.in-addr.arpa", DNS_PTR, 0, 3); /* RFC 2317 */
	add_alias(&message, "1.0.0.10.in-addr.arpa", DNS_CNAME, "1.0/25.0.0.10.in-addr.arpa");
	add_alias(&message, "1.0/25.0.0.10.in-addr.arpa", DNS_PTR, "Web.test");
	add_alias(&message, "1.0/25.0.0.10.in-addr.arpa", DNS_PTR, "second.test");
	assert_int_equal(parse(&message, "1.0.0.10.in-addr.arpa", DNS_PTR, &answer), 0);
	assert_string_equal(answer.name, "Web.test");
}

static void names_are_read_through_pointers(void **state)
{
	struct buf message = BUF_INIT;
	struct dns_answer answer;

	begin(&message, "1.0.0.10.in-addr.arpa", DNS_PTR, 0, 1);
	buf_add(&message, "\xc0\x0c\0\x0c\0\1\0\0\0\0\0\7\4host\xc0\x15", 19);
	assert_int_equal(parse(&message, "1.0.0.10.in-addr.arpa", DNS_PTR, &answer), 0);
	assert_string_equal(answer.name, "host.in-addr.arpa");
}

static void a_reverse_name_with_a_nul_is_refused(void **state)
{
	struct buf message = BUF_INIT;
	struct dns_answer answer;

	begin(&message, "x.test", DNS_PTR, 0, 1);
	add_record(&message, "x.test", DNS_PTR, "\3a\0b\4test", 10);
	assert_int_equal(parse(&message, "x.test", DNS_PTR, &answer), ERROR_CORRUPT);
}

static void a_name_longer_than_dns_allows_is_refused(void **state)
{
	struct buf message = BUF_INIT;
	struct dns_answer answer;
	char name[300];
	int i;

	for (i = 0; i < 254; i++)
		name[i] = i % 4 == 3 ? '.' : 'a';
	name[254] = '\0'; /* ends in "...aaa.aa" */
	begin(&message, "x.test", DNS_PTR, 0, 1);
	add_alias(&message, "x.test", DNS_PTR, name);
	assert_int_equal(parse(&message, "x.test", DNS_PTR, &answer), ERROR_CORRUPT);
	name[253] = '\0';
	begin(&message, "x.test", DNS_PTR, 0, 1);
	add_alias(&message, "x.test", DNS_PTR, name);
	assert_int_equal(parse(&message, "x.test", DNS_PTR, &answer), 0);
	assert_string_equal(answer.name, name);
}

static int parse_rcode(unsigned rcode)
{
	struct buf message = BUF_INIT;
	struct dns_answer answer;

	begin(&message, "x.test", DNS_A, rcode, 0);
	return parse(&message, "x.test", DNS_A, &answer);
}

static void response_codes_tell_no_from_could_not_say(void **state)
{
	assert_int_equal(parse_rcode(0), ERROR_NOT_FOUND);
	assert_int_equal(parse_rcode(3), ERROR_NOT_FOUND);
	assert_int_equal(parse_rcode(2), ERROR_SYSTEM);
	assert_int_equal(parse_rcode(5), ERROR_SYSTEM);
}

static void every_cut_and_every_changed_byte_is_survived(void **state)
{
	struct buf message = BUF_INIT;
	struct dns_answer answer;
	size_t i, whole;

	begin(&message, "a.test", DNS_A, 0, 2);
	add_alias(&message, "a.test", DNS_CNAME, "b.test");
	add_record(&message, "b.test", DNS_A, "\x0a\0\0\x01", 4);
	whole = message.len;
	for (i = 0; i < whole; i++) {
		struct buf part = BUF_INIT;

		buf_add(&part, message.data, i + 1);
		if (i + 1 < whole)
			assert_true(parse(&part, "a.test", DNS_A, &answer) < 0);
		buf_release(&part);
	}
	for (i = 0; i < whole * 256; i++) {
		struct buf changed = BUF_INIT;

		buf_add(&changed, message.data, whole);
		changed.data[i / 256] = (uint8_t)i;
		if (parse(&changed, "a.test", DNS_A, &answer) == 0)
			addr_list_release(&answer.addrs);
	}
	buf_release(&message);
}

static void pointers_must_point_backwards(void **state)
{
	struct buf message = BUF_INIT;
	struct dns_answer answer;

	begin(&message, "x.test", DNS_PTR, 0, 1);
	buf_add(&message, "\xc0\x18", 2); /* to itself */
	buf_add_repeat(&message, 0, 20);
	assert_int_equal(parse(&message, "x.test", DNS_PTR, &answer), ERROR_CORRUPT);
}

static void an_answer_of_too_many_addresses_is_cut(void **state)
{
	struct buf message = BUF_INIT;
	struct dns_answer answer;
	uint32_t i;

	begin(&message, "x.test", DNS_A, 0, 2000);
	for (i = 0; i < 2000; i++) {
		uint8_t addr[4] = {10, 0, (uint8_t)(i >> 8), (uint8_t)i};

		add_record(&message, "x.test", DNS_A, addr, 4);
	}
	assert_int_equal(parse(&message, "x.test", DNS_A, &answer), 0);
	assert_int_equal(answer.addrs.count, ADDR_LIST_MOST);
	addr_list_release(&answer.addrs);
}

static int parse_once(void *self)
{
	struct buf *message = self;
	struct dns_answer answer;
	int r = dns_answer_parse(message->data, message->len, "x.test", DNS_A, &answer);

	if (r == 0)
		addr_list_release(&answer.addrs);
	return r;
}

static void memory_may_run_out_anywhere(void **state)
{
	struct buf message = BUF_INIT;

	begin(&message, "x.test", DNS_A, 0, 3);
	add_record(&message, "x.test", DNS_A, "\x0a\0\0\x01", 4);
	add_record(&message, "x.test", DNS_A, "\x0a\0\0\x02", 4);
	add_record(&message, "x.test", DNS_A, "\x0a\0\0\x03", 4);
	support_each_allocation_fails(parse_once, &message, 100);
	buf_release(&message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_addresses_are_given_in_order_and_once),
		cmocka_unit_test(aliases_are_followed_in_any_order),
		cmocka_unit_test(an_alias_alone_is_told_to_be_asked),
		cmocka_unit_test(an_alias_of_itself_leads_nowhere),
		cmocka_unit_test(a_reverse_name_may_be_delegated),
		cmocka_unit_test(names_are_read_through_pointers),
		cmocka_unit_test(a_reverse_name_with_a_nul_is_refused),
		cmocka_unit_test(a_name_longer_than_dns_allows_is_refused),
		cmocka_unit_test(response_codes_tell_no_from_could_not_say),
		cmocka_unit_test(every_cut_and_every_changed_byte_is_survived),
		cmocka_unit_test(pointers_must_point_backwards),
		cmocka_unit_test(an_answer_of_too_many_addresses_is_cut),
		cmocka_unit_test(memory_may_run_out_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
