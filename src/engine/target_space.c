#include "engine/target_space.h"

#include "engine/target_random.h"
#include "engine/target_special.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

/* A stretch of addresses, and how many are in those before it. */
struct stretch {
	ip_value first;
	uint128 before;
	uint32_t scope_id;
	uint8_t family;
};

struct target_space {
	struct stretch *stretches; /* IPv4 first, ascending */
	size_t count;
	uint128 size;
};

/* ---- making ---- */

/* What cannot be excluded cannot be swept, for the same reason. */
static void explain(int error, const struct diag *why, struct diag *diag)
{
	static const char theirs[] = "Can't exclude";
	const char *text = why->text;

	if (!strncmp(text, theirs, sizeof(theirs) - 1))
		text += sizeof(theirs) - 1;
	diag_set_at(
		diag, error, why->line, why->column,
		"A sweep takes addresses, ranges and names, each without ports of its own:%.400s",
		text);
}

/* The grammar of excludes is that of targets, and names are resolved on the way. */
static int add_expressions(const struct target_space_config *config, char **expressions,
			   size_t expressions_count, char **files, size_t files_count,
			   struct addrset *set, double *ret_left, struct diag *diag)
{
	struct target_config wanted = *config->targets;
	struct addrset *named = NULL;
	struct diag why = {0};
	struct ip_addr first, last;
	size_t i;
	int r;

	wanted.excludes = expressions;
	wanted.excludes_count = expressions_count;
	wanted.exclude_files = files;
	wanted.exclude_files_count = files_count;
	r = target_excludes(&wanted, config->loop, config->resolver, &named, &why);
	if (r < 0)
		explain(r, &why, diag);
	for (i = 0; r == 0 && i < addrset_ranges(named); i++) {
		addrset_range_at(named, i, &first, &last);
		r = config->special ? addrset_add_range(set, &first, &last)
				    : target_special_add(set, &first, &last, ret_left);
		if (r < 0)
			diag_set(diag, r, "%s", error_text(r));
	}
	addrset_free(named);
	return r;
}

static int add_random(const struct target_space_config *config, struct addrset *set,
		      struct diag *diag)
{
	struct target_random *random;
	struct ip_addr addr;
	uint64_t i;
	int r;

	if (!config->targets->random_count)
		return diag_set(diag, ERROR_RANGE,
				"-iR 0 never ends, and a sweep is over a known number of targets; "
				"say how many, or sweep 0.0.0.0/0");
	r = target_random_new(NULL, config->seed, &random);
	if (r < 0)
		return diag_set(diag, r, "%s", error_text(r));
	for (i = 0;
	     r == 0 && i < config->targets->random_count && target_random_next(random, &addr); i++)
		r = addrset_add(set, &addr);
	target_random_free(random);
	return r < 0 ? diag_set(diag, r, "%s", error_text(r)) : 0;
}

static int add_all(const struct target_space_config *config, struct addrset *set, double *ret_left,
		   struct diag *diag)
{
	const struct target_config *targets = config->targets;
	size_t i;
	int r = 0;

	/* One by one: neighbours that grow together would hide what was named. */
	for (i = 0; r == 0 && i < targets->expressions_count; i++)
		r = add_expressions(config, &targets->expressions[i], 1, NULL, 0, set, ret_left,
				    diag);
	for (i = 0; r == 0 && i < targets->input_files_count; i++)
		r = add_expressions(config, NULL, 0, &targets->input_files[i], 1, set, ret_left,
				    diag);
	if (r == 0 && targets->random)
		r = add_random(config, set, diag);
	return r;
}

static bool family_wanted(const struct target_config *targets, const struct ip_addr *addr)
{
	if (!targets->families_forced)
		return true;
	return targets->families == RESOLVE_BOTH ||
	       (addr->family == IP_V6) == (targets->families == RESOLVE_V6);
}

static int number(struct target_space *space, const struct target_config *targets,
		  struct addrset *set)
{
	size_t ranges = addrset_ranges(set), i;

	space->stretches = alloc_array(ranges, sizeof(*space->stretches));
	if (ranges && !space->stretches)
		return ERROR_MEMORY;
	for (i = 0; i < ranges; i++) {
		struct stretch *stretch = &space->stretches[space->count];
		struct ip_addr first, last;

		addrset_range_at(set, i, &first, &last);
		if (!family_wanted(targets, &first))
			continue;
		*stretch = (struct stretch){
			.first = ip_value_of(&first),
			.before = space->size,
			.scope_id = first.scope_id,
			.family = first.family,
		};
		space->size += ip_value_of(&last) - stretch->first + 1;
		space->count++;
	}
	return 0;
}

int target_space_new(const struct target_space_config *config, struct target_space **ret_space,
		     double *ret_left, struct diag *diag)
{
	struct target_space *space = alloc_zero(sizeof(*space));
	struct addrset *set = addrset_new();
	int r;

	*ret_left = 0;
	if (!space || !set)
		r = diag_set(diag, ERROR_MEMORY, "out of memory");
	else if ((r = add_all(config, set, ret_left, diag)) == 0 &&
		 (r = number(space, config->targets, set)) < 0)
		diag_set(diag, r, "%s", error_text(r));
	addrset_free(set);
	if (r == 0)
		*ret_space = space;
	else
		target_space_free(space);
	return r;
}

void target_space_free(struct target_space *space)
{
	if (!space)
		return;
	alloc_free(space->stretches);
	alloc_free(space);
}

/* ---- asking ---- */

uint128 target_space_size(const struct target_space *space)
{
	return space->size;
}

struct ip_addr target_space_at(const struct target_space *space, uint128 index)
{
	size_t low = 0, high = space->count, middle;
	const struct stretch *stretch;

	/* The last stretch that begins at or before the index. */
	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (space->stretches[middle].before <= index)
			low = middle;
		else
			high = middle;
	}
	stretch = &space->stretches[low];
	return ip_from_value((enum ip_family)stretch->family,
			     stretch->first + (ip_value)(index - stretch->before),
			     stretch->scope_id);
}

static uint128 size_of(const struct target_space *space, size_t i)
{
	uint128 end = i + 1 < space->count ? space->stretches[i + 1].before : space->size;

	return end - space->stretches[i].before;
}

static bool begins_after(const struct stretch *stretch, const struct ip_addr *addr, ip_value value)
{
	if (stretch->family != addr->family)
		return stretch->family > addr->family;
	return stretch->first > value;
}

bool target_space_find(const struct target_space *space, const struct ip_addr *addr,
		       uint128 *ret_index)
{
	size_t low = 0, high = space->count, middle;
	ip_value value = ip_value_of(addr);
	const struct stretch *stretch;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (begins_after(&space->stretches[middle], addr, value))
			high = middle;
		else
			low = middle;
	}
	if (!space->count)
		return false;
	stretch = &space->stretches[low];
	if (stretch->family != addr->family || value < stretch->first ||
	    value - stretch->first >= size_of(space, low))
		return false;
	*ret_index = stretch->before + (value - stretch->first);
	return true;
}
