/* Packets byte by byte. Wireshark 4.0.17 was shown each of them: it reads the headers
 * as they are written here, and finds all checksums right (tshark -V, with
 * ip, tcp and udp.check_checksum, and sctp.checksum "CRC 32c" or "Adler 32"). */
#include "packet_fixture.h"

#include "packet/ethernet.h"

static struct ip_addr text_addr(const char *text)
{
	struct ip_addr addr;

	assert_true(ip_parse(text, &addr));
	return addr;
}

static struct packet of_v4(enum packet_kind kind, const char *payload, size_t count)
{
	return (struct packet){
		.ip = {.src = text_addr("10.0.0.1"),
		       .dst = text_addr("10.0.0.2"),
		       .ttl = 64,
		       .id = 0x1234},
		.kind = kind,
		.payload = (const uint8_t *)payload,
		.payload_bytes = count,
	};
}

static struct packet of_v6(enum packet_kind kind, const char *payload, size_t count)
{
	struct packet packet = of_v4(kind, payload, count);

	packet.ip.src = text_addr("fd00::1");
	packet.ip.dst = text_addr("fd00::2");
	packet.ip.tos = 0xb8;
	packet.ip.flow_label = 0xabcde;
	return packet;
}

static void built_is(const struct packet *packet, const char *hex)
{
	uint8_t out[300], wanted[300];
	size_t count = packet_build(packet, out, sizeof(out));
	size_t wanted_count = unhex(hex, wanted);

	assert_int_equal(count, wanted_count);
	assert_memory_equal(out, wanted, count);
}

static void add_tcp(struct packet *packet)
{
	packet->tcp = (struct tcp_header){.src_port = 40000,
					  .dst_port = 443,
					  .seq = 0x11223344,
					  .flags = TCP_SYN,
					  .window = 1024};
	tcp_add_mss(&packet->tcp, 1460);
}

static void tcp_packets(void **state)
{
	struct packet packet = of_v4(PACKET_TCP, NULL, 0);

	add_tcp(&packet);
	built_is(&packet, "4500002c12340000400654960a0000010a0000029c4001bb1122334400000000"
			  "600204009dc20000020405b4");
	packet = of_v4(PACKET_TCP, "hello", 5);
	add_tcp(&packet);
	packet.ip.dont_fragment = true;
	packet.ip.tos = 0x10;
	packet.ip.options_bytes = 8; /* record route, one place; end */
	unhex("07070400000000 00", packet.ip.options);
	packet.tcp.flags = TCP_PSH | TCP_ACK | TCP_URG | TCP_ECE | TCP_CWR;
	packet.tcp.ack = 0x55667788;
	packet.tcp.urgent = 3;
	packet.tcp.reserved = 1;
	built_is(&packet, "4710003912344000400607720a0000010a00000207070400000000009c4001bb"
			  "112233445566778861f804008b030003020405b468656c6c6f");
	packet = of_v6(PACKET_TCP, NULL, 0);
	add_tcp(&packet);
	built_is(&packet, "6b8abcde00180640fd000000000000000000000000000001fd00000000000000"
			  "00000000000000029c4001bb112233440000000060020400b7c00000020405b4");
}

static void udp_packets(void **state)
{
	struct packet packet = of_v4(PACKET_UDP, "abc", 3);

	packet.udp = (struct udp_header){.src_port = 40000, .dst_port = 53};
	built_is(&packet, "4500001f12340000401154980a0000010a0000029c400035000b8afd616263");
	packet = of_v6(PACKET_UDP, "abc", 3);
	packet.udp = (struct udp_header){.src_port = 40000, .dst_port = 53};
	built_is(&packet, "6b8abcde000b1140fd000000000000000000000000000001fd00000000000000"
			  "00000000000000029c400035000ba4fb616263");
}

static void sctp_packets(void **state)
{
	static const char init[] = "\x01\x02\x03\x04\0\0\x80\0\0\x0a\x08\0\x05\x06\x07\x08";
	struct packet packet = of_v4(PACKET_SCTP, init, 16);

	packet.sctp =
		(struct sctp_header){.src_port = 40000, .dst_port = 2905, .chunk_type = SCTP_INIT};
	built_is(&packet, "4500003412340000408454100a0000010a0000029c400b59000000007e305dba"
			  "010000140102030400008000000a080005060708");
	packet = of_v6(PACKET_SCTP, "abcde", 5);
	packet.sctp = (struct sctp_header){.src_port = 40000,
					   .dst_port = 2905,
					   .vtag = 0x01020304,
					   .chunk_type = SCTP_COOKIE_ECHO};
	built_is(&packet, "6b8abcde00188440fd000000000000000000000000000001fd00000000000000"
			  "00000000000000029c400b5901020304964977130a0000096162636465000000");
	packet.adler32 = true;
	built_is(&packet, "6b8abcde00188440fd000000000000000000000000000001fd00000000000000"
			  "00000000000000029c400b590102030429c4034d0a0000096162636465000000");
}

static void icmp_packets(void **state)
{
	static const char zeros[12];
	struct packet packet = of_v4(PACKET_ICMP, "ping!", 5);

	packet.icmp = (struct icmp_header){ICMP_ECHO, 0, 0xbeef0001};
	built_is(&packet, "4500002112340000400154a60a0000010a0000020800393ebeef000170696e67"
			  "21");
	packet = of_v4(PACKET_ICMP, zeros, 12);
	packet.icmp = (struct icmp_header){ICMP_TIMESTAMP, 0, 0xbeef0002};
	built_is(&packet, "45000028123400004001549f0a0000010a0000020d00340ebeef000200000000"
			  "0000000000000000");
	packet = of_v4(PACKET_ICMP, zeros, 4);
	packet.icmp = (struct icmp_header){ICMP_MASK, 0, 0xbeef0003};
	built_is(&packet, "4500002012340000400154a70a0000010a0000021100300dbeef000300000000");
	packet = of_v6(PACKET_ICMPV6, "ping!", 5);
	packet.icmp = (struct icmp_header){ICMPV6_ECHO, 0, 0xbeef0004};
	built_is(&packet, "6b8abcde000d3a40fd000000000000000000000000000001fd00000000000000"
			  "00000000000000028000c6eebeef000470696e6721");
	packet = of_v4(PACKET_IGMP, NULL, 0);
	packet.ip.ttl = 1;
	packet.icmp = (struct icmp_header){0x11, 100, 0}; /* a general query */
	packet.ip.dst = text_addr("224.0.0.1");
	built_is(&packet, "4500001c123400000102bdaa0a000001e00000011164ee9b00000000");
}

static void a_fragment_of_ipv6(void **state)
{
	struct packet packet = of_v6(PACKET_OTHER, "0123456789abcdef", 16);

	packet.ip.protocol = PROTOCOL_UDP;
	packet.ip.fragment_offset = 1448;
	packet.ip.more_fragments = true;
	built_is(&packet, "6b8abcde00182c40fd000000000000000000000000000001fd00000000000000"
			  "0000000000000002110005a90000123430313233343536373839616263646566");
}

static void a_neighbour_solicitation(void **state)
{
	const struct mac_addr own = {{2, 0, 0, 0, 0, 1}};
	struct ip_addr from = text_addr("fd00::1"), to = text_addr("fd00::12:3456");
	uint8_t frame[ND_FRAME_BYTES], wanted[300];
	size_t count = nd_build_solicitation(&own, &from, &to, frame, sizeof(frame));

	assert_int_equal(unhex("6000000000203afffd000000000000000000000000000001ff02000000000000"
			       "00000001ff123456870014cb00000000fd000000000000000000000000123456"
			       "0101020000000001",
			       wanted),
			 count - 14);
	assert_memory_equal(frame + 14, wanted, count - 14);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp_packets),        cmocka_unit_test(udp_packets),
		cmocka_unit_test(sctp_packets),       cmocka_unit_test(icmp_packets),
		cmocka_unit_test(a_fragment_of_ipv6), cmocka_unit_test(a_neighbour_solicitation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
