/* When a port is asked what: first its listener alone, then the probes that name the port, then
 * the others, several at a time, each a little after the one before. If all stay silent the
 * listener's connection asks, too: the server may serve one at a time. */
#include "detect/service/port_scan_private.h"

#include "util/error.h"

#define WINDOW_BEST     6u
#define WINDOW_FIRST    4u
#define GRACE_LISTED_NS (100 * NS_PER_MS)
#define GRACE_NS        (500 * NS_PER_MS)
#define LISTED_ALONE_NS (500 * NS_PER_MS)
#define STAGGER_NS      (50 * NS_PER_MS)
#define LEND_NS         (1000 * NS_PER_MS)
#define WRAPPED_TURNS   6u

static void speak_now(void *self)
{
	struct port_scan *port = self;

	port->speaking = true;
	port_look_soon(port);
}

static void listed_had_time(void *self)
{
	struct port_scan *port = self;

	port->past_listed = true;
	port_look_soon(port);
}

/* The listener has listened. Its connection is free for the next question. */
void port_spare_listener(struct port_scan *port)
{
	struct attempt *listener = port->listener;

	port->speaking = true;
	if (!listener || listener->over)
		return;
	port_take_outcome(port, listener);
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
		port_drop_attempt(port, at);
	port->spare = NULL;
}

/* The spare connection is of use: it asks this. What was agreed on with ALPN is not what the
 * probe speaks, though. False: a new connection is needed. */
static bool ask_spare(struct port_scan *port, struct turn *turn)
{
	struct attempt *spare = port->spare;

	if (!spare)
		return false;
	if (spare->over || port->listen_only || (port->shown && port->shown->tls->alpn)) {
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
	/* A TCP wrapper had hung up by now. */
	port->may_be_wrapped = false;
	port_spare_listener(port);
	turn = port->spare ? turn_under_way(port) : NULL;
	if (turn)
		(void)ask_spare(port, turn);
	port_look_soon(port);
}

static bool speaks_first(const struct port_scan *port)
{
	const struct service_probe *null = probe_db_null(port->scan->config.db);

	if (port_ranges_has(port->tunnel ? &null->ssl_ports : &null->ports, port->port->number))
		return true;
	return !port->tunnel && portset_has(&port->scan->speak_first, port->port->number);
}

bool port_is_one_by_one(const struct port_scan *port)
{
	const struct timing *timing = &port->scan->config.plan->timing;

	return timing->max_parallelism == 1 || timing->version_parallelism == 1;
}

void port_listener_connected(struct port_scan *port)
{
	uint64_t grace = turns_are_listed(&port->turns) ? GRACE_LISTED_NS : GRACE_NS;
	uint64_t until_lent = grace + LEND_NS;
	uint64_t wrapped = port->listener->probe->wrapped_ms * NS_PER_MS;

	if (until_lent < wrapped)
		until_lent = wrapped;
	if (speaks_first(port) || port_is_one_by_one(port) || port->listen_only)
		return;
	port_set_timer(port, &port->wave, speak_now, grace + 4 * port->rtt_ns);
	port_set_timer(port, &port->lend, lend, until_lent + 4 * port->rtt_ns);
}

static uint64_t next_start_ns(const struct port_scan *port)
{
	return loop_now_ns(port_loop(port)) + STAGGER_NS + 2 * port->rtt_ns;
}

static bool is_listening(const struct port_scan *port, const struct turn *turn)
{
	return turn == port->turns.list && turns_listen(&port->turns);
}

/* The connection could not be opened; false: not now. */
static bool take_refusal(struct port_scan *port, struct turn *turn, int error)
{
	if (error == ERROR_LIMIT || error == ERROR_MEMORY) {
		port_wait_for_room(port);
		return false;
	}
	/* Who may not speak may still listen. */
	if (!is_listening(port, turn) || error != ERROR_EXCLUDED || port->listen_only)
		turn->state = TURN_ENDED;
	port->listen_only = port->listen_only || error == ERROR_EXCLUDED;
	port->speaking = port->speaking || turn->state == TURN_ENDED;
	return true;
}

static void add_attempt(struct port_scan *port, struct attempt *attempt, bool listens)
{
	attempt->next = port->attempts;
	port->attempts = attempt;
	port->work->connections++;
	port_begin_deadline(port);
	if (listens) {
		port->listener = attempt;
		return;
	}
	port->under_way++;
	port->next_start_ns = next_start_ns(port);
}

/* Opens the turn's connection; false: not now. */
static bool open_turn(struct port_scan *port, struct turn *turn)
{
	bool listens = is_listening(port, turn);
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
	if (r < 0)
		return take_refusal(port, turn, r);
	add_attempt(port, attempt, listens);
	return true;
}

/* Connections that have asked something. */
static unsigned asking(const struct port_scan *port)
{
	return port->under_way - (port->spare != NULL);
}

static void stagger_over(void *self)
{
	port_look_soon(self);
}

/* Most ports are known by their first probe: the others follow a little later each. */
static bool is_staggered(struct port_scan *port)
{
	struct loop *loop = port_loop(port);

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
	return port_in_best_manner(port) ? WINDOW_BEST : WINDOW_FIRST;
}

/* May this turn begin now? */
static bool is_due(struct port_scan *port, const struct turn *turn)
{
	if (is_listening(port, turn))
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
		port_set_timer(port, &port->wave, listed_had_time,
			       LISTED_ALONE_NS + 4 * port->rtt_ns);
	return false;
}

/* The never-write list leaves only listening. */
static struct turn *next_turn(const struct port_scan *port)
{
	struct turn *turn = turns_next(&port->turns);

	return port->listen_only && !is_listening(port, turn) ? NULL : turn;
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

void port_go_on(struct port_scan *port)
{
	struct turn *turn;

	if (closes_everything(port)) {
		port_end_here(port, false);
		return;
	}
	while (!port->waits && (turn = next_turn(port)) && is_due(port, turn))
		if (!open_turn(port, turn))
			return;
	if (!next_turn(port) && port->spare)
		drop_spare(port);
	if (!port->attempts && !next_turn(port))
		port_end_here(port, false);
}
