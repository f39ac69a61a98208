/* Which DNS servers to ask: as the user wrote them, or as resolv.conf says. */
#ifndef PORTOLAN_NET_RESOLVER_CONF_H
#define PORTOLAN_NET_RESOLVER_CONF_H

#include "net/ip.h"
#include "net/resolver_hosts.h"
#include "util/diag.h"

#include <stdint.h>

struct dns_server {
	struct ip_addr addr;
	uint16_t port;
};

struct dns_servers {
	struct dns_server *list;
	size_t count, cap;
};

void dns_servers_release(struct dns_servers *servers);

/* "addr", "addr:port", "[v6]:port", "name" or "name:port"; names are looked up
 * in `hosts`, then by the system, which may take its time. ERROR_SYNTAX and
 * ERROR_NOT_FOUND with words in diag; ERROR_MEMORY. */
int dns_servers_add(struct dns_servers *servers, const char *text, const struct hosts *hosts,
		    struct diag *diag);
/* The nameserver lines of a resolv.conf; what is not understood is skipped. */
int dns_servers_parse_resolv_conf(struct dns_servers *servers, const char *text, size_t bytes);
int dns_servers_load_resolv_conf(struct dns_servers *servers, const char *path);

#endif
