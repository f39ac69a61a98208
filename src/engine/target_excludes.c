/* --exclude and --excludefile (TS-10, TS-11): one set, before the scan. All
 * names are asked at once; whatever is not understood ends the run, since a
 * host that must not be scanned would be. */
#include "engine/target.h"

#include "engine/target_expr.h"
#include "engine/target_reader.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

/* All the excludes together, 8 bytes each in IPv4: the worst that one meets,
 * "*.*.*.0,255", is half of it. */
#define RANGES_MAX (UINT64_C(1) << 25)

struct exclude_name {
	struct excluding *all;
	struct resolver_query *query;
	struct exclude_name *next;
	int mask;
	bool asking;
	char name[]; /* terminated */
};

struct excluding {
	struct loop *loop;
	struct resolver *resolver;
	struct addrset *set;
	struct diag *diag;
	struct exclude_name *names;
	size_t asking;
	uint64_t ranges;
	int error;
};

static int failed_item(struct excluding *all, int error, const char *item, const char *why)
{
	return diag_set(all->diag, error, "Can't exclude \"%.200s\": %.400s", item, why);
}

static int add_resolved(struct excluding *all, const struct exclude_name *name,
			const struct resolver_answer *answer)
{
	size_t i;
	int r;

	if (answer->error || !answer->addrs_count)
		return failed_item(all, ERROR_NOT_FOUND, name->name, "the name does not resolve.");
	for (i = 0; i < answer->addrs_count; i++) {
		const struct ip_addr *addr = &answer->addrs[i];
		unsigned mask = name->mask < 0 ? ip_bits(addr) : (unsigned)name->mask;
		struct ip_addr first = ip_first_of(addr, mask), last = ip_last_of(addr, mask);

		if (mask > ip_bits(addr))
			return failed_item(all, ERROR_SYNTAX, name->name,
					   "its mask is longer than an address.");
		if ((r = addrset_add_range(all->set, &first, &last)) < 0)
			return failed_item(all, r, name->name, "out of memory.");
	}
	return 0;
}

static void name_resolved(void *self, const struct resolver_answer *answer)
{
	struct exclude_name *name = self;
	struct excluding *all = name->all;

	name->asking = false;
	all->asking--;
	if (!all->error)
		all->error = add_resolved(all, name, answer);
	if (!all->asking || all->error)
		loop_stop(all->loop);
}

/* Both families whatever is scanned: excluding too much of a name harms less. */
static int ask(struct excluding *all, const struct target_expr *expr)
{
	struct exclude_name *name = alloc_zero(sizeof(*name) + expr->name.bytes + 1);
	int r;

	if (!name)
		return diag_set(all->diag, ERROR_MEMORY, "Out of memory.");
	memcpy(name->name, expr->name.text, expr->name.bytes);
	name->all = all;
	name->mask = expr->name.mask;
	name->next = all->names;
	all->names = name;
	r = all->resolver ? resolver_forward(all->resolver, name->name, RESOLVE_BOTH, name_resolved,
					     name, &name->query)
			  : ERROR_NOT_FOUND;
	if (r < 0)
		return failed_item(all, r == ERROR_MEMORY ? r : ERROR_NOT_FOUND, name->name,
				   r == ERROR_MEMORY ? "out of memory."
						     : "it is no address and no host name.");
	name->asking = true;
	all->asking++;
	return 0;
}

static int exclude(struct excluding *all, const char *text)
{
	static const struct target_expr_grammar plain = {0};
	struct target_expr expr;
	struct diag diag;
	int r = target_expr_parse(text, &plain, &expr, &diag);

	if (r < 0)
		return failed_item(all, r, text, diag.text);
	if (expr.mask_cut)
		return failed_item(all, ERROR_SYNTAX, text, "its mask is longer than an address.");
	if (expr.kind == TARGET_EXPR_NAME)
		return ask(all, &expr);
	all->ranges += target_expr_ranges(&expr);
	if (all->ranges > RANGES_MAX)
		return failed_item(all, ERROR_LIMIT, text,
				   "that makes too many ranges; write fewer octet lists.");
	r = target_expr_add_to(&expr, all->set);
	return r < 0 ? failed_item(all, r, text, "out of memory.") : 0;
}

static int exclude_file(struct excluding *all, const char *path)
{
	struct target_reader *reader = NULL;
	enum target_read got;
	const char *word;
	int r = target_reader_open(path, &reader, all->diag);

	if (r < 0)
		return r;
	while (r == 0 &&
	       (got = target_reader_next(reader, true, &word, all->diag)) != TARGET_READ_END)
		r = got == TARGET_READ_WORD ? exclude(all, word) : ERROR_IO;
	target_reader_close(reader);
	return r;
}

static int exclude_all(struct excluding *all, const struct target_config *config)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < config->excludes_count; i++)
		r = exclude(all, config->excludes[i]);
	for (i = 0; r == 0 && i < config->exclude_files_count; i++)
		r = exclude_file(all, config->exclude_files[i]);
	return r;
}

static int await_names(struct excluding *all)
{
	int r;

	if (all->asking && (r = loop_run(all->loop)) < 0)
		return diag_set(all->diag, r, "Can't resolve the excludes: %s.", error_text(r));
	if (all->error)
		return all->error;
	if (all->asking)
		return diag_set(all->diag, ERROR_CANCELLED,
				"Stopped while the excludes were being resolved.");
	return 0;
}

static void names_free(struct excluding *all)
{
	struct exclude_name *name, *next;

	for (name = all->names; name; name = next) {
		next = name->next;
		if (name->asking)
			resolver_cancel(all->resolver, name->query);
		alloc_free(name);
	}
}

int target_excludes(const struct target_config *config, struct loop *loop,
		    struct resolver *resolver, struct addrset **ret_set, struct diag *diag)
{
	struct excluding all = {.loop = loop, .resolver = resolver, .diag = diag};
	int r;

	all.set = addrset_new();
	if (!all.set)
		return diag_set(diag, ERROR_MEMORY, "Out of memory.");
	if ((r = exclude_all(&all, config)) == 0)
		r = await_names(&all);
	names_free(&all);
	if (r < 0) {
		addrset_free(all.set);
		return r;
	}
	/* Leaves one run, the quickest to ask. */
	(void)addrset_ranges(all.set);
	*ret_set = all.set;
	return 0;
}
