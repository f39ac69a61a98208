local check = require "check"
local fake = require "fake_server"
local ftp = require "ftp"

local T = {}
local host, port = { ip = "127.0.0.1" }, { number = 21, protocol = "tcp", state = "open", version = {} }

local function reply(text)
	local lines = text:gmatch "([^\n]*)\n"
	return ftp.read_reply(function() return lines() end)
end

function T.replies_of_one_and_of_more_lines()
	check.equal({ reply "220 hello\n" }, { 220, "hello" })
	check.equal({ reply "211-Status\n inside\n211 no\n" }, { 211, "Status\n inside\nno" })
	check.equal({ reply "230-a\n230-b\n230 c\n" }, { 230, "a\nb\nc" })
	check.equal({ reply "230-a\n" }, { 230, "a" })
	check.equal({ reply "SSH-2.0\n" }, { nil, "no FTP reply: SSH-2.0" })
end

function T.an_endless_reply_is_cut()
	local _, text = reply("211-a\n" .. ("x\n"):rep(500))
	check.equal(#text, 2 * 200 - 1)
end

function T.logins()
	fake.play { { nil, "220 x\r\n" }, { "^USER anonymous\r\n", "331 pw\r\n" }, { "^PASS a@b\r\n", "230 in\r\n" } }
	local socket, code, text, buffer, tls = ftp.connect(host, port)
	check.equal({ code, text, tls }, { 220, "x", false })
	check.equal({ ftp.auth(socket, buffer, "anonymous", "a@b") }, { true, 230, "in" })
	fake.play { { nil, "220 x\r\n" }, { "^USER", "530 no\r\n" }, { "^USER", "332 account\r\n" } }
	socket, code, text, buffer = ftp.connect(host, port)
	check.equal({ ftp.auth(socket, buffer, "a", "b") }, { false, 530, "no" })
	check.equal({ ftp.auth(socket, buffer, "a", "b") }, { false, 332, "account" })
	check.equal({ ftp.auth(socket, buffer, "a", "b") }, { nil, "EOF" })
end

function T.tls_needs_a_yes()
	fake.play { { nil, "220 x\r\n" }, { "^AUTH TLS", "530 no\r\n" }, { "^AUTH TLS", "234 go\r\n" } }
	local socket, code, text, buffer = ftp.connect(host, port)
	check.equal({ ftp.starttls(socket, buffer) }, { false, 530 })
	check.equal({ ftp.starttls(socket, buffer) }, { true, 234 })
end

function T.ports_of_passive_transfers()
	check.equal(ftp.parse_pasv "Entering Passive Mode (10,0,0,1,4,1).", 1025)
	check.is_nil(ftp.parse_pasv "Entering Passive Mode (10,0,0,1,256,1).")
	check.is_nil(ftp.parse_pasv "no")
	check.equal(ftp.parse_epsv "Extended (|||6446|)", 6446)
	check.is_nil(ftp.parse_epsv "Extended (|||99999|)")
	check.is_nil(ftp.parse_epsv "no")
end

function T.any_answer_is_survived()
	check.fuzz(function(bytes)
		reply(bytes)
		ftp.parse_pasv(bytes)
		ftp.parse_epsv(bytes)
	end, { "227 Entering Passive Mode (10,0,0,1,4,1).\n", "229 (|||6446|)\n", "211-a\n211 b\n" }, 300)
end

return T
