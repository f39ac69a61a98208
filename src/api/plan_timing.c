#include "api/plan_parts.h"

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Setting one of the three moves the others out of its way (TM-04); measured
 * with nmap 7.93: initial first, then min, then max, whatever was typed when. */
static void set_rtt(const struct settings *settings, struct timing *timing)
{
	if (settings->initial_rtt.given) {
		timing->initial_rtt_ns = settings->initial_rtt.ns;
		timing->max_rtt_ns = larger(timing->max_rtt_ns, timing->initial_rtt_ns);
		timing->min_rtt_ns = smaller(timing->min_rtt_ns, timing->initial_rtt_ns);
	}
	if (settings->min_rtt.given) {
		timing->min_rtt_ns = settings->min_rtt.ns;
		timing->max_rtt_ns = larger(timing->max_rtt_ns, timing->min_rtt_ns);
		timing->initial_rtt_ns = larger(timing->initial_rtt_ns, timing->min_rtt_ns);
	}
	if (settings->max_rtt.given) {
		timing->max_rtt_ns = settings->max_rtt.ns;
		timing->min_rtt_ns = smaller(timing->min_rtt_ns, timing->max_rtt_ns);
		timing->initial_rtt_ns = smaller(timing->initial_rtt_ns, timing->max_rtt_ns);
	}
}

/* A delay raises its ceiling; a ceiling that was asked for stays below a
 * delay only in what is added to it. */
static void set_delays(const struct settings *settings, struct timing *timing)
{
	if (settings->scan_delay.given) {
		uint64_t delay = timing->scan_delay_ns = settings->scan_delay.ns;

		timing->max_scan_delay_tcp_ns = larger(timing->max_scan_delay_tcp_ns, delay);
		timing->max_scan_delay_udp_ns = larger(timing->max_scan_delay_udp_ns, delay);
		timing->max_scan_delay_sctp_ns = larger(timing->max_scan_delay_sctp_ns, delay);
	}
	if (settings->max_scan_delay.given)
		timing->max_scan_delay_tcp_ns = timing->max_scan_delay_udp_ns =
			timing->max_scan_delay_sctp_ns = settings->max_scan_delay.ns;
}

static void set_unsigned(int64_t given, unsigned *at)
{
	if (given != NUMBER_UNSET)
		*at = (unsigned)given;
}

void plan_set_timing(const struct settings *settings, struct timing *ret_timing)
{
	struct timing *timing = ret_timing;

	timing_template(settings->timing_level, timing);
	set_rtt(settings, timing);
	set_delays(settings, timing);
	set_unsigned(settings->max_retries, &timing->max_retries);
	set_unsigned(settings->min_parallelism, &timing->min_parallelism);
	set_unsigned(settings->max_parallelism, &timing->max_parallelism);
	set_unsigned(settings->min_hostgroup, &timing->min_hostgroup);
	set_unsigned(settings->max_hostgroup, &timing->max_hostgroup);
	/* The template's own parallelism (T0 to T2) gives way to what was asked. */
	if (timing->max_parallelism && timing->max_parallelism < timing->min_parallelism)
		timing->max_parallelism = timing->min_parallelism;
	if (settings->host_timeout.given)
		timing->host_timeout_ns = settings->host_timeout.ns;
	if (settings->script_timeout.given)
		timing->script_timeout_ns = settings->script_timeout.ns;
	if (settings->min_rate >= 0)
		timing->min_rate_pps = settings->min_rate;
	if (settings->max_rate >= 0)
		timing->max_rate_pps = settings->max_rate;
	timing->group_window = !settings->uses[USE_NO_GROUP];
	/* --open shows no closed port, so there is nothing to wait for. */
	timing->defeat_rst_ratelimit = settings->uses[USE_DEFEAT_RST] || settings->uses[USE_OPEN];
	timing->defeat_icmp_ratelimit = settings->uses[USE_DEFEAT_ICMP] != 0;
}
