#include "script/socket_lock.h"

void socket_lock_init(struct script_socket_lock *lock, unsigned most, unsigned most_of_group)
{
	*lock = (struct script_socket_lock){.most = most, .most_of_group = most_of_group};
	lock->last = &lock->first;
}

static void add(struct script_socket_lock *lock, struct script_thread *thread)
{
	struct script_places *places = script_thread_places(thread);

	if (!places->connections++) {
		lock->holders++;
		places->group->holders++;
	}
}

static bool has_room(const struct script_socket_lock *lock, struct script_thread *thread)
{
	return lock->holders < lock->most &&
	       script_thread_places(thread)->group->holders < lock->most_of_group;
}

bool socket_lock_take(struct script_socket_lock *lock, struct script_thread *thread)
{
	if (!script_thread_places(thread)->connections && !has_room(lock, thread))
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
	script_thread_places(waiter->thread)->group->waiting++;
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
	script_thread_places(waiter->thread)->group->waiting--;
}

/* The first in line whose group has room. */
static void grant_next(struct script_socket_lock *lock)
{
	struct socket_lock_waiter *waiter = lock->first;

	while (waiter && !has_room(lock, waiter->thread))
		waiter = waiter->next;
	if (!waiter)
		return;
	socket_lock_leave(lock, waiter);
	add(lock, waiter->thread);
	waiter->granted(waiter);
}

void socket_lock_give(struct script_socket_lock *lock, struct script_thread *thread)
{
	struct script_places *places = script_thread_places(thread);

	if (--places->connections)
		return;
	lock->holders--;
	places->group->holders--;
	grant_next(lock);
}

void socket_lock_move(struct script_socket_lock *lock, struct script_thread *from,
		      struct script_thread *to)
{
	add(lock, to);
	socket_lock_give(lock, from);
}
