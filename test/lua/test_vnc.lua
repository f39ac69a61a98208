local check = require "check"
local fake = require "fake_server"
local vnc = require "vnc"

local T = {}

local host, port = { ip = "10.0.0.1" }, { number = 5900, protocol = "tcp" }

-- A server that says the next text whenever it is spoken to.
local function server(...)
	local texts, turn = { ... }, 0
	fake.answer(function()
		turn = turn + 1
		return { texts[turn] }
	end)
end

function T.versions_and_types()
	server("RFB 003.008\n", "\2\1\2")
	local told = vnc.ask(host, port)
	check.equal({ told.version, told.types }, { "3.8", { 1, 2 } })
	check.equal(fake.sent[1], "RFB 003.008\n")
	check.equal(tostring(vnc.named(told.types, vnc.sectypes)[2]), "VNC Authentication (2)")
	check.equal(tostring(vnc.named({ 99 }, vnc.sectypes)[1]), "Unknown security type (99)")
end

function T.an_old_server_decides()
	server("RFB 003.003\n", "\0\0\0\2")
	check.equal(vnc.ask(host, port).types, { 2 })
	server("RFB 003.003\n", "\0\0\0\0\0\0\0\4busy")
	check.equal(vnc.ask(host, port).problem, "VNC: busy")
end

function T.subtypes_of_vencrypt()
	server("RFB 003.889\n", "\1\19", "\0\2", "\0\2\0\0\1\2\0\0\1\5")
	local told = vnc.ask(host, port)
	check.equal({ told.version, told.subtypes }, { "3.889", { 258, 261 } })
	server("RFB 003.008\n", "\1\19", "\0\1")
	check.is_nil(vnc.ask(host, port).subtypes)
end

function T.others_are_no_servers()
	server "SSH-2.0-x\r\nabcdef"
	check.is_nil((vnc.ask(host, port)))
	server("RFB 003.008\n", "\0\xff\xff\xff\xff")
	check.equal(vnc.ask(host, port).problem, "VNC: the server does not say why")
	server("RFB 003.008\n", "\9\1")
	check.equal(vnc.ask(host, port).types, {})
end

function T.who_falls_silent_is_told_of()
	server("RFB 003.008\n")
	check.equal(vnc.ask(host, port).types, {})
	server("RFB 003.003\n")
	check.equal(vnc.ask(host, port).problem, "VNC: no security type")
	server("RFB 003.007\n", "\1\2")
	check.equal({ vnc.ask(host, port).version, fake.sent[1] }, { "3.7", "RFB 003.007\n" })
	server("RFB 003.005\n", "\0\0\0\1")
	check.equal({ vnc.ask(host, port).types, fake.sent[1] }, { { 1 }, "RFB 003.003\n" })
	check.equal(#fake.sent, 1)
	fake.refuses = true
	check.equal({ vnc.ask(host, port) }, { nil, "ERROR" })
end

return T
