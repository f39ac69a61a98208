#include "detect/service/port_facts_of.h"

#include "detect/service/service_scan_private.h"
#include "detect/service/submission.h"
#include "util/alloc.h"

#include <string.h>
#include <time.h>

/* What was agreed on by ALPN is said there (RFC 7301; IANA's registry of protocol IDs). */
static const char *name_of_alpn(const char *alpn)
{
	static const struct {
		const char *alpn, *name;
	} names[] = {
		{"h2", "http"},
		{"http/1.1", "http"},
		{"http/1.0", "http"},
		{"imap", "imap"},
		{"pop3", "pop3"},
		{"ftp", "ftp"},
		{"dot", "domain"},
		{"xmpp-client", "xmpp-client"},
		{"xmpp-server", "xmpp-server"},
		{"mqtt", "mqtt"},
		{"managesieve", "sieve"},
		{"stun.turn", "stun"},
		{"postgresql", "postgresql"},
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(alpn, names[i].alpn))
			return names[i].name;
	return NULL;
}

/* What the softmatch proved holds when a hard match of the same service says nothing of it. */
static void add_finding(struct port_scan *port, const struct found *found,
			struct service_facts *facts)
{
	const struct found *soft = &port->soft;

	facts->finding = port_finding_of(&port->finding, found, facts->file);
	if (!facts->finding && soft->line && !strcmp(soft->line->service, found->line->service))
		facts->finding =
			port_finding_of(&port->finding, soft,
					probe_db_file(port->scan->config.db, soft->line->file));
}

static void add_match(struct port_scan *port, const struct found *found,
		      struct service_facts *facts)
{
	char *const *fields = found->fields;

	facts->name = found->line->service;
	facts->confidence = 10;
	facts->product = fields[MATCH_PRODUCT];
	facts->version = fields[MATCH_VERSION];
	facts->extrainfo = fields[MATCH_EXTRAINFO];
	facts->hostname = fields[MATCH_HOSTNAME];
	facts->ostype = fields[MATCH_OSTYPE];
	facts->devicetype = fields[MATCH_DEVICETYPE];
	facts->cpe_a = fields[MATCH_CPE_A];
	facts->cpe_h = fields[MATCH_CPE_H];
	facts->cpe_o = fields[MATCH_CPE_O];
	facts->probe = found->probe->name;
	facts->matched_with = found->with->name;
	facts->file = probe_db_file(port->scan->config.db, found->line->file);
	facts->line = found->line->line;
	add_finding(port, found, facts);
	facts->sample = found->sample;
	facts->sample_bytes = found->sample_bytes;
	facts->response_bytes = (uint32_t)found->response_bytes;
}

/* Nothing matched: the first that was said at all is the evidence. */
static void add_said(const struct port_scan *port, struct service_facts *facts)
{
	size_t i;

	for (i = 0; i < port->turns.count; i++) {
		const struct turn *turn = &port->turns.list[i];

		if (!turn->said)
			continue;
		facts->probe = turn->probe->name;
		facts->sample = turn->said;
		facts->sample_bytes = turn->said_bytes < SERVICE_SAMPLE_MAX ? turn->said_bytes
									    : SERVICE_SAMPLE_MAX;
		facts->response_bytes = (uint32_t)turn->answer_bytes;
		return;
	}
}

/* What came back, in the order of the turns; count is bounded by the database. */
static size_t add_answers(const struct port_scan *port, struct submission_answer *answers)
{
	size_t i, count = 0;

	for (i = 0; i < port->turns.count; i++) {
		const struct turn *turn = &port->turns.list[i];

		if (turn->said)
			answers[count++] = (struct submission_answer){
				.probe = turn->probe->name,
				.response = turn->said,
				.bytes = turn->said_bytes,
				.total_bytes = turn->answer_bytes,
			};
	}
	return count;
}

/* SV-18: something answered, nothing matched hard, and enough was tried. */
static void add_fingerprint(struct port_scan *port, struct service_facts *facts)
{
	const struct service_scan_config *with = &port->scan->config;
	const struct plan *plan = with->plan;
	time_t now_s = (time_t)(loop_wall_ns(with->loop) / NS_PER_S);
	struct submission submission = {
		.transport = port->port->transport,
		.port = port->port->number,
		.tls = port->tunnel,
		.intensity = plan->version.intensity,
		.time_s = (uint64_t)now_s,
		.version = with->version ? with->version : "",
		.platform = with->platform ? with->platform : "",
	};
	struct submission_answer *answers = alloc_zero((port->turns.count + 1) * sizeof(*answers));
	struct tm day;

	if (!answers)
		return;
	submission.answers = answers;
	submission.answers_count = add_answers(port, answers);
	if (submission.answers_count && localtime_r(&now_s, &day)) {
		submission.month = (unsigned)day.tm_mon + 1;
		submission.day = (unsigned)day.tm_mday;
		submission_build(&submission, plan->output.debugging > 0, &port->fingerprint);
		if (buf_ok(&port->fingerprint))
			facts->fingerprint = buf_str(&port->fingerprint);
	}
	alloc_free(answers);
}

/* A softmatch that names the product (a framework, say) is no mystery. */
static bool wants_fingerprint(const struct port_scan *port, enum service_end end)
{
	if (probe_db_manner(port->scan->config.db) == MANNER_BEST && end == SERVICE_SOFT &&
	    port->soft.fields[MATCH_PRODUCT])
		return false;
	if (end != SERVICE_SOFT && end != SERVICE_UNKNOWN && end != SERVICE_INCOMPLETE)
		return false;
	return port->scan->config.plan->version.intensity >= 7 || end == SERVICE_UNKNOWN;
}

void port_facts_of(struct port_scan *port, enum service_end end, const struct found *found,
		   struct service_facts *ret_facts)
{
	const struct service_tls *tls = port->shown ? port->shown->tls : NULL;
	const bool best = probe_db_manner(port->scan->config.db) == MANNER_BEST;
	struct service_facts facts = {
		.end = end,
		.tunnel = port->tunnel,
		.confidence = 3,
		.tls = tls,
		.probes_sent = port->probes_sent,
		.took_ns = loop_now_ns(port->scan->config.loop) - port->started_ns,
	};

	if (found)
		add_match(port, found, &facts);
	else
		add_said(port, &facts);
	if (port->rpc_name) {
		facts.name = port->rpc_name;
		facts.product = NULL;
		facts.version = port->rpc_version;
		facts.extrainfo = port->rpc_info;
	}
	if (end == SERVICE_WRAPPED) {
		facts.name = "tcpwrapped";
		facts.confidence = 8;
	}
	if (!found && best && port->tunnel && tls && tls->alpn &&
	    (facts.name = name_of_alpn(tls->alpn))) {
		facts.end = SERVICE_SOFT;
		facts.confidence = 10;
	}
	if (wants_fingerprint(port, facts.end))
		add_fingerprint(port, &facts);
	*ret_facts = facts;
}
