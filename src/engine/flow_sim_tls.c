/* The server's side of TLS and DTLS in the simulated network. A port of the script with a
 * certificate speaks it before its own words; keys and certificates are the script's. */
#include "engine/flow_sim_private.h"

#include "util/alloc.h"
#include "util/error.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

#define INSIDE_BYTES SSL3_RT_MAX_PLAIN_LENGTH

struct sim_tls_context {
	struct sim_tls_context *next;
	const struct flow_sim_tls *script;
	bool datagrams;
	SSL_CTX *context;
};

struct sim_tls {
	SSL *ssl;
	struct tls_pipe pipe;
	const struct sim_pace *pace; /* of what is being written */
	bool is_open, has_failed;
};

/* --- contexts: one for each script, as making one takes a while --- */

static bool use_certificate(SSL_CTX *context, const char *pem)
{
	BIO *text = BIO_new_mem_buf(pem, -1);
	X509 *x509 = text ? PEM_read_bio_X509(text, NULL, NULL, NULL) : NULL;
	bool ok = x509 && SSL_CTX_use_certificate(context, x509);

	X509_free(x509);
	BIO_free(text);
	return ok;
}

static bool use_key(SSL_CTX *context, const char *pem)
{
	BIO *text = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = text ? PEM_read_bio_PrivateKey(text, NULL, NULL, NULL) : NULL;
	bool ok = key && SSL_CTX_use_PrivateKey(context, key);

	EVP_PKEY_free(key);
	BIO_free(text);
	return ok;
}

static int select_alpn(SSL *ssl, const unsigned char **ret_name, unsigned char *ret_bytes,
		       const unsigned char *offered, unsigned offered_bytes, void *self)
{
	const struct flow_sim_tls *script = self;
	size_t wanted = strlen(script->alpn);
	unsigned at;

	for (at = 0; at < offered_bytes; at += 1u + offered[at]) {
		if (offered[at] != wanted || memcmp(offered + at + 1, script->alpn, wanted) != 0)
			continue;
		*ret_name = offered + at + 1;
		*ret_bytes = offered[at];
		return SSL_TLSEXT_ERR_OK;
	}
	return SSL_TLSEXT_ERR_NOACK;
}

static int follow_script(SSL_CTX *context, const struct flow_sim_tls *script)
{
	if (!use_certificate(context, script->certificate) || !use_key(context, script->key))
		return ERROR_SYNTAX;
	if (script->version_most)
		SSL_CTX_set_max_proto_version(context, script->version_most);
	if (script->alpn)
		SSL_CTX_set_alpn_select_cb(context, select_alpn, (void *)(uintptr_t)script);
	if (script->asks_certificate)
		SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
				   NULL);
	return 0;
}

static int make_context(struct flow_sim *sim, const struct flow_sim_tls *script, bool datagrams,
			SSL_CTX **ret_context)
{
	struct sim_tls_context *made = alloc_zero(sizeof(*made));
	int r = ERROR_MEMORY;

	if (!made)
		return ERROR_MEMORY;
	made->context = tls_context_server(datagrams);
	if (!made->context || (r = follow_script(made->context, script)) < 0) {
		SSL_CTX_free(made->context);
		alloc_free(made);
		return r;
	}
	made->script = script;
	made->datagrams = datagrams;
	made->next = sim->tls_contexts;
	sim->tls_contexts = made;
	*ret_context = made->context;
	return 0;
}

static int get_context(struct flow_sim *sim, const struct flow_sim_tls *script, bool datagrams,
		       SSL_CTX **ret_context)
{
	const struct sim_tls_context *known;

	for (known = sim->tls_contexts; known; known = known->next) {
		if (known->script == script && known->datagrams == datagrams) {
			*ret_context = known->context;
			return 0;
		}
	}
	return make_context(sim, script, datagrams, ret_context);
}

void sim_tls_release(struct flow_sim *sim)
{
	struct sim_tls_context *context;

	while ((context = sim->tls_contexts)) {
		sim->tls_contexts = context->next;
		SSL_CTX_free(context->context);
		alloc_free(context);
	}
	BIO_meth_free(sim->tls_method);
}

/* --- one connection --- */

static int write_wire(void *self, const uint8_t *bytes, size_t count)
{
	static const struct sim_pace at_once = {0};
	struct sim_flow *flow = self;
	const struct sim_pace *pace = flow->tls->pace ? flow->tls->pace : &at_once;

	return sim_script_post(flow, pace, bytes, count);
}

static int make_ssl(struct sim_flow *flow, struct sim_tls *tls)
{
	struct flow_sim *sim = (struct flow_sim *)flow->base.net;
	SSL_CTX *context;
	int r;

	if (!sim->tls_method && !(sim->tls_method = tls_pipe_method()))
		return ERROR_MEMORY;
	if ((r = get_context(sim, flow->port->tls, flow->is_udp, &context)) < 0)
		return r;
	if (!(tls->ssl = SSL_new(context)))
		return ERROR_MEMORY;
	SSL_set_accept_state(tls->ssl);
	if (flow->is_udp)
		SSL_set_mtu(tls->ssl, TLS_PATH_MTU);
	return tls_pipe_attach(tls->ssl, sim->tls_method, &tls->pipe);
}

int sim_tls_begin(struct sim_flow *flow)
{
	struct sim_tls *tls = alloc_zero(sizeof(*tls));
	int r;

	if (!tls)
		return ERROR_MEMORY;
	tls->pipe.datagrams = flow->is_udp;
	tls->pipe.write = write_wire;
	tls->pipe.self = flow;
	if ((r = make_ssl(flow, tls)) < 0) {
		sim_tls_free(tls);
		return r;
	}
	flow->tls = tls;
	return 0;
}

/* An alert is under way; then the server hangs up. */
static int fail(struct sim_flow *flow)
{
	flow->tls->has_failed = true;
	if (flow->tls->pipe.error)
		return flow->tls->pipe.error;
	return flow->is_udp ? 0 : sim_script_post_end(flow, FLOW_END_EOF);
}

static bool waits(const struct sim_tls *tls, int r)
{
	int error = SSL_get_error(tls->ssl, r);

	return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

static int shake(struct sim_flow *flow)
{
	struct sim_tls *tls = flow->tls;
	int r;

	ERR_clear_error();
	r = SSL_do_handshake(tls->ssl);
	if (r != 1)
		return waits(tls, r) ? 0 : fail(flow);
	tls->is_open = true;
	return flow->is_udp ? 0 : sim_script_greet(flow);
}

static int read_inside(struct sim_flow *flow)
{
	struct sim_tls *tls = flow->tls;
	uint8_t inside[INSIDE_BYTES];
	int r = 0, got;

	ERR_clear_error();
	while (r == 0 && (got = SSL_read(tls->ssl, inside, sizeof(inside))) > 0)
		r = sim_script_hear_inside(flow, inside, (size_t)got);
	if (r < 0 || waits(tls, got))
		return r;
	return fail(flow);
}

int sim_tls_hear(struct sim_flow *flow, const uint8_t *bytes, size_t count)
{
	struct sim_tls *tls = flow->tls;
	int r = 0;

	if (tls->has_failed)
		return 0;
	tls->pipe.in = bytes;
	tls->pipe.in_bytes = count;
	if (!tls->is_open)
		r = shake(flow);
	if (r == 0 && tls->is_open)
		r = read_inside(flow);
	tls->pipe.in_bytes = 0; /* it was only lent */
	return r;
}

int sim_tls_say(struct sim_flow *flow, const struct sim_pace *pace, const void *bytes, size_t count)
{
	struct sim_tls *tls = flow->tls;
	size_t said = 0;
	int r = 1;

	tls->pace = pace;
	ERR_clear_error();
	while (said < count &&
	       (r = SSL_write(tls->ssl, (const uint8_t *)bytes + said, (int)(count - said))) > 0)
		said += (size_t)r;
	tls->pace = NULL;
	return r > 0 ? 0 : fail(flow);
}

void sim_tls_close(struct sim_flow *flow)
{
	ERR_clear_error();
	SSL_shutdown(flow->tls->ssl);
}

void sim_tls_free(struct sim_tls *tls)
{
	if (!tls)
		return;
	SSL_free(tls->ssl);
	alloc_free(tls);
}
