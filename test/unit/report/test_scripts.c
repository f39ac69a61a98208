/* What scripts found, from observations through the collector into formats. */
#include "format_fixture.h"
#include "script_fixture.h"

#include "report/collector.h"

extern const struct report_format format_ndjson, format_evidence, format_normal;

struct stage {
	struct fixture fixture;
	struct collector *collector;
	struct target target;
	uint64_t wall_ns;
};

static void tell(struct stage *stage, struct observation seen)
{
	struct sink sink = collector_sink(stage->collector);

	seen.wall_ns = stage->wall_ns;
	assert_int_equal(sink.observe(sink.self, &seen), 0);
}

static void tell_script(struct stage *stage, enum script_scope scope, uint16_t number,
			const struct script_result *result)
{
	struct observation seen = {.kind = OBSERVED_SCRIPT};

	if (scope == SCRIPT_HOST || scope == SCRIPT_PORT)
		seen.target = &stage->target;
	seen.script.place = (struct script_place){scope, TRANSPORT_TCP, number};
	seen.script.result = result;
	tell(stage, seen);
}

static void tell_finding(struct stage *stage, enum script_scope scope, uint16_t number,
			 const struct script_finding *finding)
{
	struct observation seen = {.kind = OBSERVED_FINDING};

	if (scope == SCRIPT_HOST || scope == SCRIPT_PORT)
		seen.target = &stage->target;
	seen.finding.place = (struct script_place){scope, TRANSPORT_TCP, number};
	seen.finding.finding = finding;
	tell(stage, seen);
}

static void begin(struct stage *stage, const struct report_format *format)
{
	struct collector_config config = {.plan = &stage->fixture.plan, .writers_count = 1};

	memset(stage, 0, sizeof(*stage));
	assert_int_equal(fixture_begin(&stage->fixture, format), 0);
	config.writers = &stage->fixture.writer;
	assert_int_equal(collector_new(&config, &stage->collector), 0);
	stage->target = (struct target){.index = 1, .addr = ip_v4(0x0a000001), .refs = 1};
	stage->wall_ns = FIXTURE_START_S * NS_PER_S;
	tell(stage, (struct observation){.kind = OBSERVED_RUN_BEGIN});
	tell(stage, (struct observation){.kind = OBSERVED_HOST,
					 .target = &stage->target,
					 .host = {.state = HOST_UP}});
	tell(stage, (struct observation){.kind = OBSERVED_PORT,
					 .target = &stage->target,
					 .port = {.number = 21, .verdict = {.state = PORT_OPEN}}});
}

static void host_done(struct stage *stage)
{
	tell(stage, (struct observation){.kind = OBSERVED_HOST_DONE,
					 .target = &stage->target,
					 .done = {.state = HOST_UP, .ports_scanned = true}});
}

static const char *end(struct stage *stage)
{
	tell(stage, (struct observation){.kind = OBSERVED_RUN_END});
	collector_free(stage->collector);
	assert_int_equal(fixture_end(&stage->fixture), 0);
	return buf_str(&stage->fixture.out);
}

static void assert_has(const char *text, const char *part)
{
	if (strstr(text, part))
		return;
	/* cmocka cuts long messages */
	fprintf(stderr, "no\n%s\nin\n", part);
	fputs(text, stderr);
	fail();
}

#define SCRIPT_JSON                                                                             \
	"\"id\":\"http-title\",\"output\":\"\\u000a  one\\u000a  sub: <b>\",\"value\":["        \
	"{\"value\":\"one\\u0001\xef\xbf\xbd\",\"value_b64\":\"b25lAf8=\"},"                    \
	"{\"key\":\"sub\",\"value\":[{\"value\":-1.5e+20},{\"key\":\"bad\",\"value\":\"-nan\"}" \
	"]},{\"key\":\"ok\",\"value\":true}],\"cut\":true,\"stopped\":\"time limit 5 s\","      \
	"\"took_us\":5000001"
#define FINDING_JSON                                                                          \
	"\"id\":\"ftp-anonymous\",\"severity\":\"high\",\"title\":\"FTP lets everybody in\"," \
	"\"seen\":\"230 Login\\u000d\\u000asuccessful.\",\"why\":\"Files may be read.\","     \
	"\"remedy\":\"Turn anonymous login off.\",\"references\":[\"CWE-287\","               \
	"\"https://example.org/?a=1&b=2\"],\"confidence_percent\":90,"                        \
	"\"source\":\"script ftp-anon\""

static void each_is_told_in_json_at_once_and_with_its_host(void **state)
{
	static const char at_once[] =
		"{\"v\":1,\"type\":\"script\",\"time\":\"2023-11-14T22:13:20.000Z\","
		"\"address\":\"10.0.0.1\",\"scope\":\"port\",\"transport\":\"tcp\",\"port\":"
		"21," SCRIPT_JSON "}\n"
		"{\"v\":1,\"type\":\"finding\",\"time\":\"2023-11-14T22:13:20.000Z\","
		"\"address\":\"10.0.0.1\",\"scope\":\"host\"," FINDING_JSON "}\n"
		"{\"v\":1,\"type\":\"script\",\"time\":\"2023-11-14T22:13:20.000Z\","
		"\"scope\":\"pre\"," SCRIPT_JSON "}\n"
		"{\"v\":1,\"type\":\"host\"";
	struct stage stage;
	const char *text;

	begin(&stage, &format_ndjson);
	tell_script(&stage, SCRIPT_PORT, 21, &fixture_script);
	tell_finding(&stage, SCRIPT_HOST, 0, &fixture_finding);
	tell_script(&stage, SCRIPT_PRE, 0, &fixture_script);
	host_done(&stage);
	text = end(&stage);
	assert_has(text, at_once);
	assert_has(text,
		   "\"scripts\":[{\"scope\":\"port\",\"transport\":\"tcp\",\"port\":21," SCRIPT_JSON
		   "}],\"findings\":[{\"scope\":\"host\"," FINDING_JSON "}]}\n");
	assert_has(text, "\"findings\":{\"high\":1}}\n");
	fixture_release(&stage.fixture);
}

static void what_it_rests_on_is_explained(void **state)
{
	struct stage stage;
	const char *text;

	begin(&stage, &format_evidence);
	tell_script(&stage, SCRIPT_PORT, 21, &fixture_script);
	tell_finding(&stage, SCRIPT_PORT, 21, &fixture_finding);
	host_done(&stage);
	text = end(&stage);
	assert_has(text, "21/tcp open, ");
	assert_has(text, "\n    script http-title: 3 lines, 6 values, in 5.000 s; stopped: time "
			 "limit 5 s; there was more than is kept\n");
	assert_has(text, "\nfinding: high, 21/tcp, ftp-anonymous: FTP lets everybody in\n"
			 "    90% sure, by script ftp-anon\n"
			 "    seen: 230 Login\\x0D\\x0Asuccessful.\n"
			 "    why it matters: Files may be read.\n"
			 "    remedy: Turn anonymous login off.\n"
			 "    see: CWE-287, https://example.org/?a=1&b=2\n");
	fixture_release(&stage.fixture);
}

/* Of two hosts, and of the run; one that replaces another counts once. */
static void findings_are_summed_up_at_the_end(void **state)
{
	struct script_finding finding = fixture_finding;
	struct stage stage;
	const char *text;

	begin(&stage, &format_normal);
	tell_finding(&stage, SCRIPT_PORT, 21, &finding);
	tell_finding(&stage, SCRIPT_PORT, 21, &finding);
	finding.id = "another";
	tell_finding(&stage, SCRIPT_PORT, 21, &finding);
	finding.severity = FINDING_LOW;
	tell_finding(&stage, SCRIPT_HOST, 0, &finding);
	host_done(&stage);
	stage.target.index = 2;
	stage.target.addr = ip_v4(0x0a000002);
	finding.severity = FINDING_HIGH;
	tell_finding(&stage, SCRIPT_HOST, 0, &finding);
	host_done(&stage);
	finding.severity = FINDING_CRITICAL;
	tell_finding(&stage, SCRIPT_POST, 0, &finding);
	text = end(&stage);
	assert_has(text, "\nFindings: 1 critical, 3 high, 1 low\n");
	fixture_release(&stage.fixture);
}

/* The surest tells it; of two as sure the script, whichever comes first. */
static void one_problem_is_one_finding_whoever_saw_it(void **state)
{
	const struct script_finding by_script = fixture_finding;
	struct script_finding by_line = fixture_finding, less_sure = fixture_finding;
	struct stage stage;
	const char *text;

	by_line.source = "match line 3 of ftp.probe";
	by_line.severity = FINDING_MEDIUM;
	less_sure.source = "script zzz";
	less_sure.confidence = by_script.confidence / 2;
	less_sure.severity = FINDING_LOW;
	begin(&stage, &format_normal);
	tell_finding(&stage, SCRIPT_PORT, 21, &by_script);
	tell_finding(&stage, SCRIPT_PORT, 21, &by_line);
	tell_finding(&stage, SCRIPT_PORT, 21, &less_sure);
	tell_finding(&stage, SCRIPT_PORT, 22, &by_line);
	host_done(&stage);
	text = end(&stage);
	assert_has(text, "\nFindings: 1 high, 1 medium\n");
	fixture_release(&stage.fixture);
}

static void no_finding_is_no_line(void **state)
{
	struct stage stage;
	const char *text;

	begin(&stage, &format_normal);
	tell_script(&stage, SCRIPT_HOST, 0, &fixture_script);
	host_done(&stage);
	text = end(&stage);
	assert_has(text, "\nHost script results:\n| http-title: \n");
	assert_null(strstr(text, "Findings"));
	fixture_release(&stage.fixture);
}

/* Each block once, whenever its end is told, and what comes late at the end. */
static void what_concerns_the_run_is_told_in_two_blocks(void **state)
{
	const struct script_result result = {.id = "one", .text = "x"};
	struct script_result late = result;
	struct observation done = {.kind = OBSERVED_SCRIPTS_DONE};
	struct stage stage;
	const char *text;

	begin(&stage, &format_normal);
	late.id = "late";
	tell_script(&stage, SCRIPT_PRE, 0, &result);
	done.scripts_done = SCRIPT_PRE;
	tell(&stage, done);
	tell(&stage, done);
	tell_script(&stage, SCRIPT_PRE, 0, &late);
	host_done(&stage);
	tell_script(&stage, SCRIPT_POST, 0, &result);
	text = end(&stage);
	assert_has(text, "\nPre-scan script results:\n|_one: x\nNmap scan report for 10.0.0.1\n");
	assert_has(text, "\n\nPre-scan script results:\n|_late: x\n"
			 "Post-scan script results:\n|_one: x\n# Nmap done");
	fixture_release(&stage.fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_told_in_json_at_once_and_with_its_host),
		cmocka_unit_test(what_it_rests_on_is_explained),
		cmocka_unit_test(findings_are_summed_up_at_the_end),
		cmocka_unit_test(one_problem_is_one_finding_whoever_saw_it),
		cmocka_unit_test(no_finding_is_no_line),
		cmocka_unit_test(what_concerns_the_run_is_told_in_two_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
