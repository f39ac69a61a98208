/* Data files compiled into the program: the build turns data/NAME.tsv into
 * builtin_NAME_tsv[] (a NUL follows, not counted) with tools/embed. */
#ifndef PORTOLAN_NET_BUILTIN_H
#define PORTOLAN_NET_BUILTIN_H

#include <stddef.h>

extern const unsigned char builtin_os6_model_tsv[];
extern const size_t builtin_os6_model_tsv_bytes;
extern const unsigned char builtin_ports_tsv[];
extern const size_t builtin_ports_tsv_bytes;
extern const unsigned char builtin_protocols_tsv[];
extern const size_t builtin_protocols_tsv_bytes;
extern const unsigned char builtin_rpc_tsv[];
extern const size_t builtin_rpc_tsv_bytes;
extern const unsigned char builtin_vendors_tsv[];
extern const size_t builtin_vendors_tsv_bytes;
/* data/payloads/NAME.payload, one after the other. */
extern const unsigned char builtin_payloads[];
extern const size_t builtin_payloads_bytes;

#endif
