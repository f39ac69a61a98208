/* A CPE URI as a formatted string: eleven attributes whatever the bytes,
 * printable, without a bare character that must be escaped. */
#include "report/cpe.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void check(const char *text)
{
	size_t colons = 0;

	expect(!strncmp(text, "cpe:2.3:", 8));
	for (; *text; text++) {
		expect(*text > 0x20 && *text < 0x7f);
		if (*text == '\\')
			expect(*++text != '\0');
		else if (*text == ':')
			colons++;
		else
			expect(strchr("._-*?", *text) || (*text >= 'a' && *text <= 'z') ||
			       (*text >= '0' && *text <= '9'));
	}
	expect(colons == 12);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	char *uri = alloc_strndup((const char *)data, bytes);
	struct buf out = BUF_INIT;

	expect(uri != NULL);
	if (cpe_add_formatted(&out, uri))
		check(buf_str(&out));
	else
		expect(out.len == 0);
	buf_release(&out);
	alloc_free(uri);
	return 0;
}
