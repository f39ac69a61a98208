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
	uint32_t lies;  /* ports that are hidden for what answers in the host's name */
};

void ignored_of(const struct format_context *context, const struct host_report *host,
		struct ignored *ret_ignored);
/* For people: open ports that say nothing of the host (engine/liars.h) are hidden, too, as
 * many as others are. They are the first group then. Other readers get all ports. */
void ignored_hide_lies(const struct format_context *context, const struct host_report *host,
		       struct ignored *ignored);
/* Is this port hidden, by its state or as a lie? */
bool ignored_hides(const struct ignored *ignored, const struct host_report *host,
		   const struct port_report *port);
/* The ports of a group: "20-21,23". */
void ignored_add_ports(struct buf *out, const struct host_report *host,
		       const struct ignored_group *group);

#endif
