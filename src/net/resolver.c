#include "net/resolver.h"

int resolver_forward(struct resolver *resolver, const char *name, int families, resolver_done *done,
		     void *self, struct resolver_query **ret_query)
{
	return resolver->ops->forward(resolver, name, families, done, self, ret_query);
}

int resolver_reverse(struct resolver *resolver, const struct ip_addr *addr, resolver_done *done,
		     void *self, struct resolver_query **ret_query)
{
	return resolver->ops->reverse(resolver, addr, done, self, ret_query);
}

void resolver_cancel(struct resolver *resolver, struct resolver_query *query)
{
	resolver->ops->cancel(resolver, query);
}

void resolver_stats(const struct resolver *resolver, struct resolver_stats *ret_stats)
{
	resolver->ops->stats(resolver, ret_stats);
}

size_t resolver_outstanding(const struct resolver *resolver)
{
	return resolver->ops->outstanding(resolver);
}

void resolver_free(struct resolver *resolver)
{
	if (resolver)
		resolver->ops->free(resolver);
}
