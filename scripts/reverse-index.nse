-- Lists at the end of a scan which hosts have each port open.
-- Example: portolan --script reverse-index --script-args reverse-index.mode=vertical 192.0.2.0/24

local ipOps = require "ipOps"
local nmap = require "nmap"
local outlib = require "outlib"
local stdnse = require "stdnse"

description = "Collects open ports and lists, behind all hosts, which of them have each port open."
author = "portolan"
license = "same as portolan's"
categories = { "safe" }

local key = "reverse-index"

hostrule = function() return true end
postrule = function() return nmap.registry[key] ~= nil end

local function collect(host)
	nmap.registry[key] = nmap.registry[key] or {}
	local ports = nmap.registry[key]
	for _, protocol in ipairs { "tcp", "udp", "sctp" } do
		local port = nmap.get_ports(host, nil, protocol, "open")
		while port do
			local name = string.format("%d/%s", port.number, protocol)
			ports[name] = ports[name] or { number = port.number, protocol = protocol, hosts = {} }
			local hosts = ports[name].hosts
			hosts[#hosts + 1] = host.ip
			port = nmap.get_ports(host, port, protocol, "open")
		end
	end
end

local function sorted(ports)
	local list = {}
	for name, port in pairs(ports) do
		port.name = name
		list[#list + 1] = port
	end
	table.sort(list, function(one, other)
		return one.number < other.number or one.number == other.number and one.protocol < other.protocol
	end)
	return list
end

local function summary()
	local result = stdnse.output_table()
	local vertical = stdnse.get_script_args "reverse-index.mode" == "vertical"
	for _, port in ipairs(sorted(nmap.registry[key])) do
		table.sort(port.hosts, function(one, other)
			return ipOps.compare_ip(one, "lt", other) or false
		end)
		result[port.name] = vertical and port.hosts or outlib.list_sep(port.hosts)
	end
	return #result > 0 and result or nil
end

-- Of a host nothing is said; behind the last one there is no host.
action = function(host)
	if host then
		collect(host)
		return nil
	end
	return summary()
end
