/* The host and hosthint elements. */
#include "report/format/xml.h"

#include "report/format/ignored.h"
#include "report/format/words.h"
#include "report/format/words_scripts.h"
#include "report/format/words_service.h"
#include "report/format/words_system.h"
#include "report/format/xml_text.h"

static const char *state_of(const struct host_report *host)
{
	return host->list_only ? "unknown" : host_state_name(host->state);
}

static void add_status(struct buf *out, const char *state, enum reason reason, unsigned ttl)
{
	buf_addf(out, "<status state=\"%s\" reason=\"%s\" reason_ttl=\"%u\"/>", state,
		 reason_name(reason), ttl);
}

static void add_address(struct buf *out, const struct ip_addr *addr)
{
	char text[IP_TEXT_BYTES];

	buf_add_str(out, "<address");
	xml_add_attribute(out, "addr", ip_format(addr, text));
	buf_addf(out, " addrtype=\"ipv%d\"/>\n", addr->family);
}

static void add_mac(struct buf *out, const struct format_context *context,
		    const struct host_report *host)
{
	char text[MAC_TEXT_BYTES], name[VENDOR_NAME_BYTES];
	const char *vendor;

	if (!host->has_mac)
		return;
	vendor = vendors_find(context->vendors, &host->mac, name);
	buf_addf(out, "<address addr=\"%s\" addrtype=\"mac\"", mac_format(&host->mac, text));
	if (vendor)
		xml_add_attribute(out, "vendor", vendor);
	buf_add_str(out, "/>\n");
}

static void add_name(struct buf *out, const char *name, const char *type)
{
	if (!name)
		return;
	buf_add_str(out, "<hostname");
	xml_add_attribute(out, "name", name);
	buf_addf(out, " type=\"%s\"/>\n", type);
}

static void add_names(struct buf *out, const char *user, const char *ptr)
{
	buf_add_str(out, "<hostnames>\n");
	add_name(out, user, "user");
	add_name(out, ptr, "PTR");
	buf_add_str(out, "</hostnames>\n");
}

void xml_add_hint(struct buf *out, const struct format_context *context,
		  const struct host_report *host)
{
	/* Nmap writes the hint of a ping before it knows the reason; ARP and ND it
	 * asks in another way. */
	bool known = host->reason == REASON_ARP_RESPONSE || host->reason == REASON_ND_RESPONSE;

	buf_add_str(out, "<hosthint>");
	add_status(out, "up", known ? host->reason : REASON_UNKNOWN_RESPONSE, 0);
	buf_add_char(out, '\n');
	add_address(out, &host->addr);
	add_mac(out, context, host);
	add_names(out, host->name, NULL);
	buf_add_str(out, "</hosthint>\n");
}

static void add_extraports(struct buf *out, const struct host_report *host,
			   const struct ignored *ignored, unsigned state)
{
	size_t i;

	buf_addf(out, "<extraports state=\"%s\" count=\"%u\">\n", port_state_name(state),
		 ignored->counts[state]);
	for (i = 0; i < ignored->groups_count; i++) {
		const struct ignored_group *group = &ignored->groups[i];

		if (group->state != state)
			continue;
		buf_addf(out, "<extrareasons reason=\"%s\" count=\"%u\" proto=\"%s\" ports=\"",
			 reason_name(group->reason), group->count,
			 group->transport == TRANSPORT_IP ? "n/a"
							  : transport_name(group->transport));
		ignored_add_ports(out, host, group);
		buf_add_str(out, "\"/>\n");
	}
	buf_add_str(out, "</extraports>\n");
}

/* The names of IP protocols are certain, and written differently. */
static void add_protocol(struct buf *out, const char *name)
{
	buf_add_str(out, "\n<service");
	xml_add_attribute(out, "name", name ? name : "unknown");
	buf_add_str(out, " conf=\"8\" method=\"table\"/>");
}

static void add_field(struct buf *out, const char *attribute, const char *field, size_t max)
{
	char text[SERVICE_FIELD_BYTES];

	if (words_field(field, max, text))
		xml_add_attribute(out, attribute, text);
}

static void add_version(struct buf *out, const struct service_facts *facts)
{
	add_field(out, "product", facts->product, SERVICE_PRODUCT_MAX);
	add_field(out, "version", facts->version, SERVICE_VERSION_MAX);
	add_field(out, "extrainfo", facts->extrainfo, SERVICE_EXTRAINFO_MAX);
	add_field(out, "hostname", facts->hostname, SERVICE_HOSTNAME_MAX);
	add_field(out, "ostype", facts->ostype, SERVICE_OSTYPE_MAX);
	add_field(out, "devicetype", facts->devicetype, SERVICE_DEVICE_MAX);
	if (facts->fingerprint)
		xml_add_attribute(out, "servicefp", facts->fingerprint);
}

static size_t add_cpe(struct buf *out, const char *cpe, size_t before)
{
	char text[SERVICE_FIELD_BYTES];

	if (!words_field(cpe, SERVICE_CPE_MAX, text))
		return before;
	buf_add_str(out, before ? "<cpe>" : "><cpe>");
	xml_add_text(out, text);
	buf_add_str(out, "</cpe>");
	return before + 1;
}

/* The end of the start tag, or of the element when nothing is in it. */
static void add_cpes(struct buf *out, const struct service_facts *facts)
{
	size_t count = 0;

	if (facts) {
		count = add_cpe(out, facts->cpe_a, count);
		count = add_cpe(out, facts->cpe_h, count);
		count = add_cpe(out, facts->cpe_o, count);
	}
	buf_add_str(out, count ? "</service>" : "/>");
}

static void add_service(struct buf *out, const struct plan *plan, const struct port_report *port)
{
	const struct service_facts *facts = words_facts(port);
	char text[SERVICE_FIELD_BYTES];
	const char *name = words_service_name(plan, port, text);

	buf_add_str(out, "<service");
	xml_add_attribute(out, "name", name ? name : "unknown");
	if (facts)
		add_version(out, facts);
	if (facts && facts->tunnel)
		buf_add_str(out, " tunnel=\"ssl\"");
	buf_addf(out, " method=\"%s\" conf=\"%u\"", words_was_probed(port) ? "probed" : "table",
		 words_confidence(port));
	add_cpes(out, facts);
}

static void add_port(struct buf *out, const struct plan *plan, const struct host_report *host,
		     const struct port_report *port)
{
	const struct verdict *verdict = &port->verdict;
	char addr[IP_TEXT_BYTES], text[SERVICE_FIELD_BYTES];
	bool is_known = words_has_service(plan, port);

	buf_addf(out, "<port protocol=\"%s\" portid=\"%u\">", transport_name(port->transport),
		 port->number);
	buf_addf(out, "<state state=\"%s\" reason=\"%s\" reason_ttl=\"%u\"",
		 port_state_name(verdict->state), reason_name(verdict->reason), verdict->ttl);
	if (verdict->from.family != IP_NONE)
		xml_add_attribute(out, "reason_ip", ip_format(&verdict->from, addr));
	buf_add_str(out, "/>");
	if (is_known && port->transport == TRANSPORT_IP)
		add_protocol(out, words_service_name(plan, port, text));
	else if (is_known)
		add_service(out, plan, port);
	xml_add_port_scripts(out, host, port);
	buf_add_str(out, "</port>\n");
}

static void add_ports(struct buf *out, const struct format_context *context,
		      const struct host_report *host)
{
	struct ignored ignored;
	size_t i;

	ignored_of(context, host, &ignored);
	buf_add_str(out, "<ports>");
	for (i = 0; i < ignored.states_count; i++)
		add_extraports(out, host, &ignored, ignored.states[i]);
	for (i = 0; i < host->ports_count; i++)
		if (!ignored.is_ignored[host->ports[i].verdict.state % PORT_STATES])
			add_port(out, context->plan, host, &host->ports[i]);
	buf_add_str(out, "</ports>\n");
}

static void add_start(struct buf *out, const struct plan *plan, const struct host_report *host)
{
	buf_add_str(out, "<host");
	if (host->state == HOST_UP && (host->ports_scanned || host->timed_out ||
				       words_is_traced(plan, host) || words_is_scripted(host)))
		buf_addf(out, " starttime=\"%lld\" endtime=\"%lld\"", (long long)host->start_s,
			 (long long)host->end_s);
	buf_add_str(out, host->timed_out ? " timedout=\"true\">" : ">");
}

void xml_add_host(struct buf *out, const struct format_context *context,
		  const struct host_report *host)
{
	char ptr[WORDS_NAME_BYTES];

	bool full = !host->timed_out && host->state == HOST_UP;

	add_start(out, context->plan, host);
	add_status(out, state_of(host), host->reason, host->reason_ttl);
	/* --resume takes the last line that begins with an address to be of a host
	 * that is done (formats.md 11): not so here. */
	buf_add_char(out, host->incomplete ? ' ' : '\n');
	add_address(out, &host->addr);
	add_mac(out, context, host);
	if (host->state == HOST_UP || host->name || host->ptr)
		add_names(out, host->name, words_ptr(host, ptr));
	if (host->ports_scanned && full)
		add_ports(out, context, host);
	if (full)
		xml_add_system(out, context, host);
	if (full)
		xml_add_host_scripts(out, host);
	if (full)
		xml_add_path(out, context->plan, host);
	if (host->has_rtt)
		buf_addf(out, "<times srtt=\"%llu\" rttvar=\"%llu\" to=\"%llu\"/>\n",
			 (unsigned long long)host->srtt_us, (unsigned long long)host->rttvar_us,
			 (unsigned long long)host->timeout_us);
	buf_add_str(out, "</host>\n");
}
