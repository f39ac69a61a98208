#include "support.h"

#include "net/resolver_cache.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

static void put(struct cache *cache, const char *name, uint32_t addr)
{
	struct ip_addr ip = ip_v4(addr);
	struct cache_entry entry = {.addrs = &ip, .addrs_count = 1};

	cache_put(cache, DNS_A, name, strlen(name), &entry);
}

static const struct cache_entry *get(struct cache *cache, enum dns_type type, const char *name)
{
	return cache_get(cache, type, name, strlen(name));
}

static void what_was_put_is_found_by_type_and_name(void **state)
{
	struct cache_entry none = {.error = ERROR_NOT_FOUND}, ptr = {.name = "a.test"};
	struct cache *cache = cache_new(10, 1);

	put(cache, "a.test", 1);
	cache_put(cache, DNS_AAAA, "a.test", 6, &none);
	cache_put(cache, DNS_PTR, "0123456789abcdefg", 17, &ptr);
	assert_int_equal(ip_v4_value(&get(cache, DNS_A, "a.test")->addrs[0]), 1);
	assert_int_equal(get(cache, DNS_AAAA, "a.test")->error, ERROR_NOT_FOUND);
	assert_string_equal(get(cache, DNS_PTR, "0123456789abcdefg")->name, "a.test");
	assert_null(get(cache, DNS_A, "b.test"));
	put(cache, "a.test", 2);
	assert_int_equal(ip_v4_value(&get(cache, DNS_A, "a.test")->addrs[0]), 2);
	cache_free(cache);
}

static void the_oldest_make_room(void **state)
{
	struct cache *cache = cache_new(100, 1);
	char name[32];

	for (unsigned i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "h%u.test", i);
		put(cache, name, i);
	}
	assert_null(get(cache, DNS_A, "h4899.test"));
	assert_non_null(get(cache, DNS_A, "h4900.test"));
	assert_non_null(get(cache, DNS_A, "h4999.test"));
	cache_free(cache);
}

static void an_answer_that_is_too_large_is_not_kept(void **state)
{
	struct ip_addr addrs[40] = {{{0}, 0, 0}};
	struct cache_entry entry = {.addrs = addrs, .addrs_count = 40};
	struct cache *cache = cache_new(10, 1);

	cache_put(cache, DNS_A, "many.test", 9, &entry);
	assert_null(get(cache, DNS_A, "many.test"));
	cache_free(cache);
}

static int use(void *self)
{
	struct cache *cache = cache_new(2, 1);
	int r = 0;

	if (!cache)
		return ERROR_MEMORY;
	put(cache, "a.test", 1);
	put(cache, "b.test", 2);
	put(cache, "c.test", 3);
	if (alloc_fault_hit() == 0 && !get(cache, DNS_A, "c.test"))
		r = ERROR_CORRUPT;
	cache_free(cache);
	return r;
}

static void memory_may_run_out_anywhere(void **state)
{
	support_each_allocation_fails(use, NULL, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_put_is_found_by_type_and_name),
		cmocka_unit_test(the_oldest_make_room),
		cmocka_unit_test(an_answer_that_is_too_large_is_not_kept),
		cmocka_unit_test(memory_may_run_out_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
