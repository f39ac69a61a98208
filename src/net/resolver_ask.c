/* An ask is in the ring of those ready to be sent, or waits for its newest
 * attempt with its timer set, or is in the ring of those whose time is over.
 *
 * The latter are looked at one turn of the loop later: when the machine was busy,
 * the answers lie in the socket by now, and the loop serves sockets between two
 * rounds of deferred work. Earlier attempts stay open, so that a late answer
 * counts as well as a new one.
 *
 * DN-03: up to 3 servers a question; each retry goes to the next of them, so a
 * dead server costs every question one wait, not three. */
#include "net/resolver_ask.h"

#include "net/resolver_list.h"
#include "net/resolver_server.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define TRIES_MOST   6
#define HOPS_MOST    8
#define SERVERS_MOST 3 /* of one question */
#define LOOK_AHEAD   64

#define MS(ms) ((uint64_t)(ms)*NS_PER_MS)

struct asker {
	struct asker_config config;
	struct server **servers;
	unsigned count;
	unsigned turn; /* where the next search for a server begins */
	struct ring ready, expired, waiting;
	size_t ready_count, active;
	uint64_t retried;
	struct deferred work;
};

struct ask {
	struct ring link;
	struct asker *asker;
	void *owner;
	struct timer timer;
	struct attempt *attempts[TRIES_MOST]; /* NULL: over */
	uint64_t waited_ns;
	unsigned first; /* the server of the first try; the next ones follow it */
	unsigned tries, hops;
	unsigned refused; /* bit per server of this question */
	enum dns_type type;
	bool is_ready;
	char name[HOST_NAME_BYTES];
};

/* --- the numbers of DN-03 --- */

static uint64_t wait_most_ns(unsigned servers, unsigned tries)
{
	static const unsigned alone_ms[] = {1000, 1500, 2000};

	if (servers == 1)
		return MS(alone_ms[tries < 3 ? tries : 2]);
	if (servers == 2)
		return MS(1000);
	return tries < SERVERS_MOST ? MS(500) : MS(1000);
}

static uint64_t wait_sum_most_ns(unsigned servers)
{
	return servers == 2 ? MS(4000) : MS(4500);
}

static unsigned servers_of_ask(const struct asker *asker)
{
	return asker->count < SERVERS_MOST ? asker->count : SERVERS_MOST;
}

/* --- where asks go --- */

static void ask_leave(struct ask *ask)
{
	if (ask->is_ready)
		ask->asker->ready_count--;
	ask->is_ready = false;
	ring_remove(&ask->link);
	loop_timer_cancel(ask->asker->config.loop, &ask->timer);
}

static void ask_make_ready(struct ask *ask)
{
	ask_leave(ask);
	ask->is_ready = true;
	ask->asker->ready_count++;
	ring_append(&ask->asker->ready, &ask->link);
	loop_defer(ask->asker->config.loop, &ask->asker->work);
}

static void attempts_forget(struct ask *ask)
{
	size_t i;

	for (i = 0; i < TRIES_MOST; i++)
		if (ask->attempts[i])
			attempt_forget(ask->attempts[i]);
	memset(ask->attempts, 0, sizeof(ask->attempts));
}

static void asker_rest_if_idle(struct asker *asker)
{
	unsigned i;

	for (i = 0; !asker->active && i < asker->count; i++)
		server_rest(asker->servers[i]);
}

/* Sockets are closed from the loop's turn: c-ares may be calling right now. */
static void ask_drop(struct ask *ask)
{
	ask_leave(ask);
	attempts_forget(ask);
	ask->asker->active--;
	loop_defer(ask->asker->config.loop, &ask->asker->work);
	alloc_free(ask);
}

static void ask_end(struct ask *ask, int error, const struct dns_answer *answer)
{
	const struct asker_config *config = &ask->asker->config;

	config->answered(ask->owner, ask, error, answer);
	ask_drop(ask);
}

void ask_cancel(struct ask *ask)
{
	ask_drop(ask);
}

/* --- what came back --- */

static struct attempt *ask_newest(const struct ask *ask)
{
	return ask->tries ? ask->attempts[ask->tries - 1] : NULL;
}

/* A name that c-ares would read escapes in cannot be asked for as it is. */
static bool alias_is_fit(const char *name)
{
	return name[0] && !strchr(name, '\\');
}

static void ask_follow(struct ask *ask, const char *alias)
{
	if (++ask->hops > HOPS_MOST || !alias_is_fit(alias)) {
		ask_end(ask, ERROR_NOT_FOUND, NULL);
		return;
	}
	attempts_forget(ask);
	memcpy(ask->name, alias, strlen(alias) + 1);
	ask->tries = 0;
	ask->refused = 0;
	ask->waited_ns = 0;
	ask_make_ready(ask);
}

static void ask_refused(struct ask *ask, const struct server *by)
{
	struct asker *asker = ask->asker;
	unsigned i, most = servers_of_ask(asker);

	for (i = 0; i < most; i++)
		if (asker->servers[(ask->first + i) % asker->count] == by)
			ask->refused |= 1u << i;
	if (ask->refused == (1u << most) - 1 || (!ask_newest(ask) && ask->tries == TRIES_MOST))
		ask_end(ask, ERROR_SYSTEM, NULL);
	else if (!ask_newest(ask))
		ask_make_ready(ask);
}

/* Every other server is tried at once; then the timer, which is still set, keeps
 * the tries from being used up in a moment of trouble. */
static void ask_unreachable(struct ask *ask)
{
	if (!ask_newest(ask) && ask->tries < servers_of_ask(ask->asker))
		ask_make_ready(ask);
}

static void ask_message(struct ask *ask, const struct server *from, const struct reply *reply)
{
	struct dns_answer answer;
	int r = dns_answer_parse(reply->message, reply->bytes, ask->name, ask->type, &answer);

	if (r == ERROR_SYSTEM || r == ERROR_CORRUPT) {
		ask_refused(ask, from);
		return;
	}
	if (r < 0) {
		ask_end(ask, r, NULL);
		return;
	}
	if (answer.is_alias)
		ask_follow(ask, answer.name);
	else
		ask_end(ask, 0, &answer);
	addr_list_release(&answer.addrs);
}

static void ask_replied(void *self, struct attempt *attempt, const struct reply *reply)
{
	const struct server *from = attempt_server(attempt);
	struct ask *ask = self;
	size_t i;

	for (i = 0; i < TRIES_MOST; i++)
		if (ask->attempts[i] == attempt)
			ask->attempts[i] = NULL;
	loop_defer(ask->asker->config.loop, &ask->asker->work);
	if (!reply->error)
		ask_message(ask, from, reply);
	else if (reply->error == ERROR_SYSTEM)
		ask_refused(ask, from);
	else if (reply->error == ERROR_IO)
		ask_unreachable(ask);
	else
		ask_end(ask, reply->error, NULL);
}

/* --- deadlines --- */

static void ask_due(void *self)
{
	struct ask *ask = self;
	struct asker *asker = ask->asker;

	ring_remove(&ask->link);
	ring_append(&asker->expired, &ask->link);
	loop_defer(asker->config.loop, &asker->work);
}

static void ask_expired(struct ask *ask)
{
	struct attempt *newest = ask_newest(ask);

	if (newest)
		attempt_give_up(newest);
	if (ask->tries == TRIES_MOST || ask->waited_ns >= wait_sum_most_ns(ask->asker->count))
		ask_end(ask, ERROR_TIMED_OUT, NULL);
	else
		ask_make_ready(ask);
}

/* --- sending --- */

static struct server *pick_first(struct asker *asker, struct ask *ask)
{
	unsigned i, best = 0, best_room = 0;

	for (i = 0; i < asker->count; i++) {
		unsigned at = (asker->turn + i) % asker->count;
		unsigned room = server_room(asker->servers[at]);

		if (room <= best_room)
			continue;
		best = at;
		best_room = room;
	}
	asker->turn++;
	ask->first = best;
	return best_room ? asker->servers[best] : NULL;
}

static struct server *pick_next(struct asker *asker, const struct ask *ask)
{
	unsigned i, most = servers_of_ask(asker);

	for (i = 0; i < most; i++) {
		unsigned at = (ask->tries + i) % most;
		struct server *server = asker->servers[(ask->first + at) % asker->count];

		if (!(ask->refused >> at & 1) && server_room(server))
			return server;
	}
	return NULL;
}

static void ask_send(struct ask *ask, struct server *server)
{
	struct asker *asker = ask->asker;
	struct loop *loop = asker->config.loop;
	uint64_t most_ns = wait_most_ns(asker->count, ask->tries);
	uint64_t wait_ns = window_wait_ns(server_window(server), ask->tries, most_ns);
	struct server_question question = {ask->name, ask->type, ask->tries != 0};
	unsigned slot = ask->tries++;
	int r;

	ask_leave(ask);
	ring_append(&asker->waiting, &ask->link);
	ask->waited_ns += wait_ns;
	asker->retried += slot ? 1 : 0;
	r = loop_timer_set(loop, &ask->timer, loop_now_ns(loop) + wait_ns);
	if (r == 0)
		r = server_send(server, &question, ask, &ask->attempts[slot]);
	if (r == 0)
		return;
	ask->attempts[slot] = NULL;
	if (r == ERROR_IO)
		ask_unreachable(ask);
	else
		ask_end(ask, r == ERROR_MEMORY ? r : ERROR_SYSTEM, NULL);
}

/* A few asks whose servers are busy do not hold up those behind them. Sending may
 * fail and make any ask ready again, at the ring's end, so the ring is walked
 * by taking from its front. */
void asker_flush(struct asker *asker)
{
	struct ring stuck;
	size_t left = asker->ready_count, looked = 0;

	ring_init(&stuck);
	while (left-- && looked < LOOK_AHEAD && !ring_is_empty(&asker->ready)) {
		struct ask *ask = ring_entry(asker->ready.next, struct ask, link);
		struct server *server = ask->tries ? pick_next(asker, ask) : pick_first(asker, ask);

		if (server) {
			ask_send(ask, server);
			continue;
		}
		looked++;
		ring_remove(&ask->link);
		ring_append(&stuck, &ask->link);
		if (!ask->tries)
			break; /* no server at all has room */
	}
	ring_splice(&stuck, &asker->ready);
	ring_splice(&asker->ready, &stuck);
}

static void asker_work(void *self)
{
	struct asker *asker = self;
	struct ring expired, *link;

	ring_init(&expired);
	ring_splice(&expired, &asker->expired);
	while ((link = ring_take(&expired)))
		ask_expired(ring_entry(link, struct ask, link));
	asker_flush(asker);
	asker_rest_if_idle(asker);
	if (asker_has_room(asker))
		asker->config.has_room(asker->config.self);
}

static void asker_look_again(void *self)
{
	struct asker *asker = self;

	loop_defer(asker->config.loop, &asker->work);
}

/* --- the rest --- */

bool asker_has_room(const struct asker *asker)
{
	size_t room = 0;
	unsigned i;

	for (i = 0; i < asker->count; i++)
		room += server_room(asker->servers[i]);
	return room > asker->ready_count;
}

bool asker_is_hopeless(const struct asker *asker)
{
	uint64_t now_ns = loop_now_ns(asker->config.loop);
	unsigned i;

	for (i = 0; i < asker->count; i++)
		if (!window_is_down(server_window(asker->servers[i]), now_ns))
			return false;
	return true;
}

size_t asker_active(const struct asker *asker)
{
	return asker->active;
}

uint64_t asker_retried(const struct asker *asker)
{
	return asker->retried;
}

int asker_ask(struct asker *asker, const char *name, enum dns_type type, void *owner,
	      struct ask **ret_ask)
{
	struct ask *ask = alloc_zero(sizeof(*ask));

	if (!ask)
		return ERROR_MEMORY;
	ask->asker = asker;
	ask->owner = owner;
	ask->type = type;
	ask->timer = (struct timer){.fire = ask_due, .self = ask};
	snprintf(ask->name, sizeof(ask->name), "%s", name);
	asker->active++;
	ask_make_ready(ask);
	*ret_ask = ask;
	return 0;
}

static int servers_open(struct asker *asker, const struct asker_config *config)
{
	const struct dns_servers *servers = config->servers;
	struct server_config one = {.loop = config->loop,
				    .interface = config->interface,
				    .replied = ask_replied,
				    .swept = asker_look_again,
				    .self = asker};
	int r;

	asker->servers = alloc_array(servers->count, sizeof(struct server *));
	if (!asker->servers)
		return ERROR_MEMORY;
	for (; asker->count < servers->count; asker->count++) {
		one.at = servers->list[asker->count];
		if ((r = server_new(&one, &asker->servers[asker->count])) < 0)
			return r;
	}
	return 0;
}

int asker_new(const struct asker_config *config, struct asker **ret_asker)
{
	struct asker *asker = alloc_zero(sizeof(*asker));
	int r;

	if (!asker)
		return ERROR_MEMORY;
	asker->config = *config;
	asker->work = (struct deferred){.run = asker_work, .self = asker};
	ring_init(&asker->ready);
	ring_init(&asker->expired);
	ring_init(&asker->waiting);
	if ((r = servers_open(asker, config)) < 0) {
		asker_free(asker);
		return r;
	}
	*ret_asker = asker;
	return 0;
}

static void ring_drop(struct ring *ring)
{
	while (!ring_is_empty(ring))
		ask_drop(ring_entry(ring->next, struct ask, link));
}

void asker_free(struct asker *asker)
{
	unsigned i;

	if (!asker)
		return;
	ring_drop(&asker->ready);
	ring_drop(&asker->expired);
	ring_drop(&asker->waiting);
	for (i = 0; i < asker->count; i++)
		server_free(asker->servers[i]);
	loop_defer_cancel(asker->config.loop, &asker->work);
	alloc_free(asker->servers);
	alloc_free(asker);
}
