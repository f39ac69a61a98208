local check = require "check"
local tab = require "tab"

local T = {}

function T.columns_are_as_wide_as_their_widest_cell()
	local t = tab.new()
	tab.addrow(t, "id", "name")
	tab.addrow(t, 1000, "x")
	check.equal(tab.dump(t), "id    name\n1000  x\n")
end

function T.cells_can_be_set_one_by_one()
	local t = tab.new(3)
	tab.add(t, 1, "a")
	tab.add(t, 3, "c")
	tab.nextrow(t)
	tab.add(t, 2, "b")
	tab.nextrow(t)
	check.equal(tab.dump(t), "a     c\n   b\n")
end

function T.an_array_is_a_row()
	local t = tab.new()
	tab.addrow(t, { "a", "b" })
	check.equal(tab.dump(t), "a  b\n")
end

function T.nil_cells_are_empty()
	local t = tab.new()
	tab.addrow(t, "a", nil, "c")
	check.equal(tab.dump(t), "a    c\n")
	check.equal(tab.dump(tab.new()), "")
end

function T.rows_may_be_empty()
	local t = tab.new()
	tab.nextrow(t)
	tab.addrow(t, "a")
	tab.nextrow(t)
	check.equal(tab.dump(t), "\na\n\n")
	local u = tab.new()
	tab.addrow(u, { "x" }, "y")
	check.is_true(tab.dump(u):match("^table: [^ ]+  y\n$"))
end

return T
