#include "net/netlink_read.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>

/* Netlink rounds every length up to 4; the padding of the last one may be
 * missing. */
static void skip_padding(struct reader *in, size_t bytes)
{
	size_t padding = -bytes & 3;

	reader_skip(in, padding < in->left_bytes ? padding : in->left_bytes);
}

uint16_t netlink_read_u16(struct reader *in)
{
	const uint8_t *bytes = reader_take(in, sizeof(uint16_t));
	uint16_t value = 0;

	if (bytes)
		memcpy(&value, bytes, sizeof(value));
	return value;
}

uint32_t netlink_read_u32(struct reader *in)
{
	const uint8_t *bytes = reader_take(in, sizeof(uint32_t));
	uint32_t value = 0;

	if (bytes)
		memcpy(&value, bytes, sizeof(value));
	return value;
}

/* The rest of something that says it is `bytes` long, `header` of them read. */
static bool take_rest(struct reader *in, size_t bytes, size_t header, struct reader *ret_rest)
{
	const uint8_t *at;

	if (!reader_ok(in) || bytes < header || !(at = reader_take(in, bytes - header)))
		return false;
	*ret_rest = reader_of(at, bytes - header);
	skip_padding(in, bytes);
	return true;
}

bool netlink_next_message(struct reader *in, struct netlink_message *ret_message)
{
	struct netlink_message message = {0};
	uint32_t bytes;

	if (!in->left_bytes)
		return false;
	bytes = netlink_read_u32(in);
	message.type = netlink_read_u16(in);
	message.flags = netlink_read_u16(in);
	message.seq = netlink_read_u32(in);
	message.port = netlink_read_u32(in);
	if (!take_rest(in, bytes, sizeof(struct nlmsghdr), &message.body))
		return false;
	*ret_message = message;
	return true;
}

bool netlink_next_attr(struct reader *in, struct netlink_attr *ret_attr)
{
	struct netlink_attr attr = {0};
	uint16_t bytes;

	if (!in->left_bytes)
		return false;
	bytes = netlink_read_u16(in);
	attr.type = (uint16_t)(netlink_read_u16(in) & 0x3fff); /* NLA_TYPE_MASK */
	if (!take_rest(in, bytes, sizeof(struct nlattr), &attr.value))
		return false;
	*ret_attr = attr;
	return true;
}

bool netlink_attr_u32(struct netlink_attr attr, uint32_t *ret_value)
{
	if (attr.value.left_bytes != sizeof(uint32_t))
		return false;
	*ret_value = netlink_read_u32(&attr.value);
	return true;
}

bool netlink_attr_ip(struct netlink_attr attr, struct ip_addr *ret_addr)
{
	struct ip_addr addr = {0};
	size_t count = attr.value.left_bytes;

	if (count != 4 && count != 16)
		return false;
	addr.family = count == 4 ? IP_V4 : IP_V6;
	memcpy(addr.bytes, attr.value.at, count);
	*ret_addr = addr;
	return true;
}

int netlink_message_errno(struct netlink_message message)
{
	int32_t error = (int32_t)netlink_read_u32(&message.body);

	if (!reader_ok(&message.body) || error > 0 || error == INT32_MIN)
		return EPROTO;
	return -error;
}
