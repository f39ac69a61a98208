-- Tells how a host numbers its packets: whether it could serve as the zombie of an idle scan.
-- Example: portolan --script ipidseq 192.0.2.1

local finding = require "finding"
local nmap = require "nmap"
local packet = require "packet"
local rand = require "rand"
local stdnse = require "stdnse"

description = "Sends SYN packets to a port and classifies the IP identification of the answers."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

local probes, wait_ms, packets_max = 6, 1500, 30

-- A port that answers: an open one, else a closed one.
local function find_port(host)
	local wanted = tonumber((stdnse.get_script_args "ipidseq.probeport"))
	if wanted then
		return wanted
	end
	local port = nmap.get_ports(host, nil, "tcp", "open") or nmap.get_ports(host, nil, "tcp", "closed")
	return port and port.number
end

hostrule = function(host)
	return nmap.is_privileged() and nmap.address_family() == "inet" and host.bin_ip_src ~= nil and
		host.interface ~= nil and find_port(host) ~= nil
end

local function build(host, port, our_port)
	local one = packet.Packet:new()
	one.tcp_sport, one.tcp_dport, one.tcp_flags = our_port, port, 2
	one.tcp_seq = string.unpack(">I4", rand.random_string(4))
	one.ip_bin_src, one.ip_bin_dst = host.bin_ip_src, host.bin_ip
	one:build_tcp_header()
	return one:build_ip_packet(nil, nil, nil, nil, (string.unpack(">I2", rand.random_string(2))))
end

-- The identification of the answer to one of our ports; nil when none comes.
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
			return answer.ip_id
		end
	end
end

local function collect(host, port)
	local capture, dnet, list = nmap.new_socket(), nmap.new_dnet(), {}
	local first = 20000 + string.unpack(">I2", rand.random_string(2)) % 30000
	capture:pcap_open(host.interface, 128, false, string.format("tcp and src host %s and src port %d", host.ip, port))
	dnet:ip_open()
	for i = 1, probes do
		dnet:ip_send(build(host, port, first + i), host)
		list[#list + 1] = receive(capture, first + i)
	end
	dnet:ip_close()
	capture:pcap_close()
	return list
end

local function all(list, test)
	for i = 1, #list do
		if not test(list[i]) then
			return false
		end
	end
	return true
end

-- How far each number is behind the one before; they go round at 65536.
local function steps_of(list)
	local steps = {}
	for i = 2, #list do
		steps[i - 1] = (list[i] - list[i - 1]) & 0xffff
	end
	return steps
end

-- Of numbers whose bytes were turned round.
local function turned(list)
	local out = {}
	for i, id in ipairs(list) do
		out[i] = (id & 0xff) << 8 | id >> 8
	end
	return out
end

local function small(step)
	return step > 0 and step < 10
end

local function classify(list)
	local steps = steps_of(list)
	if all(list, function(id) return id == 0 end) then
		return "All zeros"
	elseif all(steps, function(step) return step == 0 end) then
		return "Constant"
	elseif all(steps, small) then
		return all(steps, function(step) return step % 2 == 0 end) and "Incremental by 2" or "Incremental!", true
	elseif all(steps_of(turned(list)), small) then
		return "Broken incremental!", true
	elseif all(steps, function(step) return step < 20000 end) then
		return "Random Positive Increments"
	end
	return "Randomized"
end

local function report(kind, list)
	finding.report { id = "ip-id-predictable", title = "The host numbers its packets in order", severity = "low",
		seen = kind .. " " .. table.concat(list, ", "),
		why = "Others can count how many packets it sends, and scan third hosts as if they were it (idle scan).",
		remedy = "Update the system's network stack, or let a firewall rewrite the identification (pf: `scrub random-id`).",
		references = { "CWE-330" }, confidence = 0.8 }
end

action = function(host)
	local list = collect(host, find_port(host))
	if #list < 3 then
		return nil
	end
	local kind, predictable = classify(list)
	if predictable then
		report(kind, list)
	end
	return kind
end
