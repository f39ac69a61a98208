#include "detect/os/os_expression.h"

#include <string.h>

struct span {
	const char *at;
	size_t bytes;
};

static bool is_hex(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'F') ||
	       (byte >= 'a' && byte <= 'f');
}

static bool starts_with_hex(struct span text)
{
	return text.bytes && is_hex(*text.at);
}

static struct span skip(struct span text, size_t bytes)
{
	return (struct span){text.at + bytes, text.bytes - bytes};
}

static struct span without_zeros(struct span number)
{
	while (number.bytes > 1 && *number.at == '0')
		number = skip(number, 1);
	return number;
}

static bool same(struct span a, struct span b)
{
	return a.bytes == b.bytes && memcmp(a.at, b.at, a.bytes) == 0;
}

/* Without leading zeros the longer number is the larger one. */
static int compare(struct span a, struct span b)
{
	a = without_zeros(a);
	b = without_zeros(b);
	if (a.bytes != b.bytes)
		return a.bytes < b.bytes ? -1 : 1;
	return memcmp(a.at, b.at, a.bytes);
}

/* The dash of a range; NULL: it is none. */
static const char *dash_of(struct span alternative)
{
	return alternative.bytes > 1 ? memchr(alternative.at + 1, '-', alternative.bytes - 1)
				     : NULL;
}

static bool plain_matches(struct span alternative, struct span value)
{
	const char *dash;
	size_t low_bytes;

	if (!alternative.bytes || !starts_with_hex(value))
		return same(alternative, value);
	if (*alternative.at == '>')
		return compare(value, skip(alternative, 1)) > 0;
	if (*alternative.at == '<')
		return compare(value, skip(alternative, 1)) < 0;
	if (!(dash = dash_of(alternative)))
		return same(without_zeros(alternative), without_zeros(value));
	low_bytes = (size_t)(dash - alternative.at);
	return compare(value, (struct span){alternative.at, low_bytes}) >= 0 &&
	       compare(value, skip(alternative, low_bytes + 1)) <= 0;
}

/* Cuts the first alternative off; false: there is none any more. rest->at is NULL then. */
static bool next_alternative(struct span *rest, bool nests, struct span *ret_alternative)
{
	size_t i;
	bool inside = false;

	if (!rest->at)
		return false;
	for (i = 0; i < rest->bytes && (inside || rest->at[i] != '|'); i++)
		if (nests && (rest->at[i] == '[' || rest->at[i] == ']'))
			inside = rest->at[i] == '[';
	*ret_alternative = (struct span){rest->at, i};
	*rest = i < rest->bytes ? skip(*rest, i + 1) : (struct span){NULL, 0};
	return true;
}

static bool any_plain(struct span expression, struct span value)
{
	struct span alternative;

	while (next_alternative(&expression, false, &alternative))
		if (plain_matches(alternative, value))
			return true;
	return false;
}

/* text [ inner ] ...: both spans move behind the bracket when it holds. */
static bool bracket_matches(struct span *alternative, const char *open, struct span *value)
{
	size_t before = (size_t)(open - alternative->at), digits = 0;
	struct span inner = skip(*alternative, before + 1);
	const char *close = memchr(inner.at, ']', inner.bytes);

	if (!close || value->bytes < before || memcmp(alternative->at, value->at, before) != 0)
		return false;
	*value = skip(*value, before);
	while (digits < value->bytes && is_hex(value->at[digits]))
		digits++;
	inner.bytes = (size_t)(close - inner.at);
	if (!digits || !any_plain(inner, (struct span){value->at, digits}))
		return false;
	*value = skip(*value, digits);
	*alternative = skip(*alternative, before + inner.bytes + 2);
	return true;
}

static bool nested_matches(struct span alternative, struct span value)
{
	const char *open = memchr(alternative.at, '[', alternative.bytes);

	if (!open)
		return plain_matches(alternative, value);
	for (; open; open = memchr(alternative.at, '[', alternative.bytes))
		if (!bracket_matches(&alternative, open, &value))
			return false;
	return same(alternative, value);
}

bool os_expression_matches(const char *expression, const char *value, bool nests)
{
	struct span rest = {expression, strlen(expression)}, seen = {value, strlen(value)};
	struct span alternative;

	while (next_alternative(&rest, nests, &alternative))
		if (nests ? nested_matches(alternative, seen) : plain_matches(alternative, seen))
			return true;
	return false;
}

static bool is_numeric(struct span alternative)
{
	return alternative.bytes &&
	       (*alternative.at == '>' || *alternative.at == '<' || dash_of(alternative));
}

static bool begins_with(struct span value, struct span text)
{
	return value.bytes >= text.bytes && memcmp(value.at, text.at, text.bytes) == 0;
}

static bool is_number(struct span text)
{
	size_t i;

	for (i = 0; i < text.bytes && is_hex(text.at[i]); i++)
		;
	return i == text.bytes && i > 0;
}

/* Nmap 7.93 looks for a number's dash beyond the alternative: "5" is not in "5|7-9". */
static bool is_overlooked(struct span alternative, struct span rest, struct span value)
{
	return rest.at && is_number(value) && !is_numeric(alternative) &&
	       memchr(rest.at, '-', rest.bytes);
}

bool os_expression_matches_793(const char *expression, const char *value)
{
	struct span rest = {expression, strlen(expression)}, seen = {value, strlen(value)};
	struct span alternative;

	while (next_alternative(&rest, false, &alternative)) {
		bool numeric = starts_with_hex(seen) && is_numeric(alternative);

		if (is_overlooked(alternative, rest, seen))
			continue;
		if (rest.at && !numeric ? begins_with(seen, alternative)
					: plain_matches(alternative, seen))
			return true;
	}
	return false;
}

static const char *plain_fault(struct span alternative)
{
	const char *dash = dash_of(alternative);
	size_t low_bytes;

	if (alternative.bytes && (*alternative.at == '>' || *alternative.at == '<'))
		return is_number(skip(alternative, 1))
			       ? NULL
			       : "a hexadecimal number should stand behind < or >";
	if (!dash)
		return NULL;
	low_bytes = (size_t)(dash - alternative.at);
	return is_number((struct span){alternative.at, low_bytes}) &&
			       is_number(skip(alternative, low_bytes + 1))
		       ? NULL
		       : "a range has a hexadecimal number before and behind its dash";
}

static const char *inner_fault(struct span inner)
{
	struct span alternative;
	const char *words = NULL;

	if (memchr(inner.at, '[', inner.bytes))
		return "brackets do not nest";
	while (!words && next_alternative(&inner, false, &alternative))
		words = alternative.bytes ? plain_fault(alternative)
					  : "a number should stand between brackets";
	return words;
}

static const char *nested_fault(struct span alternative)
{
	const char *open, *close, *words = NULL;

	while (!words && (open = memchr(alternative.at, '[', alternative.bytes))) {
		struct span inner = skip(alternative, (size_t)(open - alternative.at) + 1);

		close = memchr(inner.at, ']', inner.bytes);
		if (!close)
			return "a bracket has no end";
		inner.bytes = (size_t)(close - inner.at);
		words = inner_fault(inner);
		alternative = skip(alternative, (size_t)(close - alternative.at) + 1);
	}
	if (!words && memchr(alternative.at, ']', alternative.bytes))
		return "a bracket has no beginning";
	return words;
}

static bool has_bracket(struct span text)
{
	return memchr(text.at, '[', text.bytes) || memchr(text.at, ']', text.bytes);
}

const char *os_expression_fault(const char *expression, size_t bytes, bool nests)
{
	struct span rest = {expression, bytes}, alternative;
	const char *words = NULL;

	while (!words && next_alternative(&rest, nests, &alternative))
		words = nests && has_bracket(alternative) ? nested_fault(alternative)
							  : plain_fault(alternative);
	return words;
}
