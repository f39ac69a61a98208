#include "net/resolver_hosts.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct ip_addr addr = {.bytes = {10, 0, 0, 1}, .family = IP_V4};
	const struct hosts_addr *at;
	struct hosts *hosts = NULL;
	const char *name;

	if (hosts_parse(data, bytes, 1, &hosts) < 0)
		return 0;
	for (at = hosts_forward(hosts, "a.test"); at; at = at->next)
		if (at->addr.family != IP_V4 && at->addr.family != IP_V6)
			abort();
	name = hosts_reverse(hosts, &addr);
	if (name && (!*name || strlen(name) > 253))
		abort();
	hosts_free(hosts);
	return 0;
}
