#include "net/ip.h"

#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

struct ip_addr ip_v4(uint32_t host_order)
{
	return ip_from_value(IP_V4, host_order, 0);
}

uint32_t ip_v4_value(const struct ip_addr *addr)
{
	return (uint32_t)addr->bytes[0] << 24 | (uint32_t)addr->bytes[1] << 16 |
	       (uint32_t)addr->bytes[2] << 8 | addr->bytes[3];
}

/* Routes and address sets ask for each probe: the compiler makes one load and one
 * swap of this, and no loop. */
static uint64_t be64_at(const uint8_t *at)
{
	return (uint64_t)at[0] << 56 | (uint64_t)at[1] << 48 | (uint64_t)at[2] << 40 |
	       (uint64_t)at[3] << 32 | (uint64_t)at[4] << 24 | (uint64_t)at[5] << 16 |
	       (uint64_t)at[6] << 8 | at[7];
}

ip_value ip_value_of(const struct ip_addr *addr)
{
	if (addr->family != IP_V6)
		return ip_v4_value(addr);
	return (ip_value)be64_at(addr->bytes) << 64 | be64_at(addr->bytes + 8);
}

struct ip_addr ip_from_value(enum ip_family family, ip_value value, uint32_t scope_id)
{
	struct ip_addr addr = {.family = (uint8_t)family, .scope_id = scope_id};
	unsigned i;

	for (i = ip_bits(&addr) / 8; i-- > 0; value >>= 8)
		addr.bytes[i] = (uint8_t)value;
	return addr;
}

/* A decimal part of a dotted quad: 1 to 3 digits, no leading zero (some read
 * those as octal), at most 255. Gives the text behind it, or NULL. */
static const char *parse_quad_part(const char *at, uint8_t *ret_part)
{
	unsigned value = 0, digits = 0;

	for (; at[digits] >= '0' && at[digits] <= '9'; digits++) {
		if (digits == 3 || (digits == 1 && at[0] == '0'))
			return NULL;
		value = value * 10 + (unsigned)(at[digits] - '0');
	}
	if (!digits || value > 255)
		return NULL;
	*ret_part = (uint8_t)value;
	return at + digits;
}

static const char *parse_quad(const char *at, uint8_t ret_bytes[4])
{
	int i;

	for (i = 0; i < 4; i++) {
		if (i && *at++ != '.')
			return NULL;
		if (!(at = parse_quad_part(at, &ret_bytes[i])))
			return NULL;
	}
	return at;
}

static int hex_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

/* One to four hex digits. Gives the text behind them, or NULL. */
static const char *parse_group(const char *at, uint8_t ret_bytes[2])
{
	unsigned value = 0, digits = 0;

	for (; hex_value(at[digits]) >= 0; digits++) {
		if (digits == 4)
			return NULL;
		value = value << 4 | (unsigned)hex_value(at[digits]);
	}
	if (!digits)
		return NULL;
	ret_bytes[0] = (uint8_t)(value >> 8);
	ret_bytes[1] = (uint8_t)value;
	return at + digits;
}

/* What has been read of an IPv6 text: `used` bytes, and where in them "::"
 * stands for zeros (-1: nowhere). */
struct groups {
	uint8_t bytes[16];
	int used, gap;
};

/* The next group, or the dotted quad that may end the text (RFC 4291, 2.2). */
static const char *parse_group_or_quad(const char *at, struct groups *groups)
{
	const char *end;

	if (groups->used <= 12 && (end = parse_quad(at, groups->bytes + groups->used)) &&
	    (*end == '\0' || *end == '%')) {
		groups->used += 4;
		return end;
	}
	if (groups->used > 14 || !(end = parse_group(at, groups->bytes + groups->used)))
		return NULL;
	groups->used += 2;
	return *end == '.' ? NULL : end;
}

static const char *parse_groups(const char *at, struct groups *groups)
{
	if (at[0] == ':' && at[1] != ':')
		return NULL;
	while (*at && *at != '%') {
		if (at[0] == ':' && at[1] == ':') {
			if (groups->gap >= 0)
				return NULL;
			groups->gap = groups->used;
			at += 2;
			if (*at == ':')
				return NULL;
			continue;
		}
		if (*at == ':' && (groups->used == 0 || *++at == '\0'))
			return NULL;
		if (!(at = parse_group_or_quad(at, groups)))
			return NULL;
		if (*at && *at != ':' && *at != '%')
			return NULL;
	}
	return at;
}

/* An interface's name, or its number. */
static bool parse_zone(const char *zone, uint32_t *ret_scope)
{
	uint64_t number = 0;
	unsigned index;

	if (strlen(zone) < IF_NAMESIZE && (index = if_nametoindex(zone))) {
		*ret_scope = index;
		return true;
	}
	if (!*zone)
		return false;
	for (; *zone; zone++) {
		if (*zone < '0' || *zone > '9')
			return false;
		number = number * 10 + (uint64_t)(*zone - '0');
		if (number > UINT32_MAX)
			return false;
	}
	*ret_scope = (uint32_t)number;
	return number != 0;
}

static bool parse_v6(const char *text, struct ip_addr *ret_addr)
{
	struct groups groups = {.gap = -1};
	struct ip_addr addr = {.family = IP_V6};
	const char *end = parse_groups(text, &groups);
	size_t behind;

	/* "::" stands for at least one group. */
	if (!end || (groups.gap < 0 ? groups.used != 16 : groups.used > 14))
		return false;
	if (groups.gap < 0)
		groups.gap = 16;
	behind = (size_t)(groups.used > groups.gap ? groups.used - groups.gap : 0);
	memcpy(addr.bytes, groups.bytes, (size_t)groups.gap);
	memcpy(addr.bytes + 16 - behind, groups.bytes + groups.gap, behind);
	if (*end == '%' && !parse_zone(end + 1, &addr.scope_id))
		return false;
	*ret_addr = addr;
	return true;
}

bool ip_parse(const char *text, struct ip_addr *ret_addr)
{
	struct ip_addr addr = {.family = IP_V4};
	const char *end = parse_quad(text, addr.bytes);

	if (!end || *end)
		return strchr(text, ':') && parse_v6(text, ret_addr);
	*ret_addr = addr;
	return true;
}

static unsigned group_at(const struct ip_addr *addr, int i)
{
	return (unsigned)(addr->bytes[2 * i] << 8 | addr->bytes[2 * i + 1]);
}

/* The first of the longest runs of two or more zero groups (RFC 5952, 4.2). */
static void longest_zeros(const struct ip_addr *addr, int *ret_start, int *ret_count)
{
	int i, start = 0, count = 0;

	*ret_start = 8;
	*ret_count = 1;
	for (i = 0; i < 8; i++) {
		if (group_at(addr, i)) {
			count = 0;
			continue;
		}
		if (!count++)
			start = i;
		if (count > *ret_count) {
			*ret_start = start;
			*ret_count = count;
		}
	}
	if (*ret_start == 8)
		*ret_count = 0;
}

static bool is_v4_mapped(const struct ip_addr *addr)
{
	static const uint8_t prefix[12] = {[10] = 0xff, [11] = 0xff};

	return addr->family == IP_V6 && !memcmp(addr->bytes, prefix, sizeof(prefix));
}

static int format_v4(const uint8_t bytes[4], char *text, size_t size)
{
	return snprintf(text, size, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
}

static int format_v6(const struct ip_addr *addr, char *text, size_t size)
{
	int i, start, count, n = 0;

	if (is_v4_mapped(addr)) {
		n = snprintf(text, size, "::ffff:");
		return n + format_v4(addr->bytes + 12, text + n, size - (size_t)n);
	}
	longest_zeros(addr, &start, &count);
	for (i = 0; i < 8; i++) {
		if (i == start) {
			n += snprintf(text + n, size - (size_t)n, "::");
			i += count - 1;
			continue;
		}
		n += snprintf(text + n, size - (size_t)n, "%s%x",
			      i && i != start + count ? ":" : "", group_at(addr, i));
	}
	return n;
}

const char *ip_format(const struct ip_addr *addr, char text[IP_TEXT_BYTES])
{
	char zone[IF_NAMESIZE];
	int n;

	if (addr->family == IP_V4) {
		format_v4(addr->bytes, text, IP_TEXT_BYTES);
		return text;
	}
	if (addr->family != IP_V6) {
		text[0] = '\0';
		return text;
	}
	n = format_v6(addr, text, IP_TEXT_BYTES);
	if (!addr->scope_id)
		return text;
	if (if_indextoname(addr->scope_id, zone))
		snprintf(text + n, IP_TEXT_BYTES - (size_t)n, "%%%s", zone);
	else
		snprintf(text + n, IP_TEXT_BYTES - (size_t)n, "%%%u", addr->scope_id);
	return text;
}

int ip_compare(const struct ip_addr *a, const struct ip_addr *b)
{
	int r;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	r = memcmp(a->bytes, b->bytes, sizeof(a->bytes));
	if (r)
		return r < 0 ? -1 : 1;
	return (a->scope_id > b->scope_id) - (a->scope_id < b->scope_id);
}

bool ip_add(const struct ip_addr *addr, uint64_t steps, struct ip_addr *ret_sum)
{
	ip_value value = ip_value_of(addr), sum = value + steps;

	if (sum < value || (addr->family != IP_V6 && sum > UINT32_MAX))
		return false;
	*ret_sum = ip_from_value((enum ip_family)addr->family, sum, addr->scope_id);
	return true;
}

/* The host part of a prefix, all ones. */
static ip_value host_mask(const struct ip_addr *addr, unsigned bits)
{
	unsigned host_bits = bits < ip_bits(addr) ? ip_bits(addr) - bits : 0;

	return host_bits == 128 ? ~(ip_value)0 : ((ip_value)1 << host_bits) - 1;
}

struct ip_addr ip_first_of(const struct ip_addr *addr, unsigned bits)
{
	return ip_from_value((enum ip_family)addr->family,
			     ip_value_of(addr) & ~host_mask(addr, bits), addr->scope_id);
}

struct ip_addr ip_last_of(const struct ip_addr *addr, unsigned bits)
{
	return ip_from_value((enum ip_family)addr->family,
			     ip_value_of(addr) | host_mask(addr, bits), addr->scope_id);
}

bool ip_is_loopback(const struct ip_addr *addr)
{
	if (addr->family == IP_V4)
		return addr->bytes[0] == 127;
	if (is_v4_mapped(addr))
		return addr->bytes[12] == 127;
	return addr->family == IP_V6 && ip_value_of(addr) == 1;
}

bool ip_is_link_local(const struct ip_addr *addr)
{
	return addr->family == IP_V6 &&
	       ((addr->bytes[0] == 0xfe && (addr->bytes[1] & 0xc0) == 0x80) ||
		(addr->bytes[0] == 0xff && addr->bytes[1] == 0x02));
}

socklen_t ip_to_sockaddr(const struct ip_addr *addr, uint16_t port, struct sockaddr_storage *ret_sa)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	*ret_sa = (struct sockaddr_storage){0};
	if (addr->family == IP_V6) {
		v6.sin6_port = htons(port);
		v6.sin6_scope_id = addr->scope_id;
		memcpy(&v6.sin6_addr, addr->bytes, 16);
		memcpy(ret_sa, &v6, sizeof(v6));
		return sizeof(v6);
	}
	v4.sin_port = htons(port);
	memcpy(&v4.sin_addr, addr->bytes, 4);
	memcpy(ret_sa, &v4, sizeof(v4));
	return sizeof(v4);
}

bool ip_from_sockaddr(const struct sockaddr *sa, struct ip_addr *ret_addr, uint16_t *ret_port)
{
	struct ip_addr addr = {0};
	uint16_t port;

	if (sa->sa_family == AF_INET) {
		struct sockaddr_in v4;

		memcpy(&v4, sa, sizeof(v4));
		addr.family = IP_V4;
		memcpy(addr.bytes, &v4.sin_addr, 4);
		port = ntohs(v4.sin_port);
	} else if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 v6;

		memcpy(&v6, sa, sizeof(v6));
		addr.family = IP_V6;
		addr.scope_id = v6.sin6_scope_id;
		memcpy(addr.bytes, &v6.sin6_addr, 16);
		port = ntohs(v6.sin6_port);
	} else {
		return false;
	}
	*ret_addr = addr;
	if (ret_port)
		*ret_port = port;
	return true;
}

const char *ip_arpa_name(const struct ip_addr *addr, char text[IP_ARPA_BYTES])
{
	const uint8_t *b = addr->bytes;
	int i, n = 0;

	if (addr->family != IP_V6) {
		snprintf(text, IP_ARPA_BYTES, "%u.%u.%u.%u.in-addr.arpa", b[3], b[2], b[1], b[0]);
		return text;
	}
	for (i = 15; i >= 0; i--)
		n += snprintf(text + n, IP_ARPA_BYTES - (size_t)n, "%x.%x.", b[i] & 15u,
			      (unsigned)b[i] >> 4);
	snprintf(text + n, IP_ARPA_BYTES - (size_t)n, "ip6.arpa");
	return text;
}
