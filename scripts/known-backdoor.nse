local finding = require "finding"
local nmap = require "nmap"
local releases = require "known_backdoors"
local stdnse = require "stdnse"
local support = require "support"

description = [[
Finds releases that were once spread with a backdoor in them (vsftpd 2.3.4, UnrealIRCd
3.2.8.1 ...), by the version that version detection found. No backdoor is tried.
]]

-- @usage portolan -sV --script known-backdoor TARGET
-- @output
-- | known-backdoor:
-- |_  vsftpd 2.3.4: CVE-2011-2523

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "malware", "safe", "vuln" }

function portrule(_, port)
	local version = port.version or {}
	return port.state == "open" and (version.version ~= nil or version.extrainfo ~= nil)
end

local function report(program, release)
	finding.report {
		id = "known-backdoor", title = program.product .. " in a release that had a backdoor", severity = "high",
		seen = program.product .. " " .. program.version,
		why = "Of this release " .. release.what .. ". The version alone does not tell whether this copy is one of them.",
		remedy = "Install a newer release from its makers, and look for what was done through the backdoor.",
		references = { "CWE-506", release.reference }, confidence = release.confidence,
	}
end

function action(host, port)
	local found = nmap.get_port_state(host, port)
	local out, count = stdnse.output_table(), 0
	for _, program in ipairs(support.programs(found and found.version or port.version)) do
		local release = support.backdoor(releases, program.product, program.version)
		if release then
			report(program, release)
			out[program.product .. " " .. program.version], count = release.reference, count + 1
		end
	end
	return count > 0 and out or nil
end
