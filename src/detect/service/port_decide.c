/* A match counts when every probe before it in the order has ended, or has had time enough (the
 * settling time) to be as quick as the one that matched. So the answer is the one that
 * asking one by one would give. */
#include "detect/service/port_scan_private.h"

#include "detect/service/port_facts_of.h"
#include "detect/service/port_rpc.h"

#include <string.h>

#define SETTLE_NS (400 * NS_PER_MS)

static void port_end(struct port_scan *port, enum service_end end, const struct found *found)
{
	struct service_facts facts;

	port->ended = true;
	port_facts_of(port, end, found, &facts);
	service_scan_port_ended(port->scan, port, &facts);
}

/* A framework's version is not its application's. */
static bool is_of_one_product(const struct found *hard, const struct found *soft)
{
	const char *a = hard->fields[MATCH_PRODUCT], *b = soft->fields[MATCH_PRODUCT];

	return !a || !b || !strcmp(a, b);
}

static void fill_in(struct port_scan *port, struct found *hard)
{
	if (!port_in_best_manner(port) || is_of_one_product(hard, &port->soft))
		found_fill_in(hard, &port->soft);
	port->tunnel = port->tunnel || hard->line->tunnel;
}

void port_end_with(struct port_scan *port, struct found *hard)
{
	fill_in(port, hard);
	port_drop_attempts(port); /* what asks next needs the room */
	if (!port_rpc_start(port, hard))
		port_end(port, SERVICE_HARD, hard);
}

/* The time is over, so nothing more is asked of it. */
static void end_at_once(struct port_scan *port, struct found *hard)
{
	fill_in(port, hard);
	port_end(port, SERVICE_HARD, hard);
}

void port_scan_rpc_done(struct port_scan *port)
{
	port_end(port, SERVICE_HARD, port->program);
}

/* Nothing more will come. */
static void end_without(struct port_scan *port, bool incomplete)
{
	if (port->soft.line)
		port_end(port, SERVICE_SOFT, &port->soft);
	else if (port->listen_only)
		port_end(port, SERVICE_EXCLUDED, NULL);
	else if (port_is_tcp(port) && !incomplete && port->may_be_wrapped &&
		 (port->connected || !port_in_best_manner(port)))
		port_end(port, SERVICE_WRAPPED, NULL);
	else
		port_end(port,
			 incomplete || port->unreachable ? SERVICE_INCOMPLETE : SERVICE_UNKNOWN,
			 NULL);
}

static void settled(void *self)
{
	struct port_scan *port = self;

	port->settled = true;
	port_look_soon(port);
}

static void begin_settling(struct port_scan *port)
{
	if (!port->settled && !loop_timer_is_set(&port->settle))
		port_set_timer(port, &port->settle, settled, SETTLE_NS + 2 * port->rtt_ns);
}

void port_end_settling(struct port_scan *port)
{
	loop_timer_cancel(port_loop(port), &port->settle);
	port->settled = false;
}

static bool knows_tunnel(const struct turn *turn)
{
	return service_probe_knows(turn->probe, "ssl");
}

/* Must this turn end before a later one counts? A listener that hears nothing must not. */
static bool holds_back(const struct port_scan *port, const struct turn *turn)
{
	if (turn->state != TURN_WAITING && turn->state != TURN_UNDER_WAY)
		return false;
	return !(port->listener && port->listener->turn == turn && !port->listener->response.len);
}

/* Does anything that is under way, whatever its place, make this match wait? */
static bool may_be_bettered(const struct port_scan *port, const struct found *found)
{
	const struct attempt *attempt;

	if (!port_in_best_manner(port) || match_line_is_tunnel(found->line))
		return false;
	for (attempt = port->attempts; attempt; attempt = attempt->next)
		if (attempt != port->listener && attempt->turn->state == TURN_UNDER_WAY &&
		    ((!port->tunnel && knows_tunnel(attempt->turn)) ||
		     !found->fields[MATCH_PRODUCT]))
			return true;
	return false;
}

static bool is_better(const struct port_scan *port, const struct found *a, const struct found *b)
{
	if (!port_in_best_manner(port) || (!port->tunnel && match_line_is_tunnel(b->line)))
		return false;
	return (!port->tunnel && match_line_is_tunnel(a->line)) || found_tells_more(a, b);
}

struct candidate {
	struct turn *hard, *soft;
	bool hard_waits, soft_waits; /* for turns before it */
};

static struct candidate candidate_of(const struct port_scan *port)
{
	struct candidate best = {0};
	bool waits = false;
	size_t i;

	for (i = 0; i < port->turns.count; i++) {
		struct turn *turn = &port->turns.list[i];

		waits = waits || holds_back(port, turn);
		if (turn->state != TURN_ENDED || !turn->found.line)
			continue;
		if (turn->found.line->soft) {
			if (!best.soft) {
				best.soft = turn;
				best.soft_waits = waits;
			}
		} else if (!best.hard || is_better(port, &turn->found, &best.hard->found)) {
			best.hard = turn;
			best.hard_waits = waits && !(port_in_best_manner(port) &&
						     turn->found.fields[MATCH_VERSION]);
		}
	}
	return best;
}

static void take_hard(struct port_scan *port, struct turn *turn)
{
	if (!port->tunnel && match_line_is_tunnel(turn->found.line) && !turn->found.line->tunnel)
		port_phase_begin(port, true);
	else
		port_end_with(port, &turn->found);
}

/* A softmatch: from now on only probes that know the service. */
static void take_soft(struct port_scan *port, struct turn *turn)
{
	bool first = !port->soft.line;

	if (first || (port_in_best_manner(port) && found_tells_more(&turn->found, &port->soft) &&
		      !strcmp(turn->found.line->service, port->soft.line->service))) {
		found_release(&port->soft);
		port->soft = turn->found;
		turn->found = (struct found){0};
	} else {
		found_release(&turn->found);
	}
	if (!first)
		return;
	port_end_settling(port);
	if (port->scan->config.plan->version.intensity < 9) {
		turns_narrow(&port->turns, turn, port->soft.line->service,
			     !port_in_best_manner(port));
		port_drop_skipped(port);
	}
}

/* True when the port is through, or begins anew. */
bool port_decide(struct port_scan *port)
{
	struct candidate best = candidate_of(port);

	while (best.soft && (port->soft.line || !best.soft_waits || port->settled)) {
		take_soft(port, best.soft);
		best = candidate_of(port);
	}
	if (best.hard &&
	    ((!best.hard_waits && !may_be_bettered(port, &best.hard->found)) || port->settled)) {
		take_hard(port, best.hard);
		return true;
	}
	if (best.hard || best.soft)
		begin_settling(port);
	return false;
}

void port_end_excluded(struct port_scan *port)
{
	port_end(port, SERVICE_EXCLUDED, NULL);
}

/* A match that waited to be settled is not forgotten. */
void port_end_here(struct port_scan *port, bool incomplete)
{
	struct candidate best = candidate_of(port);

	if (port->program)
		port_end(port, SERVICE_HARD, port->program);
	else if (!best.hard)
		end_without(port, incomplete);
	else if (!incomplete)
		take_hard(port, best.hard);
	else if (!port->tunnel && match_line_is_tunnel(best.hard->found.line))
		end_without(port, true);
	else
		end_at_once(port, &best.hard->found);
}
