/* What every handshake of a network shares, and what a single wish adds to it. */
#include "engine/flow_tls_private.h"

#include "util/alloc.h"
#include "util/error.h"

#include <openssl/crypto.h>
#include <string.h>

/* The strong ones first, so that a server which follows our order shows its certificate;
 * those without certificate or secrecy last. */
#define CIPHERS "HIGH:MEDIUM:LOW:ALL:+aNULL:eNULL:-PSK:-SRP:@SECLEVEL=0"
#define CIPHERS_OF_TLS13                                                              \
	"TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:" \
	"TLS_AES_128_CCM_SHA256:TLS_AES_128_CCM_8_SHA256"
#define CERTIFICATES_BYTES (64 * 1024) /* of a whole chain; a handshake with more fails */
#define ALPN_BYTES_MAX     512

/* --- contexts --- */

void flow_tls_prepare(void)
{
	/* Without the machine's openssl.cnf, whose least version and security level would
	 * hide what is there. */
	OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
}

/* We look at certificates, and trust none: building their chain would only cost. */
static int accept_any(X509_STORE_CTX *context, void *self)
{
	return 1;
}

static bool allow_all(SSL_CTX *context)
{
	SSL_CTX_set_options(context, SSL_OP_ALL | SSL_OP_LEGACY_SERVER_CONNECT |
					     SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION |
					     SSL_OP_NO_QUERY_MTU);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
					  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_security_level(context, 0);
	SSL_CTX_set_cert_verify_callback(context, accept_any, NULL);
	SSL_CTX_set_max_cert_list(context, CERTIFICATES_BYTES);
	/* 0: the lowest and the highest that this OpenSSL was built with. */
	return SSL_CTX_set_min_proto_version(context, 0) &&
	       SSL_CTX_set_max_proto_version(context, 0) &&
	       SSL_CTX_set_ciphersuites(context, CIPHERS_OF_TLS13) &&
	       SSL_CTX_set_cipher_list(context, CIPHERS);
}

static SSL_CTX *make(const SSL_METHOD *method)
{
	SSL_CTX *context;

	flow_tls_prepare();
	context = SSL_CTX_new(method);
	if (context && allow_all(context))
		return context;
	SSL_CTX_free(context);
	return NULL;
}

SSL_CTX *tls_context_client(bool datagrams)
{
	SSL_CTX *context = make(datagrams ? DTLS_client_method() : TLS_client_method());

	/* Sessions are kept by struct tls_memory alone. */
	if (context)
		SSL_CTX_set_session_cache_mode(context,
					       SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	return context;
}

SSL_CTX *tls_context_server(bool datagrams)
{
	return make(datagrams ? DTLS_server_method() : TLS_server_method());
}

/* --- sessions --- */

struct tls_memory {
	SSL_SESSION *session; /* the last one that the server offered */
};

struct tls_memory *tls_memory_new(void)
{
	return alloc_zero(sizeof(struct tls_memory));
}

void tls_memory_put(struct tls_memory *memory, SSL_SESSION *session)
{
	SSL_SESSION_free(memory->session);
	memory->session = session;
}

void tls_memory_free(struct tls_memory *memory)
{
	if (!memory)
		return;
	tls_memory_put(memory, NULL);
	alloc_free(memory);
}

/* --- wishes --- */

void tls_server_name(const char *name, char ret_name[TLS_SERVER_NAME_BYTES])
{
	size_t bytes = name ? strnlen(name, TLS_SERVER_NAME_BYTES) : 0;
	struct ip_addr addr;

	/* RFC 6066, 3: a DNS name, ASCII, without the trailing dot; never an address. */
	ret_name[0] = '\0';
	if (bytes && name[bytes - 1] == '.')
		bytes--;
	if (!bytes || bytes >= TLS_SERVER_NAME_BYTES - 1)
		return;
	memcpy(ret_name, name, bytes);
	ret_name[bytes] = '\0';
	if (strspn(ret_name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") !=
		    bytes ||
	    ip_parse(ret_name, &addr))
		ret_name[0] = '\0';
}

/* RFC 7301, 3.1: each behind its length. Those that do not fit are not offered. */
static int offer_alpn(SSL *ssl, const struct flow_tls_wish *wish)
{
	uint8_t list[ALPN_BYTES_MAX];
	size_t i, bytes, used = 0;

	for (i = 0; i < wish->alpn_count; i++) {
		bytes = strlen(wish->alpn[i]);
		if (!bytes || bytes > UINT8_MAX || used + 1 + bytes > sizeof(list))
			continue;
		list[used++] = (uint8_t)bytes;
		memcpy(list + used, wish->alpn[i], bytes);
		used += bytes;
	}
	/* This one function says 0 for success. */
	if (used && SSL_set_alpn_protos(ssl, list, (unsigned)used) != 0)
		return ERROR_MEMORY;
	return 0;
}

static bool is_of_kind(const SSL *ssl, const SSL_SESSION *session)
{
	return SSL_SESSION_get_protocol_version(session) >> 8 == (SSL_is_dtls(ssl) ? 0xfe : 0x03);
}

int tls_apply_wish(SSL *ssl, const struct flow_tls_wish *wish)
{
	SSL_SESSION *session = wish->memory ? wish->memory->session : NULL;
	char name[TLS_SERVER_NAME_BYTES];

	tls_server_name(wish->server_name, name);
	if (name[0] && !SSL_set_tlsext_host_name(ssl, name))
		return ERROR_MEMORY;
	if (session && is_of_kind(ssl, session) && !SSL_set_session(ssl, session))
		return ERROR_MEMORY;
	return offer_alpn(ssl, wish);
}
