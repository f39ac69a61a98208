local check = require "check"
local fake = require "fake_server"
local smb2 = require "smb2"
local smb2message = require "smb2message"
local stub = require "stub"

local T = {}

local host = { ip = "10.0.0.1", registry = {} }

local function serve(dialect)
	fake.answer(function(bytes)
		return #bytes > 0 and { string.pack(">s4", smb2message.build_header(0) ..
			string.pack("<I2I2I2I2", 65, 3, dialect, 0) .. ("g"):rep(16) .. "\x43\0\0\0" .. ("\0"):rep(36)) }
	end)
	stub.nmap.get_port_state = function() return { state = "open" } end
end

function T.one_question_tells_dialect_and_signing()
	serve(0x0311)
	local told, session = smb2.ask(host)
	check.equal({ told.dialect, told.signing, smb2.dialect_name(told.dialect) }, { 0x0311, "required", "311" })
	check.is_nil(session)
	check.equal(smb2.capability_names(told.capabilities), { "Distributed File System", "Leasing", "Encryption support" })
end

function T.a_dialect_that_there_is_not_is_no_answer()
	serve(0x02ff)
	check.is_nil((smb2.ask(host)))
	check.equal(smb2.dialects(), { 0x0202, 0x0210, 0x0300, 0x0302, 0x0311 })
end

function T.a_session_that_is_refused_has_no_names()
	serve(0x0311)
	local told, session = smb2.ask(host, nil, true)
	check.equal({ told.dialect, session }, { 0x0311, nil })
end

function T.who_refuses_has_no_dialect()
	fake.answer(function() return {} end)
	stub.nmap.get_port_state = function() return { state = "open" } end
	check.is_nil((smb2.ask(host, { 0x0202 }, true)))
	check.equal(#fake.sent, 1)
	stub.nmap.get_port_state = function() return nil end
	check.is_nil((smb2.ask(host)))
end

return T
