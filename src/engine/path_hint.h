/* Which probe a host answers for sure: noted while it is discovered and its ports are
 * scanned, for the path to it (features.md TR-01). Knows verdicts, not packets. */
#ifndef PORTOLAN_ENGINE_PATH_HINT_H
#define PORTOLAN_ENGINE_PATH_HINT_H

#include "engine/technique.h"

struct path_hint {
	const struct scan_technique *technique; /* NULL: nothing was seen */
	uint16_t port;                          /* or protocol */
	uint8_t rank;                           /* how well it serves, 0 none */
	uint8_t ttl;                            /* of an answer, as it arrived; 0 not known */
	bool open;
	bool is_ping; /* of discovery, not of a port scan */
};

/* A ping that was answered, so that the host is up. */
void path_hint_ping(struct path_hint *hint, const struct scan_technique *technique, uint16_t port,
		    const struct verdict *verdict);
/* A port's verdict, whatever it is. */
void path_hint_port(struct path_hint *hint, const struct scan_technique *technique, uint16_t port,
		    const struct verdict *verdict);

/* How far away the host seems, of its answer's TTL: the first TTL was a usual one. 0: not
 * known, or beyond `most`. */
uint8_t path_hint_distance(const struct path_hint *hint, uint8_t most);

#endif
