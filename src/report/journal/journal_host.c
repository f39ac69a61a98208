#include "report/journal/journal_host.h"

#include "util/alloc.h"
#include "util/error.h"

struct journal_host *journal_host_new(const struct journal_record *record,
				      const struct journal_ports *ports)
{
	const char *name = journal_record_text(record, 1);
	struct journal_host *host = alloc_zero(sizeof(*host));

	if (!host)
		return NULL;
	if (name && !(host->name = alloc_strdup(name))) {
		alloc_free(host);
		return NULL;
	}
	host->index = record->index;
	host->addr = record->addr;
	host->port_set = ports ? record->port_set : JOURNAL_NO_PORT_SET;
	host->verdicts.ports = ports;
	return host;
}

void journal_host_free(struct journal_host *host)
{
	if (!host)
		return;
	journal_verdicts_release(&host->verdicts);
	alloc_free(host->name);
	alloc_free(host->ptr);
	alloc_free(host);
}

static bool is_up(const struct journal_host *host)
{
	return host->found_seq && host->found.host.state == HOST_UP;
}

int journal_host_take(struct journal_host *host, const struct journal_record *record)
{
	char *ptr;

	switch (record->seen.kind) {
	case OBSERVED_HOST:
		/* Announced when it is first seen up; the hint keeps its place in the
		 * order, and the latest verdict counts. */
		if (!host->hinted) {
			host->hinted = record->seen.host.more && !is_up(host) &&
				       record->seen.host.state == HOST_UP;
			host->found_seq = record->seq;
		}
		host->found = record->seen;
		if (record->seen.host.has_mac) {
			host->has_mac = true;
			host->mac = record->seen.host.mac;
		}
		return 0;
	case OBSERVED_NAME:
		if (!(ptr = alloc_strdup(journal_record_text(record, 0))))
			return ERROR_MEMORY;
		alloc_free(host->ptr);
		host->ptr = ptr;
		return 0;
	case OBSERVED_LIAR:
		host->liar = record->seen.liar;
		return 0;
	case OBSERVED_HOST_DONE:
		host->done = record->seen;
		host->done_seq = record->seq;
		return 0;
	default:
		return 0;
	}
}

enum host_state journal_host_state(const struct journal_host *host)
{
	if (host->done_seq)
		return host->done.done.state;
	return host->found_seq ? host->found.host.state : HOST_UNKNOWN;
}
