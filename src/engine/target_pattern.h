/* A set of IPv4 addresses as four sets of octets: what "10.0.0-1.1,5-7/31"
 * names (TS-01, TS-02). Knows arithmetic on itself, not excludes or order of
 * scanning. A literal and a CIDR block are patterns too. */
#ifndef PORTOLAN_ENGINE_TARGET_PATTERN_H
#define PORTOLAN_ENGINE_TARGET_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct target_pattern {
	uint64_t octets[4][4]; /* one bit a value */
};

/* `text` (`bytes` long, no mask) as four octet sets: "*" or a comma list of N,
 * N-M, -M, N- and -. False when it is anything else. */
bool target_pattern_parse(const char *text, size_t bytes, struct target_pattern *ret_pattern);
/* Lets every bit behind the first `bits` take both values. */
void target_pattern_widen(struct target_pattern *pattern, unsigned bits);

uint64_t target_pattern_count(const struct target_pattern *pattern);
/* How many of its addresses are below bound, which is at most 2^32. */
uint64_t target_pattern_count_below(const struct target_pattern *pattern, uint64_t bound);
bool target_pattern_has(const struct target_pattern *pattern, uint32_t addr);
/* The lowest address of the pattern at or after `from`; false when none. */
bool target_pattern_next(const struct target_pattern *pattern, uint32_t from, uint32_t *ret_addr);
/* addr is in the pattern; the last of the addresses that follow it without a gap. */
uint32_t target_pattern_run_end(const struct target_pattern *pattern, uint32_t addr);
/* Into how many gapless runs it falls. */
uint64_t target_pattern_runs(const struct target_pattern *pattern);
/* Whether all of `part` is in `whole`. */
bool target_pattern_contains(const struct target_pattern *whole, const struct target_pattern *part);

#endif
