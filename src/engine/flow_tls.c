/* TLS flows: each lies on a flow in the clear, the inner one, and is told its events.
 *
 * The network. A network of TLS flows lies on the network of inner flows in the same way; it
 * is made at the first wish, hangs at flow_net.tls, and goes with it. Capacity, gate and
 * counts are those of the network below.
 *
 * Time. The deadline is the inner flow's, so whatever a peer does (stalls in the handshake,
 * drips, renegotiates) ends with it.
 *
 * Calls. Events are told only from the inner flow's events, the DTLS timer or deferred work:
 * never from inside flow_send(), whose failures wait in `broken` for the loop's next turn. A
 * callback may close the flow while serve() still works on it: `busy` keeps its memory. */
#include "engine/flow_tls_private.h"

#include "engine/flow_tls_certificate.h"
#include "util/alloc.h"
#include "util/buf.h"
#include "util/error.h"
#include "util/text.h"

#include <errno.h>
#include <openssl/err.h>
#include <string.h>

#define RECEIVE_BYTES      SSL3_RT_MAX_PLAIN_LENGTH /* one record */
#define RENEGOTIATIONS_MAX 3
/* What the inner flow may bring at most for a budget inside: the handshake, and records of
 * one byte. */
#define INNER_BYTES(inside) ((inside) > UINT64_MAX / 128 ? UINT64_MAX : (inside)*64 + 262144)

enum tls_state { TLS_SHAKING, TLS_CONNECTED, TLS_ENDED };

struct tls_flow {
	struct flow base;
	struct tls_flow *next, **link; /* all of the network */
	struct flow *inner;            /* NULL when it is gone */
	SSL *ssl;
	struct tls_pipe pipe;
	enum tls_state state;
	enum flow_end broken; /* sending failed; told in the next turn */
	bool tells_sent;
	unsigned busy; /* depth: > 0 keeps the memory */
	uint64_t rtt_ns, budget_bytes;
	struct timer retransmit;     /* DTLS */
	struct deferred fail, start; /* start: on a flow that was there before */
	struct buf unsent;           /* not yet encrypted; DTLS: each datagram behind its length */
	struct tls_memory *memory;
	X509 *certificate; /* as soon as it was seen */
	struct arena arena;
	struct service_tls facts;
	bool has_facts;
	char server_name[TLS_SERVER_NAME_BYTES];
	void (*event)(void *self, struct flow *flow, const struct flow_event *event);
	void *self;
};

struct flow_tls_net {
	struct flow_net base;
	struct flow_net *below;
	BIO_METHOD *method;
	SSL_CTX *contexts[2]; /* by TLS or DTLS; NULL until needed */
	struct tls_flow *flows;
	uint8_t receive[RECEIVE_BYTES];
};

static struct flow_tls_net *net_of(const struct tls_flow *flow)
{
	return (struct flow_tls_net *)flow->base.net;
}

static bool is_dtls(const struct tls_flow *flow)
{
	return flow->pipe.datagrams;
}

/* --- facts --- */

static int add_alpn(struct tls_flow *flow, struct service_tls *facts)
{
	const unsigned char *protocol = NULL;
	unsigned bytes = 0;
	struct buf safe = BUF_INIT;

	SSL_get0_alpn_selected(flow->ssl, &protocol, &bytes);
	if (!bytes)
		return 0;
	text_add_ascii(&safe, protocol, bytes);
	facts->alpn = buf_ok(&safe) ? arena_strdup(&flow->arena, buf_str(&safe)) : NULL;
	buf_release(&safe);
	return facts->alpn ? 0 : ERROR_MEMORY;
}

/* Of a handshake that failed, only what was agreed on before. */
static int learn_facts(struct tls_flow *flow)
{
	struct service_tls facts = {.server_name = flow->server_name[0] ? flow->server_name : NULL};
	int r;

	if (flow->has_facts)
		return 0;
	if (SSL_get_current_cipher(flow->ssl)) {
		facts.version = SSL_get_version(flow->ssl);
		facts.cipher = SSL_get_cipher_name(flow->ssl);
	}
	if ((r = add_alpn(flow, &facts)) < 0)
		return r;
	if (!flow->certificate) /* resumed: the session knows */
		flow->certificate = SSL_get1_peer_certificate(flow->ssl);
	if (flow->certificate &&
	    (r = tls_certificate_read(flow->certificate, &flow->arena, &facts.certificate)) < 0)
		return r;
	flow->facts = facts;
	flow->has_facts = true;
	return 0;
}

/* --- the end --- */

static void release(struct tls_flow *flow)
{
	/* Without a goodbye OpenSSL would spoil the session, which others may resume. */
	if (flow->ssl)
		SSL_set_shutdown(flow->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(flow->ssl);
	X509_free(flow->certificate);
	arena_release(&flow->arena);
	buf_release(&flow->unsent);
	alloc_free(flow);
}

static void release_if_done(struct tls_flow *flow)
{
	if (flow->state == TLS_ENDED && !flow->busy)
		release(flow);
}

static void take_off(struct tls_flow *flow)
{
	struct loop *loop = flow->base.net->loop;

	loop_timer_cancel(loop, &flow->retransmit);
	loop_defer_cancel(loop, &flow->fail);
	loop_defer_cancel(loop, &flow->start);
	if (flow->inner)
		flow_close(flow->inner);
	flow->inner = NULL;
	*flow->link = flow->next;
	if (flow->next)
		flow->next->link = flow->link;
	flow->state = TLS_ENDED;
}

/* A handshake that failed, perhaps because of the session that it offered. */
static void learn_failure(struct tls_flow *flow, enum flow_end end)
{
	if (flow->memory && (end == FLOW_END_TLS || end == FLOW_END_EOF || end == FLOW_END_RESET))
		tls_memory_put(flow->memory, NULL);
	if (flow->certificate)
		(void)learn_facts(flow); /* without memory there are none */
}

static void finish(struct tls_flow *flow, const struct flow_event *event)
{
	if (flow->state == TLS_SHAKING)
		learn_failure(flow, event->end);
	flow->busy++;
	take_off(flow);
	flow->event(flow->self, &flow->base, event);
	flow->busy--;
	release_if_done(flow);
}

static void finish_with(struct tls_flow *flow, enum flow_end end)
{
	const struct flow_event event = {.kind = FLOW_CLOSED, .end = end};

	flow_net_count_end(net_of(flow)->below, end);
	finish(flow, &event);
}

/* --- between OpenSSL and the inner flow --- */

static int write_inner(void *self, const uint8_t *bytes, size_t count)
{
	struct tls_flow *flow = self;

	return flow->inner ? flow_send(flow->inner, bytes, count) : 0;
}

enum outcome { GOES_ON, WAITS, PEER_CLOSED, FAILED };

static enum outcome outcome_of(const struct tls_flow *flow, int r)
{
	if (r > 0)
		return GOES_ON;
	switch (SSL_get_error(flow->ssl, r)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return WAITS;
	case SSL_ERROR_ZERO_RETURN:
		return PEER_CLOSED;
	default:
		return FAILED;
	}
}

static enum flow_end end_of_failure(const struct tls_flow *flow)
{
	return flow->pipe.error == ERROR_MEMORY ? FLOW_END_LOCAL : FLOW_END_TLS;
}

/* --- sending --- */

/* Encrypts one piece of what waits. */
static enum outcome encrypt_some(struct tls_flow *flow)
{
	struct buf *unsent = &flow->unsent;
	size_t head = is_dtls(flow) ? 2 : 0, count = unsent->len;
	enum outcome outcome;
	int r;

	if (is_dtls(flow))
		count = (size_t)unsent->data[0] << 8 | unsent->data[1];
	ERR_clear_error();
	r = SSL_write(flow->ssl, unsent->data + head, (int)count);
	if ((outcome = outcome_of(flow, r)) == GOES_ON)
		buf_drop_front(unsent, head + (size_t)r);
	return outcome;
}

/* An empty datagram has no record in OpenSSL. */
static bool has_unsent(struct tls_flow *flow)
{
	struct buf *unsent = &flow->unsent;

	while (is_dtls(flow) && unsent->len && !unsent->data[0] && !unsent->data[1])
		buf_drop_front(unsent, 2);
	return unsent->len > 0;
}

static void flush(struct tls_flow *flow)
{
	enum outcome outcome = GOES_ON;

	while (outcome == GOES_ON && has_unsent(flow))
		outcome = encrypt_some(flow);
	if (!flow->unsent.len)
		buf_release(&flow->unsent);
	if (outcome != FAILED && outcome != PEER_CLOSED)
		return;
	buf_release(&flow->unsent);
	flow->broken = outcome == FAILED ? end_of_failure(flow) : FLOW_END_EOF;
	loop_defer(flow->base.net->loop, &flow->fail);
}

static void on_fail(void *self)
{
	struct tls_flow *flow = self;

	finish_with(flow, flow->broken);
}

/* --- handshake and receiving --- */

static void tell_connected(struct tls_flow *flow)
{
	const struct flow_event event = {.kind = FLOW_CONNECTED, .rtt_ns = flow->rtt_ns};

	flow->state = TLS_CONNECTED;
	flow->event(flow->self, &flow->base, &event);
	if (flow->state == TLS_CONNECTED)
		flush(flow);
}

static void shake(struct tls_flow *flow)
{
	enum outcome outcome;

	ERR_clear_error();
	outcome = outcome_of(flow, SSL_do_handshake(flow->ssl));
	if (outcome == WAITS)
		return;
	if (outcome != GOES_ON)
		finish_with(flow, end_of_failure(flow));
	else if (learn_facts(flow) < 0)
		finish_with(flow, FLOW_END_LOCAL);
	else
		tell_connected(flow);
}

static void tell_data(struct tls_flow *flow, size_t count)
{
	struct flow_event event = {.kind = FLOW_DATA, .data = net_of(flow)->receive};

	event.data_bytes = count < flow->budget_bytes ? count : (size_t)flow->budget_bytes;
	flow->budget_bytes -= event.data_bytes;
	if (event.data_bytes)
		flow->event(flow->self, &flow->base, &event);
	if (event.data_bytes < count && flow->state == TLS_CONNECTED)
		finish_with(flow, FLOW_END_BUDGET);
}

/* Reads one record's worth; false: nothing more for now, or the flow has ended. */
static bool receive(struct tls_flow *flow)
{
	enum outcome outcome;
	int r;

	ERR_clear_error();
	r = SSL_read(flow->ssl, net_of(flow)->receive, RECEIVE_BYTES);
	outcome = outcome_of(flow, r);
	if (outcome == GOES_ON)
		tell_data(flow, (size_t)r);
	else if (outcome == PEER_CLOSED)
		finish_with(flow, FLOW_END_EOF);
	else if (outcome == FAILED)
		finish_with(flow, end_of_failure(flow));
	else if (SSL_num_renegotiations(flow->ssl) > RENEGOTIATIONS_MAX)
		finish_with(flow, FLOW_END_TLS);
	return outcome == GOES_ON && flow->state == TLS_CONNECTED;
}

static void arm_retransmit(struct tls_flow *flow)
{
	struct loop *loop = flow->base.net->loop;
	struct timeval left;

	if (!is_dtls(flow) || flow->state == TLS_ENDED)
		return;
	if (!DTLSv1_get_timeout(flow->ssl, &left)) {
		loop_timer_cancel(loop, &flow->retransmit);
		return;
	}
	/* A millisecond later, as the two clocks need not agree to the last digit. */
	if (loop_timer_set(loop, &flow->retransmit,
			   loop_now_ns(loop) + (uint64_t)left.tv_sec * NS_PER_S +
				   (uint64_t)left.tv_usec * NS_PER_US + NS_PER_MS) < 0)
		finish_with(flow, FLOW_END_LOCAL);
}

static size_t tls_unsent(const struct flow *base)
{
	const struct tls_flow *flow = (const struct tls_flow *)base;

	return flow->unsent.len + (flow->inner ? flow_unsent(flow->inner) : 0);
}

static void tell_if_sent(struct tls_flow *flow)
{
	const struct flow_event sent = {.kind = FLOW_SENT};

	if (flow->tells_sent && flow->state == TLS_CONNECTED && !tls_unsent(&flow->base))
		flow->event(flow->self, &flow->base, &sent);
}

/* It may have waited for a renegotiation. */
static void flush_late(struct tls_flow *flow)
{
	flush(flow);
	tell_if_sent(flow);
}

/* Lets OpenSSL take what has arrived, and tells what came of it. */
static void serve(struct tls_flow *flow)
{
	flow->busy++;
	if (flow->state == TLS_SHAKING)
		shake(flow);
	while (flow->state == TLS_CONNECTED && receive(flow))
		;
	if (flow->state == TLS_CONNECTED && flow->unsent.len)
		flush_late(flow);
	arm_retransmit(flow);
	flow->pipe.in_bytes = 0; /* it was only lent */
	flow->busy--;
	release_if_done(flow);
}

static void on_retransmit(void *self)
{
	struct tls_flow *flow = self;

	ERR_clear_error();
	if (DTLSv1_handle_timeout(flow->ssl) < 0)
		finish_with(flow, end_of_failure(flow));
	else
		serve(flow);
}

static void on_start(void *self)
{
	serve(self);
}

/* --- the inner flow's events --- */

static void inner_data(struct tls_flow *flow, const struct flow_event *event)
{
	flow->pipe.in = event->data;
	flow->pipe.in_bytes = event->data_bytes;
	serve(flow);
}

static void inner_closed(struct tls_flow *flow, const struct flow_event *event)
{
	flow->inner = NULL;
	finish(flow, event);
}

static void on_inner(void *self, struct flow *inner, const struct flow_event *event)
{
	struct tls_flow *flow = self;

	if (event->kind == FLOW_CLOSED) {
		inner_closed(flow, event);
	} else if (event->kind == FLOW_DATA) {
		inner_data(flow, event);
	} else if (event->kind == FLOW_SENT) {
		flow->busy++;
		tell_if_sent(flow);
		flow->busy--;
		release_if_done(flow);
	} else {
		flow->rtt_ns = event->rtt_ns;
		serve(flow);
	}
}

/* --- OpenSSL's calls --- */

static int on_certificate(X509_STORE_CTX *context, void *self)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls_flow *flow = SSL_get_app_data(ssl);
	X509 *x509 = X509_STORE_CTX_get0_cert(context);

	if (!flow->certificate && x509 && X509_up_ref(x509))
		flow->certificate = x509;
	return 1; /* we trust none, and look at all */
}

static int on_session(SSL *ssl, SSL_SESSION *session)
{
	struct tls_flow *flow = SSL_get_app_data(ssl);

	if (!flow->memory)
		return 0;
	tls_memory_put(flow->memory, session);
	return 1;
}

/* --- the interface --- */

static int get_context(struct flow_tls_net *net, bool datagrams, SSL_CTX **ret_context)
{
	SSL_CTX **context = &net->contexts[datagrams];

	if (!*context) {
		if (!(*context = tls_context_client(datagrams)))
			return ERROR_MEMORY;
		SSL_CTX_set_cert_verify_callback(*context, on_certificate, NULL);
		SSL_CTX_sess_set_new_cb(*context, on_session);
	}
	*ret_context = *context;
	return 0;
}

static int make_ssl(struct tls_flow *flow, const struct flow_tls_wish *wish)
{
	struct flow_tls_net *net = net_of(flow);
	SSL_CTX *context;
	int r;

	if ((r = get_context(net, is_dtls(flow), &context)) < 0)
		return r;
	if (!(flow->ssl = SSL_new(context)) || !SSL_set_app_data(flow->ssl, flow))
		return ERROR_MEMORY;
	SSL_set_connect_state(flow->ssl);
	if (is_dtls(flow))
		SSL_set_mtu(flow->ssl, TLS_PATH_MTU);
	if ((r = tls_pipe_attach(flow->ssl, net->method, &flow->pipe)) < 0)
		return r;
	return tls_apply_wish(flow->ssl, wish);
}

static int open_inner(struct tls_flow *flow, const struct flow_config *config)
{
	struct flow_config inner = *config;

	inner.tls = NULL;
	inner.writes = true;
	inner.receive_bytes_max = INNER_BYTES(config->receive_bytes_max);
	inner.event = on_inner;
	inner.self = flow;
	return flow_open_passed(net_of(flow)->below, &inner, &flow->inner);
}

/* Without a flow below. */
static int make(struct flow_net *base, const struct flow_config *config, struct tls_flow **ret_flow)
{
	struct tls_flow *flow = alloc_zero(sizeof(*flow));
	int r;

	if (!flow)
		return ERROR_MEMORY;
	flow->base.net = base;
	flow->pipe.datagrams = config->transport == TRANSPORT_UDP;
	flow->pipe.write = write_inner;
	flow->pipe.self = flow->retransmit.self = flow->fail.self = flow->start.self = flow;
	flow->retransmit.fire = on_retransmit;
	flow->fail.run = on_fail;
	flow->start.run = on_start;
	flow->budget_bytes = config->receive_bytes_max;
	flow->tells_sent = config->tells_sent;
	flow->event = config->event;
	flow->self = config->self;
	flow->memory = config->tls->memory;
	tls_server_name(config->tls->server_name, flow->server_name);
	if ((r = make_ssl(flow, config->tls)) < 0)
		release(flow);
	else
		*ret_flow = flow;
	return r;
}

static void join(struct tls_flow *flow)
{
	struct flow_tls_net *net = net_of(flow);

	flow->next = net->flows;
	flow->link = &net->flows;
	if (flow->next)
		flow->next->link = &flow->next;
	net->flows = flow;
}

static int tls_open(struct flow_net *base, const struct flow_config *config, struct flow **ret_flow)
{
	struct tls_flow *flow;
	int r;

	if ((r = make(base, config, &flow)) < 0)
		return r;
	if ((r = open_inner(flow, config)) < 0) {
		release(flow);
		return r;
	}
	join(flow);
	*ret_flow = &flow->base;
	return 0;
}

/* Records are a little longer than what is in them, and wait in the inner flow's queue. */
static bool has_room(const struct tls_flow *flow, size_t count)
{
	const struct flow *inner = flow->inner;
	size_t waiting = flow->unsent.len + inner->net->ops->unsent(inner);

	if (is_dtls(flow) && count > SSL3_RT_MAX_PLAIN_LENGTH)
		return false;
	return count <= FLOW_SEND_QUEUE_MAX &&
	       waiting + count + count / 64 + 1024 <= FLOW_SEND_QUEUE_MAX;
}

static int add_unsent(struct tls_flow *flow, const void *bytes, size_t count)
{
	size_t before = flow->unsent.len;

	if (is_dtls(flow))
		buf_add_be16(&flow->unsent, (uint16_t)count);
	buf_add(&flow->unsent, bytes, count);
	if (buf_ok(&flow->unsent))
		return 0;
	flow->unsent.failed = false; /* what was queued before is whole */
	buf_cut(&flow->unsent, before);
	return ERROR_MEMORY;
}

static int tls_send(struct flow *base, const void *bytes, size_t count)
{
	struct tls_flow *flow = (struct tls_flow *)base;
	int r;

	if (flow->state == TLS_ENDED || flow->broken != FLOW_END_NONE)
		return 0;
	if (!has_room(flow, count))
		return ERROR_LIMIT;
	if ((r = add_unsent(flow, bytes, count)) < 0)
		return r;
	if (flow->state == TLS_CONNECTED)
		flush(flow);
	return 0;
}

static void tls_close(struct flow *base)
{
	struct tls_flow *flow = (struct tls_flow *)base;

	if (flow->state == TLS_ENDED)
		return; /* its last event is being told */
	take_off(flow);
	release_if_done(flow);
}

static void tls_set_deadline(struct flow *base, uint64_t deadline_ns)
{
	struct tls_flow *flow = (struct tls_flow *)base;

	if (flow->inner)
		flow_set_deadline(flow->inner, deadline_ns);
}

static bool tls_local(const struct flow *base, struct ip_addr *ret_addr, uint16_t *ret_port)
{
	const struct tls_flow *flow = (const struct tls_flow *)base;

	return flow->inner && flow_local(flow->inner, ret_addr, ret_port);
}

static void tls_pause(struct flow *base, bool paused)
{
	struct tls_flow *flow = (struct tls_flow *)base;

	if (flow->inner)
		flow_pause(flow->inner, paused);
}

static int tls_send_error(const struct flow *base)
{
	const struct tls_flow *flow = (const struct tls_flow *)base;

	if (flow->broken != FLOW_END_NONE)
		return EPROTO;
	return flow->inner ? flow_send_error(flow->inner) : 0;
}

static void tls_redirect(struct flow *base,
			 void (*event)(void *self, struct flow *flow,
				       const struct flow_event *event),
			 void *self)
{
	struct tls_flow *flow = (struct tls_flow *)base;

	flow->event = event;
	flow->self = self;
}

static size_t tls_capacity(const struct flow_net *base)
{
	return flow_net_capacity(((const struct flow_tls_net *)base)->below);
}

static void tls_net_free(struct flow_net *base)
{
	struct flow_tls_net *net = (struct flow_tls_net *)base;

	while (net->flows)
		tls_close(&net->flows->base);
	SSL_CTX_free(net->contexts[false]);
	SSL_CTX_free(net->contexts[true]);
	BIO_meth_free(net->method);
	alloc_free(net);
}

static const struct flow_net_ops tls_ops = {
	.open = tls_open,
	.send = tls_send,
	.close = tls_close,
	.set_deadline = tls_set_deadline,
	.local = tls_local,
	.unsent = tls_unsent,
	.pause = tls_pause,
	.send_error = tls_send_error,
	.redirect = tls_redirect,
	.capacity = tls_capacity,
	.free = tls_net_free,
};

static int make_net(struct flow_net *below)
{
	struct flow_tls_net *net = alloc_zero(sizeof(*net));

	if (!net)
		return ERROR_MEMORY;
	net->base.ops = &tls_ops;
	net->base.loop = below->loop;
	net->base.gate = below->gate;
	net->below = below;
	if (!(net->method = tls_pipe_method())) {
		alloc_free(net);
		return ERROR_MEMORY;
	}
	below->tls = &net->base;
	return 0;
}

int flow_tls_open(struct flow_net *net, const struct flow_config *config, struct flow **ret_flow)
{
	int r;

	if (!net->tls && (r = make_net(net)) < 0)
		return r;
	return net->tls->ops->open(net->tls, config, ret_flow);
}

int flow_tls_start(struct flow *inner, const struct flow_config *config, struct flow **ret_flow)
{
	struct flow_net *net = inner->net;
	struct tls_flow *flow;
	int r;

	if (net->ops == &tls_ops)
		return ERROR_USAGE;
	if (!inner->writes)
		return ERROR_EXCLUDED;
	if (!net->tls && (r = make_net(net)) < 0)
		return r;
	if ((r = make(net->tls, config, &flow)) < 0)
		return r;
	flow->inner = inner;
	flow->base.writes = true;
	net->ops->redirect(inner, on_inner, flow);
	flow_pause(inner, false);
	join(flow);
	loop_defer(net->loop, &flow->start);
	*ret_flow = &flow->base;
	return 0;
}

const struct service_tls *flow_tls_facts(const struct flow *base)
{
	const struct tls_flow *flow = (const struct tls_flow *)base;

	return base->net->ops == &tls_ops && flow->has_facts ? &flow->facts : NULL;
}
