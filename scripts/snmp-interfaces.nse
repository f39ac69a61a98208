-- Lists a host's network interfaces as its SNMP agent knows them.
-- Example: portolan -sU -p161 --script snmp-interfaces --script-args snmpcommunity=public 192.0.2.1

local datafiles = require "datafiles"
local nmap = require "nmap"
local shortport = require "shortport"
local snmp = require "snmp"
local stdnse = require "stdnse"

description = "Lists network interfaces over SNMP: addresses, type, speed, state and traffic."
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

portrule = shortport.portnumber(161, "udp", { "open", "open|filtered" })

local interfaces_max = 200
local if_table, address_table = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.4.20.1"

-- Columns of ifTable (RFC 2863).
local columns = { [2] = "name", [3] = "kind", [5] = "speed", [6] = "mac", [8] = "state", [10] = "received",
	[16] = "sent" }

-- Of IANA's ifType registry.
local kinds = {
	[1] = "other", [6] = "ethernetCsmacd", [15] = "fddi", [18] = "ds1", [20] = "basicISDN", [22] =
	"propPointToPointSerial", [23] = "ppp", [24] = "softwareLoopback", [28] = "slip", [32] = "frameRelay",
	[37] = "atm", [39] = "sonet", [49] = "aal5", [53] = "propVirtual", [71] = "ieee80211", [94] = "adsl",
	[117] = "gigabitEthernet", [131] = "tunnel", [135] = "l2vlan", [136] = "l3ipvlan", [142] = "ipForward",
	[150] = "mplsTunnel", [161] = "ieee8023adLag", [166] = "mpls", [209] = "bridge", [244] = "wwanPP2",
}
local states = { "up", "down", "testing", "unknown", "dormant", "notPresent", "lowerLayerDown" }

local function read_interfaces(values)
	local list, by_index = {}, {}
	for _, one in ipairs(values) do
		local column, index = one.oid:match("%.(%d+)%.(%d+)$")
		local field = columns[tonumber(column)]
		if field and not by_index[index] and #list < interfaces_max then
			by_index[index] = { addresses = {} }
			list[#list + 1] = by_index[index]
		end
		if field and by_index[index] then
			by_index[index][field] = one.value
		end
	end
	return list, by_index
end

-- The address is the index of its table: column 2 has the interface's number, 3 the mask.
local function add_addresses(values, by_index)
	local masks, owners, order = {}, {}, {}
	for _, one in ipairs(values) do
		local column, address = one.oid:sub(#address_table + 2):match("^(%d+)%.([%d.]+)$")
		if column == "2" then
			owners[address] = tostring(one.value)
			order[#order + 1] = address
		elseif column == "3" then
			masks[address] = one.value
		end
	end
	for _, address in ipairs(order) do
		local interface = by_index[owners[address]]
		if interface then
			interface.addresses[#interface.addresses + 1] = { address, tostring(masks[address]) }
		end
	end
end

local function scaled(value, units, step, format)
	for i = #units, 1, -1 do
		if value >= step ^ i or i == 1 then
			return string.format(format, value / step ^ i, units[i])
		end
	end
end

local function number(value)
	return math.type(value) == "integer" and value >= 0 and value or 0
end

local function mac_line(mac)
	local vendor = datafiles.vendor_of(mac)
	return string.format("MAC address: %s (%s)", stdnse.tohex(mac), vendor or "Unknown")
end

local function describe(interface)
	local item = { name = (tostring(interface.name or "?"):gsub("\0+$", "")) }
	for _, pair in ipairs(interface.addresses) do
		item[#item + 1] = string.format("IP address: %s  Netmask: %s", pair[1], pair[2])
	end
	if type(interface.mac) == "string" and #interface.mac == 6 then
		item[#item + 1] = mac_line(interface.mac)
	end
	item[#item + 1] = string.format("Type: %s  Speed: %s", kinds[interface.kind] or tostring(interface.kind),
		scaled(number(interface.speed), { "Kbps", "Mbps", "Gbps" }, 1000, "%.0f %s"))
	item[#item + 1] = "Status: " .. (states[interface.state] or "unknown")
	local units = { "Kb", "Mb", "Gb" }
	item[#item + 1] = string.format("Traffic stats: %s sent, %s received",
		scaled(number(interface.sent), units, 1024, "%.2f %s"), scaled(number(interface.received), units, 1024, "%.2f %s"))
	return item
end

-- One table after the other: an agent with many interfaces answers for each value.
local function ask(host, port)
	local agent = snmp.Helper:new(host, port)
	if not agent:connect() then
		return nil
	end
	local values = {}
	for _, column in ipairs { 2, 3, 5, 6, 8, 10, 16 } do
		local ok, list = agent:walk(if_table .. "." .. column)
		if not ok then
			break
		end
		table.move(list, 1, #list, #values + 1, values)
	end
	local _, addresses = agent:walk(address_table)
	agent:close()
	return values, type(addresses) == "table" and addresses or {}
end

action = function(host, port)
	local values, addresses = ask(host, port)
	local interfaces, by_index = read_interfaces(values or {})
	if #interfaces == 0 then
		return nil
	end
	nmap.set_port_state(host, port, "open")
	add_addresses(addresses, by_index)
	local out = {}
	for i, interface in ipairs(interfaces) do
		out[i] = describe(interface)
	end
	return stdnse.format_output(true, out)
end
