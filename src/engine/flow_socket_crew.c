/* Helper threads for connect(). The call does all of a probe's work in the
 * kernel: builds the SYN, walks it down the stack and, on a local link, through
 * the target's stack and back up again. That is nine tenths of a connect
 * scan's time, and it runs on as many processors as call it.
 *
 * Fork and join: the owner's thread shares a batch, takes part, and waits for
 * the rest. Nothing is shared outside socket_crew_run(), so no other code has
 * to know of threads. */
#include "engine/flow_socket.h"

#include "util/alloc.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#define HELPERS_MAX 3
#define TAKE        8 /* items at a time */
#define STACK_BYTES (64 * 1024)

struct socket_crew {
	pthread_mutex_t lock;
	pthread_cond_t begin, done;
	pthread_t threads[HELPERS_MAX];
	size_t threads_count;
	/* Under the lock. A helper joins a batch only while it is open. */
	uint64_t batch;
	bool batch_open, quit;
	size_t working;
	/* The batch; constant while it is open. */
	void (*work)(void *item);
	void *const *items;
	size_t count;
	atomic_size_t next;
};

static void take_part(struct socket_crew *crew)
{
	size_t first, last;

	while ((first = atomic_fetch_add(&crew->next, TAKE)) < crew->count) {
		last = first + TAKE < crew->count ? first + TAKE : crew->count;
		for (; first < last; first++)
			crew->work(crew->items[first]);
	}
}

static void *help(void *self)
{
	struct socket_crew *crew = self;
	uint64_t seen = 0;

	pthread_mutex_lock(&crew->lock);
	for (;;) {
		while (!crew->quit && (crew->batch == seen || !crew->batch_open))
			pthread_cond_wait(&crew->begin, &crew->lock);
		if (crew->quit)
			break;
		seen = crew->batch;
		crew->working++;
		pthread_mutex_unlock(&crew->lock);
		take_part(crew);
		pthread_mutex_lock(&crew->lock);
		if (--crew->working == 0)
			pthread_cond_signal(&crew->done);
	}
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

void socket_crew_run(struct socket_crew *crew, void (*work)(void *item), void *const *items,
		     size_t count)
{
	pthread_mutex_lock(&crew->lock);
	crew->work = work;
	crew->items = items;
	crew->count = count;
	atomic_store(&crew->next, 0);
	crew->batch++;
	crew->batch_open = true;
	pthread_cond_broadcast(&crew->begin);
	pthread_mutex_unlock(&crew->lock);

	take_part(crew);

	pthread_mutex_lock(&crew->lock);
	crew->batch_open = false;
	while (crew->working)
		pthread_cond_wait(&crew->done, &crew->lock);
	pthread_mutex_unlock(&crew->lock);
}

static size_t helpers_wanted(void)
{
	cpu_set_t ours;
	int cpus;

	if (sched_getaffinity(0, sizeof(ours), &ours) < 0)
		return 0;
	cpus = CPU_COUNT(&ours);
	return cpus > HELPERS_MAX ? HELPERS_MAX : (size_t)(cpus > 1 ? cpus - 1 : 0);
}

/* Signals are for the threads of whoever uses the library. */
static void start_helpers(struct socket_crew *crew, size_t wanted)
{
	pthread_attr_t attributes;
	sigset_t all, before;

	if (pthread_attr_init(&attributes) != 0)
		return;
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	while (crew->threads_count < wanted &&
	       pthread_create(&crew->threads[crew->threads_count], &attributes, help, crew) == 0)
		crew->threads_count++;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
}

struct socket_crew *socket_crew_new(void)
{
	size_t wanted = helpers_wanted();
	struct socket_crew *crew = wanted ? alloc_zero(sizeof(*crew)) : NULL;

	if (!crew)
		return NULL;
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->begin, NULL);
	pthread_cond_init(&crew->done, NULL);
	start_helpers(crew, wanted);
	if (!crew->threads_count) {
		socket_crew_free(crew);
		return NULL;
	}
	return crew;
}

void socket_crew_free(struct socket_crew *crew)
{
	size_t i;

	if (!crew)
		return;
	pthread_mutex_lock(&crew->lock);
	crew->quit = true;
	pthread_cond_broadcast(&crew->begin);
	pthread_mutex_unlock(&crew->lock);
	for (i = 0; i < crew->threads_count; i++)
		pthread_join(crew->threads[i], NULL);
	pthread_cond_destroy(&crew->begin);
	pthread_cond_destroy(&crew->done);
	pthread_mutex_destroy(&crew->lock);
	alloc_free(crew);
}
