local bytestream = require "bytestream"
local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"
local tdswire = require "tdswire"

description = [[
Shows version and encryption of a Microsoft SQL Server before any login, and the instances
that its browser (1434/udp) names.
]]

-- @usage portolan -sSU --script ms-sql-info -p T:1433,U:1434 TARGET
-- @output
-- | ms-sql-info:
-- |   10.0.0.5:1433:
-- |     Version:
-- |       name: Microsoft SQL Server 2017
-- |       number: 14.00.3456.00
-- |       Product: Microsoft SQL Server 2017
-- |     TCP port: 1433
-- |_    Encryption: required

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 1433, 1434 }, { "ms-sql-s", "ms-sql-m" }, { "tcp", "udp" })

local function version_table(major, minor, build)
	local out, name, number = stdnse.output_table(), tdswire.describe(major, minor, build)
	out.name = name or "Microsoft SQL Server"
	out.number = number
	out.Product = name
	return out
end

local function report(number)
	finding.report {
		id = "ms-sql-without-encryption", title = "SQL Server without encryption", severity = "medium",
		seen = "PRELOGIN says that encryption is not supported, version " .. number,
		why = "Logins are only scrambled, and data cross the network in clear text: who listens reads both.",
		remedy = "Give the server a certificate, and set Force Encryption to Yes.",
		references = { "CWE-319" },
	}
end

local function set_version(host, port, version)
	port.version = port.version or {}
	port.version.name, port.version.product, port.version.version = "ms-sql-s", version.name, version.number
	nmap.set_port_version(host, port)
end

local function of_server(host, port, stream)
	local found = tdswire.prelogin(stream)
	if not found then
		return nil
	end
	local server, out = stdnse.output_table(), stdnse.output_table()
	server["Version"] = version_table(found.major, found.minor, found.build)
	server["TCP port"] = port.number
	server["Encryption"] = tdswire.ENCRYPTION[found.encryption]
	if server["Encryption"] == "not supported" then
		report(server["Version"].number)
	end
	set_version(host, port, server["Version"])
	out[host.ip .. ":" .. port.number] = server
	return out
end

local function instance_table(fields)
	local out = stdnse.output_table()
	local major, minor, build = tdswire.numbers(fields.Version)
	out["Instance name"] = fields.InstanceName
	out["Server name"] = fields.ServerName
	out["Version"] = build and version_table(major, minor, build) or nil
	out["TCP port"] = fields.tcp
	out["Named pipe"] = fields.np
	out["Clustered"] = fields.IsClustered
	return out
end

local function of_browser(host, stream)
	local datagram = stream:send(tdswire.BROWSE) and stream:some()
	local instances = datagram and tdswire.parseBrowser(datagram)
	if not instances then
		return nil
	end
	local out = stdnse.output_table()
	for _, fields in ipairs(instances) do
		out[host.ip .. "\\" .. fields.InstanceName] = instance_table(fields)
	end
	return out
end

function action(host, port)
	local stream = bytestream.open(host, port)
	if not stream then
		return nil
	end
	local out
	if port.protocol == "udp" then
		out = of_browser(host, stream)
	else
		out = of_server(host, port, stream)
	end
	stream:close()
	return out
end
