/* What cannot be asked for together (features.md CL-12), and what this
 * version cannot do yet. Conflicts are told of first: they stay wrong when
 * the feature has come. */
#include "api/plan_check.h"
#include "util/error.h"

#include <string.h>

#define LIST_MAX 16
#define ALL_SCANS                                                                           \
	USE_SYN, USE_ACK, USE_WINDOW, USE_FIN, USE_XMAS, USE_NULL, USE_MAIMON, USE_CONNECT, \
		USE_IDLE, USE_BOUNCE, USE_UDP, USE_SCTP_INIT, USE_SCTP_COOKIE
#define NO_SYN_SCAN                                                                           \
	USE_ACK, USE_WINDOW, USE_FIN, USE_XMAS, USE_NULL, USE_MAIMON, USE_CONNECT, USE_IDLE,  \
		USE_BOUNCE, USE_UDP, USE_SCTP_INIT, USE_SCTP_COOKIE, USE_PROTOCOLS, USE_LIST, \
		USE_PING_ONLY, USE_NO_RAW

/* One of these and one of those may not meet, unless `unless` is there too. */
struct conflict {
	uint16_t these[LIST_MAX], those[LIST_MAX], unless[2];
	const char *words;
};

static const struct conflict conflicts[] = {
	{.these = {USE_V4},
	 .those = {USE_V6},
	 .words = "-4 and -6 exclude each other; leave both out to scan each target in its own "
		  "family"},
	{.these = {USE_LIST, USE_PING_ONLY},
	 .those = {ALL_SCANS, USE_PROTOCOLS},
	 .words = "-sL and -sn scan no ports, so they go with no scan type; leave out one or the "
		  "other"},
	{.these = {USE_LIST, USE_PING_ONLY},
	 .those = {USE_PORTS, USE_FAST, USE_SERVICE_FILE},
	 .words =
		 "-sL and -sn scan no ports, so -p, -F and --servicedb cannot apply; leave out one "
		 "or the other"},
	{.these = {USE_LIST, USE_PING_ONLY},
	 .those = {USE_OS},
	 .words = "-O needs a port scan to work from; leave out -sL or -sn, or -O"},
	{.these = {USE_LIST, USE_PING_ONLY},
	 .those = {USE_AGGRESSIVE},
	 .unless = {USE_NO_RAW},
	 .words = "-A needs a port scan to work from; leave out -sL or -sn, or -A"},
	{.these = {USE_PORTS},
	 .those = {USE_FAST, USE_SERVICE_FILE},
	 .words = "-p and -F both choose the ports (--servicedb implies -F); keep one of them, or "
		  "narrow -p with --top-ports"},
	{.these = {USE_PROTOCOLS},
	 .those = {ALL_SCANS},
	 .words = "-sO goes with no other scan type; scan ports in a second run"},
	{.these = {USE_V6},
	 .those = {USE_PING_STAMP, USE_PING_MASK},
	 .words = "-PP and -PM ask in ways that IPv6 does not have; use -PE, -PS or -PA with -6"},
	{.these = {USE_V6},
	 .those = {USE_RANDOM, USE_BOUNCE, USE_FRAGMENT},
	 .words = "-iR, -b and -f are for IPv4 only; leave out -6 or them"},
	{.these = {USE_AGGRESSIVE},
	 .those = {USE_IDLE},
	 .unless = {USE_NO_RAW},
	 .words = "-A would show the zombie's target who we are; leave it out with -sI"},
	{.these = {USE_TRACEROUTE},
	 .those = {USE_IDLE},
	 .words = "--traceroute would show the zombie's target who we are; leave it out with -sI"},
	{.these = {USE_TRACEROUTE},
	 .those = {USE_NO_RAW},
	 .words =
		 "--traceroute needs raw packets, for which there is no privilege (CAP_NET_RAW, or "
		 "--unprivileged was given); run as root, or leave it out"},
	{.these = {USE_OS},
	 .those = {USE_NO_RAW},
	 .words = "-O needs raw packets, for which there is no privilege (CAP_NET_RAW, or "
		  "--unprivileged was given); run as root, or leave it out"},
	{.these = {USE_DEFEAT_RST},
	 .those = {NO_SYN_SCAN},
	 .unless = {USE_SYN, USE_OPEN},
	 .words = "--defeat-rst-ratelimit goes with -sS or --open only: elsewhere it would hide "
		  "closed ports"},
	{.these = {USE_SWEEP, USE_SHARD},
	 .those = {USE_LIST},
	 .words = "--sweep and --shard send probes, and -sL sends nothing; leave out one"},
	{.these = {USE_JOURNAL},
	 .those = {USE_NO_JOURNAL},
	 .words = "--journal and --no-journal exclude each other; keep one"},
};

bool check_used_any(const struct settings *settings, const uint16_t *list, size_t most)
{
	size_t i;

	for (i = 0; i < most && list[i]; i++)
		if (settings->uses[list[i]])
			return true;
	return false;
}

static int check_conflicts(const struct settings *settings, struct diag *diag)
{
	size_t i;

	for (i = 0; i < sizeof(conflicts) / sizeof(conflicts[0]); i++) {
		const struct conflict *c = &conflicts[i];

		if (check_used_any(settings, c->these, LIST_MAX) &&
		    check_used_any(settings, c->those, LIST_MAX) &&
		    !check_used_any(settings, c->unless, 2))
			return diag_set(diag, ERROR_CONFLICT, "%s", c->words);
	}
	if (settings->uses[USE_DEFEAT_ICMP] && !settings->uses[USE_UDP])
		return diag_set(
			diag, ERROR_CONFLICT,
			"--defeat-icmp-ratelimit is for the UDP scan; add -sU or leave it out");
	if (settings->uses[USE_JSON] && !settings->uses[USE_DRY_RUN])
		return diag_set(
			diag, ERROR_CONFLICT,
			"--json is how --dry-run shows its plan; add --dry-run (results as JSON: "
			"-oJ <file>)");
	return 0;
}

void check_add_title(const struct settings *settings, unsigned use, char *text, size_t bytes)
{
	struct option_walk walk = {settings->table, 0};
	const struct option_row *row;
	char title[OPTION_TITLE_BYTES];
	size_t used = strlen(text);

	while ((row = option_next(&walk)))
		if (row->mark == use)
			break;
	if (row)
		snprintf(text + used, bytes - used, "%s%s", used ? ", " : "",
			 option_title(row, title));
}

static int check_one_tcp_scan(const struct settings *settings, struct diag *diag)
{
	char typed[128] = "";
	unsigned use, count = 0;

	for (use = USE_TCP_FIRST; use <= USE_TCP_LAST; use++)
		if (settings->uses[use]) {
			check_add_title(settings, use, typed, sizeof(typed));
			count++;
		}
	if (count <= 1)
		return 0;
	return diag_set(diag, ERROR_CONFLICT,
			"%s each scan TCP ports, and a run has one TCP scan; keep one of them",
			typed);
}

static int check_bounds(const struct settings *settings, struct diag *diag)
{
	if (settings->max_parallelism != NUMBER_UNSET &&
	    settings->min_parallelism > settings->max_parallelism)
		return diag_set(diag, ERROR_CONFLICT,
				"--min-parallelism %lld is more than --max-parallelism %lld",
				(long long)settings->min_parallelism,
				(long long)settings->max_parallelism);
	if (settings->max_hostgroup != NUMBER_UNSET &&
	    settings->min_hostgroup > settings->max_hostgroup)
		return diag_set(diag, ERROR_CONFLICT,
				"--min-hostgroup %lld is more than --max-hostgroup %lld",
				(long long)settings->min_hostgroup,
				(long long)settings->max_hostgroup);
	if (settings->max_rate >= 0 && settings->min_rate > settings->max_rate)
		return diag_set(diag, ERROR_CONFLICT, "--min-rate %g is more than --max-rate %g",
				settings->min_rate, settings->max_rate);
	return 0;
}

static int check_files(const struct settings *settings, struct diag *diag)
{
	size_t i, screens = 0;

	for (i = 0; i < settings->files_count; i++)
		screens += !strcmp(settings->files[i].path, "-");
	if (screens > 1)
		return diag_set(diag, ERROR_CONFLICT,
				"more than one format was sent to standard output (-), where they "
				"would be mixed; give the others files");
	return 0;
}

static int check_later(const struct settings *settings, struct diag *diag)
{
	const struct option_row *row = settings->later;
	char title[OPTION_TITLE_BYTES];

	if (!row)
		return 0;
	return diag_set(diag, ERROR_UNSUPPORTED,
			"%s (%s) needs %s, which this version does not have yet; leave it out",
			option_title(row, title), row->help, row->later);
}

static void warn_of_odd_values(struct settings *settings)
{
	if (settings->min_parallelism > 100)
		settings_warn(settings,
			      "Warning: --min-parallelism %lld is high; answers may be missed.",
			      (long long)settings->min_parallelism);
	if (settings->max_parallelism > 900)
		settings_warn(
			settings,
			"Warning: --max-parallelism %lld is very high; answers may be missed.",
			(long long)settings->max_parallelism);
	if (settings->min_hostgroup > 100)
		settings_warn(settings, "Warning: --min-hostgroup %lld is high.",
			      (long long)settings->min_hostgroup);
	if (settings->max_rtt.given && settings->max_rtt.ns < 20000000)
		settings_warn(
			settings,
			"Warning: --max-rtt-timeout below 20ms misses answers that are merely "
			"slow.");
	if (settings->scan_delay.given && (settings->min_parallelism != NUMBER_UNSET ||
					   settings->max_parallelism != NUMBER_UNSET))
		settings_warn(settings, "Warning: --scan-delay sends one probe at a time, so "
					"--min-parallelism and --max-parallelism are ignored.");
	if (settings->uses[USE_SYSTEM_DNS] && settings->dns_servers.count)
		settings_warn(settings, "Warning: --dns-servers is ignored with --system-dns.");
	warn_of_raw_packets(settings);
}

int settings_check(struct settings *settings, bool raw_possible, struct diag *diag)
{
	int r;

	if (settings->privileged < 0 ? !raw_possible : !settings->privileged)
		settings->uses[USE_NO_RAW] = 1;
	if ((r = check_conflicts(settings, diag)) < 0 ||
	    (r = check_one_tcp_scan(settings, diag)) < 0 ||
	    (r = check_bounds(settings, diag)) < 0 || (r = check_files(settings, diag)) < 0 ||
	    (r = check_later(settings, diag)) < 0 || (r = check_raw_packets(settings, diag)) < 0)
		return r;
	warn_of_odd_values(settings);
	return 0;
}
