#include "engine/system_ports.h"

#include <string.h>

void system_ports_init(struct system_ports *ports)
{
	*ports = (struct system_ports){
		.closed_tcp = SYSTEM_NO_PORT,
		.unfiltered_tcp = SYSTEM_NO_PORT,
		.closed_udp = SYSTEM_NO_PORT,
		.unfiltered_udp = SYSTEM_NO_PORT,
	};
}

static void note_lowest(int32_t *port, uint16_t found)
{
	if (*port == SYSTEM_NO_PORT || *port == 0 || (found && found < *port))
		*port = found;
}

static void take_out(struct system_ports *ports, size_t place)
{
	ports->open_count--;
	memmove(&ports->open[place], &ports->open[place + 1],
		(ports->open_count - place) * sizeof(ports->open[0]));
	memmove(&ports->wrapped[place], &ports->wrapped[place + 1],
		(ports->open_count - place) * sizeof(ports->wrapped[0]));
}

static void forget(struct system_ports *ports, uint16_t port)
{
	size_t i;

	for (i = 0; i < ports->open_count; i++)
		if (ports->open[i] == port) {
			take_out(ports, i);
			return;
		}
}

static void note_open(struct system_ports *ports, uint16_t port)
{
	size_t place = ports->open_count, i;

	if (place == SYSTEM_OPEN_PORTS && port > ports->open[place - 1])
		return;
	if (place == SYSTEM_OPEN_PORTS)
		place = --ports->open_count;
	while (place && ports->open[place - 1] > port)
		place--;
	for (i = ports->open_count; i > place; i--) {
		ports->open[i] = ports->open[i - 1];
		ports->wrapped[i] = ports->wrapped[i - 1];
	}
	ports->open[place] = port;
	ports->wrapped[place] = false;
	ports->open_count++;
}

void system_ports_note(struct system_ports *ports, enum transport transport, uint16_t port,
		       enum port_state state)
{
	bool tcp = transport == TRANSPORT_TCP;

	if (!tcp && transport != TRANSPORT_UDP)
		return;
	if (tcp)
		forget(ports, port);
	if (tcp && state == PORT_OPEN)
		note_open(ports, port);
	else if (state == PORT_CLOSED)
		note_lowest(tcp ? &ports->closed_tcp : &ports->closed_udp, port);
	else if (state == PORT_UNFILTERED)
		note_lowest(tcp ? &ports->unfiltered_tcp : &ports->unfiltered_udp, port);
}

void system_ports_note_wrapped(struct system_ports *ports, uint16_t port)
{
	size_t i;

	for (i = 0; i < ports->open_count; i++)
		ports->wrapped[i] = ports->wrapped[i] || ports->open[i] == port;
}

int32_t system_ports_open(const struct system_ports *ports)
{
	size_t i;
	int pass;

	/* The lowest but 0 and wrapped ones, then but 0, then any. */
	for (pass = 0; pass < 3; pass++)
		for (i = 0; i < ports->open_count; i++)
			if (pass == 2 || (ports->open[i] && (pass == 1 || !ports->wrapped[i])))
				return ports->open[i];
	return SYSTEM_NO_PORT;
}
