#include "report/format/ndjson_system.h"

#include "report/system_result.h"

#define WEIGHT_MAX 1e6

static void add_text(struct json_writer *json, const char *key, const char *text)
{
	if (text)
		json_write_text(json, key, text);
}

static void add_texts(struct json_writer *json, const char *key, const char *const *texts,
		      size_t count)
{
	if (!count)
		return;
	json_write_array(json, key);
	for (size_t i = 0; i < count; i++)
		json_write_text(json, NULL, texts[i]);
	json_write_array_end(json);
}

static void add_port(struct json_writer *json, const char *key, int32_t port)
{
	if (port >= 0)
		json_write_uint(json, key, (uint64_t)port);
}

static void add_numbers(struct json_writer *json, const char *key, const uint32_t *values,
			size_t count)
{
	json_write_array(json, key);
	for (size_t i = 0; i < count; i++)
		json_write_uint(json, NULL, values[i]);
	json_write_array_end(json);
}

/* What is likelier without bound has no number in JSON. */
static double within(double value, double low, double high)
{
	return value > high ? high : value > low ? value : low;
}

static void add_share(struct json_writer *json, const char *key, double value)
{
	json_write_fixed(json, key, within(value, 0, 1), 4);
}

/* --- matches ----------------------------------------------------------- */

static void add_class(struct json_writer *json, const struct system_class *class)
{
	json_write_object(json, NULL);
	add_text(json, "vendor", class->vendor);
	add_text(json, "family", class->family);
	add_text(json, "generation", class->generation);
	add_text(json, "type", class->type);
	json_write_uint(json, "accuracy", class->accuracy);
	add_texts(json, "cpe", class->cpes, class->cpes_count);
	json_write_object_end(json);
}

static void add_match(struct json_writer *json, const struct system_match *match)
{
	json_write_object(json, NULL);
	add_text(json, "name", match->name);
	json_write_uint(json, "accuracy", match->accuracy);
	json_write_bool(json, "perfect", match->perfect);
	add_text(json, "file", match->file);
	json_write_uint(json, "line", match->line);
	json_write_array(json, "classes");
	for (size_t i = 0; i < match->classes_count; i++)
		add_class(json, &match->classes[i]);
	json_write_array_end(json);
	json_write_object_end(json);
}

static void add_matches(struct json_writer *json, const struct system_facts *facts)
{
	json_write_array(json, "matches");
	for (size_t i = 0; i < facts->matches_count; i++)
		add_match(json, &facts->matches[i]);
	json_write_array_end(json);
}

static void add_summary(struct json_writer *json, const struct system_facts *facts)
{
	add_texts(json, "device_types", facts->types, facts->types_count);
	if (facts->running_count) {
		json_write_array(json, "running");
		for (size_t i = 0; i < facts->running_count; i++) {
			json_write_object(json, NULL);
			json_write_text(json, "name", facts->running[i].name);
			json_write_uint(json, "accuracy", facts->running[i].percent);
			json_write_object_end(json);
		}
		json_write_array_end(json);
	}
	add_texts(json, "cpe", facts->cpes, facts->cpes_count);
}

/* --- guesses and evidence ---------------------------------------------- */

static void add_guesses(struct json_writer *json, const struct system_facts *facts)
{
	json_write_array(json, "guesses");
	for (size_t i = 0; i < facts->guesses_count; i++) {
		json_write_object(json, NULL);
		add_text(json, "name", facts->guesses[i].name);
		add_text(json, "family", facts->guesses[i].family);
		add_share(json, "probability", facts->guesses[i].probability);
		json_write_object_end(json);
	}
	json_write_array_end(json);
	if (facts->guesses_count)
		add_share(json, "confidence", facts->guesses[0].probability);
}

static void add_evidence(struct json_writer *json, const struct system_facts *facts)
{
	json_write_array(json, "evidence");
	for (size_t i = 0; i < facts->evidence_count; i++) {
		const struct system_evidence *evidence = &facts->evidence[i];

		json_write_object(json, NULL);
		add_text(json, "source", evidence->source);
		add_text(json, "says", evidence->says);
		add_text(json, "family", evidence->family);
		json_write_fixed(json, "weight", within(evidence->weight, -WEIGHT_MAX, WEIGHT_MAX),
				 3);
		json_write_object_end(json);
	}
	json_write_array_end(json);
}

/* --- what the replies tell ---------------------------------------------- */

static void add_uptime(struct json_writer *json, const struct system_facts *facts)
{
	if (!facts->has_uptime)
		return;
	json_write_object(json, "uptime");
	json_write_uint(json, "seconds", facts->uptime_s);
	if (facts->boot_s >= 0)
		json_write_time(json, "boot", (uint64_t)facts->boot_s * 1000000000ull);
	json_write_object_end(json);
}

static void add_distance(struct json_writer *json, const struct system_facts *facts)
{
	static const char *const ways[][2] = {
		{"L", "own-machine"}, {"D", "direct"}, {"I", "icmp"}, {"T", "path"}};

	if (!facts->has_distance)
		return;
	json_write_object(json, "distance");
	json_write_int(json, "hops", facts->distance);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (ways[i][0][0] == facts->distance_by)
			json_write_word(json, "by", ways[i][1]);
	json_write_object_end(json);
}

static void add_ids(struct json_writer *json, const struct system_facts *facts)
{
	uint32_t ids[SYSTEM_SAMPLES_MAX];

	for (size_t i = 0; i < facts->samples; i++)
		ids[i] = facts->ids[i];
	json_write_object(json, "ip_ids");
	json_write_text(json, "class", facts->ipid_class);
	add_numbers(json, "values", ids, facts->samples);
	json_write_object_end(json);
}

static void add_sequences(struct json_writer *json, const struct system_facts *facts)
{
	if (facts->has_index) {
		json_write_object(json, "tcp_sequence");
		json_write_uint(json, "index", facts->index);
		add_text(json, "difficulty", facts->difficulty);
		add_numbers(json, "values", facts->isns, facts->samples);
		json_write_object_end(json);
	}
	if (facts->ipid_class)
		add_ids(json, facts);
	if (facts->timestamp_class) {
		json_write_object(json, "tcp_timestamps");
		json_write_text(json, "class", facts->timestamp_class);
		if (facts->has_timestamps)
			add_numbers(json, "values", facts->timestamps, facts->samples);
		json_write_object_end(json);
	}
}

static void add_ports(struct json_writer *json, const struct system_facts *facts)
{
	json_write_object(json, "ports_used");
	add_port(json, "open_tcp", facts->open_tcp);
	add_port(json, "closed_tcp", facts->closed_tcp);
	add_port(json, "closed_udp", facts->closed_udp);
	json_write_object_end(json);
}

static void add_costs(struct json_writer *json, const struct system_facts *facts)
{
	json_write_uint(json, "rounds", facts->rounds);
	json_write_uint(json, "probes_sent", facts->probes_sent);
	json_write_uint(json, "probes_answered", facts->probes_answered);
	json_write_uint(json, "took_us", facts->took_ns / 1000);
}

void ndjson_add_system(struct json_writer *json, const struct system_facts *facts)
{
	json_write_object(json, "system");
	json_write_word(json, "result", system_result_name(facts->result));
	json_write_bool(json, "incomplete", facts->incomplete);
	json_write_bool(json, "unreliable", facts->unreliable);
	json_write_word(json, "data", facts->own_data ? "own" : "file");
	add_guesses(json, facts);
	add_evidence(json, facts);
	json_write_uint(json, "perfect_matches", facts->perfect_count);
	add_matches(json, facts);
	add_summary(json, facts);
	add_ports(json, facts);
	add_text(json, "unfit", facts->unfit);
	add_text(json, "fingerprint", facts->fingerprint);
	add_uptime(json, facts);
	add_distance(json, facts);
	add_sequences(json, facts);
	add_costs(json, facts);
	json_write_object_end(json);
}

/* --- paths -------------------------------------------------------------- */

static void add_address(struct json_writer *json, const char *key, const struct ip_addr *addr)
{
	char text[IP_TEXT_BYTES];

	if (addr->family != IP_NONE)
		json_write_text(json, key, ip_format(addr, text));
}

static void add_hop(struct json_writer *json, const struct path_hop *hop)
{
	json_write_object(json, NULL);
	json_write_uint(json, "ttl", hop->ttl);
	add_address(json, "address", &hop->from);
	if (hop->has_rtt)
		json_write_uint(json, "rtt_us", hop->rtt_us);
	if (hop->cached)
		json_write_bool(json, "cached", true);
	add_text(json, "name", hop->name);
	add_text(json, "country", hop->place.country);
	if (hop->place.asn)
		json_write_uint(json, "asn", hop->place.asn);
	add_text(json, "organization", hop->place.organization);
	json_write_object_end(json);
}

void ndjson_add_path(struct json_writer *json, const struct path_facts *facts)
{
	json_write_object(json, "path");
	if (facts->probe == PATH_PORT) {
		json_write_word(json, "transport", transport_name(facts->transport));
		json_write_uint(json, "port", facts->number);
	} else if (facts->probe == PATH_PROTOCOL) {
		json_write_word(json, "transport", transport_name(TRANSPORT_IP));
		json_write_uint(json, "protocol", facts->number);
	}
	json_write_bool(json, "reached", facts->reached);
	json_write_bool(json, "incomplete", facts->incomplete);
	if (facts->same_hops) {
		json_write_uint(json, "same_hops", facts->same_hops);
		add_address(json, "same_as", &facts->same_as);
	}
	json_write_array(json, "hops");
	for (size_t i = 0; i < facts->hops_count; i++)
		add_hop(json, &facts->hops[i]);
	json_write_array_end(json);
	json_write_uint(json, "probes_sent", facts->probes_sent);
	json_write_object_end(json);
}
