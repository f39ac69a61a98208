#include "engine/service_ports.h"

#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#define REPLY_BYTES_MAX   4096u
#define REPLIES_BYTES_MAX (1u << 20)

static struct detect_port *find(struct service_ports *services, enum transport transport,
				uint16_t number)
{
	size_t i;

	/* A later verdict mostly follows its earlier one soon. */
	for (i = services->count; i-- > 0;)
		if (services->ports[i].number == number &&
		    services->ports[i].transport == transport)
			return &services->ports[i];
	return NULL;
}

static struct detect_port *add(struct service_ports *services, enum transport transport,
			       uint16_t number)
{
	size_t room = services->room ? services->room * 2 : 8;
	struct detect_port *ports;

	if (services->count == services->room) {
		ports = alloc_resize(services->ports, room, sizeof(*ports));
		if (!ports) {
			services->short_of_memory = true;
			return NULL;
		}
		services->ports = ports;
		services->room = room;
	}
	ports = &services->ports[services->count++];
	*ports = (struct detect_port){
		.transport = transport, .number = number, .state = PORT_UNKNOWN};
	return ports;
}

static bool is_candidate(enum port_state state)
{
	return state == PORT_OPEN || state == PORT_OPEN_FILTERED;
}

void service_ports_note(struct service_ports *services, enum transport transport, uint16_t port,
			enum port_state state)
{
	struct detect_port *known = NULL;

	if (transport != TRANSPORT_TCP && transport != TRANSPORT_UDP)
		return;
	/* Of the many that are closed none is looked up but where a reply may be kept. */
	if (is_candidate(state) || services->reply_bytes)
		known = find(services, transport, port);
	if (!known && is_candidate(state))
		known = add(services, transport, port);
	if (known)
		known->state = state;
}

void service_ports_note_reply(struct service_ports *services, uint16_t port, const uint8_t *bytes,
			      size_t count)
{
	struct detect_port *known = find(services, TRANSPORT_UDP, port);
	uint8_t *copy;

	if (count > REPLY_BYTES_MAX)
		count = REPLY_BYTES_MAX;
	if (!count || services->reply_bytes + count > REPLIES_BYTES_MAX || (known && known->reply))
		return;
	copy = alloc_array(count, 1);
	if (!copy || (!known && !(known = add(services, TRANSPORT_UDP, port)))) {
		alloc_free(copy);
		return;
	}
	memcpy(copy, bytes, count);
	known->reply = copy;
	known->reply_bytes = count;
	services->reply_bytes += count;
}

static int before(const void *a, const void *b)
{
	const struct detect_port *x = a, *y = b;

	if (x->state != y->state)
		return x->state == PORT_OPEN ? -1 : y->state == PORT_OPEN ? 1 : 0;
	if (x->transport != y->transport)
		return x->transport < y->transport ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

void service_ports_sort(struct service_ports *services)
{
	size_t i, kept = 0;

	for (i = 0; i < services->count; i++)
		if (is_candidate(services->ports[i].state))
			services->ports[kept++] = services->ports[i];
		else
			alloc_free((void *)(uintptr_t)services->ports[i].reply);
	services->count = kept;
	if (kept)
		qsort(services->ports, kept, sizeof(*services->ports), before);
}

static int more_usual(const void *a, const void *b, void *self)
{
	const struct detect_port *x = a, *y = b;
	double fx = services_frequency(self, x->transport, x->number);
	double fy = services_frequency(self, y->transport, y->number);

	if (fx != fy)
		return fx > fy ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

void service_ports_keep_usual(struct service_ports *services, const struct services *names,
			      size_t most)
{
	if (services->count <= most || !names)
		return;
	qsort_r(services->ports, services->count, sizeof(*services->ports), more_usual,
		(void *)(uintptr_t)names);
	while (services->count > most)
		alloc_free((void *)(uintptr_t)services->ports[--services->count].reply);
}

void service_ports_release(struct service_ports *services)
{
	size_t i;

	for (i = 0; i < services->count; i++)
		alloc_free((void *)(uintptr_t)services->ports[i].reply);
	alloc_free(services->ports);
	*services = (struct service_ports){0};
}
