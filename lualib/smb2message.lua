--- smb2message: headers of MS-SMB2, and its NEGOTIATE and SESSION_SETUP, which tell
-- dialect, signing, time and (with ntlm) names of a server. No sockets, no shares.

local ntlm = require "ntlm"
local strict = require "strict"
local ipairs, string, table = ipairs, string, table

local M = {}

M.COMMANDS = { NEGOTIATE = 0, SESSION_SETUP = 1 }

--- Dialects by number, with the names that people use.
M.DIALECTS = {
	[0x0202] = "2.0.2", [0x0210] = "2.1", [0x0300] = "3.0", [0x0302] = "3.0.2", [0x0311] = "3.1.1",
}

M.STATUS = { SUCCESS = 0, MORE_PROCESSING_REQUIRED = 0xc0000016 }

M.SIGNING_ENABLED, M.SIGNING_REQUIRED = 1, 2

local signature = "\xfeSMB"

--- A message behind its length, as it goes over TCP (RFC 1002's session message).
function M.frame(message)
	return string.pack(">I4", #message) .. message
end

--- The length that the first four bytes announce; nil if they are no session message.
function M.frame_length(bytes)
	if #bytes < 4 or bytes:byte(1) ~= 0 then
		return nil
	end
	return (string.unpack(">I4", bytes))
end

--- A header (2.2.1.2) of 64 bytes.
function M.build_header(command, message_id, session_id)
	return signature .. string.pack("<I2I2I4I2I2I4I4I8I4I4I8", 64, 0, 0, command, 1, 0, 0, message_id or 0, 0, 0,
		session_id or 0) .. string.rep("\0", 16)
end

--- {command, status, flags, message_id, session_id} of a message; nil if it is none.
function M.parse_header(message)
	if #message < 64 or message:sub(1, 4) ~= signature or string.unpack("<I2", message, 5) ~= 64 then
		return nil
	end
	local status, command, _, flags, _, message_id = string.unpack("<I4I2I2I4I4i8", message, 9)
	return { status = status, command = command, flags = flags, message_id = message_id,
		session_id = (string.unpack("<i8", message, 41)) }
end

local function negotiate_contexts(salt)
	-- Only the hash of 3.1.1, SHA-512: the salt is ours.
	return string.pack("<I2I2I4I2I2I2", 1, 6 + #salt, 0, 1, #salt, 1) .. salt
end

--- A NEGOTIATE request (2.2.3) for dialects (a list of numbers). `guid` and `salt` are
-- 16 and 32 random bytes; the salt is needed for dialect 3.1.1.
function M.build_negotiate(dialects, guid, salt)
	local list, modern = {}, false
	for i, dialect in ipairs(dialects) do
		list[i] = string.pack("<I2", dialect)
		modern = modern or dialect == 0x0311
	end
	local names = table.concat(list)
	local padding = string.rep("\0", -(100 + #names) % 8)
	local offset = modern and 100 + #names + #padding or 0
	local body = string.pack("<I2I2I2I2I4", 36, #dialects, M.SIGNING_ENABLED, 0, 0) .. guid ..
		string.pack("<I4I2I2", offset, modern and 1 or 0, 0) .. names
	return M.build_header(M.COMMANDS.NEGOTIATE) .. body .. (modern and padding .. negotiate_contexts(salt) or "")
end

-- The bytes at an offset from the message's beginning; nil out of it.
local function blob(message, offset, length)
	if offset + length > #message then
		return nil
	end
	return message:sub(offset + 1, offset + length)
end

--- A NEGOTIATE response (2.2.4): {dialect, security_mode, signing ("required",
-- "enabled", "disabled"), guid, capabilities, system_time, start_time (seconds since
-- 1970, nil if not told), token}; nil if it is none.
function M.parse_negotiate(message)
	local header = M.parse_header(message)
	if not header or header.command ~= M.COMMANDS.NEGOTIATE or header.status ~= 0 or #message < 128 or
		string.unpack("<I2", message, 65) ~= 65 then
		return nil
	end
	local mode, dialect = string.unpack("<I2I2", message, 67)
	local offset, length = string.unpack("<I2I2", message, 121)
	local enabled = mode & M.SIGNING_ENABLED ~= 0 and "enabled" or "disabled"
	return {
		dialect = dialect, security_mode = mode,
		signing = mode & M.SIGNING_REQUIRED ~= 0 and "required" or enabled,
		guid = message:sub(73, 88), capabilities = (string.unpack("<I4", message, 89)),
		system_time = ntlm.filetime(message:sub(105, 112)), start_time = ntlm.filetime(message:sub(113, 120)),
		token = blob(message, offset, length),
	}
end

--- A SESSION_SETUP request (2.2.5) with a token of security.
function M.build_session_setup(token, message_id)
	return M.build_header(M.COMMANDS.SESSION_SETUP, message_id or 1) ..
		string.pack("<I2BBI4I4I2I2I8", 25, 0, M.SIGNING_ENABLED, 0, 0, 64 + 24, #token, 0) .. token
end

--- A SESSION_SETUP response (2.2.6) that goes on: {status, session_id, token, and what
-- the NTLM challenge in it says: challenge}; nil if it is none.
function M.parse_session_setup(message)
	local header = M.parse_header(message)
	if not header or header.command ~= M.COMMANDS.SESSION_SETUP or #message < 72 or
		string.unpack("<I2", message, 65) ~= 9 then
		return nil
	end
	local offset, length = string.unpack("<I2I2", message, 69)
	local token = blob(message, offset, length)
	local inner = token and ntlm.find(token)
	return { status = header.status, session_id = header.session_id, token = token,
		challenge = inner and ntlm.parse_challenge(inner) or nil }
end

return strict(M)
