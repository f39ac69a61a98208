/* The simulated packet network's near end: the link. What is sent travels as
 * an event to its host, what the host says travels back as another; one timer
 * fires for whatever is due first. */
#include "engine/link_sim_impl.h"

#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define USUAL_MTU     1500
#define ARP_TARGET_AT 24 /* addresses' places in the headers */
#define IPV4_DST_AT   16
#define IPV6_DST_AT   24
#define ND_TARGET_AT  (IPV6_HEADER_BYTES + 8)

static struct link_sim *sim_of(struct link *link)
{
	return (struct link_sim *)link;
}

static void tap(const struct link_sim *sim, uint64_t at_ns, enum link_sim_tap where,
		const uint8_t *bytes, size_t count)
{
	if (sim->config.tap)
		sim->config.tap(sim->config.tap_self, at_ns, where, bytes, count);
}

/* Fails only when the timer was not set before, that is when one packet is
 * under way: its putter takes it back. */
int sim_arm(struct link_sim *sim)
{
	uint64_t due_ns = sim_queue_due_ns(&sim->queue);

	if (!sim->queue.count) {
		loop_timer_cancel(sim->config.link.loop, &sim->timer);
		return 0;
	}
	if (loop_timer_is_set(&sim->timer) && sim->timer.due_ns == due_ns)
		return 0;
	return loop_timer_set(sim->config.link.loop, &sim->timer, due_ns);
}

/* --- hearing --- */

/* The port that TCP, UDP and SCTP are for, found without much looking, as a
 * kernel's filter would; false: another protocol. */
static bool port_of(const uint8_t *ip, size_t count, uint16_t *ret_port)
{
	bool is_v6 = ip[0] >> 4 == 6;
	size_t at = is_v6 ? IPV6_HEADER_BYTES : (ip[0] & 15u) * 4u;
	uint8_t protocol = ip[is_v6 ? 6 : 9];

	if (protocol != PROTOCOL_TCP && protocol != PROTOCOL_UDP && protocol != PROTOCOL_SCTP)
		return false;
	*ret_port = 0;
	if (at + 4 <= count)
		*ret_port = (uint16_t)(ip[at + 2] << 8 | ip[at + 3]);
	return true;
}

static bool is_wanted(const struct link_sim *sim, const uint8_t *bytes, size_t count)
{
	const uint8_t *ip = bytes + sim->header_bytes;
	uint8_t protocol;
	uint16_t port;

	if (!sim->filters || count < sim->header_bytes + IPV4_HEADER_BYTES)
		return true;
	if (sim->header_bytes && bytes[12] == 0x08 && bytes[13] == 0x06)
		return true;
	if (port_of(ip, count - sim->header_bytes, &port))
		return sim->filter_all_protocols ||
		       (sim->filter_first <= port && port <= sim->filter_last);
	protocol = ip[ip[0] >> 4 == 6 ? 6 : 9];
	return sim->filter_all_protocols || protocol == PROTOCOL_ICMP ||
	       protocol == PROTOCOL_ICMPV6;
}

/* True when the frame was told. */
static bool hear(struct link_sim *sim, uint64_t at_ns, const uint8_t *bytes, size_t count)
{
	const struct link_seen seen = {.bytes = bytes, .count = count, .at_ns = at_ns};

	sim->truth.back.delivered++;
	if (!is_wanted(sim, bytes, count)) {
		sim->truth.filtered++;
		return false;
	}
	if (!sim_take(&sim->ring, &sim->config.ring, at_ns)) {
		sim->truth.ring_full++;
		sim->stats.dropped_receiving++;
		return false;
	}
	sim->stats.received++;
	tap(sim, at_ns, LINK_SIM_HEARD, bytes, count);
	if (sim->config.link.heard)
		sim->config.link.heard(sim->config.link.self, &sim->base, &seen);
	return true;
}

static void lose(struct link_sim *sim)
{
	sim->down = true;
	if (sim->config.link.lost)
		sim->config.link.lost(sim->config.link.self, &sim->base);
}

/* The timer is right before anything is told, because the told may send. */
static bool serve(struct link_sim *sim)
{
	uint64_t at_ns = sim_queue_due_ns(&sim->queue);
	struct sim_slot *slot = sim_queue_take(&sim->queue);
	const uint8_t *bytes = sim_slot_bytes(slot);
	bool heard = false;

	sim_arm(sim);
	if (slot->event == SIM_LOST)
		lose(sim);
	else if (sim->down)
		heard = false;
	else if (slot->event == SIM_ARRIVES)
		sim_arrive(sim, at_ns, bytes, slot->count);
	else
		heard = hear(sim, at_ns, bytes, slot->count);
	sim_queue_recycle(&sim->queue, slot);
	return heard;
}

/* Hears at most `most` frames of what is due. */
static size_t hear_due(struct link_sim *sim, size_t most)
{
	uint64_t now_ns = loop_now_ns(sim->config.link.loop);
	size_t heard = 0;

	while (heard < most && sim->queue.count && sim_queue_due_ns(&sim->queue) <= now_ns)
		heard += serve(sim);
	return heard;
}

static void on_timer(void *self)
{
	hear_due(self, SIZE_MAX);
}

static size_t sim_poll(struct link *link, size_t most)
{
	return hear_due(sim_of(link), most);
}

/* --- sending --- */

/* Bytes `at` and on as an address; false: there are not so many. */
static bool address_at(const uint8_t *bytes, size_t count, size_t at, enum ip_family family,
		       struct ip_addr *ret_addr)
{
	size_t width = family == IP_V6 ? 16 : 4;

	if (count < at + width)
		return false;
	*ret_addr = (struct ip_addr){.family = (uint8_t)family};
	memcpy(ret_addr->bytes, bytes + at, width);
	return true;
}

/* Whom it concerns, found without much looking; false: nobody. */
static bool destination(const struct link_sim *sim, const uint8_t *bytes, size_t count,
			struct ip_addr *ret_to)
{
	const uint8_t *ip = bytes + sim->header_bytes;

	if (count < sim->header_bytes + IPV4_HEADER_BYTES)
		return false;
	count -= sim->header_bytes;
	if (sim->header_bytes && bytes[12] == 0x08 && bytes[13] == 0x06)
		return address_at(ip, count, ARP_TARGET_AT, IP_V4, ret_to);
	if (ip[0] >> 4 == 4)
		return address_at(ip, count, IPV4_DST_AT, IP_V4, ret_to);
	if (count > IPV6_HEADER_BYTES && ip[6] == PROTOCOL_ICMPV6 &&
	    ip[IPV6_HEADER_BYTES] == ICMPV6_NEIGHBOUR_SOLICITATION)
		return address_at(ip, count, ND_TARGET_AT, IP_V6, ret_to);
	return ip[0] >> 4 == 6 && address_at(ip, count, IPV6_DST_AT, IP_V6, ret_to);
}

static void send_one(struct link_sim *sim, uint64_t now_ns, const struct link_frame *frame)
{
	const struct link_sim_host *host = NULL;
	struct ip_addr to;

	sim->stats.sent++;
	tap(sim, now_ns, LINK_SIM_SENT, frame->bytes, frame->count);
	if (frame->count > sim->base.mtu + sim->header_bytes) {
		sim->truth.too_long++;
		return;
	}
	if (destination(sim, frame->bytes, frame->count, &to))
		host = sim_find_host(sim, &to, now_ns);
	sim_travel_out(sim, host, now_ns, frame->bytes, frame->count);
}

static int sim_send(struct link *link, const struct link_frame *frames, size_t count)
{
	struct link_sim *sim = sim_of(link);
	uint64_t now_ns = loop_now_ns(sim->config.link.loop);
	size_t room = count, i;

	if (sim->down)
		return ERROR_SYSTEM;
	if (count && sim_chance(sim, sim->config.full))
		room = (size_t)random_below(&sim->random, count);
	for (i = 0; i < room && sim_take(&sim->card, &sim->config.card, now_ns); i++)
		send_one(sim, now_ns, &frames[i]);
	sim->truth.refused += count - i;
	sim->stats.dropped_sending += count - i;
	return (int)i;
}

/* --- the rest of the interface --- */

static int sim_filter(struct link *link, uint16_t first, uint16_t last, bool all_protocols)
{
	struct link_sim *sim = sim_of(link);

	sim->filters = true;
	sim->filter_first = first;
	sim->filter_last = last;
	sim->filter_all_protocols = all_protocols;
	return 0;
}

static void sim_stats(const struct link *link, struct link_stats *ret_stats)
{
	*ret_stats = ((const struct link_sim *)link)->stats;
}

void link_sim_truth(const struct link *link, struct link_sim_truth *ret_truth)
{
	*ret_truth = ((const struct link_sim *)link)->truth;
}

static void free_memory(void *self, const void *key, size_t key_bytes, void *value)
{
	alloc_free(value);
}

static void sim_free(struct link *link)
{
	struct link_sim *sim = sim_of(link);

	loop_timer_cancel(sim->config.link.loop, &sim->timer);
	sim_queue_release(&sim->queue);
	if (sim->memories)
		hash_map_each(sim->memories, free_memory, NULL);
	hash_map_free(sim->memories);
	alloc_free(sim->paths);
	alloc_free(sim->partials);
	alloc_free(sim->scratch);
	alloc_free(sim);
}

static const struct link_ops ops = {
	.send = sim_send,
	.poll = sim_poll,
	.filter = sim_filter,
	.stats = sim_stats,
	.free = sim_free,
};

static void init(struct link_sim *sim, const struct link_sim_config *config)
{
	sim->base = (struct link){
		.ops = &ops,
		.config = config->link,
		.layer = config->layer,
		.interface = config->interface,
		.mtu = config->mtu ? config->mtu : USUAL_MTU,
	};
	sim->config = *config;
	sim->header_bytes = config->layer == LINK_ETHERNET ? ETHERNET_HEADER_BYTES : 0;
	sim->timer = (struct timer){.fire = on_timer, .self = sim};
	sim->hosts_in_order = sim_hosts_are_in_order(config);
	random_init(&sim->random, config->seed);
}

int link_sim_new(const struct link_sim_config *config, struct link **ret_link)
{
	struct link_sim *sim = alloc_zero(sizeof(*sim));

	if (!sim)
		return ERROR_MEMORY;
	init(sim, config);
	sim->memories = hash_map_new((struct hash_key){config->seed, 0});
	sim->paths = alloc_array(config->hosts_count + 1, sizeof(*sim->paths));
	sim->scratch = alloc_zero(sim->header_bytes + PACKET_BYTES_MAX);
	if (!sim->memories || !sim->paths || !sim->scratch)
		goto no_memory;
	if (config->lost_at_ns &&
	    (sim_queue_add(&sim->queue, config->lost_at_ns, SIM_LOST, NULL, 0) < 0 ||
	     sim_arm(sim) < 0))
		goto no_memory;
	*ret_link = &sim->base;
	return 0;
no_memory:
	sim_free(&sim->base);
	return ERROR_MEMORY;
}
