local check = require "check"
local outlib = require "outlib"

local T = {}

function T.lists_on_a_line()
	check.equal(tostring(outlib.list_sep { "a", 2, true }), "a, 2, true")
	check.equal(tostring(outlib.list_sep({ "a", "b" }, "/")), "a/b")
	local list = { 1 }
	check.is_true(outlib.list_sep(list) == list)
end

function T.keys_in_order()
	local seen = {}
	for key, value in pairs(outlib.sorted_by_key { c = 1, a = 2, b = 3, [2] = "y", [1] = "x" }) do
		seen[#seen + 1] = tostring(key) .. tostring(value)
	end
	check.equal(table.concat(seen, " "), "1x 2y a2 b3 c1")
end

function T.ordered_tables_from_pairs()
	local seen = {}
	for key in pairs(outlib.ordered { { "z", 1 }, { "a", 2 } }) do
		seen[#seen + 1] = key
	end
	check.equal(seen, { "z", "a" })
end

function T.keys_of_every_type()
	local inner = setmetatable({}, { __tostring = function() return "zz" end })
	local seen = {}
	for key in pairs(outlib.sorted_by_key { [inner] = 1, [true] = 2, [false] = 3, b = 4, a = 5, [10] = 6, [9] = 7 }) do
		seen[#seen + 1] = tostring(key)
	end
	check.equal(table.concat(seen, " "), "false true 9 10 a b zz")
end

return T
