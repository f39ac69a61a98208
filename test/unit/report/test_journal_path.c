#include "journal_fixture.h"

#include "report/journal/journal_path.h"

#include <pwd.h>

static void assert_default(const char *expected)
{
	char *path = journal_default_path();

	assert_non_null(path);
	assert_string_equal(path, expected);
	alloc_free(path);
}

static int forget_sudo(void **state)
{
	unsetenv("SUDO_UID");
	unsetenv("XDG_STATE_HOME");
	return 0;
}

static void the_state_folder_wins(void **state)
{
	setenv("HOME", "/home/somebody", 1);
	setenv("XDG_STATE_HOME", "/var/state", 1);
	assert_default("/var/state/portolan/journal.db");
	setenv("XDG_STATE_HOME", "relative", 1); /* invalid by the XDG specification */
	assert_default("/home/somebody/.local/state/portolan/journal.db");
	unsetenv("XDG_STATE_HOME");
	assert_default("/home/somebody/.local/state/portolan/journal.db");
}

static void without_home_the_user_table_is_asked(void **state)
{
	const struct passwd *me = getpwuid(geteuid());
	char expected[256];

	if (!me)
		skip();
	snprintf(expected, sizeof(expected), "%s/.local/state/portolan/journal.db", me->pw_dir);
	unsetenv("HOME");
	assert_default(expected);
	setenv("HOME", "not/absolute", 1);
	assert_default(expected);
}

static void under_sudo_it_is_the_home_of_who_typed_it(void **state)
{
	const struct passwd *someone = getpwnam("daemon");
	char expected[256], uid[32];

	if (geteuid() != 0 || !someone)
		skip();
	snprintf(expected, sizeof(expected), "%s/.local/state/portolan/journal.db",
		 someone->pw_dir);
	snprintf(uid, sizeof(uid), "%u", (unsigned)someone->pw_uid);
	setenv("HOME", "/root", 1);
	setenv("SUDO_UID", uid, 1);
	assert_default(expected);
	setenv("SUDO_UID", "12x", 1);
	assert_default("/root/.local/state/portolan/journal.db");
	setenv("SUDO_UID", "99999999999999999999", 1);
	assert_default("/root/.local/state/portolan/journal.db");
}

static void what_is_made_is_private_and_the_owners(void **state)
{
	struct out_owner owner = {true, 12345, 23456};
	char path[128], again[128];
	struct stat info;

	if (geteuid() != 0)
		skip();
	assert_int_equal(
		journal_path_prepare(journal_path(path, "one/two/journal.db"), &owner, NULL), 0);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	assert_int_equal(info.st_uid, 12345);
	assert_int_equal(info.st_gid, 23456);
	assert_int_equal(stat(journal_path(again, "one"), &info), 0);
	assert_int_equal(info.st_mode & 07777, 0700);
	assert_int_equal(info.st_uid, 12345);
	/* What was there keeps its owner. */
	owner.uid = 1;
	assert_int_equal(journal_path_prepare(path, &owner, NULL), 0);
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_uid, 12345);
}

/* The database's helpers, which SQLite makes, are the owner's too. */
static void the_log_beside_it_is_the_owners(void **state)
{
	struct plan plan = {.program = "portolan", .command_line = "portolan"};
	struct journal_writer *writer = NULL;
	char path[128], wal[160];
	struct stat info;

	if (geteuid() != 0)
		skip();
	const struct journal_begin begin = {.path = journal_path(path, "owned"),
					    .plan = &plan,
					    .plan_json = "{}",
					    .start_s = START_S,
					    .owner = {true, 12345, 23456}};
	assert_int_equal(journal_writer_new(&begin, &writer, NULL), 0);
	assert_int_equal(journal_writer_finish(writer, NULL), 1);
	journal_writer_free(writer);
	snprintf(wal, sizeof(wal), "%s-wal", path);
	assert_int_equal(stat(wal, &info), 0);
	assert_int_equal(info.st_uid, 12345);
	assert_int_equal(info.st_mode & 07777, 0600);
}

static void root_follows_nobodys_link(void **state)
{
	struct out_owner owner = {true, 12345, 23456};
	char target[128], link[128];
	struct stat info;

	if (geteuid() != 0)
		skip();
	journal_path(target, "precious");
	fclose(fopen(target, "w"));
	assert_int_equal(symlink(target, journal_path(link, "link")), 0);
	assert_int_equal(journal_path_prepare(link, &owner, NULL), ERROR_IO);
	assert_int_equal(stat(target, &info), 0);
	assert_int_equal(info.st_uid, 0);
	owner.set = false; /* one's own link is one's own business */
	assert_int_equal(journal_path_prepare(link, &owner, NULL), 0);
}

static int prepare(void *self)
{
	struct out_owner owner = {0};
	char *path = journal_default_path();
	int r = path ? journal_path_prepare(path, &owner, NULL) : ERROR_MEMORY;

	alloc_free(path);
	return r;
}

static void short_memory_is_reported(void **state)
{
	char home[128];

	setenv("HOME", journal_path(home, "home"), 1);
	support_each_allocation_fails(prepare, NULL, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_state_folder_wins, forget_sudo),
		cmocka_unit_test_setup(without_home_the_user_table_is_asked, forget_sudo),
		cmocka_unit_test_setup(under_sudo_it_is_the_home_of_who_typed_it, forget_sudo),
		cmocka_unit_test_setup(what_is_made_is_private_and_the_owners, forget_sudo),
		cmocka_unit_test_setup(the_log_beside_it_is_the_owners, forget_sudo),
		cmocka_unit_test_setup(root_follows_nobodys_link, forget_sudo),
		cmocka_unit_test_setup(short_memory_is_reported, forget_sudo),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
