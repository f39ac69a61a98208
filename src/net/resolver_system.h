/* The system's own resolver (getaddrinfo, getnameinfo), which blocks, in a few
 * threads. Threads of our own and not libuv's pool: a call may hang for half a
 * minute, and what cannot be interrupted must neither hold up other work of the
 * pool nor keep the loop from being freed. */
#ifndef PORTOLAN_NET_RESOLVER_SYSTEM_H
#define PORTOLAN_NET_RESOLVER_SYSTEM_H

#include "net/resolver.h"
#include "net/resolver_answer.h"

struct system_resolver;
struct system_query;

#define SYSTEM_THREADS_MOST 8

/* Calls that may block, replaceable for tests. They run in threads. 0 or
 * ERROR_NOT_FOUND, ERROR_TIMED_OUT, ERROR_SYSTEM, ERROR_MEMORY. */
struct system_calls {
	int (*forward)(const char *name, int families, struct addr_list *ret_addrs);
	int (*reverse)(const struct ip_addr *addr, char *ret_name, size_t name_bytes);
};
extern const struct system_calls system_calls_libc;

/* Threads are started as they are needed. ERROR_MEMORY, ERROR_SYSTEM. */
int system_resolver_new(struct loop *loop, const struct system_calls *calls,
			struct system_resolver **ret_system);
/* Does not wait for calls that hang. NULL is fine. */
void system_resolver_free(struct system_resolver *system);

/* Asks; `done` comes from the loop. The caller holds no more than
 * SYSTEM_THREADS_MOST queries at a time and queues the others. ERROR_MEMORY,
 * ERROR_SYSTEM. */
int system_resolver_forward(struct system_resolver *system, const char *name, int families,
			    resolver_done *done, void *self, struct system_query **ret_query);
int system_resolver_reverse(struct system_resolver *system, const struct ip_addr *addr,
			    resolver_done *done, void *self, struct system_query **ret_query);
void system_resolver_cancel(struct system_resolver *system, struct system_query *query);

#endif
