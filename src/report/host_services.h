/* What runs on the ports of one host, gathered until its report is written.
 * One block of memory a port (service_copy.h); when those of a host take more
 * than HOST_SERVICES_BYTES, further ones are lean. */
#ifndef PORTOLAN_REPORT_HOST_SERVICES_H
#define PORTOLAN_REPORT_HOST_SERVICES_H

#include "net/transport.h"
#include "report/host_report.h"

#define HOST_SERVICES_BYTES (8u << 20)

struct host_service;

struct host_services {
	struct host_service *services;
	size_t count, cap, bytes;
};

/* Keeps a copy; a later one of a port replaces an earlier. *ret_facts is that copy. ERROR_MEMORY.
 */
int host_services_add(struct host_services *services, enum transport transport, uint16_t number,
		      const struct service_facts *facts, const struct service_facts **ret_facts);
/* Points those of the ports, which are in order, to their facts. */
void host_services_give(struct host_services *services, struct port_report *ports, size_t count);
void host_services_release(struct host_services *services);

#endif
