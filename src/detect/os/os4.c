/* Drives rounds over a talk: sends what the round says, when it says so, judges what came,
 * and goes for another round as long as that can help. */
#include "detect/os/os4_private.h"

#include "net/route.h"
#include "util/alloc.h"
#include "util/error.h"

#define PLACES        64u /* source ports of a round; half-open connections stay with theirs */
#define LEAST_OWN_NS  (50 * NS_PER_MS)
#define GAP_NS        (25 * NS_PER_MS)
#define GAP_OWN_NS    (10 * NS_PER_MS)
#define RANDOM_PORT   30000u
#define RANDOM_PORTS  14781u
#define UDP_TTL_LEAST 51u
#define UDP_TTLS      14u
#define UDP_SUM_AT    (IPV4_HEADER_BYTES + 6)
#define SAMPLES       6u
#define RATIO_MOST    1.4
#define ROUNDS_OWN    2u /* what a second does not show a third will not */

static struct loop *loop_of(const struct os4 *os4)
{
	return os4->job->config->loop;
}

static const struct plan *plan_of(const struct os4 *os4)
{
	return os4->job->config->plan;
}

/* ---- a round's beginning ---- */

static uint16_t choose_port(const struct os4 *os4, int32_t known, int32_t else_known)
{
	if (known >= 0)
		return (uint16_t)known;
	if (else_known >= 0)
		return (uint16_t)else_known;
	return (uint16_t)(RANDOM_PORT + random_below(os4->job->random, RANDOM_PORTS));
}

static void draw_values(struct os4 *os4, struct os4_values *values)
{
	struct random *random = os4->job->random;
	unsigned i;

	*values = (struct os4_values){
		.seq = (uint32_t)random_u64(random),
		.ack = (uint32_t)random_u64(random),
		.echo_id = (uint16_t)random_u64(random),
		.udp_ttl = (uint8_t)(UDP_TTL_LEAST + random_below(random, UDP_TTLS)),
		.open = os4->open,
		.closed = os4->closed,
		.closed_udp = os4->closed_udp,
	};
	for (i = 0; i < OS4_PORTS; i++)
		values->src_port[i] = talk_port(os4->job->order->talks, os4->place + i);
	os4->place += PLACES;
}

/* The checksum that U1 leaves with. */
static uint16_t udp_checksum(const struct os4 *os4, const struct os4_values *values)
{
	uint8_t bytes[OS_UDP_TOTAL_BYTES] = {0};
	struct packet packet;

	os4_probe_build(OS4_U1, values, &packet);
	packet.ip.src = talk_route(os4->talk)->source;
	packet.ip.dst = os4->job->order->target->addr;
	packet.bad_sum = plan_of(os4)->packets.bad_sum;
	(void)packet_build(&packet, bytes, sizeof(bytes));
	return (uint16_t)(bytes[UDP_SUM_AT] << 8 | bytes[UDP_SUM_AT + 1]);
}

/* Is the print itself asked for, not only what it says? */
static bool wants_all(const struct os4 *os4)
{
	const struct plan *plan = plan_of(os4);

	return !os4->job->config->own_data || plan->system.all || plan->output.verbosity >= 2 ||
	       plan->output.debugging;
}

static unsigned probes_left(const struct os4 *os4)
{
	unsigned most = plan_of(os4)->system.probes_max;

	return most > os4->sent ? most - os4->sent : 0;
}

static void round_begin(struct os4 *os4)
{
	const struct os_scan_config *config = os4->job->config;
	const struct system_order *order = os4->job->order;
	struct os4_round_config round = {
		.timing = &config->plan->timing,
		.rtt = &os4->rtt,
		.target = order->target->addr,
		.has_open = order->open_tcp >= 0,
		.closed_known = order->closed_tcp >= 0,
		.one_port = config->plan->packets.has_source_port,
		.hold = !wants_all(os4),
		.local = talk_route(os4->talk)->local,
		.compatible = !config->own_data,
		.scan_delay_ns = order->scan_delay_ns,
		.gap_ns = config->own_data ? GAP_OWN_NS : GAP_NS,
		.trusting = config->own_data,
		.udp_patient = config->own_data && order->closed_udp >= 0,
		.least_timeout_ns =
			config->own_data ? LEAST_OWN_NS : config->plan->timing.min_rtt_ns,
		.probes_max = probes_left(os4),
	};

	draw_values(os4, &round.values);
	round.udp_checksum = udp_checksum(os4, &round.values);
	os4_round_init(&os4->round, &round);
	os4->in_round = true;
	os4->rounds++;
}

/* ---- a round's end ---- */

static double best_accuracy(const struct os_matches *matches)
{
	return matches->count ? matches->list[0].accuracy : 0;
}

/* Of equally good rounds the first. */
static bool is_better(const struct os4_kept *kept, const struct os4_kept *than)
{
	return !than || best_accuracy(&kept->matches) > best_accuracy(&than->matches);
}

/* What is told is of one round, as 7.93 does it. */
static void keep(struct os4 *os4, struct os4_kept *kept)
{
	if (!is_better(kept, os4->best)) {
		alloc_free(kept);
		return;
	}
	alloc_free(os4->best);
	os4->best = kept;
}

static void note_round(struct os4 *os4, const struct os_facts *facts)
{
	if (facts->timing_ratio > os4->timing_ratio)
		os4->timing_ratio = facts->timing_ratio;
	os4->send_failed = os4->send_failed || os4->round.send_failed;
	os4->udp_closed = os4->udp_closed || facts->closed_udp;
	os4->answered += os4->round.answers;
}

/* ERROR_MEMORY. */
static int round_judge(struct os4 *os4)
{
	const struct os_scan_config *config = os4->job->config;
	struct os4_kept *kept = alloc_zero(sizeof(*kept));
	int r = 0;

	if (!kept)
		return ERROR_MEMORY;
	os_tests_judge(&os4->round.seen, &kept->facts);
	note_round(os4, &kept->facts);
	if (config->db)
		r = os_match_all(config->db, &kept->facts.print, config->manner, &kept->matches);
	if (r < 0)
		alloc_free(kept);
	else
		keep(os4, kept);
	return r;
}

/* Replies were missing, or what they say is not clear. */
static bool is_unclear(const struct os4 *os4)
{
	const struct os_facts *facts = &os4->best->facts;

	if (!os4->round.config.has_open)
		return false;
	return (facts->samples && facts->samples < SAMPLES) ||
	       (facts->samples == SAMPLES && facts->ipid == OS_IPID_UNKNOWN) ||
	       os4->timing_ratio > RATIO_MOST;
}

static bool wants_another(const struct os4 *os4)
{
	struct os_conditions conditions = os4_conditions(os4);
	const struct plan_system *wish = &plan_of(os4)->system;

	if (!os4->best || os4->best->matches.perfect || os4->incomplete ||
	    os4->rounds >= os_rounds_most(&conditions, wish->tries) ||
	    (wish->probes_max && !probes_left(os4)))
		return false;
	return !os4->job->config->own_data || (os4->rounds < ROUNDS_OWN && is_unclear(os4));
}

static void end(struct os4 *os4)
{
	os4->over = true;
	loop_timer_cancel(loop_of(os4), &os4->timer);
	talk_close(os4->talk);
	os4->talk = NULL;
	os4_tell(os4);
}

static void wake_at(struct os4 *os4, uint64_t at_ns)
{
	if (loop_timer_set(loop_of(os4), &os4->timer, at_ns) == 0)
		return;
	os4->incomplete = true;
	end(os4);
}

static void round_end(struct os4 *os4)
{
	os4->in_round = false;
	if (round_judge(os4) < 0)
		os4->incomplete = true;
	os4_round_release(&os4->round);
	if (wants_another(os4))
		wake_at(os4,
			loop_now_ns(loop_of(os4)) + os_round_pause_ms(os4->rounds + 1) * NS_PER_MS);
	else
		end(os4);
}

/* ---- between groups ---- */

static uint32_t asked_tests(const struct os4 *os4, const struct os_fingerprint *print)
{
	uint32_t asked = 1u << OS_TEST_SEQ;
	int test;

	for (test = 0; test < OS_TESTS; test++)
		if (os_fingerprint_has(print, (enum os_test)test))
			asked |= 1u << test;
	if (os4->round.group)
		asked |= 1u << OS_TEST_U1 | 1u << OS_TEST_IE;
	return asked;
}

static bool is_settled(struct os4 *os4)
{
	struct os_facts facts;
	struct os_found found = {.print = &facts.print};
	const bool partial = os4->round.seen.partial;

	os4->round.seen.partial = true;
	os_tests_judge(&os4->round.seen, &facts);
	os4->round.seen.partial = partial;
	found.asked = asked_tests(os4, &facts.print);
	found.facts.has_distance = facts.has_distance;
	found.facts.distance = facts.distance;
	return os4->job->settled(os4->job->self, &found);
}

/* ---- sending ---- */

static void send_probe(struct os4 *os4, enum os4_probe probe)
{
	uint64_t sent_ns = 0, wait_ns = 0;
	struct packet packet;
	int r;

	os4_probe_build(probe, &os4->round.config.values, &packet);
	r = talk_send(os4->talk, &packet, &sent_ns, &wait_ns);
	if (r == ERROR_LIMIT) {
		wake_at(os4, loop_time_ns(loop_of(os4)) + wait_ns);
	} else if (r < 0) {
		os4_round_failed(&os4->round, probe);
		wake_at(os4, loop_now_ns(loop_of(os4)));
	} else {
		os4->sent++;
		os4_round_sent(&os4->round, probe, sent_ns);
		wake_at(os4, sent_ns);
	}
}

static void step(struct os4 *os4)
{
	enum os4_probe probe;
	uint64_t wake_ns;

	switch (os4_round_next(&os4->round, loop_time_ns(loop_of(os4)), &probe, &wake_ns)) {
	case OS4_SEND:
		send_probe(os4, probe);
		return;
	case OS4_WAIT:
		wake_at(os4, wake_ns);
		return;
	case OS4_HOLD:
		if (is_settled(os4))
			os4_round_cut(&os4->round);
		else
			os4_round_go_on(&os4->round);
		wake_at(os4, loop_now_ns(loop_of(os4)));
		return;
	default:
		round_end(os4);
	}
}

static void timer_fired(void *self)
{
	struct os4 *os4 = self;

	if (!os4->in_round)
		round_begin(os4);
	step(os4);
}

/* ---- the talk ---- */

static void way_changed(void *self, enum talk_way way)
{
	struct os4 *os4 = self;

	if (os4->over || way == TALK_ASKING || (way == TALK_READY && os4->begun))
		return;
	os4->begun = true;
	if (talk_route(os4->talk))
		os4->local = talk_route(os4->talk)->local;
	if (way == TALK_READY) {
		wake_at(os4, loop_now_ns(loop_of(os4)));
		return;
	}
	os4->incomplete = true;
	if (os4->in_round) {
		os4_round_cut(&os4->round);
		round_end(os4);
	} else {
		end(os4);
	}
}

static void heard(void *self, const struct packet *packet, const struct packet *quoted,
		  uint64_t at_ns)
{
	struct os4 *os4 = self;

	if (!os4->in_round || !os4_round_heard(&os4->round, packet, quoted, at_ns))
		return;
	talk_answered(os4->talk);
	wake_at(os4, loop_now_ns(loop_of(os4)));
}

/* ---- an order ---- */

static void os4_free(void *probing)
{
	struct os4 *os4 = probing;

	if (!os4)
		return;
	loop_timer_cancel(loop_of(os4), &os4->timer);
	talk_close(os4->talk);
	os4_round_release(&os4->round);
	alloc_free(os4->best);
	alloc_free(os4);
}

static void rtt_begin(struct os4 *os4)
{
	const struct system_order *order = os4->job->order;

	rtt_init(&os4->rtt, &plan_of(os4)->timing);
	if (!order->srtt_ns)
		return;
	os4->rtt.valid = true;
	os4->rtt.srtt_ns = order->srtt_ns;
	os4->rtt.timeout_ns = order->rto_ns;
	os4->rtt.rttvar_ns =
		order->rto_ns > order->srtt_ns ? (order->rto_ns - order->srtt_ns) / 4 : 0;
}

static int os4_start(const struct os_job *job, void **ret_probing)
{
	const struct system_order *order = job->order;
	struct os4 *os4 = alloc_zero(sizeof(*os4));
	struct talk_config talk = {
		.to = order->target->addr, .way = way_changed, .heard = heard, .self = os4};
	int r;

	if (!os4)
		return ERROR_MEMORY;
	os4->job = job;
	os4->timer = (struct timer){.fire = timer_fired, .self = os4};
	os4->started_ns = loop_now_ns(job->config->loop);
	os4->place = PLACES * (unsigned)random_below(job->random, TALK_PORTS / PLACES);
	os4->open = order->open_tcp >= 0 ? (uint16_t)order->open_tcp : 0;
	os4->closed = choose_port(os4, order->closed_tcp, order->unfiltered_tcp);
	os4->closed_udp = choose_port(os4, order->closed_udp, order->unfiltered_udp);
	rtt_begin(os4);
	r = talk_open(order->talks, &talk, &os4->talk);
	if (r < 0)
		os4_free(os4);
	else
		*ret_probing = os4;
	return r;
}

const struct os_family os4_family = {.start = os4_start, .stop = os4_free};
