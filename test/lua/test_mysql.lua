local check = require "check"
local fake = require "fake_server"
local mysql = require "mysql"
local stub = require "stub"

local T = {}

local function frame(number, content)
	return string.pack("<I3B", #content, number) .. content
end

-- As MariaDB 10.11 greets.
local greeting = "\x0a5.5.5-10.11.19-MariaDB\0" .. string.pack("<I4", 4) .. "l/@5)j]r\0" ..
	string.pack("<I2BI2I2B", 0xf7fe, 45, 2, 0x81bf, 21) .. ("\0"):rep(10) .. "IQ=}!'@L?4&`\0mysql_native_password\0"

local function connected(answers, ...)
	local log = fake.serve(answers, ...)
	local socket = stub.nmap.new_socket()
	socket:connect(fake.host, fake.port(3306))
	return socket, log
end

function T.a_greeting_of_protocol_10()
	local status, got = mysql.receiveGreeting((connected { frame(0, greeting) }))
	check.equal({ status, got }, { true, {
		proto = 10, version = "5.5.5-10.11.19-MariaDB", threadid = 4, salt = "l/@5)j]rIQ=}!'@L?4&`", capabilities = 0xf7fe,
		charset = 45, status = 2, errorcode = 0, extcapabilities = 0x81bf, auth_plugin_name = "mysql_native_password" } })
end

function T.older_greetings_have_less()
	check.equal(mysql.parseGreeting "\x093.20\0\7\0\0\0saltsalt\0", { proto = 9, version = "3.20", threadid = 7 })
	local short = "\x0a5.0.1\0\7\0\0\0saltsalt\0\x2c\0"
	check.equal(mysql.parseGreeting(short).capabilities, 0x2c)
	check.is_nil(mysql.parseGreeting(short).status)
end

function T.errors_and_strangers_are_no_greeting()
	local refused = "\xff\x6a\x04Host 'x' is not allowed to connect"
	check.equal(mysql.parseGreeting(refused), { errorcode = 1130, errormessage = "Host 'x' is not allowed to connect" })
	check.equal({ mysql.receiveGreeting((connected { frame(0, refused) })) },
		{ false, "Host 'x' is not allowed to connect" })
	check.equal({ mysql.receiveGreeting((connected { "HTTP/1.0 400 \r\n\r\n" })) }, { false, "packet too long" })
	check.equal({ mysql.receiveGreeting((connected { frame(1, greeting) })) }, { false, "not MySQL" })
	check.is_nil(mysql.parseGreeting "\x0a\0\1\0\0\0\0\0\0\0")
	check.equal({ mysql.receiveGreeting((connected {})) }, { false, "TIMEOUT" })
end

function T.login_without_password()
	local ok = frame(2, "\0\0\0\2\0\0\0")
	local socket, log = connected { ok }
	check.equal({ mysql.loginRequest(socket, { authversion = "post41" }, "lab", "", ("s"):rep(20)) },
		{ true, { errorcode = 0, affectedrows = 0, serverstatus = 2, warnings = 0 } })
	check.equal(log.sent[1]:sub(1, 4), string.char(#log.sent[1] - 4, 0, 0, 1))
	check.equal(log.sent[1]:sub(37), "lab\0\0mysql_native_password\0")
end

function T.a_switch_of_the_kind_is_followed_once()
	local switch = frame(2, "\xfemysql_native_password\0" .. ("t"):rep(20) .. "\0")
	local socket, log = connected { switch, frame(4, "\xff\x15\4#28000Access denied") }
	local status, response = mysql.loginRequest(socket, nil, "lab", "", ("s"):rep(20))
	check.equal({ status, response }, { false, { errorcode = 1045, errormessage = "Access denied" } })
	check.equal(log.sent[2], "\0\0\0\3")
	local _, other = mysql.loginRequest((connected { frame(2, "\xfecaching_sha2_password\0x\0") }), nil, "a", "", "s")
	check.equal(other.errormessage, "asks for caching_sha2_password")
end

local function column(name)
	return string.pack("s1s1s1s1s1s1", "def", "db", "t", "t", name, name) .. "\12\8\0\0\0\0\0\253\0\0\0\0\0"
end

local result = frame(1, "\2") .. frame(2, column "id") .. frame(3, column "name") .. frame(4, "\254\0\0\2\0") ..
	frame(5, "\0011\5alice") .. frame(6, "\0012\251") .. frame(7, "\254\0\0\2\0")

function T.a_query_and_its_rows()
	local socket, log = connected { result:sub(1, 30), result:sub(31) }
	local status, got = mysql.sqlQuery(socket, "SELECT 1")
	check.equal({ status, got.rows, got.cols[2].name }, { true, { { "1", "alice" }, { "2", false } }, "name" })
	check.equal(log.sent[1], "\9\0\0\0\3SELECT 1")
	check.equal(mysql.formatResultset(got), "id  name\n1   alice\n2   NULL\n")
	check.equal(mysql.formatResultset({ cols = got.cols, rows = {} }, { noheaders = true }), "")
	check.equal(mysql.formatResultset(got, { noheaders = true }), "1  alice\n2  NULL\n")
end

function T.long_values_have_longer_lengths()
	local long = ("x"):rep(300)
	check.equal(mysql.decodeRow("\252" .. string.pack("<s2", long) .. "\253\1\0\0y", 2), { long, "y" })
	check.equal(mysql.decodeRow("\254\255\255\255\255\255\255\255\127abc", 2), { "abc", false })
end

function T.failed_queries()
	check.equal({ mysql.sqlQuery((connected { frame(1, "\xff\x28\4#42000No") }), "x") }, { false, "No" })
	check.equal({ mysql.sqlQuery((connected { frame(1, "\0\0\0") }), "x") }, { true, { cols = {}, rows = {} } })
	check.equal({ mysql.sqlQuery((connected { frame(1, "\251") }), "x") }, { false, "not a result" })
	check.equal({ mysql.sqlQuery((connected { result:sub(1, -8) }), "x") }, { false, "TIMEOUT" })
end

function T.endless_rows_have_an_end()
	local rows = frame(5, "\0011\5alice"):rep(100)
	local socket, log = connected({ result:sub(1, #result - #frame(5, "\0011\5alice") - 7 - 9), rows }, "EOF", true)
	check.equal({ mysql.sqlQuery(socket, "x") }, { false, "too many rows" })
	check.is_true(log.received < 110)
end

function T.any_bytes()
	check.fuzz(function(bytes)
		mysql.parseGreeting(bytes)
		mysql.decodeResponse(bytes)
		mysql.receiveGreeting((connected { frame(0, bytes) }))
		mysql.sqlQuery((connected { bytes }), "x")
	end, { greeting, result }, 2000)
end

return T
