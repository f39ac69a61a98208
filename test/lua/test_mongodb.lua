local check = require "check"
local fake = require "fake_server"
local mongodb = require "mongodb"
local stub = require "stub"

local T = {}

local function connected(answers, ...)
	local log = fake.serve(answers, ...)
	local socket = stub.nmap.new_socket()
	socket:connect(fake.host, fake.port(27017))
	return socket, log
end

local function bson(document)
	return select(2, mongodb.toBson(document))
end

local function reply(document)
	local content = string.pack("<I4i8i4i4", 8, 0, 0, 1) .. bson(document)
	return string.pack("<I4I4I4I4", #content + 16, 9, 1, 1) .. content
end

local function msg(document)
	local content = "\0\0\0\0\0" .. bson(document)
	return string.pack("<I4I4I4I4", #content + 16, 9, 1, 2013) .. content
end

function T.a_document_and_its_bytes()
	check.equal(bson { { "isMaster", 1 } }, "\x13\0\0\0\x10isMaster\0\1\0\0\0\0")
	check.equal(bson { { "a", "x" }, { "b", true }, { "c", 1.5 }, { "d", { { "e", 1 << 40 } } } },
		"\x30\0\0\0\2a\0\2\0\0\0x\0\8b\0\1\1c\0\0\0\0\0\0\0\xf8\x3f\3d\0\x10\0\0\0\x12e\0\0\0\0\0\0\1\0\0\0\0")
	check.equal((mongodb.toBson "x"), false)
end

function T.documents_are_read_in_their_order()
	local _, got = mongodb.fromBson(bson { { "z", 1 }, { "a", { { "k", "v" } } }, { "f", 2.0 } })
	local names = {}
	for name in pairs(got) do
		names[#names + 1] = name
	end
	check.equal({ names, got.z, got.a.k, got.f }, { { "z", "a", "f" }, 1, "v", 2.0 })
end

function T.values_of_all_kinds()
	local content = "\4l\0\x13\0\0\0\x100\0\5\0\0\0\x0a1\0\x082\0\1\0\7o\0abcdefghijkl\5b\0\2\0\0\0\0xy" ..
		"\9t\0\1\0\0\0\0\0\0\0\x0br\0a+\0i\0\x11s\0\2\0\0\0\1\0\0\0"
	local _, got = mongodb.fromBson(string.pack("<I4", #content + 5) .. content .. "\0")
	check.equal({ got.l, got.o, got.b, got.t, got.r, got.s },
		{ { 5, "null", true }, "6162636465666768696a6b6c", "7879", 1, "/a+/i", "1.2" })
end

function T.arrays_of_scripts_begin_at_0()
	local list = "\4l\0\x13\0\0\0\x100\0\5\0\0\0\x0a1\0\x082\0\1\0"
	local _, got = mongodb.fromBson(string.pack("<I4", #list + 5) .. list .. "\0", 1, true)
	check.equal({ got.l[0], got.l[1], got.l[2], got.l[3] }, { 5, "null", true })
	local status, message = mongodb.listDbQuery()
	check.equal({ status, message:sub(13, 16) }, { true, "\xd4\7\0\0" })
end

function T.broken_documents()
	for _, bytes in ipairs { "", "\5\0\0", "\4\0\0\0\0", "\9\0\0\0\0", "\x0c\0\0\0\x10a\0\1\0\0\0", "\8\0\0\0\x99a\0\0" } do
		check.equal({ mongodb.fromBson(bytes) }, { false, "broken BSON" })
	end
	local deep = { { "x", 1 } }
	for _ = 1, 30 do
		deep = { { "x", deep } }
	end
	check.equal((mongodb.fromBson(bson(deep))), false)
end

function T.old_servers_are_asked_by_query()
	local socket, log = connected { reply { { "maxWireVersion", 5 } }, reply { { "version", "2.6.12" } } }
	local status, got = mongodb.buildInfo(socket)
	check.equal({ status, got.version }, { true, "2.6.12" })
	check.equal(log.sent[2]:sub(13, 36), "\xd4\7\0\0\0\0\0\0admin.$cmd\0\0\0\0\0\xff")
end

function T.new_servers_are_asked_by_msg()
	local socket, log = connected { reply { { "maxWireVersion", 17 } }, msg { { "version", "6.0.14" } } }
	local status, got = mongodb.buildInfo(socket)
	check.equal({ status, got.version }, { true, "6.0.14" })
	check.equal(log.sent[2]:sub(13), "\xdd\7\0\0\0\0\0\0\0" .. bson { { "buildInfo", 1 }, { "$db", "admin" } })
end

function T.what_needs_a_login_is_an_error()
	local socket = connected { reply { { "maxWireVersion", 17 } }, msg { { "errmsg", "requires authentication" }, { "code", 13 } } }
	local status, why, answer = mongodb.listDbs(socket)
	check.equal({ status, why, answer.code }, { false, "requires authentication", 13 })
end

function T.strangers()
	check.equal({ mongodb.isMaster((connected { "HTTP/1.1 400 Bad Request\r\n\r\n" })) }, { false, "not MongoDB" })
	check.equal({ mongodb.isMaster((connected {})) }, { false, "TIMEOUT" })
	check.equal({ mongodb.isMaster((connected { string.pack("<I4I4I4I4", 40, 1, 1, 7) .. ("x"):rep(24) })) },
		{ false, "not MongoDB" })
end

function T.answers_as_lines()
	local _, got = mongodb.fromBson(bson { { "ok", 1.0 }, { "a", { { "b", true } } } })
	check.equal(mongodb.queryResultToTable(got), { "ok = 1.0", "a", { "b = true" } })
end

function T.any_bytes()
	check.fuzz(function(bytes)
		mongodb.fromBson(bytes)
		mongodb.isMaster((connected { bytes }))
	end, { bson { { "a", "x" }, { "b", true }, { "c", 1.5 } }, reply { { "maxWireVersion", 5 }, { "d", { { "e", "f" } } } } }, 2000)
end

return T
