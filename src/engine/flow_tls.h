/* TLS (RFC 8446, 5246) and DTLS (RFC 6347) on flows. Ask for it with flow_config.tls: the
 * flow then behaves as any other, but FLOW_CONNECTED comes when the handshake
 * is done, and bytes are those inside. Built on OpenSSL with memory BIOs: no socket is seen by
 * it, so it works on simulated flows as well.
 * Certificates are not verified, and the weakest versions and ciphers are
 * allowed: we look at what is there, we do not trust it (SV-10). */
#ifndef PORTOLAN_ENGINE_FLOW_TLS_H
#define PORTOLAN_ENGINE_FLOW_TLS_H

#include "engine/flow.h"
#include "engine/service.h"

/* Sessions, so that the next connection to an endpoint resumes; one per endpoint. */
struct tls_memory;
struct tls_memory *tls_memory_new(void);         /* NULL: memory */
void tls_memory_free(struct tls_memory *memory); /* NULL is fine */

struct flow_tls_wish {
	const char *server_name; /* SNI; NULL or an address: none is sent */
	const char *const *alpn; /* offered, in order */
	size_t alpn_count;
	struct tls_memory *memory; /* NULL: nothing is resumed; must outlive the flow */
};

/* What the handshake said; NULL before FLOW_CONNECTED and for flows in the clear. A certificate
 * that was sent is told even when the handshake failed after it (in FLOW_CLOSED).
 * The flow's, until it is gone. */
const struct service_tls *flow_tls_facts(const struct flow *flow);

#endif
