#include "api/plan_json.h"

#include "api/packet_words.h"

#define AT(member)   offsetof(struct plan, member)
#define MOST_NS      9.2e18
#define MOST_PROBES  1000000
#define MOST_RETRIES 250

#define BOOL(section, name, member)                            \
	{                                                      \
		section, name, FIELD_BOOL, AT(member), 0, 0, 0 \
	}
#define INT(section, name, member, least, most)                      \
	{                                                            \
		section, name, FIELD_INT, AT(member), 0, least, most \
	}
#define UNSIGNED(section, name, member, least, most)                      \
	{                                                                 \
		section, name, FIELD_UNSIGNED, AT(member), 0, least, most \
	}
#define U8(section, name, member, least, most)                      \
	{                                                           \
		section, name, FIELD_U8, AT(member), 0, least, most \
	}
#define U16(section, name, member, least, most)                      \
	{                                                            \
		section, name, FIELD_U16, AT(member), 0, least, most \
	}
#define SIZE(section, name, member, most)                         \
	{                                                         \
		section, name, FIELD_SIZE, AT(member), 0, 0, most \
	}
#define U64(section, name, member, most)                         \
	{                                                        \
		section, name, FIELD_U64, AT(member), 0, 0, most \
	}
#define DOUBLE(section, name, member, least, most)                      \
	{                                                               \
		section, name, FIELD_DOUBLE, AT(member), 0, least, most \
	}
#define TEXT(section, name, member)                            \
	{                                                      \
		section, name, FIELD_TEXT, AT(member), 0, 0, 0 \
	}
#define TEXTS(section, name, member, count)                             \
	{                                                               \
		section, name, FIELD_TEXTS, AT(member), AT(count), 0, 0 \
	}
#define TIME(name) U64("timing", #name, timing.name, MOST_NS)

const struct plan_field plan_fields[] = {
	TEXT(NULL, "command_line", command_line),
	TEXTS(NULL, "argv", argv, argc),
	BOOL(NULL, "list_only", list_only),
	BOOL(NULL, "port_scan", port_scan),
	BOOL(NULL, "sequential_ports", sequential_ports),
	BOOL(NULL, "exact_ports", exact_ports),
	BOOL(NULL, "system_dns", system_dns),
	TEXTS(NULL, "dns_servers", dns_servers, dns_servers_count),
	TEXT(NULL, "source_interface", source_interface),
	INT(NULL, "ttl", ttl, -1, 255),
	BOOL(NULL, "privileged", privileged),
	BOOL(NULL, "dry_run", dry_run),
	BOOL(NULL, "explain", explain),
	BOOL(NULL, "explain_routes", explain_routes),
	TEXTS(NULL, "route_to", route_to, route_to_count),
	BOOL(NULL, "json", json),
	TEXT(NULL, "resume_from", resume_from),
	TEXT(NULL, "protocols", protocols_path),
	TEXT(NULL, "vendors", vendors_path),
	TEXT(NULL, "payloads", payloads_path),

	TEXTS("targets", "expressions", targets.expressions, targets.expressions_count),
	TEXTS("targets", "input_files", targets.input_files, targets.input_files_count),
	BOOL("targets", "random", targets.random),
	U64("targets", "random_count", targets.random_count, 4294967296.0),
	TEXTS("targets", "excludes", targets.excludes, targets.excludes_count),
	TEXTS("targets", "exclude_files", targets.exclude_files, targets.exclude_files_count),
	INT("targets", "families", targets.families, RESOLVE_V4, RESOLVE_BOTH),
	BOOL("targets", "families_forced", targets.families_forced),
	BOOL("targets", "unique", targets.unique),
	BOOL("targets", "resolve_all", targets.resolve_all),
	TEXT("targets", "scope_interface", targets.scope_interface),

	BOOL("discovery", "skip", discovery.skip),
	BOOL("discovery", "ignore_reset", discovery.ignore_reset),
	BOOL("discovery", "randomize", discovery.randomize),
	BOOL("discovery", "neighbours", discovery.neighbours),

	U16("packets", "fragment_bytes", packets.fragment_bytes, 0, 65528),
	U16("packets", "source_port", packets.source_port, 0, 65535),
	BOOL("packets", "has_source_port", packets.has_source_port),
	BOOL("packets", "has_data", packets.has_data),
	INT("packets", "scan_flags", packets.scan_flags, -1, 255),
	BOOL("packets", "bad_sum", packets.bad_sum),
	BOOL("packets", "adler32", packets.adler32),
	TEXT("packets", "pcap", packets.pcap_path),
	SIZE("packets", "own_place", packets.own_place, PLAN_DECOYS_MAX),
	SIZE("packets", "target_at", packets.target_at, IP_OPTIONS_MAX - 4),

	BOOL("sweep", "wanted", sweep.wanted),
	BOOL("sweep", "pings", sweep.pings),
	BOOL("sweep", "special", sweep.special),
	INT("sweep", "retries", sweep.retries, -1, MOST_RETRIES),
	UNSIGNED("sweep", "shard", sweep.shard, 0, 4294967294.0),
	UNSIGNED("sweep", "shards", sweep.shards, 1, 4294967295.0),

	BOOL("version", "wanted", version.wanted),
	U8("version", "intensity", version.intensity, 0, 9),
	BOOL("version", "all_ports", version.all_ports),
	BOOL("version", "trace", version.trace),
	TEXT("version", "probes", version.probes_path),

	BOOL("system", "wanted", system.wanted),
	BOOL("system", "limit", system.limit),
	BOOL("system", "guess", system.guess),
	BOOL("system", "all", system.all),
	U8("system", "tries", system.tries, 1, 50),
	U16("system", "probes_max", system.probes_max, 0, 65535),
	BOOL("system", "old_xml", system.old_xml),
	TEXT("system", "prints", system.db_path),

	BOOL("path", "wanted", path.wanted),
	TEXTS("path", "mmdb", path.mmdb_paths, path.mmdb_paths_count),

	BOOL("scripts", "wanted", scripts.wanted),
	BOOL("scripts", "standard", scripts.standard),
	BOOL("scripts", "version", scripts.version),
	TEXTS("scripts", "expressions", scripts.expressions, scripts.expressions_count),
	TEXT("scripts", "args", scripts.args),
	TEXT("scripts", "args_file", scripts.args_file),
	TEXTS("scripts", "folders", scripts.folders, scripts.folders_count),
	U64("scripts", "timeout_ns", scripts.timeout_ns, MOST_NS),
	BOOL("scripts", "trace", scripts.trace),
	BOOL("scripts", "files", scripts.files),
	BOOL("scripts", "processes", scripts.processes),
	U64("scripts", "busy_ns", scripts.busy_ns, MOST_NS),
	U64("scripts", "instructions", scripts.instructions, MOST_NS),
	U64("scripts", "memory_bytes", scripts.memory_bytes, MOST_NS),
	U64("scripts", "bytes_in", scripts.bytes_in, MOST_NS),
	U64("scripts", "bytes_out", scripts.bytes_out, MOST_NS),
	UNSIGNED("scripts", "sockets", scripts.sockets, 0, 65535),

	TEXT("idle", "zombie_name", idle.zombie_name),
	U16("idle", "port", idle.port, 0, 65535),

	INT("timing", "level", timing.level, 0, 5),
	TIME(min_rtt_ns),
	TIME(initial_rtt_ns),
	TIME(max_rtt_ns),
	TIME(scan_delay_ns),
	TIME(max_scan_delay_tcp_ns),
	TIME(max_scan_delay_udp_ns),
	TIME(max_scan_delay_sctp_ns),
	UNSIGNED("timing", "max_retries", timing.max_retries, 0, MOST_RETRIES),
	TIME(host_timeout_ns),
	TIME(script_timeout_ns),
	UNSIGNED("timing", "min_parallelism", timing.min_parallelism, 0, MOST_PROBES),
	UNSIGNED("timing", "max_parallelism", timing.max_parallelism, 0, MOST_PROBES),
	UNSIGNED("timing", "min_hostgroup", timing.min_hostgroup, 1, MOST_PROBES),
	UNSIGNED("timing", "max_hostgroup", timing.max_hostgroup, 1, MOST_PROBES),
	DOUBLE("timing", "min_rate_pps", timing.min_rate_pps, 0, 1e12),
	DOUBLE("timing", "max_rate_pps", timing.max_rate_pps, 0, 1e12),
	UNSIGNED("timing", "version_parallelism", timing.version_parallelism, 1, 1000),
	UNSIGNED("timing", "cwnd_step", timing.cwnd_step, 1, 100),
	DOUBLE("timing", "ssthresh_divisor", timing.ssthresh_divisor, 1, 10),
	DOUBLE("timing", "delay_drop_share", timing.delay_drop_share, 0, 1),
	UNSIGNED("timing", "delay_tries", timing.delay_tries, 1, MOST_RETRIES),
	BOOL("timing", "group_window", timing.group_window),
	BOOL("timing", "defeat_rst_ratelimit", timing.defeat_rst_ratelimit),
	BOOL("timing", "defeat_icmp_ratelimit", timing.defeat_icmp_ratelimit),

	BOOL("output", "append", output.append),
	INT("output", "verbosity", output.verbosity, 0, 10),
	INT("output", "debugging", output.debugging, 0, 10),
	BOOL("output", "verbosity_zero", output.verbosity_zero),
	BOOL("output", "reasons", output.reasons),
	BOOL("output", "open_only", output.open_only),
	BOOL("output", "packet_trace", output.packet_trace),
	BOOL("output", "no_stylesheet", output.no_stylesheet),
	TEXT("output", "stylesheet", output.stylesheet),
	U64("output", "stats_every_ns", output.stats_every_ns, MOST_NS),
	BOOL("output", "noninteractive", output.noninteractive),
	BOOL("output", "journal", output.journal),
	TEXT("output", "journal_path", output.journal_path),
};

const size_t plan_fields_count = sizeof(plan_fields) / sizeof(plan_fields[0]);
