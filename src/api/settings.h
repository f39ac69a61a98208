/* What a command line said, before it is checked and resolved into a plan.
 * Strings are argv's. Filled by the setters of the option rows; read by
 * plan_check.c and plan_from_argv.c. */
#ifndef PORTOLAN_API_SETTINGS_H
#define PORTOLAN_API_SETTINGS_H

#include "api/options.h"
#include "util/option.h"

#include <limits.h>

/* Headings of --help. */
enum option_group {
	GROUP_TARGETS,
	GROUP_DISCOVERY,
	GROUP_SCANS,
	GROUP_PORTS,
	GROUP_SERVICES,
	GROUP_SCRIPTS,
	GROUP_OS,
	GROUP_TIMING,
	GROUP_EVASION,
	GROUP_OUTPUT,
	GROUP_MISC,
};

/* The marks of the rows: how often each was typed is counted, and the
 * compatibility matrix is written in them. */
enum use {
	USE_NONE,
	/* targets */
	USE_INPUT_FILE,
	USE_RANDOM,
	USE_UNIQUE,
	USE_RESOLVE_ALL,
	USE_V4,
	USE_V6,
	/* discovery */
	USE_LIST,
	USE_PING_ONLY,
	USE_PING_SKIP,
	USE_PING_SYN,
	USE_PING_ACK,
	USE_PING_BOTH,
	USE_PING_UDP,
	USE_PING_SCTP,
	USE_PING_PROTO,
	USE_PING_ECHO,
	USE_PING_STAMP,
	USE_PING_MASK,
	USE_IGNORE_RST,
	USE_RANDOMIZE,
	USE_NO_NAMES,
	USE_ALL_NAMES,
	USE_SYSTEM_DNS,
	USE_TRACEROUTE,
	USE_MMDB,
	/* scans: TCP ones first, in their order of execution (SC-19) */
	USE_SYN,
	USE_ACK,
	USE_WINDOW,
	USE_FIN,
	USE_XMAS,
	USE_NULL,
	USE_MAIMON,
	USE_CONNECT,
	USE_IDLE,
	USE_BOUNCE,
	USE_UDP,
	USE_SCTP_INIT,
	USE_SCTP_COOKIE,
	USE_PROTOCOLS,
	/* ports */
	USE_PORTS,
	USE_FAST,
	USE_SERVICE_FILE,
	USE_SEQUENTIAL,
	/* detection */
	USE_VERSION,
	USE_VERSION_HOW, /* options that do nothing without it */
	USE_VERSION_TRACE,
	USE_ALL_PORTS,
	USE_OS,
	USE_OS_HOW, /* options that do nothing without it */
	USE_AGGRESSIVE,
	USE_SCRIPTS,    /* -sC */
	USE_SCRIPT,     /* --script */
	USE_SCRIPT_HOW, /* options that do nothing without scripts */
	USE_SCRIPT_TRACE,
	USE_SCRIPT_HELP,
	USE_SCRIPT_DB,
	/* timing */
	USE_NO_GROUP,
	USE_DEFEAT_RST,
	USE_DEFEAT_ICMP,
	/* evasion: what raw packets look like */
	USE_FRAGMENT,
	USE_DECOYS,
	USE_SOURCE_PORT,
	USE_PAYLOAD,
	USE_SCAN_FLAGS,
	USE_IP_OPTIONS,
	USE_SPOOF_MAC,
	USE_BAD_SUM,
	USE_ADLER32,
	USE_PCAP,
	USE_LAYER,
	USE_NO_NEIGHBOURS,
	/* sweeps */
	USE_SWEEP,
	USE_SHARD,
	USE_SPECIAL,
	/* output */
	USE_OPEN,
	USE_REASON,
	USE_PACKET_TRACE,
	USE_APPEND,
	USE_STYLESHEET,
	USE_WEB_STYLESHEET,
	USE_NO_STYLESHEET,
	USE_NONINTERACTIVE,
	USE_SILENT,
	USE_RESUME,
	/* the rest */
	USE_PRIVILEGED,
	USE_NO_RAW, /* not typed: settings_check() sets it when raw packets are not to be had */
	USE_NO_JOURNAL,
	USE_JOURNAL,
	USE_DRY_RUN,
	USE_EXPLAIN,
	USE_EXPLAIN_ROUTE,
	USE_ROUTE_TO,
	USE_JSON,
	USES
};

#define USE_TCP_FIRST USE_SYN
#define USE_TCP_LAST  USE_BOUNCE
#define USE_LAST_SCAN USE_PROTOCOLS

struct text_list {
	const char **items;
	size_t count, cap;
};

/* ERROR_MEMORY. The text is borrowed. */
int text_list_add(struct text_list *list, const char *text);
void text_list_release(struct text_list *list);

struct time_setting {
	uint64_t ns;
	bool given;
};

/* --data and kin: the most bytes (EV-06). */
#define PAYLOAD_MAX 65435

/* Flags of OS detection. */
enum os_flag { OS_LIMIT = 1, OS_GUESS = 2, OS_ALL = 4, OS_OLD_XML = 8 };

/* A number option that was not given. */
#define NUMBER_UNSET INT64_MIN

struct settings {
	const struct option_table *table; /* for variants; borrowed */
	enum request_kind kind;
	const struct option_row *later; /* the first typed that this version cannot do; NULL */
	unsigned uses[USES];
	/* Warnings that nmap would print to stderr; may be NULL. */
	void (*warn)(void *self, const char *text);
	void *self;

	/* Texts, by their owners' rows. NULL: not given. */
	const char *input_file, *ports, *exclude_ports, *service_file, *datadir, *version_db,
		*os_db, *script_args, *script_args_file, *script_help;
	const char *ping_ports[USES]; /* of USE_PING_SYN to USE_PING_PROTO */
	const char *source_addr, *source_interface, *zombie;
	const char *stylesheet, *resume, *journal, *pcap;
	const char *data, *ip_options, *spoof_mac;
	struct text_list operands, excludes, exclude_files, dns_servers, decoys, route_to, mmdbs,
		scripts, script_allow, script_limits;
	struct text_list split; /* memory of lists that were cut at commas; owned */

	int64_t random_count, top_ports, ttl, max_retries, seed;
	int64_t min_parallelism, max_parallelism, min_hostgroup, max_hostgroup;
	int64_t source_port, data_length, fragment_bytes;
	int64_t shard, shards; /* from 1 */
	int64_t version_intensity, os_tries, os_probes;
	unsigned os_flags; /* enum os_flag */
	bool data_is_hex;  /* --data, not --data-string */
	int scan_flags;    /* -1: not given */
	int privileged;    /* --privileged 1, --unprivileged 0, the last typed; -1: neither */
	enum plan_layer layer;
	double port_ratio, min_rate, max_rate; /* negative: not given */
	int timing_level, verbosity, debugging;
	struct time_setting min_rtt, initial_rtt, max_rtt, scan_delay, max_scan_delay;
	struct time_setting host_timeout, script_timeout, stats_every;

	struct plan_file files[PLAN_FILES_MAX];
	size_t files_count;
	char *base_paths[PLAN_FILES_MAX]; /* owned: what -oA made */
	size_t base_paths_count;
};

void settings_init(struct settings *settings);
void settings_release(struct settings *settings);
void settings_warn(struct settings *settings, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Setters that rows share (options_set.c). Each counts row->mark, and notes
 * the row when it comes in a later version. */
int set_mark(void *settings, const struct option_row *row, const char *value, struct diag *diag);
int set_mark_once(void *settings, const struct option_row *row, const char *value,
		  struct diag *diag);
/* const char * at offset; _once refuses a second one. */
int set_text(void *settings, const struct option_row *row, const char *value, struct diag *diag);
int set_text_once(void *settings, const struct option_row *row, const char *value,
		  struct diag *diag);
/* struct text_list at offset: cut at commas (and white space), or whole. */
int set_split_list(void *settings, const struct option_row *row, const char *value,
		   struct diag *diag);
int set_list(void *settings, const struct option_row *row, const char *value, struct diag *diag);
/* int64_t at offset, minimum..maximum. */
int set_number(void *settings, const struct option_row *row, const char *value, struct diag *diag);
/* double at offset, more than 0. */
int set_rate(void *settings, const struct option_row *row, const char *value, struct diag *diag);
/* struct time_setting at offset; without a unit it must be below `maximum`
 * seconds (CL-09; 0: any), and it must be at least `minimum` ns. */
int set_time(void *settings, const struct option_row *row, const char *value, struct diag *diag);
/* For old spellings of no effect. */
int set_nothing(void *settings, const struct option_row *row, const char *value, struct diag *diag);

/* The rows, chained in this order. */
extern const struct option_table options_targets, options_discovery, options_scans, options_ports,
	options_detection, options_timing, options_evasion, options_output, options_misc;

/* plan_check.c: the compatibility matrix (CL-12), then features that come
 * later. raw_possible: by the machine. ERROR_CONFLICT, ERROR_UNSUPPORTED,
 * ERROR_RANGE, ERROR_PERMISSION ... with words. */
int settings_check(struct settings *settings, bool raw_possible, struct diag *diag);
/* Raw packets may be used: what was typed, else what is possible. After settings_check(). */
bool settings_privileged(const struct settings *settings);
/* The option that asks for it by name, or -A where raw packets may be used. */
bool settings_want(const struct settings *settings, enum use use);

/* plan_build.c: the plan of settings that were checked. `order` is the
 * arguments as getopt leaves them. */
int plan_from_settings(struct settings *settings, const struct plan_request *request,
		       const char *const *order, size_t order_count, struct plan **ret_plan,
		       struct diag *diag);

#endif
