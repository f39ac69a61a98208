/* What the system stage needs of the detect room: somebody who finds out which system a
 * host runs. The room to the right fills in the functions (detect/os/os_scan.h). */
#ifndef PORTOLAN_ENGINE_SYSTEM_DETECTOR_H
#define PORTOLAN_ENGINE_SYSTEM_DETECTOR_H

#include "engine/system.h"
#include "engine/talk.h"
#include "engine/target.h"
#include "net/mac.h"
#include "net/transport.h"

/* What the port scan saw of a TCP connection's answer: the first SYN/ACK. */
struct system_syn_ack {
	bool seen;
	uint8_t ttl, options_bytes;
	bool dont_fragment;
	uint16_t window, id;
	uint8_t options[40];
};

/* What a service has said of the system, text as its answer had it; NULL: nothing. */
struct system_hint {
	enum transport transport;
	uint16_t port;
	const char *service, *product, *version, *extrainfo, *hostname, *ostype, *devicetype,
		*cpe_o, *cpe_h;
};

/* One host's order; borrowed until it is done or was stopped. */
struct system_order {
	const struct target *target;
	struct talks *talks; /* NULL: no probe can be sent; what is known must do */
	/* SYSTEM_NO_PORT (-1): none was found. Unfiltered ones will do, but are not said to be
	 * closed (A1). */
	int32_t open_tcp, closed_tcp, unfiltered_tcp, closed_udp, unfiltered_udp;
	bool has_mac;
	struct mac_addr mac;
	const char *name; /* reverse DNS, or NULL */
	uint64_t srtt_ns; /* 0 unknown */
	uint64_t rto_ns;  /* as the port scan left it; 0 unknown */
	uint64_t scan_delay_ns;
	struct system_syn_ack syn_ack;
	const struct system_hint *hints;
	size_t hints_count;
	void (*found)(void *self, const struct system_facts *facts);
	/* After found(); from the loop, never from inside start(). Not after stop(). */
	void (*done)(void *self);
	void *self;
};

struct system_work; /* one order under way; the detector's */

struct system_detector {
	void *self;
	int (*start)(void *self, const struct system_order *order,
		     struct system_work **ret_work);        /* ERROR_MEMORY */
	void (*stop)(void *self, struct system_work *work); /* gives up, and tells nothing */
};

#endif
