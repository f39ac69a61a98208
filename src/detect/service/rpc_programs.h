/* Names of ONC RPC programs (RFC 5531): data/rpc.tsv, compiled in, or a file in the format of
 * Nmap's nmap-rpc. */
#ifndef PORTOLAN_DETECT_SERVICE_RPC_PROGRAMS_H
#define PORTOLAN_DETECT_SERVICE_RPC_PROGRAMS_H

#include "util/files.h"

#include <stddef.h>
#include <stdint.h>

struct rpc_program {
	uint32_t number;
	const char *name;
};

struct rpc_programs;

/* Lines "number name aliases" or "name number aliases", separated by blanks; # begins a comment.
 * Other lines, and names that are not plain text, are left out. ERROR_MEMORY. */
int rpc_programs_parse(const void *text, size_t bytes, struct rpc_programs **ret_programs);
/* From a file; ERROR_NOT_FOUND or ERROR_IO, ERROR_LIMIT past 1 MiB. */
int rpc_programs_load(const char *path, struct rpc_programs **ret_programs, struct diag *diag);
int rpc_programs_builtin(struct rpc_programs **ret_programs);
void rpc_programs_free(struct rpc_programs *programs); /* NULL is fine */

size_t rpc_programs_count(const struct rpc_programs *programs);
/* In the order of the text. */
const struct rpc_program *rpc_programs_at(const struct rpc_programs *programs, size_t place);

#endif
