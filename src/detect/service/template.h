/* Fills the templates of a match line from the groups of its pattern (formats.md
 * 6.3): $1, $P(1), $SUBST(1,"_","."), $I(1,">"). Knows bytes, no patterns and no lines.
 * What comes out is NUL-terminated, and may hold any other byte that the service sent. */
#ifndef PORTOLAN_DETECT_SERVICE_TEMPLATE_H
#define PORTOLAN_DETECT_SERVICE_TEMPLATE_H

#include "detect/service/probes.h"

#define MATCH_GROUPS      10  /* the whole match, and $1 to $9 */
#define MATCH_FIELD_BYTES 256 /* of the longest field, with its NUL */

/* Bytes of a response, borrowed. bytes NULL: the group took no part. */
struct match_group {
	const uint8_t *bytes;
	size_t count;
};

/* The most bytes that a field may take, its NUL included. */
size_t match_field_bytes(enum match_field field);

/* Writes the field, without the blanks and commas at its end; "" when it could not be filled.
 * ret_text has match_field_bytes(). NULL, or in words why it could not (static). */
const char *match_template_fill(enum match_field field, const char *template,
				const struct match_group groups[MATCH_GROUPS], char *ret_text);

#endif
