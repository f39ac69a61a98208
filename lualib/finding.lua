--- finding: says that something is wrong with the host or port a script looks at: what was
-- seen, why it matters, what helps. Engines that keep no findings get a debug line instead.

local nmap = require "nmap"
local stdnse = require "stdnse"
local strict = require "strict"
local error, ipairs, pcall, require, string, tonumber, type = error, ipairs, pcall, require, string, tonumber, type

local M = {}

local severities = { info = true, low = true, medium = true, high = true, critical = true }
local texts = { "id", "title", "severity", "seen", "why", "remedy" }

-- The engine's own library; absent in others.
local engine_has_findings, engine = pcall(require, "portolan")

local function check(found)
	for _, name in ipairs(texts) do
		if type(found[name]) ~= "string" then
			error("a finding needs the text '" .. name .. "'", 3)
		end
	end
	if not severities[found.severity] then
		error("a finding's severity is info, low, medium, high or critical, not '" .. found.severity .. "'", 3)
	end
	local confidence = found.confidence == nil and 1 or tonumber(found.confidence)
	if not confidence or confidence < 0 or confidence > 1 then
		error("a finding's confidence is between 0 and 1", 3)
	end
	for _, reference in ipairs(found.references or {}) do
		if type(reference) ~= "string" then
			error("a finding's references are texts", 3)
		end
	end
end

--- Reports a finding of the running script, about its port (of a portrule) or its host.
-- @param found table: id ("ftp-anonymous"; the same problem has the same id whoever finds it),
--  title, severity ("info" to "critical"), seen, why, remedy: texts; references: array of
--  "CVE-...", "CWE-..." or addresses (may be nil); confidence: 0 to 1 (nil: 1).
function M.report(found)
	check(found)
	if engine_has_findings then
		engine.finding(found)
	else
		stdnse.debug1("FINDING %s (%s): %s", found.id, found.severity, found.seen)
	end
end

return strict(M)
