/* Streams: inflate() reads from a source, deflate() writes to a sink. Source and sink are the
 * script's functions, which may do anything, also use or close the stream that calls them: so
 * zlib never holds a pointer to what is theirs while they run. */
#include "script/lib_zlib.h"

#include <lauxlib.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define STREAM     "zlib:zstream"
#define HINT_BYTES 8192       /* what a source is asked for */
#define READ_MAX   (64 << 20) /* of one read() */

/* User values. */
enum {
	FAR_END = 1, /* the source or the sink: a function or an object; nil if there is none */
	PIECE,       /* what the source gave last */
	DICTIONARY,
	USER_VALUES = DICTIONARY
};

struct stream {
	z_stream zlib;
	struct lib_zlib_arena arena;
	bool open, inflates;
	bool dry, ended; /* the source gives no more; the compressed data is over */
	size_t piece_at; /* how much of PIECE has been copied to `in` */
	unsigned char in[4096], out[4096];
	size_t out_at, out_end; /* what of `out` is still to be read */
	unsigned char room[];
};

struct piece {
	const char *data;
	size_t bytes;
};

/* Errors as Nmap has them: without a position. */
static int fail(lua_State *lua, const char *text)
{
	lua_pushstring(lua, text);
	return lua_error(lua);
}

static int fail_with(lua_State *lua, const char *format, int status)
{
	lua_pushfstring(lua, format, status);
	return lua_error(lua);
}

static struct stream *check_stream(lua_State *lua, bool inflates)
{
	struct stream *stream = luaL_checkudata(lua, 1, STREAM);

	luaL_argcheck(lua, stream->open && stream->inflates == inflates, 1,
		      "attempt to use invalid zlib stream");
	return stream;
}

/* The functions above may have closed the stream. */
static void check_open(lua_State *lua, const struct stream *stream)
{
	if (!stream->open)
		luaL_error(lua, "attempt to use invalid zlib stream");
}

/* Pushes what a method of the source or sink is called with: the function, the object. Gives
 * how many arguments that makes; -1: there is no far end. */
static int push_call(lua_State *lua, const char *method)
{
	if (lua_getiuservalue(lua, 1, FAR_END) == LUA_TFUNCTION)
		return 0;
	if (lua_isnil(lua, -1)) {
		lua_pop(lua, 1);
		return -1;
	}
	lua_getfield(lua, -1, method);
	lua_insert(lua, -2);
	return 1;
}

/* Asks the source for the next piece; false at its end. */
static bool ask_source(lua_State *lua, struct stream *stream)
{
	int args = stream->dry ? -1 : push_call(lua, "read");

	if (args < 0)
		return false;
	lua_pushinteger(lua, HINT_BYTES);
	lua_call(lua, args + 1, 1);
	check_open(lua, stream);
	if (!lua_isnil(lua, -1) && !lua_isstring(lua, -1))
		fail(lua, "deflate callback must return string or nil");
	stream->dry = !lua_tostring(lua, -1) || !lua_rawlen(lua, -1);
	lua_setiuservalue(lua, 1, PIECE);
	stream->piece_at = 0;
	return !stream->dry;
}

/* Copies from the piece; false when there is nothing left of it. */
static bool copy_piece(lua_State *lua, struct stream *stream)
{
	size_t bytes = 0;
	const char *piece;

	lua_getiuservalue(lua, 1, PIECE);
	piece = lua_type(lua, -1) == LUA_TSTRING ? lua_tolstring(lua, -1, &bytes) : NULL;
	bytes = bytes > stream->piece_at ? bytes - stream->piece_at : 0;
	if (bytes > sizeof(stream->in))
		bytes = sizeof(stream->in);
	if (bytes) {
		memcpy(stream->in, piece + stream->piece_at, bytes);
		stream->piece_at += bytes;
		stream->zlib.next_in = stream->in;
		stream->zlib.avail_in = (uInt)bytes;
	}
	lua_pop(lua, 1);
	return bytes;
}

static bool feed(lua_State *lua, struct stream *stream)
{
	return stream->zlib.avail_in || copy_piece(lua, stream) ||
	       (ask_source(lua, stream) && copy_piece(lua, stream));
}

static void use_dictionary(lua_State *lua, struct stream *stream)
{
	const char *dictionary;
	size_t bytes;

	if (lua_getiuservalue(lua, 1, DICTIONARY) != LUA_TSTRING)
		fail(lua, "no inflate dictionary provided");
	dictionary = lua_tolstring(lua, -1, &bytes);
	if (bytes > INT_MAX ||
	    inflateSetDictionary(&stream->zlib, (const Bytef *)dictionary, (uInt)bytes) != Z_OK)
		fail(lua, "call to inflateSetDictionary failed");
	lua_pop(lua, 1);
}

static void inflate_step(lua_State *lua, struct stream *stream)
{
	int status;

	stream->zlib.next_out = stream->out;
	stream->zlib.avail_out = sizeof(stream->out);
	status = inflate(&stream->zlib, Z_NO_FLUSH);
	stream->out_at = 0;
	stream->out_end = sizeof(stream->out) - stream->zlib.avail_out;
	if (status == Z_STREAM_END)
		stream->ended = true;
	else if (status == Z_NEED_DICT)
		use_dictionary(lua, stream);
	else if (status != Z_OK && status != Z_BUF_ERROR)
		fail_with(lua, "failed to decompress [%d]", status);
}

/* Has bytes in `out`; false at the end, also where the source ends before the data does. */
static bool fill(lua_State *lua, struct stream *stream)
{
	while (stream->out_at == stream->out_end) {
		if (stream->ended)
			return false;
		if (!feed(lua, stream)) {
			/* zlib may still hold back what it knows already. */
			inflate_step(lua, stream);
			return stream->out_end;
		}
		inflate_step(lua, stream);
	}
	return true;
}

/* Adds at most `bytes` of what is in `out`; and not beyond a newline if lines are read. Gives
 * how many. */
static size_t add_some(struct stream *stream, luaL_Buffer *buffer, size_t bytes, bool line)
{
	const unsigned char *from = stream->out + stream->out_at, *newline;
	size_t count = stream->out_end - stream->out_at;

	if (count > bytes)
		count = bytes;
	newline = line ? memchr(from, '\n', count) : NULL;
	if (newline)
		count = (size_t)(newline - from);
	/* Before memory is taken: that may run a script's __gc, which may read from the stream. */
	stream->out_at += count + (newline ? 1 : 0);
	luaL_addlstring(buffer, (const char *)from, count);
	return newline ? SIZE_MAX : count;
}

/* Pushes what was read: at most `bytes`, or a line without its end. False: nothing was left. */
static bool read_some(lua_State *lua, struct stream *stream, size_t bytes, bool line)
{
	size_t total = 0, count;
	luaL_Buffer buffer;
	bool any;

	luaL_buffinit(lua, &buffer);
	any = fill(lua, stream);
	while (total < bytes && fill(lua, stream)) {
		count = add_some(stream, &buffer, bytes - total, line);
		if (count == SIZE_MAX)
			break;
		total += count;
		if (total > READ_MAX)
			fail_with(lua, "failed to decompress [%d]", Z_MEM_ERROR);
	}
	luaL_pushresult(&buffer);
	return any;
}

/* One format of read(); pushes its result. */
static bool read_format(lua_State *lua, struct stream *stream, int index)
{
	const char *format;
	lua_Integer count;

	if (lua_type(lua, index) == LUA_TNUMBER) {
		count = luaL_checkinteger(lua, index);
		return read_some(lua, stream, count < 0 ? SIZE_MAX : (size_t)count, false);
	}
	format = lua_tostring(lua, index);
	luaL_argcheck(lua, format && *format == '*', index, "invalid option");
	if (format[1] == 'l')
		return read_some(lua, stream, SIZE_MAX, true);
	luaL_argcheck(lua, format[1] == 'a', index, "invalid format");
	read_some(lua, stream, SIZE_MAX, false);
	return true;
}

static int stream_read(lua_State *lua)
{
	struct stream *stream = check_stream(lua, true);
	int formats = lua_gettop(lua), i;
	bool good = true;

	if (formats == 1) {
		if (!read_some(lua, stream, SIZE_MAX, true))
			lua_pushnil(lua);
		return 1;
	}
	luaL_checkstack(lua, formats + LUA_MINSTACK, "too many arguments");
	for (i = 2; i <= formats && good; i++) {
		good = read_format(lua, stream, i);
		check_open(lua, stream);
	}
	if (!good) {
		lua_pop(lua, 1);
		lua_pushnil(lua);
	}
	return i - 2;
}

static int next_line(lua_State *lua)
{
	lua_settop(lua, 0);
	lua_pushvalue(lua, lua_upvalueindex(1));
	return stream_read(lua);
}

static int stream_lines(lua_State *lua)
{
	check_stream(lua, true);
	lua_settop(lua, 1);
	lua_pushcclosure(lua, next_line, 1);
	return 1;
}

/* Calls the sink with the string on top, and pops it. An empty one is not told. */
static void tell_sink(lua_State *lua)
{
	int args;

	if (!lua_rawlen(lua, -1)) {
		lua_pop(lua, 1);
		return;
	}
	args = push_call(lua, "write");
	if (args < 0) {
		lua_pop(lua, 1);
		return;
	}
	lua_pushvalue(lua, -2 - args);
	lua_call(lua, args + 1, 0);
	lua_pop(lua, 1);
}

/* One call of deflate(). Only here has zlib pointers to a script's string and to Lua's buffer. */
static int deflate_step(struct stream *stream, struct piece *piece, luaL_Buffer *buffer, int flush)
{
	char *room = luaL_prepbuffsize(buffer, LUAL_BUFFERSIZE);
	int status;

	stream->zlib.next_in = (z_const Bytef *)piece->data;
	stream->zlib.avail_in = (uInt)piece->bytes;
	stream->zlib.next_out = (Bytef *)room;
	stream->zlib.avail_out = LUAL_BUFFERSIZE;
	status = deflate(&stream->zlib, flush);
	if (piece->bytes)
		piece->data += piece->bytes - stream->zlib.avail_in;
	piece->bytes = stream->zlib.avail_in;
	stream->zlib.avail_in = 0;
	luaL_addsize(buffer, LUAL_BUFFERSIZE - stream->zlib.avail_out);
	return status;
}

/* Pushes what comes out of deflate() for the piece. */
static void push_deflated(lua_State *lua, struct stream *stream, struct piece piece, int flush)
{
	luaL_Buffer buffer;
	int status;

	luaL_buffinit(lua, &buffer);
	do {
		status = deflate_step(stream, &piece, &buffer, flush);
	} while (status == Z_OK && !stream->zlib.avail_out);
	if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
		fail_with(lua, "failed to compress [%d]", status);
	luaL_pushresult(&buffer);
}

static int stream_write(lua_State *lua)
{
	struct stream *stream = check_stream(lua, false);
	int strings = lua_gettop(lua), i;
	struct piece piece;

	luaL_checkstack(lua, LUA_MINSTACK, "too many arguments");
	for (i = 2; i <= strings; i++) {
		piece.data = luaL_checklstring(lua, i, &piece.bytes);
		luaL_argcheck(lua, piece.bytes <= INT_MAX, i, "string too long");
		push_deflated(lua, stream, piece, Z_NO_FLUSH);
		tell_sink(lua);
		check_open(lua, stream);
	}
	lua_pushboolean(lua, true);
	return 1;
}

/* The stream is closed before the sink hears of the end, whatever that does. */
static void finish(lua_State *lua, struct stream *stream)
{
	stream->open = false;
	push_deflated(lua, stream, (struct piece){0}, Z_FINISH);
	tell_sink(lua);
}

static int stream_flush(lua_State *lua)
{
	static const char *const names[] = {"sync", "full", "finish", NULL};
	static const int values[] = {Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH};
	struct stream *stream = check_stream(lua, false);
	int flush = values[luaL_checkoption(lua, 2, "sync", names)];

	if (flush == Z_FINISH) {
		finish(lua, stream);
	} else {
		push_deflated(lua, stream, (struct piece){0}, flush);
		tell_sink(lua);
	}
	lua_pushboolean(lua, true);
	return 1;
}

static int stream_close(lua_State *lua)
{
	struct stream *stream = luaL_checkudata(lua, 1, STREAM);

	if (stream->open && !stream->inflates)
		finish(lua, stream);
	stream->open = false;
	lua_pushboolean(lua, true);
	return 1;
}

static int stream_adler(lua_State *lua)
{
	const struct stream *stream = luaL_checkudata(lua, 1, STREAM);

	luaL_argcheck(lua, stream->open, 1, "attempt to use invalid zlib stream");
	lua_pushnumber(lua, (lua_Number)stream->zlib.adler);
	return 1;
}

static int stream_tostring(lua_State *lua)
{
	const struct stream *stream = luaL_checkudata(lua, 1, STREAM);

	if (!stream->open)
		lua_pushliteral(lua, "zlib stream (closed)");
	else
		lua_pushfstring(lua, "zlib %s stream (%p)",
				stream->inflates ? "inflate" : "deflate", (const void *)stream);
	return 1;
}

static void set_metatable(lua_State *lua)
{
	static const luaL_Reg methods[] = {
		{"read", stream_read},
		{"lines", stream_lines},
		{"write", stream_write},
		{"flush", stream_flush},
		{"close", stream_close},
		{"adler", stream_adler},
		{0},
	};

	if (luaL_newmetatable(lua, STREAM)) {
		luaL_newlib(lua, methods);
		lua_setfield(lua, -2, "__index");
		lua_pushcfunction(lua, stream_tostring);
		lua_setfield(lua, -2, "__tostring");
	}
	lua_setmetatable(lua, -2);
}

static struct stream *push_stream(lua_State *lua, bool inflates, size_t arena_bytes)
{
	struct stream *stream =
		lua_newuserdatauv(lua, sizeof(*stream) + arena_bytes + 16, USER_VALUES);
	uintptr_t room = ((uintptr_t)stream->room + 15) / 16 * 16;

	memset(stream, 0, sizeof(*stream));
	stream->inflates = inflates;
	lib_zlib_use_arena(&stream->zlib, &stream->arena, (void *)room, arena_bytes);
	set_metatable(lua);
	return stream;
}

/* Whether argument 1 can be a source or a sink: a function, or an object with that method. */
static void check_far_end(lua_State *lua, const char *method, const char *otherwise)
{
	if (lua_isfunction(lua, 1))
		return;
	luaL_argexpected(lua, lua_istable(lua, 1) || lua_isuserdata(lua, 1), 1,
			 "function or object");
	luaL_argcheck(lua, lua_isuserdata(lua, 1) ? luaL_getmetafield(lua, 1, "__index") : true, 1,
		      otherwise);
	lua_getfield(lua, 1, method);
	luaL_argcheck(lua, !lua_isnil(lua, -1), 1, otherwise);
}

int lib_zlib_deflate(lua_State *lua)
{
	struct lib_zlib_settings settings = lib_zlib_check_settings(lua, 2);
	size_t bytes = 0;
	const char *dictionary = luaL_optlstring(lua, 7, NULL, &bytes);
	struct stream *stream;

	check_far_end(lua, "write", "output parameter does not provide :write function");
	luaL_argcheck(lua, bytes <= INT_MAX, 7, "string too long");
	stream = push_stream(lua, false, lib_zlib_deflate_bytes(&settings));
	lua_pushvalue(lua, 1);
	lua_setiuservalue(lua, -2, FAR_END);
	if (deflateInit2(&stream->zlib, settings.level, settings.method, settings.window_bits,
			 settings.memory_level, settings.strategy) != Z_OK)
		return fail(lua, "call to deflateInit2 failed");
	if (dictionary &&
	    deflateSetDictionary(&stream->zlib, (const Bytef *)dictionary, (uInt)bytes) != Z_OK)
		return fail(lua, "call to deflateSetDictionary failed");
	stream->open = true;
	return 1;
}

/* Sets source and dictionary, arguments 1 and 3, as the user values of the stream on top. */
static void set_source(lua_State *lua)
{
	lua_pushvalue(lua, 1);
	lua_setiuservalue(lua, -2, lua_type(lua, 1) == LUA_TSTRING ? PIECE : FAR_END);
	lua_pushvalue(lua, 3);
	lua_setiuservalue(lua, -2, DICTIONARY);
}

/* Raw data has no header that asks for the dictionary. */
static void start_raw(lua_State *lua, struct stream *stream)
{
	size_t bytes = 0;
	const char *dictionary = luaL_optlstring(lua, 3, NULL, &bytes);

	if (dictionary &&
	    inflateSetDictionary(&stream->zlib, (const Bytef *)dictionary, (uInt)bytes) != Z_OK)
		fail(lua, "call to inflateSetDictionary failed");
}

int lib_zlib_inflate(lua_State *lua)
{
	int window_bits = lib_zlib_check_int(lua, 2, MAX_WBITS);
	size_t bytes = 0;
	struct stream *stream;

	lua_settop(lua, 3);
	luaL_optlstring(lua, 3, NULL, &bytes);
	luaL_argcheck(lua, bytes <= INT_MAX, 3, "string too long");
	if (lua_isnumber(lua, 1))
		lua_tostring(lua, 1);
	if (lua_type(lua, 1) != LUA_TSTRING)
		check_far_end(lua, "read", "input parameter does not provide :read function");
	stream = push_stream(lua, true, lib_zlib_inflate_bytes());
	set_source(lua);
	if (window_bits > 0 && window_bits < 16)
		window_bits += 32;
	if (inflateInit2(&stream->zlib, window_bits) != Z_OK)
		return fail(lua, "call to inflateInit2 failed");
	if (window_bits < 0)
		start_raw(lua, stream);
	stream->open = true;
	return 1;
}
