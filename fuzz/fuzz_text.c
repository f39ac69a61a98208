/* Bytes from strangers through everything in util/text.h; what comes out must
 * keep the promises of that header. */
#include "util/text.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check_safe(const uint8_t *data, size_t bytes)
{
	struct buf once = BUF_INIT, twice = BUF_INIT;

	text_add_safe(&once, data, bytes);
	assert(text_is_utf8(once.data, once.len));
	for (size_t i = 0; i < once.len; i++)
		assert(once.data[i] >= 0x20 || once.data[i] == '\t' || once.data[i] == '\n');
	text_add_safe(&twice, once.data, once.len);
	assert(twice.len == once.len && !memcmp(buf_str(&once), buf_str(&twice), once.len));
	buf_release(&once);
	buf_release(&twice);
}

static void check_ascii(const uint8_t *data, size_t bytes)
{
	struct buf shown = BUF_INIT;

	text_add_ascii(&shown, data, bytes);
	for (size_t i = 0; i < shown.len; i++)
		assert(shown.data[i] < 0x7f);
	buf_release(&shown);
}

/* The first line is a pattern and a host name, the rest a text. */
static void check_strings(const uint8_t *data, size_t bytes)
{
	char *text = malloc(bytes + 1), *rest, clean[64];

	if (!text)
		return;
	memcpy(text, data, bytes);
	text[bytes] = '\0';
	rest = strchr(text, '\n');
	if (rest)
		*rest++ = '\0';
	text_clean_host_name(text, clean, sizeof(clean));
	assert(strlen(clean) < sizeof(clean));
	if (strlen(text) < 256)
		(void)text_matches(text, rest ? rest : "");
	assert(strpbrk(text, "*?") || text_matches(text, text));
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	if (!bytes)
		return 0;
	check_safe(data, bytes);
	check_ascii(data, bytes);
	check_strings(data, bytes);
	return 0;
}
