#include "script/socket_lock.h"

void socket_lock_init(struct script_socket_lock *lock, unsigned most)
{
	*lock = (struct script_socket_lock){.most = most};
	lock->last = &lock->first;
}

static void add(struct script_socket_lock *lock, struct script_thread *thread)
{
	unsigned *connections = script_thread_connections(thread);

	if (!*connections)
		lock->holders++;
	++*connections;
}

bool socket_lock_take(struct script_socket_lock *lock, struct script_thread *thread)
{
	if (!*script_thread_connections(thread) && lock->holders >= lock->most)
		return false;
	add(lock, thread);
	return true;
}

void socket_lock_wait(struct script_socket_lock *lock, struct socket_lock_waiter *waiter)
{
	waiter->next = NULL;
	waiter->link = lock->last;
	*lock->last = waiter;
	lock->last = &waiter->next;
	lock->waiting++;
}

void socket_lock_leave(struct script_socket_lock *lock, struct socket_lock_waiter *waiter)
{
	if (!waiter->link)
		return;
	*waiter->link = waiter->next;
	if (waiter->next)
		waiter->next->link = waiter->link;
	else
		lock->last = waiter->link;
	waiter->link = NULL;
	lock->waiting--;
}

static void grant_next(struct script_socket_lock *lock)
{
	struct socket_lock_waiter *waiter;

	while (lock->holders < lock->most && (waiter = lock->first)) {
		socket_lock_leave(lock, waiter);
		add(lock, waiter->thread);
		waiter->granted(waiter);
	}
}

void socket_lock_give(struct script_socket_lock *lock, struct script_thread *thread)
{
	unsigned *connections = script_thread_connections(thread);

	if (--*connections)
		return;
	lock->holders--;
	grant_next(lock);
}

void socket_lock_move(struct script_socket_lock *lock, struct script_thread *from,
		      struct script_thread *to)
{
	add(lock, to);
	socket_lock_give(lock, from);
}
