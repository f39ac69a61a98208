/* One probe prepared for a sweep: copies that differ in a few fields only, with
 * checksums from sums taken beforehand. Gives the same bytes as packet_build(),
 * several times faster. */
#ifndef PORTOLAN_PACKET_TEMPLATE_H
#define PORTOLAN_PACKET_TEMPLATE_H

#include "packet/ethernet.h"
#include "packet/packet.h"

/* The longest packet or frame that a template can hold. */
#define PACKET_TEMPLATE_BYTES 1536u

/* Caller-owned, without pointers: copy it or throw it away. May be shared by threads
 * after packet_template_init(). The fields are template.c's. */
struct packet_template {
	enum packet_kind kind;
	enum ip_family family;
	bool bad_sum;
	uint16_t count, ip_at, transport_at; /* offsets in bytes */
	uint16_t ip_sum, transport_sum;      /* folded, the fields of a stamp being 0 */
	uint8_t bytes[PACKET_TEMPLATE_BYTES];
};

/* What is a copy's own. Fields that its kind has not got are ignored. */
struct packet_stamp {
	struct ip_addr dst;
	uint16_t id; /* IPv4 */
	uint8_t ttl;
	uint16_t src_port, dst_port; /* TCP, UDP */
	uint32_t seq, ack;           /* TCP */
	uint32_t rest;               /* ICMP, ICMPv6: second word of the header */
};

/* Takes all else from `packet`, payload and bad_sum too; nothing is kept. With
 * `ethernet` (NULL: none) copies begin with that header, `type` filled in; its dst,
 * the first six bytes of a copy, may be overwritten. False: packet_build() would refuse
 * it, it is too long, or its kind has no template (SCTP, IGMP, PACKET_OTHER). */
bool packet_template_init(struct packet_template *ret_template, const struct packet *packet,
			  const struct ethernet_header *ethernet);
/* How many bytes each copy has. */
static inline size_t packet_template_bytes(const struct packet_template *template)
{
	return template->count;
}
/* Writes a copy to `out`, with room for packet_template_bytes(), and gives
 * their number. stamp->dst is of the template's family. */
size_t packet_template_stamp(const struct packet_template *template,
			     const struct packet_stamp *stamp, uint8_t *out);

#endif
