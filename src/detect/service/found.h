/* What one response, or all of them, told of a service: a match line's fields, kept, with
 * the evidence. About 200 bytes and its texts. */
#ifndef PORTOLAN_DETECT_SERVICE_FOUND_H
#define PORTOLAN_DETECT_SERVICE_FOUND_H

#include "detect/service/matcher.h"
#include "engine/service.h"

struct found {
	const struct match_line *line;     /* NULL: nothing */
	const struct service_probe *probe; /* that was answered */
	const struct service_probe *with;  /* whose line it is */
	char *fields[MATCH_FIELDS];        /* owned; NULL: unknown */
	uint8_t *sample;                   /* owned: the first SERVICE_SAMPLE_MAX bytes */
	size_t sample_bytes;
	size_t response_bytes;
};

static inline bool found_is_hard(const struct found *found)
{
	return found->line && !found->line->soft;
}

/* Takes over what matched in place of what was there. ERROR_MEMORY, and then it is as it was. */
int found_set(struct found *found, const struct match_result *result,
	      const struct service_probe *probe, const uint8_t *response, size_t bytes);
/* Does `a` tell more than `b`? Hard before soft, then product, version, the number of fields. */
bool found_tells_more(const struct found *a, const struct found *b);
/* A hard match after a soft one: fields that only the soft one has stay (formats.md 7.4). Moves
 * the texts out of `soft`. */
void found_fill_in(struct found *found, struct found *soft);
void found_release(struct found *found);

#endif
