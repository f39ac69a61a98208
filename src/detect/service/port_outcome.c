/* What attempts bring becomes the outcome of their turns. */
#include "detect/service/port_scan_private.h"

#include "util/alloc.h"

#include <string.h>

#define TRIES_MAX      2u
#define SAID_BYTES_MAX 1300u

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
void port_take_outcome(struct port_scan *port, struct attempt *attempt)
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

void port_wait_for_room(struct port_scan *port)
{
	port->waits = true;
	service_scan_wait_for_room(port->scan);
}

/* No connection came about. */
static void take_failure(struct port_scan *port, struct attempt *attempt)
{
	struct turn *turn = attempt->turn;

	if (attempt->end == FLOW_END_LOCAL) {
		turn->state = TURN_WAITING;
		port_wait_for_room(port);
		return;
	}
	if (!port->connected && !port->tunnel && port_is_tcp(port))
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
	uint64_t lived_ns = loop_now_ns(port_loop(port)) - attempt->connected_ns;

	port->speaking = true;
	if (attempt->connected && !attempt->response.len && !attempt->timed_out &&
	    lived_ns < attempt->probe->wrapped_ms * NS_PER_MS && port->may_be_wrapped)
		port->wrapped = true;
}

void port_drop_attempt(struct port_scan *port, struct attempt **at)
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

void port_collect(struct port_scan *port)
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
			port_take_outcome(port, attempt);
		else
			take_failure(port, attempt);
		port_drop_attempt(port, at);
	}
}

/* Those whose turns a softmatch made pointless. */
void port_drop_skipped(struct port_scan *port)
{
	struct attempt **at = &port->attempts;

	while (*at)
		if ((*at)->turn->state == TURN_SKIPPED)
			port_drop_attempt(port, at);
		else
			at = &(*at)->next;
}

void port_drop_attempts(struct port_scan *port)
{
	while (port->attempts)
		port_drop_attempt(port, &port->attempts);
}
