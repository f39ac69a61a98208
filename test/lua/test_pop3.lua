local check = require "check"
local fake = require "fake_server"
local pop3 = require "pop3"

local T = {}
local host, port = { ip = "127.0.0.1" }, { number = 110, protocol = "tcp", state = "open", version = {} }
local capa = "+OK list\r\nTOP\r\nSASL PLAIN LOGIN\r\n.\r\n"

function T.capabilities_with_their_arguments()
	fake.play { { nil, "+OK ready <1.2@lab.test>\r\n" }, { "^CAPA", capa } }
	check.equal(pop3.capabilities(host, port), { TOP = {}, SASL = { "PLAIN", "LOGIN" }, APOP = {} })
end

function T.without_them_there_is_a_reason()
	fake.play { { nil, "+OK ready\r\n" }, { "^CAPA", "-ERR unknown\r\n" } }
	check.equal({ pop3.capabilities(host, port) }, { nil, "-ERR unknown" })
	fake.play { { nil, "* OK imap\r\n" } }
	check.equal({ pop3.capabilities(host, port) }, { nil, "no POP3 server" })
end

function T.starttls_needs_a_yes()
	fake.play { { nil, "+OK\r\n" }, { "^STLS", "-ERR no\r\n" }, { "^STLS", "+OK go\r\n" } }
	local conn = pop3.connect(host, port)
	check.equal({ pop3.starttls(conn) }, { false, "-ERR no" })
	check.is_true(pop3.starttls(conn))
end

function T.logins()
	fake.play { { nil, "+OK\r\n" }, { "^USER a\r\n", "+OK\r\n" }, { "^PASS b\r\n", "-ERR no\r\n" },
		{ "^USER", "-ERR\r\n" }, { "^USER", "+OK\r\n" }, { "^PASS", "+OK\r\n" } }
	local conn = pop3.connect(host, port)
	check.equal({ pop3.login_user(conn.socket, "a", "b") }, { false, pop3.err.pwError })
	check.equal({ pop3.login_user(conn.socket, "a", "b") }, { false, pop3.err.userError })
	check.equal({ pop3.login_user(conn.socket, "a", "b") }, { true, pop3.err.none })
end

function T.any_answer_is_survived()
	check.fuzz(function(bytes) pop3.parse_capabilities { "+OK", bytes } end, { "SASL PLAIN LOGIN" }, 200)
end

return T
