/* The ways to hosts in the journal: their columns, and the facts put together again from
 * rows. Writing is journal_store_system.c's. */
#ifndef PORTOLAN_REPORT_JOURNAL_HOPS_H
#define PORTOLAN_REPORT_JOURNAL_HOPS_H

#include "engine/path.h"
#include "report/journal/journal_db.h"

/* In the order in which they are bound and read; before them are scan_id and host (of hops
 * also ttl), behind those of `path` at_ns and seq. */
#define JOURNAL_PATH_COLUMNS                                                             \
	"transport, number, reached, incomplete, same_hops, same_as_key, same_as_scope," \
	" probes_sent"
#define JOURNAL_HOP_COLUMNS \
	"address, address_key, scope, rtt_us, cached, name, country, organization, asn"

struct journal_hops_reader {
	sqlite3 *db;
	sqlite3_stmt *path, *hops;
	struct diag *diag;
};

int journal_hops_reader_init(struct journal_hops_reader *reader, sqlite3 *db, int64_t scan_id,
			     struct diag *diag);
void journal_hops_reader_release(struct journal_hops_reader *reader);
/* The facts of a host, one block to alloc_free(); NULL when there are none. */
int journal_hops_reader_read(struct journal_hops_reader *reader, uint64_t host,
			     const struct path_facts **ret_facts);

#endif
