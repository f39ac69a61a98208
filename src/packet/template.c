/* The Internet checksum is a sum, so it is the sum of what never changes, which
 * packet_template_init() reads out of a packet built with zeros in place of the
 * fields of a stamp, and of those fields. */
#include "packet/template.h"

#include "packet/checksum.h"
#include "packet/layer.h"
#include "packet/wire.h"

#include <assert.h>

static bool has_template(enum packet_kind kind)
{
	return kind == PACKET_TCP || kind == PACKET_UDP || kind == PACKET_ICMP ||
	       kind == PACKET_ICMPV6;
}

static size_t checksum_at(enum packet_kind kind)
{
	if (kind == PACKET_TCP)
		return 16;
	return kind == PACKET_UDP ? 6 : 2;
}

/* The packet with zeros for the fields of a stamp. */
static struct packet blank(const struct packet *packet)
{
	struct packet blank = *packet;

	memset(blank.ip.dst.bytes, 0, sizeof(blank.ip.dst.bytes));
	blank.ip.id = 0;
	blank.ip.ttl = 0;
	blank.bad_sum = false;
	if (packet->kind == PACKET_TCP)
		blank.tcp.src_port = blank.tcp.dst_port = 0, blank.tcp.seq = blank.tcp.ack = 0;
	else if (packet->kind == PACKET_UDP)
		blank.udp.src_port = blank.udp.dst_port = 0;
	else
		blank.icmp.rest = 0;
	return blank;
}

/* What was added up to give the checksum at `at`. */
static uint16_t sum_below(const uint8_t *at)
{
	return (uint16_t) ~(at[0] << 8 | at[1]);
}

/* False: packet_build() refuses it, or it does not fit. */
static bool build_blank(struct packet_template *template, const struct packet *packet)
{
	struct packet zeros = blank(packet);
	size_t count = packet_build(&zeros, template->bytes + template->ip_at,
				    sizeof(template->bytes) - template->ip_at);

	template->count = (uint16_t)(template->ip_at + count);
	template->transport_at = (uint16_t)(template->ip_at + ip_header_bytes(&zeros.ip));
	return count > 0;
}

static void take_sums(struct packet_template *template)
{
	const uint8_t *transport = template->bytes + template->transport_at;

	if (template->family == IP_V4)
		template->ip_sum = sum_below(template->bytes + template->ip_at + 10);
	template->transport_sum = sum_below(transport + checksum_at(template->kind));
}

bool packet_template_init(struct packet_template *ret_template, const struct packet *packet,
			  const struct ethernet_header *ethernet)
{
	struct packet_template template = {.kind = packet->kind,
					   .family = (enum ip_family)packet->ip.src.family,
					   .bad_sum = packet->bad_sum,
					   .ip_at = ethernet ? ETHERNET_HEADER_BYTES : 0};
	struct ethernet_header link;

	if (!has_template(packet->kind) || !build_blank(&template, packet))
		return false;
	take_sums(&template);
	if (ethernet) {
		link = *ethernet;
		link.type = template.family == IP_V6 ? ETHERNET_IPV6 : ETHERNET_IPV4;
		ethernet_build(&link, template.bytes);
	}
	*ret_template = template;
	return true;
}

static void stamp_ipv4(const struct packet_template *template, const struct packet_stamp *stamp,
		       uint8_t *ip)
{
	uint64_t sum = (uint64_t) template->ip_sum + ip_v4_value(&stamp->dst) + stamp->id;

	put_be16(ip + 4, stamp->id);
	ip[8] = stamp->ttl;
	memcpy(ip + 16, stamp->dst.bytes, 4);
	put_be16(ip + 10, checksum_fold(sum + ((uint64_t)stamp->ttl << 8)));
}

static void stamp_ipv6(const struct packet_stamp *stamp, uint8_t *ip)
{
	ip[7] = stamp->ttl;
	memcpy(ip + 24, stamp->dst.bytes, 16);
}

/* The part of the pseudo header that is a stamp's; ICMP has no such header. */
static uint64_t dst_sum(const struct packet_template *template, const struct packet_stamp *stamp)
{
	if (template->kind == PACKET_ICMP)
		return 0;
	if (template->family == IP_V4)
		return ip_v4_value(&stamp->dst);
	return checksum_add(0, stamp->dst.bytes, 16);
}

/* Writes the transport header's fields; gives their sum. */
static uint64_t stamp_transport(enum packet_kind kind, const struct packet_stamp *stamp,
				uint8_t *out)
{
	if (kind == PACKET_ICMP || kind == PACKET_ICMPV6) {
		put_be32(out + 4, stamp->rest);
		return stamp->rest;
	}
	put_be16(out, stamp->src_port);
	put_be16(out + 2, stamp->dst_port);
	if (kind == PACKET_UDP)
		return (uint64_t)stamp->src_port + stamp->dst_port;
	put_be32(out + 4, stamp->seq);
	put_be32(out + 8, stamp->ack);
	return (uint64_t)stamp->src_port + stamp->dst_port + stamp->seq + stamp->ack;
}

size_t packet_template_stamp(const struct packet_template *template,
			     const struct packet_stamp *stamp, uint8_t *out)
{
	uint8_t *transport = out + template->transport_at;
	uint64_t sum = template->transport_sum;
	uint16_t checksum;

	assert(stamp->dst.family == template->family);
	memcpy(out, template->bytes, template->count);
	if (template->family == IP_V4)
		stamp_ipv4(template, stamp, out + template->ip_at);
	else
		stamp_ipv6(stamp, out + template->ip_at);
	sum += dst_sum(template, stamp) + stamp_transport(template->kind, stamp, transport);
	checksum = layer_checksum(sum, template->bad_sum);
	if (template->kind == PACKET_UDP)
		checksum = udp_never_zero(checksum);
	put_be16(transport + checksum_at(template->kind), checksum);
	return template->count;
}
