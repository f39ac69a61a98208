/* One port on its way through the probes. For the service scan only. */
#ifndef PORTOLAN_DETECT_SERVICE_PORT_SCAN_H
#define PORTOLAN_DETECT_SERVICE_PORT_SCAN_H

#include "detect/service/attempt.h"
#include "detect/service/port_finding.h"
#include "detect/service/rpc_grind.h"
#include "detect/service/service_scan.h"
#include "util/buf.h"

struct detect_work;

struct port_scan {
	struct port_scan *prev, *next; /* all under way, of the scan */
	struct service_scan *scan;
	struct detect_work *work;
	const struct detect_port *port;
	bool open;         /* known to be */
	bool tunnel;       /* inside TLS or DTLS now */
	bool listen_only;  /* the never-write list */
	bool one_by_one;   /* the server takes no second connection, or the user wants it so */
	bool connected;    /* at least once in this phase */
	bool unreachable;  /* the first connection was refused, or lost its way */
	bool wrapped;      /* the listener was closed without a word */
	bool speaking;     /* the listener had its time alone */
	bool greeted;      /* the server speaks first */
	bool past_listed;  /* the probes that name the port had their time alone */
	bool lent;         /* the listener's connection was used for a probe */
	bool heard;        /* anything at all */
	bool answers_late; /* a wait ended in silence */
	bool may_be_wrapped;
	bool settled; /* what waits is not waited for any longer */
	bool waits;   /* for room */
	bool ended;
	uint64_t started_ns, rtt_ns;
	unsigned under_way; /* attempts, but the one that only listens */
	uint32_t probes_sent;
	struct attempt *attempts;
	struct attempt *listener; /* among them: the NULL probe's; NULL none */
	struct attempt *spare;    /* the same when it is to ask the next question; NULL none */
	struct turns turns;
	struct found soft; /* the softmatch */
	struct timer deadline, wave, settle, lend, stagger;
	uint64_t next_start_ns;  /* of a probe, while another is under way */
	struct found reply;      /* what the port scan's own answer told */
	struct deferred look;    /* decide what is next, in the loop's next turn */
	struct rpc_grind *grind; /* which program it is; NULL none */
	struct found *program;   /* the match that it makes more of */
	char rpc_version[32], rpc_info[32];
	const char *rpc_name; /* NULL: not found */
	struct tls_memory *sessions;
	struct buf fingerprint; /* of what nothing recognised */
	struct port_finding finding;
	const struct service_facts *shown; /* owned: what the first handshake told; NULL none */
};

int port_scan_new(struct service_scan *scan, struct detect_work *work,
		  const struct detect_port *port, struct port_scan **ret_port);
/* Begins; it ends by service_scan_port_ended(), from the loop. */
void port_scan_start(struct port_scan *port);
void port_scan_free(struct port_scan *port); /* closes what is open, tells nobody */
/* An attempt of its has news. */
void port_scan_news(struct port_scan *port, struct attempt *attempt, enum attempt_news news);
/* What the handshake told, as long as the flow is there. */
void port_scan_keep_tls(struct port_scan *port, const struct flow *flow);
/* There may be room for connections again. */
void port_scan_kick(struct port_scan *port);

#endif
