/* What users write about packets, as values: pure functions of text. */
#ifndef PORTOLAN_API_PACKET_WORDS_H
#define PORTOLAN_API_PACKET_WORDS_H

#include "net/ip.h"
#include "net/mac.h"
#include "util/diag.h"

#include <stddef.h>

/* --scanflags: a number 0 to 255 (0x and octal too), or names one after the
 * other (SYNFIN, "syn,fin"), as features.md SC-10. ERROR_SYNTAX with words. */
int tcp_flags_parse(const char *text, int *ret_flags, struct diag *diag);

/* "0xAABB", "\xAA\xBB" or "AABB": at most `room` bytes. ERROR_SYNTAX, ERROR_LIMIT. */
int hex_bytes_parse(const char *text, uint8_t *bytes, size_t room, size_t *ret_count);

#define IP_OPTIONS_MAX 40

/* --ip-options as bytes (features.md EV-07). */
struct ip_options_text {
	uint8_t bytes[IP_OPTIONS_MAX];
	size_t count;
	struct ip_addr first_hop; /* IP_NONE: no source route */
	size_t target_at;         /* where the target's address goes */
};

/* R, T, U; "S" or "L" and addresses; or bytes such as \x01*4. ERROR_SYNTAX,
 * ERROR_LIMIT, ERROR_RANGE with words. */
int ip_options_parse(const char *text, struct ip_options_text *ret_options, struct diag *diag);

/* The given first bytes of a hardware address, "02:1b" or "021b": gives how
 * many, 0 to 6; ERROR_SYNTAX when it is none (odd digits, other letters),
 * ERROR_LIMIT when there are more than six. */
int mac_prefix_parse(const char *text, struct mac_addr *ret_mac);

#endif
