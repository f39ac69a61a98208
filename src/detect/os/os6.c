/* Sends what the round says, when it says so, and notes what comes. */
#include "detect/os/os6_private.h"

#include "detect/os/os6_answers.h"
#include "net/route.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define PLACES        16u /* source ports of a host */
#define UDP_PLACE     OS6_TCP_PROBES
#define HOPS_LEAST    37u
#define HOPS          23u
#define FIRST_MOST_NS (100 * NS_PER_MS)
#define RANDOM_PORT   30000u
#define RANDOM_PORTS  14781u
#define NO_QUOTE      (-1)

static struct loop *loop_of(const struct os6 *os6)
{
	return os6->job->config->loop;
}

static const struct plan *plan_of(const struct os6 *os6)
{
	return os6->job->config->plan;
}

/* ---- the beginning ---- */

static uint16_t choose_udp(const struct system_order *order, struct random *random)
{
	if (order->closed_udp >= 0)
		return (uint16_t)order->closed_udp;
	if (order->unfiltered_udp >= 0)
		return (uint16_t)order->unfiltered_udp;
	return (uint16_t)(RANDOM_PORT + random_below(random, RANDOM_PORTS));
}

static void draw_base(struct os6 *os6, struct random *random)
{
	const struct system_order *order = os6->job->order;
	unsigned place = PLACES * (unsigned)random_below(random, TALK_PORTS / PLACES), i;
	struct os6_base *base = &os6->base;

	base->open_tcp = order->open_tcp;
	base->closed_tcp = order->closed_tcp;
	base->closed_udp = choose_udp(order, random);
	base->seq = (uint32_t)random_u64(random);
	base->hop_limit = plan_of(os6)->ttl > 0
				  ? (uint8_t)plan_of(os6)->ttl
				  : (uint8_t)(HOPS_LEAST + random_below(random, HOPS));
	for (i = 0; i < OS6_TCP_PROBES; i++) {
		base->tcp_ports[i] = talk_port(order->talks, place + i);
		base->acks[i] = (uint32_t)random_u64(random);
	}
	base->udp_port = talk_port(order->talks, place + UDP_PLACE);
}

static void begin(struct os6 *os6)
{
	const struct system_order *order = os6->job->order;
	struct os6_round_config config = {
		.tries = plan_of(os6)->system.tries,
		.sends_most = plan_of(os6)->system.probes_max,
		.scan_delay_ns = order->scan_delay_ns,
		.srtt_ns = order->srtt_ns,
		.first_ns =
			loop_now_ns(loop_of(os6)) + random_below(os6->job->random, FIRST_MOST_NS),
	};
	int probe;

	os6->local = talk_route(os6->talk)->local;
	os6->neighbour = !os6->local && talk_is_neighbour(os6->talk);
	os6->base.source = talk_route(os6->talk)->source;
	for (probe = 0; probe < OS6_PROBES; probe++)
		config.applies[probe] =
			os6_probe_applies(&os6->base, (enum os6_probe)probe, os6->neighbour);
	os6_round_init(&os6->round, &config);
}

/* ---- S1 to S6, of which the best set counts ---- */

static unsigned answered_of(const struct os6_reply *replies)
{
	unsigned count = 0, i;

	for (i = 0; i < OS6_SEQUENCE_PROBES; i++)
		count += replies[i].seen;
	return count;
}

static void keep_better_set(struct os6 *os6)
{
	if (answered_of(os6->print.replies) > answered_of(os6->set))
		memcpy(os6->set, os6->print.replies, sizeof(os6->set));
}

static void new_set(struct os6 *os6)
{
	keep_better_set(os6);
	memset(os6->print.replies, 0, sizeof(os6->set));
}

/* ---- the end ---- */

static void end(struct os6 *os6)
{
	if (os6->over)
		return;
	os6->over = true;
	loop_timer_cancel(loop_of(os6), &os6->timer);
	talk_close(os6->talk);
	os6->talk = NULL;
	keep_better_set(os6);
	memcpy(os6->print.replies, os6->set, sizeof(os6->set));
	os6_tell(os6);
}

static void give_up(struct os6 *os6)
{
	os6->incomplete = true;
	end(os6);
}

static void wake_at(struct os6 *os6, uint64_t at_ns)
{
	if (loop_timer_set(loop_of(os6), &os6->timer, at_ns) < 0)
		give_up(os6);
}

/* ---- sending ---- */

static void send_probe(struct os6 *os6, enum os6_probe probe)
{
	uint64_t sent_ns = 0, wait_ns = 0;
	struct os6_packet made;
	int r;

	os6_probe_make(&os6->base, probe, &made);
	r = talk_send(os6->talk, &made.packet, &sent_ns, &wait_ns);
	if (r == ERROR_LIMIT) {
		wake_at(os6, loop_time_ns(loop_of(os6)) + wait_ns);
		return;
	}
	if (r < 0) {
		os6_round_failed(&os6->round, probe);
	} else {
		os6->sent++;
		os6_round_sent(&os6->round, probe, sent_ns);
	}
	wake_at(os6, loop_now_ns(loop_of(os6)));
}

static void step(void *self)
{
	struct os6 *os6 = self;
	enum os6_probe probe;
	uint64_t wake_ns;

	switch (os6_round_next(&os6->round, loop_time_ns(loop_of(os6)), &probe, &wake_ns)) {
	case OS6_SEND:
		send_probe(os6, probe);
		return;
	case OS6_NEW_SET:
		new_set(os6);
		wake_at(os6, loop_now_ns(loop_of(os6)));
		return;
	case OS6_WAIT:
		wake_at(os6, wake_ns);
		return;
	default:
		end(os6);
	}
}

/* ---- the talk ---- */

static void way_changed(void *self, enum talk_way way)
{
	struct os6 *os6 = self;

	if (os6->over || way == TALK_ASKING || (way == TALK_READY && os6->begun))
		return;
	if (way != TALK_READY) {
		give_up(os6);
		return;
	}
	os6->begun = true;
	begin(os6);
	wake_at(os6, loop_now_ns(loop_of(os6)));
}

static bool is_expected(const void *self, enum os6_probe probe)
{
	const struct os6 *os6 = self;

	return os6_round_expects(&os6->round, probe);
}

/* How far it went, and whether U1's port is closed. IE2's quote counts more than U1's. */
static void note_quote(struct os6 *os6, enum os6_probe probe, const struct packet *packet,
		       const struct packet *quoted)
{
	if (probe != OS6_IE2 && probe != OS6_U1)
		return;
	if (probe == OS6_U1 && packet->icmp.type == ICMPV6_UNREACHABLE && packet->icmp.code == 4)
		os6->port_known = true;
	if (quoted->ip.ttl > os6->base.hop_limit ||
	    (os6->quoted_hops != NO_QUOTE && os6->quoted_by == OS6_IE2))
		return;
	os6->quoted_hops = os6->base.hop_limit - quoted->ip.ttl;
	os6->quoted_by = (int32_t)probe;
}

static uint64_t us_since(uint64_t begin_ns, uint64_t at_ns)
{
	return at_ns > begin_ns ? (at_ns - begin_ns) / NS_PER_US : 0;
}

static void heard(void *self, const struct packet *packet, const struct packet *quoted,
		  uint64_t at_ns)
{
	struct os6 *os6 = self;
	uint64_t sent_ns;
	int found;

	if (os6->over || !os6->begun)
		return;
	found = os6_answers(&os6->base, packet, quoted, is_expected, os6);
	if (found < 0)
		return;
	sent_ns = os6->round.asked[found].sent_ns;
	if (!os6_round_heard(&os6->round, (enum os6_probe)found, at_ns))
		return;
	talk_answered(os6->talk);
	os6_print_note(&os6->print, (enum os6_probe)found, packet,
		       us_since(os6->started_ns, sent_ns), us_since(os6->started_ns, at_ns));
	if (quoted)
		note_quote(os6, (enum os6_probe)found, packet, quoted);
	wake_at(os6, loop_now_ns(loop_of(os6)));
}

/* ---- a job ---- */

static void os6_free(void *probing)
{
	struct os6 *os6 = probing;

	if (!os6)
		return;
	loop_timer_cancel(loop_of(os6), &os6->timer);
	talk_close(os6->talk);
	alloc_free(os6);
}

static int os6_start(const struct os_job *job, void **ret_probing)
{
	struct os6 *os6 = alloc_zero(sizeof(*os6));
	struct talk_config talk = {
		.to = job->order->target->addr, .way = way_changed, .heard = heard, .self = os6};
	int r;

	if (!os6)
		return ERROR_MEMORY;
	os6->job = job;
	os6->timer = (struct timer){.fire = step, .self = os6};
	os6->started_ns = loop_now_ns(job->config->loop);
	os6->quoted_hops = NO_QUOTE;
	os6->base.target = job->order->target->addr;
	os6->print.flow_label = OS6_FLOW_LABEL;
	draw_base(os6, job->random);
	r = talk_open(job->order->talks, &talk, &os6->talk);
	if (r < 0)
		os6_free(os6);
	else
		*ret_probing = os6;
	return r;
}

const struct os_family os6_family = {.start = os6_start, .stop = os6_free};
