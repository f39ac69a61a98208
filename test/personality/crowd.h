/* Many hosts on one link. IPv4: an entry of the reference file each, address base + n has
 * entry first + n. IPv6: a print each that is played again, address base6 + n has file n.
 * Frames in, frames out: ARP, IPv4, IPv6; no socket. Each has a hardware address made of its
 * own address. Memory: some 2 KB a host, 22 KB over IPv6. */
#ifndef PORTOLAN_TEST_PERSONALITY_CROWD_H
#define PORTOLAN_TEST_PERSONALITY_CROWD_H

#include "net/ip.h"
#include "personality_answer.h"
#include "util/files.h"

#define CROWD_FRAME_BYTES (14u + PERSONALITY_ANSWER_BYTES)

struct crowd;

struct crowd_config {
	const struct os_db *db; /* NULL: no IPv4 */
	struct ip_addr base;
	size_t first, count; /* entries; fewer when the file ends */
	struct personality_ports ports;
	const struct text_files *prints; /* NULL: no IPv6 */
	struct ip_addr base6;
	unsigned drop; /* every so many-th packet is not heard; 0: all are */
};

struct crowd_counts {
	uint64_t heard, dropped, answered; /* packets to its hosts, and answers */
};

/* ERROR_MEMORY, ERROR_RANGE (no such entries), or what is wrong with a print. */
int crowd_new(const struct crowd_config *config, struct crowd **ret_crowd, struct diag *diag);
void crowd_free(struct crowd *crowd); /* NULL is fine */
size_t crowd_hosts(const struct crowd *crowd);
struct crowd_counts crowd_counts(const struct crowd *crowd);

/* The frame that answers one; its length, 0: there is none. `out` has room for
 * CROWD_FRAME_BYTES. */
size_t crowd_answer(struct crowd *crowd, const uint8_t *frame, size_t bytes, uint64_t now_ns,
		    uint8_t *out);

#endif
