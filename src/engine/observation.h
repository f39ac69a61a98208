/* An observation is one fact; a sink is where facts go. The engine makes each
 * fact once and gives it to every sink. */
#ifndef PORTOLAN_ENGINE_OBSERVATION_H
#define PORTOLAN_ENGINE_OBSERVATION_H

#include "engine/liars.h"
#include "engine/path.h"
#include "engine/script_result.h"
#include "engine/service.h"
#include "engine/system.h"
#include "engine/target.h"
#include "engine/verdict.h"
#include "net/mac.h"
#include "net/transport.h"

enum observation_kind {
	OBSERVED_RUN_BEGIN,      /* once, before everything */
	OBSERVED_TARGET_SKIPPED, /* an expression could not be used */
	OBSERVED_HOST,           /* up, down or (list scan) unknown, with reason */
	OBSERVED_NAME,           /* reverse DNS answered with a name */
	OBSERVED_PORT,           /* a port's verdict; a later one replaces an earlier */
	OBSERVED_SERVICE,        /* what runs on a port; a later one replaces an earlier */
	OBSERVED_SYSTEM,         /* which system the host runs; a later one replaces an earlier */
	OBSERVED_PATH,           /* the way to the host */
	OBSERVED_SCRIPT,  /* what a script gave; a later one of its place replaces an earlier */
	OBSERVED_FINDING, /* something is wrong; the same, of its id and source */
	OBSERVED_SCRIPTS_DONE, /* all scripts before, or after, the scan are through */
	OBSERVED_LIAR,         /* something answers for all its ports (engine/liars.h) */
	OBSERVED_HOST_DONE,    /* nothing more will come about this host */
	OBSERVED_TASK_BEGIN,   /* a stage has its first host (only shown with -v) */
	OBSERVED_TASK_END,     /* a stage has had its last host */
	OBSERVED_WARNING,      /* a sentence for people */
	OBSERVED_RUN_END,      /* once, after everything */
};

enum run_task {
	TASK_PING,
	TASK_DNS,
	TASK_SERVICES,
	TASK_SYSTEM,
	TASK_PATH,
	TASK_SCRIPTS,
	TASK_PORTS,
	RUN_TASKS
};

/* Who a warning is for (formats.md 1.1). */
enum warning_audience {
	WARNING_ERRORS, /* standard error and the normal file */
	WARNING_PLAIN,  /* the screen and the normal file */
	WARNING_STDERR, /* standard error only */
};

enum run_outcome { RUN_COMPLETE, RUN_CANCELLED, RUN_FAILED };

struct observation {
	enum observation_kind kind;
	enum warning_audience audience; /* OBSERVED_WARNING */
	uint64_t wall_ns;               /* when, since 1970 */
	const struct target *target;    /* NULL for what concerns the run */
	union {
		struct {
			const char *expression, *why;
		} skipped;
		struct {
			enum host_state state;
			enum reason reason;
			uint8_t ttl;
			uint8_t attempt;
			uint32_t rtt_us;
			struct ip_addr from; /* IP_NONE: the target itself */
			uint16_t port;       /* of the probe that was answered; 0 none */
			bool more;           /* a fuller report follows (hosthint) */
			bool has_mac;        /* a neighbour that told its hardware address */
			struct mac_addr mac;
		} host;
		const char *name;
		struct {
			enum transport transport;
			uint16_t number;
			struct verdict verdict;
		} port;
		struct {
			enum transport transport;
			uint16_t number;
			const struct service_facts *facts;
		} service;
		const struct system_facts *system;
		const struct path_facts *path;
		/* With the scopes SCRIPT_PRE and SCRIPT_POST there is no target; else there is. */
		struct {
			struct script_place place;
			const struct script_result *result;
		} script;
		struct {
			struct script_place place;
			const struct script_finding *finding;
		} finding;
		enum script_scope scripts_done; /* SCRIPT_PRE, SCRIPT_POST */
		struct liar_finding liar;
		struct {
			enum host_state state; /* as last observed */
			bool ports_scanned;
			bool timed_out;                      /* --host-timeout */
			bool incomplete;                     /* cancelled before it was through */
			uint64_t start_wall_ns, end_wall_ns; /* of the port scan; 0 when none */
			bool has_rtt;
			uint64_t srtt_us, rttvar_us, timeout_us;
		} done;
		struct {
			enum run_task task;
			/* TASK_PORTS; TASK_PING: `neighbour` when only ARP or ND asks, else NULL */
			const struct scan_technique *technique;
			uint64_t hosts,
				ports; /* begin: hosts in sight, ports per host; end: totals done */
			const struct target *only; /* the host when there is just one */
			enum script_scope
				scripts; /* TASK_SCRIPTS: PRE, HOST (all of the scan), POST */
		} task;
		const char *warning;
		struct {
			enum run_outcome outcome;
			const char *why; /* RUN_FAILED; else NULL */
			uint64_t hosts_total, hosts_up, hosts_down;
			uint64_t probes_sent, probes_answered, probes_resent, dropped_locally;
			uint64_t probes_planned;    /* without any resend; 0 not known */
			uint64_t dropped_receiving; /* the kernel had no room for them */
			double estimated_missed; /* share of probes unanswered for loss; < 0 unknown
						  */
			/* Ports (or, without a port scan, hosts) that would have answered but
			 * for loss: the estimate, and the interval that holds the truth with
			 * 95 %; < 0 unknown. */
			double missed, missed_low, missed_high;
			/* Raw packets and the bytes of their IP parts (ARP: of its own); of the
			 * received only those that were answers. */
			uint64_t raw_sent, raw_sent_bytes, raw_received, raw_received_bytes;
		} end;
	};
};

/* The engine calls it from one thread only. What `seen` points to is the
 * engine's: copy what must outlive the call (target_ref() for targets).
 * A negative return is remembered and reported at the end, it stops nothing. */
struct sink {
	void *self;
	int (*observe)(void *self, const struct observation *seen);
};

#endif
