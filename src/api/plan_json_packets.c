/* What a plan says of raw packets, as JSON: pings as a list, bytes in hex,
 * addresses as text, "layer" by name. */
#include "api/packet_words.h"
#include "api/plan_json.h"
#include "api/plan_parts.h"
#include "engine/technique.h"
#include "util/buf.h"
#include "util/error.h"

#include <string.h>

#define PINGS_MAX 300000 /* five kinds can ask every port */

static const char *const layers[] = {"automatic", "ethernet", "ip", "xdp"};

#define LAYERS (sizeof(layers) / sizeof(layers[0]))

/* ---- outward; NULL when memory is short ---- */

static json_t *hex_value(const uint8_t *bytes, size_t count)
{
	struct buf hex = BUF_INIT;
	json_t *value;
	size_t i;

	if (!count)
		return json_null();
	for (i = 0; i < count; i++)
		buf_addf(&hex, "%02x", bytes[i]);
	value = buf_ok(&hex) ? json_string(buf_str(&hex)) : NULL;
	buf_release(&hex);
	return value;
}

json_t *plan_json_address(const struct ip_addr *addr)
{
	char text[IP_TEXT_BYTES];

	return addr->family == IP_NONE ? json_null() : json_string(ip_format(addr, text));
}

static json_t *pings_value(const struct plan_discovery *discovery)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; array && i < discovery->pings_count; i++) {
		const struct plan_ping *ping = &discovery->pings[i];
		json_t *value = json_pack("{s:s,s:i}", "technique", ping->technique->name, "port",
					  (int)ping->port);

		if (json_array_append_new(array, value) < 0) {
			json_decref(array);
			array = NULL;
		}
	}
	return array;
}

static json_t *decoys_value(const struct plan_packets *packets)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; array && i < packets->decoys_count; i++)
		if (json_array_append_new(array, plan_json_address(&packets->decoys[i])) < 0) {
			json_decref(array);
			array = NULL;
		}
	return array;
}

bool plan_json_add_packets(const struct plan *plan, json_t *root)
{
	const struct plan_packets *packets = &plan->packets;
	json_t *object = json_object_get(root, "packets");
	json_t *mac = packets->has_mac ? hex_value(packets->mac.bytes, 6) : json_null();

	return json_object_set_new(object, "mac", mac) == 0 &&
	       json_object_set_new(object, "layer", json_string(layers[packets->layer])) == 0 &&
	       json_object_set_new(object, "decoys", decoys_value(packets)) == 0 &&
	       json_object_set_new(object, "data", hex_value(packets->data, packets->data_bytes)) ==
		       0 &&
	       json_object_set_new(object, "ip_options",
				   hex_value(packets->ip_options, packets->ip_options_bytes)) ==
		       0 &&
	       json_object_set_new(object, "first_hop", plan_json_address(&packets->first_hop)) ==
		       0 &&
	       json_object_set_new(json_object_get(root, "discovery"), "pings",
				   pings_value(&plan->discovery)) == 0 &&
	       json_object_set_new(json_object_get(root, "idle"), "zombie",
				   plan_json_address(&plan->idle.zombie)) == 0;
}

/* ---- inward ---- */

int plan_json_read_address(struct json_reader *reader, const char *path, const json_t *value,
			   struct ip_addr *ret_addr)
{
	const char *text = json_string_value(value);

	if (!value || json_is_null(value))
		return 0;
	if (!text || !ip_parse(text, ret_addr))
		return plan_json_wrong(reader, path, "an address");
	return 0;
}

static int read_hex(struct json_reader *reader, const char *path, const json_t *value, size_t most,
		    const uint8_t **ret_bytes, size_t *ret_count)
{
	const char *text = json_string_value(value);
	size_t room = text ? strlen(text) / 2 : 0;
	uint8_t *bytes;

	if (!value || json_is_null(value))
		return 0;
	if (!text || !room || room > most)
		return plan_json_wrong(reader, path,
				       "pairs of hexadecimal digits, and not too many");
	if (!(bytes = arena_alloc(&reader->plan->arena, room)))
		return diag_set(reader->diag, ERROR_MEMORY, "out of memory");
	if (hex_bytes_parse(text, bytes, room, ret_count) < 0)
		return plan_json_wrong(reader, path, "pairs of hexadecimal digits");
	*ret_bytes = bytes;
	return 0;
}

static int read_layer(struct json_reader *reader, const json_t *value)
{
	const char *text = json_string_value(value);
	unsigned i;

	for (i = 0; text && i < LAYERS; i++)
		if (!strcmp(text, layers[i])) {
			reader->plan->packets.layer = (enum plan_layer)i;
			return 0;
		}
	return value ? plan_json_wrong(reader, "packets.layer",
				       "\"automatic\", \"ethernet\", \"ip\" or \"xdp\"")
		     : 0;
}

static int read_mac(struct json_reader *reader, const json_t *value)
{
	const uint8_t *bytes = NULL;
	size_t count = 0;
	int r = read_hex(reader, "packets.mac", value, 6, &bytes, &count);

	if (r < 0 || !bytes)
		return r;
	if (count != 6)
		return plan_json_wrong(reader, "packets.mac", "six bytes in hexadecimal digits");
	memcpy(reader->plan->packets.mac.bytes, bytes, 6);
	reader->plan->packets.has_mac = true;
	return 0;
}

static int read_decoys(struct json_reader *reader, const json_t *value)
{
	struct plan_packets *packets = &reader->plan->packets;
	size_t count = json_array_size(value), i;
	struct ip_addr *decoys;
	int r = 0;

	if (!value)
		return 0;
	if (!json_is_array(value) || count > PLAN_DECOYS_MAX)
		return plan_json_wrong(reader, "packets.decoys", "a short list of addresses");
	if (!(decoys = arena_alloc(&reader->plan->arena, (count + 1) * sizeof(*decoys))))
		return diag_set(reader->diag, ERROR_MEMORY, "out of memory");
	for (i = 0; r == 0 && i < count; i++) {
		r = plan_json_read_address(reader, "packets.decoys", json_array_get(value, i),
					   &decoys[i]);
		if (r == 0 && decoys[i].family == IP_NONE)
			r = plan_json_wrong(reader, "packets.decoys", "a list of addresses");
	}
	packets->decoys = decoys;
	packets->decoys_count = count;
	return r;
}

static int read_ping(struct json_reader *reader, const json_t *value, struct plan_ping *ret_ping)
{
	const char *name = json_string_value(json_object_get(value, "technique"));
	const json_t *port = json_object_get(value, "port");
	json_int_t number = json_integer_value(port);

	if (!name || !(ret_ping->technique = technique_by_name(name)))
		return diag_set(
			reader->diag, ERROR_NOT_FOUND,
			"plan: discovery.pings names \"%.80s\", which this version does not "
			"have",
			name ? name : "");
	if ((port && !json_is_integer(port)) || number < 0 || number > UINT16_MAX)
		return plan_json_wrong(reader, "discovery.pings.port", "a number from 0 to 65535");
	ret_ping->port = (uint16_t)number;
	return 0;
}

static int read_pings(struct json_reader *reader)
{
	const json_t *value = json_object_get(json_object_get(reader->root, "discovery"), "pings");
	size_t count = json_array_size(value), i;
	struct plan_ping *pings;
	int r = 0;

	if (!value)
		return 0;
	if (!json_is_array(value) || count > PINGS_MAX)
		return plan_json_wrong(reader, "discovery.pings", "a list, and not too long");
	if (!(pings = arena_alloc(&reader->plan->arena, (count + 1) * sizeof(*pings))))
		return diag_set(reader->diag, ERROR_MEMORY, "out of memory");
	for (i = 0; r == 0 && i < count; i++)
		r = read_ping(reader, json_array_get(value, i), &pings[i]);
	reader->plan->discovery.pings = pings;
	reader->plan->discovery.pings_count = count;
	return r;
}

/* What must hold between values. */
static int check_packets(struct json_reader *reader)
{
	const struct plan *plan = reader->plan;
	const struct plan_packets *packets = &plan->packets;
	size_t i;

	if (packets->fragment_bytes % 8)
		return plan_json_wrong(reader, "packets.fragment_bytes", "a multiple of 8");
	if (packets->own_place > packets->decoys_count)
		return plan_json_wrong(reader, "packets.own_place", "a place among the decoys");
	if (packets->ip_options_bytes % 4)
		return plan_json_wrong(reader, "packets.ip_options", "a multiple of 4 bytes");
	if (packets->first_hop.family == IP_V6)
		return plan_json_wrong(reader, "packets.first_hop", "an IPv4 address");
	if (packets->first_hop.family && packets->target_at + 4 > packets->ip_options_bytes)
		return plan_json_wrong(reader, "packets.target_at", "a place in the options");
	if (plan->sweep.shard >= plan->sweep.shards)
		return plan_json_wrong(reader, "sweep.shard", "below sweep.shards");
	for (i = 0; i < plan->techniques_count; i++) {
		if (plan->techniques[i]->probe != PROBE_FLOW && !plan->privileged)
			return plan_json_wrong(reader, "privileged", "true for raw techniques");
		if (!strcmp(plan->techniques[i]->name, "idle") && !plan->idle.zombie.family)
			return plan_json_wrong(reader, "idle.zombie", "given for an idle scan");
	}
	return 0;
}

int plan_json_read_packets(struct json_reader *reader)
{
	struct plan_packets *packets = &reader->plan->packets;
	const json_t *from = json_object_get(reader->root, "packets");
	const json_t *idle = json_object_get(reader->root, "idle");
	int r;

	if ((r = read_layer(reader, json_object_get(from, "layer"))) < 0 ||
	    (r = read_mac(reader, json_object_get(from, "mac"))) < 0 ||
	    (r = read_decoys(reader, json_object_get(from, "decoys"))) < 0 ||
	    (r = read_hex(reader, "packets.data", json_object_get(from, "data"), PAYLOAD_MAX,
			  &packets->data, &packets->data_bytes)) < 0 ||
	    (r = read_hex(reader, "packets.ip_options", json_object_get(from, "ip_options"),
			  IP_OPTIONS_MAX, &packets->ip_options, &packets->ip_options_bytes)) < 0 ||
	    (r = plan_json_read_address(reader, "packets.first_hop",
					json_object_get(from, "first_hop"), &packets->first_hop)) <
		    0 ||
	    (r = plan_json_read_address(reader, "idle.zombie", json_object_get(idle, "zombie"),
					&reader->plan->idle.zombie)) < 0 ||
	    (r = read_pings(reader)) < 0)
		return r;
	return check_packets(reader);
}
