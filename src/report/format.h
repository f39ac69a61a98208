/* An output format is one const descriptor; the registry is format/all.def.
 * A format turns reports into bytes on an `out`; it asks no clock, opens no
 * file and knows neither engine nor journal, so a live run and a replayed
 * journal give the same bytes. */
#ifndef PORTOLAN_REPORT_FORMAT_H
#define PORTOLAN_REPORT_FORMAT_H

#include "detect/vendor/vendors.h"
#include "engine/plan.h"
#include "report/host_report.h"
#include "report/out.h"

/* What a document says of its run. Borrowed by writers for their lifetime. */
struct format_context {
	const struct plan *plan; /* command line, ports, verbosity, services ... */
	const char *program;     /* "Nmap" or "portolan": the start line */
	const char *version;     /* as "# Nmap <version>" and XML version= print it */
	const char *url;
	int64_t start_s; /* when the run began, since 1970 */
	bool screen;     /* normal format: the lines only a person sees (formats.md 1.1) */
	bool colour;     /* screen only */
	bool terminal;   /* screen only: neutralise anything a terminal could obey */
	bool resumed;    /* a second part is appended to an old log (formats.md 11.8) */
	const struct vendors *vendors; /* NULL: the compiled-in table */
	/* The folder that data files were read from; NULL: what is compiled in was used. */
	const char *data_folder;
	/* What the runtime keys have changed (MI-04); NULL: the plan's. */
	const int *verbosity_now, *debugging_now;
};

int format_verbosity(const struct format_context *context);
int format_debugging(const struct format_context *context);
/* --reason, -vv or -d. */
bool format_reasons(const struct format_context *context);
/* Whether a host belongs in a report for people and their tools: hosts that
 * are down only with -v, those without an open port not with --open. */
bool format_shows(const struct format_context *context, const struct host_report *host);

enum format_event_kind {
	FORMAT_BEGIN,      /* headers */
	FORMAT_SKIPPED,    /* seen->skipped */
	FORMAT_HINT,       /* a host was found up, its report will follow; host is set */
	FORMAT_PORT,       /* a port was found open (progress); seen->port */
	FORMAT_SERVICE,    /* what runs on a port was found out; seen->service */
	FORMAT_SYSTEM,     /* which system a host runs was found out; seen->system */
	FORMAT_PATH,       /* the way to a host is known; seen->path */
	FORMAT_SCRIPT,     /* a script gave a result; seen->script */
	FORMAT_FINDING,    /* something is wrong; seen->finding */
	FORMAT_SCRIPTS,    /* block: all that was found before the scan, or after it */
	FORMAT_TASK_BEGIN, /* seen->task */
	FORMAT_TASK_END,
	FORMAT_TASK_PROGRESS, /* progress is set */
	FORMAT_HOST,          /* host is set: the full report */
	FORMAT_WARNING,       /* text: goes to stderr and the normal file, formats.md 1.1 */
	FORMAT_END,           /* totals; last event */
};

struct format_progress {
	const char *task;
	double percent;
	int64_t now_s, etc_s; /* etc_s 0: not estimated */
};

struct format_totals {
	enum run_outcome outcome;
	const char *why; /* error text; NULL */
	int64_t end_s;
	double elapsed_s;
	uint64_t hosts_total, hosts_up;
	uint64_t probes_sent;
	double estimated_missed; /* < 0 unknown */
	uint64_t findings[FINDING_SEVERITIES];
};

struct format_block {
	enum script_scope scope; /* SCRIPT_PRE, SCRIPT_POST */
	struct scripts_report scripts;
};

struct format_event {
	enum format_event_kind kind;
	const struct observation *seen; /* the fact behind it, where there is one */
	const struct host_report *host;
	const struct format_progress *progress;
	const struct format_totals *totals;
	const struct format_block *block;
	const char *text;
};

/* Adds up what a report holds. */
void format_count_findings(struct format_totals *totals, const struct scripts_report *scripts);

/* One document being written: a format, its output, and its state. */
struct format_writer {
	const struct report_format *format;
	const struct format_context *context; /* borrowed */
	struct out *out;                      /* owned */
	void *state;                          /* the format's */
};

struct report_format {
	const char *name;   /* "xml" */
	const char *option; /* "oX"; NULL: no option asks for it */
	const char *suffix; /* of -oA: ".xml"; NULL when not part of it */
	const char *help;
	size_t state_bytes; /* zeroed memory at writer->state */
	void (*event)(struct format_writer *writer, const struct format_event *event);
	void (*release)(struct format_writer *writer); /* frees what state owns; may be NULL */
};

const struct report_format *const *format_all(size_t *ret_count);
const struct report_format *format_by_name(const char *name); /* NULL */

/* Takes ownership of out, also on failure. */
int format_writer_new(const struct report_format *format, const struct format_context *context,
		      struct out *out, struct format_writer **ret_writer);
void format_writer_event(struct format_writer *writer, const struct format_event *event);
/* Closes the output; gives its error. NULL is fine. */
int format_writer_free(struct format_writer *writer, struct diag *ret_diag);

#endif
