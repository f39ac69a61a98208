/* The raw half of a run: its sender's, and the pings of each family. */
#include "engine/run_private.h"
#include "engine/sender_raw.h"
#include "engine/technique.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

/* Which pings the family has: ICMPv6 asks for no time and no mask. */
static bool family_has(const struct plan_ping *ping, bool v6)
{
	return !v6 || (strcmp(ping->technique->name, "icmp-timestamp") &&
		       strcmp(ping->technique->name, "icmp-mask"));
}

static int ping_list_init(struct ping_list *list, const struct plan_ping *pings, size_t count,
			  bool v6)
{
	size_t i;

	list->pings = alloc_array(count, sizeof(*list->pings));
	list->places = alloc_array(count, sizeof(*list->places));
	if (count && (!list->pings || !list->places))
		return ERROR_MEMORY;
	for (i = 0; i < count; i++)
		if (family_has(&pings[i], v6)) {
			list->places[list->count] = (uint16_t)list->count;
			list->pings[list->count++] = pings[i];
		}
	return 0;
}

int run_raw_init(struct run *run)
{
	const struct plan_discovery *discovery = &run->plan->discovery;
	const struct plan_ping neighbour = {.technique = technique_by_name("neighbour")};
	int r;

	if (!run->plan->privileged || !run->config.ways)
		return 0;
	r = raw_new(&run->sender, run->config.ways, run->config.gate);
	if (r == 0)
		r = run_idle_new(run);
	if (r == 0)
		r = ping_list_init(&run->pings[0], discovery->pings, discovery->pings_count, false);
	if (r == 0)
		r = ping_list_init(&run->pings[1], discovery->pings, discovery->pings_count, true);
	if (r == 0)
		r = ping_list_init(&run->neighbours, &neighbour, 1, false);
	return r;
}

static void ping_list_release(struct ping_list *list)
{
	alloc_free(list->pings);
	alloc_free(list->places);
}

struct wire *run_wire(struct run *run)
{
	return run->sender.raw ? raw_wire(run->sender.raw) : NULL;
}

void run_raw_free(struct run *run)
{
	ping_list_release(&run->pings[0]);
	ping_list_release(&run->pings[1]);
	ping_list_release(&run->neighbours);
}
