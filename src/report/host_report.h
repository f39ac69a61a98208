/* Everything known of one host when its report is written, gathered from
 * observations (collector.h) or read back from a journal. What formats print
 * is here as declared fields; later stages (services, OS, scripts, path) add
 * theirs. */
#ifndef PORTOLAN_REPORT_HOST_REPORT_H
#define PORTOLAN_REPORT_HOST_REPORT_H

#include "engine/observation.h"

struct port_report {
	uint16_t number;
	uint8_t transport; /* enum transport */
	struct verdict verdict;
	const struct service_facts *service; /* NULL: it was not looked for */
};

struct script_report {
	struct script_place place;
	const struct script_result *result;
};

struct finding_report {
	struct script_place place;
	const struct script_finding *finding;
};

/* In order of place and id; findings by severity, the worst first, then the same. */
struct scripts_report {
	const struct script_report *scripts;
	size_t scripts_count;
	const struct finding_report *findings;
	size_t findings_count;
};

struct host_report {
	uint64_t index; /* target index */
	struct ip_addr addr;
	const char *name;             /* as typed; NULL */
	const char *ptr;              /* reverse DNS; NULL */
	const struct ip_addr *others; /* the name's addresses not scanned */
	size_t others_count;
	enum host_state state;
	enum reason reason;
	uint8_t reason_ttl;
	struct ip_addr reason_from; /* IP_NONE: the host itself */
	bool has_mac;               /* a neighbour's, told by ARP or ND */
	struct mac_addr mac;
	/* Something answers for its ports in its name; kind LIAR_NONE: not that we know. Of the
	 * rest only the TTL is kept in journals. */
	struct liar_finding liar;
	bool list_only; /* -sL: no state was looked for */
	bool ports_scanned;
	bool timed_out;                    /* --host-timeout */
	bool incomplete;                   /* the scan stopped before it was through */
	int64_t start_s, end_s;            /* of the port scan, since 1970; 0 none */
	const struct system_facts *system; /* NULL: it was not looked for */
	const struct path_facts *path;     /* the same */
	struct scripts_report scripts;
	bool has_rtt;
	uint64_t srtt_us, rttvar_us, timeout_us;
	const struct port_report *ports; /* all scanned ports, by transport then number */
	size_t ports_count;
};

#endif
