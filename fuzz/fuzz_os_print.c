/* Observed prints as people paste them. What was read is written, and read again
 * to the same. */
#include "detect/os/os_print.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void check_same(const struct os_fingerprint *a, const struct os_fingerprint *b)
{
	int test;

	for (test = 0; test < OS_TESTS; test++)
		assert(os_fingerprint_compare(a, b, (enum os_test)test) == 0);
}

static void check_scan(const struct os_scan_line *a, const struct os_scan_line *b)
{
	assert(strcmp(a->version, b->version) == 0 && strcmp(a->platform, b->platform) == 0);
	assert(a->ip_version == b->ip_version && a->month == b->month && a->day == b->day);
	assert(a->open_tcp == b->open_tcp && a->closed_tcp == b->closed_tcp);
	assert(a->closed_udp == b->closed_udp && a->special_purpose == b->special_purpose);
	assert(a->has_distance == b->has_distance && a->distance == b->distance);
	assert(a->distance_by == b->distance_by && a->good == b->good);
	assert(a->has_vendor == b->has_vendor && memcmp(a->vendor, b->vendor, 3) == 0);
	assert(a->time_s == b->time_s);
}

static void read_again(const struct os_fingerprint *print, const struct os_scan_line *scan,
		       struct buf *text)
{
	struct os_fingerprint again;
	struct os_scan_line scan_again;
	bool has_scan;

	assert(buf_ok(text));
	assert(os_print_parse((const char *)text->data, text->len, &again, &scan_again, &has_scan,
			      NULL) == 0);
	assert(has_scan == (scan != NULL));
	check_same(print, &again);
	if (scan)
		check_scan(scan, &scan_again);
	buf_clear(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct os_fingerprint print;
	const struct os_fingerprint *prints[] = {&print, &print};
	struct os_scan_line scan = {0};
	struct buf text = BUF_INIT;
	struct diag diag = {0};
	bool has_scan;

	if (os_print_parse((const char *)data, bytes, &print, &scan, &has_scan, &diag) < 0) {
		assert(*diag.text);
		return 0;
	}
	os_print_tests(prints, 2, true, &text);
	if (text.len) {
		read_again(&print, NULL, &text);
		os_print_block(&scan, prints, has_scan, &text);
		if (has_scan)
			read_again(&print, &scan, &text);
	}
	buf_release(&text);
	return 0;
}
