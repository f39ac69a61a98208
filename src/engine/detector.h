/* What the service stage needs of the detect room: somebody who is given a
 * host's open ports and says, one by one, what runs there. The room to the
 * right fills in the functions (detect/service/service_scan.h). */
#ifndef PORTOLAN_ENGINE_DETECTOR_H
#define PORTOLAN_ENGINE_DETECTOR_H

#include "engine/service.h"
#include "engine/target.h"
#include "engine/verdict.h"
#include "net/transport.h"

/* One port to look at. */
struct detect_port {
	enum transport transport;
	uint16_t number;
	enum port_state state; /* PORT_OPEN or PORT_OPEN_FILTERED */
	/* UDP: the payload of a response that the port scan got (SV: reuse); NULL none. */
	const uint8_t *reply;
	size_t reply_bytes;
};

/* One host's order; borrowed until it is done or was stopped. */
struct detect_order {
	const struct target *target;
	uint64_t srtt_ns; /* 0 unknown */
	const struct detect_port *ports;
	size_t ports_count;
	/* A port that was open|filtered has answered (SV-12). */
	void (*opened)(void *self, const struct detect_port *port);
	/* Once for every port. */
	void (*found)(void *self, const struct detect_port *port,
		      const struct service_facts *facts);
	/* After the last; from the loop, never from inside start(). Not after stop(). */
	void (*done)(void *self);
	void *self;
};

struct detect_work; /* one order under way; the detector's */

struct detector {
	void *self;
	/* ERROR_MEMORY. */
	int (*start)(void *self, const struct detect_order *order, struct detect_work **ret_work);
	/* Gives up; the ports without facts are told none. */
	void (*stop)(void *self, struct detect_work *work);
	/* For progress lines: ports told, and taken. */
	void (*progress)(const void *self, uint64_t *ret_done, uint64_t *ret_all);
};

#endif
