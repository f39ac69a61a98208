#include "engine/verdict_merge.h"

/* Where silence suggests an open port, an answer counts for more than an
 * earlier guess, and a filter that spoke was not imagined. */
static bool silence_is_open(const struct scan_technique *technique)
{
	return technique->on_silence.state == PORT_OPEN_FILTERED;
}

bool verdict_replaces(const struct scan_technique *technique, enum port_state old_state,
		      enum port_state new_state)
{
	if (new_state == PORT_UNKNOWN || new_state == old_state)
		return false;
	switch (old_state) {
	case PORT_OPEN: /* by an answer: silence is open|filtered at most */
		return false;
	case PORT_CLOSED:
		return new_state == PORT_OPEN;
	case PORT_UNFILTERED:
		return new_state == PORT_OPEN || new_state == PORT_CLOSED;
	case PORT_FILTERED:
		if (new_state == PORT_OPEN)
			return !silence_is_open(technique);
		return new_state == PORT_CLOSED || new_state == PORT_UNFILTERED;
	default: /* unknown, open|filtered, closed|filtered */
		return true;
	}
}

enum host_state verdict_host_state(const struct verdict *verdict, bool from_target)
{
	switch (verdict->state) {
	case PORT_OPEN:
	case PORT_CLOSED:
	case PORT_UNFILTERED:
		/* A router that does not like our header says nothing of the host. */
		return from_target ? HOST_UP : HOST_UNKNOWN;
	case PORT_FILTERED:
		break;
	default:
		return HOST_UNKNOWN;
	}
	if (verdict->reason == REASON_TIME_EXCEEDED)
		return HOST_DOWN;
	if (from_target &&
	    (verdict->reason == REASON_PORT_UNREACH || verdict->reason == REASON_PROTO_UNREACH))
		return HOST_UP;
	return HOST_UNKNOWN;
}
