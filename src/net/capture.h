/* Frames as they pass by on an interface, chosen by a filter in pcap's language
 * (pcap-filter(7)); compiled by libpcap, run by the kernel. For scripts; the scan itself hears by
 * links. One descriptor each. */
#ifndef PORTOLAN_NET_CAPTURE_H
#define PORTOLAN_NET_CAPTURE_H

#include "net/interface.h"
#include "net/link.h"

struct capture;

/* Valid for the call only. */
struct capture_frame {
	const uint8_t *bytes; /* from the link header on, at most `snap` of them */
	size_t count;
	size_t wire_bytes; /* as long as it was */
	size_t link_bytes; /* of that the link header; 0 where the interface has none */
	uint64_t wall_ns;  /* since 1970 */
};

struct capture_config {
	struct loop *loop;
	struct link_sockets *sockets;      /* to take one of; borrowed */
	const struct interface *interface; /* NULL: all of them */
	size_t snap;                       /* bytes of a frame that are wanted; 0: all */
	bool promiscuous;
	const char *filter; /* "" all */
	void (*heard)(void *self, const struct capture_frame *frame);
	void *self;
};

/* ERROR_SYNTAX: the filter; ERROR_LIMIT: no socket is left; ERROR_SYSTEM, ERROR_MEMORY; all with
 * words. It is paused at first, and what passes then waits with the kernel. */
int capture_open(const struct capture_config *config, struct capture **ret_capture,
		 struct diag *diag);
/* The loop hears it, or not. ERROR_MEMORY. */
int capture_pause(struct capture *capture, bool pause);
void capture_close(struct capture *capture); /* NULL is fine; also from heard() */

#endif
