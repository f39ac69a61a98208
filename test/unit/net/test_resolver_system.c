#include "support.h"

#include "net/resolver_system.h"
#include "util/error.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

/* Calls that block until the test opens the gate, and never ask the machine. */
static atomic_int running, running_most, finished;
static int gate[2];

static void pass_gate(void)
{
	int now = atomic_fetch_add(&running, 1) + 1, most = atomic_load(&running_most);
	char byte;

	while (now > most && !atomic_compare_exchange_weak(&running_most, &most, now))
		;
	(void)!read(gate[0], &byte, 1);
	atomic_fetch_sub(&running, 1);
}

static void open_gate(int times)
{
	while (times--)
		(void)!write(gate[1], "x", 1);
}

static int fake_forward(const char *name, int families, struct addr_list *ret_addrs)
{
	struct ip_addr v6 = {.bytes = {[15] = 1}, .family = IP_V6}, v4 = ip_v4(0x0a000001);
	int r = 0;

	pass_gate();
	if (!strcmp(name, "none.test"))
		r = ERROR_NOT_FOUND;
	if (r == 0 && (families & RESOLVE_V4))
		r = addr_list_add(ret_addrs, &v4);
	if (r == 0 && (families & RESOLVE_V6))
		r = addr_list_add(ret_addrs, &v6);
	atomic_fetch_add(&finished, 1);
	return r;
}

static int fake_reverse(const struct ip_addr *addr, char *ret_name, size_t name_bytes)
{
	pass_gate();
	snprintf(ret_name, name_bytes, "host-%u.test", addr->bytes[3]);
	atomic_fetch_add(&finished, 1);
	return 0;
}

static const struct system_calls calls = {fake_forward, fake_reverse};

static struct loop *loop;
static struct system_resolver *resolver;
static int answers, errors;
static char last[256];

static void note(void *self, const struct resolver_answer *answer)
{
	char text[IP_TEXT_BYTES];

	answers++;
	errors += answer->error == ERROR_NOT_FOUND;
	last[0] = '\0';
	if (answer->addrs_count)
		snprintf(last, sizeof(last), "%zu %s", answer->addrs_count,
			 ip_format(&answer->addrs[0], text));
	if (answer->name)
		snprintf(last, sizeof(last), "%s", answer->name);
}

static int setup(void **state)
{
	answers = errors = 0;
	atomic_store(&running_most, 0);
	atomic_store(&finished, 0);
	assert_int_equal(pipe(gate), 0);
	loop = loop_uv_new();
	assert_non_null(loop);
	return system_resolver_new(loop, &calls, &resolver);
}

static int teardown(void **state)
{
	system_resolver_free(resolver);
	loop_free(loop);
	close(gate[1]); /* lets go whoever still waits */
	while (atomic_load(&running))
		usleep(1000);
	close(gate[0]);
	return 0;
}

static void answers_come_from_the_loop(void **state)
{
	struct system_query *query;
	struct ip_addr addr = ip_v4(0x0a000007);

	open_gate(2);
	assert_int_equal(
		system_resolver_forward(resolver, "a.test", RESOLVE_BOTH, note, NULL, &query), 0);
	loop_run(loop);
	assert_int_equal(answers, 1);
	assert_string_equal(last, "2 10.0.0.1");
	assert_int_equal(system_resolver_reverse(resolver, &addr, note, NULL, &query), 0);
	loop_run(loop);
	assert_string_equal(last, "host-7.test");
}

static void errors_are_passed_on(void **state)
{
	struct system_query *query;

	open_gate(1);
	assert_int_equal(
		system_resolver_forward(resolver, "none.test", RESOLVE_V4, note, NULL, &query), 0);
	loop_run(loop);
	assert_int_equal(errors, 1);
}

static void eight_calls_run_at_once_and_no_more(void **state)
{
	struct system_query *query;
	int i;

	for (i = 0; i < 20; i++)
		assert_int_equal(
			system_resolver_forward(resolver, "a.test", RESOLVE_V4, note, NULL, &query),
			0);
	for (i = 0; i < 5000 && atomic_load(&running) < 8; i++)
		usleep(1000);
	assert_int_equal(atomic_load(&running), 8);
	open_gate(20);
	loop_run(loop);
	assert_int_equal(answers, 20);
	assert_int_equal(atomic_load(&running_most), 8);
}

static void a_cancelled_query_is_not_answered(void **state)
{
	struct system_query *queries[12];
	int i;

	for (i = 0; i < 12; i++)
		system_resolver_forward(resolver, "a.test", RESOLVE_V4, note, NULL, &queries[i]);
	for (i = 0; i < 5000 && atomic_load(&running) < 8; i++)
		usleep(1000);
	system_resolver_cancel(resolver, queries[0]);  /* a thread has it */
	system_resolver_cancel(resolver, queries[11]); /* still waiting */
	open_gate(11);
	loop_run(loop);
	assert_int_equal(answers, 10);
}

static void a_done_query_can_be_cancelled_before_its_answer(void **state)
{
	struct system_query *query;
	int i;

	open_gate(1);
	system_resolver_forward(resolver, "a.test", RESOLVE_V4, note, NULL, &query);
	for (i = 0; i < 5000 && !atomic_load(&finished); i++)
		usleep(1000);
	system_resolver_cancel(resolver, query);
	loop_run(loop);
	assert_int_equal(answers, 0);
}

static void freeing_does_not_wait_for_calls_that_hang(void **state)
{
	struct system_query *query;
	int i;

	for (i = 0; i < 12; i++)
		system_resolver_forward(resolver, "a.test", RESOLVE_V4, note, NULL, &query);
	for (i = 0; i < 5000 && !atomic_load(&running); i++)
		usleep(1000);
	system_resolver_free(resolver);
	resolver = NULL;
	loop_run(loop);
	assert_int_equal(answers, 0);
}

static int use(void *self)
{
	struct system_resolver *own = NULL;
	struct system_query *query;
	int r = system_resolver_new(loop, &calls, &own);

	if (r == 0)
		r = system_resolver_forward(own, "a.test", RESOLVE_V4, note, NULL, &query);
	if (r == 0) {
		open_gate(1);
		loop_run(loop);
	}
	system_resolver_free(own);
	return r;
}

static void memory_may_run_out_anywhere(void **state)
{
	support_each_allocation_fails(use, NULL, 100);
}

static void the_simulated_loop_has_no_threads(void **state)
{
	struct loop *sim = loop_sim_new(0);
	struct system_resolver *own = NULL;
	struct system_query *query;

	assert_int_equal(system_resolver_new(sim, &calls, &own), 0);
	assert_int_equal(system_resolver_forward(own, "a.test", RESOLVE_V4, note, NULL, &query),
			 ERROR_UNSUPPORTED);
	system_resolver_free(own);
	loop_free(sim);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_come_from_the_loop),
		TEST(errors_are_passed_on),
		TEST(eight_calls_run_at_once_and_no_more),
		TEST(a_cancelled_query_is_not_answered),
		TEST(a_done_query_can_be_cancelled_before_its_answer),
		TEST(freeing_does_not_wait_for_calls_that_hang),
		TEST(memory_may_run_out_anywhere),
		TEST(the_simulated_loop_has_no_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
