/* The ports of a host that OS detection asks (os-detection.md A1), noted while its ports
 * are scanned. For the run's stages only. */
#ifndef PORTOLAN_ENGINE_SYSTEM_PORTS_H
#define PORTOLAN_ENGINE_SYSTEM_PORTS_H

#include "engine/verdict.h"
#include "net/transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYSTEM_OPEN_PORTS 16u
#define SYSTEM_NO_PORT    (-1)

struct system_ports {
	/* The lowest open TCP ports, ascending; those that -sV found wrapped are marked. */
	uint16_t open[SYSTEM_OPEN_PORTS];
	bool wrapped[SYSTEM_OPEN_PORTS];
	uint8_t open_count;
	/* The lowest of each other than 0 where there is one; SYSTEM_NO_PORT. */
	int32_t closed_tcp, unfiltered_tcp, closed_udp, unfiltered_udp;
};

void system_ports_init(struct system_ports *ports);
/* A verdict; a later one of the same port that is open replaces an earlier one. */
void system_ports_note(struct system_ports *ports, enum transport transport, uint16_t port,
		       enum port_state state);
void system_ports_note_wrapped(struct system_ports *ports, uint16_t port);
/* The open TCP port to ask: the lowest that is not wrapped; not 0 if there is another. */
int32_t system_ports_open(const struct system_ports *ports);

#endif
