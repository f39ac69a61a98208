/* What the files of the library libssh2 have in common (nse-api.md 13.6): a session of Debian's
 * libssh2 that speaks over a socket of scripts, by the socket's own methods, so that all that
 * holds for sockets (lock, quotas, traces, who may be written to) holds here.
 *
 * libssh2 never waits. It takes bytes from what was received last and leaves bytes in a small
 * buffer; ssh_run() sends and receives for it until it has what it wants.
 *
 * Life. A session is a userdata on the stack of the function that waits. It is the thread's that
 * used it last, and ends with that. Whatever a session of libssh2 asks for is the instance's
 * memory, kept in a list: libssh2 forgets some of it when it is cut in the middle. */
#ifndef PORTOLAN_SCRIPT_LIB_LIBSSH2_H
#define PORTOLAN_SCRIPT_LIB_LIBSSH2_H

#include "script/thread.h"

#include <libssh2.h>
#include <limits.h>

#define SSH_OUT_BYTES  8192
#define SSH_TEXT_BYTES 16384 /* of a name, a command: two are no longer than a packet */
/* libssh2 wants a descriptor, which it asks whether it blocks; this one exists nowhere, and that
 * is fine with it. All else goes through ssh_take() and ssh_give(). */
#define SSH_NO_DESCRIPTOR INT_MAX

struct ssh_block;
struct ssh_operation;

/* User values of a session. */
enum {
	SSH_SOCKET = 1,
	SSH_RECEIVED, /* the string that libssh2 reads */
	SSH_FAILURE,  /* the text that ended it */
	SSH_ERROR,    /* what a function of the script raised */
	SSH_VALUES = SSH_ERROR
};

struct ssh_session {
	LIBSSH2_SESSION *ssh; /* NULL: closed */
	struct script_machine *machine;
	struct ssh_block *blocks; /* what it asked for and has not given back */
	uint32_t account;         /* that its memory is charged to */

	struct script_thread *owner; /* NULL: it is closed */
	struct script_cleanup cleanup;
	struct script_thread *user; /* whose operation is under way, or was cut by an error */
	bool has_failed;            /* libssh2 can't go on where it was: nothing is asked of it */
	bool is_connected, is_ending;
	bool is_full;    /* memory was refused */
	bool has_raised; /* SSH_ERROR waits until the step is over */

	const char *in; /* what is left of SSH_RECEIVED */
	size_t in_bytes;
	char out[SSH_OUT_BYTES];
	size_t out_bytes;

	/* The operation. */
	lua_State *lua; /* while libssh2 runs; NULL otherwise */
	const struct ssh_operation *operation;
	bool is_over, is_sending;
	const char *text;         /* a result of libssh2 */
	LIBSSH2_CHANNEL *channel; /* that it uses, or has opened */
	long result;              /* of the last step */
	bool is_acceptable;       /* a public key */
};

/* What is asked of libssh2. Both find the function's arguments on the stack, the session first. */
struct ssh_operation {
	/* Gives libssh2's answer; it is asked again while that is LIBSSH2_ERROR_EAGAIN. Must not
	 * raise, nor leave anything on the stack. */
	long (*step)(lua_State *lua, struct ssh_session *session);
	/* Pushes the results and gives their number, or raises; may start another one. */
	int (*done)(lua_State *lua, struct ssh_session *session);
};

/* --- lib_libssh2_session.c --- */

void ssh_make_class(lua_State *lua);
/* Pushes one that is the running thread's; nothing is connected. Raises. */
struct ssh_session *ssh_push_new(lua_State *lua);
/* Argument `index`, open or not; raises. */
struct ssh_session *ssh_check(lua_State *lua, int index);
/* Memory that libssh2 frees; NULL when it is short. */
void *ssh_allocate(struct ssh_session *session, size_t bytes);
/* Frees what is libssh2's. Needs no Lua, says no goodbye. */
void ssh_release(struct ssh_session *session);
/* Sends what libssh2 can say of the end, closes the socket, releases. */
int ssh_close(lua_State *lua, struct ssh_session *session);

/* --- lib_libssh2_run.c --- */

/* Argument 1, about to be used: raises when it is closed, in use or has failed. From here on it
 * is the running thread's. */
struct ssh_session *ssh_begin(lua_State *lua);
/* `return ssh_run(...)`, the session being argument 1. Raises the socket's text ("TIMEOUT",
 * "EOF", "ERROR") when the connection fails. */
int ssh_run(lua_State *lua, struct ssh_session *session, const struct ssh_operation *operation);
/* It can't be used any more. Nobody has one that was not opened: its connection goes at once. */
void ssh_give_up(lua_State *lua, struct ssh_session *session);
/* A text argument that is not too long for a packet; raises. */
void ssh_check_text(lua_State *lua, int index);
/* The same, checked, as libssh2 takes it. */
const char *ssh_text(lua_State *lua, int index, unsigned *ret_bytes);
/* Pushes whether the step gave 0: for `done`. */
int ssh_tell_success(lua_State *lua, struct ssh_session *session);
/* What libssh2 says of its last failure. */
const char *ssh_error_text(struct ssh_session *session);
/* The callbacks of libssh2. */
ssize_t ssh_take(libssh2_socket_t fd, void *bytes, size_t count, int flags, void **abstract);
ssize_t ssh_give(libssh2_socket_t fd, const void *bytes, size_t count, int flags, void **abstract);
/* Its thread becomes the running one. */
void ssh_own(lua_State *lua, struct ssh_session *session);

/* --- each adds functions to the table on the top --- */

void ssh_add_authentication(lua_State *lua);
void ssh_add_keys(lua_State *lua);
void ssh_add_channels(lua_State *lua);

int lib_libssh2_open(lua_State *lua);

#endif
