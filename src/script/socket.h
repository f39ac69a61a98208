/* A socket of scripts (nse-api.md 10): what is open, whose it is, and the one operation that a
 * thread waits for. Its methods are in lib_socket_*.c; what they have in common is here.
 *
 * Reading. A flow is read only while an operation wants data: what a server says to a script
 * that does not listen waits with the system. An operation that has what it wants takes what
 * else is there, for a turn of the loop or two, up to SOCKET_READ_BYTES.
 *
 * Life. A socket is a userdata on the stack of the function that waits. It is the thread's whose
 * operation was the last; when that ends, it is closed, as by close() and by the collector. What
 * is beyond a quota of the plan stops the instance when it next asks for something. */
#ifndef PORTOLAN_SCRIPT_SOCKET_H
#define PORTOLAN_SCRIPT_SOCKET_H

#include "engine/datagram.h"
#include "script/context.h"
#include "script/socket_lock.h"
#include "script/socket_queue.h"
#include "script/thread.h"

#define SOCKET_READ_BYTES 0x8ffff
#define SOCKET_TIMEOUT_MS 30000

/* What is open. */
enum socket_kind { SOCKET_CLOSED, SOCKET_CONNECTION, SOCKET_DATAGRAMS, SOCKET_CAPTURE };

/* What the waiting thread waits for. */
enum socket_goal {
	SOCKET_IDLE,
	SOCKET_PLACE, /* the connect lock */
	SOCKET_NAME,
	SOCKET_READY, /* connected, also with TLS */
	SOCKET_SENT,
	SOCKET_DATA,
	SOCKET_FRAME, /* of a capture */
};

enum socket_result {
	SOCKET_SUCCESS,
	SOCKET_TIMED_OUT,
	SOCKET_EOF,
	SOCKET_ERROR,
	SOCKET_CANCELLED,
};

/* User values of the userdata. */
enum {
	SOCKET_BUFFER = 1 /* of receive_buf() */,
	SOCKET_CERTIFICATE /* DER */,
	SOCKET_SERVER_NAME /* for SNI */,
	SOCKET_VALUES = 3
};

struct script_socket {
	struct script_machine *machine;
	struct script_context *context; /* since it was opened */
	bool is_udp, is_tls;            /* is_udp: until opened, as new_socket() was asked */
	bool made_udp, has_family;
	enum ip_family family; /* as it was made */
	lua_Number timeout_ms; /* below 0: none */
	struct ip_addr bind_addr;
	uint16_t bind_port;

	enum socket_kind kind;
	struct flow *flow;         /* NULL: it has ended, see `end` */
	struct datagram *datagram; /* of SOCKET_DATAGRAMS */
	void *capture;             /* of SOCKET_CAPTURE, and how to close it */
	void (*capture_close)(struct script_socket *socket);
	enum socket_result end;
	bool has_local;
	struct ip_addr local;
	uint16_t local_port;
	struct socket_peer remote; /* of datagrams: the last one */
	struct socket_queue received;

	struct script_thread *owner; /* NULL: nothing is open, nor being opened */
	struct script_cleanup cleanup;
	bool is_counted; /* in script_traffic.sockets */
	bool has_place;  /* in the connect lock */
	struct socket_lock_waiter waiter;

	/* The operation. */
	struct script_wait wait;
	bool is_busy; /* from its begin until its thread goes on */
	enum socket_goal goal;
	enum socket_result result;
	size_t want_bytes, want_lines, sent_bytes;
	bool is_full;          /* memory or a quota is used up */
	bool is_local_failure; /* it ended for something of our own machine */
	uint64_t deadline_ns;  /* of connecting; 0: not begun */
	unsigned quiet_turns;
	struct timer timer;
	struct deferred settle;
	struct resolver_query *query;
	int name_error;
};

/* --- socket.c --- */

/* Argument `index`; raises. */
struct script_socket *socket_check(lua_State *lua, int index);
/* Once a machine, before the first one: the metatable of sockets. May raise (memory). */
void socket_make_class(lua_State *lua);
/* Pushes a new one. */
struct script_socket *socket_push_new(lua_State *lua, bool is_udp);

/* An operation begins: raises when another is under way, when code can't be suspended here, and
 * when a quota is used up. From here on the socket is the running thread's. */
void socket_begin(lua_State *lua, struct script_socket *socket);
/* The same, and what was open is closed: to open it anew. */
void socket_reopen(lua_State *lua, struct script_socket *socket);
/* Counts one that is about to be opened; stops the instance that has too many. */
void socket_count(lua_State *lua, struct script_socket *socket);
/* Ends whatever is open or being opened; a thread that waits goes on with SOCKET_CANCELLED.
 * Needs no Lua. */
void socket_close(struct script_socket *socket);
/* The flow's events. */
void socket_on_flow(void *self, struct flow *flow, const struct flow_event *event);
/* A datagram came in; an event of datagrams or captures. */
void socket_heard(struct script_socket *socket, const struct socket_peer *peer,
		  const uint8_t *bytes, size_t count);
/* A line in the debug log. */
void socket_note(const struct script_socket *socket, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
struct script_socket_lock *socket_lock_of(lua_State *lua, struct script_context *context);
/* Stops the instance that has received too much, or counts what it sends and stops it. */
void socket_check_received(lua_State *lua, const struct script_socket *socket);
void socket_add_traffic(lua_State *lua, struct script_socket *socket, size_t bytes_out);

/* --- socket_wait.c --- */

/* Waits for the goal, or the socket's timeout: `return socket_wait(...)`. `then` finds the
 * socket by socket_resumed(). */
int socket_wait(lua_State *lua, struct script_socket *socket, enum socket_goal goal,
		lua_KFunction then);
/* The same without a timeout. */
int socket_wait_long(lua_State *lua, struct script_socket *socket, enum socket_goal goal,
		     lua_KFunction then);
/* Waits a moment with the goal SOCKET_PLACE: our own machine is short of something that passes. */
int socket_try_later(lua_State *lua, struct script_socket *socket, lua_KFunction then);
struct script_socket *socket_resumed(lua_State *lua, lua_KContext context);
/* What was waited for has come about; nothing when something else was. */
void socket_reached(struct script_socket *socket, enum socket_goal goal, enum socket_result result);
/* Something was received: is it enough? */
void socket_look(struct script_socket *socket);
/* Does nobody wait any more: the operation is over, its result lost. */
void socket_abandon(struct script_socket *socket);
uint64_t socket_deadline_ns(const struct script_socket *socket);

/* Push nil, or false, and the text of an event; return 2. */
int socket_failed(lua_State *lua, enum socket_result result);
int socket_refused(lua_State *lua, const char *text);
/* For methods that need something open, when that is not: */
int socket_refuse_closed(lua_State *lua, const struct script_socket *socket);

/* --- socket_trace.c --- */

/* A line of --script-trace: TEXT, or bytes. */
void socket_trace(const struct script_socket *socket, bool is_out, const char *text);
void socket_trace_bytes(const struct script_socket *socket, bool is_out, const void *bytes,
			size_t count);

/* --- lib_socket_*.c: each adds methods to the table on the top --- */

void script_add_socket_connect(lua_State *lua);
void script_add_socket_send(lua_State *lua);
void script_add_socket_receive(lua_State *lua);
void script_add_socket_buffer(lua_State *lua);
void script_add_socket_state(lua_State *lua);
void script_add_socket_capture(lua_State *lua);

/* Where a call wants to go: arguments of connect() and sendto(). */
struct socket_wish {
	uint16_t port;
	bool is_udp, is_tls;
};
/* Reads host and port from arguments 2 and 3, the protocol from `protocol` (0: none); leaves the
 * host's text and what SNI says (or nil) on the top. Raises. */
void socket_read_wish(lua_State *lua, const struct script_socket *socket, int protocol,
		      struct socket_wish *ret_wish);
/* The text at `index` is an address, or is asked for: socket->remote.addr is set when `then` goes
 * on, or name_error. `return socket_resolve(...)`. */
int socket_resolve(lua_State *lua, struct script_socket *socket, int index, lua_KFunction then);
/* Of lib_socket_receive.c: waits for so much; `then` ends with socket_received(). */
int socket_receive(lua_State *lua, struct script_socket *socket, size_t bytes, size_t lines,
		   lua_KFunction then);
int socket_received(lua_State *lua, int status, lua_KContext context);
/* Opens a flow to socket->remote; event SOCKET_READY. server_name may be NULL. Gives flow_open()'s
 * error, which is noted. */
int socket_open_flow(struct script_socket *socket, const char *server_name);
/* Pushes the failure of socket_resolve(). */
int socket_push_name_error(lua_State *lua, int error);

#endif
