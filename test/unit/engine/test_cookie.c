#include "support.h"

#include "engine/cookie.h"
#include "util/random.h"

#include <string.h>

static struct ip_addr addr_of(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return addr;
}

static struct cookie_of some(struct random *random)
{
	struct cookie_of of = {.port = (uint16_t)random_u64(random),
			       .phase = (uint8_t)random_u64(random)};
	uint64_t words[2] = {random_u64(random), random_u64(random)};
	bool v6 = random_below(random, 2);

	of.to.family = v6 ? IP_V6 : IP_V4;
	memcpy(of.to.bytes, words, v6 ? 16 : 4);
	return of;
}

static void every_note_comes_back(void **state)
{
	static const char *const addrs[] = {"10.0.0.1", "0.0.0.0", "255.255.255.255",
					    "::", "fd00::7"};
	struct cookie_key key;
	unsigned note, got;
	size_t i;

	cookie_key_init(&key, 1);
	for (i = 0; i < sizeof(addrs) / sizeof(addrs[0]); i++) {
		const struct cookie_of of = {.to = addr_of(addrs[i]), .port = 80, .phase = 3};

		for (note = 0; note <= COOKIE_NOTE_MAX; note++) {
			uint32_t cookie = cookie_make(&key, &of, note);

			assert_int_not_equal(cookie, 0);
			assert_int_equal(cookie & COOKIE_NOTE_MAX, note);
			assert_true(cookie_check(&key, &of, cookie, &got));
			assert_int_equal(got, note);
		}
	}
}

/* A MAC that happens to be 0 with note 0 would be no cookie at all: one in four million
 * such. */
static void no_cookie_is_zero(void **state)
{
	struct cookie_key key;
	struct random random;
	unsigned zeros = 0, got;
	int i;

	cookie_key_init(&key, 2);
	random_init(&random, 2);
	for (i = 0; i < 12000000; i++) {
		const struct cookie_of of = some(&random);
		uint32_t cookie = cookie_make(&key, &of, 0);

		assert_int_not_equal(cookie, 0);
		if (cookie == 1u << COOKIE_NOTE_BITS) {
			zeros++;
			assert_true(cookie_check(&key, &of, cookie, &got));
			assert_int_equal(got, 0);
		}
	}
	assert_true(zeros > 0);
}

static void a_cookie_is_of_one_probe_only(void **state)
{
	struct cookie_key key, other_key;
	struct random random;
	unsigned got, passed = 0;
	int i;

	cookie_key_init(&key, 3);
	cookie_key_init(&other_key, 4);
	random_init(&random, 3);
	for (i = 0; i < 100000; i++) {
		struct cookie_of of = some(&random), other;
		uint32_t cookie = cookie_make(&key, &of, (unsigned)i & COOKIE_NOTE_MAX);

		other = of;
		other.port++;
		passed += cookie_check(&key, &other, cookie, &got);
		other = of;
		other.phase ^= 1;
		passed += cookie_check(&key, &other, cookie, &got);
		other = of;
		other.to.bytes[other.to.family == IP_V6 ? 15 : 3] ^= 1;
		passed += cookie_check(&key, &other, cookie, &got);
		passed += cookie_check(&other_key, &of, cookie, &got);
		passed += cookie_check(&key, &of, cookie + 1, &got);
		passed += cookie_check(&key, &of, cookie ^ 1u << random_below(&random, 32), &got);
		passed += cookie_check(&key, &of, (uint32_t)random_u64(&random), &got);
	}
	/* 700,000 tries, one chance in four million each. */
	assert_in_range(passed, 0, 3);
}

/* The low half is note and six bits, the high half the rest: ICMP may carry one alone. */
static void both_halves_differ_from_probe_to_probe(void **state)
{
	struct cookie_key key;
	struct cookie_of of = {.to = addr_of("10.0.0.1")};
	unsigned high[256] = {0}, low[64] = {0}, i;

	cookie_key_init(&key, 5);
	for (i = 0; i < 65536; i++) {
		uint32_t cookie;

		of.port = (uint16_t)i;
		cookie = cookie_make(&key, &of, 1);
		high[cookie >> 24]++;
		low[cookie >> COOKIE_NOTE_BITS & 63]++;
	}
	for (i = 0; i < 256; i++)
		assert_in_range(high[i], 256 - 100, 256 + 100);
	for (i = 0; i < 64; i++)
		assert_in_range(low[i], 1024 - 200, 1024 + 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_note_comes_back),
		cmocka_unit_test(no_cookie_is_zero),
		cmocka_unit_test(a_cookie_is_of_one_probe_only),
		cmocka_unit_test(both_halves_differ_from_probe_to_probe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
