/* The inside of a run, for run.c, its progress and the stages. */
#ifndef PORTOLAN_ENGINE_RUN_PRIVATE_H
#define PORTOLAN_ENGINE_RUN_PRIVATE_H

#include "engine/detector.h"
#include "engine/eta.h"
#include "engine/proxied.h"
#include "engine/run.h"
#include "engine/script_runner.h"
#include "engine/sender.h"
#include "engine/stage.h"
#include "util/random.h"

/* The port order of one set of rules: the plan's, or that of host:ports lines. */
struct rules_order {
	struct rules_order *next;
	const struct port_rules *rules;
	uint16_t *ports[PLAN_TECHNIQUES_MAX]; /* per technique of the plan */
	uint32_t counts[PLAN_TECHNIQUES_MAX];
	uint16_t *places[PLAN_TECHNIQUES_MAX]; /* of each port in its order; raw techniques */
	uint64_t total;
	/* Ports at random for run_liars.c, once needed. */
	uint16_t check_ports[LIARS_CHECKS], *check_places;
	uint32_t check_count;
	bool check_listed; /* all are among the rules' */
};

/* The pings of one family; places is 0, 1, 2 ... */
struct ping_list {
	struct plan_ping *pings;
	uint16_t *places;
	uint32_t count;
};

struct task_state {
	bool begun, ended;
	const struct scan_technique *technique; /* as it was told when it began */
	uint64_t hosts_in, hosts_now, hosts_through, ports_done;
};

/* Hosts whose system is asked for now, and those that wait for their turn (stage_system.c). */
struct systems {
	unsigned now, more; /* more than the least at once, as their pace held */
	struct system_stage *first, *last;
};

/* Scripts before and after the scan, and the targets they add (run_scripts.c). */
struct run_scripts {
	enum script_scope scope;  /* of `work` */
	struct script_work *work; /* NULL: none is under way */
	bool pre, post;           /* that phase has begun (or need not) */
	char **targets;           /* expressions, each once, in the order they came */
	size_t targets_count, targets_room, targets_begun;
	struct addrset *known;              /* addresses that were taken, or done before */
	struct target_config target_config; /* of the stream they are in; owns its list */
	bool streaming;                     /* the run's stream is of them */
};

struct run {
	struct run_config config;
	const struct plan *plan;
	struct loop *loop;
	struct target_stream *stream;
	struct sender sender;
	struct random random;
	struct host *hosts;                    /* under way */
	struct host *queue_first, *queue_last; /* up, waiting for the port stage */
	struct host *advance_first, *advance_last;
	struct deferred advance;
	struct rules_order *orders;
	uint16_t *ping_ports; /* of discovery, in order */
	uint32_t ping_ports_count;
	struct ping_list pings[2], neighbours; /* with raw packets: IPv4, IPv6 */
	struct run_sweep *sweep;               /* NULL: hosts come from the target stream */
	struct sender_idle *idle;              /* NULL: no idle scan */
	struct systems systems;                /* in the stage of OS detection */
	struct run_scripts scripts;
	struct proxied *proxied; /* NULL: nothing was open yet */
	struct path_crew *paths; /* NULL: no path was traced yet */

	struct task_state tasks[RUN_TASKS];
	struct task_state techniques[PLAN_TECHNIQUES_MAX]; /* of the port stage, as in the plan */
	uint64_t hosts_limit, scanning_limit;              /* under way; in the port stage */
	uint64_t hosts_now, scanning_now, queue_count;
	struct port_list_request line_ports; /* for host:ports lines */
	uint64_t taken, done, up, down;
	uint64_t next_index;    /* above that of every target */
	uint64_t without_route; /* targets that no packet can be sent to */
	uint64_t left;          /* incomplete, for the way to them was lost */
	double expected;        /* targets; < 0 unknown */
	bool started, drained, counted, cancelled, failed, finished;
	struct diag why; /* of a failure */
	uint64_t start_ns;
	struct eta eta;
	struct rate_sample {
		uint64_t at_ns, sent;
	} rate_from, rate_to; /* for the recent rate */
	int sink_error;
};

/* A stage is through with this host; run looks at it soon, not now. */
void run_stage_ended(struct host *host, enum stage_id stage);
/* The host's clock (--host-timeout), which began with its ports, goes on in this stage. */
void run_keep_deadline(struct host *host, void (*timed_out)(void *host));
/* Gives a fact to every sink; fills in the wall clock. */
void run_observe(struct run *run, struct observation *seen);
/* Emits OBSERVED_HOST for a host that was decided. */
/* The port stage goes through the techniques of the plan, each a task for people: a host
 * begins with the one of its technique_index; it has passed those before `upto`. */
void run_technique_begins(struct host *host);
void run_techniques_passed(struct host *host, size_t upto);
void run_observe_host(struct host *host, enum host_state state, const struct verdict *why,
		      uint16_t port);
void run_warn(struct run *run, const struct host *host, enum warning_audience audience,
	      const char *text);
/* The order of the ports of a target; NULL: memory. */
struct rules_order *run_rules_order(struct run *run, const struct port_rules *rules);
const struct port_rules *run_rules_of(const struct run *run, const struct host *host);

/* run_sweep.c: when the plan is a sweep, it brings the hosts. */
int run_sweep_new(struct run *run, struct diag *diag);
void run_sweep_free(struct run *run);
void run_sweep_start(struct run *run);
void run_sweep_stop(struct run *run);
void run_sweep_kick(struct run *run);
/* Does it ask the ports, or only who is up? False without a sweep, too. */
static inline bool run_sweeps_ports(const struct run *run)
{
	return run->sweep && run->plan->port_scan && !run->plan->sweep.pings;
}
/* How many targets it has (at most UINT64_MAX), and probes for each. */
uint64_t run_sweep_targets(const struct run *run);
uint64_t run_sweep_probes(const struct run *run);
/* Its part in the numbers of the end. */
void run_sweep_end(const struct run *run, struct observation *seen);
/* The share done; false: no sweep. */
bool run_sweep_fraction(const struct run *run, double *ret_fraction, uint64_t *ret_sent,
			double *ret_rate_pps);
/* Its hosts are all in: the run ends when they are through. */
void run_drained(struct run *run);
/* Nothing more is begun; what is under way is finished, then the run ends as failed. */
void run_fail(struct run *run, const struct diag *why);

/* run_liars.c: before a host's ports are asked by a technique ... */
void run_liars_begin(struct host *host);
/* ... when they are under way with raw packets ... */
void run_liars_listen(struct host *host);
/* ... and after: true when a few more are asked, to see whether the host lies; done() is then
 * called. */
bool run_liars_check(struct host *host, void (*done)(struct host *));
/* What came of it: a fact and a sentence, if it does. */
void run_liars_tell(struct host *host);
/* A probe's answer that says open, of any host. */
void run_note_opened(struct run *run, const struct packet *packet);
/* At the end: prefixes whose addresses answer alike. */
void run_liars_end(struct run *run);

/* run_scripts.c. Before the first target: true when scripts run first; the run then begins its
 * hosts with run_begin_hosts(). */
bool run_scripts_begin(struct run *run);
void run_begin_hosts(struct run *run);
/* After the last host: true when there is more to do, scripts or targets. */
bool run_scripts_go_on(struct run *run);
/* The stream is at its end: true when another one, of added targets, took its place. */
bool run_scripts_next_stream(struct run *run);
/* No target is to be taken while the scripts before the scan run. */
bool run_scripts_hold(const struct run *run);
void run_scripts_stop(struct run *run);
void run_scripts_free(struct run *run);
/* What scripts will want to know. */
void run_scripts_note_target(struct run *run, struct target *target);
void run_scripts_note(struct run *run, const struct observation *seen);
/* Hands over what a script gave, as facts about `target` (NULL: about the run). */
void run_observe_script(struct run *run, const struct target *target,
			const struct script_place *place, const struct script_result *result);
void run_observe_finding(struct run *run, const struct target *target,
			 const struct script_place *place, const struct script_finding *finding);
/* Another stream of targets than the command line's; the run's own one is freed. */
int run_replace_stream(struct run *run, const struct target_config *targets, struct diag *diag);

/* run_idle.c: the zombie, when the plan has an idle scan. 0 or ERROR_MEMORY. */
int run_idle_new(struct run *run);

/* Takes the target (a reference) into the pipeline; swept: for this call only. */
int run_host_new(struct run *run, struct target *target, const struct swept *swept);

/* run_orders.c */
void run_orders_free(struct run *run);

/* run_raw.c: ERROR_MEMORY. Nothing when the plan sends no raw packets. */
int run_raw_init(struct run *run);
void run_raw_free(struct run *run);

/* run_tasks.c: said once, when the first host comes; and those that are over. */
void run_task_begin(struct run *run, enum run_task task, struct host *host);
void run_sweep_task_begin(struct run *run);
void run_tasks_end(struct run *run);

/* Fills in run->expected, once. */
void run_count_targets(struct run *run);

#endif
