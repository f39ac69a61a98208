local check = require "check"
local fake = require "fake_server"
local samba = require "samba_answers"
local smb = require "smb"
local smb2message = require "smb2message"
local stub = require "stub"

local T = {}

local host = { ip = "10.0.0.1", registry = {} }

local function framed(message)
	return string.pack(">s4", message)
end

-- A server of both protocols; `open` is its port.
local function serve(open, answer)
	fake.answer(answer)
	stub.nmap.get_port_state = function(_, port)
		return port.number == open and { state = "open" } or nil
	end
end

local function version1(bytes)
	if bytes:byte(9) == 0x72 then
		return { framed(string.unpack("<I2", bytes, 15) & 0x0800 ~= 0 and samba.extended or samba.plain) }
	end
	return { framed(samba.session) }
end

-- In SMB 2 the answer is the dialect that was asked for last.
local function both(bytes)
	if bytes:sub(5, 8) == "\xffSMB" then
		return version1(bytes)
	elseif #bytes < 4 + 64 + 38 then
		return {}
	end
	local count = string.unpack("<I2", bytes, 4 + 64 + 3)
	local dialect = string.unpack("<I2", bytes, 4 + 64 + 36 + count * 2 - 1)
	return { framed(smb2message.build_header(0):sub(1, 64) .. string.pack("<I2I2I2I2", 65, 1, dialect, 0) ..
		("g"):rep(16) .. ("\0"):rep(40)) }
end

function T.the_better_port_is_chosen()
	serve(139, both)
	check.equal(smb.get_port(host), 139)
	serve(445, both)
	check.equal(smb.get_port(host), 445)
	serve(80, both)
	check.is_nil(smb.get_port(host))
	check.equal((smb.start(host)), false)
end

function T.what_a_server_says_of_itself()
	serve(445, both)
	local ok, told = smb.get_os(host)
	check.equal({ ok, told.os, told.lanmanager, told.server, told.workgroup, told.fqdn, told.domain_dns },
		{ true, "Windows 6.1", "Samba 4.17.12-Debian", "LABSMB\0", "HARBOUR\0", "lab.test", "test" })
	check.is_nil(told.domain)
end

function T.all_dialects()
	serve(445, both)
	local ok, list = smb.list_dialects(host)
	check.equal({ ok, list }, { true, { "NT LM 0.12", 0x0202, 0x0210, 0x0300, 0x0302, 0x0311 } })
	serve(445, function() return {} end)
	check.equal((smb.list_dialects(host)), false)
end

function T.port_139_has_a_session_first()
	serve(139, function(bytes)
		return bytes:byte(1) == 0x81 and { "\x82\0\0\0\x85\0\0\0" } or both(bytes)
	end)
	check.equal((smb.get_os(host)), true)
	check.equal(fake.sent[1]:sub(1, 4), "\x81\0\0\x44")
	serve(139, function() return { "\x83\0\0\1\x82" } end)
	check.equal((smb.start(host)), false)
end

function T.too_long_and_endless_messages_end()
	serve(445, function(bytes) return #bytes > 0 and { "\0\xff\xff\xff" } end)
	check.equal((smb.get_os(host)), false)
	serve(445, function(bytes) return #bytes > 0 and { ("\x85\0\0\0"):rep(100) } end)
	check.equal((smb.get_os(host)), false)
end

return T
