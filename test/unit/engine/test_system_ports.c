/* Which ports of a host OS detection asks. */
#include "support.h"

#include "engine/system_ports.h"

static struct system_ports ports;

static void note(enum transport transport, uint16_t port, enum port_state state)
{
	system_ports_note(&ports, transport, port, state);
}

static void the_lowest_of_each_is_taken(void **state)
{
	(void)state;
	system_ports_init(&ports);
	assert_int_equal(system_ports_open(&ports), SYSTEM_NO_PORT);
	note(TRANSPORT_TCP, 443, PORT_OPEN);
	note(TRANSPORT_TCP, 22, PORT_OPEN);
	note(TRANSPORT_TCP, 9, PORT_CLOSED);
	note(TRANSPORT_TCP, 5, PORT_CLOSED);
	note(TRANSPORT_TCP, 6, PORT_CLOSED);
	note(TRANSPORT_UDP, 8, PORT_CLOSED);
	note(TRANSPORT_TCP, 3, PORT_UNFILTERED);
	note(TRANSPORT_SCTP, 1, PORT_OPEN);
	assert_int_equal(system_ports_open(&ports), 22);
	assert_int_equal(ports.closed_tcp, 5);
	assert_int_equal(ports.unfiltered_tcp, 3);
	assert_int_equal(ports.closed_udp, 8);
	assert_int_equal(ports.unfiltered_udp, SYSTEM_NO_PORT);
}

static void port_0_is_the_last_resort(void **state)
{
	(void)state;
	system_ports_init(&ports);
	note(TRANSPORT_TCP, 0, PORT_OPEN);
	note(TRANSPORT_TCP, 0, PORT_CLOSED);
	assert_int_equal(ports.closed_tcp, 0);
	assert_int_equal(system_ports_open(&ports), SYSTEM_NO_PORT); /* it is closed now */
	note(TRANSPORT_TCP, 0, PORT_OPEN);
	assert_int_equal(system_ports_open(&ports), 0);
	note(TRANSPORT_TCP, 80, PORT_OPEN);
	note(TRANSPORT_TCP, 81, PORT_CLOSED);
	assert_int_equal(system_ports_open(&ports), 80);
	assert_int_equal(ports.closed_tcp, 81);
}

static void wrapped_ports_are_passed_over(void **state)
{
	(void)state;
	system_ports_init(&ports);
	note(TRANSPORT_TCP, 22, PORT_OPEN);
	note(TRANSPORT_TCP, 80, PORT_OPEN);
	system_ports_note_wrapped(&ports, 22);
	assert_int_equal(system_ports_open(&ports), 80);
	system_ports_note_wrapped(&ports, 80);
	assert_int_equal(system_ports_open(&ports), 22);
	note(TRANSPORT_TCP, 21, PORT_OPEN); /* marks stay where they belong */
	assert_int_equal(system_ports_open(&ports), 21);
}

static void of_many_the_lowest_stay(void **state)
{
	unsigned port;

	(void)state;
	system_ports_init(&ports);
	for (port = 1000; port > 0; port--)
		note(TRANSPORT_TCP, (uint16_t)port, PORT_OPEN);
	assert_int_equal(ports.open_count, SYSTEM_OPEN_PORTS);
	for (port = 0; port < SYSTEM_OPEN_PORTS; port++)
		assert_int_equal(ports.open[port], port + 1);
	note(TRANSPORT_TCP, 1, PORT_FILTERED); /* a later verdict takes it out */
	assert_int_equal(system_ports_open(&ports), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_lowest_of_each_is_taken),
		cmocka_unit_test(port_0_is_the_last_resort),
		cmocka_unit_test(wrapped_ports_are_passed_over),
		cmocka_unit_test(of_many_the_lowest_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
