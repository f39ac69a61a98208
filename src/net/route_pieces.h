/* Where the kernel's answer may change: the addresses of one family, cut into
 * pieces inside of which every address has the same route.
 *
 * A look-up in the kernel walks the rules and, for each that matches, a table. For
 * one and the same question (interface, source, user, mark, protocol) all that is
 * looked at besides is the destination, and that only by prefixes: of rules and of
 * routes. So the answer can change only where one of those prefixes begins or ends,
 * whichever table it is in and whatever its rule. Besides, the kernel treats some
 * addresses in a way of their own (multicast ...): these are cut out too.
 *
 * The source of an IPv6 packet depends on more (RFC 6724): on the label of the
 * destination, on its scope, and on how many bits it shares with each of our
 * addresses. Labels and scopes are prefixes, and are cut. The bits shared with an
 * address are the same all over an aligned block that does not hold the address; so
 * a piece of IPv6 is an aligned block, and our addresses are cut out.
 *
 * Packets to ourselves may come from their own destination: see narrow() in route.c.
 *
 * Several next hops for one route: the kernel takes one by a hash of the addresses;
 * a piece has the one of the first address that was asked for. */
#ifndef PORTOLAN_NET_ROUTE_PIECES_H
#define PORTOLAN_NET_ROUTE_PIECES_H

#include "net/ip.h"

/* 64 MiB. With more cuts than that (twice the Internet's routes) every address is a
 * piece of its own. */
#define ROUTE_CUTS_MAX ((size_t)1 << 22)

struct route_pieces {
	enum ip_family family;
	ip_value *cuts; /* a piece begins at each; sorted when sealed */
	size_t count, room;
	bool too_many;
};

/* With what is cut on every machine. ERROR_MEMORY, and then release all the same. */
int route_pieces_init(struct route_pieces *pieces, enum ip_family family);
void route_pieces_release(struct route_pieces *pieces);
/* Cuts out a prefix of this family, in any order. ERROR_MEMORY. */
int route_pieces_cut(struct route_pieces *pieces, const struct ip_addr *addr, unsigned bits);
/* After the last cut, before the first route_pieces_find(). */
void route_pieces_seal(struct route_pieces *pieces);
/* The piece that holds the value. */
void route_pieces_find(const struct route_pieces *pieces, ip_value value, ip_value *ret_first,
		       ip_value *ret_last);

#endif
