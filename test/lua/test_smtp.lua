local check = require "check"
local fake = require "fake_server"
local smtp = require "smtp"

local T = {}
local host, port = { ip = "127.0.0.1" }, { number = 25, protocol = "tcp", state = "open", version = {} }

local ehlo = "250-lab.test Hello\r\n250-SIZE 1000\r\n250-AUTH PLAIN login\r\n250-AUTH=LOGIN\r\n250 HELP\r\n"

function T.a_session()
	local made = fake.play {
		{ nil, "220-lab.test\r\n220 ESMTP\r\n" }, { "^EHLO me\r\n", ehlo }, { "^MAIL FROM:<a@b>\r\n", "250 ok\r\n" },
		{ "^RCPT TO:<c@d>\r\n", "554 5.7.1 no relay\r\n" }, { "^QUIT", "221 bye\r\n" } }
	local socket, greeting, tls = smtp.connect(host, port)
	check.equal({ greeting, tls }, { "220-lab.test\r\n220 ESMTP\r\n", false })
	local ok, answer = smtp.ehlo(socket, "me")
	check.equal({ ok, answer }, { true, ehlo })
	check.is_true(smtp.mail(socket, "a@b"))
	check.equal({ smtp.recipient(socket, "<c@d>") }, { false, "SMTP: RCPT 554 5.7.1 no relay\r\n" })
	smtp.quit(socket)
	check.is_true(made[1].closed)
end

function T.who_is_no_mail_server_is_left()
	local made = fake.play { { nil, "SSH-2.0-x\r\n" } }
	local socket, err = smtp.connect(host, port)
	check.equal({ socket, err }, { nil, "SMTP: CONNECT SSH-2.0-x\r\n" })
	check.is_true(made[1].closed)
end

function T.extensions_and_ways_to_log_in()
	check.equal(smtp.get_auth_mech(ehlo), { "PLAIN", "LOGIN" })
	check.is_nil(smtp.get_auth_mech "250 lab.test\r\n")
	check.equal(smtp.extensions(ehlo)[1], { name = "SIZE", args = "1000", line = "SIZE 1000" })
	check.equal(#smtp.extensions(ehlo), 4)
end

function T.starttls_needs_a_yes()
	local made = fake.play { { nil, "220 x\r\n" }, { "^STARTTLS", "454 no\r\n" }, { "^STARTTLS", "220 go\r\n" } }
	local socket = smtp.connect(host, port)
	check.equal({ smtp.starttls(socket) }, { false, "SMTP: STARTTLS 454 no\r\n" })
	check.is_true(smtp.starttls(socket))
	check.is_true(made[1].tls)
end

function T.codes()
	check.is_true(smtp.check_reply("EHLO", "250 x"))
	check.is_true(not smtp.check_reply("EHLO", "500 x"))
	check.is_true(not smtp.check_reply("EHLO", nil))
	check.is_true(not smtp.check_reply("NOSUCH x", "250 x"))
end

function T.any_answer_is_survived()
	check.fuzz(function(bytes)
		smtp.extensions(bytes)
		smtp.get_auth_mech(bytes)
		smtp.check_reply("EHLO", bytes)
	end, { ehlo }, 300)
end

return T
