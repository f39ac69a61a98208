/* What numbers that a host hands out tell: initial sequence numbers, IP identifications,
 * timestamps (os-detection.md A7). Arithmetic on plain arrays; no packets, no
 * clock. */
#ifndef PORTOLAN_DETECT_OS_OS_SEQUENCE_H
#define PORTOLAN_DETECT_OS_OS_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OS_SAMPLES_MAX 6u

/* ------------------------------------------------- initial sequence numbers */

struct os_isn_facts {
	uint32_t gcd;   /* of the steps; 0: the number is constant */
	uint32_t rate;  /* ISR: 8 * log2 of the steps per second */
	uint32_t index; /* SP: 8 * log2 of their deviation; the difficulty */
};

/* `count` (2..6) numbers in order and the times their probes left. (The report needs 4;
 * os-detection.md A7.) */
struct os_isn_facts os_isn_facts_of(const uint32_t *isns, const uint64_t *sent_ns, size_t count);

/* "Trivial joke" ... "Good luck!" */
const char *os_difficulty_words(uint32_t index);

/* ------------------------------------------------- IP identifications */

enum os_ipid_class {
	OS_IPID_UNKNOWN,
	OS_IPID_CONSTANT,    /* not zero */
	OS_IPID_INCREMENTAL, /* I */
	OS_IPID_BY_TWO,      /* I, too */
	OS_IPID_BROKEN,      /* BI: its bytes swapped */
	OS_IPID_RANDOM,      /* RD */
	OS_IPID_POSITIVE,    /* RI: random positive increments */
	OS_IPID_ZERO,        /* Z */
};

struct os_ipid_rules {
	bool local; /* the target is this machine: our own resets use numbers up, too */
	/* A counter that passes 65535 once, with small steps, is a counter, and not random as Nmap
	 * has it (deviation D3). */
	bool wraps;
};

/* IDs in order, 2 to 6 of them; fewer is UNKNOWN. *ret_wrapped (may be NULL): it did wrap. */
enum os_ipid_class os_ipid_class_of(const uint16_t *ids, size_t count, struct os_ipid_rules rules,
				    bool *ret_wrapped);
/* "Incremental", "All zeros" ...: for the report. */
const char *os_ipid_words(enum os_ipid_class ipid);
/* I, BI, RD, RI, Z, the constant in hex; NULL: no value. `first` is the first ID. */
const char *os_ipid_value(enum os_ipid_class ipid, uint16_t first, char ret_text[8]);

/* ------------------------------------------------- timestamps */

enum os_timestamp_class {
	OS_TIMESTAMP_UNKNOWN,
	OS_TIMESTAMP_ZERO,
	OS_TIMESTAMP_2HZ,
	OS_TIMESTAMP_100HZ,
	OS_TIMESTAMP_1000HZ,
	OS_TIMESTAMP_OTHER,
	OS_TIMESTAMP_NONE, /* no such option */
};

/* Mean increments per second; `count` is 2..6. */
double os_timestamp_rate(const uint32_t *timestamps, const uint64_t *sent_ns, size_t count);
/* Each connection starts somewhere else (deviation D5): the mean of the three least
 * rates, or of all when there are fewer, is above 100 kHz. */
bool os_timestamp_is_random(const uint32_t *timestamps, const uint64_t *sent_ns, size_t count);
/* The value of TS for a rate; OS_NONE (-1): no value. */
int os_timestamp_value(double rate);
enum os_timestamp_class os_timestamp_class_of(double rate);
const char *os_timestamp_words(enum os_timestamp_class timestamp);
/* Seconds since the counter was 0. */
uint32_t os_timestamp_uptime_s(uint32_t timestamp, double rate);

#endif
