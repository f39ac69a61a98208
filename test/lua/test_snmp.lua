local check = require "check"
local fake = require "fake_server"
local snmp = require "snmp"

local T = {}

function T.a_get_request_and_its_bytes()
	local request = snmp.buildPacket(snmp.buildGetRequest({ reqId = 1 }, "1.3.6.1.2.1.1.1.0"), 0, "public")
	check.equal(snmp.encode(request), "\x30\x26\2\1\0\4\6public\xa0\x19\2\1\1\2\1\0\2\1\0" ..
		"\x30\x0e\x30\x0c\6\8\x2b\6\1\2\1\1\1\0\5\0")
end

function T.requests_differ_in_their_numbers()
	local one, other = snmp.buildGetRequest(nil, "1.3"), snmp.buildGetNextRequest(nil, "1.3")
	check.is_true(one[1] ~= other[1])
	check.equal({ one._snmp, other._snmp }, { "\xa0", "\xa1" })
	local bulk = snmp.buildGetBulkRequest({ reqId = 9, max = 20, nonrepeaters = 1 }, "1.3")
	check.equal({ bulk._snmp, bulk[1], bulk[2], bulk[3] }, { "\xa5", 9, 1, 20 })
	local set = snmp.buildSetRequest({ reqId = 1 }, "1.3.6", "x")
	check.equal(set[4][1][2], "x")
	set = snmp.buildSetRequest({ reqId = 1 }, { { "1.3.6", 1 }, { "1.3.7", 2 } })
	check.equal({ #set[4], set[4][2][2] }, { 2, 2 })
end

local function response_of(bindings, error)
	local pdu = { _snmp = "\xa2", 77, error or 0, 0, bindings }
	return snmp.encode(snmp.buildPacket(pdu, 1, "private"))
end

local bindings = {
	{ snmp.str2oid "1.3.6.1.2.1.1.1.0", "Linux" },
	{ snmp.str2oid "1.3.6.1.2.1.1.2.0", snmp.str2oid "1.3.6.1.4.1.8072" },
	{ snmp.str2oid "1.3.6.1.2.1.1.3.0", { _snmp = snmp.tags.ticks, 0xfffffff0 } },
	{ snmp.str2oid "1.3.6.1.2.1.4.20", snmp.str2ip "10.0.0.1" },
	{ snmp.str2oid "1.3.6.1.2.1.31.1", { _snmp = snmp.tags.counter64, -1 } },
}

function T.values_of_a_response()
	check.equal(snmp.fetchResponseValues(response_of(bindings)), {
		{ "Linux", "1.3.6.1.2.1.1.1.0" }, { "1.3.6.1.4.1.8072", "1.3.6.1.2.1.1.2.0" },
		{ 0xfffffff0, "1.3.6.1.2.1.1.3.0" }, { "10.0.0.1", "1.3.6.1.2.1.4.20" }, { -1, "1.3.6.1.2.1.31.1" } })
	check.equal(snmp.fetchFirst(response_of(bindings)), "Linux")
	check.is_nil(snmp.fetchFirst(response_of(bindings, 2)))
	check.is_nil(snmp.fetchFirst "x")
	local message = snmp.decodeMessage(response_of(bindings))
	check.equal({ message.version, message.community, message.pdu.type, message.pdu.id }, { 1, "private", "\xa2", 77 })
end

function T.responses_and_traps()
	local response = snmp.buildPacket(snmp.buildGetResponse({ reqId = 3 }, "1.3.6.1", "x"))
	check.equal(snmp.fetchResponseValues(response), { { "x", "1.3.6.1" } })
	local trap = snmp.encode(snmp.buildTrap("1.3.6", "10.0.0.1", 6, 7, 100))
	check.equal(trap, "\xa4\x15\6\2\x2b\6\x40\4\10\0\0\1\2\1\6\2\1\7\x43\1\100\x30\0")
end

function T.absent_objects_have_their_tag()
	local bytes = response_of { { snmp.str2oid "1.3", "ab" } }:gsub("\4\2ab", "\x81\2ab")
	check.equal(snmp.fetchFirst(bytes), { _snmp = "\x81" })
end

function T.oids_and_addresses_as_text()
	check.equal(snmp.oid2str(snmp.str2oid ".1.3.6.1"), "1.3.6.1")
	check.is_nil(snmp.str2oid "1.x.3")
	check.is_nil(snmp.str2oid "1")
	check.equal(snmp.ip2str(snmp.str2ip "1.2.3.4"), "1.2.3.4")
	check.is_nil(snmp.str2ip "::1")
end

function T.cut_off_messages_are_nil()
	local bytes = response_of(bindings)
	for length = 0, #bytes - 1 do
		check.is_nil(snmp.decodeMessage(bytes:sub(1, length)))
	end
end

function T.engines_of_version_3()
	local discovery = snmp.decode(snmp.encode(snmp.buildDiscovery(5)))
	check.equal({ discovery[1], discovery[2][1], discovery[2][3] }, { 3, 5, "\4" })
	local report = snmp.encode { 3, { 5, 65507, "\0", 3 }, snmp.encode { "\128engine", 7, 1000, "", "", "" }, {} }
	check.equal(snmp.decodeEngine(report), { engine = "\128engine", boots = 7, time = 1000 })
	check.is_nil(snmp.decodeEngine(response_of(bindings)))
end

function T.values_without_a_coding_are_nil()
	check.is_nil(snmp.encode(1.5))
	check.is_nil(snmp.encode { { 1.5 } })
	check.is_nil(snmp.encode { _snmp = snmp.tags.gauge, 1.5 })
end

function T.any_bytes_decode_or_give_nil()
	local report = snmp.encode { 3, { 5, 65507, "\0", 3 }, snmp.encode { "e", 7, 1000, "", "", "" }, {} }
	check.fuzz(function(bytes)
		snmp.fetchResponseValues(bytes)
		snmp.decodeEngine(bytes)
		snmp.decode(bytes)
	end, { response_of(bindings), report }, 2000)
end

function T.what_follows_an_address_or_counter_is_read()
	local bytes = snmp.encode { snmp.str2ip "1.2.3.4", { _snmp = snmp.tags.counter, 0 }, { _snmp = snmp.tags.counter64, 5 }, "end" }
	check.equal(snmp.decode(bytes), { _snmp = nil, { _snmp = "\x40", 1, 2, 3, 4 }, 0, 5, "end" })
	check.equal({ snmp.decode "\x41\0" }, { nil, 3 })
	check.is_nil((snmp.decode("\x46\10" .. ("\1"):rep(10))))
	check.is_nil((snmp.decode("\x46\9\1" .. ("\1"):rep(8))))
	check.equal((snmp.decode("\x46\9\0" .. ("\255"):rep(8))), -1)
end

-- An agent with these names and values; `answer` may spoil what it says.
local function agent(values, spoil)
	return function(bytes)
		local asked = #bytes > 0 and snmp.decodeMessage(bytes)
		if not asked then
			return {}
		end
		local name, pair = asked.pdu.bindings[1].oid, nil
		for i = 1, #values do
			local next_of = asked.pdu.type == snmp.tags.get_next and i > 1 and values[i - 1][1] == name
			local first = asked.pdu.type == snmp.tags.get_next and i == 1 and name == "1.3.6"
			if next_of or first or asked.pdu.type == snmp.tags.get and values[i][1] == name then
				pair = values[i]
			end
		end
		local pdu = snmp.buildGetResponse({ reqId = asked.pdu.id, err = pair and 0 or 2 }, pair and pair[1] or name,
			pair and pair[2] or false)
		return { (spoil or function(text) return text end)(snmp.encode(snmp.buildPacket(pdu))) }
	end
end

local function connected()
	local asks = snmp.Helper:new({ ip = "10.0.0.1" }, { number = 161, protocol = "udp" })
	check.equal(asks:connect(), true)
	return asks
end

function T.an_agent_is_asked()
	fake.answer(agent { { "1.3.6.1", "one" }, { "1.3.6.2", 7 }, { "1.3.7", 8 } })
	local asks = connected()
	check.equal({ asks:get(nil, "1.3.6.2") }, { true, { { 7, "1.3.6.2" } } })
	check.equal({ asks:walk "1.3.6" }, { true, { { oid = "1.3.6.1", value = "one" }, { oid = "1.3.6.2", value = 7 } } })
	check.equal((asks:get(nil, "1.3.9")), false)
end

function T.an_agent_that_goes_in_circles_is_left()
	fake.answer(agent { { "1.3.6.2", 1 }, { "1.3.6.1", 2 }, { "1.3.6.1", 2 } })
	local ok, list = connected():walk "1.3.6"
	check.equal({ ok, #list }, { true, 1 })
end

function T.no_answer_is_an_error()
	fake.answer(agent({}, function() return "\1\2\3" end))
	check.equal({ connected():get(nil, "1.3.6.1") }, { false, "TIMEOUT" })
	check.equal({ connected():walk "1.3.6" }, { false, "TIMEOUT" })
end

return T
