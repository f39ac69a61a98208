-- Asks a name server who it is: its NSID (RFC 5001), id.server and version.bind (class CHAOS).
-- Example: portolan -sU -p53 --script dns-nsid 192.0.2.1

local dns = require "dns"
local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Shows what a name server says of itself: NSID, id.server and version.bind."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

local is_dns = shortport.port_or_service(53, "domain", { "tcp", "udp" })

-- Over TCP only where UDP does not tell already.
portrule = function(host, port)
	if not is_dns(host, port) then
		return false
	end
	local other = port.protocol == "tcp" and nmap.get_port_state(host, { number = port.number, protocol = "udp" })
	return not (other and other.state == "open")
end

local chaos = dns.CLASS.CH

local function ask(host, port, name, more)
	local options = { host = host, port = port.number, proto = port.protocol, dtype = "TXT", retPkt = true }
	for key, value in pairs(more) do
		options[key] = value
	end
	local ok, packet = dns.query(name, options)
	return ok and packet or nil
end

local function text_of(packet)
	for _, record in ipairs(packet and packet.answers or {}) do
		if record.dtype == dns.types.TXT and record.TXT and record.TXT.text[1] then
			return record.TXT.text[1]
		end
	end
end

local function nsid_of(packet)
	for _, record in ipairs(packet and packet.add or {}) do
		for _, option in ipairs(record.OPT and record.OPT.options or {}) do
			if option.code == 3 and option.data ~= "" then
				return option.data
			end
		end
	end
end

-- One line in text, two elements in XML.
local function both_forms(data)
	local hex = stdnse.tohex(data)
	return setmetatable({ raw = data, hex = hex }, { __tostring = function()
		return string.format("%s (%s)", data, hex)
	end })
end

local function report_version(version)
	finding.report { id = "dns-version-shown", title = "The name server tells its version", severity = "info",
		seen = "version.bind: " .. version,
		why = "Who looks for servers with a known hole finds them by their version.",
		remedy = "Hide it: `version none;` (BIND), `hide-version: yes` (Unbound, NSD).",
		references = { "CWE-200" }, confidence = 1 }
end

action = function(host, port)
	local result = stdnse.output_table()
	local with_nsid = ask(host, port, "id.server", { class = chaos, nsid = true, norecurse = true })
	local nsid, id = nsid_of(with_nsid), text_of(with_nsid)
	local version = text_of(ask(host, port, "version.bind", { class = chaos, norecurse = true }))
	if nsid then
		result.NSID = both_forms(nsid)
	end
	result["id.server"] = id
	result["bind.version"] = version
	if version and version ~= "" then
		report_version(version)
	end
	return #result > 0 and result or nil
end
