/* A packet as one line for people, as --packet-trace shows it: the lines of
 * nmap 7.93 (features.md OU-17), measured. */
#ifndef PORTOLAN_REPORT_PACKET_TEXT_H
#define PORTOLAN_REPORT_PACKET_TEXT_H

#include "net/services.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct packet_trace {
	bool sent;            /* else received */
	double at_s;          /* since the run began */
	bool ethernet;        /* bytes begin with an Ethernet header, else with an IP header */
	const uint8_t *bytes; /* borrowed */
	size_t count;
	const struct services *services; /* names of IP protocols; NULL: they are "unknown" */
};

/* No line has more, but for TCP and IP options that are somebody's game. */
#define PACKET_TEXT_BYTES 512

/* Writes the line, without an end of line, cut at room - 1 bytes and ended with
 * NUL. Gives its length. Whatever the bytes are, the line is printable ASCII. */
size_t packet_text(const struct packet_trace *trace, char *text, size_t room);

#endif
