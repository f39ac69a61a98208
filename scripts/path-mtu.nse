-- Finds out how large a packet may be on the way to a host.
-- Example: portolan --script path-mtu 192.0.2.1

local nmap = require "nmap"
local packet = require "packet"
local rand = require "rand"
local stdnse = require "stdnse"

description = "Sends packets that may not be fragmented (RFC 1191), ever smaller, until one is answered."
author = "portolan"
license = "same as portolan's"
categories = { "safe", "discovery" }

-- Sizes that networks have, largest first.
local plateaus = { 65535, 17914, 9000, 8166, 4464, 4352, 2002, 1500, 1492, 1480, 1472, 1454, 1400, 1280, 1006, 576,
	508, 296, 68 }
local tries_max, wait_ms, packets_max = 25, 1500, 30

local function find_port(host)
	local port = nmap.get_ports(host, nil, "tcp", "open") or nmap.get_ports(host, nil, "tcp", "closed")
	return port and port.number
end

hostrule = function(host)
	return nmap.is_privileged() and nmap.address_family() == "inet" and host.bin_ip_src ~= nil and
		host.interface ~= nil and (host.interface_mtu or 0) > 0 and find_port(host) ~= nil
end

-- An ACK of that size with zeros; whoever gets it answers with a reset.
local function build(host, port, our_port, size)
	local one = packet.Packet:new()
	one.tcp_sport, one.tcp_dport, one.tcp_flags = our_port, port, 16
	one.tcp_seq, one.tcp_ack = string.unpack(">I4I4", rand.random_string(8))
	one.ip_bin_src, one.ip_bin_dst = host.bin_ip_src, host.bin_ip
	one:build_tcp_header(nil, string.rep("\0", math.max(size - 40, 0)))
	return one:build_ip_packet(nil, nil, nil, nil, string.unpack(">I2", rand.random_string(2)), 2)
end

-- true: it arrived; a number: the size that a router told; nil: neither.
local function receive(capture, our_port)
	local deadline = nmap.clock_ms() + wait_ms
	for _ = 1, packets_max do
		local left = math.floor(deadline - nmap.clock_ms())
		if left <= 0 then
			return nil
		end
		capture:set_timeout(left)
		local ok, _, _, network = capture:pcap_receive()
		local answer = ok and packet.Packet:new(network, #network)
		if answer and answer.tcp_dport == our_port then
			return true
		elseif answer and answer.icmp_type == 3 and answer.icmp_code == 4 and #answer.icmp_payload >= 28 and
			string.unpack(">I2", answer.icmp_payload, 25) == our_port then
			return (string.unpack(">I2", answer.icmp_payload, 3))
		end
	end
end

local function smaller_than(size)
	for _, plateau in ipairs(plateaus) do
		if plateau < size then
			return plateau
		end
	end
end

-- What a router tells is taken if it is smaller than what was sent.
local function next_size(told, size)
	if type(told) == "number" and told >= 68 and told < size then
		return told
	end
	return smaller_than(size)
end

local function discover(host, port, capture, dnet)
	local size = math.min(host.interface_mtu, 65535)
	local first = 20000 + string.unpack(">I2", rand.random_string(2)) % 30000
	for try = 1, tries_max do
		if not size then
			return nil
		end
		dnet:ip_send(build(host, port, first + try, size), host)
		local told = receive(capture, first + try)
		if told == true then
			return size
		end
		stdnse.debug2("%d bytes did not arrive", size)
		size = next_size(told, size)
	end
end

action = function(host)
	local port, capture, dnet = find_port(host), nmap.new_socket(), nmap.new_dnet()
	capture:pcap_open(host.interface, 256, false, string.format("(tcp and src host %s and src port %d) or "
		.. "(icmp[icmptype]==icmp-unreach and icmp[icmpcode]==4)", host.ip, port))
	dnet:ip_open()
	local size = discover(host, port, capture, dnet)
	dnet:ip_close()
	capture:pcap_close()
	return size and "PMTU == " .. size or nil
end
