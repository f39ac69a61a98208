/* Raw packets: who may send them, what asks for them in vain, and what they
 * cannot be together. */
#include "api/plan_check.h"
#include "util/error.h"

#include <string.h>
#include <strings.h>

static const uint16_t raw_scans[] = {
	USE_SYN,  USE_ACK, USE_WINDOW,    USE_FIN,         USE_XMAS,      USE_NULL, USE_MAIMON,
	USE_IDLE, USE_UDP, USE_SCTP_INIT, USE_SCTP_COOKIE, USE_PROTOCOLS, 0};
/* Without them nothing is left to do. */
static const uint16_t raw_only[] = {
	USE_PING_UDP, USE_PING_SCTP, USE_PING_PROTO, USE_FRAGMENT, USE_SWEEP, USE_SHARD, 0};
/* What connections pass over (EV-14). */
static const uint16_t raw_looks[] = {USE_FRAGMENT,
				     USE_DECOYS,
				     USE_SOURCE_PORT,
				     USE_PAYLOAD,
				     USE_SCAN_FLAGS,
				     USE_IP_OPTIONS,
				     USE_SPOOF_MAC,
				     USE_BAD_SUM,
				     USE_ADLER32,
				     USE_PCAP,
				     0};
static const uint16_t icmp_pings[] = {USE_PING_ECHO, USE_PING_STAMP, USE_PING_MASK, 0};
/* What fragments are made of (features.md EV-01). */
static const uint16_t fragmentable[] = {USE_SYN,  USE_ACK,  USE_WINDOW, USE_FIN,
					USE_XMAS, USE_NULL, USE_MAIMON, 0};
static const uint16_t fragmentable_pings[] = {USE_PING_SYN, USE_PING_ACK, USE_PING_BOTH,
					      USE_PING_STAMP, 0};
static const uint16_t all_pings[] = {
	USE_PING_SYN,   USE_PING_ACK,  USE_PING_BOTH,  USE_PING_UDP,  USE_PING_SCTP,
	USE_PING_PROTO, USE_PING_ECHO, USE_PING_STAMP, USE_PING_MASK, 0};

#define ANY(settings, list) check_used_any(settings, list, sizeof(list) / sizeof((list)[0]))

bool settings_privileged(const struct settings *settings)
{
	return !settings->uses[USE_NO_RAW];
}

bool settings_want(const struct settings *settings, enum use use)
{
	return settings->uses[use] ||
	       (settings->uses[USE_AGGRESSIVE] && settings_privileged(settings));
}

/* Scans by connections: they were asked for, or nothing else is allowed. */
static bool connects(const struct settings *settings)
{
	return settings->uses[USE_CONNECT] || !settings_privileged(settings);
}

static int check_privilege(const struct settings *settings, struct diag *diag)
{
	char typed[128] = "";
	size_t i;

	if (settings_privileged(settings))
		return 0;
	for (i = 0; raw_scans[i]; i++)
		if (settings->uses[raw_scans[i]])
			check_add_title(settings, raw_scans[i], typed, sizeof(typed));
	for (i = 0; raw_only[i]; i++)
		if (settings->uses[raw_only[i]])
			check_add_title(settings, raw_only[i], typed, sizeof(typed));
	if (!typed[0])
		return 0;
	return diag_set(diag, ERROR_PERMISSION,
			"%s cannot be done without raw packets, %s; run as root or with the "
			"capability CAP_NET_RAW, or scan by connecting (-sT, -PS<ports>)",
			typed,
			settings->privileged == 0 ? "which --unprivileged forbids"
						  : "for which there is no privilege");
}

/* Default pings hold a SYN, so they can be cut. */
static bool fragments_something(const struct settings *settings)
{
	const unsigned *uses = settings->uses;
	bool pings = !uses[USE_PING_SKIP] && !uses[USE_LIST];
	bool scans = !uses[USE_LIST] && !uses[USE_PING_ONLY];
	bool default_scan = scans && !ANY(settings, raw_scans) && !uses[USE_CONNECT];

	return ANY(settings, fragmentable) || default_scan ||
	       (pings && (!ANY(settings, all_pings) || ANY(settings, fragmentable_pings) ||
			  (uses[USE_PING_MASK] && settings->fragment_bytes == 8)));
}

static int check_fragments(const struct settings *settings, struct diag *diag)
{
	if (!settings->uses[USE_FRAGMENT] || fragments_something(settings))
		return 0;
	return diag_set(
		diag, ERROR_CONFLICT,
		"-f and --mtu cut TCP probes (-sS, -sA, -sF, -sM, -sN, -sW, -sX, -PS, -PA) and "
		"-PP, and nothing of that was asked for; add one, or leave -f out");
}

/* A sweep keeps no state, so what it sends must bring back what it needs. */
static int check_sweep(const struct settings *settings, struct diag *diag)
{
	static const uint16_t sweepable[] = {USE_SYN, USE_ACK, USE_UDP};
	unsigned use, others = 0, count = 0;

	if (settings->uses[USE_SPECIAL] && !settings->uses[USE_SWEEP] && !settings->uses[USE_SHARD])
		return diag_set(diag, ERROR_CONFLICT,
				"--special-targets is for sweeps; other scans take such addresses "
				"anyway. Add --sweep, or leave it out");
	if (!settings->uses[USE_SWEEP] && !settings->uses[USE_SHARD])
		return 0;
	for (use = USE_TCP_FIRST; use <= USE_LAST_SCAN; use++)
		others += settings->uses[use] > 0;
	for (use = 0; use < sizeof(sweepable) / sizeof(sweepable[0]); use++)
		count += settings->uses[sweepable[use]] > 0;
	if (others == count && count <= 1)
		return 0;
	return diag_set(diag, ERROR_CONFLICT,
			"--sweep and --shard go with one of -sS, -sA and -sU; leave the other scan "
			"types out");
}

static int check_decoy_family(const struct settings *settings, struct diag *diag)
{
	size_t i;

	for (i = 0; settings->uses[USE_V6] && i < settings->decoys.count; i++)
		if (!strncasecmp(settings->decoys.items[i], "RND", 3))
			return diag_set(diag, ERROR_CONFLICT,
					"random decoys (-D RND) are IPv4 addresses; name them one "
					"by one with -6");
	return 0;
}

static void warn_of_raw_looks(struct settings *settings)
{
	char typed[256] = "";
	size_t i;

	for (i = 0; connects(settings) && raw_looks[i]; i++)
		if (settings->uses[raw_looks[i]])
			check_add_title(settings, raw_looks[i], typed, sizeof(typed));
	if (!typed[0])
		return;
	settings_warn(settings,
		      "Warning: %s change%s raw packets only: connections %s are not touched by "
		      "%s.",
		      typed, strchr(typed, ',') ? "" : "s",
		      settings_privileged(settings) ? "of -sT" : "(there is no privilege for more)",
		      strchr(typed, ',') ? "them" : "it");
}

void warn_of_raw_packets(struct settings *settings)
{
	const unsigned *uses = settings->uses;

	warn_of_raw_looks(settings);
	if (!settings_privileged(settings) && ANY(settings, icmp_pings))
		settings_warn(settings,
			      "Warning: without raw packets hosts are found by connecting, "
			      "not by ICMP.");
	if (uses[USE_SOURCE_PORT] && settings->source_port == 0)
		settings_warn(settings, "Warning: packets from port 0 may not come through.");
	if (uses[USE_IDLE] && !uses[USE_PING_SKIP])
		settings_warn(settings, "Warning: -sI hides us from the targets only with -Pn; "
					"without it they see our pings.");
}

int check_raw_packets(struct settings *settings, struct diag *diag)
{
	int r;

	if ((r = check_privilege(settings, diag)) < 0 ||
	    (r = check_fragments(settings, diag)) < 0 || (r = check_sweep(settings, diag)) < 0)
		return r;
	return check_decoy_family(settings, diag);
}
