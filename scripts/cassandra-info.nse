local bytestream = require "bytestream"
local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"
local wire = require "cassandrawire"

description = [[
Shows cluster and version of a Cassandra server that wants no login, over Thrift (9160) or
CQL (9042), and whether it wants one.
]]

-- @usage portolan --script cassandra-info -p 9042,9160 TARGET
-- @output
-- | cassandra-info:
-- |   Cluster name: Lab Cluster
-- |_  Version: 19.39.0

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 9042, 9160 }, { "cassandra", "cassandra-native", "apani1" })

local function report(seen)
	finding.report {
		id = "cassandra-without-login", title = "Cassandra without a login", severity = "high", seen = seen,
		why = "Anybody who reaches the port reads, changes and deletes the data.",
		remedy = "Set authenticator: PasswordAuthenticator in cassandra.yaml, and a password for the user cassandra.",
		references = { "CWE-306" },
	}
end

local function by_thrift(stream)
	local cluster = wire.call(stream, "describe_cluster_name")
	if not cluster then
		return nil
	end
	local out = stdnse.output_table()
	out["Cluster name"] = cluster
	out["Version"] = wire.call(stream, "describe_version")
	if wire.returns(stream, "describe_keyspaces") then
		report("describe_keyspaces answered without a login, cluster " .. cluster)
	end
	return out
end

local function ask(stream, request)
	if not stream:send(request) then
		return nil
	end
	return wire.readFrame(stream)
end

local function joined(list)
	return list and #list > 0 and table.concat(list, ", ") or nil
end

-- What a server tells whom it let in without a login.
local function read_local(stream, out)
	local kind, body = ask(stream, wire.buildQuery "SELECT cluster_name, release_version, data_center FROM system.local")
	local row = kind == wire.opcodes.RESULT and (wire.parseRows(body) or {})[1]
	if row then
		out["Cluster name"] = row.cluster_name
		out["Version"] = row.release_version
		out["Data centre"] = row.data_center
		report(string.format("system.local answered: cluster %s, version %s", row.cluster_name, row.release_version))
	end
end

local function by_cql(stream)
	local kind, body = ask(stream, wire.buildFrame(wire.opcodes.OPTIONS))
	local supported = kind == wire.opcodes.SUPPORTED and wire.parseSupported(body)
	if not supported then
		return nil
	end
	local out = stdnse.output_table()
	kind, body = ask(stream, wire.buildStartup())
	if kind == wire.opcodes.READY then
		read_local(stream, out)
	elseif kind == wire.opcodes.AUTHENTICATE then
		out["Authentication"] = wire.parseAuthenticate(body)
	end
	out["CQL"] = joined(supported.CQL_VERSION)
	out["Compression"] = joined(supported.COMPRESSION)
	out["Protocols"] = joined(supported.PROTOCOL_VERSIONS)
	return out
end

local function set_version(host, port, out)
	port.version = port.version or {}
	port.version.name, port.version.product = "cassandra", "Apache Cassandra"
	-- Thrift's version is the interface's, not the server's.
	port.version.version = port.number ~= 9160 and out["Version"] or nil
	nmap.set_port_version(host, port)
end

function action(host, port)
	local stream = bytestream.open(host, port)
	if not stream then
		return nil
	end
	local out = (port.number == 9160 and by_thrift or by_cql)(stream)
	stream:close()
	if out then
		set_version(host, port, out)
	end
	return out
end
