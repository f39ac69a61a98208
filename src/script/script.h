/* A script file: compiled once, run anew in an environment of its own for every instance
 * (nse-api.md 2.1 to 2.3). Knows what a script is, not when it runs. */
#ifndef PORTOLAN_SCRIPT_SCRIPT_H
#define PORTOLAN_SCRIPT_SCRIPT_H

#include "script/machine.h"
#include "util/files.h"

enum script_phase {
	SCRIPT_PRERULE,
	SCRIPT_HOSTRULE,
	SCRIPT_PORTRULE,
	SCRIPT_POSTRULE,
	SCRIPT_PHASES
};
extern const char *const script_phase_names[SCRIPT_PHASES]; /* "prerule" ... */

struct script_names {
	char **all;
	size_t count;
};

struct script {
	char *path, *id; /* id: the base name without ".nse" */
	unsigned phases; /* bit 1 << SCRIPT_HOSTRULE: has that rule */
	struct script_names categories, dependencies;
	unsigned level; /* script_set_levels(); 1 runs first */
	bool meddles;   /* its main chunk changes what is everybody's (script_machine_mend()) */
	int chunk;      /* reference to the function that takes the environment */
};

/* Tells more of a script that was loaded: its environment is on the top of the stack (for the
 * description, say), under the load's budget. May raise Lua errors. */
struct script_inspect {
	void *self;
	void (*look)(void *self, lua_State *lua, const struct script *script);
};

/* Compiles file->text and runs it once, under `quota`, to read its fields. `inspect` may be NULL.
 * ERROR_MEMORY, ERROR_SYNTAX (ret_text says why, with a traceback; alloc_free() it),
 * ERROR_UNSUPPORTED: stdnse.silent_require() wants it skipped quietly. Free the script before the
 * machine. */
int script_load(struct script_machine *machine, const struct text_file *file,
		const struct script_quota *quota, const struct script_inspect *inspect,
		struct script **ret_script, char **ret_text);
void script_free(struct script_machine *machine, struct script *script); /* NULL is fine */

/* Sets the levels: a script runs after those of its dependencies that are among `scripts`.
 * ERROR_CONFLICT for a circle (ret_text says which; alloc_free() it), ERROR_MEMORY. */
int script_set_levels(struct script *const *scripts, size_t count, char **ret_text);

/* Pushes a new environment; falls back to the globals. May raise Lua errors. */
void script_push_environment(lua_State *lua, const struct script *script);

/* The private marker of stdnse.silent_require(). May raise when pushed first. */
void script_push_silent_marker(lua_State *lua);
bool script_is_silent_marker(lua_State *lua, int index);

#endif
