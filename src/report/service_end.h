/* How a look at a service ended, as a word for files and people. */
#ifndef PORTOLAN_REPORT_SERVICE_END_H
#define PORTOLAN_REPORT_SERVICE_END_H

#include "engine/service.h"

/* "matched", "softmatched", "tcpwrapped", "unknown", "excluded", "incomplete". */
const char *service_end_name(enum service_end end);
/* -1: none of them. */
int service_end_parse(const char *text);

/* Was a certificate shown? */
bool service_has_certificate(const struct service_tls *tls);

#endif
