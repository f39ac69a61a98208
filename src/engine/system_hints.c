#include "engine/system_hints.h"

#include "util/alloc.h"

#include <string.h>

static bool names_system(const struct system_hint *hint)
{
	return hint->ostype || hint->cpe_o || hint->devicetype || hint->cpe_h;
}

static bool says_anything(const struct service_facts *facts)
{
	return facts->ostype || facts->cpe_o || facts->devicetype || facts->cpe_h ||
	       facts->product || facts->extrainfo || facts->hostname || facts->name;
}

/* Where a hint of this port goes; NULL: there is no room for it. */
static struct system_hint *place_of(struct system_hints *hints, const struct system_hint *hint)
{
	size_t i;

	for (i = 0; i < hints->count; i++)
		if (hints->list[i].port == hint->port &&
		    hints->list[i].transport == hint->transport)
			return &hints->list[i];
	if (hints->count < SYSTEM_HINTS_MAX)
		return &hints->list[hints->count++];
	for (i = 0; names_system(hint) && i < hints->count; i++)
		if (!names_system(&hints->list[i]))
			return &hints->list[i];
	return NULL;
}

/* A text that memory does not suffice for is not known. */
static void keep(struct arena *arena, const char **text)
{
	if (*text)
		*text = arena_strdup(arena, *text);
}

static void keep_texts(struct arena *arena, struct system_hint *hint)
{
	const char **const texts[] = {
		&hint->service,    &hint->product,  &hint->version,
		&hint->extrainfo,  &hint->hostname, &hint->ostype,
		&hint->devicetype, &hint->cpe_o,    &hint->cpe_h,
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		keep(arena, texts[i]);
}

void system_hints_note(struct system_hints **hints, enum transport transport, uint16_t port,
		       const struct service_facts *facts)
{
	struct system_hint hint = {
		.transport = transport,
		.port = port,
		.service = facts->name,
		.product = facts->product,
		.version = facts->version,
		.extrainfo = facts->extrainfo,
		.hostname = facts->hostname,
		.ostype = facts->ostype,
		.devicetype = facts->devicetype,
		.cpe_o = facts->cpe_o,
		.cpe_h = facts->cpe_h,
	};
	struct system_hint *place;

	if (!says_anything(facts) || (!*hints && !(*hints = alloc_zero(sizeof(**hints)))))
		return;
	place = place_of(*hints, &hint);
	if (!place)
		return;
	keep_texts(&(*hints)->arena, &hint);
	*place = hint;
}

void system_hints_free(struct system_hints *hints)
{
	if (!hints)
		return;
	arena_release(&hints->arena);
	alloc_free(hints);
}

void system_syn_ack_note(struct system_syn_ack *syn_ack, const struct packet *packet)
{
	const struct tcp_header *tcp = &packet->tcp;

	if (syn_ack->seen || packet->kind != PACKET_TCP ||
	    (tcp->flags & (TCP_SYN | TCP_ACK | TCP_RST)) != (TCP_SYN | TCP_ACK))
		return;
	*syn_ack = (struct system_syn_ack){
		.seen = true,
		.ttl = packet->ip.ttl,
		.options_bytes = tcp->options_bytes,
		.dont_fragment = packet->ip.dont_fragment,
		.window = tcp->window,
		.id = packet->ip.id,
	};
	memcpy(syn_ack->options, tcp->options, sizeof(syn_ack->options));
}
