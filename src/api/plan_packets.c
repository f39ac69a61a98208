/* What raw packets look like: features.md section 9. Whatever is random in
 * them is drawn here, from the plan's seed, so that a plan says it all. */
#include "api/packet_words.h"
#include "api/plan_parts.h"
#include "engine/target_random.h"
#include "engine/technique.h"
#include "util/error.h"
#include "util/random.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DATA_LARGE 1400
/* One seed, several independent draws. */
#define SALT_DECOYS 0xdec0f5a1u
#define SALT_PLACE  0x91ace000u
#define SALT_DATA   0xda7a0000u

static int out_of_memory(struct diag *diag)
{
	return diag_set(diag, ERROR_MEMORY, "out of memory");
}

static void *keep_bytes(struct plan *plan, const void *bytes, size_t count)
{
	void *copy = arena_alloc(&plan->arena, count ? count : 1);

	if (copy && count)
		memcpy(copy, bytes, count);
	return copy;
}

/* ---- decoys ---- */

struct decoys {
	const struct settings *settings;
	struct target_random *random; /* made when the first is drawn */
	uint64_t seed;
	struct ip_addr at[PLAN_DECOYS_MAX];
	size_t count, own_place;
	bool own_placed;
};

static int add_decoy(struct decoys *decoys, const struct ip_addr *addr, struct diag *diag)
{
	if (decoys->count == PLAN_DECOYS_MAX)
		return diag_set(diag, ERROR_LIMIT, "-D takes at most %d decoys", PLAN_DECOYS_MAX);
	decoys->at[decoys->count++] = *addr;
	return 0;
}

static int draw_decoys(struct decoys *decoys, unsigned long count, struct diag *diag)
{
	struct ip_addr addr;
	int r = 0;

	if (!decoys->random &&
	    target_random_new(NULL, decoys->seed ^ SALT_DECOYS, &decoys->random) < 0)
		return out_of_memory(diag);
	while (r == 0 && count-- && target_random_next(decoys->random, &addr))
		r = add_decoy(decoys, &addr, diag);
	return r;
}

static int parse_random(struct decoys *decoys, const char *item, struct diag *diag)
{
	unsigned long count = 1;
	char *end = NULL;

	if (item[3])
		count = strtoul(item + 4, &end, 10);
	if (end && (item[4] < '0' || item[4] > '9' || *end || !count))
		return diag_set(diag, ERROR_SYNTAX,
				"-D: \"%.40s\" is no number of random decoys; write RND or RND:<n>",
				item);
	return draw_decoys(decoys, count, diag);
}

static int place_own(struct decoys *decoys, struct diag *diag)
{
	if (decoys->own_placed)
		return diag_set(diag, ERROR_EXISTS,
				"-D: ME is our place among the decoys; give it "
				"once");
	decoys->own_placed = true;
	decoys->own_place = decoys->count;
	return 0;
}

static int parse_decoy(struct decoys *decoys, const char *item, struct diag *diag)
{
	const unsigned *uses = decoys->settings->uses;
	struct ip_addr addr;

	if (!strcasecmp(item, "me"))
		return place_own(decoys, diag);
	if (!strncasecmp(item, "rnd", 3) && (!item[3] || item[3] == ':'))
		return parse_random(decoys, item, diag);
	if (!ip_parse(item, &addr))
		return diag_set(
			diag, ERROR_SYNTAX,
			"-D: \"%.80s\" is no address, nor ME, RND or RND:<n>; give names by "
			"their addresses",
			item);
	if ((uses[USE_V4] && addr.family == IP_V6) || (uses[USE_V6] && addr.family == IP_V4))
		return diag_set(diag, ERROR_CONFLICT,
				"-D: %.80s is no IPv%d address, and -%d was given", item,
				uses[USE_V4] ? 4 : 6, uses[USE_V4] ? 4 : 6);
	return add_decoy(decoys, &addr, diag);
}

static int set_decoys(const struct settings *settings, struct plan *plan, struct diag *diag)
{
	struct decoys decoys = {.settings = settings, .seed = plan->seed};
	struct random place;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < settings->decoys.count; i++)
		r = parse_decoy(&decoys, settings->decoys.items[i], diag);
	target_random_free(decoys.random);
	if (r < 0 || !decoys.count)
		return r;
	random_init(&place, plan->seed ^ SALT_PLACE);
	plan->packets.own_place = decoys.own_placed
					  ? decoys.own_place
					  : (size_t)random_below(&place, decoys.count + 1);
	plan->packets.decoys_count = decoys.count;
	plan->packets.decoys = keep_bytes(plan, decoys.at, decoys.count * sizeof(decoys.at[0]));
	return plan->packets.decoys ? 0 : out_of_memory(diag);
}

/* ---- data ---- */

static int set_hex_data(const char *text, struct plan *plan, struct diag *diag)
{
	size_t room = strlen(text) / 2 + 1, count = 0;
	uint8_t *bytes = arena_alloc(&plan->arena, room);

	if (!bytes)
		return out_of_memory(diag);
	if (hex_bytes_parse(text, bytes, room, &count) < 0)
		return diag_set(diag, ERROR_SYNTAX,
				"--data takes pairs of hexadecimal digits (0xCAFE, CAFE or "
				"\\xCA\\xFE), not \"%.80s\"",
				text);
	plan->packets.data = bytes;
	plan->packets.data_bytes = count;
	return 0;
}

static int set_random_data(size_t count, struct plan *plan, struct diag *diag)
{
	uint8_t *bytes = arena_alloc(&plan->arena, count + 1);
	struct random random;
	size_t i;

	if (!bytes)
		return out_of_memory(diag);
	random_init(&random, plan->seed ^ SALT_DATA);
	for (i = 0; i < count; i++)
		bytes[i] = (uint8_t)random_u64(&random);
	plan->packets.data = bytes;
	plan->packets.data_bytes = count;
	return 0;
}

static int set_text_data(const char *text, struct plan *plan, struct diag *diag)
{
	plan->packets.data_bytes = strlen(text);
	plan->packets.data = keep_bytes(plan, text, plan->packets.data_bytes);
	return plan->packets.data ? 0 : out_of_memory(diag);
}

static int set_data(struct settings *settings, struct plan *plan, struct diag *diag)
{
	int r;

	if (!settings->uses[USE_PAYLOAD])
		return 0;
	plan->packets.has_data = true;
	if (!settings->data)
		r = set_random_data((size_t)settings->data_length, plan, diag);
	else
		r = settings->data_is_hex ? set_hex_data(settings->data, plan, diag)
					  : set_text_data(settings->data, plan, diag);
	if (r < 0)
		return r;
	if (plan->packets.data_bytes > PAYLOAD_MAX)
		return diag_set(diag, ERROR_LIMIT, "--data and --data-string take at most %d bytes",
				PAYLOAD_MAX);
	if (plan->packets.data_bytes > DATA_LARGE)
		settings_warn(settings,
			      "Warning: packets with more than %d bytes of data may not get "
			      "through.",
			      DATA_LARGE);
	return 0;
}

/* ---- the rest ---- */

static int set_ip_options(const struct settings *settings, struct plan *plan, struct diag *diag)
{
	struct ip_options_text options;
	int r;

	if (!settings->ip_options)
		return 0;
	if ((r = ip_options_parse(settings->ip_options, &options, diag)) < 0)
		return r;
	plan->packets.ip_options = keep_bytes(plan, options.bytes, options.count);
	plan->packets.ip_options_bytes = options.count;
	plan->packets.first_hop = options.first_hop;
	plan->packets.target_at = options.target_at;
	return plan->packets.ip_options ? 0 : out_of_memory(diag);
}

static int set_values(const struct settings *settings, struct plan *plan, struct diag *diag)
{
	struct plan_packets *packets = &plan->packets;
	const unsigned *uses = settings->uses;

	packets->layer = settings->layer;
	packets->has_source_port = settings->source_port != NUMBER_UNSET;
	if (packets->has_source_port)
		packets->source_port = (uint16_t)settings->source_port;
	packets->fragment_bytes = (uint16_t)settings->fragment_bytes;
	packets->scan_flags = settings->scan_flags;
	packets->bad_sum = uses[USE_BAD_SUM] > 0;
	packets->adler32 = uses[USE_ADLER32] > 0;
	if (settings->pcap && !(packets->pcap_path = arena_strdup(&plan->arena, settings->pcap)))
		return out_of_memory(diag);
	return 0;
}

int plan_set_packets(struct settings *settings, const struct plan_request *request,
		     struct plan *plan, struct diag *diag)
{
	int r;

	if ((r = set_values(settings, plan, diag)) < 0 ||
	    (r = set_decoys(settings, plan, diag)) < 0 ||
	    (r = set_data(settings, plan, diag)) < 0 ||
	    (r = set_ip_options(settings, plan, diag)) < 0)
		return r;
	return plan_set_mac(settings, request, plan, diag);
}
