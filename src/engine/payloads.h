/* UDP payloads: what to say to a port so that its service answers. Ours are
 * compiled in (data/payloads/); a file in nmap-payloads' format may replace them. */
#ifndef PORTOLAN_ENGINE_PAYLOADS_H
#define PORTOLAN_ENGINE_PAYLOADS_H

#include "util/diag.h"

#include <stddef.h>
#include <stdint.h>

struct payload {
	const uint8_t *bytes;
	size_t count;
	uint16_t src_port; /* the protocol wants this source port; 0 any */
};

struct payloads;

/* ERROR_MEMORY. */
int payloads_builtin(struct payloads **ret_payloads);
/* A file in nmap-payloads' format (formats.md). ERROR_IO, ERROR_SYNTAX with line and words. */
int payloads_load(const char *path, struct payloads **ret_payloads, struct diag *diag);
void payloads_free(struct payloads *payloads); /* NULL is fine */

/* All payloads of a UDP port, in order; *ret_count 0 when there is none. The
 * table's own memory. */
const struct payload *payloads_of(const struct payloads *payloads, uint16_t port,
				  size_t *ret_count);

#endif
