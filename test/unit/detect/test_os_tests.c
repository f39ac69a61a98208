/* From replies to a fingerprint (os-detection.md A5-A9). */
#include "os_fixture.h"

#include "detect/os/os_tests.h"
#include "packet/checksum.h"

#define MS    1000000ull
#define START (1000 * MS)

/* Bytes that a packet's payload points to. */
static uint8_t quoted[400];
static size_t quoted_bytes;

static struct os_reply tcp_reply(uint8_t flags, const char *options, size_t options_bytes)
{
	struct os_reply reply = {.seen = true, .sends = 1, .sent_ns = START};

	reply.received_ns = START + MS;
	reply.packet.kind = PACKET_TCP;
	reply.packet.ip.ttl = 60;
	reply.packet.ip.dont_fragment = true;
	reply.packet.tcp.flags = flags;
	reply.packet.tcp.options_bytes = (uint8_t)options_bytes;
	memcpy(reply.packet.tcp.options, options, options_bytes);
	return reply;
}

static void put_timestamp(struct os_reply *reply, uint32_t timestamp)
{
	static const uint8_t options[] = "\2\4\5\264\4\2\10\12\0\0\0\0\377\377\377\377\1\3\3\7";

	memcpy(reply->packet.tcp.options, options, 20);
	reply->packet.tcp.options_bytes = 20;
	reply->packet.tcp.options[8] = (uint8_t)(timestamp >> 24);
	reply->packet.tcp.options[9] = (uint8_t)(timestamp >> 16);
	reply->packet.tcp.options[10] = (uint8_t)(timestamp >> 8);
	reply->packet.tcp.options[11] = (uint8_t)timestamp;
}

static struct os_reply echo_reply(uint8_t code, bool df, uint16_t id)
{
	struct os_reply reply = {.seen = true, .sends = 1, .received_ns = START + 600 * MS};

	reply.packet.kind = PACKET_ICMP;
	reply.packet.ip.ttl = 62;
	reply.packet.ip.dont_fragment = df;
	reply.packet.ip.id = id;
	reply.packet.icmp.code = code;
	return reply;
}

static const struct os_udp_sent udp = {
	.src_port = 40000, .dst_port = 33333, .checksum = 0xabcd, .ttl = 57};

/* IPv4 and UDP header and the data, as a host 4 hops away quotes them. */
static void quote(void)
{
	static const uint8_t head[28] = {0x45, 0,    0x01, 0x48, 0x10, 0x42, 0,    0,   54, 17,
					 0,    0,    10,   0,    0,    1,    10,   0,   0,  2,
					 0x9c, 0x40, 0x82, 0x35, 0x01, 0x34, 0xab, 0xcd};
	uint16_t sum;

	memcpy(quoted, head, sizeof(head));
	sum = checksum_fold(checksum_add(0, quoted, 20));
	quoted[10] = (uint8_t)(sum >> 8);
	quoted[11] = (uint8_t)sum;
	memset(quoted + 28, 0x43, 300);
	quoted_bytes = 328;
}

static struct os_reply udp_reply(void)
{
	struct os_reply reply = {.seen = true, .sends = 1};

	reply.packet.kind = PACKET_ICMP;
	reply.packet.ip.ttl = 61;
	reply.packet.ip.total_bytes = 356;
	reply.packet.icmp.type = ICMP_UNREACHABLE;
	reply.packet.icmp.code = 3;
	reply.packet.payload = quoted;
	reply.packet.payload_bytes = quoted_bytes;
	return reply;
}

/* A host that answers as a Linux does. */
static void usual(struct os_round *round)
{
	int n;

	quote();
	*round = (struct os_round){
		.has_open = true, .has_closed = true, .seq = 0x1000, .ack = 0x2000, .udp = udp};
	for (n = 0; n < 6; n++) {
		struct os_reply *reply = &round->sequence[n];

		*reply = tcp_reply(TCP_SYN | TCP_ACK, "", 0);
		put_timestamp(reply, 50000 + 100u * (unsigned)n);
		reply->sent_ns = START + 100 * MS * (unsigned)n;
		reply->received_ns = reply->sent_ns + MS;
		reply->packet.ip.id = 0;
		reply->packet.tcp.seq = 0x70000000u + 64000u * (unsigned)n;
		reply->packet.tcp.ack = round->seq + (unsigned)n + 1;
		reply->packet.tcp.window = (uint16_t)(0x7120 + n);
	}
	round->ecn = tcp_reply(TCP_SYN | TCP_ACK | TCP_ECE, "\2\4\5\264\1\1\4\2\1\3\3\7", 12);
	round->ecn.packet.tcp.window = 0x7210;
	for (n = 2; n < 6; n++) {
		round->tcp[n] = tcp_reply(TCP_RST | (n == 2 || n == 4 ? 0 : TCP_ACK), "", 0);
		round->tcp[n].packet.tcp.seq = n == 2 || n == 4 ? round->ack : 0;
		round->tcp[n].packet.tcp.ack = n == 2 || n == 4 ? 0 : round->seq + 1;
	}
	round->echo[0] = echo_reply(9, false, 500);
	round->echo[1] = echo_reply(0, false, 501);
	round->unreachable = udp_reply();
}

static struct os_facts judged(const struct os_round *round)
{
	struct os_facts facts;

	os_tests_judge(round, &facts);
	return facts;
}

static void prints_as(const struct os_facts *facts, const char *wanted)
{
	const struct os_fingerprint *prints[] = {&facts->print};
	struct buf out = BUF_INIT;

	os_print_tests(prints, 1, true, &out);
	assert_string_equal(buf_str(&out), wanted);
	buf_release(&out);
}

static void has(const struct os_facts *facts, int attribute, const char *wanted)
{
	const char *is = os_fingerprint_get(&facts->print, attribute);

	if ((!is || !wanted) ? is != wanted : strcmp(is, wanted) != 0)
		fail_msg("%s.%s is %s and not %s",
			 os_test_name(os_attribute_test((enum os_attribute)attribute)),
			 os_attribute_name((enum os_attribute)attribute), is ? is : "absent",
			 wanted ? wanted : "absent");
}

static void a_whole_round_makes_a_print(void **state)
{
	struct os_round round;
	struct os_facts facts;

	usual(&round);
	facts = judged(&round);
	prints_as(&facts, "SEQ(SP=0%GCD=FA00%ISR=9A%TI=Z%CI=Z%II=I%TS=A)\n"
			  "OPS(O1=M5B4ST11NW7%O2=M5B4ST11NW7%O3=M5B4ST11NW7%O4=M5B4ST11NW7"
			  "%O5=M5B4ST11NW7%O6=M5B4ST11NW7)\n"
			  "WIN(W1=7120%W2=7121%W3=7122%W4=7123%W5=7124%W6=7125)\n"
			  "ECN(R=Y%DF=Y%T=3F%W=7210%O=M5B4NNSNW7%CC=Y%Q=)\n"
			  "T1(R=Y%DF=Y%T=3F%S=O%A=S+%F=AS%RD=0%Q=)\n"
			  "T2(R=N)\nT3(R=N)\n"
			  "T4(R=Y%DF=Y%T=3F%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)\n"
			  "T5(R=Y%DF=Y%T=3F%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)\n"
			  "T6(R=Y%DF=Y%T=3F%W=0%S=A%A=Z%F=R%O=%RD=0%Q=)\n"
			  "T7(R=Y%DF=Y%T=3F%W=0%S=Z%A=S+%F=AR%O=%RD=0%Q=)\n"
			  "U1(R=Y%DF=N%T=40%IPL=164%UN=0%RIPL=G%RID=G%RIPCK=G%RUCK=G%RUD=G)\n"
			  "IE(R=Y%DFI=N%T=41%CD=S)\n");
	assert_true(facts.has_distance && facts.closed_udp);
	assert_int_equal(facts.distance, 4);
	assert_int_equal(facts.samples, 6);
	assert_true(facts.has_index);
	assert_int_equal(facts.index, 0);
	assert_int_equal(facts.ipid, OS_IPID_ZERO);
	assert_int_equal(facts.timestamp, OS_TIMESTAMP_1000HZ);
	assert_true(facts.has_uptime);
	assert_int_equal(facts.uptime_s, 50);
	assert_int_equal(facts.first_sent_ns, START);
	assert_true(facts.timing_ratio == 1.0);
}

static void what_was_left_out_is_absent(void **state)
{
	struct os_round round = {.partial = true, .has_open = true, .has_closed = true};
	struct os_facts facts = judged(&round);

	(void)state;
	prints_as(&facts, "");
	round.sequence[0].sends = 1;
	round.tcp[3].sends = 4; /* T5 */
	round.echo[1].sends = 1;
	facts = judged(&round);
	prints_as(&facts, "T1(R=N)\nT5(R=N)\nIE(R=N)\n");
}

static void silence_is_told_where_something_was_asked(void **state)
{
	struct os_round round = {.has_open = true, .has_closed = true};
	struct os_facts facts = judged(&round);

	prints_as(&facts, "ECN(R=N)\nT1(R=N)\nT2(R=N)\nT3(R=N)\nT4(R=N)\nT5(R=N)\nT6(R=N)\n"
			  "T7(R=N)\nU1(R=N)\nIE(R=N)\n");
	round.has_open = false;
	facts = judged(&round);
	prints_as(&facts, "T5(R=N)\nT6(R=N)\nT7(R=N)\nU1(R=N)\nIE(R=N)\n");
	round.has_closed = false;
	facts = judged(&round);
	prints_as(&facts, "U1(R=N)\nIE(R=N)\n");
	assert_false(facts.has_distance || facts.has_uptime || facts.has_index);
}

static void without_a_distance_the_initial_ttl_is_guessed(void **state)
{
	struct os_round round;
	struct os_facts facts;

	usual(&round);
	round.unreachable.seen = false;
	round.tcp[2].packet.ip.ttl = 65;
	round.tcp[3].packet.ip.ttl = 32;
	round.tcp[4].packet.ip.ttl = 129;
	facts = judged(&round);
	has(&facts, OS_T1_T, NULL);
	has(&facts, OS_T1_TG, "40");
	has(&facts, OS_T4_TG, "80");
	has(&facts, OS_T5_TG, "20");
	has(&facts, OS_T6_TG, "FF");
	has(&facts, OS_IE_TG, "40");
	has(&facts, OS_U1_R, "N");
}

static void options_and_windows_need_all_six(void **state)
{
	struct os_round round;
	struct os_facts facts;

	usual(&round);
	round.sequence[3].seen = false;
	facts = judged(&round);
	assert_false(os_fingerprint_has(&facts.print, OS_TEST_OPS));
	assert_false(os_fingerprint_has(&facts.print, OS_TEST_WIN));
	/* Any TCP reply to the second asking will do. */
	round.options[3] = tcp_reply(TCP_RST, "\1\1\1", 3);
	facts = judged(&round);
	has(&facts, OS_OPS_O4, "NNN");
	has(&facts, OS_WIN_W4, "0");
	has(&facts, OS_WIN_W5, "7124");
	assert_int_equal(facts.samples, 5);
}

static void the_first_test_may_be_asked_again(void **state)
{
	struct os_round round;
	struct os_facts facts;

	usual(&round);
	round.sequence[0].seen = false;
	round.first_again = tcp_reply(TCP_RST, "", 0);
	facts = judged(&round);
	has(&facts, OS_T1_F, "R");
	/* A reset is as good a reply to SEQ 1 as any. */
	round.sequence[0] = tcp_reply(TCP_RST | TCP_ACK, "", 0);
	facts = judged(&round);
	has(&facts, OS_T1_F, "AR");
	assert_int_equal(facts.samples, 5);
}

static void numbers_flags_and_quirks(void **state)
{
	static const struct {
		uint32_t seq, ack;
		uint8_t flags, reserved;
		uint16_t urgent;
		const char *s, *a, *f, *q;
	} rows[] = {
		{0, 0, 0, 0, 0, "Z", "Z", "", ""},
		{0x2000, 0x1000, 0xff, 0, 5, "A", "S", "EUAPRSF", ""},
		{0x2001, 0x1001, TCP_CWR, 1, 0, "A+", "S+", "", "R"},
		{0x2002, 0x1002, TCP_ACK | TCP_PSH | TCP_FIN, 8, 1, "O", "O", "APF", "RU"},
		{1, 1, TCP_URG | TCP_ECE, 0, 0, "O", "O", "EU", ""},
	};
	struct os_round round;
	struct os_facts facts;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tcp_header *tcp = &round.tcp[1].packet.tcp;

		usual(&round);
		round.tcp[1] = tcp_reply(rows[i].flags, "", 0);
		tcp->seq = rows[i].seq;
		tcp->ack = rows[i].ack;
		tcp->reserved = rows[i].reserved;
		tcp->urgent = rows[i].urgent;
		facts = judged(&round);
		has(&facts, OS_T3_S, rows[i].s);
		has(&facts, OS_T3_A, rows[i].a);
		has(&facts, OS_T3_F, rows[i].f);
		has(&facts, OS_T3_Q, rows[i].q);
	}
}

static void text_behind_a_reset_has_a_sum(void **state)
{
	struct os_round round;
	struct os_facts facts;

	usual(&round);
	round.tcp[3].packet.payload = (const uint8_t *)"123456789";
	round.tcp[3].packet.payload_bytes = 9;
	round.sequence[0].packet.payload = (const uint8_t *)"123456789";
	round.sequence[0].packet.payload_bytes = 9;
	facts = judged(&round);
	has(&facts, OS_T5_RD, "CBF43926");
	has(&facts, OS_T1_RD, "0");
}

static void congestion_has_four_answers(void **state)
{
	static const struct {
		uint8_t flags;
		const char *value;
	} rows[] = {{TCP_ECE, "Y"}, {TCP_ECE | TCP_CWR, "S"}, {0, "N"}, {TCP_CWR, "O"}};
	struct os_round round;
	struct os_facts facts;
	size_t i;

	for (i = 0; i < 4; i++) {
		usual(&round);
		round.ecn.packet.tcp.flags = TCP_SYN | TCP_ACK | rows[i].flags;
		facts = judged(&round);
		has(&facts, OS_ECN_CC, rows[i].value);
	}
}

static void a_quote_may_be_spoilt(void **state)
{
	struct os_round round;
	struct os_facts facts;

	usual(&round);
	quoted[2] = 0x48; /* length, bytes swapped */
	quoted[3] = 0x01;
	quoted[5] = 0x43;
	quoted[26] = 0;
	quoted[100] = 0;
	round.unreachable.packet.icmp.rest = 0xdeadbeef;
	facts = judged(&round);
	has(&facts, OS_U1_RIPL, "4801");
	has(&facts, OS_U1_RID, "1043");
	has(&facts, OS_U1_RIPCK, "I");
	has(&facts, OS_U1_RUCK, "CD");
	has(&facts, OS_U1_RUD, "I");
	has(&facts, OS_U1_UN, "DEADBEEF");
	quoted[10] = quoted[11] = 0;
	round.unreachable.packet.payload_bytes = 28;
	facts = judged(&round);
	has(&facts, OS_U1_RIPCK, "Z");
	has(&facts, OS_U1_RUD, "G");
	round.unreachable.packet.payload_bytes = 27;
	facts = judged(&round);
	has(&facts, OS_U1_R, "N");
	assert_false(facts.closed_udp);
}

static void another_ports_error_is_none_of_ours(void **state)
{
	struct os_round round;
	struct packet packet;

	usual(&round);
	packet = round.unreachable.packet;
	assert_true(os_is_udp_reply(&packet, &udp));
	quoted[23] ^= 1;
	assert_false(os_is_udp_reply(&packet, &udp));
	quoted[23] ^= 1;
	packet.icmp.code = 1;
	assert_false(os_is_udp_reply(&packet, &udp));
	packet.icmp.code = 3;
	quoted[0] = 0x4f; /* options up to behind the end */
	packet.payload_bytes = 60;
	assert_false(os_is_udp_reply(&packet, &udp));
}

static void echoes_are_compared(void **state)
{
	static const struct {
		bool df1, df2;
		uint8_t code1, code2;
		const char *dfi, *cd;
	} rows[] = {
		{true, true, 0, 0, "Y", "Z"},   {true, false, 9, 0, "S", "S"},
		{false, false, 9, 9, "N", "9"}, {false, true, 0, 9, "O", "O"},
		{true, false, 9, 8, "S", "O"},
	};
	struct os_round round;
	struct os_facts facts;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		usual(&round);
		round.echo[0] = echo_reply(rows[i].code1, rows[i].df1, 1);
		round.echo[1] = echo_reply(rows[i].code2, rows[i].df2, 2);
		facts = judged(&round);
		has(&facts, OS_IE_DFI, rows[i].dfi);
		has(&facts, OS_IE_CD, rows[i].cd);
	}
	/* The TTL is that of the reply that came later. */
	round.echo[0].packet.ip.ttl = 128;
	round.echo[0].received_ns++;
	facts = judged(&round);
	has(&facts, OS_IE_T, "83");
	round.echo[1].seen = false;
	facts = judged(&round);
	has(&facts, OS_IE_R, "N");
	has(&facts, OS_IE_DFI, NULL);
	has(&facts, OS_SEQ_II, NULL);
}

static void four_samples_and_no_long_delay(void **state)
{
	struct os_round round;
	struct os_facts facts;

	usual(&round);
	round.scan_delay_ms = 1001;
	facts = judged(&round);
	has(&facts, OS_SEQ_SP, NULL);
	has(&facts, OS_SEQ_TI, "Z");
	usual(&round);
	round.sequence[0].packet.tcp.flags |= TCP_RST;
	round.sequence[4].packet.tcp.flags = TCP_ACK;
	facts = judged(&round);
	assert_int_equal(facts.samples, 4);
	has(&facts, OS_SEQ_GCD, "FA00");
	assert_int_equal(facts.first_sent_ns, START + 100 * MS);
	round.sequence[1].seen = false;
	facts = judged(&round);
	has(&facts, OS_SEQ_GCD, NULL);
	has(&facts, OS_SEQ_TI, "Z");
	assert_false(facts.has_index);
	round.sequence[2].seen = false;
	facts = judged(&round);
	has(&facts, OS_SEQ_TI, NULL);
	assert_int_equal(facts.ipid, OS_IPID_UNKNOWN);
}

static void count_ids(struct os_round *round, uint16_t first, uint16_t step, uint16_t echo)
{
	uint16_t n;

	usual(round);
	for (n = 0; n < 6; n++)
		round->sequence[n].packet.ip.id = (uint16_t)(first + n * step);
	round->echo[0].packet.ip.id = echo;
	round->echo[1].packet.ip.id = (uint16_t)(echo + 1);
}

static void a_shared_counter_shows(void **state)
{
	static const struct {
		uint16_t first, step, echo;
		bool compatible;
		const char *ti, *ss;
	} rows[] = {
		{100, 1, 107, true, "I", "S"},
		{100, 1, 108, true, "I", "O"},
		{100, 3, 50, true, "I", "S"},
		{100, 2, 111, true, "I", NULL},
		{0x100, 0x100, 0x700, true, "BI", "S"},
		{100, 1001, 5106, true, "RI", "S"},
		/* Through 65535 (D3). */
		{65533, 1, 4, true, "RD", NULL},
		{65533, 1, 4, false, "I", "S"},
		{65533, 1, 5, false, "I", "O"},
		{100, 1, 107, false, "I", "S"},
		{100, 3, 50, false, "I", "S"},
	};
	struct os_round round;
	struct os_facts facts;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		count_ids(&round, rows[i].first, rows[i].step, rows[i].echo);
		round.compatible = rows[i].compatible;
		facts = judged(&round);
		has(&facts, OS_SEQ_TI, rows[i].ti);
		has(&facts, OS_SEQ_SS, rows[i].ss);
	}
	/* An echo that was sent twice says nothing of the counter. */
	count_ids(&round, 100, 1, 107);
	round.echo[1].sends = 2;
	facts = judged(&round);
	has(&facts, OS_SEQ_II, NULL);
	has(&facts, OS_SEQ_SS, NULL);
	has(&facts, OS_IE_R, "Y");
}

static void closed_ports_count_apart(void **state)
{
	struct os_round round;
	struct os_facts facts;

	usual(&round);
	round.tcp[3].packet.ip.id = 7;
	round.tcp[4].packet.ip.id = 9;
	round.tcp[5].packet.ip.id = 11;
	facts = judged(&round);
	has(&facts, OS_SEQ_CI, "I");
	round.tcp[4].seen = false;
	round.tcp[5].packet.ip.id = 7;
	facts = judged(&round);
	has(&facts, OS_SEQ_CI, "7");
	round.tcp[5].seen = false;
	facts = judged(&round);
	has(&facts, OS_SEQ_CI, NULL);
}

/* Q2, Q3: samples that Nmap loses. */
static void nmaps_quirks_are_optional(void **state)
{
	struct os_round round;
	struct os_facts facts;

	count_ids(&round, 0x1234, 0, 1);
	facts = judged(&round);
	assert_int_equal(facts.samples, 6);
	has(&facts, OS_SEQ_TI, "1234");
	round.compatible = true;
	facts = judged(&round);
	assert_int_equal(facts.samples, 1);
	has(&facts, OS_SEQ_TI, NULL);
	has(&facts, OS_SEQ_SP, NULL);
	usual(&round);
	round.sequence[2].packet.tcp.seq = 0;
	facts = judged(&round);
	assert_int_equal(facts.samples, 6);
	round.compatible = true;
	facts = judged(&round);
	assert_int_equal(facts.samples, 5);
}

static void numbers_of_zero_hide_less_than_all(void **state)
{
	struct os_round round;
	struct os_facts facts;
	size_t n;

	count_ids(&round, 100, 1, 107);
	for (n = 0; n < 6; n++)
		round.sequence[n].packet.tcp.seq = 0;
	facts = judged(&round);
	has(&facts, OS_SEQ_SP, "0");
	round.compatible = true;
	facts = judged(&round);
	has(&facts, OS_SEQ_SP, NULL);
	has(&facts, OS_SEQ_TI, "I");
	has(&facts, OS_SEQ_SS, "S");
	has(&facts, OS_SEQ_TS, NULL);
	assert_int_equal(facts.samples, 0);
	assert_int_equal(facts.ipid, OS_IPID_UNKNOWN);
	round.sequence[4].packet.tcp.options_bytes = 4;
	facts = judged(&round);
	has(&facts, OS_SEQ_TS, "U");
	assert_int_equal(facts.timestamp, OS_TIMESTAMP_UNKNOWN);
}

static void timestamps_may_lack_or_be_zero(void **state)
{
	struct os_round round;
	struct os_facts facts;

	usual(&round);
	round.sequence[4].packet.tcp.options_bytes = 4;
	facts = judged(&round);
	has(&facts, OS_SEQ_TS, "U");
	assert_int_equal(facts.timestamp, OS_TIMESTAMP_NONE);
	assert_false(facts.has_uptime);
	/* The later reply says which. */
	put_timestamp(&round.sequence[2], 0);
	facts = judged(&round);
	has(&facts, OS_SEQ_TS, "U");
	round.sequence[2].received_ns = round.sequence[5].received_ns;
	facts = judged(&round);
	has(&facts, OS_SEQ_TS, "0");
	assert_int_equal(facts.timestamp, OS_TIMESTAMP_ZERO);
}

static void random_timestamps_give_no_uptime(void **state)
{
	struct os_round round;
	struct os_facts facts;
	unsigned n;

	usual(&round);
	for (n = 0; n < 6; n++)
		put_timestamp(&round.sequence[n], n % 2 ? 0x1000 + n : 0x40000000 + n);
	facts = judged(&round);
	has(&facts, OS_SEQ_TS, "21");
	assert_true(facts.timestamp_random);
	assert_false(facts.has_uptime);
	/* So does more than two years, here of 2 Hz; Nmap shows 0 then. */
	usual(&round);
	for (n = 0; n < 6; n++)
		put_timestamp(&round.sequence[n], 126144010 + n / 3);
	facts = judged(&round);
	has(&facts, OS_SEQ_TS, "1");
	assert_false(facts.timestamp_random || facts.has_uptime);
	round.compatible = true;
	facts = judged(&round);
	assert_true(facts.has_uptime);
	assert_int_equal(facts.uptime_s, 0);
}

static void nothing_moves_and_there_is_no_class(void **state)
{
	struct os_round round;
	struct os_facts facts;
	unsigned n;

	usual(&round);
	for (n = 0; n < 6; n++)
		put_timestamp(&round.sequence[n], 77);
	facts = judged(&round);
	has(&facts, OS_SEQ_TS, NULL);
	assert_int_equal(facts.timestamp, OS_TIMESTAMP_UNKNOWN);
}

static void slow_sending_shows(void **state)
{
	struct os_round round;
	struct os_facts facts;

	usual(&round);
	round.sequence[5].sent_ns = START + 750 * MS + MS / 2;
	facts = judged(&round);
	assert_true(facts.timing_ratio == 1.5);
	round.has_open = false;
	facts = judged(&round);
	assert_true(facts.timing_ratio == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_round_makes_a_print),
		cmocka_unit_test(silence_is_told_where_something_was_asked),
		cmocka_unit_test(what_was_left_out_is_absent),
		cmocka_unit_test(without_a_distance_the_initial_ttl_is_guessed),
		cmocka_unit_test(options_and_windows_need_all_six),
		cmocka_unit_test(the_first_test_may_be_asked_again),
		cmocka_unit_test(numbers_flags_and_quirks),
		cmocka_unit_test(text_behind_a_reset_has_a_sum),
		cmocka_unit_test(congestion_has_four_answers),
		cmocka_unit_test(a_quote_may_be_spoilt),
		cmocka_unit_test(another_ports_error_is_none_of_ours),
		cmocka_unit_test(echoes_are_compared),
		cmocka_unit_test(four_samples_and_no_long_delay),
		cmocka_unit_test(a_shared_counter_shows),
		cmocka_unit_test(closed_ports_count_apart),
		cmocka_unit_test(nmaps_quirks_are_optional),
		cmocka_unit_test(numbers_of_zero_hide_less_than_all),
		cmocka_unit_test(timestamps_may_lack_or_be_zero),
		cmocka_unit_test(random_timestamps_give_no_uptime),
		cmocka_unit_test(nothing_moves_and_there_is_no_class),
		cmocka_unit_test(slow_sending_shows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
