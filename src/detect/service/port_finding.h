/* What a match line says is wrong with its port, with the evidence: what the service said, and
 * which line it is. About 150 bytes, and its texts once there is one. */
#ifndef PORTOLAN_DETECT_SERVICE_PORT_FINDING_H
#define PORTOLAN_DETECT_SERVICE_PORT_FINDING_H

#include "detect/service/found.h"
#include "engine/script_result.h"
#include "util/buf.h"

/* Zeroed to begin with. */
struct port_finding {
	struct script_finding finding;
	struct buf texts; /* seen and source */
};

/* NULL: the line says nothing (or no memory is left to say it). Lives until the next call. `file`
 * is where the line is. */
const struct script_finding *port_finding_of(struct port_finding *port, const struct found *found,
					     const char *file);
void port_finding_release(struct port_finding *port);

#endif
