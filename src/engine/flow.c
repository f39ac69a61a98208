/* What every network of flows has in common: nothing opens past the capacity
 * or the gate, whoever implements the rest. */
#include "engine/flow_impl.h"
#include "engine/flow_tls_private.h"

#include "util/error.h"

size_t flow_net_capacity(const struct flow_net *net)
{
	return net->ops->capacity(net);
}

size_t flow_net_open_count(const struct flow_net *net)
{
	return net->open_count;
}

int flow_open_passed(struct flow_net *net, const struct flow_config *config, struct flow **ret_flow)
{
	int r = net->ops->open(net, config, ret_flow);

	if (r < 0)
		return r;
	(*ret_flow)->writes = config->writes;
	net->open_count++;
	net->stats.opened++;
	return 0;
}

int flow_open(struct flow_net *net, const struct flow_config *config, struct flow **ret_flow)
{
	bool writes = config->writes || config->tls;
	int r;

	if (net->open_count >= net->ops->capacity(net))
		return ERROR_LIMIT;
	r = gate_check(net->gate, &config->to, config->transport, config->port, writes);
	if (r < 0)
		return r;
	r = config->tls ? flow_tls_open(net, config, ret_flow)
			: flow_open_passed(net, config, ret_flow);
	if (r == 0)
		(*ret_flow)->writes = writes;
	return r;
}

int flow_send(struct flow *flow, const void *bytes, size_t count)
{
	return flow->writes ? flow->net->ops->send(flow, bytes, count) : ERROR_EXCLUDED;
}

void flow_close(struct flow *flow)
{
	flow->net->ops->close(flow);
}

void flow_set_deadline(struct flow *flow, uint64_t deadline_ns)
{
	flow->net->ops->set_deadline(flow, deadline_ns);
}

void flow_pause(struct flow *flow, bool paused)
{
	flow->net->ops->pause(flow, paused);
}

size_t flow_unsent(const struct flow *flow)
{
	return flow->net->ops->unsent(flow);
}

int flow_send_error(const struct flow *flow)
{
	return flow->net->ops->send_error(flow);
}

bool flow_local(const struct flow *flow, struct ip_addr *ret_addr, uint16_t *ret_port)
{
	return flow->net->ops->local(flow, ret_addr, ret_port);
}

void flow_net_stats(const struct flow_net *net, struct flow_net_stats *ret_stats)
{
	*ret_stats = net->stats;
}

void flow_net_free(struct flow_net *net)
{
	if (!net)
		return;
	flow_net_free(net->tls);
	net->ops->free(net);
}

void flow_net_count_end(struct flow_net *net, enum flow_end end)
{
	if (end == FLOW_END_REFUSED)
		net->stats.refused++;
	else if (end == FLOW_END_DEADLINE || end == FLOW_END_TIMED_OUT)
		net->stats.timed_out++;
	else if (end == FLOW_END_LOCAL)
		net->stats.local_errors++;
}
