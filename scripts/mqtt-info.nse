local finding = require "finding"
local mqtt = require "mqtt"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows whether an MQTT broker lets anybody in, and what its own topics say of it: version,
uptime, clients.
]]

-- @usage portolan --script mqtt-info -p 1883 TARGET
-- @output
-- | mqtt-info:
-- |   Protocol: 3.1.1
-- |   Anonymous: yes
-- |   version: mosquitto version 2.0.11
-- |   uptime: 11 seconds
-- |_  clients/connected: 3

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 1883, 8883 }, { "mqtt", "secure-mqtt" })

-- Topics of the broker, below "$SYS/broker/".
local wanted = { "version", "timestamp", "uptime", "clients/connected", "clients/total", "subscriptions/count" }
local root = "$SYS/broker/"
local seconds_max = 3

local function ask(helper)
	local filters, known, left = {}, {}, #wanted
	for i, name in ipairs(wanted) do
		filters[i] = root .. name
	end
	local ends = nmap.clock() + seconds_max
	local status = helper:request("SUBSCRIBE", { filters = filters })
	while status and left > 0 and nmap.clock() < ends do
		local message
		status, message = helper:receive({ "PUBLISH" }, ends - nmap.clock())
		local name = status and message.topic:match "^%$SYS/broker/(.*)$"
		if name and not known[name] then
			known[name], left = message.payload:sub(1, 200), left - 1
		end
	end
	return known
end

local function report(response, known, tls)
	if response.accepted then
		finding.report {
			id = "mqtt-anonymous", title = "MQTT broker without a login", severity = "high",
			seen = "CONNECT without a user was accepted" .. (known.version and "; " .. known.version or ""),
			why = "Anybody who reaches the port reads all messages and may send his own, also to machines that obey them.",
			remedy = "Set allow_anonymous false and a password_file (Mosquitto), and access rules for topics.",
			references = { "CWE-306" },
		}
	elseif not tls and (response.return_code == 4 or response.return_code == 5) then
		finding.report {
			id = "mqtt-clear-text-login", title = "MQTT takes passwords in clear text", severity = "medium",
			seen = "a user is wanted (" .. response.reason .. ") on a connection without TLS",
			why = "Who listens on the path reads passwords and messages.",
			remedy = "Let clients connect by TLS only (listener 8883 with certfile and keyfile).",
			references = { "CWE-319", "CWE-522" },
		}
	end
end

function action(host, port)
	local helper = mqtt.Helper:new(host, port)
	local status, response = helper:connect {}
	if not status then
		return nil
	end
	local known = response.accepted and ask(helper) or {}
	helper:close()
	report(response, known, helper.stream.tls)
	local out = stdnse.output_table()
	out["Protocol"] = "3.1.1"
	out["Anonymous"] = response.accepted and "yes" or "no"
	if not response.accepted then
		out["Reason"] = response.reason
	end
	for _, name in ipairs(wanted) do
		out[name] = known[name]
	end
	return out
end
