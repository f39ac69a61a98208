/* What runs on a host's open ports: handed to the detector when all its ports are
 * known, under the host's own clock (TM-24), which goes on from the port stage. */
#include "engine/run_private.h"

#include <stdio.h>

#define LIAR_PORTS_MAX 128u

static bool services_wanted(const struct run *run, const struct host *host)
{
	return run->config.services && host->state == HOST_UP && host->services.count &&
	       !host->timed_out && !host->incomplete;
}

static void port_opened(void *self, const struct detect_port *port)
{
	struct host *host = self;
	struct observation seen = {.kind = OBSERVED_PORT, .target = host->target};

	seen.port.transport = port->transport;
	seen.port.number = port->number;
	seen.port.verdict =
		verdict_of(PORT_OPEN, port->transport == TRANSPORT_TCP ? REASON_TCP_RESPONSE
								       : REASON_UDP_RESPONSE);
	run_observe(host->run, &seen);
}

static void service_found(void *self, const struct detect_port *port,
			  const struct service_facts *facts)
{
	struct host *host = self;
	struct observation seen = {.kind = OBSERVED_SERVICE, .target = host->target};

	seen.service.transport = port->transport;
	seen.service.number = port->number;
	seen.service.facts = facts;
	if (facts->end == SERVICE_WRAPPED && port->transport == TRANSPORT_TCP)
		system_ports_note_wrapped(&host->system_ports, port->number);
	if (host->run->config.systems)
		system_hints_note(&host->hints, port->transport, port->number, facts);
	host->services_told++;
	host->run->tasks[TASK_SERVICES].ports_done++;
	run_observe(host->run, &seen);
	if (facts->finding)
		run_observe_finding(host->run, host->target,
				    &(struct script_place){.scope = SCRIPT_PORT,
							   .transport = port->transport,
							   .number = port->number},
				    facts->finding);
}

static void services_end(struct host *host)
{
	loop_timer_cancel(host->run->loop, &host->deadline_timer);
	host->detecting = NULL;
	host->end_wall_ns = loop_wall_ns(host->run->loop);
	service_ports_release(&host->services);
	run_stage_ended(host, STAGE_SERVICES);
}

static void services_done(void *self)
{
	services_end(self);
}

static void services_give_up(struct host *host)
{
	const struct detector *detector = host->run->config.services;

	if (host->detecting)
		detector->stop(detector->self, host->detecting);
	host->detecting = NULL;
}

static void host_timed_out(void *self)
{
	struct host *host = self;

	services_give_up(host);
	host->timed_out = true;
	services_end(host);
}

/* Where something answers for all ports, asking each of them for its service finds nothing and
 * takes hours. Who wants it asks with --version-all. */
static void leave_out_most(struct host *host)
{
	struct run *run = host->run;
	char text[300], addr[IP_TEXT_BYTES];
	size_t open = host->services.count;

	if (!host->lies || open <= LIAR_PORTS_MAX || run->plan->version.intensity >= 9)
		return;
	service_ports_keep_usual(&host->services, run->plan->services, LIAR_PORTS_MAX);
	service_ports_sort(&host->services);
	snprintf(
		text, sizeof(text),
		"Note: something answers for the ports of %s, so only the %u most usual of its %zu "
		"open ones are asked for their services; --version-all asks all.",
		ip_format(&host->target->addr, addr), LIAR_PORTS_MAX, open);
	run_warn(run, host, WARNING_PLAIN, text);
}

static void services_start(struct host *host)
{
	const struct detector *detector = host->run->config.services;
	struct detect_order order = {
		.target = host->target,
		.srtt_ns = host->rtt.valid ? host->rtt.srtt_ns : 0,
		.opened = port_opened,
		.found = service_found,
		.done = services_done,
		.self = host,
	};

	leave_out_most(host);
	order.ports = host->services.ports;
	order.ports_count = host->services.count;
	run_keep_deadline(host, host_timed_out);
	if (detector->start(detector->self, &order, &host->detecting) == 0)
		return;
	host->incomplete = true;
	services_end(host);
}

static void services_stop(struct host *host)
{
	loop_timer_cancel(host->run->loop, &host->deadline_timer);
	services_give_up(host);
	host->end_wall_ns = loop_wall_ns(host->run->loop);
}

const struct stage stage_services = {
	.name = "services",
	.task = TASK_SERVICES,
	.after = 1 << STAGE_PORTS,
	.wanted = services_wanted,
	.start = services_start,
	.stop = services_stop,
};
