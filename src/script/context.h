/* What a run gives its scripts: the machine knows it, so every C library finds it. Who fills it
 * in is runner.c; a library that needs more of the run adds a field. */
#ifndef PORTOLAN_SCRIPT_CONTEXT_H
#define PORTOLAN_SCRIPT_CONTEXT_H

#include "engine/flow.h"
#include "engine/gate.h"
#include "engine/plan.h"
#include "net/interface.h"
#include "net/resolver.h"
#include "script/machine.h"

struct link_sockets;
struct run;
struct probe_db;
struct script_trees;
struct script_site;

struct script_context {
	/* All borrowed, and alive as long as the machine. */
	const struct plan *plan;
	struct loop *loop;
	struct flow_net *flows;
	struct gate *gate;
	struct resolver *resolver;
	const struct services *services; /* names of ports */
	const struct vendors *vendors;   /* NULL: built in */
	struct run *run;                 /* NULL until it is made (script_runner_attach()) */
	const struct probe_db *probes;   /* of -sV, for the ports it excludes; NULL none */
	/* NULL: script_run_new() reads them, and puts what it could read in their place. */
	const struct interfaces *interfaces;
	/* For captures and raw packets, made while that was allowed; NULL: it is not. */
	struct link_sockets *raw;
	int frames_fd; /* that frames leave by; 0: none as yet (lib_dnet.c) */
	/* As they are at the moment, where a user can change them; NULL: the plan's. */
	const int *debugging, *verbosity;
	/* A line of --script-trace, without "NSE: " and line break; NULL: nobody listens. */
	void (*trace)(void *self, const char *line);
	void *self;
	/* The runner's: where files of scripts are (trees.h), where scripts are at work (site.h),
	 * and the argument "script-intensity"; -1: it was not given. */
	struct script_trees *trees;
	struct script_site *sites;
	int intensity;
	/* Of the connect lock (nse-api.md 5.3); lib_nmap_socket's. */
	struct script_socket_lock *sockets;
};

int script_context_debugging(const struct script_context *context);
int script_context_verbosity(const struct script_context *context);

void script_machine_set_context(struct script_machine *machine, struct script_context *context);
/* NULL: there is none (scripts are only described, say). */
struct script_context *script_machine_context(const struct script_machine *machine);
struct script_context *script_context_of(lua_State *lua);
/* The same; raises when there is none: "FUNCTION needs a scan". */
struct script_context *script_context_check(lua_State *lua, const char *function);

#endif
