/* The first byte chooses family and type of an ICMP error, the next four are its second
 * word; the rest is what it quotes. */
#include "packet/packet.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static struct packet error_of(const uint8_t *data, size_t bytes)
{
	return (struct packet){
		.kind = data[0] & 0x80 ? PACKET_ICMPV6 : PACKET_ICMP,
		.icmp = {.type = data[0] & 0x7f,
			 .rest = (uint32_t)data[1] << 24 | (uint32_t)data[2] << 16 |
				 (uint32_t)data[3] << 8 | data[4]},
		.payload = data + 5,
		.payload_bytes = bytes - 5,
	};
}

/* A quote is refused where a packet would not be only if it would have no header.
 * Asked of the error without the length of its quote, which may end before the header. */
static void check_refused(struct packet error)
{
	struct packet quoted, whole;

	error.icmp.rest = 0;
	if (packet_is_icmp_error(&error) && !packet_parse_quote(&error, &quoted) &&
	    packet_parse(error.payload, error.payload_bytes, &whole))
		check(whole.kind == PACKET_OTHER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct packet error, quoted;

	if (bytes < 5)
		return 0;
	error = error_of(data, bytes);
	if (!packet_parse_quote(&error, &quoted)) {
		check_refused(error);
		return 0;
	}
	check(packet_is_icmp_error(&error));
	check(quoted.ip.src.family == quoted.ip.dst.family);
	check(quoted.payload >= error.payload &&
	      quoted.payload + quoted.payload_bytes <= error.payload + error.payload_bytes);
	check(quoted.kind != PACKET_ICMP || quoted.ip.src.family == IP_V4);
	check(quoted.kind != PACKET_ICMPV6 || quoted.ip.src.family == IP_V6);
	return 0;
}
