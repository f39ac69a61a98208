/* The ports of a host whose services are asked for: gathered while its ports are
 * scanned, given to the detector afterwards. 32 bytes a port that is open, and a UDP
 * response's payload. For the run's stages only. */
#ifndef PORTOLAN_ENGINE_SERVICE_PORTS_H
#define PORTOLAN_ENGINE_SERVICE_PORTS_H

#include "engine/detector.h"
#include "net/services.h"

struct service_ports {
	struct detect_port *ports;
	size_t count, room;
	size_t reply_bytes; /* kept in all */
	bool short_of_memory;
};

/* Notes a verdict; those that are neither open nor open|filtered take a port out again.
 * Memory short: noted in short_of_memory. */
void service_ports_note(struct service_ports *services, enum transport transport, uint16_t port,
			enum port_state state);
/* Keeps what a UDP port answered, if its port turns out open: the first 4,096 bytes, and of one
 * host no more than 1 MiB. */
void service_ports_note_reply(struct service_ports *services, uint16_t port, const uint8_t *bytes,
			      size_t count);
/* In the order in which they are asked: open before open|filtered, TCP before UDP, by number;
 * what answered without being open is left out. */
void service_ports_sort(struct service_ports *services);
/* Keeps the `most` that are most often open in the world (names). Before service_ports_sort(). */
void service_ports_keep_usual(struct service_ports *services, const struct services *names,
			      size_t most);
void service_ports_release(struct service_ports *services);

#endif
