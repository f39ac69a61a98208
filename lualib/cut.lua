--- cut: string.unpack for what servers send: nil instead of an error.

local strict = require "strict"
local pcall, string = pcall, string

local M = {}

local function values(ok, ...)
	if ok then
		return ...
	end
	return nil
end

--- The values of a format at a position and the position behind them; nil when the bytes end
-- before, or when there is no position.
--   local name, after = cut.unpack(">s2", bytes, 1)
--   local value, after = cut.unpack(">I4", bytes, after)
function M.unpack(format, bytes, at)
	if not at then
		return nil
	end
	return values(pcall(string.unpack, format, bytes, at))
end

return strict(M)
