-- Finds hosts of the local network that answer a ping to all of them.
-- Example: portolan --script broadcast-ping -e eth0 --script-args newtargets

local ipOps = require "ipOps"
local nmap = require "nmap"
local packet = require "packet"
local rand = require "rand"
local stdnse = require "stdnse"
local target = require "target"

description = "Sends ICMP echo requests to the broadcast address and lists who answers."
author = "portolan"
license = "same as portolan's"
categories = { "discovery", "safe", "broadcast" }

local probes_max, hosts_max, packets_max = 10, 1000, 5000

prerule = function()
	return nmap.is_privileged() and nmap.address_family() == "inet"
end

local function usable(interface)
	return interface.up == "up" and interface.link == "ethernet" and interface.address ~= nil and
		interface.mac ~= nil and not interface.address:find(":", 1, true)
end

-- The frames of as many requests as are wanted.
local function build(interface, id)
	local count = math.min(tonumber((stdnse.get_script_args "broadcast-ping.num_probes")) or 1, probes_max)
	local frames, everybody = {}, string.rep("\xff", 6)
	for sequence = 1, count do
		local one = packet.Frame:new()
		one:build_icmp_echo_request(id, sequence, rand.random_string(16), interface.mac, everybody,
			ipOps.ip_to_str(interface.address), "\xff\xff\xff\xff")
		one:build_ip_packet(nil, nil, nil, nil, nil, nil, nil,
			tonumber((stdnse.get_script_args "broadcast-ping.ttl")) or 64)
		frames[sequence] = one:build_ether_frame(everybody, interface.mac, packet.ETHER_TYPE_IPV4, one.buf)
	end
	return frames
end

local function send(interface, frames)
	local dnet = nmap.new_dnet()
	dnet:ethernet_open(interface.device)
	for _, bytes in ipairs(frames) do
		dnet:ethernet_send(bytes)
	end
	dnet:ethernet_close()
end

-- Who answered to our number until the time is over: {ip =, mac =} in that order.
local function listen(capture, id, timeout)
	local found, known, deadline = {}, {}, nmap.clock_ms() + timeout * 1000
	for _ = 1, packets_max do
		local left = math.floor(deadline - nmap.clock_ms())
		if left <= 0 or #found >= hosts_max then
			break
		end
		capture:set_timeout(left)
		local ok, _, link, network = capture:pcap_receive()
		local answer = ok and packet.Packet:new(network, #network)
		if answer and answer.icmp_type == 0 and answer.echo_id == id and
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
	capture:pcap_open(interface.device, 128, false, "dst host " .. interface.address .. " and icmp[icmptype]==icmp-echoreply")
	send(interface, build(interface, id))
	local timeout = stdnse.parse_timespec((stdnse.get_script_args "broadcast-ping.timeout")) or 3
	local found = listen(capture, id, math.min(timeout, 60))
	capture:pcap_close()
	return found
end

action = function()
	local lines = {}
	for _, interface in ipairs(stdnse.get_script_interfaces(usable)) do
		for _, host in ipairs(ask(interface)) do
			lines[#lines + 1] = string.format("IP: %s  MAC: %s", host.ip, stdnse.tohex(host.mac))
			if target.ALLOW_NEW_TARGETS then
				target.add(host.ip)
			end
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
