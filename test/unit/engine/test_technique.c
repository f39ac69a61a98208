/* The contract every registered technique keeps, and what each answer means. */
#include "support.h"

#include "engine/technique.h"

#include <string.h>

#define COOKIE 0x5eed1234u

static void each_technique(void (*body)(const struct scan_technique *technique))
{
	size_t count, i;
	const struct scan_technique *const *all = technique_all(&count);

	for (i = 0; i < count; i++)
		body(all[i]);
	all = ping_all(&count);
	for (i = 0; i < count; i++)
		body(all[i]);
}

static void check_descriptor(const struct scan_technique *technique)
{
	assert_non_null(technique->help);
	assert_non_null(technique->task);
	assert_int_not_equal(technique->on_silence.state, PORT_UNKNOWN);
	assert_int_not_equal(technique->on_silence.state, PORT_OPEN);
	assert_ptr_equal(technique_by_name(technique->name), technique);
	assert_int_equal(!technique->judge_flow, technique->probe != PROBE_FLOW);
	if (technique->probe == PROBE_FLOW || technique->idle) {
		assert_null(technique->build);
		assert_null(technique->judge);
		return;
	}
	assert_non_null(technique->judge);
	assert_int_equal(!technique->build, technique->probe == PROBE_NEIGHBOUR);
}

static void descriptors_are_complete(void **state)
{
	each_technique(check_descriptor);
	assert_null(technique_by_letter('?'));
	assert_null(technique_by_letter(0));
	assert_null(technique_by_name("no such"));
}

static void scans_are_distinct_and_in_order(void **state)
{
	size_t count, i, j;
	const struct scan_technique *const *all = technique_all(&count);

	assert_int_equal(count, 13);
	for (i = 0; i < count; i++) {
		if (all[i]->letter)
			assert_ptr_equal(technique_by_letter(all[i]->letter), all[i]);
		/* nmap.dtd knows no scaninfo of idle scans, and Nmap writes none. */
		assert_int_equal(!all[i]->scaninfo, all[i]->idle);
		for (j = 0; j < i; j++) {
			assert_true(all[j]->order < all[i]->order);
			assert_int_not_equal(all[j]->scaninfo_order, all[i]->scaninfo_order);
		}
	}
}

/* formats.md 4.3, and SC-19 by letters. */
static void the_two_orders_are_those_of_nmap(void **state)
{
	static const char *const scaninfos[] = {"syn",  "ack",      "connect",        "null",
						"xmas", "window",   "maimon",         "fin",
						"udp",  "sctpinit", "sctpcookieecho", "ipproto"};
	size_t count, i, j, place;
	const struct scan_technique *const *all = technique_all(&count);

	for (i = 0; i < 12; i++)
		assert_int_equal(all[i]->letter, "SAWFXNMUTYZO"[i]);
	assert_true(all[12]->idle);
	for (i = 0; i < 12; i++) {
		for (j = 0, place = 0; j < 12; j++)
			place += all[j]->scaninfo_order < all[i]->scaninfo_order;
		assert_string_equal(all[i]->scaninfo, scaninfos[place]);
	}
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

/* A probe as bytes, and as what they parse to. */
struct probe_bytes {
	uint8_t scratch[PROBE_SCRATCH_BYTES];
	uint8_t bytes[256];
	size_t count;
	struct packet packet;
};

static struct probe_request request_to(enum ip_family family, uint16_t port)
{
	struct probe_request request = {
		.port = port,
		.src_port = 40000,
		.cookie = COOKIE,
		.scan_flags = -1,
	};

	assert_true(ip_parse(family == IP_V6 ? "fd00::1" : "10.0.0.1", &request.from));
	assert_true(ip_parse(family == IP_V6 ? "fd00::2" : "10.0.0.2", &request.to));
	return request;
}

static void build(const struct scan_technique *technique, struct probe_request request,
		  struct probe_bytes *ret_probe)
{
	struct packet packet;

	memset(ret_probe, 0, sizeof(*ret_probe));
	memset(&packet, 0xee, sizeof(packet));
	request.scratch = ret_probe->scratch;
	technique->build(&request, &packet);
	packet.ip.src = request.from;
	packet.ip.dst = request.to;
	packet.ip.ttl = 44;
	ret_probe->count = packet_build(&packet, ret_probe->bytes, sizeof(ret_probe->bytes));
	assert_true(ret_probe->count > 0);
	assert_true(packet_parse(ret_probe->bytes, ret_probe->count, &ret_probe->packet));
}

static enum packet_kind kind_of(const struct scan_technique *technique, enum ip_family family)
{
	switch (technique->probe) {
	case PROBE_TCP:
		return PACKET_TCP;
	case PROBE_UDP:
		return PACKET_UDP;
	case PROBE_SCTP:
		return PACKET_SCTP;
	case PROBE_ICMP:
		return family == IP_V6 ? PACKET_ICMPV6 : PACKET_ICMP;
	default:
		return PACKET_OTHER;
	}
}

static void check_probe(const struct scan_technique *technique, enum ip_family family)
{
	struct probe_bytes probe;

	build(technique, request_to(family, 99), &probe);
	assert_int_equal(probe.packet.kind, kind_of(technique, family));
	assert_int_equal(probe.packet.ip.options_bytes, 0);
	assert_false(probe.packet.ip.dont_fragment);
	assert_int_equal(probe.packet.ip.tos, 0);
	switch (probe.packet.kind) {
	case PACKET_TCP:
		assert_int_equal(probe.packet.tcp.src_port, 40000);
		assert_int_equal(probe.packet.tcp.dst_port, 99);
		assert_int_equal(probe.packet.tcp.seq, COOKIE);
		break;
	case PACKET_UDP:
		assert_int_equal(probe.packet.udp.src_port, 40000);
		assert_int_equal(probe.packet.udp.dst_port, 99);
		break;
	case PACKET_SCTP:
		assert_int_equal(probe.packet.sctp.src_port, 40000);
		assert_int_equal(probe.packet.sctp.dst_port, 99);
		break;
	case PACKET_ICMP:
	case PACKET_ICMPV6:
		assert_int_equal(probe.packet.icmp.rest, COOKIE << 16);
		break;
	default:
		assert_int_equal(probe.packet.ip.protocol, 99);
		assert_int_equal(probe.packet.payload_bytes, 0);
		break;
	}
}

static void check_probes(const struct scan_technique *technique)
{
	if (!technique->build)
		return;
	check_probe(technique, IP_V4);
	check_probe(technique, IP_V6);
}

static void every_probe_parses_back(void **state)
{
	each_technique(check_probes);
}

/* A whole probe, but for what chance fills in: marked xx. */
static void assert_bytes(const struct probe_bytes *probe, size_t from, const char *hex)
{
	size_t i;
	char two[3];

	assert_int_equal(strlen(hex), 2 * (probe->count - from));
	for (i = from; i < probe->count; i++) {
		const char *wanted = hex + 2 * (i - from);

		snprintf(two, sizeof(two), "%02x", probe->bytes[i]);
		if (memcmp(wanted, "xx", 2) != 0)
			assert_memory_equal(two, wanted, 2);
	}
}

/* Past the IP header, as Nmap 7.93 sends them (captured in a namespace, 2026),
 * with our ports and cookie; seq of an ACK is 0 there. */
static void probes_look_like_nmaps(void **state)
{
	static const struct {
		const char *name;
		enum ip_family family;
		uint16_t port;
		const char *hex;
	} cases[] = {
		{"tcp-syn", IP_V4, 80, "9c4000505eed12340000000060020400xxxx0000020405b4"},
		{"tcp-syn", IP_V6, 80, "9c4000505eed12340000000060020400xxxx0000020405b4"},
		{"tcp-ack", IP_V4, 80, "9c4000505eed12345eed123450100400xxxx0000"},
		{"tcp-window", IP_V4, 80, "9c4000505eed12345eed123450100400xxxx0000"},
		{"tcp-fin", IP_V4, 80, "9c4000505eed12340000000050010400xxxx0000"},
		{"tcp-xmas", IP_V4, 80, "9c4000505eed12340000000050290400xxxx0000"},
		{"tcp-null", IP_V4, 80, "9c4000505eed12340000000050000400xxxx0000"},
		{"tcp-maimon", IP_V4, 80, "9c4000505eed12345eed123450110400xxxx0000"},
		{"udp", IP_V4, 80, "9c4000500008xxxx"},
		{"sctp-init", IP_V4, 80,
		 "9c40005000000000xxxxxxxx010000145eed123400008000000a0800xxxxxxxx"},
		{"sctp-cookie", IP_V6, 80, "9c4000505eed1234xxxxxxxx0a000008xxxxxxxx"},
		{"icmp-echo", IP_V4, 0, "0800xxxx12340000"},
		{"icmp-echo", IP_V6, 0, "8000xxxx12340000"},
		{"icmp-timestamp", IP_V4, 0, "0d00xxxx12340000000000000000000000000000"},
		{"icmp-mask", IP_V4, 0, "1100xxxx1234000000000000"},
		{"ip-protocol", IP_V4, 0, ""},
		{"ip-protocol", IP_V4, 1, "0800xxxx12340000"},
		{"ip-protocol", IP_V4, 2, "1100eeff00000000"},
		{"ip-protocol", IP_V4, 6, "9c4000505eed12345eed123450100400xxxx0000"},
		{"ip-protocol", IP_V4, 17, "9c409cbd0008xxxx"},
		{"ip-protocol", IP_V4, 58, ""},
		{"ip-protocol", IP_V4, 132,
		 "9c40005000000000xxxxxxxx010000145eed123400008000000a0800xxxxxxxx"},
		{"ip-protocol", IP_V6, 1, ""},
		{"ip-protocol", IP_V6, 2, ""},
		{"ip-protocol", IP_V6, 58, "8000xxxx12340000"},
		{"ip-protocol", IP_V6, 17, "9c409cbd0008xxxx"},
	};
	struct probe_bytes probe;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		build(technique_by_name(cases[i].name), request_to(cases[i].family, cases[i].port),
		      &probe);
		assert_bytes(&probe, cases[i].family == IP_V6 ? 40 : 20, cases[i].hex);
	}
}

static void a_udp_probe_carries_its_payload(void **state)
{
	static const struct payload payload = {.bytes = (const uint8_t *)"hello", .count = 5};
	struct probe_request request = request_to(IP_V4, 7);
	struct probe_bytes probe;

	request.payload = &payload;
	build(technique_by_letter('U'), request, &probe);
	assert_int_equal(probe.packet.payload_bytes, 5);
	assert_memory_equal(probe.packet.payload, "hello", 5);
}

static void scanflags_replace_the_techniques_flags(void **state)
{
	static const struct {
		char letter;
		int flags;
		bool ack, mss;
	} cases[] = {
		{'S', TCP_ACK | TCP_URG, true, false},
		{'A', TCP_SYN, false, true},
		{'F', 0, false, false},
		{'X', 0xff, true, true},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct probe_request request = request_to(IP_V4, 80);
		struct probe_bytes probe;

		request.scan_flags = cases[i].flags;
		build(technique_by_letter(cases[i].letter), request, &probe);
		assert_int_equal(probe.packet.tcp.flags, cases[i].flags);
		assert_int_equal(probe.packet.tcp.ack, cases[i].ack ? COOKIE : 0);
		assert_int_equal(probe.packet.tcp.options_bytes, cases[i].mss ? 4 : 0);
	}
}

/* A response of a kind, with what tells it from others of that kind: TCP flags,
 * an SCTP chunk, an ICMP type and code. */
struct answer {
	enum packet_kind kind;
	uint8_t what, code;
	bool quotes, from_other;
	uint16_t window;
};

static struct verdict judged(const struct scan_technique *technique, struct answer answer,
			     uint16_t port)
{
	enum ip_family family = answer.kind == PACKET_ICMPV6 ? IP_V6 : IP_V4;
	struct probe_bytes probe;
	struct packet packet = {.kind = answer.kind};
	struct response seen = {.packet = &packet, .from_target = !answer.from_other, .port = port};

	build(technique, request_to(family, port), &probe);
	packet.ip = probe.packet.ip;
	packet.ip.src = probe.packet.ip.dst;
	packet.ip.dst = probe.packet.ip.src;
	if (answer.kind == PACKET_TCP)
		packet.tcp = (struct tcp_header){.flags = answer.what, .window = answer.window};
	else if (answer.kind == PACKET_SCTP)
		packet.sctp =
			(struct sctp_header){.has_chunk = answer.what, .chunk_type = answer.what};
	else if (answer.kind == PACKET_ICMP || answer.kind == PACKET_ICMPV6) {
		packet.icmp = (struct icmp_header){.type = answer.what, .code = answer.code};
		packet.ip.protocol = family == IP_V6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP;
	}
	seen.quoted = answer.quotes ? &probe.packet : NULL;
	return technique->judge(&seen);
}

/* A line of the table: the answer, and what it means to each technique named. */
struct meaning {
	const char *names; /* letters */
	struct answer answer;
	enum port_state state; /* PORT_UNKNOWN: it means nothing */
	enum reason reason;
};

static void check_meaning(const struct meaning *meaning, const struct scan_technique *technique)
{
	struct verdict verdict = judged(technique, meaning->answer, 99);

	if (verdict.state != meaning->state || (verdict.state && verdict.reason != meaning->reason))
		fail_msg("%s: kind %d, %#x code %u is %s %s, not %s %s", technique->name,
			 meaning->answer.kind, meaning->answer.what, meaning->answer.code,
			 port_state_name(verdict.state), reason_name(verdict.reason),
			 port_state_name(meaning->state), reason_name(meaning->reason));
}

static void check_meanings(const struct meaning *meanings, size_t count)
{
	size_t i;
	const char *letter;

	for (i = 0; i < count; i++)
		for (letter = meanings[i].names; *letter; letter++)
			check_meaning(&meanings[i], technique_by_letter(*letter));
}

#define TCP(bits)                                  \
	{                                          \
		.kind = PACKET_TCP, .what = (bits) \
	}
#define TCP_WINDOW(bits)                                          \
	{                                                         \
		.kind = PACKET_TCP, .what = (bits), .window = 512 \
	}
#define SCTP(chunk)                                  \
	{                                            \
		.kind = PACKET_SCTP, .what = (chunk) \
	}
#define ICMP(type, number)                                                            \
	{                                                                             \
		.kind = PACKET_ICMP, .what = (type), .code = (number), .quotes = true \
	}
#define ICMP_OTHER(type, number)                                                       \
	{                                                                              \
		.kind = PACKET_ICMP, .what = (type), .code = (number), .quotes = true, \
		.from_other = true                                                     \
	}
#define ICMPV6(type, number)                                                            \
	{                                                                               \
		.kind = PACKET_ICMPV6, .what = (type), .code = (number), .quotes = true \
	}
#define ICMPV6_OTHER(type, number)                                                       \
	{                                                                                \
		.kind = PACKET_ICMPV6, .what = (type), .code = (number), .quotes = true, \
		.from_other = true                                                       \
	}

static void answers_mean_what_the_techniques_say(void **state)
{
	static const struct meaning meanings[] = {
		{"S", TCP(TCP_SYN | TCP_ACK), PORT_OPEN, REASON_SYN_ACK},
		{"S", TCP(TCP_SYN | TCP_ACK | TCP_ECE), PORT_OPEN, REASON_SYN_ACK},
		{"S", TCP(TCP_SYN), PORT_OPEN, REASON_SPLIT_HANDSHAKE_SYN},
		{"S", TCP(TCP_RST | TCP_ACK), PORT_CLOSED, REASON_RESET},
		{"S", TCP(TCP_RST), PORT_CLOSED, REASON_RESET},
		{"S", TCP(TCP_ACK), PORT_UNKNOWN, 0},
		{"S", TCP(TCP_FIN | TCP_PSH), PORT_UNKNOWN, 0},
		{"A", TCP(TCP_RST), PORT_UNFILTERED, REASON_RESET},
		{"A", TCP_WINDOW(TCP_RST), PORT_UNFILTERED, REASON_RESET},
		{"W", TCP(TCP_RST), PORT_CLOSED, REASON_RESET},
		{"W", TCP_WINDOW(TCP_RST), PORT_OPEN, REASON_RESET},
		{"FXNM", TCP(TCP_RST), PORT_CLOSED, REASON_RESET},
		{"FXNM", TCP_WINDOW(TCP_RST | TCP_ACK), PORT_CLOSED, REASON_RESET},
		{"AWFXNM", TCP(TCP_SYN | TCP_ACK), PORT_UNKNOWN, 0},
		{"AWFXNM", TCP(TCP_SYN), PORT_UNKNOWN, 0},
		{"AWFXNM", TCP(TCP_RST | TCP_SYN | TCP_ACK), PORT_UNKNOWN, 0},
		{"U", {.kind = PACKET_UDP}, PORT_OPEN, REASON_UDP_RESPONSE},
		{"Y", SCTP(SCTP_INIT_ACK), PORT_OPEN, REASON_INIT_ACK},
		{"YZ", SCTP(SCTP_ABORT), PORT_CLOSED, REASON_ABORT},
		{"Y", SCTP(SCTP_COOKIE_ACK), PORT_UNKNOWN, 0},
		{"YZ", SCTP(0), PORT_UNKNOWN, 0}, /* no chunk at all */
		{"Z", SCTP(SCTP_INIT_ACK), PORT_UNKNOWN, 0},
		{"O", {.kind = PACKET_OTHER}, PORT_OPEN, REASON_PROTO_RESPONSE},
	};

	check_meanings(meanings, sizeof(meanings) / sizeof(meanings[0]));
}

#define ALL "SAWFXNMUYZO"

static void icmp_errors_mean_what_their_codes_say(void **state)
{
	static const struct meaning meanings[] = {
		{ALL, ICMP(3, 0), PORT_FILTERED, REASON_NET_UNREACH},
		{ALL, ICMP(3, 1), PORT_FILTERED, REASON_HOST_UNREACH},
		{"SAWFXNMUYZ", ICMP(3, 2), PORT_FILTERED, REASON_PROTO_UNREACH},
		{"O", ICMP(3, 2), PORT_CLOSED, REASON_PROTO_UNREACH},
		{"SAWFXNMYZ", ICMP(3, 3), PORT_FILTERED, REASON_PORT_UNREACH},
		{"U", ICMP(3, 3), PORT_CLOSED, REASON_PORT_UNREACH},
		{"O", ICMP(3, 3), PORT_OPEN, REASON_PORT_UNREACH},
		{ALL, ICMP_OTHER(3, 2), PORT_FILTERED, REASON_PROTO_UNREACH},
		{ALL, ICMP_OTHER(3, 3), PORT_FILTERED, REASON_PORT_UNREACH},
		{ALL, ICMP(3, 4), PORT_UNKNOWN, 0},
		{ALL, ICMP(3, 5), PORT_UNKNOWN, 0},
		{ALL, ICMP(3, 9), PORT_FILTERED, REASON_NET_PROHIBITED},
		{ALL, ICMP_OTHER(3, 10), PORT_FILTERED, REASON_HOST_PROHIBITED},
		{ALL, ICMP(3, 12), PORT_UNKNOWN, 0},
		{ALL, ICMP(3, 13), PORT_FILTERED, REASON_ADMIN_PROHIBITED},
		{ALL, ICMP(3, 14), PORT_UNKNOWN, 0},
		{ALL, ICMP(4, 0), PORT_UNKNOWN, 0},
		{ALL, ICMP(5, 1), PORT_UNKNOWN, 0},
		{ALL, ICMP_OTHER(11, 0), PORT_FILTERED, REASON_TIME_EXCEEDED},
		{ALL, ICMP_OTHER(11, 1), PORT_FILTERED, REASON_TIME_EXCEEDED},
		{ALL, ICMP(12, 0), PORT_UNKNOWN, 0},
		{ALL, ICMPV6(1, 0), PORT_FILTERED, REASON_NO_ROUTE},
		{ALL, ICMPV6(1, 1), PORT_FILTERED, REASON_ADMIN_PROHIBITED},
		{ALL, ICMPV6(1, 2), PORT_FILTERED, REASON_BEYOND_SCOPE},
		{ALL, ICMPV6(1, 3), PORT_FILTERED, REASON_HOST_UNREACH},
		{"SAWFXNMYZ", ICMPV6(1, 4), PORT_FILTERED, REASON_PORT_UNREACH},
		{"U", ICMPV6(1, 4), PORT_CLOSED, REASON_PORT_UNREACH},
		{"O", ICMPV6(1, 4), PORT_OPEN, REASON_PORT_UNREACH},
		{ALL, ICMPV6_OTHER(1, 4), PORT_FILTERED, REASON_PORT_UNREACH},
		{ALL, ICMPV6(1, 5), PORT_FILTERED, REASON_ADMIN_PROHIBITED},
		{ALL, ICMPV6(1, 6), PORT_FILTERED, REASON_REJECT_ROUTE},
		{ALL, ICMPV6(1, 7), PORT_UNKNOWN, 0},
		{ALL, ICMPV6(2, 0), PORT_UNKNOWN, 0},
		{ALL, ICMPV6_OTHER(3, 0), PORT_FILTERED, REASON_TIME_EXCEEDED},
		{ALL, ICMPV6(4, 0), PORT_OPEN, REASON_PARAM_PROBLEM},
		{ALL, ICMPV6_OTHER(4, 0), PORT_OPEN, REASON_PARAM_PROBLEM},
		{"SAWFXNMUYZ", ICMPV6(4, 1), PORT_FILTERED, REASON_PARAM_PROBLEM},
		{"O", ICMPV6(4, 1), PORT_CLOSED, REASON_PARAM_PROBLEM},
		{ALL, ICMPV6_OTHER(4, 1), PORT_FILTERED, REASON_PARAM_PROBLEM},
		{ALL, ICMPV6(4, 2), PORT_UNKNOWN, 0},
	};

	check_meanings(meanings, sizeof(meanings) / sizeof(meanings[0]));
}

static void check_silence(const struct scan_technique *technique)
{
	enum port_state expected = PORT_FILTERED;

	if (technique->letter && strchr("FXNMUZO", technique->letter))
		expected = PORT_OPEN_FILTERED;
	else if (technique->idle)
		expected = PORT_CLOSED_FILTERED;
	assert_int_equal(technique->on_silence.state, expected);
	assert_int_equal(technique->on_silence.reason,
			 technique->idle ? REASON_NO_IPID_CHANGE : REASON_NO_RESPONSE);
}

static void silence_has_a_meaning(void **state)
{
	each_technique(check_silence);
}

/* What is no answer: others' questions, and answers of the wrong kind. */
static void check_stranger(const struct scan_technique *technique)
{
	static const struct answer strangers[] = {
		{.kind = PACKET_ICMP, .what = ICMP_ECHO},
		{.kind = PACKET_ICMPV6, .what = ICMPV6_ECHO},
		{.kind = PACKET_ICMPV6, .what = ICMPV6_NEIGHBOUR_ADVERTISEMENT},
		{.kind = PACKET_ICMP,
		 .what = ICMP_UNREACHABLE,
		 .code = 3}, /* quotes none of ours */
		{.kind = PACKET_IGMP, .what = 0x11},
		{.kind = PACKET_TCP, .what = TCP_RST | TCP_SYN | TCP_ACK},
		{.kind = PACKET_UDP},
		{.kind = PACKET_SCTP, .what = SCTP_ABORT},
	};
	size_t i;

	if (!technique->build || technique->probe == PROBE_PROTOCOL)
		return;
	for (i = 0; i < sizeof(strangers) / sizeof(strangers[0]); i++) {
		enum ip_family family = strangers[i].kind == PACKET_ICMPV6 ? IP_V6 : IP_V4;

		if (strangers[i].kind == kind_of(technique, family) &&
		    technique->probe != PROBE_ICMP &&
		    (technique->probe != PROBE_TCP || technique->letter == 'S'))
			continue;
		assert_int_equal(judged(technique, strangers[i], 99).state, PORT_UNKNOWN);
	}
}

static void strangers_are_ignored(void **state)
{
	const struct scan_technique *protocol = technique_by_letter('O');
	struct answer echo = {.kind = PACKET_ICMP, .what = ICMP_ECHO};

	each_technique(check_stranger);
	assert_int_equal(judged(protocol, echo, 1).state, PORT_UNKNOWN);
	echo.what = ICMP_ECHO_REPLY;
	assert_int_equal(judged(protocol, echo, 99).state, PORT_UNKNOWN);
}

static void protocols_answer_in_their_own_words(void **state)
{
	const struct scan_technique *protocol = technique_by_letter('O');
	struct verdict verdict;

	verdict =
		judged(protocol, (struct answer){.kind = PACKET_ICMP, .what = ICMP_ECHO_REPLY}, 1);
	assert_int_equal(verdict.state, PORT_OPEN);
	assert_int_equal(verdict.reason, REASON_ECHO_REPLY);
	verdict = judged(protocol,
			 (struct answer){.kind = PACKET_ICMPV6, .what = ICMPV6_ECHO_REPLY}, 58);
	assert_int_equal(verdict.state, PORT_OPEN);
	assert_int_equal(verdict.reason, REASON_PROTO_RESPONSE);
	verdict = judged(protocol, (struct answer){.kind = PACKET_TCP, .what = TCP_RST}, 6);
	assert_int_equal(verdict.state, PORT_OPEN);
	assert_int_equal(verdict.reason, REASON_PROTO_RESPONSE);
}

static void an_error_by_icmp_proves_icmp(void **state)
{
	const struct scan_technique *protocol = technique_by_letter('O');
	struct packet error = {.kind = PACKET_ICMP, .icmp = {.type = 3, .code = 2}};
	struct packet probe = {.kind = PACKET_OTHER};
	struct response seen = {
		.packet = &error, .quoted = &probe, .from_target = true, .port = 200};
	struct verdict verdict;
	uint16_t port;

	assert_true(protocol->also(&seen, &port, &verdict));
	assert_int_equal(port, 1);
	assert_int_equal(verdict.state, PORT_OPEN);
	assert_int_equal(verdict.reason, REASON_PROTO_UNREACH);
	seen.port = 1; /* its own verdict is enough */
	assert_false(protocol->also(&seen, &port, &verdict));
	seen.port = 200;
	seen.from_target = false;
	assert_false(protocol->also(&seen, &port, &verdict));
	seen.from_target = true;
	seen.quoted = NULL;
	assert_false(protocol->also(&seen, &port, &verdict));
}

static void pings_are_answered_by_their_replies(void **state)
{
	static const struct {
		const char *name;
		struct answer answer;
		enum reason reason; /* REASONS: no verdict */
	} cases[] = {
		{"icmp-echo", {.kind = PACKET_ICMP, .what = 0}, REASON_ECHO_REPLY},
		{"icmp-echo", {.kind = PACKET_ICMPV6, .what = 129}, REASON_ECHO_REPLY},
		{"icmp-echo", {.kind = PACKET_ICMP, .what = 14}, REASONS},
		{"icmp-timestamp", {.kind = PACKET_ICMP, .what = 14}, REASON_TIMESTAMP_REPLY},
		{"icmp-timestamp", {.kind = PACKET_ICMP, .what = 0}, REASONS},
		{"icmp-mask", {.kind = PACKET_ICMP, .what = 18}, REASON_ADDRESSMASK_REPLY},
		{"icmp-mask", {.kind = PACKET_ICMPV6, .what = 129}, REASONS},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct verdict verdict =
			judged(technique_by_name(cases[i].name), cases[i].answer, 0);

		assert_int_equal(verdict.state,
				 cases[i].reason == REASONS ? PORT_UNKNOWN : PORT_OPEN);
		if (verdict.state)
			assert_int_equal(verdict.reason, cases[i].reason);
	}
	assert_int_equal(
		judged(technique_by_name("icmp-echo"), (struct answer)ICMP_OTHER(3, 1), 0).reason,
		REASON_HOST_UNREACH);
}

static void neighbours_answer_by_their_family(void **state)
{
	const struct scan_technique *neighbour = technique_by_name("neighbour");
	struct packet packet = {.ip.src.family = IP_V4};
	struct response seen = {.packet = &packet, .from_target = true};

	assert_int_equal(neighbour->judge(&seen).state, PORT_OPEN);
	assert_int_equal(neighbour->judge(&seen).reason, REASON_ARP_RESPONSE);
	packet.ip.src.family = IP_V6;
	assert_int_equal(neighbour->judge(&seen).reason, REASON_ND_RESPONSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptors_are_complete),
		cmocka_unit_test(scans_are_distinct_and_in_order),
		cmocka_unit_test(the_two_orders_are_those_of_nmap),
		cmocka_unit_test(connect_means_what_the_kernel_says),
		cmocka_unit_test(every_probe_parses_back),
		cmocka_unit_test(probes_look_like_nmaps),
		cmocka_unit_test(a_udp_probe_carries_its_payload),
		cmocka_unit_test(scanflags_replace_the_techniques_flags),
		cmocka_unit_test(answers_mean_what_the_techniques_say),
		cmocka_unit_test(icmp_errors_mean_what_their_codes_say),
		cmocka_unit_test(silence_has_a_meaning),
		cmocka_unit_test(strangers_are_ignored),
		cmocka_unit_test(protocols_answer_in_their_own_words),
		cmocka_unit_test(an_error_by_icmp_proves_icmp),
		cmocka_unit_test(pings_are_answered_by_their_replies),
		cmocka_unit_test(neighbours_answer_by_their_family),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
