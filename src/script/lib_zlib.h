/* What the files of the library `zlib` share (nse-api.md 13.5). All memory is Lua's: zlib takes
 * its own from a piece that lies behind the stream, so nothing must be freed and Lua's limit on
 * memory counts all of it. */
#ifndef PORTOLAN_SCRIPT_LIB_ZLIB_H
#define PORTOLAN_SCRIPT_LIB_ZLIB_H

#include <lua.h>
#include <stddef.h>
#include <zlib.h>

int lib_zlib_open(lua_State *lua);

/* Memory for one z_stream, which is taken from the front and never given back. */
struct lib_zlib_arena {
	unsigned char *room;
	size_t bytes, used;
};

struct lib_zlib_settings {
	int level, method, window_bits, memory_level, strategy;
};

/* What zlib takes for these at most; for settings that it refuses, enough for that. */
size_t lib_zlib_deflate_bytes(const struct lib_zlib_settings *settings);
size_t lib_zlib_inflate_bytes(void);
/* Has the stream take its memory from the arena, which must outlive it. */
void lib_zlib_use_arena(z_stream *zlib, struct lib_zlib_arena *arena, void *room, size_t bytes);

/* Optional arguments from `first` on: level, method, windowBits, memLevel, strategy. */
struct lib_zlib_settings lib_zlib_check_settings(lua_State *lua, int first);
/* An optional whole number; one that no int holds becomes one that zlib refuses. */
int lib_zlib_check_int(lua_State *lua, int index, int otherwise);

/* zlib.deflate() and zlib.inflate(). */
int lib_zlib_deflate(lua_State *lua);
int lib_zlib_inflate(lua_State *lua);

#endif
