/* The inside of the service scan. */
#ifndef PORTOLAN_DETECT_SERVICE_SERVICE_SCAN_PRIVATE_H
#define PORTOLAN_DETECT_SERVICE_SERVICE_SCAN_PRIVATE_H

#include "detect/service/port_scan.h"

struct detect_work {
	struct detect_work *prev, *next; /* all of the scan */
	struct service_scan *scan;
	struct detect_order order;
	size_t taken, ended;   /* of its ports */
	unsigned now, at_once; /* ports under way; at most */
	unsigned connections;  /* of them */
	unsigned silent;       /* ports that ended without having said anything */
	struct deferred done;
};

struct service_scan {
	struct service_scan_config config;
	struct portset speak_first;           /* TCP ports whose servers speak first */
	struct detect_work *works, *turn;     /* whose turn it is to start a port */
	struct port_scan *ports, *ports_last; /* in the order in which they began */
	size_t ports_now, ports_limit;
	bool full;                  /* an attempt found no room */
	struct timer room;          /* when to look again */
	struct deferred room_later; /* the same, when there is no memory for a timer */
	struct deferred start;
	uint64_t ports_done, ports_all;
};

/* Connections that a port has at the busiest, and a host's ports together. A host has no more
 * ports under way than that gives room to, or some would wait until their time was over. */
#define PORT_CONNECTIONS     7u
#define WORK_PORTS_MAX       100u
#define WORK_CONNECTIONS_MAX (WORK_PORTS_MAX * PORT_CONNECTIONS)

/* The facts go to the order; frees the port. */
void service_scan_port_ended(struct service_scan *scan, struct port_scan *port,
			     const struct service_facts *facts);
/* No room for a connection: port_scan_kick() will be called. */
void service_scan_wait_for_room(struct service_scan *scan);
void service_scan_trace(const struct service_scan *scan, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
