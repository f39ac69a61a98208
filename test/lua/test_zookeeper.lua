local check = require "check"
local fake = require "fake_server"
local zookeeper = require "zookeeper"

local T = {}

local srvr = "Zookeeper version: 3.4.13-2d71af4dbe22557fda74f9a9b4309b15a7487f03, built on 06/29/2018 04:05 GMT\n" ..
	"Latency min/avg/max: 0/0/3\nReceived: 5\nSent: 4\nConnections: 1\nOutstanding: 0\nZxid: 0x4\nMode: standalone\nNode count: 6\n"

function T.what_srvr_says()
	local fields = zookeeper.parseServer(srvr)
	check.equal({ fields.version, fields.Mode, fields["Node count"], fields["Latency min/avg/max"] },
		{ "3.4.13", "standalone", "6", "0/0/3" })
	check.is_nil(zookeeper.parseServer "srvr is not executed because it is not in the whitelist.")
	local log = fake.serve({ srvr:sub(1, 50), srvr:sub(51) }, "EOF")
	check.equal(zookeeper.word(fake.host, fake.port(2181), "srvr"), srvr)
	check.equal({ log.sent[1], log.closed }, { "srvr", true })
end

local session = string.pack(">s4", string.pack(">I4I4i8s4", 0, 4000, 7, ("\0"):rep(16)))
local names = string.pack(">I4i8i4i4s4s4", 1, 4, 0, 2, "zookeeper", "shop")

function T.children_in_a_session()
	local log = fake.serve({ session, string.pack(">s4", names) }, "EOF")
	check.equal(zookeeper.children(fake.host, fake.port(2181), "/"), { "zookeeper", "shop" })
	check.equal(log.sent[2], "\0\0\0\x0e\0\0\0\1\0\0\0\8\0\0\0\1/\0")
	check.equal({ log.sent[3], #log.sent[1], log.closed }, { "\0\0\0\8\0\0\0\2\xff\xff\xff\xf5", 48, true })
end

function T.no_children()
	check.equal({ zookeeper.parseChildren(string.pack(">I4i8i4", 1, 4, -102)) }, { nil, -102 })
	check.is_nil(zookeeper.parseChildren(names:sub(1, -2)))
	fake.serve({ "HTTP/1.1 400 Bad Request" }, "EOF")
	check.equal({ zookeeper.children(fake.host, fake.port(2181), "/") }, { nil, "not ZooKeeper" })
	fake.serve({}).refused = true
	check.equal({ zookeeper.children(fake.host, fake.port(2181), "/") }, { nil, "ERROR" })
end

function T.any_bytes()
	check.fuzz(function(bytes)
		zookeeper.parseServer(bytes)
		zookeeper.parseChildren(bytes)
		fake.serve({ bytes }, "EOF")
		zookeeper.children(fake.host, fake.port(2181), "/")
	end, { srvr, names, session .. string.pack(">s4", names) }, 1500)
end

return T
