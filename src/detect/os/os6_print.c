/* Writing. Addresses become XX, and in the folded form three or more bytes that are equal
 * become one with a count: 00{16}. */
#include "detect/os/os6_print.h"

#include <string.h>

#define FOLD_LEAST   3u
#define HIDDEN       (-1)
#define US_PER_S     1000000u
#define ADDRESSES_AT 8u
#define ADDRESSES    32u
#define ADDRESS      16u
#define ND_TARGET_AT 8u /* in neighbour solicitations and advertisements */
#define PROTOCOL_AT  6u
#define QUOTE_AT     (IPV6_HEADER_BYTES + 8u)

void os6_print_note(struct os6_print *print, enum os6_probe probe, const struct packet *packet,
		    uint64_t sent_us, uint64_t heard_us)
{
	struct os6_reply *reply = &print->replies[probe];
	uint8_t bytes[4 * OS6_REPLY_BYTES];
	size_t count = packet_build(packet, bytes, sizeof(bytes));

	if (!count)
		return;
	if (count > OS6_REPLY_BYTES)
		count = OS6_REPLY_BYTES;
	memcpy(reply->bytes, bytes, count);
	reply->count = (uint16_t)count;
	reply->sent_us = sent_us;
	reply->heard_us = heard_us > sent_us ? heard_us : sent_us;
	reply->seen = true;
}

/* ---- addresses ---- */

/* Is there a neighbour's message at `at`, where an IPv6 header begins? */
static bool is_neighbour_message(const struct os6_reply *reply, size_t at)
{
	uint8_t type;

	if (reply->count <= at + IPV6_HEADER_BYTES ||
	    reply->bytes[at + PROTOCOL_AT] != PROTOCOL_ICMPV6)
		return false;
	type = reply->bytes[at + IPV6_HEADER_BYTES];
	return type == ICMPV6_NEIGHBOUR_SOLICITATION || type == ICMPV6_NEIGHBOUR_ADVERTISEMENT;
}

static bool is_error(const struct os6_reply *reply)
{
	return reply->count > IPV6_HEADER_BYTES && reply->bytes[PROTOCOL_AT] == PROTOCOL_ICMPV6 &&
	       reply->bytes[IPV6_HEADER_BYTES] < ICMPV6_ECHO;
}

bool os6_reply_addresses(const struct os6_reply *reply, unsigned place, size_t *ret_begin,
			 size_t *ret_end)
{
	size_t header = place < 2 ? 0 : QUOTE_AT; /* the packet's own, and the quoted one's */
	bool target = place % 2;

	if (place > 3 || (header && !is_error(reply)))
		return false;
	*ret_begin = header + (target ? IPV6_HEADER_BYTES + ND_TARGET_AT : ADDRESSES_AT);
	*ret_end = *ret_begin + (target ? ADDRESS : ADDRESSES);
	if (target && !is_neighbour_message(reply, header))
		*ret_end = *ret_begin;
	return true;
}

static bool is_hidden(const struct os6_reply *reply, size_t at)
{
	size_t begin, end;
	unsigned i;

	for (i = 0; os6_reply_addresses(reply, i, &begin, &end); i++)
		if (at >= begin && at < end)
			return true;
	return false;
}

/* ---- one reply ---- */

static int shown(const struct os6_reply *reply, size_t at)
{
	return is_hidden(reply, at) ? HIDDEN : reply->bytes[at];
}

/* How many bytes from `at` on look the same. */
static size_t run_of(const struct os6_reply *reply, size_t at)
{
	size_t end = at + 1;

	while (end < reply->count && shown(reply, end) == shown(reply, at))
		end++;
	return end - at;
}

static void add_byte(int value, struct buf *out)
{
	if (value == HIDDEN)
		buf_add_str(out, "XX");
	else
		buf_addf(out, "%02x", (unsigned)value);
}

static void add_bytes(const struct os6_reply *reply, bool fold, struct buf *out)
{
	size_t at, run;

	for (at = 0; at < reply->count; at += run) {
		run = fold ? run_of(reply, at) : 1;
		if (run < FOLD_LEAST)
			run = 1;
		add_byte(shown(reply, at), out);
		if (run > 1)
			buf_addf(out, "{%zu}", run);
	}
}

/* Seconds without needless zeros. */
static void add_time(const char *key, uint64_t time_us, struct buf *out)
{
	buf_addf(out, "%%%s=%llu.%06u", key, (unsigned long long)(time_us / US_PER_S),
		 (unsigned)(time_us % US_PER_S));
	while (buf_ok(out) && out->data[out->len - 1] == '0')
		buf_cut(out, out->len - 1);
	if (buf_ok(out) && out->data[out->len - 1] == '.')
		buf_cut(out, out->len - 1);
}

static void add_reply(const struct os6_reply *reply, enum os6_probe probe, bool fold,
		      struct buf *out)
{
	buf_addf(out, "%s(P=", os6_probe_name(probe));
	add_bytes(reply, fold, out);
	add_time("ST", reply->sent_us, out);
	add_time("RT", reply->heard_us, out);
	buf_add_char(out, ')');
}

void os6_print_tests(const struct os6_print *print, bool lines, bool fold, struct buf *out)
{
	int probe;

	for (probe = 0; probe < OS6_PROBES; probe++) {
		if (!print->replies[probe].seen)
			continue;
		add_reply(&print->replies[probe], (enum os6_probe)probe, fold, out);
		if (lines)
			buf_add_char(out, '\n');
	}
	buf_addf(out, "EXTRA(FL=%05X)%s", print->flow_label, lines ? "\n" : "");
}

void os6_print_block(const struct os_scan_line *scan, const struct os6_print *print,
		     struct buf *out)
{
	struct buf text = BUF_INIT;

	os_print_scan(scan, false, &text);
	os6_print_tests(print, false, true, &text);
	if (buf_ok(&text))
		os_print_wrap((const char *)text.data, text.len, OS_WRAP_IPV6, out);
	else
		out->failed = true;
	buf_release(&text);
}
