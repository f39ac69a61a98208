/* What a fingerprint says of bytes, turned back into bytes: TCP options (os-detection.md A6)
 * and data with a given CRC-32. */
#ifndef PORTOLAN_TEST_PERSONALITY_OPTIONS_H
#define PORTOLAN_TEST_PERSONALITY_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

#define OPTIONS_MOST_BYTES 40u

struct options_stamps {
	uint32_t own, echoed; /* for T1. and T.1; neither is 0 */
};

/* "M5B4ST11NW7" as option bytes, a multiple of 4: what is missing there is filled with an
 * option that no fingerprint mentions. -1: the text means nothing, or there is no room. */
int options_build(const char *text, struct options_stamps stamps,
		  uint8_t ret_bytes[OPTIONS_MOST_BYTES]);

/* The four bytes that have this CRC-32. */
void options_forge_crc32(uint32_t crc, uint8_t ret_bytes[4]);

#endif
