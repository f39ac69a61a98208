/* Choosing a value that an expression of a reference file allows (formats.md 8.1). Knows
 * expressions, not what attributes mean. A NULL expression, of what an entry does not
 * say, allows everything. */
#ifndef PORTOLAN_TEST_PERSONALITY_CHOICE_H
#define PORTOLAN_TEST_PERSONALITY_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHOICE_BYTES 64u

/* Cuts the next alternative off: *rest moves on, and is NULL behind the last one. False:
 * there is none, or it is too long for `ret_text`. Numbers before a range are passed over. */
bool choice_next(const char **rest, char ret_text[CHOICE_BYTES]);

struct choice_range {
	uint64_t low, high; /* inclusive */
};
/* The next alternative that is a number, a range, <n or >n; others are passed over. */
bool choice_next_range(const char **rest, struct choice_range *ret_range);

bool choice_allows_word(const char *expression, const char *word);
bool choice_allows(const char *expression, uint64_t number);

/* Place in `words` (the last one is NULL) of the first alternative that is one of them; of the
 * one at `otherwise` when none is. */
int choice_word(const char *expression, const char *const *words, int otherwise);
/* `wish` if it is allowed, else the first number that is; without any number, `wish`. */
uint64_t choice_number(const char *expression, uint64_t wish);

#endif
