#include "support.h"

#include "net/resolver.h"
#include "util/error.h"

#include <string.h>

static const struct resolver_sim_entry script[] = {
	{.name = "a.test", .addr = {.bytes = {[0] = 0x20, [15] = 1}, .family = IP_V6}},
	{.name = "a.test", .addr = {.bytes = {10, 0, 0, 1}, .family = IP_V4}},
	{.name = "A.Test", .addr = {.bytes = {10, 0, 0, 2}, .family = IP_V4}},
	{.name = "slow.test",
	 .addr = {.bytes = {10, 0, 0, 3}, .family = IP_V4},
	 .delay_ns = 5 * NS_PER_S},
	{.name = "dead.test", .delay_ns = 4 * NS_PER_S, .error = ERROR_TIMED_OUT},
};

struct seen {
	int calls, error;
	char text[256];
	struct loop *loop;
	uint64_t at_ns;
};

static void note(void *self, const struct resolver_answer *answer)
{
	struct seen *seen = self;
	char text[IP_TEXT_BYTES];
	size_t i, used = 0;

	seen->calls++;
	seen->error = answer->error;
	seen->at_ns = loop_now_ns(seen->loop);
	seen->text[0] = '\0';
	for (i = 0; i < answer->addrs_count; i++)
		used += (size_t)snprintf(seen->text + used, sizeof(seen->text) - used, "%s ",
					 ip_format(&answer->addrs[i], text));
	if (answer->name)
		snprintf(seen->text, sizeof(seen->text), "%s", answer->name);
}

struct fixture {
	struct loop *loop;
	struct resolver *resolver;
	struct seen seen;
};

static int setup(void **state)
{
	static struct fixture f;

	f = (struct fixture){.loop = loop_sim_new(0)};
	f.seen.loop = f.loop;
	*state = &f;
	return resolver_sim_new(f.loop, script, sizeof(script) / sizeof(*script), &f.resolver);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	resolver_free(f->resolver);
	loop_free(f->loop);
	return 0;
}

static void ask(struct fixture *f, const char *name, int families)
{
	assert_int_equal(resolver_forward(f->resolver, name, families, note, &f->seen, NULL), 0);
	assert_int_equal(f->seen.calls, 0);
	assert_int_equal(resolver_outstanding(f->resolver), 1);
	loop_run(f->loop);
	assert_int_equal(f->seen.calls, 1);
	assert_int_equal(resolver_outstanding(f->resolver), 0);
	f->seen.calls = 0;
}

static void all_addresses_come_ipv4_first(void **state)
{
	struct fixture *f = *state;

	ask(f, "a.test", RESOLVE_BOTH);
	assert_string_equal(f->seen.text, "10.0.0.1 10.0.0.2 2000::1 ");
	ask(f, "a.test", RESOLVE_V4);
	assert_string_equal(f->seen.text, "10.0.0.1 10.0.0.2 ");
	ask(f, "a.test", RESOLVE_V6);
	assert_string_equal(f->seen.text, "2000::1 ");
}

static void answers_come_after_their_delay(void **state)
{
	struct fixture *f = *state;

	ask(f, "slow.test", RESOLVE_V4);
	assert_int_equal(f->seen.at_ns, 5 * NS_PER_S);
	ask(f, "dead.test", RESOLVE_V4);
	assert_int_equal(f->seen.at_ns, 9 * NS_PER_S);
	assert_int_equal(f->seen.error, ERROR_TIMED_OUT);
}

static void the_unknown_is_not_found_after_a_millisecond(void **state)
{
	struct fixture *f = *state;

	ask(f, "b.test", RESOLVE_V4);
	assert_int_equal(f->seen.error, ERROR_NOT_FOUND);
	assert_int_equal(f->seen.at_ns, 1 * NS_PER_MS);
	ask(f, "slow.test", RESOLVE_V6);
	assert_int_equal(f->seen.error, ERROR_NOT_FOUND);
}

static void reverse_queries_find_the_first_name(void **state)
{
	struct fixture *f = *state;
	struct ip_addr addr = ip_v4(0x0a000002), other = ip_v4(0x0a0000ff);

	assert_int_equal(resolver_reverse(f->resolver, &addr, note, &f->seen, NULL), 0);
	loop_run(f->loop);
	assert_string_equal(f->seen.text, "A.Test");
	assert_int_equal(resolver_reverse(f->resolver, &other, note, &f->seen, NULL), 0);
	loop_run(f->loop);
	assert_int_equal(f->seen.error, ERROR_NOT_FOUND);
}

static void a_cancelled_query_is_not_answered(void **state)
{
	struct fixture *f = *state;
	struct resolver_query *query = NULL;

	assert_int_equal(
		resolver_forward(f->resolver, "a.test", RESOLVE_V4, note, &f->seen, &query), 0);
	resolver_cancel(f->resolver, query);
	loop_run(f->loop);
	assert_int_equal(f->seen.calls, 0);
	assert_int_equal(resolver_outstanding(f->resolver), 0);
}

static void what_is_no_name_is_refused_at_once(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(resolver_forward(f->resolver, "a..b", RESOLVE_V4, note, &f->seen, NULL),
			 ERROR_SYNTAX);
	assert_int_equal(resolver_outstanding(f->resolver), 0);
}

static int use(void *self)
{
	struct loop *loop = self;
	struct resolver *resolver = NULL;
	struct seen seen = {.loop = loop};
	int r = resolver_sim_new(loop, script, sizeof(script) / sizeof(*script), &resolver);

	if (r == 0)
		r = resolver_forward(resolver, "a.test", RESOLVE_BOTH, note, &seen, NULL);
	if (r == 0) {
		loop_run(loop);
		assert_int_equal(seen.calls, 1);
		r = seen.error;
	}
	resolver_free(resolver);
	return r;
}

static void memory_may_run_out_anywhere(void **state)
{
	struct fixture *f = *state;

	support_each_allocation_fails(use, f->loop, 1000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_addresses_come_ipv4_first),
		TEST(answers_come_after_their_delay),
		TEST(the_unknown_is_not_found_after_a_millisecond),
		TEST(reverse_queries_find_the_first_name),
		TEST(a_cancelled_query_is_not_answered),
		TEST(what_is_no_name_is_refused_at_once),
		TEST(memory_may_run_out_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
