/* The words that the text formats share: times, names, counts. */
#ifndef PORTOLAN_REPORT_FORMAT_WORDS_H
#define PORTOLAN_REPORT_FORMAT_WORDS_H

#include "report/format.h"
#include "report/host_report.h"
#include "util/buf.h"

/* "Fri Nov 20 23:24:59 2026", local time. */
void words_add_ctime(struct buf *out, int64_t when_s);
/* strftime() of local time. */
void words_add_time(struct buf *out, const char *format, int64_t when_s);
/* A name or a word from outside on a line of its own: control bytes become
 * '*'; on a terminal everything it could obey is shown as \xHH. */
void words_add_clean(struct buf *out, const char *text, bool terminal);
#define WORDS_NAME_BYTES 256

/* The PTR name as text formats and XML show it, illegal bytes as '*'
 * (features.md DN-06); NULL when there is none. */
const char *words_ptr(const struct host_report *host, char text[WORDS_NAME_BYTES]);

/* "name (address)", or the address when there is no name. */
void words_add_named(struct buf *out, const char *name, const struct ip_addr *addr, bool terminal);
void words_add_host(struct buf *out, const struct host_report *host, bool terminal);
void words_add_target(struct buf *out, const struct target *target, bool terminal);
/* Seconds with two significant digits, without exponent: "0.000085". */
void words_add_latency(struct buf *out, uint64_t us);
/* "1 IP address (1 host up) scanned in 0.05 seconds" */
void words_add_totals(struct buf *out, const struct format_totals *totals);
/* "Connect Scan", "Parallel DNS resolution of 2 hosts." */
void words_add_task(struct buf *out, const struct plan *plan, const struct observation *seen);
/* "94 total ports"; nothing for tasks that have no such count. */
void words_add_task_totals(struct buf *out, const struct observation *seen);

/* Whether the plan scans IP protocols (-sO). */
bool words_is_protocol_scan(const struct plan *plan);

#endif
