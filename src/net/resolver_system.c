/* Loop and threads share one block with a lock: queries to do, queries done, and
 * an eventfd that tells the loop of the latter. The block goes when the last of
 * them lets go of it, so a call that hangs at the end of a run hurts nobody.
 *
 * A query belongs to the ring it is in, and while a thread works on it to that
 * thread; `is_wanted` false means that its asker has gone. */
#include "net/resolver_system.h"

#include "net/host_name.h"
#include "net/resolver_list.h"
#include "util/alloc.h"
#include "util/confine.h"
#include "util/error.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct system_query {
	struct ring link;
	resolver_done *done;
	void *self;
	int families; /* 0: reverse */
	struct ip_addr addr;
	char name[HOST_NAME_BYTES]; /* forward: asked; reverse: found */
	struct addr_list addrs;
	int error;
	bool is_wanted, is_waiting;
};

struct shared {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct system_calls calls;
	struct ring to_do, done;
	unsigned users; /* threads, and the resolver */
	unsigned threads, idle, waiting;
	bool is_closing;
	int event_fd;
};

struct system_resolver {
	struct loop *loop;
	struct shared *shared;
	struct watch watch;
	unsigned outstanding;
};

/* --- the calls --- */

static int addrinfo_error(int error)
{
	switch (error) {
	case 0:
		return 0;
	case EAI_NONAME:
	case EAI_NODATA:
	case EAI_ADDRFAMILY:
		return ERROR_NOT_FOUND;
	case EAI_AGAIN:
		return ERROR_TIMED_OUT;
	case EAI_MEMORY:
		return ERROR_MEMORY;
	default:
		return ERROR_SYSTEM;
	}
}

static int family_collect(const struct addrinfo *found, int family, struct addr_list *addrs)
{
	struct ip_addr addr;
	int r;

	for (; found; found = found->ai_next)
		if (found->ai_family == family && ip_from_sockaddr(found->ai_addr, &addr, NULL) &&
		    (r = addr_list_add(addrs, &addr)) < 0)
			return r;
	return 0;
}

static int libc_forward(const char *name, int families, struct addr_list *ret_addrs)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
	struct addr_list addrs = {0};
	int r;

	hints.ai_family = families == RESOLVE_V4   ? AF_INET
			  : families == RESOLVE_V6 ? AF_INET6
						   : AF_UNSPEC;
	r = addrinfo_error(getaddrinfo(name, NULL, &hints, &found));
	if (r < 0)
		return r;
	if ((r = family_collect(found, AF_INET, &addrs)) < 0 ||
	    (r = family_collect(found, AF_INET6, &addrs)) < 0)
		addr_list_release(&addrs);
	else
		*ret_addrs = addrs;
	freeaddrinfo(found);
	return r;
}

static int libc_reverse(const struct ip_addr *addr, char *ret_name, size_t name_bytes)
{
	struct sockaddr_storage sa;
	socklen_t sa_bytes = ip_to_sockaddr(addr, 0, &sa);

	return addrinfo_error(getnameinfo((struct sockaddr *)&sa, sa_bytes, ret_name,
					  (socklen_t)name_bytes, NULL, 0, NI_NAMEREQD));
}

const struct system_calls system_calls_libc = {libc_forward, libc_reverse};

/* --- what both sides do --- */

static void query_free(struct system_query *query)
{
	addr_list_release(&query->addrs);
	alloc_free(query);
}

static void queries_free(struct ring *ring)
{
	struct ring *link;

	while ((link = ring_take(ring)))
		query_free(ring_entry(link, struct system_query, link));
}

/* Takes the lock's owner's share; unlocks. */
static void shared_leave(struct shared *shared)
{
	bool is_last = --shared->users == 0;

	pthread_mutex_unlock(&shared->lock);
	if (!is_last)
		return;
	queries_free(&shared->to_do);
	queries_free(&shared->done);
	close(shared->event_fd);
	pthread_cond_destroy(&shared->work);
	pthread_mutex_destroy(&shared->lock);
	alloc_free(shared);
}

/* --- threads --- */

static void query_run(const struct system_calls *calls, struct system_query *query)
{
	if (query->families)
		query->error = calls->forward(query->name, query->families, &query->addrs);
	else
		query->error = calls->reverse(&query->addr, query->name, sizeof(query->name));
}

static void query_hand_back(struct shared *shared, struct system_query *query)
{
	uint64_t one = 1;

	if (!query->is_wanted) {
		query_free(query);
		return;
	}
	ring_append(&shared->done, &query->link);
	/* Fails only when the counter is full, and then the loop is told. */
	(void)!write(shared->event_fd, &one, sizeof(one));
}

static void *thread_main(void *self)
{
	struct shared *shared = self;
	struct system_query *query;
	struct ring *link;
	struct diag ignored;

	(void)confine_capabilities(&ignored);
	pthread_mutex_lock(&shared->lock);
	while (!shared->is_closing) {
		if (!(link = ring_take(&shared->to_do))) {
			shared->idle++;
			pthread_cond_wait(&shared->work, &shared->lock);
			shared->idle--;
			continue;
		}
		query = ring_entry(link, struct system_query, link);
		query->is_waiting = false;
		shared->waiting--;
		pthread_mutex_unlock(&shared->lock);
		query_run(&shared->calls, query);
		pthread_mutex_lock(&shared->lock);
		query_hand_back(shared, query);
	}
	shared->threads--;
	shared_leave(shared);
	return NULL;
}

/* Signals are for the program's own threads. */
static int thread_start(struct shared *shared)
{
	sigset_t all, old;
	pthread_t thread;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&thread, NULL, thread_main, shared);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (r != 0)
		return ERROR_SYSTEM;
	pthread_detach(thread);
	shared->users++;
	shared->threads++;
	return 0;
}

/* --- the loop's side --- */

static void deliver(struct system_resolver *system, struct system_query *query)
{
	struct resolver_answer answer = {.error = query->error};

	if (query->error == 0 && query->families) {
		answer.addrs = query->addrs.addrs;
		answer.addrs_count = query->addrs.count;
		answer.error = query->addrs.count ? 0 : ERROR_NOT_FOUND;
	} else if (query->error == 0) {
		answer.name = query->name;
	}
	system->outstanding--;
	query->done(query->self, &answer);
	query_free(query);
}

/* One a turn: `done` may free the resolver. The event is level-triggered, so
 * what is left is told again. */
static void some_done(void *self, int events)
{
	struct system_resolver *system = self;
	struct shared *shared = system->shared;
	struct ring *link;
	bool is_more;
	uint64_t told;

	pthread_mutex_lock(&shared->lock);
	link = ring_take(&shared->done);
	is_more = !ring_is_empty(&shared->done);
	if (!is_more)
		(void)!read(shared->event_fd, &told, sizeof(told));
	pthread_mutex_unlock(&shared->lock);
	if (system->outstanding == (link ? 1 : 0))
		loop_unwatch(system->loop, &system->watch);
	if (link)
		deliver(system, ring_entry(link, struct system_query, link));
}

static struct shared *shared_new(const struct system_calls *calls)
{
	struct shared *shared = alloc_zero(sizeof(*shared));

	if (!shared)
		return NULL;
	shared->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (shared->event_fd < 0) {
		alloc_free(shared);
		return NULL;
	}
	pthread_mutex_init(&shared->lock, NULL);
	pthread_cond_init(&shared->work, NULL);
	shared->calls = *calls;
	ring_init(&shared->to_do);
	ring_init(&shared->done);
	shared->users = 1;
	return shared;
}

int system_resolver_new(struct loop *loop, const struct system_calls *calls,
			struct system_resolver **ret_system)
{
	struct system_resolver *system = alloc_zero(sizeof(*system));

	if (!system)
		return ERROR_MEMORY;
	if (!(system->shared = shared_new(calls))) {
		alloc_free(system);
		return ERROR_MEMORY;
	}
	system->loop = loop;
	system->watch = (struct watch){.ready = some_done, .self = system};
	*ret_system = system;
	return 0;
}

void system_resolver_free(struct system_resolver *system)
{
	struct shared *shared;

	if (!system)
		return;
	shared = system->shared;
	loop_unwatch(system->loop, &system->watch);
	alloc_free(system);
	pthread_mutex_lock(&shared->lock);
	shared->is_closing = true;
	pthread_cond_broadcast(&shared->work);
	shared_leave(shared);
}

/* A thread that was woken but has not run yet still counts as idle, so the
 * queries waiting are held against the idle. */
static int enqueue(struct shared *shared, struct system_query *query)
{
	if (shared->waiting >= shared->idle && shared->threads < SYSTEM_THREADS_MOST &&
	    thread_start(shared) < 0 && !shared->threads)
		return ERROR_SYSTEM;
	query->is_waiting = true;
	shared->waiting++;
	ring_append(&shared->to_do, &query->link);
	pthread_cond_signal(&shared->work);
	return 0;
}

static int ask(struct system_resolver *system, struct system_query *query,
	       struct system_query **ret_query)
{
	struct shared *shared = system->shared;
	int r = loop_watch(system->loop, &system->watch, shared->event_fd, WATCH_READ);

	if (r == 0) {
		pthread_mutex_lock(&shared->lock);
		r = enqueue(shared, query);
		pthread_mutex_unlock(&shared->lock);
	}
	if (r < 0) {
		if (!system->outstanding)
			loop_unwatch(system->loop, &system->watch);
		query_free(query);
		return r;
	}
	system->outstanding++;
	*ret_query = query;
	return 0;
}

static struct system_query *query_new(resolver_done *done, void *self)
{
	struct system_query *query = alloc_zero(sizeof(*query));

	if (!query)
		return NULL;
	query->done = done;
	query->self = self;
	query->is_wanted = true;
	return query;
}

int system_resolver_forward(struct system_resolver *system, const char *name, int families,
			    resolver_done *done, void *self, struct system_query **ret_query)
{
	struct system_query *query = query_new(done, self);

	if (!query)
		return ERROR_MEMORY;
	query->families = families;
	snprintf(query->name, sizeof(query->name), "%s", name);
	return ask(system, query, ret_query);
}

int system_resolver_reverse(struct system_resolver *system, const struct ip_addr *addr,
			    resolver_done *done, void *self, struct system_query **ret_query)
{
	struct system_query *query = query_new(done, self);

	if (!query)
		return ERROR_MEMORY;
	query->addr = *addr;
	return ask(system, query, ret_query);
}

/* Whether waiting or done the query is in a ring and can go at once; else a
 * thread has it, and frees it. */
void system_resolver_cancel(struct system_resolver *system, struct system_query *query)
{
	struct shared *shared = system->shared;
	bool is_in_ring;

	pthread_mutex_lock(&shared->lock);
	is_in_ring = query->link.next != NULL;
	ring_remove(&query->link);
	shared->waiting -= query->is_waiting ? 1 : 0;
	query->is_wanted = false;
	pthread_mutex_unlock(&shared->lock);
	if (is_in_ring)
		query_free(query);
	if (--system->outstanding == 0)
		loop_unwatch(system->loop, &system->watch);
}
