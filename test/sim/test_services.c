/* The service scan against scripted servers: the order of probes, what ends them, and what
 * comes of servers that lie, stall and drip. */
#include "service_world.h"
#include "tls_identity.h"

#include "util/alloc.h"
#include "util/error.h"
#include "util/random.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define S(x)     ((x)*NS_PER_S)

#define SIGNATURES                                                          \
	"Exclude T:9100-9107\n"                                             \
	"Finding open high t|Open| w|All may in.| r|Shut it.| x|CWE-306|\n" \
	"Probe TCP NULL q||\n"                                              \
	"totalwaitms 6000\ntcpwrappedms 3000\n"                             \
	"match ssh m|^SSH-2.0-(\\S+)\\r\\n| p/Shell/ v/$1/\n"               \
	"match talk m|^TALK \"(.)| p/Talk/ f/open/\n"                       \
	"softmatch mail m|^220 | f/open/\n"                                 \
	"Probe TCP Get q|GET /|\n"                                          \
	"rarity 1\nports 80\n"                                              \
	"match http m|^HTTP/1.1 200.*Server: (\\w+)/(\\d+)|s p/$1/ v/$2/\n" \
	"softmatch http m|^HTTP/1.1 \\d\\d\\d|\n"                           \
	"Probe TCP Lines q|\\r\\n|\n"                                       \
	"rarity 2\n"                                                        \
	"match lines m|^WHAT| p/Liner/ f/open/\n"                           \
	"Probe TCP Hello q|TLSHELLO|\n"                                     \
	"rarity 1\nports 443\n"                                             \
	"match ssl m|^\\x16\\x03|\n"                                        \
	"Probe TCP Helo q|HELO|\n"                                          \
	"rarity 9\n"                                                        \
	"match mail m|^220 .*\\n250 (\\w+) ([\\d.]+)|s p/$1/ v/$2/\n"       \
	"Probe TCP Error q|ERROR|\n"                                        \
	"rarity 5\n"                                                        \
	"match http m|^HTTP/1.1 400 (\\w+)| p/$1/\n"                        \
	"Probe UDP Name q|NAME?|\n"                                         \
	"rarity 1\nports 53\n"                                              \
	"match domain m|^NAME (\\w+)| p/$1/\n"                              \
	"Probe UDP Time q|TIME?|\n"                                         \
	"rarity 3\n"                                                        \
	"match ntp m|^TIME|\n"

static void begin(struct service_world *world, enum probe_manner manner,
		  const struct flow_sim_port *servers, size_t count)
{
	service_world_init(world, manner, SIGNATURES, servers, count, 1);
}

static void tcp(struct service_world *world, uint16_t port)
{
	service_world_port(world, TRANSPORT_TCP, port, PORT_OPEN);
}

static void what_is_wrong_is_told_with_what_was_seen(void **state)
{
	static const struct flow_sim_reply reply = {.begins = "\r\n", .send = "WHAT?"};
	static const struct flow_sim_port servers[] = {
		{.first = 22, .last = 22, .banner = "SSH-2.0-abc_1\r\n"},
		{.first = 517, .last = 517, .banner = "TALK \"\\\x01\t\r\n"},
		{.first = 600, .last = 600, .replies = &reply, .replies_count = 1},
	};
	struct service_world world;
	const struct service_fact *talk, *lines;

	(void)state;
	begin(&world, MANNER_BEST, servers, COUNT(servers));
	tcp(&world, 22);
	tcp(&world, 517);
	tcp(&world, 600);
	service_world_run(&world);
	talk = service_world_fact(&world, 517);
	lines = service_world_fact(&world, 600);
	assert_string_equal(service_world_fact(&world, 22)->finding, "");
	assert_string_equal(talk->finding, "open");
	assert_string_equal(talk->seen, "the greeting: \"TALK \\x22\\x5c\\x01\\x09\\r\\n\"");
	assert_string_equal(lines->finding, "open");
	assert_string_equal(lines->seen, "the answer to Lines: \"WHAT?\"");
	assert_non_null(strstr(lines->source, "match line "));
	assert_non_null(strstr(lines->source, " of "));
	service_world_release(&world);
}

/* What a softmatch proved stays proved when another probe tells the version. */
static void what_a_softmatch_proves_is_told_as_well(void **state)
{
	static const struct flow_sim_reply replies[] = {
		{.begins = "HELO", .send = "250 Mailer 1.2\n"},
		{.begins = "\r\n", .send = "GUEST?"},
	};
	static const struct flow_sim_port servers[] = {
		{.first = 25,
		 .last = 25,
		 .banner = "220 hello\n",
		 .replies = replies,
		 .replies_count = 2},
	};
	struct service_world world;

	(void)state;
	begin(&world, MANNER_BEST, servers, COUNT(servers));
	tcp(&world, 25);
	service_world_run(&world);
	assert_string_equal(service_world_fact(&world, 25)->product, "Mailer");
	assert_string_equal(service_world_fact(&world, 25)->finding, "open");
	assert_string_equal(service_world_fact(&world, 25)->seen, "the greeting: \"220 hello\\n\"");
	service_world_release(&world);
}

static void a_banner_is_known_at_once(void **state)
{
	static const struct flow_sim_port servers[] = {
		{.first = 22, .last = 22, .banner = "SSH-2.0-abc_1\r\n"},
		{.first = 2022, .last = 2022, .banner = "SSH-2.0-abc_1\r\n"},
	};
	struct service_world world;

	(void)state;
	begin(&world, MANNER_BEST, servers, COUNT(servers));
	tcp(&world, 22);
	tcp(&world, 2022);
	service_world_run(&world);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(world.facts[i].name, "ssh");
		assert_string_equal(world.facts[i].product, "Shell");
		assert_string_equal(world.facts[i].version, "abc_1");
		assert_int_equal(world.facts[i].confidence, 10);
		assert_int_equal(world.facts[i].probes_sent, 1);
		assert_string_equal(world.facts[i].probe, "NULL");
		assert_true(world.facts[i].at_ns < 100 * NS_PER_MS);
	}
	service_world_release(&world);
}

static const struct flow_sim_reply web[] = {
	{.begins = "GET /", .send = "HTTP/1.1 200 OK\r\nServer: web/7\r\n\r\n", .closes = true},
	{.send = "HTTP/1.1 400 bad\r\n", .closes = true},
};

static void the_likely_probe_does_not_wait_for_the_banner(void **state)
{
	static const struct flow_sim_port servers[] = {
		{.first = 80, .last = 8080, .replies = web, .replies_count = COUNT(web)},
	};
	struct service_world world;

	(void)state;
	begin(&world, MANNER_FIRST, servers, 1);
	tcp(&world, 80);
	tcp(&world, 8080);
	service_world_run(&world);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(world.facts[i].name, "http");
		assert_string_equal(world.facts[i].product, "web");
		assert_string_equal(world.facts[i].version, "7");
		assert_true(world.facts[i].at_ns < S(1));
	}
	assert_int_equal(service_world_traced(&world, "probe Lines to 10.0.0.1:80 "), 0);
	service_world_release(&world);
}

static void where_servers_speak_first_nothing_is_said_before(void **state)
{
	static const struct flow_sim_port servers[] = {
		{.first = 25,
		 .last = 25,
		 .banner = "220 me\n",
		 .banner_delay_ns = S(4),
		 .reset_on_data = true},
	};
	struct service_world world;

	(void)state;
	begin(&world, MANNER_BEST, servers, 1);
	tcp(&world, 25);
	service_world_run(&world);
	assert_string_equal(service_world_fact(&world, 25)->name, "mail");
	assert_int_equal(service_world_fact(&world, 25)->end, SERVICE_SOFT);
	service_world_release(&world);
}

static void after_a_softmatch_only_who_knows_the_service_is_asked(void **state)
{
	static const struct flow_sim_reply mail[] = {
		{.begins = "HELO", .send = "250 Mailer 1.2\n"},
		{.send = "500 what\n"},
	};
	static const struct flow_sim_port servers[] = {
		{.first = 1,
		 .last = 65535,
		 .banner = "220 me\n",
		 .replies = mail,
		 .replies_count = 2},
	};
	static const enum probe_manner manners[] = {MANNER_FIRST, MANNER_BEST};
	struct service_world world;

	(void)state;
	for (size_t i = 0; i < COUNT(manners); i++) {
		begin(&world, manners[i], servers, 1);
		tcp(&world, 25);
		tcp(&world, 7777);
		service_world_run(&world);
		assert_string_equal(service_world_fact(&world, 25)->product, "Mailer");
		assert_string_equal(service_world_fact(&world, 7777)->version, "1.2");
		assert_int_equal(service_world_fact(&world, 7777)->end, SERVICE_HARD);
		/* The rare probe was asked, the frequent ones that do not know mail were not. */
		assert_int_equal(service_world_traced(&world, "probe Helo"), 2);
		assert_int_equal(service_world_traced(&world, "probe Get"), 0);
		service_world_release(&world);
	}
}

static void at_the_highest_intensity_all_probes_are_asked(void **state)
{
	static const struct flow_sim_port servers[] = {
		{.first = 1, .last = 65535, .banner = "220 me\n"},
	};
	struct service_world world;

	(void)state;
	begin(&world, MANNER_FIRST, servers, 1);
	world.plan->version.intensity = 9;
	tcp(&world, 7777);
	service_world_run(&world);
	assert_int_equal(service_world_fact(&world, 7777)->probes_sent, 6);
	assert_int_equal(service_world_fact(&world, 7777)->end, SERVICE_SOFT);
	service_world_release(&world);
}

static void the_intensity_bounds_the_probes(void **state)
{
	static const struct flow_sim_port servers[] = {{.first = 1, .last = 65535}};
	static const struct {
		unsigned intensity, probes;
	} rows[] = {{0, 1}, {1, 3}, {2, 4}, {5, 5}, {9, 6}};
	struct service_world world;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(&world, MANNER_FIRST, servers, 1);
		world.plan->version.intensity = (uint8_t)rows[i].intensity;
		world.plan->timing.max_parallelism = 1; /* no connection asks twice */
		tcp(&world, 7777);
		service_world_run(&world);
		assert_int_equal(service_world_fact(&world, 7777)->probes_sent, rows[i].probes);
		assert_int_equal(service_world_fact(&world, 7777)->end, SERVICE_UNKNOWN);
		service_world_release(&world);
	}
}

static void who_closes_without_a_word_is_wrapped(void **state)
{
	static const struct flow_sim_port servers[] = {
		{.first = 81, .last = 81, .banner = "", .closes = true},
	};
	struct service_world world;

	(void)state;
	begin(&world, MANNER_FIRST, servers, 1);
	tcp(&world, 81);
	service_world_run(&world);
	assert_string_equal(service_world_fact(&world, 81)->name, "tcpwrapped");
	assert_int_equal(service_world_fact(&world, 81)->confidence, 8);
	assert_int_equal(service_world_fact(&world, 81)->probes_sent, 1);
	service_world_release(&world);
}

/* A TCP wrapper hangs up on everybody; a few probes are enough to see that. */
/* One that waits, and hangs up on what it does not understand, is no wrapper. */
static void who_waits_for_a_question_is_not_wrapped(void **state)
{
	static const struct flow_sim_reply hangs_up[] = {{.closes = true}};
	static const struct flow_sim_port servers[] = {
		{.first = 83, .last = 83, .replies = hangs_up, .replies_count = 1},
	};
	static const enum probe_manner manners[] = {MANNER_FIRST, MANNER_BEST};
	struct service_world world;

	(void)state;
	for (size_t i = 0; i < COUNT(manners); i++) {
		begin(&world, manners[i], servers, 1);
		tcp(&world, 83);
		service_world_run(&world);
		assert_int_equal(service_world_fact(&world, 83)->end, SERVICE_UNKNOWN);
		service_world_release(&world);
	}
}

static void who_closes_on_every_probe_is_wrapped_soon(void **state)
{
	static const struct flow_sim_port servers[] = {
		{.first = 82, .last = 82, .banner = "", .closes = true},
	};
	struct service_world world;

	(void)state;
	begin(&world, MANNER_BEST, servers, 1);
	tcp(&world, 82);
	service_world_run(&world);
	assert_string_equal(service_world_fact(&world, 82)->name, "tcpwrapped");
	assert_true(service_world_fact(&world, 82)->at_ns < S(3));
	service_world_release(&world);
}

static void a_server_of_one_connection_is_known(void **state)
{
	static const struct flow_sim_port servers[] = {
		{.first = 1, .last = 9999, .most = 1, .replies = web, .replies_count = COUNT(web)},
	};
	static const enum probe_manner manners[] = {MANNER_FIRST, MANNER_BEST};
	struct service_world world;

	(void)state;
	for (size_t i = 0; i < COUNT(manners); i++) {
		begin(&world, manners[i], servers, 1);
		tcp(&world, 80);
		tcp(&world, 7777);
		service_world_run(&world);
		assert_string_equal(service_world_fact(&world, 80)->product, "web");
		assert_string_equal(service_world_fact(&world, 7777)->product, "web");
		assert_true(service_world_fact(&world, 7777)->at_ns < S(6));
		service_world_release(&world);
	}
}

static void hostile_servers_cost_a_bounded_time(void **state)
{
	static const struct flow_sim_port servers[] = {
		{.first = 1001, .last = 1001}, /* silent */
		{.first = 1002,
		 .last = 1002,
		 .banner = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		 .drip_ns = S(1)},
		{.first = 1003, .last = 1003, .banner = "noise", .endless = true},
		{.first = 1004, .last = 1004, .echo = true},
		{.first = 1005, .last = 1005, .reset_on_data = true},
		{.first = 1006, .last = 1006, .banner = "SSH-2.0-", .drip_ns = S(5)},
	};
	static const enum probe_manner manners[] = {MANNER_FIRST, MANNER_BEST};
	struct service_world world;

	(void)state;
	for (size_t m = 0; m < COUNT(manners); m++) {
		begin(&world, manners[m], servers, COUNT(servers));
		for (uint16_t port = 1001; port <= 1006; port++)
			tcp(&world, port);
		service_world_run(&world);
		for (size_t i = 0; i < 6; i++) {
			assert_int_not_equal(world.facts[i].end, SERVICE_HARD);
			assert_true(world.facts[i].at_ns <=
				    (manners[m] == MANNER_BEST ? S(61) : S(301)));
		}
		service_world_release(&world);
	}
}

static void excluded_ports_are_left_alone(void **state)
{
	static const struct flow_sim_port servers[] = {
		{.first = 1, .last = 65535, .replies = web, .replies_count = COUNT(web)},
	};
	struct service_world world;

	(void)state;
	begin(&world, MANNER_BEST, servers, 1);
	tcp(&world, 9100);
	tcp(&world, 502); /* never written to, but listened to */
	service_world_run(&world);
	assert_int_equal(service_world_fact(&world, 9100)->end, SERVICE_EXCLUDED);
	assert_int_equal(service_world_fact(&world, 9100)->probes_sent, 0);
	assert_int_equal(service_world_fact(&world, 502)->end, SERVICE_EXCLUDED);
	assert_int_equal(service_world_traced(&world, ":502 "), 1); /* NULL */
	service_world_release(&world);

	begin(&world, MANNER_BEST, servers, 1);
	world.plan->version.all_ports = true;
	world.gate.all_ports = true;
	tcp(&world, 9100);
	tcp(&world, 502);
	service_world_run(&world);
	assert_string_equal(service_world_fact(&world, 9100)->product, "web");
	assert_string_equal(service_world_fact(&world, 502)->product, "web");
	service_world_release(&world);
}

static void udp_ports_answer_or_not(void **state)
{
	static const struct flow_sim_reply names[] = {{.begins = "NAME?", .send = "NAME bind"}};
	static const struct flow_sim_reply times[] = {{.begins = "TIME?", .send = "TIME"}};
	static const struct flow_sim_port servers[] = {
		{.first = 53,
		 .last = 53,
		 .transport = TRANSPORT_UDP,
		 .replies = names,
		 .replies_count = 1},
		{.first = 5353,
		 .last = 5353,
		 .transport = TRANSPORT_UDP,
		 .replies = times,
		 .replies_count = 1},
		{.first = 99, .last = 99, .transport = TRANSPORT_UDP},
	};
	struct service_world world;

	(void)state;
	begin(&world, MANNER_FIRST, servers, COUNT(servers));
	service_world_port(&world, TRANSPORT_UDP, 53, PORT_OPEN_FILTERED);
	service_world_port(&world, TRANSPORT_UDP, 5353, PORT_OPEN_FILTERED);
	service_world_port(&world, TRANSPORT_UDP, 99, PORT_OPEN_FILTERED);
	service_world_run(&world);
	assert_string_equal(service_world_fact(&world, 53)->product, "bind");
	assert_string_equal(service_world_fact(&world, 5353)->name, "ntp");
	assert_int_equal(service_world_fact(&world, 99)->end, SERVICE_UNKNOWN);
	assert_int_equal(world.opened, 2);
	service_world_release(&world);
}

static void a_reply_of_the_port_scan_is_enough(void **state)
{
	struct service_world world;

	(void)state;
	begin(&world, MANNER_BEST, NULL, 0);
	service_world_port(&world, TRANSPORT_UDP, 53, PORT_OPEN);
	world.ports[0].reply = (const uint8_t *)"NAME knot";
	world.ports[0].reply_bytes = 9;
	service_world_run(&world);
	assert_string_equal(service_world_fact(&world, 53)->product, "knot");
	assert_int_equal(service_world_fact(&world, 53)->probes_sent, 0);
	service_world_release(&world);
}

static void inside_tls_all_begins_anew(void **state)
{
	static const struct flow_sim_tls tls = {.certificate = tls_identity_certificate,
						.key = tls_identity_key};
	static const struct flow_sim_tls agreed = {
		.certificate = tls_identity_certificate, .key = tls_identity_key, .alpn = "imap"};
	static const struct flow_sim_port servers[] = {
		{.first = 443,
		 .last = 443,
		 .tls = &tls,
		 .replies = web,
		 .replies_count = COUNT(web)},
		{.first = 7443, .last = 7443, .tls = &tls, .banner = "SSH-2.0-in_1\r\n"},
		{.first = 7444, .last = 7444, .tls = &tls},
		{.first = 7445, .last = 7445, .tls = &agreed},
	};
	struct service_world world;

	(void)state;
	service_world_init(&world, MANNER_BEST,
			   SIGNATURES
			   "Probe TCP Record "
			   "q|\\x16\\x03\\x01\\x00\\x04\\x63\\x00\\x00\\x00|\nrarity 1\nports 443\n"
			   "match ssl m|^\\x15\\x03|\n",
			   servers, COUNT(servers), 1);
	for (size_t i = 0; i < COUNT(servers); i++)
		tcp(&world, servers[i].first);
	service_world_run(&world);
	for (size_t i = 0; i < COUNT(servers); i++)
		assert_true(world.facts[i].tunnel);
	assert_string_equal(world.facts[0].product, "web");
	assert_string_equal(world.facts[1].product, "Shell");
	assert_string_equal(world.facts[2].name, "");
	assert_int_equal(world.facts[2].end, SERVICE_UNKNOWN);
	assert_string_equal(world.facts[3].name, "imap");
	assert_string_equal(world.facts[3].alpn, "imap");
	assert_non_null(strstr(world.facts[0].subject, "www.lab.test"));
	service_world_release(&world);
}

static void one_by_one_when_the_user_says_so(void **state)
{
	static const struct flow_sim_port servers[] = {
		{.first = 7777, .last = 7777, .replies = web, .replies_count = COUNT(web)},
	};
	struct service_world world;

	(void)state;
	begin(&world, MANNER_FIRST, servers, 1);
	world.plan->timing.max_parallelism = 1;
	tcp(&world, 7777);
	service_world_run(&world);
	/* The NULL probe had its time before anything was sent. */
	assert_true(service_world_fact(&world, 7777)->at_ns > S(6));
	assert_string_equal(service_world_fact(&world, 7777)->product, "web");
	assert_int_equal(service_world_fact(&world, 7777)->probes_sent, 2);
	service_world_release(&world);
}

static void what_nobody_knows_is_still_told(void **state)
{
	static const struct flow_sim_reply odd[] = {{.send = "hm?\n"}};
	static const struct flow_sim_port servers[] = {
		{.first = 1, .last = 65535, .replies = odd, .replies_count = 1},
	};
	struct service_world world;

	(void)state;
	begin(&world, MANNER_BEST, servers, 1);
	tcp(&world, 7777);
	service_world_run(&world);
	assert_int_equal(service_world_fact(&world, 7777)->end, SERVICE_UNKNOWN);
	assert_int_equal(service_world_fact(&world, 7777)->confidence, 3);
	assert_string_equal(service_world_fact(&world, 7777)->name, "");
	assert_string_equal(service_world_fact(&world, 7777)->probe, "Get");
	service_world_release(&world);
}

static void an_echo_is_one(void **state)
{
	static const struct flow_sim_port servers[] = {
		{.first = 7, .last = 7, .echo = true},
		{.first = 7, .last = 7, .transport = TRANSPORT_UDP, .echo = true},
	};
	struct service_world world;

	(void)state;
	service_world_init(&world, MANNER_BEST,
			   SIGNATURES
			   "match ntp m|^TI|\n"
			   "Probe UDP Bin q|BI\\x00|\nrarity 1\nports 7\nmatch bin m|^BI|\n"
			   "Probe TCP Bin q|BI\\x00|\nrarity 1\nports 7\nmatch bin m|^BI|\n",
			   servers, 2, 1);
	tcp(&world, 7);
	service_world_run(&world);
	assert_string_equal(service_world_fact(&world, 7)->name, "echo");
	service_world_release(&world);
}

static void a_closed_port_ends_it(void **state)
{
	struct service_world world;

	(void)state;
	begin(&world, MANNER_BEST, NULL, 0);
	tcp(&world, 7777);
	service_world_run(&world);
	assert_int_equal(service_world_fact(&world, 7777)->end, SERVICE_INCOMPLETE);
	assert_int_equal(world.opened, 0);
	service_world_release(&world);
}

/* Its own signatures may lack the NULL probe: then there is nothing to do but to leave. */
static void without_a_listener_a_controller_is_not_written_to(void **state)
{
	static const struct flow_sim_port servers[] = {
		{.first = 502, .last = 502, .replies = web, .replies_count = COUNT(web)},
	};
	struct service_world world;

	(void)state;
	service_world_init(&world, MANNER_FIRST,
			   "Probe TCP Get q|GET /|\nmatch http m|^HTTP|\n"
			   "Probe TCP Lines q|\\r\\n|\nmatch lines m|^WHAT|\n",
			   servers, 1, 1);
	tcp(&world, 502);
	service_world_run(&world);
	assert_int_equal(service_world_fact(&world, 502)->end, SERVICE_EXCLUDED);
	assert_int_equal(service_world_fact(&world, 502)->probes_sent, 0);
	assert_true(service_world_fact(&world, 502)->at_ns < S(1));
	service_world_release(&world);
}

/* The greeting that each connection begins with matches, and is not the answer. */
static void an_answer_may_come_long_after_the_greeting(void **state)
{
	static const struct flow_sim_reply mail[] = {
		{.begins = "MORE", .send = "250 Mailer 1.2\n", .delay_ns = 700 * NS_PER_MS},
		{.send = "500 what\n", .delay_ns = 700 * NS_PER_MS},
	};
	static const struct flow_sim_port servers[] = {
		{.first = 7777,
		 .last = 7777,
		 .banner = "220 me\n",
		 .replies = mail,
		 .replies_count = COUNT(mail)},
	};
	struct service_world world;

	(void)state;
	service_world_init(&world, MANNER_BEST,
			   SIGNATURES "Probe TCP More q|MORE|\nrarity 9\n"
				      "match mail m|250 (\\w+) ([\\d.]+)| p/$1/ v/$2/\n",
			   servers, 1, 1);
	tcp(&world, 7777);
	service_world_run(&world);
	assert_string_equal(service_world_fact(&world, 7777)->product, "Mailer");
	service_world_release(&world);
}

static void who_drips_is_asked_nevertheless(void **state)
{
	static const struct flow_sim_port servers[] = {
		{.first = 1002,
		 .last = 1002,
		 .banner =
			 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		 .drip_ns = S(1)},
	};
	struct service_world world;

	(void)state;
	begin(&world, MANNER_BEST, servers, 1);
	tcp(&world, 1002);
	service_world_run(&world);
	assert_true(service_world_traced(&world, "probe Get") > 0);
	assert_true(service_world_fact(&world, 1002)->at_ns < S(30));
	service_world_release(&world);
}

/* Our own machine has no room: that is asked again a few times a second, not all the time. */
static void no_room_is_waited_for_not_spun_on(void **state)
{
	static const struct flow_sim_port servers[] = {
		{.first = 7777, .last = 7777, .connect = FLOW_END_LOCAL},
	};
	struct service_world world;
	struct flow_net_stats stats;

	(void)state;
	begin(&world, MANNER_BEST, servers, 1);
	tcp(&world, 7777);
	service_world_run(&world);
	assert_int_equal(service_world_fact(&world, 7777)->end, SERVICE_INCOMPLETE);
	flow_net_stats(world.flows, &stats);
	assert_in_range(stats.opened, 100, 3000); /* in 60 s */
	service_world_release(&world);
}

#define RPC_SIGNATURES                                                      \
	"Probe TCP NULL q||\ntotalwaitms 1000\n"                            \
	"Probe TCP Slow q|SLOW|\nrarity 1\ntotalwaitms 90000\nports 2049\n" \
	"match slow m|^slow| p/slow/\n"                                     \
	"Probe TCP Rpc q|RPC?|\nrarity 1\ntotalwaitms 90000\nports 2049\n"  \
	"match rpcbind m|^RPC!|\n"

static void rpc_names(struct service_world *world)
{
	static const char names[] = "nfs\t100003\n";

	assert_int_equal(rpc_programs_parse(names, sizeof(names) - 1, &world->programs), 0);
}

/* What is known at the deadline is told; no new question begins there. */
static void the_deadline_holds_for_rpc_too(void **state)
{
	struct flow_sim_reply late = {.begins = "RPC?", .send = "RPC!"};
	const struct flow_sim_port server = {
		.first = 2049, .last = 2049, .replies = &late, .replies_count = 1};
	struct service_world world;

	(void)state;
	/* The answer waits for the slow probe, until the deadline in some rounds. */
	for (uint64_t ms = 59000; ms <= 60000; ms += 50) {
		late.delay_ns = ms * NS_PER_MS;
		service_world_init(&world, MANNER_BEST, RPC_SIGNATURES, &server, 1, 1);
		rpc_names(&world);
		tcp(&world, 2049);
		service_world_run(&world);
		assert_true(service_world_fact(&world, 2049)->at_ns <= S(60));
		service_world_release(&world);
	}
}

static void with_a_single_descriptor_rpc_is_asked_as_well(void **state)
{
	static const struct flow_sim_reply rpc[] = {
		{.begins = "RPC?", .send = "RPC!"},
		{.begins = "\x80\0\0\x28\x50\x54\0\0",
		 .begins_bytes = 8,
		 .send = "\x80\0\0\x20\x50\x54\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2"
			 "\0\0\0\3\0\0\0\4",
		 .send_bytes = 36},
	};
	static const struct flow_sim_port servers[] = {
		{.first = 2049, .last = 2049, .replies = rpc, .replies_count = COUNT(rpc)},
	};
	struct service_world world;

	(void)state;
	service_world_init(&world, MANNER_BEST,
			   "Probe TCP Rpc q|RPC?|\nrarity 1\nmatch rpcbind m|^RPC!|\n", servers, 1,
			   1);
	service_world_limit(&world, 1);
	rpc_names(&world);
	tcp(&world, 2049);
	service_world_run(&world);
	assert_string_equal(service_world_fact(&world, 2049)->name, "nfs");
	assert_string_equal(service_world_fact(&world, 2049)->version, "3-4");
	service_world_release(&world);
}

/* TLS 1.2: the server shows its certificate before it turns us away for want of ours. */
static void a_certificate_is_told_of_a_server_that_wants_ours(void **state)
{
	static const struct flow_sim_tls strict = {
		.certificate = tls_identity_certificate,
		.key = tls_identity_key,
		.version_most = 0x0303,
		.asks_certificate = true,
	};
	static const struct flow_sim_port servers[] = {
		{.first = 443, .last = 443, .tls = &strict},
	};
	struct service_world world;

	(void)state;
	service_world_init(&world, MANNER_BEST,
			   SIGNATURES
			   "Probe TCP Record "
			   "q|\\x16\\x03\\x01\\x00\\x04\\x63\\x00\\x00\\x00|\nrarity 1\nports 443\n"
			   "match ssl m|^\\x15\\x03|\n",
			   servers, COUNT(servers), 1);
	tcp(&world, 443);
	service_world_run(&world);
	assert_true(world.facts[0].tunnel);
	assert_non_null(strstr(world.facts[0].subject, "www.lab.test"));
	service_world_release(&world);
}

/* ---- giving up, and short of memory ---- */

/* A bit of everything. */
static const struct flow_sim_reply helo[] = {{.begins = "HELO", .send = "250 Mailer 1.2\n"}};
static const struct flow_sim_reply name[] = {{.begins = "NAME?", .send = "NAME bind"}};
static const struct flow_sim_port mixed[] = {
	{.first = 22, .last = 22, .banner = "SSH-2.0-abc_1\r\n"},
	{.first = 25, .last = 25, .banner = "220 me\n", .replies = helo, .replies_count = 1},
	{.first = 80, .last = 80, .replies = web, .replies_count = COUNT(web)},
	{.first = 81, .last = 81, .banner = "", .closes = true},
	{.first = 7777, .last = 7777},
	{.first = 53, .last = 53, .transport = TRANSPORT_UDP, .replies = name, .replies_count = 1},
};

static void begin_mixed(struct service_world *world)
{
	begin(world, MANNER_BEST, mixed, COUNT(mixed));
	for (size_t i = 0; i < COUNT(mixed); i++)
		service_world_port(world, mixed[i].transport, mixed[i].first, PORT_OPEN);
}

static void a_stop_leaves_nothing_behind(void **state)
{
	struct service_world world;

	(void)state;
	for (uint64_t ms = 1; ms < 6000; ms += ms < 200 ? 3 : 391) {
		begin_mixed(&world);
		world.stop_ns = ms * NS_PER_MS;
		assert_int_equal(service_world_try(&world), 0);
		assert_int_equal(world.done, 0);
		assert_int_equal(flow_net_open_count(world.flows), 0);
		/* A timer that is still set would have moved the clock. */
		assert_int_equal(loop_now_ns(world.loop), world.stop_ns);
		service_world_release(&world);
	}
}

/* One scan in which the nth allocation fails; false: none did. */
static bool run_with_fault(long nth)
{
	struct service_world world;
	bool struck;
	int r;

	begin_mixed(&world);
	alloc_fault_after(nth);
	r = service_world_try(&world);
	struck = alloc_fault_hit();
	alloc_fault_after(-1);
	assert_true(r == 0 || (r == ERROR_MEMORY && struck));
	if (r == 0)
		assert_int_equal(world.done, 1);
	for (size_t i = 0; i < world.ports_count; i++)
		assert_int_equal(world.facts[i].times, r == 0);
	assert_int_equal(flow_net_open_count(world.flows), 0);
	if (!struck)
		assert_string_equal(service_world_fact(&world, 25)->product, "Mailer");
	service_world_release(&world);
	return struck;
}

static void ignore(void *self)
{
	(void)self;
}

static void ignore_event(void *self, struct flow *flow, const struct flow_event *event)
{
	(void)self;
	(void)flow;
	(void)event;
}

/* Somebody else has the only connection, for five seconds. */
static void take_the_connection(struct service_world *world)
{
	struct flow_config config = {
		.to = world->target.addr, .port = 7777, .deadline_ns = S(5), .event = ignore_event};
	struct flow *flow;

	service_world_limit(world, 1);
	assert_int_equal(flow_open(world->flows, &config, &flow), 0);
}

#define TIMERS 66u /* the loop has memory for 64 at first */

/* So many timers are set that there may be no memory for the one that looks for room. */
static bool run_in_a_queue_with_fault(size_t timers, long nth)
{
	struct timer idle[TIMERS];
	struct service_world world;
	bool struck;

	begin(&world, MANNER_BEST, mixed, COUNT(mixed));
	take_the_connection(&world);
	tcp(&world, 22);
	for (size_t i = 0; i < timers; i++) {
		idle[i] = (struct timer){.fire = ignore};
		assert_int_equal(loop_timer_set(world.loop, &idle[i], S(4)), 0);
	}
	alloc_fault_after(nth);
	if (service_world_try(&world) == 0)
		assert_int_equal(world.done, 1);
	struck = alloc_fault_hit();
	alloc_fault_after(-1);
	service_world_release(&world);
	return struck;
}

static void who_waits_for_room_gets_it_without_a_timer(void **state)
{
	(void)state;
	for (size_t timers = 50; timers < TIMERS; timers++)
		for (long nth = 0; run_in_a_queue_with_fault(timers, nth); nth++)
			;
}

static void any_allocation_may_fail(void **state)
{
	long nth = 0;

	(void)state;
	while (run_with_fault(nth))
		nth++;
	assert_true(nth > 50);
}

/* ---- asking at once answers as asking one by one ---- */

/* A server drawn from the seed: what it says first, how late, and to which probes it answers. */
static void draw_server(struct random *random, struct flow_sim_port *server,
			struct flow_sim_reply *replies, uint16_t port)
{
	static const char *const probes[] = {"GET /", "\r\n", "TLSHELLO", "HELO", "ERROR"};
	static const char *const answers[] = {"HTTP/1.1 200 OK\r\nServer: a/1\r\n",
					      "HTTP/1.1 404 no\r\n",
					      "HTTP/1.1 400 b\r\n",
					      "WHAT?",
					      "250 M 1\n",
					      "nonsense",
					      "220 x\n250 Mm 3\n"};
	static const char *const banners[] = {NULL, NULL, NULL, "SSH-2.0-x\r\n", "220 hi\n", "odd"};
	size_t i, count = 0;

	*server = (struct flow_sim_port){.first = port, .last = port, .replies = replies};
	server->banner = banners[random_below(random, COUNT(banners))];
	server->banner_delay_ns = random_below(random, 80) * NS_PER_MS;
	for (i = 0; i < COUNT(probes); i++)
		if (random_below(random, 2))
			replies[count++] = (struct flow_sim_reply){
				.begins = probes[i],
				.send = answers[random_below(random, COUNT(answers))],
				.delay_ns = random_below(random, 150) * NS_PER_MS,
				.closes = random_below(random, 2),
			};
	server->replies_count = count;
}

static void at_once_says_what_one_by_one_says(void **state)
{
	enum { SERVERS = 40 };
	static struct flow_sim_port servers[SERVERS];
	static struct flow_sim_reply replies[SERVERS][8];
	struct service_world world, slow;
	struct random random;

	(void)state;
	for (uint64_t seed = 1; seed <= 25; seed++) {
		random_init(&random, seed);
		for (unsigned i = 0; i < SERVERS; i++)
			draw_server(&random, &servers[i], replies[i], (uint16_t)(7000 + i));
		begin(&world, MANNER_FIRST, servers, SERVERS);
		for (unsigned i = 0; i < SERVERS; i++)
			tcp(&world, (uint16_t)(7000 + i));
		service_world_run(&world);
		begin(&slow, MANNER_FIRST, servers, SERVERS);
		slow.plan->timing.max_parallelism = 1;
		for (unsigned i = 0; i < SERVERS; i++)
			tcp(&slow, (uint16_t)(7000 + i));
		service_world_run(&slow);
		for (size_t i = 0; i < SERVERS; i++) {
			const struct service_fact *a = &world.facts[i], *b = &slow.facts[i];

			if (strcmp(a->name, b->name) || strcmp(a->product, b->product) ||
			    strcmp(a->version, b->version) || a->end != b->end)
				fail_msg("seed %llu port %u: at once %s|%s|%s %d (%s), one by one "
					 "%s|%s|%s %d (%s)",
					 (unsigned long long)seed, a->port, a->name, a->product,
					 a->version, a->end, a->probe, b->name, b->product,
					 b->version, b->end, b->probe);
		}
		service_world_release(&world);
		service_world_release(&slow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_is_told_with_what_was_seen),
		cmocka_unit_test(what_a_softmatch_proves_is_told_as_well),
		cmocka_unit_test(a_banner_is_known_at_once),
		cmocka_unit_test(the_likely_probe_does_not_wait_for_the_banner),
		cmocka_unit_test(where_servers_speak_first_nothing_is_said_before),
		cmocka_unit_test(after_a_softmatch_only_who_knows_the_service_is_asked),
		cmocka_unit_test(at_the_highest_intensity_all_probes_are_asked),
		cmocka_unit_test(the_intensity_bounds_the_probes),
		cmocka_unit_test(who_closes_without_a_word_is_wrapped),
		cmocka_unit_test(who_waits_for_a_question_is_not_wrapped),
		cmocka_unit_test(who_closes_on_every_probe_is_wrapped_soon),
		cmocka_unit_test(a_server_of_one_connection_is_known),
		cmocka_unit_test(hostile_servers_cost_a_bounded_time),
		cmocka_unit_test(excluded_ports_are_left_alone),
		cmocka_unit_test(udp_ports_answer_or_not),
		cmocka_unit_test(a_reply_of_the_port_scan_is_enough),
		cmocka_unit_test(inside_tls_all_begins_anew),
		cmocka_unit_test(one_by_one_when_the_user_says_so),
		cmocka_unit_test(what_nobody_knows_is_still_told),
		cmocka_unit_test(an_echo_is_one),
		cmocka_unit_test(a_closed_port_ends_it),
		cmocka_unit_test(without_a_listener_a_controller_is_not_written_to),
		cmocka_unit_test(an_answer_may_come_long_after_the_greeting),
		cmocka_unit_test(who_drips_is_asked_nevertheless),
		cmocka_unit_test(no_room_is_waited_for_not_spun_on),
		cmocka_unit_test(the_deadline_holds_for_rpc_too),
		cmocka_unit_test(with_a_single_descriptor_rpc_is_asked_as_well),
		cmocka_unit_test(a_certificate_is_told_of_a_server_that_wants_ours),
		cmocka_unit_test(a_stop_leaves_nothing_behind),
		cmocka_unit_test(any_allocation_may_fail),
		cmocka_unit_test(who_waits_for_room_gets_it_without_a_timer),
		cmocka_unit_test(at_once_says_what_one_by_one_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
