/* The way to a host, hop by hop (features.md section 14). Made by the path stage, carried
 * by observations, printed by formats. */
#ifndef PORTOLAN_ENGINE_PATH_H
#define PORTOLAN_ENGINE_PATH_H

#include "net/ip.h"
#include "net/transport.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATH_HOPS_MAX 64u

/* What an address belongs to, of the user's MMDB file; NULL, 0: not known. */
struct path_place {
	const char *country;      /* "DE" */
	const char *organization; /* "Example Networks" */
	uint32_t asn;
};

struct path_hop {
	uint8_t ttl;
	struct ip_addr from; /* IP_NONE: it was silent */
	bool has_rtt;
	uint32_t rtt_us;
	bool cached;      /* seen on the way to another target, and not asked again */
	const char *name; /* reverse DNS; NULL */
	struct path_place place;
};

enum path_probe { PATH_NONE, PATH_PORT, PATH_PROTOCOL }; /* none: on the link, or our own */

/* Texts and hops are borrowed for the call that hands the facts over. */
struct path_facts {
	enum path_probe probe;
	enum transport transport; /* PATH_PORT */
	uint16_t number;          /* port, or IP protocol */
	bool reached;             /* the last hop is the target itself */
	bool incomplete;
	/* The first hops, up to this TTL, are the same as for `same_as`; 0: none are. */
	uint8_t same_hops;
	struct ip_addr same_as;
	const struct path_hop *hops; /* by TTL, from 1, without gaps */
	size_t hops_count;
	uint32_t probes_sent;
};

#endif
