#include "detect/os/os_print.h"

static void add_port(struct buf *out, const char *key, int32_t port)
{
	buf_addf(out, "%%%s=", key);
	if (port >= 0)
		buf_addf(out, "%d", port);
}

static void add_distance(const struct os_scan_line *scan, struct buf *out)
{
	if (scan->has_distance)
		buf_addf(out, "%%DS=%d", scan->distance);
	if (scan->distance_by)
		buf_addf(out, "%%DC=%c", scan->distance_by);
}

void os_print_scan(const struct os_scan_line *scan, bool lines, struct buf *out)
{
	buf_addf(out, "SCAN(V=%s%%E=%u%%D=%u/%u", scan->version, scan->ip_version, scan->month,
		 scan->day);
	add_port(out, "OT", scan->open_tcp);
	add_port(out, "CT", scan->closed_tcp);
	add_port(out, "CU", scan->closed_udp);
	buf_addf(out, "%%PV=%c", scan->special_purpose ? 'Y' : 'N');
	add_distance(scan, out);
	buf_addf(out, "%%G=%c", scan->good ? 'Y' : 'N');
	if (scan->has_vendor)
		buf_addf(out, "%%M=%02X%02X%02X", scan->vendor[0], scan->vendor[1],
			 scan->vendor[2]);
	buf_addf(out, "%%TM=%llX%%P=%s)%s", (unsigned long long)scan->time_s, scan->platform,
		 lines ? "\n" : "");
}

static void add_test(const struct os_fingerprint *print, enum os_test test, bool lines,
		     struct buf *out)
{
	const char *value, *before = "";
	int attribute;

	buf_addf(out, "%s(", os_test_name(test));
	for (attribute = os_test_first(test); attribute < os_test_end(test); attribute++) {
		if (!(value = os_fingerprint_get(print, attribute)))
			continue;
		buf_addf(out, "%s%s=%s", before, os_attribute_name((enum os_attribute)attribute),
			 value);
		before = "%";
	}
	buf_add_str(out, lines ? ")\n" : ")");
}

/* The least of the prints that is greater than `last` (NULL: than nothing). */
static const struct os_fingerprint *next_of(const struct os_fingerprint *const *prints,
					    size_t count, enum os_test test,
					    const struct os_fingerprint *last)
{
	const struct os_fingerprint *least = NULL;
	size_t i;

	for (i = 0; i < count; i++)
		if (os_fingerprint_has(prints[i], test) &&
		    (!last || os_fingerprint_compare(prints[i], last, test) > 0) &&
		    (!least || os_fingerprint_compare(prints[i], least, test) < 0))
			least = prints[i];
	return least;
}

void os_print_tests(const struct os_fingerprint *const *prints, size_t count, bool lines,
		    struct buf *out)
{
	const struct os_fingerprint *print;
	int test;

	for (test = 0; test < OS_TESTS; test++)
		for (print = NULL; (print = next_of(prints, count, (enum os_test)test, print));)
			add_test(print, (enum os_test)test, lines, out);
}

void os_print_wrap(const char *text, size_t bytes, unsigned columns, struct buf *out)
{
	static const char prefix[] = "OS:";
	size_t most = columns - (sizeof(prefix) - 1), part;

	for (; bytes; text += part, bytes -= part) {
		part = bytes < most ? bytes : most;
		buf_add_str(out, prefix);
		buf_add(out, text, part);
		buf_add_char(out, '\n');
	}
}

void os_print_block(const struct os_scan_line *scan, const struct os_fingerprint *const *prints,
		    size_t count, struct buf *out)
{
	struct buf text = BUF_INIT;

	os_print_scan(scan, false, &text);
	os_print_tests(prints, count, false, &text);
	if (buf_ok(&text))
		os_print_wrap((const char *)text.data, text.len, OS_WRAP_IPV4, out);
	else
		out->failed = true;
	buf_release(&text);
}
