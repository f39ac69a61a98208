#include "journal_fixture.h"
#include "script_fixture.h"
#include "system_fixture.h"

static void what_was_seen_is_played_back(void **state)
{
	struct ip_addr others[2];
	struct target a = target_of(0, "192.0.2.1"), b = target_of(1, "2001:db8::5"),
		      c = target_of(2, "192.0.2.3");
	struct observation seen = {.kind = OBSERVED_TARGET_SKIPPED};
	struct test_scan scan;
	char path[128];

	assert_true(ip_parse("192.0.2.77", &others[0]) && ip_parse("2001:db8::77", &others[1]));
	a.name = (char *)"www.example";
	a.others = others;
	a.others_count = 2;
	scan_begin(&scan, journal_path(path, "played"), 9);
	see_run_begin(&scan);
	seen.skipped.expression = "no.such.example";
	seen.skipped.why = "Failed to resolve \"no.such.example\".";
	see(&scan, seen);
	see_up(&scan, &a, true);
	see_up(&scan, &b, true);
	see(&scan,
	    (struct observation){.kind = OBSERVED_NAME, .target = &a, .name = "ptr\xff.example"});
	see_port(&scan, &a, 9, PORT_CLOSED, REASON_CONN_REFUSED);
	see_port(&scan, &b, 4, PORT_OPEN, REASON_SYN_ACK);
	see_port(&scan, &a, 7, PORT_OPEN, REASON_SYN_ACK);
	for (uint16_t p = 1; p < 9; p++)
		if (p != 7)
			see_port(&scan, &a, p, p == 3 ? PORT_FILTERED : PORT_CLOSED,
				 p == 3 ? REASON_NO_RESPONSE : REASON_CONN_REFUSED);
	see_done(&scan, &b, HOST_UP);
	see(&scan, (struct observation){.kind = OBSERVED_WARNING, .warning = "mind the gap"});
	seen = (struct observation){.kind = OBSERVED_HOST, .target = &c};
	seen.host.state = HOST_DOWN;
	seen.host.reason = REASON_HOST_UNREACH;
	seen.host.from = others[0];
	see(&scan, seen);
	see_done(&scan, &c, HOST_DOWN);
	see_done(&scan, &a, HOST_UP);
	see_run_end(&scan, 3, 2);
	assert_int_equal(scan_finish(&scan), 1);
	assert_replay(
		path, 0,
		"begin\n"
		"skipped no.such.example: Failed to resolve \"no.such.example\".\n"
		"hint 0 192.0.2.1 name=www.example other=192.0.2.77 other=2001:db8::77"
		" up/syn-ack/ttl61\n"
		"hint 1 2001:db8::5 up/syn-ack/ttl61\n"
		"port 2001:db8::5 4 syn-ack/1004us\n"
		"port 192.0.2.1 7 syn-ack/1007us\n"
		"warning mind the gap\n"
		"host 0 192.0.2.1 name=www.example ptr=ptr\xff.example other=192.0.2.77"
		" other=2001:db8::77 up/syn-ack/ttl61 rtt=900/90/100000 at=1700000001-1700000003"
		" scanned 1/tcp=closed/conn-refused 2/tcp=closed/conn-refused"
		" 3/tcp=filtered/no-response 4/tcp=closed/conn-refused 5/tcp=closed/conn-refused"
		" 6/tcp=closed/conn-refused 7/tcp=open/syn-ack/try1/1007us"
		" 8/tcp=closed/conn-refused 9/tcp=closed/conn-refused\n"
		"host 1 2001:db8::5 up/syn-ack/ttl61 rtt=900/90/100000 at=1700000001-1700000003"
		" scanned 4/tcp=open/syn-ack/try1/1004us\n"
		"host 2 192.0.2.3 down/host-unreach/ttl0/from192.0.2.77"
		" at=1700000001-1700000003\n"
		"end outcome=0 why=- end=1700000000 0.020s 2/3 probes=77 missed=0.25\n");
	assert_int_equal(query(path, "SELECT open_ports FROM scan"), 2);
	assert_int_equal(query(path, "SELECT typeof(ptr)='blob' FROM host WHERE host=0"), 1);
	assert_int_equal(query(path, "SELECT typeof(name)='text' FROM host WHERE host=0"), 1);
}

/* The thousand ports of a default scan lie scattered; all closed they are one fact. */
static void scattered_closed_ports_are_one_row(void **state)
{
	struct target host = target_of(0, "192.0.2.1");
	struct test_scan scan;
	char path[128];

	scan_plan(&scan, 0);
	for (uint32_t p = 1; p < 60000; p += 60)
		portset_add(&scan.ports.of[TRANSPORT_TCP], (uint16_t)p);
	scan_start(&scan, journal_path(path, "scattered"));
	see_run_begin(&scan);
	see_up(&scan, &host, false);
	for (uint32_t p = 1; p < 60000; p += 60)
		see_port(&scan, &host, (uint16_t)p, PORT_CLOSED, REASON_CONN_REFUSED);
	see_done(&scan, &host, HOST_UP);
	see_run_end(&scan, 1, 1);
	assert_int_equal(scan_finish(&scan), 1);
	assert_int_equal(query(path, "SELECT count(*) FROM port_range"), 1);
	assert_int_equal(query(path, "SELECT ports FROM port_range"), 1000);
	assert_int_equal(query(path, "SELECT count(*) FROM port"), 0);
}

static void a_later_verdict_replaces_an_earlier(void **state)
{
	struct target host = target_of(0, "192.0.2.1");
	struct test_scan scan;
	char path[128];

	scan_begin(&scan, journal_path(path, "replaced"), 3);
	see_run_begin(&scan);
	see_up(&scan, &host, false);
	see_port(&scan, &host, 1, PORT_FILTERED, REASON_NO_RESPONSE);
	see_port(&scan, &host, 1, PORT_OPEN, REASON_SYN_ACK);
	see_port(&scan, &host, 2, PORT_OPEN, REASON_SYN_ACK);
	see_port(&scan, &host, 2, PORT_CLOSED, REASON_CONN_REFUSED);
	see_port(&scan, &host, 3, PORT_CLOSED, REASON_CONN_REFUSED);
	see_port(&scan, &host, 3, PORT_FILTERED, REASON_NO_RESPONSE);
	see_port(&scan, &host, 4, PORT_FILTERED, REASON_NO_RESPONSE); /* not planned */
	see_done(&scan, &host, HOST_UP);
	see_run_end(&scan, 1, 1);
	assert_int_equal(scan_finish(&scan), 1);
	assert_replay(path, 1,
		      "begin\n"
		      "port 192.0.2.1 1 syn-ack/1001us\n"
		      "host 0 192.0.2.1 up/syn-ack/ttl61 rtt=900/90/100000 at=1700000001-1700000003"
		      " scanned 1/tcp=open/syn-ack/try1/1001us 2/tcp=closed/conn-refused"
		      " 3/tcp=filtered/no-response 4/tcp=filtered/no-response\n"
		      "end outcome=0 why=- end=1700000000 0.010s 1/1 probes=77 missed=0.25\n");
}

static void targets_with_ports_of_their_own_keep_them(void **state)
{
	struct target a = target_of(0, "192.0.2.1"), b = target_of(1, "192.0.2.2");
	struct port_rules *rules = calloc(1, sizeof(*rules));
	struct test_scan scan;
	char path[128];

	assert_non_null(rules);
	portset_add(&rules->of[TRANSPORT_TCP], 443);
	portset_add(&rules->of[TRANSPORT_TCP], 8443);
	b.ports = rules;
	scan_begin(&scan, journal_path(path, "own"), 2);
	see_run_begin(&scan);
	see_up(&scan, &b, false);
	see_port(&scan, &b, 8443, PORT_CLOSED, REASON_CONN_REFUSED);
	see_port(&scan, &b, 443, PORT_CLOSED, REASON_CONN_REFUSED);
	see_up(&scan, &a, false);
	see_port(&scan, &a, 2, PORT_CLOSED, REASON_CONN_REFUSED);
	see_port(&scan, &a, 1, PORT_CLOSED, REASON_CONN_REFUSED);
	see_done(&scan, &a, HOST_UP);
	see_done(&scan, &b, HOST_UP);
	see_run_end(&scan, 2, 2);
	assert_int_equal(scan_finish(&scan), 1);
	assert_int_equal(query(path, "SELECT count(*) FROM port_range"), 2);
	assert_replay(path, 1,
		      "begin\n"
		      "host 0 192.0.2.1 up/syn-ack/ttl61 rtt=900/90/100000 at=1700000001-1700000003"
		      " scanned 1/tcp=closed/conn-refused 2/tcp=closed/conn-refused\n"
		      "host 1 192.0.2.2 up/syn-ack/ttl61 rtt=900/90/100000 at=1700000001-1700000003"
		      " scanned 443/tcp=closed/conn-refused 8443/tcp=closed/conn-refused\n"
		      "end outcome=0 why=- end=1700000000 0.009s 2/2 probes=77 missed=0.25\n");
	free(rules);
}

/* Closed without its end, as after a kill: the facts are there and marked. */
static void a_scan_without_its_end_is_incomplete(void **state)
{
	struct target a = target_of(0, "192.0.2.1"), b = target_of(1, "192.0.2.2");
	struct buf text = BUF_INIT;
	struct test_scan scan;
	struct diag diag = {0};
	char path[128];

	scan_begin(&scan, journal_path(path, "unended"), 4);
	see_run_begin(&scan);
	see_up(&scan, &a, false);
	see_up(&scan, &b, false);
	see_port(&scan, &a, 1, PORT_CLOSED, REASON_CONN_REFUSED);
	see_port(&scan, &b, 2, PORT_OPEN, REASON_SYN_ACK);
	see_port(&scan, &b, 4, PORT_CLOSED, REASON_CONN_REFUSED);
	see_done(&scan, &a, HOST_UP);
	assert_int_equal(scan_finish(&scan), 1);
	assert_int_equal(replay_text(path, 1, &text, &diag), 0);
	setenv("TZ", "UTC", 1);
	tzset();
	buf_clear(&text);
	assert_int_equal(replay_text(path, 1, &text, &diag), 0);
	assert_string_equal(
		buf_str(&text),
		"begin\n"
		"port 192.0.2.2 2 syn-ack/1002us\n"
		"host 0 192.0.2.1 up/syn-ack/ttl61 rtt=900/90/100000 at=1700000001-1700000003"
		" scanned 1/tcp=closed/conn-refused\n"
		"host 1 192.0.2.2 up/syn-ack/ttl61 at=1700000000-1700000000 scanned incomplete "
		"2/tcp=open/syn-ack/try1/1002us"
		" 4/tcp=closed/conn-refused\n"
		"end outcome=2 why=the scan was interrupted; this is what was found until 22:13:20"
		" end=1700000000 0.006s 2/2 probes=0 missed=-1.00\n");
	buf_release(&text);
}

static void resume_knows_the_finished_hosts(void **state)
{
	struct addrset *done = addrset_new();
	struct journal *journal = NULL;
	struct test_scan scan;
	struct target target[3];
	char path[128], text[32];

	scan_begin(&scan, journal_path(path, "resume"), 1);
	see_run_begin(&scan);
	for (unsigned i = 0; i < 3; i++) {
		snprintf(text, sizeof(text), "192.0.2.%u", i);
		target[i] = target_of(i, text);
		see_up(&scan, &target[i], false);
		if (i == 0)
			see_done(&scan, &target[i], HOST_UP);
	}
	struct observation cut = {.kind = OBSERVED_HOST_DONE, .target = &target[2]};
	cut.done.state = HOST_UP;
	cut.done.incomplete = true;
	see(&scan, cut);
	scan_finish(&scan);
	assert_non_null(done);
	assert_int_equal(journal_open(path, &journal, NULL), 0);
	assert_int_equal(journal_done_hosts(journal, 1, done, NULL), 0);
	assert_true(addrset_has(done, &target[0].addr));
	assert_false(addrset_has(done, &target[1].addr));
	assert_false(addrset_has(done, &target[2].addr));
	journal_close(journal);
	addrset_free(done);
}

struct listing {
	struct buf text;
	int stop_after;
};

static int list_scan(void *self, const struct journal_scan *scan)
{
	struct listing *listing = self;

	buf_addf(&listing->text, "%lld %s %s %llu/%llu %llu%s\n", (long long)scan->id,
		 scan->command_line, scan->outcome, (unsigned long long)scan->hosts_up,
		 (unsigned long long)scan->hosts_total, (unsigned long long)scan->open_ports,
		 scan->incomplete ? " incomplete" : "");
	return --listing->stop_after ? 0 : ERROR_CANCELLED;
}

static void scans_are_listed_newest_first(void **state)
{
	struct target host = target_of(0, "192.0.2.1");
	struct listing listing = {BUF_INIT, 0};
	struct journal *journal = NULL;
	struct journal_scan loaded;
	struct test_scan scan;
	char path[128], *plan = NULL;

	for (int i = 0; i < 2; i++) {
		scan_begin(&scan, journal_path(path, "listed"), 1);
		see_run_begin(&scan);
		see_up(&scan, &host, false);
		see_port(&scan, &host, 1, PORT_OPEN, REASON_SYN_ACK);
		see_done(&scan, &host, HOST_UP);
		if (i == 0)
			see_run_end(&scan, 1, 1);
		assert_int_equal(scan_finish(&scan), i + 1);
	}
	assert_int_equal(journal_open(path, &journal, NULL), 0);
	assert_int_equal(journal_list(journal, list_scan, &listing, NULL), 0);
	assert_string_equal(buf_str(&listing.text),
			    "2 portolan -p1-9 192.0.2.0/24 running or killed 1/1 1 incomplete\n"
			    "1 portolan -p1-9 192.0.2.0/24 complete 1/1 1\n");
	buf_clear(&listing.text);
	listing.stop_after = 1;
	assert_int_equal(journal_list(journal, list_scan, &listing, NULL), ERROR_CANCELLED);
	assert_int_equal(journal_load(journal, 0, &plan, &loaded, NULL), 0);
	assert_int_equal(loaded.id, 2);
	assert_string_equal(loaded.outcome, "running or killed");
	assert_string_equal(plan, "{\"v\":1}");
	assert_int_equal(journal_load(journal, 9, &plan, &loaded, NULL), ERROR_NOT_FOUND);
	alloc_free(plan);
	journal_close(journal);
	buf_release(&listing.text);
}

/* Short scans leave their log to later ones, but never a long one. */
static void the_log_beside_the_journal_stays_short(void **state)
{
	char path[128], log[160];
	struct test_scan scan;
	struct stat info;

	journal_path(path, "log");
	snprintf(log, sizeof(log), "%s-wal", path);
	for (int i = 0; i < 30; i++) {
		scan_begin(&scan, path, 9);
		see_run_begin(&scan);
		see_run_end(&scan, 0, 0);
		assert_int_equal(scan_finish(&scan), i + 1);
		if (!stat(log, &info))
			assert_true(info.st_size < 256 << 10);
	}
	assert_int_equal(query(path, "SELECT count(*) FROM scan WHERE outcome='complete'"), 30);
}

static void *scan_on_thread(void *path)
{
	struct target host = target_of(0, "192.0.2.1");
	struct test_scan *scan = calloc(1, sizeof(*scan));
	int64_t id;

	if (!scan)
		return NULL;
	scan_begin(scan, path, 2000);
	see_run_begin(scan);
	see_up(scan, &host, false);
	for (uint16_t p = 1; p <= 2000; p++)
		see_port(scan, &host, p, p % 3 ? PORT_CLOSED : PORT_OPEN, REASON_SYN_ACK);
	see_done(scan, &host, HOST_UP);
	see_run_end(scan, 1, 1);
	id = scan_finish(scan);
	free(scan);
	return (void *)(intptr_t)id;
}

static void several_scans_write_one_journal(void **state)
{
	pthread_t threads[6];
	int64_t ids = 0;
	char path[128];

	journal_path(path, "shared");
	for (int i = 0; i < 6; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, scan_on_thread, path), 0);
	for (int i = 0; i < 6; i++) {
		void *id = NULL;

		pthread_join(threads[i], &id);
		assert_true((intptr_t)id >= 1 && (intptr_t)id <= 6);
		ids |= 1 << (intptr_t)id;
	}
	assert_int_equal(ids, 0x7e);
	assert_int_equal(query(path, "SELECT count(*) FROM scan WHERE outcome='complete'"), 6);
	assert_int_equal(query(path, "SELECT count(*) FROM port"), 6 * 666);
	assert_int_equal(query(path, "SELECT sum(ports) FROM port_range"), 6 * 1334);
}

/* What belonged to the first finding goes with it. */
static void a_later_system_replaces_an_earlier(void **state)
{
	struct target host = target_of(0, "192.0.2.1"), other = target_of(1, "192.0.2.2");
	struct system_facts second = {.result = SYSTEM_MATCHED,
				      .open_tcp = -1,
				      .closed_tcp = 443,
				      .closed_udp = -1,
				      .matches = system_matches,
				      .matches_count = 1,
				      .perfect_count = 1};
	struct path_facts shorter = fixture_path;
	struct test_scan scan;
	char path[128];

	shorter.hops_count = 1;
	scan_begin(&scan, journal_path(path, "systems"), 9);
	see_run_begin(&scan);
	see_up(&scan, &host, true);
	see_system(&scan, &host, &fixture_system);
	see_path(&scan, &host, &fixture_path);
	see_system(&scan, &other, &fixture_system);
	see_system(&scan, &host, &second);
	see_path(&scan, &host, &shorter);
	assert_int_equal(scan_finish(&scan), 1);
	assert_int_equal(query(path, "SELECT closed_tcp FROM system WHERE host=0"), 443);
	assert_int_equal(query(path, "SELECT count(*) FROM system WHERE open_tcp IS NULL"), 1);
	assert_int_equal(query(path, "SELECT 100 * count(*) FROM system_match WHERE host=0"), 100);
	assert_int_equal(query(path, "SELECT count(*) FROM system_class WHERE host=0"), 2);
	assert_int_equal(query(path, "SELECT count(*) FROM system_evidence WHERE host=0"), 0);
	assert_int_equal(query(path, "SELECT count(*) FROM system_guess WHERE host=0"), 0);
	assert_int_equal(query(path, "SELECT count(*) FROM system_running WHERE host=0"), 0);
	assert_int_equal(query(path, "SELECT count(*) FROM system_sample WHERE host=0"), 0);
	assert_int_equal(query(path, "SELECT count(*) FROM hop WHERE host=0"), 1);
	assert_int_equal(query(path, "SELECT count(*) FROM system_evidence WHERE host=1"), 2);
	assert_int_equal(query(path, "SELECT count(*) FROM system_sample WHERE host=1"), 4);
}

/* fixture_path goes over 10.0.0.1, two silent ones and 10.0.3.1 to 192.0.2.1. */
static void ways_are_a_graph(void **state)
{
	struct target host = target_of(0, "192.0.2.1"), other = target_of(1, "192.0.2.2");
	struct path_hop hops[2] = {path_hops[0],
				   {.ttl = 2, .from = ip_v4(0xc0000202), .rtt_us = 70}};
	struct path_facts second = {
		.probe = PATH_PROTOCOL, .number = 1, .hops = hops, .hops_count = 2};
	struct test_scan scan;
	char path[128];

	hops[0].rtt_us = 1000;
	hops[1].has_rtt = true;
	scan_begin(&scan, journal_path(path, "graph"), 9);
	see_run_begin(&scan);
	see_path(&scan, &host, &fixture_path);
	see_path(&scan, &other, &second);
	assert_int_equal(scan_finish(&scan), 1);
	assert_int_equal(query(path, "SELECT count(*) FROM hop_node"), 4);
	assert_int_equal(query(path, "SELECT hosts * 10000 + rtt_min_us FROM hop_node WHERE"
				     " address='10.0.0.1' AND asn=64500 AND country='DE' AND"
				     " name='router.example'"),
			 21000);
	assert_int_equal(query(path, "SELECT count(*) FROM hop_link"), 4);
	assert_int_equal(query(path, "SELECT hosts FROM hop_link WHERE from_address IS NULL AND"
				     " to_address='10.0.0.1' AND hops=1"),
			 2);
	assert_int_equal(query(path, "SELECT hops FROM hop_link WHERE from_address='10.0.0.1' AND"
				     " to_address='10.0.3.1' AND hosts=1"),
			 3);
	assert_int_equal(query(path, "SELECT rtt_min_us - from_rtt_min_us FROM hop_link WHERE"
				     " to_address='192.0.2.2'"),
			 70 - 1000);
	assert_int_equal(query(path, "SELECT transport='ip' AND number=1 FROM path WHERE host=1"),
			 1);
}

static void the_file_says_what_it_is(void **state)
{
	struct test_scan scan;
	struct stat info;
	char path[128];

	scan_begin(&scan, journal_path(path, "a/new/folder/stamped"), 1);
	scan_finish(&scan);
	assert_int_equal(query(path, "PRAGMA user_version"), 5);
	assert_int_equal(query(path, "PRAGMA application_id"), 0x50544c4e);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_int_equal(stat(journal_path(path, "a/new"), &info), 0);
	assert_int_equal(info.st_mode & 0777, 0700);
}

/* With all values of a result; the later one of its place and id stays. */
static void scripts_and_findings_are_rows(void **state)
{
	struct target host = target_of(0, "192.0.2.1");
	struct script_finding finding = fixture_finding;
	struct script_result result = fixture_script;
	struct test_scan scan;
	char path[128];

	scan_begin(&scan, journal_path(path, "scripts"), 9);
	see_run_begin(&scan);
	see_script(&scan, &host, 0, &fixture_script);
	see_script(&scan, &host, 80, &fixture_script);
	see_finding(&scan, &host, 80, &fixture_finding);
	see_script(&scan, NULL, 0, &fixture_script);
	result.nodes_count = 2;
	result.text = "later";
	finding.severity = FINDING_CRITICAL;
	see_script(&scan, &host, 80, &result);
	see_finding(&scan, &host, 80, &finding);
	assert_int_equal(scan_finish(&scan), 1);
	assert_int_equal(query(path, "SELECT count(*) FROM script"), 3);
	assert_int_equal(query(path, "SELECT count(*) FROM script_value"), 6 + 6 + 2);
	assert_int_equal(query(path, "SELECT count(*) FROM script WHERE host=-1 AND scope='pre'"),
			 1);
	assert_int_equal(query(path, "SELECT count(*) FROM script s JOIN script_value v ON"
				     " v.scan_id=s.scan_id AND v.host=s.host AND v.script=s.seq"
				     " WHERE s.number=80 AND s.text='later'"),
			 2);
	assert_int_equal(query(path, "SELECT count(*) FROM finding WHERE severity='critical' AND"
				     " transport='tcp' AND number=80 AND id='ftp-anonymous'"),
			 1);
	assert_int_equal(query(path, "SELECT count(*) FROM finding"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_seen_is_played_back),
		cmocka_unit_test(scattered_closed_ports_are_one_row),
		cmocka_unit_test(a_later_verdict_replaces_an_earlier),
		cmocka_unit_test(targets_with_ports_of_their_own_keep_them),
		cmocka_unit_test(a_scan_without_its_end_is_incomplete),
		cmocka_unit_test(resume_knows_the_finished_hosts),
		cmocka_unit_test(scans_are_listed_newest_first),
		cmocka_unit_test(the_log_beside_the_journal_stays_short),
		cmocka_unit_test(several_scans_write_one_journal),
		cmocka_unit_test(a_later_system_replaces_an_earlier),
		cmocka_unit_test(ways_are_a_graph),
		cmocka_unit_test(the_file_says_what_it_is),
		cmocka_unit_test(scripts_and_findings_are_rows),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
