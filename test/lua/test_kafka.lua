local check = require "check"
local fake = require "fake_server"
local kafka = require "kafka"

local T = {}

local versions = string.pack(">I2I4I2I2I2I2I2I2", 0, 2, 3, 0, 9, 18, 0, 3)
local metadata = string.pack(">I4i4s2i4i2", 1, 1, "10.0.0.9", 9092, -1) .. string.pack(">i4I4i2s2B", 1, 1, 0, "orders", 0) ..
	string.pack(">I4i2i4i4I4i4I4i4", 1, 0, 0, 1, 1, 1, 1, 1)

local function answer(correlation, bytes)
	return string.pack(">s4", string.pack(">I4", correlation) .. bytes)
end

local function connected(answers, ...)
	local log = fake.serve(answers, ...)
	local client = kafka.Client:new(fake.host, fake.port(9092))
	assert(client:connect())
	return client, log
end

function T.a_request_and_its_bytes()
	check.equal(kafka.buildRequest(18, 0, 7), "\0\0\0\x12\0\x12\0\0\0\0\0\7\0\8portolan")
end

function T.what_a_broker_says()
	local client, log = connected { answer(1, versions), answer(2, metadata):sub(1, 9), answer(2, metadata):sub(10) }
	check.equal(client:apiVersions(), { [3] = { min = 0, max = 9 }, [18] = { min = 0, max = 3 } })
	check.equal(client:metadata(), { brokers = { { id = 1, host = "10.0.0.9", port = 9092 } }, controller = 1, topics = { {
		code = 0, name = "orders", internal = false,
		partitions = { { code = 0, id = 0, leader = 1, replicas = { 1 }, in_sync = { 1 } } } } } })
	check.equal(log.sent[2]:sub(5, 12), "\0\3\0\1\0\0\0\2")
	check.equal(log.sent[2]:sub(-4), "\xff\xff\xff\xff")
end

function T.ways_to_log_in()
	local client = connected { answer(1, string.pack(">i2I4s2s2", 33, 2, "PLAIN", "SCRAM-SHA-256")) }
	check.equal(client:mechanisms(), { "PLAIN", "SCRAM-SHA-256" })
end

function T.strangers()
	check.equal({ (connected { "HTTP/1.1 400 Bad Request\r\n" }):apiVersions() }, { nil, "not Kafka" })
	check.equal({ (connected { answer(9, versions) }):apiVersions() }, { nil, "not Kafka" })
	check.equal({ (connected({}, "EOF")):metadata() }, { nil, "EOF" })
	check.is_nil((connected { answer(1, "\0\1\0\0\0\0") }):apiVersions())
end

function T.cut_off_answers_are_nil()
	for length = 0, #metadata - 1 do
		check.is_nil(kafka.parseMetadata(metadata:sub(1, length)))
	end
	for length = 0, #versions - 1 do
		check.is_nil(kafka.parseApiVersions(versions:sub(1, length)))
	end
	check.is_nil(kafka.parseHandshake(string.pack(">i2I4", 0, 0x7fffffff)))
end

function T.any_bytes()
	check.fuzz(function(bytes)
		kafka.parseApiVersions(bytes)
		kafka.parseMetadata(bytes)
		kafka.parseHandshake(bytes)
		connected { bytes }:apiVersions()
	end, { versions, metadata, answer(1, versions) }, 2000)
end

return T
