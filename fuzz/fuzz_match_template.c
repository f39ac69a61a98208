/* Templates of match lines, filled from what a stranger sent. Input: the template, a NUL, then
 * groups, each with its length before it (255: took no part). */
#include "detect/service/template.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void read_groups(const uint8_t *at, const uint8_t *end,
			struct match_group ret_groups[MATCH_GROUPS])
{
	size_t i, count;

	for (i = 1; i < MATCH_GROUPS && at < end; i++) {
		count = *at++;
		if (count == 255)
			continue;
		if (count > (size_t)(end - at))
			count = (size_t)(end - at);
		ret_groups[i] = (struct match_group){at, count};
		at += count;
	}
}

static void check(enum match_field field, const char *template,
		  const struct match_group groups[MATCH_GROUPS])
{
	size_t room = match_field_bytes(field), length;
	char *text = malloc(room); /* of the exact size, for the sanitizer */
	const char *why;

	assert(text && room <= MATCH_FIELD_BYTES);
	why = match_template_fill(field, template, groups, text);
	length = strnlen(text, room);
	assert(length < room);
	assert(!why || !length);
	assert(!length || !strchr(" ,\t\n\v\f\r", text[length - 1]));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const uint8_t *nul = bytes ? memchr(data, 0, bytes) : NULL;
	struct match_group groups[MATCH_GROUPS] = {0};
	size_t field;
	char *template;

	if (!nul)
		return 0;
	template = malloc((size_t)(nul - data) + 1);
	assert(template);
	memcpy(template, data, (size_t)(nul - data) + 1);
	read_groups(nul + 1, data + bytes, groups);
	for (field = 0; field < MATCH_FIELDS; field++)
		check((enum match_field)field, template, groups);
	free(template);
	return 0;
}
