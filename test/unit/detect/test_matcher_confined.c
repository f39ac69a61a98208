/* Matching where the process may not do all it likes: behind our own filter of system calls,
 * and where no memory may become executable. */
#include "matcher_fixture.h"

#include "util/confine.h"

#include <errno.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 20

/* Exit status of a child: 0, or which step failed. */
enum step {
	STEP_FINE,
	STEP_CONFINE,
	STEP_MATCH,
	STEP_NO_MATCH,
	STEP_EXECUTABLE,
};

static int confined(void)
{
	return confine_syscalls(NULL) < 0 ? -1 : 0;
}

/* As SELinux, systemd's MemoryDenyWriteExecute= and the like have it. */
static int without_executable_memory(void)
{
	static const char *const calls[] = {"mmap", "mprotect", "pkey_mprotect"};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	size_t i;
	int r = filter ? 0 : -1;

	for (i = 0; r == 0 && i < COUNT(calls); i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM),
				     seccomp_syscall_resolve_name(calls[i]), 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r;
}

static bool memory_can_be_executable(void)
{
	void *memory = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory != MAP_FAILED)
		munmap(memory, 4096);
	return memory != MAP_FAILED;
}

static enum step match_all(void)
{
	struct fixture fixture = {0};
	enum step step = STEP_FINE;
	int round;

	fixture_open(&fixture, MANNER_FIRST,
		     "Probe TCP Q q|x|\nports 1\nmatch one m|^one (\\d+)| v/$1/\n"
		     "match two m|^one [a-z]+ two$|\n");
	matcher_jit_after(fixture.matcher, 2);
	for (round = 0; round < ROUNDS && step == STEP_FINE; round++) {
		if (strcmp(fixture_match(&fixture, "Q", "one 12", false), "one") != 0 ||
		    strcmp(fixture_match(&fixture, "Q", "one x two", false), "two") != 0)
			step = STEP_MATCH;
		else if (strcmp(fixture_match(&fixture, "Q", "one x three", false), "-") != 0)
			step = STEP_NO_MATCH;
	}
	fixture_close(&fixture);
	return step;
}

static enum step child(int (*confine)(void), bool executable)
{
	if (confine() != 0)
		return STEP_CONFINE;
	if (memory_can_be_executable() != executable)
		return STEP_EXECUTABLE;
	return match_all();
}

static void run_child(int (*confine)(void), bool executable)
{
	int status = -1;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(child(confine, executable));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), STEP_FINE);
}

static void matches_behind_our_own_confinement(void **state)
{
	run_child(confined, true);
}

static void matches_where_no_memory_may_be_executable(void **state)
{
	run_child(without_executable_memory, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_behind_our_own_confinement),
		cmocka_unit_test(matches_where_no_memory_may_be_executable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
