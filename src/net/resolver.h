/* Names to addresses and back, many at once. Two kinds from the first day:
 * resolver_cares.c (c-ares on the loop, own cache and /etc/hosts, the system's
 * resolver as fall-back) and resolver_sim.c (scripted answers on a frozen clock). */
#ifndef PORTOLAN_NET_RESOLVER_H
#define PORTOLAN_NET_RESOLVER_H

#include "net/ip.h"
#include "util/diag.h"
#include "util/loop.h"

struct resolver;
struct resolver_query; /* one question under way */

struct resolver_answer {
	int error; /* 0, ERROR_NOT_FOUND, ERROR_TIMED_OUT, ERROR_SYSTEM, ERROR_MEMORY */
	const struct ip_addr *addrs; /* forward: all addresses, IPv4 first, in answer order */
	size_t addrs_count;
	const char *name; /* reverse: the PTR name as it came, without NULs; show it through
			     text_clean_host_name() (DN-06) */
};

/* Called once per query, never from inside the call that asked; what `answer`
 * points to lives for the call only. */
typedef void resolver_done(void *self, const struct resolver_answer *answer);

struct resolver_config {
	struct loop *loop;
	const char *const *servers; /* addresses or names, "addr", "addr:port", "[v6]:port"; none:
				       resolv.conf */
	size_t servers_count;
	bool system_only;       /* --system-dns: getaddrinfo/getnameinfo in threads */
	const char *hosts_path; /* NULL: /etc/hosts */
	const char *interface;  /* -e: bind queries to it; NULL none */
	uint64_t seed;
};

/* ERROR_SYNTAX names a bad server in diag; ERROR_MEMORY. */
int resolver_cares_new(const struct resolver_config *config, struct resolver **ret_resolver,
		       struct diag *diag);

/* One scripted answer of the simulated resolver; arrays are borrowed for its
 * lifetime. name is matched for forward, addr for reverse queries. */
struct resolver_sim_entry {
	const char *name;
	struct ip_addr addr;
	uint64_t delay_ns;
	int error; /* 0, or what the answer says */
};
int resolver_sim_new(struct loop *loop, const struct resolver_sim_entry *entries, size_t count,
		     struct resolver **ret_resolver);
void resolver_free(struct resolver *resolver); /* drops queries without calling them */

enum resolver_families { RESOLVE_V4 = 1, RESOLVE_V6 = 2, RESOLVE_BOTH = 3 };

/* Asks; any number may be outstanding, the resolver queues beyond its window.
 * ERROR_MEMORY, ERROR_SYNTAX (not a host name). ret_query may be NULL. */
int resolver_forward(struct resolver *resolver, const char *name, int families, resolver_done *done,
		     void *self, struct resolver_query **ret_query);
int resolver_reverse(struct resolver *resolver, const struct ip_addr *addr, resolver_done *done,
		     void *self, struct resolver_query **ret_query);
void resolver_cancel(struct resolver *resolver, struct resolver_query *query);

struct resolver_stats {
	uint64_t asked, answered, failed, timed_out, cached, retried;
};
void resolver_stats(const struct resolver *resolver, struct resolver_stats *ret_stats);
size_t resolver_outstanding(const struct resolver *resolver);

/* For implementations (resolver_cares.c, resolver_sim.c): the head of each. */
struct resolver_ops {
	int (*forward)(struct resolver *, const char *, int, resolver_done *, void *,
		       struct resolver_query **);
	int (*reverse)(struct resolver *, const struct ip_addr *, resolver_done *, void *,
		       struct resolver_query **);
	void (*cancel)(struct resolver *, struct resolver_query *);
	void (*stats)(const struct resolver *, struct resolver_stats *);
	size_t (*outstanding)(const struct resolver *);
	void (*free)(struct resolver *);
};
struct resolver {
	const struct resolver_ops *ops;
};

#endif
