#include "engine/technique_tcp.h"

#include "engine/technique_icmp.h"

#define PROBE_WINDOW 1024u
#define PROBE_MSS    1460u

/* The cookie is in seq, which even the shortest quote in an ICMP error holds;
 * the reset that answers an ACK brings back our ack, so it is there as well. */
void tcp_build(const struct probe_request *request, uint8_t flags, struct packet *ret_packet)
{
	struct packet packet = {.ip.protocol = PROTOCOL_TCP, .kind = PACKET_TCP};

	if (request->scan_flags >= 0)
		flags = (uint8_t)request->scan_flags;
	packet.tcp.src_port = request->src_port;
	packet.tcp.dst_port = request->port;
	packet.tcp.seq = request->cookie;
	packet.tcp.ack = flags & TCP_ACK ? request->cookie : 0;
	packet.tcp.flags = flags;
	packet.tcp.window = PROBE_WINDOW;
	if (flags & TCP_SYN)
		tcp_add_mss(&packet.tcp, PROBE_MSS);
	*ret_packet = packet;
}

/* A SYN-ACK that resets as well is noise: Nmap does not take it for a reset
 * either. */
struct verdict tcp_reset_judge(const struct response *seen, enum port_state reset_means)
{
	if (seen->quoted)
		return icmp_error_judge(seen, &icmp_own_filtered);
	if (tcp_has(seen, TCP_RST) && !tcp_has(seen, TCP_SYN | TCP_ACK))
		return verdict_of(reset_means, REASON_RESET);
	return verdict_none();
}
