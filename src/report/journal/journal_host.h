/* A host under way in the journal's thread: its row, and the verdicts of its ports. */
#ifndef PORTOLAN_REPORT_JOURNAL_HOST_H
#define PORTOLAN_REPORT_JOURNAL_HOST_H

#include "report/journal/journal_record.h"
#include "report/journal/journal_verdicts.h"

struct journal_host {
	uint64_t index;
	struct ip_addr addr;
	uint32_t port_set;
	char *name, *ptr;
	struct observation found, done; /* OBSERVED_HOST, OBSERVED_HOST_DONE */
	uint64_t found_seq, done_seq;   /* 0: not yet */
	bool has_mac;
	struct mac_addr mac;
	struct liar_finding liar;
	bool hinted; /* a hint was announced; found_seq is its */
	bool others_written;
	struct journal_verdicts verdicts;
	uint32_t pieces; /* rows of port_range so far */
	bool listed;     /* in the batch's list of hosts to write */
	struct journal_host *next;
};

/* From the first record about it. NULL: memory. */
struct journal_host *journal_host_new(const struct journal_record *record,
				      const struct journal_ports *ports);
void journal_host_free(struct journal_host *host); /* NULL is fine */
/* A host, name or done record. ERROR_MEMORY. */
int journal_host_take(struct journal_host *host, const struct journal_record *record);
enum host_state journal_host_state(const struct journal_host *host);

#endif
