/* Checksums of packets. */
#ifndef PORTOLAN_PACKET_CHECKSUM_H
#define PORTOLAN_PACKET_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* The Internet checksum (RFC 1071). Sums are kept unfolded, so that parts add
 * up, and numbers in host order may be added as they are; every part but the last
 * must have an even length. */
uint64_t checksum_add(uint64_t sum, const void *bytes, size_t count);
/* The value for the header field, host order: folded and inverted. */
uint16_t checksum_fold(uint64_t sum);
/* What `sum` (a header field, host order) becomes when a 16-bit or 32-bit word
 * of the packet changes (RFC 1624). For templates that differ by a word. */
uint16_t checksum_update16(uint16_t sum, uint16_t old, uint16_t new_value);
uint16_t checksum_update32(uint16_t sum, uint32_t old, uint32_t new_value);

/* CRC32c as SCTP uses it (RFC 9260, appendix A), and the Adler-32 it replaced
 * (RFC 2960). SCTP's header holds the CRC with its low byte first, Adler-32 with
 * its high byte first. */
uint32_t checksum_crc32c(const void *bytes, size_t count);
uint32_t checksum_adler32(const void *bytes, size_t count);

#endif
