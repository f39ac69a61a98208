/* Giving up what a scan does not need, before the first byte from outside is parsed:
 * every capability, root's identity under sudo, and every system call that a scanner
 * has no use for. Nothing of it can be taken back.
 *
 * Linux keeps capabilities and identity for each thread, and a thread inherits those of
 * its maker. So each thread that exists must give up its own; those made later have none.
 * The filter of system calls is for all threads at once. For a program's own threads
 * only: a library does not confine its user. */
#ifndef PORTOLAN_UTIL_CONFINE_H
#define PORTOLAN_UTIL_CONFINE_H

#include "util/diag.h"

#include <stdbool.h>

/* The calling thread may make raw sockets: CAP_NET_RAW, whoever the user is. */
bool privileges_have_raw(void);

/* The calling thread becomes this user for good, and leaves all other groups; its
 * capabilities go with root's identity. For a thread that is not root it does nothing.
 * ERROR_PERMISSION with words. */
int confine_user(unsigned uid, unsigned gid, struct diag *diag);

/* Empties every set of the calling thread (effective, permitted, inheritable, ambient, and
 * bounding where it may be), and sets no_new_privs, so that no program started from it
 * can have them back. Right for threads that had none. ERROR_PERMISSION with words. */
int confine_capabilities(struct diag *diag);

/* The same, but the thread may still bind to ports below 1024 (CAP_NET_BIND_SERVICE) if it could
 * before: servers of old protocols listen to nobody else. */
int confine_capabilities_but_low_ports(struct diag *diag);
/* Before confine_user(): what is held outlives root's identity, until confine_capabilities...(). */
void confine_keep_over_user(void);

/* For all threads: lets through what libuv, c-ares, SQLite, OpenSSL, Lua and the C library
 * need for files, sockets, threads, memory and clocks. Starting programs and processes,
 * other processes, namespaces, mounts, modules, keys, BPF, raw and packet sockets, and
 * typing into the terminal (TIOCSTI) fail with EPERM; what nobody here has heard of with
 * ENOSYS. In builds with a sanitizer, clone() and ptrace() stay open: LeakSanitizer
 * stops the other threads with them.
 * ERROR_UNSUPPORTED: the kernel has no seccomp. ERROR_SYSTEM. Both with words. */
int confine_syscalls(struct diag *diag);

#endif
