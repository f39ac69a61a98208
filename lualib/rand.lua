--- rand: random bytes and texts, from the engine's strong source.

local nmap = require "nmap"
local strict = require "strict"
local error, math, string, table, type = error, math, string, table, type

local M = {}

-- One index 1..count, every one equally likely: draws that would favour the
-- first ones are thrown away.
local function index_below(count)
	local limit = (1 << 32) // count * count
	local draw
	repeat
		draw = string.unpack(">I4", nmap.get_random_bytes(4))
	until draw < limit
	return draw % count + 1
end

--- A list of the characters from `left` to `right`, for random_string.
function M.charset(left, right)
	local set = {}
	for code = string.byte(left), string.byte(right) do
		set[#set + 1] = string.char(code)
	end
	return set
end

local function element(set, i)
	return type(set) == "table" and set[i] or string.sub(set, i, i)
end

--- That many elements of a set (a string or a list of strings); any bytes
-- without one.
function M.random_string(length, set)
	if not set then
		return nmap.get_random_bytes(length)
	elseif #set == 0 then
		error("the set of characters is empty", 2)
	end
	local out = {}
	for i = 1, length do
		out[i] = element(set, index_below(#set))
	end
	return table.concat(out)
end

local lower = M.charset("a", "z")

--- That many lower-case letters.
function M.random_alpha(length)
	return M.random_string(length, lower)
end

--- A number from 1 to `count` (a whole number, at most 2^32).
function M.random_index(count)
	return index_below(math.tointeger(count))
end

return strict(M)
