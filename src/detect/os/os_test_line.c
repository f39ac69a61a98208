#include "detect/os/os_test_line.h"

#include "detect/os/os_expression.h"

#include <string.h>

static const char *add_field(struct os_test_line *line, int attribute, const char *text,
			     size_t bytes)
{
	size_t i;

	if (attribute == OS_NONE)
		return "the test has no attribute of this name";
	for (i = 0; i < line->count; i++)
		if (line->fields[i].attribute == (enum os_attribute)attribute)
			return "an attribute stands twice in a test";
	line->fields[line->count++] =
		(struct os_field){(enum os_attribute)attribute, text, bytes, false};
	return NULL;
}

/* R=N as the whole content of a test without R. */
static bool is_no_data(enum os_test test, const char *body, size_t bytes)
{
	return os_test_r(test) == OS_NONE && bytes == 3 && memcmp(body, "R=N", 3) == 0;
}

static const char *parse_fields(const char *at, size_t bytes, struct os_test_line *line)
{
	const char *end = at + bytes, *stop, *equals, *words = NULL;

	for (; !words && at < end; at = stop + 1) {
		if (!(stop = memchr(at, '%', (size_t)(end - at))))
			stop = end;
		if (!(equals = memchr(at, '=', (size_t)(stop - at))))
			return "an attribute, = and a value should stand between the % of a test";
		words = add_field(line, os_attribute_find(line->test, at, (size_t)(equals - at)),
				  equals + 1, (size_t)(stop - equals - 1));
		if (!words && stop + 1 == end)
			return "an attribute should follow the %";
	}
	return words;
}

const char *os_test_line_parse(const char *text, size_t bytes, struct os_test_line *ret_line)
{
	const char *open = bytes ? memchr(text, '(', bytes) : NULL, *words;
	struct os_test_line line = {.count = 0};
	size_t name_bytes;
	int test;

	while (bytes && (text[bytes - 1] == ' ' || text[bytes - 1] == '\t'))
		bytes--;
	test = open ? os_test_find(text, (size_t)(open - text)) : OS_NONE;
	if (test == OS_NONE)
		return "a test of a known name and its ( should stand here";
	if (text[bytes - 1] != ')')
		return "the test has no ) at its end";
	line.test = (enum os_test)test;
	name_bytes = (size_t)(open - text);
	bytes -= name_bytes + 2;
	words = is_no_data(line.test, open + 1, bytes) ? NULL
						       : parse_fields(open + 1, bytes, &line);
	if (!words)
		*ret_line = line;
	return words;
}

static struct os_field *find_field(struct os_test_line *line, int attribute)
{
	size_t i;

	for (i = 0; i < line->count; i++)
		if ((int)line->fields[i].attribute == attribute)
			return &line->fields[i];
	return NULL;
}

/* R with alternatives will do if Y is one of them. */
static bool allows_yes(const struct os_field *r)
{
	char text[16] = "";

	if (r->bytes < sizeof(text))
		memcpy(text, r->text, r->bytes);
	return os_expression_matches(text, "Y", false);
}

const char *os_test_line_imply_r(struct os_test_line *line)
{
	int attribute = os_test_r(line->test);
	struct os_field *r;

	if (attribute == OS_NONE)
		return NULL;
	if ((r = find_field(line, attribute))) {
		if (line->count > 1)
			return allows_yes(r) ? NULL : "R must allow Y where other attributes stand";
		return r->bytes == 1 && *r->text == 'N' ? NULL : "R alone must be R=N";
	}
	memmove(line->fields + 1, line->fields, line->count * sizeof(*line->fields));
	line->fields[0] =
		(struct os_field){(enum os_attribute)attribute, line->count ? "Y" : "N", 1, true};
	line->count++;
	return NULL;
}
