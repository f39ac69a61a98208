--- outlib: ways for a result's tables to be shown.

local stdnse = require "stdnse"
local strict = require "strict"
local getmetatable, ipairs, next, setmetatable, table, tostring, type =
	getmetatable, ipairs, next, setmetatable, table, tostring, type

local M = {}

--- Lets a list be shown on one line, its items apart by ", " or what is given.
-- Gives the list back.
function M.list_sep(list, separator)
	local meta = getmetatable(list) or {}
	function meta.__tostring(t)
		local items = {}
		for i, item in ipairs(t) do
			items[i] = tostring(item)
		end
		return table.concat(items, separator or ", ")
	end
	return setmetatable(list, meta)
end

-- Numbers before texts; each in their order.
local function before(one, other)
	if type(one) == type(other) and (type(one) == "number" or type(one) == "string") then
		return one < other
	end
	if type(one) ~= type(other) then
		return type(one) < type(other)
	end
	return tostring(one) < tostring(other)
end

--- Lets pairs() (and so the output) go through a table in the order of its keys.
-- Gives the table back.
function M.sorted_by_key(t)
	local meta = getmetatable(t) or {}
	function meta.__pairs(self)
		local keys = {}
		for key in next, self do
			keys[#keys + 1] = key
		end
		table.sort(keys, before)
		local i = 0
		return function()
			i = i + 1
			return keys[i], self[keys[i]]
		end, self, nil
	end
	return setmetatable(t, meta)
end

--- An ordered table with these pairs of key and value in it.
function M.ordered(list)
	local out = stdnse.output_table()
	for _, pair in ipairs(list) do
		out[pair[1]] = pair[2]
	end
	return out
end

return strict(M)
