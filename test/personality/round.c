#include "round.h"

#include <assert.h>
#include <string.h>

#define GAP_NS         25000000u
#define TRAVEL_NS      300000u
#define PROBE_BYTES    400u
#define ECHO_ID        0x4711u
#define ECHO_SEQUENCE  295u
#define URGENT_OF_ECN  63477u
#define U1_TTL         57u
#define FIRST_TCP_PORT 40000u
#define UDP_SOURCE     50000u

static const char options[][41] = {
	"03030a01020405b4080affffffff000000000402",
	"020405780303000402080affffffff0000000000",
	"080affffffff0000000001010303050102040280",
	"0402080affffffff0000000003030a00",
	"020402180402080affffffff0000000003030a00",
	"020401090402080affffffff00000000",
	"03030a01020405b404020101",
	"03030a0102040109080affffffff000000000402",
	"03030f0102040109080affffffff000000000402",
};

struct tcp_row {
	uint8_t options, flags, seq;
	bool dont_fragment;
	uint16_t window, to;
};

#define SYN TCP_SYN

/* SEQ 1..6, ECN, T2..T7. */
static const struct tcp_row rows[TCP_PROBES] = {
	{0, SYN, 0, false, 1, ROUND_OPEN_PORT},
	{1, SYN, 1, false, 63, ROUND_OPEN_PORT},
	{2, SYN, 2, false, 4, ROUND_OPEN_PORT},
	{3, SYN, 3, false, 4, ROUND_OPEN_PORT},
	{4, SYN, 4, false, 16, ROUND_OPEN_PORT},
	{5, SYN, 5, false, 512, ROUND_OPEN_PORT},
	{6, SYN | TCP_ECE | TCP_CWR, 0, false, 3, ROUND_OPEN_PORT},
	{7, 0, 0, true, 128, ROUND_OPEN_PORT},
	{7, SYN | TCP_FIN | TCP_URG | TCP_PSH, 0, false, 256, ROUND_OPEN_PORT},
	{7, TCP_ACK, 0, true, 1024, ROUND_OPEN_PORT},
	{7, SYN, 0, false, 31337, ROUND_CLOSED_PORT},
	{7, TCP_ACK, 0, true, 32768, ROUND_CLOSED_PORT},
	{8, TCP_FIN | TCP_PSH | TCP_URG, 0, false, 65535, ROUND_CLOSED_PORT},
};

static uint8_t digit(char hex)
{
	return (uint8_t)(hex <= '9' ? hex - '0' : hex - 'a' + 10);
}

static struct packet new_probe(struct round *round, enum packet_kind kind)
{
	return (struct packet){
		.kind = kind,
		.ip = {.src = ip_v4(0x0a000001),
		       .dst = ip_v4(0x0a000002),
		       .ttl = 50,
		       .id = (uint16_t)random_u64(round->random)},
	};
}

/* As it would travel: the host gets bytes, and its answer is read from bytes. */
static void exchange(struct round *round, struct packet *probe, struct os_reply *ret_reply)
{
	static uint8_t sent[PROBE_BYTES], answer[PERSONALITY_ANSWER_BYTES];
	uint8_t *kept = round->answers[round->answers_count];
	size_t count = packet_build(probe, sent, sizeof(sent));

	assert(count && round->answers_count < ROUND_ANSWERS);
	*ret_reply = (struct os_reply){.sends = 1, .sent_ns = round->now_ns};
	count = personality_answer(round->host, sent, count, round->now_ns + TRAVEL_NS / 2, answer);
	if (!count || count > sizeof(round->answers[0]))
		return;
	memcpy(kept, answer, count);
	round->answers_count++;
	ret_reply->received_ns = round->now_ns + TRAVEL_NS;
	ret_reply->seen = packet_parse(kept, count, &ret_reply->packet);
}

static void send_tcp(struct round *round, enum tcp_probe place, struct os_reply *ret_reply)
{
	const struct tcp_row *row = &rows[place];
	struct packet probe = new_probe(round, PACKET_TCP);
	const char *hex = options[row->options];

	probe.ip.dont_fragment = row->dont_fragment;
	probe.tcp = (struct tcp_header){
		.src_port = (uint16_t)(FIRST_TCP_PORT + place),
		.dst_port = row->to,
		.seq = round->os.seq + row->seq,
		.ack = place == PROBE_ECN ? 0 : round->os.ack,
		.flags = row->flags,
		.window = row->window,
		.reserved = place == PROBE_ECN ? 8 : 0,
		.urgent = place == PROBE_ECN ? URGENT_OF_ECN : 0,
	};
	for (; *hex; hex += 2)
		probe.tcp.options[probe.tcp.options_bytes++] =
			(uint8_t)(digit(hex[0]) << 4 | digit(hex[1]));
	exchange(round, &probe, ret_reply);
}

static void send_echo(struct round *round, uint32_t place)
{
	static const uint8_t zeroes[150];
	struct packet probe = new_probe(round, PACKET_ICMP);

	probe.ip.dont_fragment = place == 0;
	probe.ip.tos = place ? 4 : 0;
	probe.icmp.type = ICMP_ECHO;
	probe.icmp.code = place ? 0 : 9;
	probe.icmp.rest = (ECHO_ID + place) << 16 | (ECHO_SEQUENCE + place);
	probe.payload = zeroes;
	probe.payload_bytes = place ? 150 : 120;
	exchange(round, &probe, &round->os.echo[place]);
}

static void send_udp(struct round *round)
{
	uint8_t data[OS_UDP_DATA_BYTES], built[PROBE_BYTES];
	struct packet probe = new_probe(round, PACKET_UDP);

	memset(data, OS_UDP_DATA_BYTE, sizeof(data));
	probe.ip.id = OS_UDP_IP_ID;
	probe.ip.ttl = U1_TTL;
	probe.udp.src_port = UDP_SOURCE;
	probe.udp.dst_port = ROUND_UDP_PORT;
	probe.payload = data;
	probe.payload_bytes = sizeof(data);
	(void)packet_build(&probe, built, sizeof(built));
	round->os.udp = (struct os_udp_sent){
		.src_port = UDP_SOURCE,
		.dst_port = ROUND_UDP_PORT,
		.checksum = (uint16_t)(built[26] << 8 | built[27]),
		.ttl = U1_TTL,
	};
	exchange(round, &probe, &round->os.unreachable);
}

static void wait_gap(struct round *round, uint64_t gap_ns, uint64_t late_ns)
{
	round->now_ns += gap_ns + (late_ns ? random_below(round->random, late_ns) : 0);
}

void round_play(struct personality_host *host, struct random *random, bool compatible,
		uint64_t late_ns, struct round *ret_round)
{
	struct round *round = ret_round;
	size_t i;

	*round = (struct round){.host = host, .random = random, .now_ns = 1000000000};
	round->os.compatible = compatible;
	round->os.has_open = round->os.has_closed = true;
	round->os.seq = (uint32_t)random_u64(random);
	round->os.ack = (uint32_t)random_u64(random);
	for (i = 0; i < 6; i++, wait_gap(round, SEQUENCE_GAP_NS, late_ns))
		send_tcp(round, (enum tcp_probe)i, &round->os.sequence[i]);
	send_echo(round, 0);
	send_echo(round, 1);
	send_udp(round);
	send_tcp(round, PROBE_ECN, &round->os.ecn);
	for (i = 0; i < 6; i++, wait_gap(round, GAP_NS, late_ns))
		send_tcp(round, (enum tcp_probe)(PROBE_T2 + i), &round->os.tcp[i]);
}
