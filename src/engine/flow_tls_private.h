/* The parts of TLS on flows, which flow_tls.c describes. For flow*.c only. */
#ifndef PORTOLAN_ENGINE_FLOW_TLS_PRIVATE_H
#define PORTOLAN_ENGINE_FLOW_TLS_PRIVATE_H

#include "engine/flow_impl.h"
#include "engine/flow_tls.h"

#include <openssl/ssl.h>

#define TLS_PATH_MTU 1200 /* of DTLS: what gets through nearly everywhere (RFC 9000, 14) */

/* --- flow_tls.c --- */

/* Asked only for what capacity and gate allow; config->tls is set. */
int flow_tls_open(struct flow_net *net, const struct flow_config *config, struct flow **ret_flow);

/* --- flow_tls_pipe.c: what OpenSSL reads from and writes to, on either side --- */

/* What arrived is only lent: it is taken whole, or lost. Each write is handed on at once,
 * so a datagram stays one. */
struct tls_pipe {
	const uint8_t *in;
	size_t in_bytes;
	bool datagrams;
	int (*write)(void *self, const uint8_t *bytes, size_t count); /* 0 or ERROR_* */
	void *self;
	int error; /* what write() said last, if not 0 */
};

BIO_METHOD *tls_pipe_method(void); /* NULL: memory. BIO_meth_free(), after the last BIO */
/* Gives ssl the pipe for both directions; ERROR_MEMORY. The pipe must outlive it. */
int tls_pipe_attach(SSL *ssl, const BIO_METHOD *method, struct tls_pipe *pipe);

/* --- flow_tls_context.c: what all of a network's handshakes share --- */

/* A context that allows everything this OpenSSL still knows; NULL: memory. */
SSL_CTX *tls_context_client(bool datagrams);
SSL_CTX *tls_context_server(bool datagrams);

/* What a wish puts into one handshake: name, ALPN, session. ERROR_MEMORY. */
int tls_apply_wish(SSL *ssl, const struct flow_tls_wish *wish);
/* The name that may be sent as SNI, without the last dot; an empty one: none. */
#define TLS_SERVER_NAME_BYTES 256
void tls_server_name(const char *name, char ret_name[TLS_SERVER_NAME_BYTES]);
/* Takes the session over (its reference), and forgets the one before; session NULL:
 * only forgets. */
void tls_memory_put(struct tls_memory *memory, SSL_SESSION *session);

#endif
