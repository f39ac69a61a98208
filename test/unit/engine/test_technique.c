/* The contract every registered technique keeps. */
#include "support.h"

#include "engine/technique.h"

#include <string.h>

static void descriptors_are_complete_and_distinct(void **state)
{
	size_t count, i, j;
	const struct scan_technique *const *all = technique_all(&count);

	assert_true(count > 0);
	for (i = 0; i < count; i++) {
		assert_non_null(all[i]->help);
		assert_non_null(all[i]->task);
		assert_non_null(all[i]->scaninfo);
		assert_int_not_equal(all[i]->on_silence.state, PORT_UNKNOWN);
		assert_ptr_equal(technique_by_letter(all[i]->letter), all[i]);
		assert_ptr_equal(technique_by_name(all[i]->name), all[i]);
		for (j = 0; j < i; j++) {
			assert_true(all[j]->order < all[i]->order);
			assert_string_not_equal(all[i]->name, all[j]->name);
		}
	}
	assert_null(technique_by_letter('?'));
	assert_null(technique_by_name("no such"));
}

static void connect_means_what_the_kernel_says(void **state)
{
	static const struct {
		struct flow_event event;
		enum port_state state;
		enum reason reason;
	} cases[] = {
		{{.kind = FLOW_CONNECTED}, PORT_OPEN, REASON_SYN_ACK},
		{{.kind = FLOW_CLOSED, .end = FLOW_END_REFUSED}, PORT_CLOSED, REASON_CONN_REFUSED},
		{{.kind = FLOW_CLOSED, .end = FLOW_END_HOST_UNREACH},
		 PORT_FILTERED,
		 REASON_HOST_UNREACH},
		{{.kind = FLOW_CLOSED, .end = FLOW_END_NET_UNREACH},
		 PORT_FILTERED,
		 REASON_NET_UNREACH},
		{{.kind = FLOW_CLOSED, .end = FLOW_END_PROHIBITED},
		 PORT_FILTERED,
		 REASON_ADMIN_PROHIBITED},
		{{.kind = FLOW_CLOSED, .end = FLOW_END_NO_PROTO},
		 PORT_FILTERED,
		 REASON_PROTO_UNREACH},
	};
	const struct scan_technique *connect = technique_by_letter('T');
	struct flow_event silent = {.kind = FLOW_CLOSED, .end = FLOW_END_DEADLINE};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct verdict verdict = connect->judge_flow(&cases[i].event);

		assert_int_equal(verdict.state, cases[i].state);
		assert_int_equal(verdict.reason, cases[i].reason);
	}
	assert_int_equal(connect->judge_flow(&silent).state, PORT_UNKNOWN);
	assert_int_equal(connect->on_silence.state, PORT_FILTERED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptors_are_complete_and_distinct),
		cmocka_unit_test(connect_means_what_the_kernel_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
