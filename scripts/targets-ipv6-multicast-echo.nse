-- Finds IPv6 hosts of the local network by an echo request to all nodes.
-- Example: portolan -6 --script targets-ipv6-multicast-echo -e eth0 --script-args newtargets

local ipOps = require "ipOps"
local nmap = require "nmap"
local packet = require "packet"
local rand = require "rand"
local stdnse = require "stdnse"
local target = require "target"

description = "Sends an ICMPv6 echo request to ff02::1 on each interface and lists who answers."
author = "portolan"
license = "same as portolan's"
categories = { "discovery", "broadcast" }

local hosts_max, packets_max, wait_ms = 1000, 5000, 3000
local all_nodes = "\xff\2" .. string.rep("\0", 13) .. "\1"

prerule = function()
	return nmap.is_privileged()
end

local function usable(interface)
	return interface.up == "up" and interface.link == "ethernet" and interface.mac ~= nil and
		interface.address ~= nil and ipOps.ip_in_range(interface.address, "fe80::/10") == true
end

local function send(interface, id)
	local one = packet.Frame:new()
	local mac = "\x33\x33\0\0\0\1"
	one:build_icmpv6_echo_request(id, 1, rand.random_string(16), interface.mac, mac,
		ipOps.ip_to_str(interface.address), all_nodes)
	one:build_ipv6_packet(nil, nil, packet.IPPROTO_ICMPV6)
	local dnet = nmap.new_dnet()
	dnet:ethernet_open(interface.device)
	dnet:ethernet_send(one:build_ether_frame(mac, interface.mac, packet.ETHER_TYPE_IPV6, one.buf))
	dnet:ethernet_close()
end

local function listen(capture, id)
	local found, known, deadline = {}, {}, nmap.clock_ms() + wait_ms
	for _ = 1, packets_max do
		local left = math.floor(deadline - nmap.clock_ms())
		if left <= 0 or #found >= hosts_max then
			break
		end
		capture:set_timeout(left)
		local ok, _, link, network = capture:pcap_receive()
		local answer = ok and packet.Packet:new(network, #network)
		if answer and answer.icmpv6_type == packet.ICMP6_ECHO_REPLY and answer.echo_id == id and
			not known[answer.ip_src] then
			known[answer.ip_src] = true
			found[#found + 1] = { ip = answer.ip_src, mac = link:sub(7, 12) }
		end
	end
	return found
end

local function ask(interface)
	local id = string.unpack(">I2", rand.random_string(2))
	local capture = nmap.new_socket()
	capture:pcap_open(interface.device, 128, false, "ip6 and icmp6 and ip6[40:1] == 129")
	send(interface, id)
	local found = listen(capture, id)
	capture:pcap_close()
	return found
end

-- Targets within one network only need to be told apart by its interface.
local function add_target(address, interface)
	if target.ALLOW_NEW_TARGETS then
		local is_local = ipOps.ip_in_range(address, "fe80::/10")
		target.add(is_local and address .. "%" .. interface.shortname or address)
	end
end

action = function()
	local lines = {}
	for _, interface in ipairs(stdnse.get_script_interfaces(usable)) do
		for _, host in ipairs(ask(interface)) do
			lines[#lines + 1] = string.format("IP: %s  MAC: %s  IFACE: %s", host.ip, stdnse.tohex(host.mac),
				interface.device)
			add_target(host.ip, interface)
		end
	end
	if #lines == 0 then
		return nil
	end
	table.sort(lines)
	if not target.ALLOW_NEW_TARGETS then
		lines[#lines + 1] = "Use --script-args=newtargets to add the results as targets"
	end
	return stdnse.format_output(true, lines)
end
