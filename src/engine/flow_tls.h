/* TLS (RFC 8446, 5246) and DTLS (RFC 6347) on flows. Ask for it with flow_config.tls: the
 * flow then behaves as any other, but FLOW_CONNECTED comes when the handshake
 * is done, with the round-trip time of the connection below, and bytes are those inside. Built
 * on OpenSSL, which sees no socket: so it works on simulated flows as well.
 * Certificates are not verified, and the weakest versions and ciphers are
 * allowed: we look at what is there, we do not trust it (SV-10).
 *
 * Ends. FLOW_CLOSED without FLOW_CONNECTED: FLOW_END_TLS when the peer sent an alert or
 * something that is no TLS; the connection's own end when the peer hung up in the handshake
 * (EOF, RESET), said nothing (DEADLINE) or was not there. Afterwards FLOW_END_TLS is
 * a broken record or an alert (TLS 1.3: also the one that asks for a certificate of ours, and a
 * server that renegotiates on and on). FLOW_END_EOF with or without a closing alert.
 *
 * One datagram is one record of DTLS, of up to 16384 bytes. Retransmission in a DTLS
 * handshake waits 1 s, then doubles (RFC 6347, 4.2.4), by OpenSSL's clock, which is the
 * system's: a simulated second does not bring one about.
 *
 * Costs of a flow beyond those of the one below, nearly all of it OpenSSL's: 10 KiB when opened,
 * 43 KiB while it waits in the handshake, then 50 KiB (TLS 1.3), 33 KiB (TLS 1.2) or 70 KiB
 * (DTLS). Of a network: 280 KiB and 2 ms at its first TLS flow. A handshake takes less than
 * a millisecond of this thread. Measured with OpenSSL 3.0.22 on x86-64. */
#ifndef PORTOLAN_ENGINE_FLOW_TLS_H
#define PORTOLAN_ENGINE_FLOW_TLS_H

#include "engine/flow.h"
#include "engine/service.h"

/* Starts OpenSSL without its configuration files. The first TLS flow does it otherwise; before
 * it, the process's own use of OpenSSL could have them read. */
void flow_tls_prepare(void);

/* Sessions, so that the next connection to an endpoint resumes; one per endpoint. After a
 * handshake that failed with a session it is empty, so that the next is a whole one. */
struct tls_memory;
struct tls_memory *tls_memory_new(void);         /* NULL: memory */
void tls_memory_free(struct tls_memory *memory); /* NULL is fine */

struct flow_tls_wish {
	const char *server_name; /* SNI; NULL or an address: none is sent */
	const char *const *alpn; /* offered, in order */
	size_t alpn_count;
	struct tls_memory *memory; /* NULL: nothing is resumed; must outlive the flow */
};

/* TLS on a connected flow in the clear (STARTTLS), which is the new one's from then on; on
 * failure it is as it was, with `tells_sent` as it has it. Of the config only transport, tls,
 * receive_bytes_max, tells_sent, event and self are looked at; the handshake begins in the
 * loop's next turn, under the flow's deadline. ERROR_MEMORY; ERROR_EXCLUDED: the gate did not
 * allow it payload; ERROR_USAGE: there is TLS on it. */
int flow_tls_start(struct flow *flow, const struct flow_config *config, struct flow **ret_flow);

/* What the handshake said; NULL before FLOW_CONNECTED and for flows in the clear. A certificate
 * that was sent is told even when the handshake failed after it (in FLOW_CLOSED).
 * The flow's, until it is gone. */
const struct service_tls *flow_tls_facts(const struct flow *flow);

#endif
