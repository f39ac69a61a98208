-- Lists a host's TCP connections and UDP listeners as its SNMP agent knows them.
-- Example: portolan -sU -p161 --script snmp-netstat --script-args snmpcommunity=public 192.0.2.1

local nmap = require "nmap"
local shortport = require "shortport"
local snmp = require "snmp"

description = "Lists TCP connections and UDP listeners over SNMP (RFC 1213's tcpConnTable and udpTable)."
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

portrule = shortport.portnumber(161, "udp", { "open", "open|filtered" })

local lines_max = 500
local tcp_state, udp_address = "1.3.6.1.2.1.6.13.1.1", "1.3.6.1.2.1.7.5.1.1"

-- Both ends are in the name: a.b.c.d.port.e.f.g.h.port.
local function tcp_line(oid)
	local from, from_port, to, to_port = oid:sub(#tcp_state + 2):match(
		"^(%d+%.%d+%.%d+%.%d+)%.(%d+)%.(%d+%.%d+%.%d+%.%d+)%.(%d+)$")
	return from and string.format("  TCP  %-20s %s:%s", from .. ":" .. from_port, to, to_port)
end

local function udp_line(oid)
	local address, port = oid:sub(#udp_address + 2):match("^(%d+%.%d+%.%d+%.%d+)%.(%d+)$")
	return address and string.format("  UDP  %-20s *:*", address .. ":" .. port)
end

local function add_lines(lines, agent, base, line_of)
	local ok, values = agent:walk(base)
	for _, one in ipairs(ok and values or {}) do
		local line = line_of(one.oid)
		if line and #lines < lines_max then
			lines[#lines + 1] = line
		end
	end
end

action = function(host, port)
	local agent, lines = snmp.Helper:new(host, port), {}
	if not agent:connect() then
		return nil
	end
	add_lines(lines, agent, tcp_state, tcp_line)
	add_lines(lines, agent, udp_address, udp_line)
	agent:close()
	if #lines == 0 then
		return nil
	end
	nmap.set_port_state(host, port, "open")
	return "\n" .. table.concat(lines, "\n") .. "\n"
end
