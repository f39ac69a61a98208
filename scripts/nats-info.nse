local bytestream = require "bytestream"
local finding = require "finding"
local jsonapi = require "jsonapi"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows what a NATS server says to whoever connects, and whether it lets anybody in.
]]

-- @usage portolan --script nats-info -p 4222 TARGET
-- @output
-- | nats-info:
-- |   Version: 2.9.10
-- |   Go: go1.19.8
-- |   Name: NDXB...
-- |   TLS: no
-- |_  Anonymous: yes

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 4222 }, { "nats", "vrml-multi-use" })

-- Servers speak first, in the clear; TLS comes after their INFO.
local function read_info(stream)
	local line = stream:line()
	return line and jsonapi.object(jsonapi.parse(line:match "^INFO (.*)$"))
end

-- A client that has no name to log in by; a PONG means that it is in.
local function lets_in(stream)
	if not stream:send 'CONNECT {"verbose":false,"pedantic":false,"name":"portolan"}\r\nPING\r\n' then
		return nil
	end
	for _ = 1, 10 do
		local line = stream:line()
		if not line or line:find "^%-ERR" then
			return false
		elseif line == "PONG" then
			return true
		end
	end
	return nil
end

local function yes_no(value)
	return value and "yes" or "no"
end

local function report_open(version)
	finding.report {
		id = "nats-without-login", title = "NATS without a login", severity = "high",
		seen = "CONNECT without a user was answered by PONG, NATS " .. version,
		why = "Anybody who reaches the port reads and sends messages.",
		remedy = "Add an authorization block with users, or accounts with nkeys.",
		references = { "CWE-306" },
	}
end

local function report_clear_text(info)
	finding.report {
		id = "nats-clear-text-login", title = "NATS takes logins in clear text", severity = "medium",
		seen = "INFO has auth_required and no tls_required, NATS " .. jsonapi.text(info.version),
		why = "Who listens on the path reads passwords and messages.",
		remedy = "Add a tls block to the server's configuration.",
		references = { "CWE-319", "CWE-522" },
	}
end

function action(host, port)
	local stream = bytestream.open(host, port, { protocol = "tcp" })
	local info = stream and read_info(stream)
	local version = info and jsonapi.text(info.version)
	if not version then
		return nil
	end
	local anonymous = info.tls_required ~= true and lets_in(stream)
	stream:close()
	local out = stdnse.output_table()
	out["Version"] = version
	out["Go"] = jsonapi.text(info.go)
	out["Name"] = jsonapi.text(info.server_name) or jsonapi.text(info.server_id)
	out["Cluster"] = jsonapi.text(info.cluster)
	out["JetStream"] = info.jetstream == true and "yes" or nil
	out["TLS"] = info.tls_required == true and "required" or yes_no(info.tls_available == true)
	out["Anonymous"] = yes_no(anonymous)
	if anonymous then
		report_open(version)
	elseif info.auth_required == true and info.tls_required ~= true then
		report_clear_text(info)
	end
	port.version = port.version or {}
	port.version.name, port.version.product, port.version.version = "nats", "NATS server", version
	nmap.set_port_version(host, port)
	return out
end
