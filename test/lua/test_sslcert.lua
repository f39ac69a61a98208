local check = require "check"
local fake = require "fake_server"
local fake_socket = require "fake_socket"
local sslcert = require "sslcert"
local stub = require "stub"

local T = {}

stub.nmap.mutex = function() return function() end end

local function port_of(number, service)
	return { number = number, service = service, protocol = "tcp", state = "open", version = { name_confidence = 3 } }
end

local function host()
	return { ip = "127.0.0.1", registry = {}, name = "lab.test" }
end

local function opens(number, ...)
	local made = fake.play { ... }
	local ok, socket = sslcert.getPrepareTLS(port_of(number))(host(), port_of(number))
	return ok and made[1].tls, made[1]
end

function T.ways_to_tls()
	check.is_true(opens(25, { nil, "220 x\r\n" }, { "EHLO", "250-a\r\n250 STARTTLS\r\n" }, { "STARTTLS", "220 go\r\n" }))
	check.is_true(opens(143, { nil, "* OK\r\n" }, { "STARTTLS", "A0001 OK go\r\n" }))
	check.is_true(opens(110, { nil, "+OK\r\n" }, { "STLS", "+OK go\r\n" }))
	check.is_true(opens(21, { nil, "220 x\r\n" }, { "AUTH TLS", "234 go\r\n" }))
	check.is_true(opens(119, { nil, "200 x\r\n" }, { "STARTTLS", "382 go\r\n" }))
	check.is_true(opens(4190, { nil, "\"SIEVE\" \"x\"\r\nOK\r\n" }, { "STARTTLS", "OK go\r\n" }))
	check.is_true(opens(389, { "1466", "\x30\x0c\2\1\1\x78\7\10\1\0\4\0\4\0" }))
	check.is_true(opens(5432, { "\x16\x2f$", "S" }))
	check.is_true(opens(3389, { "^\3", "\3\0\0\x13\x0e\xd0\0\0\0\0\0\2\0\8\0\1\0\0\0" }))
	check.is_true(opens(5222, { "<stream:stream", "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>" },
		{ "^<starttls", "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>" }))
	local greeting = "\x4a\0\0\0\10" .. "5.5.5\0" .. "\1\0\0\0" .. "saltsalt\0" .. "\xff\xff" .. ("\0"):rep(40)
	local ok, socket = opens(3306, { "^$", greeting }, { "^\x20\0\0\1", "" })
	check.is_true(ok)
	check.equal(socket.sent[2]:sub(1, 8), "\x20\0\0\1\0\x8a\0\0")
end

function T.a_refusal_closes()
	for number, script in pairs {
		[25] = { { nil, "220 x\r\n" }, { "EHLO", "250 a\r\n" }, { "STARTTLS", "502 no\r\n" } },
		[143] = { { nil, "* OK\r\n" }, { "STARTTLS", "A0001 NO no\r\n" } }, [110] = { { nil, "+OK\r\n" }, { "STLS", "-ERR\r\n" } },
		[21] = { { nil, "220 x\r\n" }, { "AUTH TLS", "500 no\r\n" } }, [389] = { { "1466", "\x30\x0c\2\1\1\x78\7\10\1\2\4\0\4\0" } },
		[5432] = { { "\x16\x2f$", "N" } }, [3306] = { { "^$", "\5\0\0\0\xffno" } }, [3389] = {}, [5222] = {}, [4190] = {},
	} do
		local ok, socket = opens(number, table.unpack(script))
		check.equal({ number, ok, socket.tls, socket.closed }, { number, false, false, true })
	end
end

function T.ports_without_a_way()
	check.is_nil(sslcert.getPrepareTLS(port_of(443, "https")))
	check.is_nil(sslcert.isPortSupported(port_of(22, "ssh")))
	check.is_true(sslcert.isPortSupported(port_of(2525, "smtp")))
	local port = port_of(25, "smtp")
	port.version.service_tunnel = "ssl"
	check.is_nil(sslcert.isPortSupported(port))
	check.is_true(sslcert.port_rule(host(), port_of(443)))
	check.is_true(sslcert.port_rule(host(), port_of(143)))
	fake.play { { "^\22", "HTTP/1.1 400 x\r\n" } }
	check.is_true(not sslcert.port_rule(host(), port_of(81)))
	local here, made = host(), fake.play { { "^\22", "\21\3\1\0\2\2\40" } }
	check.is_true(sslcert.port_rule(here, port_of(81)))
	check.is_true(sslcert.port_rule(here, port_of(81)))
	check.equal(#made, 1)
	made = fake.play {}
	check.is_true(not sslcert.port_rule(host(), port_of(9100)))
	check.equal(#made, 0)
end

function T.the_certificate_is_asked_for_once()
	local certificate, here = { digest = 1 }, host()
	fake_socket.listen { { certificate = certificate }, {} }
	check.equal({ sslcert.getCertificate(here, port_of(443)) }, { true, certificate })
	check.equal({ sslcert.getCertificate(here, port_of(443)) }, { true, certificate })
	check.equal(#fake_socket.connections, 1)
end

function T.without_one_there_is_a_reason()
	fake.play {}
	local ok, err = sslcert.getCertificate(host(), port_of(443))
	check.equal({ ok, err }, { false, "no certificate" })
end

function T.any_answer_is_survived()
	for _, number in ipairs { 25, 143, 110, 21, 119, 389, 5432, 3306, 3389, 5222, 4190 } do
		check.fuzz(function(bytes)
			opens(number, { nil, bytes }, { "", bytes }, { "", bytes })
		end, { "220 x\r\n250 a\r\n", "\x4a\0\0\0\10" .. "5.5.5\0" .. ("\1"):rep(60) }, 30)
	end
end

return T
