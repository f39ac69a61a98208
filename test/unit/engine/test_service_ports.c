/* Which ports of a host the service stage is given. */
#include "support.h"

#include "engine/service_ports.h"
#include "util/alloc.h"

#include <string.h>

static void open_ports_come_before_those_that_may_be(void **state)
{
	struct service_ports services = {0};

	(void)state;
	service_ports_note(&services, TRANSPORT_UDP, 53, PORT_OPEN_FILTERED);
	service_ports_note(&services, TRANSPORT_TCP, 443, PORT_OPEN);
	service_ports_note(&services, TRANSPORT_UDP, 161, PORT_OPEN);
	service_ports_note(&services, TRANSPORT_TCP, 22, PORT_OPEN);
	service_ports_note(&services, TRANSPORT_TCP, 23, PORT_CLOSED);
	service_ports_note(&services, TRANSPORT_SCTP, 5, PORT_OPEN);
	service_ports_sort(&services);
	assert_int_equal(services.count, 4);
	assert_int_equal(services.ports[0].number, 22);
	assert_int_equal(services.ports[1].number, 443);
	assert_int_equal(services.ports[2].number, 161);
	assert_int_equal(services.ports[3].number, 53);
	service_ports_release(&services);
}

static void a_later_verdict_replaces_an_earlier(void **state)
{
	struct service_ports services = {0};

	(void)state;
	service_ports_note(&services, TRANSPORT_UDP, 53, PORT_OPEN_FILTERED);
	service_ports_note(&services, TRANSPORT_UDP, 53, PORT_OPEN);
	service_ports_sort(&services);
	assert_int_equal(services.count, 1);
	assert_int_equal(services.ports[0].state, PORT_OPEN);
	service_ports_release(&services);
}

static void a_reply_is_kept_when_its_port_is_open(void **state)
{
	struct service_ports services = {0};
	static uint8_t large[8192];

	(void)state;
	service_ports_note_reply(&services, 53, (const uint8_t *)"abc", 3);
	service_ports_note(&services, TRANSPORT_UDP, 53, PORT_OPEN);
	service_ports_note_reply(&services, 99, large, sizeof(large));
	service_ports_note(&services, TRANSPORT_UDP, 99, PORT_CLOSED);
	service_ports_note_reply(&services, 100, large, sizeof(large));
	service_ports_note(&services, TRANSPORT_UDP, 100, PORT_OPEN);
	service_ports_sort(&services);
	assert_int_equal(services.count, 2);
	assert_int_equal(services.ports[0].reply_bytes, 3);
	assert_memory_equal(services.ports[0].reply, "abc", 3);
	assert_int_equal(services.ports[1].reply_bytes, 4096);
	service_ports_release(&services);
}

static void a_host_of_many_words_is_bounded(void **state)
{
	struct service_ports services = {0};
	static uint8_t large[4096];
	size_t kept = 0;

	(void)state;
	for (uint32_t port = 1; port <= 1000; port++) {
		service_ports_note_reply(&services, (uint16_t)port, large, sizeof(large));
		service_ports_note(&services, TRANSPORT_UDP, (uint16_t)port, PORT_OPEN);
	}
	service_ports_sort(&services);
	assert_int_equal(services.count, 1000);
	for (size_t i = 0; i < services.count; i++)
		kept += services.ports[i].reply_bytes;
	assert_int_equal(kept, 1 << 20);
	service_ports_release(&services);
}

static void of_a_liar_the_usual_ports_are_kept(void **state)
{
	struct service_ports services = {0};
	struct services *names = NULL;

	(void)state;
	assert_int_equal(services_builtin(&names), 0);
	for (uint32_t port = 1; port <= 2000; port++)
		service_ports_note(&services, TRANSPORT_TCP, (uint16_t)port, PORT_OPEN);
	service_ports_keep_usual(&services, names, 3);
	service_ports_sort(&services);
	assert_int_equal(services.count, 3);
	assert_int_equal(services.ports[0].number, 22);
	assert_int_equal(services.ports[1].number, 80);
	assert_int_equal(services.ports[2].number, 443);
	service_ports_keep_usual(&services, names, 3);
	assert_int_equal(services.count, 3);
	service_ports_release(&services);
	services_free(names);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_ports_come_before_those_that_may_be),
		cmocka_unit_test(a_later_verdict_replaces_an_earlier),
		cmocka_unit_test(a_reply_is_kept_when_its_port_is_open),
		cmocka_unit_test(of_a_liar_the_usual_ports_are_kept),
		cmocka_unit_test(a_host_of_many_words_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
