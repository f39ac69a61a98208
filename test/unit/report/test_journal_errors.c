/* What can be wrong with a journal, and that the scan is told and goes on. */
#include "journal_fixture.h"
#include "script_fixture.h"
#include "service_fixture.h"
#include "system_fixture.h"

#include "report/journal/journal_path.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void write_file(const char *path, const void *bytes, size_t count)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, count), (ssize_t)count);
	close(fd);
}

static void run_sql(const char *path, const char *sql)
{
	sqlite3 *db = NULL;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* Scans into a bad journal: the sink takes everything, the end says why. */
static void assert_scan_fails(const char *path, int error, const char *words)
{
	struct target host = target_of(0, "192.0.2.1");
	struct test_scan scan;
	struct diag diag = {0};

	scan_begin(&scan, path, 9);
	see_run_begin(&scan);
	see_up(&scan, &host, false);
	see_done(&scan, &host, HOST_UP);
	see_run_end(&scan, 1, 1);
	assert_int_equal(journal_writer_finish(scan.writer, &diag), 0);
	assert_int_equal(journal_writer_error(scan.writer, NULL), error);
	if (!strstr(diag.text, words))
		fail_msg("\"%s\" does not say \"%s\"", diag.text, words);
	journal_writer_free(scan.writer);
}

static void assert_open_fails(const char *path, int error, const char *words)
{
	struct journal *journal = NULL;
	struct diag diag = {0};

	assert_int_equal(journal_open(path, &journal, &diag), error);
	if (!strstr(diag.text, words))
		fail_msg("\"%s\" does not say \"%s\"", diag.text, words);
}

static void a_file_that_is_no_database_is_left_alone(void **state)
{
	char path[128], now[64] = "";
	int fd;

	write_file(journal_path(path, "letter"), "Dear reader, this is not a database at all", 42);
	assert_scan_fails(path, ERROR_CORRUPT, "move the file away");
	assert_open_fails(path, ERROR_CORRUPT, path);
	fd = open(path, O_RDONLY);
	assert_int_equal(read(fd, now, sizeof(now)), 42);
	close(fd);
	assert_memory_equal(now, "Dear reader", 11);
}

static void a_strangers_database_is_left_alone(void **state)
{
	char path[128];

	run_sql(journal_path(path, "stranger"),
		"CREATE TABLE bookmarks (url); PRAGMA user_version=1");
	assert_scan_fails(path, ERROR_CORRUPT, "database of another program");
	assert_open_fails(path, ERROR_CORRUPT, "database of another program");
	assert_int_equal(query(path, "SELECT count(*) FROM sqlite_schema"), 1);
}

static void a_newer_journal_is_left_alone(void **state)
{
	struct test_scan scan;
	char path[128];

	scan_begin(&scan, journal_path(path, "newer"), 1);
	scan_finish(&scan);
	run_sql(path, "PRAGMA user_version=6");
	assert_scan_fails(path, ERROR_UNSUPPORTED, "version 6");
	assert_open_fails(path, ERROR_UNSUPPORTED, "version 6");
	assert_int_equal(query(path, "SELECT count(*) FROM scan"), 1);
}

static void a_damaged_journal_is_an_error_not_a_crash(void **state)
{
	struct target host = target_of(0, "192.0.2.1");
	struct buf text = BUF_INIT;
	struct test_scan scan;
	char path[128];
	uint8_t noise[4096];

	scan_begin(&scan, journal_path(path, "damaged"), 50);
	see_run_begin(&scan);
	see_up(&scan, &host, false);
	for (uint16_t p = 1; p <= 50; p++)
		see_port(&scan, &host, p, PORT_OPEN, REASON_SYN_ACK);
	see_done(&scan, &host, HOST_UP);
	see_run_end(&scan, 1, 1);
	scan_finish(&scan);
	run_sql(path, "PRAGMA wal_checkpoint(TRUNCATE)");
	memset(noise, 0xa5, sizeof(noise));
	for (long page = 1;; page++) { /* one page after the other, the first stays */
		FILE *file = fopen(path, "r+b");
		uint8_t old[4096];
		struct diag diag = {0};

		assert_non_null(file);
		fseek(file, page * 4096, SEEK_SET);
		if (fread(old, 1, sizeof(old), file) != sizeof(old)) {
			fclose(file);
			assert_true(page > 10);
			break;
		}
		fseek(file, page * 4096, SEEK_SET);
		fwrite(noise, 1, sizeof(noise), file);
		fclose(file);
		buf_clear(&text);
		if (replay_text(path, 1, &text, &diag) < 0)
			assert_true(diag.text[0] != '\0');
		file = fopen(path, "r+b");
		assert_non_null(file);
		fseek(file, page * 4096, SEEK_SET);
		fwrite(old, 1, sizeof(old), file);
		fclose(file);
	}
	buf_clear(&text);
	assert_int_equal(replay_text(path, 1, &text, NULL), 0);
	buf_release(&text);
}

/* Rows that only a hand could have written. */
static void rows_that_make_no_sense_are_passed_over(void **state)
{
	struct target host = target_of(0, "192.0.2.1");
	struct test_scan scan;
	char path[128];

	scan_begin(&scan, journal_path(path, "nonsense"), 2);
	see_run_begin(&scan);
	see_up(&scan, &host, false);
	see_port(&scan, &host, 1, PORT_CLOSED, REASON_CONN_REFUSED);
	see_done(&scan, &host, HOST_UP);
	see_run_end(&scan, 1, 1);
	scan_finish(&scan);
	run_sql(path,
		"INSERT INTO port VALUES (1,0,'tcp',70000,'open','syn-ack',0,NULL,1,1,1,90);"
		"INSERT INTO port VALUES (1,0,'tcp',-1,'open','syn-ack',0,NULL,1,1,1,91);"
		"INSERT INTO port VALUES (1,0,'xyz',1,'open','syn-ack',0,NULL,1,1,1,92);"
		"INSERT INTO port VALUES (1,0,'tcp',2,'ajar','syn-ack',0,NULL,1,1,1,93);"
		"INSERT INTO port VALUES (1,0,'udp',2,'open','magic',0,'300.1.1.1',1,1,1,3);"
		"INSERT INTO port_range VALUES "
		"(1,0,7,'tcp',-5,99999,4,'closed','reset',0,NULL,1,1,1);"
		"INSERT INTO port_range VALUES (1,0,8,'tcp',2,1,4,'closed','reset',0,NULL,1,1,1);"
		"INSERT INTO script VALUES (1,0,'moon','',0,'a','t',0,NULL,1,1,94);"
		"INSERT INTO script VALUES (1,0,'port','xyz',1,'b','t',0,NULL,1,1,95);"
		"INSERT INTO script VALUES (1,0,'port','tcp',70000,'c','t',0,NULL,1,1,96);"
		"INSERT INTO finding VALUES (1,0,'port','tcp',-1,'d','s','high','t',NULL,NULL,"
		"NULL,NULL,1,1,97);"
		"INSERT INTO finding VALUES (1,0,'host','',0,'e','s','dire',NULL,NULL,NULL,"
		"NULL,NULL,9,1,98);"
		"INSERT INTO script VALUES (1,0,'host','',0,'f',NULL,0,NULL,1,1,2);"
		"INSERT INTO script_value VALUES (1,0,2,0,-7,'cloud',NULL,NULL);"
		"INSERT INTO script_block VALUES (1,'moon',1,4)");
	assert_replay(path, 1,
		      "begin\n"
		      "script 0 192.0.2.1 up/syn-ack/ttl61 rtt=900/90/100000"
		      " at=1700000001-1700000003 scanned\n"
		      "port 192.0.2.1 2 reset/1us\n"
		      "host 0 192.0.2.1 up/syn-ack/ttl61 rtt=900/90/100000 at=1700000001-1700000003"
		      " scanned 1/tcp=closed/conn-refused\n"
		      "finding 0 192.0.2.1 up/syn-ack/ttl61 rtt=900/90/100000"
		      " at=1700000001-1700000003 scanned\n"
		      "end outcome=0 why=- end=1700000000 0.004s 1/1 probes=77 missed=0.25\n");
}

static void a_pipe_is_not_waited_for(void **state)
{
	char path[128];

	assert_int_equal(mkfifo(journal_path(path, "pipe"), 0600), 0);
	assert_scan_fails(path, ERROR_IO, "not a regular file");
}

static void an_unwritable_folder_is_said(void **state)
{
	char path[128];

	assert_scan_fails("/proc/version/journal.db", ERROR_IO, "/proc/version");
	assert_scan_fails("/proc/nothing/journal.db", ERROR_IO, "--no-journal");
	write_file(journal_path(path, "file"), "", 0);
	assert_scan_fails(journal_path(path, "file/journal.db"), ERROR_IO, "file/journal.db");
	assert_open_fails(journal_path(path, "none"), ERROR_NOT_FOUND, "the first scan makes it");
}

/* An empty file is a journal to be made (we make one first, to own it). */
static void an_empty_file_becomes_a_journal(void **state)
{
	struct test_scan scan;
	char path[128];

	write_file(journal_path(path, "empty"), "", 0);
	assert_open_fails(path, ERROR_NOT_FOUND, "no scan yet");
	scan_begin(&scan, path, 1);
	assert_int_equal(scan_finish(&scan), 1);
}

/* In a child: files may not grow past a limit, as on a full disk. */
static int scan_on_a_full_disk(const char *path)
{
	struct rlimit limit = {256 << 10, 256 << 10};
	struct test_scan scan;
	struct diag diag = {0};
	int64_t id;

	signal(SIGXFSZ, SIG_IGN);
	scan_begin(&scan, path, 0);
	see_run_begin(&scan);
	for (uint32_t i = 0; i < 20000; i++) {
		struct target host = {.index = i, .addr = ip_v4(0xc6120000u + i), .refs = 1};

		if (i == 100) { /* let some facts get through, then fill the disk */
			usleep(400000);
			setrlimit(RLIMIT_FSIZE, &limit);
		}
		see_up(&scan, &host, false);
		see_done(&scan, &host, HOST_UP);
	}
	see_run_end(&scan, 20000, 20000);
	id = journal_writer_finish(scan.writer, &diag);
	if (id != 0 || journal_writer_error(scan.writer, NULL) >= 0)
		return 10;
	journal_writer_free(scan.writer);
	return strstr(diag.text, path) && strstr(diag.text, "space") ? 0 : 11;
}

static void a_full_disk_keeps_what_was_written(void **state)
{
	char path[128];
	int status = 0;
	pid_t child;

	journal_path(path, "full");
	child = fork();
	assert_true(child >= 0);
	if (!child)
		_exit(scan_on_a_full_disk(path));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_true(query(path, "SELECT count(*) FROM host") >= 100);
	assert_int_equal(query(path, "SELECT end_ns IS NULL FROM scan"), 1);
	assert_int_equal(query(path, "SELECT integrity_check='ok' FROM pragma_integrity_check"), 1);
}

/* --- memory ------------------------------------------------------------ */

static int begin_and_finish(void *self)
{
	static struct plan plan = {.program = "portolan", .command_line = "portolan"};
	static struct port_rules ports;
	struct journal_writer *writer = NULL;
	struct journal_begin begin = {
		.path = self, .plan = &plan, .plan_json = "{}", .start_s = START_S};
	int r;

	plan.ports = &ports;
	if ((r = journal_writer_new(&begin, &writer, NULL)) == 0)
		(void)journal_writer_finish(writer, NULL);
	journal_writer_free(writer);
	return r;
}

static void short_memory_at_the_start_is_reported(void **state)
{
	char path[128];

	journal_path(path, "memory");
	support_each_allocation_fails(begin_and_finish, path, 50);
}

/* The queue runs out of memory: the facts are lost, and that is said. */
static void lost_facts_are_reported(void **state)
{
	struct target host = target_of(0, "192.0.2.1");
	struct test_scan scan;
	struct diag diag = {0};
	char path[128];

	scan_begin(&scan, journal_path(path, "lost"), 9);
	alloc_fault_after(0);
	see_up(&scan, &host, false);
	assert_true(alloc_fault_hit());
	alloc_fault_after(0);
	see_service(&scan, &host, 1, &fixture_facts);
	alloc_fault_after(0);
	see_system(&scan, &host, &fixture_system);
	see_path(&scan, &host, &fixture_path);
	see_script(&scan, &host, 1, &fixture_script);
	see_finding(&scan, &host, 1, &fixture_finding);
	alloc_fault_after(-1);
	assert_int_equal(journal_writer_finish(scan.writer, &diag), 0);
	assert_non_null(strstr(diag.text, "out of memory"));
	assert_int_equal(journal_writer_error(scan.writer, NULL), ERROR_MEMORY);
	journal_writer_free(scan.writer);
}

static int replay_it(void *self)
{
	struct buf text = BUF_INIT;
	int r = replay_text(self, 1, &text, NULL);

	buf_release(&text);
	return r;
}

static void short_memory_in_a_replay_is_reported(void **state)
{
	struct ip_addr others[20];
	struct target host = target_of(0, "192.0.2.1");
	struct test_scan scan;
	char path[128];

	for (uint32_t i = 0; i < 20; i++)
		others[i] = ip_v4(i + 1);
	host.name = (char *)"name";
	host.others = others;
	host.others_count = 20;
	scan_begin(&scan, journal_path(path, "replayed"), 20);
	see_up(&scan, &host, true);
	for (uint16_t p = 1; p < 60; p++)
		see_port(&scan, &host, p, p % 4 ? PORT_CLOSED : PORT_OPEN, REASON_SYN_ACK);
	see_service(&scan, &host, 4, &fixture_facts);
	see_service(&scan, &host, 8, &fixture_facts);
	see_system(&scan, &host, &fixture_system);
	see_path(&scan, &host, &fixture_path);
	see_script(&scan, &host, 4, &fixture_script);
	see_finding(&scan, &host, 4, &fixture_finding);
	see_script(&scan, NULL, 0, &fixture_script);
	see_done(&scan, &host, HOST_UP);
	see_run_end(&scan, 1, 1);
	assert_int_equal(scan_finish(&scan), 1);
	assert_int_equal(query(path, "SELECT count(*) FROM certificate"), 1);
	assert_int_equal(query(path, "SELECT count(*) FROM service JOIN certificate"
				     " ON sha256=certificate"),
			 2);
	support_each_allocation_fails(replay_it, path, 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_is_no_database_is_left_alone),
		cmocka_unit_test(a_strangers_database_is_left_alone),
		cmocka_unit_test(a_newer_journal_is_left_alone),
		cmocka_unit_test(a_damaged_journal_is_an_error_not_a_crash),
		cmocka_unit_test(rows_that_make_no_sense_are_passed_over),
		cmocka_unit_test(a_pipe_is_not_waited_for),
		cmocka_unit_test(an_unwritable_folder_is_said),
		cmocka_unit_test(an_empty_file_becomes_a_journal),
		cmocka_unit_test(a_full_disk_keeps_what_was_written),
		cmocka_unit_test(short_memory_at_the_start_is_reported),
		cmocka_unit_test(lost_facts_are_reported),
		cmocka_unit_test(short_memory_in_a_replay_is_reported),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
