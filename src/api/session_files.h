/* The documents of one scan: the screen and the files of the plan, each a
 * format writer over an output. */
#ifndef PORTOLAN_API_SESSION_FILES_H
#define PORTOLAN_API_SESSION_FILES_H

#include "api/session.h"

#define SESSION_WRITERS_MAX (PLAN_FILES_MAX + 1)

struct session_files {
	struct format_context screen, file; /* what the documents say of the run */
	struct vendors *vendors;            /* of the contexts; NULL: the compiled-in table */
	struct format_writer *writers[SESSION_WRITERS_MAX];
	size_t count;
	struct out *screen_out; /* the screen writer's; NULL: no screen */
	int64_t start_s;
	int verbosity, debugging; /* as the runtime keys left them */
	uint64_t stats_every_ns;
	uint64_t next_stats_ns; /* loop time */
	uint64_t next_auto_ns;  /* of the timing lines that -v brings by itself */
};

/* Opens every output; on failure what was opened is closed again. */
int session_files_open(struct session_files *files, const struct session_config *config,
		       struct diag *diag);
/* The scan can't begin: documents say so, as formats.md 4.5. */
void session_files_fail(struct session_files *files, const char *why);
/* Progress reports whose time has come (--stats-every, -v). */
void session_files_tick(struct session_files *files, struct run *run);
/* A progress report now. */
void session_files_progress(struct session_files *files, struct run *run);
/* Closes all; the first failed output in diag. Fine to call again. */
int session_files_close(struct session_files *files, struct diag *diag);

#endif
