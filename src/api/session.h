/* A session wires one scan: loop, gate, flows, resolver, run, collector,
 * writers and journal, from a plan. It prints nothing: what a person should
 * read goes to the `say` callback. The command and the library are its users. */
#ifndef PORTOLAN_API_SESSION_H
#define PORTOLAN_API_SESSION_H

#include "engine/run.h"
#include "report/format.h"

struct session;

enum session_voice {
	SESSION_SCREEN,  /* belongs on standard output: the normal format's screen copy */
	SESSION_WARNING, /* belongs on standard error */
};

struct session_config {
	const struct plan *plan;   /* borrowed */
	const char *program_title; /* "Nmap" or "portolan" */
	int screen_fd;             /* where the screen format goes; -1: nowhere */
	bool colour, terminal;     /* of screen_fd */
	const struct sink *sinks;  /* further sinks (library callback); borrowed */
	size_t sinks_count;
	/* Called on the session's thread at least every 200 ms while it runs
	 * (progress, keys); may be NULL. */
	void (*tick)(void *self, struct session *session);
	/* A sentence for standard error; may be NULL. */
	void (*warn)(void *self, const char *text);
	void *self;
};

int session_new(const struct session_config *config, struct session **ret_session,
		struct diag *diag);
/* Runs to the end on the calling thread. 0; ERROR_CANCELLED; or what failed:
 * the scan is then reported as far as it came. Output files that failed give ERROR_IO at the end.
 */
int session_run(struct session *session, struct diag *diag);
/* From any thread or a signal handler. */
void session_cancel(struct session *session);
void session_progress(struct session *session, struct run_progress *ret_progress);
struct loop *session_loop(struct session *session);
int64_t session_journal_id(const struct session *session); /* after the run; 0 none */
/* Runtime keys (MI-04): verbosity and debugging can change while it runs. */
void session_set_verbosity(struct session *session, int verbosity, int debugging);
void session_free(struct session *session); /* NULL is fine */

#endif
