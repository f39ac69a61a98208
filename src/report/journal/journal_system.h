/* Systems in the journal: their columns, and the facts put together again from rows.
 * Writing is journal_store_system.c's. */
#ifndef PORTOLAN_REPORT_JOURNAL_SYSTEM_H
#define PORTOLAN_REPORT_JOURNAL_SYSTEM_H

#include "engine/system.h"
#include "report/journal/journal_db.h"

/* In the order in which they are bound and read; before them are scan_id and host (of
 * classes also match; of lists also position), behind those of `system` at_ns and seq. */
#define JOURNAL_SYSTEM_COLUMNS                                                               \
	"result, ip_version, incomplete, own_data, unreliable, guessing, unfit, open_tcp,"   \
	" closed_tcp, closed_udp, perfect_count, types, cpes, fingerprint, uptime_s, boot_s" \
	", distance, distance_by, tcp_index, difficulty, ipid_class, timestamp_class,"       \
	" has_timestamps, rounds, probes_sent, probes_answered, took_ns"
#define JOURNAL_MATCH_COLUMNS    "name, accuracy, perfect, guess, line, file"
#define JOURNAL_CLASS_COLUMNS    "vendor, family, generation, type, accuracy, cpes"
#define JOURNAL_RUNNING_COLUMNS  "name, percent, certain"
#define JOURNAL_SAMPLE_COLUMNS   "isn, ip_id, timestamp"
#define JOURNAL_GUESS_COLUMNS    "name, family, probability"
#define JOURNAL_EVIDENCE_COLUMNS "source, says, family, weight"

enum journal_system_query {
	OF_SYSTEM,
	OF_MATCHES,
	OF_CLASSES,
	OF_RUNNING,
	OF_SAMPLES,
	OF_GUESSES,
	OF_EVIDENCE,
	SYSTEM_QUERIES
};

struct journal_system_reader {
	sqlite3 *db;
	sqlite3_stmt *statements[SYSTEM_QUERIES];
	struct diag *diag;
};

int journal_system_reader_init(struct journal_system_reader *reader, sqlite3 *db, int64_t scan_id,
			       struct diag *diag);
void journal_system_reader_release(struct journal_system_reader *reader);
/* The facts of a host, one block to alloc_free(); NULL when there are none. */
int journal_system_reader_read(struct journal_system_reader *reader, uint64_t host,
			       const struct system_facts **ret_facts);

#endif
