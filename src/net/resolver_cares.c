/* The way of a query: it waits in one of two queues (for DNS servers or for the
 * system's resolver) at about 100 bytes and its name, until there is room. Then
 * the hosts file is asked, then the cache, then the others; what comes back is
 * gathered in its `work` and the query moves to the done ring, from which the
 * loop's next turn delivers. So no callback ever comes from within a call.
 *
 * Names with a dot go to the DNS servers. Names without one are the machine's own
 * or of its search list, which the system knows best; but when the user named
 * the servers to ask, nobody else is asked. */
#include "net/resolver_cares.h"

#include "net/host_name.h"
#include "net/resolver_ask.h"
#include "net/resolver_known.h"
#include "net/resolver_list.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define DONE_MOST       256 /* answers waiting for delivery, before more is begun */
#define HOPELESS_PROBES 2   /* questions that still go out when no server answers */

struct cares {
	struct resolver head;
	struct loop *loop;
	const struct system_calls *calls;
	struct known known;
	struct asker *asker;            /* NULL: only the system is asked */
	struct system_resolver *system; /* made when first needed */
	bool has_own_servers;           /* the user's, not the machine's */
	struct ring for_dns, for_system, active, done;
	size_t done_count, outstanding;
	unsigned system_active;
	struct deferred work;
	struct resolver_stats stats;
	bool is_delivering, is_freed;
};

/* What a query needs from its beginning to its delivery. */
struct work {
	struct ask *asks[2];
	struct system_query *system;
	struct findings findings;
};

enum query_place { IN_QUEUE, IN_ACTIVE, IN_DONE };

struct resolver_query {
	struct ring link;
	struct cares *cares;
	resolver_done *done;
	void *self;
	struct work *work;
	struct ip_addr addr; /* reverse */
	int error;
	uint8_t families; /* 0: reverse */
	uint8_t place;    /* enum query_place */
	char name[];      /* forward: normalised */
};

static struct cares *cares_of(struct resolver *resolver)
{
	return (struct cares *)(void *)resolver;
}

/* --- queries --- */

static void work_free(struct cares *cares, struct work *work)
{
	size_t i;

	if (!work)
		return;
	for (i = 0; i < 2; i++)
		if (work->asks[i])
			ask_cancel(work->asks[i]);
	if (work->system) {
		system_resolver_cancel(cares->system, work->system);
		cares->system_active--;
	}
	findings_release(&work->findings);
	alloc_free(work);
}

static void query_free(struct resolver_query *query)
{
	struct cares *cares = query->cares;

	ring_remove(&query->link);
	if (query->place == IN_DONE)
		cares->done_count--;
	cares->outstanding--;
	work_free(cares, query->work);
	alloc_free(query);
}

static void query_done(struct resolver_query *query)
{
	struct cares *cares = query->cares;
	struct work *work = query->work;

	if (work && !findings_is_empty(&work->findings))
		query->error = 0;
	else if (work && work->findings.error)
		query->error = work->findings.error;
	else if (!query->error)
		query->error = ERROR_NOT_FOUND;
	ring_remove(&query->link);
	ring_append(&cares->done, &query->link);
	query->place = IN_DONE;
	cares->done_count++;
	loop_defer(cares->loop, &cares->work);
}

static void query_fail(struct resolver_query *query, int error)
{
	query->error = error;
	query_done(query);
}

static struct question question_of(const struct resolver_query *query)
{
	return (struct question){query->name, query->addr, query->families};
}

/* --- DNS servers --- */

static void dns_answered(void *owner, struct ask *ask, int error, const struct dns_answer *answer)
{
	struct resolver_query *query = owner;
	struct question question = question_of(query);
	struct work *work = query->work;
	size_t at = work->asks[0] == ask ? 0 : 1;
	enum dns_type type = !query->families ? DNS_PTR : at == 0 ? DNS_A : DNS_AAAA;

	work->asks[at] = NULL;
	known_remember(&query->cares->known, &question, type, error, answer);
	if (!error && type == DNS_PTR)
		findings_set_name(&work->findings, answer->name);
	else if (!error)
		error = findings_add(&work->findings, answer->addrs.addrs, answer->addrs.count);
	if (error)
		findings_note_error(&work->findings, error);
	if (!work->asks[0] && !work->asks[1])
		query_done(query);
}

static int dns_ask(struct resolver_query *query, uint32_t types)
{
	struct asker *asker = query->cares->asker;
	struct ask **asks = query->work->asks;
	char arpa[IP_ARPA_BYTES];
	int r = 0;

	if (types & TYPE_BIT(DNS_PTR))
		return asker_ask(asker, ip_arpa_name(&query->addr, arpa), DNS_PTR, query, &asks[0]);
	if (types & TYPE_BIT(DNS_A))
		r = asker_ask(asker, query->name, DNS_A, query, &asks[0]);
	if (r == 0 && (types & TYPE_BIT(DNS_AAAA)))
		r = asker_ask(asker, query->name, DNS_AAAA, query, &asks[1]);
	return r;
}

/* --- the system --- */

/* Kept as DNS answers are, a part for each type. */
static void system_remember(struct resolver_query *query, int error)
{
	struct known *known = &query->cares->known;
	struct question question = question_of(query);
	struct findings *findings = &query->work->findings;
	struct dns_answer v4 = {.addrs = findings->v4}, v6 = {.addrs = findings->v6}, ptr = {0};
	int none = error ? error : ERROR_NOT_FOUND;

	snprintf(ptr.name, sizeof(ptr.name), "%s", findings->name);
	if (query->families & RESOLVE_V4)
		known_remember(known, &question, DNS_A, v4.addrs.count ? error : none, &v4);
	if (query->families & RESOLVE_V6)
		known_remember(known, &question, DNS_AAAA, v6.addrs.count ? error : none, &v6);
	if (!query->families)
		known_remember(known, &question, DNS_PTR, ptr.name[0] ? error : none, &ptr);
}

static void system_answered(void *self, const struct resolver_answer *answer)
{
	struct resolver_query *query = self;
	struct work *work = query->work;
	int r = answer->error;

	work->system = NULL;
	query->cares->system_active--;
	if (r == 0)
		r = findings_add(&work->findings, answer->addrs, answer->addrs_count);
	if (r == 0 && answer->name)
		findings_set_name(&work->findings, answer->name);
	if (r < 0)
		findings_note_error(&work->findings, r);
	system_remember(query, r);
	query_done(query);
}

static int system_ask(struct resolver_query *query)
{
	struct cares *cares = query->cares;
	struct system_query **ret = &query->work->system;
	int r = 0;

	if (!cares->system)
		r = system_resolver_new(cares->loop, cares->calls, &cares->system);
	if (r == 0 && query->families)
		r = system_resolver_forward(cares->system, query->name, query->families,
					    system_answered, query, ret);
	else if (r == 0)
		r = system_resolver_reverse(cares->system, &query->addr, system_answered, query,
					    ret);
	if (r == 0)
		cares->system_active++;
	return r;
}

static bool is_for_system(const struct cares *cares, const char *name)
{
	if (!cares->asker)
		return true;
	return name && !cares->has_own_servers && host_name_is_single_label(name);
}

/* --- beginning --- */

static void query_begin(struct resolver_query *query, bool for_system)
{
	struct question question = question_of(query);
	struct cares *cares = query->cares;
	uint32_t types;
	int r;

	ring_append(&cares->active, &query->link);
	query->place = IN_ACTIVE;
	if (!(query->work = alloc_zero(sizeof(*query->work)))) {
		query_fail(query, ERROR_MEMORY);
		return;
	}
	r = known_answer(&cares->known, &question, &query->work->findings, &types);
	if (r == 1) {
		cares->stats.cached++;
		query_done(query);
		return;
	}
	if (r == 0 && !for_system && asker_is_hopeless(cares->asker) &&
	    asker_active(cares->asker) >= HOPELESS_PROBES) {
		findings_note_error(&query->work->findings, ERROR_TIMED_OUT);
		query_done(query);
		return;
	}
	if (r == 0)
		r = for_system ? system_ask(query) : dns_ask(query, types);
	if (r < 0) {
		work_free(cares, query->work);
		query->work = NULL;
		query_fail(query, r);
	}
}

static void queues_advance(struct cares *cares)
{
	struct ring *link;

	while (cares->done_count < DONE_MOST && cares->system_active < SYSTEM_THREADS_MOST &&
	       (link = ring_take(&cares->for_system)))
		query_begin(ring_entry(link, struct resolver_query, link), true);
	while (cares->done_count < DONE_MOST && cares->asker && asker_has_room(cares->asker) &&
	       (link = ring_take(&cares->for_dns)))
		query_begin(ring_entry(link, struct resolver_query, link), false);
	if (cares->asker)
		asker_flush(cares->asker);
}

/* --- delivery --- */

static void stats_count(struct resolver_stats *stats, int error)
{
	if (!error)
		stats->answered++;
	else if (error == ERROR_TIMED_OUT)
		stats->timed_out++;
	else
		stats->failed++;
}

/* The addresses as one array, IPv4 first. */
static int addrs_join(struct findings *findings)
{
	size_t i;
	int r = 0;

	for (i = 0; i < findings->v6.count && r == 0; i++)
		r = addr_list_add(&findings->v4, &findings->v6.addrs[i]);
	return r;
}

static void query_deliver(struct resolver_query *query)
{
	struct resolver_answer answer = {.error = query->error};
	struct cares *cares = query->cares;
	struct work *work = query->work;
	resolver_done *done = query->done;
	void *self = query->self;

	if (!answer.error && query->families && (answer.error = addrs_join(&work->findings)) == 0) {
		answer.addrs = work->findings.v4.addrs;
		answer.addrs_count = work->findings.v4.count;
	} else if (!answer.error) {
		answer.name = work->findings.name;
	}
	stats_count(&cares->stats, answer.error);
	query->work = NULL;
	query_free(query);
	done(self, &answer);
	work_free(cares, work);
}

static void cares_destroy(struct cares *cares);

static void done_deliver(struct cares *cares)
{
	struct ring batch;

	ring_init(&batch);
	ring_splice(&batch, &cares->done);
	cares->is_delivering = true;
	while (!cares->is_freed && !ring_is_empty(&batch))
		query_deliver(ring_entry(batch.next, struct resolver_query, link));
	cares->is_delivering = false;
	ring_splice(&cares->done, &batch);
}

static void cares_work(void *self)
{
	struct cares *cares = self;

	done_deliver(cares);
	if (cares->is_freed)
		cares_destroy(cares);
	else
		queues_advance(cares);
}

static void dns_has_room(void *self)
{
	struct cares *cares = self;

	if (!ring_is_empty(&cares->for_dns))
		queues_advance(cares);
}

/* --- the face --- */

static int query_new(struct cares *cares, const char *name, resolver_done *done, void *self,
		     struct resolver_query **ret_query)
{
	size_t name_bytes = name ? strlen(name) + 1 : 0;
	struct resolver_query *query = alloc_zero(sizeof(*query) + name_bytes);

	if (!query)
		return ERROR_MEMORY;
	query->cares = cares;
	query->done = done;
	query->self = self;
	if (name)
		memcpy(query->name, name, name_bytes);
	ring_append(is_for_system(cares, name) ? &cares->for_system : &cares->for_dns,
		    &query->link);
	cares->outstanding++;
	cares->stats.asked++;
	loop_defer(cares->loop, &cares->work);
	*ret_query = query;
	return 0;
}

static int cares_forward(struct resolver *resolver, const char *name, int families,
			 resolver_done *done, void *self, struct resolver_query **ret_query)
{
	struct resolver_query *query;
	char normal[HOST_NAME_BYTES];
	int r;

	if (!(families & RESOLVE_BOTH))
		return ERROR_USAGE;
	if ((r = host_name_normalize(name, normal)) < 0 ||
	    (r = query_new(cares_of(resolver), normal, done, self, &query)) < 0)
		return r;
	query->families = (uint8_t)(families & RESOLVE_BOTH);
	if (ret_query)
		*ret_query = query;
	return 0;
}

static int cares_reverse(struct resolver *resolver, const struct ip_addr *addr, resolver_done *done,
			 void *self, struct resolver_query **ret_query)
{
	struct resolver_query *query;
	int r = query_new(cares_of(resolver), NULL, done, self, &query);

	if (r < 0)
		return r;
	query->addr = *addr;
	if (ret_query)
		*ret_query = query;
	return 0;
}

static void cares_cancel(struct resolver *resolver, struct resolver_query *query)
{
	query_free(query);
	loop_defer(cares_of(resolver)->loop, &cares_of(resolver)->work);
}

static void cares_stats(const struct resolver *resolver, struct resolver_stats *ret_stats)
{
	const struct cares *cares = (const struct cares *)(const void *)resolver;

	*ret_stats = cares->stats;
	if (cares->asker)
		ret_stats->retried = asker_retried(cares->asker);
}

static size_t cares_outstanding(const struct resolver *resolver)
{
	return ((const struct cares *)(const void *)resolver)->outstanding;
}

static void queries_drop(struct ring *ring)
{
	while (!ring_is_empty(ring))
		query_free(ring_entry(ring->next, struct resolver_query, link));
}

static void cares_destroy(struct cares *cares)
{
	queries_drop(&cares->for_dns);
	queries_drop(&cares->for_system);
	queries_drop(&cares->active);
	queries_drop(&cares->done);
	asker_free(cares->asker);
	system_resolver_free(cares->system);
	loop_defer_cancel(cares->loop, &cares->work);
	known_release(&cares->known);
	alloc_free(cares);
}

static void cares_free(struct resolver *resolver)
{
	struct cares *cares = cares_of(resolver);

	if (cares->is_delivering)
		cares->is_freed = true;
	else
		cares_destroy(cares);
}

static const struct resolver_ops cares_ops = {
	.forward = cares_forward,
	.reverse = cares_reverse,
	.cancel = cares_cancel,
	.stats = cares_stats,
	.outstanding = cares_outstanding,
	.free = cares_free,
};

/* --- making --- */

static int servers_collect(const struct resolver_config *config, const char *resolv_conf_path,
			   const struct hosts *hosts, struct dns_servers *servers,
			   struct diag *diag)
{
	size_t i;
	int r;

	if (config->system_only)
		return 0;
	for (i = 0; i < config->servers_count; i++)
		if ((r = dns_servers_add(servers, config->servers[i], hosts, diag)) < 0)
			return r;
	if (config->servers_count)
		return 0;
	return dns_servers_load_resolv_conf(servers, resolv_conf_path);
}

static int asker_open(struct cares *cares, const struct resolver_config *config,
		      const char *resolv_conf_path, struct diag *diag)
{
	struct dns_servers servers = {0};
	struct asker_config ask = {
		.loop = config->loop,
		.servers = &servers,
		.interface = config->interface,
		.answered = dns_answered,
		.has_room = dns_has_room,
		.self = cares,
	};
	int r = servers_collect(config, resolv_conf_path, cares->known.hosts, &servers, diag);

	cares->has_own_servers = config->servers_count != 0;
	if (r == 0 && servers.count)
		r = asker_new(&ask, &cares->asker);
	dns_servers_release(&servers);
	return r;
}

static int cares_open(struct cares *cares, const struct resolver_surroundings *surroundings,
		      const struct resolver_config *config, struct diag *diag)
{
	const char *hosts_path = config->hosts_path ? config->hosts_path : "/etc/hosts";
	int r = known_init(&cares->known, hosts_path, config->seed);

	if (r < 0)
		return r;
	return asker_open(cares, config, surroundings->resolv_conf_path, diag);
}

int resolver_cares_new_in(const struct resolver_surroundings *surroundings,
			  const struct resolver_config *config, struct resolver **ret_resolver,
			  struct diag *diag)
{
	struct cares *cares = alloc_zero(sizeof(*cares));
	int r;

	if (!cares)
		return ERROR_MEMORY;
	cares->head.ops = &cares_ops;
	cares->loop = config->loop;
	cares->calls = surroundings->calls;
	cares->work = (struct deferred){.run = cares_work, .self = cares};
	ring_init(&cares->for_dns);
	ring_init(&cares->for_system);
	ring_init(&cares->active);
	ring_init(&cares->done);
	if ((r = cares_open(cares, surroundings, config, diag)) < 0) {
		cares_destroy(cares);
		return r;
	}
	*ret_resolver = &cares->head;
	return 0;
}

int resolver_cares_new(const struct resolver_config *config, struct resolver **ret_resolver,
		       struct diag *diag)
{
	static const struct resolver_surroundings machine = {"/etc/resolv.conf",
							     &system_calls_libc};

	return resolver_cares_new_in(&machine, config, ret_resolver, diag);
}
