/* What the SCTP techniques have in common (RFC 9260). */
#ifndef PORTOLAN_ENGINE_TECHNIQUE_SCTP_H
#define PORTOLAN_ENGINE_TECHNIQUE_SCTP_H

#include "engine/technique.h"

/* An INIT to `port`, the cookie as its initiate tag. */
void sctp_build_init(const struct probe_request *request, uint16_t port, struct packet *ret_packet);

/* Is the response an SCTP packet whose first chunk is of that type? */
static inline bool sctp_is(const struct response *seen, uint8_t chunk)
{
	return seen->packet->kind == PACKET_SCTP && seen->packet->sctp.has_chunk &&
	       seen->packet->sctp.chunk_type == chunk;
}

#endif
