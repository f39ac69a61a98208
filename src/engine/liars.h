/* Networks that lie (DESIGN section 5): something answers for every TCP port of a host, so
 * that its open (or closed) ports say little. Pure: it is told what a host answered,
 * says when a few ports that nobody asked for should be asked, and judges.
 *
 * It accuses only when ports chosen at random answer as the others do: a server may have a
 * hundred ports open, but not those. A host that resets everything is usually honest;
 * one whose resets have come another number of hops than its other answers is not. */
#ifndef PORTOLAN_ENGINE_LIARS_H
#define PORTOLAN_ENGINE_LIARS_H

#include "engine/verdict.h"
#include "packet/packet.h"

enum liar_kind {
	LIAR_NONE,
	LIAR_SYN_PROXY,    /* something else completes handshakes in the host's name */
	LIAR_TARPIT,       /* the same, to keep whoever connects */
	LIAR_ALL_OPEN,     /* an ordinary stack, and every port open */
	LIAR_RST_FIREWALL, /* something else resets in the host's name */
	LIAR_KINDS
};

const char *liar_kind_name(enum liar_kind kind);      /* "syn-proxy" ...; "none" */
enum liar_kind liar_kind_parse(const char *text);     /* LIAR_NONE: unknown */
enum port_state liar_port_state(enum liar_kind kind); /* of the ports that say little */

struct liar_finding {
	enum liar_kind kind;
	uint8_t ttl; /* of its answers, as they came; 0 not known (connections) */
	/* Of the SYN-ACKs, where they were seen. */
	bool has_segment, has_options;
	uint16_t window;
	uint8_t other_ttl; /* of answers that come from the host itself; 0: none seen */
};

/* Is this port one of those that say little? */
bool liar_covers(const struct liar_finding *finding, const struct verdict *verdict);

#define LIARS_LOOKS  6
#define LIARS_CHECKS 5u

/* What was seen of one host; all zero at first. */
struct liars {
	uint32_t asked, open, closed; /* ports of one technique, verdicts counted */
	/* By state and TTL, in the order in which they were first seen. */
	struct liars_look {
		uint32_t count;
		uint8_t state, ttl;
	} looks[LIARS_LOOKS];
	uint8_t looks_count;
	uint8_t ping_ttl; /* of an answer that is not TCP; 0: none */
	/* Of the check. */
	bool checked_listed; /* its ports had been asked for: there are no others */
	bool unlike;         /* its answers differ from each other */
	uint8_t checked, checked_open, checked_closed, check_ttl;
	bool has_segment, has_options;
	uint16_t window;
};

/* A host's answer to a ping. */
void liars_note_ping(struct liars *liars, enum reason reason, uint8_t ttl);
/* A listed port's first verdict. */
void liars_note(struct liars *liars, const struct verdict *verdict);
/* After the last: should LIARS_CHECKS ports at random be asked? */
bool liars_suspects(const struct liars *liars);
/* What such a port said; the verdict, and its segment where it was seen. */
void liars_note_check(struct liars *liars, const struct verdict *verdict);
void liars_note_segment(struct liars *liars, const struct tcp_header *segment);
struct liar_finding liars_judge(const struct liars *liars);

/* One sentence for people: what was found, and what it means. */
void liar_sentence(const struct liar_finding *finding, const char *host, char *ret_text,
		   size_t room);

#endif
