/* The words of the progress line. */
#include "cli/terminal.h"
#include "util/buf.h"

#include <stdio.h>
#include <string.h>

/* "40s", "3m20s", "2h05m", "3d04h" */
static void add_span(struct buf *out, uint64_t span_ns)
{
	unsigned long long s = span_ns / NS_PER_S;

	if (s < 60)
		buf_addf(out, "%llus", s);
	else if (s < 3600)
		buf_addf(out, "%llum%02llus", s / 60, s % 60);
	else if (s < 86400)
		buf_addf(out, "%lluh%02llum", s / 3600, s / 60 % 60);
	else
		buf_addf(out, "%llud%02lluh", s / 86400, s / 3600 % 24);
}

/* An honest estimate is a range; one value only where both ends agree. */
static void add_eta(struct buf *out, const struct run_progress *progress)
{
	uint64_t low = progress->eta_low_ns, high = progress->eta_high_ns;

	if (low == ETA_UNKNOWN || high == ETA_UNKNOWN)
		return;
	buf_add_str(out, ", ");
	if (high / NS_PER_S > low / NS_PER_S + low / NS_PER_S / 10) {
		add_span(out, low);
		buf_add_str(out, " to ");
	}
	add_span(out, high);
	buf_add_str(out, " left");
}

static void add_hosts(struct buf *out, const struct run_progress *progress)
{
	buf_addf(out, "%llu", (unsigned long long)progress->hosts_done);
	if (progress->hosts_expected >= 0)
		buf_addf(out, "/%.0f", progress->hosts_expected);
	buf_addf(out, " hosts (%llu up)", (unsigned long long)progress->hosts_up);
}

void progress_text(const struct run_progress *progress, unsigned width, char *text, size_t size)
{
	struct buf out = BUF_INIT;

	if (progress->hosts_expected > 0)
		buf_addf(&out, "%5.1f%%  ", progress->fraction * 100.0);
	add_hosts(&out, progress);
	buf_addf(&out, ", %.0f probes/s", progress->rate_pps);
	if (progress->probes_resent)
		buf_addf(&out, ", %llu resent", (unsigned long long)progress->probes_resent);
	add_eta(&out, progress);
	if (width < size)
		size = width + 1u;
	snprintf(text, size, "%s", buf_str(&out));
	buf_release(&out);
}
