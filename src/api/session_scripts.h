/* The part of a session that runs scripts: which there are, which were chosen, and the runner
 * of them, made from the plan. */
#ifndef PORTOLAN_API_SESSION_SCRIPTS_H
#define PORTOLAN_API_SESSION_SCRIPTS_H

#include "report/out.h"
#include "script/runner.h"

struct probe_db;
struct vendors;

struct session_scripts {
	struct script_trees *trees;
	struct script_selection selection;
	struct script_run *run;
	struct script_runner runner;
	struct link_sockets *raw; /* NULL: no raw packets */
	/* To be set before, all borrowed: */
	struct loop *loop;
	struct flow_net *flows;
	struct gate *gate;
	struct resolver *resolver;
	const struct vendors *vendors;
	const struct probe_db *probes;    /* of -sV, for the ports it leaves out; NULL: none */
	struct out *screen;               /* for what scripts print; NULL: nobody looks */
	const int *debugging, *verbosity; /* as they are at the moment */
	void (*warn)(void *self, const char *text);
	void *self;
};

/* Scripts are found, chosen and loaded here. Nothing when the plan asks for none, or chooses
 * none. ERROR_* with words. */
int session_scripts_open(struct session_scripts *scripts, const struct plan *plan,
			 struct diag *diag);
/* NULL: there is nothing to run. */
const struct script_runner *session_scripts_runner(const struct session_scripts *scripts);
/* Says with -v how many there are, once the report has begun. */
void session_scripts_tell(struct session_scripts *scripts);
/* After the run; before the flows. */
void session_scripts_close(struct session_scripts *scripts);

/* --script-help: describes what the plan chooses, as text for the screen and as a document for
 * each XML file of the plan; --script-updatedb. Both print into `out`. */
int session_scripts_help(const struct plan *plan, const struct out_owner *owner, struct buf *out,
			 struct diag *diag);
int session_scripts_update_db(const struct plan *plan, struct buf *out, struct diag *diag);

#endif
