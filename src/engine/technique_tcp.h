/* What the TCP techniques have in common. They differ in the flags they send
 * and in what an answer's flags mean. */
#ifndef PORTOLAN_ENGINE_TECHNIQUE_TCP_H
#define PORTOLAN_ENGINE_TECHNIQUE_TCP_H

#include "engine/technique.h"

/* The probe with these flags, or with the request's --scanflags instead. */
void tcp_build(const struct probe_request *request, uint8_t flags, struct packet *ret_packet);

/* For the scans whose only answer is a reset: RFC 9293, 3.10.7.1, a closed port
 * resets any segment that does not itself reset. An open one keeps silent. */
struct verdict tcp_reset_judge(const struct response *seen, enum port_state reset_means);

/* What a response is, if it is a TCP segment. */
static inline bool tcp_has(const struct response *seen, uint8_t flags)
{
	return seen->packet->kind == PACKET_TCP && (seen->packet->tcp.flags & flags) == flags;
}

#endif
