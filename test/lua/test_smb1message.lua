local check = require "check"
local samba = require "samba_answers"
local smb1 = require "smb1message"

local T = {}

function T.requests_have_their_layout()
	local request = smb1.build_negotiate(false)
	check.equal(request:sub(1, 8), "\xffSMB\x72\0\0\0")
	check.equal(request:sub(33), "\0\x0c\0\2NT LM 0.12\0")
	check.equal(string.unpack("<I2", request, 11) & 0x0800, 0)
	check.equal(string.unpack("<I2", smb1.build_negotiate(true), 11) & 0x0800, 0x0800)
	request = smb1.build_session_setup "tok"
	check.equal({ request:byte(33), (string.unpack("<I2", request, 34 + 14)) }, { 12, 3 })
	check.equal((string.unpack("<I2", request, 34 + 24)), #request - 34 - 25)
	check.equal(request:sub(60, 62), "tok")
end

function T.a_server_with_spnego()
	local seen = smb1.parse_negotiate(samba.extended)
	check.equal({ seen.index, seen.extended, seen.signing, seen.authentication, seen.challenge_response },
		{ 0, true, "disabled", "user", true })
	check.equal({ seen.time, seen.timezone, #seen.guid, seen.token:byte(1) }, { 1795681247, 0, 16, 0x60 })
	check.is_nil(seen.server)
end

function T.a_server_without_it_tells_its_names()
	local seen = smb1.parse_negotiate(samba.plain)
	check.equal({ seen.domain, seen.server, seen.extended }, { "HARBOUR\0", "LABSMB\0", false })
end

function T.a_session_tells_systems_and_names()
	local seen = smb1.parse_session_setup(samba.session)
	check.equal({ seen.os, seen.lanmanager, seen.status }, { "Windows 6.1", "Samba 4.17.12-Debian", 0xc0000016 })
	check.equal({ seen.challenge.dns_computer_name, seen.challenge.netbios_domain_name }, { "lab.test", "LABSMB" })
end

function T.signing_in_words()
	for mode, word in pairs { [3] = "disabled", [7] = "supported", [15] = "required", [11] = "required" } do
		check.equal(smb1.parse_negotiate(samba.plain:sub(1, 35) .. string.char(mode) .. samba.plain:sub(37)).signing, word)
	end
	check.equal(smb1.parse_negotiate(samba.plain:sub(1, 35) .. "\0" .. samba.plain:sub(37)).authentication, "share")
end

function T.what_is_no_answer_is_nil()
	check.is_nil(smb1.parse_negotiate(samba.session))
	check.is_nil(smb1.parse_session_setup(samba.plain))
	check.is_nil(smb1.parse_negotiate(samba.plain:sub(1, 60)))
	check.is_nil(smb1.parse_session_setup(samba.session:sub(1, 100)))
end

function T.any_bytes_are_read_or_nil()
	check.fuzz(function(bytes)
		smb1.parse_negotiate(bytes)
		smb1.parse_session_setup(bytes)
	end, { samba.extended, samba.session, samba.plain })
end

-- MS-CIFS 2.2.3.1: what follows a token begins at an even offset.
function T.texts_are_aligned()
	for length = 1, 4 do
		local request = smb1.build_session_setup(("t"):rep(length))
		local at = request:find("p\0o\0r\0t\0", 1, true)
		check.equal((at - 1) % 2, 0)
		check.equal((string.unpack("<I2", request, 34 + 24)), #request - 34 - 25)
	end
	-- So it is in an answer: of two bytes, there is one more behind them.
	local head, texts = samba.session:sub(1, 32) .. "\4\xff\0\0\0\0\0", "O\0S\0\0\0L\0M\0\0\0"
	for token, padding in pairs { tok = "", to = "\0", t = "" } do
		local answer = smb1.parse_session_setup(head .. string.pack("<I2s2", #token, token .. padding .. texts))
		check.equal({ answer.os, answer.lanmanager, answer.token }, { "OS", "LM", token })
		check.is_nil(answer.challenge)
	end
end

function T.an_error_is_no_answer()
	check.is_nil(smb1.parse_negotiate(samba.plain:sub(1, 8) .. "\1" .. samba.plain:sub(10)))
	check.equal(smb1.parse_header(samba.session).user, 0xb675)
	check.equal(smb1.parse_negotiate(samba.plain:sub(1, 32) .. "\1\xff\xff\0\0"), { index = 0xffff })
end

return T
