/* Plain text: what the normal file, the screen and the skid file have in
 * common (formats.md 1.1 and 2). The formats differ in where it goes. */
#ifndef PORTOLAN_REPORT_FORMAT_PLAIN_H
#define PORTOLAN_REPORT_FORMAT_PLAIN_H

#include "engine/plan.h"
#include "report/format.h"
#include "report/format/table.h"

/* When tasks began, for their "Completed" lines. */
struct plain_state {
	struct plain_task {
		int task; /* enum run_task + 1; 0 unused */
		const struct scan_technique *technique;
		uint64_t begin_wall_ns;
	} tasks[RUN_TASKS + PLAN_TECHNIQUES_MAX];
	/* Of what the last event said, the part that nobody may mangle (formats.md 1.1):
	 * the bytes of `out` from exact_begin up to exact_end. */
	size_t exact_begin, exact_end;
};

struct plain {
	const struct format_context *context;
	struct plain_state *state;
	bool screen;   /* the lines only a person sees */
	bool colour;   /* screen only */
	bool terminal; /* names are made harmless for one */
	struct buf *out;
};

/* Adds what the event says to plain->out. */
void plain_event(const struct plain *plain, const struct format_event *event);

/* The host block, formats.md 2.2. */
void plain_add_host(const struct plain *plain, const struct host_report *host);
/* The blocks of services that nothing recognised, formats.md 2.9. */
void plain_add_fingerprints(const struct plain *plain, const struct host_report *host);
/* Which system it runs, formats.md 2.2 rows 10 to 14, and 2.10. */
void plain_add_system(const struct plain *plain, const struct host_report *host);
/* The way to it, formats.md 2.12. */
void plain_add_path(const struct plain *plain, const struct host_report *host);
/* What scripts found of it, formats.md 2.2 row 16 and 2.8; and findings. */
void plain_add_scripts(const struct plain *plain, const struct host_report *host);
/* Rows of the port table; `lines` is used meanwhile. */
void plain_add_port_scripts(struct table *table, const struct host_report *host,
			    const struct port_report *port, struct buf *lines);
void plain_add_block(const struct plain *plain, const struct format_block *block);
/* "Findings: 3 high, 5 medium"; nothing when there are none. */
void plain_add_findings_total(const struct plain *plain, const struct format_totals *totals);
/* Progress lines, formats.md 2.14. */
void plain_add_task_begin(const struct plain *plain, const struct observation *seen);
void plain_add_task_end(const struct plain *plain, const struct observation *seen);
void plain_add_progress(const struct plain *plain, const struct format_progress *progress);
void plain_add_open_port(const struct plain *plain, const struct observation *seen);

#endif
