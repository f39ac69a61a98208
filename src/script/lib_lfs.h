/* The library `lfs` (nse-api.md 13.2): folders. Every path is asked for at a gate; without one
 * all are closed. */
#ifndef PORTOLAN_SCRIPT_LIB_LFS_H
#define PORTOLAN_SCRIPT_LIB_LFS_H

#include <lua.h>
#include <stdbool.h>

/* What a path that may not be used is told with. */
#define LIB_LFS_CLOSED "files are closed to scripts: --script-allow files"

/* May a script use that path, as it wrote it, to read or to write? Must not raise. What a
 * symbolic link is to point at is asked for, too, with `writing`; whether the way to a path
 * leads through links is for the gate to judge. */
struct lib_lfs_gate {
	bool (*allowed)(void *self, const char *path, bool writing);
	void *self;
};

int lib_lfs_open(lua_State *lua);
/* The gate is kept: it must live as long as the state. NULL closes all. May raise a memory
 * error. */
void lib_lfs_set_gate(lua_State *lua, const struct lib_lfs_gate *gate);

#endif
