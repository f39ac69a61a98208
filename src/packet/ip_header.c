/* The IPv4 and IPv6 headers, with IPv4's options and IPv6's extension headers. */
#include "packet/checksum.h"
#include "packet/layer.h"
#include "packet/wire.h"

#include <string.h>

#define FRAGMENT_HEADER_BYTES 8u
/* RFC 8200, 4.1 has six at most in a packet that makes sense; longer chains only
 * cost time (RFC 8504, 5.3 lets a node refuse them). */
#define EXTENSIONS_MOST 8

#define IPV4_DONT_FRAGMENT  0x4000u
#define IPV4_MORE_FRAGMENTS 0x2000u
#define IPV4_CHECKSUM_AT    10u
#define IPV4_ADDRS_AT       12u
#define IPV6_ADDRS_AT       8u

enum extension {
	EXTENSION_HOP_BY_HOP = 0,
	EXTENSION_ROUTING = 43,
	EXTENSION_FRAGMENT = 44,
	EXTENSION_DESTINATION = 60,
};

static struct ip_addr read_addr(struct reader *in, enum ip_family family)
{
	size_t count = family == IP_V6 ? 16 : 4;
	const uint8_t *bytes = reader_take(in, count);
	struct ip_addr addr = {.family = (uint8_t)family};

	if (bytes)
		memcpy(addr.bytes, bytes, count);
	return addr;
}

/* Ends `in` where the header says that the packet ends. Some stacks change the
 * length in what they quote (swapped, or less the header), so that there a
 * length without room for QUOTE_BYTES is not believed. */
static bool limit_to(struct reader *in, enum parse_mode mode, uint32_t total_bytes,
		     uint32_t header_bytes)
{
	if (mode == PARSE_QUOTE && total_bytes < header_bytes + QUOTE_BYTES)
		return true;
	if (total_bytes < header_bytes)
		return false;
	reader_limit(in, total_bytes - header_bytes);
	return true;
}

static bool read_options(struct reader *in, size_t header_bytes, struct ip_header *ip)
{
	const uint8_t *options;

	if (header_bytes < IPV4_HEADER_BYTES)
		return false;
	ip->options_bytes = (uint8_t)(header_bytes - IPV4_HEADER_BYTES);
	options = reader_take(in, ip->options_bytes);
	if (options)
		memcpy(ip->options, options, ip->options_bytes);
	return reader_ok(in);
}

static bool parse_ipv4(struct reader *in, enum parse_mode mode, struct ip_header *ip)
{
	size_t header_bytes = (read_u8(in) & 0x0fu) * 4u;
	uint16_t fragment;

	ip->tos = read_u8(in);
	ip->total_bytes = read_be16(in);
	ip->id = read_be16(in);
	fragment = read_be16(in);
	ip->dont_fragment = fragment & IPV4_DONT_FRAGMENT;
	ip->more_fragments = fragment & IPV4_MORE_FRAGMENTS;
	ip->fragment_offset = (uint16_t)(fragment << 3);
	ip->ttl = read_u8(in);
	ip->protocol = read_u8(in);
	reader_skip(in, 2); /* checksum */
	ip->src = read_addr(in, IP_V4);
	ip->dst = read_addr(in, IP_V4);
	return read_options(in, header_bytes, ip) &&
	       limit_to(in, mode, ip->total_bytes, (uint32_t)header_bytes);
}

static uint8_t read_fragment_header(struct reader *in, struct ip_header *ip)
{
	uint8_t next = read_u8(in);
	uint16_t fragment;

	reader_skip(in, 1);
	fragment = read_be16(in);
	ip->fragment_offset = fragment & 0xfff8u;
	ip->more_fragments = fragment & 1u;
	reader_skip(in, 2);
	ip->id = read_be16(in);
	return next;
}

static uint8_t read_extension(struct reader *in, struct ip_header *ip)
{
	uint8_t next, units;

	if (ip->protocol == EXTENSION_FRAGMENT)
		return read_fragment_header(in, ip);
	next = read_u8(in);
	units = read_u8(in);
	reader_skip(in, 6u + units * 8u);
	return next;
}

static bool is_extension(uint8_t protocol)
{
	return protocol == EXTENSION_HOP_BY_HOP || protocol == EXTENSION_ROUTING ||
	       protocol == EXTENSION_FRAGMENT || protocol == EXTENSION_DESTINATION;
}

/* Walks up to what is no extension header, is a later fragment, or is cut off:
 * protocol is the number of what `in` is left at. */
static bool skip_extensions(struct reader *in, struct ip_header *ip)
{
	int count = 0;

	while (is_extension(ip->protocol) && !ip->fragment_offset) {
		struct ip_header walked = *ip;
		struct reader next = *in;

		walked.protocol = read_extension(&next, &walked);
		if (!reader_ok(&next))
			return true;
		if (count++ == EXTENSIONS_MOST)
			return false;
		*ip = walked;
		*in = next;
	}
	return true;
}

static bool parse_ipv6(struct reader *in, enum parse_mode mode, struct ip_header *ip)
{
	uint32_t first = read_be32(in);

	ip->tos = (uint8_t)(first >> 20);
	ip->flow_label = first & 0xfffffu;
	ip->total_bytes = IPV6_HEADER_BYTES + read_be16(in);
	ip->protocol = read_u8(in);
	ip->ttl = read_u8(in);
	ip->src = read_addr(in, IP_V6);
	ip->dst = read_addr(in, IP_V6);
	return reader_ok(in) && limit_to(in, mode, ip->total_bytes, IPV6_HEADER_BYTES) &&
	       skip_extensions(in, ip);
}

bool ip_header_parse(struct reader *in, enum parse_mode mode, struct ip_header *ret_ip)
{
	struct reader version = *in;

	*ret_ip = (struct ip_header){0};
	switch (read_u8(&version) >> 4) {
	case 4:
		return parse_ipv4(in, mode, ret_ip);
	case 6:
		return parse_ipv6(in, mode, ret_ip);
	default:
		return false;
	}
}

static bool is_fragment(const struct ip_header *ip)
{
	return ip->more_fragments || ip->fragment_offset;
}

size_t ip_header_bytes(const struct ip_header *ip)
{
	if (ip->src.family != ip->dst.family || ip->fragment_offset % 8)
		return 0;
	if (ip->src.family == IP_V4)
		return ip->options_bytes % 4 || ip->options_bytes > IPV4_OPTIONS_BYTES
			       ? 0
			       : IPV4_HEADER_BYTES + ip->options_bytes;
	if (ip->src.family != IP_V6 || ip->options_bytes || ip->flow_label > 0xfffff)
		return 0;
	if (ip->extensions_bytes % 8 || (ip->extensions_bytes && is_fragment(ip)))
		return 0;
	return IPV6_HEADER_BYTES + (is_fragment(ip) ? FRAGMENT_HEADER_BYTES : ip->extensions_bytes);
}

static uint16_t ipv4_fragment(const struct ip_header *ip)
{
	return (uint16_t)(ip->fragment_offset >> 3 | (ip->dont_fragment ? IPV4_DONT_FRAGMENT : 0) |
			  (ip->more_fragments ? IPV4_MORE_FRAGMENTS : 0));
}

static bool build_ipv4(const struct ip_header *ip, uint8_t protocol, size_t after_bytes,
		       uint8_t *out)
{
	size_t header_bytes = IPV4_HEADER_BYTES + ip->options_bytes;

	if (header_bytes + after_bytes > UINT16_MAX)
		return false;
	out[0] = (uint8_t)(0x40 | header_bytes / 4);
	out[1] = ip->tos;
	put_be16(out + 2, (uint16_t)(header_bytes + after_bytes));
	put_be16(out + 4, ip->id);
	put_be16(out + 6, ipv4_fragment(ip));
	out[8] = ip->ttl;
	out[9] = protocol;
	put_be16(out + IPV4_CHECKSUM_AT, 0);
	memcpy(out + IPV4_ADDRS_AT, ip->src.bytes, 4);
	memcpy(out + IPV4_ADDRS_AT + 4, ip->dst.bytes, 4);
	if (ip->options_bytes)
		memcpy(out + IPV4_HEADER_BYTES, ip->options, ip->options_bytes);
	put_be16(out + IPV4_CHECKSUM_AT, checksum_fold(checksum_add(0, out, header_bytes)));
	return true;
}

static void build_fragment_header(const struct ip_header *ip, uint8_t protocol, uint8_t *out)
{
	out[0] = protocol;
	out[1] = 0;
	put_be16(out + 2, ip->fragment_offset | ip->more_fragments);
	put_be32(out + 4, ip->id);
}

static bool build_ipv6(const struct ip_header *ip, uint8_t protocol, size_t after_bytes,
		       uint8_t *out)
{
	if (is_fragment(ip)) {
		build_fragment_header(ip, protocol, out + IPV6_HEADER_BYTES);
		protocol = EXTENSION_FRAGMENT;
		after_bytes += FRAGMENT_HEADER_BYTES;
	} else if (ip->extensions_bytes) {
		memcpy(out + IPV6_HEADER_BYTES, ip->extensions, ip->extensions_bytes);
		protocol = ip->extensions_first;
		after_bytes += ip->extensions_bytes;
	}
	if (after_bytes > UINT16_MAX)
		return false;
	put_be32(out, 6u << 28 | (uint32_t)ip->tos << 20 | ip->flow_label);
	put_be16(out + 4, (uint16_t)after_bytes);
	out[6] = protocol;
	out[7] = ip->ttl;
	memcpy(out + IPV6_ADDRS_AT, ip->src.bytes, 16);
	memcpy(out + IPV6_ADDRS_AT + 16, ip->dst.bytes, 16);
	return true;
}

bool ip_header_build(const struct ip_header *ip, uint8_t protocol, size_t after_bytes, uint8_t *out)
{
	if (ip->src.family == IP_V6)
		return build_ipv6(ip, protocol, after_bytes, out);
	return build_ipv4(ip, protocol, after_bytes, out);
}

uint64_t ip_pseudo_sum(const struct ip_header *ip, uint8_t protocol, size_t after_bytes,
		       const uint8_t *out)
{
	uint64_t sum = protocol + after_bytes;

	if (ip->src.family == IP_V6)
		return checksum_add(sum, out + IPV6_ADDRS_AT, 32);
	return checksum_add(sum, out + IPV4_ADDRS_AT, 8);
}
