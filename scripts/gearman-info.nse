local bytestream = require "bytestream"
local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows version, functions and workers of a Gearman job server.
]]

-- @usage portolan --script gearman-info -p 4730 TARGET
-- @output
-- | gearman-info:
-- |   Version: 1.1.20
-- |   Functions:
-- |     resize: 4 jobs, 1 running, 2 workers
-- |   Workers:
-- |_    10.0.0.7

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 4730 }, { "gearman" })

local lines_max = 200

-- The lines of an answer, up to a lone dot.
local function ask(stream, command)
	local lines = {}
	if not stream:send(command .. "\n") then
		return lines
	end
	for _ = 1, lines_max do
		local line = stream:line()
		if not line or line == "." then
			break
		end
		lines[#lines + 1] = line
	end
	return lines
end

local function functions_of(lines)
	local out, count = stdnse.output_table(), 0
	for _, line in ipairs(lines) do
		local name, total, running, workers = line:match "^([^\t]+)\t(%d+)\t(%d+)\t(%d+)$"
		if name then
			out[name] = string.format("%s jobs, %s running, %s workers", total, running, workers)
			count = count + 1
		end
	end
	return count > 0 and out or nil
end

-- "31 10.0.0.7 - : resize": our own connection has no function.
local function workers_of(lines)
	local list = {}
	for _, line in ipairs(lines) do
		list[#list + 1] = line:match "^%d+ (%S+) .- : %S"
	end
	return #list > 0 and list or nil
end

local function report(version)
	finding.report {
		id = "gearman-without-login", title = "Gearman open to anybody", severity = "high",
		seen = "version and status answered, gearmand " .. version,
		why = "It knows no logins: anybody who reaches the port gives work to its workers, or takes it from them.",
		remedy = "Listen on 127.0.0.1 (--listen), or let a firewall pass its workers and clients only.",
		references = { "CWE-306" },
	}
end

function action(host, port)
	local stream = bytestream.open(host, port)
	local line = stream and stream:send "version\n" and stream:line()
	local version = line and line:match "^OK (%d[%w%.%-%+]*)$"
	if not version then
		return nil
	end
	local out = stdnse.output_table()
	out["Version"] = version
	out["Functions"] = functions_of(ask(stream, "status"))
	out["Workers"] = workers_of(ask(stream, "workers"))
	stream:close()
	port.version = port.version or {}
	port.version.name, port.version.product, port.version.version = "gearman", "Gearman", version
	nmap.set_port_version(host, port)
	report(version)
	return out
end
