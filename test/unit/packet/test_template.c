#include "packet_fixture.h"

#include "packet/template.h"

static const struct ethernet_header some_ethernet = {
	.dst = {{2, 0, 0, 0, 0, 1}}, .src = {{2, 0, 0, 0, 0, 2}}, .type = 0};

static struct packet_stamp random_stamp(struct random *random, enum ip_family family)
{
	uint64_t a = random_u64(random), b = random_u64(random);

	return (struct packet_stamp){
		.dst = random_addr(random, family),
		.id = (uint16_t)a,
		.ttl = (uint8_t)(a >> 16),
		.src_port = (uint16_t)(a >> 32),
		.dst_port = (uint16_t)(a >> 48),
		.seq = (uint32_t)b,
		.ack = (uint32_t)(b >> 32),
		.rest = (uint32_t)random_u64(random),
	};
}

static struct packet stamped(const struct packet *packet, const struct packet_stamp *stamp)
{
	struct packet result = *packet;

	result.ip.dst = stamp->dst;
	result.ip.id = stamp->id;
	result.ip.ttl = stamp->ttl;
	if (packet->kind == PACKET_TCP) {
		result.tcp.src_port = stamp->src_port;
		result.tcp.dst_port = stamp->dst_port;
		result.tcp.seq = stamp->seq;
		result.tcp.ack = stamp->ack;
	} else if (packet->kind == PACKET_UDP) {
		result.udp.src_port = stamp->src_port;
		result.udp.dst_port = stamp->dst_port;
	} else {
		result.icmp.rest = stamp->rest;
	}
	return result;
}

static void compare(const struct packet_template *template, const struct packet *packet,
		    const struct packet_stamp *stamp, size_t link_bytes)
{
	static uint8_t built[PACKET_TEMPLATE_BYTES];
	struct packet wanted = stamped(packet, stamp);
	size_t count = packet_build(&wanted, built, sizeof(built));
	uint8_t *out = malloc(count + link_bytes);

	assert_true(count);
	assert_int_equal(packet_template_bytes(template), count + link_bytes);
	assert_int_equal(packet_template_stamp(template, stamp, out), count + link_bytes);
	assert_memory_equal(out + link_bytes, built, count);
	if (link_bytes) {
		assert_memory_equal(out, some_ethernet.dst.bytes, 6);
		assert_memory_equal(out + 6, some_ethernet.src.bytes, 6);
		assert_memory_equal(out + 12,
				    packet->ip.src.family == IP_V4 ? "\x08\0" : "\x86\xdd", 2);
	}
	free(out);
}

static void a_stamped_packet_is_what_packet_build_gives(void **state)
{
	static const enum packet_kind kinds[] = {PACKET_TCP, PACKET_UDP, PACKET_ICMP,
						 PACKET_ICMPV6};
	static uint8_t payload[300];
	static struct packet_template template;
	struct packet packet;
	struct random random;

	random_init(&random, 11);
	for (int round = 0; round < 3000; round++) {
		enum ip_family family = random_below(&random, 2) ? IP_V6 : IP_V4;
		const struct ethernet_header *ethernet = round % 3 ? &some_ethernet : NULL;
		enum packet_kind kind = kinds[round % 4];

		if (!kind_suits(kind, family))
			continue;
		random_packet(&random, kind, family, payload, round % 5 ? 20 : 300, &packet);
		packet.bad_sum = random_below(&random, 8) == 0;
		assert_true(packet_template_init(&template, &packet, ethernet));
		for (int copy = 0; copy < 30; copy++) {
			struct packet_stamp stamp = random_stamp(&random, family);

			compare(&template, &packet, &stamp, ethernet ? 14 : 0);
		}
	}
}

/* All checksums there are come up: one port runs through all values. */
static void sums_near_zero_are_the_same_too(void **state)
{
	static struct packet_template template;
	struct packet packet = {.ip = {.src = ip_v4(0x0a000001), .dst = ip_v4(0x0a000002)}};
	struct packet_stamp stamp = {.dst = packet.ip.dst};

	for (int round = 0; round < 4; round++) {
		packet.kind = round % 2 ? PACKET_UDP : PACKET_TCP;
		packet.bad_sum = round / 2;
		assert_true(packet_template_init(&template, &packet, NULL));
		for (unsigned port = 0; port < 65536; port++) {
			stamp.dst_port = stamp.id = (uint16_t)port;
			compare(&template, &packet, &stamp, 0);
		}
	}
}

static void what_has_no_template_is_refused(void **state)
{
	static uint8_t payload[PACKET_TEMPLATE_BYTES];
	static struct packet_template template;
	struct packet packet = {
		.ip = {.src = ip_v4(1), .dst = ip_v4(2)}, .kind = PACKET_SCTP, .payload = payload};

	assert_false(packet_template_init(&template, &packet, NULL));
	packet.kind = PACKET_OTHER;
	assert_false(packet_template_init(&template, &packet, NULL));
	packet.kind = PACKET_ICMPV6; /* in IPv4 */
	assert_false(packet_template_init(&template, &packet, NULL));
	packet.kind = PACKET_UDP;
	packet.payload_bytes = PACKET_TEMPLATE_BYTES - 28;
	assert_true(packet_template_init(&template, &packet, NULL));
	assert_false(packet_template_init(&template, &packet, &some_ethernet));
	packet.payload_bytes -= 14;
	assert_true(packet_template_init(&template, &packet, &some_ethernet));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stamped_packet_is_what_packet_build_gives),
		cmocka_unit_test(sums_near_zero_are_the_same_too),
		cmocka_unit_test(what_has_no_template_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
