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
	struct deferred done;
};

struct service_scan {
	struct service_scan_config config;
	struct portset speak_first;       /* TCP ports whose servers speak first */
	struct detect_work *works, *turn; /* whose turn it is to start a port */
	struct port_scan *ports;
	size_t ports_now, ports_limit;
	bool full;         /* an attempt found no room */
	struct timer room; /* when to look again */
	struct deferred start;
	uint64_t ports_done, ports_all;
};

/* Connections to one host at a time, whatever its ports want. */
#define WORK_CONNECTIONS_MAX 128u

/* The facts go to the order; frees the port. */
void service_scan_port_ended(struct service_scan *scan, struct port_scan *port,
			     const struct service_facts *facts);
/* No room for a connection: port_scan_kick() will be called. */
void service_scan_wait_for_room(struct service_scan *scan);
void service_scan_trace(const struct service_scan *scan, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
