/* Links are opened at the first target that needs them. Frames wait in the
 * batch of their link until it is full, until wire_flush(), or until the end of
 * the loop's turn: a batch costs one system call. Frames that the system does
 * not take stay in the batch and leave later, in order; nothing is dropped here. */
#include "engine/wire_private.h"

#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

#define POLL_FRAMES_MOST 4096u
#define FLUSH_AGAIN_NS   (200 * NS_PER_US) /* a full link is tried again */

/* ---- what comes in ---- */

static void hear_arp(struct wire_port *port, const uint8_t *bytes, size_t count, uint64_t at_ns)
{
	struct wire *wire = port->wire;
	struct arp_packet arp;

	/* Who asks has not been found by us: the address in a question may be a wish. */
	if (!arp_parse(bytes, count, &arp) || arp.operation != ARP_REPLY)
		return;
	wire_learn(wire, port->interface, &arp.sender, &arp.sender_mac);
	wire->config.neighbour(wire->config.self, &arp.sender, &arp.sender_mac, true, at_ns);
}

static bool hear_advertisement(struct wire_port *port, const struct packet *packet, uint64_t at_ns)
{
	struct wire *wire = port->wire;
	struct mac_addr mac = {{0}};
	struct ip_addr target;
	bool has_mac;

	if (!nd_parse_advertisement(packet, &target, &mac, &has_mac))
		return false;
	if (ip_is_link_local(&target))
		target.scope_id = port->interface;
	if (has_mac)
		wire_learn(wire, port->interface, &target, &mac);
	wire->config.neighbour(wire->config.self, &target, &mac, has_mac, at_ns);
	if (wire->config.advertisement)
		wire->config.advertisement(wire->config.self, packet, at_ns);
	return true;
}

static void hear_packet(struct wire_port *port, const uint8_t *bytes, size_t count, uint64_t at_ns)
{
	struct wire *wire = port->wire;
	struct packet packet;

	if (!packet_parse(bytes, count, &packet))
		return;
	if (ip_is_link_local(&packet.ip.src))
		packet.ip.src.scope_id = port->interface;
	if (packet.kind == PACKET_ICMPV6 && hear_advertisement(port, &packet, at_ns))
		return;
	wire->stats.received++;
	wire->stats.received_bytes += packet.ip.total_bytes;
	wire->config.heard(wire->config.self, &packet, at_ns);
}

static void hear_frame(struct wire_port *port, const struct link_seen *seen)
{
	struct ethernet_header header;
	const uint8_t *payload;
	size_t payload_bytes;

	if (!ethernet_parse(seen->bytes, seen->count, &header, &payload, &payload_bytes))
		return;
	if (header.type == ETHERNET_ARP)
		hear_arp(port, payload, payload_bytes, seen->at_ns);
	else if (header.type == ETHERNET_IPV4 || header.type == ETHERNET_IPV6)
		hear_packet(port, payload, payload_bytes, seen->at_ns);
}

static void link_heard(void *self, struct link *link, const struct link_seen *seen)
{
	struct wire_port *port = self;
	struct wire *wire = port->wire;
	bool ethernet = link_layer(link) == LINK_ETHERNET;

	if (wire->tap)
		wire->tap(wire->tap_self, false, ethernet, seen->bytes, seen->count);
	if (ethernet)
		hear_frame(port, seen);
	else
		hear_packet(port, seen->bytes, seen->count, seen->at_ns);
}

/* ---- links ---- */

static void warn(struct wire *wire, const char *text)
{
	if (wire->config.warn)
		wire->config.warn(wire->config.self, text);
}

static void port_lost(struct wire_port *port)
{
	char text[160], name[IF_NAMESIZE];

	if (port->lost)
		return;
	port->lost = true;
	port->frames_count = port->bytes_used = 0;
	snprintf(text, sizeof(text),
		 "Warning: interface %s went down: what can be reached only through it is "
		 "left incomplete.",
		 if_indextoname(port->interface, name) ? name : "(gone)");
	warn(port->wire, text);
	wire_break_hops(port->wire, port);
}

static void link_lost(void *self, struct link *link)
{
	port_lost(self);
}

static int port_open(struct wire *wire, struct wire_port *port, const struct route *route)
{
	const struct link_config config = {
		.loop = wire->config.loop,
		.heard = link_heard,
		.lost = link_lost,
		.self = port,
	};
	const struct wire_ways *ways = wire->config.ways;
	struct diag diag = {0};
	int r = ways->open(ways->self, route, port->ip_layer, &config, &port->link, &port->mac,
			   &diag);

	if (r < 0) {
		port->link = NULL;
		warn(wire, diag.text);
		return r;
	}
	/* A link that cannot filter hears more than it must, which is no harm. */
	(void)link_filter(port->link, wire->config.first_port, wire->config.last_port,
			  wire->config.all_protocols);
	return 0;
}

struct wire_port *wire_port_for(struct wire *wire, const struct route *route, bool by_kernel)
{
	bool ip_layer = by_kernel || route->local || wire->config.plan->packets.layer == LAYER_IP;
	struct wire_port *port;

	for (port = wire->ports; port; port = port->next)
		if (port->interface == route->interface && port->ip_layer == ip_layer)
			return port;
	if (!(port = alloc_zero(sizeof(*port))))
		return NULL;
	if (!(port->bytes = alloc_array(WIRE_BATCH_BYTES, 1))) {
		alloc_free(port);
		return NULL;
	}
	port->wire = wire;
	port->interface = route->interface;
	port->ip_layer = ip_layer;
	port->lost = port_open(wire, port, route) < 0;
	port->next = wire->ports;
	wire->ports = port;
	return port;
}

static void port_free(struct wire_port *port)
{
	link_free(port->link);
	alloc_free(port->bytes);
	alloc_free(port);
}

/* ---- what goes out ---- */

/* Moves what the link did not take to the front. */
static void batch_keep(struct wire_port *port, size_t from)
{
	size_t i, used = 0, kept = port->frames_count - from;

	for (i = 0; i < kept; i++) {
		struct link_frame frame = port->frames[from + i];

		memmove(port->bytes + used, frame.bytes, frame.count);
		port->frames[i] = (struct link_frame){port->bytes + used, frame.count};
		used += frame.count;
	}
	port->frames_count = kept;
	port->bytes_used = used;
}

static void port_flush(struct wire_port *port)
{
	struct wire *wire = port->wire;
	int taken;

	if (!port->frames_count)
		return;
	taken = link_send(port->link, port->frames, port->frames_count);
	if (taken < 0) {
		port_lost(port);
		return;
	}
	wire->stats.sent += (unsigned)taken;
	batch_keep(port, (size_t)taken);
}

/* Trying again at once would keep the loop from everything else. */
static void flush_again(struct wire *wire)
{
	struct loop *loop = wire->config.loop;

	if (loop_timer_set(loop, &wire->flush_later, loop_now_ns(loop) + FLUSH_AGAIN_NS) < 0)
		loop_defer(loop, &wire->flush_soon);
}

void wire_flush(struct wire *wire)
{
	struct wire_port *port;
	bool left = false;

	for (port = wire->ports; port; port = port->next) {
		if (!port->lost)
			port_flush(port);
		left = left || port->frames_count;
	}
	if (left)
		flush_again(wire);
}

static void flush_soon(void *self)
{
	wire_flush(self);
}

bool wire_has_room(struct wire *wire, struct wire_port *port, size_t frames, size_t bytes)
{
	if (port->frames_count + frames <= WIRE_BATCH_FRAMES &&
	    port->bytes_used + bytes <= WIRE_BATCH_BYTES)
		return true;
	port_flush(port);
	return !port->lost && port->frames_count + frames <= WIRE_BATCH_FRAMES &&
	       port->bytes_used + bytes <= WIRE_BATCH_BYTES;
}

static void queue_put(struct wire *wire, struct wire_port *port, size_t count)
{
	uint8_t *bytes = port->bytes + port->bytes_used;

	port->frames[port->frames_count++] = (struct link_frame){bytes, count};
	port->bytes_used += count;
	wire->stats.sent_bytes +=
		link_layer(port->link) == LINK_ETHERNET ? count - ETHERNET_HEADER_BYTES : count;
	if (wire->tap)
		wire->tap(wire->tap_self, true, link_layer(port->link) == LINK_ETHERNET, bytes,
			  count);
	if (!loop_defer_is_pending(&wire->flush_soon))
		loop_defer(wire->config.loop, &wire->flush_soon);
}

int wire_queue(struct wire *wire, struct wire_port *port, const uint8_t *bytes, size_t count)
{
	if (port->lost)
		return ERROR_SYSTEM;
	if (count > WIRE_BATCH_BYTES)
		return ERROR_RANGE;
	if (!wire_has_room(wire, port, 1, count))
		return port->lost ? ERROR_SYSTEM : ERROR_LIMIT;
	memcpy(port->bytes + port->bytes_used, bytes, count);
	queue_put(wire, port, count);
	return 0;
}

uint8_t *wire_room(struct wire *wire, struct hop *hop, size_t most)
{
	struct wire_port *port = hop->port;

	if (port->lost || !wire_has_room(wire, port, 1, most))
		return NULL;
	return port->bytes + port->bytes_used;
}

void wire_put(struct wire *wire, struct hop *hop, size_t bytes)
{
	queue_put(wire, hop->port, bytes);
}

void wire_poll(struct wire *wire)
{
	struct wire_port *port;

	if (wire->hearing)
		return;
	wire->hearing = true;
	for (port = wire->ports; port; port = port->next)
		if (port->link && !port->lost)
			(void)link_poll(port->link, POLL_FRAMES_MOST);
	wire->hearing = false;
}

/* ---- the wire ---- */

void wire_stats(const struct wire *wire, struct wire_stats *ret_stats)
{
	const struct wire_port *port;

	*ret_stats = wire->stats;
	for (port = wire->ports; port; port = port->next) {
		struct link_stats stats = {0};

		if (!port->link)
			continue;
		link_stats(port->link, &stats);
		ret_stats->dropped_sending += stats.dropped_sending;
		ret_stats->dropped_receiving += stats.dropped_receiving;
	}
}

void wire_set_tap(struct wire *wire, wire_tap *tap, void *self)
{
	wire->tap = tap;
	wire->tap_self = self;
}

int wire_new(const struct wire_config *config, struct wire **ret_wire)
{
	struct wire *wire = alloc_zero(sizeof(*wire));

	if (!wire)
		return ERROR_MEMORY;
	wire->config = *config;
	random_init(&wire->random, config->plan->seed ^ 0x77697265ull);
	wire->flush_soon.run = wire->flush_later.fire = flush_soon;
	wire->flush_soon.self = wire->flush_later.self = wire;
	*ret_wire = wire;
	return 0;
}

void wire_free(struct wire *wire)
{
	if (!wire)
		return;
	loop_defer_cancel(wire->config.loop, &wire->flush_soon);
	loop_timer_cancel(wire->config.loop, &wire->flush_later);
	wire_free_hops(wire);
	while (wire->ports) {
		struct wire_port *port = wire->ports;

		wire->ports = port->next;
		port_free(port);
	}
	alloc_free(wire);
}
