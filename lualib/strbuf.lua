--- strbuf: texts that grow. Appending costs the same however long the text is.
-- b = strbuf.new("x"); b = b .. "y" (changes b and gives it back); b1 == b2
-- compares the texts; tostring(b) joins the parts with newlines as dump does.

local strict = require "strict"
local getmetatable, ipairs, setmetatable, type = getmetatable, ipairs, setmetatable, type
local select, table, tostring, error = select, table, tostring, error

local M = {}
local meta = {}
local methods = {}
meta.__index = methods

local function is_buffer(value)
	return type(value) == "table" and getmetatable(value) == meta
end

local function append(buffer, value)
	if is_buffer(value) then
		-- The length is taken first: a buffer may be appended to itself.
		return table.move(value, 1, #value, #buffer + 1, buffer)
	end
	if type(value) ~= "string" and type(value) ~= "number" then
		error("a string is expected, not a " .. type(value), 3)
	end
	buffer[#buffer + 1] = tostring(value)
	return buffer
end

--- Appends a value (string, number, buffer). With a text on the left,
-- a new buffer is made.
function M.concatbuf(buffer, value)
	if not is_buffer(buffer) then
		return append(append(M.new(), buffer), value)
	end
	return append(buffer, value)
end

--- Whether two buffers hold the same parts.
function M.eqbuf(one, other)
	if #one ~= #other then
		return false
	end
	for i, part in ipairs(one) do
		if other[i] ~= part then
			return false
		end
	end
	return true
end

--- The parts of the buffer, joined. Without a delimiter: nothing between.
function M.dump(buffer, delimiter, from, to)
	return table.concat(buffer, delimiter, from or 1, to or #buffer)
end

--- Empties a buffer.
function M.clear(buffer)
	for i = #buffer, 1, -1 do
		buffer[i] = nil
	end
	return buffer
end

--- A new buffer with these parts.
function M.new(...)
	local buffer = setmetatable({}, meta)
	for i = 1, select("#", ...) do
		append(buffer, (select(i, ...)))
	end
	return buffer
end

M.tostring = M.dump
meta.__concat = M.concatbuf
meta.__eq = M.eqbuf
meta.__tostring = function(buffer)
	return M.dump(buffer, "\n")
end
methods.dump = M.dump
methods.clear = M.clear
methods.concatbuf = M.concatbuf
methods.tostring = M.dump

return strict(M)
