--- unicode: code points in and out of UTF-8 (RFC 3629), UTF-16 (RFC 2781) and
-- single bytes. Decoders take a string and a position and give a code point and
-- the next position, nil where the bytes are not of that coding. Encoders take a
-- code point and give bytes, nil if it has none.

local strict = require "strict"
local ipairs, string, table, utf8 = ipairs, string, table, utf8

local M = {}

-- What a reader shows for bytes that mean nothing.
local replacement = 0xfffd

local function is_point(point)
	return point >= 0 and point <= 0x10ffff and (point < 0xd800 or point > 0xdfff)
end

--- A code point in UTF-8.
function M.utf8_enc(point)
	if not is_point(point) then
		return nil
	end
	return utf8.char(point)
end

-- How many bytes follow a first byte, its bits, and the least point that needs them.
local function utf8_lead(byte)
	if byte < 0x80 then
		return 0, byte, 0
	elseif byte >= 0xc2 and byte < 0xe0 then
		return 1, byte & 0x1f, 0x80
	elseif byte >= 0xe0 and byte < 0xf0 then
		return 2, byte & 0x0f, 0x800
	elseif byte >= 0xf0 and byte < 0xf5 then
		return 3, byte & 0x07, 0x10000
	end
	return nil
end

--- One code point from UTF-8.
function M.utf8_dec(text, at)
	at = at or 1
	local first = text:byte(at)
	local more, point, least = utf8_lead(first or 0xff)
	if not more then
		return nil, "not UTF-8"
	end
	for i = at + 1, at + more do
		local byte = text:byte(i)
		if not byte or byte & 0xc0 ~= 0x80 then
			return nil, "not UTF-8"
		end
		point = point << 6 | byte & 0x3f
	end
	if point < least or not is_point(point) then
		return nil, "not UTF-8"
	end
	return point, at + more + 1
end

--- A code point in UTF-16, little end first unless told.
function M.utf16_enc(point, bigendian)
	local unit = bigendian and ">I2" or "<I2"
	if not is_point(point) then
		return nil
	elseif point < 0x10000 then
		return string.pack(unit, point)
	end
	point = point - 0x10000
	return string.pack(unit, 0xd800 | point >> 10) .. string.pack(unit, 0xdc00 | point & 0x3ff)
end

local function unit_at(text, at, bigendian)
	if at + 1 > #text then
		return nil
	end
	return (string.unpack(bigendian and ">I2" or "<I2", text, at))
end

--- One code point from UTF-16. A lone half of a pair is given as it is, since
-- names on the wire hold such.
function M.utf16_dec(text, at, bigendian)
	at = at or 1
	local unit = unit_at(text, at, bigendian)
	if not unit then
		return nil, "not UTF-16"
	end
	local low = unit & 0xfc00 == 0xd800 and unit_at(text, at + 2, bigendian)
	if low and low & 0xfc00 == 0xdc00 then
		return 0x10000 + ((unit & 0x3ff) << 10 | low & 0x3ff), at + 4
	end
	return unit, at + 2
end

--- Latin 1: a byte is its code point.
function M.latin1_enc(point)
	return point >= 0 and point < 256 and string.char(point) or nil
end

function M.latin1_dec(text, at)
	at = at or 1
	local byte = text:byte(at)
	if not byte then
		return nil, "no more bytes"
	end
	return byte, at + 1
end

--- All code points of a string; bytes that are not of the coding become
-- U+FFFD, one a byte.
function M.decode(text, decoder, bigendian)
	local points, at = {}, 1
	while at <= #text do
		local point, after = decoder(text, at, bigendian)
		points[#points + 1] = point or replacement
		at = point and after or at + 1
	end
	return points
end

--- The bytes of a list of code points; "?" for those the coding does not have.
function M.encode(points, encoder, bigendian)
	local out = {}
	for i, point in ipairs(points) do
		out[i] = encoder(point, bigendian) or encoder(0x3f, bigendian)
	end
	return table.concat(out)
end

--- From one coding to another.
function M.transcode(text, decoder, encoder, bigendian_from, bigendian_to)
	return M.encode(M.decode(text, decoder, bigendian_from), encoder, bigendian_to)
end

function M.utf8to16(text, bigendian)
	return M.transcode(text, M.utf8_dec, M.utf16_enc, nil, bigendian)
end

function M.utf16to8(text, bigendian)
	return M.transcode(text, M.utf16_dec, M.utf8_enc, bigendian)
end

return strict(M)
