/* Inside of struct services, shared by services.c (asks) and services_parse.c
 * (fills). Nobody else includes it. */
#ifndef PORTOLAN_NET_SERVICES_TABLE_H
#define PORTOLAN_NET_SERVICES_TABLE_H

#include "net/portset.h"
#include "net/transport.h"
#include "util/buf.h"

/* "unknown" is no name, yet "-p unknown" finds its ports; it stands first in
 * every pool of names, so that thousands of such rows share eight bytes. */
#define SERVICE_UNKNOWN 0u

struct service_row {
	double frequency;
	uint32_t name;  /* offset in the table's names */
	uint32_t place; /* order in the file, for a stable sort */
	uint16_t port;
};

/* The ports of one transport, most frequent first, each once. */
struct service_table {
	struct buf names; /* NUL-terminated, one after the other */
	struct service_row *rows;
	uint32_t count, cap;
	struct portset known;
	/* Where a port's row is: row_of[number of known ports below it]. */
	uint16_t *row_of;
	uint16_t below[1024]; /* known ports below each word of `known` */
};

struct services {
	struct service_table of[TRANSPORTS];
	bool old_style;
};

/* Adds a port unless the table has it (the first entry wins). ERROR_MEMORY. */
int service_table_add(struct service_table *table, uint16_t port, const char *name,
		      size_t name_bytes, double frequency);
/* Sorts, and makes row_of; after it the table is only read. ERROR_MEMORY. */
int service_table_finish(struct service_table *table);
void service_table_release(struct service_table *table);

#endif
