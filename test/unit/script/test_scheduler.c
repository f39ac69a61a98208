#include "machine_fixture.h"

static const struct script_machine_config plain;
static const struct script_limits limits = {.quota = {.memory_bytes = 16 << 20}};

#define SAYS(body, expected)                                             \
	do {                                                             \
		struct fixture fixture;                                  \
                                                                         \
		assert_int_equal(fixture_open(&fixture, &plain, &limits), 0); \
		fixture_do(&fixture, body);                              \
		if (strcmp(fixture.said, expected))                      \
			fail_msg("%d: %s [%s]", __LINE__, fixture.said, fixture.text); \
		fixture_close(&fixture);                                 \
	} while (0)

static void action_gives_its_result(void **state)
{
	SAYS("return 'hello'", "s: hello\n");
	SAYS("return SCRIPT_NAME .. SCRIPT_TYPE .. SCRIPT_PATH", "s: sprerules.nse\n");
	SAYS("return debug.getinfo(1, 'S').short_src .. debug.getinfo(1, 'l').currentline",
	     "s: s.nse1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(action_gives_its_result),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
