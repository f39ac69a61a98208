/* The real resolver with what a test wants to replace: the files it reads and
 * the system calls that would ask the machine's own servers. */
#ifndef PORTOLAN_NET_RESOLVER_CARES_H
#define PORTOLAN_NET_RESOLVER_CARES_H

#include "net/resolver.h"
#include "net/resolver_system.h"

struct resolver_surroundings {
	const char *resolv_conf_path;
	const struct system_calls *calls;
};

int resolver_cares_new_in(const struct resolver_surroundings *surroundings,
			  const struct resolver_config *config, struct resolver **ret_resolver,
			  struct diag *diag);

#endif
