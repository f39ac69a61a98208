/* The probes of IPv6 OS detection, byte for byte. The golden ones are what Nmap 7.93 sent in a
 * namespace (2026-11-26), but for the hop limit. */
#include "support.h"

#include "detect/os/os6_probes.h"

#include <stdio.h>
#include <string.h>

/* IE1 and U1 without their data, which is all the same byte. */
static const char *const golden[OS6_PROBES] = {
	[OS6_S1] =
		"6001234500280630fd660000000000000000000000000001fd660000000000000000000000000002"
		"aa671f9058f50a4e68a3faa2a0020001b3b3000003030a01020405b4080affffffff000000000402",
	[OS6_S2] =
		"6001234500280630fd660000000000000000000000000001fd660000000000000000000000000002"
		"aa681f9058f50a4f03230594a002003f18400000020405780303000402080affffffff0000000000",
	[OS6_S3] =
		"6001234500280630fd660000000000000000000000000001fd660000000000000000000000000002"
		"aa691f9058f50a506c48f1efa0020004c3ef0000080affffffff0000000001010303050102040280",
	[OS6_S4] =
		"6001234500240630fd660000000000000000000000000001fd660000000000000000000000000002"
		"aa6a1f9058f50a513dcb031c90020004edc600000402080affffffff0000000003030a00",
	[OS6_S5] =
		"6001234500280630fd660000000000000000000000000001fd660000000000000000000000000002"
		"aa6b1f9058f50a5276ba2796a00200107c2f0000020402180402080affffffff0000000003030a00",
	[OS6_S6] =
		"6001234500240630fd660000000000000000000000000001fd660000000000000000000000000002"
		"aa6c1f9058f50a535d4cfb4890020200de0e0000020401090402080affffffff00000000",
	[OS6_IE1] =
		"6001234500880030fd660000000000000000000000000001fd660000000000000000000000000002"
		"3a000104000000008009d89dabcd0000",
	[OS6_IE2] =
		"6001234500280030fd660000000000000000000000000001fd660000000000000000000000000002"
		"3c000104000000002b0001040000000000000000000000003a000104000000008000d91dabcd0001",
	[OS6_NS] =
		"6001234500183afffd660000000000000000000000000001fd660000000000000000000000000002"
		"8700807300000000fd660000000000000000000000000002",
	[OS6_U1] =
		"6001234501341130fd660000000000000000000000000001fd660000000000000000000000000002"
		"aaa2984f0134565a",
	[OS6_TECN] =
		"6001234500200630fd660000000000000000000000000001fd660000000000000000000000000002"
		"aa6d1f9058f50a540000000080c200034547f7f503030a01020405b404020101",
	[OS6_T2] =
		"6001234500280630fd660000000000000000000000000001fd660000000000000000000000000002"
		"aa6e1f9058f50a55bdcf68c0a0000080f489000003030a0102040109080affffffff000000000402",
	[OS6_T3] =
		"6001234500280630fd660000000000000000000000000001fd660000000000000000000000000002"
		"aa6f1f9058f50a567a5c40caa02b01005f46000003030a0102040109080affffffff000000000402",
	[OS6_T4] =
		"6001234500280630fd660000000000000000000000000001fd660000000000000000000000000002"
		"aa701f9058f50a570d5044c8a0100400c56d000003030a0102040109080affffffff000000000402",
	[OS6_T5] =
		"6001234500280630fd660000000000000000000000000001fd660000000000000000000000000002"
		"aa71005158f50a580570fd83a0027a69bd73000003030a0102040109080affffffff000000000402",
	[OS6_T6] =
		"6001234500280630fd660000000000000000000000000001fd660000000000000000000000000002"
		"aa72005158f50a59a5ef87afa01080008d21000003030a0102040109080affffffff000000000402",
	[OS6_T7] =
		"6001234500280630fd660000000000000000000000000001fd660000000000000000000000000002"
		"aa73005158f50a5a8fd372baa029ffff3318000003030f0102040109080affffffff000000000402",
};

static struct os6_base base_of(void)
{
	static const uint32_t acks[OS6_TCP_PROBES] = {
		0x68a3faa2, 0x03230594, 0x6c48f1ef, 0x3dcb031c, 0x76ba2796, 0x5d4cfb48, 0x11111111,
		0xbdcf68c0, 0x7a5c40ca, 0x0d5044c8, 0x0570fd83, 0xa5ef87af, 0x8fd372ba,
	};
	struct os6_base base = {
		.open_tcp = 8080,
		.closed_tcp = 81,
		.udp_port = 0xaaa2,
		.closed_udp = 38991,
		.seq = 0x58f50a4e,
		.hop_limit = 0x30,
	};
	unsigned i;

	assert_true(ip_parse("fd66::1", &base.source));
	assert_true(ip_parse("fd66::2", &base.target));
	memcpy(base.acks, acks, sizeof(acks));
	for (i = 0; i < OS6_TCP_PROBES; i++)
		base.tcp_ports[i] = (uint16_t)(0xaa67 + i);
	return base;
}

static void every_probe_is_golden(void **state)
{
	const struct os6_base base = base_of();
	struct os6_packet made;
	uint8_t bytes[600];
	char hex[1201];
	int probe;

	for (probe = 0; probe < OS6_PROBES; probe++) {
		size_t count, i, data = 0;

		os6_probe_make(&base, (enum os6_probe)probe, &made);
		count = packet_build(&made.packet, bytes, sizeof(bytes));
		if (probe == OS6_IE1 || probe == OS6_U1)
			data = probe == OS6_IE1 ? 120 : 300;
		assert_true(count > data);
		for (i = count - data; i < count; i++)
			assert_int_equal(bytes[i], probe == OS6_IE1 ? 0 : 'C');
		for (i = 0; i < count - data; i++)
			snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
		assert_string_equal(hex, golden[probe]);
	}
}

static void probes_without_a_port_are_left_out(void **state)
{
	struct os6_base base = base_of();

	assert_true(os6_probe_applies(&base, OS6_S1, false));
	assert_true(os6_probe_applies(&base, OS6_T7, false));
	base.open_tcp = -1;
	assert_false(os6_probe_applies(&base, OS6_S6, true));
	assert_false(os6_probe_applies(&base, OS6_TECN, true));
	assert_false(os6_probe_applies(&base, OS6_T4, true));
	assert_true(os6_probe_applies(&base, OS6_T5, true));
	base.closed_tcp = -1;
	assert_false(os6_probe_applies(&base, OS6_T5, true));
	assert_true(os6_probe_applies(&base, OS6_U1, true));
}

static void only_neighbours_are_solicited(void **state)
{
	const struct os6_base base = base_of();

	assert_true(os6_probe_applies(&base, OS6_NS, true));
	assert_false(os6_probe_applies(&base, OS6_NS, false));
}

static void names_are_found(void **state)
{
	int probe, tcp = 0;

	for (probe = 0; probe < OS6_PROBES; probe++) {
		const char *name = os6_probe_name((enum os6_probe)probe);

		assert_int_equal(os6_probe_find(name, strlen(name)), probe);
		if (os6_probe_tcp((enum os6_probe)probe) >= 0)
			assert_int_equal(os6_probe_tcp((enum os6_probe)probe), tcp++);
	}
	assert_int_equal(tcp, OS6_TCP_PROBES);
	assert_int_equal(os6_probe_find("S", 1), -1);
	assert_int_equal(os6_probe_find("T1", 2), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_probe_is_golden),
		cmocka_unit_test(probes_without_a_port_are_left_out),
		cmocka_unit_test(only_neighbours_are_solicited),
		cmocka_unit_test(names_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
