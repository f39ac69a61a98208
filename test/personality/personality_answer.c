#include "personality_answer.h"

#include "detect/os/os_tests.h"
#include "options.h"
#include "packet/checksum.h"
#include "packet/packet.h"
#include "tcp_probe.h"

#include <math.h>
#include <string.h>

#define ISN_START     0x1b2c3d41u
#define STAMP_START   0x00010001u
#define NUMBER_ELSE   0x5a17c0deu
#define UDP_BYTES_MIN 8u
#define ECHO_BYTES    2048u
#define ECHO_SEQUENCE 295u /* of IE1; IE2 has the next */
#define TTL_PLAIN     64u
#define WINDOW_PLAIN  5840u

/* An answer that is being made. */
struct answer {
	struct personality_host *host;
	const struct packet *probe;
	const uint8_t *bytes; /* the probe's */
	size_t count;
	uint64_t now_ns;
	uint8_t *out;
	struct packet reply;
};

static uint8_t sent_ttl(const struct personality *made, uint16_t ttl)
{
	int left = ttl - (made->distance - 1);

	return (uint8_t)(left < 1 ? 1 : left > 255 ? 255 : left);
}

static void start_reply(struct answer *answer, enum packet_kind kind, uint16_t ttl, bool df)
{
	answer->reply = (struct packet){
		.kind = kind,
		.ip = {.src = answer->probe->ip.dst,
		       .dst = answer->probe->ip.src,
		       .ttl = sent_ttl(&answer->host->made, ttl),
		       .dont_fragment = df},
	};
}

static size_t finish(const struct answer *answer)
{
	return packet_build(&answer->reply, answer->out, PERSONALITY_ANSWER_BYTES);
}

static bool is_open(const struct personality_host *host, uint16_t port)
{
	size_t i;

	for (i = 0; i < host->ports->count; i++)
		if (host->ports->open[i] == port)
			return true;
	return false;
}

/* ------------------------------------------------- TCP probes */

static uint32_t number_by(enum number_rule rule, uint32_t other)
{
	switch (rule) {
	case NUMBER_ZERO:
		return 0;
	case NUMBER_SAME:
		return other;
	case NUMBER_NEXT:
		return other + 1;
	default:
		return other ^ NUMBER_ELSE;
	}
}

/* The number of a SYN/ACK: the first one is by rule, the others are steps further. A
 * probe out of order begins anew. */
static uint32_t next_isn(struct answer *answer, enum tcp_probe probe)
{
	struct personality_host *host = answer->host;
	const struct tcp_traits *traits = &host->made.tcp[probe];
	size_t place = probe;

	if (host->isn_ns && place > host->isn_probe)
		host->isn += isn_advance(&host->made.isn, host->isn_probe, place,
					 answer->now_ns - host->isn_ns);
	else if (traits->seq == NUMBER_OTHER)
		host->isn = host->isn ? host->isn + NUMBER_ELSE % 65536 : ISN_START;
	else
		host->isn = number_by(traits->seq, answer->probe->tcp.ack);
	host->isn_probe = place;
	host->isn_ns = answer->now_ns;
	return host->isn;
}

/* One whose sequence number counts. */
static bool is_numbered(const struct personality_host *host, enum tcp_probe probe)
{
	return probe <= PROBE_SEQ6 && host->made.tcp[probe].flags & TCP_SYN;
}

static uint16_t next_id(struct answer *answer, enum tcp_probe probe)
{
	struct personality_host *host = answer->host;
	uint16_t id;

	if (probe == PROBE_T5 || probe == PROBE_T6 || probe == PROBE_T7)
		return id_next(host->made.closed_ids, &host->closed_ids, probe == PROBE_T5);
	id = id_next(host->made.tcp_ids, &host->tcp_ids, probe == PROBE_SEQ1);
	if (is_numbered(host, probe))
		host->last_tcp_id = id;
	return id;
}

/* Half a tick early, so that the few ticks of a slow clock fall between probes. */
static uint32_t stamp_at(const struct answer *answer)
{
	const struct personality_host *host = answer->host;
	double seconds = (double)(answer->now_ns - host->round_ns) / 1e9;
	double ticks = floor(seconds * host->made.timestamp_hz + 0.5);

	return STAMP_START + (uint32_t)(uint64_t)fmod(ticks, 4294967296.0);
}

static void add_options(struct answer *answer, const char *text)
{
	/* What the probe's own option says; all probes say the same. */
	const struct options_stamps stamps = {.own = stamp_at(answer), .echoed = UINT32_MAX};
	struct tcp_header *tcp = &answer->reply.tcp;
	int bytes = options_build(text, stamps, tcp->options);

	tcp->options_bytes = bytes > 0 ? (uint8_t)bytes : 0;
}

static size_t answer_probe(struct answer *answer, enum tcp_probe probe)
{
	struct personality_host *host = answer->host;
	const struct tcp_traits *traits = &host->made.tcp[probe];
	const struct tcp_header *asked = &answer->probe->tcp;

	if (!traits->answers)
		return 0;
	if (probe == PROBE_SEQ1)
		host->round_ns = answer->now_ns;
	start_reply(answer, PACKET_TCP, traits->ttl, traits->dont_fragment);
	answer->reply.ip.id = next_id(answer, probe);
	answer->reply.tcp = (struct tcp_header){
		.src_port = asked->dst_port,
		.dst_port = asked->src_port,
		.seq = is_numbered(host, probe) ? next_isn(answer, probe)
						: number_by(traits->seq, asked->ack),
		.ack = number_by(traits->ack, asked->seq),
		.flags = traits->flags,
		.reserved = traits->reserved,
		.window = traits->window,
		.urgent = traits->urgent,
	};
	add_options(answer, traits->options);
	answer->reply.payload = traits->data;
	answer->reply.payload_bytes = traits->has_data ? sizeof(traits->data) : 0;
	return finish(answer);
}

/* ------------------------------------------------- TCP of all days */

static void start_plain_tcp(struct answer *answer)
{
	const struct tcp_traits *traits = &answer->host->made.tcp[PROBE_T5];
	const struct tcp_header *asked = &answer->probe->tcp;

	start_reply(answer, PACKET_TCP, traits->ttl ? traits->ttl : TTL_PLAIN,
		    traits->dont_fragment);
	answer->reply.ip.id = next_id(answer, TCP_PROBES);
	answer->reply.tcp = (struct tcp_header){
		.src_port = asked->dst_port,
		.dst_port = asked->src_port,
	};
}

static size_t answer_syn(struct answer *answer)
{
	const struct tcp_traits *traits = &answer->host->made.tcp[PROBE_SEQ1];
	struct tcp_header *tcp = &answer->reply.tcp;

	start_plain_tcp(answer);
	tcp->seq = NUMBER_ELSE;
	tcp->ack = answer->probe->tcp.seq + 1;
	tcp->flags = TCP_SYN | TCP_ACK;
	tcp->window = traits->window ? traits->window : WINDOW_PLAIN;
	tcp_add_mss(tcp, 1460);
	return finish(answer);
}

/* RFC 9293, 3.10.7.1. */
static size_t answer_reset(struct answer *answer)
{
	const struct tcp_header *asked = &answer->probe->tcp;
	struct tcp_header *tcp = &answer->reply.tcp;

	start_plain_tcp(answer);
	tcp->flags = TCP_RST;
	if (asked->flags & TCP_ACK) {
		tcp->seq = asked->ack;
		return finish(answer);
	}
	tcp->flags |= TCP_ACK;
	tcp->ack = asked->seq + (uint32_t)answer->probe->payload_bytes +
		   (asked->flags & TCP_SYN ? 1 : 0) + (asked->flags & TCP_FIN ? 1 : 0);
	return finish(answer);
}

static size_t answer_plain_tcp(struct answer *answer)
{
	const struct tcp_header *asked = &answer->probe->tcp;
	bool open = is_open(answer->host, asked->dst_port);

	if (asked->flags & TCP_RST)
		return 0;
	if (open && (asked->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
		return answer_syn(answer);
	return open && !(asked->flags & TCP_ACK) ? 0 : answer_reset(answer);
}

static size_t answer_tcp(struct answer *answer)
{
	enum tcp_probe probe = tcp_probe_of(&answer->probe->tcp);

	return probe == TCP_PROBES ? answer_plain_tcp(answer) : answer_probe(answer, probe);
}

/* ------------------------------------------------- UDP: all ports are closed */

static void write_be16(uint8_t *out, uint16_t value)
{
	out[0] = (uint8_t)(value >> 8);
	out[1] = (uint8_t)value;
}

static uint16_t header_checksum(uint8_t *header)
{
	write_be16(header + 10, 0);
	return checksum_fold(checksum_add(0, header, IPV4_HEADER_BYTES));
}

/* The quote of U1 as the entry has it. */
static void spoil_quote(const struct udp_traits *udp, uint8_t distance, uint8_t *quote,
			size_t bytes)
{
	uint8_t *header = quote, *datagram = quote + IPV4_HEADER_BYTES;
	uint16_t sum;

	write_be16(header + 2, udp->quoted_bytes);
	write_be16(header + 4, udp->quoted_id);
	header[8] = (uint8_t)(header[8] - (distance - 1));
	sum = header_checksum(header);
	write_be16(header + 10, udp->ip_checksum == CHECKSUM_ZERO   ? 0
				: udp->ip_checksum == CHECKSUM_GOOD ? sum
				: sum == 0x1234                     ? 0x4321
								    : 0x1234);
	if (!udp->keeps_checksum)
		write_be16(datagram + 6, udp->checksum);
	if (udp->spoils_data && bytes > IPV4_HEADER_BYTES + UDP_BYTES_MIN)
		datagram[UDP_BYTES_MIN] = (uint8_t)~datagram[UDP_BYTES_MIN];
}

static bool is_udp_probe(const struct answer *answer)
{
	return answer->probe->ip.id == OS_UDP_IP_ID &&
	       answer->probe->payload_bytes == OS_UDP_DATA_BYTES &&
	       answer->probe->payload[0] == OS_UDP_DATA_BYTE;
}

/* `bytes` of the probe; what is more goes on as its data does. */
static size_t send_unreachable(struct answer *answer, size_t bytes, uint32_t unused)
{
	static uint8_t quote[PERSONALITY_ANSWER_BYTES];
	const struct udp_traits *udp = &answer->host->made.udp;
	size_t known = bytes < answer->count ? bytes : answer->count;

	memcpy(quote, answer->bytes, known);
	memset(quote + known, OS_UDP_DATA_BYTE, bytes - known);
	if (is_udp_probe(answer))
		spoil_quote(udp, answer->host->made.distance, quote, bytes);
	answer->reply.ip.id = next_id(answer, TCP_PROBES);
	answer->reply.icmp =
		(struct icmp_header){.type = ICMP_UNREACHABLE, .code = 3, .rest = unused};
	answer->reply.payload = quote;
	answer->reply.payload_bytes = bytes;
	return finish(answer);
}

static size_t answer_udp(struct answer *answer)
{
	const struct udp_traits *udp = &answer->host->made.udp;
	const size_t headers = IPV4_HEADER_BYTES + 8, least = IPV4_HEADER_BYTES + UDP_BYTES_MIN;

	start_reply(answer, PACKET_ICMP, udp->ttl, udp->dont_fragment);
	if (!is_udp_probe(answer))
		return send_unreachable(answer, least, 0);
	if (!udp->answers || udp->total_bytes < headers + least)
		return 0;
	return send_unreachable(answer, udp->total_bytes - headers, udp->unused);
}

/* ------------------------------------------------- echo */

/* 0, 1: IE1, IE2; 2: some other echo. */
static size_t echo_place(const struct packet *probe)
{
	uint16_t sequence = (uint16_t)probe->icmp.rest;

	if (sequence == ECHO_SEQUENCE && probe->icmp.code)
		return 0;
	return sequence == ECHO_SEQUENCE + 1 && probe->payload_bytes == 150 ? 1 : 2;
}

/* The first goes on where TCP's counter was, or far from it. */
static uint16_t echo_id(struct personality_host *host, size_t place)
{
	const struct personality *made = &host->made;
	struct id_state state = {.last = host->last_echo_id, .high = place};
	uint16_t step = id_step(made->tcp_ids), ahead = step;
	bool follows = place == 0 && host->last_tcp_id && step && id_is_counter(made->echo_ids);

	if (!made->shares_ids)
		ahead = (uint16_t)(3 * step + 5000);
	if (follows)
		state.last = (uint16_t)(host->last_tcp_id + ahead - id_step(made->echo_ids));
	host->last_echo_id = id_next(made->echo_ids, &state, place == 0 && !follows);
	return host->last_echo_id;
}

static size_t answer_echo(struct answer *answer)
{
	const struct packet *probe = answer->probe;
	const struct echo_traits *echo = &answer->host->made.echo;
	size_t place = echo_place(probe);
	bool plain = place == 2;

	if (probe->icmp.type != ICMP_ECHO || (!plain && !echo->answers))
		return 0;
	start_reply(answer, PACKET_ICMP, echo->ttl, !plain && echo->dont_fragment[place]);
	answer->reply.ip.id = plain ? next_id(answer, TCP_PROBES) : echo_id(answer->host, place);
	answer->reply.icmp = (struct icmp_header){
		.type = ICMP_ECHO_REPLY,
		.code = plain ? 0 : echo->codes[place],
		.rest = probe->icmp.rest,
	};
	answer->reply.payload = probe->payload;
	answer->reply.payload_bytes = probe->payload_bytes;
	return finish(answer);
}

size_t personality_answer(struct personality_host *host, const uint8_t *bytes, size_t count,
			  uint64_t now_ns, uint8_t *out)
{
	struct packet probe;
	struct answer answer = {
		.host = host,
		.probe = &probe,
		.bytes = bytes,
		.count = count,
		.now_ns = now_ns,
		.out = out,
	};

	if (!packet_parse(bytes, count, &probe) || probe.ip.dst.family != IP_V4)
		return 0;
	if (probe.kind == PACKET_TCP)
		return answer_tcp(&answer);
	if (probe.kind == PACKET_UDP)
		return answer_udp(&answer);
	return probe.kind == PACKET_ICMP ? answer_echo(&answer) : 0;
}
