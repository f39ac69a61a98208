#include "detect/os/os6_answers.h"

#include <string.h>

#define ACK_SPAN 3u /* SYN and FIN count one each, and some stacks count less */

/* What is looked for. */
struct asker {
	const struct os6_base *base;
	bool (*expects)(const void *self, enum os6_probe probe);
	const void *self;
};

static bool expects(const struct asker *asker, int probe)
{
	return asker->expects(asker->self, (enum os6_probe)probe);
}

/* Do all TCP probes have one source port? Then the numbers must tell them apart. */
static bool has_one_port(const struct os6_base *base)
{
	return base->tcp_ports[0] == base->tcp_ports[1];
}

/* Does it acknowledge this probe, or, as a RST without ACK does, start with what the probe
 * acknowledged? */
static bool fits_numbers(const struct os6_base *base, unsigned place, const struct tcp_header *tcp)
{
	if (tcp->flags & TCP_ACK)
		return tcp->ack - (base->seq + place) < ACK_SPAN;
	return place != OS6_SEQUENCE_PROBES && tcp->seq == base->acks[place];
}

static bool fits_ports(const struct os6_base *base, unsigned place, int32_t theirs,
		       const struct tcp_header *tcp)
{
	return tcp->dst_port == base->tcp_ports[place] && tcp->src_port == theirs;
}

static int32_t port_asked(const struct os6_base *base, int probe)
{
	return probe >= OS6_T5 ? base->closed_tcp : base->open_tcp;
}

static int answers_tcp(const struct asker *asker, const struct tcp_header *tcp)
{
	const struct os6_base *base = asker->base;
	int probe;

	for (probe = 0; probe < OS6_PROBES; probe++) {
		int place = os6_probe_tcp((enum os6_probe)probe);

		if (place < 0 || !expects(asker, probe) ||
		    !fits_ports(base, (unsigned)place, port_asked(base, probe), tcp))
			continue;
		if (!has_one_port(base) || fits_numbers(base, (unsigned)place, tcp))
			return probe;
	}
	return -1;
}

static int answers_echo(uint32_t rest)
{
	if (rest >> 16 != OS6_ECHO_ID)
		return -1;
	return (rest & 0xffff) == 0 ? OS6_IE1 : (rest & 0xffff) == 1 ? OS6_IE2 : -1;
}

static int answers_icmp(const struct os6_base *base, const struct packet *packet)
{
	if (packet->icmp.type == ICMPV6_ECHO_REPLY)
		return answers_echo(packet->icmp.rest);
	if (packet->icmp.type == ICMPV6_NEIGHBOUR_ADVERTISEMENT && packet->payload_bytes >= 16 &&
	    memcmp(packet->payload, base->target.bytes, 16) == 0)
		return OS6_NS;
	return -1;
}

/* The probe that is quoted. */
static int answers_error(const struct os6_base *base, const struct packet *quoted)
{
	unsigned probe;

	if (quoted->kind == PACKET_UDP)
		return quoted->udp.src_port == base->udp_port &&
				       quoted->udp.dst_port == base->closed_udp
			       ? OS6_U1
			       : -1;
	if (quoted->kind == PACKET_ICMPV6)
		return quoted->icmp.type == ICMPV6_ECHO ? answers_echo(quoted->icmp.rest)
		       : quoted->icmp.type == ICMPV6_NEIGHBOUR_SOLICITATION ? OS6_NS
									    : -1;
	for (probe = 0; quoted->kind == PACKET_TCP && probe < OS6_PROBES; probe++) {
		int place = os6_probe_tcp((enum os6_probe)probe);

		if (place >= 0 && quoted->tcp.src_port == base->tcp_ports[place] &&
		    quoted->tcp.dst_port == port_asked(base, (int)probe) &&
		    quoted->tcp.seq == base->seq + (unsigned)place)
			return (int)probe;
	}
	return -1;
}

int os6_answers(const struct os6_base *base, const struct packet *packet,
		const struct packet *quoted,
		bool (*expects_it)(const void *self, enum os6_probe probe), const void *self)
{
	const struct asker asker = {base, expects_it, self};
	int probe = -1;

	/* What a router on the way says is not the host's. */
	if (memcmp(packet->ip.src.bytes, base->target.bytes, sizeof(base->target.bytes)) != 0)
		return -1;
	if (quoted)
		probe = answers_error(base, quoted);
	else if (packet->kind == PACKET_TCP)
		return answers_tcp(&asker, &packet->tcp);
	else if (packet->kind == PACKET_ICMPV6)
		probe = answers_icmp(base, packet);
	return probe >= 0 && expects(&asker, probe) ? probe : -1;
}
