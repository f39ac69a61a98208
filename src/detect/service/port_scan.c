/* A port's way:
 *
 *  - Listen. The NULL probe's connection is opened and left alone for a moment; where
 *    servers are known to speak first, until its time is over.
 *  - Speak (port_speak.c). Probes go out, each on a connection of its own. The listener
 *    goes on listening.
 *  - Decide (port_decide.c). The answer is the one that asking one by one would give.
 *  - "ssl" begins all anew, inside.
 *
 * News from attempts are only noted; look() decides, in the loop's next turn. */
#include "detect/service/port_scan_private.h"

#include "detect/service/port_facts_of.h"
#include "engine/service_copy.h"
#include "util/alloc.h"
#include "util/error.h"

#define DEADLINE_BEST_NS  (60 * NS_PER_S)
#define DEADLINE_FIRST_NS (300 * NS_PER_S)

void port_look_soon(struct port_scan *port)
{
	if (!port->ended && !port->program)
		loop_defer(port_loop(port), &port->look);
}

void port_set_timer(struct port_scan *port, struct timer *timer, void (*fire)(void *),
		    uint64_t after_ns)
{
	timer->fire = fire;
	timer->self = port;
	(void)loop_timer_set(port_loop(port), timer, loop_now_ns(port_loop(port)) + after_ns);
}

void port_scan_keep_tls(struct port_scan *port, const struct flow *flow)
{
	struct service_facts facts = {0};

	if (!port->tunnel || port->shown || !flow)
		return;
	facts.tls = flow_tls_facts(flow);
	if (facts.tls)
		port->shown = service_copy_new(&facts, SERVICE_WHOLE);
}

static void note_open(struct port_scan *port)
{
	const struct detect_order *order = &port->work->order;

	if (port->open)
		return;
	port->open = true;
	order->opened(order->self, port->port);
}

void port_scan_news(struct port_scan *port, struct attempt *attempt, enum attempt_news news)
{
	if (attempt->connected && port_is_tcp(port))
		note_open(port);
	if (attempt->response.len) {
		port->heard = true;
		note_open(port);
	}
	port->greeted = port->greeted || attempt->greeted;
	port_scan_keep_tls(port, attempt->flow);
	switch (news) {
	case ATTEMPT_CONNECTED:
		port->connected = true;
		if (attempt->rtt_ns)
			port->rtt_ns = attempt->rtt_ns;
		if (attempt == port->listener)
			port_listener_connected(port);
		break;
	case ATTEMPT_QUIET:
		attempt->timed_out = !attempt->response.len;
		port_spare_listener(port);
		break;
	case ATTEMPT_HEARD:
	case ATTEMPT_ENDED:
		break;
	}
	port_look_soon(port);
}

static void look(void *self)
{
	struct port_scan *port = self;

	port_collect(port);
	if (port->unreachable || (port->wrapped && !port_in_best_manner(port)))
		port_end_here(port, false);
	else if (!port_decide(port))
		port_go_on(port);
}

static void deadline_passed(void *self)
{
	struct port_scan *port = self;

	port_collect(port);
	port_end_here(port, true);
}

void port_phase_begin(struct port_scan *port, bool tunnel)
{
	const struct service_scan_config *with = &port->scan->config;

	port_drop_attempts(port);
	turns_release(&port->turns);
	found_release(&port->soft);
	port_end_settling(port);
	loop_timer_cancel(with->loop, &port->wave);
	loop_timer_cancel(with->loop, &port->lend);
	port->tunnel = tunnel;
	port->connected = port->heard = port->greeted = port->past_listed = false;
	port->answers_late = port->wrapped = false;
	port->one_by_one = port_is_one_by_one(port);
	if (tunnel && !port->sessions)
		port->sessions = tls_memory_new();
	if (turns_make(&port->turns, with->db, port->port->transport, port->port->number, tunnel,
		       with->plan->version.intensity) < 0) {
		port_end_here(port, true);
		return;
	}
	port->speaking = !turns_listen(&port->turns);
	port_look_soon(port);
}

/* What the port scan was answered, against the probes that name the port (formats.md 7.7). Not
 * in Nmap's manner: its lines are for answers to its probes, and our payloads are others. */
static bool match_reply(struct port_scan *port)
{
	const struct service_scan_config *with = &port->scan->config;
	const struct detect_port *what = port->port;
	struct match_result result;
	size_t i, count = probe_db_probes(with->db);

	if (!port_in_best_manner(port))
		return false;
	for (i = 0; what->reply && i < count; i++) {
		const struct service_probe *probe = probe_db_probe(with->db, i);

		if (probe->transport != TRANSPORT_UDP ||
		    !port_ranges_has(&probe->ports, what->number) ||
		    !matcher_match(with->matcher, probe, what->reply, what->reply_bytes, true,
				   &result) ||
		    match_line_is_tunnel(result.line))
			continue;
		return found_set(&port->reply, &result, probe, what->reply, what->reply_bytes) == 0;
	}
	return false;
}

static void begin(void *self)
{
	struct port_scan *port = self;
	const struct service_scan_config *with = &port->scan->config;

	port->look.run = look;
	if (probe_db_excludes(with->db, port->port->transport, port->port->number) &&
	    !with->plan->version.all_ports)
		port_end_excluded(port);
	else if (match_reply(port))
		port_end_with(port, &port->reply);
	else
		port_phase_begin(port, false);
}

int port_scan_new(struct service_scan *scan, struct detect_work *work,
		  const struct detect_port *what, struct port_scan **ret_port)
{
	struct port_scan *port = alloc_zero(sizeof(*port));

	if (!port)
		return ERROR_MEMORY;
	port->scan = scan;
	port->work = work;
	port->port = what;
	port->open = what->state == PORT_OPEN;
	port->may_be_wrapped = true;
	port->rtt_ns = work->order.srtt_ns;
	*ret_port = port;
	return 0;
}

void port_scan_start(struct port_scan *port)
{
	port->started_ns = loop_now_ns(port_loop(port));
	port->look.run = begin;
	port->look.self = port;
	port_look_soon(port);
}

void port_begin_deadline(struct port_scan *port)
{
	if (!loop_timer_is_set(&port->deadline))
		port_set_timer(port, &port->deadline, deadline_passed,
			       port_in_best_manner(port) ? DEADLINE_BEST_NS : DEADLINE_FIRST_NS);
}

void port_scan_kick(struct port_scan *port)
{
	port->waits = false;
	port_look_soon(port);
}

void port_scan_free(struct port_scan *port)
{
	struct loop *loop = port_loop(port);

	port_drop_attempts(port);
	rpc_grind_free(port->grind);
	turns_release(&port->turns);
	found_release(&port->soft);
	found_release(&port->reply);
	loop_timer_cancel(loop, &port->deadline);
	loop_timer_cancel(loop, &port->wave);
	loop_timer_cancel(loop, &port->settle);
	loop_timer_cancel(loop, &port->lend);
	loop_timer_cancel(loop, &port->stagger);
	loop_defer_cancel(loop, &port->look);
	tls_memory_free(port->sessions);
	buf_release(&port->fingerprint);
	port_finding_release(&port->finding);
	alloc_free((void *)(uintptr_t)port->shown);
	alloc_free(port);
}
