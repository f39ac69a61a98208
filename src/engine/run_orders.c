/* The order of the ports of each set of rules: made once, shared by all targets
 * that have it. */
#include "engine/port_order.h"
#include "engine/run_private.h"
#include "engine/technique.h"
#include "util/alloc.h"

#include <string.h>

const struct port_rules *run_rules_of(const struct run *run, const struct host *host)
{
	return host->target->ports ? host->target->ports : run->plan->ports;
}

static void order_free(struct rules_order *order)
{
	size_t i;

	for (i = 0; i < PLAN_TECHNIQUES_MAX; i++) {
		alloc_free(order->ports[i]);
		alloc_free(order->places[i]);
	}
	alloc_free(order->check_places);
	alloc_free(order);
}

/* Where each port stands in an order. */
static uint16_t *places_new(const uint16_t *ports, uint32_t count)
{
	uint16_t *places = alloc_array(UINT16_MAX + 1, sizeof(*places));
	uint32_t i;

	if (!places)
		return NULL;
	memset(places, 0xff, (UINT16_MAX + 1) * sizeof(*places));
	for (i = 0; i < count; i++)
		places[ports[i]] = (uint16_t)i;
	return places;
}

static struct rules_order *order_new(struct run *run, const struct port_rules *rules)
{
	struct rules_order *order = alloc_zero(sizeof(*order));
	size_t i;

	if (!order)
		return NULL;
	order->rules = rules;
	for (i = 0; i < run->plan->techniques_count; i++) {
		enum transport transport = run->plan->techniques[i]->transport;
		const struct portset *set = &rules->of[transport];

		order->ports[i] =
			port_order_new(set, transport, run->plan->sequential_ports, &run->random);
		if (order->ports[i] && run->plan->techniques[i]->probe != PROBE_FLOW)
			order->places[i] = places_new(order->ports[i], set->count);
		if (!order->ports[i] ||
		    (run->plan->techniques[i]->probe != PROBE_FLOW && !order->places[i])) {
			order_free(order);
			return NULL;
		}
		order->counts[i] = set->count;
		order->total += set->count;
	}
	return order;
}

struct rules_order *run_rules_order(struct run *run, const struct port_rules *rules)
{
	struct rules_order *order;

	for (order = run->orders; order; order = order->next)
		if (order->rules == rules)
			return order;
	order = order_new(run, rules);
	if (order) {
		order->next = run->orders;
		run->orders = order;
	}
	return order;
}

void run_orders_free(struct run *run)
{
	while (run->orders) {
		struct rules_order *order = run->orders;

		run->orders = order->next;
		order_free(order);
	}
}
