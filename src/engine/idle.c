/* How the machine is built. It is always in one step (enum step), which is taken
 * when its time has come (next_ns) and says which comes then. A step may leave
 * one packet in `out`, which is given to the caller before anything else moves.
 *
 *	CHECK_ASK x6 -> CHECK_JUDGE -> SPOOF x4 -> SPOOF_WAIT -> [poll] -> SPOOF_JUDGE
 *	GROUP -> COUNT -> [poll] -> SEND x ports -> SETTLE -> [poll] -> SETTLED
 *	                    ^---------- RECOUNT after a nap -----------------'
 *
 * [poll] asks the zombie for its identification, up to three times. A poll that
 * was asked twice has lost a packet, and nobody knows which way: the counter may
 * have moved. What was counted with it does not hold.
 *
 * Ports are counted by groups. A group with nothing open costs one count. One
 * with something is cut in halves, which are counted each for itself, and so on
 * to single ports, which must be found open twice. `pieces` is the stack of what
 * is still to be counted. When fewer are found than the group promised, it is
 * done once again, slower. */
#include "engine/idle.h"

#include "engine/rtt.h"
#include "engine/technique_tcp.h"
#include "util/alloc.h"
#include "util/random.h"

#include <string.h>

#define MS 1000000ull

#define CHECK_ASKS     6u
#define CHECK_GAP_NS   (30 * MS)
#define CHECK_MOST_NS  (9000 * MS)
#define CHECK_FEW      4u
#define SPOOFS         4u
#define SPOOF_GAP_NS   (50 * MS)
#define SPOOF_WAIT_NS  (300 * MS)
#define GROUP_FEWEST   4u
#define GROUP_MOST     100u
#define GROUP_FIRST    30u
#define GROUP_CAREFUL  12u
#define DELAY_FIRST_NS (10 * MS)
#define DELAY_MORE_NS  (10 * MS)
#define DELAY_MOST_NS  (100 * MS)
#define SETTLE_NS      (50 * MS)
#define SETTLE_NEXT_NS (75 * MS)
#define SETTLES_MOST   6u
#define POLL_TRIES     3u
#define RECOUNTS       6u
#define PIECES_MAX     16u /* halving 100 leaves at most one piece a level: 8 */
#define VOTES_OPEN     2u

enum step {
	STEP_REST,
	STEP_CHECK_ASK,
	STEP_CHECK_JUDGE,
	STEP_SPOOF,
	STEP_SPOOF_WAIT,
	STEP_SPOOF_JUDGE,
	STEP_GROUP,
	STEP_COUNT,
	STEP_SEND,
	STEP_SETTLE,
	STEP_SETTLED,
	STEP_POLL,
};

/* Ports of the group that are to be counted together. */
struct piece {
	uint8_t at, count;
	uint8_t open_votes, votes; /* of a single port */
};

struct idle {
	struct idle_config config;
	struct random random;
	struct rtt rtt;
	enum idle_status status;
	enum ids_class class;
	const char *why;
	enum step step;
	uint64_t now_ns, next_ns;
	bool has_out; /* only within idle_next_packet() */
	struct packet out;

	/* The question last asked: answers come to its port and carry its key. */
	uint8_t number;
	uint32_t secret;
	uint64_t asked_ns;

	/* The check: answers by number. */
	bool checked, check_lost;
	unsigned asks, spoofs;
	uint64_t check_begin_ns;
	bool got[CHECK_ASKS];
	uint16_t ids[CHECK_ASKS];

	/* The poll, and the step that waits for it. */
	enum step poll_then;
	unsigned poll_tries;
	bool poll_lost; /* since poll_clear(): a question or an answer */
	uint16_t id;    /* what the last one said */
	uint32_t polls; /* answered since poll_clear() */

	/* The target. */
	struct ip_addr target;
	const uint16_t *ports;
	size_t ports_count, ports_done;

	/* The group, and the count under way for the topmost piece. */
	double group_size;
	uint64_t delay_ns;
	unsigned group_count, promised;
	bool again;
	bool open[GROUP_MOST];
	struct piece pieces[PIECES_MAX];
	unsigned pieces_count;
	unsigned sent, settles, recounts;
	uint16_t begin_id, settled_id;
};

static void go(struct idle *idle, enum step step, uint64_t wait_ns)
{
	idle->step = step;
	idle->next_ns = idle->now_ns + wait_ns;
}

static void fail(struct idle *idle, const char *why)
{
	idle->status = IDLE_FAILED;
	idle->why = why;
	idle->step = STEP_REST;
}

/* What is sent. */

static void put_out(struct idle *idle, uint8_t flags, uint16_t src_port, uint16_t port,
		    uint32_t cookie)
{
	const struct probe_request request = {
		.port = port, .src_port = src_port, .cookie = cookie, .scan_flags = -1};

	tcp_build(&request, flags, &idle->out);
	idle->has_out = true;
}

/* Never twice the same for two questions that an answer may confuse. */
static uint32_t key_of(const struct idle *idle, uint8_t number)
{
	return idle->secret + number * 0x9e3779b1u;
}

static uint16_t port_of(const struct idle *idle, uint8_t number)
{
	return (uint16_t)(idle->config.src_port + (idle->config.one_port ? 0 : number));
}

/* A SYN-ACK out of nowhere: the zombie resets it, with our ack as its seq. */
static void ask(struct idle *idle)
{
	idle->number++;
	idle->asked_ns = idle->now_ns;
	put_out(idle, TCP_SYN | TCP_ACK, port_of(idle, idle->number), idle->config.zombie_port,
		key_of(idle, idle->number));
	idle->out.ip.src = idle->config.own;
	idle->out.ip.dst = idle->config.zombie;
}

static void spoof_to_zombie(struct idle *idle)
{
	put_out(idle, TCP_SYN | TCP_ACK, idle->config.src_port, idle->config.zombie_port,
		(uint32_t)random_u64(&idle->random));
	idle->out.ip.src = idle->target;
	idle->out.ip.dst = idle->config.zombie;
}

static void spoof_to_target(struct idle *idle, uint16_t port)
{
	put_out(idle, TCP_SYN, idle->config.zombie_port, port, (uint32_t)random_u64(&idle->random));
	idle->out.ip.src = idle->config.zombie;
	idle->out.ip.dst = idle->target;
}

/* The poll. */

static void poll_clear(struct idle *idle)
{
	idle->polls = 0;
	idle->poll_lost = false;
}

static void poll(struct idle *idle, enum step then, uint64_t wait_ns)
{
	idle->poll_then = then;
	idle->poll_tries = 0;
	go(idle, STEP_POLL, wait_ns);
}

static void step_poll(struct idle *idle)
{
	idle->poll_lost = idle->poll_lost || idle->poll_tries;
	if (idle->poll_tries++ == POLL_TRIES) {
		go(idle, idle->poll_then, 0);
		return;
	}
	ask(idle);
	go(idle, STEP_POLL, idle->rtt.timeout_ns);
}

static void poll_answered(struct idle *idle, uint16_t id)
{
	idle->id = id;
	idle->polls++;
	go(idle, idle->poll_then, 0);
}

/* Is the zombie any good? */

static void step_check_ask(struct idle *idle)
{
	ask(idle);
	if (++idle->asks < CHECK_ASKS) {
		go(idle, STEP_CHECK_ASK, CHECK_GAP_NS);
		return;
	}
	idle->step = STEP_CHECK_JUDGE;
	idle->next_ns = idle->check_begin_ns + CHECK_MOST_NS;
}

static unsigned check_answers(const struct idle *idle, uint16_t ret_ids[CHECK_ASKS])
{
	unsigned count = 0, i;

	for (i = 0; i < CHECK_ASKS; i++)
		if (idle->got[i])
			ret_ids[count++] = idle->ids[i];
	return count;
}

static void step_check_judge(struct idle *idle)
{
	static const char *const no_use[] = {
		[IDS_UNKNOWN] = "its IP ID sequence class is: Busy server or unknown class",
		[IDS_ZERO] = "its IP ID sequence class is: All zeros",
		[IDS_CONSTANT] = "its IP ID sequence class is: Constant",
		[IDS_RANDOM] = "its IP ID sequence class is: Randomized",
	};
	uint16_t ids[CHECK_ASKS];
	unsigned count = check_answers(idle, ids);

	idle->class = ids_classify(ids, count);
	idle->check_lost = count < CHECK_ASKS;
	if (!count)
		fail(idle, "it does not answer: it is down, or behind a filter");
	else if (count < CHECK_FEW)
		fail(idle, "it answered too few of our questions");
	else if (!ids_count_packets(idle->class))
		fail(idle, no_use[idle->class]);
	else {
		idle->begin_id = ids[count - 1];
		go(idle, STEP_SPOOF, 0);
	}
}

static void check_answered(struct idle *idle, unsigned index, uint16_t id)
{
	uint16_t ids[CHECK_ASKS];

	idle->got[index] = true;
	idle->ids[index] = id;
	if (check_answers(idle, ids) == CHECK_ASKS)
		idle->next_ns = idle->now_ns;
}

static void step_spoof(struct idle *idle)
{
	spoof_to_zombie(idle);
	if (++idle->spoofs < SPOOFS)
		go(idle, STEP_SPOOF, SPOOF_GAP_NS);
	else
		go(idle, STEP_SPOOF_WAIT, SPOOF_WAIT_NS);
}

static void step_spoof_wait(struct idle *idle)
{
	poll_clear(idle);
	poll(idle, STEP_SPOOF_JUDGE, 0);
}

static uint32_t group_most(const struct idle *idle)
{
	uint32_t most = idle->config.group_max;

	return !most || most > GROUP_MOST ? GROUP_MOST : most;
}

/* Our own question moves the counter by one; the four packets should too. */
static void step_spoof_judge(struct idle *idle)
{
	uint32_t moved = ids_distance(idle->class, idle->begin_id, idle->id);
	uint32_t first;

	if (!idle->polls) {
		fail(idle, "it does not answer any more");
		return;
	}
	if (moved <= 1) {
		fail(idle, "packets in the target's name do not move its counter: it counts for "
			   "each host apart, or somebody on the way drops what we forge");
		return;
	}
	first = idle->check_lost || moved < SPOOFS + 1 ? GROUP_CAREFUL : GROUP_FIRST;
	idle->group_size = first < group_most(idle) ? first : group_most(idle);
	idle->checked = true;
	go(idle, STEP_GROUP, 0);
}

/* Counting. */

static struct piece *top(struct idle *idle)
{
	return &idle->pieces[idle->pieces_count - 1];
}

static void push(struct idle *idle, unsigned at, unsigned count)
{
	idle->pieces[idle->pieces_count++] =
		(struct piece){.at = (uint8_t)at, .count = (uint8_t)count};
}

static void begin_group(struct idle *idle)
{
	idle->promised = 0;
	push(idle, 0, idle->group_count);
	go(idle, STEP_COUNT, 0);
}

static void step_group(struct idle *idle)
{
	size_t left = idle->ports_count - idle->ports_done;

	if (!left) {
		idle->status = IDLE_READY;
		idle->step = STEP_REST;
		return;
	}
	idle->group_count = (unsigned)idle->group_size;
	if (idle->group_count > left)
		idle->group_count = (unsigned)left;
	idle->again = false;
	memset(idle->open, 0, sizeof(idle->open));
	begin_group(idle);
}

static void step_count(struct idle *idle)
{
	idle->sent = 0;
	idle->settles = 0;
	poll_clear(idle);
	poll(idle, STEP_SEND, 0);
}

static void slower(struct idle *idle)
{
	idle->group_size *= 0.8;
	if (idle->group_size < GROUP_FEWEST)
		idle->group_size = GROUP_FEWEST;
	if (idle->group_size > group_most(idle))
		idle->group_size = group_most(idle);
	idle->delay_ns += DELAY_MORE_NS;
	if (idle->delay_ns > DELAY_MOST_NS)
		idle->delay_ns = DELAY_MOST_NS;
}

static void faster(struct idle *idle)
{
	idle->group_size *= 1.1;
	if (idle->group_size > group_most(idle))
		idle->group_size = group_most(idle);
	idle->delay_ns = idle->delay_ns / 10 * 9;
}

/* What was counted cannot be. Perhaps the zombie has something to do: later. */
static void recount(struct idle *idle)
{
	static const uint16_t naps_s[RECOUNTS] = {1, 4, 9, 16, 25, 45};

	if (idle->recounts == RECOUNTS) {
		fail(idle, "its counter makes no sense, whatever we do: it is not idle");
		return;
	}
	slower(idle);
	go(idle, STEP_COUNT, naps_s[idle->recounts++] * 1000 * MS);
}

static uint64_t scaled(const struct idle *idle, uint64_t wait_ns)
{
	return idle->rtt.valid && idle->rtt.srtt_ns * 2 > wait_ns ? idle->rtt.srtt_ns * 2 : wait_ns;
}

static void step_send(struct idle *idle)
{
	const struct piece *piece = top(idle);

	if (!idle->sent) {
		if (idle->poll_lost) {
			recount(idle);
			return;
		}
		idle->begin_id = idle->settled_id = idle->id;
		poll_clear(idle);
	}
	spoof_to_target(idle, idle->ports[idle->ports_done + piece->at + idle->sent]);
	if (++idle->sent < piece->count)
		go(idle, STEP_SEND, idle->delay_ns);
	else
		go(idle, STEP_SETTLE, 0);
}

static void step_settle(struct idle *idle)
{
	poll(idle, STEP_SETTLED, scaled(idle, idle->settles ? SETTLE_NEXT_NS : SETTLE_NS));
	idle->settles++;
}

static void finish_group(struct idle *idle);

/* A single port is open when two counts say so; one that says no is believed,
 * unless another said yes. */
static bool vote(struct idle *idle, struct piece *piece, unsigned open)
{
	piece->votes++;
	piece->open_votes = (uint8_t)(piece->open_votes + open);
	if (piece->open_votes == VOTES_OPEN)
		idle->open[piece->at] = true;
	return piece->open_votes == VOTES_OPEN || piece->open_votes * 2 < piece->votes;
}

/* The topmost piece has `open` ports that are. */
static void counted(struct idle *idle, unsigned open)
{
	struct piece piece = *top(idle);
	unsigned half = piece.count / 2;

	idle->recounts = 0;
	if (piece.count == idle->group_count && !piece.votes)
		idle->promised = open;
	if (piece.count > 1 || vote(idle, top(idle), open))
		idle->pieces_count--;
	if (piece.count > 1 && open) {
		push(idle, piece.at + half, piece.count - half);
		push(idle, piece.at, half);
	}
	if (idle->pieces_count)
		go(idle, STEP_COUNT, 0);
	else
		finish_group(idle);
}

static void step_settled(struct idle *idle)
{
	uint32_t moved = ids_distance(idle->class, idle->settled_id, idle->id);
	uint32_t packets = ids_distance(idle->class, idle->begin_id, idle->id);

	if (idle->poll_lost) {
		recount(idle);
		return;
	}
	idle->settled_id = idle->id;
	/* Nothing but our own question since the last one: it has come to rest. */
	if (idle->settles < 2 || (moved != 1 && idle->settles < SETTLES_MOST))
		go(idle, STEP_SETTLE, 0);
	else if (moved != 1 || packets < idle->polls || packets - idle->polls > top(idle)->count)
		recount(idle);
	else
		counted(idle, packets - idle->polls);
}

static void give_verdicts(struct idle *idle)
{
	unsigned i;

	for (i = 0; i < idle->group_count; i++) {
		struct verdict verdict =
			idle->open[i] ? verdict_of(PORT_OPEN, REASON_IPID_CHANGE)
				      : verdict_of(PORT_CLOSED_FILTERED, REASON_NO_IPID_CHANGE);

		idle->config.verdict(idle->config.self, idle->ports[idle->ports_done + i],
				     &verdict);
	}
	idle->ports_done += idle->group_count;
}

static void finish_group(struct idle *idle)
{
	unsigned found = 0, i;

	for (i = 0; i < idle->group_count; i++)
		found += idle->open[i];
	if (found == idle->promised)
		faster(idle);
	else
		slower(idle);
	if (found < idle->promised && !idle->again) {
		idle->again = true;
		begin_group(idle);
		return;
	}
	give_verdicts(idle);
	go(idle, STEP_GROUP, 0);
}

/* The outside. */

struct idle *idle_new(const struct idle_config *config)
{
	struct idle *idle = alloc_zero(sizeof(*idle));

	if (!idle)
		return NULL;
	idle->config = *config;
	random_init(&idle->random, config->seed);
	idle->delay_ns = DELAY_FIRST_NS;
	rtt_init(&idle->rtt, config->timing);
	return idle;
}

void idle_free(struct idle *idle)
{
	alloc_free(idle);
}

/* Answers to the questions of a check that was stopped are not for this one. */
static void begin_check(struct idle *idle)
{
	idle->check_begin_ns = idle->now_ns;
	idle->secret = (uint32_t)random_u64(&idle->random);
	idle->number = 0;
	idle->asks = idle->spoofs = 0;
	memset(idle->got, 0, sizeof(idle->got));
}

void idle_scan(struct idle *idle, const struct ip_addr *target, const uint16_t *ports, size_t count,
	       uint64_t now_ns)
{
	if (idle->status != IDLE_READY)
		return;
	idle->now_ns = now_ns;
	idle->target = *target;
	idle->ports = ports;
	idle->ports_count = count;
	idle->ports_done = 0;
	idle->status = IDLE_WORKING;
	if (!idle->checked)
		begin_check(idle);
	go(idle, idle->checked ? STEP_GROUP : STEP_CHECK_ASK, 0);
}

void idle_stop(struct idle *idle)
{
	if (idle->status != IDLE_WORKING)
		return;
	idle->status = IDLE_READY;
	idle->step = STEP_REST;
	idle->has_out = false;
	idle->pieces_count = 0;
	idle->recounts = 0;
}

static void (*const steps[])(struct idle *idle) = {
	[STEP_CHECK_ASK] = step_check_ask,
	[STEP_CHECK_JUDGE] = step_check_judge,
	[STEP_SPOOF] = step_spoof,
	[STEP_SPOOF_WAIT] = step_spoof_wait,
	[STEP_SPOOF_JUDGE] = step_spoof_judge,
	[STEP_GROUP] = step_group,
	[STEP_COUNT] = step_count,
	[STEP_SEND] = step_send,
	[STEP_SETTLE] = step_settle,
	[STEP_SETTLED] = step_settled,
	[STEP_POLL] = step_poll,
};

bool idle_next_packet(struct idle *idle, uint64_t now_ns, struct packet *ret_packet)
{
	idle->now_ns = now_ns;
	while (!idle->has_out && idle->step != STEP_REST && idle->next_ns <= now_ns)
		steps[idle->step](idle);
	if (!idle->has_out)
		return false;
	idle->has_out = false;
	*ret_packet = idle->out;
	return true;
}

static uint8_t number_of_key(const struct idle *idle, uint32_t key)
{
	unsigned number = 0;

	while (number < 255 && key_of(idle, (uint8_t)number) != key)
		number++;
	return (uint8_t)number;
}

static bool is_answer(const struct idle *idle, const struct packet *packet, uint8_t *ret_number)
{
	if (packet->kind != PACKET_TCP || !(packet->tcp.flags & TCP_RST) ||
	    packet->tcp.src_port != idle->config.zombie_port ||
	    !ip_equal(&packet->ip.src, &idle->config.zombie) ||
	    !ip_equal(&packet->ip.dst, &idle->config.own))
		return false;
	*ret_number = idle->config.one_port
			      ? number_of_key(idle, packet->tcp.seq)
			      : (uint8_t)(packet->tcp.dst_port - idle->config.src_port);
	return packet->tcp.dst_port == port_of(idle, *ret_number) &&
	       packet->tcp.seq == key_of(idle, *ret_number);
}

void idle_heard(struct idle *idle, uint64_t now_ns, const struct packet *packet)
{
	bool checking = idle->step == STEP_CHECK_ASK || idle->step == STEP_CHECK_JUDGE;
	uint8_t number;

	if (!is_answer(idle, packet, &number))
		return;
	idle->now_ns = now_ns;
	if (number == idle->number)
		rtt_sample(&idle->rtt, idle->config.timing, (int64_t)(now_ns - idle->asked_ns));
	if (checking && number >= 1 && number <= idle->asks)
		check_answered(idle, number - 1u, packet->ip.id);
	else if (idle->step == STEP_POLL && idle->poll_tries && number == idle->number)
		poll_answered(idle, packet->ip.id);
}

uint64_t idle_wake_ns(const struct idle *idle)
{
	return idle->step == STEP_REST ? UINT64_MAX : idle->next_ns;
}

enum idle_status idle_status(const struct idle *idle)
{
	return idle->status;
}

const char *idle_why(const struct idle *idle)
{
	return idle->why ? idle->why : "";
}

enum ids_class idle_class(const struct idle *idle)
{
	return idle->class;
}

bool idle_is_checked(const struct idle *idle)
{
	return idle->checked;
}

uint64_t idle_ports_done(const struct idle *idle)
{
	return idle->ports_done;
}
