#include "support.h"

#include "engine/target_rules.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

static const struct port_list_request request = {.transports = 1u << TRANSPORT_TCP,
						 .prefixes = true};

static struct target_rules *get(struct target_rules_memory *memory, const char *text)
{
	struct target_rules *rules;
	struct diag diag;

	if (target_rules_get(memory, text, &request, &rules, &diag) < 0)
		fail_msg("%s: %s", text, diag.text);
	return rules;
}

static void equal_rules_are_one_copy(void **state)
{
	struct target_rules_memory *memory = target_rules_memory_new(1);
	struct target_rules *a = get(memory, "22,80"), *b = get(memory, "22,80"),
			    *c = get(memory, "443");

	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, c);
	assert_int_equal(a->ports.of[TRANSPORT_TCP].count, 2);
	target_rules_unref(a);
	target_rules_unref(b);
	target_rules_memory_free(memory);
	/* The last reference keeps them. */
	assert_true(portset_has(&c->ports.of[TRANSPORT_TCP], 443));
	target_rules_unref(c);
}

/* More than are kept: the oldest are given back when no one uses them. */
static void only_so_many_are_kept(void **state)
{
	struct target_rules_memory *memory = target_rules_memory_new(1);
	struct target_rules *held = get(memory, "1"), *rules;
	char text[16];
	int i;

	for (i = 2; i < 4 * TARGET_RULES_KEPT; i++) {
		snprintf(text, sizeof(text), "%d", i);
		rules = get(memory, text);
		assert_true(portset_has(&rules->ports.of[TRANSPORT_TCP], (uint16_t)i));
		target_rules_unref(rules);
	}
	assert_int_equal(held->refs, 1);
	rules = get(memory, "1");
	assert_ptr_not_equal(rules, held);
	target_rules_unref(rules);
	rules = get(memory, text);
	assert_int_equal(rules->refs, 2);
	target_rules_unref(rules);
	target_rules_unref(held);
	target_rules_memory_free(memory);
	target_rules_memory_free(NULL);
	target_rules_unref(NULL);
}

static void wrong_rules_say_why(void **state)
{
	struct target_rules_memory *memory = target_rules_memory_new(1);
	struct target_rules *rules;
	struct diag diag = {0};

	assert_true(target_rules_get(memory, "70000", &request, &rules, &diag) < 0);
	assert_true(diag.text[0] != '\0');
	target_rules_memory_free(memory);
}

static int get_some(void *self)
{
	struct target_rules_memory *memory = target_rules_memory_new(1);
	struct target_rules *rules;
	char text[16];
	int i, r = 0;

	if (!memory)
		return ERROR_MEMORY;
	for (i = 1; i < TARGET_RULES_KEPT + 5 && r == 0; i++) {
		snprintf(text, sizeof(text), "%d", i);
		r = target_rules_get(memory, text, &request, &rules, NULL);
		if (r == 0)
			target_rules_unref(rules);
	}
	target_rules_memory_free(memory);
	return r;
}

static void memory_may_be_short(void **state)
{
	support_each_allocation_fails(get_some, NULL, 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_rules_are_one_copy),
		cmocka_unit_test(only_so_many_are_kept),
		cmocka_unit_test(wrong_rules_say_why),
		cmocka_unit_test(memory_may_be_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
