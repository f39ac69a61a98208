local check = require "check"
local dns = require "dns"
local fake = require "fake_server"

local T = {}

function T.names_in_labels()
	check.equal(dns.encodeFQDN "www.example.com", "\3www\7example\3com\0")
	check.equal(dns.encodeFQDN "", "\0")
	check.equal(dns.encodeFQDN "a.", "\1a\0")
	check.is_nil(dns.encodeFQDN(("a"):rep(64)))
	check.is_nil(dns.encodeFQDN(("a."):rep(200)))
	check.equal({ dns.decStr("\3www\7example\3com\0x", 1) }, { "www.example.com", 18 })
end

function T.pointers_lead_back()
	local message = "\3com\0\7example\192\0\3www\192\5"
	check.equal({ dns.decStr(message, 6) }, { "example.com", 16 })
	check.equal({ dns.decStr(message, 16) }, { "www.example.com", 22 })
end

function T.loops_and_forward_pointers_are_refused()
	check.is_nil((dns.decStr("\192\0", 1)))
	check.is_nil((dns.decStr("\1a\192\0", 1)))
	check.is_nil((dns.decStr("\192\2\192\0", 1)))
	check.is_nil((dns.decStr("\192\2\0", 1)))
	check.is_nil((dns.decStr("\1a\192\4\1b\192\0", 5)))
end

function T.names_are_not_longer_than_255()
	local long = ("\63" .. ("a"):rep(63)):rep(3)
	check.is_true(dns.decStr(long .. "\0", 1))
	check.is_nil((dns.decStr(long .. "\63" .. ("a"):rep(63) .. "\0", 1)))
	check.is_nil((dns.decStr("\64" .. ("a"):rep(64) .. "\0", 1)))
	check.is_nil((dns.decStr("\5ab", 1)))
	check.is_nil((dns.decStr("", 1)))
end

function T.reverse_names()
	check.equal(dns.reverse "10.1.2.3", "3.2.1.10.in-addr.arpa")
	check.equal(dns.reverse "::1", "1." .. ("0."):rep(31) .. "ip6.arpa")
	check.is_nil(dns.reverse "x")
end

function T.a_question_and_its_bytes()
	local packet = dns.newPacket()
	packet.id = 0x1234
	dns.addQuestion(packet, "a.b", dns.types.MX)
	check.equal(dns.encode(packet), "\x12\x34\1\0\0\1\0\0\0\0\0\0\1a\1b\0\0\15\0\1")
	dns.addNSID(packet, { DO = true })
	local decoded = dns.decode(dns.encode(packet))
	check.equal(decoded.questions, { { dname = "a.b", dtype = 15, class = 1 } })
	check.equal(decoded.add[1].OPT.options, { { code = 3, data = "" } })
	check.equal({ decoded.add[1].OPT.zflags, decoded.add[1].OPT.bufsize }, { 0x8000, 4096 })
	check.equal({ decoded.flags.RD, decoded.flags.QR, decoded.truncated }, { true, false, false })
	dns.addQuestion(packet, ("x"):rep(70), 1)
	check.is_nil(dns.encode(packet))
end

function T.client_subnets()
	local packet = dns.newPacket()
	dns.addClientSubnet(packet, nil, { address = "192.0.2.77", mask = 24 })
	check.equal(packet.additional[1].data, "\0\8\0\7\0\1\24\0\192\0\2")
	check.is_nil(dns.addClientSubnet(packet, nil, { address = "x" }))
end

function T.updates()
	local packet = dns.newPacket()
	packet.id = 1
	dns.addZone(packet, "z")
	dns.addUpdate(packet, "h.z", dns.types.A, 60, "\1\2\3\4")
	local decoded = dns.decode(dns.encode(packet))
	check.equal({ decoded.opcode, decoded.questions[1].dtype, decoded.auth[1].ip }, { 5, 6, "1.2.3.4" })
end

local function record(dtype, data)
	return "\192\12" .. string.pack(">I2I2I4s2", dtype, 1, 60, data)
end

local function response(...)
	local records = { ... }
	return string.pack(">I2I2I2I2I2I2", 7, 0x8583, 1, #records, 0, 0) .. "\1a\1b\0\0\255\0\1" .. table.concat(records)
end

local sample = response(
	record(1, "\1\2\3\4"), record(28, ("\0"):rep(15) .. "\1"), record(5, "\1c\192\12"), record(15, "\0\10\2mx\192\12"),
	record(16, "\3abc\2de"), record(6, "\2ns\192\12\1r\192\12" .. string.pack(">I4I4I4I4I4", 1, 2, 3, 4, 5)),
	record(33, "\0\1\0\2\0\80\1s\192\12"), record(257, "\0\5issueca"), record(47, "\1n\0\0\2\x40\1"),
	record(35, "\0\1\0\2\1u\3E2U\1!\0"), record(13, "\3PC1\3DOS"), record(46, string.pack(">I2BBI4I4I4I2", 1, 8, 2, 3, 4, 5, 6) .. "\1k\0sig"))

function T.records_of_many_types()
	local answers = dns.decode(sample).answers
	check.equal(#answers, 12)
	check.equal({ answers[1].ip, answers[2].ipv6, answers[3].domain }, { "1.2.3.4", "::1", "c.a.b" })
	check.equal(answers[4].MX, { pref = 10, server = "mx.a.b" })
	check.equal(answers[5].TXT.text, { "abc", "de" })
	check.equal(answers[6].SOA, { mname = "ns.a.b", rname = "r.a.b", serial = 1, refresh = 2, retry = 3, expire = 4, minimum = 5 })
	check.equal(answers[7].SRV, { prio = 1, weight = 2, port = 80, target = "s.a.b" })
	check.equal(answers[8].CAA, { flags = 0, tag = "issue", value = "ca" })
	check.equal({ answers[9].NSEC.next_dname, answers[9].NSEC.types }, { "n", { 1, 15 } })
	check.equal(answers[10].NAPTR, { order = 1, pref = 2, flags = "u", service = "E2U", regexp = "!", replacement = "" })
	check.equal(answers[11].HINFO, { cpu = "PC1", os = "DOS" })
	check.equal({ answers[12].RRSIG.signer, answers[12].RRSIG.signature, answers[12].RRSIG.keytag }, { "k", "sig", 6 })
	check.equal({ dns.decode(sample).rcode, dns.decode(sample).flags.AA, dns.decode(sample).flags.RC3 }, { 3, true, true })
	check.equal(dns.record_value(answers[5]), "abcde")
end

function T.cut_off_messages_give_what_is_whole()
	check.is_nil(dns.decode(sample:sub(1, 11)))
	check.is_nil(dns.decode(nil))
	local packet = dns.decode(sample:sub(1, 60))
	check.equal({ packet.truncated, #packet.answers }, { true, 1 })
	check.equal(#dns.decode(string.pack(">I2I2I2I2I2I2", 1, 0, 65535, 65535, 65535, 65535)).questions, 0)
end

function T.data_that_is_too_short_adds_nothing()
	for _, dtype in pairs(dns.types) do
		for _, data in ipairs { "", "\0", "\255\255", "\5ab" } do
			check.is_true(dns.decode(response(record(dtype, data))))
		end
	end
	check.is_nil(dns.decode(response(record(1, "\1\2\3"))).answers[1].ip)
end

local function random_name()
	local labels = {}
	for i = 1, math.random(1, 4) do
		labels[i] = ("abcdefgh"):sub(1, math.random(1, 8))
	end
	return table.concat(labels, ".")
end

function T.decoding_undoes_encoding()
	check.seed(15)
	for _ = 1, 200 do
		local packet = dns.newPacket()
		dns.addQuestion(packet, random_name(), math.random(1, 255))
		for i = 1, math.random(0, 3) do
			packet.answers[i] = { dname = random_name(), dtype = 99999 % 65536, class = 1, ttl = i, data = check.bytes(20) }
		end
		local decoded = dns.decode(dns.encode(packet))
		check.equal(decoded.id, packet.id)
		check.equal(decoded.questions, packet.questions)
		check.equal(decoded.answers, packet.answers)
	end
end

function T.any_bytes_decode_or_give_nil()
	check.fuzz(function(bytes)
		local packet = dns.decode(bytes)
		for _, dtype in pairs(packet and dns.types or {}) do
			dns.findNiceAnswer(dtype, packet, true)
		end
	end, { sample }, 2000)
end

function T.bitmaps_and_soa_end_with_their_record()
	local answer = dns.decode(response(record(47, "\1n\0\1\2\128\1\2\1\64"), record(1, "\1\2\3\4"))).answers
	check.equal(answer[1].NSEC.types, { 256, 271, 513 })
	check.equal(answer[2].ip, "1.2.3.4")
	local short = dns.decode(response(record(6, "\0\0" .. ("\0"):rep(19)), record(6, "\0\0" .. ("\0"):rep(20)))).answers
	check.is_nil(short[1].SOA)
	check.equal(short[2].SOA.minimum, 0)
end

function T.values_to_show()
	local answers = dns.decode(sample).answers
	check.equal({ dns.record_value(answers[4]), dns.record_value(answers[7]), dns.record_value(answers[8]) },
		{ "mx.a.b", "s.a.b", "\0\5issueca" })
end

function T.keys_and_signatures()
	local answers = dns.decode(response(record(48, "\1\1\3\8key"), record(43, "\0\5\8\2digest"), record(44, "\1\2fp"),
		record(52, "\3\1\1data"))).answers
	check.equal(answers[1].DNSKEY, { flags = 257, proto = 3, algo = 8, pubkey = "key" })
	check.equal(answers[2].DS, { keytag = 5, algo = 8, digesttype = 2, digest = "digest" })
	check.equal(answers[3].SSHFP, { algorithm = 1, fptype = 2, fingerprint = "fp" })
	check.equal(answers[4].TLSA, { usage = 3, selector = 1, matching = 1, data = "data" })
end

function T.answers_that_scripts_want()
	local packet = dns.decode(response(record(5, "\1c\192\12"), record(1, "\1\2\3\4"), record(1, "bad"), record(1, "\5\6\7\8"),
		record(15, "\0\10\2mx\192\12"), record(33, "\0\1\0\2\0\80\1s\192\12"), record(16, "\1a\1b"), record(44, "\1\2fp")))
	check.equal({ dns.findNiceAnswer(1, packet) }, { true, "1.2.3.4" })
	check.equal({ dns.findNiceAnswer(1, packet, true) }, { true, { "1.2.3.4", "5.6.7.8" } })
	check.equal({ dns.findNiceAnswer(5, packet) }, { true, "c.a.b" })
	check.equal({ dns.findNiceAnswer(15, packet) }, { true, "10:mx.a.b" })
	check.equal({ dns.findNiceAnswer(33, packet) }, { true, "1:2:80:s.a.b" })
	check.equal({ dns.findNiceAnswer(16, packet) }, { true, "ab" })
	check.equal(select(2, dns.findNiceAnswer(44, packet)).SSHFP.fingerprint, "fp")
	check.equal({ dns.findNiceAnswer(28, packet) }, { false, "No Answers" })
	check.equal({ dns.findNiceAnswer(1, dns.decode(response())) }, { false, "No Such Name" })
end

function T.additional_addresses()
	local packet = dns.decode(sample)
	check.equal({ dns.findNiceAdditional(packet) }, { false, "No Answers" })
	packet.add = { packet.answers[1], packet.answers[2], packet.answers[3] }
	check.equal({ dns.findNiceAdditional(packet) }, { true, "1.2.3.4" })
	check.equal({ dns.findNiceAdditional(packet, true) }, { true, { "1.2.3.4", "::1" } })
end

function T.options_one_behind_the_other()
	local opt = dns.decode(response(record(41, "\0\3\0\4nsid\0\8\0\2ab\0\9\0\5cut"))).answers[1].OPT
	check.equal(opt.options, { { code = 3, data = "nsid" }, { code = 8, data = "ab" } })
	check.equal(dns.reverse "2001:db8::ab", "b.a." .. ("0."):rep(22) .. "8.b.d.0.1.0.0.2.ip6.arpa")
end

-- An answer to the question in `bytes` with one address.
local function answer_to(bytes, flags)
	local question = bytes:sub(13)
	return bytes:sub(1, 2) .. flags .. "\0\1\0\1\0\0\0\0" .. question ..
		"\xc0\x0c\0\1\0\1\0\0\0\60\0\4\10\1\2\3"
end

function T.a_question_is_asked_and_answered()
	fake.answer(function(bytes) return #bytes > 0 and { answer_to(bytes, "\x81\x80") } end)
	check.equal({ dns.query("lab.test", { host = "10.0.0.1" }) }, { true, "10.1.2.3" })
	local ok, packet = dns.query("lab.test", { retPkt = true, norecurse = true })
	check.equal({ ok, packet.flags.RA, #packet.answers }, { true, true, 1 })
	check.equal(fake.sent[2]:byte(3), 0)
end

function T.all_who_answer_are_heard()
	fake.answer(function(bytes)
		return #bytes > 0 and { answer_to(bytes, "\x81\x80"), "short", answer_to(bytes, "\x81\x80") }
	end)
	local ok, list = dns.query("lab.test", { host = "224.0.0.251", port = 5353, multiple = true })
	check.equal({ ok, #list, list[1].output, list[1].peer }, { true, 2, "10.1.2.3", "10.0.0.1" })
end

function T.what_udp_cuts_off_is_asked_for_over_tcp()
	fake.answer(function(bytes, socket)
		if #bytes == 0 then
			return {}
		elseif socket.proto == "udp" then
			return { answer_to(bytes, "\x83\x80"):sub(1, 30) }
		end
		return { string.pack(">s2", answer_to(bytes:sub(3), "\x81\x80")) }
	end)
	check.equal({ dns.query("lab.test", {}) }, { true, "10.1.2.3" })
end

function T.others_answers_and_silence_are_no_answer()
	fake.answer(function(bytes) return #bytes > 0 and { "\0\0" .. answer_to(bytes, "\x81\x80"):sub(3) } end)
	check.equal({ dns.query("lab.test", { sendCount = 1 }) }, { false, "No response" })
	fake.answer(function() return {} end)
	check.equal({ dns.query("lab.test", {}) }, { false, "No response" })
	check.equal(#fake.sent, 2)
	check.equal({ dns.query(("x"):rep(64), {}) }, { false, "Invalid name" })
end

return T
