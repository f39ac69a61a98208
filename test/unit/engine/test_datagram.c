/* Datagrams without a connection, on 127.0.0.0/8. */
#include "support.h"

#include "engine/datagram.h"
#include "net/addrset.h"
#include "util/error.h"

#include <string.h>

#define LOOPBACK  0x7f000001
#define BROADCAST 0x7fffffff
#define WAIT_NS   (2 * NS_PER_S)

struct world {
	struct loop *loop;
	struct gate gate;
	struct timer end;
};

struct ear {
	struct world *world;
	struct datagram *datagram;
	uint16_t port;
	char heard[64];       /* "one|two|" */
	unsigned count, most; /* most: stops the loop then */
	struct ip_addr from;
	uint16_t from_port;
	bool closes;
};

static void give_up(void *self)
{
	loop_stop(self);
}

static void world_init(struct world *world)
{
	memset(world, 0, sizeof(*world));
	world->loop = loop_uv_new();
	assert_non_null(world->loop);
	world->end = (struct timer){.fire = give_up, .self = world->loop};
	loop_timer_set(world->loop, &world->end, loop_time_ns(world->loop) + WAIT_NS);
}

static void world_release(struct world *world)
{
	loop_timer_cancel(world->loop, &world->end);
	loop_free(world->loop);
}

static void on_heard(void *self, const struct ip_addr *from, uint16_t port, const uint8_t *bytes,
		     size_t count)
{
	struct ear *ear = self;
	size_t at = strlen(ear->heard);

	snprintf(ear->heard + at, sizeof(ear->heard) - at, "%.*s|", (int)count,
		 (const char *)bytes);
	ear->from = *from;
	ear->from_port = port;
	if (ear->closes) {
		datagram_close(ear->datagram);
		ear->datagram = NULL;
	}
	if (++ear->count == ear->most)
		loop_stop(ear->world->loop);
}

static int ear_try(struct ear *ear, struct world *world, struct ip_addr source)
{
	const struct datagram_config config = {
		.loop = world->loop,
		.gate = &world->gate,
		.family = IP_V4,
		.source = source,
		.ttl = -1,
		.heard = on_heard,
		.self = ear,
	};

	*ear = (struct ear){.world = world, .most = 1};
	return datagram_open(&config, &ear->datagram);
}

static void ear_open(struct ear *ear, struct world *world, struct ip_addr source)
{
	struct ip_addr addr;

	assert_int_equal(ear_try(ear, world, source), 0);
	assert_true(datagram_local(ear->datagram, &addr, &ear->port));
	assert_int_equal(datagram_pause(ear->datagram, false), 0);
}

static void say(struct ear *ear, uint32_t to, uint16_t port, const char *text, int expected)
{
	const struct ip_addr addr = ip_v4(to);

	assert_int_equal(datagram_send(ear->datagram, &addr, port, text, strlen(text)), expected);
}

static void it_hears_who_speaks(void **state)
{
	struct world world;
	struct ear one, other;

	world_init(&world);
	ear_open(&one, &world, ip_v4(LOOPBACK));
	ear_open(&other, &world, ip_v4(LOOPBACK));
	one.most = 3;
	say(&other, LOOPBACK, one.port, "first", 0);
	say(&other, LOOPBACK, one.port, "", 0);
	say(&other, LOOPBACK, one.port, "third", 0);
	loop_run(world.loop);
	assert_string_equal(one.heard, "first||third|");
	assert_int_equal(ip_v4_value(&one.from), LOOPBACK);
	assert_int_equal(one.from_port, other.port);
	assert_int_equal(world.gate.passed, 3);
	datagram_close(one.datagram);
	datagram_close(other.datagram);
	world_release(&world);
}

static void a_broadcast_reaches_all(void **state)
{
	struct world world;
	struct ear one, other;

	world_init(&world);
	ear_open(&one, &world, (struct ip_addr){0});
	ear_open(&other, &world, (struct ip_addr){0});
	say(&other, BROADCAST, one.port, "all", 0);
	loop_run(world.loop);
	assert_string_equal(one.heard, "all|");
	datagram_close(one.datagram);
	datagram_close(other.datagram);
	world_release(&world);
}

static void what_comes_while_it_is_paused_is_heard_later(void **state)
{
	struct world world;
	struct ear one, other;

	world_init(&world);
	ear_open(&one, &world, ip_v4(LOOPBACK));
	ear_open(&other, &world, ip_v4(LOOPBACK));
	datagram_pause(one.datagram, true);
	say(&other, LOOPBACK, one.port, "early", 0);
	say(&other, LOOPBACK, other.port, "self", 0);
	loop_run(world.loop);
	assert_string_equal(other.heard, "self|");
	assert_string_equal(one.heard, "");
	datagram_pause(one.datagram, false);
	loop_run(world.loop);
	assert_string_equal(one.heard, "early|");
	datagram_close(one.datagram);
	datagram_close(other.datagram);
	world_release(&world);
}

static void it_may_be_closed_by_who_hears_it(void **state)
{
	struct world world;
	struct ear one, other;

	world_init(&world);
	ear_open(&one, &world, ip_v4(LOOPBACK));
	ear_open(&other, &world, ip_v4(LOOPBACK));
	one.closes = true;
	say(&other, LOOPBACK, one.port, "first", 0);
	say(&other, LOOPBACK, one.port, "second", 0);
	loop_run(world.loop);
	assert_string_equal(one.heard, "first|");
	datagram_close(one.datagram);
	datagram_close(other.datagram);
	world_release(&world);
}

/* The port of one that is closed again answers with an ICMP error, which is nobody's end. */
static void a_refused_datagram_is_no_end(void **state)
{
	struct world world;
	struct ear one, other;
	unsigned i;

	world_init(&world);
	ear_open(&one, &world, ip_v4(LOOPBACK));
	ear_open(&other, &world, ip_v4(LOOPBACK));
	datagram_close(one.datagram);
	for (i = 0; i < 5; i++)
		say(&other, LOOPBACK, one.port, "nobody", 0);
	say(&other, LOOPBACK, other.port, "still here", 0);
	loop_run(world.loop);
	assert_string_equal(other.heard, "still here|");
	datagram_close(other.datagram);
	world_release(&world);
}

static void the_gate_is_asked(void **state)
{
	const struct ip_addr excluded = ip_v4(LOOPBACK + 1);
	struct world world;
	struct ear ear;

	world_init(&world);
	world.gate.excludes = addrset_new();
	assert_int_equal(addrset_add(world.gate.excludes, &excluded), 0);
	ear_open(&ear, &world, ip_v4(LOOPBACK));
	say(&ear, LOOPBACK + 1, 9, "x", ERROR_EXCLUDED);
	assert_int_equal(world.gate.refused, 1);
	datagram_close(ear.datagram);
	addrset_free(world.gate.excludes);
	world_release(&world);
}

static void what_cannot_be_is_said(void **state)
{
	static char long_text[70000];
	const struct datagram_config config = {.loop = loop_sim_new(0)};
	struct datagram *datagram;
	struct world world;
	struct ear ear;

	assert_int_equal(datagram_open(&config, &datagram), ERROR_UNSUPPORTED);
	loop_free(config.loop);
	world_init(&world);
	assert_int_equal(ear_try(&ear, &world, ip_v4(0xc0000201)), ERROR_SYSTEM);
	memset(long_text, 'x', sizeof(long_text) - 1);
	ear_open(&ear, &world, ip_v4(LOOPBACK));
	say(&ear, LOOPBACK, ear.port, long_text, ERROR_LIMIT);
	datagram_close(ear.datagram);
	datagram_close(NULL);
	world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_hears_who_speaks),
		cmocka_unit_test(a_broadcast_reaches_all),
		cmocka_unit_test(what_comes_while_it_is_paused_is_heard_later),
		cmocka_unit_test(it_may_be_closed_by_who_hears_it),
		cmocka_unit_test(a_refused_datagram_is_no_end),
		cmocka_unit_test(the_gate_is_asked),
		cmocka_unit_test(what_cannot_be_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
