/* Journals of older versions: read as they are, brought to ours by a writer. */
#include "journal_fixture.h"
#include "script_fixture.h"
#include "system_fixture.h"

#include <sys/stat.h>

static void make_old_of(const char *path, int version)
{
	char name[64], *sql;
	sqlite3 *db = NULL;

	snprintf(name, sizeof(name), "test/golden/journal/version-%d.sql", version);
	sql = support_read_file(name, NULL);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	sqlite3_close(db);
	free(sql);
}

static void make_old(const char *path)
{
	make_old_of(path, 1);
}

static const char old_scan[] =
	"begin\n"
	"hint 0 192.0.2.1 up/syn-ack/ttl61\n"
	"port 192.0.2.1 1 syn-ack/1001us\n"
	"host 0 192.0.2.1 up/syn-ack/ttl61 rtt=900/90/100000 at=1700000001-1700000002 scanned"
	" 1/tcp=open/syn-ack/try1/1001us 2/tcp=closed/conn-refused 3/tcp=closed/conn-refused\n"
	"end outcome=0 why=- end=1700000003 3.000s 1/1 probes=77 missed=0.25\n";

static void an_old_journal_is_read_and_left_as_it_is(void **state)
{
	char path[128];

	make_old(journal_path(path, "old"));
	assert_replay(path, 1, old_scan);
	assert_int_equal(query(path, "PRAGMA user_version"), 1);
	assert_int_equal(query(path, "SELECT count(*) FROM pragma_table_info('host')"
				     " WHERE name='mac'"),
			 0);
}

static void one_that_may_not_be_written_is_read_too(void **state)
{
	char path[128];

	make_old(journal_path(path, "shut"));
	assert_int_equal(chmod(path, 0400), 0);
	assert_replay(path, 1, old_scan);
}

static void a_new_scan_brings_an_old_journal_to_our_version(void **state)
{
	struct target host = target_of(0, "192.0.2.7");
	struct observation seen = {.kind = OBSERVED_HOST, .target = &host};
	struct test_scan scan;
	char path[128];

	make_old(journal_path(path, "upgraded"));
	scan_begin(&scan, path, 9);
	see_run_begin(&scan);
	seen.host.state = HOST_UP;
	seen.host.reason = REASON_ARP_RESPONSE;
	seen.host.has_mac = true;
	seen.host.mac = (struct mac_addr){{2, 0, 0, 0xab, 0, 9}};
	see(&scan, seen);
	seen = (struct observation){.kind = OBSERVED_LIAR, .target = &host};
	seen.liar.kind = LIAR_SYN_PROXY;
	seen.liar.ttl = 250;
	see(&scan, seen);
	see_service(&scan, &host, 1, &(struct service_facts){.name = "ssh", .line = 7});
	see_done(&scan, &host, HOST_UP);
	seen = (struct observation){.kind = OBSERVED_RUN_END};
	seen.end.probes_planned = 5;
	seen.end.missed = 0.5;
	seen.end.missed_high = 2;
	seen.end.raw_sent = 6;
	seen.end.raw_received_bytes = 44;
	see(&scan, seen);
	assert_int_equal(scan_finish(&scan), 2);
	assert_int_equal(query(path, "PRAGMA user_version"), 5);
	assert_replay(path, 1, old_scan);
	assert_int_equal(query(path, "SELECT mac='02:00:00:AB:00:09' FROM host WHERE scan_id=2"),
			 1);
	assert_int_equal(query(path, "SELECT mac IS NULL AND liar IS NULL AND liar_ttl IS NULL"
				     " FROM host WHERE scan_id=1"),
			 1);
	assert_int_equal(query(path, "SELECT liar='syn-proxy' AND liar_ttl=250 FROM host"
				     " WHERE scan_id=2"),
			 1);
	assert_int_equal(query(path, "SELECT probes_planned=5 AND missed=0.5 AND missed_high=2 AND"
				     " raw_sent=6 AND raw_received_bytes=44 FROM scan WHERE id=2"),
			 1);
	assert_int_equal(query(path, "SELECT missed IS NULL FROM scan WHERE id=1"), 1);
}

static void version_2_is_read_and_upgraded_too(void **state)
{
	static const char kept[] = "SELECT mac='02:00:00:AB:00:09' FROM host WHERE scan_id=1";
	struct target host = target_of(0, "192.0.2.7");
	struct test_scan scan;
	char path[128];

	make_old_of(journal_path(path, "two"), 2);
	assert_replay(path, 1, old_scan);
	assert_int_equal(query(path, "PRAGMA user_version"), 2);
	scan_begin(&scan, path, 9);
	see_run_begin(&scan);
	see_service(&scan, &host, 1, &(struct service_facts){.name = "ssh", .line = 7});
	assert_int_equal(scan_finish(&scan), 2);
	assert_int_equal(query(path, "PRAGMA user_version"), 5);
	assert_int_equal(query(path, kept), 1);
	assert_int_equal(query(path, "SELECT line FROM service WHERE name='ssh'"), 7);
	assert_replay(path, 1, old_scan);
}

static void version_3_is_read_and_upgraded_too(void **state)
{
	static const char with_service[] =
		"begin\n"
		"hint 0 192.0.2.1 up/syn-ack/ttl61\n"
		"port 192.0.2.1 1 syn-ack/1001us\n"
		"service 0 192.0.2.1 up/syn-ack/ttl61 rtt=900/90/100000"
		" at=1700000001-1700000002 scanned\n"
		"host 0 192.0.2.1 up/syn-ack/ttl61 rtt=900/90/100000"
		" at=1700000001-1700000002 scanned 1/tcp=open/syn-ack/try1/1001us"
		" 2/tcp=closed/conn-refused 3/tcp=closed/conn-refused\n"
		"end outcome=0 why=- end=1700000003 3.000s 1/1 probes=77 missed=0.25\n";
	struct target host = target_of(0, "192.0.2.7");
	struct test_scan scan;
	char path[128];

	make_old_of(journal_path(path, "three"), 3);
	assert_replay(path, 1, with_service);
	assert_int_equal(query(path, "PRAGMA user_version"), 3);
	scan_begin(&scan, path, 9);
	see_run_begin(&scan);
	see_system(&scan, &host, &fixture_system);
	see_path(&scan, &host, &fixture_path);
	assert_int_equal(scan_finish(&scan), 2);
	assert_int_equal(query(path, "PRAGMA user_version"), 5);
	assert_int_equal(query(path, "SELECT line FROM service WHERE name='ssh'"), 7);
	assert_int_equal(query(path, "SELECT count(*) FROM system_match WHERE scan_id=2"), 3);
	assert_int_equal(query(path, "SELECT count(*) FROM hop WHERE scan_id=2"), 5);
	assert_replay(path, 1, with_service);
}

static void version_4_is_read_and_upgraded_too(void **state)
{
	static const char with_system[] =
		"begin\n"
		"hint 0 192.0.2.1 up/syn-ack/ttl61\n"
		"port 192.0.2.1 1 syn-ack/1001us\n"
		"service 0 192.0.2.1 up/syn-ack/ttl61 rtt=900/90/100000"
		" at=1700000001-1700000002 scanned\n"
		"host 0 192.0.2.1 up/syn-ack/ttl61 rtt=900/90/100000"
		" at=1700000001-1700000002 scanned 1/tcp=open/syn-ack/try1/1001us"
		" 2/tcp=closed/conn-refused 3/tcp=closed/conn-refused\n"
		"system 0 192.0.2.1 up/syn-ack/ttl61 rtt=900/90/100000"
		" at=1700000001-1700000002 scanned\n"
		"path 0 192.0.2.1 up/syn-ack/ttl61 rtt=900/90/100000"
		" at=1700000001-1700000002 scanned\n"
		"end outcome=0 why=- end=1700000003 3.000s 1/1 probes=77 missed=0.25\n";
	struct target host = target_of(0, "192.0.2.7");
	struct test_scan scan;
	char path[128];

	make_old_of(journal_path(path, "four"), 4);
	assert_replay(path, 1, with_system);
	assert_int_equal(query(path, "PRAGMA user_version"), 4);
	scan_begin(&scan, path, 9);
	see_run_begin(&scan);
	see_script(&scan, &host, 80, &fixture_script);
	see_finding(&scan, &host, 80, &fixture_finding);
	assert_int_equal(scan_finish(&scan), 2);
	assert_int_equal(query(path, "PRAGMA user_version"), 5);
	assert_int_equal(query(path, "SELECT count(*) FROM system_guess WHERE scan_id=1"), 1);
	assert_int_equal(query(path, "SELECT count(*) FROM script_value WHERE scan_id=2"), 6);
	assert_int_equal(query(path, "SELECT confidence*100 FROM finding WHERE scan_id=2"), 90);
	assert_replay(path, 1, with_system);
}

/* The columns of an upgraded file and of a new one are the same, in the same order. */
static void upgraded_and_new_files_have_the_same_columns(void **state)
{
	static const char columns[] = "SELECT sum(length(name) * (cid + 1) + length(type)) FROM"
				      " (SELECT * FROM pragma_table_info('scan') UNION ALL"
				      " SELECT * FROM pragma_table_info('host') UNION ALL"
				      " SELECT * FROM pragma_table_info('service') UNION ALL"
				      " SELECT * FROM pragma_table_info('certificate') UNION ALL"
				      " SELECT * FROM pragma_table_info('system') UNION ALL"
				      " SELECT * FROM pragma_table_info('system_evidence') UNION"
				      " ALL SELECT * FROM pragma_table_info('hop_link') UNION"
				      " ALL SELECT * FROM pragma_table_info('script') UNION"
				      " ALL SELECT * FROM pragma_table_info('finding'))";
	struct test_scan scan;
	char upgraded[128], fresh[128];

	make_old(journal_path(upgraded, "columns-old"));
	scan_begin(&scan, upgraded, 1);
	scan_finish(&scan);
	scan_begin(&scan, journal_path(fresh, "columns-new"), 1);
	scan_finish(&scan);
	assert_int_equal(query(upgraded, columns), query(fresh, columns));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_old_journal_is_read_and_left_as_it_is),
		cmocka_unit_test(one_that_may_not_be_written_is_read_too),
		cmocka_unit_test(a_new_scan_brings_an_old_journal_to_our_version),
		cmocka_unit_test(version_2_is_read_and_upgraded_too),
		cmocka_unit_test(version_3_is_read_and_upgraded_too),
		cmocka_unit_test(version_4_is_read_and_upgraded_too),
		cmocka_unit_test(upgraded_and_new_files_have_the_same_columns),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
