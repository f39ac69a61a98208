/* What a socket has received and no script has taken yet: bytes, or datagrams with their
 * senders. Its memory is the instance's (script_budget). Knows no socket. */
#ifndef PORTOLAN_SCRIPT_SOCKET_QUEUE_H
#define PORTOLAN_SCRIPT_SOCKET_QUEUE_H

#include "net/ip.h"
#include "script/machine.h"

struct socket_chunk;

/* Zero it, then set machine. */
struct socket_queue {
	struct script_machine *machine;
	struct socket_chunk *first, *last;
	size_t bytes, lines, chunks;
};

/* Where a datagram came from. */
struct socket_peer {
	struct ip_addr addr;
	uint16_t port;
};

/* Adds bytes behind those that are there, at the cost of the account, whose budget that is.
 * peer: it is a datagram (perhaps empty), which stays one. ERROR_MEMORY: nothing was added. */
int socket_queue_add(struct socket_queue *queue, const struct script_budget *budget,
		     const struct socket_peer *peer, const void *bytes, size_t count);
/* Pushes the first `chunks` (0: all) as one string; they are dropped then. Raises (memory): they
 * are still there. The last one's sender, if it has one. */
void socket_queue_push(lua_State *lua, struct socket_queue *queue, size_t chunks,
		       struct socket_peer *ret_peer);
/* How many chunks hold that many bytes and lines; 0: all together do not. */
size_t socket_queue_find(const struct socket_queue *queue, size_t bytes, size_t lines);
void socket_queue_clear(struct socket_queue *queue);

#endif
