local check = require "check"
local fake = require "fake_server"
local ldap = require "ldap"
local stub = require "stub"

local T = {}

local function connected(answers, ...)
	local log = fake.serve(answers, ...)
	local socket = stub.nmap.new_socket()
	socket:connect(fake.host, fake.port(389))
	return socket, log
end

local function el(tag, content)
	return string.pack("Bs1", tag, content)
end

local function message(id, op, content)
	return el(0x30, "\2\1" .. string.char(id) .. el(0x60 | op, content))
end

local function result(code, text)
	return "\10\1" .. string.char(code) .. "\4\0" .. el(4, text or "")
end

local function attribute(name, ...)
	local values = ""
	for _, value in ipairs { ... } do
		values = values .. el(4, value)
	end
	return el(0x30, el(4, name) .. el(0x31, values))
end

local entry = message(2, 4, el(4, "") .. el(0x30, attribute("namingContexts", "dc=a", "dc=b") .. attribute("supportedLDAPVersion", "3")))
local done = message(2, 5, result(0))

function T.a_bind_and_its_bytes()
	local socket, log = connected { message(1, 1, result(0)) }
	check.equal({ ldap.bindRequest(socket, { version = 3, username = "cn=x", password = "p" }) }, { true, nil })
	check.equal(log.sent[1], "\x30\x11\2\1\1\x60\x0c\2\1\3\4\4cn=x\x80\1p")
	check.equal({ ldap.bindRequest((connected { message(1, 1, result(49, "no")) }), {}) },
		{ false, "Code: 49|Error: Invalid credentials|Details: no" })
	check.equal({ ldap.bindRequest((connected { "HTTP/1.1 400" }), {}) }, { false, "not LDAP" })
	check.equal({ ldap.bindRequest((connected { message(1, 5, result(0)) }), {}) }, { false, "not LDAP" })
end

function T.a_search_and_its_entries()
	local socket, log = connected { entry .. done:sub(1, 3), done:sub(4) }
	local status, entries = ldap.searchRequest(socket, { scope = ldap.SCOPE.base, attributes = { "*" }, sizeLimit = 1000 })
	check.equal({ status, entries }, { true, { resultCode = 0, errorMessage = "", { objectName = "",
		attributes = { { "namingContexts", "dc=a", "dc=b" }, { "supportedLDAPVersion", "3" } } } } })
	check.equal(log.sent[1], "\x30\x29\2\1\2\x63\x24\4\0\10\1\0\10\1\0\2\2\3\xe8\2\1\0\1\1\0\x87\x0bobjectClass\x30\3\4\1*")
	check.equal(ldap.extractAttribute(entries, "namingcontexts"), { "dc=a", "dc=b" })
	check.is_nil(ldap.extractAttribute(entries, "x"))
	check.equal(ldap.searchResultToTable(entries),
		{ { name = "<ROOT>", { "namingContexts: dc=a", "namingContexts: dc=b", "supportedLDAPVersion: 3" } } })
end

function T.failed_searches()
	check.equal({ ldap.searchRequest((connected { message(2, 5, result(50)) }), {}) }, { false, "Code: 50|Error: Insufficient access rights|Details: " })
	check.equal({ ldap.searchRequest((connected { entry, message(2, 5, result(4)) }), {}) }, { true,
		{ resultCode = 4, errorMessage = "", { objectName = "", attributes = { { "namingContexts", "dc=a", "dc=b" }, { "supportedLDAPVersion", "3" } } } } })
	check.equal({ ldap.searchRequest((connected {}), {}) }, { false, "TIMEOUT" })
	check.equal({ ldap.searchRequest((connected { "\x30\x84\xff\xff\xff\xff" }), {}) }, { false, "message too long" })
	check.equal({ ldap.searchRequest((connected { "\x30\x80" }), {}) }, { false, "not LDAP" })
end

function T.entries_without_end()
	local socket, log = connected({ entry:rep(100) }, "EOF", true)
	local status, entries = ldap.searchRequest(socket, {})
	check.equal({ status, #entries }, { true, 10000 })
	check.equal(log.received, 100)
end

function T.filters()
	local F = ldap.FILTER
	check.equal(ldap.createFilter { op = F.equalityMatch, obj = "cn", val = "x" }, "\xa3\7\4\2cn\4\1x")
	check.equal(ldap.createFilter { op = F._and, val = { { op = F.present, obj = "a" },
		{ op = F._not, val = { { op = F.present, obj = "b" } } } } }, "\xa0\8\x87\1a\xa2\3\x87\1b")
	check.equal(ldap.createFilter { op = F.substrings, obj = "cn", val = "x" }, "\xa4\9\4\2cn\x30\3\x81\1x")
	check.is_nil(ldap.createFilter "x")
end

function T.times_of_active_directory()
	check.equal(ldap.convertADTimeStamp "133478064000000000", "2023-12-23T12:00:00+00:00")
	check.equal(ldap.convertADTimeStamp "9223372036854775807", "9223372036854775807")
end

function T.any_bytes()
	check.fuzz(function(bytes)
		ldap.searchRequest((connected { bytes }), {})
		ldap.bindRequest((connected { bytes }), {})
		ldap.decodeMessage(bytes)
	end, { entry .. done, done, message(1, 1, result(0)) }, 2000)
end

return T
