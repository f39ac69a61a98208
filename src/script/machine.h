/* The Lua machine of a run: one lua_State whose memory is counted, whose standard libraries
 * are safe to give to strangers, and whose running code can be stopped. Knows budgets, not
 * hosts, threads or phases (thread.h, scheduler.h).
 *
 * Code runs under a budget between script_budget_enter() and script_budget_leave(). It is
 * looked at every SCRIPT_HOOK_INSTRUCTIONS instructions, and by script_tick() in C functions
 * that can take long. When it is used up, an error is raised again and again, so that no
 * pcall() of the script holds it up. C functions that neither tick nor end (an exponential
 * LPeg grammar) are not cut. */
#ifndef PORTOLAN_SCRIPT_MACHINE_H
#define PORTOLAN_SCRIPT_MACHINE_H

#include "util/files.h"

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCRIPT_HOOK_INSTRUCTIONS 1000
#define SCRIPT_SLICE_NS          5000000ULL

struct script_machine;

/* What is closed to scripts unless granted. */
enum script_grant { SCRIPT_FILES = 1, SCRIPT_PROCESSES = 2 };

/* The file of a module. Libraries come from trees (trees.h), which have numbers here. */
struct script_module {
	struct text_file file; /* text NULL: it is in the file of that name */
	unsigned tree;         /* what it requires is looked for there first */
};

struct script_machine_config {
	size_t memory_bytes; /* of everything; 0: no limit */
	unsigned grants;     /* of enum script_grant */
	uint64_t seed;       /* of math.random */
	bool old_unpack;     /* string.unpack "z" as Lua 5.3 has it (nse-api.md 1.1) */
	void *self;
	/* What code of `tree` gets of "x/y.lua" for require "x.y"; false when there is none. Valid
	 * until the next call. Each tree has one instance of its modules for all who get them. */
	bool (*find)(void *self, unsigned tree, const char *relative,
		     struct script_module *ret_module);
	/* May scripts read this file (io.open, io.lines, loadfile, dofile) without the grant
	 * SCRIPT_FILES? NULL: none. Only regular files should get a yes. */
	bool (*may_read)(void *self, const char *path);
};

/* May the code that runs read that file? */
bool script_may_read(lua_State *lua, const char *path);

/* 0 is no limit, each. */
struct script_quota {
	uint64_t busy_ns;      /* processor time, of an instance with its workers */
	uint64_t instructions; /* of the virtual machine */
	uint64_t steps;        /* of one call of a pattern or table function */
	size_t memory_bytes;   /* held at a time, as far as it was asked for by the instance */
	unsigned nesting;      /* calls in calls */
};

/* Spent by one instance (or one load). Zero all, set `quota`, then script_budget_open(). */
struct script_budget {
	struct script_quota quota;
	uint64_t busy_ns, instructions;
	uint32_t account;     /* the machine's */
	bool stopped, denied; /* denied: memory, at least once */
	char reason[80];      /* "stopped: memory limit 64 MB" */
};

/* The config is copied; what it points to must outlive the machine. ERROR_MEMORY. */
int script_machine_new(const struct script_machine_config *config,
		       struct script_machine **ret_machine);
void script_machine_free(struct script_machine *machine); /* NULL is fine */

lua_State *script_machine_lua(struct script_machine *machine);
struct script_machine *script_machine_of(lua_State *lua);
const struct script_machine_config *script_machine_config(struct script_machine *machine);
size_t script_machine_bytes(const struct script_machine *machine);

/* After a Lua module of that name was loaded, `inject` is called with it on the stack. */
int script_machine_inject(struct script_machine *machine, const char *module, lua_CFunction inject);

/* Code of the chunk "@<name>" is of that tree. Code of no such chunk counts to its caller's, and
 * in the end to tree 0. ERROR_MEMORY. */
int script_machine_place(struct script_machine *machine, const char *name, unsigned tree);

/* Opens the account its memory is charged to. ERROR_MEMORY. Closed by script_budget_close(),
 * which may come while memory of it still waits for the collector. */
int script_budget_open(struct script_machine *machine, struct script_budget *budget);
void script_budget_close(struct script_machine *machine, struct script_budget *budget);
size_t script_budget_bytes(const struct script_machine *machine,
			   const struct script_budget *budget);

/* Between the two, code of `lua` is run at the cost of the budget. They do not nest. */
void script_budget_enter(struct script_machine *machine, struct script_budget *budget,
			 lua_State *lua);
void script_budget_leave(struct script_machine *machine);
/* Memory asked for from now on is charged to that account; 0 is the run's (modules, chunks).
 * Returns the one before. */
uint32_t script_charge(struct script_machine *machine, uint32_t account);

/* Raises Lua's error of memory, for what was asked for while no code ran: when it ends the
 * instance, that was stopped by its memory limit. Never returns. */
int script_out_of_memory(lua_State *lua);

/* Puts back what scripts assigned to fields that are everybody's: those that Lua's libraries, the
 * globals, `nmap` and the metatable of texts had from the start. Returns one of them, such as
 * "string.find", valid until the next call; NULL: nothing was changed. Takes 5 microseconds; not
 * while code runs. */
const char *script_machine_mend(struct script_machine *machine);

/* Some code that was compiled so far captures, or sends raw packets: sockets for that can be had
 * only as long as the program has its privileges, and cost time to close. */
bool script_machine_wants_raw(const struct script_machine *machine);

/* The scheduler that drives the machine, NULL when there is none (yet). */
struct script_scheduler;
void script_machine_set_scheduler(struct script_machine *machine,
				  struct script_scheduler *scheduler);
struct script_scheduler *script_machine_scheduler(const struct script_machine *machine);

/* One call of a C function that may take long: zero it, then tick with every step (or with
 * some at a time). Raises a Lua error when the budget is used up. */
struct script_steps {
	uint64_t steps, checked;
};
void script_tick(lua_State *lua, struct script_steps *work, uint64_t steps);

/* Ends the code that runs, now: never returns. `what` as in "memory limit 64 MB". */
int script_stop(lua_State *lua, const char *what);
/* Raises again when the budget is used up; for C functions that caught an error. */
void script_check_stopped(lua_State *lua);

/* Can the code be suspended where it is (script_wait(), a turn for others)? */
bool script_may_suspend(lua_State *lua);
/* Suspends: a C function ends with `return script_suspend(...)`. The machine then is in
 * suspension until script_resume(). Marked coroutines are not the script's to resume. */
int script_suspend(lua_State *lua, lua_KContext context, lua_KFunction then);
bool script_is_suspended(const struct script_machine *machine);
bool script_is_marked(lua_State *coroutine);
void script_mark(lua_State *coroutine, bool engine_owns);
/* lua_resume() that keeps account of all this; ret_suspended: by the engine, not by
 * coroutine.yield(). */
int script_resume(lua_State *coroutine, lua_State *from, int arguments, int *ret_results,
		  bool *ret_suspended);

#endif
