/* A host that answers IPv6 OS detection with the very packets of a print (os-detection.md B3),
 * as data/os6/samples and Nmap have them: addresses, ports and acknowledgement numbers are
 * the prober's, all else is as it was seen. Packets in, packets out. */
#ifndef PORTOLAN_TEST_PERSONALITY_REPLAY_H
#define PORTOLAN_TEST_PERSONALITY_REPLAY_H

#include "detect/os/os6_print.h"
#include "net/mac.h"

#define REPLAY_OPEN_PORT    22u /* open if the print has replies of an open port */
#define REPLAY_ANSWER_BYTES 2048u

struct replay {
	struct os6_print print;
	struct ip_addr addr;
	struct mac_addr mac;
};

/* The text may have comments (#) before the print. ERROR_SYNTAX, ERROR_NOT_FOUND. */
int replay_read(const char *text, size_t bytes, struct replay *ret_host, struct diag *diag);

/* The IPv6 packet that answers one; its length, 0: there is none. `out` has room for
 * REPLAY_ANSWER_BYTES. A port scan and neighbour solicitation are answered, too. */
size_t replay_answer(const struct replay *host, const uint8_t *bytes, size_t count, uint8_t *out);

#endif
