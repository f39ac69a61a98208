#include "choice.h"

#include "detect/os/os_expression.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Nmap 7.93 does not find "1" in "1|5-7" (seen with its binary, November 2026: "TS=1|5-7"
 * of "Android 4.2.2 (Linux 3.4)"), so a number before a range is better not taken. */
static bool is_before_range(const char *text, const char *rest)
{
	return rest && strchr(rest, '-') && !text[strspn(text, "0123456789ABCDEF")];
}

static bool cut(const char **rest, char text[CHOICE_BYTES])
{
	size_t length;

	if (!*rest)
		return false;
	length = strcspn(*rest, "|");
	if (length >= CHOICE_BYTES)
		return false;
	memcpy(text, *rest, length);
	text[length] = '\0';
	*rest = (*rest)[length] ? *rest + length + 1 : NULL;
	return true;
}

bool choice_next(const char **rest, char ret_text[CHOICE_BYTES])
{
	while (cut(rest, ret_text))
		if (!is_before_range(ret_text, *rest))
			return true;
	return false;
}

static bool read_hex(const char *text, const char *end, uint64_t *ret_number)
{
	char *stop;

	*ret_number = strtoull(text, &stop, 16);
	return stop != text && (end ? stop == end : !*stop);
}

static bool range_of(const char *text, struct choice_range *range)
{
	const char *dash = strchr(text, '-');
	uint64_t number;

	if (dash)
		return read_hex(text, dash, &range->low) && read_hex(dash + 1, NULL, &range->high);
	if (!read_hex(text + (*text == '<' || *text == '>'), NULL, &number))
		return false;
	range->low = *text == '<' ? 0 : number + (*text == '>');
	range->high = *text == '>' ? UINT32_MAX : number - (*text == '<');
	return true;
}

bool choice_next_range(const char **rest, struct choice_range *ret_range)
{
	char text[CHOICE_BYTES];

	while (choice_next(rest, text))
		if (range_of(text, ret_range))
			return true;
	return false;
}

bool choice_allows_word(const char *expression, const char *word)
{
	return !expression || os_expression_matches(expression, word, false);
}

bool choice_allows(const char *expression, uint64_t number)
{
	struct choice_range range;

	if (!expression)
		return true;
	while (choice_next_range(&expression, &range))
		if (range.low <= number && number <= range.high)
			return true;
	return false;
}

int choice_word(const char *expression, const char *const *words, int otherwise)
{
	char text[CHOICE_BYTES];
	int i;

	while (choice_next(&expression, text))
		for (i = 0; words[i]; i++)
			if (strcmp(words[i], text) == 0)
				return i;
	return otherwise;
}

uint64_t choice_number(const char *expression, uint64_t wish)
{
	struct choice_range range;

	if (choice_allows(expression, wish) || !choice_next_range(&expression, &range))
		return wish;
	return range.low;
}
