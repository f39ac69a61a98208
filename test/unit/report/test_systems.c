/* What each format says of systems and ways, beyond what test_golden compares with nmap's
 * own files: evidence, places, and rules that no single scan shows. */
#include "format_fixture.h"
#include "system_fixture.h"

static const struct target fixture_target = {.addr = {.family = IP_V4, .bytes = {192, 0, 2, 1}}};

/* Everything that is told of a host with a system and a way; NULL: none of it. */
static void play(struct fixture *fixture, const struct system_facts *system,
		 const struct path_facts *path)
{
	const struct host_report host = {.addr = fixture_target.addr,
					 .state = HOST_UP,
					 .reason = REASON_SYN_ACK,
					 .ports_scanned = true,
					 .system = system,
					 .path = path};
	struct observation seen = {.target = &fixture_target};
	struct format_event event = {.kind = FORMAT_BEGIN, .seen = &seen, .host = &host};

	fixture->plan.system.wanted = fixture->plan.path.wanted = true;
	format_writer_event(fixture->writer, &event);
	event.kind = FORMAT_SYSTEM;
	seen.system = system;
	if (system)
		format_writer_event(fixture->writer, &event);
	event.kind = FORMAT_PATH;
	seen.path = path;
	if (path)
		format_writer_event(fixture->writer, &event);
	event.kind = FORMAT_HOST;
	format_writer_event(fixture->writer, &event);
}

static void write_host(struct fixture *fixture, const char *format,
		       const struct system_facts *system, const struct path_facts *path)
{
	assert_int_equal(fixture_begin(fixture, format_by_name(format)), 0);
	fixture->plan.output.verbosity = 1;
	play(fixture, system, path);
	assert_int_equal(fixture_end(fixture), 0);
}

static void assert_has(struct fixture *fixture, const char *text)
{
	if (!strstr(buf_str(&fixture->out), text))
		fail_msg("no %s\nin %s", text, buf_str(&fixture->out));
}

static void assert_has_not(struct fixture *fixture, const char *text)
{
	if (strstr(buf_str(&fixture->out), text))
		fail_msg("%s\nis in %s", text, buf_str(&fixture->out));
}

static void ndjson_has_it_all(void **state)
{
	struct fixture fixture;

	write_host(&fixture, "ndjson", &fixture_system, &fixture_path);
	assert_has(&fixture,
		   "\"type\":\"system\",\"time\":\"1970-01-01T00:00:00.000Z\",\"address\":"
		   "\"192.0.2.1\",\"system\":{\"result\":\"near\",\"incomplete\":false,"
		   "\"unreliable\":true,\"data\":\"own\",\"guesses\":[{\"name\":\"Testix 5.X\","
		   "\"family\":\"Testix\",\"probability\":0.9100},");
	assert_has(&fixture,
		   "\"confidence\":0.9100,\"evidence\":[{\"source\":\"syn-ack\",\"says\":\"TTL 64, "
		   "window 64240, options MSTNW\",\"family\":\"Testix\",\"weight\":3.250},"
		   "{\"source\":\"hardware address\",\"says\":\"AB&C\",\"weight\":-0.500}],"
		   "\"perfect_matches\":0,\"matches\":[{\"name\":\"Testix 5.1 - 5.4\","
		   "\"accuracy\":97,\"perfect\":false,\"file\":\"testix.fp\",\"line\":12,"
		   "\"classes\":[{\"vendor\":\"Testix\",\"family\":\"Testix\",\"generation\":"
		   "\"5.X\",\"type\":\"general purpose\",\"accuracy\":97,\"cpe\":"
		   "[\"cpe:/o:test:testix:5\"]},");
	assert_has(&fixture,
		   "\"device_types\":[\"general purpose\",\"WAP\"],\"running\":[{\"name\":\"Testix "
		   "5.X|4.X\",\"accuracy\":97},{\"name\":\"AB&C embedded\",\"accuracy\":97}],"
		   "\"cpe\":[\"cpe:/o:test:testix:5\",\"cpe:/h:test:ap<300>\"],\"ports_used\":"
		   "{\"open_tcp\":80,\"closed_udp\":34567},\"unfit\":\"Missing a closed TCP "
		   "port\",\"fingerprint\":\"SCAN(V=0.1");
	assert_has(&fixture,
		   "\"uptime\":{\"seconds\":90061,\"boot\":\"2023-11-14T22:13:20.000Z\"},"
		   "\"distance\":{\"hops\":2,\"by\":\"icmp\"},\"tcp_sequence\":{\"index\":253,"
		   "\"difficulty\":\"Good luck!\",\"values\":[0,171,4294967295,1]},\"ip_ids\":"
		   "{\"class\":\"All zeros\",\"values\":[0,1,65535,2]},\"tcp_timestamps\":"
		   "{\"class\":\"1000HZ\",\"values\":[9,10,11,3735928559]},\"rounds\":2,"
		   "\"probes_sent\":32,\"probes_answered\":27,\"took_us\":1500000}");
	assert_has(&fixture, "\"ports\":[],\"other_ports\":[],\"system\":{\"result\":\"near\"");
	fixture_release(&fixture);
}

static void ndjson_has_ways_and_places(void **state)
{
	struct fixture fixture;

	write_host(&fixture, "ndjson", &fixture_system, &fixture_path);
	assert_has(&fixture,
		   "\"path\":{\"transport\":\"tcp\",\"port\":80,\"reached\":true,\"incomplete\":"
		   "false,\"same_hops\":1,\"same_as\":\"192.0.2.9\",\"hops\":[{\"ttl\":1,"
		   "\"address\":\"10.0.0.1\",\"rtt_us\":1234,\"cached\":true,\"name\":"
		   "\"router.example\",\"country\":\"DE\",\"asn\":64500,\"organization\":"
		   "\"Example <Networks>\"},{\"ttl\":2},{\"ttl\":3},{\"ttl\":4,\"address\":"
		   "\"10.0.3.1\",\"country\":\"FR\"},{\"ttl\":5,\"address\":\"192.0.2.1\","
		   "\"rtt_us\":15}],\"probes_sent\":9}");
	fixture_release(&fixture);
}

/* log2() of nothing, and of all. */
static void numbers_without_bounds_stay_numbers(void **state)
{
	struct system_evidence evidence[3] = {
		{.source = "a", .says = "", .weight = -1.0 / 0.0},
		{.source = "b", .says = "", .weight = 1.0 / 0.0},
		{.source = "c", .says = "", .weight = 0.0 / 0.0},
	};
	struct system_guess guess = {.name = "x", .family = "", .probability = 0.0 / 0.0};
	struct system_facts facts = {
		.evidence = evidence, .evidence_count = 3, .guesses = &guess, .guesses_count = 1};
	struct fixture fixture;

	write_host(&fixture, "ndjson", &facts, NULL);
	assert_has(&fixture, "\"source\":\"a\",\"says\":\"\",\"weight\":-1000000.000}");
	assert_has(&fixture, "\"source\":\"b\",\"says\":\"\",\"weight\":1000000.000}");
	assert_has(&fixture, "\"probability\":0.0000");
	assert_has_not(&fixture, "nan");
	fixture_release(&fixture);
}

static void csv_has_columns_for_it(void **state)
{
	struct fixture fixture;

	write_host(&fixture, "csv", &fixture_system, &fixture_path);
	assert_string_equal(
		buf_str(&fixture.out),
		"address,name,ptr,host_state,host_reason,note,transport,port,state,service,reason,"
		"ttl,from,rtt_us,os_result,os,os_accuracy,os_guess,os_guess_percent,device_types,"
		"os_cpe,os_fingerprint,hops,path\r\n"
		"192.0.2.1,,,up,syn-ack,,,,,,,,,,near,Testix 5.1 - 5.4 | Testix 4.19,97,Testix "
		"5.X,91,general purpose | WAP,cpe:/o:test:testix:5 | cpe:/h:test:ap<300>,"
		"SCAN(V=0.1%E=4%D=11/26%OT=80%CT=%CU=34567%PV=Y%DS=2%DC=I%G=N%TM=6B07BB43%P=x)\\x0A"
		"SEQ(SP=FD%GCD=1)\\x0AT1(R=Y)\\x0A,5,10.0.0.1 * * 10.0.3.1 192.0.2.1\r\n");
	fixture_release(&fixture);
	write_host(&fixture, "csv", NULL, NULL);
	assert_has(&fixture, "\r\n192.0.2.1,,,up,syn-ack,,,,,,,,,,,,,,,,,,,\r\n");
	fixture_release(&fixture);
}

static void evidence_reads_like_this(void **state)
{
	struct fixture fixture;

	write_host(&fixture, "evidence", &fixture_system, &fixture_path);
	assert_has(&fixture,
		   "192.0.2.1 is up, syn-ack\n"
		   "system: near; Testix 5.X 91.0%, Testix 4.X 6.0%, something else 0.9%\n"
		   "    +3.2 Testix, syn-ack: TTL 64, window 64240, options MSTNW\n"
		   "    -0.5 (no family), hardware address: AB&C\n"
		   "    print is like that of Testix 5.1 - 5.4, 97%: line 12 of testix.fp\n"
		   "    print is like that of Testix 4.19, 92%: line 40 of testix.fp\n"
		   "    print not ideal because: Missing a closed TCP port\n"
		   "    27 of 32 probes answered in 2 rounds, 1.500 s\n"
		   "path: 5 hops, reached; 2 silent, 1 known from other targets, 9 probes\n\n");
	fixture_release(&fixture);
}

/* Only who gave a file of places sees them. */
static void places_are_shown_when_asked_for(void **state)
{
	static const char *const tables[] = {
		"1   1.23 ms router.example (10.0.0.1)\n"
		"2   ... 3\n"
		"4   --      10.0.3.1\n",
		"1   1.23 ms router.example (10.0.0.1) [AS64500 Example <Networks>, DE]\n"
		"2   ... 3\n"
		"4   --      10.0.3.1 [FR]\n",
	};
	struct path_facts path = fixture_path;

	path.same_hops = 0;
	for (int asked = 0; asked < 2; asked++) {
		struct fixture fixture;

		assert_int_equal(fixture_begin(&fixture, format_by_name("normal")), 0);
		fixture.plan.path.mmdb_paths_count = (size_t)asked;
		play(&fixture, NULL, &path);
		assert_int_equal(fixture_end(&fixture), 0);
		assert_has(&fixture, tables[asked]);
		fixture_release(&fixture);
	}
}

/* What was learned from the way counts more than what the print says; on the own link
 * nothing was asked. */
static void the_distance_is_the_ways(void **state)
{
	struct path_facts path = fixture_path;
	struct fixture fixture;

	write_host(&fixture, "xml", &fixture_system, &path);
	assert_has(&fixture, "<distance value=\"5\"/>");
	fixture_release(&fixture);
	path.reached = false;
	write_host(&fixture, "xml", &fixture_system, &path);
	assert_has(&fixture, "<distance value=\"2\"/>");
	fixture_release(&fixture);
	path.reached = true;
	path.probe = PATH_NONE;
	write_host(&fixture, "xml", &fixture_system, &path);
	assert_has(&fixture, "<distance value=\"2\"/>");
	fixture_release(&fixture);
}

/* Letters are mangled at random; those of a print are somebody's input. */
static void skids_get_prints_whole(void **state)
{
	struct system_facts facts = fixture_system;
	struct fixture fixture;

	facts.unfit = NULL;
	write_host(&fixture, "skiddie", &facts, &fixture_path);
	assert_has(&fixture, "TCP/IP fingerprint:\n"
			     "OS:SCAN(V=0.1%E=4%D=11/26%OT=80%CT=%CU=34567%PV=Y%DS=5%DC=T%G=N%TM="
			     "6B07BB43\nOS:%P=x)SEQ(SP=FD%GCD=1)T1(R=Y)\n\n");
	fixture_release(&fixture);
}

static int write_all(void *self)
{
	struct fixture fixture;
	int r = fixture_begin(&fixture, self);

	if (r == 0) {
		fixture.plan.output.verbosity = 2;
		play(&fixture, &fixture_system, &fixture_path);
		r = fixture_end(&fixture);
	}
	fixture_release(&fixture);
	return r;
}

static void memory_may_be_short_in_every_format(void **state)
{
	const struct report_format *const *formats;
	size_t count;

	formats = format_all(&count);
	for (size_t i = 0; i < count; i++)
		support_each_allocation_fails(write_all, (void *)formats[i], 200);
}

static int use_utc(void **state)
{
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ndjson_has_it_all),
		cmocka_unit_test(ndjson_has_ways_and_places),
		cmocka_unit_test(numbers_without_bounds_stay_numbers),
		cmocka_unit_test(csv_has_columns_for_it),
		cmocka_unit_test(evidence_reads_like_this),
		cmocka_unit_test(places_are_shown_when_asked_for),
		cmocka_unit_test(the_distance_is_the_ways),
		cmocka_unit_test(skids_get_prints_whole),
		cmocka_unit_test(memory_may_be_short_in_every_format),
	};

	return cmocka_run_group_tests(tests, use_utc, NULL);
}
