/* One element of --script against one script. Words are categories or names depending on the
 * script at hand, so the text is read anew for each. Operators bind to the right, both alike:
 * `a and b or c` is a and (b or c). What follows an operator and cannot be read makes the whole
 * element fail, so nothing is ever read twice. */
#include "script/script_select.h"

#include <string.h>
#include <strings.h>

#define DEPTH_MAX 100

struct element {
	const char *at; /* NUL-terminated */
	const struct script_entry *entry;
	unsigned depth;
	bool named;
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_space(struct element *in)
{
	while (is_space(*in->at))
		in->at++;
}

static bool ends_word(char c)
{
	return !c || is_space(c) || c == '(' || c == ')' || c == ',';
}

static bool take_keyword(struct element *in, const char *keyword)
{
	size_t bytes = strlen(keyword);

	if (strncasecmp(in->at, keyword, bytes) != 0 || !ends_word(in->at[bytes]))
		return false;
	in->at += bytes;
	return true;
}

static bool take_category(struct element *in)
{
	const char *const *category;

	if (take_keyword(in, "all"))
		return true;
	for (category = in->entry->categories; *category; category++)
		if (take_keyword(in, *category))
			return true;
	return false;
}

/* `*` is any run of characters; nothing else is special. */
static bool name_matches(const char *pattern, const char *end, const char *name)
{
	const char *star = NULL, *resume = NULL;

	while (*name) {
		if (pattern < end && *pattern == '*') {
			star = pattern++;
			resume = name;
		} else if (pattern < end && *pattern == *name) {
			pattern++;
			name++;
		} else if (star) {
			pattern = star + 1;
			name = ++resume;
		} else {
			return false;
		}
	}
	while (pattern < end && *pattern == '*')
		pattern++;
	return pattern == end;
}

static bool is_pattern(char c)
{
	return c > ' ' && c <= '~' && c != '(' && c != ')';
}

static bool read_pattern(struct element *in, bool *ret_value)
{
	const char *start = in->at, *end;

	while (is_pattern(*in->at))
		in->at++;
	end = in->at;
	if (end == start)
		return false;
	if (end - start >= 4 && strncmp(end - 4, ".nse", 4) == 0)
		end -= 4;
	*ret_value = name_matches(start, end, in->entry->id);
	in->named |= *ret_value;
	return true;
}

static bool read_expression(struct element *in, bool *ret_value);

static bool read_parenthesis(struct element *in, bool *ret_value)
{
	in->at++;
	if (!read_expression(in, ret_value) || *in->at != ')')
		return false;
	in->at++;
	return true;
}

static bool read_value(struct element *in, bool *ret_value);

/* A `not` before nothing that it could negate is a name. */
static bool read_not(struct element *in, bool *ret_value)
{
	const char *start = in->at;

	if (!take_keyword(in, "not"))
		return false;
	skip_space(in);
	if (!read_value(in, ret_value)) {
		in->at = start;
		return false;
	}
	*ret_value = !*ret_value;
	return true;
}

static bool read_word(struct element *in, bool *ret_value)
{
	if (take_keyword(in, "true"))
		*ret_value = true;
	else if (take_keyword(in, "false"))
		*ret_value = false;
	else if (take_category(in))
		*ret_value = true;
	else
		return read_pattern(in, ret_value);
	return true;
}

static bool read_value(struct element *in, bool *ret_value)
{
	bool read;

	if (in->depth >= DEPTH_MAX)
		return false;
	in->depth++;
	if (*in->at == '(')
		read = read_parenthesis(in, ret_value);
	else
		read = read_not(in, ret_value) || read_word(in, ret_value);
	in->depth--;
	return read;
}

/* From left to right: a value that settles it all lets the rest only be read. Leaves blanks
 * behind the expression taken. */
static bool read_expression(struct element *in, bool *ret_value)
{
	bool settled = false, more, value, both;

	*ret_value = false;
	do {
		skip_space(in);
		if (!read_value(in, &value))
			return false;
		if (!settled)
			*ret_value = value;
		skip_space(in);
		both = take_keyword(in, "and");
		more = both || take_keyword(in, "or");
		settled |= more && value != both;
	} while (more);
	return true;
}

bool script_element_matches(const char *element, const struct script_entry *entry,
			    bool *ret_by_name)
{
	struct element in = {.at = element, .entry = entry};
	bool value;

	if (!read_expression(&in, &value) || *in.at || !value)
		return false;
	*ret_by_name = in.named;
	return true;
}
