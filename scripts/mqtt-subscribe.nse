local mqtt = require "mqtt"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Listens to an MQTT broker for a while and shows the last message of each topic.
]]

-- @usage portolan --script mqtt-subscribe -p 1883 --script-args mqtt-subscribe.listen-time=10s TARGET
-- @output
-- | mqtt-subscribe:
-- |   Topics and their most recent payloads:
-- |     $SYS/broker/uptime: 11 seconds
-- |_    $SYS/broker/version: mosquitto version 2.0.11
--
-- @args mqtt-subscribe.topic       a filter, or a list of them ("$SYS/#" and "#")
-- @args mqtt-subscribe.listen-time how long (5s)
-- @args mqtt-subscribe.listen-msgs how many messages at most (100; 0: no limit but the time)
-- @args mqtt-subscribe.client-id, .username, .password, .protocol-level, .protocol-name

author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe", "version" }

portrule = shortport.version_port_or_service({ 1883, 8883 }, { "mqtt", "secure-mqtt" }, "tcp")

local messages_max, payload_max = 10000, 4096

local function argument(name)
	return stdnse.get_script_args(SCRIPT_NAME .. "." .. name)
end

local function filters()
	local topics = argument "topic" or { "$SYS/#", "#" }
	return type(topics) == "table" and topics or { topics }
end

local function connect(host, port)
	local helper = mqtt.Helper:new(host, port, { most = 8388608, seconds = 600 })
	local status, response = helper:connect {
		client_id = argument "client-id", username = argument "username",
		password = argument "password", protocol_level = tonumber(argument "protocol-level"),
		protocol_name = argument "protocol-name",
	}
	return status and helper or nil, response
end

-- The last payload of each topic.
local function listen(helper)
	local seconds = math.min(stdnse.parse_timespec(argument "listen-time" or "5s") or 5, 600)
	local most = tonumber(argument "listen-msgs") or 100
	most = most > 0 and math.min(most, messages_max) or messages_max
	local topics, ends = stdnse.output_table(), nmap.clock() + seconds
	local count = 0
	while count < most and nmap.clock() < ends do
		local status, message = helper:receive({ "PUBLISH" }, ends - nmap.clock())
		if not status then
			break
		end
		count = count + 1
		topics[message.topic] = message.payload:sub(1, payload_max)
	end
	return topics, count
end

-- What a broker's own topic says of it.
local function set_version(host, port, text)
	local product, version = (text or ""):match "^(%S+) version (%S+)"
	if product then
		port.version = port.version or {}
		port.version.name = "mqtt"
		port.version.product, port.version.version = text, nil
		if product == "mosquitto" then
			port.version.product, port.version.version = "Eclipse Mosquitto", version
		end
		nmap.set_port_version(host, port)
	end
end

function action(host, port)
	local helper, response = connect(host, port)
	if not helper then
		return nil
	elseif not response.accepted then
		helper:close()
		local text = "Connection rejected: " .. response.reason
		return { ERROR = text }, text
	end
	local topics, count = {}, 0
	if helper:request("SUBSCRIBE", { filters = filters() }) then
		topics, count = listen(helper)
	end
	helper:close()
	if count == 0 then
		return nil
	end
	set_version(host, port, topics["$SYS/broker/version"])
	local out = stdnse.output_table()
	out["Topics and their most recent payloads"] = topics
	return out
end
