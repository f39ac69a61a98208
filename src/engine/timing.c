#include "engine/timing.h"

#define MS 1000000ull
#define S  1000000000ull

/* The templates of features.md section 8, one column each. */
struct template_row {
	uint64_t min_rtt_ns, initial_rtt_ns, max_rtt_ns;
	uint64_t scan_delay_ns, max_scan_delay_ns, max_scan_delay_udp_ns;
	unsigned max_parallelism, max_retries;
	uint64_t host_timeout_ns, script_timeout_ns;
	unsigned version_parallelism, cwnd_step;
	double ssthresh_divisor;
};

static const struct template_row templates[] = {
	{100 * MS, 300 * S, 300 * S, 300 * S, 300 * S, 300 * S, 1, 10, 0, 0, 1, 1, 1.5},
	{100 * MS, 15 * S, 15 * S, 15 * S, 15 * S, 15 * S, 1, 10, 0, 0, 1, 1, 1.5},
	{100 * MS, 1 * S, 10 * S, 400 * MS, 1 * S, 1 * S, 1, 10, 0, 0, 1, 1, 1.5},
	{100 * MS, 1 * S, 10 * S, 0, 1 * S, 1 * S, 0, 10, 0, 0, 20, 1, 1.5},
	{100 * MS, 500 * MS, 1250 * MS, 0, 10 * MS, 1 * S, 0, 6, 0, 0, 30, 2, 4.0 / 3},
	{50 * MS, 250 * MS, 300 * MS, 0, 5 * MS, 1 * S, 0, 2, 900 * S, 600 * S, 40, 2, 1.25},
};

void timing_template(int level, struct timing *ret_timing)
{
	const struct template_row *t = &templates[level < 0 ? 0 : level > 5 ? 5 : level];

	*ret_timing = (struct timing){
		.level = (int)(t - templates),
		.min_rtt_ns = t->min_rtt_ns,
		.initial_rtt_ns = t->initial_rtt_ns,
		.max_rtt_ns = t->max_rtt_ns,
		.scan_delay_ns = t->scan_delay_ns,
		.max_scan_delay_tcp_ns = t->max_scan_delay_ns,
		.max_scan_delay_udp_ns = t->max_scan_delay_udp_ns,
		.max_scan_delay_sctp_ns = t->max_scan_delay_ns,
		.max_retries = t->max_retries,
		.host_timeout_ns = t->host_timeout_ns,
		.script_timeout_ns = t->script_timeout_ns,
		.max_parallelism = t->max_parallelism,
		.min_hostgroup = 1,
		.max_hostgroup = 100000,
		.version_parallelism = t->version_parallelism,
		.cwnd_step = t->cwnd_step,
		.ssthresh_divisor = t->ssthresh_divisor,
		.delay_drop_share = t - templates >= 4 ? 0.4 : 0.3,
		.delay_tries = t - templates >= 4 ? 4 : 3,
		.group_window = true,
	};
}
