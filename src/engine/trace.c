/* A TTL is asked up to three times, a second apart. What makes it quick without another
 * answer than Nmap's:
 *
 * - A probe is "young" for as long as an answer may well be under way (a multiple of the
 *   host's round trip time), and only young ones count against the limits of what is
 *   outstanding. So silent hops, which are waited for a second each, do not hold up what
 *   else there is to ask, and routers still meet no more than ten questions at once.
 * - Where earlier traces have been, two TTLs are asked at a time on the way down: the
 *   target and the last router, mostly. The first router that nobody has met yet
 *   tells that this way is new; then ten are.
 *
 * An answer of anybody but the target is a hop, errors that say "unreachable"
 * included, as Nmap has it. */
#include "engine/trace.h"

#include "engine/answer.h"
#include "util/loop.h"

#define WIDTH_NEW    10u
#define WIDTH_SHARED 2u
#define WIDTH_UP     4u

#define YOUNG_TIMES    3u
#define YOUNG_LEAST_NS (50 * NS_PER_MS)

void trace_init(struct trace *trace, const struct trace_config *config)
{
	*trace = (struct trace){.config = *config, .down = config->start};
}

/* ---- time ---- */

static uint64_t last_sent_ns(const struct trace_hop *hop)
{
	return hop->sent_ns[hop->sent - 1];
}

uint64_t trace_young_ns(uint64_t rtt_ns)
{
	uint64_t young = YOUNG_TIMES * rtt_ns;

	if (young < YOUNG_LEAST_NS)
		return YOUNG_LEAST_NS;
	return young < TRACE_TIMEOUT_NS ? young : TRACE_TIMEOUT_NS;
}

static uint64_t young_ns(const struct trace *trace)
{
	return trace->slowest_us ? trace_young_ns(trace->slowest_us * NS_PER_US)
				 : trace->config.young_ns;
}

static bool is_young(const struct trace *trace, const struct trace_hop *hop, uint64_t now_ns)
{
	return hop->state == TRACE_WAITING && now_ns < last_sent_ns(hop) + young_ns(trace);
}

static bool is_overdue(const struct trace_hop *hop, uint64_t now_ns)
{
	return hop->state == TRACE_WAITING && now_ns >= last_sent_ns(hop) + TRACE_TIMEOUT_NS;
}

unsigned trace_young(const struct trace *trace, uint64_t now_ns)
{
	unsigned ttl, count = 0;

	for (ttl = 1; ttl <= trace->top; ttl++)
		count += is_young(trace, &trace->hops[ttl], now_ns);
	return count;
}

void trace_pass(struct trace *trace, uint64_t now_ns)
{
	unsigned ttl;

	for (ttl = 1; ttl <= trace->top; ttl++) {
		struct trace_hop *hop = &trace->hops[ttl];

		if (is_overdue(hop, now_ns) && hop->sent >= trace->config.sends)
			hop->state = TRACE_SILENT;
	}
}

uint64_t trace_due_ns(const struct trace *trace, uint64_t now_ns)
{
	uint64_t due_ns = UINT64_MAX, at_ns;
	unsigned ttl;

	for (ttl = 1; ttl <= trace->top; ttl++) {
		const struct trace_hop *hop = &trace->hops[ttl];

		if (hop->state != TRACE_WAITING)
			continue;
		at_ns = last_sent_ns(hop) + TRACE_TIMEOUT_NS;
		if (is_young(trace, hop, now_ns))
			at_ns = last_sent_ns(hop) + young_ns(trace);
		/* What is overdue waits for room, not for time. */
		if (at_ns > now_ns && at_ns < due_ns)
			due_ns = at_ns;
	}
	return due_ns;
}

/* ---- what is asked ---- */

static uint8_t overdue_ttl(const struct trace *trace, uint64_t now_ns)
{
	uint8_t ttl;

	for (ttl = trace->top; ttl; ttl--)
		if (is_overdue(&trace->hops[ttl], now_ns))
			return ttl;
	return 0;
}

/* Is it known, or at least likely, that the target is farther away than the start? */
static bool goes_up(const struct trace *trace, uint64_t now_ns)
{
	const struct trace_hop *start = &trace->hops[trace->config.start];

	return !trace->down && !trace->reached && trace->top < TRACE_TTL_MAX &&
	       start->state != TRACE_UNASKED && !is_young(trace, start, now_ns);
}

static unsigned width_down(const struct trace *trace)
{
	return trace->missed || !trace_cache_count(trace->config.cache) ? WIDTH_NEW : WIDTH_SHARED;
}

uint8_t trace_next(const struct trace *trace, uint64_t now_ns)
{
	unsigned young = trace_young(trace, now_ns);
	uint8_t ttl = overdue_ttl(trace, now_ns);

	if (ttl)
		return ttl;
	if (trace->down)
		return young < width_down(trace) ? trace->down : 0;
	return goes_up(trace, now_ns) && young < WIDTH_UP ? (uint8_t)(trace->top + 1) : 0;
}

unsigned trace_sent(struct trace *trace, uint8_t ttl, uint64_t now_ns)
{
	struct trace_hop *hop = &trace->hops[ttl];

	if (ttl > trace->top)
		trace->top = ttl;
	if (ttl == trace->down)
		trace->down--;
	hop->state = TRACE_WAITING;
	hop->sent_ns[hop->sent] = now_ns;
	trace->probes_sent++;
	return hop->sent++;
}

/* ---- what is answered ---- */

/* Nothing that was answered says otherwise than the other trace, which has this TTL. */
static bool agrees(const struct trace *trace, const struct trace_past *past, uint8_t ttl)
{
	uint8_t at;

	for (at = 1; at <= ttl; at++) {
		const struct trace_hop *hop = &trace->hops[at];
		const struct ip_addr *from = &past->hops[at - 1].from;

		if (hop->state == TRACE_ANSWERED && from->family != IP_NONE &&
		    !answer_same_addr(&hop->from, from))
			return false;
	}
	return true;
}

static const struct trace_past *past_at(const struct trace *trace, uint8_t ttl)
{
	const struct trace_past *past =
		trace_cache_find(trace->config.cache, ttl, &trace->hops[ttl].from);

	return past && agrees(trace, past, ttl) ? past : NULL;
}

static void take_over(struct trace *trace, const struct trace_past *past, uint8_t ttl)
{
	uint8_t at;

	for (at = 1; at <= ttl; at++) {
		const struct trace_past_hop *known = &past->hops[at - 1];
		struct trace_hop *hop = &trace->hops[at];

		if (hop->state == TRACE_ANSWERED)
			continue;
		hop->state = known->from.family == IP_NONE ? TRACE_SILENT : TRACE_ANSWERED;
		hop->from = known->from;
		hop->rtt_us = known->rtt_us;
		hop->cached = true;
	}
}

static void reach(struct trace *trace, uint8_t ttl)
{
	trace->reached = ttl;
	trace->top = ttl;
}

/* A router on the way down: do we know how it goes on? */
static void meet(struct trace *trace, uint8_t ttl)
{
	const struct trace_past *past = past_at(trace, ttl);

	if (!past) {
		trace->missed = true;
		return;
	}
	take_over(trace, past, ttl);
	if (trace->down < ttl)
		trace->down = 0;
}

static unsigned highest_waiting(const struct trace *trace)
{
	unsigned ttl = trace->top;

	while (ttl && trace->hops[ttl].state != TRACE_WAITING)
		ttl--;
	return ttl;
}

static uint32_t passed_us(uint64_t from_ns, uint64_t to_ns)
{
	uint64_t us = to_ns > from_ns ? (to_ns - from_ns) / NS_PER_US : 0;

	return us < UINT32_MAX ? (uint32_t)us : UINT32_MAX;
}

void trace_answer(struct trace *trace, unsigned ttl, unsigned send, const struct ip_addr *from,
		  uint64_t at_ns)
{
	unsigned at = ttl ? ttl : highest_waiting(trace);
	struct trace_hop *hop;

	if (!at || at > trace->top)
		return;
	hop = &trace->hops[at];
	if (hop->state == TRACE_UNASKED || hop->state == TRACE_ANSWERED || send >= hop->sent)
		return;
	hop->state = TRACE_ANSWERED;
	hop->cached = false;
	hop->from = *from;
	hop->rtt_us = passed_us(hop->sent_ns[ttl ? send : hop->sent - 1u], at_ns);
	if (hop->rtt_us > trace->slowest_us)
		trace->slowest_us = hop->rtt_us;
	if (answer_same_addr(from, &trace->config.target))
		reach(trace, (uint8_t)at);
	else if (at <= trace->config.start)
		meet(trace, (uint8_t)at);
}

/* ---- the end ---- */

static bool is_settled(const struct trace *trace, unsigned upto)
{
	unsigned ttl;

	for (ttl = 1; ttl <= upto; ttl++)
		if (trace->hops[ttl].state == TRACE_WAITING)
			return false;
	return true;
}

bool trace_is_down(const struct trace *trace)
{
	unsigned upto = trace->reached ? trace->reached : trace->config.start;

	return !trace->down && is_settled(trace, upto);
}

bool trace_is_done(const struct trace *trace)
{
	return !trace->down && (trace->reached || trace->top == TRACE_TTL_MAX) &&
	       is_settled(trace, trace->top);
}

uint8_t trace_count(const struct trace *trace)
{
	return trace->reached ? trace->reached : trace->top;
}

uint8_t trace_length(const struct trace *trace)
{
	uint8_t ttl = trace_count(trace);

	while (ttl && trace->hops[ttl].state != TRACE_ANSWERED)
		ttl--;
	return ttl;
}

int trace_share(const struct trace *trace)
{
	struct trace_past_hop hops[TRACE_TTL_MAX] = {{.rtt_us = 0}};
	uint8_t count = trace_length(trace), i;

	for (i = 0; i < count; i++)
		if (trace->hops[i + 1].state == TRACE_ANSWERED)
			hops[i] = (struct trace_past_hop){trace->hops[i + 1].from,
							  trace->hops[i + 1].rtt_us};
	return trace_cache_add(trace->config.cache, &trace->config.target, hops, count);
}

uint8_t trace_join(struct trace *trace, struct ip_addr *ret_same_as)
{
	const struct trace_past *past;
	uint8_t ttl;

	for (ttl = trace_length(trace); ttl; ttl--) {
		if (trace->hops[ttl].state != TRACE_ANSWERED)
			continue;
		past = past_at(trace, ttl);
		if (!past || answer_same_addr(&past->target, &trace->config.target))
			continue;
		take_over(trace, past, ttl);
		*ret_same_as = past->target;
		return ttl;
	}
	return 0;
}
