#include "detect/service/port_rpc.h"

#include "detect/service/service_scan_private.h"

#include <stdio.h>
#include <string.h>

#define INTENSITY_LEAST 7u /* SV-21 */

static void grind_done(void *self, const struct rpc_program *program, uint32_t low, uint32_t high)
{
	struct port_scan *port = self;

	if (program) {
		port->rpc_name = program->name;
		if (low == high)
			snprintf(port->rpc_version, sizeof(port->rpc_version), "%u", low);
		else
			snprintf(port->rpc_version, sizeof(port->rpc_version), "%u-%u", low, high);
		snprintf(port->rpc_info, sizeof(port->rpc_info), "RPC #%u", program->number);
	}
	/* The grinder is freed with the port, which may be now. */
	port_scan_rpc_done(port);
}

bool port_rpc_start(struct port_scan *port, struct found *found)
{
	const struct service_scan_config *with = &port->scan->config;
	const struct rpc_grind_config config = {
		.loop = with->loop,
		.flows = with->flows,
		.flow =
			{
				.transport = port->port->transport,
				.to = port->work->order.target->addr,
				.port = port->port->number,
				.source = with->plan->source_addr,
				.interface = with->plan->source_interface,
				.ip_options = with->plan->packets.ip_options,
				.ip_options_bytes = with->plan->packets.ip_options_bytes,
				.ttl = with->plan->ttl,
			},
		.programs = with->programs,
		.done = grind_done,
		.self = port,
	};

	if (strcmp(found->line->service, "rpcbind") != 0 || port->tunnel || !with->programs ||
	    with->plan->version.intensity < INTENSITY_LEAST)
		return false;
	if (rpc_grind_start(&config, &port->grind) < 0)
		return false;
	port->program = found;
	return true;
}
