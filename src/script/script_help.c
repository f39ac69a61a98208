#include "script/script_help.h"

#include "util/text.h"

#include <string.h>

/* An empty line stays empty; a newline at the very end opens none. */
static void add_description(struct buf *out, const char *text)
{
	size_t bytes;

	for (; *text; text += bytes + (text[bytes] == '\n')) {
		bytes = strcspn(text, "\n");
		if (bytes)
			buf_add_str(out, "  ");
		text_add_safe(out, text, bytes);
		buf_add_char(out, '\n');
	}
}

void script_help_add(struct buf *out, const char *id, const struct script_head *head)
{
	const char *const *category;

	buf_add_char(out, '\n');
	text_add_safe(out, id, strlen(id));
	buf_add_str(out, "\nCategories:");
	for (category = head->categories; *category; category++) {
		buf_add_char(out, ' ');
		text_add_safe(out, *category, strlen(*category));
	}
	buf_add_char(out, '\n');
	if (head->description)
		add_description(out, head->description);
}
