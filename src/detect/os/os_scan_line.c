/* How a print was seen: its first line (os-detection.md A13). */
#include "detect/os/os_scan_private.h"
#include "engine/target_special.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static void set_date(uint64_t wall_ns, struct os_scan_line *scan)
{
	time_t seconds = (time_t)(wall_ns / NS_PER_S);
	struct tm local;

	scan->time_s = (uint64_t)seconds;
	if (!localtime_r(&seconds, &local))
		return;
	scan->month = (uint8_t)(local.tm_mon + 1);
	scan->day = (uint8_t)local.tm_mday;
}

struct os_scan_line os_scan_line_of(const struct os_job *job, const struct system_facts *facts)
{
	const struct os_scan_config *config = job->config;
	const struct system_order *order = job->order;
	struct os_scan_line scan = {
		.ip_version = facts->ip_version,
		.open_tcp = facts->open_tcp,
		.closed_tcp = facts->closed_tcp,
		.closed_udp = facts->closed_udp,
		.special_purpose = target_is_special(&order->target->addr),
		.has_distance = facts->has_distance,
		.distance = facts->distance,
		.distance_by = facts->distance_by,
		.good = !facts->unfit,
		.has_vendor = order->has_mac,
	};

	(void)snprintf(scan.version, sizeof(scan.version), "%s",
		       config->version ? config->version : "");
	(void)snprintf(scan.platform, sizeof(scan.platform), "%s",
		       config->platform ? config->platform : "");
	memcpy(scan.vendor, order->mac.bytes, sizeof(scan.vendor));
	set_date(loop_wall_ns(config->loop), &scan);
	return scan;
}
