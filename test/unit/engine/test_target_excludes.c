#include "support.h"

#include "engine/target.h"
#include "util/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct resolver_sim_entry names[4];

static int names_set_up(void **state)
{
	names[0] = (struct resolver_sim_entry){.name = "both.test", .delay_ns = NS_PER_S};
	names[1] = (struct resolver_sim_entry){.name = "both.test", .delay_ns = NS_PER_S};
	names[2] = (struct resolver_sim_entry){.name = "one.test", .delay_ns = 5 * NS_PER_S};
	names[3] = (struct resolver_sim_entry){
		.name = "dead.test", .delay_ns = NS_PER_S, .error = ERROR_TIMED_OUT};
	assert_true(ip_parse("10.2.0.1", &names[0].addr));
	assert_true(ip_parse("2001:db8::2", &names[1].addr));
	assert_true(ip_parse("10.1.0.1", &names[2].addr));
	assert_true(ip_parse("10.3.0.1", &names[3].addr));
	return 0;
}

struct world {
	struct loop *loop;
	struct resolver *resolver;
	struct addrset *set;
	struct diag diag;
};

static int world_exclude(struct world *world, const struct target_config *config)
{
	int r;

	world->loop = loop_sim_new(0);
	if (!world->loop)
		return ERROR_MEMORY;
	r = resolver_sim_new(world->loop, names, 4, &world->resolver);
	if (r < 0)
		return r;
	return target_excludes(config, world->loop, world->resolver, &world->set, &world->diag);
}

static void world_release(struct world *world)
{
	addrset_free(world->set);
	if (world->resolver) {
		assert_int_equal(resolver_outstanding(world->resolver), 0);
		resolver_free(world->resolver);
	}
	loop_free(world->loop);
}

static void check_ranges(struct world *world, const char *expected)
{
	char list[1024] = "", a[IP_TEXT_BYTES], b[IP_TEXT_BYTES];
	struct ip_addr first, last;
	size_t i, n = 0;

	for (i = 0; i < addrset_ranges(world->set); i++) {
		addrset_range_at(world->set, i, &first, &last);
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s-%s", n ? " " : "",
				      ip_format(&first, a), ip_format(&last, b));
	}
	assert_string_equal(list, expected);
}

static void items_become_one_set(void **state)
{
	char *items[] = {"10.0.0.0/30", "10.0.0.3-5", "both.test", "one.test/31", "2001:db8::/127"};
	struct target_config config = {.excludes = items, .excludes_count = 5};
	struct world world = {0};

	if (world_exclude(&world, &config) < 0)
		fail_msg("%s", world.diag.text);
	check_ranges(&world, "10.0.0.0-10.0.0.5 10.1.0.0-10.1.0.1 10.2.0.1-10.2.0.1 "
			     "2001:db8::-2001:db8::2");
	/* All names at once, not one after another. */
	assert_int_equal(loop_now_ns(world.loop), 5 * NS_PER_S);
	world_release(&world);
}

static void files_are_read_too(void **state)
{
	char path[] = "/tmp/portolan-list-XXXXXX", *paths[1] = {path};
	struct target_config config = {.exclude_files = paths, .exclude_files_count = 1};
	static const char text[] = "10.0.0.1\t10.0.0.7 # 10.0.0.9\nboth.test";
	struct world world = {0};
	int fd = mkstemp(path);

	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	if (world_exclude(&world, &config) < 0)
		fail_msg("%s", world.diag.text);
	unlink(path);
	check_ranges(&world, "10.0.0.1-10.0.0.1 10.0.0.7-10.0.0.7 10.2.0.1-10.2.0.1 "
			     "2001:db8::2-2001:db8::2");
	world_release(&world);
}

static void what_is_not_understood_is_fatal_and_named(void **state)
{
	static char *const cases[] = {
		"nosuch.test", "dead.test", "10.0.0.300",  "10.0.0.1/40", "10.0.0.1/x",      "",
		"::1/129",     "[::1",      "10.0.0.1:80", "one.test/33", "*.*.*.0,2,4,6,8",
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *items[] = {"one.test", cases[i], "10.0.0.1"};
		struct target_config config = {.excludes = items, .excludes_count = 3};
		struct world world = {0};
		char name[64];

		if (world_exclude(&world, &config) >= 0)
			fail_msg("'%s' is taken", cases[i]);
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(cases[i], "/"), cases[i]);
		if (!strstr(world.diag.text, name))
			fail_msg("'%s': %s", cases[i], world.diag.text);
		world_release(&world);
	}
}

static void a_file_that_cannot_be_opened_is_named(void **state)
{
	char *paths[] = {"/nonexistent/list"};
	struct target_config config = {.exclude_files = paths, .exclude_files_count = 1};
	struct world world = {0};

	assert_int_equal(world_exclude(&world, &config), ERROR_IO);
	assert_non_null(strstr(world.diag.text, "/nonexistent/list"));
	world_release(&world);
}

static void nothing_to_exclude_is_an_empty_set(void **state)
{
	struct target_config config = {0};
	struct world world = {0};

	assert_int_equal(world_exclude(&world, &config), 0);
	assert_true(addrset_is_empty(world.set));
	world_release(&world);
}

static void stop_soon(void *self)
{
	loop_stop(self);
}

static void a_stopped_loop_cancels(void **state)
{
	char *items[] = {"one.test"};
	struct target_config config = {.excludes = items, .excludes_count = 1};
	struct world world = {.loop = loop_sim_new(0)};
	struct timer timer = {.fire = stop_soon, .self = world.loop};

	assert_int_equal(resolver_sim_new(world.loop, names, 4, &world.resolver), 0);
	loop_timer_set(world.loop, &timer, NS_PER_MS);
	assert_int_equal(
		target_excludes(&config, world.loop, world.resolver, &world.set, &world.diag),
		ERROR_CANCELLED);
	world_release(&world);
}

static int exclude_once(void *self)
{
	char *items[] = {"10.0.0.0/30", "both.test", "one.test/31"}, *paths[] = {"/dev/null"};
	struct target_config config = {.excludes = items,
				       .excludes_count = 3,
				       .exclude_files = paths,
				       .exclude_files_count = 1};
	struct world world = {0};
	int r = world_exclude(&world, &config);

	world_release(&world);
	return r;
}

static void memory_may_be_short(void **state)
{
	support_each_allocation_fails(exclude_once, NULL, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_become_one_set),
		cmocka_unit_test(files_are_read_too),
		cmocka_unit_test(what_is_not_understood_is_fatal_and_named),
		cmocka_unit_test(a_file_that_cannot_be_opened_is_named),
		cmocka_unit_test(nothing_to_exclude_is_an_empty_set),
		cmocka_unit_test(a_stopped_loop_cancels),
		cmocka_unit_test(memory_may_be_short),
	};

	return cmocka_run_group_tests(tests, names_set_up, NULL);
}
