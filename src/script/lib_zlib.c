/* Memory, constants, checksums and whole strings. */
#include "script/lib_zlib.h"

#include <lauxlib.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define ALIGNMENT     16
#define STATE_BYTES   ((size_t)24 << 10) /* zlib's own structs: 6 and 7 KiB in 1.2.13 */
#define DEFAULT_LIMIT (10 << 20)
#define INPUT_MAX     ((size_t)1 << 30) /* a turn: counts are 32 bits wide */

static void *arena_take(void *opaque, unsigned items, unsigned size)
{
	struct lib_zlib_arena *arena = opaque;
	uint64_t bytes = (uint64_t)items * size;
	void *piece;

	if (bytes > arena->bytes - arena->used)
		return NULL;
	piece = arena->room + arena->used;
	arena->used += ((size_t)bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (arena->used > arena->bytes)
		arena->used = arena->bytes;
	return piece;
}

static void arena_leave(void *opaque, void *piece)
{
}

void lib_zlib_use_arena(z_stream *zlib, struct lib_zlib_arena *arena, void *room, size_t bytes)
{
	*arena = (struct lib_zlib_arena){room, bytes, 0};
	*zlib = (z_stream){.zalloc = arena_take, .zfree = arena_leave, .opaque = arena};
}

/* zconf.h: (1 << (windowBits + 2)) + (1 << (memLevel + 9)); 8 is made 9. */
size_t lib_zlib_deflate_bytes(const struct lib_zlib_settings *settings)
{
	int bits = abs(settings->window_bits), memory = settings->memory_level;

	if (bits > 15)
		bits -= 16;
	if (bits < 8 || bits > 15 || memory < 1 || memory > 9)
		return STATE_BYTES;
	if (bits == 8)
		bits = 9;
	return ((size_t)1 << (bits + 2)) + ((size_t)1 << (memory + 9)) + STATE_BYTES;
}

/* Gzip's and zlib's headers may ask for the largest window. */
size_t lib_zlib_inflate_bytes(void)
{
	return ((size_t)1 << 15) + STATE_BYTES;
}

int lib_zlib_check_int(lua_State *lua, int index, int otherwise)
{
	lua_Integer number = luaL_optinteger(lua, index, otherwise);

	return number < -INT_MAX || number > INT_MAX ? INT_MAX : (int)number;
}

struct lib_zlib_settings lib_zlib_check_settings(lua_State *lua, int first)
{
	return (struct lib_zlib_settings){
		.level = lib_zlib_check_int(lua, first, Z_DEFAULT_COMPRESSION),
		.method = lib_zlib_check_int(lua, first + 1, Z_DEFLATED),
		.window_bits = lib_zlib_check_int(lua, first + 2, MAX_WBITS),
		.memory_level = lib_zlib_check_int(lua, first + 3, 8),
		.strategy = lib_zlib_check_int(lua, first + 4, Z_DEFAULT_STRATEGY),
	};
}

static int runtime_version(lua_State *lua)
{
	lua_pushstring(lua, zlibVersion());
	return 1;
}

typedef uLong checksum(uLong seed, const Bytef *data, z_size_t bytes);

static int sum_of(lua_State *lua, checksum *sum)
{
	lua_Number seed;
	const char *data;
	size_t bytes;

	if (lua_isnone(lua, 1)) {
		lua_pushnumber(lua, (lua_Number)sum(0, NULL, 0));
		return 1;
	}
	seed = luaL_checknumber(lua, 1);
	data = luaL_checklstring(lua, 2, &bytes);
	luaL_argcheck(lua, seed >= 0 && seed <= UINT32_MAX, 1, "not a checksum");
	lua_pushnumber(lua, (lua_Number)sum((uLong)seed, (const Bytef *)data, bytes));
	return 1;
}

static int zlib_adler32(lua_State *lua)
{
	return sum_of(lua, adler32_z);
}

static int zlib_crc32(lua_State *lua)
{
	return sum_of(lua, crc32_z);
}

/* A string that zlib works through in one call. */
struct whole {
	z_stream zlib;
	struct lib_zlib_arena arena;
	const char *data; /* what zlib has not been given yet */
	size_t bytes;
};

static struct whole *push_whole(lua_State *lua, size_t arena_bytes)
{
	struct whole *whole = lua_newuserdatauv(lua, sizeof(*whole) + ALIGNMENT + arena_bytes, 0);
	uintptr_t room = (uintptr_t)(whole + 1);

	room = (room + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	lib_zlib_use_arena(&whole->zlib, &whole->arena, (void *)room, arena_bytes);
	return whole;
}

static void whole_feed(struct whole *whole)
{
	size_t bytes = whole->bytes < INPUT_MAX ? whole->bytes : INPUT_MAX;

	if (whole->zlib.avail_in)
		return;
	whole->zlib.next_in = (z_const Bytef *)whole->data;
	whole->zlib.avail_in = (uInt)bytes;
	whole->data += bytes;
	whole->bytes -= bytes;
}

/* Runs `step` until it says something else than Z_OK, or has written `limit` bytes. */
static int whole_run(struct whole *whole, luaL_Buffer *buffer, size_t limit,
		     int (*step)(z_stream *zlib, int flush), bool *ret_full)
{
	size_t written = 0, room;
	int status = Z_OK;

	while (status == Z_OK && written < limit) {
		room = limit - written < LUAL_BUFFERSIZE ? limit - written : LUAL_BUFFERSIZE;
		whole_feed(whole);
		whole->zlib.next_out = (Bytef *)luaL_prepbuffsize(buffer, room);
		whole->zlib.avail_out = (uInt)room;
		status = step(&whole->zlib, whole->bytes ? Z_NO_FLUSH : Z_FINISH);
		if (status == Z_BUF_ERROR && !whole->zlib.avail_out)
			status = Z_OK; /* Z_FINISH says so when it wants more room */
		room -= whole->zlib.avail_out;
		luaL_addsize(buffer, room);
		written += room;
	}
	*ret_full = written == limit;
	return status;
}

static int zlib_compress(lua_State *lua)
{
	size_t bytes;
	const char *data = luaL_checklstring(lua, 1, &bytes);
	struct lib_zlib_settings settings = lib_zlib_check_settings(lua, 2);
	struct whole *whole = push_whole(lua, lib_zlib_deflate_bytes(&settings));
	luaL_Buffer buffer;
	bool full;
	int status;

	whole->data = data;
	whole->bytes = bytes;
	status = deflateInit2(&whole->zlib, settings.level, settings.method, settings.window_bits,
			      settings.memory_level, settings.strategy);
	if (status == Z_OK) {
		luaL_buffinit(lua, &buffer);
		status = whole_run(whole, &buffer, SIZE_MAX, deflate, &full);
		luaL_pushresult(&buffer);
	} else {
		lua_pushnil(lua);
	}
	lua_pushnumber(lua, status);
	return 2;
}

static int fail(lua_State *lua, const char *text)
{
	lua_pushstring(lua, text);
	return lua_error(lua);
}

static int zlib_decompress(lua_State *lua)
{
	size_t bytes;
	const char *data = luaL_checklstring(lua, 1, &bytes);
	int window_bits = lib_zlib_check_int(lua, 2, MAX_WBITS);
	lua_Integer limit = luaL_optinteger(lua, 3, DEFAULT_LIMIT);
	struct whole *whole = push_whole(lua, lib_zlib_inflate_bytes());
	luaL_Buffer buffer;
	bool full;

	whole->data = data;
	whole->bytes = bytes;
	luaL_argcheck(lua, limit >= 0, 3, "negative limit");
	if (inflateInit2(&whole->zlib, window_bits) != Z_OK)
		return fail(lua, "failed to initialize zstream structures");
	luaL_buffinit(lua, &buffer);
	if (whole_run(whole, &buffer, (size_t)limit, inflate, &full) != Z_STREAM_END && !full)
		return fail(lua, "failed to process zlib stream");
	luaL_pushresult(&buffer);
	return 1;
}

static void add_constants(lua_State *lua)
{
	static const struct {
		const char *name;
		int value;
	} constants[] = {
		{"NO_COMPRESSION", Z_NO_COMPRESSION},
		{"BEST_SPEED", Z_BEST_SPEED},
		{"BEST_COMPRESSION", Z_BEST_COMPRESSION},
		{"DEFAULT_COMPRESSION", Z_DEFAULT_COMPRESSION},
		{"FILTERED", Z_FILTERED},
		{"HUFFMAN_ONLY", Z_HUFFMAN_ONLY},
		{"RLE", Z_RLE},
		{"FIXED", Z_FIXED},
		{"DEFAULT_STRATEGY", Z_DEFAULT_STRATEGY},
		{"MINIMUM_MEMLEVEL", 1},
		{"MAXIMUM_MEMLEVEL", 9},
		{"DEFAULT_MEMLEVEL", 8},
		{"DEFAULT_WINDOWBITS", 15},
		{"MINIMUM_WINDOWBITS", 8},
		{"MAXIMUM_WINDOWBITS", 15},
		{"GZIP_WINDOWBITS", 16},
		{"RAW_WINDOWBITS", -1},
	};
	size_t i;

	for (i = 0; i < sizeof(constants) / sizeof(*constants); i++) {
		lua_pushinteger(lua, constants[i].value);
		lua_setfield(lua, -2, constants[i].name);
	}
}

int lib_zlib_open(lua_State *lua)
{
	static const luaL_Reg functions[] = {
		{"version", runtime_version},    {"adler32", zlib_adler32},
		{"crc32", zlib_crc32},           {"compress", zlib_compress},
		{"decompress", zlib_decompress}, {"deflate", lib_zlib_deflate},
		{"inflate", lib_zlib_inflate},   {0},
	};

	luaL_newlib(lua, functions);
	add_constants(lua);
	return 1;
}
