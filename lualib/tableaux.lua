--- tableaux: small functions over tables.

local strict = require "strict"
local pairs, type, next = pairs, type, next

local M = {}

--- A deep copy. Tables that are reached twice are copied once, so cycles are
-- fine. Keys are shared, metatables are not copied.
function M.tcopy(source, copies)
	copies = copies or {}
	if copies[source] then
		return copies[source]
	end
	local copy = {}
	copies[source] = copy
	for key, value in next, source do
		if type(value) == "table" then
			value = M.tcopy(value, copies)
		end
		copy[key] = value
	end
	return copy
end

--- A copy whose values are those of the original.
function M.shallow_tcopy(source)
	local copy = {}
	for key, value in pairs(source) do
		copy[key] = value
	end
	return copy
end

--- A table from values to keys.
function M.invert(source)
	local inverse = {}
	for key, value in pairs(source) do
		inverse[value] = key
	end
	return inverse
end

--- Looks for a value. true and its key, or false and nil. With `array` only
-- 1..#t is searched.
function M.contains(t, item, array)
	if array then
		for i = 1, #t do
			if t[i] == item then
				return true, i
			end
		end
		return false, nil
	end
	for key, value in pairs(t) do
		if value == item then
			return true, key
		end
	end
	return false, nil
end

--- The keys as a list, in no particular order.
function M.keys(t)
	local list = {}
	for key in pairs(t) do
		list[#list + 1] = key
	end
	return list
end

return strict(M)
