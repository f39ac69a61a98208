#include "support.h"

#include "util/error.h"
#include "util/hash.h"

#include <stdio.h>
#include <string.h>

static const struct hash_key key = {1, 2};

static int fill(void *self)
{
	struct hash_map *map = hash_map_new(key);
	char name[16];
	int i, r = 0;

	if (!map)
		return ERROR_MEMORY;
	for (i = 0; i < 300 && !r; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		r = hash_map_add(map, name, strlen(name), map);
	}
	hash_map_free(map);
	return r;
}

static void survives_every_failed_allocation(void **state)
{
	support_each_allocation_fails(fill, NULL, 1000);
}

static void keeps_gets_and_forgets(void **state)
{
	struct hash_map *map = hash_map_new(key);
	static int values[2000];
	char name[16];
	int i;

	for (i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		assert_int_equal(hash_map_add(map, name, strlen(name), &values[i]), 0);
		assert_int_equal(hash_map_add(map, name, strlen(name), &values[0]), ERROR_EXISTS);
		if (i % 2)
			assert_ptr_equal(hash_map_remove(map, name, strlen(name)), &values[i]);
	}
	assert_int_equal(hash_map_count(map), 1000);
	for (i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		assert_ptr_equal(hash_map_get(map, name, strlen(name)), i % 2 ? NULL : &values[i]);
	}
	hash_map_free(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_gets_and_forgets),
		cmocka_unit_test(survives_every_failed_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
