/* One position becomes one frame: target and probe by the permutation, the way
 * by the route, the bytes by a template. */
#include "engine/sweep_private.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define TICK_NS    (4 * NS_PER_MS)
#define MARK_BITS  2u
#define TICKS_MASK 255u

/* ---- ways ---- */

static bool is_generic(const struct plan *plan)
{
	const struct plan_packets *wish = &plan->packets;

	return wish->decoys_count || wish->fragment_bytes || wish->ip_options_bytes ||
	       wish->has_data || wish->bad_sum || wish->adler32;
}

static void init_template(struct sweep *sweep, struct way *way, size_t i, const struct ip_addr *to)
{
	const struct scan_technique *technique = sweep->techniques[i];
	uint8_t scratch[PROBE_SCRATCH_BYTES];
	const struct probe_request request = {
		.scratch = scratch,
		.from = way->route->source,
		.to = *to,
		.port = 1,
		.src_port = 1,
		.cookie = 1,
		.scan_flags = sweep->config.plan->packets.scan_flags,
	};
	struct packet packet = {.kind = PACKET_OTHER};
	uint8_t bytes[ETHERNET_HEADER_BYTES];
	struct ethernet_header header, *ethernet = NULL;
	const uint8_t *rest;
	size_t rest_bytes;

	/* UDP payloads differ by port, SCTP's checksum covers everything. */
	if (technique->probe != PROBE_TCP && technique->probe != PROBE_ICMP)
		return;
	technique->build(&request, &packet);
	packet.ip.src = way->route->source;
	packet.ip.dst = *to;
	if (hop_header(way->hop, to, bytes) &&
	    ethernet_parse(bytes, sizeof(bytes), &header, &rest, &rest_bytes))
		ethernet = &header;
	packet.ip.ttl = 64;
	way->has_template[i] = packet_template_init(&way->templates[i], &packet, ethernet);
	way->has_ack[i] = packet.kind == PACKET_TCP && packet.tcp.flags & TCP_ACK;
}

static struct way *way_new(struct sweep *sweep, const struct route *route, struct hop *hop)
{
	struct way *way;

	if (sweep->ways_count == SWEEP_WAYS)
		return NULL;
	way = &sweep->ways[sweep->ways_count];
	way->templates = alloc_array(SWEEP_TECHNIQUES, sizeof(*way->templates));
	if (!way->templates)
		return NULL;
	way->route = route;
	way->hop = hop;
	way->generic = is_generic(sweep->config.plan);
	memset(way->has_template, 0, sizeof(way->has_template));
	sweep->ways_count++;
	return way;
}

static bool range_has(const struct route *route, const struct ip_addr *to)
{
	return ip_compare(&route->first, to) <= 0 && ip_compare(to, &route->last) <= 0;
}

/* Templates hold the next hop's hardware address: made when it is known. */
static void templates_make(struct sweep *sweep, struct way *way, const struct ip_addr *to)
{
	size_t i;

	for (i = 0; i < sweep->techniques_count; i++)
		if (!way->has_template[i])
			init_template(sweep, way, i, to);
}

static int way_find(struct sweep *sweep, const struct ip_addr *to, struct way **ret_way)
{
	const struct route *route;
	struct hop *hop;
	size_t i;
	int r = wire_hop_shared(sweep->config.wire, to, &hop, &route);

	if (r < 0)
		return r;
	for (i = 0; i < sweep->ways_count; i++) {
		struct way *way = &sweep->ways[i];

		if (way->hop == hop && ip_equal(&way->route->source, &route->source)) {
			hop_unref(sweep->config.wire, hop);
			way->route = route;
			*ret_way = way;
			return 0;
		}
	}
	*ret_way = way_new(sweep, route, hop);
	if (*ret_way)
		return 0;
	hop_unref(sweep->config.wire, hop);
	return ERROR_MEMORY;
}

static int way_ready(struct sweep *sweep, struct way *way, const struct ip_addr *to)
{
	switch (hop_state(way->hop)) {
	case HOP_READY:
		templates_make(sweep, way, to);
		return 0;
	case HOP_ASKING:
		hop_resolve(sweep->config.wire, way->hop);
		return hop_state(way->hop) == HOP_READY ? 0 : ERROR_BUSY;
	case HOP_SILENT:
		return ERROR_NOT_FOUND;
	default:
		return ERROR_SYSTEM;
	}
}

static int way_of(struct sweep *sweep, const struct ip_addr *to, struct way **ret_way)
{
	int r;

	if (!sweep->last_way || !range_has(sweep->last_way->route, to)) {
		r = way_find(sweep, to, &sweep->last_way);
		if (r < 0) {
			sweep->last_way = NULL;
			return r;
		}
	}
	*ret_way = sweep->last_way;
	return way_ready(sweep, *ret_way, to);
}

void sweep_free_ways(struct sweep *sweep)
{
	size_t i;

	for (i = 0; i < sweep->ways_count; i++) {
		hop_unref(sweep->config.wire, sweep->ways[i].hop);
		alloc_free(sweep->ways[i].templates);
	}
	sweep->ways_count = 0;
}

/* ---- frames ---- */

static unsigned note_of(const struct sweep *sweep, enum sweep_mark mark)
{
	uint64_t tick = loop_now_ns(sweep->config.loop) / TICK_NS;

	return (unsigned)(tick & TICKS_MASK) << MARK_BITS | (unsigned)mark;
}

static uint8_t ttl_of(struct sweep *sweep, const struct ip_addr *to)
{
	if (sweep->config.plan->ttl >= 0)
		return (uint8_t)sweep->config.plan->ttl;
	return to->family == IP_V6 ? 255 : (uint8_t)(37 + random_below(&sweep->random, 23));
}

static int send_stamped(struct sweep *sweep, struct way *way, size_t technique,
			const struct ip_addr *to, uint16_t port, uint32_t cookie,
			enum sweep_mark mark)
{
	const struct packet_stamp stamp = {
		.dst = *to,
		.id = (uint16_t)random_u64(&sweep->random),
		.ttl = ttl_of(sweep, to),
		.src_port = (uint16_t)(sweep->config.first_port + mark),
		.dst_port = port,
		.seq = cookie,
		.ack = way->has_ack[technique] ? cookie : 0,
		.rest = cookie << 16 | cookie >> 16,
	};
	const struct packet_template *template = &way->templates[technique];
	uint8_t *room = wire_room(sweep->config.wire, way->hop, packet_template_bytes(template));

	if (!room)
		return hop_state(way->hop) == HOP_BROKEN ? ERROR_SYSTEM : ERROR_LIMIT;
	wire_put(sweep->config.wire, way->hop, packet_template_stamp(template, &stamp, room));
	return 0;
}

static int send_built(struct sweep *sweep, struct way *way, const struct scan_technique *technique,
		      const struct ip_addr *to, uint16_t port, uint32_t cookie,
		      enum sweep_mark mark)
{
	uint8_t scratch[PROBE_SCRATCH_BYTES];
	struct probe_request request = {
		.scratch = scratch,
		.from = way->route->source,
		.to = *to,
		.port = port,
		.src_port = sweep->config.plan->packets.has_source_port
				    ? sweep->config.plan->packets.source_port
				    : (uint16_t)(sweep->config.first_port + mark),
		.cookie = cookie,
		.scan_flags = sweep->config.plan->packets.scan_flags,
	};
	const struct payloads *table = sweep->config.plan->payloads;
	const struct payload *payloads = NULL;
	size_t count = 0, i;
	int r = 0;

	if (technique->probe == PROBE_UDP && table)
		payloads = payloads_of(table, port, &count);
	for (i = 0; r == 0 && i < (count ? count : 1); i++) {
		struct packet packet = {.kind = PACKET_OTHER};

		request.payload = count ? &payloads[i] : NULL;
		technique->build(&request, &packet);
		/* The other half of the cookie, in the sequence number. */
		if (technique->probe == PROBE_ICMP)
			packet.icmp.rest |= cookie >> 16;
		r = wire_send(sweep->config.wire, way->hop, way->route, to, &packet);
	}
	return r;
}

static enum transport transport_of(const struct scan_technique *technique)
{
	return technique->probe == PROBE_ICMP ? TRANSPORT_IP : technique->transport;
}

struct cookie_of sweep_cookie_of(const struct sweep *sweep, const struct ip_addr *to,
				 uint32_t probe)
{
	return (struct cookie_of){
		.to = *to,
		.port = sweep->config.probes[probe].port,
		.phase = (uint8_t)(UINT8_MAX - sweep->technique_of[probe]),
	};
}

int sweep_send_position(struct sweep *sweep, uint128 position, enum sweep_mark mark)
{
	uint128 value = permutation_value(&sweep->permutation, position);
	uint32_t probe = (uint32_t)(value % sweep->config.probes_count);
	const struct sweep_probe *asked = &sweep->config.probes[probe];
	struct ip_addr to =
		target_space_at(sweep->config.space, value / sweep->config.probes_count);
	const struct cookie_of of = sweep_cookie_of(sweep, &to, probe);
	size_t technique = sweep->technique_of[probe];
	struct way *way;
	uint32_t cookie;
	int r;

	if (!wire_allows(sweep->config.wire, &to, transport_of(asked->technique), asked->port))
		return ERROR_EXCLUDED;
	if ((r = way_of(sweep, &to, &way)) < 0)
		return r;
	cookie = cookie_make(&sweep->key, &of, note_of(sweep, mark));
	if (way->has_template[technique] && !way->generic &&
	    !sweep->config.plan->packets.has_source_port)
		return send_stamped(sweep, way, technique, &to, asked->port, cookie, mark);
	return send_built(sweep, way, asked->technique, &to, asked->port, cookie, mark);
}
