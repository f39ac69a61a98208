local check = require "check"
local fake = require "fake_server"
local imap = require "imap"

local T = {}
local host, port = { ip = "127.0.0.1" }, { number = 143, protocol = "tcp", state = "open", version = {} }
local answer = "* CAPABILITY IMAP4rev1 IDLE AUTH=PLAIN\r\nA0001 OK Pre-login capabilities listed.\r\n"

function T.capabilities_without_what_the_answer_ends_with()
	fake.play { { nil, "* OK hello\r\n" }, { "^A0001 CAPABILITY\r\n", answer }, { "LOGOUT", "A0002 OK\r\n" } }
	check.equal(imap.capabilities(host, port), { IMAP4rev1 = true, IDLE = true, ["AUTH=PLAIN"] = true })
end

function T.capabilities_keep_their_order_and_come_once()
	check.equal(imap.parse_capabilities { "* OK [CAPABILITY A B] x", "* CAPABILITY B C", "* 1 EXISTS" }, { "A", "B", "C" })
end

function T.who_is_no_imap_server_is_left()
	fake.play { { nil, "+OK pop3\r\n" } }
	check.equal({ imap.capabilities(host, port) }, { nil, "no IMAP server" })
	fake.play {}
	check.equal({ imap.capabilities(host, port) }, { nil, "EOF" })
end

function T.starttls_needs_an_ok()
	fake.play { { nil, "* OK\r\n" }, { "STARTTLS", "A0001 BAD no\r\n" }, { "STARTTLS", "A0002 OK go\r\n" } }
	local conn = imap.connect(host, port)
	check.equal({ conn:starttls() }, { false, "A0001 BAD no" })
	check.is_true(conn:starttls())
end

function T.the_helper()
	local made = fake.play { { nil, "* OK hello\r\n" }, { "^A0001 CAPABILITY\r\n", answer },
		{ '^A0002 LOGIN "a" "b\\"c"\r\n', "A0002 NO wrong\r\n" } }
	local helper = imap.Helper:new(host, port)
	check.is_true(helper:connect())
	check.equal({ helper:capabilities() }, { true, { IMAP4rev1 = true, IDLE = true, ["AUTH=PLAIN"] = true } })
	check.equal({ helper:login("a", 'b"c') }, { false, "A0002 NO wrong" })
	check.is_true(helper:close())
	check.is_true(made[1].closed)
	fake.play {}
	check.equal({ imap.Helper:new(host, port):connect() }, { false, "EOF" })
end

function T.any_answer_is_survived()
	check.fuzz(function(bytes) imap.parse_capabilities { bytes } end, { answer }, 200)
end

return T
