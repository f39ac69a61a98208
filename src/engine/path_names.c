#include "engine/path_names.h"

static void answered(void *self, const struct resolver_answer *answer)
{
	struct path_name *name = self;
	struct path_names *all = name->all;

	name->query = NULL;
	if (answer->error == 0 && answer->name)
		name->hop->name = arena_strdup(&all->texts, answer->name);
	if (--all->left == 0)
		all->done(all->self);
}

static void ask(struct path_names *names, struct path_hop *hop)
{
	struct path_name *name = &names->of[names->count];

	if (!names->resolver || hop->from.family == IP_NONE)
		return;
	*name = (struct path_name){.all = names, .hop = hop};
	if (resolver_reverse(names->resolver, &hop->from, answered, name, &name->query) < 0)
		return;
	names->count++;
	names->left++;
}

void path_names_ask(struct path_names *names, struct path_hop *hops, size_t count)
{
	size_t i;

	for (i = 0; i < count && i < PATH_HOPS_MAX; i++)
		ask(names, &hops[i]);
	if (!names->left)
		names->done(names->self);
}

static const char *copy(struct path_names *names, const char *text)
{
	return text ? arena_strdup(&names->texts, text) : NULL;
}

void path_names_locate(struct path_names *names,
		       void (*place)(void *self, const struct ip_addr *addr,
				     struct path_place *ret_place),
		       void *self, struct path_hop *hops, size_t count)
{
	size_t i;

	for (i = 0; place && i < count; i++) {
		struct path_place found = {.asn = 0};

		if (hops[i].from.family == IP_NONE)
			continue;
		place(self, &hops[i].from, &found);
		found.country = copy(names, found.country);
		found.organization = copy(names, found.organization);
		hops[i].place = found;
	}
}

void path_names_release(struct path_names *names)
{
	unsigned i;

	for (i = 0; i < names->count; i++)
		if (names->of[i].query)
			resolver_cancel(names->resolver, names->of[i].query);
	names->count = names->left = 0;
	arena_release(&names->texts);
}
