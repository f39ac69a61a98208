/* The simulated network: hosts that follow a script on the loop's frozen
 * clock. What an attempt will come to is decided when it is opened, from the
 * script, the seed and the host's rate limit; after that each flow is one
 * timer that fires for its next event or its deadline, whichever is first.
 *
 * Hosts cost nothing until they are asked, and then only a rate-limited one
 * is remembered, so a script may name ranges of millions. */
#include "engine/flow_impl.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/hash.h"
#include "util/random.h"

#include <string.h>

#define DATA_STEP_BYTES  16384 /* of a banner in one event, as a read would give */
#define LOCAL_PORT_FIRST 32768
#define LOCAL_PORTS      28232

enum sim_state {
	SIM_SYN_SENT,
	SIM_CONNECTED, /* the banner is still to come */
	SIM_DRAINED,   /* the peer has no more to say */
	SIM_ENDED,
};

struct sim_flow {
	struct flow base;
	struct sim_flow *next, **link; /* all open flows of the network */
	struct timer timer;
	enum sim_state state;
	enum flow_end answer; /* NONE accepts; DEADLINE: no answer will come */
	uint64_t rtt_ns, deadline_ns, next_ns;
	const char *banner; /* what is left of it */
	bool closes;
	uint64_t budget_bytes;
	size_t queued_bytes; /* sent before the handshake was done */
	struct ip_addr local;
	uint16_t local_port;
	void (*event)(void *self, struct flow *flow, const struct flow_event *event);
	void *self;
};

/* When this host's next answer would be on time, as in the generic cell rate
 * algorithm: a token bucket in one number. */
struct sim_limit {
	uint64_t next_ns;
};

struct flow_sim {
	struct flow_net base;
	struct flow_sim_config config;
	struct random random;
	struct hash_map *limits; /* address -> struct sim_limit */
	struct sim_flow *flows;
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

static const struct flow_sim_port *find_port(const struct flow_sim_host *host, uint16_t port)
{
	size_t i;

	for (i = 0; i < host->ports_count; i++)
		if (host->ports[i].first <= port && port <= host->ports[i].last)
			return &host->ports[i];
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

/* Fills in how the attempt will go. */
static int decide(struct flow_sim *sim, const struct flow_config *config, struct sim_flow *flow)
{
	const struct flow_sim_host *host = find_host(sim, &config->to);
	const struct flow_sim_port *port;
	bool taken = true;
	int r;

	flow->answer = FLOW_END_DEADLINE;
	if (!host)
		return 0;
	flow->rtt_ns = host->rtt_ns;
	port = find_port(host, config->port);
	flow->answer = port ? port->connect : host->otherwise;
	flow->banner = port ? port->banner : NULL;
	flow->closes = port && port->closes;
	if (is_lost(sim, host))
		flow->answer = FLOW_END_DEADLINE;
	if (flow->answer != FLOW_END_DEADLINE && host->answers_per_s) {
		if ((r = take_answer(sim, host, &config->to, &taken)) < 0)
			return r;
		if (!taken)
			flow->answer = FLOW_END_DEADLINE;
	}
	return 0;
}

/* --- events --- */

static int arm(struct sim_flow *flow)
{
	uint64_t due_ns = flow->next_ns < flow->deadline_ns ? flow->next_ns : flow->deadline_ns;

	return loop_timer_set(flow->base.net->loop, &flow->timer, due_ns);
}

/* From here on the flow is not the network's any more. */
static void take_off(struct sim_flow *flow)
{
	struct flow_net *net = flow->base.net;

	loop_timer_cancel(flow->base.net->loop, &flow->timer);
	*flow->link = flow->next;
	if (flow->next)
		flow->next->link = flow->link;
	net->open_count--;
	flow->state = SIM_ENDED;
}

static void finish(struct sim_flow *flow, enum flow_end end)
{
	struct flow_event event = {.kind = FLOW_CLOSED, .end = end};

	if (flow->state == SIM_SYN_SENT && end != FLOW_END_DEADLINE)
		event.rtt_ns = flow->rtt_ns;
	flow_net_count_end(flow->base.net, end);
	take_off(flow);
	flow->event(flow->self, &flow->base, &event);
	alloc_free(flow);
}

/* The next event is arranged before this one is told, because the flow may be
 * closed, and gone, when the callback is back. */
static void answer(struct sim_flow *flow)
{
	struct flow_event event = {.kind = FLOW_CONNECTED, .rtt_ns = flow->rtt_ns};

	if (flow->answer != FLOW_END_NONE) {
		finish(flow, flow->answer);
		return;
	}
	flow->base.net->stats.connected++;
	flow->queued_bytes = 0;
	flow->state = SIM_CONNECTED;
	flow->next_ns = UINT64_MAX;
	if (flow->banner || flow->closes)
		flow->next_ns = loop_now_ns(flow->base.net->loop) + flow->rtt_ns;
	arm(flow);
	flow->event(flow->self, &flow->base, &event);
}

static void tell_banner(struct sim_flow *flow)
{
	struct flow_event event = {.kind = FLOW_DATA, .data = (const uint8_t *)flow->banner};
	size_t bytes = flow->banner ? strnlen(flow->banner, DATA_STEP_BYTES) : 0;

	if (!bytes && flow->closes) {
		finish(flow, FLOW_END_EOF);
		return;
	}
	if (bytes && !flow->budget_bytes) {
		finish(flow, FLOW_END_BUDGET);
		return;
	}
	if (bytes > flow->budget_bytes)
		bytes = (size_t)flow->budget_bytes;
	event.data_bytes = bytes;
	flow->budget_bytes -= bytes;
	if (bytes)
		flow->banner += bytes;
	if (!flow->closes && (!flow->banner || !*flow->banner))
		flow->next_ns = UINT64_MAX;
	arm(flow);
	if (bytes)
		flow->event(flow->self, &flow->base, &event);
}

static void on_timer(void *self)
{
	struct sim_flow *flow = self;
	uint64_t now_ns = loop_now_ns(flow->base.net->loop);

	/* An answer in the instant of the deadline still counts. */
	if (flow->next_ns > now_ns)
		finish(flow, FLOW_END_DEADLINE);
	else if (flow->state == SIM_SYN_SENT)
		answer(flow);
	else
		tell_banner(flow);
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

static int sim_open(struct flow_net *net, const struct flow_config *config, struct flow **ret_flow)
{
	struct flow_sim *sim = (struct flow_sim *)net;
	struct sim_flow *flow = alloc_zero(sizeof(*flow));
	uint64_t now_ns = loop_now_ns(sim->base.loop);
	int r;

	if (!flow)
		return ERROR_MEMORY;
	flow->base.net = net;
	flow->timer.fire = on_timer;
	flow->timer.self = flow;
	flow->event = config->event;
	flow->self = config->self;
	flow->deadline_ns = config->deadline_ns;
	flow->budget_bytes = config->receive_bytes_max;
	flow->local = local_address(config);
	flow->local_port = (uint16_t)(LOCAL_PORT_FIRST + net->stats.opened % LOCAL_PORTS);
	r = decide(sim, config, flow);
	flow->next_ns = flow->answer == FLOW_END_DEADLINE ? UINT64_MAX : now_ns + flow->rtt_ns;
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

/* Scripted hosts do not listen: bytes leave when the connection stands. */
static int sim_send(struct flow *base, const void *bytes, size_t count)
{
	struct sim_flow *flow = (struct sim_flow *)base;

	if (flow->state != SIM_SYN_SENT)
		return count > FLOW_SEND_QUEUE_MAX ? ERROR_LIMIT : 0;
	if (count > FLOW_SEND_QUEUE_MAX - flow->queued_bytes)
		return ERROR_LIMIT;
	flow->queued_bytes += count;
	return 0;
}

static void sim_close(struct flow *base)
{
	struct sim_flow *flow = (struct sim_flow *)base;

	if (flow->state == SIM_ENDED)
		return; /* finish() frees it when its event is told */
	take_off(flow);
	alloc_free(flow);
}

static void sim_set_deadline(struct flow *base, uint64_t deadline_ns)
{
	struct sim_flow *flow = (struct sim_flow *)base;

	if (flow->state == SIM_ENDED)
		return;
	flow->deadline_ns = deadline_ns;
	arm(flow); /* it is set, so it cannot fail */
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
	return ((const struct sim_flow *)base)->queued_bytes;
}

static size_t sim_capacity(const struct flow_net *net)
{
	const struct flow_sim *sim = (const struct flow_sim *)net;

	return sim->config.max_open ? sim->config.max_open : SIZE_MAX;
}

static void free_limit(void *self, const void *key, size_t key_bytes, void *value)
{
	alloc_free(value);
}

static void sim_free(struct flow_net *net)
{
	struct flow_sim *sim = (struct flow_sim *)net;

	while (sim->flows)
		sim_close(&sim->flows->base);
	if (sim->limits)
		hash_map_each(sim->limits, free_limit, NULL);
	hash_map_free(sim->limits);
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
	if (!sim->limits) {
		alloc_free(sim);
		return ERROR_MEMORY;
	}
	*ret_net = &sim->base;
	return 0;
}
