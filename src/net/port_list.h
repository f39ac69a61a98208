/* The grammar of -p (features.md PO-03 to PO-06): numbers, ranges, names with
 * wildcards, [ranges of known ports], and T: U: S: P: prefixes. */
#ifndef PORTOLAN_NET_PORT_LIST_H
#define PORTOLAN_NET_PORT_LIST_H

#include "net/portset.h"
#include "net/services.h"
#include "net/transport.h"
#include "util/diag.h"

/* Ports by transport. 32 KiB: heap or plan, not stack. */
struct port_rules {
	struct portset of[TRANSPORTS];
};

struct port_list_request {
	const struct services *services; /* for names and brackets */
	unsigned transports;             /* bit per enum transport that will be scanned */
	bool prefixes;                   /* T: and kin allowed (-p); not in -PS lists */
	/* Told of duplicate ports and of prefixes without a scan; may be NULL. */
	void (*warn)(void *self, const char *text);
	void *self;
};

/* Adds what `text` names to ret_rules. ERROR_SYNTAX, ERROR_RANGE or
 * ERROR_NOT_FOUND with column and words in diag; ret_rules may then be half
 * filled. Unprefixed items go to every transport of the request. */
int port_list_parse(const char *text, const struct port_list_request *request,
		    struct port_rules *ret_rules, struct diag *diag);

#endif
