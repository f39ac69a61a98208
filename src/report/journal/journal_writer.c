/* Two threads share a writer: the engine's, which copies facts into the queue
 * and asks how things stand, and the journal's own, which alone touches the
 * database. They meet in the queue and under its lock. */
#include "report/journal/journal.h"
#include "report/journal/journal_batch.h"
#include "util/alloc.h"
#include "util/confine.h"
#include "util/error.h"
#include "util/hash.h"
#include "util/loop.h"
#include "util/random.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* How often a commit waits for the disk: what a power loss can take. */
#define DURABLE_EVERY_NS (5 * NS_PER_S)
/* A scan this short leaves the write-ahead log for a later one to fold in: that
 * costs an fsync or two, which one port on localhost would notice. But not a
 * log this long, which each later one would have to read. */
#define TIDY_AFTER_NS   NS_PER_S
#define TIDY_FROM_BYTES (128 << 10)
/* Different port sets of `host:ports` lines that are kept; hosts of further
 * ones have a row for each port. */
#define PORT_SETS_MAX 256

struct journal_writer {
	char *path;
	struct out_owner owner;
	struct journal_scan_row scan; /* owned; the journal thread's */
	struct journal_queue queue;
	bool has_queue, has_thread;
	pthread_t thread;

	/* The engine thread's. */
	uint64_t seq;
	struct hash_key key;
	uint64_t port_sets[PORT_SETS_MAX]; /* hashes; number i + 1 in the journal */
	uint32_t port_sets_count;

	/* Under the queue's lock. */
	int error;
	struct diag why;
	int64_t scan_id;
};

/* --- the journal's thread ---------------------------------------------- */

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void note_error(struct journal_writer *writer, int error, const struct diag *why)
{
	pthread_mutex_lock(&writer->queue.lock);
	writer->error = error;
	writer->why = *why;
	if (!why->text[0])
		diag_set(&writer->why, error, "The journal: %s", error_text(error));
	pthread_mutex_unlock(&writer->queue.lock);
	journal_queue_die(&writer->queue);
}

static void note_scan_id(struct journal_writer *writer, int64_t id)
{
	pthread_mutex_lock(&writer->queue.lock);
	writer->scan_id = id;
	pthread_mutex_unlock(&writer->queue.lock);
}

static bool ends_run(const struct buf *records)
{
	const struct journal_record *record = NULL, *last = NULL;

	while ((record = journal_record_next(records, record)))
		last = record;
	return last && !last->is_port_set && last->seen.kind == OBSERVED_RUN_END;
}

static int write_batches(struct journal_writer *writer, struct journal_batch *batch,
			 struct diag *why)
{
	uint64_t durable_ns = monotonic_ns();
	struct buf records = BUF_INIT;
	int r = 0;

	while (r == 0 && journal_queue_take(&writer->queue, &records)) {
		uint64_t now = monotonic_ns();
		bool durable = now - durable_ns >= DURABLE_EVERY_NS || ends_run(&records);

		if (!records.len && buf_ok(&records))
			continue;
		r = journal_batch_write(batch, &records, durable, why);
		if (durable)
			durable_ns = now;
	}
	buf_release(&records);
	return r;
}

static int64_t log_bytes(const char *path)
{
	char *log = alloc_printf("%s-wal", path);
	struct stat info = {0};
	int64_t bytes = log && !stat(log, &info) ? (int64_t)info.st_size : 0;

	alloc_free(log);
	return bytes;
}

/* The database may have needed root to be made; writing it does not. What fails here
 * fails for the session, too, which says so. */
static void give_up_privileges(const struct journal_writer *writer)
{
	struct diag ignored;

	if (writer->owner.set)
		(void)confine_user(writer->owner.uid, writer->owner.gid, &ignored);
	(void)confine_capabilities(&ignored);
}

static void *run_journal(void *self)
{
	struct journal_writer *writer = self;
	struct journal_batch *batch = NULL;
	uint64_t began_ns = monotonic_ns();
	struct diag why = {0};
	int r = journal_batch_open(writer->path, &writer->owner, &writer->scan, &batch, &why);

	give_up_privileges(writer);
	if (r == 0) {
		note_scan_id(writer, journal_batch_scan_id(batch));
		r = write_batches(writer, batch, &why);
	}
	if (r < 0) {
		note_error(writer, r, &why);
		if (batch)
			journal_batch_spoil(batch, why.text);
	}
	journal_batch_free(batch, r == 0 && (monotonic_ns() - began_ns > TIDY_AFTER_NS ||
					     log_bytes(writer->path) > TIDY_FROM_BYTES));
	return NULL;
}

/* Signals are the other threads' business. */
static int start_thread(struct journal_writer *writer)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = pthread_create(&writer->thread, NULL, run_journal, writer);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	writer->has_thread = r == 0;
	return r ? ERROR_SYSTEM : 0;
}

/* --- the engine's thread ----------------------------------------------- */

static char *copy_text(const char *text)
{
	return alloc_strdup(text ? text : "");
}

static int copy_plan(struct journal_scan_row *row, const struct journal_begin *begin)
{
	const struct plan *plan = begin->plan;

	row->program = copy_text(plan->program);
	row->command_line = copy_text(plan->command_line);
	row->plan_json = copy_text(begin->plan_json);
	row->seed = plan->seed;
	row->list_only = plan->list_only;
	row->start_s = begin->start_s;
	if (plan->ports && (row->ports = alloc_zero(sizeof(*row->ports))))
		*row->ports = *plan->ports;
	return row->program && row->command_line && row->plan_json && !plan->ports == !row->ports
		       ? 0
		       : ERROR_MEMORY;
}

static int set_up(struct journal_writer *writer, const struct journal_begin *begin,
		  struct diag *diag)
{
	int r;

	writer->owner = begin->owner;
	writer->key = (struct hash_key){random_system_seed(), random_system_seed()};
	writer->path = begin->path ? alloc_strdup(begin->path) : journal_default_path();
	if (!writer->path && !begin->path)
		return diag_set(diag, ERROR_NOT_FOUND,
				"No home folder for the journal; --journal FILE names a place, "
				"--no-journal does without");
	if (!writer->path || copy_plan(&writer->scan, begin) < 0)
		return diag_set(diag, ERROR_MEMORY, "The journal: out of memory");
	if ((r = journal_queue_init(&writer->queue)) < 0)
		return diag_set(diag, r, "The journal: out of memory");
	writer->has_queue = true;
	if ((r = start_thread(writer)) < 0)
		return diag_set(diag, r, "The journal's thread could not be started");
	return 0;
}

int journal_writer_new(const struct journal_begin *begin, struct journal_writer **ret_writer,
		       struct diag *diag)
{
	struct journal_writer *writer = alloc_zero(sizeof(*writer));
	int r;

	if (!writer)
		return diag_set(diag, ERROR_MEMORY, "The journal: out of memory");
	if ((r = set_up(writer, begin, diag)) < 0) {
		journal_writer_free(writer);
		return r;
	}
	*ret_writer = writer;
	return 0;
}

static uint64_t hash_rules(const struct journal_writer *writer, const struct port_rules *rules)
{
	uint64_t parts[TRANSPORTS];

	for (int t = 0; t < TRANSPORTS; t++)
		parts[t] = hash_bytes(writer->key, rules->of[t].words, sizeof(rules->of[t].words));
	return hash_bytes(writer->key, parts, sizeof(parts));
}

/* The number of a target's port set, made known to the journal when it is new.
 * Known by what it says, since targets' rules come and go; asked once a host. */
static uint32_t port_set_of(struct journal_writer *writer, const struct observation *seen,
			    struct buf *records)
{
	uint64_t hash;

	if (!seen->target || !seen->target->ports)
		return 0;
	if (seen->kind != OBSERVED_HOST)
		return JOURNAL_NO_PORT_SET;
	hash = hash_rules(writer, seen->target->ports);
	for (uint32_t i = 0; i < writer->port_sets_count; i++)
		if (writer->port_sets[i] == hash)
			return i + 1;
	if (writer->port_sets_count == PORT_SETS_MAX)
		return JOURNAL_NO_PORT_SET;
	writer->port_sets[writer->port_sets_count++] = hash;
	journal_record_add_rules(records, seen->target->ports, writer->port_sets_count);
	return writer->port_sets_count;
}

static int observe(void *self, const struct observation *seen)
{
	struct journal_writer *writer = self;
	struct buf *records = journal_queue_lock(&writer->queue);
	int r = writer->error;

	if (r == 0) {
		uint32_t set = port_set_of(writer, seen, records);

		journal_record_add(records, seen, ++writer->seq, set);
	}
	journal_queue_unlock(&writer->queue);
	return r;
}

struct sink journal_writer_sink(struct journal_writer *writer)
{
	return (struct sink){writer, observe};
}

int journal_writer_error(struct journal_writer *writer, struct diag *ret_diag)
{
	int error;

	pthread_mutex_lock(&writer->queue.lock);
	error = writer->error;
	if (error && ret_diag)
		*ret_diag = writer->why;
	pthread_mutex_unlock(&writer->queue.lock);
	return error;
}

int64_t journal_writer_finish(struct journal_writer *writer, struct diag *ret_diag)
{
	if (writer->has_thread) {
		journal_queue_close(&writer->queue);
		pthread_join(writer->thread, NULL);
		writer->has_thread = false;
	}
	return journal_writer_error(writer, ret_diag) < 0 ? 0 : writer->scan_id;
}

void journal_writer_free(struct journal_writer *writer)
{
	if (!writer)
		return;
	if (writer->has_thread)
		(void)journal_writer_finish(writer, NULL);
	if (writer->has_queue)
		journal_queue_release(&writer->queue);
	alloc_free(writer->scan.program);
	alloc_free(writer->scan.command_line);
	alloc_free(writer->scan.plan_json);
	alloc_free(writer->scan.ports);
	alloc_free(writer->path);
	alloc_free(writer);
}
