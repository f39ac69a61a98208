/* File names with marks of time in them (formats.md 1.2). */
#include "report/out.h"

/* What stands for `mark`; a mark nobody knows stands for itself. */
static void add_mark(struct buf *out, char mark, const struct tm *when)
{
	static const struct {
		char mark;
		const char *format;
	} formats[] = {
		{'H', "%H"},   {'M', "%M"},     {'S', "%S"},       {'m', "%m"},
		{'d', "%d"},   {'y', "%y"},     {'Y', "%Y"},       {'T', "%H%M%S"},
		{'R', "%H%M"}, {'D', "%m%d%y"}, {'F', "%Y-%m-%d"},
	};
	char text[64];
	size_t i;

	for (i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (formats[i].mark != mark)
			continue;
		buf_add(out, text, strftime(text, sizeof(text), formats[i].format, when));
		return;
	}
	buf_add_char(out, mark);
}

char *out_expand_name(const char *path, const struct tm *when)
{
	struct buf name = BUF_INIT;
	char *text;

	buf_reserve(&name, 1);
	for (; *path; path++) {
		if (*path != '%')
			buf_add_char(&name, *path);
		else if (path[1])
			add_mark(&name, *++path, when);
	}
	text = buf_detach(&name);
	buf_release(&name);
	return text;
}
