--- ntlm: the messages of MS-NLMP as far as they tell who a host is: our NEGOTIATE, the
-- server's CHALLENGE with its target information, and the SPNEGO wrapping (RFC 4178)
-- that SMB and others put around them. No passwords, so no AUTHENTICATE.

local asn1 = require "asn1"
local strict = require "strict"
local unicode = require "unicode"
local string = string

local M = {}

local signature = "NTLMSSP\0"

--- Flags of a NEGOTIATE and CHALLENGE (2.2.2.5).
M.FLAGS = {
	UNICODE = 0x00000001, OEM = 0x00000002, REQUEST_TARGET = 0x00000004, SIGN = 0x00000010, SEAL = 0x00000020,
	NTLM = 0x00000200, ALWAYS_SIGN = 0x00008000, EXTENDED_SESSIONSECURITY = 0x00080000,
	TARGET_INFO = 0x00800000, VERSION = 0x02000000, KEY_128 = 0x20000000, KEY_EXCH = 0x40000000,
	KEY_56 = 0x80000000,
}
local FLAGS = M.FLAGS

local default_flags = FLAGS.UNICODE | FLAGS.OEM | FLAGS.REQUEST_TARGET | FLAGS.NTLM | FLAGS.ALWAYS_SIGN |
	FLAGS.EXTENDED_SESSIONSECURITY | FLAGS.TARGET_INFO | FLAGS.KEY_128 | FLAGS.KEY_56

M.default_flags = default_flags

--- A NEGOTIATE message (2.2.1.1) without names; with a version of ours if the flags say so:
-- some servers tell theirs then only.
function M.build_negotiate(flags)
	flags = flags or default_flags
	local version = flags & FLAGS.VERSION ~= 0 and "\10\0\x61\x4a\0\0\0\15" or ""
	local behind = 32 + #version
	return signature .. string.pack("<I4I4I2I2I4I2I2I4", 1, flags, 0, 0, behind, 0, 0, behind) .. version
end

--- The names that target information may have, by their number (2.2.2.1).
M.AV = {
	[1] = "netbios_computer_name", [2] = "netbios_domain_name", [3] = "dns_computer_name",
	[4] = "dns_domain_name", [5] = "dns_tree_name", [7] = "timestamp",
}

-- Seconds from 1601 to 1970.
local epoch_1601 = 11644473600

--- Seconds since 1970 of eight bytes that count tenths of microseconds since 1601; nil
-- for none or what is out of reach.
function M.filetime(bytes)
	if #bytes ~= 8 then
		return nil
	end
	local ticks = string.unpack("<i8", bytes)
	return ticks > 0 and ticks // 10000000 - epoch_1601 or nil
end

-- {name = text} of target information; what is cut off ends it.
local function read_target_info(bytes)
	local info, at = {}, 1
	while at + 3 <= #bytes do
		local id, length = string.unpack("<I2I2", bytes, at)
		local value = bytes:sub(at + 4, at + 3 + length)
		if id == 0 or #value < length then
			break
		end
		local name = M.AV[id]
		if name == "timestamp" then
			info.timestamp = M.filetime(value)
		elseif name then
			info[name] = unicode.utf16to8(value)
		end
		at = at + 4 + length
	end
	return info
end

-- The bytes that a length and an offset of a message point to; nil out of it.
local function field(message, at)
	local length, _, offset = string.unpack("<I2I2I4", message, at)
	if offset + length > #message then
		return nil
	end
	return message:sub(offset + 1, offset + length)
end

-- 10.0.17763 of the eight bytes of a version (2.2.2.10).
local function version_text(message, flags)
	if flags & FLAGS.VERSION == 0 or #message < 56 then
		return nil
	end
	return string.format("%d.%d.%d", string.unpack("<BBI2", message, 49))
end

--- A CHALLENGE message (2.2.1.2): {flags, challenge, target_name, version, and the names
-- of M.AV}; nil if the bytes do not begin with one.
function M.parse_challenge(message)
	if #message < 32 or message:sub(1, 8) ~= signature or string.unpack("<I4", message, 9) ~= 2 then
		return nil
	end
	local flags = string.unpack("<I4", message, 21)
	local info = #message >= 48 and flags & FLAGS.TARGET_INFO ~= 0 and field(message, 41)
	local result = read_target_info(info or "")
	local target = field(message, 13)
	result.flags, result.challenge = flags, message:sub(25, 32)
	if target then
		result.target_name = flags & FLAGS.UNICODE ~= 0 and unicode.utf16to8(target) or target
	end
	result.version = version_text(message, flags)
	return result
end

--- The first NTLM message within other bytes, up to their end; nil if there is none.
function M.find(bytes)
	local at = bytes:find(signature, 1, true)
	return at and bytes:sub(at) or nil
end

local function tlv(tag, content)
	return string.char(tag) .. asn1.encode_length(#content) .. content
end

local oid_spnego = tlv(6, "\x2b\6\1\5\5\2")
local oid_ntlm = tlv(6, "\x2b\6\1\4\1\x82\x37\2\2\x0a")

--- A message as the first token of SPNEGO, which offers NTLM only.
function M.wrap_negotiate(message)
	local mechanisms = tlv(0xa0, tlv(0x30, oid_ntlm))
	local token = tlv(0xa2, tlv(4, message))
	return tlv(0x60, oid_spnego .. tlv(0xa0, tlv(0x30, mechanisms .. token)))
end

return strict(M)
