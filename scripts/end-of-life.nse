local finding = require "finding"
local lists = require "end_of_life"
local nmap = require "nmap"
local stdnse = require "stdnse"
local support = require "support"

description = [[
Finds programs and systems that their makers no longer mend, by the versions that version
and OS detection found and the dates that the makers gave. Needs -sV, -O or both.
]]

-- @usage portolan -sV -O --script end-of-life TARGET
-- @output
-- | end-of-life:
-- |   Apache httpd 2.2.34: 2017-07-11
-- |_  PHP 5.4.45: 2015-09-14

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe", "vuln" }

-- Scripts that learn a version (redis-info ...) are first.
dependencies = {
	"amqp-info", "clickhouse-info", "consul-info", "couchdb-info", "docker-version", "elasticsearch-info",
	"kubernetes-info", "memcached-info", "mongodb-info", "mqtt-subscribe", "ms-sql-info", "mysql-info", "prometheus-info",
	"rabbitmq-info", "redis-info",
}

function portrule(_, port)
	local version = port.version or {}
	return port.state == "open" and (version.version ~= nil or version.extrainfo ~= nil)
end

function hostrule(host)
	return host.os ~= nil and #host.os > 0
end

local function today()
	return os.date("!%Y-%m-%d", math.floor(nmap.clock()))
end

local remedy = "Go to a release that is supported, or let a firewall keep everybody but those who must from it."

local function report_program(ended, packaged)
	finding.report {
		id = "end-of-life", title = ended.name .. " is past its end of life", severity = "medium",
		seen = string.format("%s %s; support of %s ended on %s", ended.name, ended.version, ended.branch, ended.date),
		why = "Holes that were found since " .. ended.date .. " stay open" ..
			(packaged and ", unless the distribution that it came with mends them."
				or ", unless whoever made the package mends them."),
		remedy = remedy, references = { "CWE-1104", ended.at }, confidence = packaged and 0.5 or 0.7,
	}
end

local function report_system(ended, seen, confidence)
	finding.report {
		id = "end-of-life-system", title = ended.name .. " is past its end of life", severity = "medium",
		seen = string.format("%s; support of %s ended on %s", seen, ended.name, ended.date),
		why = "Holes that were found since " .. ended.date .. " stay open.",
		remedy = remedy, references = { "CWE-1104" }, confidence = confidence,
	}
end

local function check_port(host, port)
	local found = nmap.get_port_state(host, port)
	local version = found and found.version or port.version
	local out, count = stdnse.output_table(), 0
	local packaged = support.is_packaged(version)
	for _, program in ipairs(support.programs(version)) do
		local ended = support.ended(lists.products, program.product, program.version, today())
		if ended then
			report_program(ended, packaged)
			out[ended.name .. " " .. ended.version], count = ended.date, count + 1
		end
	end
	local system = support.distribution_ended(lists, version, today())
	if system then
		report_system(system, (version.product or "") .. " " .. (version.version or ""), 0.8)
		out[system.name], count = system.date, count + 1
	end
	return count > 0 and out or nil
end

-- All that the system may be must be past its end; of several the last end counts.
local function check_host(host)
	local last
	for _, guess in ipairs(host.os or {}) do
		local ended = support.system_ended(lists.systems, guess.name or "", today())
		if not ended then
			return nil
		elseif not last or ended.date > last.date then
			last = ended
		end
	end
	-- A script that is forced runs on hosts whose system nobody looked for.
	if not last then
		return nil
	end
	report_system(last, host.os[1].name, 0.7)
	local out = stdnse.output_table()
	out[last.name] = last.date
	return out
end

function action(host, port)
	if port then
		return check_port(host, port)
	end
	return check_host(host)
end
