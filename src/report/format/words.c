#include "report/format/words.h"

#include "engine/technique.h"
#include "util/text.h"

#include <math.h>
#include <string.h>
#include <time.h>

void words_add_time(struct buf *out, const char *format, int64_t when_s)
{
	time_t when = (time_t)when_s;
	char text[128];
	struct tm parts;

	if (localtime_r(&when, &parts))
		buf_add(out, text, strftime(text, sizeof(text), format, &parts));
}

/* Not strftime(): these names must not follow the locale. */
void words_add_ctime(struct buf *out, int64_t when_s)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t when = (time_t)when_s;
	struct tm parts;

	if (!localtime_r(&when, &parts))
		return;
	buf_addf(out, "%s %s %2d %02d:%02d:%02d %lld", days[parts.tm_wday], months[parts.tm_mon],
		 parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
		 (long long)parts.tm_year + 1900);
}

void words_add_clean(struct buf *out, const char *text, bool terminal)
{
	size_t start = out->len, i;

	if (terminal)
		text_add_safe(out, text, strlen(text));
	else
		buf_add_str(out, text);
	for (i = start; i < out->len; i++)
		if (out->data[i] < 0x20 || out->data[i] == 0x7f)
			out->data[i] = '*';
}

void words_add_named(struct buf *out, const char *name, const struct ip_addr *addr, bool terminal)
{
	char text[IP_TEXT_BYTES];

	if (!name) {
		buf_add_str(out, ip_format(addr, text));
		return;
	}
	words_add_clean(out, name, terminal);
	buf_addf(out, " (%s)", ip_format(addr, text));
}

const char *words_ptr(const struct host_report *host, char text[WORDS_NAME_BYTES])
{
	if (!host->ptr)
		return NULL;
	text_clean_host_name(host->ptr, text, WORDS_NAME_BYTES);
	return text;
}

void words_add_host(struct buf *out, const struct host_report *host, bool terminal)
{
	char ptr[WORDS_NAME_BYTES];

	words_add_named(out, host->name ? host->name : words_ptr(host, ptr), &host->addr, terminal);
}

void words_add_target(struct buf *out, const struct target *target, bool terminal)
{
	words_add_named(out, target->name, &target->addr, terminal);
}

void words_add_latency(struct buf *out, uint64_t us)
{
	double s = (double)us / 1e6, scale;
	int magnitude;

	if (!us) {
		buf_add_str(out, "0.00");
		return;
	}
	magnitude = (int)floor(log10(s));
	scale = pow(10, magnitude - 1);
	/* What rounds up to a power of ten keeps its places, as Nmap's does: "0.100". */
	buf_addf(out, "%.*f", magnitude < 1 ? 1 - magnitude : 0, floor(s / scale + 0.5) * scale);
}

void words_add_totals(struct buf *out, const struct format_totals *totals)
{
	buf_addf(out, "%llu IP address%s (%llu host%s up) scanned in %.2f seconds",
		 (unsigned long long)totals->hosts_total, totals->hosts_total == 1 ? "" : "es",
		 (unsigned long long)totals->hosts_up, totals->hosts_up == 1 ? "" : "s",
		 totals->elapsed_s);
}

/* Neighbours are asked by one of two protocols. */
static const char *ping_task(const struct plan *plan, const struct observation *seen)
{
	bool v6 = seen->task.only ? seen->task.only->addr.family == IP_V6
				  : plan->targets.families == RESOLVE_V6;

	if (!seen->task.technique)
		return "Ping Scan";
	return v6 ? "ND Ping Scan" : seen->task.technique->task;
}

void words_add_task(struct buf *out, const struct plan *plan, const struct observation *seen)
{
	switch (seen->task.task) {
	case TASK_PING:
		buf_add_str(out, ping_task(plan, seen));
		break;
	case TASK_DNS:
		buf_addf(out, "%s DNS resolution of %llu host%s.",
			 plan->system_dns ? "System" : "Parallel",
			 (unsigned long long)seen->task.hosts, seen->task.hosts == 1 ? "" : "s");
		break;
	case TASK_SERVICES:
		buf_add_str(out, "Service scan");
		break;
	case TASK_SYSTEM:
		buf_add_str(out, "OS detection");
		break;
	case TASK_PATH:
		buf_add_str(out, "Traceroute");
		break;
	case TASK_SCRIPTS:
		buf_add_str(out, "NSE");
		break;
	default:
		buf_add_str(out, seen->task.technique ? seen->task.technique->task : "Port Scan");
	}
}

void words_add_task_totals(struct buf *out, const struct observation *seen)
{
	if (seen->task.task == TASK_PING)
		buf_addf(out, "%llu total hosts", (unsigned long long)seen->task.hosts);
	else if (seen->task.task == TASK_PORTS)
		buf_addf(out, "%llu total ports", (unsigned long long)seen->task.ports);
	else if (seen->task.task == TASK_SERVICES)
		buf_addf(out, "%llu service%s on %llu host%s", (unsigned long long)seen->task.ports,
			 seen->task.ports == 1 ? "" : "s", (unsigned long long)seen->task.hosts,
			 seen->task.hosts == 1 ? "" : "s");
}

bool words_is_protocol_scan(const struct plan *plan)
{
	return plan->ports && plan->ports->of[TRANSPORT_IP].count > 0;
}
