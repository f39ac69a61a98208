/* From what came back in a round of probes to a fingerprint, and to the facts that
 * are reported beside it (os-detection.md A5-A9). No network, no clock: the
 * caller says what was sent when, and which reply belongs to which probe. */
#ifndef PORTOLAN_DETECT_OS_OS_TESTS_H
#define PORTOLAN_DETECT_OS_OS_TESTS_H

#include "detect/os/os_fingerprint.h"
#include "detect/os/os_sequence.h"
#include "packet/packet.h"

/* The probe's side, and the first reply to it. */
struct os_reply {
	bool seen;            /* `packet` and received_ns count */
	uint8_t sends;        /* how often the probe was sent; 0: not at all */
	uint64_t sent_ns;     /* of the send that was answered, or the last one. Any epoch, */
	uint64_t received_ns; /* the same for all */
	struct packet packet; /* IPv4; its payload is borrowed for the call */
};

/* What of U1 is looked for in its quote. Host order. */
struct os_udp_sent {
	uint16_t src_port, dst_port, checksum;
	uint8_t ttl;
};

#define OS_UDP_DATA_BYTES  300u
#define OS_UDP_DATA_BYTE   0x43
#define OS_UDP_IP_ID       0x1042u
#define OS_UDP_TOTAL_BYTES 328u

struct os_round {
	/* Nmap's own results where ours differ: ISN 0 and replies that repeat the last IP ID
	 * are passed over (Q2, Q3), a counter that wraps is random (D3), timestamps of any rate
	 * give an uptime, of 0 if it were more than two years (D5). */
	bool compatible;
	bool partial;    /* what was not sent is absent, and not R=N */
	bool local;      /* the target is this machine */
	bool has_open;   /* probes went to an open TCP port */
	bool has_closed; /* T5..T7 went to a TCP port that is known to be closed */
	uint32_t scan_delay_ms;
	uint32_t seq, ack; /* B and A of the probes: SEQ n has seq B+n-1, T1..T7 have B, ... */
	struct os_udp_sent udp;
	struct os_reply sequence[6]; /* SEQ 1..6 */
	struct os_reply options[6];  /* OPS 1..6, sent where SEQ n had no reply */
	struct os_reply first_again; /* T1, when SEQ 1 had none */
	struct os_reply ecn;
	struct os_reply tcp[6]; /* T2..T7 */
	struct os_reply echo[2];
	struct os_reply unreachable; /* the ICMP error that U1 caused */
};

struct os_facts {
	struct os_fingerprint print;
	/* Replies that SEQ was made of, in order of the probes. */
	size_t samples;
	uint32_t isns[OS_SAMPLES_MAX];
	uint16_t ids[OS_SAMPLES_MAX];
	uint32_t timestamps[OS_SAMPLES_MAX]; /* 0 where there was none */
	bool has_index;                      /* >= 4 samples */
	uint32_t index;                      /* os_difficulty_words() */
	enum os_ipid_class ipid;             /* of TI; UNKNOWN with fewer than 3 samples, too */
	enum os_timestamp_class timestamp;
	double timestamp_hz; /* 0: not measured */
	/* Each connection's timestamps begin elsewhere: no uptime follows (D5). */
	bool timestamp_random;
	bool has_uptime;
	uint32_t uptime_s;      /* at first_sent_ns */
	uint64_t first_sent_ns; /* of the first sample's probe */
	bool has_distance;      /* U1 told it */
	int32_t distance;       /* hops; nonsense is possible, below -1 or above 5 is unfit */
	bool closed_udp;        /* U1's port has shown itself closed */
	/* Time from SEQ 1 to SEQ 6 in units of the 500 ms that were meant; 0 without has_open. */
	double timing_ratio;
};

/* Never fails: what is not there is absent, R=N where the round should have seen it. */
void os_tests_judge(const struct os_round *round, struct os_facts *ret_facts);

/* The initial TTL that a received one most likely had: 32, 64, 128 or 255. */
uint8_t os_initial_ttl(uint8_t ttl);

/* Is this a reply to U1 whose quote holds the probe's ports: type 3, code 3, with at
 * least 8 + 20 + 8 bytes of ICMP? */
bool os_is_udp_reply(const struct packet *packet, const struct os_udp_sent *udp);

#endif
