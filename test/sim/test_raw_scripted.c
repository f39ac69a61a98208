/* The raw engine on scripted networks: what each technique finds, what changes nothing,
 * and what is never sent. */
#include "raw_world.h"

#include <string.h>

static void a_syn_scan_finds_the_truth(void **state)
{
	struct raw_world world;
	struct raw_world_host *host;
	unsigned port;

	raw_world_init(&world, LINK_ETHERNET, 1);
	net_world_add(&world.net, "10.7.0.1", "10.7.0.3");
	raw_world_target(&world, "10.7.0.1-4");
	raw_world_technique(&world, "tcp-syn");
	raw_world_ports(&world, TRANSPORT_TCP, 1, 500);
	raw_world_run(&world);
	assert_int_equal(world.up, 3);
	assert_int_equal(world.down, 1);
	host = raw_world_find(&world, "10.7.0.2");
	for (port = 1; port <= 500; port++) {
		static const enum port_state states[] = {
			[LINK_SIM_CLOSED] = PORT_CLOSED,
			[LINK_SIM_OPEN] = PORT_OPEN,
			[LINK_SIM_SILENT] = PORT_FILTERED,
			[LINK_SIM_REJECTED] = PORT_FILTERED,
		};

		assert_int_equal(raw_world_port(host, TRANSPORT_TCP, (uint16_t)port).state,
				 states[net_world_state(&world.net, TRANSPORT_TCP,
							(uint16_t)port)]);
	}
	raw_world_release(&world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_syn_scan_finds_the_truth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
