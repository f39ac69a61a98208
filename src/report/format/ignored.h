/* Which ports of a host are collapsed into "Not shown" (formats.md 2.5,
 * features.md OU-16), and in what order the collapsed are told. */
#ifndef PORTOLAN_REPORT_FORMAT_IGNORED_H
#define PORTOLAN_REPORT_FORMAT_IGNORED_H

#include "report/format.h"
#include "report/host_report.h"

/* One item: so many ports of a state, for this reason, of this transport. */
struct ignored_group {
	uint32_t count;
	uint8_t state, reason, transport;
};

#define IGNORED_GROUPS_MAX 128

struct ignored {
	uint32_t counts[PORT_STATES];
	bool is_ignored[PORT_STATES];
	/* The ignored states, most ports first. */
	uint8_t states[PORT_STATES];
	size_t states_count;
	/* Their groups, in the order of states, then most ports first. */
	struct ignored_group groups[IGNORED_GROUPS_MAX];
	size_t groups_count;
	uint32_t shown; /* ports not ignored */
};

void ignored_of(const struct format_context *context, const struct host_report *host,
		struct ignored *ret_ignored);
/* The ports of a group: "20-21,23". */
void ignored_add_ports(struct buf *out, const struct host_report *host,
		       const struct ignored_group *group);

#endif
