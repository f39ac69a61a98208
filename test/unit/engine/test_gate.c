#include "support.h"

#include "engine/gate.h"
#include "util/error.h"

static void excluded_addresses_are_refused_and_counted(void **state)
{
	struct addrset *excludes = addrset_new();
	struct gate gate = {.excludes = excludes};
	struct ip_addr in = ip_v4(0x0a000005), out = ip_v4(0x0a000006);

	assert_int_equal(addrset_add(excludes, &in), 0);
	assert_int_equal(gate_check(&gate, &in, TRANSPORT_TCP, 80, false), ERROR_EXCLUDED);
	assert_int_equal(gate_check(&gate, &in, TRANSPORT_UDP, 53, true), ERROR_EXCLUDED);
	assert_int_equal(gate_check(&gate, &out, TRANSPORT_TCP, 80, false), 0);
	assert_int_equal(gate.refused, 2);
	assert_int_equal(gate.passed, 1);
	addrset_free(excludes);
}

static void printers_may_be_connected_to_but_not_written_to(void **state)
{
	struct gate gate = {0};
	struct ip_addr to = ip_v4(0x0a000005);

	assert_int_equal(gate_check(&gate, &to, TRANSPORT_TCP, 9099, true), 0);
	assert_int_equal(gate_check(&gate, &to, TRANSPORT_TCP, 9100, true), ERROR_EXCLUDED);
	assert_int_equal(gate_check(&gate, &to, TRANSPORT_TCP, 9107, true), ERROR_EXCLUDED);
	assert_int_equal(gate_check(&gate, &to, TRANSPORT_TCP, 9108, true), 0);
	assert_int_equal(gate_check(&gate, &to, TRANSPORT_TCP, 9100, false), 0);
	assert_int_equal(gate_check(&gate, &to, TRANSPORT_UDP, 9100, true), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(excluded_addresses_are_refused_and_counted),
		cmocka_unit_test(printers_may_be_connected_to_but_not_written_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
