--- base64: RFC 4648, section 4.
-- dec() passes over bytes outside the alphabet, as MIME readers do, and gives
-- nil where what remains cannot be decoded.

local strict = require "strict"
local string, table = string, table

local M = {}

local alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local symbol, value = {}, {}
for i = 0, 63 do
	symbol[i] = alphabet:sub(i + 1, i + 1)
	value[alphabet:byte(i + 1)] = i
end

local function encode_three(text, at)
	local a, b, c = string.byte(text, at, at + 2)
	local bits = a << 16 | (b or 0) << 8 | (c or 0)
	return symbol[bits >> 18] .. symbol[bits >> 12 & 63] ..
		(b and symbol[bits >> 6 & 63] or "=") .. (c and symbol[bits & 63] or "=")
end

--- Bytes to text, without line breaks.
function M.enc(bytes)
	local out = {}
	for at = 1, #bytes, 3 do
		out[#out + 1] = encode_three(bytes, at)
	end
	return table.concat(out)
end

local function decode_four(text, at)
	local a, b, c, d = string.byte(text, at, at + 3)
	local bits = value[a] << 18 | value[b] << 12 | (c and value[c] or 0) << 6 | (d and value[d] or 0)
	local bytes = string.pack(">I3", bits)
	return d and bytes or bytes:sub(1, c and 2 or 1)
end

--- Text to bytes; nil when a lone symbol is left over.
function M.dec(text)
	local symbols = text:gsub("=.*$", ""):gsub("[^%w+/]", "")
	if #symbols % 4 == 1 then
		return nil
	end
	local out = {}
	for at = 1, #symbols, 4 do
		out[#out + 1] = decode_four(symbols, at)
	end
	return table.concat(out)
end

return strict(M)
