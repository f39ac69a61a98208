/* Observed IPv6 prints as people paste them. What was read is written, folded or not, and read
 * again to the same; and whatever was read has features. */
#include "detect/os/os6_features.h"
#include "util/alloc.h"

#include <assert.h>
#include <math.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check_same(const struct os6_print *a, const struct os6_print *b)
{
	int probe;

	assert(a->flow_label == b->flow_label);
	for (probe = 0; probe < OS6_PROBES; probe++) {
		const struct os6_reply *left = &a->replies[probe], *right = &b->replies[probe];

		assert(left->seen == right->seen && left->count == right->count);
		assert(left->sent_us == right->sent_us && left->heard_us == right->heard_us);
		assert(memcmp(left->bytes, right->bytes, left->count) == 0);
	}
}

static void read_again(const struct os6_print *print, struct os6_print *again, bool lines,
		       bool fold)
{
	struct buf text = BUF_INIT;

	os6_print_tests(print, lines, fold, &text);
	assert(buf_ok(&text));
	assert(os6_print_parse((const char *)text.data, text.len, again, NULL, NULL, NULL) == 0);
	check_same(print, again);
	buf_release(&text);
}

static void read_block(const struct os_scan_line *scan, const struct os6_print *print,
		       struct os6_print *again)
{
	struct os_scan_line scan_again = {0};
	struct buf text = BUF_INIT;
	bool has_scan = false;

	os6_print_block(scan, print, &text);
	assert(buf_ok(&text));
	assert(os6_print_parse((const char *)text.data, text.len, again, &scan_again, &has_scan,
			       NULL) == 0);
	assert(has_scan && scan_again.time_s == scan->time_s);
	check_same(print, again);
	buf_release(&text);
}

static void make_features(const struct os_scan_line *scan, const struct os6_print *print)
{
	const struct os6_manner manner = os6_manner_of(scan);
	struct os6_features features;
	unsigned i;

	os6_features_make(print, &manner, &features);
	for (i = 0; i < OS6_FEATURES; i++)
		assert(isfinite(features.values[i]) && features.values[i] >= -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct os6_print *print = alloc_zero(sizeof(*print)), *again = alloc_zero(sizeof(*again));
	struct os_scan_line scan = {0};
	struct diag diag = {0};
	bool has_scan = false;

	assert(print && again);
	if (os6_print_parse((const char *)data, bytes, print, &scan, &has_scan, &diag) < 0) {
		assert(*diag.text);
	} else {
		read_again(print, again, true, false);
		read_again(print, again, false, true);
		if (has_scan)
			read_block(&scan, print, again);
		make_features(&scan, print);
	}
	alloc_free(print);
	alloc_free(again);
	return 0;
}
