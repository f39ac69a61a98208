/* The design. Every table is keyed by (scan, host), so facts go in without
 * asking the database anything. A host's row is written once at the end of each
 * batch that changed it. Open ports are rows at once; the rest become ranges:
 * when a host is through all its ports are written as merged ranges, and a host still under
 * way at the end of a batch gets ranges ("pieces") of the ports noted in that
 * batch alone. So the work follows the number of facts, not hosts times
 * batches, and after a SIGKILL the pieces, applied in their order, give what
 * was known. */
#include "report/journal/journal_batch.h"

#include "report/journal/journal_host.h"
#include "report/journal/journal_path.h"
#include "report/journal/journal_store.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/hash.h"
#include "util/loop.h"
#include "util/random.h"

struct port_set {
	uint32_t id;
	struct journal_ports ports;
	struct port_set *next;
};

struct journal_batch {
	struct journal_store store;
	struct hash_map *hosts;      /* by target index */
	struct journal_host *listed; /* to write at the end of the batch */
	struct port_set *port_sets;
	struct journal_progress progress;
};

static const struct journal_ports *find_ports(const struct journal_batch *batch, uint32_t id)
{
	for (const struct port_set *set = batch->port_sets; set; set = set->next)
		if (set->id == id)
			return &set->ports;
	return NULL;
}

static int add_port_set(struct journal_batch *batch, uint32_t id, const struct port_rules *rules)
{
	struct port_set *set = alloc_zero(sizeof(*set));
	int r;

	if (!set)
		return ERROR_MEMORY;
	set->id = id;
	for (int t = 0; t < TRANSPORTS; t++)
		set->ports.of[t] = rules->of[t];
	journal_ports_number(&set->ports);
	if ((r = journal_store_add_port_set(&batch->store, id, &set->ports)) < 0) {
		alloc_free(set);
		return r;
	}
	set->next = batch->port_sets;
	batch->port_sets = set;
	return 0;
}

static int open_batch(struct journal_batch *batch, const char *path,
		      const struct journal_scan_row *scan)
{
	const uint64_t key = random_system_seed();
	int r;

	if (!(batch->hosts = hash_map_new((struct hash_key){key, ~key})))
		return ERROR_MEMORY;
	if ((r = journal_store_open(&batch->store, path)) < 0 ||
	    (r = journal_store_begin(&batch->store, false)) < 0)
		return r;
	r = journal_store_add_scan(&batch->store, scan);
	batch->progress.last_ns = (uint64_t)scan->start_s * NS_PER_S;
	if (r == 0 && scan->ports)
		r = add_port_set(batch, 0, scan->ports);
	return journal_store_end(&batch->store, r);
}

int journal_batch_open(const char *path, const struct out_owner *owner,
		       const struct journal_scan_row *scan, struct journal_batch **ret_batch,
		       struct diag *diag)
{
	struct journal_batch *batch;
	int r = journal_path_prepare(path, owner, diag);

	if (r < 0)
		return r;
	if (!(batch = alloc_zero(sizeof(*batch))))
		return ERROR_MEMORY;
	batch->store.diag = diag;
	if ((r = open_batch(batch, path, scan)) < 0) {
		journal_batch_free(batch, false);
		return r;
	}
	*ret_batch = batch;
	return 0;
}

/* --- one host ---------------------------------------------------------- */

struct range_writer {
	struct journal_store *store;
	struct journal_host *host;
};

static int write_range(void *self, const struct journal_range *range)
{
	struct range_writer *to = self;

	return journal_store_add_range(to->store, to->host->index, to->host->pieces++, range);
}

static int write_ranges(struct journal_batch *batch, struct journal_host *host)
{
	struct range_writer to = {&batch->store, host};
	int r;

	if (!host->done_seq)
		return journal_verdicts_each_fresh(&host->verdicts, write_range, &to);
	if (host->pieces && (r = journal_store_delete_ranges(&batch->store, host->index)) < 0)
		return r;
	return journal_verdicts_each(&host->verdicts, write_range, &to);
}

/* --- one record -------------------------------------------------------- */

static int host_of(struct journal_batch *batch, const struct journal_record *record,
		   struct journal_host **ret_host)
{
	struct journal_host *host =
		hash_map_get(batch->hosts, &record->index, sizeof(record->index));
	int r;

	if (!host) {
		host = journal_host_new(record, find_ports(batch, record->port_set));
		if (!host)
			return ERROR_MEMORY;
		r = hash_map_add(batch->hosts, &record->index, sizeof(record->index), host);
		if (r < 0) {
			journal_host_free(host);
			return r;
		}
		batch->progress.hosts_total++;
	}
	if (!host->listed) {
		host->listed = true;
		host->next = batch->listed;
		batch->listed = host;
	}
	*ret_host = host;
	return 0;
}

static int take_port(struct journal_batch *batch, struct journal_host *host,
		     const struct journal_record *record)
{
	struct journal_placed placed;
	int r = journal_verdicts_note(&host->verdicts, record->seen.port.transport,
				      record->seen.port.number, &record->seen.port.verdict,
				      &placed);

	if (r < 0)
		return r;
	if (record->seen.port.verdict.state == PORT_OPEN && !placed.was_row)
		batch->progress.open_ports++; /* counted exactly at the end of the scan */
	if (placed.is_row)
		return journal_store_put_port(&batch->store, record);
	return placed.was_row ? journal_store_delete_port(&batch->store, record) : 0;
}

static int take_host_fact(struct journal_batch *batch, const struct journal_record *record)
{
	struct journal_host *host = NULL;
	int r = host_of(batch, record, &host);

	if (r < 0)
		return r;
	if (record->seen.kind == OBSERVED_PORT)
		return take_port(batch, host, record);
	if (record->seen.kind == OBSERVED_SERVICE)
		return journal_store_put_service(&batch->store, record);
	if (record->seen.kind == OBSERVED_SYSTEM)
		return journal_store_put_system(&batch->store, record);
	if (record->seen.kind == OBSERVED_PATH)
		return journal_store_put_path(&batch->store, record);
	if (record->seen.kind == OBSERVED_SCRIPT)
		return journal_store_put_script(&batch->store, record);
	if (record->seen.kind == OBSERVED_FINDING)
		return journal_store_put_finding(&batch->store, record);
	if (record->seen.kind == OBSERVED_HOST_DONE) {
		batch->progress.hosts_up += record->seen.done.state == HOST_UP;
		batch->progress.hosts_down += record->seen.done.state == HOST_DOWN;
	}
	if (!host->others_written) {
		host->others_written = true;
		if ((r = journal_store_put_others(&batch->store, record)) < 0)
			return r;
	}
	return journal_host_take(host, record);
}

/* What concerns the run alone. */
static int take_run_fact(struct journal_batch *batch, const struct journal_record *record)
{
	switch (record->seen.kind) {
	case OBSERVED_SCRIPT:
		return journal_store_put_script(&batch->store, record);
	case OBSERVED_FINDING:
		return journal_store_put_finding(&batch->store, record);
	case OBSERVED_SCRIPTS_DONE:
		return journal_store_put_scripts_done(&batch->store, record);
	default:
		return 0;
	}
}

static int take(struct journal_batch *batch, const struct journal_record *record)
{
	if (record->is_port_set)
		return add_port_set(batch, record->port_set, journal_record_rules(record));
	if (record->seen.wall_ns > batch->progress.last_ns)
		batch->progress.last_ns = record->seen.wall_ns;
	switch (record->seen.kind) {
	case OBSERVED_RUN_BEGIN:
		return journal_store_begin_scan(&batch->store, record);
	case OBSERVED_RUN_END:
		return journal_store_end_scan(&batch->store, record);
	case OBSERVED_TARGET_SKIPPED:
		return journal_store_add_text(&batch->store, record, ADD_SKIPPED);
	case OBSERVED_WARNING:
		return journal_store_add_text(&batch->store, record, ADD_WARNING);
	default:
		return record->index == JOURNAL_NO_TARGET ? take_run_fact(batch, record)
							  : take_host_fact(batch, record);
	}
}

/* --- one batch --------------------------------------------------------- */

static int write_listed(struct journal_batch *batch)
{
	int r;

	while (batch->listed) {
		struct journal_host *host = batch->listed;

		if ((r = journal_store_put_host(&batch->store, host)) < 0 ||
		    (r = write_ranges(batch, host)) < 0)
			return r;
		journal_verdicts_fresh_done(&host->verdicts);
		batch->listed = host->next;
		host->listed = false;
		if (host->done_seq) {
			hash_map_remove(batch->hosts, &host->index, sizeof(host->index));
			journal_host_free(host);
		}
	}
	return 0;
}

static int write_all(struct journal_batch *batch, const struct buf *records)
{
	const struct journal_record *record = NULL;
	int r = 0;

	while (r == 0 && (record = journal_record_next(records, record)))
		r = take(batch, record);
	if (r == 0)
		r = write_listed(batch);
	return r < 0 ? r : journal_store_progress(&batch->store, &batch->progress);
}

int journal_batch_write(struct journal_batch *batch, const struct buf *records, bool durable,
			struct diag *diag)
{
	int r;

	batch->store.diag = diag;
	if (!buf_ok(records))
		return diag_set(diag, ERROR_MEMORY, "The journal: out of memory");
	if ((r = journal_store_begin(&batch->store, durable)) == 0)
		r = journal_store_end(&batch->store, write_all(batch, records));
	return r;
}

int64_t journal_batch_scan_id(const struct journal_batch *batch)
{
	return batch->store.scan_id;
}

void journal_batch_spoil(struct journal_batch *batch, const char *why)
{
	batch->store.diag = NULL;
	(void)journal_store_spoil(&batch->store, why); /* else the missing end says it */
}

static void free_host(void *self, const void *key, size_t key_bytes, void *value)
{
	journal_host_free(value);
}

void journal_batch_free(struct journal_batch *batch, bool tidy)
{
	if (!batch)
		return;
	journal_store_close(&batch->store, tidy);
	if (batch->hosts)
		hash_map_each(batch->hosts, free_host, NULL);
	hash_map_free(batch->hosts);
	while (batch->port_sets) {
		struct port_set *next = batch->port_sets->next;

		alloc_free(batch->port_sets);
		batch->port_sets = next;
	}
	alloc_free(batch);
}
