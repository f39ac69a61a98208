/* What scripted servers hear and say. A server reacts at once to what is sent, and its words
 * take a round trip: the way there and the way back in one. */
#include "engine/flow_sim_private.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define ENDLESS_PAUSE_NS NS_PER_MS /* between two rounds, so that time goes on */

/* --- queues --- */

int sim_chunks_add(struct sim_chunks *queue, const struct sim_chunk *head, const void *bytes)
{
	struct sim_chunk *chunk = alloc_zero(sizeof(*chunk) + head->bytes);

	if (!chunk)
		return ERROR_MEMORY;
	*chunk = *head;
	if (bytes && head->bytes)
		memcpy(chunk->data, bytes, head->bytes);
	if (queue->last)
		queue->last->next = chunk;
	else
		queue->first = chunk;
	queue->last = chunk;
	return 0;
}

struct sim_chunk *sim_chunks_pop(struct sim_chunks *queue)
{
	struct sim_chunk *chunk = queue->first;

	if (chunk && !(queue->first = chunk->next))
		queue->last = NULL;
	return chunk;
}

void sim_chunks_release(struct sim_chunks *queue)
{
	struct sim_chunk *chunk;

	while ((chunk = sim_chunks_pop(queue)))
		alloc_free(chunk);
}

/* --- saying --- */

static uint64_t arrival_ns(const struct sim_flow *flow, uint64_t delay_ns)
{
	const struct sim_chunk *last = flow->inbound.last;
	uint64_t due_ns = loop_now_ns(flow->base.net->loop) + flow->rtt_ns + delay_ns;

	return last && last->due_ns > due_ns ? last->due_ns : due_ns;
}

int sim_script_post(struct sim_flow *flow, const struct sim_pace *pace, const void *bytes,
		    size_t count)
{
	const struct sim_chunk head = {
		.due_ns = arrival_ns(flow, pace->delay_ns),
		.drip_ns = pace->drip_ns,
		.bytes = flow->is_udp && count > FLOW_DATAGRAM_MAX ? FLOW_DATAGRAM_MAX : count,
	};

	return sim_chunks_add(&flow->inbound, &head, bytes);
}

static int post_again(struct sim_flow *flow)
{
	const struct sim_chunk head = {.due_ns = arrival_ns(flow, 0), .is_round = true};

	return sim_chunks_add(&flow->inbound, &head, NULL);
}

int sim_script_post_end(struct sim_flow *flow, enum flow_end end)
{
	const struct sim_chunk head = {.due_ns = arrival_ns(flow, 0), .end = end};

	return sim_chunks_add(&flow->inbound, &head, NULL);
}

static int say(struct sim_flow *flow, const struct sim_pace *pace, const void *bytes, size_t count)
{
	return flow->tls ? sim_tls_say(flow, pace, bytes, count)
			 : sim_script_post(flow, pace, bytes, count);
}

static int hang_up(struct sim_flow *flow)
{
	if (flow->tls)
		sim_tls_close(flow);
	return sim_script_post_end(flow, FLOW_END_EOF);
}

static int greet(struct sim_flow *flow, uint64_t delay_ns)
{
	const struct flow_sim_port *port = flow->port;
	const struct sim_pace pace = {.delay_ns = delay_ns, .drip_ns = port->drip_ns};
	size_t bytes = port->banner_bytes;
	int r = 0;

	if (port->banner && !bytes)
		bytes = strlen(port->banner);
	if (bytes)
		r = say(flow, &pace, port->banner, bytes);
	if (r == 0 && port->endless)
		return post_again(flow);
	return r == 0 && port->closes ? hang_up(flow) : r;
}

int sim_script_greet(struct sim_flow *flow)
{
	return greet(flow, flow->port->banner_delay_ns);
}

int sim_script_greet_again(struct sim_flow *flow)
{
	return greet(flow, ENDLESS_PAUSE_NS);
}

int sim_script_begin(struct sim_flow *flow)
{
	if (!flow->port)
		return 0;
	if (flow->port->tls)
		return sim_tls_begin(flow); /* which greets when it is there */
	return flow->is_udp ? 0 : sim_script_greet(flow);
}

/* --- hearing --- */

static bool begins_with(const struct flow_sim_reply *reply, const uint8_t *bytes, size_t count)
{
	size_t wanted = reply->begins_bytes;

	if (!reply->begins)
		return true;
	if (!wanted)
		wanted = strlen(reply->begins);
	return wanted <= count && memcmp(bytes, reply->begins, wanted) == 0;
}

static int reply_with(struct sim_flow *flow, const struct flow_sim_reply *reply)
{
	const struct sim_pace pace = {.delay_ns = reply->delay_ns};
	size_t bytes = reply->send_bytes;
	int r = 0;

	if (reply->send && !bytes)
		bytes = strlen(reply->send);
	if (bytes || (reply->send && flow->is_udp))
		r = say(flow, &pace, reply->send, bytes);
	return r == 0 && reply->closes ? hang_up(flow) : r;
}

int sim_script_hear_inside(struct sim_flow *flow, const uint8_t *bytes, size_t count)
{
	const struct flow_sim_port *port = flow->port;
	const struct sim_pace at_once = {0};
	size_t i;

	if (port->reset_on_data)
		return sim_script_post_end(flow, FLOW_END_RESET);
	if (port->echo)
		return say(flow, &at_once, bytes, count);
	for (i = 0; i < port->replies_count; i++)
		if (begins_with(&port->replies[i], bytes, count))
			return reply_with(flow, &port->replies[i]);
	return 0;
}

int sim_script_hear(struct sim_flow *flow, const uint8_t *bytes, size_t count)
{
	if (!flow->port)
		return 0;
	return flow->tls ? sim_tls_hear(flow, bytes, count)
			 : sim_script_hear_inside(flow, bytes, count);
}
