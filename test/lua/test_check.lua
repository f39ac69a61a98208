-- The assertions themselves.

local check = require "check"

local T = {}

function T.equal_looks_into_tables_and_at_types()
	check.equal({ 1, { a = "x" } }, { 1, { a = "x" } })
	for _, pair in ipairs { { 1, 2 }, { 1, 1.0 }, { { 1 }, { 1, 2 } }, { { 1, 2 }, { 1 } }, { { a = 1 }, { a = 2 } }, { nil, false } } do
		check.raises("expected", check.equal, pair[1], pair[2])
	end
end

function T.raises_wants_the_right_error()
	check.raises("nothing was raised", check.raises, "x", function() end)
	check.raises("not \"y\"", check.raises, "y", error, "x")
end

function T.fuzz_finds_errors()
	check.raises("broken", check.fuzz, function(bytes)
		if #bytes == 3 then
			error("broken")
		end
	end, { "abcd" }, 1)
end

function T.fuzz_finds_endless_loops_even_caught_ones()
	local function endless()
		while true do end
	end
	check.raises("instructions", check.fuzz, endless, { "a" }, 1)
	check.raises("instructions", check.fuzz, function() pcall(endless) end, { "a" }, 1)
end

return T
