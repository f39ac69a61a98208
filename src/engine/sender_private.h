/* The inside of the sender: sender.c decides who sends, sender_flow.c and
 * sender_raw.c send and hear, sender_account.c draws the conclusions. */
#ifndef PORTOLAN_ENGINE_SENDER_PRIVATE_H
#define PORTOLAN_ENGINE_SENDER_PRIVATE_H

#include "engine/sender.h"
#include "engine/technique.h"

#define SENDER_LOCAL_PAUSE_NS (20 * NS_PER_MS)

/* A probe in flight: 64 bytes. */
struct probe {
	struct host *host;
	struct probe *prev, *next; /* of the host, by time of sending */
	struct probe *chain;       /* raw: of its bucket */
	struct flow *flow;         /* NULL: raw */
	uint64_t sent_ns;
	struct probe_again again;
	bool raw;
	bool listed;     /* raw: in the table of those in flight */
	bool holds_slot; /* counts in the windows */
	bool resend;     /* counts in the host's window of resends */
	bool canary;     /* a port that answers, asked again */
	bool last;       /* heard of, if nothing final: not to be asked again */
};

/* sender.c: records of probes. */
struct probe *sender_probe_new(struct sender *sender, struct host *host);
void sender_probe_free(struct sender *sender, struct probe *probe);
/* Its place in the windows is free again; the probe is still waited for. */
void sender_free_slot(struct sender *sender, struct probe *probe);
/* Ready again, or not: after anything that changed what the host may send. */
void sender_consider(struct sender *sender, struct host *host);
/* True when the host's probing is over (then it was finished). */
bool sender_settle(struct sender *sender, struct host *host);
/* How long an answer is waited for. */
uint64_t sender_timeout_ns(const struct sender *sender, const struct host *host);
/* The technique behind a prober's value. */
const struct scan_technique *sender_technique_of(const struct host *host, uint16_t value);

/* sender_account.c. `attempt` of the answered send; the probe is gone afterwards. */
void sender_answered(struct sender *sender, struct probe *probe, unsigned attempt,
		     struct verdict verdict, uint64_t rtt_ns);
void sender_silent(struct sender *sender, struct probe *probe);
/* Our own machine could not send. */
void sender_unsent(struct sender *sender, struct probe *probe, int system_error);
void sender_give_verdict(struct host *host, uint16_t value, unsigned attempt,
			 struct verdict verdict, uint64_t rtt_ns);
void sender_give_silent(struct sender *sender, struct host *host);
void sender_say_cap_hit(struct sender *sender, struct host *host);
/* What an answer, and a loss, say of the way to the host; rtt_ns 0: not measured. */
void sender_note_answer(struct sender *sender, struct host *host, uint64_t sent_ns,
			uint64_t rtt_ns);
void sender_note_loss(struct sender *sender, struct host *host, unsigned attempts, unsigned lost,
		      uint64_t lost_ns);
/* sender_delay.c: a period begins in which answers and drops are counted; what they mean for
 * the host's delay. */
void sender_delay_begin(struct sender *sender, struct host *host);
void sender_delay_answer(struct sender *sender, struct host *host, uint64_t sent_ns);
void sender_delay_loss(struct sender *sender, struct host *host, unsigned attempts, unsigned lost,
		       uint64_t lost_ns);
/* What was lost long ago says nothing of how fast the host may be asked now. */
bool sender_is_fresh(const struct sender *sender, const struct host *host, uint64_t lost_ns);
static inline bool sender_is_slowed(const struct sender *sender, const struct host *host)
{
	return host->scan_delay_ns > sender->plan->timing.scan_delay_ns;
}
/* A place in the host's window is free again without an answer. */
void sender_note_silence(struct sender *sender, struct host *host);
/* As many sends as the loss seen so far asks for. */
void sender_want_sends(struct sender *sender, struct host *host);
/* A host's technique is through: what loss hid among its silent ports. */
void sender_estimate_missed(struct sender *sender, const struct host *host, uint32_t silent);

/* sender_flow.c, sender_raw.c: 0, or ERROR_EXCLUDED, ERROR_LIMIT (no room just now) and
 * others (a pause helps). */
int sender_send_flow(struct sender *sender, struct host *host, struct probe *probe);
int sender_send_raw(struct sender *sender, struct host *host, struct probe *probe);

static inline bool sender_is_raw(const struct scan_technique *technique)
{
	return technique->probe != PROBE_FLOW;
}

void sender_raw_unlist(struct sender *sender, struct probe *probe);
/* The pace looks at what has become of the probes. */
void raw_judge_pace(struct sender *sender);

/* Closed ports answer by ICMP errors, which all systems ration. */
static inline bool sender_hears_by_icmp(const struct scan_technique *technique)
{
	return technique->probe == PROBE_UDP || technique->probe == PROBE_PROTOCOL;
}

/* sender_raw.c: a host's raw probing begins and ends; 0 or ERROR_*. */
int sender_raw_begin(struct sender *sender, struct host *host);
void sender_raw_end(struct sender *sender, struct host *host);
/* Before sending: may this host send now? False: its hop is being asked for. */
bool sender_raw_ready(struct sender *sender, struct host *host);
/* Sends a canary if one is due. */
void sender_raw_canary(struct sender *sender, struct host *host);

#endif
