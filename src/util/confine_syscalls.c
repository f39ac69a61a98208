/* Two filters, and a system call must pass both: a list of what is let through, and on
 * top of it a list of what is refused, which can look at arguments. One filter could not
 * say "ioctl, but not TIOCSTI": libseccomp lets a rule without arguments swallow the others
 * of its call. Of two refusals the kernel takes the error of the newer filter, so the second
 * decides between "not permitted" and "no such call".
 *
 * Most calls are let through whatever their arguments; for those the kernel does not run
 * the filters at all (since 5.11, a bit map). */
#include "util/confine.h"
#include "util/error.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __has_feature
#define HAS_FEATURE(x) __has_feature(x)
#else
#define HAS_FEATURE(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||       \
	HAS_FEATURE(address_sanitizer) || HAS_FEATURE(thread_sanitizer) || \
	HAS_FEATURE(memory_sanitizer) || HAS_FEATURE(leak_sanitizer)
#define SANITIZED true
#else
#define SANITIZED false
#endif

/* clone()'s first argument is the flags, but not everywhere. */
#ifdef __s390__
#define CLONE_FLAGS_ARG 1
#else
#define CLONE_FLAGS_ARG 0
#endif

#define ERRNO_OF(number) SCMP_ACT_ERRNO(number)

/* Names that this machine or this libseccomp does not know are passed over. */
static const char *const allowed[] = {
	/* files */
	"read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2",
	"pwritev2", "open", "openat", "openat2", "creat", "close", "close_range", "dup", "dup2",
	"dup3", "lseek", "_llseek", "stat", "stat64", "lstat", "lstat64", "fstat", "fstat64",
	"newfstatat", "fstatat64", "statx", "statfs", "statfs64", "fstatfs", "fstatfs64", "access",
	"faccessat", "faccessat2", "readlink", "readlinkat", "getdents", "getdents64", "getcwd",
	"mkdir", "mkdirat", "rmdir", "unlink", "unlinkat", "rename", "renameat", "renameat2",
	"link", "linkat", "truncate", "truncate64", "ftruncate", "ftruncate64", "fallocate",
	"fsync", "fdatasync", "sync_file_range", "chmod", "fchmod", "fchmodat", "fchmodat2",
	"chown", "chown32", "lchown", "lchown32", "fchown", "fchown32", "fchownat", "umask",
	"utime", "utimes", "utimensat", "utimensat_time64", "futimesat", "flock", "fcntl",
	"fcntl64", "ioctl", "fadvise64", "fadvise64_64", "readahead", "copy_file_range", "sendfile",
	"sendfile64", "splice", "tee", "pipe", "pipe2", "fgetxattr", "getxattr", "inotify_init1",
	"inotify_add_watch", "inotify_rm_watch",
	/* sockets */
	"socket", "socketcall", "socketpair", "bind", "connect", "listen", "accept", "accept4",
	"getsockname", "getpeername", "getsockopt", "setsockopt", "send", "sendto", "sendmsg",
	"sendmmsg", "recv", "recvfrom", "recvmsg", "recvmmsg", "recvmmsg_time64", "shutdown",
	/* waiting */
	"epoll_create", "epoll_create1", "epoll_ctl", "epoll_ctl_old", "epoll_wait",
	"epoll_wait_old", "epoll_pwait", "epoll_pwait2", "poll", "ppoll", "ppoll_time64", "select",
	"_newselect", "pselect6", "pselect6_time64", "eventfd", "eventfd2", "timerfd_create",
	"timerfd_settime", "timerfd_settime64", "timerfd_gettime", "timerfd_gettime64", "signalfd",
	"signalfd4", "nanosleep", "clock_nanosleep", "clock_nanosleep_time64", "pause",
	"restart_syscall",
	/* memory */
	"brk", "mmap", "mmap2", "munmap", "mremap", "mprotect", "madvise", "mlock", "mlock2",
	"munlock", "msync", "mincore", "membarrier", "get_mempolicy", "memfd_create", "pkey_alloc",
	"pkey_free", "pkey_mprotect",
	/* threads */
	"futex", "futex_time64", "futex_waitv", "set_robust_list", "get_robust_list",
	"set_tid_address", "rseq", "exit", "exit_group", "gettid", "sched_yield",
	"sched_getaffinity", "sched_setaffinity", "sched_getparam", "sched_setparam",
	"sched_getscheduler", "sched_setscheduler", "sched_get_priority_max",
	"sched_get_priority_min", "getcpu", "set_thread_area", "get_thread_area", "arch_prctl",
	"set_tls", "cacheflush",
	/* signals: to other processes none, see refused */
	"rt_sigaction", "sigaction", "rt_sigprocmask", "sigprocmask", "rt_sigreturn", "sigreturn",
	"rt_sigpending", "rt_sigsuspend", "sigsuspend", "rt_sigtimedwait", "rt_sigtimedwait_time64",
	"sigaltstack", "signal", "tgkill", "kill", "alarm", "setitimer", "getitimer",
	"timer_create", "timer_settime", "timer_settime64", "timer_gettime", "timer_gettime64",
	"timer_getoverrun", "timer_delete",
	/* clocks and chance */
	"clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64", "gettimeofday",
	"time", "times", "getrandom",
	/* who and what we are; other threads may still have to give up what they have */
	"getpid", "getppid", "getpgrp", "getpgid", "getsid", "getuid", "getuid32", "geteuid",
	"geteuid32", "getgid", "getgid32", "getegid", "getegid32", "getresuid", "getresuid32",
	"getresgid", "getresgid32", "getgroups", "getgroups32", "getpriority", "setpriority",
	"getrlimit", "ugetrlimit", "setrlimit", "prlimit64", "getrusage", "sysinfo", "uname",
	"capget", "capset", "prctl", "seccomp", "setgroups", "setgroups32", "setresgid",
	"setresgid32", "setresuid", "setresuid32", "wait4", "waitid", "waitpid"};

/* Not permitted, and said so. The rest of what is not allowed says ENOSYS, from which the
 * C library draws its conclusions (clone3: then it uses clone, whose flags can be seen). */
static const char *const refused[] = {
	/* programs, and other processes */
	"execve", "execveat", "fork", "vfork", "process_vm_readv", "process_vm_writev",
	"process_madvise", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "kcmp", "tkill",
	"rt_sigqueueinfo", "rt_tgsigqueueinfo", "personality", "acct",
	/* identity, keys */
	"setuid", "setuid32", "setgid", "setgid32", "setreuid", "setregid", "setfsuid", "setfsgid",
	"keyctl", "add_key", "request_key",
	/* namespaces, mounts, files by the back door */
	"setns", "unshare", "mount", "umount", "umount2", "move_mount", "open_tree", "fsopen",
	"fsmount", "fsconfig", "fspick", "mount_setattr", "pivot_root", "chroot",
	"open_by_handle_at", "name_to_handle_at", "mknod", "mknodat", "symlink", "symlinkat",
	"fanotify_init", "fanotify_mark",
	/* the machine and its kernel */
	"swapon", "swapoff", "init_module", "finit_module", "delete_module", "create_module",
	"kexec_load", "kexec_file_load", "bpf", "perf_event_open", "userfaultfd", "io_uring_setup",
	"io_uring_enter", "io_uring_register", "quotactl", "quotactl_fd", "reboot", "sethostname",
	"setdomainname", "settimeofday", "clock_settime", "clock_settime64", "clock_adjtime",
	"adjtimex", "iopl", "ioperm", "modify_ldt", "vm86", "lookup_dcookie", "syslog", "vhangup",
	"nfsservctl", "landlock_create_ruleset"};

/* For all threads; they have no filters of their own. */
static scmp_filter_ctx begin(uint32_t otherwise)
{
	scmp_filter_ctx filter = seccomp_init(otherwise);

	if (filter && seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0) {
		/* A binary search; older libraries have none. */
		(void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
		return filter;
	}
	seccomp_release(filter);
	return NULL;
}

/* 0, or a negative errno value. */
static int add_names(scmp_filter_ctx filter, uint32_t action, const char *const *names,
		     size_t count)
{
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < count; i++) {
		int number = seccomp_syscall_resolve_name(names[i]);

		if (number >= 0)
			r = seccomp_rule_add(filter, action, number, 0);
	}
	return r;
}

static int allow_threads(scmp_filter_ctx filter)
{
	/* Threads, but no processes, and so no namespaces. */
	if (!SANITIZED)
		return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
					SCMP_CMP64(CLONE_FLAGS_ARG, SCMP_CMP_MASKED_EQ,
						   CLONE_THREAD, CLONE_THREAD));
	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 0) ||
	       seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ptrace), 0);
}

/* The kernel takes the low 32 bits of these arguments, so no others are looked at. */
#define LOW 0xffffffffu

static int refuse_sockets(scmp_filter_ctx filter)
{
	static const unsigned any_type[] = {AF_PACKET, AF_XDP, AF_VSOCK, AF_ALG, AF_BLUETOOTH};
	static const unsigned cooked_only[] = {AF_INET, AF_INET6};
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < sizeof(any_type) / sizeof(any_type[0]); i++)
		r = seccomp_rule_add(filter, ERRNO_OF(EPERM), SCMP_SYS(socket), 1,
				     SCMP_CMP64(0, SCMP_CMP_MASKED_EQ, LOW, any_type[i]));
	for (i = 0; r == 0 && i < sizeof(cooked_only) / sizeof(cooked_only[0]); i++)
		r = seccomp_rule_add(filter, ERRNO_OF(EPERM), SCMP_SYS(socket), 2,
				     SCMP_CMP64(0, SCMP_CMP_MASKED_EQ, LOW, cooked_only[i]),
				     SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, 0xf, SOCK_RAW));
	return r;
}

/* Keys typed into the terminal would be the shell's to obey when we are gone. */
static int refuse_typing(scmp_filter_ctx filter)
{
	static const unsigned requests[] = {TIOCSTI, TIOCLINUX, TIOCSETD};
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < sizeof(requests) / sizeof(requests[0]); i++)
		r = seccomp_rule_add(filter, ERRNO_OF(EPERM), SCMP_SYS(ioctl), 1,
				     SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, LOW, requests[i]));
	return r;
}

static int refuse_processes(scmp_filter_ctx filter)
{
	int r;

	if (SANITIZED)
		return 0;
	r = seccomp_rule_add(filter, ERRNO_OF(EPERM), SCMP_SYS(clone), 1,
			     SCMP_CMP64(CLONE_FLAGS_ARG, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0));
	return r ? r : seccomp_rule_add(filter, ERRNO_OF(EPERM), SCMP_SYS(ptrace), 0);
}

/* A signal to another process, or to a group or everybody (0 and below). */
static int refuse_killing(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp others = SCMP_CMP64(0, SCMP_CMP_NE, (scmp_datum_t)getpid(), 0);
	int r = seccomp_rule_add(filter, ERRNO_OF(EPERM), SCMP_SYS(kill), 1, others);

	return r ? r : seccomp_rule_add(filter, ERRNO_OF(EPERM), SCMP_SYS(tgkill), 1, others);
}

static int load_allowed(void)
{
	scmp_filter_ctx filter = begin(ERRNO_OF(ENOSYS));
	int r = filter ? 0 : -ENOMEM;

	if (r == 0)
		r = add_names(filter, SCMP_ACT_ALLOW, allowed,
			      sizeof(allowed) / sizeof(allowed[0]));
	if (r == 0)
		r = allow_threads(filter);
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r;
}

static int load_refused(void)
{
	scmp_filter_ctx filter = begin(SCMP_ACT_ALLOW);
	int r = filter ? 0 : -ENOMEM;

	if (r == 0)
		r = add_names(filter, ERRNO_OF(EPERM), refused,
			      sizeof(refused) / sizeof(refused[0]));
	if (r == 0)
		r = refuse_processes(filter);
	if (r == 0)
		r = refuse_sockets(filter);
	if (r == 0)
		r = refuse_typing(filter);
	if (r == 0)
		r = refuse_killing(filter);
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r;
}

int confine_syscalls(struct diag *diag)
{
	int r = load_allowed();

	if (r == 0)
		r = load_refused();
	if (r == -EINVAL || r == -ENOSYS)
		return diag_set(
			diag, ERROR_UNSUPPORTED,
			"this kernel cannot filter system calls (seccomp); the scan goes on "
			"without");
	if (r != 0)
		return diag_set(diag, ERROR_SYSTEM, "system calls cannot be filtered: %s",
				strerrordesc_np(r < 0 ? -r : r));
	return 0;
}
