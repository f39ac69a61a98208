/* Reads DNS messages that answer one question (RFC 1035 4.1, RFC 3596). The
 * transport has matched id, address and question; everything else in the
 * message is a stranger's. */
#ifndef PORTOLAN_NET_RESOLVER_ANSWER_H
#define PORTOLAN_NET_RESOLVER_ANSWER_H

#include "net/host_name.h"
#include "net/ip.h"

enum dns_type { DNS_A = 1, DNS_CNAME = 5, DNS_PTR = 12, DNS_AAAA = 28 };

/* Addresses without duplicates, in the order they were added. */
struct addr_list {
	struct ip_addr *addrs;
	size_t count, cap;
};

#define ADDR_LIST_MOST 1024 /* more addresses than that are no host: the rest is dropped */

/* ERROR_MEMORY; a full or already holding list takes it silently. */
int addr_list_add(struct addr_list *list, const struct ip_addr *addr);
void addr_list_release(struct addr_list *list);

struct dns_answer {
	struct addr_list addrs;     /* of the asked type */
	char name[HOST_NAME_BYTES]; /* PTR: the name, raw but without NULs */
	bool is_alias;              /* only a CNAME came: `name` is to be asked next */
};

/* Follows CNAMEs within the message. 0: ret_answer has addresses, a name or an
 * alias (release its addrs). ERROR_NOT_FOUND: there is no such record, for
 * sure; ERROR_SYSTEM: the server would or could not say (SERVFAIL, REFUSED ...);
 * ERROR_CORRUPT; ERROR_MEMORY. */
int dns_answer_parse(const void *message, size_t bytes, const char *asked, enum dns_type type,
		     struct dns_answer *ret_answer);

#endif
