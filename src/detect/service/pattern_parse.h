/* What a PCRE2 pattern demands of every subject that it matches, read from the pattern's
 * text: literals that must be in it, how it must begin, how long it must be. Knows the
 * syntax as signatures use it; of a pattern with anything else in it (recursion, verbs,
 * conditions, extended syntax ...) it says that nothing is known. It never demands too much.
 *
 * Case: all bytes are folded (A-Z to a-z), of the pattern and of the subject, so flag i
 * does not matter. Neither does flag s: nothing is made of what a dot matches. */
#ifndef PORTOLAN_DETECT_SERVICE_PATTERN_PARSE_H
#define PORTOLAN_DETECT_SERVICE_PATTERN_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATTERN_PREFIX_BYTES  8
#define PATTERN_FACTORS_MAX   32
#define PATTERN_LITERALS_MAX  96
#define PATTERN_SET_MAX       24 /* literals of one factor */
#define PATTERN_TEXT_MAX      1024
#define PATTERN_MIN_BYTES_MAX 65535
#define PATTERN_NESTED_MAX    40

/* A run of bytes, folded: text[begin] to text[begin + bytes - 1]. */
struct pattern_literal {
	uint16_t begin, bytes;
};

/* Of these literals, at least one is in every subject that matches. */
struct pattern_factor {
	uint16_t first, count; /* in literals[] */
};

struct pattern_needs {
	bool known; /* false: the pattern was not understood, and all below is 0 */
	uint32_t min_bytes;
	/* Byte i of the folded subject, & mask[i], is value[i]. All 0 for a pattern that may
	 * match anywhere. */
	uint8_t mask[PATTERN_PREFIX_BYTES], value[PATTERN_PREFIX_BYTES];
	/* Every factor holds. The caps are generous; what is beyond them is not told. */
	size_t factors_count, literals_count, text_bytes;
	struct pattern_factor factors[PATTERN_FACTORS_MAX];
	struct pattern_literal literals[PATTERN_LITERALS_MAX];
	uint8_t text[PATTERN_TEXT_MAX];
};

static inline uint8_t pattern_fold(uint8_t byte)
{
	return (uint8_t)(byte + ((uint8_t)(byte - 'A') < 26) * ('a' - 'A'));
}

/* The pattern need not be valid. */
void pattern_parse(const uint8_t *pattern, size_t bytes, struct pattern_needs *ret_needs);

#endif
