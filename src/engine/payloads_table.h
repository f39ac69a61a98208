/* A table of payloads while its text is being read; payloads.c makes the one
 * that is asked of it. Knows no grammar. */
#ifndef PORTOLAN_ENGINE_PAYLOADS_TABLE_H
#define PORTOLAN_ENGINE_PAYLOADS_TABLE_H

#include "util/buf.h"
#include "util/diag.h"

/* A payload of a port: where its bytes are in payload_table.bytes, which
 * ports may share and which still moves. */
struct payload_entry {
	uint16_t port, src_port;
	uint32_t at, count;
};

struct payload_table {
	struct buf bytes;
	struct payload_entry *entries; /* in the order of the text */
	size_t count, room;
};

/* Adds what the text says to an empty table. Errors as payloads_parse(). */
int payload_table_parse(struct payload_table *table, const void *text, size_t bytes,
			struct diag *diag);
/* ERROR_MEMORY; ERROR_LIMIT when there are too many. */
int payload_table_add(struct payload_table *table, const struct payload_entry *entry);
void payload_table_release(struct payload_table *table);

#endif
