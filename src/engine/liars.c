#include "engine/liars.h"

#include <stdio.h>
#include <string.h>

#define OPEN_MANY       50u    /* so many open ports are suspicious by themselves ... */
#define ASKED_LEAST     20u    /* ... and four fifths of at least so many */
#define ASKED_ALL       50000u /* four fifths of so many are proof */
#define TARPIT_WINDOW   64u    /* a window that lets nothing through, and keeps the peer */
#define WORDS_OF_ANSWER 80

static const char *const kind_names[LIAR_KINDS] = {
	[LIAR_NONE] = "none",
	[LIAR_SYN_PROXY] = "syn-proxy",
	[LIAR_TARPIT] = "tarpit",
	[LIAR_ALL_OPEN] = "all-open",
	[LIAR_RST_FIREWALL] = "rst-firewall",
};

const char *liar_kind_name(enum liar_kind kind)
{
	return kind_names[kind];
}

enum liar_kind liar_kind_parse(const char *text)
{
	enum liar_kind kind = LIAR_NONE;

	while (++kind < LIAR_KINDS)
		if (!strcmp(text, kind_names[kind]))
			return kind;
	return LIAR_NONE;
}

enum port_state liar_port_state(enum liar_kind kind)
{
	switch (kind) {
	case LIAR_NONE:
		return PORT_UNKNOWN;
	case LIAR_RST_FIREWALL:
		return PORT_CLOSED;
	default:
		return PORT_OPEN;
	}
}

bool liar_covers(const struct liar_finding *finding, const struct verdict *verdict)
{
	return finding->kind != LIAR_NONE && verdict->state == liar_port_state(finding->kind) &&
	       verdict->ttl == finding->ttl;
}

/* ---- what is noted ---- */

/* Answers to pings that a firewall that plays TCP has no part in. */
static bool is_no_tcp(enum reason reason)
{
	return reason == REASON_ECHO_REPLY || reason == REASON_TIMESTAMP_REPLY ||
	       reason == REASON_ADDRESSMASK_REPLY || reason == REASON_UDP_RESPONSE ||
	       reason == REASON_PORT_UNREACH || reason == REASON_PROTO_RESPONSE ||
	       reason == REASON_PROTO_UNREACH;
}

void liars_note_ping(struct liars *liars, enum reason reason, uint8_t ttl)
{
	if (is_no_tcp(reason))
		liars->ping_ttl = ttl;
}

static void note_look(struct liars *liars, const struct verdict *verdict)
{
	struct liars_look *look = liars->looks, *end = look + liars->looks_count;

	while (look < end && (look->state != verdict->state || look->ttl != verdict->ttl))
		look++;
	if (look == liars->looks + LIARS_LOOKS)
		return;
	if (look == end) {
		liars->looks_count++;
		look->state = verdict->state;
		look->ttl = verdict->ttl;
	}
	look->count++;
}

void liars_note(struct liars *liars, const struct verdict *verdict)
{
	bool open = verdict->state == PORT_OPEN, closed = verdict->state == PORT_CLOSED;

	liars->asked++;
	liars->open += open;
	liars->closed += closed;
	if ((open || closed) && verdict->from.family == IP_NONE)
		note_look(liars, verdict);
}

void liars_note_check(struct liars *liars, const struct verdict *verdict)
{
	bool open = verdict->state == PORT_OPEN, closed = verdict->state == PORT_CLOSED;

	liars->checked++;
	if (!open && !closed)
		return;
	if (liars->checked_open + liars->checked_closed && liars->check_ttl != verdict->ttl)
		liars->unlike = true;
	liars->check_ttl = verdict->ttl;
	liars->checked_open = (uint8_t)(liars->checked_open + open);
	liars->checked_closed = (uint8_t)(liars->checked_closed + closed);
}

void liars_note_segment(struct liars *liars, const struct tcp_header *segment)
{
	if (!(segment->flags & TCP_SYN))
		return;
	liars->has_segment = true;
	liars->window = segment->window;
	liars->has_options = segment->options_bytes > 0;
}

/* ---- what follows ---- */

/* Routers on the way, if the sender began with one of the usual TTLs. */
static unsigned hops_of(uint8_t ttl)
{
	static const uint8_t usual[] = {32, 64, 128, 255};
	unsigned i = 0;

	while (usual[i] < ttl)
		i++;
	return usual[i] - ttl;
}

/* The TTL of an answer that came from elsewhere than one with this state and TTL; 0 when there
 * is none, or when one came from there, too. */
static uint8_t contrast(const struct liars *liars, enum port_state state, uint8_t ttl)
{
	uint8_t other = 0;
	unsigned i;

	if (!ttl)
		return 0;
	for (i = 0; i < liars->looks_count; i++) {
		const struct liars_look *look = &liars->looks[i];

		if (look->state == state && look->ttl == ttl)
			continue;
		/* The answers in question are of one piece, or this is no such case. */
		if (hops_of(look->ttl) == hops_of(ttl))
			return 0;
		other = look->ttl;
	}
	if (liars->ping_ttl && hops_of(liars->ping_ttl) == hops_of(ttl))
		return 0;
	return other ? other : liars->ping_ttl;
}

static bool most(uint32_t some, uint32_t all)
{
	return all >= ASKED_LEAST && (uint64_t)some * 5 > (uint64_t)all * 4;
}

/* The commonest look of closed ports, if nearly all closed ports have it. */
static const struct liars_look *resets(const struct liars *liars)
{
	unsigned i;

	for (i = 0; i < liars->looks_count; i++)
		if (liars->looks[i].state == PORT_CLOSED &&
		    (uint64_t)liars->looks[i].count * 20 >= (uint64_t)liars->closed * 19)
			return &liars->looks[i];
	return NULL;
}

static bool resets_are_foreign(const struct liars *liars)
{
	const struct liars_look *look = resets(liars);

	return most(liars->closed, liars->asked) && look && contrast(liars, PORT_CLOSED, look->ttl);
}

bool liars_suspects(const struct liars *liars)
{
	return liars->open > OPEN_MANY || most(liars->open, liars->asked) ||
	       resets_are_foreign(liars);
}

static enum liar_kind kind_of_open(const struct liars *liars)
{
	if (liars->has_segment && liars->window && liars->window <= TARPIT_WINDOW &&
	    !liars->has_options)
		return LIAR_TARPIT;
	if ((liars->has_segment && (!liars->window || !liars->has_options)) ||
	    contrast(liars, PORT_OPEN, liars->check_ttl))
		return LIAR_SYN_PROXY;
	return LIAR_ALL_OPEN;
}

static enum liar_kind kind_of(const struct liars *liars)
{
	const struct liars_look *look = resets(liars);

	if (!liars->checked || liars->unlike)
		return LIAR_NONE;
	if (liars->checked_listed &&
	    !(liars->asked >= ASKED_ALL && most(liars->open, liars->asked)))
		return LIAR_NONE;
	if (liars->checked_open == liars->checked)
		return kind_of_open(liars);
	if (liars->checked_closed == liars->checked && resets_are_foreign(liars) &&
	    look->ttl == liars->check_ttl)
		return LIAR_RST_FIREWALL;
	return LIAR_NONE;
}

struct liar_finding liars_judge(const struct liars *liars)
{
	struct liar_finding finding = {.kind = kind_of(liars)};

	if (finding.kind == LIAR_NONE)
		return finding;
	finding.ttl = liars->check_ttl;
	finding.other_ttl = contrast(liars, liar_port_state(finding.kind), finding.ttl);
	if (finding.kind == LIAR_RST_FIREWALL)
		return finding;
	finding.has_segment = liars->has_segment;
	finding.has_options = liars->has_options;
	finding.window = liars->window;
	return finding;
}

/* ---- in words ---- */

/* "SYN-ACK without options, window 0, TTL 255" */
static void answer_words(const struct liar_finding *finding, char text[WORDS_OF_ANSWER])
{
	char segment[48] = "", ttl[16] = "";

	if (finding->has_segment)
		snprintf(segment, sizeof(segment), "%s, window %u",
			 finding->has_options ? "" : " without options", finding->window);
	if (finding->ttl)
		snprintf(ttl, sizeof(ttl), ", TTL %u", finding->ttl);
	snprintf(text, WORDS_OF_ANSWER, "SYN-ACK%s%s", segment, ttl);
}

void liar_sentence(const struct liar_finding *finding, const char *host, char *ret_text,
		   size_t room)
{
	static const char *const meaning[LIAR_KINDS] = {
		[LIAR_NONE] = "",
		[LIAR_SYN_PROXY] = "a SYN proxy or a trap stands before it",
		[LIAR_TARPIT] = "it is a tarpit, or one stands before it",
		[LIAR_ALL_OPEN] = "it is a trap, or something answers in its name",
	};
	char answer[WORDS_OF_ANSWER], others[64] = "";

	if (finding->kind == LIAR_RST_FIREWALL) {
		snprintf(ret_text, room,
			 "Note: the resets of %s (TTL %u) come from elsewhere than its other "
			 "answers (TTL %u): a firewall answers in its name; its closed ports say "
			 "little.",
			 host, finding->ttl, finding->other_ttl);
		return;
	}
	if (finding->other_ttl)
		snprintf(others, sizeof(others), " unless the TTL is another");
	answer_words(finding, answer);
	snprintf(ret_text, room,
		 "Note: %s answers every TCP port alike (%s), even ports that were not to be "
		 "scanned: %s; its open ports say little%s.",
		 host, answer, meaning[finding->kind], others);
}
