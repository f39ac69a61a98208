/* The hosts file, read once: addresses of names and names of addresses. Bad
 * lines are skipped, as every reader of that file does. */
#ifndef PORTOLAN_NET_RESOLVER_HOSTS_H
#define PORTOLAN_NET_RESOLVER_HOSTS_H

#include "net/ip.h"

struct hosts;

/* A file that is not there is an empty one; what follows the first 64 MiB of a
 * larger file is not read. ERROR_MEMORY, ERROR_IO. Free with hosts_free(). */
int hosts_load(const char *path, uint64_t seed, struct hosts **ret_hosts);
int hosts_parse(const void *text, size_t bytes, uint64_t seed, struct hosts **ret_hosts);
void hosts_free(struct hosts *hosts); /* NULL is fine */

/* One address of a name; follow `next` for the others, in the file's order. */
struct hosts_addr {
	struct ip_addr addr;
	const struct hosts_addr *next;
};

/* Takes a normalised name (host_name.h); NULL when the file does not have it. */
const struct hosts_addr *hosts_forward(const struct hosts *hosts, const char *name);
/* The first name of the first line with this address, or NULL. Lives as long
 * as the hosts. */
const char *hosts_reverse(const struct hosts *hosts, const struct ip_addr *addr);

#endif
