#include "packet/ethernet.h"

#include "packet/wire.h"

bool ethernet_parse(const void *bytes, size_t count, struct ethernet_header *ret_header,
		    const uint8_t **ret_payload, size_t *ret_payload_bytes)
{
	struct reader in = reader_of(bytes, count);
	struct ethernet_header header;

	header.dst = read_mac(&in);
	header.src = read_mac(&in);
	header.type = read_be16(&in);
	if (header.type == ETHERNET_VLAN) {
		reader_skip(&in, 2);
		header.type = read_be16(&in);
	}
	if (!reader_ok(&in))
		return false;
	*ret_header = header;
	*ret_payload = in.at;
	*ret_payload_bytes = in.left_bytes;
	return true;
}

void ethernet_build(const struct ethernet_header *header, uint8_t *out)
{
	memcpy(out, header->dst.bytes, 6);
	memcpy(out + 6, header->src.bytes, 6);
	put_be16(out + 12, header->type);
}

/* RFC 2464, 7. */
struct mac_addr ethernet_multicast(const struct ip_addr *group)
{
	struct mac_addr mac = {{0x33, 0x33}};

	memcpy(mac.bytes + 2, group->bytes + 12, 4);
	return mac;
}
