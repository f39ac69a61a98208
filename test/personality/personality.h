/* How one host answers, as a reference entry describes it (os-detection.md A5-A8): a
 * concrete value for each expression. Knows no packets. */
#ifndef PORTOLAN_TEST_PERSONALITY_H
#define PORTOLAN_TEST_PERSONALITY_H

#include "choice.h"
#include "detect/os/os_db.h"
#include "sequence.h"
#include "tcp_probe.h"

/* Of a sequence or acknowledgement number, against the probe's other number. */
enum number_rule { NUMBER_ZERO, NUMBER_SAME, NUMBER_NEXT, NUMBER_OTHER };

struct tcp_traits {
	bool answers, dont_fragment;
	uint16_t ttl; /* T: TTL at a distance of one hop; up to 256 and more */
	uint16_t window, urgent;
	uint8_t flags, reserved;
	enum number_rule seq, ack;
	char options[CHOICE_BYTES]; /* as in a fingerprint */
	bool has_data;
	uint8_t data[4];
};

enum checksum_rule { CHECKSUM_ZERO, CHECKSUM_GOOD, CHECKSUM_WRONG };

/* The port unreachable for U1. */
struct udp_traits {
	bool answers, dont_fragment;
	uint16_t ttl;
	uint16_t total_bytes; /* IPL */
	uint32_t unused;      /* UN */
	uint16_t quoted_bytes, quoted_id;
	enum checksum_rule ip_checksum;
	bool keeps_checksum; /* of UDP; else: */
	uint16_t checksum;
	bool spoils_data;
};

struct echo_traits {
	bool answers, dont_fragment[2];
	uint16_t ttl;
	uint8_t codes[2];
};

struct personality {
	struct tcp_traits tcp[TCP_PROBES];
	struct udp_traits udp;
	struct echo_traits echo;
	struct isn_steps isn;
	struct id_rule tcp_ids, closed_ids, echo_ids; /* TI, CI, II */
	bool shares_ids;                              /* SS */
	double timestamp_hz;
	uint8_t distance; /* hops, so that no TTL is above 255 */
};

/* As entry `entry` has it. What cannot be true of any host is passed over: the fingerprint
 * then differs there. */
void personality_read(const struct os_db *db, size_t entry, struct personality *ret_made);

#endif
