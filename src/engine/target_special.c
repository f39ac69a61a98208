#include "engine/target_special.h"

#include <string.h>

struct prefix {
	uint8_t family, bits;
	uint8_t bytes[4]; /* the rest is zero */
};

/* In order within each family. */
static const struct prefix special[] = {
	{IP_V4, 8, {0}},
	{IP_V4, 8, {10}},
	{IP_V4, 10, {100, 64}},
	{IP_V4, 8, {127}},
	{IP_V4, 16, {169, 254}},
	{IP_V4, 12, {172, 16}},
	{IP_V4, 24, {192, 0, 0}},
	{IP_V4, 24, {192, 0, 2}},
	{IP_V4, 16, {192, 168}},
	{IP_V4, 15, {198, 18}},
	{IP_V4, 24, {198, 51, 100}},
	{IP_V4, 24, {203, 0, 113}},
	{IP_V4, 3, {224}},
	{IP_V6, 8, {0}},                       /* unspecified, loopback, mapped */
	{IP_V6, 64, {0x01, 0}},                /* 100::/64, discard */
	{IP_V6, 32, {0x20, 0x01, 0x0d, 0xb8}}, /* documentation */
	{IP_V6, 7, {0xfc}},                    /* unique local */
	{IP_V6, 10, {0xfe, 0x80}},
	{IP_V6, 8, {0xff}},
};

static void prefix_range(const struct prefix *prefix, struct ip_addr *ret_first,
			 struct ip_addr *ret_last)
{
	struct ip_addr base = {.family = prefix->family};

	memcpy(base.bytes, prefix->bytes, sizeof(prefix->bytes));
	*ret_first = ip_first_of(&base, prefix->bits);
	*ret_last = ip_last_of(&base, prefix->bits);
}

static double count_of(const struct ip_addr *first, const struct ip_addr *last)
{
	return (double)(ip_value_of(last) - ip_value_of(first)) + 1.0;
}

static struct ip_addr at_value(const struct ip_addr *like, ip_value value)
{
	return ip_from_value((enum ip_family)like->family, value, like->scope_id);
}

int target_special_add(struct addrset *set, const struct ip_addr *first, const struct ip_addr *last,
		       double *ret_left)
{
	struct ip_addr at = *first, from, to, end;
	size_t i;
	int r;

	for (i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		if (special[i].family != first->family)
			continue;
		prefix_range(&special[i], &from, &to);
		from.scope_id = to.scope_id = first->scope_id;
		if (ip_compare(&from, first) <= 0 && ip_compare(last, &to) <= 0)
			return addrset_add_range(set, first, last);
		if (ip_compare(&to, &at) < 0 || ip_compare(last, &from) < 0)
			continue;
		if (ip_compare(&at, &from) < 0) {
			end = at_value(&from, ip_value_of(&from) - 1);
			if ((r = addrset_add_range(set, &at, &end)) < 0)
				return r;
		}
		end = ip_compare(last, &to) < 0 ? *last : to;
		from = ip_compare(&at, &from) < 0 ? from : at;
		*ret_left += count_of(&from, &end);
		if (ip_compare(last, &to) <= 0)
			return 0;
		at = at_value(&to, ip_value_of(&to) + 1);
	}
	return addrset_add_range(set, &at, last);
}

bool target_is_special(const struct ip_addr *addr)
{
	struct ip_addr first, last;
	size_t i;

	for (i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		if (special[i].family != addr->family)
			continue;
		prefix_range(&special[i], &first, &last);
		if (ip_value_of(addr) >= ip_value_of(&first) &&
		    ip_value_of(addr) <= ip_value_of(&last))
			return true;
	}
	return false;
}
