/* What ICMP has in common for all techniques: what an error says of the port
 * whose probe it quotes, and the questions that ICMP itself has. */
#ifndef PORTOLAN_ENGINE_TECHNIQUE_ICMP_H
#define PORTOLAN_ENGINE_TECHNIQUE_ICMP_H

#include "engine/technique.h"

/* Two errors are the target's own word, when the target itself sends them:
 * "no such port" and "no such protocol". What they mean is the technique's
 * affair; from anyone else they are a filter's word like all the others. */
struct icmp_own {
	enum port_state port_unreach;  /* v4 type 3 code 3; v6 type 1 code 4 */
	enum port_state proto_unreach; /* v4 type 3 code 2; v6 type 4 code 1 */
};

/* For techniques that such an error tells no more than any other: filtered. */
extern const struct icmp_own icmp_own_filtered;

/* The verdict of an ICMP or ICMPv6 error that quotes our probe (seen->quoted).
 * PORT_UNKNOWN: it is none, or one that says nothing of a port. */
struct verdict icmp_error_judge(const struct response *seen, const struct icmp_own *own);

/* An ICMP question of the target's family (for ICMPv6: an echo request), its
 * identifier from the cookie; `type` is of ICMP for IPv4. */
void icmp_build(const struct probe_request *request, enum icmp_type type,
		struct packet *ret_packet);

/* For pings: the answer of type `v4` (`v6` from IPv6; 0xff: there is none)
 * means open for that reason; errors are judged as above. */
struct verdict icmp_reply_judge(const struct response *seen, uint8_t v4, uint8_t v6,
				enum reason reason);

#endif
