--- tab: text in columns. t = tab.new(); tab.addrow(t, "a", "b"); tab.dump(t)
-- Cells are filled left to right with tab.add(t, column, text) and
-- tab.nextrow(t), or a row at a time. Columns are two blanks apart, each as
-- wide as its widest cell.

local strict = require "strict"
local math, string, table = math, string, table
local ipairs, select, tostring, type = ipairs, select, tostring, type

local M = {}

-- An array given as the only cell of a row stands for its elements.
local function cells_of(first, ...)
	if type(first) == "table" and select("#", ...) == 0 then
		return first, #first
	end
	return { first, ... }, select("#", ...) + 1
end

--- A new table; `columns` is only a hint, kept for the scripts that give it.
function M.new(columns)
	return { rows = 0, current = nil, columns = columns or 0 }
end

--- Sets a cell of the current row.
function M.add(t, column, value)
	if not t.current then
		t.rows = t.rows + 1
		t.current = {}
		t[t.rows] = t.current
	end
	t.current[column] = tostring(value)
	t.columns = math.max(t.columns, column)
end

--- Begins a new row.
function M.nextrow(t)
	if not t.current then
		t.rows = t.rows + 1
		t[t.rows] = {}
	end
	t.current = nil
end

--- Fills the current row from its first cell on and ends it.
function M.addrow(t, ...)
	local cells, count = cells_of(...)
	for column = 1, count do
		M.add(t, column, cells[column] == nil and "" or cells[column])
	end
	M.nextrow(t)
end

local function widths_of(t)
	local widths = {}
	for column = 1, t.columns do
		widths[column] = 0
		for row = 1, t.rows do
			widths[column] = math.max(widths[column], #(t[row][column] or ""))
		end
	end
	return widths
end

local function row_text(row, widths)
	local last, out = 0, {}
	for column in ipairs(widths) do
		last = row[column] and column or last
	end
	for column = 1, last do
		local cell = row[column] or ""
		local pad = column < last and widths[column] + 2 - #cell or 0
		out[column] = cell .. string.rep(" ", pad)
	end
	return table.concat(out)
end

--- The whole as text, a newline behind each row.
function M.dump(t)
	local lines, widths = {}, widths_of(t)
	for row = 1, t.rows do
		lines[row] = row_text(t[row], widths) .. "\n"
	end
	return table.concat(lines)
end

return strict(M)
