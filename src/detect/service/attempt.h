/* One probe on one connection: connects, listens or speaks, gathers the response and has it
 * matched as it comes. Its owner is told when it connects, when something matched or came, and when
 * it is over. For the service scan only. About 300 bytes, the flow, and the response (4 KiB at
 * most). */
#ifndef PORTOLAN_DETECT_SERVICE_ATTEMPT_H
#define PORTOLAN_DETECT_SERVICE_ATTEMPT_H

#include "detect/service/turns.h"
#include "engine/flow.h"
#include "engine/flow_tls.h"
#include "util/buf.h"

/* Where reading ends (SV-08), and what a connection may bring at most. */
#define RESPONSE_BYTES_MAX 4096u

struct port_scan;
struct service_scan;

enum attempt_news {
	ATTEMPT_CONNECTED,
	ATTEMPT_HEARD, /* bytes came; it goes on */
	ATTEMPT_QUIET, /* a listener's time is over; its connection is still there */
	ATTEMPT_ENDED, /* nothing more will come; its owner frees it */
};

struct attempt {
	struct attempt *next; /* its owner's */
	struct port_scan *port;
	struct turn *turn;                 /* whose outcome it is; the owner's */
	const struct service_probe *probe; /* what is asked, and whose lines are tried */
	struct flow *flow;                 /* NULL: over */
	bool connected, sent, over;
	bool greeted;   /* data came before anything was sent */
	bool patient;   /* waits for a greeting before it speaks */
	bool timed_out; /* its time passed, and the connection was still there */
	bool failed;    /* memory */
	bool gathering; /* bytes came that were not matched yet */
	enum flow_end end;
	uint64_t opened_ns, connected_ns, rtt_ns;
	uint64_t deadline_ns; /* of the wait for a response */
	struct timer timer;   /* quiet, a greeting waited for, or UDP's second send */
	struct buf response;
	struct found found; /* the best so far */
};

/* An attempt at the NULL probe listens; all others speak. */
static inline bool attempt_listens(const struct attempt *attempt)
{
	return !attempt->probe->bytes_count && attempt->probe->transport == TRANSPORT_TCP;
}

/* Opens the connection. ERROR_EXCLUDED: the gate; ERROR_LIMIT: no room now; ERROR_MEMORY. */
int attempt_open(struct port_scan *port, struct turn *turn, bool patient,
		 struct attempt **ret_attempt);
/* Says another probe on the same connection; the response goes on (formats.md 7.3). */
void attempt_ask(struct attempt *attempt, struct turn *turn);
/* Drops the connection, without news. NULL is fine. */
void attempt_free(struct attempt *attempt);

#endif
