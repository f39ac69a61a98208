/* Host names as people type them made into what DNS and the hosts file are asked
 * for. Knows the rules of names (RFC 1035 2.3, RFC 1123 2.1, IDNA 2008), not who
 * answers for them. */
#ifndef PORTOLAN_NET_HOST_NAME_H
#define PORTOLAN_NET_HOST_NAME_H

#include <stdbool.h>
#include <stddef.h>

#define HOST_NAME_BYTES 254 /* 253 characters (RFC 1035 2.3.4 less dots) and the NUL */

/* Lower case, international labels as A-labels ("xn--..."), no dot at the end.
 * ERROR_SYNTAX: no host name (empty or long label, letters DNS names of hosts do
 * not have, or a last label of digits: "10.0.300" is a mistyped address);
 * ERROR_MEMORY. Underscores pass: they are seen in names of real hosts. */
int host_name_normalize(const char *text, char ret_name[HOST_NAME_BYTES]);

/* A name without a dot: the machine's own names and search lists know it, the
 * DNS root does not. */
bool host_name_is_single_label(const char *name);
/* localhost and what ends in .localhost; RFC 6761 6.3. Takes normalised names. */
bool host_name_is_localhost(const char *name);

#endif
