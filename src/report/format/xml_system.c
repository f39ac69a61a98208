/* The os and trace elements, and those that stand between them. */
#include "report/format/xml.h"

#include "packet/packet.h"
#include "report/format/words.h"
#include "report/format/words_system.h"
#include "report/format/xml_text.h"

#include "util/text.h"

#include <string.h>

static void add_port_used(struct buf *out, const char *state, const char *transport, int32_t port)
{
	if (port >= 0)
		buf_addf(out, "<portused state=\"%s\" proto=\"%s\" portid=\"%d\"/>\n", state,
			 transport, port);
}

static void add_class(struct buf *out, const struct system_class *class)
{
	buf_add_str(out, "<osclass");
	xml_add_attribute(out, "type", class->type);
	xml_add_attribute(out, "vendor", class->vendor);
	xml_add_attribute(out, "osfamily", class->family);
	if (class->generation)
		xml_add_attribute(out, "osgen", class->generation);
	buf_addf(out, " accuracy=\"%u\"%s>", class->accuracy, class->cpes_count ? "" : "/");
	for (size_t i = 0; i < class->cpes_count; i++) {
		buf_add_str(out, "<cpe>");
		xml_add_text(out, class->cpes[i]);
		buf_add_str(out, "</cpe>");
	}
	buf_add_str(out, class->cpes_count ? "</osclass>\n" : "\n");
}

static void add_match(struct buf *out, const struct system_match *match, bool classes)
{
	buf_add_str(out, "<osmatch");
	xml_add_attribute(out, "name", match->name);
	buf_addf(out, " accuracy=\"%u\" line=\"%u\"", match->accuracy, match->line);
	if (!classes || !match->classes_count) {
		buf_add_str(out, "/>\n");
		return;
	}
	buf_add_str(out, ">\n");
	for (size_t i = 0; i < match->classes_count; i++)
		add_class(out, &match->classes[i]);
	buf_add_str(out, "</osmatch>\n");
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool same_class(const struct system_class *a, const struct system_class *b)
{
	return same_text(a->vendor, b->vendor) && same_text(a->family, b->family) &&
	       same_text(a->generation, b->generation) && same_text(a->type, b->type);
}

/* Did a class before matches[match].classes[at] say the same? */
static bool was_said(const struct system_facts *facts, size_t match, size_t at)
{
	const struct system_class *class = &facts->matches[match].classes[at];

	for (size_t m = 0; m <= match; m++)
		for (size_t i = 0; i < (m < match ? facts->matches[m].classes_count : at); i++)
			if (same_class(&facts->matches[m].classes[i], class))
				return true;
	return false;
}

/* --deprecated-xml-osclass (features.md OS-14): classes before the matches, each once. Where a
 * match is perfect, others do not count. */
static void add_old_classes(struct buf *out, const struct system_facts *facts)
{
	for (size_t m = 0; m < facts->matches_count; m++) {
		const struct system_match *match = &facts->matches[m];

		if (facts->perfect_count && !match->perfect)
			break;
		for (size_t i = 0; i < match->classes_count; i++)
			if (!was_said(facts, m, i))
				add_class(out, &match->classes[i]);
	}
}

static void add_print(struct buf *out, const struct host_report *host)
{
	struct buf text = BUF_INIT;

	words_add_print(&text, host);
	if (!buf_ok(&text))
		out->failed = true;
	buf_add_str(out, "<osfingerprint");
	xml_add_attribute(out, "fingerprint", buf_str(&text));
	buf_add_str(out, "/>\n");
	buf_release(&text);
}

static void add_os(struct buf *out, const struct format_context *context,
		   const struct host_report *host)
{
	const struct system_facts *facts = host->system;
	size_t shown = words_matches_shown(context, facts);
	bool old = context->plan->system.old_xml;

	buf_add_str(out, "<os>");
	add_port_used(out, "open", "tcp", facts->open_tcp);
	add_port_used(out, "closed", "tcp", facts->closed_tcp);
	add_port_used(out, "closed", "udp", facts->closed_udp);
	if (old && words_matches(context, facts) != WORDS_TOO_MANY)
		add_old_classes(out, facts);
	for (size_t i = 0; i < shown; i++)
		add_match(out, &facts->matches[i], !old);
	if (words_has_print(context, host))
		add_print(out, host);
	buf_add_str(out, "</os>\n");
}

static void add_uptime(struct buf *out, const struct system_facts *facts)
{
	buf_addf(out, "<uptime seconds=\"%u\" lastboot=\"", facts->uptime_s);
	words_add_ctime(out, facts->boot_s);
	buf_add_str(out, "\"/>\n");
}

static void add_index(struct buf *out, const struct system_facts *facts)
{
	buf_addf(out, "<tcpsequence index=\"%u\"", facts->index);
	xml_add_attribute(out, "difficulty", facts->difficulty);
	buf_add_str(out, " values=\"");
	words_add_hex(out, facts->isns, facts->samples);
	buf_add_str(out, "\"/>\n");
}

static void add_ids(struct buf *out, const struct system_facts *facts)
{
	buf_add_str(out, "<ipidsequence");
	xml_add_attribute(out, "class", facts->ipid_class);
	buf_add_str(out, " values=\"");
	words_add_ids(out, facts->ids, facts->samples);
	buf_add_str(out, "\"/>\n");
}

static void add_timestamps(struct buf *out, const struct system_facts *facts)
{
	buf_add_str(out, "<tcptssequence");
	xml_add_attribute(out, "class", facts->timestamp_class);
	if (facts->has_timestamps) {
		buf_add_str(out, " values=\"");
		words_add_hex(out, facts->timestamps, facts->samples);
		buf_add_char(out, '"');
	}
	buf_add_str(out, "/>\n");
}

void xml_add_system(struct buf *out, const struct format_context *context,
		    const struct host_report *host)
{
	const struct system_facts *facts = host->system;
	int32_t hops;

	if (!facts)
		return;
	add_os(out, context, host);
	if (facts->has_uptime)
		add_uptime(out, facts);
	if (words_distance(host, &hops))
		buf_addf(out, "<distance value=\"%d\"/>\n", hops);
	if (facts->has_index && facts->difficulty)
		add_index(out, facts);
	if (facts->ipid_class)
		add_ids(out, facts);
	if (facts->timestamp_class)
		add_timestamps(out, facts);
}

static void add_hop(struct buf *out, const struct path_hop *hop)
{
	char addr[IP_TEXT_BYTES], name[WORDS_NAME_BYTES];

	if (hop->from.family == IP_NONE)
		return;
	buf_addf(out, "<hop ttl=\"%u\"", hop->ttl);
	xml_add_attribute(out, "ipaddr", ip_format(&hop->from, addr));
	if (hop->has_rtt)
		buf_addf(out, " rtt=\"%.2f\"", hop->rtt_us / 1000.0);
	else /* "--", as escaped as Nmap's */
		xml_add_attribute(out, "rtt", "--");
	if (hop->name) {
		text_clean_host_name(hop->name, name, sizeof(name));
		xml_add_attribute(out, "host", name);
	}
	buf_add_str(out, "/>\n");
}

/* Nmap 7.93 says nothing of ICMPv6 here. */
static const char *protocol_of(const struct plan *plan, const struct path_facts *path)
{
	if (path->probe != PATH_PROTOCOL || path->number == PROTOCOL_ICMPV6)
		return NULL;
	return words_path_protocol(plan, path);
}

void xml_add_path(struct buf *out, const struct plan *plan, const struct host_report *host)
{
	const struct path_facts *path = host->path;
	const char *protocol;

	if (!path || !path->hops_count)
		return;
	buf_add_str(out, "<trace");
	if (path->probe == PATH_PORT)
		buf_addf(out, " port=\"%u\" proto=\"%s\"", path->number,
			 transport_name(path->transport));
	protocol = protocol_of(plan, path);
	if (protocol)
		xml_add_attribute(out, "proto", protocol);
	buf_add_str(out, ">\n");
	for (size_t i = 0; i < path->hops_count; i++)
		add_hop(out, &path->hops[i]);
	buf_add_str(out, "</trace>\n");
}
