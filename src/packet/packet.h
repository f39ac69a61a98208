/* One IP packet, taken apart or to be put together: every header we send or
 * understand. Knows layouts and checksums; no I/O, no clock, no policy.
 *
 * The same struct serves both ways: packet_parse() fills it, packet_build()
 * turns it into bytes. Values are in host order. */
#ifndef PORTOLAN_PACKET_PACKET_H
#define PORTOLAN_PACKET_PACKET_H

#include "net/ip.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* IANA protocol numbers that have a layout here. */
enum ip_protocol {
	PROTOCOL_ICMP = 1,
	PROTOCOL_IGMP = 2,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_ICMPV6 = 58,
	PROTOCOL_SCTP = 132,
};

/* What is known of the part after the IP header. PACKET_OTHER: nothing (another
 * protocol, a later fragment, or cut too short): all of it is payload. */
enum packet_kind {
	PACKET_OTHER,
	PACKET_TCP,
	PACKET_UDP,
	PACKET_SCTP,
	PACKET_ICMP,   /* v4 */
	PACKET_ICMPV6, /* v6 */
	PACKET_IGMP,
};

#define IPV4_HEADER_BYTES  20u
#define IPV6_HEADER_BYTES  40u
#define IPV4_OPTIONS_BYTES 40u
#define TCP_OPTIONS_BYTES  40u
#define PACKET_BYTES_MAX   65575u /* IPv6 header and the longest payload */

/* RFC 791, RFC 8200. The family is that of src and dst. */
struct ip_header {
	struct ip_addr src, dst;
	/* IPv6: what follows the extension headers that can be walked (hop-by-hop,
	 * routing, fragment, destination options). packet_build() takes the kind's
	 * own, and this one for PACKET_OTHER. */
	uint8_t protocol;
	uint8_t ttl; /* hop limit */
	uint8_t tos; /* traffic class */
	uint16_t id; /* IPv4; IPv6: of the fragment header, low half */
	uint32_t flow_label;
	bool dont_fragment, more_fragments;
	uint16_t fragment_offset; /* in bytes; a multiple of 8 */
	uint8_t options_bytes;    /* IPv4; a multiple of 4 */
	uint8_t options[IPV4_OPTIONS_BYTES];
	uint32_t total_bytes; /* as the header says; packet_build() computes it */
	/* IPv6, for building only: whole extension headers as they are, of which the last one
	 * names the kind's protocol, and the number of the first. Borrowed; NULL none. Not
	 * together with fragments. */
	const uint8_t *extensions;
	uint16_t extensions_bytes; /* a multiple of 8 */
	uint8_t extensions_first;
};

/* RFC 9293. */
enum tcp_flags {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
	TCP_ECE = 0x40,
	TCP_CWR = 0x80,
};

struct tcp_header {
	uint16_t src_port, dst_port;
	uint32_t seq, ack;
	uint8_t flags;
	uint8_t reserved; /* the four bits before the flags */
	uint16_t window, urgent;
	uint8_t options_bytes; /* a multiple of 4 */
	uint8_t options[TCP_OPTIONS_BYTES];
};

struct udp_header {
	uint16_t src_port, dst_port;
	uint16_t length_bytes; /* parsed */
};

/* RFC 9260: the common header and the first chunk. The chunk's value is the
 * packet's payload (without the chunk's own four bytes, without padding). */
enum sctp_chunk {
	SCTP_INIT = 1,
	SCTP_INIT_ACK = 2,
	SCTP_ABORT = 6,
	SCTP_COOKIE_ECHO = 10,
	SCTP_COOKIE_ACK = 11,
};

struct sctp_header {
	uint16_t src_port, dst_port;
	uint32_t vtag;
	/* Parsed: false when the packet or quote ends before it, or it is malformed.
	 * packet_build() always writes one. */
	bool has_chunk;
	uint8_t chunk_type, chunk_flags;
};

/* ICMP (RFC 792) and ICMPv6 (RFC 4443): `rest` is the second header word, for
 * echo and its kin identifier << 16 | sequence. What follows is payload. */
enum icmp_type {
	ICMP_ECHO_REPLY = 0,
	ICMP_UNREACHABLE = 3,
	ICMP_SOURCE_QUENCH = 4,
	ICMP_REDIRECT = 5,
	ICMP_ECHO = 8,
	ICMP_TIME_EXCEEDED = 11,
	ICMP_PARAMETER_PROBLEM = 12,
	ICMP_TIMESTAMP = 13,
	ICMP_TIMESTAMP_REPLY = 14,
	ICMP_MASK = 17,
	ICMP_MASK_REPLY = 18,
};

enum icmpv6_type {
	ICMPV6_UNREACHABLE = 1,
	ICMPV6_TOO_BIG = 2,
	ICMPV6_TIME_EXCEEDED = 3,
	ICMPV6_PARAMETER_PROBLEM = 4,
	ICMPV6_ECHO = 128,
	ICMPV6_ECHO_REPLY = 129,
	ICMPV6_NEIGHBOUR_SOLICITATION = 135,
	ICMPV6_NEIGHBOUR_ADVERTISEMENT = 136,
};

struct icmp_header {
	uint8_t type, code;
	uint32_t rest;
};

struct packet {
	struct ip_header ip;
	enum packet_kind kind;
	union {
		struct tcp_header tcp;
		struct udp_header udp;
		struct sctp_header sctp;
		struct icmp_header
			icmp; /* PACKET_ICMP, PACKET_ICMPV6; PACKET_IGMP: rest is the group */
	};
	const uint8_t *payload; /* borrowed; parsed: points into the bytes given */
	size_t payload_bytes;
	/* For building only: a checksum that is wrong by one (features.md EV-11),
	 * and SCTP's old one (EV-12). */
	bool bad_sum, adler32;
};

/* An IP packet of either family, from its first byte (no link header). Bytes
 * past the header's total length are ignored; a packet cut short is parsed as
 * far as it goes when the transport header is whole. Checksums of headers
 * are not judged (offloading leaves them unfinished). Addresses come without a
 * scope. False: no IP packet, a header that contradicts itself, or an endless
 * chain of IPv6 extension headers. */
bool packet_parse(const void *bytes, size_t count, struct packet *ret_packet);

/* Is it an ICMP or ICMPv6 error (which quotes a packet)? */
bool packet_is_icmp_error(const struct packet *packet);

/* The packet that an ICMP error quotes. Quotes may be cut after eight bytes of
 * transport header: ports are there then, and TCP's seq, SCTP's vtag, ICMP's
 * identifier; fields past the cut are 0. A total length that the quoting stack
 * has spoilt does no harm, and RFC 4884 extensions are left out. PACKET_OTHER: a
 * protocol without a layout here, a later fragment, or a packet that ended
 * before its transport header and is quoted whole. False: no error, or less
 * of the packet than that. */
bool packet_parse_quote(const struct packet *error, struct packet *ret_quoted);

/* The bytes of a packet, lengths and checksums filled in (IPv4 header, TCP,
 * UDP, SCTP, ICMP). PACKET_OTHER: payload follows the IP header as it is. IPv6
 * gets a fragment header when it is a fragment, or the extension headers it names.
 * Gives the length; 0 when `room` is too small, a field is out of range or the
 * kind does not go with the family. */
size_t packet_build(const struct packet *packet, uint8_t *out, size_t room);

/* Adds the option "maximum segment size" (RFC 9293, 3.2) if there is room. */
void tcp_add_mss(struct tcp_header *tcp, uint16_t mss);

#endif
