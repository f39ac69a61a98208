#include "api/words.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define WHITE " \t\r\n\v\f"

void words_release(struct words *words)
{
	text_list_release(&words->list);
	alloc_free(words->memory);
	*words = (struct words){0};
}

int words_split_quoted(const char *text, struct words *ret_words)
{
	struct words words = {.memory = alloc_strdup(text)};
	char *at = words.memory;
	int r = at ? 0 : ERROR_MEMORY;

	while (r == 0 && *(at += strspn(at, WHITE))) {
		const char quote[2] = {*at, 0};
		bool quoted = *at == '"' || *at == '\'';
		char *end;

		at += quoted;
		end = at + strcspn(at, quoted ? quote : WHITE);
		if (quoted && !*end)
			r = ERROR_SYNTAX;
		else if ((r = text_list_add(&words.list, at)) == 0 && *end)
			*end++ = 0;
		at = end;
	}
	if (r < 0)
		words_release(&words);
	else
		*ret_words = words;
	return r;
}

/* Reads one word at `from` into `to`, with a NUL behind it, and gives where
 * reading stopped. The words are written over the text they come from: each
 * is no longer than its echo, and the space or quote behind it pays for the NUL. */
static const char *take_echoed(const char *from, char **to)
{
	bool quoted = *from == '"';

	from += quoted;
	while (*from && *from != (quoted ? '"' : ' ')) {
		if (*from == '\\' && (from[1] == '\\' || from[1] == '"'))
			from++;
		*(*to)++ = *from++;
	}
	return from + (quoted && *from);
}

int words_split_echo(const char *text, struct words *ret_words)
{
	struct words words = {.memory = alloc_strdup(text)};
	const char *at = words.memory;
	char *to = words.memory;
	bool more = at && *at;
	int r = at ? 0 : ERROR_MEMORY;

	while (r == 0 && more) {
		r = text_list_add(&words.list, to);
		at = take_echoed(at, &to);
		more = *at != 0; /* a space that ends the text has an empty word behind it */
		at += *at == ' ';
		*to++ = 0;
	}
	if (r < 0)
		words_release(&words);
	else
		*ret_words = words;
	return r;
}

void words_echo(const char *const *words, size_t count, struct buf *out)
{
	size_t i;

	for (i = 0; i < count; i++) {
		bool quoted = strpbrk(words[i], WHITE) != NULL;
		const char *at;

		if (i)
			buf_add_char(out, ' ');
		if (quoted)
			buf_add_char(out, '"');
		for (at = words[i]; *at; at++) {
			if (*at == '"' || *at == '\\')
				buf_add_char(out, '\\');
			buf_add_char(out, *at);
		}
		if (quoted)
			buf_add_char(out, '"');
	}
}
