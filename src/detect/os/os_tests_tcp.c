/* What TCP replies look like: OPS, WIN, ECN, T1 to T7 (os-detection.md A5, A6). */
#include "detect/os/os_options.h"
#include "detect/os/os_tests_private.h"

#include <stdio.h>

static bool is_tcp(const struct os_reply *reply)
{
	return reply->seen && reply->packet.kind == PACKET_TCP;
}

/* The reply to SEQ n or, failing that, to OPS n. */
static const struct tcp_header *options_reply(const struct os_round *round, int n)
{
	if (is_tcp(&round->sequence[n]))
		return &round->sequence[n].packet.tcp;
	return is_tcp(&round->options[n]) ? &round->options[n].packet.tcp : NULL;
}

static void set_options(const struct tcp_header *tcp, int attribute, struct os_fingerprint *print)
{
	char text[OS_OPTIONS_TEXT_BYTES];

	os_options_text(tcp->options, tcp->options_bytes, text);
	os_set(print, attribute, text);
}

/* All six or nothing. */
static void judge_options(const struct os_round *round, struct os_fingerprint *print)
{
	const struct tcp_header *tcp[6];
	int n;

	for (n = 0; n < 6; n++)
		if (!(tcp[n] = options_reply(round, n)))
			return;
	for (n = 0; n < 6; n++) {
		set_options(tcp[n], OS_OPS_O1 + n, print);
		os_set_hex(print, OS_WIN_W1 + n, tcp[n]->window);
	}
}

static void set_quirks(const struct tcp_header *tcp, int attribute, struct os_fingerprint *print)
{
	bool urgent = tcp->urgent && !(tcp->flags & TCP_URG);
	char text[4];

	(void)snprintf(text, sizeof(text), "%s%s", tcp->reserved ? "R" : "", urgent ? "U" : "");
	os_set(print, attribute, text);
}

static void set_sequence(const struct os_round *round, const struct tcp_header *tcp, int attribute,
			 struct os_fingerprint *print)
{
	os_set(print, attribute,
	       !tcp->seq                     ? "Z"
	       : tcp->seq == round->ack      ? "A"
	       : tcp->seq == round->ack + 1u ? "A+"
					     : "O");
}

static void set_acknowledgement(const struct os_round *round, const struct tcp_header *tcp,
				int attribute, struct os_fingerprint *print)
{
	os_set(print, attribute,
	       !tcp->ack                     ? "Z"
	       : tcp->ack == round->seq      ? "S"
	       : tcp->ack == round->seq + 1u ? "S+"
					     : "O");
}

static void set_flags(const struct tcp_header *tcp, int attribute, struct os_fingerprint *print)
{
	static const char letters[] = "EUAPRSF";
	static const uint8_t bits[] = {TCP_ECE, TCP_URG, TCP_ACK, TCP_PSH,
				       TCP_RST, TCP_SYN, TCP_FIN};
	char text[sizeof(letters)];
	size_t i, used = 0;

	for (i = 0; i < sizeof(bits); i++)
		if (tcp->flags & bits[i])
			text[used++] = letters[i];
	text[used] = '\0';
	os_set(print, attribute, text);
}

/* Text behind a reset: some stacks explain themselves. */
static void set_reset_data(const struct packet *packet, int attribute, struct os_fingerprint *print)
{
	bool has_data = (packet->tcp.flags & TCP_RST) && packet->payload_bytes;

	os_set_hex(print, attribute,
		   has_data ? os_crc32(packet->payload, packet->payload_bytes) : 0);
}

static const char *congestion(uint8_t flags)
{
	bool echo = flags & TCP_ECE, reduced = flags & TCP_CWR;

	return echo ? (reduced ? "S" : "Y") : (reduced ? "O" : "N");
}

static void judge_ecn(const struct os_round *round, struct os_facts *facts)
{
	const struct packet *packet = &round->ecn.packet;
	struct os_fingerprint *print = &facts->print;

	if (!is_tcp(&round->ecn)) {
		if (round->has_open && os_judge_missing(round, &round->ecn))
			os_set(print, OS_ECN_R, "N");
		return;
	}
	os_set(print, OS_ECN_R, "Y");
	os_set_flag(print, OS_ECN_DF, packet->ip.dont_fragment);
	os_judge_ttl(facts, OS_ECN_T, packet->ip.ttl, print);
	os_set_hex(print, OS_ECN_W, packet->tcp.window);
	set_options(&packet->tcp, OS_ECN_O, print);
	os_set(print, OS_ECN_CC, congestion(packet->tcp.flags));
	set_quirks(&packet->tcp, OS_ECN_Q, print);
}

static void judge_first(const struct os_round *round, struct os_facts *facts)
{
	const struct os_reply *reply =
		is_tcp(&round->sequence[0]) ? &round->sequence[0] : &round->first_again;
	const struct packet *packet = &reply->packet;
	struct os_fingerprint *print = &facts->print;

	if (!is_tcp(reply)) {
		if (round->has_open && os_judge_missing(round, &round->sequence[0]))
			os_set(print, OS_T1_R, "N");
		return;
	}
	os_set(print, OS_T1_R, "Y");
	os_set_flag(print, OS_T1_DF, packet->ip.dont_fragment);
	os_judge_ttl(facts, OS_T1_T, packet->ip.ttl, print);
	set_sequence(round, &packet->tcp, OS_T1_S, print);
	set_acknowledgement(round, &packet->tcp, OS_T1_A, print);
	set_flags(&packet->tcp, OS_T1_F, print);
	set_reset_data(packet, OS_T1_RD, print);
	set_quirks(&packet->tcp, OS_T1_Q, print);
}

/* T2 to T7 have the same attributes: `shift` leads from T2's to theirs. */
static void judge_other(const struct os_round *round, const struct os_reply *reply, int shift,
			bool expected, struct os_facts *facts)
{
	const struct packet *packet = &reply->packet;
	struct os_fingerprint *print = &facts->print;

	if (!is_tcp(reply)) {
		if (expected && os_judge_missing(round, reply))
			os_set(print, OS_T2_R + shift, "N");
		return;
	}
	os_set(print, OS_T2_R + shift, "Y");
	os_set_flag(print, OS_T2_DF + shift, packet->ip.dont_fragment);
	os_judge_ttl(facts, OS_T2_T + shift, packet->ip.ttl, print);
	os_set_hex(print, OS_T2_W + shift, packet->tcp.window);
	set_sequence(round, &packet->tcp, OS_T2_S + shift, print);
	set_acknowledgement(round, &packet->tcp, OS_T2_A + shift, print);
	set_flags(&packet->tcp, OS_T2_F + shift, print);
	set_options(&packet->tcp, OS_T2_O + shift, print);
	set_reset_data(packet, OS_T2_RD + shift, print);
	set_quirks(&packet->tcp, OS_T2_Q + shift, print);
}

void os_judge_tcp(const struct os_round *round, struct os_facts *facts)
{
	int n;

	judge_options(round, &facts->print);
	judge_ecn(round, facts);
	judge_first(round, facts);
	for (n = 0; n < 6; n++)
		judge_other(round, &round->tcp[n], n * (OS_T3_R - OS_T2_R),
			    n < 3 ? round->has_open : round->has_closed, facts);
}
