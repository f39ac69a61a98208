/* Inside of os_tests_*.c. */
#ifndef PORTOLAN_DETECT_OS_OS_TESTS_PRIVATE_H
#define PORTOLAN_DETECT_OS_OS_TESTS_PRIVATE_H

#include "detect/os/os_tests.h"

/* Sets a value; ours always fit. */
void os_set(struct os_fingerprint *print, int attribute, const char *value);
void os_set_hex(struct os_fingerprint *print, int attribute, uint32_t value);
void os_set_flag(struct os_fingerprint *print, int attribute, bool yes); /* Y, N */

/* SEQ and all that is counted. */
void os_judge_sequence(const struct os_round *round, struct os_facts *facts);
/* OPS, WIN, ECN, T1..T7. T or TG by facts->has_distance, which comes first. */
void os_judge_tcp(const struct os_round *round, struct os_facts *facts);
/* Is silence an answer: was it asked? */
bool os_judge_missing(const struct os_round *round, const struct os_reply *reply);
/* T or TG; `attribute` is T, and TG follows it. */
void os_judge_ttl(const struct os_facts *facts, int attribute, uint8_t ttl,
		  struct os_fingerprint *print);

#endif
