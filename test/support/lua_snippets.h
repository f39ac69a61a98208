/* Lua for the tests of libraries: a state whose memory is counted and can run out, with the
 * standard libraries, ours, and a few functions for checks:
 *   same(a, b)            raises unless both are equal, tables by their contents
 *   raises(text, f, ...)  raises unless f(...) raises an error with that text, without position
 *   hex(s), bytes(h)      to and from hex digits
 *   reopen()              our libraries once more, for those not in package.loaded
 */
#ifndef PORTOLAN_TEST_LUA_SNIPPETS_H
#define PORTOLAN_TEST_LUA_SNIPPETS_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* Memory of a state: `fail_after` allocations from now fail (-1: none), from there on all. */
struct snippet_memory {
	size_t bytes, most_bytes;
	long fail_after;
	size_t limit_bytes; /* 0: none */
};

/* Fails the test when it cannot. Close with lua_close(). */
lua_State *snippet_state(struct snippet_memory *memory);
/* Runs a chunk; its error fails the test. */
void snippet_run(lua_State *lua, const char *chunk);
/* Runs it with the first allocation failing, then the second, until it succeeds; each failure
 * must be Lua's "not enough memory", or `false` of the chunk for one that it caught itself. */
void snippet_run_short_of_memory(const char *chunk);

#endif
