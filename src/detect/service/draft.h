/* A first signature for a response that nothing recognises, for a person to
 * mend: the response's beginning as a pattern, what looks like a version captured.
 * Knows bytes, not what they mean. */
#ifndef PORTOLAN_DETECT_SERVICE_DRAFT_H
#define PORTOLAN_DETECT_SERVICE_DRAFT_H

#include "engine/service.h"
#include "util/buf.h"

/* What the drafted line makes of the response it was drafted from; "" when nothing. */
struct draft {
	char product[SERVICE_PRODUCT_MAX + 1], version[SERVICE_VERSION_MAX + 1];
};

/* Adds a match line for the service, with its line end. The response is not empty. */
void draft_match(const char *service, const uint8_t *response, size_t bytes, struct buf *out,
		 struct draft *ret_draft);
/* Adds a Probe line: transport ("TCP"), name and what is sent. */
void draft_probe(const char *transport, const char *name, const uint8_t *sent, size_t bytes,
		 struct buf *out);

#endif
