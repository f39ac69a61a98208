local check = require "check"
local ipOps = require "ipOps"
local packet = require "packet"

local T = {}

local function new(src, dst)
	local p = packet.Packet:new()
	p:ip_set_bin_src(ipOps.ip_to_str(src))
	p:ip_set_bin_dst(ipOps.ip_to_str(dst))
	return p
end

-- RFC 1071, 3.
function T.the_checksum_of_the_rfc()
	check.equal(packet.in_cksum "\0\1\xf2\3\xf4\xf5\xf6\xf7", ~0xddf2 & 0xffff)
	check.equal(packet.in_cksum "\1", 0xfeff)
	check.equal(packet.in_cksum "", 0xffff)
end

local function tcp_packet()
	local p = new("10.0.0.1", "10.0.0.2")
	p.tcp_sport, p.tcp_dport, p.tcp_seq, p.tcp_flags = 1234, 80, 0xfffffffe, packet.TH_SYN | packet.TH_ACK
	p.ip_id, p.ip_df, p.ip_ttl = 7, true, 9
	p:build_tcp_header("\2\4\5\xb4\1\1\4\2", "data")
	return p:build_ip_packet()
end

function T.tcp_built_is_tcp_parsed()
	local p = packet.Packet:new(tcp_packet())
	check.equal({ p.ip_v, p.ip_src, p.ip_dst, p.ip_id, p.ip_df, p.ip_ttl, p.ip_p, p.ip_len },
		{ 4, "10.0.0.1", "10.0.0.2", 7, true, 9, 6, 52 })
	check.equal({ p.tcp_sport, p.tcp_dport, p.tcp_seq, p.tcp_th_syn, p.tcp_th_ack, p.tcp_th_rst, p.tcp_hl },
		{ 1234, 80, 0xfffffffe, true, true, false, 7 })
	check.equal({ p:raw(p.tcp_data_offset, p.tcp_data_length) }, { "data" })
	check.equal(p.tcp_options[1], { type = 2, len = 4, data = "\5\xb4" })
	check.equal(#p.tcp_options, 4)
end

function T.checksums_verify()
	local bytes = tcp_packet()
	check.equal(packet.in_cksum(bytes:sub(1, 20)), 0)
	check.equal(packet.in_cksum("\10\0\0\1\10\0\0\2\0\6" .. string.pack(">I2", #bytes - 20) .. bytes:sub(21)), 0)
end

function T.changed_fields_get_new_checksums()
	local p = packet.Packet:new(tcp_packet())
	p:tcp_set_dport(443)
	p:ip_set_ttl(64)
	p:ip_set_bin_dst "\10\0\0\9"
	p:count_checksums()
	check.equal(packet.in_cksum(p.buf:sub(1, 20)), 0)
	check.equal(packet.in_cksum("\10\0\0\1\10\0\0\9\0\6" .. string.pack(">I2", #p.buf - 20) .. p.buf:sub(21)), 0)
	local again = packet.Packet:new(p.buf)
	check.equal({ again.tcp_dport, again.ip_ttl, again.ip_dst }, { 443, 64, "10.0.0.9" })
end

function T.udp_and_icmp()
	local p = new("10.0.0.1", "10.0.0.2")
	p.udp_sport, p.udp_dport = 53, 5353
	p:build_udp_header "hello"
	p = packet.Packet:new(p:build_ip_packet())
	check.equal({ p.udp_sport, p.udp_dport, p.udp_len, p:raw(p.udp_data_offset) }, { 53, 5353, 13, "hello" })
	p = new("10.0.0.1", "10.0.0.2")
	p:build_icmp_echo_request(5, 6, "ping")
	p = packet.Packet:new(p:build_ip_packet(nil, nil, nil, 4, 77, 2, 0, 9))
	check.equal({ p.icmp_type, p.icmp_code, p.echo_id, p.echo_seq, p.echo_data, p.icmp_payload },
		{ 8, 0, 5, 6, "ping", "\0\5\0\6ping" })
	check.equal({ p.ip_dsf, p.ip_id, p.ip_df, p.ip_ttl }, { 4, 77, true, 9 })
	check.equal(packet.in_cksum(p:raw(20)), 0)
end

function T.ipv6_with_extension_headers()
	local p = new("fe80::1", "fe80::2")
	p:build_icmpv6_header(packet.ICMP6_ECHO_REQUEST, 0, "\0\1\0\2x")
	local bytes = p:build_ipv6_packet()
	local plain = packet.Packet:new(bytes)
	check.equal({ plain.ip_v, plain.ip_src, plain.icmpv6_type, plain.icmpv6_payload }, { 6, "fe80::1", 128, "\0\1\0\2x" })
	local extended = bytes:sub(1, 6) .. "\0" .. bytes:sub(8, 40) .. "\58\0\1\4\0\0\0\0" .. bytes:sub(41)
	p = packet.Packet:new(extended)
	check.equal({ p.ip_p, p.ip_data_offset, p.icmpv6_type }, { 58, 48, 128 })
	p:count_checksums()
	check.equal(p.icmp_sum, string.unpack(">I2", bytes, 43))
end

function T.cut_off_packets_are_nil_or_partial()
	local bytes = tcp_packet()
	for length = 0, 47 do
		check.is_nil(packet.Packet:new(bytes:sub(1, length)))
	end
	local p = packet.Packet:new(bytes:sub(1, 30), 30, true)
	check.equal(p.ip_src, "10.0.0.1")
	check.is_nil(p.tcp_sport)
	check.is_nil(p:u16(29))
	check.equal(p:set_u16(29, 1), false)
end

function T.malformed_options_end_the_list()
	local p = packet.Packet:new()
	for options, count in pairs { ["\2\0\0\0"] = 0, ["\1\2\1\0"] = 1, ["\2\9\0\0"] = 0, ["\1\1\1\2"] = 3, ["\0\1\1\1"] = 1 } do
		p.buf = options
		check.equal(#p:tcp_parse_options(0, 4), count)
	end
end

function T.frames()
	check.equal(packet.mactobin "00:11:22:33:44:55", "\0\17\34\51\68\85")
	check.is_nil(packet.mactobin "00:11:22")
	check.is_nil(packet.Frame:new "short")
	local f = packet.Frame:new()
	local bytes = f:build_ether_frame("\1\1\1\1\1\1", "\2\2\2\2\2\2", packet.ETHER_TYPE_ARP, "payload")
	check.is_nil(packet.Frame:new(bytes))
	f = packet.Frame:new(bytes, true)
	check.equal({ f.mac_dst, f.mac_src, f.ether_type, f.buf }, { "\1\1\1\1\1\1", "\2\2\2\2\2\2", "\8\6", "payload" })
end

-- As scripts do it: fields, then layer by layer.
function T.an_echo_request_to_all_nodes()
	local f = packet.Frame:new()
	f.mac_src, f.mac_dst = "\2\17\34\51\68\85", packet.mactobin "33:33:00:00:00:01"
	f.ip_bin_src, f.ip_bin_dst = packet.mac_to_lladdr(f.mac_src), ipOps.ip_to_str "ff02::1"
	f.echo_id, f.echo_seq, f.echo_data = 5, 6, "hello"
	f:build_icmpv6_echo_request()
	f:build_icmpv6_header()
	f:build_ipv6_packet()
	f:build_ether_frame()
	local g = packet.Frame:new(f.frame_buf)
	check.equal({ g.ip_src, g.ip_dst, g.icmpv6_type, g.echo_id, g.echo_seq, g.echo_data, g.ether_type },
		{ "fe80::11:22ff:fe33:4455", "ff02::1", 128, 5, 6, "hello", packet.ETHER_TYPE_IPV6 })
	check.equal(f:count_ipv6_pseudoheader_cksum(), 0)
end

function T.built_and_parsed_at_random()
	check.seed(16)
	for _ = 1, 200 do
		local p, data = new("10.0.0.1", "10.255.0.2"), check.bytes(50)
		p.udp_sport, p.udp_dport = math.random(0, 65535), math.random(0, 65535)
		p:build_udp_header(data)
		local q = packet.Packet:new(p:build_ip_packet())
		check.equal({ q.udp_sport, q.udp_dport, q:raw(q.udp_data_offset) }, { p.udp_sport, p.udp_dport, data })
		check.equal(packet.in_cksum("\10\0\0\1\10\255\0\2\0\17" .. string.pack(">I2", q.udp_len) .. q:raw(20)), 0)
	end
end

function T.any_bytes_parse_or_give_nil()
	local p = new("fe80::1", "fe80::2")
	p:build_icmpv6_header(128, 0, "\0\1\0\2x")
	check.fuzz(function(bytes)
		packet.Packet:new(bytes)
		packet.Packet:new(bytes, #bytes, true)
		packet.Frame:new(bytes)
	end, { tcp_packet(), p:build_ipv6_packet() }, 2000)
end

function T.numbers_up_to_the_last_byte()
	local p = packet.Packet:new()
	p.buf = "\1\2\3\4"
	check.equal({ p:u8(3), p:u16(2), p:u32(0) }, { 4, 0x0304, 0x01020304 })
	check.is_nil(p:u8(4))
	check.is_nil(p:u8(-1))
	check.is_true(p:set_u16(2, 0xffff))
	check.equal(p.buf, "\1\2\255\255")
	p:set_raw(1, "x")
	check.equal(p.buf, "\1x\255\255")
end

function T.lengths_of_what_is_carried()
	local p = new("10.0.0.1", "10.0.0.2")
	p.udp_sport, p.udp_dport = 1, 2
	p:build_udp_header()
	check.equal(packet.Packet:new(p:build_ip_packet()).udp_data_length, 0)
	p = new("fe80::1", "fe80::2")
	p.tcp_sport, p.tcp_dport = 1, 2
	p:build_tcp_header("", "abc")
	local q = packet.Packet:new(p:build_ipv6_packet())
	check.equal({ q.ip_len, q.tcp_data_length, q:raw(q.tcp_data_offset) }, { 63, 3, "abc" })
	local routed = p.buf:sub(1, 6) .. "\43" .. p.buf:sub(8, 40) .. "\60\0" .. ("\0"):rep(6) .. "\6\0" .. ("\0"):rep(6) .. p.buf:sub(41)
	check.equal(packet.Packet:new(routed).tcp_dport, 2)
	check.is_nil(packet.Packet:new(p.buf:sub(1, 6) .. "\43" .. p.buf:sub(8, 40) .. "\6\255"))
end

return T
