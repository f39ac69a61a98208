/* Called with --sample it prints what test/interop/test_ndjson_schema.py
 * holds against the schema. */
#include "format_fixture.h"
#include "script_fixture.h"
#include "service_fixture.h"
#include "system_fixture.h"

#include "util/text.h"

#include <jansson.h>
#include <stdio.h>

extern const struct report_format format_ndjson;

static void a_run_reads_like_this(void **state)
{
	struct fixture fixture;

	assert_int_equal(fixture_begin(&fixture, &format_ndjson), 0);
	fixture_play_run(&fixture, "www.example");
	assert_int_equal(fixture_end(&fixture), 0);
	assert_string_equal(
		buf_str(&fixture.out),
		"{\"v\":1,\"type\":\"run\",\"time\":\"2023-11-14T22:13:20.000Z\",\"program\":"
		"\"portolan\",\"version\":\"0.1.0\",\"command_line\":\"portolan -p 20-25,80 "
		"\\\"odd \\\\\\\"name\\\\\\\"\\\" 192.0.2.0/24\",\"resumed\":false,"
		"\"list_only\":false,\"scans\":[{\"technique\":\"tcp-connect\",\"transport\":"
		"\"tcp\",\"ports\":\"20-25,80\",\"ports_count\":7}]}\n"
		"{\"v\":1,\"type\":\"skipped\",\"time\":\"2023-11-14T22:13:20.005Z\","
		"\"expression\":\"www.example\",\"why\":\"Failed to resolve it.\"}\n"
		"{\"v\":1,\"type\":\"open\",\"time\":\"2023-11-14T22:13:20.005Z\",\"address\":"
		"\"192.0.2.3\",\"name\":\"www.example\",\"transport\":\"tcp\",\"port\":22,"
		"\"state\":\"open\",\"reason\":\"syn-ack\",\"rtt_us\":321,\"attempt\":1}\n"
		"{\"v\":1,\"type\":\"host\",\"index\":3,\"address\":\"192.0.2.3\",\"family\":"
		"\"ipv4\",\"name\":\"www.example\",\"ptr\":\"www.example\",\"other_addresses\":["
		"\"192.0.2.99\",\"2001:db8::\"],\"state\":\"up\",\"reason\":\"syn-ack\","
		"\"ttl\":64,\"timed_out\":false,\"incomplete\":false,\"start\":"
		"\"2023-11-14T22:13:21.000Z\",\"end\":\"2023-11-14T22:13:22.000Z\",\"srtt_us\":"
		"1500,\"rttvar_us\":100,\"timeout_us\":100000,\"counts\":{\"closed\":5,\"open\":"
		"1,\"filtered\":1},\"ports\":[{\"transport\":\"tcp\",\"port\":22,\"state\":"
		"\"open\",\"reason\":\"syn-ack\",\"rtt_us\":321,\"attempt\":1}],\"other_ports\":["
		"{\"transport\":\"tcp\",\"state\":\"closed\",\"reason\":\"conn-refused\","
		"\"ports\":\"20-21,23-25\",\"count\":5},{\"transport\":\"tcp\",\"state\":"
		"\"filtered\",\"reason\":\"admin-prohibited\",\"ttl\":63,\"from\":"
		"\"192.0.2.99\",\"ports\":\"80\",\"count\":1}]}\n"
		"{\"v\":1,\"type\":\"warning\",\"text\":\"www.example\"}\n"
		"{\"v\":1,\"type\":\"end\",\"time\":\"2023-11-14T22:13:23.000Z\",\"outcome\":"
		"\"failed\",\"why\":\"www.example\",\"elapsed_s\":3.250,\"hosts_total\":256,"
		"\"hosts_up\":1,\"probes_sent\":99,\"estimated_missed\":0.000200}\n");
	fixture_release(&fixture);
}

static void play_raw(struct fixture *fixture)
{
	struct host_report host = {.addr = ip_v4(0x0a000001),
				   .state = HOST_UP,
				   .reason = REASON_ARP_RESPONSE,
				   .has_mac = true,
				   .mac = {{2, 0, 0, 0xab, 0, 9}}};
	struct format_totals totals = {
		.hosts_total = 1, .hosts_up = 1, .probes_sent = 12, .estimated_missed = -1};
	struct observation seen = {.kind = OBSERVED_RUN_END};

	seen.end.probes_sent = 12;
	seen.end.probes_answered = 9;
	seen.end.probes_resent = 2;
	seen.end.dropped_locally = 1;
	seen.end.dropped_receiving = 3;
	seen.end.raw_sent = 14;
	seen.end.raw_sent_bytes = 560;
	seen.end.raw_received = 10;
	seen.end.raw_received_bytes = 440;
	seen.end.probes_planned = 10;
	seen.end.missed = 0.25;
	seen.end.missed_high = 1.5;
	format_writer_event(fixture->writer,
			    &(struct format_event){.kind = FORMAT_HOST, .host = &host});
	format_writer_event(
		fixture->writer,
		&(struct format_event){.kind = FORMAT_END, .seen = &seen, .totals = &totals});
	seen.end.missed = -1;
	format_writer_event(
		fixture->writer,
		&(struct format_event){.kind = FORMAT_END, .seen = &seen, .totals = &totals});
}

static void play_service(struct fixture *fixture)
{
	struct port_report port = fixture_port(22, PORT_OPEN, REASON_SYN_ACK);
	const struct target target = {.addr = ip_v4(0x0a000001), .name = (char *)"name"};
	struct observation seen = {.kind = OBSERVED_SERVICE, .target = &target};
	const struct host_report host = {.addr = target.addr,
					 .state = HOST_UP,
					 .ports_scanned = true,
					 .ports = &port,
					 .ports_count = 1};

	port.service = &fixture_facts;
	seen.service.number = 22;
	seen.service.facts = &fixture_facts;
	format_writer_event(
		fixture->writer,
		&(struct format_event){.kind = FORMAT_SERVICE, .seen = &seen, .host = &host});
	format_writer_event(fixture->writer,
			    &(struct format_event){.kind = FORMAT_HOST, .host = &host});
}

static void play_system(struct fixture *fixture)
{
	const struct target target = {.addr = ip_v4(0x0a000001), .name = (char *)"name"};
	struct observation seen = {.kind = OBSERVED_SYSTEM, .target = &target};
	const struct host_report host = {.addr = target.addr,
					 .state = HOST_UP,
					 .system = &fixture_system,
					 .path = &fixture_path};

	seen.system = &fixture_system;
	format_writer_event(
		fixture->writer,
		&(struct format_event){.kind = FORMAT_SYSTEM, .seen = &seen, .host = &host});
	seen.kind = OBSERVED_PATH;
	seen.path = &fixture_path;
	format_writer_event(
		fixture->writer,
		&(struct format_event){.kind = FORMAT_PATH, .seen = &seen, .host = &host});
	format_writer_event(fixture->writer,
			    &(struct format_event){.kind = FORMAT_HOST, .host = &host});
}

static void play_scripts(struct fixture *fixture)
{
	const struct target target = {.addr = ip_v4(0x0a000001), .name = (char *)"name"};
	const struct script_place place = {SCRIPT_PORT, TRANSPORT_TCP, 22};
	const struct script_report script = {place, &fixture_script};
	const struct finding_report finding = {place, &fixture_finding};
	const struct host_report host = {
		.addr = target.addr, .state = HOST_UP, .scripts = {&script, 1, &finding, 1}};
	struct observation seen = {.kind = OBSERVED_SCRIPT, .target = &target};

	seen.script.place = place;
	seen.script.result = &fixture_script;
	format_writer_event(
		fixture->writer,
		&(struct format_event){.kind = FORMAT_SCRIPT, .seen = &seen, .host = &host});
	seen.kind = OBSERVED_FINDING;
	seen.finding.place = place;
	seen.finding.finding = &fixture_finding;
	format_writer_event(
		fixture->writer,
		&(struct format_event){.kind = FORMAT_FINDING, .seen = &seen, .host = &host});
	format_writer_event(fixture->writer,
			    &(struct format_event){.kind = FORMAT_HOST, .host = &host});
}

static void a_service_is_told_at_once(void **state)
{
	struct fixture fixture;

	assert_int_equal(fixture_begin(&fixture, &format_ndjson), 0);
	play_service(&fixture);
	assert_int_equal(fixture_end(&fixture), 0);
	assert_non_null(
		strstr(buf_str(&fixture.out),
		       "{\"v\":1,\"type\":\"service\",\"time\":\"1970-01-01T00:00:00.000Z\","
		       "\"address\":\"10.0.0.1\",\"name\":\"name\",\"transport\":\"tcp\","
		       "\"port\":22,\"service\":\"http\",\"detected\":{\"outcome\""));
	fixture_release(&fixture);
}

static void a_neighbours_vendor_is_told_if_known(void **state)
{
	struct host_report host = {.addr = ip_v4(0x0a000001),
				   .state = HOST_UP,
				   .reason = REASON_ARP_RESPONSE,
				   .has_mac = true,
				   .mac = {{0, 0x0c, 0x29, 0xab, 0, 9}}};
	struct fixture fixture;

	assert_int_equal(fixture_begin(&fixture, &format_ndjson), 0);
	format_writer_event(fixture.writer,
			    &(struct format_event){.kind = FORMAT_HOST, .host = &host});
	assert_int_equal(fixture_end(&fixture), 0);
	assert_non_null(strstr(buf_str(&fixture.out),
			       "\"mac\":\"00:0C:29:AB:00:09\",\"vendor\":\"VMware\",\"state\""));
	fixture_release(&fixture);
}

static void raw_scans_tell_of_probes_and_neighbours(void **state)
{
	struct fixture fixture;
	const char *second;

	assert_int_equal(fixture_begin(&fixture, &format_ndjson), 0);
	play_raw(&fixture);
	assert_int_equal(fixture_end(&fixture), 0);
	assert_non_null(strstr(buf_str(&fixture.out),
			       "\"family\":\"ipv4\",\"mac\":\"02:00:00:AB:00:09\",\"state\""));
	assert_non_null(strstr(buf_str(&fixture.out),
			       "\"probes_sent\":12,\"probes_answered\":9,\"probes_resent\":2,"
			       "\"dropped_locally\":1,"
			       "\"dropped_receiving\":3,\"raw_sent\":14,\"raw_sent_bytes\":560,"
			       "\"raw_received\":10,"
			       "\"raw_received_bytes\":440,\"probes_planned\":10,\"missed\":0.250,"
			       "\"missed_low\":0.000,\"missed_high\":1.500}\n"));
	second = strstr(strstr(buf_str(&fixture.out), "\"end\"") + 1, "\"end\"");
	assert_non_null(second);
	assert_null(strstr(second, "missed"));
	fixture_release(&fixture);
}

/* All ports are there for who wants them; how many of them say little is, too. */
static void a_host_that_lies_is_told(void **state)
{
	static const struct port_report ports[] = {
		{22,
		 TRANSPORT_TCP,
		 {.state = PORT_OPEN, .reason = REASON_SYN_ACK, .ttl = 55},
		 NULL},
		{23,
		 TRANSPORT_TCP,
		 {.state = PORT_OPEN, .reason = REASON_SYN_ACK, .ttl = 250},
		 NULL},
		{53,
		 TRANSPORT_UDP,
		 {.state = PORT_OPEN, .reason = REASON_SYN_ACK, .ttl = 250},
		 NULL},
	};
	const struct host_report host = {.addr = ip_v4(0x0a000001),
					 .state = HOST_UP,
					 .reason = REASON_ECHO_REPLY,
					 .liar = {.kind = LIAR_SYN_PROXY, .ttl = 250},
					 .ports_scanned = true,
					 .ports = ports,
					 .ports_count = 3};
	struct fixture fixture;

	assert_int_equal(fixture_begin(&fixture, &format_ndjson), 0);
	format_writer_event(fixture.writer,
			    &(struct format_event){.kind = FORMAT_HOST, .host = &host});
	assert_int_equal(fixture_end(&fixture), 0);
	assert_non_null(strstr(buf_str(&fixture.out),
			       "\"liar\":{\"kind\":\"syn-proxy\",\"state\":\"open\","
			       "\"ttl\":250,\"ports\":1},\"counts\":{\"open\":3}"));
	fixture_release(&fixture);
}

/* Every line is JSON and UTF-8, and nothing in it can move a terminal. */
static void hostile_names_stay_inside_their_string(void **state)
{
	struct fixture fixture;
	const char *line, *end;

	assert_int_equal(fixture_begin(&fixture, &format_ndjson), 0);
	fixture.plan.output.verbosity = 1;
	fixture_play_run(&fixture, HOSTILE_NAME);
	assert_int_equal(fixture_end(&fixture), 0);
	assert_true(text_is_utf8(fixture.out.data, fixture.out.len));
	line = buf_str(&fixture.out);
	for (; *line; line = end + 1) {
		json_error_t error;
		json_t *read;

		end = strchr(line, '\n');
		assert_non_null(end);
		for (const char *at = line; at < end; at++)
			assert_true((unsigned char)*at >= 0x20);
		read = json_loadb(line, (size_t)(end - line), JSON_REJECT_DUPLICATES, &error);
		if (!read)
			fail_msg("%s", error.text);
		assert_int_equal(json_integer_value(json_object_get(read, "v")), 1);
		json_decref(read);
	}
	assert_null(strstr(buf_str(&fixture.out), "\xe2\x80\xae"));
	assert_non_null(strstr(buf_str(&fixture.out), "\"name_b64\":\"PWNtZHw"));
	assert_non_null(
		strstr(buf_str(&fixture.out), "\"state\":\"down\",\"reason\":\"no-response\""));
	fixture_release(&fixture);
}

static int play(void *self)
{
	struct fixture fixture;
	int r = fixture_begin(&fixture, &format_ndjson);

	if (r == 0) {
		fixture_play_run(&fixture, HOSTILE_NAME);
		r = fixture_end(&fixture);
		/* Whatever was lost, there is no half line. */
		if (fixture.out.len)
			assert_int_equal(fixture.out.data[fixture.out.len - 1], '\n');
	}
	fixture_release(&fixture);
	return r;
}

static void short_memory_gives_an_error_and_no_half_line(void **state)
{
	support_each_allocation_fails(play, NULL, 200);
}

/* Samples for the schema test: plain, hostile, and a listing of names. */
static int print_samples(void)
{
	for (int i = 0; i < 3; i++) {
		struct fixture fixture;

		if (fixture_begin(&fixture, &format_ndjson) < 0)
			return 1;
		fixture.plan.output.verbosity = i;
		if (i == 2) {
			struct host_report host = {.addr = ip_v4(1), .list_only = true};

			fixture.plan.list_only = true;
			fixture.plan.port_scan = false;
			format_writer_event(
				fixture.writer,
				&(struct format_event){.kind = FORMAT_HOST, .host = &host});
		}
		if (i == 1)
			play_raw(&fixture);
		if (i == 1)
			play_service(&fixture);
		if (i == 1)
			play_system(&fixture);
		if (i == 1)
			play_scripts(&fixture);
		fixture_play_run(&fixture, i ? HOSTILE_NAME : "www.example");
		if (fixture_end(&fixture) < 0)
			return 1;
		fwrite(fixture.out.data, 1, fixture.out.len, stdout);
		fixture_release(&fixture);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_reads_like_this),
		cmocka_unit_test(a_service_is_told_at_once),
		cmocka_unit_test(a_neighbours_vendor_is_told_if_known),
		cmocka_unit_test(raw_scans_tell_of_probes_and_neighbours),
		cmocka_unit_test(a_host_that_lies_is_told),
		cmocka_unit_test(hostile_names_stay_inside_their_string),
		cmocka_unit_test(short_memory_gives_an_error_and_no_half_line),
	};

	if (argc == 2 && !strcmp(argv[1], "--sample"))
		return print_samples();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
