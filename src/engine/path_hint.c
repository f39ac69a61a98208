/* The order of probes is Nmap 7.93's, as it shows when it is watched (2026-11, one
 * scan for each pair of a ping and a port): a protocol of a protocol scan is taken in
 * place of anything, ICMP as the last of them; then TCP without SYN, a SYN to a closed port, SCTP,
 * a SYN to an open port, UDP, and what pings ask of ICMP and protocols. Of equals the first stays.
 * A connection counts as a SYN to an open port, but cannot be sent with a TTL: the
 * path is then asked for by ICMP. */
#include "engine/path_hint.h"

enum rank {
	RANK_NONE,
	RANK_PING,
	RANK_UDP,
	RANK_OPEN,
	RANK_SCTP,
	RANK_CLOSED,
	RANK_ACK,
	RANK_IP_ICMP,
	RANK_IP
};

static enum rank rank_of_protocol(uint16_t protocol)
{
	return protocol == PROTOCOL_ICMP || protocol == PROTOCOL_ICMPV6 ? RANK_IP_ICMP : RANK_IP;
}

static enum rank rank_of(const struct scan_technique *technique, uint16_t port,
			 const struct verdict *verdict, bool is_ping)
{
	switch (technique->probe) {
	case PROBE_TCP:
		if (!technique->handshake)
			return RANK_ACK;
		return verdict->state == PORT_OPEN ? RANK_OPEN : RANK_CLOSED;
	case PROBE_FLOW:
		return RANK_OPEN;
	case PROBE_SCTP:
		return RANK_SCTP;
	case PROBE_UDP:
		return RANK_UDP;
	case PROBE_PROTOCOL:
		return is_ping ? RANK_PING : rank_of_protocol(port);
	case PROBE_ICMP:
		return RANK_PING;
	default:
		return RANK_NONE;
	}
}

static void note(struct path_hint *hint, const struct scan_technique *technique, uint16_t port,
		 const struct verdict *verdict, bool is_ping)
{
	enum rank rank = rank_of(technique, port, verdict, is_ping);

	if (verdict->ttl && verdict->from.family == IP_NONE && rank)
		hint->ttl = verdict->ttl;
	if (rank <= hint->rank)
		return;
	hint->rank = (uint8_t)rank;
	hint->technique = technique;
	hint->port = port;
	hint->open = verdict->state == PORT_OPEN;
	hint->is_ping = is_ping;
}

void path_hint_ping(struct path_hint *hint, const struct scan_technique *technique, uint16_t port,
		    const struct verdict *verdict)
{
	note(hint, technique, port, verdict, true);
}

void path_hint_port(struct path_hint *hint, const struct scan_technique *technique, uint16_t port,
		    const struct verdict *verdict)
{
	if (verdict->reason == REASON_NO_RESPONSE || verdict->from.family != IP_NONE ||
	    verdict->state == PORT_FILTERED || verdict->state == PORT_UNKNOWN || technique->idle)
		return;
	note(hint, technique, port, verdict, false);
}

uint8_t path_hint_distance(const struct path_hint *hint, uint8_t most)
{
	static const unsigned first_ttls[] = {32, 64, 128, 255};
	unsigned i = 0, distance;

	if (!hint->ttl)
		return 0;
	while (first_ttls[i] < hint->ttl)
		i++;
	distance = first_ttls[i] - hint->ttl + 1;
	return distance <= most ? (uint8_t)distance : 0;
}
