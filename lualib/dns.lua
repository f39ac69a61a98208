--- dns: messages of RFC 1035 as bytes and tables, with EDNS (RFC 6891) and its
-- options for NSID (RFC 5001) and the client's network (RFC 7871), AAAA (RFC
-- 3596), SRV (RFC 2782), NAPTR (RFC 3403), CAA (RFC 8659), DNSSEC's (RFC 4034).
-- Messages come first, the sockets that carry them at the end: query().

local ipOps = require "ipOps"
local match = require "match"
local nmap = require "nmap"
local strict = require "strict"
local ipairs, next, pairs, tonumber, tostring, type = ipairs, next, pairs, tonumber, tostring, type
local math, string, table = math, string, table

local M = {}

--- Record types by name, classes by name.
M.types = {
	A = 1, NS = 2, CNAME = 5, SOA = 6, PTR = 12, HINFO = 13, MX = 15, TXT = 16, AAAA = 28, SRV = 33,
	NAPTR = 35, OPT = 41, DS = 43, SSHFP = 44, RRSIG = 46, NSEC = 47, DNSKEY = 48, NSEC3 = 50,
	TLSA = 52, SVCB = 64, HTTPS = 65, SPF = 99, AXFR = 252, ANY = 255, CAA = 257,
}
M.CLASS = { IN = 1, CH = 3, ANY = 255 }

--- Response codes.
M.err = {
	[0] = { name = "NOERROR" }, { name = "FORMERR" }, { name = "SERVFAIL" }, { name = "NXDOMAIN" },
	{ name = "NOTIMP" }, { name = "REFUSED" },
}

-- Names --------------------------------------------------------------------------

--- A name in labels, each behind its length; nil if a label is longer than 63
-- bytes or the whole longer than 255.
function M.encodeFQDN(name)
	local out = {}
	for label in name:gmatch("[^.]+") do
		if #label > 63 then
			return nil
		end
		out[#out + 1] = string.char(#label) .. label
	end
	local bytes = table.concat(out) .. "\0"
	return #bytes <= 255 and bytes or nil
end

--- The name at a position (1 is the first byte) and the position behind it; nil
-- where it is cut off. A pointer leads back only, so that no message makes us
-- run in a circle; and a name has at most 255 bytes.
function M.decStr(data, at)
	local labels, after, bound, bytes = {}, nil, at, 0
	while true do
		local length = data:byte(at)
		if not length then
			return nil, at
		elseif length == 0 then
			return table.concat(labels, "."), after or at + 1
		elseif length >= 0xc0 then
			local low = data:byte(at + 1)
			local target = low and ((length & 0x3f) << 8 | low) + 1
			if not target or target >= bound then
				return nil, at
			end
			after = after or at + 2
			at, bound = target, target
		elseif length > 63 or at + length > #data or bytes + length > 254 then
			return nil, at
		else
			labels[#labels + 1] = data:sub(at + 1, at + length)
			bytes, at = bytes + length + 1, at + length + 1
		end
	end
end

--- The name to ask for the name of an address.
function M.reverse(address)
	local bytes = ipOps.ip_to_str(address)
	if not bytes then
		return nil
	end
	local v4 = #bytes == 4
	local out = {}
	for i = #bytes, 1, -1 do
		local byte = bytes:byte(i)
		out[#out + 1] = v4 and tostring(byte) or string.format("%x.%x", byte & 15, byte >> 4)
	end
	return table.concat(out, ".") .. (v4 and ".in-addr.arpa" or ".ip6.arpa")
end

-- Building -----------------------------------------------------------------------

--- A message to fill: a query that wants recursion.
function M.newPacket()
	return {
		id = math.random(0, 65535),
		flags = { RD = true },
		questions = {}, zones = {}, updates = {}, answers = {}, auth = {}, additional = {},
	}
end

--- Adds a question; the class is IN unless given. The packet, for more; nil
-- without a name.
function M.addQuestion(packet, name, dtype, class)
	if type(packet) ~= "table" or type(name) ~= "string" or not dtype then
		return nil
	end
	packet.questions[#packet.questions + 1] = { dname = name, dtype = dtype, class = class or M.CLASS.IN }
	return packet
end

--- Adds the zone of an update (RFC 2136).
function M.addZone(packet, name, class)
	if type(packet) ~= "table" or type(name) ~= "string" then
		return nil
	end
	packet.zones[#packet.zones + 1] = { dname = name, dtype = M.types.SOA, class = class or M.CLASS.IN }
	packet.flags.OC2, packet.flags.OC4, packet.flags.RD = true, true, false
	return packet
end

--- Adds a record to an update; `data` is encoded.
function M.addUpdate(packet, name, dtype, ttl, data, class)
	if type(packet) ~= "table" or type(name) ~= "string" then
		return nil
	end
	packet.updates[#packet.updates + 1] = { dname = name, dtype = dtype, class = class or M.CLASS.IN,
		ttl = ttl or 86400, data = data or "" }
	return packet
end

-- The packet's OPT record, made when it is first needed.
local function opt_record(packet)
	for _, record in ipairs(packet.additional) do
		if record.dtype == M.types.OPT then
			return record
		end
	end
	local record = { dname = "", dtype = M.types.OPT, class = 4096, ttl = 0, data = "" }
	packet.additional[#packet.additional + 1] = record
	return record
end

local function add_option(packet, code, data)
	local record = opt_record(packet)
	record.data = record.data .. string.pack(">I2s2", code, data)
	return packet
end

local function set_dnssec(packet, Z)
	if Z then
		opt_record(packet).ttl = type(Z) == "table" and Z.DO and 0x8000 or tonumber(Z) or 0
	end
	return packet
end

--- Adds an empty OPT record; Z = {DO = true} asks for DNSSEC's records.
function M.addOPT(packet, Z)
	opt_record(packet)
	return set_dnssec(packet, Z)
end

--- Asks for the server's identifier.
function M.addNSID(packet, Z)
	add_option(packet, 3, "")
	return set_dnssec(packet, Z)
end

--- Tells for whose network the question is: {address =, mask =}.
function M.addClientSubnet(packet, Z, subnet)
	local bytes = ipOps.ip_to_str(subnet.address or "")
	if not bytes then
		return nil
	end
	local family = #bytes == 4 and 1 or 2
	local mask = math.min(subnet.mask or 24, #bytes * 8)
	local network = ipOps.ip_to_str(ipOps.get_first_ip(subnet.address, mask))
	add_option(packet, 8, string.pack(">I2BB", family, mask, 0) .. network:sub(1, (mask + 7) // 8))
	return set_dnssec(packet, Z)
end

-- Bit of each flag; OC and RC are numbers of four bits, high first.
local flag_bits = {
	QR = 0x8000, OC1 = 0x4000, OC2 = 0x2000, OC3 = 0x1000, OC4 = 0x0800, AA = 0x0400, TC = 0x0200, RD = 0x0100,
	RA = 0x0080, AD = 0x0020, CD = 0x0010, RC1 = 0x0008, RC2 = 0x0004, RC3 = 0x0002, RC4 = 0x0001,
}

local function encode_flags(flags)
	local bits = 0
	for name, set in pairs(flags) do
		if set and flag_bits[name] then
			bits = bits | flag_bits[name]
		end
	end
	return bits
end

local function encode_questions(out, questions)
	for _, question in ipairs(questions) do
		local name = M.encodeFQDN(question.dname)
		if not name then
			return nil
		end
		out[#out + 1] = name .. string.pack(">I2I2", question.dtype, question.class or M.CLASS.IN)
	end
	return true
end

local function encode_records(out, records)
	for _, record in ipairs(records) do
		local name = M.encodeFQDN(record.dname)
		if not name then
			return nil
		end
		out[#out + 1] = name ..
			string.pack(">I2I2I4s2", record.dtype, record.class or M.CLASS.IN, record.ttl or 0, record.data or "")
	end
	return true
end

--- The bytes of a packet; nil if a name in it cannot be one.
function M.encode(packet)
	local questions = #packet.zones > 0 and packet.zones or packet.questions
	local authority = #packet.updates > 0 and packet.updates or packet.auth
	local out = { string.pack(">I2I2I2I2I2I2", packet.id, encode_flags(packet.flags), #questions,
		#packet.answers, #authority, #packet.additional) }
	if encode_questions(out, questions) and encode_records(out, packet.answers) and
		encode_records(out, authority) and encode_records(out, packet.additional) then
		return table.concat(out)
	end
	return nil
end

-- Reading ------------------------------------------------------------------------

-- Each takes the record, the whole message, the first and the last position of
-- the record's data, and adds fields. Data that is cut off adds none.
local readers = {}

local function name_reader(record, message, at)
	record.domain = M.decStr(message, at)
end

local function address_reader(field, size)
	return function(record, message, at, last)
		if last - at + 1 == size then
			record[field] = ipOps.str_to_ip(message:sub(at, last))
		end
	end
end

readers[M.types.A] = address_reader("ip", 4)
readers[M.types.AAAA] = address_reader("ipv6", 16)
readers[M.types.NS] = name_reader
readers[M.types.CNAME] = name_reader
readers[M.types.PTR] = name_reader

-- Counted texts, one behind the other.
local function read_texts(message, at, last)
	local texts = {}
	while at <= last do
		local text = message:sub(at + 1, math.min(at + message:byte(at), last))
		texts[#texts + 1] = text
		at = at + message:byte(at) + 1
	end
	return texts
end

readers[M.types.TXT] = function(record, message, at, last)
	record.TXT = { text = read_texts(message, at, last) }
end
readers[M.types.SPF] = readers[M.types.TXT]

readers[M.types.HINFO] = function(record, message, at, last)
	local texts = read_texts(message, at, last)
	record.HINFO = { cpu = texts[1], os = texts[2] }
end

readers[M.types.MX] = function(record, message, at, last)
	if last - at >= 2 then
		record.MX = { pref = string.unpack(">I2", message, at), server = M.decStr(message, at + 2) }
	end
end

readers[M.types.SRV] = function(record, message, at, last)
	if last - at >= 6 then
		local prio, weight, port = string.unpack(">I2I2I2", message, at)
		record.SRV = { prio = prio, weight = weight, port = port, target = M.decStr(message, at + 6) }
	end
end

readers[M.types.SOA] = function(record, message, at, last)
	local mname, behind = M.decStr(message, at)
	local rname, after = nil, nil
	if mname then
		rname, after = M.decStr(message, behind)
	end
	if not rname or last - after + 1 < 20 then
		return
	end
	local serial, refresh, retry, expire, minimum = string.unpack(">I4I4I4I4I4", message, after)
	record.SOA = { mname = mname, rname = rname, serial = serial, refresh = refresh, retry = retry,
		expire = expire, minimum = minimum }
end

readers[M.types.CAA] = function(record, message, at, last)
	local length = message:byte(at + 1)
	if length and at + 1 + length <= last then
		record.CAA = { flags = message:byte(at), tag = message:sub(at + 2, at + 1 + length),
			value = message:sub(at + 2 + length, last) }
	end
end

readers[M.types.SSHFP] = function(record, message, at, last)
	if last - at >= 2 then
		record.SSHFP = { algorithm = message:byte(at), fptype = message:byte(at + 1),
			fingerprint = message:sub(at + 2, last) }
	end
end

readers[M.types.TLSA] = function(record, message, at, last)
	if last - at >= 3 then
		local usage, selector, matching = message:byte(at, at + 2)
		record.TLSA = { usage = usage, selector = selector, matching = matching, data = message:sub(at + 3, last) }
	end
end

readers[M.types.DNSKEY] = function(record, message, at, last)
	if last - at >= 4 then
		local flags, protocol, algorithm = string.unpack(">I2BB", message, at)
		record.DNSKEY = { flags = flags, proto = protocol, algo = algorithm, pubkey = message:sub(at + 4, last) }
	end
end

readers[M.types.DS] = function(record, message, at, last)
	if last - at >= 4 then
		local keytag, algorithm, digesttype = string.unpack(">I2BB", message, at)
		record.DS = { keytag = keytag, algo = algorithm, digesttype = digesttype, digest = message:sub(at + 4, last) }
	end
end

readers[M.types.RRSIG] = function(record, message, at, last)
	if last - at + 1 < 18 then
		return
	end
	local covered, algorithm, labels, ttl, expires, inception, keytag = string.unpack(">I2BBI4I4I4I2", message, at)
	local signer, after = M.decStr(message, at + 18)
	record.RRSIG = { covered = covered, algo = algorithm, labels = labels, ttl = ttl, expires = expires,
		inception = inception, keytag = keytag, signer = signer,
		signature = signer and after <= last and message:sub(after, last) or nil }
end

-- Windows of a bit for each type: RFC 4034, 4.1.2.
local function read_type_bits(message, at, last)
	local list = {}
	while at + 1 <= last do
		local window, length = message:byte(at, at + 1)
		for i = 0, math.min(length, last - at - 1) * 8 - 1 do
			if message:byte(at + 2 + i // 8) & 0x80 >> i % 8 ~= 0 then
				list[#list + 1] = window * 256 + i
			end
		end
		at = at + 2 + length
	end
	return list
end

readers[M.types.NSEC] = function(record, message, at, last)
	local name, after = M.decStr(message, at)
	if name then
		record.NSEC = { dname = record.dname, NSEC = true, next_dname = name,
			types = read_type_bits(message, after, last) }
	end
end

readers[M.types.NAPTR] = function(record, message, at, last)
	if last - at < 4 then
		return
	end
	local order, preference = string.unpack(">I2I2", message, at)
	local texts, after = {}, at + 4
	for i = 1, 3 do
		local length = message:byte(after)
		if not length or after + length > last then
			return
		end
		texts[i], after = message:sub(after + 1, after + length), after + length + 1
	end
	record.NAPTR = { order = order, pref = preference, flags = texts[1], service = texts[2], regexp = texts[3],
		replacement = M.decStr(message, after) }
end

-- Of an OPT record the class is a size and the TTL has flags.
readers[M.types.OPT] = function(record, message, at, last)
	record.OPT = { bufsize = record.class, rcode = record.ttl >> 24, version = record.ttl >> 16 & 255,
		zflags = record.ttl & 0xffff, data = message:sub(at, last), options = {} }
	while at + 3 <= last do
		local code, length = string.unpack(">I2I2", message, at)
		if at + 3 + length > last then
			return
		end
		record.OPT.options[#record.OPT.options + 1] = { code = code, data = message:sub(at + 4, at + 3 + length) }
		at = at + 4 + length
	end
end

local function decode_flags(bits)
	local flags = {}
	for name, bit in pairs(flag_bits) do
		flags[name] = bits & bit ~= 0
	end
	return flags
end

local function decode_question(message, at)
	local name, after = M.decStr(message, at)
	if not name or after + 3 > #message then
		return nil
	end
	local dtype, class = string.unpack(">I2I2", message, after)
	return { dname = name, dtype = dtype, class = class }, after + 4
end

local function decode_record(message, at)
	local name, after = M.decStr(message, at)
	if not name or after + 9 > #message then
		return nil
	end
	local dtype, class, ttl, length = string.unpack(">I2I2I4I2", message, after)
	local first, last = after + 10, after + 9 + length
	if last > #message then
		return nil
	end
	local record = { dname = name, dtype = dtype, class = class, ttl = ttl, data = message:sub(first, last) }
	if readers[dtype] then
		readers[dtype](record, message, first, last)
	end
	return record, last + 1
end

-- As many of `count` as are whole; nil as the position when some are not.
local function decode_section(message, at, count, decode)
	local list = {}
	for i = 1, count do
		local item, after = nil, nil
		if at then
			item, after = decode(message, at)
		end
		if not item then
			return list, nil
		end
		list[i], at = item, after
	end
	return list, at
end

--- A message as a table: id, flags (QR, AA, TC, RD, RA, AD, CD, RC1..RC4 ...),
-- rcode, questions, answers, auth, add. nil if it is shorter than a header. Of a
-- message that is cut off, what is whole is given, and `truncated` is true.
function M.decode(message)
	if type(message) ~= "string" or #message < 12 then
		return nil
	end
	local id, bits, questions, answers, auth, add = string.unpack(">I2I2I2I2I2I2", message)
	local packet, at = { id = id, flags = decode_flags(bits), rcode = bits & 15, opcode = bits >> 11 & 15 }, 13
	packet.questions, at = decode_section(message, at, questions, decode_question)
	packet.answers, at = decode_section(message, at, answers, decode_record)
	packet.auth, at = decode_section(message, at, auth, decode_record)
	packet.add, at = decode_section(message, at, add, decode_record)
	packet.truncated = at == nil
	return packet
end

local function mx_text(record)
	local mx = record.MX
	return mx and mx.server and string.format("%d:%s", mx.pref, mx.server)
end

local function srv_text(record)
	local srv = record.SRV
	return srv and srv.target and string.format("%d:%d:%d:%s", srv.prio, srv.weight, srv.port, srv.target)
end

local function domain_of(record)
	return record.domain
end

-- What an answer of a type comes down to; other types: the record.
local answers_of = {
	[M.types.A] = function(record) return record.ip end,
	[M.types.AAAA] = function(record) return record.ipv6 end,
	[M.types.NS] = domain_of,
	[M.types.CNAME] = domain_of,
	[M.types.PTR] = domain_of,
	[M.types.MX] = mx_text,
	[M.types.SRV] = srv_text,
	[M.types.SOA] = function(record) return record.SOA and record.SOA.mname end,
	[M.types.TXT] = function(record) return record.TXT and table.concat(record.TXT.text) end,
}

local function whole_record(record)
	return record
end

local function first_or_all(list, all)
	if #list == 0 then
		return false, "No Answers"
	end
	return true, all and list or list[1]
end

--- The answers of a type in a decoded message: true and the first (or with `all` the
-- list); false and why there is none. Mail servers are "10:name", SRV records
-- "prio:weight:port:name".
function M.findNiceAnswer(dtype, packet, all)
	local list, value_of = {}, answers_of[dtype] or whole_record
	if packet.rcode == 3 and #packet.answers == 0 then
		return false, "No Such Name"
	end
	for _, record in ipairs(packet.answers) do
		if record.dtype == dtype then
			list[#list + 1] = value_of(record)
		end
	end
	return first_or_all(list, all)
end

--- The addresses among the additional records, in the same way.
function M.findNiceAdditional(packet, all)
	local list = {}
	for _, record in ipairs(packet.add) do
		list[#list + 1] = record.ip or record.ipv6
	end
	return first_or_all(list, all)
end

--- The records' data that scripts show: the name, the address, the text; for
-- others the bytes.
function M.record_value(record)
	local text = record.TXT and table.concat(record.TXT.text)
	return record.ip or record.ipv6 or record.domain or text or record.MX and record.MX.server or
		record.SRV and record.SRV.target or record.data
end

-- Asking -------------------------------------------------------------------------

local answers_max, datagrams_max = 500, 2000
local default_timeouts = { [0] = 10000, 8000, 6000, 5000, 4000, 3000 }

--- Milliseconds to wait for an answer, by the timing template.
function M.get_default_timeout()
	return default_timeouts[nmap.timing_level()] or 5000
end

-- The answers on a UDP socket to a question with that id, until the time is over: one, or with
-- `all` every one: {packet =, peer =}.
local function collect(socket, id, timeout, all)
	local found, deadline = {}, nmap.clock_ms() + timeout
	for _ = 1, datagrams_max do
		local left = math.floor(deadline - nmap.clock_ms())
		if left <= 0 or #found >= answers_max then
			break
		end
		socket:set_timeout(left)
		local ok, bytes = socket:receive()
		if not ok then
			break
		end
		local packet = M.decode(bytes)
		if packet and packet.id == id and packet.flags.QR then
			local known, _, _, peer = socket:get_info()
			found[#found + 1] = { packet = packet, peer = known and peer or nil }
			if not all then
				break
			end
		end
	end
	return found
end

-- One that is connected hears its peer only, and hears that a port is closed; of others
-- (multicast) anybody may answer.
local function send_datagram(socket, bytes, options)
	if options.multiple then
		return socket:sendto(options.host, options.port, bytes)
	end
	return socket:connect(options.host, options.port, "udp") and socket:send(bytes)
end

local function ask_udp(bytes, id, options)
	for _ = 1, options.sendCount do
		local socket = nmap.new_socket("udp")
		socket:set_timeout(options.timeout)
		local found = send_datagram(socket, bytes, options) and
			collect(socket, id, options.timeout, options.multiple) or {}
		socket:close()
		if #found > 0 then
			return found
		end
	end
	return {}
end

local function receive_framed(socket, timeout_ms)
	local ends = nmap.clock() + timeout_ms / 1000
	local ok, head = socket:receive_buf(match.within(match.numbytes(2), ends), true)
	if not ok or #head < 2 or string.unpack(">I2", head) < 12 then
		return nil
	end
	local whole, bytes = socket:receive_buf(match.within(match.numbytes((string.unpack(">I2", head))), ends), true)
	return whole and M.decode(bytes) or nil
end

local function ask_tcp(bytes, id, options)
	local socket = nmap.new_socket()
	socket:set_timeout(options.timeout)
	local packet = nil
	if socket:connect(options.host, options.port, "tcp") and socket:send(string.pack(">s2", bytes)) then
		packet = receive_framed(socket, options.timeout)
	end
	socket:close()
	return packet and packet.id == id and packet.flags.QR and { { packet = packet } } or {}
end

-- The list of answers of one server; one that was cut off for UDP is asked for again over TCP.
local function ask(bytes, id, options)
	if options.proto == "tcp" then
		return ask_tcp(bytes, id, options)
	end
	local found = ask_udp(bytes, id, options)
	if not options.multiple and #found > 0 and found[1].packet.flags.TC then
		local whole = ask_tcp(bytes, id, options)
		return #whole > 0 and whole or found
	end
	return found
end

local function build_query(name, options)
	local packet = M.addQuestion(M.newPacket(), name, options.dtype, options.class)
	if not packet then
		return nil
	end
	packet.flags.RD = not options.norecurse
	for flag, set in pairs(options.flags or {}) do
		packet.flags[flag] = set
	end
	local subnet = options.subnet or options.ecs
	if options.dnssec then
		M.addOPT(packet, { DO = true })
	end
	if options.nsid then
		M.addNSID(packet, options.dnssec and { DO = true })
	end
	if type(subnet) == "table" then
		M.addClientSubnet(packet, options.dnssec and { DO = true }, subnet)
	end
	return packet.id, M.encode(packet)
end

local function with_defaults(options)
	local full = {}
	for key, value in pairs(options or {}) do
		full[key] = value
	end
	full.dtype = type(full.dtype) == "string" and M.types[full.dtype:upper()] or full.dtype or M.types.A
	full.timeout = full.timeout or M.get_default_timeout()
	full.sendCount = math.min(tonumber(full.sendCount or full.tries) or 2, 10)
	full.port = full.port or 53
	full.proto = full.proto or type(full.port) == "table" and full.port.protocol or "udp"
	return full
end

-- What the caller wants to have of an answer.
local function result_of(packet, options)
	if options.retPkt then
		return true, packet
	end
	return M.findNiceAnswer(options.dtype, packet, options.retAll)
end

local function results_of(found, options)
	local list = {}
	for _, answer in ipairs(found) do
		local ok, output = result_of(answer.packet, options)
		if ok then
			list[#list + 1] = { output = output, peer = answer.peer }
		end
	end
	if #list == 0 then
		return false, "No Answers"
	end
	return true, list
end

-- The servers to ask: the one that was named, else the system's.
local function servers_of(options)
	return options.host and { options.host } or nmap.get_dns_servers() or {}
end

--- Asks for a name. Options: host, port (53), proto ("udp"), dtype ("A"; a name or a number),
-- class, timeout (milliseconds), sendCount (2), norecurse, flags, nsid, subnet, dnssec;
-- retAll: a list of answers; retPkt: the whole decoded message; multiple: all who answer within
-- the time, a list of {output =, peer =}. true and the answer, or false and why there is none.
function M.query(name, options)
	local full = with_defaults(options)
	local id, bytes = build_query(name, full)
	if not bytes then
		return false, "Invalid name"
	end
	local servers = servers_of(full)
	if next(servers) == nil then
		return false, "No name servers"
	end
	for _, server in ipairs(servers) do
		full.host = server
		local found = ask(bytes, id, full)
		if #found > 0 then
			if full.multiple then
				return results_of(found, full)
			end
			return result_of(found[1].packet, full)
		end
	end
	return false, "No response"
end

return strict(M)
