/* Prefixes behind a SYN proxy. */
#include "support.h"

#include "engine/proxied.h"

#include <stdio.h>
#include <string.h>

static struct packet answer(const char *from, uint8_t ttl)
{
	struct packet packet = {.kind = PACKET_TCP};

	assert_true(ip_parse(from, &packet.ip.src));
	packet.ip.ttl = ttl;
	packet.tcp.flags = TCP_SYN | TCP_ACK;
	return packet;
}

/* Addresses `first` to `last` of a prefix answer, each as `like`. */
static void note(struct proxied *proxied, const char *prefix, unsigned first, unsigned last,
		 const struct packet *like)
{
	char text[64];

	for (; first <= last; first++) {
		struct packet packet = *like;

		snprintf(text, sizeof(text), prefix, first);
		assert_true(ip_parse(text, &packet.ip.src));
		proxied_note(proxied, &packet);
	}
}

static size_t found(struct proxied *proxied)
{
	struct proxied_prefix prefix;

	return proxied_find(proxied, &prefix, 1);
}

static void half_of_a_prefix_is_a_finding(void **state)
{
	struct proxied *proxied = proxied_new(1);
	const struct packet odd = answer("10.0.0.1", 250);
	struct proxied_prefix prefix = {0};
	struct ip_addr first;

	note(proxied, "10.0.7.%u", 1, 127, &odd);
	assert_int_equal(found(proxied), 0);
	note(proxied, "10.0.7.%u", 1, 127, &odd); /* the same addresses: other ports */
	assert_int_equal(found(proxied), 0);
	note(proxied, "10.0.7.%u", 200, 200, &odd);
	assert_int_equal(proxied_find(proxied, &prefix, 1), 1);
	assert_true(ip_parse("10.0.7.0", &first));
	assert_true(ip_equal(&prefix.first, &first));
	assert_int_equal(prefix.bits, 24);
	assert_int_equal(prefix.addresses, 128);
	assert_int_equal(prefix.ttl, 250);
	proxied_free(proxied);
}

static void ipv6_has_prefixes_too(void **state)
{
	struct proxied *proxied = proxied_new(1);
	const struct packet odd = answer("fd00::1", 250);
	struct proxied_prefix prefix = {0};

	note(proxied, "fd00::7:%x", 0x100, 0x1ff, &odd);
	assert_int_equal(proxied_find(proxied, &prefix, 1), 1);
	assert_int_equal(prefix.bits, 120);
	assert_int_equal(prefix.addresses, 256);
	proxied_free(proxied);
}

static void usual_answers_do_not_count(void **state)
{
	struct proxied *proxied = proxied_new(1);
	struct packet usual = answer("10.0.0.1", 60);

	usual.tcp.window = 64240;
	usual.tcp.options_bytes = 4;
	note(proxied, "10.0.7.%u", 0, 255, &usual);
	usual.tcp.flags = TCP_RST | TCP_ACK;
	usual.tcp.window = 0;
	note(proxied, "10.0.7.%u", 0, 255, &usual);
	usual.kind = PACKET_UDP;
	note(proxied, "10.0.7.%u", 0, 255, &usual);
	assert_int_equal(found(proxied), 0);
	proxied_free(proxied);
}

static void answers_that_differ_are_not_one(void **state)
{
	struct proxied *proxied = proxied_new(1);
	const struct packet one = answer("10.0.0.1", 250), other = answer("10.0.0.1", 249);

	note(proxied, "10.0.7.%u", 0, 127, &one);
	note(proxied, "10.0.8.%u", 0, 100, &one);
	note(proxied, "10.0.8.%u", 101, 201, &other);
	assert_int_equal(found(proxied), 1);
	proxied_free(proxied);
}

static void either_oddity_counts(void **state)
{
	struct proxied *proxied = proxied_new(1);
	struct packet odd = answer("10.0.0.1", 250);

	odd.tcp.window = 100; /* no options */
	note(proxied, "10.0.7.%u", 0, 127, &odd);
	odd.tcp.window = 0;
	odd.tcp.options_bytes = 4;
	note(proxied, "10.0.8.%u", 0, 127, &odd);
	assert_int_equal(found(proxied), 2);
	proxied_free(proxied);
}

static void the_first_come_in_order(void **state)
{
	struct proxied *proxied = proxied_new(7);
	const struct packet odd = answer("10.0.0.1", 250);
	struct proxied_prefix prefixes[4];
	unsigned i;

	for (i = 40; i > 0; i--) {
		char prefix[32];

		snprintf(prefix, sizeof(prefix), "10.0.%u.%%u", i * 7 % 41);
		note(proxied, prefix, 0, 199, &odd);
	}
	assert_int_equal(proxied_find(proxied, prefixes, 4), 40);
	for (i = 0; i < 4; i++)
		assert_int_equal(prefixes[i].first.bytes[2], i + 1);
	proxied_free(proxied);
}

static void there_is_a_limit(void **state)
{
	struct proxied *proxied = proxied_new(1);
	struct packet odd = answer("10.0.0.0", 250);
	unsigned i;

	for (i = 0; i < 40000; i++) {
		odd.ip.src.bytes[1] = (uint8_t)(i >> 8);
		odd.ip.src.bytes[2] = (uint8_t)i;
		proxied_note(proxied, &odd);
	}
	note(proxied, "10.0.0.%u", 0, 255, &odd); /* known before */
	note(proxied, "11.0.0.%u", 0, 255, &odd); /* came too late */
	assert_int_equal(found(proxied), 1);
	proxied_free(proxied);
}

static void nothing_is_fine(void **state)
{
	const struct packet odd = answer("10.0.0.1", 250);

	proxied_note(NULL, &odd);
	proxied_free(NULL);
}

static int make(void *self)
{
	const struct packet odd = answer("10.0.0.1", 250);
	struct proxied *proxied = proxied_new(1);

	(void)self;
	if (!proxied)
		return -1;
	note(proxied, "10.0.7.%u", 0, 255, &odd);
	/* A prefix that there was no memory for is found out by its next answer. */
	assert_int_equal(found(proxied), 1);
	proxied_free(proxied);
	return 0;
}

static void memory_may_run_short(void **state)
{
	support_each_allocation_fails(make, NULL, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(half_of_a_prefix_is_a_finding),
		cmocka_unit_test(ipv6_has_prefixes_too),
		cmocka_unit_test(usual_answers_do_not_count),
		cmocka_unit_test(answers_that_differ_are_not_one),
		cmocka_unit_test(either_oddity_counts),
		cmocka_unit_test(the_first_come_in_order),
		cmocka_unit_test(there_is_a_limit),
		cmocka_unit_test(nothing_is_fine),
		cmocka_unit_test(memory_may_run_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
