#include "crowd.h"

#include "packet/ethernet.h"
#include "replay.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define IP_DST_OFFSET 16u

struct crowd {
	uint32_t base;
	size_t count, replays_count;
	unsigned drop;
	struct personality_ports ports;
	struct crowd_counts counts;
	struct personality_host *hosts;
	struct replay *replays;
};

static int make_hosts(struct crowd *crowd, const struct crowd_config *config)
{
	size_t entries = config->db ? os_db_entries(config->db) : 0, i;

	if (!config->db)
		return 0;
	if (config->first >= entries)
		return ERROR_RANGE;
	crowd->base = ip_v4_value(&config->base);
	crowd->count =
		config->count < entries - config->first ? config->count : entries - config->first;
	crowd->hosts = alloc_array(crowd->count, sizeof(*crowd->hosts));
	if (!crowd->hosts)
		return ERROR_MEMORY;
	for (i = 0; i < crowd->count; i++) {
		crowd->hosts[i].ports = &crowd->ports;
		personality_read(config->db, config->first + i, &crowd->hosts[i].made);
	}
	return 0;
}

static struct mac_addr mac6_of(const struct ip_addr *addr)
{
	const uint8_t *end = addr->bytes + 12;

	return (struct mac_addr){{0x02, 0x60, end[0], end[1], end[2], end[3]}};
}

static int make_replays(struct crowd *crowd, const struct crowd_config *config, struct diag *diag)
{
	const struct text_files *prints = config->prints;
	size_t i;
	int r = 0;

	if (!prints)
		return 0;
	crowd->replays = alloc_array(prints->count, sizeof(*crowd->replays));
	if (!crowd->replays)
		return ERROR_MEMORY;
	for (i = 0; i < prints->count && r == 0; i++) {
		struct replay *host = &crowd->replays[i];

		r = replay_read(prints->all[i].text, prints->all[i].bytes, host, diag);
		if (!ip_add(&config->base6, i, &host->addr))
			return ERROR_RANGE;
		host->mac = mac6_of(&host->addr);
		crowd->replays_count++;
	}
	return r;
}

int crowd_new(const struct crowd_config *config, struct crowd **ret_crowd, struct diag *diag)
{
	struct crowd *crowd = alloc_zero(sizeof(*crowd));
	int r = ERROR_MEMORY;

	if (!crowd)
		return r;
	crowd->drop = config->drop;
	crowd->ports = config->ports;
	if ((r = make_hosts(crowd, config)) < 0 || (r = make_replays(crowd, config, diag)) < 0) {
		crowd_free(crowd);
		return r;
	}
	*ret_crowd = crowd;
	return 0;
}

void crowd_free(struct crowd *crowd)
{
	if (crowd) {
		alloc_free(crowd->hosts);
		alloc_free(crowd->replays);
	}
	alloc_free(crowd);
}

size_t crowd_hosts(const struct crowd *crowd)
{
	return crowd->count + crowd->replays_count;
}

struct crowd_counts crowd_counts(const struct crowd *crowd)
{
	return crowd->counts;
}

static struct mac_addr mac_of(uint32_t addr)
{
	return (struct mac_addr){{0x02, 0x50, (uint8_t)(addr >> 24), (uint8_t)(addr >> 16),
				  (uint8_t)(addr >> 8), (uint8_t)addr}};
}

static struct personality_host *find_host(const struct crowd *crowd, uint32_t addr)
{
	uint32_t place = addr - crowd->base;

	return place < crowd->count ? &crowd->hosts[place] : NULL;
}

static void start_frame(uint32_t from, const struct mac_addr *to, uint16_t type, uint8_t *out)
{
	const struct ethernet_header header = {.dst = *to, .src = mac_of(from), .type = type};

	ethernet_build(&header, out);
}

/* A reply is a request turned round. */
static size_t answer_arp(const struct crowd *crowd, const uint8_t *payload, size_t bytes,
			 uint8_t *out)
{
	uint8_t *arp = out + ETHERNET_HEADER_BYTES;
	struct arp_packet asked;
	struct mac_addr own;

	if (!arp_parse(payload, bytes, &asked) || asked.operation != ARP_REQUEST ||
	    !find_host(crowd, ip_v4_value(&asked.target)))
		return 0;
	own = mac_of(ip_v4_value(&asked.target));
	start_frame(ip_v4_value(&asked.target), &asked.sender_mac, ETHERNET_ARP, out);
	memcpy(arp, payload, 6);
	arp[6] = 0;
	arp[7] = ARP_REPLY;
	memcpy(arp + 8, own.bytes, 6);
	memcpy(arp + 14, payload + 24, 4);
	memcpy(arp + 18, payload + 8, 10);
	return ARP_FRAME_BYTES;
}

static bool is_dropped(struct crowd *crowd)
{
	bool dropped = crowd->drop && ++crowd->counts.heard % crowd->drop == 0;

	crowd->counts.heard += !crowd->drop;
	crowd->counts.dropped += dropped;
	return dropped;
}

static size_t answer_ipv4(struct crowd *crowd, const struct ethernet_header *header,
			  const uint8_t *payload, size_t bytes, uint64_t now_ns, uint8_t *out)
{
	const uint8_t *dst = payload + IP_DST_OFFSET;
	struct personality_host *host;
	uint32_t addr;
	size_t count;

	if (bytes < IPV4_HEADER_BYTES)
		return 0;
	addr = (uint32_t)dst[0] << 24 | (uint32_t)dst[1] << 16 | (uint32_t)dst[2] << 8 | dst[3];
	host = find_host(crowd, addr);
	if (!host || is_dropped(crowd))
		return 0;
	count = personality_answer(host, payload, bytes, now_ns, out + ETHERNET_HEADER_BYTES);
	if (!count)
		return 0;
	crowd->counts.answered++;
	start_frame(addr, &header->src, ETHERNET_IPV4, out);
	return ETHERNET_HEADER_BYTES + count;
}

/* Whose it is, each knows itself: solicitations go to groups. */
static size_t answer_ipv6(struct crowd *crowd, const struct ethernet_header *header,
			  const uint8_t *payload, size_t bytes, uint8_t *out)
{
	struct ethernet_header back = {.dst = header->src, .type = ETHERNET_IPV6};
	size_t i, count = 0;

	for (i = 0; i < crowd->replays_count && !count; i++) {
		count = replay_answer(&crowd->replays[i], payload, bytes,
				      out + ETHERNET_HEADER_BYTES);
		back.src = crowd->replays[i].mac;
	}
	if (!count || is_dropped(crowd))
		return 0;
	crowd->counts.answered++;
	ethernet_build(&back, out);
	return ETHERNET_HEADER_BYTES + count;
}

size_t crowd_answer(struct crowd *crowd, const uint8_t *frame, size_t bytes, uint64_t now_ns,
		    uint8_t *out)
{
	struct ethernet_header header;
	const uint8_t *payload;
	size_t payload_bytes;

	if (!ethernet_parse(frame, bytes, &header, &payload, &payload_bytes))
		return 0;
	if (header.type == ETHERNET_ARP)
		return answer_arp(crowd, payload, payload_bytes, out);
	if (header.type == ETHERNET_IPV6)
		return answer_ipv6(crowd, &header, payload, payload_bytes, out);
	if (header.type != ETHERNET_IPV4)
		return 0;
	return answer_ipv4(crowd, &header, payload, payload_bytes, now_ns, out);
}
