local check = require "check"
local strbuf = require "strbuf"

local T = {}

function T.concatenation_appends_in_place()
	local b = strbuf.new("a")
	local same = b
	b = (b .. "b") .. 1
	check.is_true(b == same)
	check.equal(b:dump(), "ab1")
	check.equal(strbuf.dump(b, "-"), "a-b-1")
end

function T.buffers_append_buffers_even_themselves()
	local b = strbuf.new("x", "y")
	b = b .. b
	check.equal(b:dump(), "xyxy")
end

function T.equal_when_the_parts_are()
	check.is_true(strbuf.new("a", "b") == strbuf.new("a", "b"))
	check.is_true(strbuf.new("a") ~= strbuf.new("b"))
	check.is_true(strbuf.new("a") ~= strbuf.new("a", "b"))
end

function T.tostring_puts_lines()
	check.equal(tostring(strbuf.new("a", "b")), "a\nb")
end

function T.clear_empties()
	local b = strbuf.new("a", "b")
	strbuf.clear(b)
	check.equal(b:dump(), "")
end

function T.other_values_are_refused()
	check.raises("a string is expected", function() return strbuf.new("a") .. {} end)
end

function T.dump_takes_a_range()
	local b = strbuf.new("a", "b", "c", "d")
	check.equal(b:dump("-", 2), "b-c-d")
	check.equal(b:dump("-", 2, 3), "b-c")
	check.equal(b:tostring(","), "a,b,c,d")
end

return T
