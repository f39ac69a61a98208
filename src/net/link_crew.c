#include "net/link_crew.h"

#include "util/alloc.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

struct link_crew {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work, done;
	int fd;
	const struct link_frame *frames; /* NULL: nothing to do */
	size_t count;
	int result;
	bool busy, leaving;
	uint64_t sent, refused; /* as of the last link_crew_wait() */
	struct link_batch batch;
};

static void *crew_run(void *self)
{
	struct link_crew *crew = self;
	size_t i;

	pthread_mutex_lock(&crew->lock);
	while (!crew->leaving) {
		if (!crew->busy) {
			pthread_cond_wait(&crew->work, &crew->lock);
			continue;
		}
		pthread_mutex_unlock(&crew->lock);
		for (i = 0; i < crew->count; i++)
			link_batch_set(&crew->batch, i, &crew->frames[i]);
		crew->result = link_batch_send(&crew->batch, crew->fd, crew->count);
		pthread_mutex_lock(&crew->lock);
		crew->busy = false;
		pthread_cond_signal(&crew->done);
	}
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

/* Signals are the main thread's. */
static int start(struct link_crew *crew)
{
	sigset_t all, old;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&crew->thread, NULL, crew_run, crew);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return r;
}

struct link_crew *link_crew_new(int fd)
{
	struct link_crew *crew;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2 || !(crew = alloc_zero(sizeof(*crew))))
		return NULL;
	crew->fd = fd;
	link_batch_init(&crew->batch);
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->work, NULL);
	pthread_cond_init(&crew->done, NULL);
	if (start(crew) == 0)
		return crew;
	pthread_cond_destroy(&crew->done);
	pthread_cond_destroy(&crew->work);
	pthread_mutex_destroy(&crew->lock);
	alloc_free(crew);
	return NULL;
}

void link_crew_free(struct link_crew *crew)
{
	if (!crew)
		return;
	pthread_mutex_lock(&crew->lock);
	crew->leaving = true;
	pthread_cond_signal(&crew->work);
	pthread_mutex_unlock(&crew->lock);
	pthread_join(crew->thread, NULL);
	pthread_cond_destroy(&crew->done);
	pthread_cond_destroy(&crew->work);
	pthread_mutex_destroy(&crew->lock);
	alloc_free(crew);
}

void link_crew_send(struct link_crew *crew, const struct link_frame *frames, size_t count)
{
	pthread_mutex_lock(&crew->lock);
	crew->frames = frames;
	crew->count = count;
	crew->busy = true;
	pthread_cond_signal(&crew->work);
	pthread_mutex_unlock(&crew->lock);
}

int link_crew_wait(struct link_crew *crew)
{
	int result;

	pthread_mutex_lock(&crew->lock);
	while (crew->busy)
		pthread_cond_wait(&crew->done, &crew->lock);
	result = crew->result;
	crew->sent = crew->batch.sent;
	crew->refused = crew->batch.refused;
	pthread_mutex_unlock(&crew->lock);
	return result;
}

void link_crew_count(const struct link_crew *crew, uint64_t *ret_sent, uint64_t *ret_refused)
{
	*ret_sent = crew->sent;
	*ret_refused = crew->refused;
}
