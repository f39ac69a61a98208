#include "engine/target_expr.h"

#include "util/error.h"

#include <string.h>

static int bad_mask(const char *text, struct diag *diag)
{
	return diag_set(diag, ERROR_SYNTAX,
			"\"%.400s\" has no usable mask: write the number of network bits "
			"behind the slash, as in 192.0.2.0/24.",
			text);
}

/* The digits behind the slash. Any number of leading zeros is fine, and a
 * value past all masks is given as 999. -1: not a number. */
static int parse_mask(const char *at, const char *end)
{
	int mask = 0;

	if (at == end)
		return -1;
	for (; at < end; at++) {
		if (*at < '0' || *at > '9')
			return -1;
		mask = mask * 10 + (*at - '0');
		if (mask > 999)
			mask = 999;
	}
	return mask;
}

/* Finds the last slash; *ret_end is where the host part ends. */
static int split_mask(const char *at, const char *end, const char **ret_end, int *ret_mask)
{
	const char *slash = memrchr(at, '/', (size_t)(end - at));

	*ret_end = slash ? slash : end;
	*ret_mask = slash ? parse_mask(slash + 1, end) : -1;
	return slash && *ret_mask < 0 ? ERROR_SYNTAX : 0;
}

/* A copy, as ip_parse() wants the whole text. */
static bool parse_v6(const char *at, const char *end, struct ip_addr *ret_addr)
{
	char text[IP_TEXT_BYTES + 1];
	size_t bytes = (size_t)(end - at);

	if (bytes >= sizeof(text) || !memchr(at, ':', bytes))
		return false;
	memcpy(text, at, bytes);
	text[bytes] = '\0';
	return ip_parse(text, ret_addr) && ret_addr->family == IP_V6;
}

static void set_range(struct ip_addr addr, int mask, uint32_t scope_id, struct target_expr *expr)
{
	unsigned bits = mask < 0 || mask > 128 ? 128 : (unsigned)mask;

	if (!addr.scope_id && ip_is_link_local(&addr))
		addr.scope_id = scope_id;
	expr->kind = TARGET_EXPR_RANGE;
	expr->range.first = ip_first_of(&addr, bits);
	expr->range.last = ip_last_of(&addr, bits);
	expr->mask_cut = mask > 128;
}

/* [at, end) without ports. */
static int parse_host(const char *text, const char *at, const char *end, uint32_t scope_id,
		      struct target_expr *expr, struct diag *diag)
{
	struct ip_addr addr;
	const char *host_end;
	int mask;

	if (split_mask(at, end, &host_end, &mask) < 0)
		return bad_mask(text, diag);
	if (parse_v6(at, host_end, &addr)) {
		set_range(addr, mask, scope_id, expr);
		return 0;
	}
	if (target_pattern_parse(at, (size_t)(host_end - at), &expr->pattern)) {
		expr->kind = TARGET_EXPR_PATTERN;
		expr->mask_cut = mask > 32;
		if (mask >= 0)
			target_pattern_widen(&expr->pattern, (unsigned)mask);
		return 0;
	}
	expr->kind = TARGET_EXPR_NAME;
	expr->name.text = at;
	expr->name.bytes = (size_t)(host_end - at);
	expr->name.mask = mask;
	return 0;
}

/* [2001:db8::1], [2001:db8::/64]:443 */
static int parse_brackets(const char *text, const struct target_expr_grammar *grammar,
			  struct target_expr *expr, struct diag *diag)
{
	const char *close = strchr(text, ']');
	bool ports = close && close[1] == ':' && grammar->ports;
	int r = 0;

	if (close && (ports || close[1] == '\0'))
		r = parse_host(text, text + 1, close, grammar->scope_id, expr, diag);
	if (r < 0)
		return r;
	if (!close || (!ports && close[1]) || expr->kind != TARGET_EXPR_RANGE)
		return diag_set(diag, ERROR_SYNTAX,
				"\"%.400s\" is not understood: brackets enclose an IPv6 address%s.",
				text,
				grammar->ports ? ", as in [2001:db8::1]:443"
					       : " and nothing follows them here");
	expr->ports = ports ? close + 2 : NULL;
	return 0;
}

/* Whether all of text is an IPv6 address, with or without a mask: then its
 * colons begin no ports. */
static bool is_v6(const char *text)
{
	const char *end = text + strlen(text), *slash = memrchr(text, '/', (size_t)(end - text));
	struct ip_addr addr;

	return parse_v6(text, slash ? slash : end, &addr);
}

int target_expr_parse(const char *text, const struct target_expr_grammar *grammar,
		      struct target_expr *ret_expr, struct diag *diag)
{
	struct target_expr expr = {.kind = TARGET_EXPR_NAME};
	const char *colon = NULL, *end = text + strlen(text);
	int r;

	if (text[0] == '[') {
		r = parse_brackets(text, grammar, &expr, diag);
	} else {
		if (grammar->ports && !is_v6(text))
			colon = strchr(text, ':');
		r = parse_host(text, text, colon ? colon : end, grammar->scope_id, &expr, diag);
		expr.ports = colon ? colon + 1 : NULL;
	}
	if (r < 0)
		return r;
	if (expr.ports && !*expr.ports)
		return diag_set(diag, ERROR_SYNTAX,
				"\"%.400s\" ends in a colon: ports must follow, or leave it out.",
				text);
	*ret_expr = expr;
	return 0;
}

static int pattern_add_to(const struct target_pattern *pattern, struct addrset *set)
{
	uint32_t at = 0;
	int r;

	while (target_pattern_next(pattern, at, &at)) {
		uint32_t end = target_pattern_run_end(pattern, at);
		struct ip_addr first = ip_v4(at), last = ip_v4(end);

		if ((r = addrset_add_range(set, &first, &last)) < 0)
			return r;
		if (end == UINT32_MAX)
			break;
		at = end + 1;
	}
	return 0;
}

uint64_t target_expr_ranges(const struct target_expr *expr)
{
	return expr->kind == TARGET_EXPR_PATTERN ? target_pattern_runs(&expr->pattern) : 1;
}

int target_expr_add_to(const struct target_expr *expr, struct addrset *set)
{
	if (expr->kind == TARGET_EXPR_PATTERN)
		return pattern_add_to(&expr->pattern, set);
	return addrset_add_range(set, &expr->range.first, &expr->range.last);
}
