#include "engine/script_host.h"

#include "engine/path_copy.h"
#include "engine/service_copy.h"
#include "engine/system_copy.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>

#define FIRST_ROOM 16

struct script_host *script_host_new(const struct target *target)
{
	struct script_host *host = alloc_zero(sizeof(*host));

	if (host)
		host->target = target;
	return host;
}

void script_host_free(struct script_host *host)
{
	size_t i;

	if (!host)
		return;
	for (i = 0; i < host->ports_count; i++)
		alloc_free((void *)host->ports[i].facts);
	alloc_free(host->ports);
	alloc_free(host->name);
	alloc_free((void *)host->system);
	alloc_free((void *)host->path);
	alloc_free(host);
}

/* ---- ports ---- */

static int compare_place(const struct script_port *a, const struct script_port *b)
{
	if (a->transport != b->transport)
		return a->transport < b->transport ? -1 : 1;
	return (a->number > b->number) - (a->number < b->number);
}

static int compare_told(const void *a_, const void *b_)
{
	const struct script_port *a = a_, *b = b_;
	int place = compare_place(a, b);

	return place ? place : (a->order > b->order) - (a->order < b->order);
}

/* What was told later replaces what is known. */
static void merge(struct script_port *known, const struct script_port *later)
{
	if (later->state != PORT_UNKNOWN) {
		known->state = later->state;
		known->reason = later->reason;
		known->ttl = later->ttl;
	}
	if (later->facts) {
		alloc_free((void *)known->facts);
		known->facts = later->facts;
	}
}

void script_host_sort(struct script_host *host)
{
	size_t from, kept = 0;

	if (host->sorted)
		return;
	host->sorted = true;
	if (!host->ports_count)
		return;
	qsort(host->ports, host->ports_count, sizeof(*host->ports), compare_told);
	for (from = 1; from < host->ports_count; from++) {
		if (compare_place(&host->ports[kept], &host->ports[from]) == 0)
			merge(&host->ports[kept], &host->ports[from]);
		else
			host->ports[++kept] = host->ports[from];
	}
	host->ports_count = kept + 1;
}

/* The first that is not before `wanted`. */
static size_t place_of(const struct script_host *host, const struct script_port *wanted)
{
	size_t first = 0, after = host->ports_count;

	while (first < after) {
		size_t middle = first + (after - first) / 2;

		if (compare_place(&host->ports[middle], wanted) < 0)
			first = middle + 1;
		else
			after = middle;
	}
	return first;
}

static struct script_port *find(const struct script_host *host, enum transport transport,
				uint16_t number)
{
	const struct script_port wanted = {.transport = transport, .number = number};
	size_t place = place_of(host, &wanted);

	if (place == host->ports_count || compare_place(&host->ports[place], &wanted))
		return NULL;
	return &host->ports[place];
}

/* Takes over told->facts. */
static int add_port(struct script_host *host, const struct script_port *told)
{
	struct script_port *known = host->sorted ? find(host, told->transport, told->number) : NULL;

	if (known) {
		merge(known, told);
		return 0;
	}
	if (host->ports_count == host->ports_room) {
		size_t room = host->ports_room ? host->ports_room * 2 : FIRST_ROOM;
		struct script_port *ports = alloc_resize(host->ports, room, sizeof(*host->ports));

		if (!ports) {
			alloc_free((void *)told->facts);
			return ERROR_MEMORY;
		}
		host->ports = ports;
		host->ports_room = room;
	}
	host->ports[host->ports_count] = *told;
	host->ports[host->ports_count].order = (uint32_t)host->ports_count;
	host->ports_count++;
	if (host->sorted) {
		host->sorted = false;
		script_host_sort(host);
	}
	return 0;
}

static bool is_kept(enum transport transport)
{
	return transport == TRANSPORT_TCP || transport == TRANSPORT_UDP ||
	       transport == TRANSPORT_SCTP;
}

static int note_port(struct script_host *host, const struct observation *seen)
{
	const struct verdict *verdict = &seen->port.verdict;
	const struct script_port told = {
		.transport = seen->port.transport,
		.number = seen->port.number,
		.state = verdict->state,
		.reason = verdict->reason,
		.ttl = verdict->ttl,
	};

	return is_kept(told.transport) ? add_port(host, &told) : 0;
}

static int note_service(struct script_host *host, const struct observation *seen)
{
	struct script_port told = {
		.transport = seen->service.transport,
		.number = seen->service.number,
	};

	if (!is_kept(told.transport))
		return 0;
	told.facts = service_copy_new(seen->service.facts, SERVICE_WHOLE);
	return told.facts ? add_port(host, &told) : ERROR_MEMORY;
}

/* ---- the rest ---- */

static int note_host(struct script_host *host, const struct observation *seen)
{
	host->state = seen->host.state;
	host->reason = seen->host.reason;
	host->reason_ttl = seen->host.ttl;
	return 0;
}

static int note_name(struct script_host *host, const char *name)
{
	char *copy = alloc_strdup(name);

	if (!copy)
		return ERROR_MEMORY;
	alloc_free(host->name);
	host->name = copy;
	return 0;
}

static int note_system(struct script_host *host, const struct system_facts *facts)
{
	const struct system_facts *copy = system_copy_new(facts);

	if (!copy)
		return ERROR_MEMORY;
	alloc_free((void *)host->system);
	host->system = copy;
	return 0;
}

static int note_path(struct script_host *host, const struct path_facts *facts)
{
	const struct path_facts *copy = path_copy_new(facts);

	if (!copy)
		return ERROR_MEMORY;
	alloc_free((void *)host->path);
	host->path = copy;
	return 0;
}

int script_host_note(struct script_host *host, const struct observation *seen)
{
	switch (seen->kind) {
	case OBSERVED_HOST:
		return note_host(host, seen);
	case OBSERVED_NAME:
		return note_name(host, seen->name);
	case OBSERVED_PORT:
		return note_port(host, seen);
	case OBSERVED_SERVICE:
		return note_service(host, seen);
	case OBSERVED_SYSTEM:
		return note_system(host, seen->system);
	case OBSERVED_PATH:
		return note_path(host, seen->path);
	default:
		return 0;
	}
}

const struct script_port *script_host_port(const struct script_host *host, enum transport transport,
					   uint16_t number)
{
	const struct script_port *port = find(host, transport, number);

	return port && port->state != PORT_UNKNOWN ? port : NULL;
}

const struct script_port *script_host_next(const struct script_host *host, enum transport transport,
					   enum port_state state, int after)
{
	const struct script_port from = {
		.transport = transport,
		.number = (uint16_t)(after < 0 ? 0 : after + 1),
	};
	size_t place = after >= UINT16_MAX ? host->ports_count : place_of(host, &from);

	for (; place < host->ports_count && host->ports[place].transport == transport; place++)
		if (host->ports[place].state == state)
			return &host->ports[place];
	return NULL;
}
