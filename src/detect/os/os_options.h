/* TCP options as a fingerprint writes them (os-detection.md A6). */
#ifndef PORTOLAN_DETECT_OS_OS_OPTIONS_H
#define PORTOLAN_DETECT_OS_OS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 40 bytes of options are 50 letters at most: ten times a maximum segment size. */
#define OS_OPTIONS_TEXT_BYTES 64u

/* L, N, M<hex>, W<hex>, S, T<own><echoed>; other kinds leave no trace, and behind the end of
 * the list it goes on. "" when there are none, one is malformed, or there are more than 40
 * bytes. */
void os_options_text(const uint8_t *options, size_t bytes, char ret_text[OS_OPTIONS_TEXT_BYTES]);

/* The sender's timestamp; false: there is none before the end, or before what is
 * malformed. */
bool os_options_timestamp(const uint8_t *options, size_t bytes, uint32_t *ret_timestamp);

/* The CRC-32 of zlib and Ethernet (polynomial 0x04C11DB7, reflected). */
uint32_t os_crc32(const void *bytes, size_t count);

#endif
