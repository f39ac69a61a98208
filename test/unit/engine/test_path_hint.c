/* Which probe serves for the path, and how far a host seems to be. */
#include "support.h"

#include "engine/path_hint.h"

static struct verdict seen(enum port_state state, enum reason reason)
{
	struct verdict verdict = verdict_of(state, reason);

	verdict.attempt = 1;
	verdict.ttl = 61;
	return verdict;
}

static const struct scan_technique *technique(const char *name)
{
	const struct scan_technique *found = technique_by_name(name);

	assert_non_null(found);
	return found;
}

static void port(struct path_hint *hint, const char *name, uint16_t number, enum port_state state,
		 enum reason reason)
{
	const struct verdict verdict = seen(state, reason);

	path_hint_port(hint, technique(name), number, &verdict);
}

static void ping(struct path_hint *hint, const char *name, uint16_t number, enum port_state state)
{
	const struct verdict verdict = seen(state, REASON_UNKNOWN_RESPONSE);

	path_hint_ping(hint, technique(name), number, &verdict);
}

static void better_ones_replace_and_equal_ones_stay(void **state)
{
	struct path_hint hint = {.rank = 0};

	ping(&hint, "icmp-timestamp", 0, PORT_OPEN);
	assert_string_equal(hint.technique->name, "icmp-timestamp");
	assert_true(hint.is_ping);
	ping(&hint, "ip-protocol", 4, PORT_OPEN);
	assert_string_equal(hint.technique->name, "icmp-timestamp");
	port(&hint, "udp", 53, PORT_OPEN, REASON_UDP_RESPONSE);
	assert_int_equal(hint.port, 53);
	assert_true(hint.open);
	assert_false(hint.is_ping);
	port(&hint, "udp", 54, PORT_CLOSED, REASON_PORT_UNREACH);
	assert_int_equal(hint.port, 53);
	port(&hint, "tcp-syn", 80, PORT_OPEN, REASON_SYN_ACK);
	assert_int_equal(hint.port, 80);
	port(&hint, "sctp-init", 22, PORT_CLOSED, REASON_ABORT);
	assert_int_equal(hint.port, 22);
	port(&hint, "tcp-syn", 81, PORT_CLOSED, REASON_RESET);
	assert_int_equal(hint.port, 81);
	assert_false(hint.open);
	port(&hint, "tcp-ack", 82, PORT_UNFILTERED, REASON_RESET);
	assert_int_equal(hint.port, 82);
	port(&hint, "tcp-fin", 83, PORT_CLOSED, REASON_RESET);
	assert_int_equal(hint.port, 82);
	port(&hint, "ip-protocol", 1, PORT_OPEN, REASON_ECHO_REPLY);
	assert_int_equal(hint.port, 1);
	port(&hint, "ip-protocol", 17, PORT_OPEN, REASON_PORT_UNREACH);
	assert_int_equal(hint.port, 17);
	port(&hint, "tcp-ack", 82, PORT_UNFILTERED, REASON_RESET);
	assert_int_equal(hint.port, 17);
}

static void silence_filters_and_others_are_no_answer(void **state)
{
	struct path_hint hint = {.rank = 0};
	struct verdict other = seen(PORT_FILTERED, REASON_ADMIN_PROHIBITED);

	port(&hint, "udp", 53, PORT_OPEN_FILTERED, REASON_NO_RESPONSE);
	port(&hint, "tcp-syn", 80, PORT_FILTERED, REASON_NO_RESPONSE);
	port(&hint, "sctp-init", 80, PORT_FILTERED, REASON_PROTO_UNREACH);
	assert_true(ip_parse("10.0.0.254", &other.from));
	path_hint_port(&hint, technique("tcp-syn"), 80, &other);
	other.state = PORT_CLOSED;
	path_hint_port(&hint, technique("tcp-syn"), 80, &other);
	assert_null(hint.technique);
	assert_int_equal(path_hint_distance(&hint, 30), 0);
}

static void a_neighbours_answer_has_no_probe_to_offer(void **state)
{
	struct path_hint hint = {.rank = 0};

	ping(&hint, "neighbour", 0, PORT_OPEN);
	assert_null(hint.technique);
}

static void the_ttl_tells_the_distance(void **state)
{
	static const struct {
		uint8_t ttl, distance;
	} rows[] = {{0, 0},    {64, 1},  {63, 2},  {33, 0},  {35, 30}, {34, 0},  {32, 1},
		    {20, 13},  {128, 1}, {127, 2}, {99, 30}, {98, 0},  {255, 1}, {254, 2},
		    {226, 30}, {225, 0}, {1, 0},   {3, 30},  {65, 0},  {129, 0}};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct path_hint hint = {.ttl = rows[i].ttl};

		assert_int_equal(path_hint_distance(&hint, 30), rows[i].distance);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(better_ones_replace_and_equal_ones_stay),
		cmocka_unit_test(silence_filters_and_others_are_no_answer),
		cmocka_unit_test(a_neighbours_answer_has_no_probe_to_offer),
		cmocka_unit_test(the_ttl_tells_the_distance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
