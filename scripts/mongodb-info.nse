local bytestream = require "bytestream"
local finding = require "finding"
local mongodb = require "mongodb"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows how a MongoDB server was built, and its status where it tells that without a login.
]]

-- @usage portolan --script mongodb-info -p 27017 TARGET
-- @output
-- | mongodb-info:
-- |   MongoDB Build info:
-- |     version: 4.4.29
-- |     gitVersion: d4ff5ef1
-- |   Server status:
-- |     host: lab
-- |_    process: mongod

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 27017, 27018, 27019 }, { "mongodb", "mongod" })

local function set_version(host, port, version)
	if type(version) == "string" then
		port.version = port.version or {}
		port.version.name, port.version.product, port.version.version = "mongodb", "MongoDB", version
		nmap.set_port_version(host, port)
	end
end

local function report_open(status)
	finding.report {
		id = "mongodb-without-login", title = "MongoDB without a login", severity = "high",
		seen = string.format("serverStatus answered: host %s, version %s", status.host, status.version),
		why = "Anybody who reaches the port reads, changes and deletes the data.",
		remedy = "Set security.authorization: enabled in mongod.conf, make users, and bind to inner addresses.",
		references = { "CWE-306" },
	}
end

function action(host, port)
	local stream = bytestream.open(host, port)
	if not stream then
		return nil
	end
	local ok, master = mongodb.isMaster(stream.socket)
	if not ok then
		stream:close()
		return nil
	end
	local built, build = mongodb.buildInfo(stream.socket, master)
	local told, status = mongodb.serverStatus(stream.socket, master)
	stream:close()
	local out = stdnse.output_table()
	out["MongoDB Build info"] = built and build or nil
	out["Server status"] = status
	if built then
		set_version(host, port, build.version)
	end
	if told then
		report_open(status)
	end
	return out
end
