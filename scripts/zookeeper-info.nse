local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"
local zookeeper = require "zookeeper"

description = [[
Shows version, mode and counts of a ZooKeeper server, and the names at the root of its tree
where it shows them without a login.
]]

-- @usage portolan --script zookeeper-info -p 2181 TARGET
-- @output
-- | zookeeper-info:
-- |   Version: 3.4.13
-- |   Mode: standalone
-- |   Connections: 1
-- |   Node count: 6
-- |   Root nodes:
-- |     shop
-- |_    zookeeper

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 2181, 2281 }, { "zookeeper", "eforward" })

local function set_version(host, port, version)
	port.version = port.version or {}
	port.version.name, port.version.product, port.version.version = "zookeeper", "Zookeeper", version
	nmap.set_port_version(host, port)
end

local function report(names)
	finding.report {
		id = "zookeeper-without-login", title = "ZooKeeper without a login", severity = "high",
		seen = string.format("a session without a login listed %d nodes: %s", #names, table.concat(names, ", "):sub(1, 200)),
		why = "Anybody who reaches the port reads and changes what services agree on: their configuration, who leads.",
		remedy = "Set requireClientAuthScheme=sasl, rules (ACL) on the nodes, and inner addresses.",
		references = { "CWE-306" },
	}
end

function action(host, port)
	local fields = zookeeper.parseServer(zookeeper.word(host, port, "srvr") or "")
	local names = zookeeper.children(host, port, "/")
	if not fields and not names then
		return nil
	end
	fields = fields or {}
	local out = stdnse.output_table()
	out["Version"] = fields.version
	for _, name in ipairs { "Mode", "Connections", "Node count", "Zxid" } do
		out[name] = fields[name]
	end
	if fields.version then
		set_version(host, port, fields.version)
	end
	if names then
		table.sort(names)
		out["Root nodes"] = names
		report(names)
	end
	return out
end
