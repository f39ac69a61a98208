/* The packets of IPv4 OS detection, byte for byte (os-detection.md A2, A3). The golden file
 * was written from that table by other means than our own code. */
#include "support.h"

#include "detect/os/os4_probes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[OS4_PROBES] = {
	"SEQ1", "SEQ2", "SEQ3", "SEQ4", "SEQ5", "SEQ6", "IE1", "IE2", "U1", "OPS1", "OPS2", "OPS3",
	"OPS4", "OPS5", "OPS6", "ECN",  "T1",   "T2",   "T3",  "T4",  "T5", "T6",   "T7",
};

static struct os4_values values_of_test(void)
{
	struct os4_values values = {
		.seq = 0xfffffffe,
		.ack = 0x89abcdef,
		.echo_id = 0xffff,
		.udp_ttl = 55,
		.open = 80,
		.closed = 81,
		.closed_udp = 33333,
	};
	unsigned i;

	for (i = 0; i < OS4_PORTS; i++)
		values.src_port[i] = (uint16_t)(40000 + i);
	return values;
}

static void as_hex(enum os4_probe probe, char *text)
{
	const struct os4_values values = values_of_test();
	struct packet packet;
	uint8_t bytes[400];
	size_t count, i;

	os4_probe_build(probe, &values, &packet);
	packet.ip.src = ip_v4(0x0a000001);
	packet.ip.dst = ip_v4(0x0a000002);
	/* What is left to the sender. */
	packet.ip.ttl = packet.ip.ttl ? packet.ip.ttl : 40;
	packet.ip.id = packet.ip.id ? packet.ip.id : 0x1234;
	count = packet_build(&packet, bytes, sizeof(bytes));
	assert_true(count > 0);
	for (i = 0; i < count; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

static void all_probes_are_what_the_table_says(void **state)
{
	size_t bytes;
	char *golden = support_read_file("test/golden/os4_probes.txt", &bytes), *save = NULL;
	const char *line = strtok_r(golden, "\n", &save);
	char text[900], expected[1000];
	int probe;

	(void)state;
	for (probe = 0; probe < OS4_PROBES; probe++) {
		assert_non_null(line);
		as_hex((enum os4_probe)probe, text);
		snprintf(expected, sizeof(expected), "%s %s", names[probe], text);
		assert_string_equal(line, expected);
		line = strtok_r(NULL, "\n", &save);
	}
	assert_null(line);
	free(golden);
}

static void every_probe_with_ports_has_one_of_its_own(void **state)
{
	bool taken[OS4_PORTS] = {false};
	int probe;

	(void)state;
	for (probe = 0; probe < OS4_PROBES; probe++) {
		unsigned place = os4_probe_place((enum os4_probe)probe);

		if (os4_probe_to((enum os4_probe)probe) == OS4_TO_NONE) {
			assert_int_equal(place, OS4_PORTS);
			continue;
		}
		assert_true(place < OS4_PORTS && !taken[place]);
		taken[place] = true;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_probes_are_what_the_table_says),
		cmocka_unit_test(every_probe_with_ports_has_one_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
