#include "support.h"

#include "report/format/ignored.h"
#include "report/format/table.h"
#include "report/format/words.h"
#include "report/format/xml_text.h"
#include "report/port_facts.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

static void latency_has_two_digits_and_no_exponent(void **state)
{
	static const struct {
		uint64_t us;
		const char *text;
	} cases[] = {
		{0, "0.00"},      {1, "0.0000010"},  {6, "0.0000060"}, {85, "0.000085"},
		{99, "0.000099"}, {996, "0.00100"},  {1200, "0.0012"}, {99600, "0.100"},
		{2340000, "2.3"}, {9960000, "10.0"}, {12340000, "12"}, {123400000, "120"},
	};
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		buf_clear(&text);
		words_add_latency(&text, cases[i].us);
		assert_string_equal(buf_str(&text), cases[i].text);
	}
	buf_release(&text);
}

static void names_cannot_leave_their_line_or_talk_to_a_terminal(void **state)
{
	struct buf text = BUF_INIT;

	words_add_clean(&text, "a\nb\x1b[2Jc\x7f", false);
	assert_string_equal(buf_str(&text), "a*b*[2Jc*");
	buf_clear(&text);
	words_add_clean(&text, "a\nb\x1b[2Jc", true);
	assert_string_equal(buf_str(&text), "a*b\\x1B[2Jc");
	buf_release(&text);
}

static void xml_text_is_ascii_and_escaped(void **state)
{
	struct buf text = BUF_INIT;

	xml_add_text(&text, "<a b=\"c\" d='&'> --x ---- \n\r\t\x1b\x7f\xc3\xa9");
	assert_string_equal(buf_str(&text),
			    "&lt;a b=&quot;c&quot; d=&apos;&amp;&apos;&gt; -&#45;x "
			    "-&#45;&#45;&#45; &#xa;&#xd;&#x9;\\x1B\x7f&#xc3;&#xa9;");
	buf_release(&text);
}

static void tables_have_no_room_to_spare(void **state)
{
	struct table table;
	struct buf text = BUF_INIT;

	table_init(&table, 3);
	table_add(&table, "A", NULL);
	table_add(&table, "BB", NULL);
	table_add(&table, "C", NULL);
	table_end_row(&table);
	table_add(&table, "wide", NULL);
	table_end_row(&table);
	table_end_row(&table);
	table_add(&table, "", NULL);
	table_add(&table, "b", "\033[32m");
	table_add(&table, "c", NULL);
	table_add(&table, "too many", NULL);
	table_end_row(&table);
	table_print(&table, &text);
	assert_string_equal(buf_str(&text), "A    BB C\nwide\n     \033[32mb\033[0m  c\n");
	table_release(&table);
	buf_release(&text);
}

struct ports {
	struct plan plan;
	struct format_context context;
	struct host_report host;
	struct port_report list[2000];
	struct ignored ignored;
};

static void add(struct ports *ports, size_t count, enum port_state state, enum reason reason,
		enum transport transport)
{
	while (count--) {
		ports->list[ports->host.ports_count] = (struct port_report){
			.number = (uint16_t)ports->host.ports_count,
			.transport = (uint8_t)transport,
			.verdict = {.state = (uint8_t)state, .reason = (uint8_t)reason}};
		ports->host.ports_count++;
	}
}

static struct ports *some_ports(void)
{
	struct ports *ports = calloc(1, sizeof(*ports));

	assert_non_null(ports);
	ports->context.plan = &ports->plan;
	ports->host.ports = ports->list;
	return ports;
}

static const struct ignored *ignore(struct ports *ports, int verbosity, int debugging)
{
	ports->plan.output.verbosity = verbosity;
	ports->plan.output.debugging = debugging;
	ignored_of(&ports->context, &ports->host, &ports->ignored);
	return &ports->ignored;
}

static void the_limit_grows_with_verbosity_and_debugging(void **state)
{
	static const struct {
		int verbosity, debugging;
		size_t limit;
	} cases[] = {{0, 0, 25}, {1, 0, 50}, {2, 0, 75}, {1, 1, 550}, {2, 2, 1075}};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ports *ports = some_ports();

		add(ports, cases[i].limit, PORT_CLOSED, REASON_RESET, TRANSPORT_TCP);
		assert_int_equal(ignore(ports, cases[i].verbosity, cases[i].debugging)->shown,
				 cases[i].limit);
		add(ports, 1, PORT_CLOSED, REASON_RESET, TRANSPORT_TCP);
		assert_int_equal(ignore(ports, cases[i].verbosity, cases[i].debugging)->shown, 0);
		assert_int_equal(ignore(ports, 3, 3)->states_count, 0);
		free(ports);
	}
}

static void open_is_never_ignored_and_open_filtered_not_with_v3(void **state)
{
	struct ports *ports = some_ports();

	add(ports, 500, PORT_OPEN, REASON_SYN_ACK, TRANSPORT_TCP);
	add(ports, 500, PORT_OPEN_FILTERED, REASON_NO_RESPONSE, TRANSPORT_UDP);
	assert_int_equal(ignore(ports, 0, 0)->shown, 500);
	assert_int_equal(ignore(ports, 3, 0)->shown, 1000);
	ports->plan.output.open_only = true;
	add(ports, 1, PORT_CLOSED, REASON_RESET, TRANSPORT_TCP);
	assert_int_equal(ignore(ports, 9, 0)->shown, 1000);
	free(ports);
}

static void ignored_states_go_by_count_then_number(void **state)
{
	struct ports *ports = some_ports();
	const struct ignored *ignored;

	add(ports, 30, PORT_FILTERED, REASON_HOST_UNREACH, TRANSPORT_TCP);
	add(ports, 40, PORT_FILTERED, REASON_NO_RESPONSE, TRANSPORT_TCP);
	add(ports, 30, PORT_FILTERED, REASON_NO_RESPONSE, TRANSPORT_UDP);
	add(ports, 100, PORT_CLOSED, REASON_RESET, TRANSPORT_TCP);
	add(ports, 200, PORT_UNFILTERED, REASON_RESET, TRANSPORT_TCP);
	ignored = ignore(ports, 0, 0);
	assert_int_equal(ignored->states_count, 3);
	assert_int_equal(ignored->states[0], PORT_UNFILTERED);
	assert_int_equal(ignored->states[1], PORT_CLOSED);
	assert_int_equal(ignored->states[2], PORT_FILTERED);
	assert_int_equal(ignored->groups_count, 5);
	assert_int_equal(ignored->groups[2].count, 40);
	assert_int_equal(ignored->groups[3].reason, REASON_HOST_UNREACH);
	assert_int_equal(ignored->groups[4].transport, TRANSPORT_UDP);
	free(ports);
}

static void ports_of_a_group_are_written_as_runs(void **state)
{
	static const struct ignored_group group = {.state = PORT_CLOSED};
	struct ports *ports = some_ports();
	struct buf text = BUF_INIT;

	add(ports, 3, PORT_CLOSED, REASON_RESET, TRANSPORT_TCP);
	add(ports, 1, PORT_OPEN, REASON_SYN_ACK, TRANSPORT_TCP);
	add(ports, 1, PORT_CLOSED, REASON_RESET, TRANSPORT_TCP);
	add(ports, 1, PORT_CLOSED, REASON_RESET, TRANSPORT_UDP);
	add(ports, 2, PORT_CLOSED, REASON_RESET, TRANSPORT_TCP);
	ports->list[7].number = 65535;
	ignored_add_ports(&text, &ports->host, &group);
	assert_string_equal(buf_str(&text), "0-2,4,6,65535");
	buf_release(&text);
	free(ports);
}

static struct port_rules *some_rules(struct port_places *places)
{
	struct port_rules *rules = calloc(1, sizeof(*rules));

	assert_non_null(rules);
	portset_add_range(&rules->of[TRANSPORT_TCP], 0, 65535);
	portset_add(&rules->of[TRANSPORT_UDP], 63);
	portset_add(&rules->of[TRANSPORT_UDP], 64);
	port_places_init(places, rules);
	assert_int_equal(places->count, 65538);
	return rules;
}

static void facts_come_back_by_transport_and_number(void **state)
{
	struct port_places *places = calloc(1, sizeof(*places));
	struct port_rules *rules = some_rules(places);
	struct port_facts facts = {.places = places};
	struct verdict open = {.state = PORT_OPEN, .reason = REASON_SYN_ACK, .rtt_us = 7},
		       closed = {.state = PORT_CLOSED, .reason = REASON_RESET, .rtt_us = 7};
	struct port_report *ports;
	enum port_state before;
	size_t count;

	assert_int_equal(port_facts_add(&facts, TRANSPORT_UDP, 64, &closed, &before), 0);
	assert_int_equal(port_facts_add(&facts, TRANSPORT_TCP, 65535, &open, &before), 0);
	assert_int_equal(port_facts_add(&facts, TRANSPORT_UDP, 63, &closed, &before), 0);
	assert_int_equal(before, PORT_UNKNOWN);
	assert_int_equal(port_facts_add(&facts, TRANSPORT_UDP, 63, &open, &before), 0);
	assert_int_equal(before, PORT_CLOSED);
	assert_int_equal(port_facts_add(&facts, TRANSPORT_UDP, 62, &open, &before), ERROR_RANGE);
	assert_int_equal(port_facts_add(&facts, TRANSPORT_SCTP, 1, &open, &before), ERROR_RANGE);
	assert_int_equal(port_facts_list(&facts, &ports, &count), 0);
	assert_int_equal(count, 3);
	assert_int_equal(ports[0].number, 65535);
	assert_int_equal(ports[0].verdict.rtt_us, 7);
	assert_int_equal(ports[1].number, 63);
	assert_int_equal(ports[1].verdict.state, PORT_OPEN);
	assert_int_equal(ports[2].transport, TRANSPORT_UDP);
	alloc_free(ports);
	port_facts_release(&facts);
	free(rules);
	free(places);
}

/* A host that answers each port with another address, TTL and time. */
static void a_byte_a_port_is_enough_for_any_host(void **state)
{
	struct port_places *places = calloc(1, sizeof(*places));
	struct port_rules *rules = some_rules(places);
	struct port_facts facts = {.places = places};
	struct port_report *ports;
	enum port_state before;
	size_t count;
	uint32_t i;

	for (i = 0; i < 65536; i++) {
		struct verdict verdict = {.state = (uint8_t)(i % 3 + 1),
					  .reason = (uint8_t)(i % REASONS),
					  .ttl = (uint8_t)i,
					  .rtt_us = i,
					  .from = ip_v4(i)};

		assert_int_equal(
			port_facts_add(&facts, TRANSPORT_TCP, (uint16_t)i, &verdict, &before), 0);
	}
	assert_true(port_facts_bytes(&facts) < 100000);
	assert_int_equal(port_facts_list(&facts, &ports, &count), 0);
	assert_int_equal(count, 65536);
	for (i = 0; i < 65536; i++) {
		assert_int_equal(ports[i].number, i);
		assert_int_equal(ports[i].verdict.state, i % 3 + 1);
		assert_true(i > 60 || ports[i].verdict.ttl == i);
	}
	alloc_free(ports);
	port_facts_release(&facts);
	free(rules);
	free(places);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(latency_has_two_digits_and_no_exponent),
		cmocka_unit_test(names_cannot_leave_their_line_or_talk_to_a_terminal),
		cmocka_unit_test(xml_text_is_ascii_and_escaped),
		cmocka_unit_test(tables_have_no_room_to_spare),
		cmocka_unit_test(the_limit_grows_with_verbosity_and_debugging),
		cmocka_unit_test(open_is_never_ignored_and_open_filtered_not_with_v3),
		cmocka_unit_test(ignored_states_go_by_count_then_number),
		cmocka_unit_test(ports_of_a_group_are_written_as_runs),
		cmocka_unit_test(facts_come_back_by_transport_and_number),
		cmocka_unit_test(a_byte_a_port_is_enough_for_any_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
