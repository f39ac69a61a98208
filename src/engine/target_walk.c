#include "engine/target_walk.h"

#include "util/error.h"

/* More ranges than this are remembered as a pattern. */
#define SEEN_RANGES_MAX 256

static bool is_past(const struct ip_addr *a, const struct ip_addr *b)
{
	return ip_value_of(a) > ip_value_of(b);
}

/* Narrows *last to what one set says of addr and those behind it. */
static bool set_bars(struct addrset *set, const struct ip_addr *addr, struct ip_addr *last)
{
	struct ip_addr first;

	if (!set || !addrset_next(set, addr, &first, NULL))
		return false;
	if (!is_past(&first, addr))
		return addrset_range_end(set, addr, last);
	if (!is_past(&first, last))
		*last = ip_from_value((enum ip_family)addr->family, ip_value_of(&first) - 1,
				      addr->scope_id);
	return false;
}

static bool pattern_bars(const struct target_pattern *pattern, uint32_t addr, struct ip_addr *last)
{
	uint32_t next;

	if (!target_pattern_next(pattern, addr, &next))
		return false;
	if (next == addr) {
		*last = ip_v4(target_pattern_run_end(pattern, addr));
		return true;
	}
	if (next <= ip_v4_value(last))
		*last = ip_v4(next - 1);
	return false;
}

bool target_filter_bars(const struct target_filter *filter, const struct ip_addr *addr,
			struct ip_addr *ret_last)
{
	size_t i;

	*ret_last = ip_last_of(addr, 0);
	if (set_bars(filter->excludes, addr, ret_last) || set_bars(filter->done, addr, ret_last))
		return true;
	if (!filter->seen)
		return false;
	if (set_bars(filter->seen->set, addr, ret_last))
		return true;
	for (i = 0; addr->family == IP_V4 && i < filter->seen->patterns_count; i++)
		if (pattern_bars(&filter->seen->patterns[i], ip_v4_value(addr), ret_last))
			return true;
	return false;
}

static bool is_scattered(const struct target_expr *expr)
{
	return target_expr_ranges(expr) > SEEN_RANGES_MAX;
}

static bool is_within_seen(const struct target_expr *expr, const struct target_seen *seen)
{
	size_t i;

	for (i = 0; i < seen->patterns_count; i++)
		if (target_pattern_contains(&seen->patterns[i], &expr->pattern))
			return true;
	return false;
}

void target_walk_begin(struct target_walk *walk, const struct target_expr *expr,
		       const struct target_filter *filter)
{
	const struct target_seen *seen = filter->seen;

	*walk = (struct target_walk){.expr = *expr};
	walk->at = expr->kind == TARGET_EXPR_PATTERN ? ip_v4(0) : expr->range.first;
	if (!seen || !is_scattered(expr))
		return;
	walk->ended = is_within_seen(expr, seen);
	walk->remember_each = seen->patterns_count == TARGET_SEEN_PATTERNS;
}

/* Puts walk->at on the expression's next address. */
static bool walk_settle(struct target_walk *walk)
{
	uint32_t next;

	if (walk->ended)
		return false;
	if (walk->expr.kind == TARGET_EXPR_RANGE)
		return !is_past(&walk->at, &walk->expr.range.last);
	if (!target_pattern_next(&walk->expr.pattern, ip_v4_value(&walk->at), &next))
		return false;
	walk->at = ip_v4(next);
	return true;
}

enum target_step target_walk_next(struct target_walk *walk, const struct target_filter *filter,
				  unsigned *budget, struct ip_addr *ret_addr)
{
	struct ip_addr last;

	for (; walk_settle(walk); walk->ended = !ip_add(&last, 1, &walk->at)) {
		if (walk->is_free && !is_past(&walk->at, &walk->free_until))
			break;
		walk->is_free = !target_filter_bars(filter, &walk->at, &last);
		if (walk->is_free) {
			walk->free_until = last;
			break;
		}
		if (!*budget)
			return TARGET_STEP_PAUSE;
		--*budget;
	}
	if (!walk_settle(walk)) {
		walk->ended = true;
		return TARGET_STEP_END;
	}
	*ret_addr = walk->at;
	walk->ended = !ip_add(&walk->at, 1, &walk->at);
	return TARGET_STEP_ADDR;
}

int target_walk_remember(const struct target_walk *walk, struct target_seen *seen,
			 const struct ip_addr *addr)
{
	if (addr)
		return walk->remember_each ? addrset_add(seen->set, addr) : 0;
	if (walk->remember_each)
		return 0;
	if (!is_scattered(&walk->expr))
		return target_expr_add_to(&walk->expr, seen->set);
	if (!is_within_seen(&walk->expr, seen))
		seen->patterns[seen->patterns_count++] = walk->expr.pattern;
	return 0;
}
