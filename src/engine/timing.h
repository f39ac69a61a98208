/* The timing of a run: Nmap's templates and options, resolved (features.md 8).
 * All times in ns. */
#ifndef PORTOLAN_ENGINE_TIMING_H
#define PORTOLAN_ENGINE_TIMING_H

#include <stdbool.h>
#include <stdint.h>

struct timing {
	int level; /* -T: 0..5 */
	uint64_t min_rtt_ns, initial_rtt_ns, max_rtt_ns;
	uint64_t scan_delay_ns; /* least gap between probes of one host */
	uint64_t max_scan_delay_tcp_ns, max_scan_delay_udp_ns, max_scan_delay_sctp_ns;
	unsigned max_retries;
	uint64_t host_timeout_ns;                  /* 0: none */
	uint64_t script_timeout_ns;                /* 0: none */
	unsigned min_parallelism, max_parallelism; /* 0: automatic */
	unsigned min_hostgroup, max_hostgroup;
	double min_rate_pps, max_rate_pps; /* 0: none */
	unsigned version_parallelism;
	unsigned cwnd_step;      /* avoidance increment: 1, or 2 at T4/T5 */
	double ssthresh_divisor; /* 1.5, 1.333, 1.25 */
	double delay_drop_share; /* 0.3 or 0.4 */
	unsigned delay_tries;    /* a success after more tries than this boosts the delay: 3 or 4 */
	bool group_window;       /* off with --nogcc */
	bool defeat_rst_ratelimit, defeat_icmp_ratelimit;
};

/* The template of -T<level>, 0..5. */
void timing_template(int level, struct timing *ret_timing);

#endif
