/* Scripted answers on whatever loop it is given: every answer comes by a timer,
 * so on loop_sim a run with names replays exactly. */
#include "net/host_name.h"
#include "net/resolver.h"
#include "net/resolver_answer.h"
#include "net/resolver_key.h"
#include "net/resolver_list.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/hash.h"

#include <string.h>

#define UNKNOWN_DELAY_NS (1 * NS_PER_MS)

/* Entries with the same name are chained in their order; the map of names holds
 * the first, and so does the map of addresses. */
struct scripted {
	const struct resolver_sim_entry *entry;
	struct scripted *next_of_name;
	struct scripted *last_of_name; /* kept by the first */
};

struct sim {
	struct resolver head;
	struct loop *loop;
	struct scripted *script;
	struct hash_map *names, *addrs;
	struct ring queries;
	size_t outstanding;
	struct resolver_stats stats;
};

struct resolver_query {
	struct ring link;
	struct sim *sim;
	struct timer timer;
	resolver_done *done;
	void *self;
	const struct scripted *found; /* NULL: not in the script */
	int families;                 /* 0: a reverse query */
};

static struct sim *sim_of(struct resolver *resolver)
{
	return (struct sim *)(void *)resolver;
}

static void query_end(struct resolver_query *query)
{
	loop_timer_cancel(query->sim->loop, &query->timer);
	ring_remove(&query->link);
	query->sim->outstanding--;
	alloc_free(query);
}

static int addrs_collect(const struct scripted *at, enum ip_family family, struct addr_list *list)
{
	int r;

	for (; at; at = at->next_of_name)
		if (!at->entry->error && at->entry->addr.family == family &&
		    (r = addr_list_add(list, &at->entry->addr)) < 0)
			return r;
	return 0;
}

/* Fills `list` or answer->name; the error is what the answer says. */
static int answer_find(const struct resolver_query *query, struct addr_list *list,
		       struct resolver_answer *answer)
{
	int r = 0;

	if (!query->found)
		return ERROR_NOT_FOUND;
	if (query->found->entry->error)
		return query->found->entry->error;
	if (!query->families) {
		answer->name = query->found->entry->name;
		return answer->name ? 0 : ERROR_NOT_FOUND;
	}
	if (query->families & RESOLVE_V4)
		r = addrs_collect(query->found, IP_V4, list);
	if (r == 0 && (query->families & RESOLVE_V6))
		r = addrs_collect(query->found, IP_V6, list);
	return r < 0 || list->count ? r : ERROR_NOT_FOUND;
}

static void query_due(void *self)
{
	struct resolver_query *query = self;
	struct resolver_answer answer = {0};
	resolver_done *done = query->done;
	void *done_self = query->self;
	struct addr_list list = {0};

	answer.error = answer_find(query, &list, &answer);
	answer.addrs = list.addrs;
	answer.addrs_count = answer.error ? 0 : list.count;
	if (!answer.error)
		query->sim->stats.answered++;
	else if (answer.error == ERROR_TIMED_OUT)
		query->sim->stats.timed_out++;
	else
		query->sim->stats.failed++;
	query_end(query);
	done(done_self, &answer);
	addr_list_release(&list);
}

static int ask(struct sim *sim, const struct scripted *found, int families, resolver_done *done,
	       void *self, struct resolver_query **ret_query)
{
	uint64_t delay_ns = found ? found->entry->delay_ns : UNKNOWN_DELAY_NS;
	struct resolver_query *query = alloc_zero(sizeof(*query));
	int r;

	if (!query)
		return ERROR_MEMORY;
	*query = (struct resolver_query){.sim = sim,
					 .done = done,
					 .self = self,
					 .found = found,
					 .families = families,
					 .timer = {.fire = query_due, .self = query}};
	r = loop_timer_set(sim->loop, &query->timer, loop_now_ns(sim->loop) + delay_ns);
	if (r < 0) {
		alloc_free(query);
		return r;
	}
	ring_append(&sim->queries, &query->link);
	sim->outstanding++;
	sim->stats.asked++;
	if (ret_query)
		*ret_query = query;
	return 0;
}

static int sim_forward(struct resolver *resolver, const char *name, int families,
		       resolver_done *done, void *self, struct resolver_query **ret_query)
{
	struct sim *sim = sim_of(resolver);
	char normal[HOST_NAME_BYTES];
	int r = host_name_normalize(name, normal);

	if (r < 0)
		return r;
	return ask(sim, hash_map_get(sim->names, normal, strlen(normal)), families & RESOLVE_BOTH,
		   done, self, ret_query);
}

static int sim_reverse(struct resolver *resolver, const struct ip_addr *addr, resolver_done *done,
		       void *self, struct resolver_query **ret_query)
{
	struct sim *sim = sim_of(resolver);
	struct addr_key key = addr_key_of(addr);

	return ask(sim, hash_map_get(sim->addrs, key.bytes, sizeof(key.bytes)), 0, done, self,
		   ret_query);
}

static void sim_cancel(struct resolver *resolver, struct resolver_query *query)
{
	(void)resolver;
	query_end(query);
}

static void sim_stats(const struct resolver *resolver, struct resolver_stats *ret_stats)
{
	*ret_stats = ((const struct sim *)(const void *)resolver)->stats;
}

static size_t sim_outstanding(const struct resolver *resolver)
{
	return ((const struct sim *)(const void *)resolver)->outstanding;
}

static void sim_free(struct resolver *resolver)
{
	struct sim *sim = sim_of(resolver);

	while (!ring_is_empty(&sim->queries))
		query_end(ring_entry(sim->queries.next, struct resolver_query, link));
	hash_map_free(sim->names);
	hash_map_free(sim->addrs);
	alloc_free(sim->script);
	alloc_free(sim);
}

static const struct resolver_ops sim_ops = {
	.forward = sim_forward,
	.reverse = sim_reverse,
	.cancel = sim_cancel,
	.stats = sim_stats,
	.outstanding = sim_outstanding,
	.free = sim_free,
};

static int script_add_name(struct sim *sim, struct scripted *scripted)
{
	char normal[HOST_NAME_BYTES];
	struct scripted *first;
	int r;

	if (!scripted->entry->name)
		return 0;
	r = host_name_normalize(scripted->entry->name, normal);
	if (r < 0) /* a PTR name may be none of a host; only reverse queries find it */
		return r == ERROR_SYNTAX ? 0 : r;
	first = hash_map_get(sim->names, normal, strlen(normal));
	if (!first) {
		scripted->last_of_name = scripted;
		return hash_map_add(sim->names, normal, strlen(normal), scripted);
	}
	first->last_of_name->next_of_name = scripted;
	first->last_of_name = scripted;
	return 0;
}

static int script_add_addr(struct sim *sim, struct scripted *scripted)
{
	struct addr_key key = addr_key_of(&scripted->entry->addr);
	struct scripted *first;

	if (scripted->entry->addr.family == IP_NONE)
		return 0;
	first = hash_map_get(sim->addrs, key.bytes, sizeof(key.bytes));
	if (first)
		return 0;
	return hash_map_add(sim->addrs, key.bytes, sizeof(key.bytes), scripted);
}

static int script_build(struct sim *sim, const struct resolver_sim_entry *entries, size_t count)
{
	size_t i;
	int r;

	if (!(sim->names = hash_map_new((struct hash_key){1, 2})) ||
	    !(sim->addrs = hash_map_new((struct hash_key){3, 4})) ||
	    !(sim->script = alloc_array(count, sizeof(*sim->script))))
		return ERROR_MEMORY;
	for (i = 0; i < count; i++) {
		sim->script[i].entry = &entries[i];
		if ((r = script_add_name(sim, &sim->script[i])) < 0 ||
		    (r = script_add_addr(sim, &sim->script[i])) < 0)
			return r;
	}
	return 0;
}

int resolver_sim_new(struct loop *loop, const struct resolver_sim_entry *entries, size_t count,
		     struct resolver **ret_resolver)
{
	struct sim *sim = alloc_zero(sizeof(*sim));
	int r;

	if (!sim)
		return ERROR_MEMORY;
	sim->head.ops = &sim_ops;
	sim->loop = loop;
	ring_init(&sim->queries);
	if ((r = script_build(sim, entries, count)) < 0) {
		sim_free(&sim->head);
		return r;
	}
	*ret_resolver = &sim->head;
	return 0;
}
