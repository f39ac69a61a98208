/* What a host answered to the probes of IPv6 OS detection, and its text
 * (os-detection.md B3): the print that people exchange and that our model is trained
 * with. Addresses are never part of the text. Knows no features and no systems. */
#ifndef PORTOLAN_DETECT_OS_OS6_PRINT_H
#define PORTOLAN_DETECT_OS_OS6_PRINT_H

#include "detect/os/os6_probes.h"
#include "detect/os/os_print.h"

#define OS6_REPLY_BYTES 1280u /* what is longer is cut (RFC 4443, 2.4: no error is) */

struct os6_reply {
	bool seen;
	uint16_t count;
	uint64_t sent_us, heard_us; /* since the scan of the host began */
	uint8_t bytes[OS6_REPLY_BYTES];
};

/* A plain value; all zero is the empty one. About 22 KB: for the heap. */
struct os6_print {
	uint32_t flow_label; /* of our probes */
	struct os6_reply replies[OS6_PROBES];
};

/* Notes an answer: the packet's bytes as they were, but for IPv6 extension headers. */
void os6_print_note(struct os6_print *print, enum os6_probe probe, const struct packet *packet,
		    uint64_t sent_us, uint64_t heard_us);

/* The tests, and EXTRA, with a line end behind each (`lines`) or without; `fold`: bytes that
 * repeat are counted. Adds to out; buf_ok(out) tells whether memory sufficed. */
void os6_print_tests(const struct os6_print *print, bool lines, bool fold, struct buf *out);
/* The block as people paste it: SCAN and tests, folded and wrapped. */
void os6_print_block(const struct os_scan_line *scan, const struct os6_print *print,
		     struct buf *out);

/* Reads either form, with or without SCAN. Tests that nobody knows are passed over; of two for
 * one probe the first counts. Addresses are zero. ret_scan may be NULL; *ret_has_scan (may be NULL)
 * tells whether there was one. ERROR_SYNTAX with line, column and words; ERROR_NOT_FOUND: no
 * SCAN and no test. */
int os6_print_parse(const char *text, size_t bytes, struct os6_print *ret_print,
		    struct os_scan_line *ret_scan, bool *ret_has_scan, struct diag *diag);

/* Where a reply has addresses: [begin, end) of the place'th such part, from 0. False: there are
 * no more. */
bool os6_reply_addresses(const struct os6_reply *reply, unsigned place, size_t *ret_begin,
			 size_t *ret_end);

#endif
