--- base32: RFC 4648, sections 6 and 7 (the second with `hex`: the alphabet
-- that keeps the order of the bytes).

local strict = require "strict"
local string, table = string, table

local M = {}

local function alphabet_of(symbols)
	local alphabet = { symbol = {}, value = {} }
	for i = 0, 31 do
		local c = symbols:sub(i + 1, i + 1)
		alphabet.symbol[i] = c
		alphabet.value[c] = i
	end
	return alphabet
end

local plain = alphabet_of "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
local extended = alphabet_of "0123456789ABCDEFGHIJKLMNOPQRSTUV"

-- How many symbols carry that many bytes.
local symbols_for = { 2, 4, 5, 7, 8 }
-- How many bytes are in that many symbols; other counts do not occur.
local bytes_in = { [0] = 0, [2] = 1, [4] = 2, [5] = 3, [7] = 4, [8] = 5 }

local function encode_five(bytes, symbol)
	local bits = string.unpack(">I5", bytes .. string.rep("\0", 5 - #bytes))
	local out = {}
	for i = 1, symbols_for[#bytes] do
		out[i] = symbol[bits >> (40 - 5 * i) & 31]
	end
	return table.concat(out) .. string.rep("=", 8 - #out)
end

--- Bytes to text.
function M.enc(bytes, hex)
	local symbol, out = (hex and extended or plain).symbol, {}
	for at = 1, #bytes, 5 do
		out[#out + 1] = encode_five(bytes:sub(at, at + 4), symbol)
	end
	return table.concat(out)
end

local function decode_eight(symbols, value)
	local bits, count = 0, bytes_in[#symbols]
	for i = 1, 8 do
		local digit = i > #symbols and 0 or value[symbols:sub(i, i)]
		if not digit or not count then
			return nil
		end
		bits = bits << 5 | digit
	end
	return string.pack(">I5", bits):sub(1, count)
end

--- Text (in either case, blanks allowed) to bytes; nil when it is not base32.
function M.dec(text, hex)
	local value, out = (hex and extended or plain).value, {}
	local symbols = text:gsub("%s", ""):upper()
	symbols = symbols:match("^.*[^=]") or ""
	for at = 1, #symbols, 8 do
		local bytes = decode_eight(symbols:sub(at, at + 7), value)
		if not bytes then
			return nil
		end
		out[#out + 1] = bytes
	end
	return table.concat(out)
end

return strict(M)
