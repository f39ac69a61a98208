/* One host under way: what every stage needs of it. Private to the engine's
 * run and stages. */
#ifndef PORTOLAN_ENGINE_HOST_H
#define PORTOLAN_ENGINE_HOST_H

#include "engine/attempts.h"
#include "engine/liars.h"
#include "engine/observation.h"
#include "engine/path_hint.h"
#include "engine/prober.h"
#include "engine/rtt.h"
#include "engine/service_ports.h"
#include "engine/system_hints.h"
#include "engine/system_ports.h"
#include "engine/window.h"
#include "net/resolver.h"
#include "util/loop.h"

struct run;
struct sender;
struct rules_order;
struct host;
struct probe;
struct hop;
struct route;
struct plan_ping;
struct response;
struct swept;

#define HOST_CANARIES 16u

/* What the sender needs to ask one host's ports; the stage that owns the host
 * at the moment fills it in. */
struct probing {
	const struct scan_technique *technique; /* NULL: nothing to ask */
	/* Discovery: the probers' values are places in this list, each with a
	 * technique of its own; NULL: values are ports. */
	const struct plan_ping *pings;
	uint8_t phase; /* keeps the answers of one stage out of another */
	struct prober prober;
	uint64_t gap_ns; /* least time between two probes, beside the scan delay */
	/* A probe came to an end with this verdict; attempt and rtt_us are in it. */
	void (*verdict)(struct host *host, uint16_t port, const struct verdict *verdict);
	/* Raw: a response was judged, before its verdict is told; NULL: nobody cares. */
	void (*responded)(struct host *host, const struct response *seen);
	/* Every probe has had its verdict, or the stage was told to stop. */
	void (*finished)(struct host *host);
};

struct host {
	struct run *run;
	struct sender *sender;
	struct target *target;
	struct host *prev, *next;             /* the run's list of hosts under way */
	struct host *queue_next;              /* waiting for the port stage */
	struct host *advance_next;            /* a stage ended: the run will look at it */
	struct host *ready_prev, *ready_next; /* sender's list of hosts with work */
	bool ready, queued, advancing;
	bool cap_told;                        /* the retransmission cap was hit, and it was said */
	uint8_t stages_started, stages_ended; /* bit per stage */

	enum host_state state;
	bool timed_out, incomplete, ports_scanned;
	enum reason down_reason; /* the best reason seen for being down */
	uint64_t start_wall_ns, end_wall_ns;

	struct rtt rtt;
	struct window window;
	unsigned backoff;       /* doublings of the time before a port is asked again */
	struct window resends;  /* raw: of those in flight, they hold it until their timeout */
	uint64_t scan_delay_ns; /* adaptive: starts at --scan-delay */
	/* Of what was sent since the delay changed, and what other hosts had then. */
	unsigned drops_since_change, answers_since_change;
	uint64_t change_ns, others_answered, others_lost;
	uint64_t first_answer_ns, last_answer_ns; /* of those answers */
	uint64_t slowed_ns;                       /* when the delay last grew */
	bool limited;          /* it answers only so often, while other hosts answer well */
	uint64_t next_send_ns; /* scan delay */
	uint64_t local_failure_since_ns; /* our machine cannot send to it; 0: it can */
	struct timer delay_timer;        /* ready again when the delay is over */
	struct timer deadline_timer;     /* --host-timeout, of the stage that the host is in */
	uint64_t deadline_ns;            /* when that is over; 0 never */

	struct probing probing;
	unsigned technique_index;         /* of the plan's techniques, under way */
	unsigned techniques_passed;       /* of them, as the run counts */
	struct rules_order *order;        /* of its ports, while they are scanned */
	struct liars liars;               /* what its answers look like */
	uint64_t ports_done;              /* verdicts given */
	bool lies;                        /* something answers for its ports (liars.h) */
	struct service_ports services;    /* asked for after the ports, with -sV */
	size_t services_told;             /* of them */
	struct detect_work *detecting;    /* NULL: not under way */
	struct system_ports system_ports; /* that OS detection asks */
	struct system_syn_ack syn_ack;    /* the first that came, with raw packets */
	struct system_hints *hints;       /* of its services, for OS detection; NULL: none */
	char *name;                       /* from DNS, for OS detection; NULL: none */
	struct system_stage *system;      /* stage_system.c; NULL: not under way */
	struct path_stage *path;          /* stage_path.c; NULL: not under way */
	struct script_host *facts;        /* for scripts; NULL: no script is chosen, or no memory */
	struct script_work *scripts;      /* NULL: not under way */
	struct path_hint path_hint;       /* which probe it answers */
	uint8_t path_start_ttl; /* how far away OS detection found it to be; 0 not known */
	struct probe *probes, *probes_last; /* in flight, by time of sending */

	const struct swept *swept; /* found by a sweep: for the first stages only */
	bool found;                /* by a sweep: discovery is known */
	bool ports_known;          /* and its ports, too */

	/* Raw packets (sender_raw.c). */
	struct host *chain; /* of its address */
	bool raw;           /* in the table of addresses */
	bool hop_waiting;   /* for its next hop's hardware address */
	struct hop *hop;
	const struct route *route;
	struct probe *slots;              /* the oldest probe that holds a place in the window */
	struct timer expiry_timer;        /* of the oldest probe */
	uint32_t heard_count, lost_count; /* evidence of loss on the way to it */
	struct lately lately;             /* the same, of what was sent after slowed_ns */
	struct lately alarm;              /* and of all, at once */
	uint16_t canaries[HOST_CANARIES]; /* ports that answered lately */
	unsigned canaries_count, canaries_next;
	unsigned canaries_lost;  /* in a row */
	uint32_t canaries_heard; /* since one was lost */
	uint32_t unanswered;     /* probes, since the last canary */
	struct resolver_query *query;
};

#endif
