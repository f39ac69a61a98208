/* What a scan learns of a host's system on its way. */
#include "support.h"

#include "engine/system_hints.h"
#include "util/alloc.h"

#include <stdio.h>
#include <string.h>

static void note(struct system_hints **hints, uint16_t port, const char *product,
		 const char *ostype)
{
	char own[32];
	struct service_facts facts = {.name = "http", .product = own, .ostype = ostype};

	snprintf(own, sizeof(own), "%s", product);
	system_hints_note(hints, TRANSPORT_TCP, port, &facts);
	memset(own, 'x', sizeof(own) - 1);
}

static void texts_are_copied(void **state)
{
	struct system_hints *hints = NULL;

	(void)state;
	note(&hints, 80, "thing", "Linux");
	assert_int_equal(hints->count, 1);
	assert_string_equal(hints->list[0].product, "thing");
	assert_string_equal(hints->list[0].ostype, "Linux");
	assert_string_equal(hints->list[0].service, "http");
	assert_null(hints->list[0].cpe_o);
	system_hints_free(hints);
}

static void a_later_word_of_a_port_replaces_the_earlier(void **state)
{
	struct system_hints *hints = NULL;

	(void)state;
	note(&hints, 80, "first", NULL);
	note(&hints, 80, "second", NULL);
	assert_int_equal(hints->count, 1);
	assert_string_equal(hints->list[0].product, "second");
	system_hints_free(hints);
}

static void eight_are_kept_those_that_name_systems_first(void **state)
{
	struct system_hints *hints = NULL;
	uint16_t port;

	(void)state;
	for (port = 1; port <= 12; port++)
		note(&hints, port, "plain", port == 1 ? "One" : NULL);
	assert_int_equal(hints->count, 8);
	assert_int_equal(hints->list[7].port, 8);
	note(&hints, 99, "late", "Linux");
	assert_int_equal(hints->count, 8);
	assert_int_equal(hints->list[0].port, 1);
	assert_int_equal(hints->list[1].port, 99);
	assert_string_equal(hints->list[1].ostype, "Linux");
	system_hints_free(hints);
}

static void nothing_is_made_of_nothing(void **state)
{
	const struct service_facts facts = {.end = SERVICE_UNKNOWN};
	struct system_hints *hints = NULL;

	(void)state;
	system_hints_note(&hints, TRANSPORT_TCP, 80, &facts);
	assert_null(hints);
	alloc_fault_after(0);
	note(&hints, 80, "thing", NULL);
	alloc_fault_after(-1);
	assert_null(hints);
	system_hints_free(hints);
}

static void the_first_syn_ack_stays(void **state)
{
	struct system_syn_ack syn_ack = {0};
	struct packet packet = {.kind = PACKET_TCP};

	(void)state;
	packet.ip.ttl = 61;
	packet.ip.dont_fragment = true;
	packet.tcp.flags = TCP_RST | TCP_ACK;
	system_syn_ack_note(&syn_ack, &packet);
	assert_false(syn_ack.seen);
	packet.tcp.flags = TCP_SYN | TCP_ACK;
	packet.tcp.window = 1234;
	tcp_add_mss(&packet.tcp, 1460);
	system_syn_ack_note(&syn_ack, &packet);
	packet.tcp.window = 99;
	system_syn_ack_note(&syn_ack, &packet);
	assert_true(syn_ack.seen && syn_ack.dont_fragment);
	assert_int_equal(syn_ack.window, 1234);
	assert_int_equal(syn_ack.ttl, 61);
	assert_int_equal(syn_ack.options_bytes, 4);
	assert_memory_equal(syn_ack.options, "\2\4\5\xb4", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_copied),
		cmocka_unit_test(a_later_word_of_a_port_replaces_the_earlier),
		cmocka_unit_test(eight_are_kept_those_that_name_systems_first),
		cmocka_unit_test(nothing_is_made_of_nothing),
		cmocka_unit_test(the_first_syn_ack_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
