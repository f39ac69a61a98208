/* A session wires one scan: loop, gate, flows, resolver, run, collector,
 * writers and journal, from a plan. It prints nothing itself: what belongs on
 * the screen goes to the descriptor it is given, warnings to a callback. The
 * command and the library are its users. */
#ifndef PORTOLAN_API_SESSION_H
#define PORTOLAN_API_SESSION_H

#include "engine/run.h"
#include "report/format.h"
#include "report/out.h"

struct session;

struct session_config {
	const struct plan *plan;   /* borrowed */
	const char *program_title; /* "Nmap" or "portolan": the start line */
	const char *plan_json;     /* for the journal; NULL: made from the plan */
	int screen_fd;             /* where the screen format goes; -1: nowhere */
	bool colour, terminal;     /* of screen_fd */
	struct out_owner owner;    /* of the files that are made */
	const struct sink *sinks;  /* further sinks (library callback); borrowed */
	size_t sinks_count;
	/* The program's own: with everything opened, and before anything from outside is
	 * parsed, all privileges are given up for good (util/confine.h). A library that
	 * is somebody's guest does not. */
	bool confine;
	/* Called on the session's thread about every 200 ms while it runs
	 * (progress, keys); may be NULL. */
	void (*tick)(void *self, struct session *session);
	/* Called before anything is written to screen_fd, so that a progress line
	 * can be taken away; may be NULL. */
	void (*before_screen)(void *self);
	/* A sentence for standard error; may be NULL. */
	void (*warn)(void *self, const char *text);
	void *self;
};

/* Opens every output file first: ERROR_IO or ERROR_PERMISSION names the one
 * that can't be. Other errors name what is wrong with the plan. */
int session_new(const struct session_config *config, struct session **ret_session,
		struct diag *diag);
/* What --dry-run and --explain print: the plan with its targets counted. */
int session_explain(const struct plan *plan, struct buf *out, struct diag *diag);
/* Runs to the end on the calling thread. 0; ERROR_CANCELLED; or what failed
 * (also a file or the journal that could not be written): the scan is then
 * reported as far as it came and diag says why. */
int session_run(struct session *session, struct diag *diag);
/* From any thread or a signal handler. */
void session_cancel(struct session *session);
void session_progress(struct session *session, struct run_progress *ret_progress);
struct loop *session_loop(struct session *session);
int64_t session_journal_id(const struct session *session); /* after the run; 0 none */
/* The scripts that run at the moment, as script_run_each() has them. */
void session_each_script(struct session *session,
			 bool (*look)(void *self, const char *id, const struct target *target,
				      uint16_t port, uint64_t age_ns),
			 void *self);
/* A status report of this moment to the writers (formats.md 2.14). */
void session_report_progress(struct session *session);
/* Runtime keys (MI-04): what the screen shows can change while it runs. */
void session_add_verbosity(struct session *session, int verbosity, int debugging);
/* Packet tracing (features.md OU-17) on or off while it runs. */
void session_set_trace(struct session *session, bool on);
int session_verbosity(const struct session *session);
int session_debugging(const struct session *session);
void session_free(struct session *session); /* NULL is fine */

#endif
