/* What a session shows and keeps of raw packets: a line each on the screen
 * (--packet-trace, the p key), and all of them in a capture file (--pcap). */
#ifndef PORTOLAN_API_SESSION_PACKETS_H
#define PORTOLAN_API_SESSION_PACKETS_H

#include "engine/wire.h"
#include "net/link.h"
#include "report/out.h"

struct session_packets {
	struct loop *loop;
	const struct services *services; /* for names of protocols */
	struct out *screen;              /* borrowed; NULL none */
	struct pcap_writer *capture;
	uint64_t start_ns;
	bool trace;
};

/* Opens the capture file, if the plan has one. ERROR_IO with words. */
int session_packets_open(struct session_packets *packets, const struct plan *plan,
			 struct diag *diag);
/* Taps the wire as long as there is something to show or keep. */
void session_packets_attach(struct session_packets *packets, struct wire *wire);
/* ERROR_IO with words when the capture could not be written whole. */
int session_packets_close(struct session_packets *packets, struct diag *diag);

#endif
