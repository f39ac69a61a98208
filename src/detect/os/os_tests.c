/* Distance, U1 and IE, and what the other tests share. */
#include "detect/os/os_tests_private.h"

#include "packet/checksum.h"
#include "util/reader.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define CODE_PORT        3u
#define ECHO_FIRST_CODE  9u
#define ECHO_SECOND_CODE 0u
#define SEQUENCE_MS      500.0

void os_set(struct os_fingerprint *print, int attribute, const char *value)
{
	bool set = os_fingerprint_set(print, attribute, value, strlen(value));

	assert(set);
	(void)set;
}

void os_set_hex(struct os_fingerprint *print, int attribute, uint32_t value)
{
	char text[16];

	(void)snprintf(text, sizeof(text), "%X", value);
	os_set(print, attribute, text);
}

void os_set_flag(struct os_fingerprint *print, int attribute, bool yes)
{
	os_set(print, attribute, yes ? "Y" : "N");
}

uint8_t os_initial_ttl(uint8_t ttl)
{
	return ttl <= 32 ? 32 : ttl <= 64 ? 64 : ttl <= 128 ? 128 : 255;
}

bool os_judge_missing(const struct os_round *round, const struct os_reply *reply)
{
	return reply->sends || !round->partial;
}

void os_judge_ttl(const struct os_facts *facts, int attribute, uint8_t ttl,
		  struct os_fingerprint *print)
{
	if (facts->has_distance)
		os_set_hex(print, attribute, (uint32_t)(ttl + facts->distance - 1));
	else
		os_set_hex(print, attribute + 1, os_initial_ttl(ttl));
}

/* The quote of an ICMP error, as its bytes are: what was spoilt on the way shows. */
struct quote {
	uint16_t total_bytes, id, ip_checksum, src_port, dst_port, udp_checksum;
	uint8_t ttl;
	bool ip_checksum_right;
	struct reader data;
};

static bool quote_parse(const struct packet *error, struct quote *ret_quote)
{
	struct reader in = reader_of(error->payload, error->payload_bytes);
	struct quote quote = {0};
	size_t header_bytes = (read_u8(&in) & 0x0f) * 4u;

	reader_skip(&in, 1); /* TOS */
	quote.total_bytes = read_be16(&in);
	quote.id = read_be16(&in);
	reader_skip(&in, 2); /* fragment */
	quote.ttl = read_u8(&in);
	reader_skip(&in, 1); /* protocol */
	quote.ip_checksum = read_be16(&in);
	reader_skip(&in, 8); /* addresses */
	reader_skip(&in, header_bytes > IPV4_HEADER_BYTES ? header_bytes - IPV4_HEADER_BYTES : 0);
	quote.src_port = read_be16(&in);
	quote.dst_port = read_be16(&in);
	reader_skip(&in, 2); /* length */
	quote.udp_checksum = read_be16(&in);
	if (!reader_ok(&in))
		return false;
	/* A sum over a right header, its checksum included, folds to nothing. */
	quote.ip_checksum_right =
		checksum_fold(checksum_add(0, error->payload, IPV4_HEADER_BYTES)) == 0;
	quote.data = in;
	*ret_quote = quote;
	return true;
}

static bool read_quote(const struct packet *packet, const struct os_udp_sent *udp,
		       struct quote *ret_quote)
{
	return packet->kind == PACKET_ICMP && packet->icmp.type == ICMP_UNREACHABLE &&
	       packet->icmp.code == CODE_PORT && quote_parse(packet, ret_quote) &&
	       ret_quote->src_port == udp->src_port && ret_quote->dst_port == udp->dst_port;
}

bool os_is_udp_reply(const struct packet *packet, const struct os_udp_sent *udp)
{
	struct quote quote;

	return read_quote(packet, udp, &quote);
}

/* G: as it was sent. */
static void set_unless(struct os_fingerprint *print, int attribute, uint32_t value, uint32_t sent)
{
	if (value == sent)
		os_set(print, attribute, "G");
	else
		os_set_hex(print, attribute, value);
}

static bool data_is_good(struct reader data)
{
	while (data.left_bytes)
		if (read_u8(&data) != OS_UDP_DATA_BYTE)
			return false;
	return true;
}

static void judge_udp(const struct os_round *round, const struct quote *quote,
		      struct os_facts *facts)
{
	const struct packet *packet = &round->unreachable.packet;
	struct os_fingerprint *print = &facts->print;

	os_set(print, OS_U1_R, "Y");
	os_set_flag(print, OS_U1_DF, packet->ip.dont_fragment);
	os_judge_ttl(facts, OS_U1_T, packet->ip.ttl, print);
	os_set_hex(print, OS_U1_IPL, packet->ip.total_bytes);
	os_set_hex(print, OS_U1_UN, packet->icmp.rest);
	set_unless(print, OS_U1_RIPL, quote->total_bytes, OS_UDP_TOTAL_BYTES);
	set_unless(print, OS_U1_RID, quote->id, OS_UDP_IP_ID);
	os_set(print, OS_U1_RIPCK,
	       !quote->ip_checksum        ? "Z"
	       : quote->ip_checksum_right ? "G"
					  : "I");
	set_unless(print, OS_U1_RUCK, quote->udp_checksum, round->udp.checksum);
	os_set(print, OS_U1_RUD, data_is_good(quote->data) ? "G" : "I");
}

static bool is_echo_reply(const struct os_reply *reply)
{
	return reply->seen && reply->packet.kind == PACKET_ICMP &&
	       reply->packet.icmp.type == ICMP_ECHO_REPLY;
}

static void judge_echo(const struct os_round *round, struct os_facts *facts)
{
	const struct os_reply *first = &round->echo[0], *second = &round->echo[1];
	bool df1 = first->packet.ip.dont_fragment, df2 = second->packet.ip.dont_fragment;
	uint8_t code1 = first->packet.icmp.code, code2 = second->packet.icmp.code;
	const struct os_reply *last = second->received_ns >= first->received_ns ? second : first;
	struct os_fingerprint *print = &facts->print;

	if (!is_echo_reply(first) || !is_echo_reply(second)) {
		if (os_judge_missing(round, second))
			os_set(print, OS_IE_R, "N");
		return;
	}
	os_set(print, OS_IE_R, "Y");
	os_set(print, OS_IE_DFI, df1 ? (df2 ? "Y" : "S") : (df2 ? "O" : "N"));
	os_judge_ttl(facts, OS_IE_T, last->packet.ip.ttl, print);
	if (code1 == code2 && code1)
		os_set_hex(print, OS_IE_CD, code1);
	else if (code1 == code2)
		os_set(print, OS_IE_CD, "Z");
	else
		os_set(print, OS_IE_CD,
		       code1 == ECHO_FIRST_CODE && code2 == ECHO_SECOND_CODE ? "S" : "O");
}

static double timing_ratio(const struct os_round *round)
{
	uint64_t first = round->sequence[0].sent_ns, last = round->sequence[5].sent_ns;
	uint64_t whole_ms;

	if (!round->has_open || last < first)
		return 0;
	whole_ms = (last - first) / 1000000;
	return (double)whole_ms / SEQUENCE_MS;
}

void os_tests_judge(const struct os_round *round, struct os_facts *ret_facts)
{
	struct quote quote;
	bool quoted = round->unreachable.seen &&
		      read_quote(&round->unreachable.packet, &round->udp, &quote);

	*ret_facts = (struct os_facts){.has_distance = quoted, .closed_udp = quoted};
	if (quoted)
		ret_facts->distance = round->udp.ttl - quote.ttl + 1;
	ret_facts->timing_ratio = timing_ratio(round);
	os_judge_sequence(round, ret_facts);
	os_judge_tcp(round, ret_facts);
	if (quoted)
		judge_udp(round, &quote, ret_facts);
	else if (os_judge_missing(round, &round->unreachable))
		os_set(&ret_facts->print, OS_U1_R, "N");
	judge_echo(round, ret_facts);
}
