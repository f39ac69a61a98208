/* When which probe of IPv6 OS detection is sent to a host, and again, and until when answers
 * are waited for (os-detection.md B1). A state machine: time is its caller's, and it sends
 * and parses nothing. */
#ifndef PORTOLAN_DETECT_OS_OS6_ROUND_H
#define PORTOLAN_DETECT_OS_OS6_ROUND_H

#include "detect/os/os6_probes.h"

struct os6_round_config {
	bool applies[OS6_PROBES];
	unsigned tries;         /* sends of each probe, 1 and more */
	unsigned sends_most;    /* of all probes; 0: as many as it takes */
	uint64_t scan_delay_ns; /* between any two packets, at least */
	uint64_t srtt_ns;       /* of the port scan; 0 unknown */
	uint64_t first_ns;      /* when S1 leaves */
};

enum os6_state { OS6_LEFT_OUT, OS6_WAITING, OS6_ASKED, OS6_ANSWERED, OS6_SILENT, OS6_FAILED };

/* All private to os6_round.c. */
struct os6_asked {
	enum os6_state state;
	unsigned sends;
	uint64_t sent_ns; /* the last time */
};

struct os6_round {
	struct os6_round_config config;
	struct os6_asked asked[OS6_PROBES];
	unsigned set_sends; /* of all six S1 to S6 */
	uint64_t set_ns;    /* when S1 of this set is due */
	uint64_t last_ns;   /* the last packet */
	unsigned sends;
	double srtt_ns, rttvar_ns;
	uint64_t timeout_ns;
	double window, threshold; /* probes under way at most */
};

void os6_round_init(struct os6_round *round, const struct os6_round_config *config);

enum os6_step {
	OS6_SEND,    /* this probe, now */
	OS6_NEW_SET, /* S1 to S6 are all sent anew: what has answered so far is to be kept apart */
	OS6_WAIT,    /* until *ret_wake_ns, or an answer */
	OS6_DONE,
};

enum os6_step os6_round_next(struct os6_round *round, uint64_t now_ns, enum os6_probe *ret_probe,
			     uint64_t *ret_wake_ns);
void os6_round_sent(struct os6_round *round, enum os6_probe probe, uint64_t at_ns);
void os6_round_failed(struct os6_round *round, enum os6_probe probe); /* it cannot be sent */
/* False: it was not asked, or has been answered. */
bool os6_round_heard(struct os6_round *round, enum os6_probe probe, uint64_t at_ns);
/* Is it waited for? */
bool os6_round_expects(const struct os6_round *round, enum os6_probe probe);
bool os6_round_send_failed(const struct os6_round *round);

#endif
