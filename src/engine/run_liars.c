/* Looks out for networks that lie (engine/liars.h): after a host's TCP ports, a few that
 * nobody asked for are asked where the answers are suspicious. */
#include "engine/run_private.h"
#include "engine/technique.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>
#include <string.h>

#define LOWEST_PORT   10000u /* below, services may have any number of ports open */
#define DRAWS         1000u
#define PREFIXES_TOLD 16u

static bool has(const struct rules_order *order, uint16_t port)
{
	uint32_t i;

	for (i = 0; i < order->check_count; i++)
		if (order->check_ports[i] == port)
			return true;
	return false;
}

/* Ports at random; listed ones only if `listed`. */
static void draw_ports(struct run *run, struct rules_order *order, bool listed)
{
	const struct portset *tcp = &order->rules->of[TRANSPORT_TCP];
	unsigned i;

	order->check_count = 0;
	order->check_listed = listed;
	for (i = 0; i < DRAWS && order->check_count < LIARS_CHECKS; i++) {
		uint16_t port =
			(uint16_t)(LOWEST_PORT + random_below(&run->random, 65536 - LOWEST_PORT));

		if (!has(order, port) && (listed || !portset_has(tcp, port)))
			order->check_ports[order->check_count++] = port;
	}
}

/* The same ports for all hosts with these rules, chosen at the first need. */
static int choose_ports(struct run *run, struct rules_order *order)
{
	uint32_t i;

	if (order->check_places)
		return 0;
	order->check_places = alloc_array(UINT16_MAX + 1, sizeof(*order->check_places));
	if (!order->check_places)
		return ERROR_MEMORY;
	draw_ports(run, order, false);
	if (order->check_count < LIARS_CHECKS)
		draw_ports(run, order, true);
	memset(order->check_places, 0xff, (UINT16_MAX + 1) * sizeof(*order->check_places));
	for (i = 0; i < order->check_count; i++)
		order->check_places[order->check_ports[i]] = (uint16_t)i;
	return 0;
}

static void on_segment(struct host *host, const struct response *seen)
{
	if (seen->packet->kind == PACKET_TCP)
		liars_note_segment(&host->liars, &seen->packet->tcp);
}

static void on_verdict(struct host *host, uint16_t port, const struct verdict *verdict)
{
	(void)port;
	liars_note_check(&host->liars, verdict);
}

static void on_response(struct host *host, const struct response *seen)
{
	if (seen->from_target)
		run_note_opened(host->run, seen->packet);
}

void run_liars_listen(struct host *host)
{
	host->probing.responded = on_response;
}

void run_liars_begin(struct host *host)
{
	/* What a ping told stays. */
	host->liars = (struct liars){.ping_ttl = host->liars.ping_ttl};
}

bool run_liars_check(struct host *host, void (*done)(struct host *))
{
	struct run *run = host->run;
	const struct scan_technique *technique = run->plan->techniques[host->technique_index];
	struct rules_order *order = host->order;

	if (!technique->handshake || run->plan->exact_ports || !liars_suspects(&host->liars) ||
	    choose_ports(run, order) < 0)
		return false;
	host->liars.checked_listed = order->check_listed;
	sender_start(host->sender, host, technique, order->check_ports, order->check_places,
		     order->check_count, on_verdict, done);
	host->probing.responded = on_segment;
	return true;
}

void run_liars_tell(struct host *host)
{
	const struct liar_finding finding = liars_judge(&host->liars);
	struct observation seen = {.kind = OBSERVED_LIAR, .target = host->target};
	char text[400], addr[IP_TEXT_BYTES];

	if (finding.kind == LIAR_NONE)
		return;
	seen.liar = finding;
	host->lies = true;
	run_observe(host->run, &seen);
	liar_sentence(&finding, ip_format(&host->target->addr, addr), text, sizeof(text));
	run_warn(host->run, host, WARNING_PLAIN, text);
}

/* ---- prefixes ---- */

void run_note_opened(struct run *run, const struct packet *packet)
{
	if (!run->proxied)
		run->proxied = proxied_new(run->plan->seed);
	proxied_note(run->proxied, packet);
}

static void tell_prefix(struct run *run, const struct proxied_prefix *prefix)
{
	char text[300], addr[IP_TEXT_BYTES];

	snprintf(text, sizeof(text),
		 "Note: %u addresses of %s/%u answer alike (SYN-ACK without options or with window "
		 "0, TTL %u): a SYN proxy stands before them; their open ports say little.",
		 prefix->addresses, ip_format(&prefix->first, addr), prefix->bits, prefix->ttl);
	run_warn(run, NULL, WARNING_PLAIN, text);
}

void run_liars_end(struct run *run)
{
	struct proxied_prefix prefixes[PREFIXES_TOLD];
	size_t count, i;
	char text[120];

	count = run->proxied ? proxied_find(run->proxied, prefixes, PREFIXES_TOLD) : 0;
	for (i = 0; i < count && i < PREFIXES_TOLD; i++)
		tell_prefix(run, &prefixes[i]);
	if (count <= PREFIXES_TOLD)
		return;
	snprintf(text, sizeof(text), "Note: addresses of %zu more prefixes answer so, too.",
		 count - PREFIXES_TOLD);
	run_warn(run, NULL, WARNING_PLAIN, text);
}
