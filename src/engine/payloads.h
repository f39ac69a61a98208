/* UDP payloads: what to say to a port so that its service answers. Ours are
 * compiled in (data/payloads/); a file in nmap-payloads' format may replace them. */
#ifndef PORTOLAN_ENGINE_PAYLOADS_H
#define PORTOLAN_ENGINE_PAYLOADS_H

#include "util/diag.h"

#include <stddef.h>
#include <stdint.h>

struct payload {
	const uint8_t *bytes; /* never NULL */
	size_t count;
	uint16_t src_port; /* the protocol wants this source port; 0 any. Nmap does not heed it. */
};

#define PAYLOADS_PER_PORT_MAX 255u
#define PAYLOAD_BYTES_MAX     65507u

struct payloads;

/* ERROR_MEMORY. */
int payloads_builtin(struct payloads **ret_payloads);
/* nmap-payloads' grammar (formats.md 10.5): ERROR_SYNTAX with line, column and
 * words; ERROR_LIMIT for files of absurd size. */
int payloads_parse(const void *text, size_t bytes, struct payloads **ret_payloads,
		   struct diag *diag);
/* The same from a file; missing is ERROR_NOT_FOUND, else ERROR_IO. */
int payloads_load(const char *path, struct payloads **ret_payloads, struct diag *diag);
void payloads_free(struct payloads *payloads); /* NULL is fine */

/* All payloads of a UDP port, in order; *ret_count 0 when there is none. The
 * table's own memory. */
const struct payload *payloads_of(const struct payloads *payloads, uint16_t port,
				  size_t *ret_count);

#endif
