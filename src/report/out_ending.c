/* How a document in a file ends, so that it can go on (--resume). */
#include "report/out_internal.h"

#include <string.h>

static size_t trim(const char *text, size_t count)
{
	while (count && strchr(" \t\r\n", text[count - 1]))
		count--;
	return count;
}

static bool ends_with(const char *text, size_t count, const char *end, size_t end_bytes)
{
	return count >= end_bytes && !memcmp(text + count - end_bytes, end, end_bytes);
}

/* The tail with a reserve behind it (out_tail.c): the first such place, since
 * what is inside the reserve may look the same. */
static size_t find_reserve(const char *text, size_t count, const char *tail)
{
	size_t bytes = strlen(tail);
	const char *at = text, *end = text + count;

	while ((at = memmem(at, (size_t)(end - at), tail, bytes))) {
		if ((size_t)(end - at) > bytes + 4 && !memcmp(at + bytes, "<?r ", 4))
			return (size_t)(at - text);
		at += bytes;
	}
	return count;
}

static size_t find_tail(const char *text, size_t count, const char *tail)
{
	size_t at = find_reserve(text, count, tail), bytes = trim(tail, strlen(tail));

	if (at < count)
		return at;
	at = trim(text, count);
	return ends_with(text, at, tail, bytes) ? at - bytes : count;
}

size_t out_find_ending(const char *text, size_t count, const char *tail, const char *last_element)
{
	size_t at = find_tail(text, count, tail), name = strlen(last_element) - 1, i;
	size_t content = trim(text, at);

	/* "</runstats>" is "<" "/" and the rest of "<runstats>". */
	if (at == count || !ends_with(text, content, last_element + 1, name) ||
	    content < name + 2 || memcmp(text + content - name - 2, "</", 2) != 0)
		return at;
	for (i = content - name; i > 0; i--)
		if (i + name < content && !memcmp(text + i - 1, last_element, name + 1))
			return i - 1;
	return at;
}
