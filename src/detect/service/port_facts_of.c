#include "detect/service/port_facts_of.h"

#include "detect/service/service_scan_private.h"

#include <string.h>

bool is_tunnel_service(const struct match_line *line)
{
	return line && !line->soft &&
	       (!strcmp(line->service, "ssl") || !strcmp(line->service, "dtls"));
}

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

static void add_match(const struct port_scan *port, const struct found *found,
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

void port_facts_of(struct port_scan *port, enum service_end end, const struct found *found,
		   struct service_facts *ret_facts)
{
	const bool best = probe_db_manner(port->scan->config.db) == MANNER_BEST;
	struct service_facts facts = {
		.end = end,
		.tunnel = port->tunnel,
		.confidence = 3,
		.tls = port->tls,
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
	if (!found && best && port->tunnel && port->tls && port->tls->alpn &&
	    (facts.name = name_of_alpn(port->tls->alpn))) {
		facts.end = SERVICE_SOFT;
		facts.confidence = 10;
	}
	*ret_facts = facts;
}
