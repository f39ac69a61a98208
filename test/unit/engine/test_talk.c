/* Talks: raw packets with one host, beside its port scan. */
#include "wire_fixture.h"

#include "engine/talk.h"

struct ear {
	unsigned ways, heard, quotes;
	enum talk_way way;
	struct packet last, quoted;
	uint64_t at_ns;
};

static void on_way(void *self, enum talk_way way)
{
	struct ear *ear = self;

	ear->ways++;
	ear->way = way;
}

static void on_heard(void *self, const struct packet *packet, const struct packet *quoted,
		     uint64_t at_ns)
{
	struct ear *ear = self;

	ear->heard++;
	ear->last = *packet;
	ear->at_ns = at_ns;
	if (quoted) {
		ear->quotes++;
		ear->quoted = *quoted;
	}
}

static void talks_listen(void *self, const struct packet *packet, uint64_t at_ns)
{
	talks_hear(((struct fixture *)self)->talks, packet, at_ns);
}

static void talks_see_hop(void *self, struct hop *hop)
{
	talks_hop_changed(((struct fixture *)self)->talks, hop);
}

static uint64_t wait_ns, told_sent, told_answered;

static uint64_t rate(void *self)
{
	return wait_ns;
}

static void told(void *self)
{
	told_sent++;
}

static void answered(void *self)
{
	told_answered++;
}

static void talks_fixture(struct fixture *fixture, enum link_layer layer)
{
	struct talks_config config = {
		.first_port = 40000, .wait_ns = rate, .sent = told, .answered = answered};

	fixture_init(fixture, layer);
	fixture->hears = talks_listen;
	fixture->sees_hop = talks_see_hop;
	fixture_begin(fixture);
	wait_ns = told_sent = told_answered = 0;
	config.wire = fixture->wire;
	config.loop = fixture->loop;
	assert_int_equal(talks_new(&config, &fixture->talks), 0);
}

static void talks_release(struct fixture *fixture)
{
	talks_free(fixture->talks);
	fixture_release(fixture);
}

static void stop(void *loop)
{
	loop_stop(loop);
}

/* What is due within a millisecond happens. */
static void step(struct fixture *fixture)
{
	struct timer timer = {.fire = stop, .self = fixture->loop};

	assert_int_equal(loop_timer_set(fixture->loop, &timer, loop_now_ns(fixture->loop) + MS(1)),
			 0);
	assert_int_equal(loop_run(fixture->loop), 0);
}

static struct talk *talk_with(struct fixture *fixture, const char *to, struct ear *ear)
{
	const struct talk_config config = {
		.to = addr_of(to), .way = on_way, .heard = on_heard, .self = ear};
	struct talk *talk;

	*ear = (struct ear){0};
	assert_int_equal(talk_open(fixture->talks, &config, &talk), 0);
	step(fixture);
	return talk;
}

static struct packet reply_from(const char *from)
{
	struct packet packet = syn();

	packet.ip.src = addr_of(from);
	packet.ip.dst = addr_of("10.0.0.1");
	packet.ip.ttl = 60;
	packet.tcp.flags = TCP_SYN | TCP_ACK;
	return packet;
}

static void each_hears_of_its_own_host(void **state)
{
	struct fixture fixture;
	struct ear one, other;
	struct talk *first, *second;
	struct packet packet = syn();

	talks_fixture(&fixture, LINK_IP);
	first = talk_with(&fixture, "10.7.0.7", &one);
	second = talk_with(&fixture, "10.7.0.8", &other);
	assert_int_equal(one.ways, 1);
	assert_int_equal(one.way, TALK_READY);
	assert_int_equal(talk_send(first, &packet, NULL, NULL), 0);
	packet = reply_from("10.7.0.7");
	say_packet(&fixture, &packet);
	assert_int_equal(one.heard, 1);
	assert_int_equal(one.quotes, 0);
	assert_int_equal(one.at_ns, 5);
	assert_int_equal(other.heard, 0);
	talk_close(first);
	say_packet(&fixture, &packet);
	assert_int_equal(one.heard, 1);
	talk_close(second);
	talks_release(&fixture);
}

static void errors_are_of_whom_they_quote(void **state)
{
	struct fixture fixture;
	struct ear ear;
	struct talk *talk;
	uint8_t quote[64];
	struct packet sent = syn(), error = {.kind = PACKET_ICMP, .ip.protocol = PROTOCOL_ICMP};

	talks_fixture(&fixture, LINK_IP);
	talk = talk_with(&fixture, "10.7.0.7", &ear);
	assert_int_equal(talk_send(talk, &sent, NULL, NULL), 0);
	error.ip.src = addr_of("10.3.0.3"); /* a router's */
	error.ip.dst = addr_of("10.0.0.1");
	error.ip.ttl = 60;
	error.icmp.type = ICMP_TIME_EXCEEDED;
	error.payload = quote;
	error.payload_bytes = packet_build(&sent, quote, sizeof(quote));
	say_packet(&fixture, &error);
	assert_int_equal(ear.heard, 1);
	assert_int_equal(ear.quotes, 1);
	assert_int_equal(ear.quoted.tcp.dst_port, 80);
	assert_int_equal(ear.last.icmp.type, ICMP_TIME_EXCEEDED);
	talk_close(talk);
	talks_release(&fixture);
}

static void what_it_measures_begins_when_the_packet_leaves(void **state)
{
	struct fixture fixture;
	struct ear ear;
	struct talk *talk;
	struct packet packet = syn();
	uint64_t sent_ns = 0;

	talks_fixture(&fixture, LINK_IP);
	talk = talk_with(&fixture, "10.7.0.7", &ear);
	packet.ip.ttl = 3;
	assert_int_equal(talk_send(talk, &packet, &sent_ns, NULL), 0);
	assert_int_equal(fixture.frames_count, 1); /* without a turn of the loop */
	assert_int_equal(parsed(&fixture, 0).ip.ttl, 3);
	assert_int_equal(sent_ns, loop_now_ns(fixture.loop));
	assert_int_equal(told_sent, 1);
	talk_close(talk);
	talks_release(&fixture);
}

static void counts_are_the_owners(void **state)
{
	struct fixture fixture;
	struct ear ear;
	struct talk *talk;

	talks_fixture(&fixture, LINK_IP);
	talk = talk_with(&fixture, "10.7.0.7", &ear);
	talk_answered(talk);
	talk_answered(talk);
	assert_int_equal(told_answered, 2);
	talk_close(talk);
	talks_release(&fixture);
}

static void a_rate_makes_it_wait(void **state)
{
	struct fixture fixture;
	struct ear ear;
	struct talk *talk;
	struct packet packet = syn();
	uint64_t back_ns = 0;

	talks_fixture(&fixture, LINK_IP);
	talk = talk_with(&fixture, "10.7.0.7", &ear);
	wait_ns = MS(7);
	assert_int_equal(talk_send(talk, &packet, NULL, &back_ns), ERROR_LIMIT);
	assert_int_equal(back_ns, MS(7));
	assert_int_equal(fixture.frames_count, 0);
	assert_int_equal(told_sent, 0);
	talk_close(talk);
	talks_release(&fixture);
}

static void the_way_is_told_when_it_is_known(void **state)
{
	struct fixture fixture;
	struct ear ear;
	struct talk *talk;
	struct packet packet = syn();
	uint64_t back_ns = 0;

	talks_fixture(&fixture, LINK_ETHERNET);
	talk = talk_with(&fixture, "10.0.0.9", &ear);
	assert_int_equal(ear.way, TALK_ASKING);
	assert_true(talk_is_neighbour(talk));
	assert_int_equal(talk_send(talk, &packet, NULL, &back_ns), ERROR_LIMIT);
	assert_int_not_equal(back_ns, 0);
	say_arp(&fixture, "10.0.0.9", &other_mac);
	step(&fixture);
	assert_int_equal(ear.ways, 2);
	assert_int_equal(ear.way, TALK_READY);
	assert_int_equal(talk_send(talk, &packet, NULL, NULL), 0);
	talk_close(talk);
	talks_release(&fixture);
}

static void there_may_be_no_way(void **state)
{
	struct fixture fixture;
	struct ear ear;
	struct talk *talk;
	struct packet packet = syn();

	talks_fixture(&fixture, LINK_IP);
	talk = talk_with(&fixture, "10.99.0.1", &ear);
	assert_int_equal(ear.way, TALK_LOST);
	assert_null(talk_route(talk));
	assert_int_equal(talk_send(talk, &packet, NULL, NULL), ERROR_SYSTEM);
	talk_close(talk);
	talks_release(&fixture);
}

static void the_gate_is_passed(void **state)
{
	struct fixture fixture;
	struct ear ear;
	struct talk *talk;
	struct packet packet = syn();
	struct ip_addr to = addr_of("10.7.0.7");

	talks_fixture(&fixture, LINK_IP);
	assert_non_null(fixture.gate.excludes = addrset_new());
	assert_int_equal(addrset_add(fixture.gate.excludes, &to), 0);
	talk = talk_with(&fixture, "10.7.0.7", &ear);
	assert_int_equal(talk_send(talk, &packet, NULL, NULL), ERROR_EXCLUDED);
	assert_int_equal(fixture.frames_count, 0);
	talk_close(talk);
	talks_release(&fixture);
}

static void ports_are_of_the_reserved_ones(void **state)
{
	struct fixture fixture;

	talks_fixture(&fixture, LINK_IP);
	assert_int_equal(talk_port(fixture.talks, 0), 40000);
	assert_int_equal(talk_port(fixture.talks, TALK_PORTS + 7), 40007);
	talks_release(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_hears_of_its_own_host),
		cmocka_unit_test(errors_are_of_whom_they_quote),
		cmocka_unit_test(what_it_measures_begins_when_the_packet_leaves),
		cmocka_unit_test(counts_are_the_owners),
		cmocka_unit_test(a_rate_makes_it_wait),
		cmocka_unit_test(the_way_is_told_when_it_is_known),
		cmocka_unit_test(there_may_be_no_way),
		cmocka_unit_test(the_gate_is_passed),
		cmocka_unit_test(ports_are_of_the_reserved_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
