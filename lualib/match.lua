--- match: delimiters for a socket's receive_buf.

local nmap = require "nmap"
local strict = require "strict"
local error, string, type = error, string, type

local M = {}

--- Matches as soon as that many bytes are there, and takes just those.
function M.numbytes(count)
	if type(count) ~= "number" or count < 1 then
		error("numbytes takes a positive number", 2)
	end
	return function(buffer)
		if #buffer >= count then
			return count, count
		end
		return nil
	end
end

--- Matches a Lua pattern, but gives up waiting for it when `limit` bytes have
-- come without one: then all of those bytes are taken.
function M.pattern_limit(pattern, limit)
	return function(buffer)
		local first, last = string.find(buffer, pattern)
		if first then
			return first, last
		elseif #buffer >= limit then
			return limit, limit
		end
		return nil
	end
end

--- That delimiter, until the clock shows `ends` (of nmap.clock()): from then on what has come is taken
-- as it is, so that nobody is kept by a byte now and then.
function M.within(delimiter, ends)
	return function(buffer)
		local first, last = delimiter(buffer)
		if not first and #buffer > 0 and nmap.clock() > ends then
			return #buffer, #buffer
		end
		return first, last
	end
end

return strict(M)
