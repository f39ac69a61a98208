-- Shows the NetBIOS names of a host, who is logged in, and its MAC address.
-- Example: portolan -sU -p137 --script nbstat 192.0.2.1

local datafiles = require "datafiles"
local netbios = require "netbios"
local nmap = require "nmap"
local stdnse = require "stdnse"

description = "Asks a host for its NetBIOS names (node status, RFC 1002)."
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

local function may_answer(host, number, protocol, states)
	local port = nmap.get_port_state(host, { number = number, protocol = protocol })
	return port and states[port.state]
end

hostrule = function(host)
	return may_answer(host, 137, "udp", { open = true, ["open|filtered"] = true }) or
		may_answer(host, 139, "tcp", { open = true }) or may_answer(host, 445, "tcp", { open = true })
end

local function mac_text(statistics)
	local mac = statistics:sub(1, 6)
	if #mac < 6 then
		return "<unknown>"
	end
	return string.format("%s (%s)", stdnse.tohex(mac), datafiles.vendor_of(mac) or "unknown")
end

local function name_lines(names)
	local lines = { "Names:" }
	for _, entry in ipairs(names) do
		lines[#lines + 1] = string.format("  %-20s Flags: %s", string.format("%s<%02x>", entry.name, entry.suffix),
			netbios.flags_to_string(entry.flags))
	end
	return lines
end

action = function(host)
	local ok, names, statistics = netbios.do_nbstat(host)
	if not ok then
		return nil
	end
	local _, server = netbios.get_server_name(host, names)
	local _, workstation = netbios.get_workstation_name(host, names)
	local _, user = netbios.get_user_name(host, names)
	local lines = { string.format("NetBIOS name: %s, NetBIOS user: %s, NetBIOS MAC: %s",
		server or workstation or "<unknown>", user or "<unknown>", mac_text(statistics)) }
	if nmap.verbosity() > 0 then
		table.move(name_lines(names), 1, #names + 1, 2, lines)
	end
	return table.concat(lines, "\n")
end
