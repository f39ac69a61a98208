#include "format_fixture.h"

extern const struct report_format format_csv;

#define HEADER                                                                                  \
	"address,name,ptr,host_state,host_reason,note,transport,port,state,service,reason,ttl," \
	"from,rtt_us\r\n"

static void a_run_reads_like_this(void **state)
{
	struct fixture fixture;

	assert_int_equal(fixture_begin(&fixture, &format_csv), 0);
	fixture.plan.output.verbosity = 1;
	fixture_play_run(&fixture, "www.example");
	assert_int_equal(fixture_end(&fixture), 0);
	assert_string_equal(
		buf_str(&fixture.out), HEADER
		"192.0.2.3,www.example,www.example,up,syn-ack,,tcp,20,closed,,conn-refused,,,\r\n"
		"192.0.2.3,www.example,www.example,up,syn-ack,,tcp,21,closed,,conn-refused,,,\r\n"
		"192.0.2.3,www.example,www.example,up,syn-ack,,tcp,22,open,,syn-ack,,,321\r\n"
		"192.0.2.3,www.example,www.example,up,syn-ack,,tcp,23,closed,,conn-refused,,,\r\n"
		"192.0.2.3,www.example,www.example,up,syn-ack,,tcp,24,closed,,conn-refused,,,\r\n"
		"192.0.2.3,www.example,www.example,up,syn-ack,,tcp,25,closed,,conn-refused,,,\r\n"
		"192.0.2.3,www.example,www.example,up,syn-ack,,tcp,80,filtered,,"
		"admin-prohibited,63,192.0.2.99,\r\n"
		"192.0.2.4,,,down,no-response,,,,,,,,,\r\n");
	fixture_release(&fixture);
}

static void play_host(struct fixture *fixture, const struct host_report *host)
{
	assert_int_equal(fixture_begin(fixture, &format_csv), 0);
	format_writer_event(fixture->writer, &(struct format_event){.kind = FORMAT_BEGIN});
	format_writer_event(fixture->writer,
			    &(struct format_event){.kind = FORMAT_HOST, .host = host});
	assert_int_equal(fixture_end(fixture), 0);
}

static void a_cell_is_no_formula_and_no_second_row(void **state)
{
	struct host_report host = {
		.addr = ip_v4(0xc0000201), .state = HOST_UP, .reason = REASON_USER_SET};
	struct fixture fixture;

	host.name = HOSTILE_NAME;
	host.ptr = "a\r\nb\tc";
	play_host(&fixture, &host);
	assert_string_equal(buf_str(&fixture.out),
			    HEADER "192.0.2.1,\"'=cmd|'/C calc'!A0,\"\"\\x1B]0;pwned\\x07\\xFF"
				   "\\xE2\\x80\\xAE\",a\\x0D\\x0Ab\\x09c,up,user-set,,,,,,,,,\r\n");
	fixture_release(&fixture);
	for (const char *sign = "+-@"; *sign; sign++) {
		char name[] = {*sign, '1', 0}, expected[] = {',', '\'', *sign, '1', ',', 0};

		host.name = name;
		play_host(&fixture, &host);
		assert_non_null(strstr(buf_str(&fixture.out), expected));
		fixture_release(&fixture);
	}
}

/* Collapsed as in the normal output: more than 25 of a state say nothing each. */
static void collapsed_ports_have_no_rows(void **state)
{
	struct port_report ports[31];
	struct host_report host = {.addr = ip_v4(0xc0000201),
				   .state = HOST_UP,
				   .reason = REASON_SYN_ACK,
				   .ports_scanned = true,
				   .incomplete = true,
				   .ports = ports,
				   .ports_count = 31};
	struct fixture fixture;

	for (uint16_t i = 0; i < 30; i++)
		ports[i] = fixture_port(i, PORT_CLOSED, REASON_CONN_REFUSED);
	ports[30] = fixture_port(443, PORT_OPEN, REASON_SYN_ACK);
	play_host(&fixture, &host);
	assert_string_equal(buf_str(&fixture.out), HEADER
			    "192.0.2.1,,,up,syn-ack,incomplete,tcp,443,open,,syn-ack,,,321\r\n");
	fixture_release(&fixture);
	host.ports_count = 30;
	host.timed_out = true;
	play_host(&fixture, &host);
	assert_string_equal(buf_str(&fixture.out),
			    HEADER "192.0.2.1,,,up,syn-ack,timed out,,,,,,,,\r\n");
	fixture_release(&fixture);
}

static int play(void *self)
{
	struct fixture fixture;
	int r = fixture_begin(&fixture, &format_csv);

	if (r == 0) {
		fixture_play_run(&fixture, HOSTILE_NAME);
		r = fixture_end(&fixture);
		if (fixture.out.len)
			assert_int_equal(fixture.out.data[fixture.out.len - 1], '\n');
	}
	fixture_release(&fixture);
	return r;
}

static void short_memory_gives_an_error_and_no_half_row(void **state)
{
	support_each_allocation_fails(play, NULL, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_reads_like_this),
		cmocka_unit_test(a_cell_is_no_formula_and_no_second_row),
		cmocka_unit_test(collapsed_ports_have_no_rows),
		cmocka_unit_test(short_memory_gives_an_error_and_no_half_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
