local bytestream = require "bytestream"
local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows version, queues and counts of a beanstalkd work queue.
]]

-- @usage portolan --script beanstalkd-info -p 11300 TARGET
-- @output
-- | beanstalkd-info:
-- |   Version: 1.12
-- |   Hostname: lab
-- |   Jobs ready: 0
-- |   Tubes:
-- |_    default

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 11300 }, { "beanstalkd", "beanstalk" })

local answer_max, tubes_max = 65536, 100

-- "OK 900", then that many bytes of YAML.
local function ask(stream, command)
	local line = stream:send(command .. "\r\n") and stream:line()
	local length = tonumber(line and line:match "^OK (%d+)$" or nil)
	if not length or length > answer_max then
		return nil
	end
	local text = stream:read(length + 2)
	return text and text:match "^%-%-%-\n" and text or nil
end

-- What the server calls it, and what we do.
local rows = {
	{ "version", "Version" }, { "hostname", "Hostname" }, { "os", "Operating system" }, { "uptime", "Uptime" },
	{ "current-jobs-ready", "Jobs ready" }, { "current-jobs-buried", "Jobs buried" }, { "total-jobs", "Jobs ever" },
	{ "current-connections", "Connections" },
}

local function fields_of(text)
	local fields = {}
	for name, value in text:gmatch '\n([%l%-]+): "?([^"\r\n]*)"?' do
		fields[name] = value
	end
	return fields
end

local function tubes_of(text)
	local tubes = {}
	for name in (text or ""):gmatch "\n%- ([^\r\n]+)" do
		if #tubes < tubes_max then
			tubes[#tubes + 1] = name
		end
	end
	return #tubes > 0 and tubes or nil
end

local function report(fields)
	finding.report {
		id = "beanstalkd-without-login", title = "beanstalkd open to anybody", severity = "high",
		seen = string.format("stats answered: version %s, total-jobs %s", fields.version, fields["total-jobs"] or "?"),
		why = "It knows no logins: anybody who reaches the port takes, adds and deletes jobs.",
		remedy = "Listen on 127.0.0.1 (-l), or let a firewall pass the machines that work with it only.",
		references = { "CWE-306" },
	}
end

function action(host, port)
	local stream = bytestream.open(host, port)
	if not stream then
		return nil
	end
	local text = ask(stream, "stats")
	local fields = fields_of(text or "")
	local tubes = fields.version and tubes_of(ask(stream, "list-tubes"))
	stream:close()
	if not fields.version then
		return nil
	end
	local out = stdnse.output_table()
	for _, row in ipairs(rows) do
		out[row[2]] = fields[row[1]]
	end
	out["Tubes"] = tubes
	port.version = port.version or {}
	port.version.name, port.version.product, port.version.version = "beanstalk", "beanstalkd", fields.version
	nmap.set_port_version(host, port)
	report(fields)
	return out
end
