/* Facts are only added, and put in order when the report is written: so a host
 * with 65,535 services costs no more for each of them than one with ten. */
#include "report/host_services.h"

#include "engine/service_copy.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>

struct host_service {
	const struct service_facts *facts; /* owned */
	uint32_t order;                    /* in which they came */
	uint16_t number;
	uint8_t transport;
};

static int make_room(struct host_services *services)
{
	size_t cap = services->cap ? services->cap * 2 : 4;
	struct host_service *more;

	if (services->count < services->cap)
		return 0;
	more = alloc_resize(services->services, cap, sizeof(*more));
	if (!more)
		return ERROR_MEMORY;
	services->bytes += (cap - services->cap) * sizeof(*more);
	services->services = more;
	services->cap = cap;
	return 0;
}

int host_services_add(struct host_services *services, enum transport transport, uint16_t number,
		      const struct service_facts *facts, const struct service_facts **ret_facts)
{
	enum service_copy_kind kind =
		services->bytes < HOST_SERVICES_BYTES ? SERVICE_WHOLE : SERVICE_LEAN;
	const struct service_facts *copy;

	if (make_room(services) < 0 || !(copy = service_copy_new(facts, kind)))
		return ERROR_MEMORY;
	services->services[services->count] = (struct host_service){
		.facts = copy,
		.order = (uint32_t)services->count,
		.number = number,
		.transport = (uint8_t)transport,
	};
	services->count++;
	services->bytes += service_copy_bytes(facts, kind);
	*ret_facts = copy;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct host_service *x = a, *y = b;

	if (x->transport != y->transport)
		return x->transport < y->transport ? -1 : 1;
	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static bool is_before(const struct host_service *service, const struct port_report *port)
{
	return service->transport != port->transport ? service->transport < port->transport
						     : service->number < port->number;
}

void host_services_give(struct host_services *services, struct port_report *ports, size_t count)
{
	size_t at = 0, i;

	if (!services->count)
		return;
	qsort(services->services, services->count, sizeof(*services->services), compare);
	for (i = 0; i < count; i++) {
		const struct host_service *service;

		for (; at < services->count; at++) {
			service = &services->services[at];
			if (service->number == ports[i].number &&
			    service->transport == ports[i].transport)
				ports[i].service = service->facts;
			else if (!is_before(service, &ports[i]))
				break;
		}
	}
}

void host_services_release(struct host_services *services)
{
	for (size_t i = 0; i < services->count; i++)
		alloc_free((void *)services->services[i].facts);
	alloc_free(services->services);
	*services = (struct host_services){0};
}
