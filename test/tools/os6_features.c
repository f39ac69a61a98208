/* os6_features: a print of IPv6 OS detection on standard input becomes its 695 features on
 * standard output, "NAME VALUE" a line; "NAME -" when it was not asked for. For
 * tools/train-os6, so that features are computed in one place. */
#include "detect/os/os6_features.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdio.h>

#define CHUNK 65536u

static int read_all(struct buf *text)
{
	size_t count;

	do {
		if (!buf_reserve(text, CHUNK))
			return ERROR_MEMORY;
		count = fread(text->data + text->len, 1, CHUNK, stdin);
		text->len += count;
	} while (count);
	return ferror(stdin) ? ERROR_IO : 0;
}

static void print_features(const struct os6_print *print, const struct os_scan_line *scan)
{
	const struct os6_manner manner = os6_manner_of(scan);
	struct os6_features features;
	char name[64];
	unsigned i;

	os6_features_make(print, &manner, &features);
	for (i = 0; i < OS6_FEATURES; i++) {
		os6_feature_name(i, name, sizeof(name));
		if (features.asked[i])
			printf("%s %.6f\n", name, features.values[i]);
		else
			printf("%s -\n", name);
	}
}

int main(void)
{
	struct os6_print *print = alloc_zero(sizeof(*print));
	struct os_scan_line scan = {0};
	struct buf text = BUF_INIT;
	struct diag diag = {0};
	bool has_scan = false;
	int r = print ? read_all(&text) : ERROR_MEMORY;

	if (r == 0)
		r = os6_print_parse((const char *)text.data, text.len, print, &scan, &has_scan,
				    &diag);
	if (r == 0 && has_scan)
		print_features(print, &scan);
	else
		fprintf(stderr, "%s\n", r == 0 ? "the print has no SCAN" : diag.text);
	buf_release(&text);
	alloc_free(print);
	return r < 0 || !has_scan;
}
