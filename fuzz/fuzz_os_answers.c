/* A round of OS detection and whatever comes back: each packet of the input (its length in two
 * bytes, the milliseconds that pass after it in one, then an IPv4 packet) is given to a round
 * under way. Whatever it is, the round ends, and its print can be written. */
#include "detect/os/os4_round.h"
#include "detect/os/os_print.h"
#include "util/loop.h"
#include "util/reader.h"

#include <assert.h>
#include <string.h>

#define STEPS_MAX 2000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

struct scene {
	struct timing timing;
	struct rtt rtt;
	struct os4_round round;
	uint64_t now_ns;
};

/* The first byte of the input chooses what kind of round it is. */
static void begin(struct scene *scene, uint8_t kind)
{
	struct os4_round_config config = {
		.timing = &scene->timing,
		.rtt = &scene->rtt,
		.target = ip_v4(0x0a000002),
		.has_open = !(kind & 1),
		.closed_known = !(kind & 2),
		.one_port = kind & 4,
		.hold = kind & 8,
		.compatible = kind & 16,
		.local = kind & 32,
		.gap_ns = 25 * NS_PER_MS,
		.trusting = kind & 64,
		.udp_patient = kind & 128,
		.least_timeout_ns = 50 * NS_PER_MS,
	};
	unsigned i;

	timing_template(3, &scene->timing);
	rtt_init(&scene->rtt, &scene->timing);
	scene->now_ns = NS_PER_S;
	config.values = (struct os4_values){.seq = 7000,
					    .ack = 9000,
					    .echo_id = 77,
					    .udp_ttl = 60,
					    .open = 80,
					    .closed = 81,
					    .closed_udp = 33333};
	for (i = 0; i < OS4_PORTS; i++)
		config.values.src_port[i] = (uint16_t)(config.one_port ? 40000 : 40000 + i);
	os4_round_init(&scene->round, &config);
}

static void hear(struct scene *scene, struct reader *in)
{
	size_t count = read_be16(in);
	uint64_t pause_ns = read_u8(in) * NS_PER_MS;
	struct packet packet, quoted;
	const uint8_t *bytes;
	bool error;

	count = count > in->left_bytes ? in->left_bytes : count;
	bytes = reader_take(in, count);
	scene->now_ns += pause_ns;
	if (!bytes || !packet_parse(bytes, count, &packet))
		return;
	error = packet_is_icmp_error(&packet);
	if (!error || packet_parse_quote(&packet, &quoted))
		(void)os4_round_heard(&scene->round, &packet, error ? &quoted : NULL,
				      scene->now_ns - pause_ns);
}

static void run(struct scene *scene, struct reader *in)
{
	enum os4_probe probe;
	enum os4_step step;
	uint64_t wake_ns;
	int steps = 0;

	while ((step = os4_round_next(&scene->round, scene->now_ns, &probe, &wake_ns)) !=
	       OS4_ENDED) {
		assert(steps++ < STEPS_MAX);
		if (step == OS4_SEND)
			os4_round_sent(&scene->round, probe, scene->now_ns);
		else if (step == OS4_HOLD)
			os4_round_go_on(&scene->round);
		else if (in->left_bytes)
			hear(scene, in);
		else
			scene->now_ns = wake_ns;
	}
}

static void print(const struct os_facts *facts)
{
	const struct os_fingerprint *prints[] = {&facts->print};
	struct os_fingerprint again;
	struct buf text = BUF_INIT;
	int test;

	os_print_tests(prints, 1, true, &text);
	assert(os_print_parse((const char *)text.data, text.len, &again, NULL, NULL, NULL) == 0);
	for (test = 0; test < OS_TESTS; test++)
		assert(os_fingerprint_compare(&facts->print, &again, (enum os_test)test) == 0);
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct reader in = reader_of(data, bytes);
	struct os_facts facts;
	struct scene scene;

	if (!bytes)
		return 0;
	begin(&scene, read_u8(&in));
	run(&scene, &in);
	assert(scene.round.in_flight == 0);
	os_tests_judge(&scene.round.seen, &facts);
	os4_round_release(&scene.round);
	print(&facts);
	return 0;
}
