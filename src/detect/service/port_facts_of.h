/* A port's outcome as facts. For the service scan only. */
#ifndef PORTOLAN_DETECT_SERVICE_PORT_FACTS_OF_H
#define PORTOLAN_DETECT_SERVICE_PORT_FACTS_OF_H

#include "detect/service/port_scan.h"

/* Texts are the port's and found's, and live as long. found: NULL without a match. */
void port_facts_of(struct port_scan *port, enum service_end end, const struct found *found,
		   struct service_facts *ret_facts);

#endif
