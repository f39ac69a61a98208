/* What each format says of services, beyond what test_golden compares with
 * nmap's own files: TLS, evidence, and rules that no single scan shows. */
#include "format_fixture.h"
#include "service_fixture.h"

#include "report/format/words_service.h"

static struct port_report port_of(const struct service_facts *facts, enum port_state state)
{
	struct port_report port = fixture_port(22, state, REASON_SYN_ACK);

	port.service = facts;
	return port;
}

/* What a format makes of one host with these ports. */
static void write_ports(struct fixture *fixture, const char *format, struct port_report *ports,
			size_t count)
{
	const struct host_report host = {.addr = ip_v4(0xc0000201),
					 .state = HOST_UP,
					 .reason = REASON_SYN_ACK,
					 .ports_scanned = true,
					 .ports = ports,
					 .ports_count = count};

	assert_int_equal(fixture_begin(fixture, format_by_name(format)), 0);
	fixture->plan.version.wanted = true;
	format_writer_event(fixture->writer, &(struct format_event){.kind = FORMAT_BEGIN});
	format_writer_event(fixture->writer,
			    &(struct format_event){.kind = FORMAT_HOST, .host = &host});
	assert_int_equal(fixture_end(fixture), 0);
	buf_str(&fixture->out);
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

/* --- words ------------------------------------------------------------- */

static void assert_service(const struct plan *plan, const struct port_report *port,
			   const char *expected)
{
	struct buf text = BUF_INIT;

	words_add_service(&text, plan, port, false);
	assert_string_equal(buf_str(&text), expected);
	buf_release(&text);
}

static void a_question_mark_is_for_guesses_on_open_ports(void **state)
{
	struct service_facts facts = {.end = SERVICE_UNKNOWN, .confidence = 3};
	struct plan plan = {.version = {.wanted = true}};
	static const char table[] = "ssh 22/tcp\n";
	struct port_report port = port_of(&facts, PORT_OPEN);

	assert_int_equal(services_parse(table, strlen(table), &plan.services, NULL), 0);
	assert_service(&plan, &port, "ssh?");
	port.service = NULL;
	assert_service(&plan, &port, "ssh?");
	port.verdict.state = PORT_OPEN_FILTERED;
	assert_service(&plan, &port, "ssh");
	port = port_of(&facts, PORT_OPEN);
	plan.version.wanted = false;
	assert_service(&plan, &port, "ssh");
	plan.version.wanted = true;
	facts.tunnel = true;
	assert_service(&plan, &port, "ssl/ssh?");
	facts.confidence = 5;
	assert_service(&plan, &port, "ssl/ssh?");
	facts.confidence = 6;
	assert_service(&plan, &port, "ssl/ssh");
	services_free(plan.services);
	plan.services = NULL;
	assert_service(&plan, &port, "ssl/unknown");
	facts.confidence = 3;
	facts.tunnel = false;
	facts.name = "unknown";
	assert_service(&plan, &port, "unknown");
}

static void a_name_is_printable_and_shorter_than_64_bytes(void **state)
{
	char name[80];
	struct service_facts facts = {.end = SERVICE_HARD, .confidence = 10, .name = name};
	const struct plan plan = {.version = {.wanted = true}};
	struct port_report port = port_of(&facts, PORT_OPEN);

	memset(name, 'n', sizeof(name));
	name[63] = '\0';
	assert_service(&plan, &port, name);
	facts.tunnel = true;
	assert_service(&plan, &port, "");
	facts.tunnel = false;
	name[63] = 'n';
	name[64] = '\0';
	assert_service(&plan, &port, "");
	memcpy(name, "a\n\xc3\xa9", 5);
	assert_service(&plan, &port, "a...");
}

static void an_excluded_port_has_no_version(void **state)
{
	const struct service_facts facts = {.end = SERVICE_EXCLUDED,
					    .confidence = 3,
					    .product = "Excluded from version scan",
					    .ostype = "x"};
	struct port_report port = port_of(&facts, PORT_OPEN);
	struct fixture fixture;

	write_ports(&fixture, "normal", &port, 1);
	assert_has_not(&fixture, "Excluded");
	assert_has_not(&fixture, "Service Info");
	fixture_release(&fixture);
	write_ports(&fixture, "ndjson", &port, 1);
	assert_has(&fixture, "\"detected\":{\"outcome\":\"excluded\",\"method\":\"table\"");
	fixture_release(&fixture);
}

static void closed_ports_are_not_in_service_info(void **state)
{
	const struct service_facts facts = {.end = SERVICE_HARD, .ostype = "Linux"};
	struct port_report port = port_of(&facts, PORT_CLOSED);
	struct fixture fixture;

	write_ports(&fixture, "normal", &port, 1);
	assert_has_not(&fixture, "Service Info");
	fixture_release(&fixture);
}

static void a_host_name_that_is_the_ptr_name_says_nothing_new(void **state)
{
	const struct service_facts facts = {.end = SERVICE_HARD, .hostname = "WWW.Example"};
	struct port_report port = port_of(&facts, PORT_OPEN);
	struct host_report host = {.ports = &port, .ports_count = 1};
	struct buf text = BUF_INIT;

	words_add_service_info(&text, &host);
	assert_string_equal(buf_str(&text), "Service Info: Host: WWW.Example\n");
	buf_clear(&text);
	host.ptr = "www.example";
	words_add_service_info(&text, &host);
	assert_int_equal(text.len, 0);
	buf_release(&text);
}

/* --- formats ----------------------------------------------------------- */

static void ndjson_has_it_all(void **state)
{
	struct port_report port = port_of(&fixture_facts, PORT_OPEN);
	struct fixture fixture;

	write_ports(&fixture, "ndjson", &port, 1);
	assert_has(&fixture,
		   "\"service\":\"http\",\"detected\":{\"outcome\":\"matched\",\"method\":"
		   "\"probed\",\"confidence\":10,\"tunnel\":\"ssl\",\"name\":\"http\","
		   "\"product\":\"nginx\",\"version\":\"1.22.1\",\"extrainfo\":\"a\\u0009b\","
		   "\"hostname\":\"www\",\"ostype\":\"Linux\",\"devicetype\":\"router\","
		   "\"cpe\":[\"cpe:/a:f5:nginx:1.22.1\",\"cpe:/h:x:y\","
		   "\"cpe:/o:linux:linux_kernel\"],\"cpe23\":["
		   "\"cpe:2.3:a:f5:nginx:1.22.1:*:*:*:*:*:*:*\","
		   "\"cpe:2.3:h:x:y:*:*:*:*:*:*:*:*\","
		   "\"cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*\"],"
		   "\"fingerprint\":\"SF-Port1-TCP:V=1%r(X,1,\\\"y\\\");\",");
	assert_has(&fixture,
		   "\"tls\":{\"version\":\"TLSv1.3\",\"cipher\":\"TLS_AES_256_GCM_SHA384\","
		   "\"alpn\":\"http/1.1\",\"server_name\":\"www.example\",\"certificate\":{"
		   "\"subject\":\"CN=www.example,O=Caf\xc3\xa9\",\"issuer\":\"CN=Some CA\","
		   "\"names\":[\"DNS:www.example\",\"IP:192.0.2.1\"],"
		   "\"not_before\":\"2023-11-14T22:13:20Z\","
		   "\"not_after\":\"9999-12-31T23:59:59Z\",\"key\":\"ec prime256v1\","
		   "\"signature\":\"ecdsa-with-SHA256\",\"sha256\":\"ab01000000000000000000000000"
		   "000000000000000000000000000000000000\",\"self_signed\":false,"
		   "\"der_b64\":\"MAMCAQU=\"}},"
		   "\"evidence\":{\"probe\":\"GetRequest\",\"matched_with\":\"NULL\","
		   "\"file\":\"http.probe\",\"line\":12,"
		   "\"sample_b64\":\"SFRUUC8xLjEgIlwNCgCA\",\"response_bytes\":300,"
		   "\"probes_sent\":2,\"took_us\":1500}}");
	fixture_release(&fixture);
}

static void dates_that_have_no_year_are_left_out(void **state)
{
	struct service_tls tls = fixture_tls;
	struct service_facts facts = fixture_facts;
	struct port_report port = port_of(&facts, PORT_OPEN);
	struct fixture fixture;

	tls.certificate.not_before_s = INT64_MIN;
	tls.certificate.not_after_s = INT64_MAX;
	facts.tls = &tls;
	write_ports(&fixture, "ndjson", &port, 1);
	assert_has_not(&fixture, "not_before");
	assert_has_not(&fixture, "not_after");
	fixture_release(&fixture);
	write_ports(&fixture, "evidence", &port, 1);
	assert_has(&fixture, "IP:192.0.2.1, key ec prime256v1");
	fixture_release(&fixture);
}

static void csv_has_columns_for_it(void **state)
{
	struct port_report ports[] = {port_of(&fixture_facts, PORT_OPEN),
				      port_of(NULL, PORT_CLOSED)};
	struct fixture fixture;

	ports[1].number = 23;
	write_ports(&fixture, "csv", ports, 2);
	assert_string_equal(
		buf_str(&fixture.out),
		"address,name,ptr,host_state,host_reason,note,transport,port,state,service,"
		"reason,ttl,from,rtt_us,outcome,confidence,tunnel,product,version,extrainfo,"
		"hostname,ostype,devicetype,cpe_a,cpe_h,cpe_o,tls,certificate\r\n"
		"192.0.2.1,,,up,syn-ack,,tcp,22,open,http,syn-ack,,,321,matched,10,ssl,nginx,"
		"1.22.1,a\\x09b,www,Linux,router,cpe:/a:f5:nginx:1.22.1,cpe:/h:x:y,"
		"cpe:/o:linux:linux_kernel,TLSv1.3,\"CN=www.example,O=Caf\xc3\xa9\"\r\n"
		"192.0.2.1,,,up,syn-ack,,tcp,23,closed,,syn-ack,,,,,,,,,,,,,,,,,\r\n");
	fixture_release(&fixture);
}

/* Nmap's XML has no place for TLS, and its DTD none for new attributes. */
static void xml_says_what_nmaps_can(void **state)
{
	struct port_report port = port_of(&fixture_facts, PORT_OPEN);
	struct fixture fixture;

	write_ports(&fixture, "xml", &port, 1);
	assert_has(&fixture,
		   "<service name=\"http\" product=\"nginx\" version=\"1.22.1\" extrainfo=\"a.b\" "
		   "hostname=\"www\" ostype=\"Linux\" devicetype=\"router\" "
		   "servicefp=\"SF-Port1-TCP:V=1%r(X,1,&quot;y&quot;);\" tunnel=\"ssl\" "
		   "method=\"probed\" conf=\"10\"><cpe>cpe:/a:f5:nginx:1.22.1</cpe>"
		   "<cpe>cpe:/h:x:y</cpe><cpe>cpe:/o:linux:linux_kernel</cpe></service></port>");
	assert_has_not(&fixture, "TLSv1.3");
	fixture_release(&fixture);
}

static void evidence_reads_like_this(void **state)
{
	struct port_report ports[] = {port_of(&fixture_facts, PORT_OPEN),
				      port_of(NULL, PORT_CLOSED)};
	struct fixture fixture;

	ports[0].verdict.ttl = 64;
	ports[1].number = 23;
	write_ports(&fixture, "evidence", ports, 2);
	assert_string_equal(
		buf_str(&fixture.out),
		"What the answers rest on. The scan was: portolan -p 20-25,80 \"odd "
		"\\\"name\\\"\" 192.0.2.0/24\n\n"
		"192.0.2.1 is up, syn-ack\n"
		"22/tcp open, syn-ack ttl 64: ssl/http nginx 1.22.1 (a.b)\n"
		"    matched, confidence 10: line 12 of http.probe, a line of probe NULL, in "
		"answer "
		"to probe GetRequest\n"
		"    response of 300 bytes: \"HTTP/1.1 \\\"\\\\\\r\\n\\x00\\x80\" ...\n"
		"    2 probes sent in 0.002 s\n"
		"    named cpe:/a:f5:nginx:1.22.1 cpe:/h:x:y cpe:/o:linux:linux_kernel\n"
		"    inside TLSv1.3 TLS_AES_256_GCM_SHA384, agreed on http/1.1, asked for "
		"www.example\n"
		"    certificate of CN=www.example,O=Caf\xc3\xa9, issued by CN=Some CA, for "
		"DNS:www.example, IP:192.0.2.1, valid from 2023-11-14 to 9999-12-31, key ec "
		"prime256v1, signature ecdsa-with-SHA256\n"
		"    certificate sha256 ab01000000000000000000000000"
		"000000000000000000000000000000000000\n"
		"23/tcp closed, syn-ack: unknown\n\n");
	fixture_release(&fixture);
}

/* Letters are mangled at random; those of a fingerprint are somebody's input. */
static void skids_get_fingerprints_whole(void **state)
{
	char print[300] = "SF-Port22-TCP:V=1%r(A,1,\"";
	struct service_facts facts = {.end = SERVICE_UNKNOWN, .fingerprint = print};
	struct port_report port = port_of(&facts, PORT_OPEN);
	struct fixture fixture;

	memset(print + strlen(print), 'e', 200);
	write_ports(&fixture, "skiddie", &port, 1);
	assert_has(&fixture, "\nSF-Port22-TCP:V=1%r(A,1,\"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"
			     "eeeeeeeeee\nSF:eeeeeeeeeeeeeeeeeeeeeeeeee");
	assert_has(&fixture, "\n1 service unrecognized despite returning data.");
	fixture_release(&fixture);
}

static int write_all(void *self)
{
	struct port_report port = port_of(&fixture_facts, PORT_OPEN);
	const struct target target = {.addr = ip_v4(1)};
	struct observation seen = {.kind = OBSERVED_SERVICE, .target = &target};
	const struct host_report host = {.state = HOST_UP,
					 .addr = target.addr,
					 .ports_scanned = true,
					 .ports = &port,
					 .ports_count = 1};
	struct fixture fixture;
	int r = fixture_begin(&fixture, self);

	seen.service.facts = &fixture_facts;
	fixture.plan.version.wanted = true;
	if (r == 0) {
		format_writer_event(fixture.writer, &(struct format_event){.kind = FORMAT_SERVICE,
									   .seen = &seen,
									   .host = &host});
		format_writer_event(fixture.writer,
				    &(struct format_event){.kind = FORMAT_HOST, .host = &host});
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_question_mark_is_for_guesses_on_open_ports),
		cmocka_unit_test(a_name_is_printable_and_shorter_than_64_bytes),
		cmocka_unit_test(an_excluded_port_has_no_version),
		cmocka_unit_test(closed_ports_are_not_in_service_info),
		cmocka_unit_test(a_host_name_that_is_the_ptr_name_says_nothing_new),
		cmocka_unit_test(ndjson_has_it_all),
		cmocka_unit_test(dates_that_have_no_year_are_left_out),
		cmocka_unit_test(csv_has_columns_for_it),
		cmocka_unit_test(xml_says_what_nmaps_can),
		cmocka_unit_test(evidence_reads_like_this),
		cmocka_unit_test(skids_get_fingerprints_whole),
		cmocka_unit_test(memory_may_be_short_in_every_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
