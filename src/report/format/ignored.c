#include "report/format/ignored.h"

#include "report/format/words.h"

#include <string.h>

/* More than this many ports of a state are too many to list. Unlimited at -d3. */
static uint64_t limit_of(const struct format_context *context)
{
	int verbosity = format_verbosity(context), debugging = format_debugging(context);
	int weight = words_is_protocol_scan(context->plan) ? 3 : 20;

	if (debugging >= 3)
		return UINT64_MAX;
	return 25 * (uint64_t)(verbosity + 1 + weight * debugging);
}

static bool is_ignored(const struct format_context *context, unsigned state, uint32_t count)
{
	if (state == PORT_OPEN || !count)
		return false;
	if (context->plan->output.open_only && state != PORT_OPEN_FILTERED &&
	    state != PORT_UNFILTERED)
		return true;
	if (state == PORT_OPEN_FILTERED && format_verbosity(context) >= 3)
		return false;
	return count > limit_of(context);
}

/* Most ports first; equal counts keep the lower number first. */
static void order_states(struct ignored *ignored)
{
	unsigned state;
	size_t i;

	for (state = 0; state < PORT_STATES; state++) {
		if (!ignored->is_ignored[state])
			continue;
		for (i = ignored->states_count; i > 0; i--) {
			if (ignored->counts[ignored->states[i - 1]] >= ignored->counts[state])
				break;
			ignored->states[i] = ignored->states[i - 1];
		}
		ignored->states[i] = (uint8_t)state;
		ignored->states_count++;
	}
}

/* Adds one port to its group; groups come in the order they are first seen. */
static void count_group(struct ignored *ignored, const struct port_report *port)
{
	struct ignored_group *group = ignored->groups, *end = group + ignored->groups_count;

	for (; group < end; group++) {
		if (group->state == port->verdict.state && group->reason == port->verdict.reason &&
		    group->transport == port->transport) {
			group->count++;
			return;
		}
	}
	/* So many different reasons are somebody's game: the rest goes uncounted. */
	if (ignored->groups_count == IGNORED_GROUPS_MAX)
		return;
	*group = (struct ignored_group){.count = 1,
					.state = port->verdict.state,
					.reason = port->verdict.reason,
					.transport = port->transport};
	ignored->groups_count++;
}

static size_t place_of(const struct ignored *ignored, unsigned state)
{
	size_t i;

	for (i = 0; i < ignored->states_count; i++)
		if (ignored->states[i] == state)
			break;
	return i;
}

static void order_groups(struct ignored *ignored)
{
	size_t i, j;

	for (i = 1; i < ignored->groups_count; i++) {
		struct ignored_group group = ignored->groups[i];
		size_t place = place_of(ignored, group.state);

		for (j = i; j > 0; j--) {
			const struct ignored_group *before = &ignored->groups[j - 1];
			size_t its_place = place_of(ignored, before->state);

			if (its_place < place ||
			    (its_place == place && before->count >= group.count))
				break;
			ignored->groups[j] = *before;
		}
		ignored->groups[j] = group;
	}
}

void ignored_of(const struct format_context *context, const struct host_report *host,
		struct ignored *ret_ignored)
{
	unsigned state;
	size_t i;

	*ret_ignored = (struct ignored){0};
	for (i = 0; i < host->ports_count; i++)
		ret_ignored->counts[host->ports[i].verdict.state % PORT_STATES]++;
	for (state = 0; state < PORT_STATES; state++) {
		ret_ignored->is_ignored[state] =
			is_ignored(context, state, ret_ignored->counts[state]);
		if (!ret_ignored->is_ignored[state])
			ret_ignored->shown += ret_ignored->counts[state];
	}
	order_states(ret_ignored);
	for (i = 0; ret_ignored->states_count && i < host->ports_count; i++)
		if (ret_ignored->is_ignored[host->ports[i].verdict.state % PORT_STATES])
			count_group(ret_ignored, &host->ports[i]);
	order_groups(ret_ignored);
}

static bool is_lie(const struct host_report *host, const struct port_report *port)
{
	return port->transport == TRANSPORT_TCP && port->verdict.state == PORT_OPEN &&
	       liar_covers(&host->liar, &port->verdict);
}

static void add_lies_group(struct ignored *ignored)
{
	size_t kept = ignored->groups_count < IGNORED_GROUPS_MAX ? ignored->groups_count
								 : IGNORED_GROUPS_MAX - 1;

	memmove(&ignored->groups[1], &ignored->groups[0], kept * sizeof(ignored->groups[0]));
	ignored->groups[0] = (struct ignored_group){.count = ignored->lies,
						    .state = PORT_OPEN,
						    .reason = REASON_SYN_ACK,
						    .transport = TRANSPORT_TCP};
	ignored->groups_count = kept + 1;
}

void ignored_hide_lies(const struct format_context *context, const struct host_report *host,
		       struct ignored *ignored)
{
	uint32_t lies = 0;
	size_t i;

	for (i = 0; host->liar.kind != LIAR_NONE && i < host->ports_count; i++)
		lies += is_lie(host, &host->ports[i]);
	if (lies <= limit_of(context))
		return;
	ignored->lies = lies;
	ignored->shown -= lies;
	add_lies_group(ignored);
}

bool ignored_hides(const struct ignored *ignored, const struct host_report *host,
		   const struct port_report *port)
{
	return ignored->is_ignored[port->verdict.state % PORT_STATES] ||
	       (ignored->lies && is_lie(host, port));
}

static void add_run(struct buf *out, size_t start, uint32_t from, uint32_t to)
{
	buf_addf(out, out->len > start ? ",%u" : "%u", from);
	if (to > from)
		buf_addf(out, "-%u", to);
}

void ignored_add_ports(struct buf *out, const struct host_report *host,
		       const struct ignored_group *group)
{
	size_t start = out->len, i;
	uint32_t from = 1, to = 0; /* the run under way; empty at first */

	for (i = 0; i < host->ports_count; i++) {
		const struct port_report *port = &host->ports[i];

		if (port->transport != group->transport || port->verdict.state != group->state ||
		    port->verdict.reason != group->reason)
			continue;
		if (from <= to && port->number == to + 1) {
			to++;
			continue;
		}
		if (from <= to)
			add_run(out, start, from, to);
		from = to = port->number;
	}
	if (from <= to)
		add_run(out, start, from, to);
}
