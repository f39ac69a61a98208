/* Each case confines a child of its own, which tells by its exit status. */
#include "support.h"
#include "tls_identity.h"

#include "util/confine.h"
#include "util/error.h"
#include "util/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define FAIL_STATUS 1
#define SKIP_STATUS 77

/* In the child: says where, and ends it. */
#define CHILD_REQUIRE(what)                                                    \
	do {                                                                   \
		if (!(what)) {                                                 \
			fprintf(stderr, "line %d: %s (%s)\n", __LINE__, #what, \
				strerrordesc_np(errno));                       \
			_exit(FAIL_STATUS);                                    \
		}                                                              \
	} while (0)

static void in_child(void (*body)(void))
{
	int status = 0;
	pid_t child;

	fflush(NULL);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (!WIFEXITED(status))
		fail_msg("the child died of signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) == SKIP_STATUS)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* The number behind a name in a thread's status file; hexadecimal, as sets are. */
static unsigned long long status_of(const char *path, const char *name)
{
	unsigned long long value = 0;
	char line[256];
	FILE *file = fopen(path, "r");
	bool found = false;

	CHILD_REQUIRE(file);
	while (!found && fgets(line, sizeof(line), file)) {
		found = !strncmp(line, name, strlen(name)) && line[strlen(name)] == ':';
		if (found)
			value = strtoull(line + strlen(name) + 1, NULL, 16);
	}
	fclose(file);
	CHILD_REQUIRE(found);
	return value;
}

#define MINE "/proc/thread-self/status"

static void confine_calls(void)
{
	struct diag diag = {0};
	int r = confine_syscalls(&diag);

	if (r == ERROR_UNSUPPORTED)
		_exit(SKIP_STATUS);
	CHILD_REQUIRE(r == 0);
}

static void confine_all(void)
{
	struct diag diag = {0};

	CHILD_REQUIRE(confine_capabilities(&diag) == 0);
	confine_calls();
}

/* ---- capabilities ---- */

static void check_no_capabilities(void)
{
	static const char *const sets[] = {"CapEff", "CapPrm", "CapInh", "CapAmb"};
	unsigned long long before = status_of(MINE, "CapEff");
	struct diag diag = {0};
	size_t i;

	CHILD_REQUIRE(privileges_have_raw() == (before >> CAP_NET_RAW & 1));
	CHILD_REQUIRE(confine_capabilities(&diag) == 0);
	for (i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		CHILD_REQUIRE(status_of(MINE, sets[i]) == 0);
	CHILD_REQUIRE(!(before >> CAP_SETPCAP & 1) || status_of(MINE, "CapBnd") == 0);
	CHILD_REQUIRE(status_of(MINE, "NoNewPrivs") == 1);
	CHILD_REQUIRE(!privileges_have_raw());
	CHILD_REQUIRE(socket(AF_PACKET, SOCK_RAW, 0) < 0 && errno == EPERM);
	/* Twice is fine. */
	CHILD_REQUIRE(confine_capabilities(&diag) == 0);
}

static void all_sets_are_empty(void **state)
{
	in_child(check_no_capabilities);
}

static void check_ambient(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};
	struct diag diag = {0};

	if (syscall(SYS_capget, &header, data) || !(data[0].permitted >> CAP_NET_RAW & 1))
		_exit(SKIP_STATUS);
	data[0].inheritable |= 1u << CAP_NET_RAW;
	CHILD_REQUIRE(syscall(SYS_capset, &header, data) == 0);
	CHILD_REQUIRE(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0) == 0);
	CHILD_REQUIRE(status_of(MINE, "CapAmb") != 0);
	CHILD_REQUIRE(confine_capabilities(&diag) == 0);
	CHILD_REQUIRE(status_of(MINE, "CapAmb") == 0 && status_of(MINE, "CapInh") == 0);
}

static void ambient_and_inheritable_ones_too(void **state)
{
	in_child(check_ambient);
}

static void *look_at_mine(void *self)
{
	unsigned long long *ret_set = self;

	*ret_set = status_of(MINE, "CapEff");
	return NULL;
}

static void check_later_threads(void)
{
	unsigned long long set = ~0ULL;
	pthread_t thread;

	confine_all();
	CHILD_REQUIRE(pthread_create(&thread, NULL, look_at_mine, &set) == 0);
	CHILD_REQUIRE(pthread_join(thread, NULL) == 0);
	CHILD_REQUIRE(set == 0);
}

static void later_threads_have_none(void **state)
{
	in_child(check_later_threads);
}

/* ---- another user ---- */

static void check_user(void)
{
	struct diag diag = {0};
	unsigned uid, effective, saved;

	if (geteuid() != 0)
		_exit(SKIP_STATUS);
	CHILD_REQUIRE(confine_user(0, 0, &diag) == 0 && geteuid() == 0);
	if (confine_user(4321, 4322, &diag) < 0)
		_exit(SKIP_STATUS); /* a user namespace that does not know the number */
	CHILD_REQUIRE(getresuid(&uid, &effective, &saved) == 0);
	CHILD_REQUIRE(uid == 4321 && effective == 4321 && saved == 4321);
	CHILD_REQUIRE(getgid() == 4322 && getegid() == 4322 && getgroups(0, NULL) == 0);
	CHILD_REQUIRE(setresuid(0, 0, 0) < 0);
	CHILD_REQUIRE(status_of(MINE, "CapEff") == 0);
	CHILD_REQUIRE(confine_capabilities(&diag) == 0);
	CHILD_REQUIRE(status_of(MINE, "CapPrm") == 0);
	/* For who is no root it does nothing. */
	CHILD_REQUIRE(confine_user(1, 1, &diag) == 0 && geteuid() == 4321);
}

/* Scripts of a root under sudo bind to low ports, and may do nothing else of root's. */
static void check_low_ports(void)
{
	const struct sockaddr_in low = {.sin_family = AF_INET, .sin_port = htons(877)};
	struct diag diag;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (!(status_of(MINE, "CapEff") >> CAP_NET_BIND_SERVICE & 1))
		_exit(SKIP_STATUS);
	confine_keep_over_user();
	if (confine_user(4321, 4322, &diag) < 0)
		_exit(SKIP_STATUS);
	CHILD_REQUIRE(confine_capabilities_but_low_ports(&diag) == 0);
	CHILD_REQUIRE(status_of(MINE, "CapEff") == 1u << CAP_NET_BIND_SERVICE);
	CHILD_REQUIRE(status_of(MINE, "CapPrm") == 1u << CAP_NET_BIND_SERVICE);
	CHILD_REQUIRE(bind(fd, (const struct sockaddr *)&low, sizeof(low)) == 0);
	CHILD_REQUIRE(setresuid(0, 0, 0) < 0);
}

static void low_ports_can_stay(void **state)
{
	in_child(check_low_ports);
}

static void root_becomes_the_user_for_good(void **state)
{
	in_child(check_user);
}

static void *become_user(void *self)
{
	struct diag diag;
	int *ret_result = self;

	*ret_result = confine_user(4321, 4321, &diag);
	CHILD_REQUIRE(*ret_result < 0 || geteuid() == 4321);
	return NULL;
}

static void check_only_this_thread(void)
{
	pthread_t thread;
	int result = 0;

	if (geteuid() != 0)
		_exit(SKIP_STATUS);
	CHILD_REQUIRE(pthread_create(&thread, NULL, become_user, &result) == 0);
	CHILD_REQUIRE(pthread_join(thread, NULL) == 0);
	CHILD_REQUIRE(geteuid() == 0);
}

static void the_other_threads_stay_who_they_are(void **state)
{
	in_child(check_only_this_thread);
}

/* ---- system calls ---- */

/* Fails, and not only because of the arguments. */
#define CHILD_REFUSED(call, error)               \
	do {                                     \
		errno = 0;                       \
		CHILD_REQUIRE((call) < 0);       \
		CHILD_REQUIRE(errno == (error)); \
	} while (0)

static void check_refused(void)
{
	char *const argv[] = {(char *)"true", NULL};
	int master, slave;

	/* Made before: what is refused is to make them, or to write into them. */
	CHILD_REQUIRE((master = posix_openpt(O_RDWR | O_NOCTTY)) >= 0 || errno == ENOENT);
	slave = master >= 0 && !grantpt(master) && !unlockpt(master)
			? open(ptsname(master), O_RDWR | O_NOCTTY)
			: -1;
	confine_calls();
	CHILD_REQUIRE(status_of(MINE, "Seccomp") == 2);
	CHILD_REQUIRE(status_of(MINE, "NoNewPrivs") == 1);
	CHILD_REFUSED(execv("/bin/true", argv), EPERM);
	CHILD_REFUSED(syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, NULL, 0), EPERM);
	CHILD_REFUSED(unshare(CLONE_NEWUSER), EPERM);
	CHILD_REFUSED(setns(0, 0), EPERM);
	CHILD_REFUSED(mount("none", "/mnt", "tmpfs", 0, NULL), EPERM);
	CHILD_REFUSED(syscall(SYS_bpf, 0, NULL, 0), EPERM);
	CHILD_REFUSED(syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0), EPERM);
	CHILD_REFUSED(syscall(SYS_keyctl, 0, 0, 0, 0, 0), EPERM);
	CHILD_REFUSED(syscall(SYS_process_vm_readv, getpid(), NULL, 0, NULL, 0, 0), EPERM);
	CHILD_REFUSED(syscall(SYS_open_by_handle_at, 0, NULL, 0), EPERM);
	CHILD_REFUSED(syscall(SYS_init_module, NULL, 0, ""), EPERM);
	CHILD_REFUSED(syscall(SYS_kexec_load, 0, 0, NULL, 0), EPERM);
	CHILD_REFUSED(syscall(SYS_userfaultfd, 0), EPERM);
	CHILD_REFUSED(syscall(425 /* io_uring_setup, on every machine */, 1, NULL), EPERM);
	CHILD_REFUSED(kill(getppid(), 0), EPERM);
	CHILD_REFUSED(kill(-1, 0), EPERM);
	CHILD_REFUSED(kill(0, 0), EPERM);
	CHILD_REFUSED(syscall(SYS_tgkill, getppid(), getppid(), 0), EPERM);
	CHILD_REFUSED(syscall(SYS_tkill, getppid(), 0), EPERM);
	CHILD_REQUIRE(kill(getpid(), 0) == 0 && raise(SIGCONT) == 0);
	if (slave >= 0)
		CHILD_REFUSED(ioctl(slave, TIOCSTI, "x"), EPERM);
	CHILD_REFUSED(syscall(SYS_acct, NULL), EPERM);
	CHILD_REFUSED(syscall(9999), ENOSYS);
	if (!SANITIZED) {
		CHILD_REFUSED(fork(), EPERM);
		CHILD_REFUSED(ptrace(PTRACE_TRACEME, 0, NULL, NULL), EPERM);
	}
}

static void what_no_scan_needs_is_refused(void **state)
{
	in_child(check_refused);
}

static void check_sockets(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t bytes = sizeof(to);
	int listener, client;

	/* With capabilities, if there are any: it is the filter that refuses. */
	confine_calls();
	CHILD_REFUSED(socket(AF_PACKET, SOCK_RAW, 0), EPERM);
	CHILD_REFUSED(socket(AF_PACKET, SOCK_DGRAM, 0), EPERM);
	CHILD_REFUSED(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_TCP), EPERM);
	CHILD_REFUSED(socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6), EPERM);
	CHILD_REFUSED(socket(44 /* AF_XDP */, SOCK_RAW, 0), EPERM);
	CHILD_REQUIRE(socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
	CHILD_REQUIRE(socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
	CHILD_REQUIRE(socket(AF_INET, SOCK_DGRAM, 0) >= 0);
	CHILD_REQUIRE((listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) >= 0);
	CHILD_REQUIRE(bind(listener, (struct sockaddr *)&to, sizeof(to)) == 0);
	CHILD_REQUIRE(listen(listener, 1) == 0);
	CHILD_REQUIRE(getsockname(listener, (struct sockaddr *)&to, &bytes) == 0);
	CHILD_REQUIRE((client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) >= 0);
	CHILD_REQUIRE(connect(client, (struct sockaddr *)&to, bytes) == 0 || errno == EINPROGRESS);
}

static void sockets_but_no_raw_ones(void **state)
{
	in_child(check_sockets);
}

static void *wait_for_go(void *self)
{
	char *const argv[] = {(char *)"true", NULL};
	char go;

	CHILD_REQUIRE(read(*(int *)self, &go, 1) == 1);
	CHILD_REQUIRE(status_of(MINE, "Seccomp") == 2);
	CHILD_REFUSED(execv("/bin/true", argv), EPERM);
	return NULL;
}

static void check_other_threads(void)
{
	pthread_t thread;
	int ends[2];

	CHILD_REQUIRE(pipe(ends) == 0);
	CHILD_REQUIRE(pthread_create(&thread, NULL, wait_for_go, &ends[0]) == 0);
	confine_all();
	CHILD_REQUIRE(write(ends[1], "g", 1) == 1);
	CHILD_REQUIRE(pthread_join(thread, NULL) == 0);
}

static void threads_that_are_there_are_filtered_too(void **state)
{
	in_child(check_other_threads);
}

/* ---- what must still go ---- */

static void fired(void *self)
{
	*(bool *)self = true;
}

static void check_loop(void)
{
	bool has_fired = false;
	struct timer timer = {.fire = fired, .self = &has_fired};
	struct loop *loop;

	confine_all();
	CHILD_REQUIRE((loop = loop_uv_new()) != NULL);
	CHILD_REQUIRE(loop_timer_set(loop, &timer, loop_now_ns(loop) + 1000) == 0);
	CHILD_REQUIRE(loop_run(loop) == 0);
	CHILD_REQUIRE(has_fired);
	loop_free(loop);
}

static void the_event_loop_runs(void **state)
{
	in_child(check_loop);
}

static void check_database(void)
{
	char folder[] = "/tmp/portolan-confine-XXXXXX", path[64];
	sqlite3 *db;

	CHILD_REQUIRE(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/journal.db", folder);
	confine_all();
	CHILD_REQUIRE(sqlite3_open(path, &db) == SQLITE_OK);
	CHILD_REQUIRE(sqlite3_exec(db,
				   "PRAGMA journal_mode=WAL; CREATE TABLE t(a); BEGIN IMMEDIATE;"
				   "INSERT INTO t VALUES(randomblob(100000)); COMMIT;"
				   "PRAGMA wal_checkpoint(TRUNCATE); VACUUM;",
				   NULL, NULL, NULL) == SQLITE_OK);
	CHILD_REQUIRE(sqlite3_close(db) == SQLITE_OK);
	CHILD_REQUIRE(unlink(path) == 0 && rmdir(folder) == 0);
}

static void databases_are_written(void **state)
{
	in_child(check_database);
}

/* Both sides of a handshake, with all that a first one makes: contexts, chance, threads'
 * states. Nothing of it is there before. */
static void handshake(SSL *client, SSL *server)
{
	BIO *ends[2];
	int i;

	CHILD_REQUIRE(BIO_new_bio_pair(&ends[0], 0, &ends[1], 0) == 1);
	SSL_set_bio(client, ends[0], ends[0]);
	SSL_set_bio(server, ends[1], ends[1]);
	SSL_set_connect_state(client);
	SSL_set_accept_state(server);
	for (i = 0; i < 10 && SSL_in_init(client) + SSL_in_init(server); i++) {
		SSL_do_handshake(client);
		SSL_do_handshake(server);
	}
	CHILD_REQUIRE(SSL_is_init_finished(client) && SSL_is_init_finished(server));
}

static SSL *server_with_identity(SSL_CTX *context)
{
	BIO *certificate = BIO_new_mem_buf(tls_identity_certificate, -1);
	BIO *key = BIO_new_mem_buf(tls_identity_key, -1);

	CHILD_REQUIRE(SSL_CTX_use_certificate(
			      context, PEM_read_bio_X509(certificate, NULL, NULL, NULL)) == 1);
	CHILD_REQUIRE(SSL_CTX_use_PrivateKey(context,
					     PEM_read_bio_PrivateKey(key, NULL, NULL, NULL)) == 1);
	return SSL_new(context);
}

static void check_tls(void)
{
	SSL_CTX *client, *server;

	confine_all();
	CHILD_REQUIRE(OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) == 1);
	CHILD_REQUIRE((client = SSL_CTX_new(TLS_client_method())) != NULL);
	CHILD_REQUIRE((server = SSL_CTX_new(TLS_server_method())) != NULL);
	handshake(SSL_new(client), server_with_identity(server));
}

static void tls_handshakes_succeed(void **state)
{
	in_child(check_tls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_sets_are_empty),
		cmocka_unit_test(ambient_and_inheritable_ones_too),
		cmocka_unit_test(later_threads_have_none),
		cmocka_unit_test(low_ports_can_stay),
		cmocka_unit_test(root_becomes_the_user_for_good),
		cmocka_unit_test(the_other_threads_stay_who_they_are),
		cmocka_unit_test(what_no_scan_needs_is_refused),
		cmocka_unit_test(sockets_but_no_raw_ones),
		cmocka_unit_test(threads_that_are_there_are_filtered_too),
		cmocka_unit_test(the_event_loop_runs),
		cmocka_unit_test(databases_are_written),
		cmocka_unit_test(tls_handshakes_succeed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
