/* zlib: whole strings and streams, as Nmap 7.93 answers. */
#include "lua_snippets.h"
#include "support.h"

static struct snippet_memory memory;
static lua_State *lua;

static int open_state(void **state)
{
	lua = snippet_state(&memory);
	snippet_run(
		lua,
		"text = 'hello\\nworld\\n\\nlast'\n"
		"z, gz = zlib.compress(text), zlib.compress(text, 9, 8, 31)\n"
		"function sink() local t = {} return t, function(s) t[#t + 1] = s end end\n"
		"function joined(t) return zlib.decompress(table.concat(t)) end\n"
		"function inflated(...) return zlib.inflate(...):read('*a') end\n"
		"invalid = \"calling '%s' on bad self (attempt to use invalid zlib stream)\"\n");
	return 0;
}

static int close_state(void **state)
{
	lua_close(lua);
	return memory.bytes ? -1 : 0;
}

static void checksums(void **state)
{
	snippet_run(
		lua,
		"same({zlib.adler32(), zlib.crc32()}, {1.0, 0.0})\n"
		"same({zlib.adler32(1, 'abc'), zlib.crc32(0, 'abc')}, {38600999.0, 891568578.0})\n"
		"same(zlib.crc32(zlib.crc32(0, 'a'), 'bc'), 891568578.0)\n"
		"same(zlib.crc32(0, '123456789'), 3421780262.0)\n"
		"assert(not pcall(zlib.crc32, -1, 'x') and not pcall(zlib.crc32, 2^32, 'x'))\n"
		"assert(not pcall(zlib.adler32, 0/0, 'x'))\n"
		"raises(\"bad argument #1 to 'adler32' (number expected, got string)\",\n"
		"  function() zlib.adler32('abc') end)\n");
}

static void whole_strings_are_compressed(void **state)
{
	snippet_run(lua, "same({zlib.compress('aaaa')}, {bytes '789c4b4c4c4c040003ce0185', 1.0})\n"
			 "same({zlib.compress('')}, {bytes '789c030000000001', 1.0})\n"
			 "same(table.pack(zlib.compress('aaaa', 99)), {n = 2, nil, -2.0})\n"
			 "same(table.pack(zlib.compress('aaaa', -1, 8, 99)), {n = 2, nil, -2.0})\n"
			 "same(table.pack(zlib.compress('aaaa', 1 << 40)), {n = 2, nil, -2.0})\n"
			 "for memory = 1, 9 do for bits = 9, 15 do for level = 0, 9 do\n"
			 "  local s = openssl.rand_bytes(3000):rep(20)\n"
			 "  local c, status = zlib.compress(s, level, 8, bits, memory)\n"
			 "  same(status, 1.0) assert(zlib.decompress(c) == s)\n"
			 "end end end\n");
}

static void whole_strings_are_decompressed(void **state)
{
	snippet_run(lua,
		    "same(zlib.decompress(z), text) same(zlib.decompress(z .. 'tail'), text)\n"
		    "same(zlib.decompress(gz, 31), text) same(zlib.decompress(gz, 47), text)\n"
		    "local failed = 'failed to process zlib stream'\n"
		    "for _, s in ipairs { gz, 'garbage', '', z:sub(1, 10), z:sub(1, -2) } do\n"
		    "  raises(failed, zlib.decompress, s)\n"
		    "end\n"
		    "raises('failed to initialize zstream structures', zlib.decompress, z, 99)\n");
}

static void decompressing_ends_at_the_limit(void **state)
{
	snippet_run(lua, "local bomb = zlib.compress(('x'):rep(30 << 20))\n"
			 "same(#zlib.decompress(bomb), 10 << 20)\n"
			 "same(#zlib.decompress(bomb, 15, 5000), 5000) same(#zlib.decompress(bomb, "
			 "15, 0), 0)\n"
			 "same(#zlib.decompress(bomb, 15, 40 << 20), 30 << 20)\n"
			 "same(zlib.decompress(z, 15, #text), text)\n");
}

static void inflate_knows_the_format_by_itself(void **state)
{
	snippet_run(lua,
		    "same(inflated(z), text) same(inflated(gz), text) same(inflated(z:sub(3), "
		    "-15), text)\n"
		    "same(inflated(z .. 'tail'), text) same(inflated(gz .. gz), text)\n"
		    "same(zlib.inflate(''):read(5), nil) same(inflated(''), '')\n"
		    "same({pcall(inflated, 'garbage')}, {false, 'failed to decompress [-3]'})\n"
		    "raises('call to inflateInit2 failed', zlib.inflate, z, 99)\n");
}

static void formats_of_read(void **state)
{
	snippet_run(
		lua,
		"local s = zlib.inflate(z)\n"
		"same(table.pack(s:read(), s:read('*l'), s:read('*l'), s:read('*l'), "
		"s:read('*l')),\n"
		"  {n = 5, 'hello', 'world', '', 'last', nil})\n"
		"s = zlib.inflate(z)\n"
		"same(table.pack(s:read(5), s:read(0), s:read(100), s:read(0), s:read(1), "
		"s:read('*a')),\n"
		"  {n = 6, 'hello', '', '\\nworld\\n\\nlast', nil, nil, ''})\n"
		"same(table.pack(zlib.inflate(z):read(5, '*l', '*a', 1)),\n"
		"  {n = 4, 'hello', '', 'world\\n\\nlast', nil})\n"
		"same(table.pack(zlib.inflate(z):read(99, 1, 1)), {n = 2, text, nil})\n"
		"same(zlib.inflate(z):read(-1), text)\n"
		"raises(\"bad argument #1 to 'read' (invalid format)\", function() "
		"zlib.inflate(z):read('*x') end)\n"
		"raises(\"bad argument #2 to 'read' (invalid option)\", function() "
		"zlib.inflate(z):read(1, 'a') end)\n"
		"raises(\"bad argument #1 to 'read' (invalid option)\", function() "
		"zlib.inflate(z):read({}) end)\n"
		"local lines = {} for l in zlib.inflate(z):lines() do lines[#lines + 1] = l end\n"
		"same(lines, {'hello', 'world', '', 'last'})\n");
}

static void what_is_cut_short_is_given_as_far_as_it_goes(void **state)
{
	snippet_run(lua, "local s = zlib.inflate(z:sub(1, 10))\n"
			 "same({s:read('*a')}, {'hello\\nw'}) same(s:read(1), nil)\n"
			 "same(zlib.inflate(z:sub(1, 10)):read(5), 'hello')\n"
			 "local big = openssl.rand_bytes(50000) .. ('x'):rep(50000)\n"
			 "local c = zlib.compress(big)\n"
			 "for cut = 1, #c, 997 do assert(big:find(inflated(c:sub(1, cut)), 1, "
			 "true) == 1) end\n"
			 "assert(inflated(c) == big)\n");
}

static void sources_are_functions_and_objects(void **state)
{
	snippet_run(lua, "local n, asked = 0\n"
			 "local function three(hint) asked = hint n = n + 1 return z:sub(n * 3 - "
			 "2, n * 3) end\n"
			 "same(inflated(three), text) same(asked, 8192)\n"
			 "local o = { at = 0 }\n"
			 "function o:read(hint) self.hint, self.at = hint, self.at + 1\n"
			 "  return self.at <= #z and z:sub(self.at, self.at) or nil end\n"
			 "same(inflated(o), text) same(o.hint, 8192)\n"
			 "local calls = 0\n"
			 "local s = zlib.inflate(function() calls = calls + 1 end) s:read('*a') "
			 "s:read(5) s:read()\n"
			 "same(calls, 1)\n"
			 "raises('deflate callback must return string or nil', inflated, "
			 "function() return {} end)\n"
			 "raises('boom', inflated, function() error('boom', 0) end)\n"
			 "raises(\"bad argument #1 to 'inflate' (input parameter does not provide "
			 ":read function)\",\n"
			 "  function() zlib.inflate({}) end)\n"
			 "assert(not pcall(zlib.inflate) and not pcall(zlib.inflate, true))\n"
			 "assert(not pcall(zlib.inflate, openssl.bignum_dec2bn '1'))\n"
			 "local f = io.tmpfile() f:write(gz) f:seek('set') same(inflated(f), text) "
			 "f:close()\n");
}

static void sinks_are_functions_and_objects(void **state)
{
	snippet_run(lua,
		    "local t, f = sink() local s = zlib.deflate(f)\n"
		    "same(s:write('a', 'b'), true) same(s:adler(), 19267780.0)\n"
		    "same(s:flush(), true) same(t, {bytes '789c', bytes '4a4c02000000ffff'})\n"
		    "same(s:flush('full'), true) same(s:write(5), true) same(s:close(), true)\n"
		    "same(joined(t), 'ab5') same(s:close(), true)\n"
		    "local o = {} function o:write(x) o[#o + 1] = x end\n"
		    "s = zlib.deflate(o, 9) s:write(('long '):rep(9999)) s:close()\n"
		    "same(joined(o), ('long '):rep(9999))\n"
		    "raises(\"bad argument #1 to 'deflate' (output parameter does not provide "
		    ":write function)\",\n"
		    "  function() zlib.deflate({}) end)\n"
		    "raises('call to deflateInit2 failed', zlib.deflate, f, 99)\n"
		    "raises(\"bad argument #1 to 'flush' (invalid option 'zzz')\",\n"
		    "  function() zlib.deflate(f):flush('zzz') end)\n"
		    "raises(\"bad argument #1 to 'write' (string expected, got table)\",\n"
		    "  function() zlib.deflate(f):write({}) end)\n");
}

static void finished_streams_are_closed(void **state)
{
	snippet_run(
		lua,
		"local t, f = sink() local s = zlib.deflate(f)\n"
		"same((tostring(s):gsub('%(.*', '')), 'zlib deflate stream ')\n"
		"s:write('ab') same(s:flush('finish'), true) same(joined(t), 'ab')\n"
		"raises(invalid:format 'write', function() s:write('c') end)\n"
		"same(tostring(s), 'zlib stream (closed)') same(s:close(), true)\n"
		"s = zlib.inflate(z) same((tostring(s):gsub('%(.*', '')), 'zlib inflate stream ')\n"
		"raises(invalid:format 'write', function() s:write('c') end)\n"
		"raises(invalid:format 'flush', function() s:flush() end)\n"
		"s:read('*a') same(s:adler(), 936117775.0)\n"
		"same(s:close(), true) raises(invalid:format 'read', function() s:read() end)\n"
		"raises(invalid:format 'read', function() zlib.deflate(f):read() end)\n"
		"raises(invalid:format 'adler', function() s:adler() end)\n");
}

static void dictionaries(void **state)
{
	snippet_run(
		lua,
		"for _, bits in ipairs { 15, -15 } do\n"
		"  local t, f = sink() local s = zlib.deflate(f, 9, 8, bits, 8, 0, 'hello')\n"
		"  s:write('hello hello') s:close() local c = table.concat(t)\n"
		"  same(inflated(c, bits, 'hello'), 'hello hello')\n"
		"  if bits > 0 then\n"
		"    same(#c, 17) raises('no inflate dictionary provided', inflated, c)\n"
		"    raises('call to inflateSetDictionary failed', inflated, c, bits, 'other')\n"
		"  end\n"
		"end\n"
		"raises('call to deflateSetDictionary failed', zlib.deflate, print, 9, 8, 31, 8, "
		"0, 'x')\n");
}

/* Sources, sinks and finalizers that use the stream that is running. */
static void callbacks_may_do_anything_to_the_stream(void **state)
{
	snippet_run(
		lua,
		"local closed = 'attempt to use invalid zlib stream'\n"
		"local s s = zlib.inflate(function() s:close() return z end)\n"
		"raises(closed, s.read, s, '*a')\n"
		"s = zlib.inflate(function() s:close() return z end) raises(closed, s.read, s)\n"
		"local n = 0\n"
		"s = zlib.inflate(function() n = n + 1 if n == 1 then s:read(1) end return "
		"z:sub(n, n) end)\n"
		"pcall(s.read, s, '*a')\n"
		"local d d = zlib.deflate(function() d:close() end)\n"
		"raises(closed, d.write, d, 'a', 'b')\n"
		"d = zlib.deflate(function(x) if #x > 1 and n < 50 then n = n + 1 "
		"pcall(d.write, d, 'more') end end)\n"
		"d:write(openssl.rand_bytes(100000)) d:close()\n"
		"s = zlib.inflate(z) debug.setuservalue(s, {}, 2) same(s:read('*a'), '')\n");
	snippet_run(lua,
		    "collectgarbage('setpause', 1) collectgarbage('setstepmul', 1000)\n"
		    "local s, d = zlib.inflate((zlib.compress(('line\\n'):rep(40000))))\n"
		    "d = zlib.deflate(function() end)\n"
		    "local function again()\n"
		    "  setmetatable({}, {__gc = function()\n"
		    "    if s then pcall(s.read, s, 3000) pcall(d.write, d, "
		    "openssl.rand_bytes(99)) again() end end})\n"
		    "end\n"
		    "again()\n"
		    "for _ = 1, 200 do s:read(100, '*l') d:write(openssl.rand_bytes(999)) end\n"
		    "s = nil\n");
}

static void one_read_has_its_limit(void **state)
{
	snippet_run(
		lua,
		"local bomb = zlib.compress(('x'):rep(65 << 20))\n"
		"raises('failed to decompress [-4]', inflated, bomb)\n"
		"raises('failed to decompress [-4]', function() zlib.inflate(bomb):read() end)\n"
		"same(#zlib.inflate(bomb):read(1 << 20), 1 << 20)\n");
}

static void all_memory_is_luas(void **state)
{
	memory.limit_bytes = 8 << 20;
	snippet_run(
		lua,
		"local all = {}\n"
		"for _, f in ipairs { zlib.inflate, zlib.deflate } do\n"
		"  local ok, e = pcall(function() for i = 1, 500 do all[i] = f(print) end end)\n"
		"  assert(not ok and e == 'not enough memory') all = {}\n"
		"end\n"
		"collectgarbage()\n"
		"local ok, e = pcall(zlib.compress, openssl.rand_bytes(3 << 20))\n"
		"assert(not ok and e == 'not enough memory')\n");
	assert_true(memory.most_bytes <= memory.limit_bytes);
	memory.limit_bytes = 0;
}

static void short_memory_is_an_error(void **state)
{
	snippet_run_short_of_memory("local z = zlib.compress(('x'):rep(20000))\n"
				    "zlib.decompress(z) zlib.inflate(z):read(9000, '*a')\n"
				    "local s = zlib.deflate(function() end)\n"
				    "s:write('a', openssl.rand_bytes(9000)) s:flush() s:close()\n");
}

static void constants(void **state)
{
	snippet_run(lua,
		    "same({zlib.NO_COMPRESSION, zlib.BEST_SPEED, zlib.BEST_COMPRESSION,\n"
		    "  zlib.DEFAULT_COMPRESSION, zlib.FILTERED, zlib.HUFFMAN_ONLY, zlib.RLE, "
		    "zlib.FIXED,\n"
		    "  zlib.DEFAULT_STRATEGY}, {0, 1, 9, -1, 1, 2, 3, 4, 0})\n"
		    "same({zlib.MINIMUM_MEMLEVEL, zlib.MAXIMUM_MEMLEVEL, zlib.DEFAULT_MEMLEVEL,\n"
		    "  zlib.DEFAULT_WINDOWBITS, zlib.MINIMUM_WINDOWBITS, zlib.MAXIMUM_WINDOWBITS,\n"
		    "  zlib.GZIP_WINDOWBITS, zlib.RAW_WINDOWBITS}, {1, 9, 8, 15, 8, 15, 16, -1})\n"
		    "assert(zlib.version():find('^1%.'))\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(checksums, open_state, close_state),
		cmocka_unit_test_setup_teardown(whole_strings_are_compressed, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(whole_strings_are_decompressed, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(decompressing_ends_at_the_limit, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(inflate_knows_the_format_by_itself, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(formats_of_read, open_state, close_state),
		cmocka_unit_test_setup_teardown(what_is_cut_short_is_given_as_far_as_it_goes,
						open_state, close_state),
		cmocka_unit_test_setup_teardown(sources_are_functions_and_objects, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(sinks_are_functions_and_objects, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(finished_streams_are_closed, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(dictionaries, open_state, close_state),
		cmocka_unit_test_setup_teardown(callbacks_may_do_anything_to_the_stream, open_state,
						close_state),
		cmocka_unit_test_setup_teardown(one_read_has_its_limit, open_state, close_state),
		cmocka_unit_test_setup_teardown(all_memory_is_luas, open_state, close_state),
		cmocka_unit_test_setup_teardown(constants, open_state, close_state),
		cmocka_unit_test(short_memory_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
