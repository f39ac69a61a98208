local check = require "check"
local ntlm = require "ntlm"
local smb2 = require "smb2message"

local T = {}

local guid, salt = ("g"):rep(16), ("s"):rep(32)

local function response(command, status, body)
	local header = smb2.build_header(command, 7, 9)
	return header:sub(1, 8) .. string.pack("<I4", status) .. header:sub(13) .. body
end

local function negotiated(mode)
	local time = string.pack("<i8", (1700000000 + 11644473600) * 10000000)
	return response(0, 0, string.pack("<I2I2I2I2", 65, mode, 0x0311, 0) .. guid .. string.pack("<I4I4I4I4", 0x7f, 1, 2, 3) ..
		time .. ("\0"):rep(8) .. string.pack("<I2I2I4", 128, 5, 0) .. "token")
end

function T.headers_round_trip()
	local header = smb2.build_header(1, 0x0102030405, 0x1122334455667788)
	check.equal(#header, 64)
	check.equal(smb2.parse_header(header), { command = 1, status = 0, flags = 0, message_id = 0x0102030405, session_id = 0x1122334455667788 })
	check.is_nil(smb2.parse_header(header:sub(1, 63)))
	check.is_nil(smb2.parse_header("\xffSMB" .. header:sub(5)))
	check.is_nil(smb2.parse_header(header:sub(1, 4) .. "\65" .. header:sub(6)))
end

function T.a_negotiate_request_has_its_layout()
	local request = smb2.build_negotiate({ 0x0202, 0x0210 }, guid)
	check.equal(request:sub(65), "\36\0\2\0\1\0\0\0\0\0\0\0" .. guid .. ("\0"):rep(8) .. "\2\2\16\2")
	request = smb2.build_negotiate({ 0x0202, 0x0311 }, guid, salt)
	local offset, count = string.unpack("<I4I2", request, 64 + 29)
	check.equal({ offset, count, offset % 8 }, { 104, 1, 0 })
	check.equal(request:sub(offset + 1), "\1\0\38\0\0\0\0\0\1\0\32\0\1\0" .. salt)
end

function T.a_negotiate_response()
	local seen = smb2.parse_negotiate(negotiated(3))
	check.equal({ seen.dialect, seen.signing, seen.guid, seen.capabilities, seen.system_time, seen.token },
		{ 0x0311, "required", guid, 0x7f, 1700000000, "token" })
	check.is_nil(seen.start_time)
	check.equal(smb2.DIALECTS[seen.dialect], "3.1.1")
	check.equal(smb2.parse_negotiate(negotiated(1)).signing, "enabled")
	check.equal(smb2.parse_negotiate(negotiated(0)).signing, "disabled")
	check.is_nil(smb2.parse_negotiate(negotiated(1):sub(1, -2)).token)
	for length = 0, 127 do
		check.is_nil(smb2.parse_negotiate(negotiated(1):sub(1, length)))
	end
	check.is_nil(smb2.parse_negotiate(response(1, 0, negotiated(1):sub(65))))
	check.is_nil(smb2.parse_negotiate(response(0, 0xc0000001, negotiated(1):sub(65))))
end

local function challenged()
	local challenge = "NTLMSSP\0" .. string.pack("<I4I2I2I4I4", 2, 4, 4, 32, 1) .. "12345678" .. "H\0I\0"
	return response(1, smb2.STATUS.MORE_PROCESSING_REQUIRED, string.pack("<I2I2I2I2", 9, 0, 72, #challenge + 2) .. "\x30\0" .. challenge)
end

function T.a_session_setup_and_its_challenge()
	local request = smb2.build_session_setup("tok", 1)
	check.equal({ request:sub(89), #request }, { "tok", 91 })
	check.equal({ string.unpack("<I2I2", request, 64 + 13) }, { 88, 3, 81 })
	local seen = smb2.parse_session_setup(challenged())
	check.equal({ seen.status, seen.session_id, seen.challenge.target_name }, { 0xc0000016, 9, "HI" })
	check.is_nil(smb2.parse_session_setup(challenged():sub(1, 71)))
	check.is_nil(smb2.parse_session_setup(challenged():sub(1, -2)).challenge)
	check.is_nil(smb2.parse_session_setup(negotiated(1)))
end

function T.frames_have_a_length()
	check.equal(smb2.frame "abc", "\0\0\0\3abc")
	check.equal(smb2.frame_length "\0\1\0\0", 65536)
	check.is_nil(smb2.frame_length "\x81\0\0\0")
	check.is_nil(smb2.frame_length "\0\0\0")
	check.is_true(ntlm.find(ntlm.wrap_negotiate(ntlm.build_negotiate())))
end

function T.any_bytes_parse_or_give_nil()
	check.fuzz(function(bytes)
		smb2.parse_negotiate(bytes)
		smb2.parse_session_setup(bytes)
		smb2.frame_length(bytes)
	end, { negotiated(3), challenged() }, 2000)
end

return T
