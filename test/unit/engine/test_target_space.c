/* Targets as numbers: index to address and back, over any mixture of expressions. */
#include "support.h"

#include "engine/target_random.h"
#include "engine/target_space.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPRESSIONS_MOST 16

struct fixture {
	struct loop *loop;
	struct resolver *resolver;
	struct target_config targets;
	char texts[EXPRESSIONS_MOST][64];
	char *expressions[EXPRESSIONS_MOST];
	bool special;
	struct target_space *space;
	double left;
	struct diag diag;
};

static struct ip_addr addr_of(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return addr;
}

static void fixture_init(struct fixture *fixture, const struct resolver_sim_entry *names,
			 size_t names_count)
{
	*fixture = (struct fixture){.special = true};
	fixture->targets.families = RESOLVE_BOTH;
	fixture->targets.expressions = fixture->expressions;
	assert_non_null(fixture->loop = loop_sim_new(0));
	assert_int_equal(resolver_sim_new(fixture->loop, names, names_count, &fixture->resolver),
			 0);
}

static void fixture_add(struct fixture *fixture, const char *expression)
{
	size_t i = fixture->targets.expressions_count++;

	assert_in_range(i, 0, EXPRESSIONS_MOST - 1);
	snprintf(fixture->texts[i], sizeof(fixture->texts[i]), "%s", expression);
	fixture->expressions[i] = fixture->texts[i];
}

static int fixture_make(struct fixture *fixture)
{
	const struct target_space_config config = {
		.targets = &fixture->targets,
		.loop = fixture->loop,
		.resolver = fixture->resolver,
		.special = fixture->special,
		.seed = 5,
	};

	return target_space_new(&config, &fixture->space, &fixture->left, &fixture->diag);
}

static void fixture_release(struct fixture *fixture)
{
	target_space_free(fixture->space);
	resolver_free(fixture->resolver);
	loop_free(fixture->loop);
}

static void made_of(struct fixture *fixture, const char *expression)
{
	fixture_init(fixture, NULL, 0);
	fixture_add(fixture, expression);
	assert_int_equal(fixture_make(fixture), 0);
}

static bool has(const struct fixture *fixture, const char *text)
{
	struct ip_addr addr = addr_of(text);
	uint128 index;

	return target_space_find(fixture->space, &addr, &index);
}

static void assert_at(const struct fixture *fixture, uint64_t index, const char *text)
{
	struct ip_addr wanted = addr_of(text), addr = target_space_at(fixture->space, index);
	uint128 found;

	assert_true(ip_equal(&addr, &wanted));
	assert_true(target_space_find(fixture->space, &addr, &found));
	assert_true(found == index);
}

/* ---- numbers ---- */

static void addresses_are_numbered_in_order(void **state)
{
	struct fixture fixture;

	fixture_init(&fixture, NULL, 0);
	fixture_add(&fixture, "10.2.0.0/31");
	fixture_add(&fixture, "fd00::10/127");
	fixture_add(&fixture, "10.1.0.5,7");
	assert_int_equal(fixture_make(&fixture), 0);
	assert_true(target_space_size(fixture.space) == 6);
	assert_at(&fixture, 0, "10.1.0.5");
	assert_at(&fixture, 1, "10.1.0.7");
	assert_at(&fixture, 2, "10.2.0.0");
	assert_at(&fixture, 3, "10.2.0.1");
	assert_at(&fixture, 4, "fd00::10");
	assert_at(&fixture, 5, "fd00::11");
	assert_false(has(&fixture, "10.1.0.4"));
	assert_false(has(&fixture, "10.1.0.6"));
	assert_false(has(&fixture, "10.1.0.8"));
	assert_false(has(&fixture, "10.2.0.2"));
	assert_false(has(&fixture, "fd00::f"));
	assert_false(has(&fixture, "fd00::12"));
	assert_false(has(&fixture, "255.255.255.255"));
	fixture_release(&fixture);
}

/* Against a plain set made of the same ranges. */
static void any_set_goes_there_and_back(void **state)
{
	struct random random;
	int round;

	random_init(&random, 9);
	for (round = 0; round < 200; round++) {
		struct addrset *set = addrset_new();
		struct fixture fixture;
		unsigned ranges = 1 + (unsigned)random_below(&random, 12), i;
		uint128 size = 0, index, found;
		struct ip_addr last_addr = {0};

		fixture_init(&fixture, NULL, 0);
		for (i = 0; i < ranges; i++) {
			bool v6 = random_below(&random, 2);
			unsigned bits = v6 ? 112 + (unsigned)random_below(&random, 17)
					   : 16 + (unsigned)random_below(&random, 17);
			char text[64];
			struct ip_addr addr, first, last;

			snprintf(text, sizeof(text), v6 ? "fd00::%x:%x/%u" : "10.%u.%u.0/%u",
				 (unsigned)random_below(&random, 4),
				 (unsigned)random_below(&random, 250), bits);
			fixture_add(&fixture, text);
			*strchr(text, '/') = 0;
			addr = addr_of(text);
			first = ip_first_of(&addr, bits);
			last = ip_last_of(&addr, bits);
			assert_int_equal(addrset_add_range(set, &first, &last), 0);
		}
		assert_int_equal(fixture_make(&fixture), 0);
		for (i = 0; i < addrset_ranges(set); i++) {
			struct ip_addr first, last;

			addrset_range_at(set, i, &first, &last);
			size += ip_value_of(&last) - ip_value_of(&first) + 1;
		}
		assert_true(target_space_size(fixture.space) == size);
		for (index = 0; index < size; index += 1 + size / 3000) {
			struct ip_addr addr = target_space_at(fixture.space, index);

			assert_true(addrset_has(set, &addr));
			assert_true(target_space_find(fixture.space, &addr, &found));
			assert_true(found == index);
			if (index)
				assert_true(ip_compare(&last_addr, &addr) < 0);
			last_addr = addr;
		}
		for (i = 0; i < 2000; i++) {
			struct ip_addr addr = {.family = IP_V4, .bytes = {10}};

			addr.bytes[1] = (uint8_t)random_below(&random, 5);
			addr.bytes[2] = (uint8_t)random_u64(&random);
			addr.bytes[3] = (uint8_t)random_u64(&random);
			assert_int_equal(target_space_find(fixture.space, &addr, &found),
					 addrset_has(set, &addr));
		}
		fixture_release(&fixture);
		addrset_free(set);
	}
}

static void the_largest_spaces_have_numbers(void **state)
{
	struct fixture fixture;

	made_of(&fixture, "0.0.0.0/0");
	assert_true(target_space_size(fixture.space) == (uint128)1 << 32);
	assert_at(&fixture, 0, "0.0.0.0");
	assert_at(&fixture, UINT32_MAX, "255.255.255.255");
	assert_false(has(&fixture, "::"));
	fixture_release(&fixture);
	made_of(&fixture, "2a00::/16");
	assert_true(target_space_size(fixture.space) == (uint128)1 << 112);
	fixture_release(&fixture);
}

/* Excluded ones keep their numbers: the gate is what holds them back, so that a shard
 * of one machine and of another are shares of the same. */
static void excludes_are_not_subtracted(void **state)
{
	static char *excludes[] = {(char *)"10.0.0.4-7"};
	struct fixture fixture;

	fixture_init(&fixture, NULL, 0);
	fixture_add(&fixture, "10.0.0.0/28");
	fixture.targets.excludes = excludes;
	fixture.targets.excludes_count = 1;
	assert_int_equal(fixture_make(&fixture), 0);
	assert_true(target_space_size(fixture.space) == 16);
	assert_at(&fixture, 5, "10.0.0.5");
	fixture_release(&fixture);
}

static void what_is_named_twice_has_one_number(void **state)
{
	struct fixture fixture;

	fixture_init(&fixture, NULL, 0);
	fixture_add(&fixture, "10.0.0.0/30");
	fixture_add(&fixture, "10.0.0.2-5");
	fixture_add(&fixture, "10.0.0.3");
	assert_int_equal(fixture_make(&fixture), 0);
	assert_true(target_space_size(fixture.space) == 6);
	fixture_release(&fixture);
}

/* ---- names, files, families, -iR ---- */

static void names_are_resolved(void **state)
{
	const struct resolver_sim_entry names[] = {
		{.name = "one.test", .addr = addr_of("10.0.0.9"), .delay_ns = NS_PER_S},
		{.name = "two.test", .addr = addr_of("fd00::9"), .delay_ns = NS_PER_MS},
	};
	struct fixture fixture;

	fixture_init(&fixture, names, 2);
	fixture_add(&fixture, "one.test");
	fixture_add(&fixture, "two.test");
	fixture_add(&fixture, "10.0.0.1");
	assert_int_equal(fixture_make(&fixture), 0);
	assert_true(target_space_size(fixture.space) == 3);
	assert_at(&fixture, 0, "10.0.0.1");
	assert_at(&fixture, 1, "10.0.0.9");
	assert_at(&fixture, 2, "fd00::9");
	fixture_release(&fixture);
}

static void a_name_nobody_knows_is_an_error(void **state)
{
	struct fixture fixture;

	fixture_init(&fixture, NULL, 0);
	fixture_add(&fixture, "nobody.test");
	assert_true(fixture_make(&fixture) < 0);
	assert_null(fixture.space);
	assert_non_null(strstr(fixture.diag.text, "nobody.test"));
	fixture_release(&fixture);
}

static void files_are_read(void **state)
{
	char path[] = "/tmp/portolan-space-XXXXXX";
	char *files[] = {path};
	int fd = mkstemp(path);
	struct fixture fixture;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "10.0.0.0/30 10.0.1.1\n# a remark\n10.0.2.1\n", 41), 41);
	close(fd);
	fixture_init(&fixture, NULL, 0);
	fixture.targets.input_files = files;
	fixture.targets.input_files_count = 1;
	assert_int_equal(fixture_make(&fixture), 0);
	assert_true(target_space_size(fixture.space) == 6);
	fixture_release(&fixture);
	unlink(path);
	fixture_init(&fixture, NULL, 0);
	fixture.targets.input_files = files;
	fixture.targets.input_files_count = 1;
	assert_true(fixture_make(&fixture) < 0);
	fixture_release(&fixture);
}

static void a_forced_family_is_the_only_one(void **state)
{
	struct fixture fixture;
	int family;

	for (family = RESOLVE_V4; family <= RESOLVE_V6; family++) {
		fixture_init(&fixture, NULL, 0);
		fixture_add(&fixture, "10.0.0.0/30");
		fixture_add(&fixture, "fd00::/127");
		fixture.targets.families = family;
		fixture.targets.families_forced = true;
		assert_int_equal(fixture_make(&fixture), 0);
		assert_true(target_space_size(fixture.space) == (family == RESOLVE_V4 ? 4 : 2));
		fixture_release(&fixture);
	}
}

static void random_targets_are_drawn(void **state)
{
	struct target_random *random;
	struct fixture fixture;
	struct ip_addr addr;
	uint128 index;
	int i;

	fixture_init(&fixture, NULL, 0);
	fixture.targets.random = true;
	fixture.targets.random_count = 500;
	assert_int_equal(fixture_make(&fixture), 0);
	assert_true(target_space_size(fixture.space) == 500);
	assert_int_equal(target_random_new(NULL, 5, &random), 0);
	for (i = 0; i < 500; i++) {
		assert_true(target_random_next(random, &addr));
		assert_true(target_space_find(fixture.space, &addr, &index));
	}
	target_random_free(random);
	fixture_release(&fixture);
	fixture_init(&fixture, NULL, 0);
	fixture.targets.random = true;
	assert_int_equal(fixture_make(&fixture), ERROR_RANGE);
	fixture_release(&fixture);
}

/* ---- special-purpose prefixes ---- */

static void special_prefixes_are_left_out_of_wider_ranges(void **state)
{
	struct fixture fixture;

	fixture_init(&fixture, NULL, 0);
	fixture.special = false;
	fixture_add(&fixture, "8.0.0.0/6");
	assert_int_equal(fixture_make(&fixture), 0);
	assert_true(target_space_size(fixture.space) == 3u << 24);
	assert_true(fixture.left == 1 << 24);
	assert_false(has(&fixture, "10.0.0.1"));
	fixture_release(&fixture);
	made_of(&fixture, "8.0.0.0/6");
	assert_true(target_space_size(fixture.space) == 4u << 24);
	assert_true(fixture.left == 0);
	fixture_release(&fixture);
}

/* Also where a wider range stands beside it. */
static void what_is_named_is_kept(void **state)
{
	struct fixture fixture;

	fixture_init(&fixture, NULL, 0);
	fixture.special = false;
	fixture_add(&fixture, "8.0.0.0/6");
	fixture_add(&fixture, "10.1.0.0/24");
	fixture_add(&fixture, "11.0.0.0/8");
	fixture_add(&fixture, "fd00::1");
	assert_int_equal(fixture_make(&fixture), 0);
	assert_true(target_space_size(fixture.space) == (3u << 24) + 257);
	assert_true(has(&fixture, "10.1.0.77"));
	assert_true(has(&fixture, "fd00::1"));
	assert_false(has(&fixture, "10.2.0.1"));
	fixture_release(&fixture);
}

static void nothing_is_an_empty_space(void **state)
{
	struct fixture fixture;
	uint128 index;
	struct ip_addr addr = addr_of("10.0.0.1");

	fixture_init(&fixture, NULL, 0);
	assert_int_equal(fixture_make(&fixture), 0);
	assert_true(target_space_size(fixture.space) == 0);
	assert_false(target_space_find(fixture.space, &addr, &index));
	fixture_release(&fixture);
}

static int make_and_free(void *self)
{
	struct fixture *fixture = self;
	int r = fixture_make(fixture);

	target_space_free(fixture->space);
	fixture->space = NULL;
	return r;
}

static void short_memory_is_told(void **state)
{
	struct fixture fixture;

	fixture_init(&fixture, NULL, 0);
	fixture.special = false;
	fixture_add(&fixture, "8.0.0.0/6");
	fixture_add(&fixture, "fd00::/64");
	fixture.targets.random = true;
	fixture.targets.random_count = 3;
	support_each_allocation_fails(make_and_free, &fixture, 1000);
	fixture_release(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_numbered_in_order),
		cmocka_unit_test(any_set_goes_there_and_back),
		cmocka_unit_test(the_largest_spaces_have_numbers),
		cmocka_unit_test(excludes_are_not_subtracted),
		cmocka_unit_test(what_is_named_twice_has_one_number),
		cmocka_unit_test(names_are_resolved),
		cmocka_unit_test(a_name_nobody_knows_is_an_error),
		cmocka_unit_test(files_are_read),
		cmocka_unit_test(a_forced_family_is_the_only_one),
		cmocka_unit_test(random_targets_are_drawn),
		cmocka_unit_test(special_prefixes_are_left_out_of_wider_ranges),
		cmocka_unit_test(what_is_named_is_kept),
		cmocka_unit_test(nothing_is_an_empty_space),
		cmocka_unit_test(short_memory_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
