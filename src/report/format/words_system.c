#include "report/format/words_system.h"

#include "detect/os/os_print.h"
#include "report/format/words.h"

#include <string.h>

#define PERFECT_SHOWN 8 /* without -d */

static size_t perfect_ones(const struct system_facts *facts)
{
	return facts->perfect_count < facts->matches_count ? facts->perfect_count
							   : facts->matches_count;
}

enum words_matches words_matches(const struct format_context *context,
				 const struct system_facts *facts)
{
	size_t perfect = perfect_ones(facts);

	if (facts->result == SYSTEM_TOO_MANY)
		return WORDS_TOO_MANY;
	if (perfect)
		return perfect <= PERFECT_SHOWN || format_debugging(context) >= 1 ? WORDS_PERFECT
										  : WORDS_TOO_MANY;
	return facts->matches_count ? WORDS_NEAR : WORDS_NONE;
}

size_t words_matches_shown(const struct format_context *context, const struct system_facts *facts)
{
	size_t count = 0;

	switch (words_matches(context, facts)) {
	case WORDS_PERFECT:
		return perfect_ones(facts);
	case WORDS_NEAR:
		while (count < facts->matches_count && count < WORDS_NEAR_MAX &&
		       facts->matches[count].guess)
			count++;
		return count;
	default:
		return 0;
	}
}

bool words_shows_prints(const struct format_context *context)
{
	return format_verbosity(context) >= 2 || format_debugging(context) >= 1;
}

bool words_has_print(const struct format_context *context, const struct host_report *host)
{
	const struct system_facts *facts = host->system;
	enum words_matches said = words_matches(context, facts);

	if (!facts->fingerprint)
		return false;
	return words_shows_prints(context) ||
	       (!facts->unfit && (said == WORDS_NEAR || said == WORDS_NONE));
}

/* A way traced to its end; on the own link nothing was traced. */
static bool was_traced(const struct host_report *host)
{
	return host->path && host->path->reached && host->path->probe != PATH_NONE;
}

bool words_distance(const struct host_report *host, int32_t *ret_hops)
{
	const struct system_facts *facts = host->system;

	if (was_traced(host))
		*ret_hops = (int32_t)host->path->hops_count;
	else if (facts && facts->has_distance)
		*ret_hops = facts->distance;
	else
		return false;
	return true;
}

/* Passes over "%DS=2%DC=I" where it begins, or a part of it. */
static const char *skip_distance(const char *text)
{
	static const char *const fields[] = {"%DS=", "%DC="};

	for (size_t i = 0; i < 2; i++)
		if (!strncmp(text, fields[i], 4))
			text += 4 + strcspn(text + 4, "%)\n");
	return text;
}

/* The SCAN line was made before the way was traced. The distance stands behind PV. */
static const char *add_scan_line(struct buf *out, const struct host_report *host)
{
	const char *text = host->system->fingerprint, *after = strstr(text, "%PV=");

	if (strncmp(text, "SCAN(", 5) != 0 || !after || after > text + strcspn(text, "\n"))
		return text;
	after += 4 + strcspn(after + 4, "%)\n");
	buf_add(out, text, (size_t)(after - text));
	buf_addf(out, "%%DS=%zu%%DC=T", host->path->hops_count);
	return skip_distance(after);
}

/* It is ASCII already, unless somebody changed a journal. */
static void clean(struct buf *text, bool lines)
{
	size_t kept = 0;

	for (size_t i = 0; i < text->len; i++) {
		uint8_t byte = text->data[i];

		if (byte == '\n' && !lines)
			continue;
		text->data[kept++] = byte == '\n' || (byte >= 0x20 && byte < 0x7f) ? byte : '.';
	}
	buf_cut(text, kept);
}

void words_add_print(struct buf *out, const struct host_report *host)
{
	const struct system_facts *facts = host->system;
	bool lines = facts->unfit != NULL;
	struct buf text = BUF_INIT;

	buf_add_str(&text, was_traced(host) ? add_scan_line(&text, host) : facts->fingerprint);
	if (!buf_ok(&text)) {
		out->failed = true;
	} else {
		clean(&text, lines);
		if (lines)
			buf_add(out, text.data, text.len);
		else
			os_print_wrap((const char *)text.data, text.len,
				      facts->ip_version == 6 ? OS_WRAP_IPV6 : OS_WRAP_IPV4, out);
	}
	buf_release(&text);
}

unsigned words_percent(double probability)
{
	/* 0.29 * 100 is a little less than 29. */
	return probability > 0 ? (unsigned)((probability > 1 ? 1 : probability) * 100 + 1e-9) : 0;
}

void words_add_hex(struct buf *out, const uint32_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_addf(out, i ? ",%X" : "%X", values[i]);
}

void words_add_ids(struct buf *out, const uint16_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_addf(out, i ? ",%X" : "%X", values[i]);
}

bool words_is_traced(const struct plan *plan, const struct host_report *host)
{
	return plan->path.wanted && host->state == HOST_UP && !host->list_only && !host->timed_out;
}

const char *words_path_protocol(const struct plan *plan, const struct path_facts *path)
{
	return plan->services ? services_name(plan->services, TRANSPORT_IP, path->number) : NULL;
}

void words_add_place(struct buf *out, const struct path_place *place, bool terminal)
{
	bool named = place->asn || place->organization;

	if (place->asn)
		buf_addf(out, place->organization ? "AS%u " : "AS%u", place->asn);
	if (place->organization)
		words_add_clean(out, place->organization, terminal);
	if (place->country) {
		buf_add_str(out, named ? ", " : "");
		words_add_clean(out, place->country, terminal);
	}
}
