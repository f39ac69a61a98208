--- stun: a binding request of STUN (RFC 8489) and its answer.

local ipOps = require "ipOps"
local strict = require "strict"
local string = string

local M = {}

local cookie = 0x2112a442
local attributes_max = 50
local MAPPED, XOR_MAPPED, SOFTWARE, OTHER = 0x0001, 0x0020, 0x8022, 0x802c

--- A request with a transaction number of twelve bytes.
function M.build_request(transaction)
	return string.pack(">I2I2I4", 0x0001, 0, cookie) .. transaction
end

-- The bits of an address that was mixed with the cookie and the transaction, taken out again.
local function unmixed(bytes, key)
	return (bytes:gsub("()(.)", function(at, c)
		return string.char(c:byte() ~ key:byte(at))
	end))
end

local function read_address(value, key)
	local size = value:byte(2) == 1 and 4 or value:byte(2) == 2 and 16
	if not size or #value ~= size + 4 then
		return nil
	end
	local port, address = string.unpack(">I2", value, 3), value:sub(5)
	if key then
		return ipOps.str_to_ip(unmixed(address, key)), port ~ cookie >> 16
	end
	return ipOps.str_to_ip(address), port
end

--- An answer: {address, port (ours as the server sees it), software, transaction}; nil if it is
-- none.
function M.parse_response(bytes)
	if #bytes < 20 or string.unpack(">I2", bytes) ~= 0x0101 then
		return nil
	end
	local answer, at = { transaction = bytes:sub(9, 20) }, 21
	local key = bytes:sub(5, 20)
	for _ = 1, attributes_max do
		if at + 3 > #bytes then
			break
		end
		local kind, length = string.unpack(">I2I2", bytes, at)
		local value = bytes:sub(at + 4, at + 3 + length)
		if #value < length then
			break
		elseif kind == XOR_MAPPED then
			answer.address, answer.port = read_address(value, key)
		elseif kind == MAPPED and not answer.address then
			answer.address, answer.port = read_address(value)
		elseif kind == OTHER then
			answer.other = read_address(value)
		elseif kind == SOFTWARE then
			answer.software = value:gsub("\0+$", "")
		end
		at = at + 4 + length + -length % 4
	end
	return answer
end

return strict(M)
