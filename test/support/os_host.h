/* A host as IPv4 OS detection sees one, for tests without a network: what it says to each
 * probe. Port 80 is open, 81 and UDP 33333 are closed. */
#ifndef PORTOLAN_TEST_OS_HOST_H
#define PORTOLAN_TEST_OS_HOST_H

#include "packet/packet.h"

struct os_host {
	uint8_t hops;       /* on the way to it */
	uint32_t isn;       /* of the next connection; grows by 64000 each */
	uint16_t id;        /* of its next packet that is not TCP; TCP has 0 */
	uint32_t now_ms;    /* its timestamps */
	uint8_t quote[576]; /* of the last ICMP error */
};

/* False: it says nothing to that. The payload of the answer is the host's, until the next. */
bool os_host_answers(struct os_host *host, const struct packet *probe, struct packet *ret_answer);

#endif
