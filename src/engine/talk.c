/* What comes in is told apart by the address it is from, or the one that a quoted packet
 * went to: a chained table of the few talks under way. */
#include "engine/talk.h"

#include "engine/answer.h"
#include "engine/wire.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/hash.h"

#define BUCKETS    256u
#define NO_ROOM_NS NS_PER_MS

struct talk {
	struct talks *talks;
	struct talk_config config;
	struct talk *next, **link; /* of its bucket */
	struct hop *hop;           /* NULL: no route */
	const struct route *route;
	struct deferred soon; /* tells the way */
};

struct talks {
	struct talks_config config;
	struct talk *buckets[BUCKETS];
	size_t count;
};

int talks_new(const struct talks_config *config, struct talks **ret_talks)
{
	struct talks *talks = alloc_zero(sizeof(*talks));

	if (!talks)
		return ERROR_MEMORY;
	talks->config = *config;
	*ret_talks = talks;
	return 0;
}

void talks_free(struct talks *talks)
{
	alloc_free(talks);
}

static struct talk **bucket_of(struct talks *talks, const struct ip_addr *addr)
{
	static const struct hash_key key = {0x74616c6b, 0}; /* few talks: chains stay short */

	return &talks->buckets[hash_bytes(key, addr->bytes, addr->family == IP_V4 ? 4 : 16) %
			       BUCKETS];
}

/* ---- the way ---- */

enum talk_way talk_way(const struct talk *talk)
{
	if (!talk->hop)
		return TALK_LOST;
	switch (hop_state(talk->hop)) {
	case HOP_READY:
		return TALK_READY;
	case HOP_ASKING:
		return TALK_ASKING;
	default:
		return TALK_LOST;
	}
}

static void tell_way(void *self)
{
	struct talk *talk = self;

	talk->config.way(talk->config.self, talk_way(talk));
}

void talks_hop_changed(struct talks *talks, struct hop *hop)
{
	struct talk *talk;
	size_t i;

	for (i = 0; talks->count && i < BUCKETS; i++)
		for (talk = talks->buckets[i]; talk; talk = talk->next)
			if (talk->hop == hop)
				loop_defer(talks->config.loop, &talk->soon);
}

int talk_open(struct talks *talks, const struct talk_config *config, struct talk **ret_talk)
{
	struct talk *talk = alloc_zero(sizeof(*talk));
	struct talk **bucket = bucket_of(talks, &config->to);

	if (!talk)
		return ERROR_MEMORY;
	talk->talks = talks;
	talk->config = *config;
	talk->soon.run = tell_way;
	talk->soon.self = talk;
	talk->link = bucket;
	talk->next = *bucket;
	if (talk->next)
		talk->next->link = &talk->next;
	*bucket = talk;
	talks->count++;
	if (wire_hop(talks->config.wire, &config->to, &talk->hop, &talk->route) < 0)
		talk->hop = NULL;
	else
		hop_resolve(talks->config.wire, talk->hop);
	loop_defer(talks->config.loop, &talk->soon);
	*ret_talk = talk;
	return 0;
}

void talk_close(struct talk *talk)
{
	if (!talk)
		return;
	*talk->link = talk->next;
	if (talk->next)
		talk->next->link = talk->link;
	talk->talks->count--;
	loop_defer_cancel(talk->talks->config.loop, &talk->soon);
	hop_unref(talk->talks->config.wire, talk->hop);
	alloc_free(talk);
}

const struct route *talk_route(const struct talk *talk)
{
	return talk->hop ? talk->route : NULL;
}

bool talk_is_neighbour(const struct talk *talk)
{
	return talk->hop && hop_is_neighbour(talk->hop);
}

/* ---- hearing ---- */

static void hear_of(struct talks *talks, const struct ip_addr *addr, const struct packet *packet,
		    const struct packet *quoted, uint64_t at_ns)
{
	struct talk *talk, *next;

	for (talk = *bucket_of(talks, addr); talk; talk = next) {
		next = talk->next;
		if (answer_same_addr(&talk->config.to, addr))
			talk->config.heard(talk->config.self, packet, quoted, at_ns);
	}
}

void talks_hear(struct talks *talks, const struct packet *packet, uint64_t at_ns)
{
	struct packet quoted;

	if (!talks->count)
		return;
	if (!packet_is_icmp_error(packet))
		hear_of(talks, &packet->ip.src, packet, NULL, at_ns);
	else if (packet_parse_quote(packet, &quoted))
		hear_of(talks, &quoted.ip.dst, packet, &quoted, at_ns);
}

/* ---- sending ---- */

uint16_t talk_port(const struct talks *talks, unsigned place)
{
	if (talks->config.one_port)
		return talks->config.first_port;
	return (uint16_t)(talks->config.first_port + place % TALK_PORTS);
}

static int wait_for(uint64_t wait_ns, uint64_t *ret_wait_ns)
{
	if (ret_wait_ns)
		*ret_wait_ns = wait_ns;
	return ERROR_LIMIT;
}

int talk_send(struct talk *talk, struct packet *packet, uint64_t *ret_sent_ns,
	      uint64_t *ret_wait_ns)
{
	const struct talks_config *config = &talk->talks->config;
	uint64_t wait_ns = config->wait_ns ? config->wait_ns(config->self) : 0;
	int r;

	if (wait_ns)
		return wait_for(wait_ns, ret_wait_ns);
	if (talk_way(talk) != TALK_READY)
		return talk_way(talk) == TALK_LOST ? ERROR_SYSTEM
						   : wait_for(NO_ROOM_NS, ret_wait_ns);
	r = wire_send_exactly(config->wire, talk->hop, talk->route, &talk->config.to, packet);
	if (r == ERROR_LIMIT)
		return wait_for(NO_ROOM_NS, ret_wait_ns);
	if (r < 0)
		return r;
	/* The time of sending is part of what is measured: taken before the system call, for on
	 * a near link the answer is there, and stamped, before that returns. */
	if (ret_sent_ns)
		*ret_sent_ns = loop_time_ns(config->loop);
	wire_flush(config->wire);
	if (config->sent)
		config->sent(config->self);
	return 0;
}

void talk_answered(struct talk *talk)
{
	const struct talks_config *config = &talk->talks->config;

	if (config->answered)
		config->answered(config->self);
}
