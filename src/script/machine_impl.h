/* What machine*.c share. */
#ifndef PORTOLAN_SCRIPT_MACHINE_IMPL_H
#define PORTOLAN_SCRIPT_MACHINE_IMPL_H

#include "script/machine.h"

struct script_account {
	size_t bytes, limit;
	uint32_t next_free;
	bool open;
};

/* A module whose file is run right now, and whose wants it. */
struct script_loading {
	const char *name;
	unsigned tree;
	const struct script_loading *before;
};

struct script_machine {
	struct script_machine_config config;
	lua_State *lua, *active; /* active: whose code runs, to stop it */
	size_t bytes;
	struct script_account *accounts; /* [0] is the run's */
	uint32_t account_count, account_cap, account_free, charged;
	bool denied; /* the last request; Lua collects garbage and asks again */
	struct script_budget *budget;
	uint64_t entered_ns; /* processor time when the budget was entered */
	struct script_scheduler *scheduler;
	struct script_context *context;
	const struct script_loading *loading;
	bool suspended;
	bool wants_raw;   /* something that was compiled names captures or raw packets */
	unsigned resumes; /* by scripts */
	unsigned pinned;  /* resumes below which nothing can be suspended */
	char mended[48];  /* what script_machine_mend() found first */
};

/* Looks whether a source names what needs raw sockets. */
void script_note_source(struct script_machine *machine, const void *text, size_t bytes);

/* The allocator of machine_memory.c; self is the machine. */
void *script_allocate(void *self, void *old, size_t old_bytes, size_t bytes);
int script_account_open(struct script_machine *machine, size_t limit, uint32_t *ret_account);
void script_account_close(struct script_machine *machine, uint32_t account);

/* Notes why, and makes the next instruction raise. Allocates nothing. */
void script_budget_stop(struct script_machine *machine, const char *what);
bool script_budget_is_stopped(lua_State *lua);
void script_budget_hook(lua_State *lua, lua_Debug *event);
/* Charges and raises when something is used up. True when the others should have a turn. */
bool script_budget_look(lua_State *lua, uint64_t instructions);

/* Raise Lua errors (memory). */
void script_standard_open(struct script_machine *machine, lua_State *lua);
void script_files_open(lua_State *lua, unsigned grants);
void script_modules_open(lua_State *lua);
/* Notes that code of the chunk "@<name>" is of that tree. */
void script_chunk_place(lua_State *lua, const char *name, unsigned tree);
/* Of the innermost function that runs and is of a known chunk; 0 when there is none. */
unsigned script_tree_of_caller(lua_State *lua);
/* The module that code of the tree gets for the name at index `name`; pushed when it is loaded. */
bool script_loaded_push(lua_State *lua, unsigned tree, int name);
void script_loaded_set(lua_State *lua, unsigned tree, int name, int module);
/* A table as package.loaded is expected to be: for each caller the modules that it gets. */
void script_loaded_push_view(lua_State *lua);
/* Notes what the libraries are, for script_machine_mend(): the last thing. */
void script_kept_open(lua_State *lua);
void script_strings_open(lua_State *lua, bool old_unpack);
void script_tables_open(lua_State *lua);
void script_coroutines_open(lua_State *lua);

#endif
