/* Inside of packet.c and the transport protocols: each is one descriptor. A new
 * protocol is a file with its descriptor, a kind, and a line in packet.c. */
#ifndef PORTOLAN_PACKET_LAYER_H
#define PORTOLAN_PACKET_LAYER_H

#include "packet/checksum.h"
#include "packet/packet.h"
#include "util/reader.h"

/* RFC 792: the least that an ICMP error quotes of what followed the IP header. */
#define QUOTE_BYTES 8u

/* PARSE_QUOTE: an ICMP error's quote, where lengths may speak of bytes that
 * were cut off, and be wrong. */
enum parse_mode { PARSE_WHOLE, PARSE_QUOTE };

struct layer {
	uint8_t protocol;
	enum ip_family family; /* IP_NONE: both */
	bool pseudo_header;    /* the checksum covers it */
	/* Reads the header and leaves `in` at the payload, ending where that does.
	 * False: not the whole header, or QUOTE_BYTES of it (PARSE_QUOTE); what
	 * was filled in does not count then. */
	bool (*parse)(struct reader *in, enum parse_mode mode, struct packet *packet);
	/* What comes before the payload, and after it. 0 before: a field is out of
	 * range. */
	size_t (*header_bytes)(const struct packet *packet);
	size_t (*padding_bytes)(const struct packet *packet); /* NULL: none */
	/* `bytes` is all from the header to the end; the payload is there already.
	 * `sum` is the pseudo header's. */
	void (*build)(const struct packet *packet, uint64_t sum, uint8_t *out, size_t bytes);
};

extern const struct layer layer_tcp, layer_udp, layer_sctp, layer_icmp, layer_icmpv6, layer_igmp;

/* ip_header.c. Parsing leaves `in` behind the last extension header, ending where the
 * packet does. */
bool ip_header_parse(struct reader *in, enum parse_mode mode, struct ip_header *ret_ip);
/* 0: a field is out of range. */
size_t ip_header_bytes(const struct ip_header *ip);
/* `after_bytes` follow the header. False: more than the length field can say. */
bool ip_header_build(const struct ip_header *ip, uint8_t protocol, size_t after_bytes,
		     uint8_t *out);
/* Unfolded sum of the pseudo header, read from the IP header at `out`. */
uint64_t ip_pseudo_sum(const struct ip_header *ip, uint8_t protocol, size_t after_bytes,
		       const uint8_t *out);

/* A header's Internet checksum, from the unfolded sum, or one that is wrong by
 * one. One's complement has two zeros, so that 0 decremented is 0xfffe. */
static inline uint16_t layer_checksum(uint64_t sum, bool bad_sum)
{
	uint16_t right = checksum_fold(sum);

	if (!bad_sum)
		return right;
	return (uint16_t)((right ? right : UINT16_MAX) - 1);
}

/* In UDP 0 would say that there is no checksum (RFC 768). */
static inline uint16_t udp_never_zero(uint16_t sum)
{
	return sum ? sum : UINT16_MAX;
}

/* At most `most` bytes are left. */
static inline void reader_limit(struct reader *in, size_t most)
{
	if (in->left_bytes > most)
		in->left_bytes = most;
}

#endif
