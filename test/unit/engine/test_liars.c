/* Who is accused of answering for all ports, and who is not. */
#include "support.h"

#include "engine/liars.h"

#include <string.h>

static struct verdict said(enum port_state state, uint8_t ttl)
{
	struct verdict verdict = verdict_of(state, REASON_SYN_ACK);

	verdict.ttl = ttl;
	return verdict;
}

static void ports(struct liars *liars, unsigned count, enum port_state state, uint8_t ttl)
{
	const struct verdict verdict = said(state, ttl);

	while (count--)
		liars_note(liars, &verdict);
}

static void check(struct liars *liars, unsigned count, enum port_state state, uint8_t ttl)
{
	const struct verdict verdict = said(state, ttl);

	while (count--)
		liars_note_check(liars, &verdict);
}

static void segment(struct liars *liars, uint16_t window, uint8_t options_bytes)
{
	const struct tcp_header header = {
		.flags = TCP_SYN | TCP_ACK, .window = window, .options_bytes = options_bytes};

	liars_note_segment(liars, &header);
}

static enum liar_kind kind(const struct liars *liars)
{
	return liars_judge(liars).kind;
}

static void few_open_ports_are_not_suspicious(void **state)
{
	struct liars liars = {0};

	assert_false(liars_suspects(&liars));
	ports(&liars, 19, PORT_OPEN, 60); /* all of the few that were asked */
	assert_false(liars_suspects(&liars));
	ports(&liars, 31, PORT_OPEN, 60);
	ports(&liars, 13, PORT_CLOSED, 60); /* 50 of 63 */
	assert_false(liars_suspects(&liars));
	ports(&liars, 1, PORT_OPEN, 60);
	assert_true(liars_suspects(&liars));
	assert_int_equal(kind(&liars), LIAR_NONE); /* suspicion is no proof */
}

static void most_of_twenty_are_suspicious(void **state)
{
	struct liars liars = {0};

	ports(&liars, 17, PORT_OPEN, 60);
	ports(&liars, 2, PORT_CLOSED, 60);
	assert_false(liars_suspects(&liars));
	ports(&liars, 1, PORT_CLOSED, 60);
	assert_true(liars_suspects(&liars));
}

/* A server with two hundred ports open has not those that nobody asked for. */
static void many_open_ports_alone_are_honest(void **state)
{
	struct liars liars = {0};

	ports(&liars, 200, PORT_OPEN, 60);
	ports(&liars, 800, PORT_CLOSED, 60);
	assert_true(liars_suspects(&liars));
	check(&liars, LIARS_CHECKS, PORT_CLOSED, 60);
	assert_int_equal(kind(&liars), LIAR_NONE);
}

static void a_single_closed_port_at_random_clears_a_host(void **state)
{
	struct liars liars = {0};

	ports(&liars, 1000, PORT_OPEN, 60);
	check(&liars, LIARS_CHECKS - 1, PORT_OPEN, 60);
	check(&liars, 1, PORT_FILTERED, 0);
	assert_int_equal(kind(&liars), LIAR_NONE);
}

static void answers_that_differ_clear_a_host(void **state)
{
	struct liars liars = {0};

	ports(&liars, 1000, PORT_OPEN, 60);
	check(&liars, LIARS_CHECKS - 1, PORT_OPEN, 60);
	check(&liars, 1, PORT_OPEN, 61);
	assert_int_equal(kind(&liars), LIAR_NONE);
}

static void the_segment_tells_what_it_is(void **state)
{
	static const struct {
		uint16_t window;
		uint8_t options_bytes;
		enum liar_kind kind;
	} cases[] = {
		{0, 0, LIAR_SYN_PROXY},    {0, 4, LIAR_SYN_PROXY}, {65535, 0, LIAR_SYN_PROXY},
		{10, 0, LIAR_TARPIT},      {64, 0, LIAR_TARPIT},   {65, 0, LIAR_SYN_PROXY},
		{64240, 4, LIAR_ALL_OPEN}, {10, 4, LIAR_ALL_OPEN},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct liars liars = {0};

		ports(&liars, 100, PORT_OPEN, 60);
		check(&liars, LIARS_CHECKS, PORT_OPEN, 60);
		segment(&liars, cases[i].window, cases[i].options_bytes);
		assert_int_equal(kind(&liars), cases[i].kind);
		assert_int_equal(liars_judge(&liars).window, cases[i].window);
	}
}

/* Connections show no segment. */
static void without_a_segment_every_port_is_open(void **state)
{
	struct liars liars = {0};

	ports(&liars, 30, PORT_OPEN, 0);
	check(&liars, LIARS_CHECKS, PORT_OPEN, 0);
	assert_int_equal(kind(&liars), LIAR_ALL_OPEN);
	assert_false(liars_judge(&liars).has_segment);
}

/* What comes another number of hops than the pings' answers is not from the host. */
static void another_distance_is_a_proxy(void **state)
{
	struct liars liars = {0};

	liars_note_ping(&liars, REASON_RESET, 250); /* TCP: may be the proxy's */
	ports(&liars, 100, PORT_OPEN, 250);
	check(&liars, LIARS_CHECKS, PORT_OPEN, 250);
	segment(&liars, 64240, 4);
	assert_int_equal(kind(&liars), LIAR_ALL_OPEN);
	liars_note_ping(&liars, REASON_ECHO_REPLY, 59); /* 5 hops, as 250 has */
	assert_int_equal(kind(&liars), LIAR_ALL_OPEN);
	liars_note_ping(&liars, REASON_ECHO_REPLY, 55);
	assert_int_equal(kind(&liars), LIAR_SYN_PROXY);
	assert_int_equal(liars_judge(&liars).ttl, 250);
	assert_int_equal(liars_judge(&liars).other_ttl, 55);
}

/* -p-: there is no port left that was not asked for. */
static void nearly_all_of_all_ports_are_proof(void **state)
{
	struct liars liars = {.checked_listed = true};

	ports(&liars, 60000, PORT_OPEN, 60);
	ports(&liars, 5535, PORT_CLOSED, 60);
	check(&liars, LIARS_CHECKS, PORT_OPEN, 60);
	segment(&liars, 64240, 4);
	assert_int_equal(kind(&liars), LIAR_ALL_OPEN);
}

static void listed_ports_prove_nothing_of_fewer(void **state)
{
	struct liars liars = {.checked_listed = true};

	ports(&liars, 40000, PORT_OPEN, 60);
	ports(&liars, 25535, PORT_CLOSED, 60);
	check(&liars, LIARS_CHECKS, PORT_OPEN, 60);
	assert_int_equal(kind(&liars), LIAR_NONE);
}

static void a_host_that_resets_all_is_honest(void **state)
{
	struct liars liars = {0};

	liars_note_ping(&liars, REASON_ECHO_REPLY, 250); /* another TTL, the same way */
	ports(&liars, 998, PORT_CLOSED, 59);
	ports(&liars, 2, PORT_OPEN, 59);
	assert_false(liars_suspects(&liars));
	check(&liars, LIARS_CHECKS, PORT_CLOSED, 59);
	assert_int_equal(kind(&liars), LIAR_NONE);
}

static void resets_from_elsewhere_are_a_firewall(void **state)
{
	struct liars liars = {0};

	ports(&liars, 990, PORT_CLOSED, 250);
	ports(&liars, 2, PORT_OPEN, 55);
	ports(&liars, 8, PORT_CLOSED, 55); /* let through, and closed */
	assert_true(liars_suspects(&liars));
	assert_int_equal(kind(&liars), LIAR_NONE);
	check(&liars, LIARS_CHECKS, PORT_CLOSED, 250);
	assert_int_equal(kind(&liars), LIAR_RST_FIREWALL);
	assert_int_equal(liars_judge(&liars).ttl, 250);
	assert_int_equal(liars_judge(&liars).other_ttl, 55);
}

/* Several ways to the host, of several lengths, and no firewall. */
static void resets_of_many_distances_are_no_firewall(void **state)
{
	struct liars liars = {0};

	ports(&liars, 500, PORT_CLOSED, 55);
	ports(&liars, 498, PORT_CLOSED, 54);
	ports(&liars, 2, PORT_OPEN, 53);
	assert_false(liars_suspects(&liars));
}

static void an_open_port_as_far_clears_the_resets(void **state)
{
	struct liars liars = {0};

	ports(&liars, 990, PORT_CLOSED, 250);
	ports(&liars, 2, PORT_OPEN, 55);
	ports(&liars, 1, PORT_OPEN, 123); /* 128 - 5 */
	assert_false(liars_suspects(&liars));
}

static void it_covers_ports_with_the_same_answer(void **state)
{
	const struct liar_finding proxy = {.kind = LIAR_SYN_PROXY, .ttl = 250};
	const struct liar_finding firewall = {.kind = LIAR_RST_FIREWALL, .ttl = 250};
	const struct liar_finding none = {0};
	struct verdict verdict = said(PORT_OPEN, 250);

	assert_true(liar_covers(&proxy, &verdict));
	assert_false(liar_covers(&firewall, &verdict));
	verdict = said(PORT_OPEN, 55);
	assert_false(liar_covers(&proxy, &verdict));
	verdict = said(PORT_CLOSED, 250);
	assert_false(liar_covers(&proxy, &verdict));
	assert_true(liar_covers(&firewall, &verdict));
	verdict = said(PORT_UNKNOWN, 0);
	assert_false(liar_covers(&none, &verdict));
}

static void many_looks_are_survived(void **state)
{
	struct liars liars = {0};
	unsigned ttl;

	for (ttl = 1; ttl < 256; ttl++)
		ports(&liars, 2, PORT_CLOSED, (uint8_t)ttl);
	ports(&liars, 600, PORT_OPEN, 60);
	assert_int_equal(liars.asked, 1110);
	check(&liars, LIARS_CHECKS, PORT_OPEN, 60);
	assert_int_not_equal(kind(&liars), LIAR_NONE);
}

static void kinds_have_names(void **state)
{
	enum liar_kind each;

	for (each = LIAR_NONE + 1; each < LIAR_KINDS; each++)
		assert_int_equal(liar_kind_parse(liar_kind_name(each)), each);
	assert_int_equal(liar_kind_parse("none"), LIAR_NONE);
	assert_int_equal(liar_kind_parse("politician"), LIAR_NONE);
}

static void sentences_name_host_and_answer(void **state)
{
	const struct liar_finding proxy = {.kind = LIAR_SYN_PROXY, .ttl = 255, .has_segment = true};
	const struct liar_finding firewall = {
		.kind = LIAR_RST_FIREWALL, .ttl = 250, .other_ttl = 55};
	char text[400];

	liar_sentence(&proxy, "10.0.0.7", text, sizeof(text));
	assert_string_equal(text, "Note: 10.0.0.7 answers every TCP port alike (SYN-ACK without "
				  "options, window 0, TTL 255), even ports that were not to be "
				  "scanned: a SYN proxy or a trap stands before it; its open ports "
				  "say little.");
	liar_sentence(&firewall, "10.0.0.7", text, sizeof(text));
	assert_non_null(
		strstr(text, "(TTL 250) come from elsewhere than its other answers (TTL 55)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_open_ports_are_not_suspicious),
		cmocka_unit_test(most_of_twenty_are_suspicious),
		cmocka_unit_test(many_open_ports_alone_are_honest),
		cmocka_unit_test(a_single_closed_port_at_random_clears_a_host),
		cmocka_unit_test(answers_that_differ_clear_a_host),
		cmocka_unit_test(the_segment_tells_what_it_is),
		cmocka_unit_test(without_a_segment_every_port_is_open),
		cmocka_unit_test(another_distance_is_a_proxy),
		cmocka_unit_test(nearly_all_of_all_ports_are_proof),
		cmocka_unit_test(listed_ports_prove_nothing_of_fewer),
		cmocka_unit_test(a_host_that_resets_all_is_honest),
		cmocka_unit_test(resets_from_elsewhere_are_a_firewall),
		cmocka_unit_test(resets_of_many_distances_are_no_firewall),
		cmocka_unit_test(an_open_port_as_far_clears_the_resets),
		cmocka_unit_test(it_covers_ports_with_the_same_answer),
		cmocka_unit_test(many_looks_are_survived),
		cmocka_unit_test(kinds_have_names),
		cmocka_unit_test(sentences_name_host_and_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
