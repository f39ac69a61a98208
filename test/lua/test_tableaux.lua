local check = require "check"
local tableaux = require "tableaux"

local T = {}

function T.deep_copies_share_nothing()
	local source = { 1, { 2, { 3 } }, k = { "v" } }
	local copy = tableaux.tcopy(source)
	check.equal(copy, source)
	check.is_true(copy[2] ~= source[2] and copy.k ~= source.k and copy[2][2] ~= source[2][2])
end

function T.cycles_are_copied_as_cycles()
	local source = { name = "a" }
	source.self = source
	local copy = tableaux.tcopy(source)
	check.is_true(copy.self == copy and copy ~= source)
end

function T.shallow_copies_share_values()
	local inner = {}
	local copy = tableaux.shallow_tcopy { inner, k = 1 }
	check.is_true(copy[1] == inner and copy.k == 1)
end

function T.invert_swaps()
	check.equal(tableaux.invert { "a", "b", x = "y" }, { a = 1, b = 2, y = "x" })
end

function T.contains_tells_where()
	local found, key = tableaux.contains({ "a", k = "b" }, "b")
	check.equal({ found, key }, { true, "k" })
	found, key = tableaux.contains({ "a", k = "b" }, "b", true)
	check.equal(found, false)
	check.is_nil(key)
end

function T.keys_are_all_keys()
	local keys = tableaux.keys { a = 1, b = 2 }
	table.sort(keys)
	check.equal(keys, { "a", "b" })
end

function T.contains_tells_the_index_in_a_list()
	check.equal({ tableaux.contains({ "a", "b" }, "a", true) }, { true, 1 })
	check.equal({ tableaux.contains({ "a", "b" }, "b", true) }, { true, 2 })
	check.equal(select("#", tableaux.contains({}, "b", true)), 2)
end

return T
