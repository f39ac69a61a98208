#include "report/format/words_service.h"

#include "report/format/words.h"

#include <string.h>
#include <strings.h>

#define VERSION_BYTES_MAX 159
#define PART_BYTES_MIN    8  /* with less room than that, a part is left out */
#define SERVICE_BYTES_MAX 63 /* longer names are not shown */
#define TABLE_CONFIDENCE  3
#define SURE_CONFIDENCE   5 /* up to it, a name is shown with a question mark */
#define INFO_VALUES_MAX   5

const char *words_field(const char *field, size_t max, char *text)
{
	size_t i;

	if (!field || !*field)
		return NULL;
	for (i = 0; field[i] && i < max; i++)
		text[i] = field[i] >= 0x20 && field[i] <= 0x7e ? field[i] : '.';
	text[i] = '\0';
	return text;
}

/* Nmap 7.93 gives it a product, and loses that before it prints. */
const struct service_facts *words_facts(const struct port_report *port)
{
	return port->service && port->service->end != SERVICE_EXCLUDED ? port->service : NULL;
}

const char *words_service_name(const struct plan *plan, const struct port_report *port, char *text)
{
	const char *name = port->service ? port->service->name : NULL;

	if (name && *name)
		return words_field(name, SERVICE_EXTRAINFO_MAX, text);
	if (!plan->services)
		return NULL;
	name = services_name(plan->services, port->transport, port->number);
	return name && *name ? name : NULL;
}

bool words_has_service(const struct plan *plan, const struct port_report *port)
{
	const struct service_facts *facts = port->service;
	char text[SERVICE_FIELD_BYTES];

	return words_service_name(plan, port, text) ||
	       (facts && (facts->fingerprint || facts->tunnel));
}

unsigned words_confidence(const struct port_report *port)
{
	return port->service ? port->service->confidence : TABLE_CONFIDENCE;
}

bool words_was_probed(const struct port_report *port)
{
	return port->service &&
	       (port->service->end == SERVICE_HARD || port->service->end == SERVICE_SOFT ||
		port->service->end == SERVICE_WRAPPED);
}

static bool is_doubtful(const struct plan *plan, const struct port_report *port, const char *name)
{
	return plan->version.wanted && port->transport != TRANSPORT_IP &&
	       port->verdict.state == PORT_OPEN && words_confidence(port) <= SURE_CONFIDENCE &&
	       strcmp(name, "unknown") != 0;
}

void words_add_service(struct buf *out, const struct plan *plan, const struct port_report *port,
		       bool terminal)
{
	char text[SERVICE_FIELD_BYTES];
	const char *name = words_service_name(plan, port, text);
	const char *tunnel = port->service && port->service->tunnel ? "ssl/" : "";
	const char *doubt = name && is_doubtful(plan, port, name) ? "?" : "";

	if (!name)
		name = "unknown";
	if (strlen(tunnel) + strlen(name) + strlen(doubt) > SERVICE_BYTES_MAX)
		return;
	buf_add_str(out, tunnel);
	words_add_clean(out, name, terminal);
	buf_add_str(out, doubt);
}

/* --- the version ------------------------------------------------------- */

static size_t room_left(const struct buf *out, size_t start)
{
	return VERSION_BYTES_MAX - (out->len - start);
}

/* A part in brackets or without, cut where it does not fit. */
static void add_part(struct buf *out, size_t start, const char *part, bool bracketed)
{
	size_t left = room_left(out, start), around = bracketed ? 2 : 0, bytes;

	if (!part || left < PART_BYTES_MIN)
		return;
	if (out->len > start) {
		buf_add_char(out, ' ');
		left--;
	}
	bytes = strlen(part);
	buf_add_str(out, bracketed ? "(" : "");
	if (bytes <= left - around) {
		buf_add(out, part, bytes);
	} else {
		buf_add(out, part, left - around - 3);
		buf_add_str(out, "...");
	}
	buf_add_str(out, bracketed ? ")" : "");
}

void words_add_version(struct buf *out, const struct port_report *port)
{
	const struct service_facts *facts = words_facts(port);
	char text[SERVICE_FIELD_BYTES];
	size_t start = out->len;

	if (!facts)
		return;
	add_part(out, start, words_field(facts->product, SERVICE_PRODUCT_MAX, text), false);
	add_part(out, start, words_field(facts->version, SERVICE_VERSION_MAX, text), false);
	add_part(out, start, words_field(facts->extrainfo, SERVICE_EXTRAINFO_MAX, text), true);
}

/* --- Service Info ------------------------------------------------------ */

/* Different values of one kind, in the order they came. */
struct info {
	const char *one, *many;
	int (*compare)(const char *a, const char *b);
	size_t max;
	const char *values[INFO_VALUES_MAX];
	size_t count;
};

static void note(struct info *info, const char *value)
{
	if (!value || !*value)
		return;
	for (size_t i = 0; i < info->count; i++)
		if (!info->compare(info->values[i], value))
			return;
	if (info->count < INFO_VALUES_MAX)
		info->values[info->count++] = value;
}

static void add_info(struct buf *out, size_t start, const struct info *info)
{
	char text[SERVICE_FIELD_BYTES];

	if (!info->count)
		return;
	buf_add_str(out, out->len == start ? "Service Info:" : ";");
	buf_addf(out, " %s: ", info->count > 1 ? info->many : info->one);
	for (size_t i = 0; i < info->count; i++) {
		buf_add_str(out, i ? ", " : "");
		buf_add_str(out, words_field(info->values[i], info->max, text));
	}
}

void words_add_service_info(struct buf *out, const struct host_report *host)
{
	struct info hosts = {"Host", "Hosts", strcasecmp, SERVICE_HOSTNAME_MAX, {NULL}, 0};
	struct info systems = {"OS", "OSs", strcmp, SERVICE_OSTYPE_MAX, {NULL}, 0};
	struct info devices = {"Device", "Devices", strcmp, SERVICE_DEVICE_MAX, {NULL}, 0};
	struct info cpes = {"CPE", "CPE", strcmp, SERVICE_CPE_MAX, {NULL}, 0};
	size_t start = out->len, i;

	for (i = 0; i < host->ports_count; i++) {
		const struct service_facts *facts = words_facts(&host->ports[i]);

		if (!facts || host->ports[i].verdict.state != PORT_OPEN)
			continue;
		if (facts->hostname && (!host->ptr || strcasecmp(facts->hostname, host->ptr) != 0))
			note(&hosts, facts->hostname);
		note(&systems, facts->ostype);
		note(&devices, facts->devicetype);
		note(&cpes, facts->cpe_h);
		note(&cpes, facts->cpe_o);
	}
	add_info(out, start, &hosts);
	add_info(out, start, &systems);
	add_info(out, start, &devices);
	add_info(out, start, &cpes);
	if (out->len > start)
		buf_add_char(out, '\n');
}
