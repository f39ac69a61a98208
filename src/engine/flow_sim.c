/* The simulated network: hosts that follow a script on the loop's frozen
 * clock. What an attempt will come to is decided when it is opened, from the
 * script, the seed and the host's rate limit; after that each flow is one
 * timer that fires for its next event or its deadline, whichever is first, and a queue of
 * what is under way to us.
 *
 * Hosts cost nothing until they are asked, and then only a rate-limited one
 * is remembered, so a script may name ranges of millions. */
#include "engine/flow_sim_private.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define DATA_STEP_BYTES  16384 /* in one event, as a read would give */
#define LOCAL_PORT_FIRST 32768
#define LOCAL_PORTS      28232

/* When this host's next answer would be on time, as in the generic cell rate
 * algorithm: a token bucket in one number. */
struct sim_limit {
	uint64_t next_ns;
};

/* --- what the script says --- */

static bool is_between(const struct ip_addr *addr, const struct ip_addr *first,
		       const struct ip_addr *last)
{
	return ip_compare(first, addr) <= 0 && ip_compare(addr, last) <= 0;
}

static const struct flow_sim_host *find_host(const struct flow_sim *sim, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < sim->config.hosts_count; i++) {
		const struct flow_sim_host *host = &sim->config.hosts[i];

		if (is_between(addr, &host->first, &host->last))
			return host;
	}
	return NULL;
}

static const struct flow_sim_port *find_port(const struct flow_sim_host *host,
					     enum transport transport, uint16_t number)
{
	size_t i;

	for (i = 0; i < host->ports_count; i++) {
		const struct flow_sim_port *port = &host->ports[i];

		if (port->transport == transport && port->first <= number && number <= port->last)
			return port;
	}
	return NULL;
}

static bool is_lost(struct flow_sim *sim, const struct flow_sim_host *host)
{
	/* 53 bits: what a double holds exactly. */
	return host->loss > 0 && (double)(random_u64(&sim->random) >> 11) * 0x1p-53 < host->loss;
}

static int find_limit(struct flow_sim *sim, const struct ip_addr *addr,
		      struct sim_limit **ret_limit)
{
	struct sim_limit *limit = hash_map_get(sim->limits, addr->bytes, sizeof(addr->bytes));
	int r;

	if (!limit) {
		if (!(limit = alloc_zero(sizeof(*limit))))
			return ERROR_MEMORY;
		r = hash_map_add(sim->limits, addr->bytes, sizeof(addr->bytes), limit);
		if (r < 0) {
			alloc_free(limit);
			return r;
		}
	}
	*ret_limit = limit;
	return 0;
}

/* Takes one answer from the host's bucket; it holds a second's worth. */
static int take_answer(struct flow_sim *sim, const struct flow_sim_host *host,
		       const struct ip_addr *addr, bool *ret_taken)
{
	uint64_t now_ns = loop_now_ns(sim->base.loop);
	uint64_t cost_ns = NS_PER_S / host->answers_per_s;
	struct sim_limit *limit;
	int r;

	if ((r = find_limit(sim, addr, &limit)) < 0)
		return r;
	if (limit->next_ns < now_ns)
		limit->next_ns = now_ns;
	*ret_taken = limit->next_ns + cost_ns - now_ns <= NS_PER_S;
	if (*ret_taken)
		limit->next_ns += cost_ns;
	return 0;
}

/* Does an answer get through, as far as luck and the host's limit go? */
static int draw_answer(struct flow_sim *sim, const struct sim_flow *flow, bool *ret_answers)
{
	*ret_answers = !is_lost(sim, flow->host);
	if (!*ret_answers || !flow->host->answers_per_s)
		return 0;
	return take_answer(sim, flow->host, &flow->to, ret_answers);
}

/* The server's state, when it serves only so many; kept for the run. */
static int find_service(struct flow_sim *sim, struct sim_flow *flow)
{
	struct sim_service *service;
	uint8_t key[sizeof(flow->to.bytes) + 2];
	int r;

	memcpy(key, flow->to.bytes, sizeof(flow->to.bytes));
	key[sizeof(key) - 2] = (uint8_t)(flow->to_port >> 8);
	key[sizeof(key) - 1] = (uint8_t)flow->to_port;
	if (!(service = hash_map_get(sim->services, key, sizeof(key)))) {
		if (!(service = alloc_zero(sizeof(*service))))
			return ERROR_MEMORY;
		service->waiting_tail = &service->waiting;
		if ((r = hash_map_add(sim->services, key, sizeof(key), service)) < 0) {
			alloc_free(service);
			return r;
		}
	}
	flow->service = service;
	return 0;
}

/* Fills in how the attempt will go. */
static int decide(struct flow_sim *sim, struct sim_flow *flow)
{
	bool answers = true;
	int r;

	flow->answer = FLOW_END_DEADLINE;
	if (!(flow->host = find_host(sim, &flow->to)))
		return 0;
	flow->port =
		find_port(flow->host, flow->is_udp ? TRANSPORT_UDP : TRANSPORT_TCP, flow->to_port);
	flow->rtt_ns = flow->host->rtt_ns;
	flow->answer = flow->port ? flow->port->connect : flow->host->otherwise;
	if (flow->is_udp)
		return 0;
	if (is_lost(sim, flow->host))
		flow->answer = FLOW_END_DEADLINE;
	if (flow->answer != FLOW_END_DEADLINE && flow->host->answers_per_s) {
		if ((r = take_answer(sim, flow->host, &flow->to, &answers)) < 0)
			return r;
		if (!answers)
			flow->answer = FLOW_END_DEADLINE;
	}
	if (flow->answer == FLOW_END_NONE && flow->port && flow->port->most)
		return find_service(sim, flow);
	return 0;
}

/* --- time --- */

static uint64_t due_ns(const struct sim_flow *flow)
{
	if (flow->state != SIM_SERVED)
		return flow->next_ns;
	return flow->inbound.first && !flow->paused ? flow->inbound.first->due_ns : UINT64_MAX;
}

/* Cannot fail once the timer is set. */
static int arm(struct sim_flow *flow)
{
	uint64_t next_ns = due_ns(flow);

	return loop_timer_set(flow->base.net->loop, &flow->timer,
			      next_ns < flow->deadline_ns ? next_ns : flow->deadline_ns);
}

/* --- the backlog of a server --- */

static void wait_for_service(struct sim_flow *flow)
{
	struct sim_service *service = flow->service;

	flow->state = SIM_WAITING;
	flow->next_ns = UINT64_MAX;
	flow->waiting_next = NULL;
	flow->waiting_link = service->waiting_tail;
	*service->waiting_tail = flow;
	service->waiting_tail = &flow->waiting_next;
}

static void stop_waiting(struct sim_flow *flow)
{
	*flow->waiting_link = flow->waiting_next;
	if (flow->waiting_next)
		flow->waiting_next->waiting_link = flow->waiting_link;
	else
		flow->service->waiting_tail = flow->waiting_link;
	flow->waiting_link = NULL;
}

/* The next one's turn comes from the loop: we may be inside flow_close(). */
static void admit_next(struct sim_service *service, uint64_t now_ns)
{
	struct sim_flow *next = service->waiting;

	if (!next)
		return;
	stop_waiting(next);
	service->served++;
	next->next_ns = now_ns;
	arm(next);
}

static void leave_service(struct sim_flow *flow)
{
	if (flow->state == SIM_SYN_SENT)
		return;
	if (flow->waiting_link) {
		stop_waiting(flow);
		return;
	}
	flow->service->served--;
	admit_next(flow->service, loop_now_ns(flow->base.net->loop));
}

/* --- the end --- */

/* From here on the flow is not the network's any more. */
static void take_off(struct sim_flow *flow)
{
	struct flow_net *net = flow->base.net;

	loop_timer_cancel(net->loop, &flow->timer);
	if (flow->service)
		leave_service(flow);
	*flow->link = flow->next;
	if (flow->next)
		flow->next->link = flow->link;
	net->open_count--;
	flow->state = SIM_ENDED;
}

static void release(struct sim_flow *flow)
{
	sim_tls_free(flow->tls);
	sim_chunks_release(&flow->inbound);
	sim_chunks_release(&flow->unheard);
	alloc_free(flow);
}

static void finish(struct sim_flow *flow, enum flow_end end)
{
	struct flow_event event = {.kind = FLOW_CLOSED, .end = end};

	if (flow->state == SIM_SYN_SENT && !flow->is_udp && end != FLOW_END_DEADLINE)
		event.rtt_ns = flow->rtt_ns;
	flow_net_count_end(flow->base.net, end);
	take_off(flow);
	flow->event(flow->self, &flow->base, &event);
	release(flow);
}

/* --- the server's turn --- */

/* One datagram meets luck, limit and script. */
static int hear_datagram(struct sim_flow *flow, const void *bytes, size_t count)
{
	bool answers;
	int r;

	if (flow->answer == FLOW_END_DEADLINE)
		return 0;
	if ((r = draw_answer((struct flow_sim *)flow->base.net, flow, &answers)) < 0 || !answers)
		return r;
	if (flow->answer != FLOW_END_NONE)
		return sim_script_post_end(flow, flow->answer);
	return sim_script_hear(flow, bytes, count);
}

static int hear(struct sim_flow *flow, const void *bytes, size_t count)
{
	return flow->is_udp ? hear_datagram(flow, bytes, count)
			    : sim_script_hear(flow, bytes, count);
}

static int begin(struct sim_flow *flow)
{
	struct sim_chunk *chunk;
	int r;

	flow->state = SIM_SERVED;
	if (!flow->is_udp || flow->answer == FLOW_END_NONE)
		r = sim_script_begin(flow);
	else
		r = 0;
	while (r == 0 && (chunk = sim_chunks_pop(&flow->unheard))) {
		r = hear(flow, chunk->data, chunk->bytes);
		alloc_free(chunk);
	}
	flow->unheard_bytes = 0;
	return r;
}

static void begin_late(struct sim_flow *flow)
{
	if (begin(flow) < 0)
		finish(flow, FLOW_END_LOCAL);
	else
		arm(flow);
}

/* --- events --- */

/* The next event is arranged before this one is told, because the flow may be
 * closed, and gone, when the callback is back. */
static void tell_connected(struct sim_flow *flow)
{
	struct flow_event event = {.kind = FLOW_CONNECTED};

	if (!flow->is_udp)
		event.rtt_ns = flow->rtt_ns;
	flow->base.net->stats.connected++;
	arm(flow);
	flow->event(flow->self, &flow->base, &event);
}

static void answer(struct sim_flow *flow)
{
	int r = 0;

	if (flow->answer != FLOW_END_NONE && !flow->is_udp) {
		finish(flow, flow->answer);
		return;
	}
	if (flow->service && flow->service->served >= flow->port->most) {
		wait_for_service(flow);
	} else {
		if (flow->service)
			flow->service->served++;
		r = begin(flow);
	}
	if (r < 0)
		finish(flow, FLOW_END_LOCAL);
	else
		tell_connected(flow);
}

/* Bytes of the first chunk that arrive now. */
static size_t arriving(const struct sim_flow *flow, const struct sim_chunk *chunk)
{
	size_t bytes = chunk->bytes - chunk->done;

	if (flow->is_udp)
		return bytes;
	if (chunk->drip_ns)
		return 1;
	return bytes < DATA_STEP_BYTES ? bytes : DATA_STEP_BYTES;
}

/* Takes what arrives now off the first chunk; gives how much the budget lets through. */
static size_t take_bytes(struct sim_flow *flow, bool *ret_is_beyond)
{
	struct flow_sim *sim = (struct flow_sim *)flow->base.net;
	struct sim_chunk *chunk = flow->inbound.first;
	size_t bytes = arriving(flow, chunk), told = bytes;

	*ret_is_beyond = bytes > flow->budget_bytes;
	if (*ret_is_beyond)
		told = (size_t)flow->budget_bytes;
	memcpy(sim->receive, chunk->data + chunk->done, told);
	flow->budget_bytes -= told;
	chunk->done += bytes;
	chunk->due_ns += chunk->drip_ns;
	if (chunk->done == chunk->bytes)
		alloc_free(sim_chunks_pop(&flow->inbound));
	return told;
}

static void tell_bytes(struct sim_flow *flow)
{
	struct flow_sim *sim = (struct flow_sim *)flow->base.net;
	struct flow_event event = {.kind = FLOW_DATA, .data = sim->receive};
	bool is_beyond;

	event.data_bytes = take_bytes(flow, &is_beyond);
	if (is_beyond && !event.data_bytes) {
		finish(flow, FLOW_END_BUDGET);
		return;
	}
	if (is_beyond) { /* the next step of this very moment */
		flow->state = SIM_SPENT;
		flow->next_ns = loop_now_ns(sim->base.loop);
	}
	arm(flow);
	flow->event(flow->self, &flow->base, &event);
}

static void begin_round(struct sim_flow *flow)
{
	alloc_free(sim_chunks_pop(&flow->inbound));
	if (sim_script_greet_again(flow) < 0)
		finish(flow, FLOW_END_LOCAL);
	else
		arm(flow);
}

static void deliver(struct sim_flow *flow)
{
	const struct sim_chunk *chunk = flow->inbound.first;

	if (chunk->end != FLOW_END_NONE)
		finish(flow, chunk->end);
	else if (chunk->is_round)
		begin_round(flow);
	else
		tell_bytes(flow);
}

static void on_timer(void *self)
{
	struct sim_flow *flow = self;

	/* An answer in the instant of the deadline still counts. */
	if (due_ns(flow) > loop_now_ns(flow->base.net->loop))
		finish(flow, FLOW_END_DEADLINE);
	else if (flow->state == SIM_SYN_SENT)
		answer(flow);
	else if (flow->state == SIM_WAITING)
		begin_late(flow);
	else if (flow->state == SIM_SPENT)
		finish(flow, FLOW_END_BUDGET);
	else
		deliver(flow);
}

/* --- the interface --- */

static struct ip_addr local_address(const struct flow_config *config)
{
	struct ip_addr addr = ip_v4(0xc0000201); /* 192.0.2.1, RFC 5737 */

	if (config->source.family != IP_NONE)
		return config->source;
	if (config->to.family == IP_V6)
		ip_parse("2001:db8::1", &addr);
	return addr;
}

static struct sim_flow *make(struct flow_net *net, const struct flow_config *config)
{
	struct sim_flow *flow = alloc_zero(sizeof(*flow));

	if (!flow)
		return NULL;
	flow->base.net = net;
	flow->timer.fire = on_timer;
	flow->timer.self = flow;
	flow->event = config->event;
	flow->self = config->self;
	flow->is_udp = config->transport == TRANSPORT_UDP;
	flow->to = config->to;
	flow->to_port = config->port;
	flow->deadline_ns = config->deadline_ns;
	flow->budget_bytes = config->receive_bytes_max;
	flow->local = local_address(config);
	flow->local_port = config->source_port;
	if (!flow->local_port)
		flow->local_port = (uint16_t)(LOCAL_PORT_FIRST + net->stats.opened % LOCAL_PORTS);
	return flow;
}

static int sim_open(struct flow_net *net, const struct flow_config *config, struct flow **ret_flow)
{
	struct flow_sim *sim = (struct flow_sim *)net;
	struct sim_flow *flow = make(net, config);
	int r;

	if (!flow)
		return ERROR_MEMORY;
	r = decide(sim, flow);
	flow->next_ns = loop_now_ns(net->loop);
	if (!flow->is_udp)
		flow->next_ns = flow->answer == FLOW_END_DEADLINE ? UINT64_MAX
								  : flow->next_ns + flow->rtt_ns;
	if (r < 0 || (r = arm(flow)) < 0) {
		alloc_free(flow);
		return r;
	}
	flow->next = sim->flows;
	flow->link = &sim->flows;
	if (flow->next)
		flow->next->link = &flow->next;
	sim->flows = flow;
	*ret_flow = &flow->base;
	return 0;
}

/* Nobody listens yet. */
static int send_later(struct sim_flow *flow, const void *bytes, size_t count)
{
	const struct sim_chunk head = {.bytes = count};
	int r;

	if (count > FLOW_SEND_QUEUE_MAX - flow->unheard_bytes)
		return ERROR_LIMIT;
	if ((r = sim_chunks_add(&flow->unheard, &head, bytes)) == 0)
		flow->unheard_bytes += count;
	return r;
}

static int sim_send(struct flow *base, const void *bytes, size_t count)
{
	struct sim_flow *flow = (struct sim_flow *)base;
	int r = 0;

	if (count > FLOW_SEND_QUEUE_MAX || (flow->is_udp && count > FLOW_DATAGRAM_MAX))
		return ERROR_LIMIT;
	if (flow->state == SIM_SYN_SENT || flow->state == SIM_WAITING)
		return send_later(flow, bytes, count);
	if (flow->state == SIM_SERVED) {
		r = hear(flow, bytes, count);
		arm(flow);
	}
	return r;
}

static void sim_close(struct flow *base)
{
	struct sim_flow *flow = (struct sim_flow *)base;

	if (flow->state == SIM_ENDED)
		return; /* finish() frees it when its event is told */
	take_off(flow);
	release(flow);
}

static void sim_set_deadline(struct flow *base, uint64_t deadline_ns)
{
	struct sim_flow *flow = (struct sim_flow *)base;

	if (flow->state == SIM_ENDED)
		return;
	flow->deadline_ns = deadline_ns;
	arm(flow);
}

static bool sim_local(const struct flow *base, struct ip_addr *ret_addr, uint16_t *ret_port)
{
	const struct sim_flow *flow = (const struct sim_flow *)base;

	if (flow->state == SIM_SYN_SENT)
		return false;
	*ret_addr = flow->local;
	*ret_port = flow->local_port;
	return true;
}

static size_t sim_unsent(const struct flow *base)
{
	return ((const struct sim_flow *)base)->unheard_bytes;
}

static void sim_pause(struct flow *base, bool paused)
{
	struct sim_flow *flow = (struct sim_flow *)base;

	if (flow->state == SIM_ENDED)
		return;
	flow->paused = paused;
	arm(flow);
}

/* Whoever hears us hears all. */
static int sim_send_error(const struct flow *base)
{
	return 0;
}

static void sim_redirect(struct flow *base,
			 void (*event)(void *self, struct flow *flow,
				       const struct flow_event *event),
			 void *self)
{
	struct sim_flow *flow = (struct sim_flow *)base;

	flow->event = event;
	flow->self = self;
}

static size_t sim_capacity(const struct flow_net *net)
{
	const struct flow_sim *sim = (const struct flow_sim *)net;

	return sim->config.max_open ? sim->config.max_open : SIZE_MAX;
}

static void free_value(void *self, const void *key, size_t key_bytes, void *value)
{
	alloc_free(value);
}

static void free_map(struct hash_map *map)
{
	if (map)
		hash_map_each(map, free_value, NULL);
	hash_map_free(map);
}

static void sim_free(struct flow_net *net)
{
	struct flow_sim *sim = (struct flow_sim *)net;

	while (sim->flows)
		sim_close(&sim->flows->base);
	free_map(sim->limits);
	free_map(sim->services);
	sim_tls_release(sim);
	alloc_free(sim);
}

int flow_sim_new(const struct flow_sim_config *config, struct flow_net **ret_net)
{
	static const struct flow_net_ops ops = {
		.open = sim_open,
		.send = sim_send,
		.close = sim_close,
		.set_deadline = sim_set_deadline,
		.local = sim_local,
		.unsent = sim_unsent,
		.pause = sim_pause,
		.send_error = sim_send_error,
		.redirect = sim_redirect,
		.capacity = sim_capacity,
		.free = sim_free,
	};
	struct flow_sim *sim = alloc_zero(sizeof(*sim));

	if (!sim)
		return ERROR_MEMORY;
	sim->base.ops = &ops;
	sim->base.gate = config->gate;
	sim->base.loop = config->loop;
	sim->config = *config;
	random_init(&sim->random, config->seed);
	sim->limits = hash_map_new((struct hash_key){config->seed, 0});
	sim->services = hash_map_new((struct hash_key){config->seed, 1});
	if (!sim->limits || !sim->services) {
		sim_free(&sim->base);
		return ERROR_MEMORY;
	}
	*ret_net = &sim->base;
	return 0;
}
