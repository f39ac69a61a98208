/* A datagram of rtnetlink. Each body goes to every parser, whatever its type says. */
#include "net/neighbours.h"
#include "net/netlink_parse.h"
#include "net/route_pieces.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_link(struct reader body)
{
	struct link_message link;

	if (link_message_parse(body, &link))
		require(memchr(link.name, '\0', sizeof(link.name)) != NULL);
}

static void check_addr(struct reader body)
{
	struct addr_message addr;

	if (!addr_message_parse(body, &addr))
		return;
	require(addr.addr.family == IP_V4 || addr.addr.family == IP_V6);
	require(addr.prefix_bits <= ip_bits(&addr.addr));
}

/* Whatever is cut, a piece holds the address it was asked for. */
static void check_piece(const struct ip_addr *to, unsigned bits)
{
	struct route_pieces pieces = {.family = to->family};
	ip_value first, last, value = ip_value_of(to);

	require(to->family == IP_V4 || to->family == IP_V6);
	require(bits <= ip_bits(to));
	if (route_pieces_cut(&pieces, to, bits) == 0) {
		route_pieces_seal(&pieces);
		route_pieces_find(&pieces, value, &first, &last);
		require(first <= value && value <= last);
	}
	route_pieces_release(&pieces);
}

static void check_prefixes(struct reader body)
{
	struct prefix_message prefix;
	struct route_message route;

	if (route_message_parse(body, &route))
		check_piece(&route.to, route.to_bits);
	if (rule_message_parse(body, &prefix))
		check_piece(&prefix.to, prefix.bits);
	if (label_message_parse(body, &prefix))
		check_piece(&prefix.to, prefix.bits);
}

static void check_neighbour(struct reader body, struct neighbours *neighbours)
{
	struct neighbour_message neighbour;

	if (neighbour_message_parse(body, &neighbour)) {
		require(neighbour.addr.family != IP_NONE);
		(void)neighbours_add(neighbours, &neighbour);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct reader in = reader_of(data, bytes);
	struct neighbours neighbours = {0};
	struct netlink_message message;
	struct mac_addr mac;
	size_t i;

	while (netlink_next_message(&in, &message)) {
		require(netlink_message_errno(message) >= 0);
		check_link(message.body);
		check_addr(message.body);
		check_prefixes(message.body);
		check_neighbour(message.body, &neighbours);
	}
	neighbours_sort(&neighbours);
	for (i = 0; i < neighbours.count; i++)
		require(neighbours_find(&neighbours, neighbours.at[i].interface,
					&neighbours.at[i].addr, &mac));
	neighbours_release(&neighbours);
	return 0;
}
