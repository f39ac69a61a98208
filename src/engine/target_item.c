#include "engine/target_item.h"

#include "engine/target_rules.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

static bool family_allowed(const struct target_config *config, uint8_t family)
{
	return config->families & (family == IP_V6 ? RESOLVE_V6 : RESOLVE_V4);
}

int target_item_fail(struct target_item *item, const char *why)
{
	char *copy = alloc_strdup(why);

	if (!copy)
		return ERROR_MEMORY;
	alloc_free(item->why);
	item->why = copy;
	item->state = TARGET_ITEM_FAILED;
	return 0;
}

static int fail_resolve(struct target_item *item)
{
	struct diag diag;

	diag_set(&diag, 0, "Failed to resolve \"%.600s\".", item->name);
	return target_item_fail(item, diag.text);
}

static int fail_family(struct target_item *item, uint8_t family)
{
	struct diag diag;

	diag_set(&diag, 0, "\"%.400s\" is an IPv%u target: leave out -%u to scan it.", item->text,
		 family, family == IP_V6 ? IP_V4 : IP_V6);
	return target_item_fail(item, diag.text);
}

static bool has_addr(const struct target_item *item, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < item->addrs_count; i++)
		if (ip_equal(&item->addrs[i], addr))
			return true;
	return false;
}

/* Enough for any honest name, and few enough that comparing each with each
 * costs nothing. */
#define NAME_ADDRS_MAX 256

static int keep_addrs(struct target_item *item, const struct target_config *config,
		      const struct resolver_answer *answer)
{
	size_t i,
		most = answer->addrs_count < NAME_ADDRS_MAX ? answer->addrs_count : NAME_ADDRS_MAX;

	item->addrs = alloc_array(most, sizeof(*item->addrs));
	if (!item->addrs)
		return ERROR_MEMORY;
	for (i = 0; i < answer->addrs_count && item->addrs_count < most; i++)
		if (family_allowed(config, answer->addrs[i].family) &&
		    !has_addr(item, &answer->addrs[i]))
			item->addrs[item->addrs_count++] = answer->addrs[i];
	return 0;
}

/* The first IPv4 address, if there is one, to the front. */
static void choose_first(struct target_item *item)
{
	struct ip_addr chosen;
	size_t i = 0;

	while (i < item->addrs_count && item->addrs[i].family != IP_V4)
		i++;
	if (i == 0 || i == item->addrs_count)
		return;
	chosen = item->addrs[i];
	memmove(item->addrs + 1, item->addrs, i * sizeof(*item->addrs));
	item->addrs[0] = chosen;
}

static void item_resolved(void *self, const struct resolver_answer *answer)
{
	struct target_item *item = self;
	int r = 0;

	item->query = NULL;
	item->state = TARGET_ITEM_READY;
	if (answer->error == 0)
		r = keep_addrs(item, item->config, answer);
	else if (answer->error == ERROR_MEMORY)
		r = ERROR_MEMORY;
	if (r == 0 && !item->addrs_count)
		r = fail_resolve(item);
	choose_first(item);
	item->scanned_count = item->config->resolve_all ? item->addrs_count
			      : item->addrs_count       ? 1
							: 0;
	item->answered(item->self, item, r);
}

static int item_ask(struct target_item *item, struct resolver *resolver)
{
	int r;

	item->name = alloc_strndup(item->expr.name.text, item->expr.name.bytes);
	if (!item->name)
		return ERROR_MEMORY;
	if (!*item->name || !resolver)
		return fail_resolve(item);
	item->state = TARGET_ITEM_ASKING;
	r = resolver_forward(resolver, item->name, item->config->families, item_resolved, item,
			     &item->query);
	if (r == ERROR_MEMORY)
		return r;
	return r < 0 ? fail_resolve(item) : 0;
}

static int item_understand(struct target_item *item, const struct target_expr_grammar *grammar,
			   struct resolver *resolver)
{
	struct diag diag;
	uint8_t family;

	item->state = TARGET_ITEM_READY;
	if (target_expr_parse(item->text, grammar, &item->expr, &diag) < 0)
		return target_item_fail(item, diag.text);
	if (item->expr.kind == TARGET_EXPR_NAME)
		return item_ask(item, resolver);
	family = item->expr.kind == TARGET_EXPR_RANGE ? IP_V6 : IP_V4;
	return family_allowed(item->config, family) ? 0 : fail_family(item, family);
}

int target_item_new(const char *text, const struct target_expr_grammar *grammar,
		    const struct target_config *config, struct resolver *resolver,
		    void (*answered)(void *self, struct target_item *item, int error), void *self,
		    struct target_item **ret_item)
{
	struct target_item *item = alloc_zero(sizeof(*item));
	int r = ERROR_MEMORY;

	if (!item)
		return r;
	item->config = config;
	item->answered = answered;
	item->self = self;
	item->text = alloc_strdup(text);
	if (item->text)
		r = item_understand(item, grammar, resolver);
	if (r < 0) {
		item->query = NULL;
		target_item_free(item, resolver);
		return r;
	}
	*ret_item = item;
	return 0;
}

void target_item_free(struct target_item *item, struct resolver *resolver)
{
	if (!item)
		return;
	if (item->query)
		resolver_cancel(resolver, item->query);
	target_rules_unref(item->rules);
	alloc_free(item->addrs);
	alloc_free(item->name);
	alloc_free(item->why);
	alloc_free(item->text);
	alloc_free(item);
}

bool target_item_next_part(struct target_item *item, const struct target_expr_grammar *grammar,
			   struct target_expr *ret_expr)
{
	struct ip_addr *addr;
	unsigned mask;

	if (!item->name) {
		*ret_expr = item->expr;
		return item->walked++ == 0;
	}
	if (item->walked == item->scanned_count)
		return false;
	addr = &item->addrs[item->walked++];
	if (!addr->scope_id && ip_is_link_local(addr))
		addr->scope_id = grammar->scope_id;
	/* With --resolve-all a mask meant for IPv4 must not open 2^100 IPv6 addresses. */
	mask = item->expr.name.mask < 0 || addr->family != item->addrs[0].family
		       ? ip_bits(addr)
		       : (unsigned)item->expr.name.mask;
	*ret_expr =
		(struct target_expr){.kind = TARGET_EXPR_RANGE, .mask_cut = mask > ip_bits(addr)};
	ret_expr->range.first = ip_first_of(addr, mask);
	ret_expr->range.last = ip_last_of(addr, mask);
	return true;
}

const struct ip_addr *target_item_named(const struct target_item *item, const struct ip_addr *addr)
{
	if (!item->name || !item->walked || !ip_equal(&item->addrs[item->walked - 1], addr))
		return NULL;
	return &item->addrs[item->walked - 1];
}
