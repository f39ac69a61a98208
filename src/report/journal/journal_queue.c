#include "report/journal/journal_record.h"

#include "util/error.h"
#include "util/loop.h"

#include <errno.h>
#include <time.h>

/* A fact is on disk at most about BATCH_AGE_NS plus one transaction after it
 * was made, or sooner when many come. The first batches are younger: of a short
 * scan a kill takes little as well. Past QUEUE_BYTES_MAX the engine waits: a slow
 * disk slows the scan rather than losing facts. */
#define BATCH_AGE_NS    (250 * NS_PER_MS)
#define FIRST_AGE_NS    (16 * NS_PER_MS)
#define BATCH_BYTES     (4u << 20)
#define QUEUE_BYTES_MAX (16u << 20)

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

int journal_queue_init(struct journal_queue *queue)
{
	pthread_condattr_t attributes;
	int bad;

	*queue = (struct journal_queue){.records = BUF_INIT, .age_ns = FIRST_AGE_NS};
	if (pthread_condattr_init(&attributes))
		return ERROR_MEMORY;
	bad = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) ||
	      pthread_mutex_init(&queue->lock, NULL) ||
	      pthread_cond_init(&queue->filled, &attributes) ||
	      pthread_cond_init(&queue->emptied, &attributes);
	pthread_condattr_destroy(&attributes);
	return bad ? ERROR_MEMORY : 0;
}

void journal_queue_release(struct journal_queue *queue)
{
	buf_release(&queue->records);
	pthread_cond_destroy(&queue->filled);
	pthread_cond_destroy(&queue->emptied);
	pthread_mutex_destroy(&queue->lock);
}

struct buf *journal_queue_lock(struct journal_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	while (queue->records.len > QUEUE_BYTES_MAX && !queue->dead)
		pthread_cond_wait(&queue->emptied, &queue->lock);
	if (queue->dead)
		buf_clear(&queue->records);
	return &queue->records;
}

/* Facts, or the sad news that one was lost for want of memory. */
static bool holds_news(const struct buf *records)
{
	return records->len || !buf_ok(records);
}

void journal_queue_unlock(struct journal_queue *queue)
{
	bool wake = false;

	if (holds_news(&queue->records) && !queue->first_ns) {
		queue->first_ns = now_ns();
		wake = true;
	} else if (queue->records.len > BATCH_BYTES) {
		wake = true;
	}
	pthread_mutex_unlock(&queue->lock);
	if (wake)
		pthread_cond_signal(&queue->filled);
}

void journal_queue_close(struct journal_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	pthread_cond_signal(&queue->filled);
	pthread_mutex_unlock(&queue->lock);
}

void journal_queue_die(struct journal_queue *queue)
{
	pthread_mutex_lock(&queue->lock);
	queue->dead = true;
	pthread_cond_signal(&queue->emptied);
	pthread_mutex_unlock(&queue->lock);
}

static void wait_until(struct journal_queue *queue, uint64_t due_ns)
{
	struct timespec due = {.tv_sec = (time_t)(due_ns / NS_PER_S),
			       .tv_nsec = (long)(due_ns % NS_PER_S)};

	pthread_cond_timedwait(&queue->filled, &queue->lock, &due);
}

bool journal_queue_take(struct journal_queue *queue, struct buf *records)
{
	struct buf taken;
	bool more;

	buf_clear(records);
	pthread_mutex_lock(&queue->lock);
	while (!queue->closed && queue->records.len <= BATCH_BYTES) {
		if (!queue->first_ns)
			pthread_cond_wait(&queue->filled, &queue->lock);
		else if (now_ns() >= queue->first_ns + queue->age_ns)
			break;
		else
			wait_until(queue, queue->first_ns + queue->age_ns);
	}
	taken = queue->records;
	queue->records = *records;
	*records = taken;
	queue->first_ns = 0;
	queue->age_ns = queue->age_ns * 2 < BATCH_AGE_NS ? queue->age_ns * 2 : BATCH_AGE_NS;
	more = holds_news(records) || !queue->closed;
	pthread_cond_signal(&queue->emptied);
	pthread_mutex_unlock(&queue->lock);
	return more;
}
