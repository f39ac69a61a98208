#include "report/port_facts.h"

#include "util/alloc.h"
#include "util/error.h"

/* Kinds of verdict. Up to the first limit they are kept to the last field;
 * then without attempt and round-trip time; then, which takes somebody who
 * plays with addresses and TTLs, only state and reason. Some are left for that. */
#define KINDS_EXACT  128
#define KINDS_COARSE 192
#define KINDS_MAX    255

void port_places_init(struct port_places *places, const struct port_rules *rules)
{
	unsigned transport, word;

	places->rules = rules;
	places->count = 0;
	for (transport = 0; transport < TRANSPORTS; transport++) {
		for (word = 0; word < 1024; word++) {
			places->before[transport][word] = places->count;
			places->count +=
				(uint32_t)__builtin_popcountll(rules->of[transport].words[word]);
		}
	}
}

static uint32_t place_of(const struct port_places *places, enum transport transport, uint16_t port)
{
	uint64_t word = places->rules->of[transport].words[port >> 6];
	uint64_t below = word & ((1ULL << (port & 63)) - 1);

	return places->before[transport][port >> 6] + (uint32_t)__builtin_popcountll(below);
}

static bool same(const struct verdict *a, const struct verdict *b)
{
	return a->state == b->state && a->reason == b->reason && a->ttl == b->ttl &&
	       a->attempt == b->attempt && a->rtt_us == b->rtt_us && ip_equal(&a->from, &b->from);
}

/* Gives the kind, or 0. */
static size_t find(const struct port_facts *facts, const struct verdict *verdict)
{
	size_t i;

	for (i = 0; i < facts->verdicts_count; i++)
		if (same(&facts->verdicts[i], verdict))
			return i + 1;
	return 0;
}

static size_t find_state(const struct port_facts *facts, unsigned state)
{
	size_t i;

	for (i = facts->verdicts_count; i > 0; i--)
		if (facts->verdicts[i - 1].state == state)
			break;
	return i;
}

/* Only open ports are few and interesting enough to tell apart by time. */
static struct verdict coarsen(const struct port_facts *facts, const struct verdict *verdict)
{
	struct verdict coarse = *verdict;

	if (verdict->state != PORT_OPEN || facts->verdicts_count >= KINDS_EXACT)
		coarse.attempt = 0, coarse.rtt_us = 0;
	if (facts->verdicts_count >= KINDS_COARSE) {
		coarse.ttl = 0;
		coarse.from = (struct ip_addr){0};
	}
	return coarse;
}

static int kind_of(struct port_facts *facts, const struct verdict *verdict, uint8_t *ret_kind)
{
	struct verdict coarse = coarsen(facts, verdict);
	size_t kind = find(facts, &coarse);

	if (!kind && facts->verdicts_count == KINDS_MAX)
		kind = find_state(facts, verdict->state);
	if (!kind) {
		if (facts->verdicts_count == facts->verdicts_cap) {
			size_t cap = facts->verdicts_cap ? facts->verdicts_cap * 2 : 4;
			struct verdict *more =
				alloc_resize(facts->verdicts, cap, sizeof(*facts->verdicts));

			if (!more)
				return ERROR_MEMORY;
			facts->verdicts = more;
			facts->verdicts_cap = cap;
		}
		facts->verdicts[facts->verdicts_count++] = coarse;
		kind = facts->verdicts_count;
	}
	*ret_kind = (uint8_t)kind;
	return 0;
}

int port_facts_add(struct port_facts *facts, enum transport transport, uint16_t port,
		   const struct verdict *verdict, enum port_state *ret_before)
{
	uint32_t place;
	uint8_t kind;
	int r;

	if (!facts->places || transport >= TRANSPORTS ||
	    !portset_has(&facts->places->rules->of[transport], port))
		return ERROR_RANGE;
	if (!facts->kinds) {
		facts->kinds = alloc_zero(facts->places->count);
		if (!facts->kinds)
			return ERROR_MEMORY;
	}
	if ((r = kind_of(facts, verdict, &kind)) < 0)
		return r;
	place = place_of(facts->places, transport, port);
	*ret_before =
		facts->kinds[place] ? facts->verdicts[facts->kinds[place] - 1].state : PORT_UNKNOWN;
	facts->kinds[place] = kind;
	return 0;
}

static size_t known_count(const struct port_facts *facts)
{
	size_t count = 0, i;

	for (i = 0; facts->kinds && i < facts->places->count; i++)
		count += facts->kinds[i] != 0;
	return count;
}

static void fill(const struct port_facts *facts, struct port_report *ports)
{
	const uint8_t *kind = facts->kinds;
	unsigned transport;
	int32_t port;

	for (transport = 0; transport < TRANSPORTS; transport++) {
		const struct portset *set = &facts->places->rules->of[transport];

		for (port = portset_next(set, 0); port >= 0;
		     port = portset_next(set, (uint32_t)port + 1), kind++)
			if (*kind)
				*ports++ = (struct port_report){
					.number = (uint16_t)port,
					.transport = (uint8_t)transport,
					.verdict = facts->verdicts[*kind - 1],
				};
	}
}

int port_facts_list(const struct port_facts *facts, struct port_report **ret_ports,
		    size_t *ret_count)
{
	size_t count = known_count(facts);
	struct port_report *ports = NULL;

	if (count) {
		ports = alloc_array(count, sizeof(*ports));
		if (!ports)
			return ERROR_MEMORY;
		fill(facts, ports);
	}
	*ret_ports = ports;
	*ret_count = count;
	return 0;
}

size_t port_facts_bytes(const struct port_facts *facts)
{
	return (facts->kinds ? facts->places->count : 0) +
	       facts->verdicts_cap * sizeof(struct verdict);
}

void port_facts_release(struct port_facts *facts)
{
	alloc_free(facts->kinds);
	alloc_free(facts->verdicts);
	*facts = (struct port_facts){0};
}
