/* The connect lock (nse-api.md 5.3): so many threads own connections at a time, of one group (one
 * host in one phase) and of all; the others wait their turn in connect(), and a group that has
 * all its places holds up no other. A thread that owns a connection may have more. Knows no
 * sockets. */
#ifndef PORTOLAN_SCRIPT_SOCKET_LOCK_H
#define PORTOLAN_SCRIPT_SOCKET_LOCK_H

#include "script/thread.h"

/* Zeroed; in the memory of whoever waits. */
struct socket_lock_waiter {
	struct script_thread *thread;
	/* The thread has a place now, as if socket_lock_take() had said yes. */
	void (*granted)(struct socket_lock_waiter *waiter);
	struct socket_lock_waiter *next, **link; /* the lock's; link NULL: does not wait */
};

struct script_socket_lock {
	unsigned most, most_of_group;
	unsigned holders, waiting;
	struct socket_lock_waiter *first, **last;
};

void socket_lock_init(struct script_socket_lock *lock, unsigned most, unsigned most_of_group);
/* One connection more for the thread; false: it has to wait. */
bool socket_lock_take(struct script_socket_lock *lock, struct script_thread *thread);
void socket_lock_wait(struct script_socket_lock *lock, struct socket_lock_waiter *waiter);
void socket_lock_leave(struct script_socket_lock *lock, struct socket_lock_waiter *waiter);
/* One less. The last one's place is the next waiter's. */
void socket_lock_give(struct script_socket_lock *lock, struct script_thread *thread);
/* One thread's connection becomes another's, who need not wait for it. */
void socket_lock_move(struct script_socket_lock *lock, struct script_thread *from,
		      struct script_thread *to);

#endif
