/* The words for services that the text formats share, as Nmap writes them
 * (formats.md 2.6, 2.7, 2.11): whatever a stranger's banner holds, they are
 * printable ASCII, and of bounded length. */
#ifndef PORTOLAN_REPORT_FORMAT_WORDS_SERVICE_H
#define PORTOLAN_REPORT_FORMAT_WORDS_SERVICE_H

#include "engine/plan.h"
#include "report/host_report.h"
#include "util/buf.h"

/* A field of the facts made safe: every byte outside 0x20..0x7e is a '.', cut
 * to `max` bytes (SERVICE_PRODUCT_MAX ...). text holds SERVICE_FIELD_BYTES; NULL for NULL and "".
 */
#define SERVICE_FIELD_BYTES (SERVICE_EXTRAINFO_MAX + 1)
const char *words_field(const char *field, size_t max, char *text);

/* The facts whose version fields are shown: not of an excluded port, of which Nmap's shape says
 * nothing. NULL: none. */
const struct service_facts *words_facts(const struct port_report *port);

/* The name: what was found (made safe, in text), else the table's as it is
 * there; NULL when there is neither. */
const char *words_service_name(const struct plan *plan, const struct port_report *port, char *text);
/* Is there anything to say of the service: a name, a fingerprint or a tunnel? */
bool words_has_service(const struct plan *plan, const struct port_report *port);
/* "ssl/http?", "unknown"; nothing when it would be 64 bytes or longer. */
void words_add_service(struct buf *out, const struct plan *plan, const struct port_report *port,
		       bool terminal);
/* 0..10, and whether that rests on the port's own words. */
unsigned words_confidence(const struct port_report *port);
bool words_was_probed(const struct port_report *port);

/* "OpenSSH 9.2p1 (protocol 2.0)", at most 159 bytes; nothing when nothing is known. */
void words_add_version(struct buf *out, const struct port_report *port);
/* "Service Info: Host: a; OSs: x, y" LF, or nothing. */
void words_add_service_info(struct buf *out, const struct host_report *host);

#endif
