/* Scripts on a host and its ports: when everything else about it is known, under the
 * host's own clock (TM-24). A host's scripts wait for no other host. */
#include "engine/run_private.h"
#include "engine/sender_raw.h"

static bool scripts_wanted(const struct run *run, const struct host *host)
{
	return run->config.scripts && host->facts && host->state == HOST_UP && !host->timed_out &&
	       !host->incomplete;
}

static void scripts_end(struct host *host)
{
	loop_timer_cancel(host->run->loop, &host->deadline_timer);
	host->scripts = NULL;
	host->end_wall_ns = loop_wall_ns(host->run->loop);
	run_stage_ended(host, STAGE_SCRIPTS);
}

static void scripts_give_up(struct host *host)
{
	const struct script_runner *runner = host->run->config.scripts;

	if (host->scripts)
		runner->stop(runner->self, host->scripts);
	host->scripts = NULL;
}

static void host_timed_out(void *self)
{
	struct host *host = self;

	scripts_give_up(host);
	host->timed_out = true;
	scripts_end(host);
}

/* ---- what scripts say ---- */

static void scripts_done(void *self)
{
	scripts_end(self);
}

static void told_result(void *self, const struct script_place *place,
			const struct script_result *result)
{
	const struct host *host = self;

	run_observe_script(host->run, host->target, place, result);
}

static void told_finding(void *self, const struct script_place *place,
			 const struct script_finding *finding)
{
	const struct host *host = self;

	run_observe_finding(host->run, host->target, place, finding);
}

static int set_state(void *self, enum transport transport, uint16_t number, enum port_state state)
{
	struct host *host = self;
	const struct script_port *port = script_host_port(host->facts, transport, number);
	struct observation seen = {.kind = OBSERVED_PORT, .target = host->target};

	if (!port || port->state == state)
		return 0;
	seen.port.transport = transport;
	seen.port.number = number;
	seen.port.verdict = verdict_of(state, REASON_SCRIPT_SET);
	run_observe(host->run, &seen);
	return 0;
}

static int set_service(void *self, enum transport transport, uint16_t number,
		       const struct service_facts *facts)
{
	struct host *host = self;
	struct observation seen = {.kind = OBSERVED_SERVICE, .target = host->target};

	if (!script_host_port(host->facts, transport, number))
		return 0;
	seen.service.transport = transport;
	seen.service.number = number;
	seen.service.facts = facts;
	run_observe(host->run, &seen);
	return 0;
}

/* ---- the way there ---- */

static void note_way(struct host *host)
{
	struct script_host *facts = host->facts;

	facts->route = host->route;
	if (host->hop && hop_is_neighbour(host->hop))
		facts->has_mac = hop_mac(host->hop, &facts->mac);
	else if (host->hop)
		facts->has_next_hop = hop_mac(host->hop, &facts->next_hop);
}

static void note_times(struct host *host)
{
	struct script_host *facts = host->facts;

	facts->has_rtt = host->rtt.valid;
	facts->srtt_ns = host->rtt.srtt_ns;
	facts->rttvar_ns = host->rtt.rttvar_ns;
	facts->timeout_ns = host->rtt.timeout_ns;
}

static void scripts_start(struct host *host)
{
	const struct script_runner *runner = host->run->config.scripts;
	const struct script_order order = {
		.scope = SCRIPT_HOST,
		.host = host->facts,
		.set_state = set_state,
		.set_service = set_service,
		.result = told_result,
		.finding = told_finding,
		.done = scripts_done,
		.self = host,
	};

	note_way(host);
	note_times(host);
	script_host_sort(host->facts);
	run_keep_deadline(host, host_timed_out);
	if (runner->start(runner->self, &order, &host->scripts) == 0)
		return;
	host->incomplete = true;
	scripts_end(host);
}

static void scripts_stop(struct host *host)
{
	loop_timer_cancel(host->run->loop, &host->deadline_timer);
	scripts_give_up(host);
	host->end_wall_ns = loop_wall_ns(host->run->loop);
}

const struct stage stage_scripts = {
	.name = "scripts",
	.task = TASK_SCRIPTS,
	.after = 1 << STAGE_NAMES | 1 << STAGE_PATH,
	.wanted = scripts_wanted,
	.start = scripts_start,
	.stop = scripts_stop,
};
