/* The text of a fingerprint (os-detection.md A13, formats.md 9.9): the SCAN line
 * that says how it was seen, and the tests; one test per line or wrapped; written
 * and read. */
#ifndef PORTOLAN_DETECT_OS_OS_PRINT_H
#define PORTOLAN_DETECT_OS_OS_PRINT_H

#include "detect/os/os_fingerprint.h"
#include "util/buf.h"
#include "util/diag.h"

#define OS_SCAN_WORD_BYTES 64

/* What the SCAN line says. */
struct os_scan_line {
	char version[OS_SCAN_WORD_BYTES]; /* of the program; "": left out */
	char platform[OS_SCAN_WORD_BYTES];
	uint8_t ip_version;                       /* 4 or 6 */
	uint8_t month, day;                       /* local, from 1 */
	int32_t open_tcp, closed_tcp, closed_udp; /* OS_NONE: unknown */
	bool special_purpose;                     /* the target's address */
	bool has_distance;
	int32_t distance;
	char distance_by; /* L loopback, D direct, I ICMP, T traceroute; 0: not said */
	bool good;        /* fit for submission (A11) */
	bool has_vendor;
	uint8_t vendor[3]; /* of the MAC address */
	uint64_t time_s;   /* since 1970 */
};

#define OS_WRAP_IPV4 75u /* columns, "OS:" included */
#define OS_WRAP_IPV6 74u

/* These add to `out`; buf_ok(out) tells whether memory sufficed. Tests come without line
 * ends between them, or with one behind each (`lines`). */
void os_print_scan(const struct os_scan_line *scan, bool lines, struct buf *out);
/* The distinct lines of all prints (of several rounds), ordered by test, then by value. */
void os_print_tests(const struct os_fingerprint *const *prints, size_t count, bool lines,
		    struct buf *out);
/* Cuts a text without line ends into lines "OS:..." of at most `columns`, each with its
 * line end. */
void os_print_wrap(const char *text, size_t bytes, unsigned columns, struct buf *out);
/* The whole IPv4 block as people paste it: SCAN and tests, wrapped. */
void os_print_block(const struct os_scan_line *scan, const struct os_fingerprint *const *prints,
		    size_t count, struct buf *out);

/* Reads what was observed: wrapped or one test per line, with or without SCAN, "OS:" and
 * blanks. When several rounds were merged the first line of a test is taken. Missing R are
 * implied as in a reference file. ret_scan may be NULL; *ret_has_scan (may be NULL) tells whether
 * there was one. ERROR_SYNTAX with line, column and words; ERROR_NOT_FOUND: no test at all. */
int os_print_parse(const char *text, size_t bytes, struct os_fingerprint *ret_print,
		   struct os_scan_line *ret_scan, bool *ret_has_scan, struct diag *diag);

#endif
