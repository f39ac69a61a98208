#include "xml_check.h"

#include <stdint.h>
#include <string.h>

#define DEPTH_MAX      64
#define ATTRIBUTES_MAX 32

struct name {
	const char *at;
	size_t bytes;
};

struct checker {
	const char *start, *at, *end;
	struct name open[DEPTH_MAX];
	size_t depth;
};

static bool skip(struct checker *in, const char *text)
{
	size_t bytes = strlen(text);

	if ((size_t)(in->end - in->at) < bytes || memcmp(in->at, text, bytes) != 0)
		return false;
	in->at += bytes;
	return true;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool skip_spaces(struct checker *in)
{
	const char *from = in->at;

	while (in->at < in->end && is_space(*in->at))
		in->at++;
	return in->at > from;
}

static bool is_name_byte(char c, bool first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
	       (!first && ((c >= '0' && c <= '9') || c == '-' || c == '.'));
}

static bool read_name(struct checker *in, struct name *ret_name)
{
	const char *from = in->at;

	while (in->at < in->end && is_name_byte(*in->at, in->at == from))
		in->at++;
	*ret_name = (struct name){from, (size_t)(in->at - from)};
	return in->at > from;
}

static bool same(struct name a, struct name b)
{
	return a.bytes == b.bytes && memcmp(a.at, b.at, a.bytes) == 0;
}

/* Up to and with `end`; no control bytes on the way. */
static bool skip_to(struct checker *in, const char *end)
{
	for (; in->at < in->end; in->at++) {
		if (skip(in, end))
			return true;
		if ((unsigned char)*in->at < 0x20 && !is_space(*in->at))
			return false;
	}
	return false;
}

static bool is_char(uint32_t c)
{
	return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0xd7ff) ||
	       (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

static int digit(char c, uint32_t base)
{
	int value = c >= '0' && c <= '9'   ? c - '0'
		    : c >= 'a' && c <= 'f' ? c - 'a' + 10
		    : c >= 'A' && c <= 'F' ? c - 'A' + 10
					   : 99;

	return value < (int)base ? value : -1;
}

/* After "&". */
static bool reference(struct checker *in)
{
	static const char *const names[] = {"lt;", "gt;", "amp;", "quot;", "apos;"};
	uint32_t value = 0, base = 10;
	size_t i, digits = 0;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (skip(in, names[i]))
			return true;
	if (!skip(in, "#"))
		return false;
	if (skip(in, "x"))
		base = 16;
	for (; in->at < in->end && digit(*in->at, base) >= 0 && digits < 8; in->at++, digits++)
		value = value * base + (uint32_t)digit(*in->at, base);
	return digits && skip(in, ";") && is_char(value);
}

/* One byte or reference of text or of an attribute. Only ASCII is expected. */
static bool text_step(struct checker *in)
{
	if (skip(in, "&"))
		return reference(in);
	if (*in->at == '<' || !is_char((unsigned char)*in->at) || (unsigned char)*in->at > 0x7f)
		return false;
	if ((size_t)(in->end - in->at) >= 3 && memcmp(in->at, "]]>", 3) == 0)
		return false;
	in->at++;
	return true;
}

static bool attribute_value(struct checker *in)
{
	if (!skip(in, "\""))
		return false;
	while (in->at < in->end) {
		if (skip(in, "\""))
			return true;
		if (!text_step(in))
			return false;
	}
	return false;
}

/* After "<" of a start tag. */
static bool start_tag(struct checker *in)
{
	struct name element, seen[ATTRIBUTES_MAX];
	size_t count = 0, i;

	if (!read_name(in, &element))
		return false;
	for (;;) {
		bool spaced = skip_spaces(in);

		if (skip(in, "/>"))
			return true;
		if (skip(in, ">")) {
			if (in->depth == DEPTH_MAX)
				return false;
			in->open[in->depth++] = element;
			return true;
		}
		if (!spaced || count == ATTRIBUTES_MAX || !read_name(in, &seen[count]))
			return false;
		for (i = 0; i < count; i++)
			if (same(seen[i], seen[count]))
				return false;
		count++;
		if (!skip(in, "=") || !attribute_value(in))
			return false;
	}
}

static bool end_tag(struct checker *in)
{
	struct name element;

	if (!in->depth || !read_name(in, &element))
		return false;
	skip_spaces(in);
	return same(element, in->open[--in->depth]) && skip(in, ">");
}

static bool instruction(struct checker *in)
{
	struct name target;

	if (!read_name(in, &target) || (target.bytes == 3 && !memcmp(target.at, "xml", 3)))
		return false;
	return skip(in, "?>") || (skip_spaces(in) && skip_to(in, "?>"));
}

static bool comment(struct checker *in)
{
	return skip_to(in, "--") && skip(in, ">");
}

static bool misc(struct checker *in)
{
	for (;;) {
		if (skip(in, "<?")) {
			if (!instruction(in))
				return false;
		} else if (skip(in, "<!--")) {
			if (!comment(in))
				return false;
		} else if (!skip_spaces(in)) {
			return true;
		}
	}
}

static bool content(struct checker *in)
{
	while (in->depth) {
		bool ok;

		if (in->at == in->end)
			return false;
		if (skip(in, "</"))
			ok = end_tag(in);
		else if (skip(in, "<?"))
			ok = instruction(in);
		else if (skip(in, "<!--"))
			ok = comment(in);
		else if (skip(in, "<"))
			ok = start_tag(in);
		else
			ok = text_step(in);
		if (!ok)
			return false;
	}
	return true;
}

static bool document(struct checker *in)
{
	if (skip(in, "<?xml ") && !skip_to(in, "?>"))
		return false;
	if (!misc(in))
		return false;
	if (skip(in, "<!DOCTYPE ") && !skip_to(in, ">"))
		return false;
	return misc(in) && skip(in, "<") && start_tag(in) && content(in) && misc(in) &&
	       in->at == in->end;
}

bool xml_is_well_formed(const void *text, size_t bytes, size_t *ret_at)
{
	struct checker in = {.start = text, .at = text, .end = (const char *)text + bytes};
	bool ok = document(&in);

	if (!ok && ret_at)
		*ret_at = (size_t)(in.at - in.start);
	return ok;
}
