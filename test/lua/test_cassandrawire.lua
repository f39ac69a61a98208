local bytestream = require "bytestream"
local check = require "check"
local fake = require "fake_server"
local wire = require "cassandrawire"

local T = {}

local function answer(opcode, body)
	return string.pack(">BBI2Bs4", 0x83, 0, 1, opcode, body)
end

local function open(answers)
	fake.serve(answers, "EOF")
	return bytestream.open(fake.host, fake.port(9042))
end

local supported = string.pack(">I2s2I2s2s2s2I2s2", 2, "COMPRESSION", 2, "snappy", "lz4", "CQL_VERSION", 1, "3.4.4")
local rows = string.pack(">I4I4I4s2s2s2I2s2I2I4s4s4", 2, 1, 2, "system", "local", "cluster_name", 13, "release_version", 13, 1,
	"Lab", "3.11.4")

function T.bytes_of_requests()
	check.equal(wire.buildFrame(wire.opcodes.OPTIONS), "\3\0\0\1\5\0\0\0\0")
	check.equal(wire.buildStartup(), "\3\0\0\1\1\0\0\0\22\0\1\0\11CQL_VERSION\0\5" .. "3.0.0")
	check.equal(wire.buildQuery "X", "\3\0\0\1\7\0\0\0\8\0\0\0\1X\0\1\0")
	check.equal(wire.buildCall "ab", "\0\0\0\15\x80\1\0\1\0\0\0\2ab\0\0\0\1\0")
end

function T.frames()
	local stream = open { answer(6, supported):sub(1, 12), answer(6, supported):sub(13) }
	check.equal({ wire.readFrame(stream) }, { 6, supported })
	check.equal({ wire.readFrame(open { "HTTP/1.1 400 Bad Request\r\n" }) }, { nil, "not CQL" })
	check.equal({ wire.readFrame(open { "\x83\0\0\1\6\xff\0\0\0" }) }, { nil, "not CQL" })
	check.equal({ wire.readFrame(open {}) }, { nil, "EOF" })
end

function T.what_is_supported()
	check.equal(wire.parseSupported(supported), { COMPRESSION = { "snappy", "lz4" }, CQL_VERSION = { "3.4.4" } })
	check.is_nil(wire.parseSupported(supported:sub(1, -2)))
	check.is_nil(wire.parseSupported "")
end

function T.rows_of_a_result()
	check.equal(wire.parseRows(rows), { { cluster_name = "Lab", release_version = "3.11.4" } })
	check.equal(wire.parseRows(rows:sub(1, -11) .. "\xff\xff\xff\xff"), { { cluster_name = "Lab" } })
	check.is_nil(wire.parseRows(rows:sub(1, -2)))
	check.is_nil(wire.parseRows "\0\0\0\1")
end

function T.errors_and_logins()
	check.equal(wire.parseError(string.pack(">I4s2", 10, "bad version")), { code = 10, message = "bad version" })
	check.equal(wire.parseAuthenticate(string.pack(">s2", "PasswordAuthenticator")), "PasswordAuthenticator")
	check.is_nil(wire.parseError "\0")
end

local reply = string.pack(">I4s4I4BI2s4B", 0x80010002, "describe_version", 1, 11, 0, "19.39.0", 0)

function T.calls_over_thrift()
	check.equal(wire.parseReply(reply, "describe_version"), "19.39.0")
	check.is_nil(wire.parseReply(reply, "describe_versio"))
	check.is_nil(wire.parseReply(reply:sub(1, -3), "describe_version"))
	check.equal(wire.call(open { string.pack(">s4", reply) }, "describe_version"), "19.39.0")
	check.equal({ wire.call(open { "HTTP/1.1" }, "describe_version") }, { nil, "not Thrift" })
end

function T.what_a_call_returns_or_refuses()
	local function refused(field, number)
		return string.pack(">s4", string.pack(">I4s4I4BI2", 0x80010002, "describe_keyspaces", 1, field, number) .. "\12\0\0\0\0\0")
	end
	check.is_true(wire.returns(open { refused(15, 0) }, "describe_keyspaces"))
	check.equal(wire.returns(open { refused(12, 1) }, "describe_keyspaces"), false)
	check.equal(wire.returns(open { "HTTP/1.1" }, "describe_keyspaces"), false)
end

function T.any_bytes()
	check.fuzz(function(bytes)
		wire.parseSupported(bytes)
		wire.parseRows(bytes)
		wire.parseError(bytes)
		wire.parseReply(bytes, "describe_version")
		wire.readFrame(open { bytes })
	end, { supported, rows, reply, answer(6, supported) }, 2000)
end

return T
