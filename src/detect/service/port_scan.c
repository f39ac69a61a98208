/* A port's way:
 *
 *   listen      The NULL probe's connection is opened and left alone for a moment; where servers
 * are known to speak first, until its time is over. speak       Probes go out, each on a connection
 * of its own, several at once: first those that name the port, a little later the others. The
 * listener goes on listening. If all of them stay silent, it asks, too: the server may serve one
 * connection at a time. decide      A match counts when every probe before it in the order has
 * ended, or has had time enough (the settling time) to be as quick as the one that matched. So the
 *               answer is the one that asking one by one would give.
 *   tunnel      "ssl" begins all anew, inside.
 *
 * News from attempts are only noted; look() decides, in the loop's next turn. */
#include "detect/service/port_scan.h"

#include "detect/service/port_facts_of.h"
#include "detect/service/port_rpc.h"
#include "detect/service/service_scan_private.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define WINDOW_BEST        6u
#define WINDOW_FIRST       4u
#define GRACE_LISTED_NS    (100 * NS_PER_MS)
#define GRACE_NS           (500 * NS_PER_MS)
#define STAGGER_NS         (50 * NS_PER_MS)
#define LISTED_ALONE_NS    (500 * NS_PER_MS)
#define LEND_NS            (1000 * NS_PER_MS)
#define SETTLE_NS          (400 * NS_PER_MS)
#define DEADLINE_BEST_NS   (60 * NS_PER_S)
#define DEADLINE_FIRST_NS  (300 * NS_PER_S)
#define WRAPPED_TURNS      6u
#define TRIES_MAX          2u
#define SAID_BYTES_MAX     1300u
#define SAID_BYTES_ALL_MAX 10000u

static struct loop *loop_of(const struct port_scan *port)
{
	return port->scan->config.loop;
}

static bool in_best_manner(const struct port_scan *port)
{
	return probe_db_manner(port->scan->config.db) == MANNER_BEST;
}

static bool is_tcp(const struct port_scan *port)
{
	return port->port->transport == TRANSPORT_TCP;
}

static void look_soon(struct port_scan *port)
{
	if (!port->ended && !port->program)
		loop_defer(loop_of(port), &port->look);
}

static void set_timer(struct port_scan *port, struct timer *timer, void (*fire)(void *),
		      uint64_t after_ns)
{
	timer->fire = fire;
	timer->self = port;
	(void)loop_timer_set(loop_of(port), timer, loop_now_ns(loop_of(port)) + after_ns);
}

/* ---- what attempts bring ---- */

static void keep_said(struct turn *turn, const struct attempt *attempt)
{
	size_t count =
		attempt->response.len < SAID_BYTES_MAX ? attempt->response.len : SAID_BYTES_MAX;

	if (!count || turn->said)
		return;
	turn->said = alloc_array(count, 1);
	if (!turn->said)
		return;
	memcpy(turn->said, attempt->response.data, count);
	turn->said_bytes = count;
	turn->answer_bytes = attempt->response.len;
}

/* An attempt's outcome becomes its turn's. */
static void take_outcome(struct port_scan *port, struct attempt *attempt)
{
	struct turn *turn = attempt->turn;

	if (turn->state == TURN_UNDER_WAY)
		turn->state = TURN_ENDED;
	if (!found_is_hard(&attempt->found))
		keep_said(turn, attempt);
	if (found_tells_more(&attempt->found, &turn->found)) {
		found_release(&turn->found);
		turn->found = attempt->found;
		attempt->found = (struct found){0};
	}
	if (attempt->response.len || attempt->timed_out)
		port->may_be_wrapped = false;
	port->answers_late = port->answers_late || attempt->timed_out;
}

static unsigned tries_max(const struct attempt *attempt)
{
	if (attempt->end == FLOW_END_TLS)
		return attempt_listens(attempt) ? 1 : 0;
	return TRIES_MAX;
}

/* No connection came about. */
static void take_failure(struct port_scan *port, struct attempt *attempt)
{
	struct turn *turn = attempt->turn;

	if (attempt->end == FLOW_END_LOCAL) {
		turn->state = TURN_WAITING;
		service_scan_wait_for_room(port->scan);
		return;
	}
	if (!port->connected && !port->tunnel && is_tcp(port))
		port->unreachable = true;
	/* The server may not take so many at once. What fails in TLS fails again, but a
	 * listener may have offered it too much. */
	port->one_by_one = port->one_by_one || attempt->end != FLOW_END_TLS;
	if (turn->state == TURN_UNDER_WAY)
		turn->state = turn->tries < tries_max(attempt) ? TURN_WAITING : TURN_ENDED;
	turn->tries++;
}

static void take_listener_end(struct port_scan *port, const struct attempt *attempt)
{
	uint64_t lived_ns = loop_now_ns(loop_of(port)) - attempt->connected_ns;

	port->speaking = true;
	if (attempt->connected && !attempt->response.len && !attempt->timed_out &&
	    lived_ns < attempt->probe->wrapped_ms * NS_PER_MS && port->may_be_wrapped)
		port->wrapped = true;
}

static void drop_attempt(struct port_scan *port, struct attempt **at)
{
	struct attempt *attempt = *at;

	*at = attempt->next;
	if (port->spare == attempt)
		port->spare = NULL;
	if (port->listener == attempt)
		port->listener = NULL;
	else
		port->under_way--;
	port->work->connections--;
	attempt_free(attempt);
}

static void collect(struct port_scan *port)
{
	struct attempt **at = &port->attempts, *attempt;

	while ((attempt = *at)) {
		if (!attempt->over) {
			at = &attempt->next;
			continue;
		}
		if (attempt == port->listener)
			take_listener_end(port, attempt);
		if (attempt->connected)
			take_outcome(port, attempt);
		else
			take_failure(port, attempt);
		drop_attempt(port, at);
	}
}

/* Those whose turns a softmatch made pointless. */
static void drop_skipped(struct port_scan *port)
{
	struct attempt **at = &port->attempts;

	while (*at)
		if ((*at)->turn->state == TURN_SKIPPED)
			drop_attempt(port, at);
		else
			at = &(*at)->next;
}

static void drop_attempts(struct port_scan *port)
{
	while (port->attempts)
		drop_attempt(port, &port->attempts);
}

/* ---- the end ---- */

static void port_end(struct port_scan *port, enum service_end end, const struct found *found)
{
	struct service_facts facts;

	port->ended = true;
	port_facts_of(port, end, found, &facts);
	service_scan_port_ended(port->scan, port, &facts);
}

static void end_with(struct port_scan *port, struct found *hard)
{
	found_fill_in(hard, &port->soft);
	port->tunnel = port->tunnel || hard->line->tunnel;
	if (port_rpc_start(port, hard))
		drop_attempts(port);
	else
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
	else if (is_tcp(port) && !incomplete && port->may_be_wrapped &&
		 (port->connected || !in_best_manner(port)))
		port_end(port, SERVICE_WRAPPED, NULL);
	else
		port_end(port,
			 incomplete || port->unreachable ? SERVICE_INCOMPLETE : SERVICE_UNKNOWN,
			 NULL);
}

/* ---- deciding ---- */

static void settled(void *self)
{
	struct port_scan *port = self;

	port->settled = true;
	look_soon(port);
}

static void begin_settling(struct port_scan *port)
{
	if (!port->settled && !loop_timer_is_set(&port->settle))
		set_timer(port, &port->settle, settled, SETTLE_NS + 2 * port->rtt_ns);
}

static void end_settling(struct port_scan *port)
{
	loop_timer_cancel(loop_of(port), &port->settle);
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

	if (!in_best_manner(port) || is_tunnel_service(found->line))
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
	if (!in_best_manner(port) || (!port->tunnel && is_tunnel_service(b->line)))
		return false;
	return (!port->tunnel && is_tunnel_service(a->line)) || found_tells_more(a, b);
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
			best.hard_waits = waits && !(in_best_manner(port) &&
						     turn->found.fields[MATCH_VERSION]);
		}
	}
	return best;
}

static void phase_begin(struct port_scan *port, bool tunnel);

static void take_hard(struct port_scan *port, struct turn *turn)
{
	if (!port->tunnel && is_tunnel_service(turn->found.line) && !turn->found.line->tunnel)
		phase_begin(port, true);
	else
		end_with(port, &turn->found);
}

/* A softmatch: from now on only probes that know the service. */
static void take_soft(struct port_scan *port, struct turn *turn)
{
	bool first = !port->soft.line;

	if (first || (in_best_manner(port) && found_tells_more(&turn->found, &port->soft) &&
		      !strcmp(turn->found.line->service, port->soft.line->service))) {
		found_release(&port->soft);
		port->soft = turn->found;
		turn->found = (struct found){0};
	} else {
		found_release(&turn->found);
	}
	if (!first)
		return;
	end_settling(port);
	if (port->scan->config.plan->version.intensity < 9) {
		turns_narrow(&port->turns, turn, port->soft.line->service, !in_best_manner(port));
		drop_skipped(port);
	}
}

/* True when the port is through, or begins anew. */
static bool decide(struct port_scan *port)
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

/* ---- going on ---- */

static void speak_now(void *self)
{
	struct port_scan *port = self;

	port->speaking = true;
	look_soon(port);
}

static void listed_had_time(void *self)
{
	struct port_scan *port = self;

	port->past_listed = true;
	look_soon(port);
}

/* The listener has listened. Its connection is free for the next question. */
static void spare_listener(struct port_scan *port)
{
	struct attempt *listener = port->listener;

	port->speaking = true;
	if (!listener || listener->over)
		return;
	take_outcome(port, listener);
	port->listener = NULL;
	port->spare = listener;
	port->under_way++;
}

/* A question that is asked already, for want of another. */
static struct turn *turn_under_way(const struct port_scan *port)
{
	size_t i;

	for (i = 0; i < port->turns.count; i++)
		if (port->turns.list[i].state == TURN_UNDER_WAY)
			return &port->turns.list[i];
	return NULL;
}

static void drop_spare(struct port_scan *port)
{
	struct attempt **at = &port->attempts;

	while (*at && *at != port->spare)
		at = &(*at)->next;
	if (*at)
		drop_attempt(port, at);
	port->spare = NULL;
}

/* The spare connection is of use: it asks this. What was agreed on with ALPN is not what the
 * probe speaks, though. False: a new connection is needed. */
static bool ask_spare(struct port_scan *port, struct turn *turn)
{
	struct attempt *spare = port->spare;

	if (!spare)
		return false;
	if (spare->over || port->listen_only || (port->tunnel && port->tls && port->tls->alpn)) {
		drop_spare(port);
		return false;
	}
	port->spare = NULL;
	attempt_ask(spare, turn);
	return true;
}

static void lend(void *self)
{
	struct port_scan *port = self;

	struct turn *turn;

	if (!port->listener || port->heard || !port->speaking)
		return;
	spare_listener(port);
	turn = port->spare ? turn_under_way(port) : NULL;
	if (turn)
		(void)ask_spare(port, turn);
	look_soon(port);
}

static bool speaks_first(const struct port_scan *port)
{
	const struct service_probe *null = probe_db_null(port->scan->config.db);

	if (port_ranges_has(port->tunnel ? &null->ssl_ports : &null->ports, port->port->number))
		return true;
	return !port->tunnel && portset_has(&port->scan->speak_first, port->port->number);
}

static bool user_wants_one_by_one(const struct port_scan *port)
{
	const struct timing *timing = &port->scan->config.plan->timing;

	return timing->max_parallelism == 1 || timing->version_parallelism == 1;
}

static void listener_connected(struct port_scan *port)
{
	uint64_t grace = turns_are_listed(&port->turns) ? GRACE_LISTED_NS : GRACE_NS;

	if (speaks_first(port) || user_wants_one_by_one(port) || port->listen_only)
		return;
	set_timer(port, &port->wave, speak_now, grace + 4 * port->rtt_ns);
	set_timer(port, &port->lend, lend, grace + 4 * port->rtt_ns + LEND_NS);
}

static void keep_tls(struct port_scan *port, const struct attempt *attempt)
{
	const struct service_tls *tls;

	if (!port->tunnel || port->tls || !attempt->flow)
		return;
	tls = flow_tls_facts(attempt->flow);
	if (tls)
		port->tls = service_tls_copy(&port->arena, tls);
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
	if (attempt->connected && is_tcp(port))
		note_open(port);
	if (attempt->response.len) {
		port->heard = true;
		note_open(port);
	}
	port->greeted = port->greeted || attempt->greeted;
	keep_tls(port, attempt);
	switch (news) {
	case ATTEMPT_CONNECTED:
		port->connected = true;
		if (attempt->rtt_ns)
			port->rtt_ns = attempt->rtt_ns;
		if (attempt == port->listener)
			listener_connected(port);
		break;
	case ATTEMPT_QUIET:
		attempt->timed_out = !attempt->response.len;
		spare_listener(port);
		break;
	case ATTEMPT_HEARD:
	case ATTEMPT_ENDED:
		break;
	}
	look_soon(port);
}

static uint64_t next_start_ns(const struct port_scan *port)
{
	return loop_now_ns(loop_of(port)) + STAGGER_NS + 2 * port->rtt_ns;
}

/* Opens the turn's connection; false: not now. */
static bool open_turn(struct port_scan *port, struct turn *turn)
{
	bool listens = turn == port->turns.list && turns_listen(&port->turns);
	struct attempt *attempt = NULL;
	int r;

	if (!listens && ask_spare(port, turn)) {
		port->next_start_ns = next_start_ns(port);
		return true;
	}
	if (port->work->connections >= WORK_CONNECTIONS_MAX)
		r = ERROR_LIMIT;
	else
		r = attempt_open(port, turn, port->greeted && !listens, &attempt);
	if (r == ERROR_EXCLUDED && !port->listen_only) {
		port->listen_only = true;
		return open_turn(port, turn);
	}
	if (r == ERROR_LIMIT || r == ERROR_MEMORY) {
		service_scan_wait_for_room(port->scan);
		return false;
	}
	if (r < 0) {
		turn->state = TURN_ENDED;
		return true;
	}
	attempt->next = port->attempts;
	port->attempts = attempt;
	port->work->connections++;
	if (listens)
		port->listener = attempt;
	else
		port->under_way++;
	if (!listens)
		port->next_start_ns = loop_now_ns(loop_of(port)) + STAGGER_NS + 2 * port->rtt_ns;
	return true;
}

/* Connections that have asked something. */
static unsigned asking(const struct port_scan *port)
{
	return port->under_way - (port->spare != NULL);
}

static void stagger_over(void *self)
{
	look_soon(self);
}

/* Most ports are known by their first probe: the others follow a little later each. */
static bool is_staggered(struct port_scan *port)
{
	struct loop *loop = loop_of(port);

	if (!asking(port) || loop_now_ns(loop) >= port->next_start_ns)
		return false;
	port->stagger.fire = stagger_over;
	port->stagger.self = port;
	(void)loop_timer_set(loop, &port->stagger, port->next_start_ns);
	return true;
}

static unsigned window_of(const struct port_scan *port)
{
	if (port->one_by_one)
		return 1;
	return in_best_manner(port) ? WINDOW_BEST : WINDOW_FIRST;
}

/* May this turn begin now? */
static bool is_due(struct port_scan *port, const struct turn *turn)
{
	if (turn == port->turns.list && turns_listen(&port->turns))
		return true;
	if (!port->speaking || port->listen_only || asking(port) >= window_of(port))
		return false;
	/* The server speaks first, and is still at it. */
	if (port->listener && port->listener->response.len)
		return false;
	if (is_staggered(port))
		return false;
	if (turn->listed || port->past_listed || !asking(port))
		return true;
	if (!loop_timer_is_set(&port->wave))
		set_timer(port, &port->wave, listed_had_time, LISTED_ALONE_NS + 4 * port->rtt_ns);
	return false;
}

/* The never-write list leaves only listening. */
static struct turn *next_turn(const struct port_scan *port)
{
	struct turn *turn = turns_next(&port->turns);

	if (turn && port->listen_only && turn != port->turns.list)
		return NULL;
	return turn;
}

/* The listener was closed without a word, and so were the likeliest probes. */
static bool closes_everything(const struct port_scan *port)
{
	unsigned ended = 0;
	size_t i;

	for (i = 0; port->wrapped && i < port->turns.count; i++)
		ended += port->turns.list[i].state == TURN_ENDED;
	return !asking(port) && port->may_be_wrapped && ended > WRAPPED_TURNS;
}

static void go_on(struct port_scan *port)
{
	struct turn *turn;

	if (closes_everything(port)) {
		end_without(port, false);
		return;
	}
	while ((turn = next_turn(port)) && is_due(port, turn))
		if (!open_turn(port, turn))
			return;
	if (!next_turn(port) && port->spare)
		drop_spare(port);
	/* A match that waits to be settled is not to be forgotten. */
	if (!port->attempts && !next_turn(port)) {
		struct candidate best = candidate_of(port);

		if (best.hard)
			take_hard(port, best.hard);
		else
			end_without(port, false);
	}
}

static void look(void *self)
{
	struct port_scan *port = self;

	collect(port);
	if (port->unreachable) {
		end_without(port, false);
		return;
	}
	if (port->wrapped && !in_best_manner(port)) {
		end_without(port, false);
		return;
	}
	if (!decide(port))
		go_on(port);
}

static void deadline_passed(void *self)
{
	struct port_scan *port = self;
	struct candidate best;

	collect(port);
	best = candidate_of(port);
	if (port->program)
		port_end(port, SERVICE_HARD, port->program);
	else if (best.hard && !(is_tunnel_service(best.hard->found.line) && !port->tunnel))
		end_with(port, &best.hard->found);
	else
		end_without(port, true);
}

static void phase_begin(struct port_scan *port, bool tunnel)
{
	const struct service_scan_config *with = &port->scan->config;

	drop_attempts(port);
	turns_release(&port->turns);
	found_release(&port->soft);
	end_settling(port);
	loop_timer_cancel(with->loop, &port->wave);
	loop_timer_cancel(with->loop, &port->lend);
	port->tunnel = tunnel;
	port->connected = port->heard = port->greeted = port->past_listed = false;
	port->answers_late = port->wrapped = false;
	port->one_by_one = user_wants_one_by_one(port);
	if (tunnel && !port->sessions)
		port->sessions = tls_memory_new();
	if (turns_make(&port->turns, with->db, port->port->transport, port->port->number, tunnel,
		       with->plan->version.intensity) < 0) {
		end_without(port, true);
		return;
	}
	port->speaking = !turns_listen(&port->turns);
	look_soon(port);
}

/* What the port scan was answered, against the probes that name the port (formats.md 7.7). */
static bool match_reply(struct port_scan *port)
{
	const struct service_scan_config *with = &port->scan->config;
	const struct detect_port *what = port->port;
	struct match_result result;
	size_t i, count = probe_db_probes(with->db);

	for (i = 0; what->reply && i < count; i++) {
		const struct service_probe *probe = probe_db_probe(with->db, i);

		if (probe->transport != TRANSPORT_UDP ||
		    !port_ranges_has(&probe->ports, what->number) ||
		    !matcher_match(with->matcher, probe, what->reply, what->reply_bytes, true,
				   &result) ||
		    is_tunnel_service(result.line))
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
		port_end(port, SERVICE_EXCLUDED, NULL);
	else if (match_reply(port))
		end_with(port, &port->reply);
	else
		phase_begin(port, false);
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
	port->started_ns = loop_now_ns(loop_of(port));
	port->look.run = begin;
	port->look.self = port;
	set_timer(port, &port->deadline, deadline_passed,
		  in_best_manner(port) ? DEADLINE_BEST_NS : DEADLINE_FIRST_NS);
	look_soon(port);
}

void port_scan_kick(struct port_scan *port)
{
	look_soon(port);
}

void port_scan_free(struct port_scan *port)
{
	struct loop *loop = loop_of(port);

	drop_attempts(port);
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
	arena_release(&port->arena);
	alloc_free(port);
}
