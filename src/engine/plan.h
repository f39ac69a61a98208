/* A plan is everything the user asked for, resolved and validated, with no
 * text left to interpret. It is made by api/, stored in the journal as JSON,
 * and read-only once a run has it. */
#ifndef PORTOLAN_ENGINE_PLAN_H
#define PORTOLAN_ENGINE_PLAN_H

#include "engine/target.h"
#include "engine/timing.h"
#include "net/port_list.h"
#include "net/services.h"
#include "util/arena.h"

struct scan_technique; /* engine/technique.h */

#define PLAN_TECHNIQUES_MAX 8

/* Which hosts get a reverse look-up (DN-01). */
enum plan_names { NAMES_UP, NAMES_NEVER, NAMES_ALWAYS };

struct plan_discovery {
	bool skip;              /* -Pn: all targets are up */
	bool ignore_reset;      /* --discovery-ignore-rst */
	struct portset connect; /* ports of the connect ping: 80 and 443 unless asked */
	bool randomize;         /* --randomize-hosts */
};

struct plan_file {
	const char *format; /* "normal", "xml", "grepable", "skiddie", "ndjson", "csv" */
	const char *path;   /* as typed, strftime marks unexpanded; "-" is standard output */
};

#define PLAN_FILES_MAX 8

struct plan_output {
	struct plan_file files[PLAN_FILES_MAX];
	size_t files_count;
	bool append;
	int verbosity, debugging; /* 0..10 */
	bool verbosity_zero;      /* -v0: standard output is silent */
	bool reasons;             /* --reason, -vv, -d */
	bool open_only;           /* --open */
	bool packet_trace;
	bool no_stylesheet;
	const char *stylesheet;  /* NULL: the default */
	uint64_t stats_every_ns; /* 0: off */
	bool noninteractive;
	bool journal;             /* false with --no-journal */
	const char *journal_path; /* NULL: the default under the XDG state folder */
};

struct plan {
	struct arena arena;       /* owns every string and array of the plan */
	const char *program;      /* "portolan" or "nmap": how we were called */
	const char *command_line; /* echo, formats.md 1.3 */
	const char *const *argv;  /* the arguments as parsed order, for resume */
	size_t argc;

	struct target_config targets;
	bool list_only; /* -sL */
	bool port_scan; /* false with -sn, -sL */
	struct plan_discovery discovery;
	const struct scan_technique
		*techniques[PLAN_TECHNIQUES_MAX]; /* in their fixed order, SC-19 */
	size_t techniques_count;
	struct port_rules *ports;  /* owned; NULL without a port scan */
	struct services *services; /* owned; may be the built-in table */
	const char *services_path; /* the file it was read from; NULL: the built-in table */
	bool sequential_ports;     /* -r */

	enum plan_names names;
	bool system_dns;
	const char **dns_servers;
	size_t dns_servers_count;

	struct timing timing;
	struct plan_output output;

	const char *source_interface; /* -e; NULL */
	struct ip_addr source_addr;   /* -S; IP_NONE */
	int ttl;                      /* --ttl; -1 unset */
	bool privileged;              /* raw packets allowed and possible */
	bool dry_run, explain;        /* --dry-run, --explain */
	bool json;                    /* --json: what --dry-run prints is the plan's JSON */
	uint64_t seed;
	const char *resume_from; /* the log or journal id that --resume named; NULL */
};

/* All zero plus defaults (T3, both families, names of hosts that are up ...). NULL: memory. */
struct plan *plan_new(void);
void plan_free(struct plan *plan); /* NULL is fine */

#endif
