/* -O in whole runs on a simulated packet network: what is found out, how often it is
 * tried, and what ends it. */
#include "raw_world.h"

#include "detect/os/os_db.h"
#include "detect/os/os_scan.h"
#include "util/alloc.h"

#include <stdlib.h>
#include <string.h>

#define MS(x) ((x)*NS_PER_MS)

/* What link_sim_plain looks like, and something that nothing looks like. */
#define POINTS                                                             \
	"MatchPoints\n"                                                    \
	"SEQ(TI=100%II=100)\nOPS(O1=20)\nT1(R=100%DF=20%S=20%A=20%F=30)\n" \
	"T5(R=100%S=20%A=20%F=30)\nU1(R=50%RIPL=100%RUD=100)\nIE(R=50%CD=100)\n\n"
#define CLASS "Class Some | Thing | 1.X | general purpose\nCPE cpe:/o:some:thing:1\n"
static const char simple[] =
	POINTS "Fingerprint Some Thing 1.0\n" CLASS "T1(R=Y%A=S+%F=AS)\nT5(R=Y%S=Z%A=S+%F=AR)\n"
	       "U1(R=Y%RUD=G)\nIE(R=Y%CD=Z)\n";
static const char other[] = POINTS "Fingerprint Another\n" CLASS
				   "SEQ(TI=BI%II=BI)\nT1(R=Y%A=Z%F=A)\nT5(R=N)\nU1(R=Y%RIPL=1)\n";

struct found {
	unsigned times;
	bool texts;
	uint64_t at_ns;
	enum system_result result;
	bool incomplete, unreliable, own_data;
	bool has_unfit;
	int32_t open, closed, closed_udp, distance;
	char by, name[64], print[2048];
	size_t samples, guesses;
	uint32_t rounds, sent;
};

struct watched {
	struct raw_world world;
	struct sink inner;
	struct os_db *db;
	struct os_scan *scan;
	struct system_detector detector;
	struct found found; /* of the last host that was told */
	unsigned told;
};

static void note(struct watched *watched, const struct system_facts *facts)
{
	struct found *found = &watched->found;

	watched->told++;
	*found = (struct found){
		.at_ns = loop_now_ns(watched->world.net.loop),
		.result = facts->result,
		.incomplete = facts->incomplete,
		.unreliable = facts->unreliable,
		.own_data = facts->own_data,
		.has_unfit = facts->unfit != NULL,
		.open = facts->open_tcp,
		.closed = facts->closed_tcp,
		.closed_udp = facts->closed_udp,
		.distance = facts->has_distance ? facts->distance : -1,
		.by = facts->distance_by,
		.samples = facts->samples,
		.guesses = facts->guesses_count,
		.rounds = facts->rounds,
		.sent = facts->probes_sent,
	};
	if (facts->matches_count)
		snprintf(found->name, sizeof(found->name), "%s", facts->matches[0].name);
	if (facts->fingerprint)
		snprintf(found->print, sizeof(found->print), "%s", facts->fingerprint);
}

static int observe(void *self, const struct observation *seen)
{
	struct watched *watched = self;

	if (seen->kind == OBSERVED_SYSTEM)
		note(watched, seen->system);
	return watched->inner.observe(watched->inner.self, seen);
}

static void left_out(void *self, const char *text)
{
	(void)self;
	fail_msg("%s", text);
}

static struct os_db *db_of(const char *text)
{
	const struct text_file file = {"some.fp", text, strlen(text)};
	struct os_db *db = NULL;
	struct diag diag = {0};

	if (os_db_parse(&file, 1, left_out, NULL, &db, &diag) < 0)
		fail_msg("%s", diag.text);
	return db;
}

/* -sS -O of a server at 10.7.0.1, five routers away. */
static struct link_sim_host *begin(struct watched *watched, const char *prints, bool own_data)
{
	struct raw_world *world = &watched->world;
	struct os_scan_config config = {
		.own_data = own_data, .version = "1", .platform = "sim", .plan = NULL};
	struct link_sim_host *host;

	memset(watched, 0, sizeof(*watched));
	raw_world_init(world, LINK_IP, 9);
	watched->inner = world->sink;
	world->sink = (struct sink){watched, observe};
	world->plan->system.wanted = true;
	world->plan->system.tries = 5;
	raw_world_technique(world, "tcp-syn");
	raw_world_ports(world, TRANSPORT_TCP, 79, 81);
	raw_world_target(world, "10.7.0.1");
	host = net_world_add(&world->net, "10.7.0.1", "10.7.0.1");
	world->net.stack.quote_bytes = 400;
	watched->db = db_of(prints);
	config.plan = world->plan;
	config.loop = world->net.loop;
	config.db = watched->db;
	assert_int_equal(os_scan_new(&config, &watched->scan), 0);
	watched->detector = os_scan_detector(watched->scan);
	world->systems = &watched->detector;
	return host;
}

static void end(struct watched *watched)
{
	raw_world_release(&watched->world);
	os_scan_free(watched->scan);
	os_db_free(watched->db);
}

static bool has_test(const struct watched *watched, const char *start)
{
	const char *at = strstr(watched->found.print, start);

	return at && at != watched->found.print && at[-1] == '\n';
}

static void a_perfect_match_ends_it(void **state)
{
	static struct watched watched;

	(void)state;
	begin(&watched, simple, false);
	raw_world_run(&watched.world);
	assert_int_equal(watched.told, 1);
	assert_int_equal(watched.found.result, SYSTEM_MATCHED);
	assert_string_equal(watched.found.name, "Some Thing 1.0");
	assert_int_equal(watched.found.rounds, 1);
	assert_int_equal(watched.found.samples, 6);
	assert_int_equal(watched.found.open, 80);
	assert_int_equal(watched.found.closed, 79);
	assert_true(watched.found.closed_udp >= 30000 && watched.found.closed_udp <= 44780);
	assert_int_equal(watched.found.distance, 1); /* simulated hosts quote TTLs as sent */
	assert_int_equal(watched.found.by, 'I');
	assert_false(watched.found.has_unfit);
	assert_false(watched.found.incomplete || watched.found.unreliable);
	assert_true(watched.found.guesses > 0);
	/* Of 16 probes T2 and T3 are not for hosts like this one; ports and pings were answered. */
	assert_true(watched.world.end.end.probes_answered >= 12);
	assert_true(watched.world.end.end.probes_answered <= watched.world.end.end.probes_sent);
	assert_true(has_test(&watched, "OPS(O1=M5B4") && has_test(&watched, "U1(R=Y"));
	end(&watched);
}

static unsigned rounds_of(struct watched *watched)
{
	raw_world_run(&watched->world);
	assert_int_equal(watched->told, 1);
	assert_true(watched->found.result == SYSTEM_NONE || watched->found.result == SYSTEM_NEAR);
	end(watched);
	return watched->found.rounds;
}

static void without_one_there_are_more_rounds(void **state)
{
	static struct watched watched;

	(void)state;
	begin(&watched, other, false);
	assert_int_equal(rounds_of(&watched), 5);
	begin(&watched, other, false);
	watched.world.plan->system.tries = 3;
	assert_int_equal(rounds_of(&watched), 3);
	/* A print that is not fit to be submitted gets two. */
	begin(&watched, other, false);
	watched.world.plan->timing.level = 5;
	assert_int_equal(rounds_of(&watched), 2);
}

/* 7.93 prints one of five. */
static void what_is_printed_is_of_one_round(void **state)
{
	static struct watched watched;
	const char *test;

	(void)state;
	begin(&watched, other, false);
	assert_int_equal(rounds_of(&watched), 5);
	assert_non_null(test = strstr(watched.found.print, "\nSEQ("));
	assert_null(strstr(test + 1, "\nSEQ("));
	assert_non_null(test = strstr(watched.found.print, "\nIE("));
	assert_null(strstr(test + 1, "\nIE("));
}

/* Source ports of SEQ 1. */
struct ports {
	uint16_t list[8];
	unsigned count;
};

static void note_port(void *self, uint64_t at_ns, enum link_sim_tap where, const uint8_t *bytes,
		      size_t count)
{
	struct ports *ports = self;
	struct packet packet;

	(void)at_ns;
	if (where != LINK_SIM_SENT || !packet_parse(bytes, count, &packet) ||
	    packet.kind != PACKET_TCP || packet.tcp.flags != TCP_SYN || packet.tcp.window != 1)
		return;
	assert_true(ports->count < 8);
	ports->list[ports->count++] = packet.tcp.src_port;
}

static void rounds_leave_from_ports_of_their_own(void **state)
{
	static struct watched watched;
	struct ports ports = {.count = 0};
	unsigned i, k;

	(void)state;
	begin(&watched, other, false);
	watched.world.net.config.tap = note_port;
	watched.world.net.config.tap_self = &ports;
	raw_world_run(&watched.world);
	assert_int_equal(ports.count, 5);
	for (i = 0; i < 5; i++)
		for (k = 0; k < i; k++)
			assert_true(abs(ports.list[i] - ports.list[k]) >= 21);
	end(&watched);
}

static void with_our_own_data_a_clear_round_is_enough(void **state)
{
	static struct watched watched;

	(void)state;
	begin(&watched, other, true);
	assert_int_equal(rounds_of(&watched), 1);
	/* Lost sequence replies make it unclear. */
	begin(&watched, other, true);
	net_world_lose(&watched.world.net, 0.2);
	assert_int_equal(rounds_of(&watched), 2);
}

static void probes_of_a_host_are_bounded(void **state)
{
	static struct watched watched;

	(void)state;
	begin(&watched, other, false);
	watched.world.plan->system.probes_max = 40;
	raw_world_run(&watched.world);
	assert_int_equal(watched.found.sent, 40);
	end(&watched);
}

static void loss_does_not_hide_the_system(void **state)
{
	static struct watched watched;
	unsigned found = 0, seed;

	(void)state;
	for (seed = 1; seed <= 20; seed++) {
		begin(&watched, simple, false);
		watched.world.net.config.seed = seed;
		net_world_lose(&watched.world.net, 0.03);
		raw_world_run(&watched.world);
		found += watched.found.result == SYSTEM_MATCHED;
		end(&watched);
	}
	assert_true(found >= 19);
}

static void without_an_open_port_what_is_left_is_asked(void **state)
{
	static struct watched watched;
	struct link_sim_host *host;

	(void)state;
	host = begin(&watched, other, false);
	host->ports_count = 0;
	raw_world_run(&watched.world);
	assert_int_equal(watched.told, 1);
	assert_true(watched.found.unreliable);
	assert_int_equal(watched.found.open, -1);
	assert_true(has_test(&watched, "T5(R=Y") && has_test(&watched, "IE(R=Y"));
	assert_false(has_test(&watched, "T1("));
	end(&watched);
}

static void with_a_limit_such_a_host_is_left_out(void **state)
{
	static struct watched watched;

	(void)state;
	begin(&watched, simple, false)->ports_count = 0;
	watched.world.plan->system.limit = true;
	raw_world_run(&watched.world);
	assert_int_equal(watched.told, 0);
	end(&watched);
	begin(&watched, simple, false);
	watched.world.plan->system.limit = true;
	raw_world_run(&watched.world);
	assert_int_equal(watched.told, 1);
	end(&watched);
}

static void one_source_port_will_do(void **state)
{
	static struct watched watched;

	(void)state;
	begin(&watched, simple, false);
	watched.world.plan->packets.has_source_port = true;
	watched.world.plan->packets.source_port = 4053;
	raw_world_run(&watched.world);
	assert_int_equal(watched.found.result, SYSTEM_MATCHED);
	assert_int_equal(watched.found.samples, 6);
	end(&watched);
}

static void a_hosts_time_can_run_out(void **state)
{
	static struct watched watched;

	(void)state;
	begin(&watched, other, false);
	watched.world.plan->timing.host_timeout_ns = MS(700);
	raw_world_run(&watched.world);
	assert_int_equal(watched.told, 0);
	assert_true(raw_world_find(&watched.world, "10.7.0.1")->timed_out);
	end(&watched);
}

static void a_user_can_end_it(void **state)
{
	static struct watched watched;
	struct timer timer = {.fire = raw_world_cancel, .self = &watched.world};

	(void)state;
	begin(&watched, other, false);
	assert_int_equal(loop_timer_set(watched.world.net.loop, &timer, MS(800)), 0);
	raw_world_run(&watched.world);
	assert_int_equal(watched.told, 0);
	assert_true(raw_world_find(&watched.world, "10.7.0.1")->incomplete);
	end(&watched);
}

static void a_lost_way_is_told(void **state)
{
	static struct watched watched;

	(void)state;
	begin(&watched, other, false);
	watched.world.net.config.lost_at_ns = MS(800);
	raw_world_run(&watched.world);
	assert_int_equal(watched.told, 1);
	assert_true(watched.found.incomplete);
	end(&watched);
}

static void memory_may_run_out(void **state)
{
	static struct watched watched;
	struct diag diag;
	long nth = 0;
	bool hit = true;

	(void)state;
	for (; hit; nth++) {
		begin(&watched, simple, true);
		raw_world_ready(&watched.world);
		alloc_fault_after(nth);
		if (raw_world_try(&watched.world, &diag) == 0)
			assert_true(run_is_finished(watched.world.run));
		hit = alloc_fault_hit();
		alloc_fault_after(-1);
		end(&watched);
	}
	assert_int_equal(watched.found.result, SYSTEM_MATCHED);
	assert_true(nth > 20);
}

/* ---- hosts at once ---- */

struct crowd {
	struct loop *loop;
	unsigned now, most, done;
	uint32_t late_ms;
};

struct system_work {
	struct crowd *crowd;
	struct system_order order;
	struct timer timer;
};

static void crowd_done(void *self)
{
	struct system_work *work = self;
	const struct system_order order = work->order;
	const struct system_facts facts = {.late_ms = work->crowd->late_ms};

	work->crowd->now--;
	work->crowd->done++;
	alloc_free(work);
	order.found(order.self, &facts);
	order.done(order.self);
}

static int crowd_start(void *self, const struct system_order *order, struct system_work **ret_work)
{
	struct crowd *crowd = self;
	struct system_work *work = alloc_zero(sizeof(*work));

	assert_non_null(work);
	assert_true(order->syn_ack.seen && order->syn_ack.window && order->srtt_ns);
	*work = (struct system_work){
		.crowd = crowd, .order = *order, .timer = {.fire = crowd_done, .self = work}};
	crowd->now++;
	crowd->most = crowd->now > crowd->most ? crowd->now : crowd->most;
	assert_int_equal(
		loop_timer_set(crowd->loop, &work->timer, loop_now_ns(crowd->loop) + MS(5000)), 0);
	*ret_work = work;
	return 0;
}

static void crowd_stop(void *self, struct system_work *work)
{
	struct crowd *crowd = self;

	crowd->now--;
	loop_timer_cancel(crowd->loop, &work->timer);
	alloc_free(work);
}

static void crowd_begin(struct watched *watched, struct crowd *crowd)
{
	begin(watched, other, false);
	raw_world_target(&watched->world, "10.8.0.0/24");
	(void)net_world_add(&watched->world.net, "10.8.0.0", "10.8.0.255");
	crowd->loop = watched->world.net.loop;
	watched->detector =
		(struct system_detector){.self = crowd, .start = crowd_start, .stop = crowd_stop};
}

static void hosts_wait_for_their_turn(void **state)
{
	static struct watched watched;
	struct crowd crowd = {.late_ms = 200};

	(void)state;
	crowd_begin(&watched, &crowd);
	raw_world_run(&watched.world);
	assert_int_equal(crowd.done, 257);
	assert_int_equal(crowd.most, 24);
	assert_int_equal(watched.told, 257);
	end(&watched);
}

static void more_are_asked_at_once_as_the_pace_holds(void **state)
{
	static struct watched watched;
	struct crowd crowd = {0};

	(void)state;
	crowd_begin(&watched, &crowd);
	raw_world_run(&watched.world);
	assert_int_equal(crowd.done, 257);
	assert_true(crowd.most > 60 && crowd.most <= 120);
	end(&watched);
}

static void those_that_wait_can_be_stopped(void **state)
{
	static struct watched watched;
	struct crowd crowd = {.late_ms = 200};
	struct timer timer = {.fire = raw_world_cancel, .self = &watched.world};

	(void)state;
	crowd_begin(&watched, &crowd);
	assert_int_equal(loop_timer_set(watched.world.net.loop, &timer, MS(8000)), 0);
	raw_world_run(&watched.world);
	assert_true(crowd.done >= 1 && crowd.done < 257);
	assert_int_equal(crowd.now, 0);
	end(&watched);
}

static void a_host_that_waits_has_a_clock_too(void **state)
{
	static struct watched watched;
	struct crowd crowd = {.late_ms = 200};

	(void)state;
	crowd_begin(&watched, &crowd);
	watched.world.plan->timing.host_timeout_ns = MS(12000);
	raw_world_run(&watched.world);
	assert_true(crowd.done >= 24 && crowd.done < 100);
	assert_true(raw_world_find(&watched.world, "10.8.0.255")->timed_out);
	end(&watched);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_perfect_match_ends_it),
		cmocka_unit_test(without_one_there_are_more_rounds),
		cmocka_unit_test(what_is_printed_is_of_one_round),
		cmocka_unit_test(rounds_leave_from_ports_of_their_own),
		cmocka_unit_test(with_our_own_data_a_clear_round_is_enough),
		cmocka_unit_test(probes_of_a_host_are_bounded),
		cmocka_unit_test(loss_does_not_hide_the_system),
		cmocka_unit_test(without_an_open_port_what_is_left_is_asked),
		cmocka_unit_test(with_a_limit_such_a_host_is_left_out),
		cmocka_unit_test(one_source_port_will_do),
		cmocka_unit_test(a_hosts_time_can_run_out),
		cmocka_unit_test(a_user_can_end_it),
		cmocka_unit_test(a_lost_way_is_told),
		cmocka_unit_test(memory_may_run_out),
		cmocka_unit_test(hosts_wait_for_their_turn),
		cmocka_unit_test(more_are_asked_at_once_as_the_pace_holds),
		cmocka_unit_test(those_that_wait_can_be_stopped),
		cmocka_unit_test(a_host_that_waits_has_a_clock_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
