--- asn1: BER of X.690, as far as LDAP, SNMP and Kerberos use it: tags of one
-- byte, definite lengths. Decoders give the value and the position behind it; nil
-- and the position behind the end where the bytes are cut off or malformed.

local strict = require "strict"
local math, pairs, setmetatable, string, table, type = math, pairs, setmetatable, string, table, type

local M = {}

--- The two high bits of a tag.
M.BERCLASS = { Universal = 0, Application = 64, ContextSpecific = 128, Private = 192 }

-- Deeper data is refused.
local depth_max = 64

--- A tag from its class (a BERCLASS), whether it is constructed, its number.
function M.BERtoInt(class, constructed, number)
	return class + (constructed and 32 or 0) + number
end

--- The parts of a tag: {class, constructed, number}.
function M.intToBER(tag)
	return { class = tag & 0xc0, constructed = tag & 0x20 ~= 0, number = tag & 0x1f }
end

-- Two's complement of an integer in as few bytes as hold it.
local function integer_bytes(value)
	local bytes = string.pack(">i8", value)
	while #bytes > 1 and (bytes:match("^\0[\0-\127]") or bytes:match("^\255[\128-\255]")) do
		bytes = bytes:sub(2)
	end
	return bytes
end

-- Encoder ------------------------------------------------------------------------

local encoder = {}
M.ASN1Encoder = encoder

--- A length: one byte below 128, else the count of its bytes and these.
function M.encode_length(length)
	if length < 128 then
		return string.char(length)
	end
	local bytes = string.pack(">I8", length):gsub("^\0+", "")
	return string.char(0x80 | #bytes) .. bytes
end

function encoder.new(class)
	local self = setmetatable({}, { __index = class })
	self:registerBaseEncoders()
	return self
end

-- Some functions need no object, and are called with or without it.
local function without_self(first, ...)
	if type(first) == "table" then
		return ...
	end
	return first, ...
end

function encoder.encodeLength(...)
	return M.encode_length((without_self(...)))
end

--- Bytes under a tag.
function encoder.encodeTagged(_, tag, content)
	return string.char(tag) .. M.encode_length(#content) .. content
end

--- Already encoded elements as a SEQUENCE.
function encoder:encodeSeq(content)
	return self:encodeTagged(0x30, content)
end

--- Two's complement of a number, without tag and length.
function encoder.encodeInt(...)
	return integer_bytes(math.tointeger((without_self(...))) or 0)
end

local function base128(number)
	local bytes = string.char(number & 0x7f)
	number = number >> 7
	while number > 0 do
		bytes = string.char(0x80 | number & 0x7f) .. bytes
		number = number >> 7
	end
	return bytes
end

--- The content of an OBJECT IDENTIFIER from its numbers; nil if it has fewer
-- than two or they are out of bounds.
function encoder.encodeOid(_, parts)
	local first, second = parts[1], parts[2]
	if not first or not second or first > 2 or first < 2 and second > 39 then
		return nil
	end
	local out = { base128(first * 40 + second) }
	for i = 3, #parts do
		out[#out + 1] = base128(parts[i])
	end
	return table.concat(out)
end

local function encode_number(self, value)
	local whole = math.tointeger(value)
	return whole and self:encodeTagged(0x02, integer_bytes(whole)) or nil
end

function encoder:registerBaseEncoders()
	self.encoders = {
		boolean = function(e, value) return e:encodeTagged(0x01, value and "\255" or "\0") end,
		number = encode_number,
		string = function(e, value) return e:encodeTagged(0x04, value) end,
		null = function() return "\5\0" end,
	}
end

--- More encoders: from a type's name to function(encoder, value).
function encoder:registerTagEncoders(encoders)
	for name, encode in pairs(encoders) do
		self.encoders[name] = encode
	end
end

--- A value with tag and length: booleans, whole numbers, strings (OCTET STRING),
-- nil (NULL); nil for what has no coding. A table goes to the encoder that its
-- `_type` names, else to the one for "table": both are registered by protocols.
function encoder:encode(value)
	local name = type(value)
	if value == nil then
		name = "null"
	elseif name == "table" and self.encoders[value._type] then
		name = value._type
	end
	local encode = self.encoders[name]
	return encode and encode(self, value) or nil
end

-- Decoder ------------------------------------------------------------------------

local decoder = {}
M.ASN1Decoder = decoder

function decoder.new(class)
	local self = setmetatable({ depth = 0 }, { __index = class })
	self:registerBaseDecoders()
	return self
end

--- With true, decodeSeq gives nil when an element is broken; else what was read.
function decoder:setStopOnError(stop)
	self.stoponerror = stop
end

--- A length at a position, and the position behind it; nil when cut off, of
-- the indefinite form, or longer than four bytes.
function decoder.decodeLength(...)
	local text, at = without_self(...)
	local first = text:byte(at)
	if not first then
		return nil, #text + 1
	elseif first < 0x80 then
		return first, at + 1
	end
	local count = first & 0x7f
	if count == 0 or count > 4 or at + count > #text then
		return nil, #text + 1
	end
	return (string.unpack(">I" .. count, text, at + 1)), at + 1 + count
end

--- The number in `length` bytes, signed; nil over eight bytes.
function decoder.decodeInt(...)
	local text, length, at = without_self(...)
	if length < 1 or length > 8 or at + length - 1 > #text then
		return nil, at + math.max(length, 0)
	end
	return (string.unpack(">i" .. length, text, at)), at + length
end

-- The base 128 numbers of a content; nil when the last is not ended or one is
-- larger than 63 bits.
local function base128_numbers(content)
	local numbers, value, open = {}, 0, false
	for i = 1, #content do
		local byte = content:byte(i)
		if value >= 1 << 56 then
			return nil
		end
		value, open = value << 7 | byte & 0x7f, byte >= 0x80
		if not open then
			numbers[#numbers + 1], value = value, 0
		end
	end
	return not open and numbers or nil
end

--- An OBJECT IDENTIFIER's `length` bytes as "1.3.6.1".
function decoder.decodeOID(_, text, length, at)
	local content = text:sub(at, at + length - 1)
	local numbers = #content == length and length > 0 and base128_numbers(content)
	if not numbers then
		return nil, at + length
	end
	local first = math.min(numbers[1] // 40, 2)
	numbers[1] = numbers[1] - first * 40
	return first .. "." .. table.concat(numbers, "."), at + length
end

--- The elements in `length` bytes as a list.
function decoder:decodeSeq(text, length, at)
	if at + length - 1 > #text then
		return nil, #text + 1
	end
	-- On a copy of just these bytes no element reaches out of them.
	local list, content, inner = {}, text:sub(at, at + length - 1), 1
	self.depth = self.depth + 1
	while inner <= #content and self.depth <= depth_max do
		local value, after = self:decode(content, inner)
		if value == nil and self.stoponerror then
			list = nil
			break
		end
		list[#list + 1], inner = value, after
	end
	self.depth = self.depth - 1
	return list, at + length
end

local function decode_bytes(_, text, length, at)
	return text:sub(at, at + length - 1), at + length
end

local function decode_boolean(_, text, length, at)
	if length ~= 1 then
		return nil, at + length
	end
	return text:byte(at) ~= 0, at + 1
end

-- The unused bits are the first byte; they are left out with it.
local function decode_bit_string(_, text, length, at)
	return text:sub(at + 1, at + length - 1), at + length
end

local function null_value(_, _, length, at)
	return false, at + length
end

local function decode_sequence(self, text, length, at)
	return self:decodeSeq(text, length, at)
end

function decoder:registerBaseDecoders()
	self.decoder = {
		["\1"] = decode_boolean,
		["\2"] = decoder.decodeInt,
		["\3"] = decode_bit_string,
		["\4"] = decode_bytes,
		["\5"] = null_value,
		["\6"] = decoder.decodeOID,
		["\10"] = decoder.decodeInt,
		["\12"] = decode_bytes,
		["\19"] = decode_bytes,
		["\22"] = decode_bytes,
		["\23"] = decode_bytes,
		["\24"] = decode_bytes,
		["\27"] = decode_bytes,
		["\48"] = decode_sequence,
		["\49"] = decode_sequence,
	}
end

--- More decoders: from a tag (a byte as a string) to
-- function(decoder, text, length, at), which gives value and position.
function decoder:registerTagDecoders(decoders)
	for tag, decode in pairs(decoders) do
		self.decoder[tag] = decode
	end
end

--- The element at a position (1). NULL is false. An element whose tag nobody
-- knows is nil, with the position behind it.
function decoder:decode(text, at)
	at = at or 1
	local tag = text:sub(at, at)
	local length, content = self:decodeLength(text, at + 1)
	if tag == "" or not length or content + length - 1 > #text then
		return nil, #text + 1
	end
	local decode = self.decoder[tag]
	if not decode then
		return nil, content + length
	end
	return (decode(self, text, length, content)), content + length
end

return strict(M)
