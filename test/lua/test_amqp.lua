local amqp = require "amqp"
local check = require "check"
local fake = require "fake_server"

local T = {}

local function field(name, kind, bytes)
	return string.pack("s1", name) .. kind .. bytes
end

local function long(bytes)
	return string.pack(">s4", bytes)
end

local function start(properties)
	return "\0\10\0\10\0\9" .. long(properties) .. long "PLAIN AMQPLAIN" .. long "en_US"
end

local function frame(content)
	return string.pack(">BI2s4B", 1, 0, content, 0xce)
end

local properties = field("capabilities", "F", long(field("basic.nack", "t", "\1") .. field("none", "t", "\0"))) ..
	field("product", "S", long "RabbitMQ") .. field("version", "S", long "3.10.8") .. field("nodes", "I", "\0\0\0\3")

local function shake(answers, ...)
	local log = fake.serve(answers, ...)
	local client = amqp.AMQP:new(fake.host, fake.port(5672))
	assert(client:connect())
	local status, why = client:handshake()
	client:disconnect()
	return client, status, why, log
end

function T.a_server_says_what_it_is()
	local bytes = frame(start(properties))
	local client, status, _, log = shake { bytes:sub(1, 20), bytes:sub(21) }
	check.equal({ status, log.sent[1], log.closed }, { true, "AMQP\0\0\9\1", true })
	check.equal({ client:getServerProduct(), client:getServerVersion(), client:getProtocolVersion() },
		{ "RabbitMQ", "3.10.8", "0-9" })
	check.is_nil(client:getServerPlatform())
	check.equal(client:getServerProperties(), {
		{ name = "capabilities: ", "basic.nack: YES", "none: NO" }, "product: RabbitMQ", "version: 3.10.8", "nodes: 3",
		"mechanisms: PLAIN AMQPLAIN", "locales: en_US" })
end

function T.another_version_is_named()
	local _, status, why = shake { "AMQP\0\1\0\0" }
	check.equal({ status, why }, { false, "wants protocol 0.1.0.0" })
end

function T.strangers()
	local _, status, why = shake { "HTTP/1.1 400 Bad Request\r\n" }
	check.equal({ status, why }, { false, "not AMQP" })
	local client
	client, status, why = shake { frame(start(properties)):sub(1, -2) .. "x" }
	check.equal({ status, why, client:getProtocolVersion() }, { false, "not AMQP" })
	local _, silence, nothing, log = shake {}
	check.equal({ silence, nothing, log.received, log.closed, log.sent }, { false, "TIMEOUT", 1, true, { "AMQP\0\0\9\1" } })
end

function T.values_of_all_kinds()
	local all = field("a", "b", "\255") .. field("b", "B", "\255") .. field("c", "s", "\255\255") .. field("d", "i", "\255\255\255\255") ..
		field("e", "l", ("\255"):rep(8)) .. field("f", "D", "\2\0\0\1\0") .. field("g", "V", "") .. field("h", "A", long "t\1b\5") ..
		field("i", "d", string.pack(">d", 1.5))
	local values = {}
	for _, one in ipairs(amqp.parseStart(start(all)).properties) do
		values[one.name] = one.value
	end
	check.equal(values, { a = -1, b = 255, c = -1, d = 0xffffffff, e = -1, f = 2.56, g = false, h = { true, 5 }, i = 1.5 })
end

function T.deep_tables_end()
	local deep = ""
	for _ = 1, 20 do
		deep = field("x", "F", long(deep))
	end
	check.is_nil(amqp.parseStart(start(deep)))
	check.is_nil(amqp.parseStart(start(field("x", "?", ""))))
	check.is_nil(amqp.parseStart "\0\10\0\11\0\9")
end

function T.any_bytes()
	check.fuzz(function(bytes)
		local client, status = shake { bytes }
		if status then
			client:getServerProperties()
		end
		amqp.parseStart(bytes)
	end, { frame(start(properties)), start(properties) }, 2000)
end

return T
