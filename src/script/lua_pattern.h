/* Lua's patterns (reference manual 6.4.1), with every step counted: Lua's own matcher can run
 * for hours on a short pattern and nothing may interrupt it. */
#ifndef PORTOLAN_SCRIPT_LUA_PATTERN_H
#define PORTOLAN_SCRIPT_LUA_PATTERN_H

#include "script/machine.h"

#include <stddef.h>

#define LUA_PATTERN_CAPTURES 32

struct lua_pattern_capture {
	const char *start;
	ptrdiff_t bytes; /* or one of lua_pattern.c's marks */
};

/* Borrows subject and pattern. */
struct lua_pattern {
	lua_State *lua;
	struct script_steps work;
	unsigned steps;
	const char *subject, *subject_end;
	const char *pattern, *pattern_end; /* without the anchor */
	bool anchored;
	int depth, count;
	struct lua_pattern_capture captures[LUA_PATTERN_CAPTURES];
};

/* Both strings are on the Lua stack, at these indices, and stay there. anchor: does '^' at the
 * start of the pattern mean something? */
void lua_pattern_init(struct lua_pattern *match, lua_State *lua, int subject, int pattern,
		      bool anchor);

/* The end of the match that starts right at `from`, NULL when there is none. Raises Lua errors:
 * a malformed pattern, a budget used up. */
const char *lua_pattern_match(struct lua_pattern *match, const char *from);

/* Pushes capture `index` (0 is the first); without any, index 0 is the whole match. */
void lua_pattern_push(const struct lua_pattern *match, int index, const char *from,
		      const char *end);
/* Pushes all; `whole`: without captures the whole match. Returns how many. */
int lua_pattern_push_all(const struct lua_pattern *match, const char *from, const char *end,
			 bool whole);

#endif
