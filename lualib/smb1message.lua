--- smb1message: as much of MS-CIFS and MS-SMB as tells who a server is: NEGOTIATE and
-- SESSION_SETUP_ANDX with NTLM's first message. No sockets, no login, no shares.

local ntlm = require "ntlm"
local strict = require "strict"
local unicode = require "unicode"
local ipairs, next, string, table = ipairs, next, string, table

local M = {}

M.COMMANDS = { NEGOTIATE = 0x72, SESSION_SETUP = 0x73 }
M.STATUS = { SUCCESS = 0, MORE_PROCESSING_REQUIRED = 0xc0000016 }

--- The dialects that are asked for: the index of the one that was chosen is in the answer.
M.DIALECT = "NT LM 0.12"

--- Bits of a NEGOTIATE response's security mode.
M.SECURITY = { USER = 1, CHALLENGE_RESPONSE = 2, SIGNING_ENABLED = 4, SIGNING_REQUIRED = 8 }

local signature = "\xffSMB"
local extended_security, unicode_names, nt_status = 0x0800, 0x8000, 0x4000
local cap_extended_security, cap_unicode, cap_nt_status = 0x80000000, 4, 0x40

--- A header (MS-CIFS 2.2.3.1) of 32 bytes.
function M.build_header(command, extended, user)
	local flags2 = unicode_names | nt_status | 1 | (extended and extended_security or 0)
	return signature .. string.pack("<BI4BI2", command, 0, 0x18, flags2) .. string.rep("\0", 12) ..
		string.pack("<I2I2I2I2", 0xffff, 0x4242, user or 0, 1)
end

--- {command, status, flags2, user} of a message; nil if it is none.
function M.parse_header(message)
	if #message < 33 or message:sub(1, 4) ~= signature then
		return nil
	end
	local command, status, _, flags2 = string.unpack("<BI4BI2", message, 5)
	return { command = command, status = status, flags2 = flags2, user = (string.unpack("<I2", message, 29)) }
end

local function with_body(header, words, bytes)
	return header .. string.char(#words // 2) .. words .. string.pack("<s2", bytes)
end

--- A NEGOTIATE request. With `extended`, SPNEGO is wanted in the answer, else the names.
-- `dialects`: names ("NT LM 0.12").
function M.build_negotiate(extended, dialects)
	local list = {}
	for i, dialect in ipairs(dialects or { M.DIALECT }) do
		list[i] = "\2" .. dialect .. "\0"
	end
	return with_body(M.build_header(M.COMMANDS.NEGOTIATE, extended), "", table.concat(list))
end

-- The words and the bytes of a body; nil if they are cut off.
local function body_of(message)
	local count = message:byte(33)
	local after = 34 + count * 2
	if after + 1 > #message then
		return nil
	end
	local length = string.unpack("<I2", message, after)
	return message:sub(34, after - 1), message:sub(after + 2, after + 1 + length), after + 1
end

-- A text of UTF-16 up to its zero, and with it, and what is behind: as it is on the wire.
local function unicode_text(bytes, at)
	for i = at, #bytes - 1, 2 do
		if bytes:sub(i, i + 1) == "\0\0" then
			return unicode.utf16to8(bytes:sub(at, i + 1)), i + 2
		end
	end
	return nil, at
end

local function read_names(bytes, reply, key_length)
	local domain, after = unicode_text(bytes, key_length + 1)
	reply.domain = domain
	reply.server = domain and unicode_text(bytes, after) or nil
end

local function read_security(mode)
	local bits = M.SECURITY
	local signing = mode & bits.SIGNING_REQUIRED ~= 0 and "required"
	return {
		authentication = mode & bits.USER ~= 0 and "user" or "share",
		challenge_response = mode & bits.CHALLENGE_RESPONSE ~= 0,
		signing = signing or mode & bits.SIGNING_ENABLED ~= 0 and "supported" or "disabled",
	}
end

--- A NEGOTIATE response: {index (of the dialect; 65535: none), security_mode, authentication
-- ("user", "share"), challenge_response, signing ("required", "supported", "disabled"),
-- capabilities, time (seconds since 1970, UTC), timezone (minutes that UTC is ahead), extended;
-- and guid and token, or domain and server with the zero at their end}; nil if it is none.
function M.parse_negotiate(message)
	local header = M.parse_header(message)
	if not header or header.command ~= M.COMMANDS.NEGOTIATE or header.status ~= 0 then
		return nil
	end
	local words, bytes = body_of(message)
	if not words or #words < 2 then
		return nil
	end
	local reply = { index = (string.unpack("<I2", words)) }
	if #words < 34 then
		return reply
	end
	local mode, _, _, _, _, _, capabilities = string.unpack("<BI2I2I4I4I4I4", words, 3)
	local time, zone, key_length = words:sub(24, 31), string.unpack("<i2B", words, 32)
	for key, value in next, read_security(mode) do
		reply[key] = value
	end
	reply.security_mode, reply.capabilities = mode, capabilities
	reply.time, reply.timezone = ntlm.filetime(time), zone
	reply.extended = capabilities & cap_extended_security ~= 0
	if reply.extended then
		reply.guid, reply.token = bytes:sub(1, 16), bytes:sub(17)
	else
		read_names(bytes, reply, key_length)
	end
	return reply
end

--- A SESSION_SETUP_ANDX request with a token of security (MS-SMB 2.2.4.6.1).
function M.build_session_setup(token)
	local words = string.pack("<BBI2I2I2I2I4I2I4I4", 0xff, 0, 0, 0xffff, 1, 1, 0, #token, 0,
		cap_extended_security | cap_unicode | cap_nt_status)
	local padding = (32 + 1 + #words + 2 + #token) % 2 == 1 and "\0" or ""
	return with_body(M.build_header(M.COMMANDS.SESSION_SETUP, true), words,
		token .. padding .. unicode.utf8to16 "portolan" .. "\0\0" .. unicode.utf8to16 "portolan" .. "\0\0")
end

-- Texts begin at an even offset from the message's beginning.
local function read_native(bytes, at, start, reply)
	at = at + (start + at - 1) % 2
	reply.os, at = unicode_text(bytes, at)
	if reply.os then
		reply.lanmanager = unicode_text(bytes, at)
	end
	reply.os = reply.os and reply.os:gsub("\0+$", "")
	reply.lanmanager = reply.lanmanager and reply.lanmanager:gsub("\0+$", "")
end

--- A SESSION_SETUP_ANDX response that goes on: {status, token, challenge (see ntlm), os,
-- lanmanager}; nil if it is none.
function M.parse_session_setup(message)
	local header = M.parse_header(message)
	if not header or header.command ~= M.COMMANDS.SESSION_SETUP then
		return nil
	end
	local words, bytes, start = body_of(message)
	if not words or #words ~= 8 then
		return nil
	end
	local length = string.unpack("<I2", words, 7)
	if length > #bytes then
		return nil
	end
	local reply = { status = header.status, token = bytes:sub(1, length) }
	local inner = ntlm.find(reply.token)
	reply.challenge = inner and ntlm.parse_challenge(inner) or nil
	read_native(bytes, length + 1, start, reply)
	return reply
end

return strict(M)
