/* What runner*.c share. */
#ifndef PORTOLAN_SCRIPT_RUNNER_IMPL_H
#define PORTOLAN_SCRIPT_RUNNER_IMPL_H

#include "script/lib_lfs.h"
#include "script/lib_nmapdb.h"
#include "script/runner.h"
#include "script/site.h"

struct script_run {
	struct script_run_config config;
	struct script_context context;
	struct lib_nmapdb_tables names;
	struct lib_lfs_gate files;
	struct interfaces interfaces; /* read here, when nobody gave them */
	struct script_machine *machine;
	struct script_scheduler *scheduler;
	struct script_set set;
};

extern const struct script_hooks script_run_hooks; /* self is the run */

/* A line for those who debug at that level. */
void script_run_log(const struct script_run *run, int level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The engine's functions: self is the run. */
int script_run_begin(void *self, const struct script_order *order, struct script_work **ret_work);
void script_run_stop(void *self, struct script_work *work);

#endif
