/* Questions to DNS servers until they are answered: which server, how long to
 * wait, whom to try next, where an alias leads. Knows nothing of caches, hosts
 * files or what an answer is wanted for. */
#ifndef PORTOLAN_NET_RESOLVER_ASK_H
#define PORTOLAN_NET_RESOLVER_ASK_H

#include "net/resolver_answer.h"
#include "net/resolver_conf.h"
#include "util/loop.h"

struct asker;
struct ask;

struct asker_config {
	struct loop *loop;
	const struct dns_servers *servers; /* at least one; copied */
	const char *interface;             /* NULL: any */
	/* The end of an ask, which is gone afterwards: 0 with an answer (borrowed
	 * for the call), ERROR_NOT_FOUND, ERROR_TIMED_OUT, ERROR_SYSTEM,
	 * ERROR_MEMORY. Called from the loop or from asker_flush(). */
	void (*answered)(void *owner, struct ask *ask, int error, const struct dns_answer *answer);
	/* asker_has_room() may have become true. From the loop. */
	void (*has_room)(void *self);
	void *self;
};

/* ERROR_MEMORY, ERROR_SYSTEM. */
int asker_new(const struct asker_config *config, struct asker **ret_asker);
void asker_free(struct asker *asker); /* drops asks without answers; NULL is fine */

/* Whether one more question could be sent at once. What is asked beyond that
 * costs memory until it can. */
bool asker_has_room(const struct asker *asker);
/* No server has answered anything for long: a question is most likely in vain. */
bool asker_is_hopeless(const struct asker *asker);
/* Questions not answered yet. */
size_t asker_active(const struct asker *asker);
/* Attempts beyond the first of each question. */
uint64_t asker_retried(const struct asker *asker);

/* Queues a question, which is sent at the next turn or asker_flush(). ERROR_MEMORY. */
int asker_ask(struct asker *asker, const char *name, enum dns_type type, void *owner,
	      struct ask **ret_ask);
void asker_flush(struct asker *asker);
void ask_cancel(struct ask *ask);

#endif
