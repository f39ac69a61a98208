/* A plan is everything the user asked for, resolved and validated, with no
 * text left to interpret. It is made by api/, stored in the journal as JSON,
 * and read-only once a run has it. */
#ifndef PORTOLAN_ENGINE_PLAN_H
#define PORTOLAN_ENGINE_PLAN_H

#include "engine/payloads.h"
#include "engine/target.h"
#include "engine/timing.h"
#include "net/mac.h"
#include "net/port_list.h"
#include "net/services.h"
#include "util/arena.h"

struct scan_technique; /* engine/technique.h */

#define PLAN_TECHNIQUES_MAX 8
#define PLAN_DECOYS_MAX     126

/* Which hosts get a reverse look-up (DN-01). */
enum plan_names { NAMES_UP, NAMES_NEVER, NAMES_ALWAYS };

/* One question of raw discovery. */
struct plan_ping {
	const struct scan_technique *technique;
	uint16_t port; /* or protocol; 0 for ICMP */
};

struct plan_discovery {
	bool skip;              /* -Pn: all targets are up */
	bool ignore_reset;      /* --discovery-ignore-rst */
	struct portset connect; /* ports of the connect ping: 80 and 443 unless asked */
	bool randomize;         /* --randomize-hosts */
	/* With raw packets: what is asked, in the order of HD-06 (those that the
	 * target's family does not have are left out), and whether neighbours are
	 * found by ARP and ND instead (HD-04; off with --disable-arp-ping, --send-ip). */
	const struct plan_ping *pings;
	size_t pings_count;
	bool neighbours;
};

/* --send-eth, --send-ip (EV-13), --send-xdp. */
enum plan_layer { LAYER_AUTOMATIC, LAYER_ETHERNET, LAYER_IP, LAYER_XDP };

/* What raw packets look like (features.md section 9), and where they leave. */
struct plan_packets {
	enum plan_layer layer;
	bool has_source_port; /* -g */
	uint16_t source_port;
	uint16_t fragment_bytes; /* -f, --mtu: of IP payload per fragment; 0 whole */
	/* -D: sent in this order, each probe once from each; the own address is sent at
	 * `own_place` (0 .. decoys_count). Random ones are drawn already. */
	const struct ip_addr *decoys;
	size_t decoys_count, own_place;
	bool has_data; /* --data, --data-string, --data-length: after the headers */
	const uint8_t *data;
	size_t data_bytes;
	/* --ip-options, padded to a multiple of 4. For source routes the header's
	 * destination is first_hop and the options hold the room for the target
	 * at target_at (EV-07); IP_NONE: no source route. */
	const uint8_t *ip_options;
	size_t ip_options_bytes;
	struct ip_addr first_hop;
	size_t target_at;
	int scan_flags; /* --scanflags; -1: the technique's */
	bool bad_sum, adler32;
	bool has_mac; /* --spoof-mac */
	struct mac_addr mac;
	const char *pcap_path; /* --pcap; NULL */
};

/* A stateless pass (--sweep), and the share of it that is ours (--shard). */
struct plan_sweep {
	bool pings;             /* only host discovery is swept; who is up is scanned as usual */
	bool wanted;            /* --sweep, or the plan is so large (see api/) */
	bool special;           /* special-purpose prefixes were asked for */
	int retries;            /* sends to the silent after the first; -1: as the loss asks for */
	uint32_t shard, shards; /* the shard-th (from 0) of `shards`; shards is 1 without --shard */
};

/* -sI: the zombie. */
struct plan_idle {
	struct ip_addr zombie; /* IP_NONE: no idle scan */
	const char *zombie_name;
	uint16_t port;
};

/* -sV (features.md section 5). */
struct plan_version {
	bool wanted;
	uint8_t intensity;       /* 0..9 */
	bool all_ports;          /* --allports: excluded ports, too */
	bool trace;              /* --version-trace */
	const char *probes_path; /* --versiondb, or from --datadir; NULL: the built-in signatures */
};

/* -O (features.md section 7). */
struct plan_system {
	bool wanted;
	bool limit;          /* --osscan-limit: only with an open and a closed TCP port */
	bool guess;          /* --osscan-guess: show near matches */
	bool all;            /* --osscan-all: all probes, even if they cannot change the answer */
	uint8_t tries;       /* --max-os-tries, 1..50; 5 */
	uint16_t probes_max; /* --max-os-probes, of a host; 0: as many as it takes */
	bool old_xml;        /* --deprecated-xml-osclass */
	const char *db_path; /* --osdb, or from --datadir; NULL: the built-in reference prints */
};

/* Scripts (features.md section 6). */
struct plan_scripts {
	bool wanted;              /* any of them, by whatever option */
	bool standard;            /* -sC, -A */
	bool version;             /* -sV: those of that category, too */
	const char **expressions; /* of each --script, as typed */
	size_t expressions_count;
	const char *args, *args_file; /* --script-args, --script-args-file; NULL */
	const char **folders;         /* with scripts/ and nselib/ in them, after our own */
	size_t folders_count;
	const char *datadir;   /* the one that --script-updatedb writes in; NULL */
	bool help, update_db;  /* --script-help, --script-updatedb: no scan */
	uint64_t timeout_ns;   /* --script-timeout; 0 none */
	bool trace;            /* --script-trace, --packet-trace */
	bool files, processes; /* --script-allow */
	/* Of each instance; 0: no limit. */
	uint64_t busy_ns, instructions, memory_bytes, bytes_in, bytes_out;
	uint32_t sockets; /* open at a time */
};

/* --traceroute (features.md section 14). */
struct plan_path {
	bool wanted;
	const char **mmdb_paths; /* --mmdb, in the order they were given */
	size_t mmdb_paths_count;
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
	struct port_rules *ports;   /* owned; NULL without a port scan */
	struct services *services;  /* owned; may be the built-in table */
	const char *services_path;  /* the file it was read from; NULL: the built-in table */
	const char *protocols_path; /* names of protocols came from here; NULL: built in */
	const char *vendors_path;   /* names of hardware vendors; NULL: built in */
	bool sequential_ports;      /* -r */
	bool exact_ports;           /* --exclude-ports: no port is asked but those */

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
	struct plan_packets packets;
	struct plan_sweep sweep;
	struct plan_version version;
	struct plan_system system;
	struct plan_path path;
	struct plan_scripts scripts;
	struct plan_idle idle;
	struct payloads *payloads; /* owned; NULL without UDP probes */
	const char *payloads_path; /* the file they were read from; NULL: the built-in ones */
	bool dry_run, explain;     /* --dry-run, --explain */
	bool explain_routes;       /* --explain-route: say which way each target is, and end */
	char **route_to;           /* --route-dst: say the way to these first */
	size_t route_to_count;
	bool json; /* --json: what --dry-run prints is the plan's JSON */
	uint64_t seed;
	const char *resume_from; /* the log or journal id that --resume named; NULL */
};

/* All zero plus defaults (T3, both families, names of hosts that are up ...). NULL: memory. */
struct plan *plan_new(void);
void plan_free(struct plan *plan); /* NULL is fine */

#endif
