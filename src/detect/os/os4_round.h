/* One round of IPv4 OS detection against one host (os-detection.md A4): which probe leaves
 * when, which is sent again, and which reply belongs to which. Told what time it is; does
 * no I/O, and says what to do next.
 *
 * Probes come in three groups: SEQ, 100 ms apart; the echoes and U1, straight behind so
 * that a shared IP ID counter shows; the others. A round may be held between groups, so
 * that the rest can be left out.
 *
 * Invariant: at most `window` probes are in flight, and there are at least gap_ns (SEQ: 100 ms) and
 * the scan delay between two sends. */
#ifndef PORTOLAN_DETECT_OS_OS4_ROUND_H
#define PORTOLAN_DETECT_OS_OS4_ROUND_H

#include "detect/os/os4_probes.h"
#include "detect/os/os_tests.h"
#include "engine/rtt.h"

#define OS4_SENDS_MAX     4u
#define OS4_PAYLOAD_BYTES 576u /* of a reply, kept until the round is judged */

struct os4_round_config {
	const struct timing *timing; /* borrowed, as is rtt */
	struct rtt *rtt;             /* of the host; what the round measures is added */
	struct ip_addr target;
	struct os4_values values;
	bool has_open;          /* values.open is an open port */
	bool closed_known;      /* values.closed is known to be closed */
	bool one_port;          /* all probes leave from one port: one in flight after SEQ */
	bool hold;              /* between groups, until os4_round_go_on() */
	bool local, compatible; /* as in struct os_round */
	uint16_t udp_checksum;  /* of U1 as it leaves */
	uint64_t scan_delay_ns;
	uint64_t gap_ns;           /* least time between two probes behind SEQ */
	uint64_t least_timeout_ns; /* of a probe, however near the host is */
	/* Where nothing was lost, silence is believed after two sends, not four. */
	bool trusting;
	/* U1's port has said before that it is closed: it is waited for what a limit on ICMP
	 * errors (Linux: one a second) may hold back. */
	bool udp_patient;
	unsigned probes_max; /* sends of the round; 0: as many as it takes */
};

enum os4_step {
	OS4_SEND,  /* *ret_probe, now */
	OS4_WAIT,  /* nothing to do before *ret_wake_ns, or a reply */
	OS4_HOLD,  /* a group is through but for what may still be missing */
	OS4_ENDED, /* all is answered or given up */
};

enum os4_state { OS4_LEFT_OUT, OS4_TO_SEND, OS4_IN_FLIGHT, OS4_THROUGH };

struct os4_round {
	struct os4_round_config config;
	struct os_round seen; /* for os_tests_judge(), when the round has ended */
	uint8_t states[OS4_PROBES];
	bool doubtful[OS4_PROBES]; /* a reply that acknowledges something else */
	uint8_t group;
	unsigned in_flight, sends, answers;
	unsigned window;
	bool sent_any, send_failed, lost_any;
	uint64_t last_sent_ns;
	uint8_t *payloads[OS4_PROBES];
};

void os4_round_init(struct os4_round *round, const struct os4_round_config *config);
void os4_round_release(struct os4_round *round);

enum os4_step os4_round_next(struct os4_round *round, uint64_t now_ns, enum os4_probe *ret_probe,
			     uint64_t *ret_wake_ns);
/* The probe of OS4_SEND was sent; or cannot be, and is given up. */
void os4_round_sent(struct os4_round *round, enum os4_probe probe, uint64_t at_ns);
void os4_round_failed(struct os4_round *round, enum os4_probe probe);
/* The next group may begin. */
void os4_round_go_on(struct os4_round *round);
/* The rest is left out: what was not sent is absent from the print. */
void os4_round_cut(struct os4_round *round);
/* What came from the host, or an ICMP error about a packet to it (then `quoted` is what it
 * quotes). True: it answers a probe. */
bool os4_round_heard(struct os4_round *round, const struct packet *packet,
		     const struct packet *quoted, uint64_t at_ns);

#endif
