local check = require "check"
local nmap = require "nmap"
local stdnse = require "stdnse"
local stub = require "stub"

local T = {}

local function args(t)
	nmap.registry.args = t
end

function T.arguments_by_full_key_flag_short_key_short_flag()
	args { ["x.a"] = "1", "x.b", c = "3", "d", a = "other" }
	check.equal({ stdnse.get_script_args("x.a", "x.b", "x.c", "x.d") }, { "1", 1, "3", 1 })
end

function T.arguments_that_are_not_given_are_nil_in_their_place()
	args { b = "2" }
	local a, b, c = stdnse.get_script_args("s.a", "s.b", "s.c")
	check.is_nil(a)
	check.equal(b, "2")
	check.is_nil(c)
	check.equal(select("#", stdnse.get_script_args("s.a", "s.b", "s.c")), 3)
end

function T.a_table_of_names_gives_the_first_that_is_there()
	args { second = "2", third = "3" }
	check.equal(stdnse.get_script_args({ "s.first", "second", "third" }), "2")
end

function T.debug_lines_come_from_their_level_on()
	stub.state.debugging = 1
	stdnse.debug(2, "hidden")
	stdnse.debug1("shown %d", 5)
	stdnse.print_debug("old %s", "way")
	stdnse.print_debug(3, "hidden")
	check.equal(stub.log, { "shown 5", "old way" })
	stub.log = {}
	stub.state.verbosity = 2
	stdnse.verbose2("v")
	stdnse.verbose3("hidden")
	check.equal(stub.log, { "v" })
end

function T.tohex_of_strings_and_numbers()
	check.equal(stdnse.tohex("abc"), "616263")
	check.equal(stdnse.tohex("a\nb"), "610a62")
	check.equal(stdnse.tohex("abc", { separator = ":" }), "61:62:63")
	check.equal(stdnse.tohex("abc", { separator = ":", group = 4 }), "61:6263")
	check.equal(stdnse.tohex(123456), "1e240")
	check.equal(stdnse.tohex(123456, { separator = ":" }), "1:e2:40")
	check.raises("tohex takes", stdnse.tohex, {})
end

function T.fromhex_undoes_tohex()
	check.seed(4)
	for _ = 1, 100 do
		local bytes = check.bytes(30)
		check.equal(stdnse.fromhex(stdnse.tohex(bytes)), bytes)
	end
	check.equal(stdnse.fromhex("61 62\n63"), "abc")
	check.is_nil(stdnse.fromhex("6"))
	check.is_nil(stdnse.fromhex("6g"))
	check.equal(stdnse.format_mac("\0\17\34\51\68\85"), "00:11:22:33:44:55")
end

function T.timespecs()
	check.equal(stdnse.parse_timespec("90"), 90)
	check.equal(stdnse.parse_timespec("10ms"), 0.01)
	check.equal(stdnse.parse_timespec("1.5m"), 90.0)
	check.equal(stdnse.parse_timespec("2h"), 7200)
	check.is_nil(stdnse.parse_timespec(nil))
	for _, bad in ipairs { "", "x", "1.2.3s", "5 s", "5w", "-5s" } do
		local value, why = stdnse.parse_timespec(bad)
		check.is_nil(value)
		check.equal(type(why), "string")
	end
	for _, seconds in ipairs { 0, 0.25, 1, 90, 3600, 86400, 5400 } do
		check.is_true(stdnse.parse_timespec(stdnse.format_timespec(seconds)) == seconds)
	end
	check.equal(stdnse.format_timespec(7200), "2h")
end

function T.output_tables_keep_their_order()
	local t = stdnse.output_table()
	check.equal(t(), false)
	t.b = 1
	t.a = 2
	t[1] = 3
	t.b = 5
	t.a = nil
	t.a = 6
	local seen = {}
	for key, value in pairs(t) do
		seen[#seen + 1] = key
		seen[#seen + 1] = value
	end
	check.equal(seen, { "b", 5, 1, 3, "a", 6 })
	check.equal(#t, 3)
	check.equal(t(), true)
	check.equal(t.a, 6)
end

function T.output_tables_can_shrink_while_walked()
	local t = stdnse.output_table()
	t.a = 1
	t.b = 2
	t.c = 3
	local seen = {}
	for key in pairs(t) do
		seen[#seen + 1] = key
		t[key == "a" and "b" or key] = nil
	end
	check.equal(seen, { "a", "c" })
end

function T.format_output_of_nested_lists()
	stub.state.debugging = 1
	local out = { "Apple pie", { name = "NAMES", warning = "not all", "one", "two" }, { name = "EMPTY" }, { "more", { "inner" } } }
	check.equal(stdnse.format_output(true, out),
		"\n  Apple pie\n  NAMES (WARNING: not all)\n    one\n    two\n    more\n      inner\n")
	check.equal(stdnse.format_output(true, { name = "N", { name = "M", "x\ny" } }), "\nN\n  M\n    x\n    y\n")
	stub.state.debugging = 0
	check.equal(stdnse.format_output(true, { { name = "N", warning = "w", "x" } }), "\n  N\n    x\n")
end

function T.format_output_of_errors_and_nothing()
	check.is_nil(stdnse.format_output(false, "bad"))
	check.is_nil(stdnse.format_output(true, {}))
	check.is_nil(stdnse.format_output(true, nil))
	check.is_nil(stdnse.format_output(true, ""))
	check.is_nil(stdnse.format_output(true, { {}, { name = "M" } }))
	stub.state.debugging = 1
	check.equal(stdnse.format_output(false, "bad"), "\n  ERROR: bad\n")
end

function T.the_registry_grows_as_needed()
	check.is_nil(stdnse.registry_get { "a", "b" })
	stdnse.registry_add_array({ "a", "b" }, 1)
	stdnse.registry_add_array({ "a", "b" }, 1)
	stdnse.registry_add_array({ "a", "b" }, 1, true)
	stdnse.registry_add_table({ "t" }, "k", "v")
	stdnse.registry_add_table({ "t" }, "k", "v")
	check.equal(stdnse.registry_get { "a", "b" }, { 1, 1 })
	check.equal(stdnse.registry_get { "t", "k" }, { "v" })
	check.is_nil(stdnse.registry_get { "t", "k", 1, 2 })
end

function T.hosts_have_a_best_name()
	check.equal(stdnse.get_hostname { ip = "10.0.0.1", name = "rev", targetname = "given" }, "given")
	check.equal(stdnse.get_hostname { ip = "10.0.0.1", name = "rev" }, "rev")
	check.equal(stdnse.get_hostname { ip = "10.0.0.1", name = "" }, "10.0.0.1")
	check.equal(stdnse.get_hostname "text", "text")
end

function T.timeouts_follow_the_host_within_bounds()
	check.equal(stdnse.get_timeout { times = { timeout = 0.5 } }, 3500)
	check.equal(stdnse.get_timeout { times = { timeout = 0.01 } }, 1000)
	check.equal(stdnse.get_timeout { times = { timeout = 9.0 } }, 8000)
	check.equal(stdnse.get_timeout({ times = { timeout = 9.0 } }, 20000), 20000)
	check.equal(stdnse.get_timeout({ times = { timeout = 0.001 } }, nil, 50), 50)
	check.equal(stdnse.get_timeout {}, 8000)
end

local function socket_of(pieces)
	return { receive = function()
		local piece = table.remove(pieces, 1)
		if piece then
			return true, piece
		end
		return nil, "EOF"
	end }
end

function T.make_buffer_gives_lines()
	local buffer = stdnse.make_buffer(socket_of { "a\r\nb", "c\n", "\nd" }, "\r?\n")
	check.equal({ buffer(), buffer(), buffer(), buffer() }, { "a", "bc", "", "d" })
	local line, why = buffer()
	check.is_nil(line)
	check.equal(why, "EOF")
	local raw = stdnse.make_buffer(socket_of { "x", "y" })
	check.equal({ raw(), raw() }, { "x", "y" })
end

function T.interfaces_are_chosen_or_filtered()
	stub.state.interfaces = { { device = "eth0", up = "up" }, { device = "eth1", up = "down" } }
	check.equal(#stdnse.get_script_interfaces(), 2)
	local up = stdnse.get_script_interfaces(function(i) return i.up == "up" end)
	check.equal({ #up, up[1].device }, { 1, "eth0" })
	stub.state.interface = "eth1"
	check.equal(stdnse.get_script_interfaces()[1].device, "eth1")
end

function T.module_makes_a_strict_environment()
	local chunk = load([[
		local stdnse = require "stdnse"
		local _ENV = stdnse.module("test_made", stdnse.seeall)
		value = tostring(5)
		function bad() undeclared = 1 end
		return _ENV
	]], "=made")
	local env = chunk()
	check.equal(env.value, "5")
	check.is_true(package.loaded.test_made == env)
	check.raises("assign to undeclared", env.bad)
	check.raises("not declared", function() return env.nothing end)
	package.loaded.test_made = nil
end

function T.log_lines_name_the_script_and_the_port()
	local getinfo, gethostport = stdnse.getinfo, stdnse.gethostport
	rawset(stdnse, "getinfo", function() return "banner" end)
	rawset(stdnse, "gethostport", function() return { ip = "10.0.0.1" }, { number = 80 } end)
	stub.state.debugging = 1
	stdnse.debug1("x")
	rawset(stdnse, "gethostport", function() return { ip = "10.0.0.1" } end)
	stdnse.print_debug("y")
	rawset(stdnse, "getinfo", getinfo)
	rawset(stdnse, "gethostport", gethostport)
	check.equal(stub.log, { "[banner 10.0.0.1:80] x", "[banner 10.0.0.1] y" })
end

function T.one_key_makes_an_output_table_true()
	local t = stdnse.output_table()
	t.only = false
	check.equal({ t(), #t, t.only }, { true, 1, false })
end

function T.warnings_need_no_name()
	stub.state.debugging = 1
	check.equal(stdnse.format_output(true, { { warning = "w", "x" } }), "\n  (WARNING: w)\n    x\n")
	check.equal(stdnse.format_output(true, "a\nb", 1), "\n    a\n    b\n")
end

function T.names_that_moved_are_still_there()
	check.equal(stdnse.strjoin("-", { 1, 2 }), "1-2")
	check.equal({ stdnse.contains({ "a" }, "a") }, { true, 1 })
	check.equal(stdnse.keys { k = 1 }, { "k" })
	check.equal(stdnse.clock_us(), 1700000000500000)
	check.raises("not declared", function() return stdnse.strsplit end)
end

return T
