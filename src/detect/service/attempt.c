/* The response is matched anew after each piece that comes, as a whole. In Nmap's manner a hard
 * match ends the attempt. In ours the peer must have been quiet for a while, as the rest may
 * tell more: shortly after a version, longer after less, longest after bytes that nothing
 * knows. */
#include "detect/service/attempt.h"

#include "detect/service/service_scan_private.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define CONNECT_NS      (5 * NS_PER_S)
#define CONNECT_TLS_NS  (8 * NS_PER_S)
#define GREETING_NS     (2 * NS_PER_S)
#define RESEND_NS       NS_PER_S
#define KEPT_NS         (60 * NS_PER_S)   /* a listener's connection, for its next question */
#define GATHER_NS       (5 * NS_PER_MS)   /* pieces that come so close are one answer */
#define LINGER_NS       (500 * NS_PER_MS) /* after a match that may become better */
#define LINGER_KNOWN_NS (40 * NS_PER_MS)  /* the same, when there is a version already */
#define QUIET_NS        (NS_PER_S)        /* after bytes that nothing knows */
#define QUIET_FIRST_NS  (2 * NS_PER_S)    /* the same, in Nmap's manner */
/* Past the first wave, with a port that is silent; and on a host with many of those. */
#define LATER_WAIT_NS  (2 * NS_PER_S)
#define SILENT_WAIT_NS (600 * NS_PER_MS)
#define SILENT_PORTS   32u

static struct loop *loop_of(const struct attempt *attempt)
{
	return attempt->port->scan->config.loop;
}

static bool in_best_manner(const struct attempt *attempt)
{
	return probe_db_manner(attempt->port->scan->config.db) == MANNER_BEST;
}

static bool is_udp(const struct attempt *attempt)
{
	return attempt->port->port->transport == TRANSPORT_UDP;
}

static void match(struct attempt *attempt);

/* What came is matched now, if it was not yet. */
static void stop_gathering(struct attempt *attempt)
{
	if (!attempt->gathering)
		return;
	attempt->gathering = false;
	match(attempt);
}

static void attempt_over(struct attempt *attempt)
{
	struct loop *loop = loop_of(attempt);

	if (attempt->over)
		return;
	stop_gathering(attempt);
	attempt->over = true;
	loop_timer_cancel(loop, &attempt->timer);
	if (attempt->flow)
		flow_close(attempt->flow);
	attempt->flow = NULL;
	port_scan_news(attempt->port, attempt, ATTEMPT_ENDED);
}

/* ---- speaking ---- */

/* What is listed for the port may take its time, and so may what speaks at all. */
static uint64_t wait_ns(const struct attempt *attempt)
{
	const struct port_scan *port = attempt->port;
	bool among_silent = port->work->silent >= SILENT_PORTS;
	uint64_t wait = attempt->probe->total_wait_ms * NS_PER_MS, most = wait;

	if (!in_best_manner(attempt) || port->heard || attempt->turn->listed ||
	    attempt_listens(attempt))
		return wait;
	if (port->answers_late && among_silent)
		most = SILENT_WAIT_NS + 2 * port->rtt_ns;
	else if (port->answers_late || among_silent)
		most = LATER_WAIT_NS + 2 * port->rtt_ns;
	return wait < most ? wait : most;
}

static void trace_probe(const struct attempt *attempt)
{
	const struct port_scan *port = attempt->port;
	char addr[IP_TEXT_BYTES];

	service_scan_trace(port->scan, "Service scan sending probe %s to %s:%u (%s)",
			   attempt->probe->name, ip_format(&port->work->order.target->addr, addr),
			   port->port->number, transport_name(port->port->transport));
}

static void arm(struct attempt *attempt, void (*fire)(void *), uint64_t after_ns)
{
	struct loop *loop = loop_of(attempt);

	attempt->timer.fire = fire;
	attempt->timer.self = attempt;
	(void)loop_timer_set(loop, &attempt->timer, loop_now_ns(loop) + after_ns);
}

/* Bytes that nothing knows are no reason to think that more will follow. A listener's
 * connection is still good for a question. */
static void quiet(void *self)
{
	struct attempt *attempt = self;

	if (attempt_listens(attempt))
		port_scan_news(attempt->port, attempt, ATTEMPT_QUIET);
	else
		attempt_over(attempt);
}

static void send_again(void *self)
{
	struct attempt *attempt = self;

	if (attempt->flow && !attempt->response.len)
		(void)flow_send(attempt->flow, attempt->probe->bytes, attempt->probe->bytes_count);
}

static void speak(struct attempt *attempt)
{
	uint64_t wait = wait_ns(attempt);

	stop_gathering(attempt);
	loop_timer_cancel(loop_of(attempt), &attempt->timer);
	attempt->sent = true;
	attempt->port->probes_sent++;
	trace_probe(attempt);
	attempt->deadline_ns = loop_now_ns(loop_of(attempt)) + wait;
	if (attempt_listens(attempt)) {
		flow_set_deadline(attempt->flow, attempt->deadline_ns + KEPT_NS);
		arm(attempt, quiet, wait);
		return;
	}
	flow_set_deadline(attempt->flow, attempt->deadline_ns);
	if (flow_send(attempt->flow, attempt->probe->bytes, attempt->probe->bytes_count) < 0) {
		attempt_over(attempt);
		return;
	}
	if (is_udp(attempt) && wait > 2 * RESEND_NS)
		arm(attempt, send_again, RESEND_NS);
}

static void greeting_missed(void *self)
{
	speak(self);
}

void attempt_ask(struct attempt *attempt, struct turn *turn)
{
	attempt->turn = turn;
	attempt->probe = turn->probe;
	turn->state = TURN_UNDER_WAY;
	speak(attempt);
}

/* ---- hearing ---- */

static void trace_match(const struct attempt *attempt)
{
	const struct port_scan *port = attempt->port;
	const struct found *found = &attempt->found;
	char *const *fields = found->fields;
	char addr[IP_TEXT_BYTES];

	service_scan_trace(
		port->scan,
		"Service scan %s match (Probe %s matched with %s line %u): %s:%u is %s%s.  "
		"Version: |%s|%s|%s|",
		found->line->soft ? "soft" : "hard", attempt->probe->name, found->with->name,
		found->line->line, ip_format(&port->work->order.target->addr, addr),
		port->port->number, port->tunnel ? "SSL/" : "", found->line->service,
		fields[MATCH_PRODUCT] ? fields[MATCH_PRODUCT] : "",
		fields[MATCH_VERSION] ? fields[MATCH_VERSION] : "",
		fields[MATCH_EXTRAINFO] ? fields[MATCH_EXTRAINFO] : "");
}

static bool is_binary(uint8_t byte)
{
	return byte < 0x20 && byte != '\r' && byte != '\n' && byte != '\t';
}

/* Our own words, and nothing else, are an answer of its own: whoever sends every byte back looks
 * like any service whose answers look like its questions. Terminals echo, too, but
 * not bytes that nobody can type. */
static bool is_echo(const struct attempt *attempt)
{
	const struct service_probe *probe = attempt->probe;
	size_t i;

	if (!in_best_manner(attempt) || !probe->bytes_count ||
	    attempt->response.len != probe->bytes_count ||
	    memcmp(attempt->response.data, probe->bytes, probe->bytes_count) != 0)
		return false;
	for (i = 0; i < probe->bytes_count; i++)
		if (is_binary(probe->bytes[i]))
			return true;
	return false;
}

static const struct match_line echo_line = {.service = "echo"};

static bool match_any(const struct attempt *attempt, struct match_result *ret_result)
{
	if (is_echo(attempt)) {
		*ret_result = (struct match_result){.line = &echo_line, .with = attempt->probe};
		return true;
	}
	return matcher_match(attempt->port->scan->config.matcher, attempt->probe,
			     attempt->response.data, attempt->response.len, false, ret_result);
}

/* The response as it now is, against the lines. */
static void match(struct attempt *attempt)
{
	struct service_scan *scan = attempt->port->scan;
	const struct match_line *before = attempt->found.line;
	struct match_result result;
	struct found now = {0};

	if (!match_any(attempt, &result))
		return;
	if (found_set(&now, &result, attempt->probe, attempt->response.data,
		      attempt->response.len) < 0) {
		attempt->failed = true;
		return;
	}
	/* In Nmap's manner the first softmatch stays. In ours more bytes know better. */
	if (before && !in_best_manner(attempt) && !found_tells_more(&now, &attempt->found)) {
		found_release(&now);
		return;
	}
	found_release(&attempt->found);
	attempt->found = now;
	if (attempt->found.line != before && scan->config.trace)
		trace_match(attempt);
}

static bool is_settled(const struct attempt *attempt)
{
	if (!found_is_hard(&attempt->found))
		return attempt->response.len >= RESPONSE_BYTES_MAX;
	return !in_best_manner(attempt) || is_udp(attempt);
}

/* A greeting matches, too, and is no answer to what was asked after it. */
static uint64_t more_ns(const struct attempt *attempt)
{
	bool may_be_greeting = attempt->greeted && !attempt_listens(attempt);
	uint64_t more = attempt->port->rtt_ns * 2;

	if (found_is_hard(&attempt->found) && attempt->found.fields[MATCH_VERSION])
		return more + LINGER_KNOWN_NS;
	if (attempt->found.line && !may_be_greeting &&
	    (!in_best_manner(attempt) || found_is_hard(&attempt->found) ||
	     attempt->found.fields[MATCH_PRODUCT]))
		return more + LINGER_NS;
	return more + (in_best_manner(attempt) ? QUIET_NS : QUIET_FIRST_NS);
}

static void wait_for_more(struct attempt *attempt)
{
	uint64_t now = loop_now_ns(loop_of(attempt)), more = more_ns(attempt);

	/* Who goes on dripping does not keep the listener from ending. */
	if (attempt_listens(attempt) && now + more > attempt->deadline_ns)
		more = attempt->deadline_ns > now ? attempt->deadline_ns - now : 0;
	arm(attempt, quiet, more);
}

/* True: it was the greeting, and now the question is asked. */
static bool greeted(struct attempt *attempt)
{
	attempt->greeted = true;
	if (!attempt->patient)
		return false;
	attempt->patient = false;
	speak(attempt);
	return true;
}

/* A listener that agreed on HTTP/2 gets settings that nobody asked for: they say nothing of what
 * the server tells those who did not ask for it. */
static bool says_nothing(const struct attempt *attempt)
{
	const struct service_tls *tls;

	if (!attempt->port->tunnel || !attempt_listens(attempt))
		return false;
	tls = flow_tls_facts(attempt->flow);
	return tls && tls->alpn && !strcmp(tls->alpn, "h2");
}

static void judge(struct attempt *attempt)
{
	attempt->gathering = false;
	match(attempt);
	if (attempt->failed || is_settled(attempt)) {
		attempt_over(attempt);
		return;
	}
	wait_for_more(attempt);
	port_scan_news(attempt->port, attempt, ATTEMPT_HEARD);
}

static void gathered(void *self)
{
	judge(self);
}

/* Servers write an answer in pieces, and half a line can look like another's whole one. */
static void gather(struct attempt *attempt)
{
	if (attempt->failed || attempt->response.len >= RESPONSE_BYTES_MAX) {
		judge(attempt);
	} else if (!attempt->gathering) {
		attempt->gathering = true;
		arm(attempt, gathered, GATHER_NS);
	}
}

static void on_data(struct attempt *attempt, const struct flow_event *event)
{
	size_t room = RESPONSE_BYTES_MAX - attempt->response.len;
	size_t count = event->data_bytes < room ? event->data_bytes : room;
	bool asks = false;

	if (says_nothing(attempt))
		return;
	buf_add(&attempt->response, event->data, count);
	attempt->failed = attempt->failed || !buf_ok(&attempt->response);
	if (!attempt->sent || attempt_listens(attempt))
		asks = greeted(attempt);
	if (attempt->over)
		return;
	if (is_udp(attempt)) {
		match(attempt);
		attempt_over(attempt);
	} else if (asks) {
		match(attempt);
		port_scan_news(attempt->port, attempt, ATTEMPT_HEARD);
	} else {
		gather(attempt);
	}
}

static void on_connected(struct attempt *attempt, const struct flow_event *event)
{
	struct loop *loop = loop_of(attempt);

	attempt->connected = true;
	attempt->connected_ns = loop_now_ns(loop);
	attempt->rtt_ns = event->rtt_ns;
	if (attempt->patient) {
		flow_set_deadline(attempt->flow, attempt->connected_ns + GREETING_NS +
							 attempt->probe->total_wait_ms * NS_PER_MS);
		arm(attempt, greeting_missed, GREETING_NS);
	} else {
		speak(attempt);
	}
	if (!attempt->over)
		port_scan_news(attempt->port, attempt, ATTEMPT_CONNECTED);
}

static void on_closed(struct attempt *attempt, const struct flow_event *event)
{
	/* A certificate may have come before the handshake failed. */
	port_scan_keep_tls(attempt->port, attempt->flow);
	attempt->flow = NULL;
	attempt->end = event->end;
	attempt->timed_out = attempt->connected && event->end == FLOW_END_DEADLINE;
	attempt_over(attempt);
}

static void on_event(void *self, struct flow *flow, const struct flow_event *event)
{
	struct attempt *attempt = self;

	switch (event->kind) {
	case FLOW_CONNECTED:
		on_connected(attempt, event);
		break;
	case FLOW_DATA:
		on_data(attempt, event);
		break;
	case FLOW_CLOSED:
		on_closed(attempt, event);
		break;
	case FLOW_SENT: /* not asked for */
		break;
	}
}

/* ---- opening ---- */

/* What a listener offers inside TLS: the answer is a fact of its own. */
static const char *const all_protocols[] = {"h2",   "http/1.1",    "imap",        "pop3",
					    "ftp",  "dot",         "xmpp-client", "xmpp-server",
					    "mqtt", "managesieve", "stun.turn",   "postgresql"};
static const char *const http2[] = {"h2"};

static bool is_http2(const struct service_probe *probe)
{
	static const char preface[] = "PRI * HTTP/2";

	return probe->bytes_count >= sizeof(preface) - 1 &&
	       memcmp(probe->bytes, preface, sizeof(preface) - 1) == 0;
}

static struct flow_tls_wish tls_wish(const struct attempt *attempt)
{
	const struct port_scan *port = attempt->port;
	struct flow_tls_wish wish = {
		.server_name = port->work->order.target->name,
		.memory = port->sessions,
	};

	/* A server that refuses all of them is asked without, the next time. */
	if (attempt_listens(attempt) && !attempt->turn->tries && in_best_manner(attempt)) {
		wish.alpn = all_protocols;
		wish.alpn_count = sizeof(all_protocols) / sizeof(all_protocols[0]);
	} else if (is_http2(attempt->probe)) {
		wish.alpn = http2;
		wish.alpn_count = 1;
	}
	return wish;
}

static int open_flow(struct attempt *attempt)
{
	const struct port_scan *port = attempt->port;
	const struct service_scan_config *with = &port->scan->config;
	const struct flow_tls_wish wish = tls_wish(attempt);
	const struct flow_config config = {
		.transport = port->port->transport,
		.tls = port->tunnel ? &wish : NULL,
		.to = port->work->order.target->addr,
		.port = port->port->number,
		.source = with->plan->source_addr,
		.interface = with->plan->source_interface,
		.ip_options = with->plan->packets.ip_options,
		.ip_options_bytes = with->plan->packets.ip_options_bytes,
		.ttl = with->plan->ttl,
		.writes = !port->listen_only,
		.orderly = true,
		.any_port = !port->tunnel && in_best_manner(attempt),
		.deadline_ns = attempt->opened_ns + (port->tunnel ? CONNECT_TLS_NS : CONNECT_NS),
		.receive_bytes_max = (uint64_t)16 * RESPONSE_BYTES_MAX,
		.event = on_event,
		.self = attempt,
	};

	return flow_open(with->flows, &config, &attempt->flow);
}

int attempt_open(struct port_scan *port, struct turn *turn, bool patient,
		 struct attempt **ret_attempt)
{
	struct attempt *attempt = alloc_zero(sizeof(*attempt));
	int r;

	if (!attempt)
		return ERROR_MEMORY;
	attempt->port = port;
	attempt->turn = turn;
	attempt->probe = turn->probe;
	attempt->patient = patient;
	attempt->opened_ns = loop_now_ns(port->scan->config.loop);
	r = open_flow(attempt);
	if (r < 0) {
		alloc_free(attempt);
		return r;
	}
	turn->state = TURN_UNDER_WAY;
	*ret_attempt = attempt;
	return 0;
}

void attempt_free(struct attempt *attempt)
{
	if (!attempt)
		return;
	loop_timer_cancel(loop_of(attempt), &attempt->timer);
	if (attempt->flow)
		flow_close(attempt->flow);
	found_release(&attempt->found);
	buf_release(&attempt->response);
	alloc_free(attempt);
}
