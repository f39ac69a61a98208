/* What a scan learns of a host's system on its way: the first SYN/ACK, and what services
 * say. For the run's stages only. */
#ifndef PORTOLAN_ENGINE_SYSTEM_HINTS_H
#define PORTOLAN_ENGINE_SYSTEM_HINTS_H

#include "engine/service.h"
#include "engine/system_detector.h"
#include "util/arena.h"

#define SYSTEM_HINTS_MAX 8u

struct system_hints {
	struct arena arena; /* of the texts */
	size_t count;
	struct system_hint list[SYSTEM_HINTS_MAX];
};

/* Takes a copy of what a service says of the system; *hints is made when it is NULL. What
 * names a system takes the place of what only names a product. Short of memory it is not noted. */
void system_hints_note(struct system_hints **hints, enum transport transport, uint16_t port,
		       const struct service_facts *facts);
void system_hints_free(struct system_hints *hints); /* NULL is fine */

/* The first SYN/ACK stays; other packets are passed over. */
void system_syn_ack_note(struct system_syn_ack *syn_ack, const struct packet *packet);

#endif
