/* The scenarios themselves, before a scan relies on them: a scanner without
 * any sense (each port once, 10,000 a second) must see what their names say. */
#include "net_world.h"

#include "packet/ethernet.h"
#include "util/error.h"
#include "util/hash.h"

#include <math.h>
#include <string.h>

#define PORTS     2000
#define EVERY_NS  100000
#define SRC_PORT  50000
#define OUR_SEQ   0x01020304u
#define ANSWERING (PORTS - 100) /* a hundred are silent */

struct naive {
	struct net_world world;
	struct timer timer;
	unsigned next; /* port; from 1 */
	unsigned wrong, heard;
	uint8_t said[65536]; /* flags of the first right answer; 0xff an ICMP error */
	uint64_t digest;
	struct link_sim_truth truth;
};

static void send_next(void *self)
{
	struct naive *naive = self;
	struct packet probe = {.kind = PACKET_TCP};
	uint8_t bytes[64];
	struct link_frame frame = {.bytes = bytes};

	probe.ip.src = naive->world.own[0];
	ip_parse("10.7.0.1", &probe.ip.dst);
	probe.ip.ttl = 64;
	probe.tcp.src_port = SRC_PORT;
	probe.tcp.dst_port = (uint16_t)naive->next;
	probe.tcp.seq = OUR_SEQ;
	probe.tcp.flags = TCP_SYN;
	frame.count = packet_build(&probe, bytes, sizeof(bytes));
	if (link_send(naive->world.link, &frame, 1) == 1)
		naive->next++;
	if (naive->next <= PORTS)
		loop_timer_set(naive->world.loop, &naive->timer,
			       loop_now_ns(naive->world.loop) + EVERY_NS);
}

static void hear_error(struct naive *naive, const struct packet *packet)
{
	struct packet quoted;

	if (packet_parse_quote(packet, &quoted) && quoted.kind == PACKET_TCP &&
	    quoted.tcp.seq == OUR_SEQ && quoted.tcp.src_port == SRC_PORT)
		naive->said[quoted.tcp.dst_port] = 0xff;
	else
		naive->wrong++;
}

static void hear(void *self, struct link *link, const struct link_seen *seen)
{
	struct naive *naive = self;
	struct packet packet;
	uint8_t *said;

	naive->heard++;
	naive->digest =
		hash_bytes((struct hash_key){naive->digest, seen->at_ns}, seen->bytes, seen->count);
	assert_true(packet_parse(seen->bytes, seen->count, &packet));
	if (packet.kind == PACKET_ICMP) {
		hear_error(naive, &packet);
		return;
	}
	said = &naive->said[packet.tcp.src_port];
	if (packet.tcp.ack != OUR_SEQ + 1 || packet.ip.src.bytes[3] != 1)
		naive->wrong++;
	else if (!*said)
		*said = packet.tcp.flags;
}

static void scan(struct naive *naive, const char *scenario, uint64_t seed)
{
	const struct link_config config = {.heard = hear, .self = naive};

	memset(naive, 0, sizeof(*naive));
	net_world_init(&naive->world, LINK_IP, seed);
	net_world_add(&naive->world, "10.7.0.0", "10.7.255.255");
	net_scenario(scenario)->apply(&naive->world);
	net_world_begin(&naive->world, &config);
	naive->timer = (struct timer){.fire = send_next, .self = naive};
	naive->next = 1;
	loop_timer_set(naive->world.loop, &naive->timer, 0);
	assert_int_equal(loop_run(naive->world.loop), 0);
	link_sim_truth(naive->world.link, &naive->truth);
	net_world_release(&naive->world);
}

static unsigned answered(const struct naive *naive)
{
	unsigned port, count = 0;

	for (port = 1; port <= PORTS; port++)
		count += naive->said[port] != 0;
	return count;
}

/* Nothing that was said is a lie: the scanner may have missed a port, not misread it. */
static void assert_true_to_the_script(const struct naive *naive)
{
	static const uint8_t expected[] = {
		[LINK_SIM_CLOSED] = TCP_RST | TCP_ACK,
		[LINK_SIM_OPEN] = TCP_SYN | TCP_ACK,
		[LINK_SIM_SILENT] = 0,
		[LINK_SIM_REJECTED] = 0xff,
	};
	unsigned port;

	for (port = 1; port <= PORTS; port++)
		if (naive->said[port])
			assert_int_equal(naive->said[port],
					 expected[net_world_state(&naive->world, TRANSPORT_TCP,
								  (uint16_t)port)]);
}

static void every_scenario_replays_by_its_seed(void **state)
{
	static struct naive naive;
	const struct net_scenario *all;
	uint64_t digest, seed;
	size_t count, i;

	all = net_scenarios(&count);
	for (i = 0; i < count; i++) {
		for (seed = 1; seed <= 3; seed++) {
			scan(&naive, all[i].name, seed);
			digest = naive.digest;
			scan(&naive, all[i].name, seed);
			assert_int_equal(naive.digest, digest);
			assert_in_range(answered(&naive), 1, PORTS);
		}
	}
}

static void quiet_scenarios_hide_nothing(void **state)
{
	static const char *const quiet[] = {"clean",  "reorder-5", "duplicates", "slow-line",
					    "jitter", "card-full", "policer-20k"};
	static struct naive naive;
	size_t i;

	for (i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++) {
		scan(&naive, quiet[i], 1);
		assert_int_equal(answered(&naive), ANSWERING);
		assert_true_to_the_script(&naive);
	}
}

static void losses_are_as_named(void **state)
{
	static const struct {
		const char *name;
		double share;
	} losses[] = {{"loss-1", 0.01}, {"loss-3", 0.03}, {"loss-10", 0.1}};
	static struct naive naive;
	size_t i;

	for (i = 0; i < 3; i++) {
		double stays = (1 - losses[i].share) * (1 - losses[i].share);
		double sigma = sqrt(ANSWERING * stays * (1 - stays));

		scan(&naive, losses[i].name, 1);
		assert_true(fabs(answered(&naive) - ANSWERING * stays) < 5 * sigma);
		assert_true_to_the_script(&naive);
	}
}

/* Our 2000 probes take 0.2 s: the bucket, and what came in meanwhile. */
static void limits_are_as_named(void **state)
{
	static struct naive naive;

	scan(&naive, "rst-200", 1);
	assert_in_range(answered(&naive), 3 + 10 + 200 + 38, 3 + 10 + 200 + 40);
	scan(&naive, "linux-icmp", 1);
	assert_int_equal(naive.truth.icmp_limited, 4); /* ten errors, six at once */
	assert_int_equal(answered(&naive), ANSWERING - 4);
}

static void forgeries_show_and_truth_is_among_them(void **state)
{
	static struct naive naive;

	scan(&naive, "forged", 1);
	assert_true(naive.truth.forged > 1000);
	assert_true(naive.wrong > 500);
	scan(&naive, "late", 1);
	assert_in_range(naive.truth.late, 50, 150);
	scan(&naive, "contradicted", 1);
	assert_in_range(naive.truth.contradicted, 100, 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_scenario_replays_by_its_seed),
		cmocka_unit_test(quiet_scenarios_hide_nothing),
		cmocka_unit_test(losses_are_as_named),
		cmocka_unit_test(limits_are_as_named),
		cmocka_unit_test(forgeries_show_and_truth_is_among_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
