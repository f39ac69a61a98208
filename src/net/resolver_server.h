/* One DNS server: a c-ares channel for the transport (ids, sockets, matching
 * answers to questions, TCP when an answer is truncated), and the window over
 * it. Knows attempts, not what a query is or which server is tried next. */
#ifndef PORTOLAN_NET_RESOLVER_SERVER_H
#define PORTOLAN_NET_RESOLVER_SERVER_H

#include "net/resolver_answer.h"
#include "net/resolver_conf.h"
#include "net/resolver_window.h"
#include "util/loop.h"

struct server;
struct attempt; /* one question sent to one server */

/* What came of an attempt: 0 with a message; ERROR_NOT_FOUND (an answer without
 * a usable message), ERROR_SYSTEM (the server says it cannot), ERROR_IO (the
 * server could not be reached), ERROR_MEMORY. */
struct reply {
	int error;
	const void *message; /* borrowed for the call */
	size_t bytes;
};

/* Called from the loop for every attempt that comes to an end and has an ask;
 * the attempt is gone afterwards. */
typedef void server_replied(void *ask, struct attempt *attempt, const struct reply *reply);

struct server_config {
	struct loop *loop;
	struct dns_server at;
	const char *interface; /* copied; NULL: any */
	server_replied *replied;
	void (*swept)(void *self); /* forgotten attempts were cleared away */
	void *self;
};

/* ERROR_MEMORY, ERROR_SYSTEM. */
int server_new(const struct server_config *config, struct server **ret_server);
void server_free(struct server *server); /* drops attempts without a reply; NULL is fine */

const struct window *server_window(const struct server *server);
/* Attempts that may be sent now. */
unsigned server_room(const struct server *server);
struct server_question {
	const char *name;
	enum dns_type type;
	bool is_retry; /* an earlier attempt of it was in vain */
};

/* Asks; the attempt belongs to `ask` until a reply, or until it is
 * forgotten. ERROR_MEMORY; ERROR_IO: the server cannot be reached. */
int server_send(struct server *server, const struct server_question *question, void *ask,
		struct attempt **ret_attempt);

/* The answer did not come in time. It is still welcome when it does. */
void attempt_give_up(struct attempt *attempt);
/* The ask is answered or gone: no reply is wanted any more. */
void attempt_forget(struct attempt *attempt);
const struct server *attempt_server(const struct attempt *attempt);

/* Nothing is asked by anyone: forget what is outstanding and close sockets. */
void server_rest(struct server *server);

#endif
