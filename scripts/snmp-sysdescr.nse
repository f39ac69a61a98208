-- Shows what a host's SNMP agent says of the system, and how long it has been up.
-- Example: portolan -sU -p161 --script snmp-sysdescr --script-args snmpcommunity=public 192.0.2.1

local datetime = require "datetime"
local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"
local snmp = require "snmp"

description = "Shows the system's description and uptime that an SNMP agent tells."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.portnumber(161, "udp", { "open", "open|filtered" })

local name, uptime = "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.3.0"

local function report(community, seen)
	finding.report { id = "snmp-public-readable", title = "SNMP is readable with the community \"" .. community .. "\"",
		severity = "high", seen = "sysDescr: " .. seen:sub(1, 120),
		why = "Interfaces, routes, processes and users can be read by everybody; the community is sent in clear text.",
		remedy = "Use SNMPv3 with authPriv; otherwise choose another community and let in the managers' addresses only.",
		references = { "CWE-1392", "CWE-319" }, confidence = 1 }
end

action = function(host, port)
	local agent = snmp.Helper:new(host, port)
	if not agent:connect() then
		return nil
	end
	local ok, values = agent:get(nil, name)
	local _, ticks = agent:get(nil, uptime)
	agent:close()
	local text = ok and values[1] and values[1][1]
	if type(text) ~= "string" then
		return nil
	end
	nmap.set_port_state(host, port, "open")
	if agent.community == "public" or agent.community == "private" then
		report(agent.community, text)
	end
	ticks = type(ticks) == "table" and ticks[1] and math.tointeger(ticks[1][1])
	return ticks and string.format("%s\n  System uptime: %s (%d timeticks)", text,
		datetime.format_time(ticks // 100), ticks) or text
end
