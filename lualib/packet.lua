--- packet: headers of Ethernet, IPv4 (RFC 791), IPv6 (RFC 8200), TCP (RFC 9293),
-- UDP (RFC 768), ICMP (RFC 792) and ICMPv6 (RFC 4443): parsed into the fields of
-- a Packet, and built from them.
-- p = packet.Packet:new(bytes) reads an IP packet; fields that are not there
-- (cut off, another protocol) are nil. `ip_bin_src` and the like are bytes,
-- `ip_src` text. Offsets (`tcp_offset`) count from 0, as in the RFCs.

local ipOps = require "ipOps"
local strict = require "strict"
local ipairs, math, setmetatable, string, tonumber = ipairs, math, setmetatable, string, tonumber

local M = {}

M.ETHER_TYPE_IPV4 = "\x08\x00"
M.ETHER_TYPE_IPV6 = "\x86\xdd"
M.ETHER_TYPE_ARP = "\x08\x06"

M.IPPROTO_IP = 0
M.IPPROTO_HOPOPTS = 0
M.IPPROTO_ICMP = 1
M.IPPROTO_IGMP = 2
M.IPPROTO_TCP = 6
M.IPPROTO_UDP = 17
M.IPPROTO_ROUTING = 43
M.IPPROTO_FRAGMENT = 44
M.IPPROTO_ICMPV6 = 58
M.IPPROTO_DSTOPTS = 60
M.IPPROTO_SCTP = 132

M.ICMP_ECHO_REQUEST = 8
M.ICMP_ECHO_REPLY = 0
M.ICMP_DEST_UNREACH = 3
M.ICMP_TIME_EXCEEDED = 11

M.ICMP6_ECHO_REQUEST = 128
M.ICMP6_ECHO_REPLY = 129

M.TH_FIN, M.TH_SYN, M.TH_RST, M.TH_PUSH = 0x01, 0x02, 0x04, 0x08
M.TH_ACK, M.TH_URG, M.TH_ECE, M.TH_CWR = 0x10, 0x20, 0x40, 0x80

--- The Internet checksum (RFC 1071) of bytes.
function M.in_cksum(bytes)
	local sum = 0
	for at = 1, #bytes - 1, 2 do
		sum = sum + string.unpack(">I2", bytes, at)
	end
	if #bytes % 2 == 1 then
		sum = sum + (bytes:byte(#bytes) << 8)
	end
	while sum > 0xffff do
		sum = (sum & 0xffff) + (sum >> 16)
	end
	return ~sum & 0xffff
end

--- Bytes of big-endian numbers.
function M.numtostr8(number)
	return string.pack("B", number)
end

function M.numtostr16(number)
	return string.pack(">I2", number)
end

function M.numtostr32(number)
	return string.pack(">I4", number)
end

--- A MAC address in text as bytes; nil if it is none.
function M.mactobin(text)
	if not text:match("^%x%x:%x%x:%x%x:%x%x:%x%x:%x%x$") then
		return nil
	end
	return (text:gsub("(%x%x):?", function(digits) return string.char(tonumber(digits, 16)) end))
end

--- The link-local address (bytes) that a MAC address (bytes) makes: RFC 4291, A.
function M.mac_to_lladdr(mac)
	return "\xfe\x80\0\0\0\0\0\0" .. string.char(mac:byte() ~ 2) .. mac:sub(2, 3) .. "\xff\xfe" .. mac:sub(4, 6)
end

-- Ethernet -----------------------------------------------------------------------

local frame = {}
M.Frame = frame

--- A frame: mac_dst, mac_src, ether_type, and its payload in buf, which is read as
-- Packet:new does. It has the methods of a Packet. Without bytes: one to be built.
-- nil if there is no whole Ethernet header, or (but with `force`) no whole packet.
function frame.new(class, bytes, force)
	local self = setmetatable({ frame_buf = bytes, buf = "", packet_len = 0 }, { __index = class })
	if bytes == nil then
		return self
	end
	local whole = self:ether_parse() and self:ip_parse() and self:parse_transport()
	if not whole and not (force and self.ether_type) then
		return nil
	end
	return self
end

function frame:ether_parse()
	local bytes = self.frame_buf or ""
	if #bytes < 14 then
		return false
	end
	self.mac_dst, self.mac_src = bytes:sub(1, 6), bytes:sub(7, 12)
	self.ether_type = bytes:sub(13, 14)
	self.buf = bytes:sub(15)
	self.packet_len = #self.buf
	return true
end

--- The bytes of a frame; `payload` is the frame's own unless given.
function frame:build_ether_frame(mac_dst, mac_src, ether_type, payload)
	self.mac_dst, self.mac_src = mac_dst or self.mac_dst, mac_src or self.mac_src
	self.ether_type, self.buf = ether_type or self.ether_type, payload or self.buf or ""
	self.frame_buf = self.mac_dst .. self.mac_src .. self.ether_type .. self.buf
	return self.frame_buf
end

-- Packets ------------------------------------------------------------------------

local packet = {}
M.Packet = packet
setmetatable(frame, { __index = packet })

-- Numbers at an offset (from 0); nil behind the end.
local function reader(format, size)
	return function(self, offset)
		if offset < 0 or offset + size > #self.buf then
			return nil
		end
		return (string.unpack(format, self.buf, offset + 1))
	end
end

packet.u8 = reader("B", 1)
packet.u16 = reader(">I2", 2)
packet.u32 = reader(">I4", 4)

local function writer(format, size)
	return function(self, offset, number)
		if offset < 0 or offset + size > #self.buf then
			return false
		end
		self.buf = self.buf:sub(1, offset) .. string.pack(format, number) .. self.buf:sub(offset + size + 1)
		return true
	end
end

packet.set_u8 = writer("B", 1)
packet.set_u16 = writer(">I2", 2)
packet.set_u32 = writer(">I4", 4)

--- The bytes from an offset on: `length` of them, or all.
function packet:raw(offset, length)
	return self.buf:sub(offset + 1, length and offset + length or -1)
end

function packet:set_raw(offset, bytes)
	self.buf = self.buf:sub(1, offset) .. bytes .. self.buf:sub(offset + #bytes + 1)
	self.packet_len = #self.buf
end

function packet:ip4_header_parse()
	if #self.buf < 20 then
		return false
	end
	local first, tos, length, id, offset, ttl, protocol, sum = string.unpack(">BBI2I2I2BBI2", self.buf)
	self.ip_v, self.ip_hl, self.ip_len, self.ip_id = first >> 4, first & 15, length, id
	self.ip_tos, self.ip_dsf, self.ip_flags = tos, tos, offset >> 13
	self.ip_off, self.ip_rf, self.ip_df = offset & 0x1fff, offset & 0x8000 ~= 0, offset & 0x4000 ~= 0
	self.ip_mf, self.ip_ttl, self.ip_p, self.ip_sum = offset & 0x2000 ~= 0, ttl, protocol, sum
	self.ip_offset, self.ip_data_offset = 0, self.ip_hl * 4
	self.ip_bin_src, self.ip_bin_dst = self:raw(12, 4), self:raw(16, 4)
	return self.ip_hl >= 5 and self.ip_data_offset <= #self.buf
end

-- The extension headers that have another one behind: RFC 8200, 4.
local function extension_length(self, protocol, offset)
	if protocol == M.IPPROTO_FRAGMENT then
		return 8
	elseif protocol == M.IPPROTO_HOPOPTS or protocol == M.IPPROTO_ROUTING or protocol == M.IPPROTO_DSTOPTS then
		local units = self:u8(offset + 1)
		return units and (units + 1) * 8
	end
	return nil
end

function packet:ip6_header_parse()
	if #self.buf < 40 then
		return false
	end
	local first, length, following, hops = string.unpack(">I4I2BB", self.buf)
	self.ip_v, self.ip6_tc, self.ip6_fl = first >> 28, first >> 20 & 255, first & 0xfffff
	self.ip6_plen, self.ip6_nhdr, self.ip6_hlimt = length, following, hops
	self.ip_len, self.ip_ttl, self.ip_off, self.ip_mf = length + 40, hops, 0, false
	self.ip_bin_src, self.ip_bin_dst = self:raw(8, 16), self:raw(24, 16)
	local offset, skip = 40, extension_length(self, following, 40)
	while skip and offset + skip <= #self.buf do
		following, offset = self:u8(offset), offset + skip
		skip = extension_length(self, following, offset)
	end
	self.ip_p, self.ip_data_offset = following, offset
	return skip == nil
end

--- Reads the IP header; false if there is none that is whole.
function packet:ip_parse()
	local version = self:u8(0)
	version = version and version >> 4
	local whole = false
	if version == 4 then
		whole = self:ip4_header_parse()
	elseif version == 6 then
		whole = self:ip6_header_parse()
	end
	if whole then
		self.ip_src, self.ip_dst = ipOps.str_to_ip(self.ip_bin_src), ipOps.str_to_ip(self.ip_bin_dst)
	end
	return whole
end

local flag_names = { "fin", "syn", "rst", "push", "ack", "urg", "ece", "cwr" }

--- The options of a TCP header: {type =, len =, data =} each; what is malformed
-- ends the list.
function packet:tcp_parse_options(offset, length)
	local list, last = {}, math.min(offset + length, #self.buf)
	while offset < last do
		local kind, size = self:u8(offset), 1
		if kind > 1 then
			size = offset + 1 < last and self:u8(offset + 1) or 0
			if size < 2 or offset + size > last then
				break
			end
		end
		list[#list + 1] = { type = kind, len = size, data = self:raw(offset + 2, math.max(size - 2, 0)) }
		offset = kind == 0 and last or offset + size
	end
	return list
end

function packet:tcp_parse()
	local offset = self.ip_data_offset
	if #self.buf < offset + 20 then
		return false
	end
	local sport, dport, seq, ack, length, flags, window, sum, urgent = string.unpack(">I2I2I4I4BBI2I2I2", self.buf, offset + 1)
	self.tcp_offset, self.tcp_sport, self.tcp_dport, self.tcp_seq, self.tcp_ack = offset, sport, dport, seq, ack
	self.tcp_hl, self.tcp_x2, self.tcp_flags = length >> 4, length & 15, flags
	self.tcp_win, self.tcp_sum, self.tcp_urp = window, sum, urgent
	for bit, name in ipairs(flag_names) do
		self["tcp_th_" .. name] = flags & 1 << bit - 1 ~= 0
	end
	self.tcp_opt_offset, self.tcp_data_offset = offset + 20, offset + self.tcp_hl * 4
	if self.tcp_hl < 5 or self.tcp_data_offset > #self.buf then
		return false
	end
	self.tcp_options = self:tcp_parse_options(self.tcp_opt_offset, (self.tcp_hl - 5) * 4)
	self.tcp_data_length = math.max(math.min(self.ip_len, #self.buf) - self.tcp_data_offset, 0)
	return true
end

function packet:udp_parse()
	local offset = self.ip_data_offset
	if #self.buf < offset + 8 then
		return false
	end
	local sport, dport, length, sum = string.unpack(">I2I2I2I2", self.buf, offset + 1)
	self.udp_offset, self.udp_sport, self.udp_dport, self.udp_len, self.udp_sum = offset, sport, dport, length, sum
	self.udp_data_offset, self.udp_data_length = offset + 8, math.max(length - 8, 0)
	return length >= 8
end

--- Reads the header of ICMP or ICMPv6: type, code, checksum, payload behind it, and
-- that as an echo has it.
function packet:icmp_parse()
	local offset = self.ip_data_offset
	if #self.buf < offset + 8 then
		return false
	end
	self.icmp_offset = offset
	self.icmp_type, self.icmp_code, self.icmp_sum, self.echo_id, self.echo_seq =
		string.unpack(">BBI2I2I2", self.buf, offset + 1)
	self.icmp_payload, self.echo_data = self:raw(offset + 4), self:raw(offset + 8)
	return true
end

function packet:icmpv6_parse()
	if not self:icmp_parse() then
		return false
	end
	self.icmpv6_type, self.icmpv6_code = self.icmp_type, self.icmp_code
	self.icmpv6_payload = self:raw(self.icmp_offset + 4)
	return true
end

local parsers = {
	[M.IPPROTO_TCP] = "tcp_parse", [M.IPPROTO_UDP] = "udp_parse",
	[M.IPPROTO_ICMP] = "icmp_parse", [M.IPPROTO_ICMPV6] = "icmpv6_parse",
}

--- Reads what the IP header carries; false if that is cut off or not known.
function packet:parse_transport()
	local name = parsers[self.ip_p]
	if not name or self.ip_off ~= 0 then
		return false
	end
	return self[name](self)
end

--- Reads an IP packet; nil if its IP header is none, or if what it carries is cut
-- off or another protocol (then with `force` what was read).
function packet.new(class, bytes, length, force)
	local buf = length and (bytes or ""):sub(1, length) or bytes or ""
	local self = setmetatable({ buf = buf, packet_len = #buf }, { __index = class })
	if bytes == nil then
		return self -- to be built
	end
	local whole = self:ip_parse() and self:parse_transport()
	if not whole and not force then
		return nil
	end
	return self
end

-- Building -----------------------------------------------------------------------

local function pseudo_header(self, length)
	if #self.ip_bin_src == 4 then
		return self.ip_bin_src .. self.ip_bin_dst .. string.pack(">BBI2", 0, self.ip_p, length)
	end
	return self.ip_bin_src .. self.ip_bin_dst .. string.pack(">I4I4", length, self.ip_p)
end

local function checksum_at(self, offset, sum_offset, prefix)
	self:set_u16(sum_offset, 0)
	local sum = M.in_cksum(prefix .. self:raw(offset))
	self:set_u16(sum_offset, sum)
	return sum
end

function packet:ip_count_checksum()
	self:set_u16(10, 0)
	self.ip_sum = M.in_cksum(self.buf:sub(1, self.ip_hl * 4))
	self:set_u16(10, self.ip_sum)
end

function packet:tcp_count_checksum()
	local length = #self.buf - self.tcp_offset
	self.tcp_sum = checksum_at(self, self.tcp_offset, self.tcp_offset + 16, pseudo_header(self, length))
end

function packet:udp_count_checksum()
	local length = #self.buf - self.udp_offset
	local sum = checksum_at(self, self.udp_offset, self.udp_offset + 6, pseudo_header(self, length))
	self.udp_sum = sum == 0 and 0xffff or sum -- 0 would say that there is none
	self:set_u16(self.udp_offset + 6, self.udp_sum)
end

function packet:icmp_count_checksum()
	self.icmp_sum = checksum_at(self, self.icmp_offset, self.icmp_offset + 2, "")
end

function packet:icmpv6_count_checksum()
	local length = #self.buf - self.icmp_offset
	self.icmp_sum = checksum_at(self, self.icmp_offset, self.icmp_offset + 2, pseudo_header(self, length))
end

local transport_checksums = {
	[M.IPPROTO_TCP] = "tcp_count_checksum", [M.IPPROTO_UDP] = "udp_count_checksum",
	[M.IPPROTO_ICMP] = "icmp_count_checksum", [M.IPPROTO_ICMPV6] = "icmpv6_count_checksum",
}

--- Counts every checksum of a packet that was parsed and then changed.
function packet:count_checksums()
	if self.ip_v == 4 then
		self:ip_count_checksum()
	end
	if transport_checksums[self.ip_p] and (self.tcp_offset or self.udp_offset or self.icmp_offset) then
		self[transport_checksums[self.ip_p]](self)
	end
end

-- One setter each: of a field, its size, where it is.
local function setter(field, write, base, offset)
	return function(self, number)
		self[field] = number
		return write(self, (base and self[base] or 0) + offset, number)
	end
end

-- As the documentation of NSE names it.
function packet:count_ipv6_pseudoheader_cksum()
	return M.in_cksum(pseudo_header(self, #self.l4_packet) .. self.l4_packet)
end

packet.ip_set_tos = setter("ip_tos", packet.set_u8, nil, 1)
packet.ip_set_len = setter("ip_len", packet.set_u16, nil, 2)
packet.ip_set_id = setter("ip_id", packet.set_u16, nil, 4)
packet.ip_set_ttl = setter("ip_ttl", packet.set_u8, nil, 8)
packet.tcp_set_sport = setter("tcp_sport", packet.set_u16, "tcp_offset", 0)
packet.tcp_set_dport = setter("tcp_dport", packet.set_u16, "tcp_offset", 2)
packet.tcp_set_seq = setter("tcp_seq", packet.set_u32, "tcp_offset", 4)
packet.tcp_set_ack = setter("tcp_ack", packet.set_u32, "tcp_offset", 8)
packet.tcp_set_flags = setter("tcp_flags", packet.set_u8, "tcp_offset", 13)
packet.tcp_set_win = setter("tcp_win", packet.set_u16, "tcp_offset", 14)
packet.tcp_set_urp = setter("tcp_urp", packet.set_u16, "tcp_offset", 18)
packet.udp_set_sport = setter("udp_sport", packet.set_u16, "udp_offset", 0)
packet.udp_set_dport = setter("udp_dport", packet.set_u16, "udp_offset", 2)
packet.udp_set_length = setter("udp_len", packet.set_u16, "udp_offset", 4)

local function address_setter(bin_field, text_field, v4_offset, v6_offset)
	return function(self, bytes)
		self[bin_field], self[text_field] = bytes, ipOps.str_to_ip(bytes)
		if #self.buf > 0 then
			self:set_raw(#bytes == 4 and v4_offset or v6_offset, bytes)
		end
	end
end

packet.ip_set_bin_src = address_setter("ip_bin_src", "ip_src", 12, 8)
packet.ip_set_bin_dst = address_setter("ip_bin_dst", "ip_dst", 16, 24)

local function set_addresses(self, src, dst)
	self.ip_bin_src, self.ip_bin_dst = src or self.ip_bin_src, dst or self.ip_bin_dst
	self.ip_src, self.ip_dst = ipOps.str_to_ip(self.ip_bin_src), ipOps.str_to_ip(self.ip_bin_dst)
end

--- Builds an IPv4 packet in self.buf (which is given, too). What is nil is the
-- packet's own: addresses (bytes), l4_packet, ip_dsf, ip_id, ip_flags (three bits),
-- ip_off, ip_ttl, ip_p.
function packet:build_ip_packet(src, dst, payload, dsf, id, flags, off, ttl, proto)
	set_addresses(self, src, dst)
	payload = payload or self.l4_packet or ""
	self.ip_v, self.ip_hl, self.ip_len, self.ip_data_offset = 4, 5, 20 + #payload, 20
	self.ip_dsf, self.ip_id = dsf or self.ip_dsf or 0, id or self.ip_id or 0
	self.ip_flags, self.ip_off = flags or self.ip_flags or (self.ip_df and 2 or 0), off or self.ip_off or 0
	self.ip_ttl, self.ip_p = ttl or self.ip_ttl or 64, proto or self.ip_p
	self.buf = string.pack(">BBI2I2I2BBI2", 0x45, self.ip_dsf, self.ip_len, self.ip_id,
		self.ip_flags << 13 | self.ip_off, self.ip_ttl, self.ip_p, 0) .. self.ip_bin_src .. self.ip_bin_dst .. payload
	self.ether_type, self.packet_len = M.ETHER_TYPE_IPV4, #self.buf
	self:ip_count_checksum()
	return self.buf
end

--- The same for IPv6: ip6_nhdr, l4_packet, ip6_hlimt, ip6_tc, ip6_fl.
function packet:build_ipv6_packet(src, dst, nx_hdr, payload, h_limit, t_class, f_label)
	set_addresses(self, src, dst)
	payload = payload or self.l4_packet or ""
	self.ip6_nhdr, self.ip6_hlimt = nx_hdr or self.ip6_nhdr or self.ip_p, h_limit or self.ip6_hlimt or 255
	self.ip6_tc, self.ip6_fl = t_class or self.ip6_tc or 0, f_label or self.ip6_fl or 0
	self.ip_v, self.ip_off, self.ip_len, self.ip_data_offset = 6, 0, 40 + #payload, 40
	self.buf = string.pack(">I4I2BB", 6 << 28 | self.ip6_tc << 20 | self.ip6_fl, #payload,
		self.ip6_nhdr, self.ip6_hlimt) .. self.ip_bin_src .. self.ip_bin_dst .. payload
	self.ether_type, self.packet_len = M.ETHER_TYPE_IPV6, #self.buf
	return self.buf
end

--- Builds an ICMP header and payload in self.l4_packet; what is nil is the packet's
-- own icmp_type, icmp_code, icmp_payload (all behind the checksum).
function packet:build_icmp_header(icmp_type, icmp_code, icmp_payload, src, dst)
	self.ip_bin_src, self.ip_bin_dst = src or self.ip_bin_src, dst or self.ip_bin_dst
	self.icmp_type, self.icmp_code = icmp_type or self.icmp_type, icmp_code or self.icmp_code or 0
	self.icmp_payload, self.ip_p = icmp_payload or self.icmp_payload or "", M.IPPROTO_ICMP
	local head = string.pack(">BB", self.icmp_type, self.icmp_code)
	self.icmp_sum = M.in_cksum(head .. "\0\0" .. self.icmp_payload)
	self.l4_packet = head .. string.pack(">I2", self.icmp_sum) .. self.icmp_payload
	return self.l4_packet
end

--- The same for ICMPv6: icmpv6_type, icmpv6_code, icmpv6_payload.
function packet:build_icmpv6_header(icmpv6_type, icmpv6_code, icmpv6_payload, src, dst)
	self.ip_bin_src, self.ip_bin_dst = src or self.ip_bin_src, dst or self.ip_bin_dst
	self.icmpv6_type, self.icmpv6_code = icmpv6_type or self.icmpv6_type, icmpv6_code or self.icmpv6_code or 0
	self.icmpv6_payload, self.ip_p = icmpv6_payload or self.icmpv6_payload or "", M.IPPROTO_ICMPV6
	self.ip6_nhdr = M.IPPROTO_ICMPV6
	local head, body = string.pack(">BB", self.icmpv6_type, self.icmpv6_code), self.icmpv6_payload
	self.icmp_sum = M.in_cksum(pseudo_header(self, #body + 4) .. head .. "\0\0" .. body)
	self.l4_packet = head .. string.pack(">I2", self.icmp_sum) .. body
	return self.l4_packet
end

-- What both kinds of echo request have: addresses, and number and data as payload.
local function set_echo(self, id, seq, data, mac_src, mac_dst, src, dst)
	self.mac_src, self.mac_dst = mac_src or self.mac_src, mac_dst or self.mac_dst
	self.ip_bin_src, self.ip_bin_dst = src or self.ip_bin_src, dst or self.ip_bin_dst
	self.echo_id, self.echo_seq = id or self.echo_id or 0, seq or self.echo_seq or 0
	self.echo_data = data or self.echo_data or ""
	return string.pack(">I2I2", self.echo_id, self.echo_seq) .. self.echo_data
end

--- An echo request in self.l4_packet; the MAC addresses are for a frame. What is nil is
-- the packet's own echo_id, echo_seq, echo_data, mac_src ...
function packet:build_icmp_echo_request(id, seq, data, mac_src, mac_dst, src, dst, dsf)
	self.ip_dsf = dsf or self.ip_dsf
	self.ether_type = M.ETHER_TYPE_IPV4
	local payload = set_echo(self, id, seq, data, mac_src, mac_dst, src, dst)
	return self:build_icmp_header(M.ICMP_ECHO_REQUEST, 0, payload)
end

function packet:build_icmpv6_echo_request(id, seq, data, mac_src, mac_dst, src, dst, tc, fl, hop_limit)
	self.ip6_tc, self.ip6_fl, self.ip6_hlimt = tc or self.ip6_tc, fl or self.ip6_fl, hop_limit or self.ip6_hlimt
	self.ether_type = M.ETHER_TYPE_IPV6
	local payload = set_echo(self, id, seq, data, mac_src, mac_dst, src, dst)
	return self:build_icmpv6_header(M.ICMP6_ECHO_REQUEST, 0, payload)
end

--- Builds self.l4_packet: TCP from the fields tcp_sport, tcp_dport, tcp_seq,
-- tcp_ack, tcp_flags, tcp_win, tcp_urp; `options` are bytes, a multiple of four.
function packet:build_tcp_header(options, payload)
	options, payload, self.ip_p = options or "", payload or "", M.IPPROTO_TCP
	local segment = string.pack(">I2I2I4I4BBI2I2I2", self.tcp_sport, self.tcp_dport, self.tcp_seq or 0,
		self.tcp_ack or 0, (5 + #options // 4) << 4, self.tcp_flags or 0, self.tcp_win or 1024, 0,
		self.tcp_urp or 0) .. options .. payload
	self.tcp_sum = M.in_cksum(pseudo_header(self, #segment) .. segment)
	self.l4_packet = segment:sub(1, 16) .. string.pack(">I2", self.tcp_sum) .. segment:sub(19)
	return self.l4_packet
end

--- Builds self.l4_packet: UDP from udp_sport, udp_dport.
function packet:build_udp_header(payload)
	payload, self.ip_p = payload or "", M.IPPROTO_UDP
	self.udp_len = 8 + #payload
	local head = string.pack(">I2I2I2", self.udp_sport, self.udp_dport, self.udp_len)
	local sum = M.in_cksum(pseudo_header(self, self.udp_len) .. head .. "\0\0" .. payload)
	self.udp_sum = sum == 0 and 0xffff or sum
	self.l4_packet = head .. string.pack(">I2", self.udp_sum) .. payload
	return self.l4_packet
end

return strict(M)
