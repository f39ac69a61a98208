local check = require "check"
local fake = require "fake_server"
local pgsql = require "pgsql"
local stub = require "stub"

local T = {}

local function message(kind, content)
	return kind .. string.pack(">I4", #content + 4) .. content
end

local function connected(answers, ...)
	local log = fake.serve(answers, ...)
	local socket = stub.nmap.new_socket()
	socket:connect(fake.host, fake.port(5432))
	return socket, log
end

local function start(answers, ...)
	local socket, log = connected(answers, ...)
	local status, found = pgsql.v3.sendStartup(socket, "postgres", "lab")
	return status, found, log
end

local refused = message("E", "SFATAL\0VFATAL\0C28000\0Mpg_hba.conf rejects\0Fauth.c\0L469\0RClientAuth\0\0")

function T.bytes_of_requests()
	check.equal(pgsql.buildSSLRequest(), "\0\0\0\8\4\xd2\x16\x2f")
	local _, _, log = start {}
	check.equal(log.sent[1], "\0\0\0\x24\0\3\0\0user\0postgres\0database\0lab\0\0")
	check.equal(pgsql.buildStartup "lab", pgsql.buildStartup("lab", "lab"))
	check.equal(pgsql.buildPassword "abc", "p\0\0\0\8abc\0")
end

function T.tls_is_offered_or_not()
	check.equal({ pgsql.requestSSL((connected { "S" })) }, { true, "S" })
	check.equal({ pgsql.requestSSL((connected { "N" })) }, { false, "N" })
	check.equal({ pgsql.requestSSL((connected {})) }, { false, "TIMEOUT" })
	check.equal({ pgsql.requestSSL((connected { "SSH-2.0-x\r\n" })) }, { false, "SSH-2.0-x\r\n" })
end

function T.errors_have_fields()
	local status, found = start { refused }
	check.equal({ status, found.error.message, found.error.code, found.error.line },
		{ false, "pg_hba.conf rejects", "28000", "469" })
	check.equal(pgsql.printErrorMessage(found.error), "FATAL: pg_hba.conf rejects")
end

function T.kinds_of_login()
	local _, found = start { message("R", "\0\0\0\5salt") }
	check.equal(found, { type = 0x52, authtype = 5, salt = "salt" })
	_, found = start { message("R", "\0\0\0\10SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0") }
	check.equal(found, { type = 0x52, authtype = 10, mechanisms = { "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256" } })
end

function T.without_a_login_the_parameters_come()
	local _, found = start { message("R", "\0\0\0\0"), message("S", "server_version\00015.3\0") ..
		message("S", "TimeZone\0UTC\0") .. message("K", "\0\0\0\1\0\0\0\2"), message("Z", "I") }
	check.equal(found.parameters, { server_version = "15.3", TimeZone = "UTC" })
end

function T.parameters_without_end()
	local status, found, log = start({ message("R", "\0\0\0\0"), message("S", "a\0b\0") }, "EOF", true)
	check.equal({ status, found.parameters, log.received }, { true, { a = "b" }, 65 })
end

function T.strangers()
	local status, found = start { "HTTP/1.1 400 Bad Request\r\n\r\n" }
	check.equal({ status, found.error.message }, { false, "not PostgreSQL" })
	check.equal((start { message("R", "\0") }), false)
	check.equal((start { message("X", "") }), false)
end

function T.passwords_are_answered_in_the_kind_asked_for()
	local socket, log = connected { message("R", "\0\0\0\0") }
	check.equal((pgsql.v3.loginRequest(socket, { authtype = 3 }, "u", "secret", nil)), true)
	check.equal(log.sent[1], "p\0\0\0\11secret\0")
	check.equal((pgsql.v3.loginRequest(socket, { authtype = 10 }, "u", "secret", nil)), false)
	check.equal((pgsql.v3.loginRequest((connected { refused }), { authtype = 3 }, "u", "secret", nil)), false)
end

function T.any_bytes()
	check.fuzz(function(bytes)
		start { bytes }
		pgsql.parseError(bytes)
	end, { refused, message("R", "\0\0\0\10SCRAM-SHA-256\0\0"), message("R", "\0\0\0\0") .. message("S", "a\0b\0") }, 2000)
end

return T
