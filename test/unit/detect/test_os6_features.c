/* What replies become: the 695 features (os-detection.md B2). */
#include "support.h"

#include "detect/os/os6_features.h"

#include <stdio.h>
#include <string.h>

static struct os6_print print;
static struct os6_features features;

static const struct os6_manner all_asked = {
	.has_distance = true,
	.distance = 1,
	.distance_by = 'D',
	.asked = {true, true, true, true, true, true, true, true, true, true, true, true, true,
		  true, true, true, true},
};

static double value(const char *wanted)
{
	char name[64];
	unsigned i;

	for (i = 0; i < OS6_FEATURES; i++) {
		os6_feature_name(i, name, sizeof(name));
		if (strcmp(name, wanted) == 0)
			return features.values[i];
	}
	fail_msg("there is no feature %s", wanted);
	return 0;
}

static bool asked(const char *wanted)
{
	char name[64];
	unsigned i;

	for (i = 0; i < OS6_FEATURES; i++) {
		os6_feature_name(i, name, sizeof(name));
		if (strcmp(name, wanted) == 0)
			return features.asked[i];
	}
	fail_msg("there is no feature %s", wanted);
	return false;
}

static struct packet begin(uint8_t hop_limit)
{
	struct packet packet = {.ip.ttl = hop_limit};

	assert_true(ip_parse("fd66::2", &packet.ip.src));
	assert_true(ip_parse("fd66::1", &packet.ip.dst));
	return packet;
}

static void answer_tcp(enum os6_probe probe, uint32_t seq, uint64_t sent_us, const char *options,
		       uint8_t bytes)
{
	struct packet packet = begin(64);

	packet.kind = PACKET_TCP;
	packet.tcp = (struct tcp_header){
		.seq = seq, .flags = TCP_SYN | TCP_ACK, .window = 64800, .options_bytes = bytes};
	memcpy(packet.tcp.options, options, bytes);
	os6_print_note(&print, probe, &packet, sent_us, sent_us + 10);
}

static void answer_icmp(enum os6_probe probe, uint8_t type, uint8_t code, uint8_t hop_limit)
{
	struct packet packet = begin(hop_limit);

	packet.kind = PACKET_ICMPV6;
	packet.ip.tos = 0xc0;
	packet.icmp = (struct icmp_header){.type = type, .code = code};
	os6_print_note(&print, probe, &packet, 1, 2);
}

static void make(const struct os6_manner *manner)
{
	os6_features_make(&print, manner, &features);
	memset(&print, 0, sizeof(print));
}

static void every_feature_has_its_own_name(void **state)
{
	static char names[OS6_FEATURES][64];
	unsigned i, k;

	for (i = 0; i < OS6_FEATURES; i++) {
		os6_feature_name(i, names[i], sizeof(names[i]));
		assert_true(*names[i]);
		for (k = 0; k < i; k++)
			assert_string_not_equal(names[i], names[k]);
	}
	os6_feature_name(OS6_FEATURES, names[0], sizeof(names[0]));
	assert_string_equal(names[0], "");
	assert_string_equal(names[51], "isn-rate");
	assert_string_equal(names[52], "S1.window");
	assert_string_equal(names[689], "IE1.type");
}

static void silence_is_unknown(void **state)
{
	unsigned i;

	make(&all_asked);
	for (i = 0; i < OS6_FEATURES; i++)
		assert_true(features.values[i] == -1);
}

static void a_syn_ack_is_read(void **state)
{
	answer_tcp(OS6_S2, 1, 0,
		   "\x02\x04\x05\xa0\x04\x02\x08\x0a\1\2\3\4\xff\xff\xff\xff\1\3\3\x0a", 20);
	make(&all_asked);
	assert_true(value("S2.payload-bytes") == 40);
	assert_true(value("S2.traffic-class") == 0);
	assert_true(value("S2.hop-limit") == 64);
	assert_true(value("S2.window") == 64800);
	assert_true(value("S2.fin") == 0 && value("S2.syn") == 1 && value("S2.rst") == 0);
	assert_true(value("S2.ack") == 1 && value("S2.resb") == 0);
	assert_true(value("S2.option-0") == 2 && value("S2.option-bytes-0") == 4);
	assert_true(value("S2.option-1") == 4 && value("S2.option-2") == 8);
	assert_true(value("S2.option-bytes-2") == 10);
	assert_true(value("S2.option-3") == 1 && value("S2.option-bytes-3") == 1);
	assert_true(value("S2.option-4") == 3 && value("S2.option-5") == -1);
	assert_true(value("S2.mss") == 1440 && value("S2.sack") == 1 && value("S2.scale") == 10);
	assert_true(value("S2.window-per-mss") == 45);
	assert_true(value("S1.window") == -1 && value("isn-rate") == -1);
	assert_true(os6_feature_is_syn_ack(&features, OS6_S2));
	assert_false(os6_feature_is_syn_ack(&features, OS6_S1));
}

static void reserved_bits_are_flags_too(void **state)
{
	struct packet packet = begin(64);

	packet.kind = PACKET_TCP;
	packet.tcp = (struct tcp_header){.reserved = 9, .flags = TCP_RST | TCP_CWR};
	os6_print_note(&print, OS6_T7, &packet, 0, 0);
	make(&all_asked);
	assert_true(value("T7.res8") == 1 && value("T7.res9") == 0 && value("T7.resb") == 1);
	assert_true(value("T7.rst") == 1 && value("T7.cwr") == 1 && value("T7.ece") == 0);
}

static void a_seventeenth_option_is_not_read(void **state)
{
	answer_tcp(OS6_S1, 1, 0, "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\2\4\5\xb4", 20);
	make(&all_asked);
	assert_true(value("S1.option-15") == 1 && value("S1.mss") == -1);
}

static void a_malformed_option_ends_the_list(void **state)
{
	answer_tcp(OS6_S1, 1, 0, "\1\2\x14\5\xb4\3\3\1", 8);
	make(&all_asked);
	assert_true(value("S1.option-0") == 1 && value("S1.option-1") == -1);
	assert_true(value("S1.mss") == -1 && value("S1.scale") == -1);
	answer_tcp(OS6_S1, 1, 0, "\2\0\5\xb4", 4);
	make(&all_asked);
	assert_true(value("S1.option-0") == -1);
}

/* Differences go around 2^32, and time is that of sending. */
static void the_rate_of_sequence_numbers(void **state)
{
	answer_tcp(OS6_S1, 0xffffff00, 1000, "", 0);
	answer_tcp(OS6_S3, 0x00000100, 201000, "", 0);
	answer_tcp(OS6_S6, 0x00000300, 501000, "", 0);
	make(&all_asked);
	assert_true(value("isn-rate") == 1024 / 0.5);
}

static double hop_limit_of(uint8_t seen, char by, int32_t distance)
{
	struct os6_manner manner = all_asked;

	manner.distance_by = by;
	manner.has_distance = by != 0;
	manner.distance = distance;
	answer_icmp(OS6_IE1, ICMPV6_ECHO_REPLY, 9, seen);
	make(&manner);
	return value("IE1.hop-limit");
}

static void hop_limits_are_classes(void **state)
{
	assert_true(hop_limit_of(64, 'D', 1) == 64);
	assert_true(hop_limit_of(59, 'D', 1) == 64);
	assert_true(hop_limit_of(58, 'D', 1) == -1);
	assert_true(hop_limit_of(58, 'I', 3) == 64);
	assert_true(hop_limit_of(58, 'L', 0) == -1);
	assert_true(hop_limit_of(44, 0, 0) == 64);
	assert_true(hop_limit_of(43, 0, 0) == -1);
	assert_true(hop_limit_of(255, 'D', 1) == 255);
	assert_true(hop_limit_of(200, 'D', 1) == -1);
	assert_true(hop_limit_of(128, 0, 0) == 128);
}

static void icmp_types_and_codes(void **state)
{
	answer_icmp(OS6_IE1, ICMPV6_ECHO_REPLY, 9, 64);
	answer_icmp(OS6_IE2, ICMPV6_PARAMETER_PROBLEM, 1, 64);
	answer_icmp(OS6_U1, ICMPV6_UNREACHABLE, 4, 64);
	make(&all_asked);
	assert_true(value("IE1.type") == 129 && value("IE1.code") == 9);
	assert_true(value("IE2.type") == 4 && value("IE2.code") == 1);
	assert_true(value("NS.type") == -1);
	assert_true(value("U1.traffic-class") == 0xc0 && value("U1.payload-bytes") == 8);
}

/* An ICMPv6 error for a SYN has none of TCP's features. */
static void an_error_is_no_tcp(void **state)
{
	answer_icmp(OS6_S1, ICMPV6_UNREACHABLE, 1, 64);
	make(&all_asked);
	assert_true(value("S1.payload-bytes") == 8 && value("S1.window") == -1);
	assert_true(value("S1.rst") == -1);
}

static void what_was_not_asked_is_marked(void **state)
{
	struct os_scan_line scan = {.open_tcp = OS_NONE, .closed_tcp = 81, .distance_by = 'I'};
	struct os6_manner manner = os6_manner_of(&scan);

	make(&manner);
	assert_false(asked("S1.window") || asked("isn-rate") || asked("T2.mss"));
	assert_false(asked("TECN.hop-limit") || asked("NS.type") || asked("NS.hop-limit"));
	assert_true(asked("T5.window") && asked("IE1.type") && asked("U1.hop-limit"));
	scan.open_tcp = 80;
	scan.closed_tcp = OS_NONE;
	scan.distance_by = 'D';
	manner = os6_manner_of(&scan);
	make(&manner);
	assert_true(asked("S1.window") && asked("isn-rate") && asked("NS.type"));
	assert_false(asked("T7.window"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_feature_has_its_own_name),
		cmocka_unit_test(silence_is_unknown),
		cmocka_unit_test(a_syn_ack_is_read),
		cmocka_unit_test(reserved_bits_are_flags_too),
		cmocka_unit_test(a_seventeenth_option_is_not_read),
		cmocka_unit_test(a_malformed_option_ends_the_list),
		cmocka_unit_test(the_rate_of_sequence_numbers),
		cmocka_unit_test(hop_limits_are_classes),
		cmocka_unit_test(icmp_types_and_codes),
		cmocka_unit_test(an_error_is_no_tcp),
		cmocka_unit_test(what_was_not_asked_is_marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
