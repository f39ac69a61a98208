/* Names and frequencies of ports: our own data/ports.tsv (compiled in), or a
 * file in the nmap-services or /etc/services grammar (formats.md 5).
 * Knows text tables, not what a user asked to scan. */
#ifndef PORTOLAN_NET_SERVICES_H
#define PORTOLAN_NET_SERVICES_H

#include "net/portset.h"
#include "net/transport.h"
#include "util/diag.h"

#include <stddef.h>

struct services;

/* The compiled-in table. ERROR_MEMORY. Free with services_free(). */
int services_builtin(struct services **ret_services);
/* nmap-services grammar; bad frequencies are ERROR_SYNTAX with line and
 * column in diag, other odd lines are ignored as the format says. */
int services_parse(const void *text, size_t bytes, struct services **ret_services,
		   struct diag *diag);
/* The same from a file, also one in the /etc/services grammar. A file that is
 * missing is ERROR_NOT_FOUND: who asked for it must not scan other ports than
 * they think; without a file there is always the compiled-in table. */
int services_load(const char *path, struct services **ret_services, struct diag *diag);
/* Every table starts with the compiled-in protocol names (TRANSPORT_IP); these
 * put others in their place, in the nmap-protocols grammar (formats.md 10.3).
 * The first bad line is told in diag (line 0: none) and all are skipped. Names
 * of protocols got before die. */
int services_parse_protocols(struct services *services, const void *text, size_t bytes,
			     struct diag *diag);
int services_load_protocols(struct services *services, const char *path, struct diag *diag);
void services_free(struct services *services); /* NULL is fine */

/* The name of a port, or NULL. Lives as long as the table. For TRANSPORT_IP
 * it is the protocol's name (icmp, tcp ...). */
const char *services_name(const struct services *services, enum transport transport, uint16_t port);
bool services_knows(const struct services *services, enum transport transport, uint16_t port);
/* 0..1; 0 when unknown. */
double services_frequency(const struct services *services, enum transport transport, uint16_t port);
/* No line carried a frequency: PO-12 rules apply. */
bool services_is_old_style(const struct services *services);

/* Adds the `count` most frequent ports (stable order), or those with frequency
 * >= ratio, out of `among` (NULL: all) to ret_set. */
void services_top(const struct services *services, enum transport transport, uint32_t count,
		  const struct portset *among, struct portset *ret_set);
void services_at_least(const struct services *services, enum transport transport, double ratio,
		       const struct portset *among, struct portset *ret_set);
/* Adds all ports whose name matches the pattern (* and ?, any case); gives how
 * many matched. */
size_t services_match(const struct services *services, enum transport transport,
		      const char *pattern, struct portset *ret_set);

#endif
