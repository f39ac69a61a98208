/* One target expression as the user wrote it: addresses, or a name to resolve,
 * perhaps with a mask and with port rules behind a colon. Knows text, does no
 * resolving and no scanning. */
#ifndef PORTOLAN_ENGINE_TARGET_EXPR_H
#define PORTOLAN_ENGINE_TARGET_EXPR_H

#include "engine/target_pattern.h"
#include "net/addrset.h"
#include "net/ip.h"
#include "util/diag.h"

/* Longer is fatal (TS-08). */
#define TARGET_EXPR_MAX 1023

enum target_expr_kind {
	TARGET_EXPR_PATTERN, /* IPv4: literal, octet ranges, CIDR */
	TARGET_EXPR_RANGE,   /* IPv6: literal, CIDR */
	TARGET_EXPR_NAME
};

struct target_expr {
	enum target_expr_kind kind;
	union {
		struct target_pattern pattern;
		struct {
			struct ip_addr first, last;
		} range;
		struct {
			const char *text; /* in the expression, not terminated */
			size_t bytes;
			int mask; /* -1: none */
		} name;
	};
	bool mask_cut;     /* it was longer than an address and is taken for a full one */
	const char *ports; /* in the expression, behind the colon; NULL: none */
};

struct target_expr_grammar {
	bool ports;        /* host:ports is allowed (-iL lines) */
	uint32_t scope_id; /* of link-local IPv6 without a zone; 0 none */
};

/* ERROR_SYNTAX with a sentence in diag. Whatever is no address is a name. The
 * result points into text. */
int target_expr_parse(const char *text, const struct target_expr_grammar *grammar,
		      struct target_expr *ret_expr, struct diag *diag);

/* Into how many ranges an expression that is no name falls, and adding them to
 * a set: 8 bytes each, so ask first. ERROR_MEMORY. */
uint64_t target_expr_ranges(const struct target_expr *expr);
int target_expr_add_to(const struct target_expr *expr, struct addrset *set);

#endif
