local check = require "check"
local dns = require "dns"
local dnssd = require "dnssd"
local fake = require "fake_server"

local T = {}

local function name(text)
	return dns.encodeFQDN(text)
end

local function record(dname, dtype, data)
	return name(dname) .. string.pack(">I2I2I4s2", dtype, 1, 120, data)
end

local kinds = { ["_services._dns-sd._udp.local"] = { record("_services._dns-sd._udp.local", 12, name "_http._tcp.local") },
	["_http._tcp.local"] = { record("_http._tcp.local", 12, name "lab._http._tcp.local") },
	["lab._http._tcp.local"] = { record("lab._http._tcp.local", 33, "\0\0\0\0\0\80" .. name "lab.local"),
		record("lab._http._tcp.local", 16, "\6path=/") },
	["lab.local"] = { record("lab.local", 1, "\10\0\0\9"), record("lab.local", 1, "\10\0\0\8") } }

local function responder(bytes)
	local asked = #bytes > 0 and dns.decode(bytes)
	local records = asked and kinds[asked.questions[1].dname]
	if not records then
		return {}
	end
	return { bytes:sub(1, 2) .. "\x84\0\0\0" .. string.pack(">I2", #records) .. "\0\0\0\0" .. table.concat(records) }
end

function T.a_host_is_asked_for_what_it_announces()
	fake.answer(responder)
	check.equal({ dnssd.Helper:new({ ip = "10.0.0.1" }, 5353):queryServices() },
		{ true, { { name = "80/tcp http", "path=/", "Address=10.0.0.8 10.0.0.9" } } })
end

function T.a_network_is_asked_and_each_host_is_a_table()
	fake.answer(function(bytes)
		local asked = #bytes > 0 and dns.decode(bytes)
		if not asked then
			return {}
		end
		local records = {}
		if asked.questions[1].dname == "_http._tcp.local" then
			for _, list in pairs(kinds) do
				table.move(list, 1, #list, #records + 1, records)
			end
		else
			records = kinds[asked.questions[1].dname]
		end
		return { bytes:sub(1, 2) .. "\x84\0\0\0" .. string.pack(">I2", #records) .. "\0\0\0\0" .. table.concat(records) }
	end)
	local helper = dnssd.Helper:new()
	local ok, list = helper:queryServices()
	check.equal({ ok, #list, list[1].name, list[1][1].name }, { true, 1, "10.0.0.1", "80/tcp http" })
end

function T.silence_and_nothing_announced_are_told()
	fake.answer(function() return {} end)
	check.equal((dnssd.Helper:new({ ip = "10.0.0.1" }):queryServices()), false)
	check.equal((dnssd.Helper:new({ ip = "10.0.0.1" }):queryServiceByType "_x._tcp.local"), false)
end

function T.any_message_is_gathered()
	local whole = "\0\1\x84\0\0\0\0\5\0\0\0\0"
	for _, list in pairs(kinds) do
		whole = whole .. table.concat(list)
	end
	check.fuzz(function(bytes)
		local packet = dns.decode(bytes)
		if packet then
			dnssd.services_of(dnssd.gather(packet))
		end
	end, { whole })
end

function T.services_in_the_order_of_their_ports()
	local known = dnssd.gather { answers = {
		{ dtype = 33, dname = "b._ipp._tcp.local", SRV = { port = 631, target = "h.local" } },
		{ dtype = 33, dname = "a._ssh._tcp.local", SRV = { port = 22, target = "h.local" } },
		{ dtype = 33, dname = "a._sftp-ssh._tcp.local", SRV = { port = 22, target = "h.local" } },
		{ dtype = 16, dname = "a._ssh._tcp.local", TXT = { text = { "", "k=v" } } },
		{ dtype = 1, dname = "h.local", ip = "10.0.0.1" }, { dtype = 1, dname = "h.local", ip = "10.0.0.1" } },
		auth = {}, add = {} }
	local list = dnssd.services_of(known)
	check.equal({ list[1].name, list[2].name, list[3].name }, { "22/tcp sftp-ssh", "22/tcp ssh", "631/tcp ipp" })
	check.equal({ list[2].texts, list[2].addresses }, { { "k=v" }, { "10.0.0.1" } })
	check.equal(dnssd.services_of(dnssd.gather { answers = {}, auth = {}, add = {} }), {})
end

function T.a_type_alone_may_be_asked_for()
	fake.answer(responder)
	local ok, list = dnssd.Helper:new({ ip = "10.0.0.1" }):queryServiceByType "_http._tcp.local"
	check.equal({ ok, #list, list[1].port, list[1].service }, { true, 1, 80, "http" })
	ok, list = dnssd.Helper:new({ ip = "10.0.0.1" }):queryServiceByType { "_http._tcp.local", "_http._tcp.local" }
	check.equal({ ok, #list }, { true, 1 })
end

return T
