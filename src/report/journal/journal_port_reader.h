/* The ports of a host put together again from ranges and rows. */
#ifndef PORTOLAN_REPORT_JOURNAL_PORT_READER_H
#define PORTOLAN_REPORT_JOURNAL_PORT_READER_H

#include "report/host_report.h"
#include "report/journal/journal_db.h"
#include "report/journal/journal_ports.h"

struct journal_port_reader {
	sqlite3 *db;
	int64_t scan_id;
	sqlite3_stmt *sets, *ranges, *rows;
	struct journal_ports *plan_set, *other_set;
	int64_t other_id; /* of other_set; 0: none is loaded */
	struct port_report *ports;
	size_t count, room;
};

int journal_port_reader_init(struct journal_port_reader *reader, sqlite3 *db, int64_t scan_id,
			     struct diag *diag);
void journal_port_reader_release(struct journal_port_reader *reader);
/* Fills reader->ports and count, by transport then number. port_set < 0: none. */
int journal_port_reader_read(struct journal_port_reader *reader, uint64_t host, int64_t port_set,
			     struct diag *diag);

#endif
