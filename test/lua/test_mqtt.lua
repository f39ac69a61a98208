local check = require "check"
local fake = require "fake_server"
local mqtt = require "mqtt"

local T = {}
local MQTT = mqtt.MQTT

local function connected(answers, ...)
	local log = fake.serve(answers, ...)
	local helper = mqtt.Helper:new(fake.host, fake.port(1883))
	local status, response = helper:connect { client_id = "lab" }
	return helper, status, response, log
end

local accepted = "\x20\2\0\0"
local version = "\x31\x1a\0\x13$SYS/broker/version2.0.1"

function T.a_connect_and_its_bytes()
	check.equal(MQTT.packet.CONNECT.build { client_id = "lab" }, "\x10\x0f\0\4MQTT\4\2\0\x1e\0\3lab")
	check.equal(MQTT.packet.CONNECT.build { protocol_level = 3, username = "u", password = "p" },
		"\x10\x14\0\6MQIsdp\3\xc2\0\x1e\0\0\0\1u\0\1p")
end

function T.accepted_or_not()
	local helper, status, response, log = connected { accepted }
	check.equal({ status, response.accepted, response.reason }, { true, true, "Connection Accepted" })
	helper:close()
	check.equal({ log.sent[2], log.closed }, { "\xe0\0", true })
	local _
	_, status, response = connected { "\x20\2\0\5" }
	check.equal({ status, response.accepted, response.reason }, { true, false, "Not Authorized" })
	_, status, response = connected { "\x20\2\0\99" }
	check.equal(response.reason, "Unknown")
end

function T.topics_and_payloads()
	local helper, _, _, log = connected { accepted, "\x90\3\0\1\0" .. version:sub(1, 9), version:sub(10) }
	check.equal({ helper:request("SUBSCRIBE", { filters = { "$SYS/#", { filter = "a", qos = 1 } } }, "SUBACK") },
		{ true, { type = "SUBACK", packet_id = 1, codes = { 0 } } })
	check.equal(log.sent[2], "\x82\x0f\0\1\0\6$SYS/#\0\0\1a\1")
	check.equal({ helper:receive({ "PUBLISH" }, 1) },
		{ true, { type = "PUBLISH", topic = "$SYS/broker/version", payload = "2.0.1", qos = 0, retain = true } })
	check.equal({ helper:receive({ "PUBLISH" }, 1) }, { false, "TIMEOUT" })
end

function T.lengths()
	for length, bytes in pairs { [0] = "\0", [127] = "\127", [128] = "\128\1", [2097152] = "\128\128\128\1" } do
		check.equal(MQTT.length_build(length), bytes)
		check.equal({ MQTT.length_parse(bytes) }, { length, #bytes + 1 })
	end
	check.is_nil(MQTT.length_parse "\128\128\128\128\1")
	check.is_nil(MQTT.length_parse "\128")
end

function T.packets_with_an_identifier()
	check.equal(MQTT.parse(0x32, "\0\1t\0\7payload").payload, "payload")
	check.is_nil(MQTT.parse(0x30, "\0\9t"))
	check.equal(MQTT.parse(0xd0, "").type, "PINGRESP")
end

function T.strangers()
	local _, status, why = connected { "HTTP/1.1 400 Bad Request\r\n" }
	check.equal({ status, why }, { false, "TIMEOUT" })
	_, status, why = connected { "\x20\255\255\255\255" }
	check.equal({ status, why }, { false, "not MQTT" })
	_, status, why = connected { "\x20\1\0" }
	check.equal({ status, why }, { false, "not MQTT" })
	local helper = mqtt.Helper:new(fake.host, fake.port(1))
	check.equal({ helper:request "PINGREQ" }, { false, "no such request" })
end

function T.packets_too_long_to_keep()
	local _, status, why = connected { "\x30\xff\xff\x3f" }
	check.equal({ status, why }, { false, "not MQTT" })
end

function T.other_packets_without_end()
	local _, status, why, log = connected({ ("\xd0\0"):rep(1000) }, "EOF", true)
	check.equal({ status, why }, { false, "too many packets" })
	check.is_true(log.received < 20)
end

function T.any_bytes()
	check.fuzz(function(bytes)
		local helper = connected { bytes }
		helper:receive({ "PUBLISH" }, 1)
	end, { accepted .. version, version, "\x90\3\0\1\0" }, 1500)
end

return T
