/* Filters in pcap's language (pcap-filter(7)) to instructions of the kernel's. libpcap does it; it
 * is loaded at the first one, for few scans capture and it brings a dozen libraries with it. */
#ifndef PORTOLAN_NET_CAPTURE_FILTER_H
#define PORTOLAN_NET_CAPTURE_FILTER_H

#include "util/diag.h"

#include <linux/filter.h>
#include <stdbool.h>

struct capture_filter {
	struct sock_filter *code; /* alloc_free() it */
	unsigned length;
};

/* Loads libpcap, once: while files can be opened. ERROR_UNSUPPORTED with words: there is none. */
int capture_filter_load(struct diag *diag);
/* ethernet: frames begin with an Ethernet header, else with the IP header. ERROR_SYNTAX,
 * ERROR_UNSUPPORTED, ERROR_MEMORY, with words. */
int capture_filter_compile(const char *text, bool ethernet, struct capture_filter *ret_filter,
			   struct diag *diag);

#endif
